/* hdrive validate: every problem of a file, with its place. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

struct validate_options {
	bool strict;
	bool azure;
	struct cli_list sets;
	struct cli_list inputs;
};

#define ROW(field) offsetof(struct validate_options, field)
static const struct cli_opt validate_rows[] = {
	{ "strict", 0, NULL, "warnings are errors", CLI_OPT_FLAG, ROW(strict), 0 },
	{ "azure", 0, NULL, "what Azure would refuse is an error", CLI_OPT_FLAG, ROW(azure), 0 },
	{ "set", 0, "KEY=VALUE", "change a key of the file first", CLI_OPT_LIST, ROW(sets), 0 },
	{ "input", 0, "NAME=VALUE", "an input of a sweep job, for data a local path", CLI_OPT_LIST,
	  ROW(inputs), 0 },
	CLI_OPT_END
};

/* One element of the array that --json gives. */
static void validate_json(struct cli *cli, const char *file, bool good,
			  const struct hd_findings *findings)
{
	cli_put(cli, "{\"file\":");
	(void)hd_report_json_text(file, strlen(file), &cli->out);
	cli_put(cli, ",\"ok\":%s,\"findings\":", good ? "true" : "false");
	(void)hd_report_findings(findings, HD_FORMAT_JSON, &cli->out, NULL);
	cli_put(cli, "}");
}

static int validate_file(struct cli *cli, const char *file,
			 const struct hd_config_load *load, bool first)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;
	struct hd_error err = { 0 };
	int code = CLI_OK;
	int rc;

	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = cli_config_open(cli, file, load, &config, findings, &err);
	if (rc < 0)
		code = hd_findings_count(findings, HD_FINDING_ERROR) ? CLI_USAGE
								     : cli_fail_error(cli, &err);
	if (cli->json) {
		cli_put(cli, "%s", first ? "" : ",");
		validate_json(cli, file, code == CLI_OK, findings);
	} else {
		cli_findings(cli, findings);
		if (code == CLI_OK) {
			(void)hd_report_plain_text(file, strlen(file), false, &cli->out);
			cli_put(cli, ": OK\n");
		}
	}
	hd_config_free(config);
	hd_findings_free(findings);
	return code;
}

static int validate_main(struct cli *cli)
{
	struct validate_options options = { 0 };
	struct hd_config_load load = { .size = sizeof load };
	int code;
	int worst = CLI_OK;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 1, SIZE_MAX, &code))
		goto out;
	load.strict = options.strict;
	load.azure = options.azure;
	load.sets = options.sets.items;
	load.set_count = options.sets.count;
	load.inputs = options.inputs.items;
	load.input_count = options.inputs.count;
	if (cli->json)
		cli_put(cli, "[");
	for (size_t i = 0; i < cli->word_count; i++) {
		code = validate_file(cli, cli->words[i], &load, i == 0);
		/* A bad file says more than one that is not there. */
		if (code == CLI_USAGE || worst == CLI_OK)
			worst = code;
	}
	if (cli->json)
		cli_put(cli, "]\n");
	code = worst;
out:
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_validate = {
	.name = "validate",
	.summary = "check files: every problem with its line and column",
	.usage = "FILE... [option...]",
	.examples = "  hdrive validate sweep.yml\n"
		    "  hdrive validate --azure --strict sweeps/*.yml\n"
		    "  hdrive validate --json sweep.yml\n",
	.options = validate_rows,
	.notes = "Exit code 2 when a file is bad, 3 when one is not there.\n",
	.run = validate_main,
};
