/* What trials printed, for the commands that show it. */
#ifndef HD_CLI_LOGS_H
#define HD_CLI_LOGS_H

#include "cli/cli.h"

#define LOGS_ALL (-1) /* in place of a trial's number */

struct logs_options {
	struct cli_size lines; /* the last of each; not given: all, of several 10 */
	bool follow;           /* until the trial, or the sweep, has ended */
	bool failed;
	bool only_stdout;
	bool only_stderr;
};

/* Show them on stdout; CLI_OK or an exit code. */
int logs_show(struct cli *cli, const struct logs_options *options,
	      struct hd_store *store, int64_t key, int64_t trial);

#endif
