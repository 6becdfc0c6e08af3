/* --resume-from and --resume-child-runs, as keys of the file. */
#ifndef HD_CLI_WARM_H
#define HD_CLI_WARM_H

#include "cli/cli.h"

struct warm_options {
	const char *from;     /* "S,S" */
	const char *children; /* "S/N,S/N" */
	char *texts[2];       /* what warm_sets made of them */
};

/* Rows of a command whose options struct has a struct warm_options MEMBER. */
#define WARM_ROWS(type, member)                                                      \
	{ "resume-from", 0, "S[,S...]", "know the trials of earlier sweeps",         \
	  CLI_OPT_TEXT, offsetof(type, member.from), 0 },                            \
	{                                                                            \
		"resume-child-runs", 0, "S/N[,S/N...]",                              \
			"begin with these trials, from their outputs", CLI_OPT_TEXT, \
			offsetof(type, member.children), 0                           \
	}

/* Append them to SETS; CLI_OK or an exit code. The texts live in OPTIONS. */
int warm_sets(struct cli *cli, struct warm_options *options,
	      struct cli_list *sets);
void warm_release(struct warm_options *options);

#endif
