/* hdrive best: the best trial, ready to paste. */
#include "cli/cli.h"

#include <stdlib.h>
#include <string.h>

struct best_options {
	struct cli_size top;
	const char *format;
	const char *output_path;
	const char *output;
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
	{ "output-path", 0, "NAME", "only where its file or output NAME lies", CLI_OPT_TEXT,
	  ROW(output_path), 0 },
	{ "output", 'o', "json|table|tsv", "how to print (table)", CLI_OPT_TEXT, ROW(output), 0 },
	CLI_OPT_END
};

#define BEST_FORMATS                                               \
	(CLI_FORMAT(HD_FORMAT_TEXT) | CLI_FORMAT(HD_FORMAT_ARGS) | \
	 CLI_FORMAT(HD_FORMAT_YAML) | CLI_FORMAT(HD_FORMAT_ENV) |  \
	 CLI_FORMAT(HD_FORMAT_JSON) | CLI_FORMAT(HD_FORMAT_CSV))

static int best_path(struct cli *cli, const struct best_options *options,
		     struct hd_store *store, int64_t key)
{
	struct hd_error err = { 0 };
	char *path;
	int rc = hd_fetch_locate(&path, store, key, HD_FETCH_BEST,
				 options->output_path, &err);

	if (rc == HD_ESTATE)
		return cli_fail(cli, CLI_NO_METRIC, "%s", err.text);
	if (rc < 0)
		return cli_fail_error(cli, &err);
	if (cli->json) {
		(void)hd_report_json_text(path, strlen(path), &cli->out);
		cli_put(cli, "\n");
	} else {
		cli_put(cli, "%s\n", path);
	}
	free(path);
	return CLI_OK;
}

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
	if (!cli_output(cli, options.output, BEST_FORMATS, &format))
		return CLI_USAGE;
	if (options.output_path && (options.top.given || options.format ||
				    options.exclude_failed || options.exclude_canceled))
		return cli_fail(cli, CLI_USAGE, "--output-path stands alone");
	code = cli_sweep_open(cli, cli->words[0], &store, &key);
	if (code != CLI_OK)
		return code;
	if (options.output_path) {
		code = best_path(cli, &options, store, key);
		hd_store_close(store);
		return code;
	}
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
		    "  hdrive best brave-otter-3 -k 5\n"
		    "  cp \"$(hdrive best --output-path outputs/model.pkl)\" .\n",
	.options = best_rows,
	.notes = "Trials that failed or were stopped count too, by the best they logged,\n"
		 "unless they are left out.\n"
		 "Exit code 4 when no trial has reported the primary metric.\n",
	.run = best_main,
};
