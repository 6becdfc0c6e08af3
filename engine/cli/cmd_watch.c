/*
 * hdrive watch: a sweep on the whole screen, live. What draws is a program of
 * its own beside this one; this one stays to give the terminal back.
 */
#include "cli/guard.h"
#include "cli/limits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Seconds between two looks: twice a second is as fast as people read. */
#define WATCH_INTERVAL 0.5
#define WATCH_LEAST 0.05
#define WATCH_MOST 3600.0

struct watch_options {
	const char *interval;
};

static const struct cli_opt watch_rows[] = {
	{ "interval", 0, "TIME", "between two looks at the store (0.5s)", CLI_OPT_TEXT,
	  offsetof(struct watch_options, interval), 0 },
	CLI_OPT_END
};

/* A terminal to read from and one to write to, that can be drawn on. */
static int watch_terminal(struct cli *cli)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cli_fail(cli, CLI_USAGE,
				"'hdrive watch' needs a terminal, and standard %s is none; for a "
				"pipe: hdrive status",
				isatty(STDIN_FILENO) ? "output" : "input");
	if (!term || !*term || !strcmp(term, "dumb"))
		return cli_fail(cli, CLI_USAGE,
				"'hdrive watch' needs a terminal that can be drawn on, and TERM is "
				"'%s'; instead: hdrive status",
				term ? term : "");
	return CLI_OK;
}

static int watch_interval(struct cli *cli, const char *text, char *milliseconds, size_t size)
{
	double seconds = WATCH_INTERVAL;

	if (text && !limit_read_time(text, &seconds))
		return cli_fail(cli, CLI_USAGE, "'%s' is no time such as 2s", text);
	if (seconds < WATCH_LEAST || seconds > WATCH_MOST)
		return cli_fail(cli, CLI_USAGE, "'--interval' takes 0.05s to 1h, got '%s'", text);
	snprintf(milliseconds, size, "%.0f", seconds * 1000);
	return CLI_OK;
}

/* Whether the sweep, or without one any, is there: said before the screen is
 * taken over. */
static int watch_check(struct cli *cli, const char *word)
{
	struct hd_store *store = NULL;
	int64_t key;
	int code = cli_sweep_open(cli, *word ? word : NULL, &store, &key);

	hd_store_close(store);
	return code;
}

static int watch_show(struct cli *cli, const char *store, const char *word, char *interval)
{
	char *program = cli_part_path("hdrive-watch");
	char color[] = "1";
	struct guard guard;
	int code;
	char *argv[] = { program, (char *)(uintptr_t)store, (char *)(uintptr_t)word, interval,
			 color, guard.pipe, guard.parent, NULL };

	if (!cli->out_color || cli->no_color)
		color[0] = '0';

	if (!program)
		return cli_fail(cli, CLI_ERROR,
				"cannot find hdrive-watch beside hdrive, nor in "
				"../libexec/hdrive");
	if (guard_open(cli, &guard, &code))
		code = guard_run(cli, &guard, argv);
	free(program);
	return code;
}

static int watch_main(struct cli *cli)
{
	struct watch_options options = { 0 };
	struct hd_error err = { 0 };
	char interval[32];
	const char *word;
	char *path = NULL;
	int code;

	if (!cli_parse(cli, &options, &code) || !cli_words_between(cli, 0, 1, &code))
		return code;
	word = cli->word_count ? cli->words[0] : "";
	code = watch_interval(cli, options.interval, interval, sizeof interval);
	if (code == CLI_OK)
		code = watch_terminal(cli);
	if (code == CLI_OK)
		code = watch_check(cli, word);
	if (code != CLI_OK)
		return code;
	if (hd_store_locate(&path, ".", cli_store_override(cli), &err) < 0)
		return cli_fail_error(cli, &err);
	code = watch_show(cli, path, word, interval);
	free(path);
	return code;
}

const struct cli_command cli_cmd_watch = {
	.name = "watch",
	.summary = "a sweep on the whole screen, live",
	.usage = "[S] [option...]",
	.examples = "  hdrive watch                      # the latest; several run: choose\n"
		    "  hdrive watch brave-otter-3 --interval 2s\n",
	.options = watch_rows,
	.notes =
		"'?' shows the keys: sort, filter, search, open a trial, cancel, hold, change how\n"
		"many run at a time. Leaving it ends nothing.\n",
	.run = watch_main,
};
