/* Studies, for the commands that ask, tell and look after them. */
#ifndef HD_CLI_STUDY_H
#define HD_CLI_STUDY_H

#include "cli/cli.h"

/* A study that a command's first word names, and who is at it. */
struct study {
	struct hd_store *store;
	struct hd_study *study;
	const char *client; /* NULL for nobody in particular */
};

/*
 * Open the one that the first word names; CLI_OK or an exit code. CLIENT is
 * --client, NULL where it is not given: then HDRIVE_CLIENT says who asks.
 */
int study_open(struct cli *cli, const char *client, struct study *study);
void study_close(struct study *study);
/* The number of a trial in WORD; CLI_OK or an exit code. */
int study_trial(struct cli *cli, const char *word, size_t *number);
/* What the library said; a wrong client is usage. */
int study_fail(struct cli *cli, const struct hd_error *err);
/*
 * CLI_OK, unless SWEEP is a study: then CLI_USAGE, with WHY a command is not
 * for the trials that others run.
 */
int study_refuse(struct cli *cli, struct hd_store *store, int64_t sweep,
		 const char *why);

#endif
