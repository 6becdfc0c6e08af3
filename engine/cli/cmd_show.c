/* hdrive show: a sweep, or one of its trials. */
#include "cli/cli.h"

struct show_options {
	bool why;
	const char *output;
};

#define ROW(field) offsetof(struct show_options, field)
static const struct cli_opt show_rows[] = {
	{ "why", 0, NULL, "why the trial ended, with the policy's numbers", CLI_OPT_FLAG, ROW(why),
	  0 },
	{ "output", 'o', "json|table", "how to print (table)", CLI_OPT_TEXT, ROW(output), 0 },
	CLI_OPT_END
};

static int show_report(struct cli *cli, const struct show_options *options,
		       struct hd_store *store, int64_t key, bool trial,
		       size_t number, struct hd_error *err)
{
	enum hd_format format = cli->json ? HD_FORMAT_JSON : HD_FORMAT_TEXT;

	if (!trial)
		return hd_report_sweep(store, key, format, &cli->out, err);
	if (options->why)
		return hd_report_why(store, key, number, format, &cli->out, err);
	return hd_report_trial(store, key, number, format, &cli->out, err);
}

static int show_main(struct cli *cli)
{
	struct show_options options = { 0 };
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	uint64_t number = 0;
	enum hd_format format;
	int64_t key;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 2, &code))
		return code;
	if (cli->word_count == 2 && !cli_read_number(cli->words[1], &number))
		return cli_fail(cli, CLI_USAGE,
				"'%s' is no trial: they are numbered from 0",
				cli->words[1]);
	if (options.why && cli->word_count < 2)
		return cli_fail(cli, CLI_USAGE,
				"--why needs a trial: hdrive show @ 11 --why");
	format = cli->json ? HD_FORMAT_JSON : HD_FORMAT_TEXT;
	if (!cli_output(cli, options.output, 0, &format))
		return CLI_USAGE;
	cli->json = format == HD_FORMAT_JSON;
	code = cli_sweep_open(cli, cli->words[0], &store, &key);
	if (code != CLI_OK)
		return code;
	if (show_report(cli, &options, store, key, cli->word_count == 2,
			number, &err) < 0)
		code = cli_fail_error(cli, &err);
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_show = {
	.name = "show",
	.summary = "a sweep with its trials, or one trial",
	.usage = "[SWEEP [TRIAL]] [option...]",
	.examples = "  hdrive show @\n"
		    "  hdrive show brave-otter-3 11 --why\n"
		    "  hdrive show @ 5 --json\n",
	.options = show_rows,
	.notes = "SWEEP is a name, an id, a unique prefix of either, or @ for the latest.\n",
	.run = show_main,
};
