/* hdrive resume: go on with a sweep after an end, a crash or a cancel. */
#include "cli/limits.h"
#include "cli/run.h"
#include "cli/target.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A sweep's file is refused past this size anyway. */
#define FILE_MOST (16 << 20)

struct resume_options {
	struct cli_size max_concurrent;
	struct cli_list sets;
	struct limit_options limits;
	const char *file;
	const char *backend;
	bool accept_space;
	bool detach;
	bool parsable;
	struct after_options after;
};

#define ROW(field) offsetof(struct resume_options, field)
static const struct cli_opt resume_rows[] = {
	{ "max-concurrent", 'j', "N", "trials at a time from now on", CLI_OPT_SIZE,
	  ROW(max_concurrent), 1 },
	LIMIT_ROWS(struct resume_options, limits),
	{ "set", 0, "KEY=VALUE", "change a key of its file: --set max_total_runs=200", CLI_OPT_LIST,
	  ROW(sets), 0 },
	{ "file", 'f', "FILE", "go on by this file in place of the one it was submitted with",
	  CLI_OPT_TEXT, ROW(file), 0 },
	{ "accept-space", 0, NULL, "though FILE has another parameter space", CLI_OPT_FLAG,
	  ROW(accept_space), 0 },
	{ "backend", 0, "TARGET", "move it there, when none of its trials is under way",
	  CLI_OPT_TEXT, ROW(backend), 0 },
	{ "detach", 'd', NULL, "go on in the background; the engine's talk in FOLDER/engine.log",
	  CLI_OPT_FLAG, ROW(detach), 0 },
	{ "parsable", 0, NULL, "only the sweep's name, on stdout", CLI_OPT_FLAG, ROW(parsable), 0 },
	AFTER_ROWS(struct resume_options, after),
	CLI_OPT_END
};

struct resume_make {
	struct cli *cli;
	const struct resume_options *options;
	char *text;
	struct target_file targets;
};

static int resume_make(void *user, struct hd_sweep **sweep,
		       struct hd_store *store, struct hd_sweep_options *host,
		       struct hd_error *err)
{
	struct resume_make *make = user;
	const struct resume_options *options = make->options;
	int64_t key;
	int rc = hd_store_find_sweep(store, make->cli->words[0], &key, err);

	if (rc == 0)
		rc = target_of_sweep(make->cli, store, key, options->backend, &make->targets, host,
				     err);
	if (rc < 0)
		return rc;
	host->max_concurrent = options->max_concurrent.value;
	host->sets = options->sets.items;
	host->set_count = options->sets.count;
	host->text = make->text;
	host->path = options->file;
	host->accept_space = options->accept_space;
	return hd_sweep_resume(sweep, store, key, host, err);
}

/* The whole of FILE; CLI_OK or an exit code. */
static int resume_read(struct cli *cli, const char *path, char **text)
{
	FILE *file = fopen(path, "re");
	size_t length;

	if (!file)
		return cli_fail(cli, CLI_MISSING, "cannot open '%s': %s", path,
				strerror(errno));
	*text = calloc(1, FILE_MOST + 2);
	if (!*text) {
		fclose(file);
		return cli_fail(cli, CLI_ERROR, "out of memory");
	}
	length = fread(*text, 1, FILE_MOST + 1, file);
	fclose(file);
	if (length > FILE_MOST)
		return cli_fail(cli, CLI_USAGE, "'%s' is larger than 16 MiB", path);
	return CLI_OK;
}

static int resume_main(struct cli *cli)
{
	struct resume_options options = { 0 };
	struct resume_make make = { .cli = cli, .options = &options };
	struct run_how how = {
		.mode = HD_STORE_WRITE,
		.make = resume_make,
		.user = &make,
		.after = &options.after,
	};
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 1, &code))
		goto out;
	if (options.parsable)
		cli->quiet = true;
	how.detach = options.detach;
	code = limit_sets(cli, &options.limits, &options.sets);
	if (code == CLI_OK && options.file)
		code = resume_read(cli, options.file, &make.text);
	if (code == CLI_OK)
		code = after_check(cli, &options.after);
	if (code == CLI_OK)
		code = run_sweep(cli, &how);
out:
	free(make.text);
	target_close(&make.targets);
	limit_release(&options.limits);
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_resume = {
	.name = "resume",
	.summary = "go on with a sweep after an end, a crash or a cancel",
	.usage = "[S] [option...]",
	.examples = "  hdrive resume                      # the latest\n"
		    "  hdrive resume brave-otter-3\n"
		    "  hdrive resume @ --max-trials 200 -j 8\n"
		    "  hdrive resume @ --file sweep.yml\n",
	.options = resume_rows,
	.notes = "Trials that still run are joined, those that ended meanwhile are collected, and\n"
		 "only what is gone is started again, as a new attempt. Safe to call twice.\n"
		 "Exit codes: hdrive help exit-codes\n",
	.run = resume_main,
};
