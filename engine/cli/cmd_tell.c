/* hdrive tell: how a study's trial ended. */
#include "cli/study.h"

struct tell_options {
	const char *client;
	const char *detail;
	bool failed;
	bool canceled;
};

#define ROW(field) offsetof(struct tell_options, field)
static const struct cli_opt tell_rows[] = {
	{ "failed", 0, NULL, "it failed", CLI_OPT_FLAG, ROW(failed), 0 },
	{ "canceled", 0, NULL, "it was given up", CLI_OPT_FLAG, ROW(canceled), 0 },
	{ "detail", 0, "TEXT", "why, in a sentence", CLI_OPT_TEXT, ROW(detail), 0 },
	{ "client", 0, "ID", "who asked for the trial ($HDRIVE_CLIENT)", CLI_OPT_TEXT, ROW(client),
	  0 },
	CLI_OPT_END
};

struct tell {
	size_t number;
	bool valued;
	double value;
	enum hd_trial_state state; /* of one without a value */
	const char *detail;
};

static int tell_words(struct cli *cli, const struct tell_options *options, struct tell *tell)
{
	int code = study_trial(cli, cli->words[1], &tell->number);

	if (code != CLI_OK)
		return code;
	tell->valued = cli->word_count == 3;
	tell->detail = options->detail;
	tell->state = options->failed     ? HD_TRIAL_FAILED
		      : options->canceled ? HD_TRIAL_CANCELED
					  : HD_TRIAL_COMPLETED;
	if (options->failed + options->canceled + tell->valued > 1)
		return cli_fail(cli, CLI_USAGE, "a trial has a VALUE, --failed or --canceled");
	if (tell->valued && options->detail)
		return cli_fail(cli, CLI_USAGE, "'--detail' is not for a trial with a VALUE");
	if (tell->valued && !cli_read_real(cli->words[2], &tell->value))
		return cli_fail(cli, CLI_USAGE, "'%s' is no number", cli->words[2]);
	return CLI_OK;
}

static int tell_study(struct cli *cli, const struct study *study, const struct tell *tell)
{
	struct hd_error err = { 0 };
	int rc = tell->valued
			 ? hd_study_tell(study->study, tell->number, study->client,
					 tell->value, &err)
			 : hd_study_end(study->study, tell->number, study->client,
					tell->state, tell->detail, &err);

	if (rc < 0)
		return study_fail(cli, &err);
	if (rc == HD_ENDED)
		cli_say(cli, "trial %zu has ended before: nothing was changed", tell->number);
	return CLI_OK;
}

static int tell_main(struct cli *cli)
{
	struct tell_options options = { 0 };
	struct study study = { 0 };
	struct tell tell = { 0 };
	int code;

	if (!cli_parse(cli, &options, &code) || !cli_words_between(cli, 2, 3, &code))
		return code;
	code = tell_words(cli, &options, &tell);
	if (code != CLI_OK)
		return code;
	code = study_open(cli, options.client, &study);
	if (code == CLI_OK)
		code = tell_study(cli, &study, &tell);
	study_close(&study);
	return code;
}

const struct cli_command cli_cmd_tell = {
	.name = "tell",
	.summary = "how a study's trial ended",
	.usage = "S N [VALUE] [option...]",
	.examples = "  hdrive tell night 7 0.29\n"
		    "  hdrive tell night 8 --failed --detail 'out of memory'\n"
		    "  hdrive tell night 9             # it was all reported\n",
	.options = tell_rows,
	.notes = "VALUE is its last one; 'nan' is that of a trial that failed. Telling again, or\n"
		 "of a trial that has ended, changes nothing and is no fault.\n",
	.run = tell_main,
	.numbers = true,
};
