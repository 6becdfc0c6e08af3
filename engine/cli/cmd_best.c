/* hdrive best: the best trial, ready to paste. */
#include "cli/cli.h"

struct best_options {
	struct cli_size top;
	const char *format;
	bool exclude_failed;
	bool exclude_canceled;
};

#define ROW(field) offsetof(struct best_options, field)
static const struct cli_opt best_rows[] = {
	{ "top", 'k', "N", "the best N trials (1)", CLI_OPT_SIZE, ROW(top), 1 },
	{ "format", 0, "text|args|yaml|env|json|csv", "how to print them (text)", CLI_OPT_TEXT,
	  ROW(format), 0 },
	{ "exclude-failed", 0, NULL, "without trials that failed", CLI_OPT_FLAG,
	  ROW(exclude_failed), 0 },
	{ "exclude-canceled", 0, NULL, "without trials that were stopped", CLI_OPT_FLAG,
	  ROW(exclude_canceled), 0 },
	CLI_OPT_END
};

#define BEST_FORMATS                                               \
	(CLI_FORMAT(HD_FORMAT_TEXT) | CLI_FORMAT(HD_FORMAT_ARGS) | \
	 CLI_FORMAT(HD_FORMAT_YAML) | CLI_FORMAT(HD_FORMAT_ENV) |  \
	 CLI_FORMAT(HD_FORMAT_JSON) | CLI_FORMAT(HD_FORMAT_CSV))

static int best_main(struct cli *cli)
{
	struct best_options options = { 0 };
	struct hd_trial_query which = { .limit = 1 };
	enum hd_format format;
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	int64_t key;
	int code;
	int rc;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 1, &code))
		return code;
	format = cli->json ? HD_FORMAT_JSON : HD_FORMAT_TEXT;
	if (options.format &&
	    !cli_format(cli, options.format, BEST_FORMATS, &format))
		return CLI_USAGE;
	code = cli_sweep_open(cli, cli->words[0], &store, &key);
	if (code != CLI_OK)
		return code;
	if (options.top.given)
		which.limit = options.top.value;
	which.exclude_failed = options.exclude_failed;
	which.exclude_canceled = options.exclude_canceled;
	rc = hd_report_best(store, key, &which, format, &cli->out, &err);
	/* The sweep is there: what is missing is the metric. */
	if (rc == HD_ENOENT)
		code = cli_fail(cli, CLI_NO_METRIC, "%s", err.text);
	else if (rc < 0)
		code = cli_fail_error(cli, &err);
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_best = {
	.name = "best",
	.summary = "the best trials, ready to paste",
	.usage = "[SWEEP] [option...]",
	.examples = "  hdrive best\n"
		    "  python train.py $(hdrive best @ --format args)\n"
		    "  hdrive best brave-otter-3 -k 5\n",
	.options = best_rows,
	.notes = "Trials that failed or were stopped count too, by the best they logged,\n"
		 "unless they are left out.\n"
		 "Exit code 4 when no trial has reported the primary metric.\n",
	.run = best_main,
};
