/* hdrive submit: create a sweep and run it here until its end. */
#include "cli/submit.h"

#include <stdio.h>
#include <string.h>

struct file_options {
	struct submit_options submit;
	bool once;
};

static const struct cli_opt submit_rows[] = {
	SUBMIT_ROWS(struct file_options, submit),
	{ "once", 0, NULL, "no FILE: run the program once, with nothing to look for",
	  CLI_OPT_FLAG, offsetof(struct file_options, once), 0 },
	CLI_OPT_END
};

/* What stands in place of a file where one run is all. */
static int submit_once(struct cli *cli, const struct hd_config_load *load,
		       struct hd_config **config)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_error err = { 0 };
	int rc;

	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = hd_config_parse(config, HD_CONFIG_ONCE, strlen(HD_CONFIG_ONCE), "--once", load,
			     findings, &err);
	cli_findings(cli, findings);
	hd_findings_free(findings);
	return rc < 0 ? cli_fail_error(cli, &err) : CLI_OK;
}

static int submit_file(struct cli *cli, const struct submit_what *what,
		       const struct hd_config_load *load, struct hd_config **config)
{
	const struct file_options *options = what->user;

	if (options->once)
		return submit_once(cli, load, config);
	return runconfig_sweep_file(cli, &options->submit.runconfig, cli->words[0], load,
				    config);
}

static int submit_words(struct cli *cli, struct file_options *options)
{
	struct submit_what what = { .load = submit_file, .user = options };
	char said[4096];
	int code;

	snprintf(said, sizeof said, "hdrive submit %s",
		 options->once ? "--once" : cli->words[0]);
	what.said = said;
	code = limit_sets(cli, &options->submit.limits, &options->submit.sets);
	if (code == CLI_OK)
		code = warm_sets(cli, &options->submit.warm, &options->submit.sets);
	return code == CLI_OK ? submit_sweep(cli, &options->submit, &what) : code;
}

static int submit_main(struct cli *cli)
{
	struct file_options options = { .once = false };
	int code;

	if (!cli_parse(cli, &options, &code))
		goto out;
	if (cli->word_count == 0 && !options.once)
		code = cli_fail(cli, CLI_USAGE,
				"usage: hdrive submit FILE -- CMD ARG...");
	else if (cli->word_count > 1 || (cli->word_count && options.once))
		code = cli_fail(cli, CLI_USAGE,
				"unexpected '%s': the training program stands behind '--'",
				cli->words[options.once ? 0 : 1]);
	else
		code = submit_words(cli, &options);
out:
	submit_release(&options.submit);
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_submit = {
	.name = "submit",
	.summary = "run a sweep here, until its end",
	.usage = "FILE [option...] [-c RUNCONFIG] [-- CMD [ARG...]]",
	.examples = "  hdrive submit sweep.yml -- python train.py\n"
		    "  hdrive submit sweep.yml -j 4 --seed 7 -- ./train --data digits.csv\n"
		    "  hdrive submit sweep.yml --dry-run=3 -- python train.py\n"
		    "  hdrive submit sweep.yml --set max_total_runs=8 -- python train.py\n"
		    "  hdrive submit sweep.yml --gpus auto -- python train.py\n"
		    "  hdrive submit sweep.yml -c local\n",
	.options = submit_rows,
	.notes =
		"CMD gets \"--name value\" for every parameter; {name} in a word is replaced.\n"
		"With -c the run configuration says what runs; a script behind '--' replaces its.\n"
		"FILE is '-' for standard input. Ctrl-C stops gracefully, twice at once.\n"
		"Exit codes: hdrive help exit-codes\n",
	.run = submit_main,
};
