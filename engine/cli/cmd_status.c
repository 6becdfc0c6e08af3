/* hdrive status: where a sweep stands. */
#include "cli/run.h"

struct status_options {
	bool exit_status;
	const char *output;
};

static const struct cli_opt status_rows[] = {
	{ "exit-status", 0, NULL, "tell by the exit code: 8 while running, then as submit's",
	  CLI_OPT_FLAG, offsetof(struct status_options, exit_status), 0 },
	{ "output", 'o', "json|table", "how to print (table)", CLI_OPT_TEXT,
	  offsetof(struct status_options, output), 0 },
	CLI_OPT_END
};

/* What submit returned, as far as the row tells. */
static int status_exit(void *user, const struct hd_sweep_row *row)
{
	*(int *)user = run_exit_code(row);
	return 0;
}

static int status_main(struct cli *cli)
{
	struct status_options options = { 0 };
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	enum hd_format format;
	int64_t key;
	int code;
	int rc;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 1, &code))
		return code;
	format = cli->json ? HD_FORMAT_JSON : HD_FORMAT_TEXT;
	if (!cli_output(cli, options.output, 0, &format))
		return CLI_USAGE;
	code = cli_sweep_open(cli, cli->words[0], &store, &key);
	if (code != CLI_OK)
		return code;
	rc = hd_report_status(store, key, format, &cli->out, &err);
	if (rc == 0 && options.exit_status)
		rc = hd_store_sweep(store, key, status_exit, &code, &err);
	if (rc < 0)
		code = cli_fail_error(cli, &err);
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_status = {
	.name = "status",
	.summary = "where a sweep stands: counts, best, rate",
	.usage = "[SWEEP] [option...]",
	.examples = "  hdrive status\n"
		    "  hdrive status brave-otter-3 --json\n"
		    "  until hdrive status -q --exit-status >/dev/null; [ $? != 8 ]; do sleep 5; "
		    "done\n",
	.options = status_rows,
	.notes = "SWEEP is a name, an id, a unique prefix of either, or @ for the latest.\n",
	.run = status_main,
};
