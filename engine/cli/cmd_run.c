/*
 * hdrive run: a sweep from one line, without a file; and Azure's words below
 * "run", which az.c has.
 */
#include "cli/az.h"
#include "cli/submit.h"
#include "cli/templates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MOST 24

struct line_options {
	struct submit_options submit;
	struct cli_list params;
	const char *metric;
	const char *sampler;
	const char *policy;
	const char *write;

	/* What run_keys made of the flags. */
	struct hd_line_key keys[KEYS_MOST];
	char *texts[KEYS_MOST]; /* ours, what the keys point to */
	size_t key_count;
};

#define ROW(field) offsetof(struct line_options, field)
static const struct cli_opt run_rows[] = {
	{ "param", 'p', "NAME=EXPR", "a parameter: lr=loguniform:-9:-2, bs=16,32, n=1..8",
	  CLI_OPT_LIST, ROW(params), 0 },
	{ "metric", 'm', "GOAL:NAME", "what is looked for: min:loss, max:accuracy", CLI_OPT_TEXT,
	  ROW(metric), 0 },
	{ "sampler", 0, "NAME[:KEY=VALUE,...]", "random (usual), grid, tpe, bayesian, auto, ...",
	  CLI_OPT_TEXT, ROW(sampler), 0 },
	{ "policy", 0, "NAME[:KEY=VALUE,...]", "end bad trials early: bandit:slack_factor=0.1",
	  CLI_OPT_TEXT, ROW(policy), 0 },
	{ "write", 0, "FILE", "write the file that does the same ('-': print it), run nothing",
	  CLI_OPT_TEXT, ROW(write), 0 },
	SUBMIT_ROWS(struct line_options, submit),
	CLI_OPT_END
};

/* --- flags that are keys of a file ---------------------------------------- */

/* KEY=VALUE as a key that messages call SAID. */
static int keys_add(struct cli *cli, struct line_options *options,
		    const char *set, const char *said)
{
	char *text = options->key_count < KEYS_MOST ? strdup(set) : NULL;
	char *equals;

	if (!text)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	equals = strchr(text, '=');
	*equals = '\0';
	options->texts[options->key_count] = text;
	options->keys[options->key_count++] =
		(struct hd_line_key){ .key = text, .value = equals + 1, .said = said };
	return CLI_OK;
}

static int keys_add_text(struct cli *cli, struct line_options *options,
			 const char *key, const char *value, const char *said)
{
	char *set;
	int code;

	if (!value)
		return CLI_OK;
	set = malloc(strlen(key) + strlen(value) + 2);
	if (!set)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	sprintf(set, "%s=%s", key, value);
	code = keys_add(cli, options, set, said);
	free(set);
	return code;
}

static int keys_add_size(struct cli *cli, struct line_options *options,
			 const char *key, const struct cli_size *size, const char *said)
{
	char text[32];

	snprintf(text, sizeof text, "%llu", (unsigned long long)size->value);
	return keys_add_text(cli, options, key, size->given ? text : NULL, said);
}

/* The flag that limit_sets or warm_sets made SET of. */
static const char *flag_of(const char *set)
{
	static const char *const rows[][2] = {
		{ "max_total_runs=", "--max-trials" },
		{ "max_duration_minutes=", "--timeout" },
		{ "trial_timeout=", "--trial-timeout" },
		{ "idle_timeout=", "--idle-timeout" },
		{ "max_restarts=", "--max-restarts" },
		{ "max_failures=", "--max-failures" },
		{ "end_when.target=", "--target" },
		{ "end_when.patience=", "--patience" },
		{ "end_when.patience_minutes=", "--patience" },
		{ "end_when.improvement=", "--improvement" },
		{ "smoke=", "--no-smoke" },
		{ "resume_from=", "--resume-from" },
		{ "resume_child_runs=", "--resume-child-runs" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!strncmp(set, rows[i][0], strlen(rows[i][0])))
			return rows[i][1];
	return "";
}

static bool has_devices(const struct submit_options *submit)
{
	return submit->gpus || submit->gpus_per_trial.given || submit->cpus_per_trial.given;
}

/* One at a time, unless devices or the flag say otherwise. */
static int keys_add_slots(struct cli *cli, struct line_options *options)
{
	const struct submit_options *submit = &options->submit;

	if (!submit->max_concurrent.given && !has_devices(submit))
		return keys_add(cli, options, "max_concurrent_runs=1", "-j");
	return keys_add_size(cli, options, "max_concurrent_runs", &submit->max_concurrent, "-j");
}

static int run_keys(struct cli *cli, struct line_options *options)
{
	struct cli_list sets = { NULL, 0 };
	int code = limit_sets(cli, &options->submit.limits, &sets);

	if (code == CLI_OK)
		code = warm_sets(cli, &options->submit.warm, &sets);
	for (size_t i = 0; code == CLI_OK && i < sets.count; i++)
		code = keys_add(cli, options, sets.items[i], flag_of(sets.items[i]));
	if (code == CLI_OK)
		code = keys_add_slots(cli, options);
	free(sets.items);
	return code;
}

/* What the engine is told in another way when it runs at once. */
static int write_keys(struct cli *cli, struct line_options *options)
{
	const struct submit_options *submit = &options->submit;
	struct hd_out out;
	struct az_text text;
	int code;

	code = keys_add_text(cli, options, "gpus", submit->gpus, "--gpus");
	if (code == CLI_OK)
		code = keys_add_size(cli, options, "gpus_per_trial", &submit->gpus_per_trial,
				     "--gpus-per-trial");
	if (code == CLI_OK)
		code = keys_add_size(cli, options, "cpus_per_trial", &submit->cpus_per_trial,
				     "--cpus-per-trial");
	if (code != CLI_OK || submit->patterns.count == 0)
		return code;
	az_text_init(&text);
	out = text.out;
	(void)out.write(out.user, "{\"patterns\": [", 14);
	for (size_t i = 0; i < submit->patterns.count; i++) {
		if (i)
			(void)out.write(out.user, ", ", 2);
		(void)hd_report_json_text(submit->patterns.items[i],
					  strlen(submit->patterns.items[i]), &out);
	}
	if (out.write(out.user, "]}", 3) < 0)
		code = cli_fail(cli, CLI_ERROR, "out of memory");
	else
		code = keys_add_text(cli, options, "metrics", text.text, "--metric-pattern");
	free(text.text);
	return code;
}

/* --- the sweep ------------------------------------------------------------ */

static int run_load(struct cli *cli, const struct submit_what *what,
		    const struct hd_config_load *load, struct hd_config **config)
{
	const struct line_options *options = what->user;
	const struct hd_line line = {
		.size = sizeof line,
		.params = options->params.items,
		.param_count = options->params.count,
		.metric = options->metric,
		.sampler = options->sampler,
		.policy = options->policy,
		.keys = options->keys,
		.key_count = options->key_count,
	};
	struct hd_findings *findings = hd_findings_new();
	struct hd_error err = { 0 };
	int rc;

	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = hd_config_line(config, &line, load, findings, &err);
	cli_findings(cli, findings);
	if (rc < 0 && hd_findings_count(findings, HD_FINDING_ERROR))
		rc = CLI_USAGE;
	else if (rc < 0)
		rc = cli_fail_error(cli, &err);
	hd_findings_free(findings);
	return rc;
}

/* --- --write -------------------------------------------------------------- */

static void put_shell_word(FILE *stream, const char *word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_-+=./:,@%";

	if (*word && strspn(word, safe) == strlen(word)) {
		fprintf(stream, " %s", word);
		return;
	}
	fputs(" '", stream);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (const char[]){ *word, '\0' }, stream);
	fputc('\'', stream);
}

/* Whether the file has what the flag says. */
static bool is_in_the_file(const char *name)
{
	static const char *const names[] = {
		"param", "metric", "sampler", "policy", "write", "max-concurrent",
		"gpus", "gpus-per-trial", "cpus-per-trial", "max-trials", "timeout",
		"trial-timeout", "idle-timeout", "max-restarts", "max-failures",
		"no-smoke", "resume-from", "resume-child-runs", "metric-pattern",
		/* The same fields under other names. */
		"source-directory", "ct"
	};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (!strcmp(names[i], name))
			return true;
	return false;
}

static void put_flag(FILE *stream, const struct cli_opt *row, const char *value)
{
	fprintf(stream, " --%s", row->name);
	if (value)
		put_shell_word(stream, value);
}

/* The flags that no key of a file stands for. */
static void put_flags(FILE *stream, const struct line_options *options)
{
	for (const struct cli_opt *row = run_rows; row->name; row++) {
		const void *field = (const char *)options + row->offset;
		const struct cli_list *list = field;
		const struct cli_size *size = field;
		char text[32];

		if (is_in_the_file(row->name))
			continue;
		switch (row->type) {
		case CLI_OPT_FLAG:
			if (*(const bool *)field)
				put_flag(stream, row, NULL);
			break;
		case CLI_OPT_TEXT:
			if (*(const char *const *)field)
				put_flag(stream, row, *(const char *const *)field);
			break;
		case CLI_OPT_LIST:
			for (size_t i = 0; i < list->count; i++)
				put_flag(stream, row, list->items[i]);
			break;
		case CLI_OPT_SIZE:
			snprintf(text, sizeof text, "%llu", (unsigned long long)size->value);
			if (size->given)
				put_flag(stream, row, text);
			break;
		case CLI_OPT_MAYBE:
			break;
		}
	}
}

static int write_next(struct cli *cli, const struct line_options *options)
{
	char *text = NULL;
	size_t length;
	FILE *stream = open_memstream(&text, &length);

	if (!stream)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	put_shell_word(stream, options->write);
	put_flags(stream, options);
	if (cli->rest_count)
		fputs(" --", stream);
	for (size_t i = 0; i < cli->rest_count; i++)
		put_shell_word(stream, cli->rest[i]);
	if (fclose(stream) == 0)
		cli_say(cli, "next: hdrive submit%s", text);
	free(text);
	return CLI_OK;
}

/* The file in place of the run. */
static int run_write(struct cli *cli, struct line_options *options,
		     const struct submit_what *what)
{
	const struct hd_config_load load = { .size = sizeof load };
	struct hd_config *config = NULL;
	int code = CLI_OK;

	if (strcmp(options->write, "-") != 0 && cli_exists(options->write))
		return cli_fail(cli, CLI_USAGE, "'%s' is there already", options->write);
	code = write_keys(cli, options);
	if (code == CLI_OK)
		code = run_load(cli, what, &load, &config);
	if (code == CLI_OK && !strcmp(options->write, "-")) {
		cli_put(cli, "%s", config->text);
	} else if (code == CLI_OK) {
		code = template_write(cli, ".", options->write, config->text,
				      TEMPLATE_REFUSE);
		if (code == CLI_OK)
			code = write_next(cli, options);
	}
	hd_config_free(config);
	return code;
}

/* --- the command ---------------------------------------------------------- */

static bool run_words_are_whole(struct cli *cli, const struct line_options *options,
				int *code)
{
	if (cli->word_count)
		*code = cli_fail(cli, CLI_USAGE,
				 "unexpected '%s': the training program stands behind '--'",
				 cli->words[0]);
	else if (options->params.count == 0)
		*code = cli_fail(cli, CLI_USAGE,
				 "no parameter: hdrive run -p lr=1e-4..1e-1:log -m min:loss -- "
				 "python train.py");
	else if (!options->metric)
		*code = cli_fail(cli, CLI_USAGE,
				 "no metric: -m min:NAME or -m max:NAME says what the program "
				 "reports");
	return *code == CLI_OK;
}

static int run_line(struct cli *cli)
{
	struct line_options options = { .write = NULL };
	const struct submit_what what = {
		.load = run_load,
		.user = &options,
		.said = "hdrive run -p ... -m ...",
	};
	int code;

	if (!cli_parse(cli, &options, &code) || !run_words_are_whole(cli, &options, &code))
		goto out;
	code = run_keys(cli, &options);
	if (code == CLI_OK && options.write)
		code = run_write(cli, &options, &what);
	else if (code == CLI_OK)
		code = submit_sweep(cli, &options.submit, &what);
out:
	for (size_t i = 0; i < options.key_count; i++)
		free(options.texts[i]);
	submit_release(&options.submit);
	cli_options_release(cli, &options);
	return code;
}

/* "run list" and its kin are Azure's; an option begins a line of our own. */
static int run_main(struct cli *cli)
{
	const char *word = cli->next < cli->argc ? cli->argv[cli->next] : "";

	return *word == '-' && !cli->help ? run_line(cli) : az_group(cli);
}

const struct cli_command cli_cmd_run = {
	.name = "run",
	.summary = "a sweep from one line; and Azure's words for runs",
	.usage = "-p NAME=EXPR... -m GOAL:METRIC [option...] -- CMD [ARG...]\n"
		 "       hdrive run COMMAND [option...]",
	.examples =
		"  hdrive run -p lr=loguniform:-9:-2 -p bs=16,32 -m min:loss -j 4 -- python "
		"train.py\n"
		"  hdrive run -p lr=1e-5..1e-1:log -p n=1..8 -m max:acc -n 50 -- ./train {lr} {n}\n"
		"  hdrive run -p bs=16,32 -m min:loss --sampler grid --write sweep.yml -- ./train\n"
		"  hdrive run list --minimal -o table\n",
	.options = run_rows,
	.notes = "EXPR: an expression and its arguments (uniform:0:1), values (adam,sgd), or a\n"
		 "range (1..8 of whole numbers, 0.1..0.9, 1e-5..1e-1:log). CMD gets \"--name\n"
		 "value\" for every parameter, or has {name} replaced; {{name}} stays {name}.\n"
		 "Without -n all of a small space is tried, else 20 trials; without -j one at a "
		 "time.\n"
		 "The commands take the flags of 'az ml run'; what they do is what submit, ls, "
		 "show,\n"
		 "cancel and logs do. Exit codes: hdrive help exit-codes\n",
	.run = run_main,
	.group = az_run_group,
};
