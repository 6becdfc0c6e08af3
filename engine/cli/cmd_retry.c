/* hdrive retry: new attempts of trials that failed. */
#include "cli/ask.h"
#include "cli/run.h"
#include "cli/study.h"
#include "cli/target.h"

#include <stdlib.h>

struct retry_options {
	bool failed;
	bool oom;
	bool timeout;
	bool dry_run;
	bool detach;
};

#define ROW(field) offsetof(struct retry_options, field)
static const struct cli_opt retry_rows[] = {
	{ "failed", 0, NULL, "all that failed", CLI_OPT_FLAG, ROW(failed), 0 },
	{ "oom", 0, NULL, "those for want of memory", CLI_OPT_FLAG, ROW(oom), 0 },
	{ "timeout", 0, NULL, "those by a time limit", CLI_OPT_FLAG, ROW(timeout), 0 },
	{ "dry-run", 0, NULL, "only say which", CLI_OPT_FLAG, ROW(dry_run), 0 },
	{ "detach", 'd', NULL, "run them in the background when no engine runs", CLI_OPT_FLAG,
	  ROW(detach), 0 },
	CLI_OPT_END
};

struct retry {
	struct cli *cli;
	const struct retry_options *options;
	size_t *numbers;
	size_t count;
	size_t found;
	struct target_file targets;
};

static bool retry_fits(const struct retry *retry, const struct hd_trial_row *row)
{
	const struct retry_options *options = retry->options;

	if (row->state != HD_TRIAL_FAILED && row->state != HD_TRIAL_CANCELED)
		return false;
	for (size_t i = 0; i < retry->count; i++)
		if (retry->numbers[i] == row->number)
			return true;
	if (options->timeout && row->end == HD_END_TIMEOUT)
		return true;
	return row->state == HD_TRIAL_FAILED &&
	       (options->failed || (options->oom && row->end == HD_END_MEMORY));
}

static int retry_row(void *user, const struct hd_trial_row *row)
{
	struct retry *retry = user;

	if (!retry_fits(retry, row))
		return 0;
	retry->found++;
	if (retry->options->dry_run)
		cli_put(retry->cli, "%zu  %s\n", row->number,
			*row->end_detail ? row->end_detail : hd_end_name(row->end));
	return 0;
}

/* No engine runs: this process goes on with the sweep, and with them. */
static int retry_make(void *user, struct hd_sweep **sweep,
		      struct hd_store *store, struct hd_sweep_options *host,
		      struct hd_error *err)
{
	struct retry *retry = user;
	int64_t key;
	int rc = hd_store_find_sweep(store, retry->cli->words[0], &key, err);

	if (rc == 0)
		rc = target_of_sweep(retry->cli, store, key, NULL, &retry->targets, host, err);
	if (rc < 0)
		return rc;
	host->retry_failed = retry->options->failed;
	host->retry_memory = retry->options->oom;
	host->retry_timeout = retry->options->timeout;
	host->retry = retry->numbers;
	host->retry_count = retry->count;
	return hd_sweep_resume(sweep, store, key, host, err);
}

static int retry_request(struct retry *retry, struct hd_store *store,
			 int64_t key, bool *asked)
{
	struct cli *cli = retry->cli;
	struct ask ask;
	char *reply = NULL;
	int code;

	if (!ask_begin(cli, &ask, "retry", &code))
		return code;
	code = ask_trials(cli, &ask, &retry->numbers, &retry->count);
	fprintf(ask.file, ",\"failed\":%s,\"memory\":%s,\"timeout\":%s",
		retry->options->failed ? "true" : "false",
		retry->options->oom ? "true" : "false",
		retry->options->timeout ? "true" : "false");
	if (code != CLI_OK || retry->options->dry_run) {
		fclose(ask.file);
		free(ask.text);
		return code;
	}
	code = ask_send(cli, &ask, store, key, &reply);
	*asked = reply != NULL;
	if (reply)
		cli_put(cli, "%.0f\n", ask_number(reply, "count"));
	free(reply);
	return code;
}

static int retry_work(struct retry *retry)
{
	struct cli *cli = retry->cli;
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	bool asked = false;
	int64_t key;
	int code = cli_sweep_open(cli, cli->words[0], &store, &key);

	if (code == CLI_OK)
		code = study_refuse(cli, store, key, "they ask for another with 'hdrive ask'");
	if (code == CLI_OK)
		code = retry_request(retry, store, key, &asked);
	if (code == CLI_OK && !asked &&
	    hd_store_trials(store, key, NULL, retry_row, retry, &err) < 0)
		code = cli_fail_error(cli, &err);
	hd_store_close(store);
	if (code != CLI_OK || asked)
		return code;
	if (retry->options->dry_run || retry->found == 0) {
		cli_put(cli, "%zu\n", retry->found);
		return CLI_OK;
	}
	cli_say(cli, "%zu trials again", retry->found);
	return run_sweep(cli, &(struct run_how){ .mode = HD_STORE_WRITE,
						 .detach = retry->options->detach,
						 .make = retry_make,
						 .user = retry });
}

static int retry_main(struct cli *cli)
{
	struct retry_options options = { 0 };
	struct retry retry = { .cli = cli, .options = &options };
	int code;

	if (!cli_parse(cli, &options, &code))
		return code;
	if (cli->word_count == 0)
		return cli_fail(cli, CLI_USAGE, "usage: hdrive retry S [N...]");
	if (cli->word_count == 1 && !options.failed && !options.oom && !options.timeout)
		return cli_fail(cli, CLI_USAGE,
				"which trials? numbers, --failed, --oom or --timeout");
	code = retry_work(&retry);
	free(retry.numbers);
	target_close(&retry.targets);
	return code;
}

const struct cli_command cli_cmd_retry = {
	.name = "retry",
	.summary = "new attempts of trials that failed",
	.usage = "S [N...] [option...]",
	.examples = "  hdrive retry @ 7 11\n"
		    "  hdrive retry brave-otter-3 --failed --dry-run\n"
		    "  hdrive retry @ --timeout\n",
	.options = retry_rows,
	.notes = "A running engine takes them on at once and their number is printed; without one\n"
		 "the sweep is gone on with here, as by resume.\n",
	.run = retry_main,
};
