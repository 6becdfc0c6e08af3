/*
 * Flags that change a sweep's limits: each is a key of its file, so that what
 * is given here is checked, stored and gone on with as if it stood there.
 */
#ifndef HD_CLI_LIMITS_H
#define HD_CLI_LIMITS_H

#include "cli/cli.h"

#define LIMIT_TEXTS 9

struct limit_options {
	const char *max_trials;
	const char *timeout;
	const char *trial_timeout;
	const char *idle_timeout;
	const char *max_restarts;
	const char *max_failures;
	const char *target;
	const char *patience;
	const char *improvement;
	bool no_smoke;
	char *texts[LIMIT_TEXTS + 1]; /* "key=value", ours */
};

#define LIMIT_ROW(type, field, member) \
	(offsetof(type, field) + offsetof(struct limit_options, member))
/* Rows for a command whose struct TYPE has a struct limit_options FIELD. */
#define LIMIT_ROWS(type, field)                                                       \
	{ "max-trials",                                                               \
	  'n',                                                                        \
	  "N",                                                                        \
	  "how many trials in all",                                                   \
	  CLI_OPT_TEXT,                                                               \
	  LIMIT_ROW(type, field, max_trials),                                         \
	  0 },                                                                        \
		{ "timeout",                                                          \
		  0,                                                                  \
		  "TIME",                                                             \
		  "for the whole sweep: 90s, 30m, 2h, 1d",                            \
		  CLI_OPT_TEXT,                                                       \
		  LIMIT_ROW(type, field, timeout),                                    \
		  0 },                                                                \
		{ "trial-timeout",                                                    \
		  0,                                                                  \
		  "TIME",                                                             \
		  "for each attempt of a trial",                                      \
		  CLI_OPT_TEXT,                                                       \
		  LIMIT_ROW(type, field, trial_timeout),                              \
		  0 },                                                                \
		{ "idle-timeout",                                                     \
		  0,                                                                  \
		  "TIME",                                                             \
		  "end a trial that prints nothing for so long",                      \
		  CLI_OPT_TEXT,                                                       \
		  LIMIT_ROW(type, field, idle_timeout),                               \
		  0 },                                                                \
		{ "max-restarts",                                                     \
		  0,                                                                  \
		  "N",                                                                \
		  "attempts after a failure, each later than the last",               \
		  CLI_OPT_TEXT,                                                       \
		  LIMIT_ROW(type, field, max_restarts),                               \
		  0 },                                                                \
		{ "max-failures",                                                     \
		  0,                                                                  \
		  "N|P%",                                                             \
		  "end the sweep when so many trials have failed",                    \
		  CLI_OPT_TEXT,                                                       \
		  LIMIT_ROW(type, field, max_failures),                               \
		  0 },                                                                \
		{ "target",                                                           \
		  0,                                                                  \
		  "VALUE",                                                            \
		  "end the sweep at a result as good as this",                        \
		  CLI_OPT_TEXT,                                                       \
		  LIMIT_ROW(type, field, target),                                     \
		  0 },                                                                \
		{ "patience",                                                         \
		  0,                                                                  \
		  "N|TIME",                                                           \
		  "end it after N trials, or a time, without a better best",          \
		  CLI_OPT_TEXT,                                                       \
		  LIMIT_ROW(type, field, patience),                                   \
		  0 },                                                                \
		{ "improvement",                                                      \
		  0,                                                                  \
		  "VALUE",                                                            \
		  "end it when the sampler expects less of the next trial",           \
		  CLI_OPT_TEXT,                                                       \
		  LIMIT_ROW(type, field, improvement),                                \
		  0 },                                                                \
	{                                                                             \
		"no-smoke", 0, NULL, "do not let the first trial show that it works", \
			CLI_OPT_FLAG, LIMIT_ROW(type, field, no_smoke), 0             \
	}

/* "90", "90s", "1.5h" in seconds; false for what is none. */
bool limit_read_time(const char *text, double *seconds);
/* --patience: "50" is *TRIALS, "2h" *SECONDS, the other 0. CLI_OK or a code. */
int limit_read_patience(struct cli *cli, const char *text, double *trials,
			double *seconds);
/*
 * What the flags say, as settings behind those in SETS; texts live as long as
 * OPTIONS. CLI_OK or an exit code.
 */
int limit_sets(struct cli *cli, struct limit_options *options,
	       struct cli_list *sets);
void limit_release(struct limit_options *options);

#endif
