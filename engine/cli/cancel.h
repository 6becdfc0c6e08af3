/* Stopping a sweep or some of its trials, for the commands that do. */
#ifndef HD_CLI_CANCEL_H
#define HD_CLI_CANCEL_H

#include "cli/cli.h"

struct cancel_options {
	const char *grace; /* a time; NULL for the sweep's own */
	bool now;
};

struct cancel {
	struct cli *cli;
	const struct cancel_options *options;
	struct hd_store *store; /* open for writing */
	int64_t key;
	size_t *numbers; /* of trials; none: the sweep */
	size_t count;
	double asked; /* how many were asked to end; -1: no engine ran it */
	bool over;    /* it had ended before */
};

/* Do it; CLI_OK or an exit code. */
int cancel_ask(struct cancel *cancel);

#endif
