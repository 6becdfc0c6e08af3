/*
 * hdrive metrics: a sweep's metrics; hdrive metrics test: what the collector
 * would catch from a saved log, from which line, by which rule.
 */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

struct metrics_options {
	bool csv;
	struct cli_list patterns;
	const char *format;
	const char *output;
};

#define ROW(field) offsetof(struct metrics_options, field)
static const struct cli_opt metrics_rows[] = {
	{ "csv", 0, NULL, "long CSV, one value a line", CLI_OPT_FLAG, ROW(csv), 0 },
	{ "format", 0, "text|json|csv", "how to print (text; test: text or json)", CLI_OPT_TEXT,
	  ROW(format), 0 },
	{ "pattern", 0, "RE", "test: PCRE2 with groups name, value, step", CLI_OPT_LIST,
	  ROW(patterns), 0 },
	{ "output", 'o', "json|table|tsv", "how to print (table)", CLI_OPT_TEXT, ROW(output), 0 },
	CLI_OPT_END
};

struct test_walk {
	struct cli *cli;
	bool json;
	size_t values;
	size_t lines; /* that gave one */
	size_t line;
};

static void test_text(struct test_walk *walk, const struct hd_metric *metric)
{
	struct cli *cli = walk->cli;
	char number[32];
	char step[32] = "-";

	if (walk->values == 0)
		cli_put(cli, "   LINE  %-12s  %8s  %-12s  NAME\n", "VALUE", "STEP", "RULE");
	if (metric->has_step)
		snprintf(step, sizeof step, "%lld", (long long)metric->step);
	cli_put(cli, "%7zu  ", metric->line);
	if (metric->text)
		(void)hd_report_plain_text(metric->text, metric->text_length, false, &cli->out);
	else
		cli_put(cli, "%-12s", hd_number_text(metric->value, number, sizeof number));
	cli_put(cli, "  %8s  %-12s  ", step, metric->rule);
	(void)hd_report_plain_text(metric->name, metric->name_length, false, &cli->out);
	cli_put(cli, "\n");
}

static void test_json(struct test_walk *walk, const struct hd_metric *metric)
{
	struct cli *cli = walk->cli;
	char number[32];

	cli_put(cli, "{\"line\":%zu,\"name\":", metric->line);
	(void)hd_report_json_text(metric->name, metric->name_length, &cli->out);
	cli_put(cli, ",\"value\":");
	hd_number_text(metric->value, number, sizeof number);
	/* NaN and the infinities are no JSON numbers: their names are text. */
	if (metric->text)
		(void)hd_report_json_text(metric->text, metric->text_length, &cli->out);
	else if (strpbrk(number, "nN"))
		cli_put(cli, "\"%s\"", number);
	else
		cli_put(cli, "%s", number);
	if (metric->has_step)
		cli_put(cli, ",\"step\":%lld", (long long)metric->step);
	cli_put(cli, ",\"rule\":\"%s\"}\n", metric->rule);
}

static int test_metric(void *user, const struct hd_metric *metric)
{
	struct test_walk *walk = user;

	if (walk->json)
		test_json(walk, metric);
	else
		test_text(walk, metric);
	walk->values++;
	if (walk->line != metric->line)
		walk->lines++;
	walk->line = metric->line;
	return walk->cli->out_errno ? HD_EIO : 0;
}

static int metrics_test(struct cli *cli, const struct metrics_options *options,
			enum hd_format format)
{
	struct test_walk walk = { .cli = cli, .json = format == HD_FORMAT_JSON };
	struct hd_metric_rules *rules = NULL;
	struct hd_error err = { 0 };
	int code = CLI_OK;

	if (cli->word_count != 2)
		return cli_fail(cli, CLI_USAGE,
				"usage: hdrive metrics test FILE|- [--pattern RE]");
	if (hd_metric_rules_new(&rules, options->patterns.items,
				options->patterns.count, &err) < 0 ||
	    hd_metric_scan_file(rules, cli->words[1], test_metric, &walk, &err) < 0)
		code = cli_fail_error(cli, &err);
	hd_metric_rules_free(rules);
	if (code != CLI_OK)
		return code;
	cli_say(cli, "%zu values from %zu lines", walk.values, walk.lines);
	return walk.values ? CLI_OK : CLI_NO_METRIC;
}

static int metrics_show(struct cli *cli, enum hd_format format)
{
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	int64_t key;
	int code;

	if (!cli_words_between(cli, 0, 1, &code))
		return code;
	code = cli_sweep_open(cli, cli->words[0], &store, &key);
	if (code != CLI_OK)
		return code;
	if (hd_report_metrics(store, key, format, &cli->out, &err) < 0)
		code = cli_fail_error(cli, &err);
	hd_store_close(store);
	return code;
}

static int metrics_main(struct cli *cli)
{
	struct metrics_options options = { 0 };
	enum hd_format format = HD_FORMAT_TEXT;
	unsigned allowed = CLI_FORMAT(HD_FORMAT_TEXT) | CLI_FORMAT(HD_FORMAT_JSON);
	bool test;
	int code;

	if (!cli_parse(cli, &options, &code))
		goto out;
	test = cli->word_count > 0 && !strcmp(cli->words[0], "test");
	if (!test)
		allowed |= CLI_FORMAT(HD_FORMAT_CSV);
	if (cli->json)
		format = HD_FORMAT_JSON;
	else if (options.csv && !test)
		format = HD_FORMAT_CSV;
	if (options.format && !cli_format(cli, options.format, allowed, &format))
		code = CLI_USAGE;
	else if (!cli_output(cli, options.output, allowed, &format))
		code = CLI_USAGE;
	else if (test)
		code = metrics_test(cli, &options, format);
	else
		code = metrics_show(cli, format);
out:
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_metrics = {
	.name = "metrics",
	.summary = "a sweep's metrics; or what a saved log would give",
	.usage = "[SWEEP] | test FILE|- [option...]",
	.examples = "  hdrive metrics @ --json >metrics.json\n"
		    "  hdrive metrics brave-otter-3 --csv\n"
		    "  python train.py | hdrive metrics test -\n"
		    "  hdrive metrics test run.log --pattern 'acc of (?<value>[0-9.]+)(?<name>)'\n",
	.options = metrics_rows,
	.notes = "--json is what a HyperDrive step writes: {trial id: {metric: [values]}}.\n"
		 "test: exit code 4 when nothing is caught. A sweep called 'test': give its id.\n",
	.run = metrics_main,
};
