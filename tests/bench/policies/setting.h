/* A policy with its options, from words as "hdrive run --policy" takes them. */
#ifndef BENCH_POLICIES_SETTING_H
#define BENCH_POLICIES_SETTING_H

#include <hdrive.h>

struct setting {
	const char *label;        /* borrowed from figures.c, or TEXT */
	char *text;               /* "bandit:slack_factor=0.1,delay_evaluation=5" */
	struct hd_config *config; /* has the policy and its options */
};

struct settings {
	struct setting *item;
	size_t count, size;
};

/*
 * Those of TEXT, with ';' between them, each "NAME:KEY=VALUE,KEY=VALUE" or with
 * a ',' in place of the ':'. Empty: those of figures.c. One that this program
 * does not know is left out, with a word on stderr.
 */
void settings_read(struct settings *settings, const char *text);
/* The columns that their labels take. */
int settings_width(const struct settings *settings);
void settings_release(struct settings *settings);

#endif
