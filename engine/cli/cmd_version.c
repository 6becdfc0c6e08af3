/* hdrive version. */
#include "cli/cli.h"

static const struct cli_opt no_rows[] = { CLI_OPT_END };

static int version_main(struct cli *cli)
{
	int code;

	if (!cli_parse(cli, NULL, &code) || !cli_words_between(cli, 0, 0, &code))
		return code;
	if (cli->json)
		cli_put(cli, "{\"name\":\"hdrive\",\"version\":\"%s\"}\n", hd_version());
	else
		cli_put(cli, "hdrive %s\n", hd_version());
	return CLI_OK;
}

const struct cli_command cli_cmd_version = {
	.name = "version",
	.summary = "the version",
	.usage = "",
	.examples = "  hdrive version --json\n",
	.options = no_rows,
	.run = version_main,
};
