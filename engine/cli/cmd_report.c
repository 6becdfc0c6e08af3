/* hdrive report: an intermediate value of a study's trial; shall it go on? */
#include "cli/study.h"

struct report_options {
	const char *client;
};

static const struct cli_opt report_rows[] = {
	{ "client", 0, "ID", "who asked for the trial ($HDRIVE_CLIENT)", CLI_OPT_TEXT,
	  offsetof(struct report_options, client), 0 },
	CLI_OPT_END
};

static int report_study(struct cli *cli, const struct study *study, size_t number,
			double value)
{
	struct hd_reason why;
	struct hd_error err = { 0 };
	int rc = hd_study_report(study->study, number, study->client, value, &why, &err);

	if (rc == HD_STOP)
		cli_put(cli, "%s\n", why.text);
	else if (rc == HD_ENDED)
		cli_put(cli, "trial %zu has ended before\n", number);
	else if (rc < 0)
		return study_fail(cli, &err);
	return rc == 0 ? CLI_OK : CLI_PLEASE_STOP;
}

static int report_main(struct cli *cli)
{
	struct report_options options = { 0 };
	struct study study = { 0 };
	double value;
	size_t number;
	int code;

	if (!cli_parse(cli, &options, &code) || !cli_words_between(cli, 3, 3, &code))
		return code;
	code = study_trial(cli, cli->words[1], &number);
	if (code != CLI_OK)
		return code;
	if (!cli_read_real(cli->words[2], &value))
		return cli_fail(cli, CLI_USAGE, "'%s' is no number", cli->words[2]);
	code = study_open(cli, options.client, &study);
	if (code == CLI_OK)
		code = report_study(cli, &study, number, value);
	study_close(&study);
	return code;
}

const struct cli_command cli_cmd_report = {
	.name = "report",
	.summary = "an intermediate value of a study's trial, which may end it",
	.usage = "S N VALUE [option...]",
	.examples = "  hdrive report night 7 0.31 || [ $? != 10 ] || break\n",
	.options = report_rows,
	.notes = "Exit code 10, and why on standard output, when the trial is to stop: its policy\n"
		 "wants that, or it has ended. 'hdrive tell' ends it then.\n",
	.run = report_main,
	.numbers = true,
};
