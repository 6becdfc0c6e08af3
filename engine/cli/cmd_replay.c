/* hdrive replay: derive a sweep's suggestions and decisions once more. */
#include "cli/cli.h"

#include <string.h>

/* Not before there is something to say: the sweep may be none to replay. */
#define JSON_HEAD "{\"differences\":["

static void put_text(struct cli *cli, const char *text)
{
	(void)hd_report_json_text(text, strlen(text), &cli->out);
}

struct replay_out {
	struct cli *cli;
	size_t told;
};

static void replay_json(struct replay_out *out,
			const struct hd_replay_difference *difference)
{
	struct cli *cli = out->cli;

	cli_put(cli, "%s{\"kind\":\"%s\",\"trial\":%zu,\"interval\":",
		out->told ? "," : JSON_HEAD, hd_replay_kind_name(difference->kind),
		difference->trial);
	if (difference->interval)
		cli_put(cli, "%zu", difference->interval);
	else
		cli_put(cli, "null");
	cli_put(cli, ",\"stored\":");
	put_text(cli, difference->stored);
	cli_put(cli, ",\"derived\":");
	put_text(cli, difference->derived);
	cli_put(cli, "}");
}

static void replay_line(struct cli *cli,
			const struct hd_replay_difference *difference)
{
	char stored[1024], derived[1024];

	cli_put(cli, "trial %zu", difference->trial);
	if (difference->interval)
		cli_put(cli, ", interval %zu", difference->interval);
	cli_put(cli, ": the store has %s; derived: %s\n",
		hd_plain_text(difference->stored, stored, sizeof stored),
		hd_plain_text(difference->derived, derived, sizeof derived));
}

static void on_difference(void *user,
			  const struct hd_replay_difference *difference)
{
	struct replay_out *out = user;

	if (out->cli->json)
		replay_json(out, difference);
	else
		replay_line(out->cli, difference);
	out->told++;
}

static void replay_end(struct cli *cli, const struct hd_replay_summary *summary)
{
	if (cli->json) {
		cli_put(cli, "%s],\"suggestions\":%zu,\"enqueued\":%zu,\"questions\":%zu,"
			     "\"stops\":%zu,\"promotions\":%zu,\"same\":%s}\n",
			summary->differences ? "" : JSON_HEAD, summary->suggestions,
			summary->enqueued, summary->questions,
			summary->stops, summary->promotions,
			summary->differences ? "false" : "true");
		return;
	}
	cli_put(cli, "%zu suggestions, %zu questions to the policy, %zu stops",
		summary->suggestions, summary->questions, summary->stops);
	if (summary->promotions)
		cli_put(cli, ", %zu promotions", summary->promotions);
	cli_put(cli, ": ");
	if (summary->differences)
		cli_put(cli, "%zu differences\n", summary->differences);
	else
		cli_put(cli, "all the same\n");
}

static int replay_main(struct cli *cli)
{
	struct replay_out out = { cli, 0 };
	struct hd_replay_summary summary;
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	int64_t key;
	int code;

	if (!cli_parse(cli, NULL, &code) || !cli_words_between(cli, 0, 1, &code))
		return code;
	code = cli_sweep_open(cli, cli->words[0], &store, &key);
	if (code != CLI_OK)
		return code;
	if (hd_sweep_replay(store, key, on_difference, &out, &summary, &err) < 0)
		code = cli_fail_error(cli, &err);
	else
		replay_end(cli, &summary);
	if (code == CLI_OK && summary.differences)
		code = CLI_ERROR;
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_replay = {
	.name = "replay",
	.summary = "derive a sweep's suggestions and stops once more, and compare",
	.usage = "[S] [option...]",
	.examples = "  hdrive replay\n"
		    "  hdrive replay brave-otter-3 --json\n",
	.notes = "Suggestions are functions of the seed, a trial's number and the results known\n"
		 "then; stops of what was logged up to then. The store has all of it.\n"
		 "Exit code 1 when something differs.\n",
	.run = replay_main,
};
