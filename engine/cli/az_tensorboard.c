/* hdrive run monitor-tensorboard: TensorBoard over what a run has written. */
#include "cli/az.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct board_options {
	struct az_options az;
	const char *run;
	const char *folder;
};

#define ROW(field) offsetof(struct board_options, field)
static const struct cli_opt board_rows[] = {
	{ "run", 'r', "ID", "a run's id or name, or the start of one", CLI_OPT_TEXT, ROW(run), 0 },
	{ "local-directory", 0, "DIR",
	  "of a sweep, put event files of its metrics there, and read these", CLI_OPT_TEXT,
	  ROW(folder), 0 },
	AZ_ROWS(struct board_options, az),
	CLI_OPT_END
};

static int board_of_sweep(void *user, const struct hd_sweep_row *row)
{
	char **folder = user;

	*folder = strdup(row->folder);
	return *folder ? 0 : HD_ENOMEM;
}

static int board_of_trial(void *user, const struct hd_trial_row *row)
{
	char **folder = user;

	*folder = strdup(row->folder);
	return *folder ? 0 : HD_ENOMEM;
}

/*
 * The folder of the run called WORD, the caller's to free(): its own, with what
 * its script has written, or of a sweep EXPORT, with what hdrive knows of it.
 */
static int board_folder(struct cli *cli, const char *word, const char *export,
			char **folder)
{
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	int64_t key, trial;
	int code = az_open(cli, word, HD_STORE_READ, &store, &key, &trial);
	int rc;

	if (code != CLI_OK)
		return code;
	if (trial < 0 && export && *export) {
		rc = hd_export_tensorboard(store, key, export, &err);
		*folder = rc < 0 ? NULL : strdup(export);
		if (rc == 0 && !*folder)
			rc = hd_error_nomem(&err);
	} else if (trial < 0) {
		rc = hd_store_sweep(store, key, board_of_sweep, folder, &err);
	} else {
		rc = hd_store_trial(store, key, (size_t)trial, board_of_trial, folder,
				    &err);
	}
	hd_store_close(store);
	return rc < 0 ? cli_fail_error(cli, &err) : CLI_OK;
}

/* Its events are below FOLDER, in whatever folder the script wrote them to. */
static int board_become(struct cli *cli, const char *folder)
{
	const char *const argv[] = { "tensorboard", "--logdir", folder, NULL };

	cli_say(cli, "tensorboard --logdir %s; Ctrl-C ends it", folder);
	fflush(NULL);
	/* exec takes pointers to char and does not write through them */
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	if (errno == ENOENT)
		return cli_fail(cli, CLI_ERROR,
				"there is no 'tensorboard' in PATH: install it, "
				"or have it read '%s' elsewhere",
				folder);
	return cli_fail(cli, CLI_ERROR, "cannot run 'tensorboard': %s", strerror(errno));
}

static int board_main(struct cli *cli)
{
	struct board_options options = { 0 };
	char *folder = NULL;
	int code;

	if (!az_parse(cli, &options, &options.az, &code) || !az_no_words(cli, &code) ||
	    !az_needs(cli, "-r", options.run, &code))
		return code;
	code = board_folder(cli, options.run, options.folder, &folder);
	if (code == CLI_OK)
		code = board_become(cli, folder);
	free(folder);
	return code;
}

const struct cli_command az_run_monitor_tensorboard = {
	.name = "run monitor-tensorboard",
	.summary = "TensorBoard over what a run has written",
	.usage = "-r ID [option...]",
	.examples = "  hdrive run monitor-tensorboard -r HD_0a1b2c3d\n",
	.options = board_rows,
	.notes = "Runs the 'tensorboard' of PATH. Of a sweep, each child is a run of its own\n"
		 "there. With --local-directory DIR it is what 'hdrive export --tensorboard'\n"
		 "writes: metrics, parameters and states, as they are now.\n",
	.run = board_main,
};
