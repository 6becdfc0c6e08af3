/* hdrive ask: the next trial of a study, to be run by whoever asks. */
#include "cli/study.h"

struct ask_options {
	const char *client;
	const char *format;
};

static const struct cli_opt ask_rows[] = {
	{ "client", 0, "ID", "who asks, and gets an unfinished trial again ($HDRIVE_CLIENT)",
	  CLI_OPT_TEXT, offsetof(struct ask_options, client), 0 },
	{ "format", 0, "args|json|env", "how to print the trial (args)", CLI_OPT_TEXT,
	  offsetof(struct ask_options, format), 0 },
	CLI_OPT_END
};

#define ASK_FORMATS                                                \
	(CLI_FORMAT(HD_FORMAT_ARGS) | CLI_FORMAT(HD_FORMAT_JSON) | \
	 CLI_FORMAT(HD_FORMAT_ENV))

static int ask_print(struct cli *cli, const struct hd_study *study, size_t number,
		     const struct hd_value *values, enum hd_format format)
{
	const struct hd_space *space = hd_study_space(study);
	struct hd_error err = { 0 };

	if (format == HD_FORMAT_JSON) {
		cli_put(cli, "{\"trial\":%zu,\"parameters\":", number);
		(void)hd_report_values(space, values, &cli->out);
		cli_put(cli, ",\"intervals\":%zu}\n",
			hd_study_intervals(study, number));
		return CLI_OK;
	}
	cli_put(cli, format == HD_FORMAT_ENV ? "HDRIVE_TRIAL=%zu\n" : "%zu ", number);
	if (hd_report_parameters(space, values, format, &cli->out, &err) < 0)
		return cli_fail_error(cli, &err);
	return CLI_OK;
}

static int ask_study(struct cli *cli, const struct study *study, enum hd_format format)
{
	const struct hd_value *values;
	struct hd_error err = { 0 };
	size_t number;
	int rc = hd_study_ask(study->study, study->client, &number, &values, &err);

	if (rc == HD_EXHAUSTED) {
		cli_say(cli, "nothing is left to ask for");
		return CLI_PLEASE_STOP;
	}
	/* Somebody ended it, or all that there was has been told. */
	if (rc == HD_ESTATE) {
		cli_say(cli, "%s", err.text);
		return CLI_PLEASE_STOP;
	}
	if (rc < 0)
		return cli_fail_error(cli, &err);
	return ask_print(cli, study->study, number, values, format);
}

static int ask_main(struct cli *cli)
{
	struct ask_options options = { 0 };
	struct study study = { 0 };
	enum hd_format format;
	int code;

	if (!cli_parse(cli, &options, &code) || !cli_words_between(cli, 1, 1, &code))
		return code;
	format = cli->json ? HD_FORMAT_JSON : HD_FORMAT_ARGS;
	if (options.format && !cli_format(cli, options.format, ASK_FORMATS, &format))
		return CLI_USAGE;
	code = study_open(cli, options.client, &study);
	if (code == CLI_OK)
		code = ask_study(cli, &study, format);
	study_close(&study);
	return code;
}

const struct cli_command cli_cmd_ask = {
	.name = "ask",
	.summary = "the next trial of a study, to be run by whoever asks",
	.usage = "S [option...]",
	.examples = "  eval \"set -- $(hdrive ask night)\"; n=$1; shift\n"
		    "  loss=$(./train \"$@\") && hdrive tell night $n $loss\n"
		    "  hdrive ask night --client worker-3 --json\n",
	.options = ask_rows,
	.notes =
		"Prints the trial's number and its parameters, quoted for a shell. Exit code 10\n"
		"when nothing is left to ask for. A client that has an unfinished trial gets that\n"
		"one again: after a crash it goes on where it was. --json has 'intervals', how "
		"many\n"
		"values it has: more than 0 of one that was paused ('create --promotes').\n",
	.run = ask_main,
};
