/* hdrive job create, show, list, cancel, stream, download. */
#include "cli/az.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- one job -------------------------------------------------------------- */

struct job_options {
	struct az_options az;
	const char *name;
	const char *folder;
	const char *output;
	bool all;
};

#define ROW(field) offsetof(struct job_options, field)
#define NAME_ROW                                                                           \
	{                                                                                  \
		"name", 'n', "S", "a job's name or id, or the start of one", CLI_OPT_TEXT, \
			ROW(name), 0                                                       \
	}

static const struct cli_opt one_rows[] = {
	NAME_ROW,
	AZ_ROWS(struct job_options, az),
	CLI_OPT_END
};

static const struct cli_opt download_rows[] = {
	NAME_ROW,
	{ "all", 0, NULL, "what it left, its logs and every named output", CLI_OPT_FLAG, ROW(all),
	  0 },
	{ "output-name", 0, "NAME", "only this output", CLI_OPT_TEXT, ROW(output), 0 },
	{ "download-path", 'p', "DIR", "where it goes (.)", CLI_OPT_TEXT, ROW(folder), 0 },
	AZ_ROWS(struct job_options, az),
	CLI_OPT_END
};

static bool job_parse(struct cli *cli, struct job_options *options, int *code)
{
	return az_parse(cli, options, &options->az, code) && az_no_words(cli, code) &&
	       az_needs(cli, "-n", options->name, code);
}

static int show_main(struct cli *cli)
{
	struct job_options options = { 0 };
	int code;

	if (!job_parse(cli, &options, &code))
		return code;
	return az_show(cli, &options.az, options.name, HD_RECORD_JOB);
}

static int cancel_main(struct cli *cli)
{
	struct job_options options = { 0 };
	bool any;
	int code;

	return job_parse(cli, &options, &code) ? az_cancel(cli, options.name, &any) : code;
}

static int stream_main(struct cli *cli)
{
	struct job_options options = { 0 };
	int code;

	if (!job_parse(cli, &options, &code))
		return code;
	return az_stream(cli, &options.az, options.name, HD_RECORD_JOB);
}

/* --- download ------------------------------------------------------------- */

struct download {
	struct cli *cli;
	struct hd_store *store;
	int64_t key;
	int64_t trial; /* or HD_FETCH_BEST */
	const char *folder;
};

/* PATH of the trial to FOLDER/PLACE; CLI_OK when it is not there and may not. */
static int download_one(const struct download *download, const char *path, const char *place,
			bool must)
{
	struct hd_error err = { 0 };
	char *to = malloc(strlen(download->folder) + strlen(place) + 2);
	int rc;

	if (!to)
		return cli_fail(download->cli, CLI_ERROR, "out of memory");
	sprintf(to, "%s/%s", download->folder, place);
	rc = hd_fetch(download->store, download->key, download->trial, path, to, &err);
	free(to);
	if (rc == HD_ESTATE)
		return cli_fail(download->cli, CLI_NO_METRIC, "%s", err.text);
	if (rc < 0 && (must || rc != HD_ENOENT))
		return cli_fail_error(download->cli, &err);
	return CLI_OK;
}

static int download_output(const struct download *download, const char *name)
{
	char *place = malloc(strlen("named-outputs/") + strlen(name) + 1);
	int code;

	if (!place)
		return cli_fail(download->cli, CLI_ERROR, "out of memory");
	sprintf(place, "named-outputs/%s", name);
	code = download_one(download, name, place, true);
	free(place);
	return code;
}

/* What it left in ./outputs and ./logs and what it printed: its artifacts. */
static int download_artifacts(const struct download *download)
{
	int code = download_one(download, "outputs", "artifacts/outputs", true);

	if (code == CLI_OK)
		code = download_one(download, "logs", "artifacts/logs", false);
	if (code == CLI_OK)
		code = download_one(download, "stdout", "artifacts/user_logs/stdout.txt", false);
	if (code == CLI_OK)
		code = download_one(download, "stderr", "artifacts/user_logs/stderr.txt", false);
	return code;
}

static int download_work(const struct download *download, const struct job_options *options)
{
	int code;

	if (options->output)
		return download_output(download, options->output);
	code = download_artifacts(download);
	if (code == CLI_OK && options->all)
		code = download_one(download, "named-outputs", "named-outputs", false);
	return code;
}

static int download_main(struct cli *cli)
{
	struct job_options options = { 0 };
	struct download download = { .cli = cli };
	int code;

	if (!job_parse(cli, &options, &code))
		return code;
	if (options.all && options.output)
		return cli_fail(cli, CLI_USAGE, "--all and --output-name exclude each other");
	download.folder = options.folder ? options.folder : ".";
	code = az_open(cli, options.name, HD_STORE_READ, &download.store, &download.key,
		       &download.trial);
	if (code == CLI_OK)
		code = download_work(&download, &options);
	if (code == CLI_OK)
		cli_say(cli, "downloaded to '%s'", download.folder);
	hd_store_close(download.store);
	return code;
}

/* --- list ----------------------------------------------------------------- */

#define LIST_MOST 50 /* as Azure shows without --max-results */

struct list_options {
	struct az_options az;
	const char *parent;
	struct cli_size most;
	bool all;
};

#undef ROW
#define ROW(field) offsetof(struct list_options, field)
static const struct cli_opt list_rows[] = {
	{ "parent-job-name", 'p', "S", "the trials of this sweep", CLI_OPT_TEXT, ROW(parent), 0 },
	{ "max-results", 'r', "N", "the newest N (50)", CLI_OPT_SIZE, ROW(most), 1 },
	{ "all-results", 0, NULL, "all of them", CLI_OPT_FLAG, ROW(all), 0 },
	AZ_ROWS(struct list_options, az),
	CLI_OPT_END
};

static int list_put(struct cli *cli, const struct list_options *options)
{
	const struct hd_record_query query = {
		.last = options->all          ? 0
			: options->most.given ? options->most.value
					      : LIST_MOST,
		.experiment = options->az.experiment,
	};
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	struct az_text text;
	int64_t key, trial;
	int code, rc;

	az_text_init(&text);
	code = options->parent ? az_open(cli, options->parent, HD_STORE_READ, &store, &key, &trial)
			       : cli_store_open(cli, HD_STORE_READ, &store);
	if (code != CLI_OK)
		return code;
	rc = options->parent
		     ? hd_record_children(store, HD_RECORD_JOB, key, &query, &text.out, &err)
		     : hd_record_list(store, HD_RECORD_JOB, &query, &text.out, &err);
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

	if (!az_parse(cli, &options, &options.az, &code) || !az_no_words(cli, &code))
		return code;
	if (!options.parent && !az_has_store(cli, &options.az, &code))
		return code;
	return list_put(cli, &options);
}

/* --- the rows ------------------------------------------------------------- */

const struct cli_command az_job_show = {
	.name = "job show",
	.summary = "a job's record",
	.usage = "-n S [option...]",
	.examples = "  hdrive job show -n brave-otter-3 --query status -o tsv\n",
	.options = one_rows,
	.run = show_main,
};

const struct cli_command az_job_list = {
	.name = "job list",
	.summary = "jobs, newest first; trials when asked",
	.usage = "[option...]",
	.examples = "  hdrive job list -o table\n"
		    "  hdrive job list --parent-job-name brave-otter-3 --query '[].status'\n",
	.options = list_rows,
	.run = list_main,
};

const struct cli_command az_job_cancel = {
	.name = "job cancel",
	.summary = "stop a job: a sweep, or one trial",
	.usage = "-n S [option...]",
	.examples = "  hdrive job cancel -n brave-otter-3\n",
	.options = one_rows,
	.notes = "As 'hdrive cancel': resume goes on with a sweep.\n",
	.run = cancel_main,
};

const struct cli_command az_job_stream = {
	.name = "job stream",
	.summary = "what a job prints, until its end",
	.usage = "-n S [option...]",
	.examples = "  hdrive job stream -n brave-otter-3\n",
	.options = one_rows,
	.notes = "Its record follows; -o none leaves that out.\n",
	.run = stream_main,
};

const struct cli_command az_job_download = {
	.name = "job download",
	.summary = "what a job left, copied into a folder",
	.usage = "-n S [option...]",
	.examples = "  hdrive job download -n brave-otter-3 -p results\n"
		    "  hdrive job download -n brave-otter-3 --output-name model\n",
	.options = download_rows,
	.notes = "Of a sweep it is what its best trial left: artifacts/ has its outputs, logs and\n"
		 "what it printed, named-outputs/NAME its named outputs.\n",
	.run = download_main,
};
