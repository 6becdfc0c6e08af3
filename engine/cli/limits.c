#include "cli/limits.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 128

bool limit_read_time(const char *text, double *seconds)
{
	static const char units[] = "smhd";
	static const double factors[] = { 1, 60, 3600, 86400 };
	const char *unit;
	char *end;

	*seconds = strtod(text, &end);
	if (end == text || !isfinite(*seconds) || !(*seconds > 0))
		return false;
	if (*end == '\0')
		return true;
	unit = strchr(units, *end);
	if (!unit || end[1] != '\0')
		return false;
	*seconds *= factors[unit - units];
	return true;
}

static int limit_add(struct cli *cli, struct limit_options *options,
		     struct cli_list *sets, const char *key, const char *value)
{
	size_t at = 0;
	char *text;

	if (!value)
		return CLI_OK;
	while (options->texts[at])
		at++;
	text = malloc(TEXT_MOST);
	if (!text)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	snprintf(text, TEXT_MOST, "%s=%s", key, value);
	options->texts[at] = text;
	return cli_list_add(sets, text) ? CLI_OK
					: cli_fail(cli, CLI_ERROR, "out of memory");
}

/* HyperDrive counts minutes. */
static int limit_add_minutes(struct cli *cli, struct limit_options *options,
			     struct cli_list *sets, const char *key,
			     double seconds)
{
	char minutes[40];

	return limit_add(cli, options, sets, key,
			 hd_number_text(seconds / 60, minutes, sizeof minutes));
}

static int limit_add_timeout(struct cli *cli, struct limit_options *options,
			     struct cli_list *sets)
{
	double seconds;

	if (!options->timeout)
		return CLI_OK;
	if (!limit_read_time(options->timeout, &seconds))
		return cli_fail(cli, CLI_USAGE,
				"'--timeout' must be a time such as 90s, 30m,"
				" 2h or 1d, got '%s'",
				options->timeout);
	return limit_add_minutes(cli, options, sets, "max_duration_minutes",
				 seconds);
}

int limit_read_patience(struct cli *cli, const char *text, double *trials,
			double *seconds)
{
	*trials = *seconds = 0;
	if (text[0] && text[strspn(text, "0123456789")] == '\0')
		*trials = strtod(text, NULL);
	else if (!limit_read_time(text, seconds) ||
		 !strchr("smhd", text[strlen(text) - 1]))
		return cli_fail(cli, CLI_USAGE,
				"'--patience' must be a number of trials such as"
				" 50, or a time such as 90s, 30m, 2h or 1d, got"
				" '%s'",
				text);
	return CLI_OK;
}

static int limit_add_patience(struct cli *cli, struct limit_options *options,
			      struct cli_list *sets)
{
	double trials, seconds;
	int code;

	if (!options->patience)
		return CLI_OK;
	code = limit_read_patience(cli, options->patience, &trials, &seconds);
	if (code != CLI_OK)
		return code;
	return seconds > 0 ? limit_add_minutes(cli, options, sets,
					       "end_when.patience_minutes", seconds)
			   : limit_add(cli, options, sets, "end_when.patience",
				       options->patience);
}

int limit_sets(struct cli *cli, struct limit_options *options,
	       struct cli_list *sets)
{
	const struct {
		const char *key, *value;
	} rows[] = {
		{ "max_total_runs", options->max_trials },
		{ "trial_timeout", options->trial_timeout },
		{ "idle_timeout", options->idle_timeout },
		{ "max_restarts", options->max_restarts },
		{ "max_failures", options->max_failures },
		{ "end_when.target", options->target },
		{ "end_when.improvement", options->improvement },
	};
	int code = limit_add_timeout(cli, options, sets);

	if (code == CLI_OK)
		code = limit_add_patience(cli, options, sets);

	for (size_t i = 0; code == CLI_OK && i < sizeof rows / sizeof rows[0]; i++)
		code = limit_add(cli, options, sets, rows[i].key, rows[i].value);
	if (code == CLI_OK && options->no_smoke && !cli_list_add(sets, "smoke=false"))
		code = cli_fail(cli, CLI_ERROR, "out of memory");
	return code;
}

void limit_release(struct limit_options *options)
{
	for (size_t i = 0; i < LIMIT_TEXTS; i++)
		free(options->texts[i]);
}
