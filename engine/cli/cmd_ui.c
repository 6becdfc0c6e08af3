/*
 * hdrive ui: serve the store, for reading. What serves is a program of its own
 * beside this one, which this one becomes.
 */
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ui_options {
	struct cli_size port;
	const char *bind;
};

#define ROW(field) offsetof(struct ui_options, field)
static const struct cli_opt ui_rows[] = {
	{ "port", 0, "N", "listen there; 0, as when not given: at one that is free",
	  CLI_OPT_SIZE, ROW(port), 0 },
	{ "bind", 0, "ADDRESS", "an IPv4 address of this machine (127.0.0.1)",
	  CLI_OPT_TEXT, ROW(bind), 0 },
	CLI_OPT_END
};

/* Whether the sweep, or without one the store, is there. */
static int ui_check(struct cli *cli, const char *word)
{
	struct hd_store *store = NULL;
	int64_t key;
	int code = *word ? cli_sweep_open(cli, word, &store, &key)
			 : cli_store_open(cli, HD_STORE_READ, &store);

	hd_store_close(store);
	return code;
}

static int ui_become(struct cli *cli, const char *store, const char *word,
		     const struct ui_options *options)
{
	char *program = cli_ui_path();
	char port[24];
	char *argv[6] = { program, (char *)(uintptr_t)store,
			  (char *)(uintptr_t)word,
			  (char *)(uintptr_t)(options->bind ? options->bind
							    : "127.0.0.1"),
			  port, NULL };

	if (!program)
		return cli_fail(cli, CLI_ERROR,
				"cannot find hdrive-ui beside hdrive, nor in "
				"../libexec/hdrive");
	snprintf(port, sizeof port, "%zu", options->port.value);
	cli_say(cli, "Ctrl-C ends it; for a shell's MLflow clients, in another "
		     "terminal, the two lines that begin with 'export'");
	fflush(NULL);
	execv(program, argv);
	free(program);
	return cli_fail(cli, CLI_ERROR, "cannot run '%s': %s", argv[0],
			strerror(errno));
}

static int ui_main(struct cli *cli)
{
	struct ui_options options = { 0 };
	struct hd_error err = { 0 };
	const char *word;
	char *path = NULL;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 1, &code))
		return code;
	if (options.port.value > 65535)
		return cli_fail(cli, CLI_USAGE,
				"'--port' takes 0 to 65535, got %zu",
				options.port.value);
	word = cli->word_count ? cli->words[0] : "";
	code = ui_check(cli, word);
	if (code != CLI_OK)
		return code;
	if (hd_store_locate(&path, ".", cli_store_override(cli), &err) < 0)
		return cli_fail_error(cli, &err);
	code = ui_become(cli, path, word, &options);
	free(path);
	return code;
}

const struct cli_command cli_cmd_ui = {
	.name = "ui",
	.summary = "serve sweeps to a browser and to MLflow's clients",
	.usage = "[S] [option...]",
	.examples = "  hdrive ui\n"
		    "  hdrive ui brave-otter-3 --port 5000\n",
	.options = ui_rows,
	.run = ui_main,
};
