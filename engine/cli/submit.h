/*
 * Flags that "submit" and "run" share, and what both do with them once they
 * know what the sweep is.
 */
#ifndef HD_CLI_SUBMIT_H
#define HD_CLI_SUBMIT_H

#include "cli/after.h"
#include "cli/limits.h"
#include "cli/runconfig.h"
#include "cli/snapshot.h"
#include "cli/warm.h"

struct submit_options {
	struct cli_size dry_run;
	struct cli_size seed;
	struct cli_size max_concurrent;
	struct cli_list sets;
	struct cli_list inputs;
	struct cli_list patterns;
	struct limit_options limits;
	struct warm_options warm;
	struct snapshot_options snapshot;
	struct runconfig_options runconfig;
	const char *backend;
	const char *name;
	bool or_resume;
	const char *experiment;
	const char *gpus;
	struct cli_size gpus_per_trial;
	struct cli_size cpus_per_trial;
	bool detach;
	bool parsable;
	struct after_options after;
};

/* A row whose field is MEMBER of the struct submit_options FIELD of TYPE. */
#define SUBMIT_ROW(type, field, member, name, letter, argument, kind, least, help)      \
	{                                                                               \
		name, letter, argument, help, kind, offsetof(type, field.member), least \
	}

/* Rows for a command whose struct TYPE has a struct submit_options FIELD. */
#define SUBMIT_ROWS(type, field)                                                                   \
	SUBMIT_ROW(type, field, dry_run, "dry-run", 0, "[=N]", CLI_OPT_MAYBE, 1,                   \
		   "print the first N command lines (10), create nothing"),                        \
		SUBMIT_ROW(type, field, max_concurrent, "max-concurrent", 'j', "N", CLI_OPT_SIZE,  \
			   1, "trials at a time, instead of the file's"),                          \
		SUBMIT_ROW(                                                                        \
			type, field, gpus, "gpus", 0, "LIST", CLI_OPT_TEXT, 0,                     \
			"each trial its GPU: auto, ids as 0,2, or 0:2 for two trials on GPU 0"),   \
		SUBMIT_ROW(type, field, gpus_per_trial, "gpus-per-trial", 0, "N", CLI_OPT_SIZE, 1, \
			   "each trial N of them, instead of 1"),                                  \
		SUBMIT_ROW(type, field, cpus_per_trial, "cpus-per-trial", 0, "N", CLI_OPT_SIZE, 1, \
			   "each trial N CPUs for itself, and as many threads"),                   \
		SUBMIT_ROW(type, field, seed, "seed", 0, "N", CLI_OPT_SIZE, 0,                     \
			   "the same seed gives the same trials"),                                 \
		SUBMIT_ROW(type, field, sets, "set", 0, "KEY=VALUE", CLI_OPT_LIST, 0,              \
			   "change a key of the file: --set max_total_runs=8"),                    \
		SUBMIT_ROW(type, field, inputs, "input", 0, "NAME=VALUE", CLI_OPT_LIST, 0,         \
			   "an input of a sweep job, for data a local path"),                      \
		LIMIT_ROWS(type, field.limits), WARM_ROWS(type, field.warm),                       \
		SUBMIT_ROW(type, field, backend, "backend", 0, "TARGET", CLI_OPT_TEXT, 0,          \
			   "where trials run, in place of what the file says (local)"),            \
		SNAPSHOT_ROWS(type, field.snapshot), RUNCONFIG_ROWS(type, field.runconfig),        \
		SUBMIT_ROW(type, field, detach, "detach", 'd', NULL, CLI_OPT_FLAG, 0,              \
			   "go on in the background; the engine's talk in FOLDER/engine.log"),     \
		SUBMIT_ROW(type, field, name, "name", 0, "NAME", CLI_OPT_TEXT, 0,                  \
			   "name the sweep (else one is made up)"),                                \
		SUBMIT_ROW(type, field, or_resume, "or-resume", 0, NULL, CLI_OPT_FLAG, 0,          \
			   "go on with the sweep of that name, if there is one"),                  \
		SUBMIT_ROW(type, field, experiment, "experiment", 0, "NAME", CLI_OPT_TEXT, 0,      \
			   "the experiment it is in (else its folder's name)"),                    \
		SUBMIT_ROW(type, field, patterns, "metric-pattern", 0, "RE", CLI_OPT_LIST, 0,      \
			   "PCRE2 with groups name, value, step; in place of the usual rules"),    \
		SUBMIT_ROW(type, field, parsable, "parsable", 0, NULL, CLI_OPT_FLAG, 0,            \
			   "only the sweep's name, on stdout"),                                    \
		AFTER_ROWS(type, field.after)

/* What the sweep is: a file, or words. */
struct submit_what {
	/* CLI_OK and *CONFIG the caller's, or an exit code. */
	int (*load)(struct cli *cli, const struct submit_what *what,
		    const struct hd_config_load *load, struct hd_config **config);
	void *user;
	const char *said; /* "hdrive submit sweep.yml", for messages */
};

/* Load it, settle what trials run, and run it or print what would be run. */
int submit_sweep(struct cli *cli, struct submit_options *options,
		 const struct submit_what *what);
/* What the commands' own files made of their options. */
void submit_release(struct submit_options *options);

#endif
