/* "hdrive submit" from Azure's flags: its words, one after another. */
#ifndef HD_CLI_AZ_SUBMIT_H
#define HD_CLI_AZ_SUBMIT_H

#include "cli/az.h"

struct words {
	struct cli *cli;
	struct cli_list list;
	bool failed; /* for want of memory: words_submit says so */
};

void words_add(struct words *words, const char *word);
/* A flag with its value, when that is given. */
void words_flag(struct words *words, const char *flag, const char *value);
/* "--", RUNNER unless NULL, and the words that stand behind it or are a
 * script's; nothing when there are none. */
void words_rest(struct words *words, const char *runner);
/*
 * Run "hdrive submit" with these words, which are released; in place of the
 * sweep's name its record is printed. The exit code is submit's.
 */
int words_submit(struct words *words, const struct az_options *az,
		 enum hd_record_form form);

#endif
