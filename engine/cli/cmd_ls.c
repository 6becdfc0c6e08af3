/* hdrive ls: the sweeps of a store. */
#include "cli/cli.h"

#include <stdlib.h>

struct ls_options {
	bool all;
	struct cli_size limit;
	const char *state;
	const char *output;
};

#define ROW(field) offsetof(struct ls_options, field)
static const struct cli_opt ls_rows[] = {
	{ "all", 'a', NULL, "all of them (else the latest 20)", CLI_OPT_FLAG, ROW(all), 0 },
	{ "limit", 0, "N", "the latest N", CLI_OPT_SIZE, ROW(limit), 1 },
	{ "state", 0, "Running|Completed|Failed|Canceled", "only these", CLI_OPT_TEXT,
	  ROW(state), 0 },
	{ "output", 'o', "json|table|tsv", "how to print (table)", CLI_OPT_TEXT, ROW(output), 0 },
	CLI_OPT_END
};

/* No store yet is no error here: there are no sweeps. */
static int ls_no_store(struct cli *cli)
{
	if (cli->json)
		cli_put(cli, "[]\n");
	cli_say(cli, "no sweeps here; begin with: hdrive submit FILE -- CMD");
	return CLI_OK;
}

static bool ls_has_store(struct cli *cli, int *code)
{
	const char *override = cli_store_override(cli);
	struct hd_error err = { 0 };
	char *path = NULL;
	bool has = true;

	if (override)
		return true;
	if (hd_store_locate(&path, ".", NULL, &err) < 0) {
		*code = cli_fail_error(cli, &err);
		return false;
	}
	if (!cli_exists(path)) {
		*code = ls_no_store(cli);
		has = false;
	}
	free(path);
	return has;
}

static int ls_main(struct cli *cli)
{
	struct ls_options options = { 0 };
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	enum hd_format format;
	size_t limit;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 0, 0, &code))
		return code;
	format = cli->json ? HD_FORMAT_JSON : HD_FORMAT_TEXT;
	if (!cli_output(cli, options.output, CLI_FORMAT(HD_FORMAT_CSV), &format))
		return CLI_USAGE;
	cli->json = format == HD_FORMAT_JSON;
	if (!ls_has_store(cli, &code))
		return code;
	code = cli_store_open(cli, HD_STORE_READ, &store);
	if (code != CLI_OK)
		return code;
	limit = options.limit.given ? options.limit.value : options.all ? 0
									: 20;
	if (hd_report_sweeps(store, limit, options.state,
			     format, &cli->out, &err) < 0)
		code = cli_fail_error(cli, &err);
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_ls = {
	.name = "ls",
	.summary = "the sweeps of this store, newest first",
	.usage = "[option...]",
	.examples = "  hdrive ls\n"
		    "  hdrive ls --all --state Failed\n"
		    "  hdrive ls --limit 5 --json\n",
	.options = ls_rows,
	.run = ls_main,
};
