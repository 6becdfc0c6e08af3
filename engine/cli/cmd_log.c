/*
 * hdrive log: how a training program in any language reports metrics, and
 * hears that it shall stop.
 */
#include "cli/cli.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct log_options {
	const char *step;
};

static const struct cli_opt log_rows[] = { { "step", 0, "N",
					     "the step (epoch, iteration) the values belong to",
					     CLI_OPT_TEXT, offsetof(struct log_options, step), 0 },
					   CLI_OPT_END };

static bool log_step(const char *text, int64_t *step)
{
	char *end;

	if (!*text || isspace((unsigned char)*text))
		return false;
	errno = 0;
	*step = strtoll(text, &end, 10);
	return *end == '\0' && errno == 0;
}

/* NAME=VALUE, cut at the last '=': names may hold one. */
static int log_split(struct cli *cli, const char *word, char **name,
		     double *value)
{
	const char *equals = strrchr(word, '=');

	*name = NULL;
	if (!equals || equals == word)
		return cli_fail(cli, CLI_USAGE,
				"'%s' is not NAME=VALUE: hdrive log loss=0.25",
				word);
	if (!cli_read_real(equals + 1, value))
		return cli_fail(cli, CLI_USAGE,
				"'%.*s' takes a number, got '%s'",
				(int)(equals - word), word, equals + 1);
	*name = strndup(word, (size_t)(equals - word));
	return *name ? CLI_OK : cli_fail(cli, CLI_ERROR, "out of memory");
}

/* Every word is judged before the first is written. */
static int log_words(struct cli *cli, const char *path, bool has_step,
		     int64_t step, bool write)
{
	int code = CLI_OK;

	for (size_t i = 0; i < cli->word_count && code == CLI_OK; i++) {
		struct hd_error err = { 0 };
		double value = 0;
		char *name;

		code = log_split(cli, cli->words[i], &name, &value);
		if (code == CLI_OK && write &&
		    hd_metric_append(path, name, value, has_step, step, &err) < 0)
			code = cli_fail_error(cli, &err);
		free(name);
	}
	return code;
}

/* The engine makes this file before it sends TERM. */
static bool log_is_stopped(void)
{
	const char *folder = getenv("HDRIVE_DIR");
	char *path;
	bool stopped;

	if (!folder || !*folder)
		return false;
	path = malloc(strlen(folder) + sizeof "/stop");
	if (!path)
		return false;
	strcpy(path, folder);
	strcat(path, "/stop");
	stopped = cli_exists(path);
	free(path);
	return stopped;
}

static int log_main(struct cli *cli)
{
	struct log_options options = { 0 };
	const char *path = getenv("HDRIVE_METRICS");
	int64_t step = 0;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 1, SIZE_MAX, &code))
		return code;
	if (options.step && !log_step(options.step, &step))
		return cli_fail(cli, CLI_USAGE,
				"'--step' takes a whole number, got '%s'",
				options.step);
	code = log_words(cli, path, options.step, step, false);
	if (code != CLI_OK)
		return code;
	if (!path || !*path)
		return cli_fail(cli, CLI_USAGE,
				"not inside a trial: HDRIVE_METRICS is not set; 'hdrive submit "
				"FILE -- CMD' sets it for CMD");
	code = log_words(cli, path, options.step, step, true);
	if (code == CLI_OK && log_is_stopped())
		code = CLI_PLEASE_STOP;
	return code;
}

const struct cli_command cli_cmd_log = {
	.name = "log",
	.summary = "report metrics from inside a training program",
	.usage = "NAME=VALUE... [--step N]",
	.examples = "  hdrive log loss=0.25 accuracy=0.9 --step 3\n"
		    "  hdrive log loss=$loss || [ $? != 10 ] || exit 0\n",
	.options = log_rows,
	.notes = "Exit code 10 when this trial is asked to stop: save and end.\n",
	.run = log_main,
};
