/*
 * What is done once a sweep has ended, whatever its end: files written, and
 * what was required of it judged.
 */
#ifndef HD_CLI_AFTER_H
#define HD_CLI_AFTER_H

#include "cli/cli.h"

struct after_options {
	const char *metrics;
	struct cli_list best;
	struct cli_list require;
};

#define AFTER_ROW(type, field, member) \
	(offsetof(type, field) + offsetof(struct after_options, member))
/* Rows for a command whose struct TYPE has a struct after_options FIELD. */
#define AFTER_ROWS(type, field)                                                                 \
	{ "metrics-output", 0, "FILE", "at the end write {trial id: {metric: [values]}} there", \
	  CLI_OPT_TEXT, AFTER_ROW(type, field, metrics), 0 },                                   \
		{ "best-output", 0, "PATH[=DEST]",                                              \
		  "at the end copy the best trial's PATH, as outputs/model.pkl, to DEST",       \
		  CLI_OPT_LIST, AFTER_ROW(type, field, best), 0 },                              \
	{                                                                                       \
		"require", 0, "EXPR", "exit code 7 unless it holds: best>=0.9, failed==0",      \
			CLI_OPT_LIST, AFTER_ROW(type, field, require), 0                        \
	}

/* Judge what was given before anything is made; CLI_OK or an exit code. */
int after_check(struct cli *cli, const struct after_options *options);
/*
 * Do it for sweep KEY, which has ended with exit code CODE; the exit code that
 * is left.
 */
int after_sweep(struct cli *cli, const struct after_options *options,
		struct hd_store *store, int64_t key, int code);

#endif
