/* Options on the copy of the folder that a sweep runs in. */
#ifndef HD_CLI_SNAPSHOT_H
#define HD_CLI_SNAPSHOT_H

#include "cli/cli.h"

struct snapshot_options {
	const char *limit;
	bool none;
};

/* Rows of a table of options: TYPE has them in MEMBER. */
#define SNAPSHOT_ROWS(TYPE, MEMBER)                                                   \
	{ "no-snapshot", 0, NULL, "run in the folder as it is, not in a copy of it",  \
	  CLI_OPT_FLAG, offsetof(TYPE, MEMBER.none), 0 },                             \
	{                                                                             \
		"snapshot-limit", 0, "SIZE[,FILES]",                                  \
			"what the copy may hold: 2G, 500M,10000 or none (300M,2000)", \
			CLI_OPT_TEXT, offsetof(TYPE, MEMBER.limit), 0                 \
	}

/* What OPTIONS say into HOST; CLI_OK, or CLI_USAGE when said why. */
int snapshot_check(struct cli *cli, const struct snapshot_options *options,
		   struct hd_sweep_options *host);

#endif
