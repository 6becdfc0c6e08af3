/* hdrive run list, show, cancel, update, monitor-logs, download-logs. */
#include "cli/az.h"

#include <stdlib.h>
#include <string.h>

/* --- one run -------------------------------------------------------------- */

struct one_options {
	struct az_options az;
	const char *run;
	const char *folder;
	const char *tag;
};

#define ROW(field) offsetof(struct one_options, field)
#define RUN_ROW                                                                            \
	{                                                                                  \
		"run", 'r', "ID", "a run's id or name, or the start of one", CLI_OPT_TEXT, \
			ROW(run), 0                                                        \
	}

static const struct cli_opt one_rows[] = {
	RUN_ROW,
	AZ_ROWS(struct one_options, az),
	CLI_OPT_END
};

static const struct cli_opt folder_rows[] = {
	RUN_ROW,
	{ "output-dir", 'd', "DIR", "where the files go", CLI_OPT_TEXT, ROW(folder), 0 },
	AZ_ROWS(struct one_options, az),
	CLI_OPT_END
};

static const struct cli_opt tag_rows[] = {
	RUN_ROW,
	{ "add-tag", 0, "NAME=VALUE", "the tag", CLI_OPT_TEXT, ROW(tag), 0 },
	AZ_ROWS(struct one_options, az),
	CLI_OPT_END
};

static bool one_parse(struct cli *cli, struct one_options *options, int *code)
{
	return az_parse(cli, options, &options->az, code) && az_no_words(cli, code) &&
	       az_needs(cli, "-r", options->run, code);
}

static int show_main(struct cli *cli)
{
	struct one_options options = { 0 };
	int code;

	if (!one_parse(cli, &options, &code))
		return code;
	return az_show(cli, &options.az, options.run, HD_RECORD_RUN);
}

static int cancel_main(struct cli *cli)
{
	struct one_options options = { 0 };
	bool any;
	int code;

	if (!one_parse(cli, &options, &code))
		return code;
	code = az_cancel(cli, options.run, &any);
	if (code == CLI_OK && any)
		cli_put(cli, "Experiment run canceled successfully.\n");
	return code;
}

static int monitor_main(struct cli *cli)
{
	struct one_options options = { 0 };
	int code;

	if (!one_parse(cli, &options, &code))
		return code;
	return az_stream(cli, &options.az, options.run, HD_RECORD_RUN);
}

static int download_main(struct cli *cli)
{
	struct one_options options = { 0 };
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	int64_t key, trial;
	size_t files;
	int code;

	if (!one_parse(cli, &options, &code) || !az_needs(cli, "-d", options.folder, &code))
		return code;
	code = az_open(cli, options.run, HD_STORE_READ, &store, &key, &trial);
	if (code == CLI_OK &&
	    hd_fetch_logs(store, key, trial < 0 ? HD_FETCH_ALL : trial, options.folder, &files,
			  &err) < 0)
		code = cli_fail_error(cli, &err);
	else if (code == CLI_OK)
		cli_say(cli, "%zu logs are in '%s'", files, options.folder);
	hd_store_close(store);
	return code;
}

static int update_tag(struct cli *cli, const struct one_options *options,
		      struct hd_store *store, int64_t key, int64_t trial)
{
	const char *equals = strchr(options->tag, '=');
	struct hd_error err = { 0 };
	char *name;
	int rc;

	if (!equals)
		return cli_fail(cli, CLI_USAGE, "'%s' is no tag: name=value", options->tag);
	name = strndup(options->tag, (size_t)(equals - options->tag));
	if (!name)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = hd_store_tag(store, key, trial < 0 ? HD_SAID_OF_SWEEP : trial, name, equals + 1,
			  &err);
	free(name);
	return rc < 0 ? cli_fail_error(cli, &err) : CLI_OK;
}

static int update_main(struct cli *cli)
{
	struct one_options options = { 0 };
	struct hd_store *store = NULL;
	int64_t key, trial;
	int code;

	if (!one_parse(cli, &options, &code) || !az_needs(cli, "--add-tag", options.tag, &code))
		return code;
	code = az_open(cli, options.run, HD_STORE_WRITE, &store, &key, &trial);
	if (code == CLI_OK)
		code = update_tag(cli, &options, store, key, trial);
	if (code == CLI_OK)
		code = az_put_record(cli, &options.az, store, HD_RECORD_RUN, key, trial);
	hd_store_close(store);
	return code;
}

/* --- lists ---------------------------------------------------------------- */

#define LIST_LAST 10 /* as Azure shows without --last */

struct list_options {
	struct az_options az;
	const char *parent;
	const char *pipeline;
	struct cli_size last;
	const char *target;
	const char *status;
	struct cli_list tags;
	bool minimal;
};

#undef ROW
#define ROW(field) offsetof(struct list_options, field)
static const struct cli_opt list_rows[] = {
	{ "parent-run-id", 0, "ID", "the children of this run", CLI_OPT_TEXT, ROW(parent), 0 },
	{ "pipeline-run-id", 0, "ID", "of a pipeline: there are none here", CLI_OPT_TEXT,
	  ROW(pipeline), 0 },
	{ "last", 0, "N", "the newest N (10)", CLI_OPT_SIZE, ROW(last), 1 },
	{ "compute-target-name", 0, "NAME", "those that run at this target",
	  CLI_OPT_TEXT, ROW(target), 0 },
	{ "status", 0, "WORD", "those with this status", CLI_OPT_TEXT, ROW(status), 0 },
	{ "tags", 0, "NAME=VALUE...", "those with all of these tags", CLI_OPT_LIST, ROW(tags), 0 },
	{ "minimal", 0, NULL, "only id, type, status, times, target and tags", CLI_OPT_FLAG,
	  ROW(minimal), 0 },
	AZ_ROWS(struct list_options, az),
	CLI_OPT_END
};

/* HD-154, and what else cannot be asked for. */
static int list_check(struct cli *cli, struct list_options *options)
{
	if (options->pipeline && options->az.experiment)
		return cli_fail(cli, CLI_USAGE,
				"--pipeline-run-id and --experiment-name exclude each other");
	if (options->status && !hd_record_is_status(options->status))
		return cli_fail(
			cli, CLI_USAGE,
			"unknown status '%s', one of: NotStarted, Starting, Provisioning, "
			"Preparing, Queued, Running, Finalizing, CancelRequested, Completed, "
			"Failed, Canceled, NotResponding, Paused",
			options->status);
	/* "--tags a=1 b=2": the words behind belong to it. */
	for (size_t i = 0; i < cli->word_count; i++) {
		if (!options->tags.count || !strchr(cli->words[i], '='))
			return cli_fail(cli, CLI_USAGE, "unexpected '%s'; usage: hdrive %s %s",
					cli->words[i], cli->command->name, cli->command->usage);
		if (!cli_list_add(&options->tags, cli->words[i]))
			return cli_fail(cli, CLI_ERROR, "out of memory");
	}
	return CLI_OK;
}

static int list_put(struct cli *cli, const struct list_options *options)
{
	const struct hd_record_query query = {
		.last = options->last.given ? options->last.value : LIST_LAST,
		.status = options->status,
		.experiment = options->az.experiment,
		.target = options->target,
		.tags = options->tags.items,
		.tag_count = options->tags.count,
		.minimal = options->minimal,
	};
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	struct az_text text;
	int64_t key, trial = HD_RECORD_SWEEP;
	int code, rc;

	az_text_init(&text);
	code = options->parent ? az_open(cli, options->parent, HD_STORE_READ, &store, &key, &trial)
			       : cli_store_open(cli, HD_STORE_READ, &store);
	if (code != CLI_OK)
		return code;
	/* A trial has no children; nor is there a pipeline with runs. */
	if (trial >= 0 || options->pipeline)
		rc = text.out.write(text.out.user, "[]", 2);
	else if (options->parent)
		rc = hd_record_children(store, HD_RECORD_RUN, key, &query, &text.out, &err);
	else
		rc = hd_record_list(store, HD_RECORD_RUN, &query, &text.out, &err);
	hd_store_close(store);
	if (rc < 0) {
		free(text.text);
		return cli_fail_error(cli, &err);
	}
	return az_put(cli, &options->az, &text);
}

static int list_main(struct cli *cli)
{
	struct list_options options = { 0 };
	int code;

	if (az_parse(cli, &options, &options.az, &code))
		code = list_check(cli, &options);
	else
		goto out;
	if (code == CLI_OK && (options.parent || az_has_store(cli, &options.az, &code)))
		code = list_put(cli, &options);
out:
	cli_options_release(cli, &options);
	return code;
}

/* --- the rows ------------------------------------------------------------- */

const struct cli_command az_run_list = {
	.name = "run list",
	.summary = "runs, newest first; children when asked",
	.usage = "[option...]",
	.examples = "  hdrive run list --minimal -o table\n"
		    "  hdrive run list --parent-run-id HD_0a1b2c3d --status Failed\n"
		    "  hdrive run list --last 50 --tags team=vision --query '[].run_id' -o tsv\n",
	.options = list_rows,
	.run = list_main,
};

const struct cli_command az_run_show = {
	.name = "run show",
	.summary = "a run's record",
	.usage = "-r ID [option...]",
	.examples = "  hdrive run show -r HD_0a1b2c3d\n"
		    "  hdrive run show -r HD_0a1b2c3d_7 --query status -o tsv\n",
	.options = one_rows,
	.run = show_main,
};

const struct cli_command az_run_cancel = {
	.name = "run cancel",
	.summary = "stop a run: a sweep, or one child",
	.usage = "-r ID [option...]",
	.examples = "  hdrive run cancel -r HD_0a1b2c3d\n",
	.options = one_rows,
	.notes = "As 'hdrive cancel': resume goes on with a sweep.\n",
	.run = cancel_main,
};

const struct cli_command az_run_monitor_logs = {
	.name = "run monitor-logs",
	.summary = "what a run prints, until its end",
	.usage = "-r ID [option...]",
	.examples = "  hdrive run monitor-logs -r HD_0a1b2c3d_7\n",
	.options = one_rows,
	.notes = "Its record follows; -o none leaves that out.\n",
	.run = monitor_main,
};

const struct cli_command az_run_download_logs = {
	.name = "run download-logs",
	.summary = "a run's logs, copied into a folder",
	.usage = "-r ID -d DIR [option...]",
	.examples = "  hdrive run download-logs -r HD_0a1b2c3d_7 -d logs\n",
	.options = folder_rows,
	.notes = "user_logs/std_log.txt has what it printed, logs/ what it wrote there. Of a\n"
		 "sweep, each child has a folder of its own and metrics.json all metrics.\n",
	.run = download_main,
};

const struct cli_command az_run_update = {
	.name = "run update",
	.summary = "give a run a tag",
	.usage = "-r ID --add-tag NAME=VALUE [option...]",
	.examples = "  hdrive run update -r HD_0a1b2c3d --add-tag team=vision\n",
	.options = tag_rows,
	.run = update_main,
};
