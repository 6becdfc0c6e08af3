/*
 * Azure's words: "hdrive run list", "hdrive job show" and their kin take the
 * flags of "az ml" and print what it prints (SPEC 7). What they do is what the
 * other commands do; here are the flags that all of them have, and the shapes
 * in which they print.
 */
#ifndef HD_CLI_AZ_H
#define HD_CLI_AZ_H

#include "cli/cli.h"

struct az_options {
	const char *path;
	const char *experiment;
	const char *group; /* these four name things of the cloud: ignored */
	const char *workspace;
	const char *subscription;
	const char *subscription_id;
	const char *metadata; /* a file for what is printed, as JSON */
	const char *output;
	const char *query;
	bool debug;
	bool only_errors;
};

#define AZ_ROW(type, field, member) \
	(offsetof(type, field) + offsetof(struct az_options, member))
/* Rows for a command whose struct TYPE has a struct az_options FIELD. */
#define AZ_ROWS(type, field)                                                                       \
	{ "path", 0, "DIR", "the project's folder (.)", CLI_OPT_TEXT,                              \
	  AZ_ROW(type, field, path), 0 },                                                          \
		{ "experiment-name", 'e', "NAME", "the experiment", CLI_OPT_TEXT,                  \
		  AZ_ROW(type, field, experiment), 0 },                                            \
		{ "resource-group", 'g', "NAME", "ignored: nothing here is in a cloud",            \
		  CLI_OPT_TEXT, AZ_ROW(type, field, group), 0 },                                   \
		{ "workspace-name", 'w', "NAME", "ignored", CLI_OPT_TEXT,                          \
		  AZ_ROW(type, field, workspace), 0 },                                             \
		{ "subscription", 0, "ID", "ignored", CLI_OPT_TEXT,                                \
		  AZ_ROW(type, field, subscription), 0 },                                          \
		{ "subscription-id", 0, "ID", "ignored", CLI_OPT_TEXT,                             \
		  AZ_ROW(type, field, subscription_id), 0 },                                       \
		{ "output-metadata-file", 't', "FILE", "write what is printed there too, as JSON", \
		  CLI_OPT_TEXT, AZ_ROW(type, field, metadata), 0 },                                \
		{ "output", 'o', "json|jsonc|table|tsv|yaml|yamlc|none", "how to print (json)",    \
		  CLI_OPT_TEXT, AZ_ROW(type, field, output), 0 },                                  \
		{ "query", 0, "JMESPATH", "print what it picks", CLI_OPT_TEXT,                     \
		  AZ_ROW(type, field, query), 0 },                                                 \
		{ "debug", 0, NULL, "as -v", CLI_OPT_FLAG, AZ_ROW(type, field, debug),             \
		  0 },                                                                             \
	{                                                                                          \
		"only-show-errors", 0, NULL, "as -q", CLI_OPT_FLAG,                                \
			AZ_ROW(type, field, only_errors), 0                                        \
	}

/*
 * Parse into OPTIONS, which holds AZ, and judge what all commands have; true
 * to go on, else *CODE is the exit code.
 */
bool az_parse(struct cli *cli, void *options, const struct az_options *az, int *code);
/* The same for what goes into --path by itself: the others enter it. */
bool az_parse_here(struct cli *cli, void *options, const struct az_options *az,
		   int *code);
/* NAME's VALUE must be given, else an error and false. */
bool az_needs(struct cli *cli, const char *name, const char *value, int *code);
/* No words, else an error and false. */
bool az_no_words(struct cli *cli, int *code);

/* JSON that a report writes, to be shaped once it is whole. */
struct az_text {
	char *text;
	size_t length;
	size_t size;
	struct hd_out out; /* for the report */
};

void az_text_init(struct az_text *text);
/* Print it as AZ says, and write it where AZ says; frees it. An exit code. */
int az_put(struct cli *cli, const struct az_options *az, struct az_text *text);

/* The sweep, and the trial of it or HD_RECORD_SWEEP, that WORD names. */
int az_open(struct cli *cli, const char *word, enum hd_store_mode mode,
	    struct hd_store **store, int64_t *key, int64_t *trial);
/* Print its record. */
int az_put_record(struct cli *cli, const struct az_options *az,
		  struct hd_store *store, enum hd_record_form form, int64_t key,
		  int64_t trial);
/* For what lists: without a store yet there is nothing, an empty list. */
bool az_has_store(struct cli *cli, const struct az_options *az, int *code);

/* Commands with commands below them: the next word is one. */
int az_group(struct cli *cli);

/* Stop the run that WORD names; an exit code. *ANY when it was one to stop. */
int az_cancel(struct cli *cli, const char *word, bool *any);
/* The record of what is called WORD. */
int az_show(struct cli *cli, const struct az_options *az, const char *word,
	    enum hd_record_form form);
/* Show its logs until it has ended, then its record. */
int az_stream(struct cli *cli, const struct az_options *az, const char *word,
	      enum hd_record_form form);

/* Below "run", ended by NULL. */
extern const struct cli_command *const az_run_group[];
extern const struct cli_command az_run_submit_hyperdrive, az_run_submit_script,
	az_run_list, az_run_show, az_run_cancel, az_run_monitor_logs, az_run_monitor_tensorboard,
	az_run_download_logs, az_run_update, az_experiment_list,
	az_experiment_create, az_job_create, az_job_show, az_job_list,
	az_job_cancel, az_job_stream, az_job_download;

#endif
