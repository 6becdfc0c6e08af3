/*
 * hdrive ui: serve the store, for reading. What serves is a program of its own
 * beside this one, which this one becomes.
 */
/* Where a link leads to, whole. */
#define _XOPEN_SOURCE 700

#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ui_options {
	struct cli_size port;
	const char *bind;
	bool allow_actions;
};

#define ROW(field) offsetof(struct ui_options, field)
static const struct cli_opt ui_rows[] = {
	{ "port", 0, "N", "listen there; 0, as when not given: at one that is free",
	  CLI_OPT_SIZE, ROW(port), 0 },
	{ "bind", 0, "ADDRESS", "an IPv4 address of this machine (127.0.0.1)",
	  CLI_OPT_TEXT, ROW(bind), 0 },
	{ "allow-actions", 0, NULL, "let the page cancel, retry, enqueue and change limits",
	  CLI_OPT_FLAG, ROW(allow_actions), 0 },
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

/* This program's own path, which acts for the page; the caller's to free(). */
static char *ui_self(void)
{
	return realpath("/proc/self/exe", NULL);
}

static int ui_become(struct cli *cli, const char *store, const char *word,
		     const struct ui_options *options)
{
	char *program = cli_ui_path();
	char *self = options->allow_actions ? ui_self() : NULL;
	char port[24];
	const char *argv[8] = { program };
	size_t count = 1;

	if (!program)
		return cli_fail(cli, CLI_ERROR,
				"cannot find hdrive-ui beside hdrive, nor in "
				"../libexec/hdrive");
	if (options->allow_actions && !self)
		return cli_fail(cli, CLI_ERROR, "cannot find this program: %s",
				strerror(errno));
	snprintf(port, sizeof port, "%zu", options->port.value);
	if (self) {
		argv[count++] = "-a";
		argv[count++] = self;
	}
	argv[count++] = store;
	argv[count++] = word;
	argv[count++] = options->bind ? options->bind : "127.0.0.1";
	argv[count++] = port;
	cli_say(cli, "Ctrl-C ends it; for a shell's MLflow clients, in another "
		     "terminal, the two lines that begin with 'export'");
	fflush(NULL);
	execv(program, (char *const *)(uintptr_t)argv);
	cli_fail(cli, CLI_ERROR, "cannot run '%s': %s", program, strerror(errno));
	free(program);
	free(self);
	return CLI_ERROR;
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
		    "  hdrive ui brave-otter-3 --port 5000\n"
		    "  hdrive ui --allow-actions\n",
	.options = ui_rows,
	.run = ui_main,
};
