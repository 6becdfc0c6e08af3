/* hdrive cancel: stop a sweep, or some of its trials. */
#include "cli/cancel.h"

#include "cli/ask.h"
#include "cli/limits.h"
#include "cli/target.h"

#include <stdlib.h>

extern char **environ;

#define ROW(field) offsetof(struct cancel_options, field)
static const struct cli_opt cancel_rows[] = {
	{ "grace", 0, "TIME", "between TERM and KILL, when shorter than the sweep's", CLI_OPT_TEXT,
	  ROW(grace), 0 },
	{ "now", 0, NULL, "KILL at once", CLI_OPT_FLAG, ROW(now), 0 },
	CLI_OPT_END
};

/*
 * No engine: this process takes its place for as long as it takes to stop what
 * still runs. What was asked for by number leaves the others running.
 */
static int cancel_here(struct cancel *cancel)
{
	char *launcher = cli_launcher_path();
	struct hd_sweep_options host = {
		.size = sizeof host,
		.launcher = launcher,
		.environment = (const char *const *)environ,
		.stop = true,
		.only = cancel->numbers,
		.only_count = cancel->count,
	};
	struct target_file targets = { NULL, NULL };
	struct hd_sweep *sweep = NULL;
	struct hd_error err = { 0 };
	int rc = target_of_sweep(cancel->cli, cancel->store, cancel->key, NULL, &targets, &host,
				 &err);

	if (rc == 0)
		rc = hd_sweep_resume(&sweep, cancel->store, cancel->key, &host, &err);

	if (rc == 0 && cancel->count == 0)
		hd_sweep_stop(sweep, cancel->options->now);
	if (rc == 0)
		rc = hd_sweep_run(sweep, &err);
	hd_sweep_free(sweep);
	target_close(&targets);
	free(launcher);
	return rc < 0 ? cli_fail_error(cancel->cli, &err) : CLI_OK;
}

/* --- a study ------------------------------------------------------------------ */

static size_t count_open(const struct hd_study *study)
{
	const struct hd_history *history = hd_study_history(study);
	size_t open = 0;

	for (size_t i = 0; i < hd_history_count(history); i++)
		open += !hd_trial_state_is_terminal(
			hd_trial_state(hd_history_trial(history, i)));
	return open;
}

static int end_trials(struct cancel *cancel, struct hd_study *study,
		      struct hd_error *err)
{
	int rc = 0;

	cancel->asked = 0;
	for (size_t i = 0; rc >= 0 && i < cancel->count; i++) {
		rc = hd_study_end(study, cancel->numbers[i], NULL,
				  HD_TRIAL_CANCELED, "canceled by hdrive cancel", err);
		cancel->asked += rc == 0;
	}
	return rc;
}

/* Nobody but whoever runs its trials can end them: their tells come too late. */
static int cancel_study(struct cancel *cancel)
{
	struct hd_study *study = NULL;
	struct hd_error err = { 0 };
	int rc = hd_study_open(&study, cancel->store, cancel->key, &err);

	if (rc == 0 && cancel->count) {
		rc = end_trials(cancel, study, &err);
	} else if (rc == 0) {
		cancel->asked = (double)count_open(study);
		rc = hd_study_stop(study, &err);
	}
	hd_study_free(study);
	return rc < 0 ? cli_fail_error(cancel->cli, &err) : CLI_OK;
}

/* --- a sweep without an engine -------------------------------------------------- */

static int over(void *user, const struct hd_sweep_row *row)
{
	enum hd_trial_state state;

	*(bool *)user = hd_trial_state_find(row->state, &state) &&
			hd_trial_state_is_terminal(state);
	return 0;
}

static int cancel_no_engine(struct cancel *cancel)
{
	struct hd_error err = { 0 };
	bool is_study;

	if (hd_store_sweep(cancel->store, cancel->key, over, &cancel->over, &err) < 0 ||
	    hd_store_is_study(cancel->store, cancel->key, &is_study, &err) < 0)
		return cli_fail_error(cancel->cli, &err);
	if (!cancel->over)
		return is_study ? cancel_study(cancel) : cancel_here(cancel);
	cli_say(cancel->cli, "nothing to cancel: the sweep has ended");
	return CLI_OK;
}

int cancel_ask(struct cancel *cancel)
{
	struct cli *cli = cancel->cli;
	double grace = 0;
	struct ask ask;
	char *reply = NULL;
	int code;

	cancel->asked = -1;
	cancel->over = false;
	if (cancel->options->grace &&
	    !limit_read_time(cancel->options->grace, &grace))
		return cli_fail(cli, CLI_USAGE, "'%s' is no time such as 30s",
				cancel->options->grace);
	if (!ask_begin(cli, &ask, "cancel", &code))
		return code;
	ask_numbers(&ask, cancel->numbers, cancel->count);
	fprintf(ask.file, ",\"now\":%s,\"grace\":%.3f",
		cancel->options->now ? "true" : "false", grace);
	code = ask_send(cli, &ask, cancel->store, cancel->key, &reply);
	if (code != CLI_OK)
		return code;
	if (!reply)
		return cancel_no_engine(cancel);
	cancel->asked = ask_number(reply, "count");
	free(reply);
	return CLI_OK;
}

static int cancel_main(struct cli *cli)
{
	struct cancel_options options = { 0 };
	struct cancel cancel = { .cli = cli, .options = &options };
	int code;

	if (!cli_parse(cli, &options, &code))
		return code;
	if (cli->word_count == 0)
		return cli_fail(cli, CLI_USAGE, "usage: hdrive cancel S [N...]");
	code = cli_sweep_open_to(cli, cli->words[0], HD_STORE_WRITE,
				 &cancel.store, &cancel.key);
	if (code == CLI_OK)
		code = cli_trial_numbers(cli, &cancel.numbers, &cancel.count);
	if (code == CLI_OK)
		code = cancel_ask(&cancel);
	if (code == CLI_OK && cancel.asked >= 0) {
		cli_put(cli, "%.0f\n", cancel.asked);
		if (cancel.count && cancel.asked < (double)cancel.count)
			cli_say(cli, "the others do not run");
	}
	free(cancel.numbers);
	hd_store_close(cancel.store);
	return code;
}

const struct cli_command cli_cmd_cancel = {
	.name = "cancel",
	.summary = "stop a sweep, or some of its trials",
	.usage = "S [N...] [option...]",
	.examples = "  hdrive cancel brave-otter-3        # all of it; resume goes on\n"
		    "  hdrive cancel @ 7 11               # these trials, for good\n"
		    "  hdrive cancel @ --grace 5s\n",
	.options = cancel_rows,
	.notes =
		"Prints how many trials were asked to end. Those of a study end with that: what\n"
		"is told of them later changes nothing. With an engine it does not wait for\n"
		"them: hdrive wait does. Without one it stops what the last engine left running.\n",
	.run = cancel_main,
};
