/*
 * Speaking to a running engine, for the commands that do: a request is built
 * as text, its answer's numbers are read.
 */
#ifndef HD_CLI_ASK_H
#define HD_CLI_ASK_H

#include <stdio.h>

#include "cli/cli.h"

/* Seconds that an engine may take to answer; its turns are milliseconds. */
#define ASK_SECONDS 30

struct ask {
	FILE *file; /* the request grows here: {"op":"...", then members */
	char *text;
	size_t length;
};

/* Begin a request; false, with *CODE, when there is no memory. */
bool ask_begin(struct cli *cli, struct ask *ask, const char *op, int *code);
/* Numbers of trials from the words behind the sweep's; the caller's to
 * free(), whatever is returned. */
int cli_trial_numbers(struct cli *cli, size_t **numbers, size_t *count);
/* ,"trials":[1,2] */
void ask_numbers(struct ask *ask, const size_t *numbers, size_t count);
/* Both. */
int ask_trials(struct cli *cli, struct ask *ask, size_t **numbers,
	       size_t *count);
/*
 * Send it. CLI_OK and the answer in *REPLY, the caller's to free(); CLI_OK and
 * NULL when no engine runs the sweep; else an exit code.
 */
int ask_send(struct cli *cli, struct ask *ask, struct hd_store *store,
	     int64_t key, char **reply);
/* The number that follows "NAME": in REPLY, or -1. */
double ask_number(const char *reply, const char *name);

#endif
