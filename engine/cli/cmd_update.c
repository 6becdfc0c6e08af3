/* hdrive update: change the limits of a sweep that runs. */
#include "cli/ask.h"
#include "cli/limits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct update_options {
	struct cli_size max_trials;
	struct cli_size max_concurrent;
	const char *timeout;
	const char *trial_timeout;
	const char *target;
	const char *patience;
	const char *improvement;
	bool hold;
	bool go_on;
};

#define ROW(field) offsetof(struct update_options, field)
static const struct cli_opt update_rows[] = {
	{ "max-trials", 0, "N", "how many trials in all", CLI_OPT_SIZE, ROW(max_trials), 1 },
	{ "max-concurrent", 'j', "N", "how many at a time", CLI_OPT_SIZE, ROW(max_concurrent), 1 },
	{ "timeout", 0, "TIME", "for the whole sweep: 90s, 30m, 2h, 1d", CLI_OPT_TEXT, ROW(timeout),
	  0 },
	{ "trial-timeout", 0, "TIME", "for each attempt of a trial", CLI_OPT_TEXT,
	  ROW(trial_timeout), 0 },
	{ "target", 0, "VALUE", "end the sweep at a result as good as this", CLI_OPT_TEXT,
	  ROW(target), 0 },
	{ "patience", 0, "N|TIME", "end it after N trials, or a time, without a better best",
	  CLI_OPT_TEXT, ROW(patience), 0 },
	{ "improvement", 0, "VALUE", "end it when the sampler expects less of the next trial",
	  CLI_OPT_TEXT, ROW(improvement), 0 },
	{ "hold", 0, NULL, "start no new trials until --go-on; none that runs is stopped",
	  CLI_OPT_FLAG, ROW(hold), 0 },
	{ "go-on", 0, NULL, "start new trials again", CLI_OPT_FLAG, ROW(go_on), 0 },
	CLI_OPT_END
};

static int update_time(struct cli *cli, struct ask *ask, const char *name,
		       const char *text)
{
	double seconds;

	if (!text)
		return CLI_OK;
	if (!limit_read_time(text, &seconds))
		return cli_fail(cli, CLI_USAGE, "'%s' is no time such as 30m", text);
	fprintf(ask->file, ",\"%s\":%.6f", name, seconds);
	return CLI_OK;
}

static int update_number(struct cli *cli, struct ask *ask, const char *name,
			 const char *text)
{
	char number[32], *end;
	double value;

	if (!text)
		return CLI_OK;
	value = strtod(text, &end);
	if (end == text || *end || !isfinite(value))
		return cli_fail(cli, CLI_USAGE, "'%s' is no number", text);
	fprintf(ask->file, ",\"%s\":%s", name,
		hd_number_text(value, number, sizeof number));
	return CLI_OK;
}

static int update_patience(struct cli *cli, struct ask *ask, const char *text)
{
	double trials, seconds;
	int code = text ? limit_read_patience(cli, text, &trials, &seconds) : CLI_OK;

	if (!text || code != CLI_OK)
		return code;
	if (seconds <= 0 && trials < 1)
		return cli_fail(cli, CLI_USAGE, "'--patience' must be at least 1, got '%s'",
				text);
	if (seconds > 0)
		fprintf(ask->file, ",\"patience_time\":%.6f", seconds);
	else
		fprintf(ask->file, ",\"patience\":%.0f", trials);
	return CLI_OK;
}

/* Whether there is a limit called NAME, by the first of them in REPLY. */
static bool update_has(const char *reply, const char *name)
{
	char key[48];
	const char *at;

	snprintf(key, sizeof key, "\"%s\":", name);
	at = strstr(reply, key);
	return at && strncmp(at + strlen(key), "null", 4) != 0;
}

/* Whether TEXT says so of the sweep. */
static bool update_held(const char *text)
{
	const char *at = strstr(text, "\"held\":");

	return at && !strncmp(at + strlen("\"held\":"), "true", 4);
}

/* "max_total 8 -> 200" for what has changed; REPLY has both. */
static void update_show(struct cli *cli, const char *reply)
{
	static const char *const names[] = { "max_total", "max_concurrent",
					     "max_duration", "trial_timeout",
					     "target", "patience", "patience_time",
					     "improvement" };
	const char *after = strstr(reply, "\"after\"");

	if (cli->json) {
		cli_put(cli, "%s", reply);
		return;
	}
	for (size_t i = 0; after && i < sizeof names / sizeof names[0]; i++) {
		char from[32], to[32];
		double old = ask_number(reply, names[i]);
		double new = ask_number(after, names[i]);
		bool had = update_has(reply, names[i]);

		if (update_has(after, names[i]) && !(had && old == new))
			cli_put(cli, "%s %s -> %s\n", names[i],
				had ? hd_number_text(old, from, sizeof from) : "none",
				hd_number_text(new, to, sizeof to));
	}
	if (after && update_held(reply) != update_held(after))
		cli_put(cli, "held %s\n", update_held(after) ? "no -> yes" : "yes -> no");
}

static int update_ask(struct cli *cli, const struct update_options *options,
		      struct hd_store *store, int64_t key, char **reply)
{
	struct ask ask;
	int code;

	if (!ask_begin(cli, &ask, "update", &code))
		return code;
	if (options->max_trials.given)
		fprintf(ask.file, ",\"max_total\":%zu", (size_t)options->max_trials.value);
	if (options->max_concurrent.given)
		fprintf(ask.file, ",\"max_concurrent\":%zu",
			(size_t)options->max_concurrent.value);
	if (options->hold || options->go_on)
		fprintf(ask.file, ",\"held\":%s", options->hold ? "true" : "false");
	code = update_time(cli, &ask, "max_duration", options->timeout);
	if (code == CLI_OK)
		code = update_time(cli, &ask, "trial_timeout", options->trial_timeout);
	if (code == CLI_OK)
		code = update_number(cli, &ask, "target", options->target);
	if (code == CLI_OK)
		code = update_patience(cli, &ask, options->patience);
	if (code == CLI_OK)
		code = update_number(cli, &ask, "improvement", options->improvement);
	if (code == CLI_OK)
		return ask_send(cli, &ask, store, key, reply);
	fclose(ask.file);
	free(ask.text);
	return code;
}

#define SET_TEXT 64

/* A time as a set of the sweep's file, which counts UNIT seconds. */
static size_t update_set_time(char sets[][SET_TEXT], size_t count,
			      const char *key, const char *text, double unit)
{
	char number[32];
	double seconds;

	if (!text || !limit_read_time(text, &seconds))
		return count;
	snprintf(sets[count], SET_TEXT, "%s=%s", key,
		 hd_number_text(seconds / unit, number, sizeof number));
	return count + 1;
}

/* A value as it was given: the file's reader judges it. */
static size_t update_set_text(char sets[][SET_TEXT], size_t count,
			      const char *key, const char *text)
{
	if (text)
		snprintf(sets[count++], SET_TEXT, "%s=%s", key, text);
	return count;
}

static size_t update_set_patience(struct cli *cli, char sets[][SET_TEXT],
				  size_t count, const char *text)
{
	double trials, seconds;

	if (!text || limit_read_patience(cli, text, &trials, &seconds) != CLI_OK)
		return count;
	return seconds > 0 ? update_set_time(sets, count, "end_when.patience_minutes",
					     text, 60)
			   : update_set_text(sets, count, "end_when.patience", text);
}

/* No engine: what the next one goes on by. */
static int update_here(struct cli *cli, const struct update_options *options,
		       struct hd_store *store, int64_t key)
{
	char texts[7][SET_TEXT];
	const char *sets[7];
	struct hd_error err = { 0 };
	size_t count = 0;

	if (options->max_trials.given)
		snprintf(texts[count++], SET_TEXT, "max_total_runs=%zu",
			 (size_t)options->max_trials.value);
	if (options->max_concurrent.given)
		snprintf(texts[count++], SET_TEXT, "max_concurrent_runs=%zu",
			 (size_t)options->max_concurrent.value);
	count = update_set_time(texts, count, "max_duration_minutes", options->timeout, 60);
	count = update_set_time(texts, count, "trial_timeout", options->trial_timeout, 1);
	count = update_set_text(texts, count, "end_when.target", options->target);
	count = update_set_patience(cli, texts, count, options->patience);
	count = update_set_text(texts, count, "end_when.improvement", options->improvement);
	for (size_t i = 0; i < count; i++)
		sets[i] = texts[i];
	if (count > 0 && hd_sweep_update(store, key, sets, count, &err) < 0)
		return cli_fail_error(cli, &err);
	for (size_t i = 0; i < count; i++)
		cli_put(cli, "%s\n", texts[i]);
	if (options->hold || options->go_on) {
		if (hd_sweep_hold(store, key, options->hold, &err) < 0)
			return cli_fail_error(cli, &err);
		cli_put(cli, "held=%s\n", options->hold ? "yes" : "no");
	}
	cli_say(cli, "no engine runs it; it goes on by this with: hdrive resume %s",
		cli->words[0]);
	return CLI_OK;
}

static int update_request(struct cli *cli, const struct update_options *options,
			  struct hd_store *store, int64_t key)
{
	char *reply = NULL;
	int code = update_ask(cli, options, store, key, &reply);

	if (code == CLI_OK && !reply)
		return update_here(cli, options, store, key);
	if (reply)
		update_show(cli, reply);
	free(reply);
	return code;
}

static bool update_any(const struct update_options *options)
{
	return options->max_trials.given || options->max_concurrent.given ||
	       options->timeout || options->trial_timeout || options->target ||
	       options->patience || options->improvement || options->hold ||
	       options->go_on;
}

static int update_main(struct cli *cli)
{
	struct update_options options = { 0 };
	struct hd_store *store = NULL;
	int64_t key;
	int code;

	if (!cli_parse(cli, &options, &code) ||
	    !cli_words_between(cli, 1, 1, &code))
		return code;
	if (options.hold && options.go_on)
		return cli_fail(cli, CLI_USAGE, "'--hold' and '--go-on' are one or the other");
	if (!update_any(&options))
		return cli_fail(cli, CLI_USAGE,
				"what is to change? --max-trials, -j, --timeout, --trial-timeout,"
				" --target, --patience, --improvement, --hold, --go-on");
	code = cli_sweep_open_to(cli, cli->words[0], HD_STORE_WRITE, &store, &key);
	if (code == CLI_OK)
		code = update_request(cli, &options, store, key);
	hd_store_close(store);
	return code;
}

const struct cli_command cli_cmd_update = {
	.name = "update",
	.summary = "change the limits of a sweep, hold it or let it go on",
	.usage = "S [option...]",
	.examples = "  hdrive update @ --max-trials 200\n"
		    "  hdrive update brave-otter-3 -j 8 --timeout 12h\n"
		    "  hdrive update @ --hold            # and later: --go-on\n",
	.options = update_rows,
	.notes = "Prints what has changed, old and new. Fewer at a time stops no trial. A sweep\n"
		 "that is held starts none, nor another attempt of one; limits of time go on.\n"
		 "Without an engine they are stored, and the next one goes on by them.\n",
	.run = update_main,
};
