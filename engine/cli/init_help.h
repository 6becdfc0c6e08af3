/*
 * What a script says of its options: the text that Python's argparse prints
 * for --help, read for names, choices and defaults.
 */
#ifndef HD_CLI_INIT_HELP_H
#define HD_CLI_INIT_HELP_H

#include <stdbool.h>
#include <stddef.h>

#define HELP_TEXT 128
#define HELP_CHOICES 32
#define HELP_OPTIONS 64

struct help_option {
	char name[HELP_TEXT]; /* with its dashes, the long one if there are two */
	bool takes_value;     /* else it is a switch */
	char choices[HELP_CHOICES][HELP_TEXT];
	size_t choice_count;
	char fallback[HELP_TEXT]; /* "(default: ...)"; "" when it is not told */
};

/* The options in TEXT, at most HELP_OPTIONS; returns how many. */
size_t help_parse(const char *text, struct help_option *options);

/*
 * What PYTHON SCRIPT --help prints, at most a few seconds long; NULL with why
 * in *WHY when it cannot be had. The caller's to free().
 */
char *help_of_script(const char *python, const char *script, const char **why);

#endif
