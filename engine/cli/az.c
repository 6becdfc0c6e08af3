#include "cli/az.h"

#include "cli/cancel.h"
#include "cli/logs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- flags ---------------------------------------------------------------- */

bool az_parse_here(struct cli *cli, void *options, const struct az_options *az,
		   int *code)
{
	struct hd_error err = { 0 };
	enum hd_shape shape;

	if (!cli_parse(cli, options, code))
		return false;
	/* JSON is what they print anyway: no lines of events among it. */
	cli->json = false;
	cli->verbose = cli->verbose || az->debug;
	cli->quiet = cli->quiet || az->only_errors;
	if (az->output && !hd_shape_find(az->output, &shape))
		*code = cli_fail(cli, CLI_USAGE,
				 "unknown output '%s', one of: json, jsonc, table, tsv, yaml, "
				 "yamlc, none",
				 az->output);
	else if (az->query && hd_shape_check(az->query, &err) < 0)
		*code = cli_fail(cli, CLI_USAGE, "--query: %s", err.text);
	return *code == CLI_OK;
}

bool az_parse(struct cli *cli, void *options, const struct az_options *az,
	      int *code)
{
	if (!az_parse_here(cli, options, az, code))
		return false;
	if (az->path && chdir(az->path) < 0)
		*code = cli_fail(cli, CLI_MISSING, "cannot enter '%s': %s", az->path,
				 strerror(errno));
	return *code == CLI_OK;
}

bool az_needs(struct cli *cli, const char *name, const char *value, int *code)
{
	if (!value)
		*code = cli_fail(cli, CLI_USAGE, "'%s' is missing: hdrive %s %s", name,
				 cli->command->name, cli->command->usage);
	return value != NULL;
}

bool az_no_words(struct cli *cli, int *code)
{
	return cli_words_between(cli, 0, 0, code);
}

/* --- what is printed ------------------------------------------------------ */

static int text_write(void *user, const char *bytes, size_t length)
{
	struct az_text *text = user;

	if (text->length + length + 1 > text->size) {
		size_t size = (text->length + length + 1) * 2;
		char *grown = realloc(text->text, size);

		if (!grown)
			return HD_ENOMEM;
		text->text = grown;
		text->size = size;
	}
	memcpy(text->text + text->length, bytes, length);
	text->length += length;
	return 0;
}

void az_text_init(struct az_text *text)
{
	*text = (struct az_text){ .out = { .write = text_write, .user = text } };
}

/* The file has all of it, as JSON, whatever is printed. */
static int text_file(struct cli *cli, const struct az_text *text, const char *path)
{
	struct hd_error err = { 0 };
	struct az_text json;
	int code = CLI_OK;

	az_text_init(&json);
	if (hd_shape_json(text->text, text->length, NULL, HD_SHAPE_JSON, &json.out, &err) < 0 ||
	    hd_fetch_text(json.text, json.length, path, &err) < 0)
		code = cli_fail_error(cli, &err);
	free(json.text);
	return code;
}

int az_put(struct cli *cli, const struct az_options *az, struct az_text *text)
{
	enum hd_shape shape = HD_SHAPE_JSON;
	struct hd_error err = { 0 };
	int code = CLI_OK;

	if (az->output)
		hd_shape_find(az->output, &shape);
	if (az->metadata)
		code = text_file(cli, text, az->metadata);
	if (hd_shape_json(text->text, text->length, az->query, shape, &cli->out, &err) < 0)
		code = cli_fail_error(cli, &err);
	free(text->text);
	return code;
}

int az_put_record(struct cli *cli, const struct az_options *az,
		  struct hd_store *store, enum hd_record_form form, int64_t key,
		  int64_t trial)
{
	struct hd_error err = { 0 };
	struct az_text text;

	az_text_init(&text);
	if (hd_record_show(store, form, key, trial, &text.out, &err) < 0) {
		free(text.text);
		return cli_fail_error(cli, &err);
	}
	return az_put(cli, az, &text);
}

/* --- runs ----------------------------------------------------------------- */

int az_open(struct cli *cli, const char *word, enum hd_store_mode mode,
	    struct hd_store **store, int64_t *key, int64_t *trial)
{
	struct hd_error err = { 0 };
	int code = cli_store_open(cli, mode, store);

	if (code != CLI_OK)
		return code;
	if (hd_record_find(*store, word, key, trial, &err) < 0) {
		code = cli_fail_error(cli, &err);
		hd_store_close(*store);
		*store = NULL;
	}
	return code;
}

bool az_has_store(struct cli *cli, const struct az_options *az, int *code)
{
	const char *override = cli_store_override(cli);
	struct hd_error err = { 0 };
	struct az_text text;
	char *path = NULL;
	bool has;

	if (override)
		return true;
	if (hd_store_locate(&path, ".", NULL, &err) < 0) {
		*code = cli_fail_error(cli, &err);
		return false;
	}
	has = cli_exists(path);
	free(path);
	if (has)
		return true;
	az_text_init(&text);
	*code = text_write(&text, "[]", 2) < 0 ? cli_fail(cli, CLI_ERROR, "out of memory")
					       : az_put(cli, az, &text);
	return false;
}

int az_cancel(struct cli *cli, const char *word, bool *any)
{
	const struct cancel_options options = { 0 };
	struct cancel cancel = { .cli = cli, .options = &options };
	int64_t trial;
	size_t number;
	int code = az_open(cli, word, HD_STORE_WRITE, &cancel.store, &cancel.key, &trial);

	if (code != CLI_OK)
		return code;
	if (trial >= 0) {
		number = (size_t)trial;
		cancel.numbers = &number;
		cancel.count = 1;
	}
	code = cancel_ask(&cancel);
	*any = !cancel.over && cancel.asked != 0;
	if (code == CLI_OK && cancel.asked == 0)
		cli_say(cli, "nothing to cancel: the run does not run");
	hd_store_close(cancel.store);
	return code;
}

int az_show(struct cli *cli, const struct az_options *az, const char *word,
	    enum hd_record_form form)
{
	struct hd_store *store = NULL;
	int64_t key, trial;
	int code = az_open(cli, word, HD_STORE_READ, &store, &key, &trial);

	if (code == CLI_OK)
		code = az_put_record(cli, az, store, form, key, trial);
	hd_store_close(store);
	return code;
}

int az_stream(struct cli *cli, const struct az_options *az, const char *word,
	      enum hd_record_form form)
{
	const struct logs_options all = {
		.lines = { .given = true, .valued = true, .value = UINT64_MAX },
		.follow = true,
	};
	struct hd_store *store = NULL;
	int64_t key, trial;
	int code = az_open(cli, word, HD_STORE_READ, &store, &key, &trial);

	if (code == CLI_OK)
		code = logs_show(cli, &all, store, key, trial < 0 ? LOGS_ALL : trial);
	if (code == CLI_OK)
		code = az_put_record(cli, az, store, form, key, trial);
	hd_store_close(store);
	return code;
}

/* --- commands below commands ---------------------------------------------- */

static const struct cli_command *group_find(const struct cli_command *group,
					    const char *word)
{
	/* "run list" is the command "list" of "run". */
	size_t skip = strlen(group->name) + 1;

	for (size_t i = 0; group->group[i]; i++)
		if (!strcmp(group->group[i]->name + skip, word))
			return group->group[i];
	return NULL;
}

static int group_unknown(struct cli *cli, const struct cli_command *group,
			 const char *word)
{
	const char *names[32];
	const char *near;
	size_t count = 0;

	for (; group->group[count] && count < 32; count++)
		names[count] = group->group[count]->name + strlen(group->name) + 1;
	near = hd_suggest(word, names, count);
	if (near)
		return cli_fail(cli, CLI_USAGE, "unknown command '%s %s', did you mean '%s %s'?",
				group->name, word, group->name, near);
	return cli_fail(cli, CLI_USAGE, "unknown command '%s %s'; 'hdrive %s --help' lists them%s",
			group->name, word, group->name,
			strcmp(group->name, "run")
				? ""
				: ", and a sweep is run by: hdrive run -p NAME=EXPR -m "
				  "GOAL:METRIC -- CMD");
}

int az_group(struct cli *cli)
{
	const struct cli_command *group = cli->command;
	const struct cli_command *found;
	const char *word = cli->next < cli->argc ? cli->argv[cli->next] : NULL;

	if (!word || !strcmp(word, "--help") || !strcmp(word, "-h")) {
		cli_command_help(cli, group);
		return CLI_OK;
	}
	found = group_find(group, word);
	if (!found)
		return group_unknown(cli, group, word);
	cli->command = found;
	cli->next++;
	return found->run(cli);
}

/* --- the groups ----------------------------------------------------------- */

static const struct cli_opt no_rows[] = { CLI_OPT_END };

const struct cli_command *const az_run_group[] = {
	&az_run_submit_hyperdrive,
	&az_run_submit_script,
	&az_run_list,
	&az_run_show,
	&az_run_monitor_logs,
	&az_run_monitor_tensorboard,
	&az_run_download_logs,
	&az_run_cancel,
	&az_run_update,
	NULL,
};

static const struct cli_command *const experiment_group[] = {
	&az_experiment_list,
	&az_experiment_create,
	NULL,
};

const struct cli_command cli_cmd_experiment = {
	.name = "experiment",
	.summary = "Azure's words for experiments: list, create",
	.usage = "COMMAND [option...]",
	.examples = "  hdrive experiment list -o table\n"
		    "  hdrive experiment create -n digits\n",
	.options = no_rows,
	.notes = "An experiment is a name that sweeps share; a sweep's own is its folder's name,\n"
		 "unless it is given one.\n",
	.run = az_group,
	.group = experiment_group,
};

static const struct cli_command *const job_group[] = {
	&az_job_create,
	&az_job_show,
	&az_job_list,
	&az_job_stream,
	&az_job_download,
	&az_job_cancel,
	NULL,
};

const struct cli_command cli_cmd_job = {
	.name = "job",
	.summary = "Azure's words for jobs: create, show, list, ...",
	.usage = "COMMAND [option...]",
	.examples = "  hdrive job create -f sweep.yml --stream\n"
		    "  hdrive job list -o table\n"
		    "  hdrive job download -n brave-otter-3 --all -p results\n",
	.options = no_rows,
	.notes = "They take the flags of 'az ml job'; what they do is what submit, ls, show,\n"
		 "cancel and logs do.\n",
	.run = az_group,
	.group = job_group,
};
