/* hdrive import: finished trials of a file as a sweep of the store. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

struct import_options {
	const char *format;
	const char *study;
	const char *name;
	const char *metric;
	const char *goal;
	const char *space;
	struct cli_list maps;
	bool parsable;
};

#define ROW(field) offsetof(struct import_options, field)
static const struct cli_opt import_rows[] = {
	{ "name", 0, "NAME", "name the sweep (else one is made up)", CLI_OPT_TEXT, ROW(name), 0 },
	{ "metric", 'm', "COLUMN", "the metric that is looked at", CLI_OPT_TEXT, ROW(metric), 0 },
	{ "goal", 0, "GOAL", "min or max", CLI_OPT_TEXT, ROW(goal), 0 },
	{ "map", 0, "COLUMN=PARAM", "a column is this parameter; others are left out",
	  CLI_OPT_LIST, ROW(maps), 0 },
	{ "space", 0, "FILE", "a sweep's file: every trial must fit its space", CLI_OPT_TEXT,
	  ROW(space), 0 },
	{ "study", 0, "NAME", "which study of an Optuna file", CLI_OPT_TEXT, ROW(study), 0 },
	{ "format", 0, "FORMAT", "csv, jsonl or optuna (else by the file's first bytes)",
	  CLI_OPT_TEXT, ROW(format), 0 },
	{ "parsable", 0, NULL, "only the sweep's name, on stdout", CLI_OPT_FLAG, ROW(parsable), 0 },
	CLI_OPT_END
};

static bool import_words(struct cli *cli, const struct import_options *options,
			 struct hd_import *import, int *code)
{
	static const char *const formats[] = { "auto", "csv", "jsonl", "optuna" };
	size_t at = 0;

	while (options->format && at < 4 && strcmp(formats[at], options->format) != 0)
		at++;
	import->format = (enum hd_exchange_format)at;
	import->has_goal = options->goal != NULL;
	if (options->goal && !strncmp(options->goal, "max", 3))
		import->goal = HD_MAXIMIZE;
	if (at == 4)
		*code = cli_fail(cli, CLI_USAGE,
				 "unknown format '%s', one of: csv, jsonl, optuna",
				 options->format);
	else if (options->goal && strcmp(options->goal, "min") && strcmp(options->goal, "max") &&
		 strcmp(options->goal, "minimize") && strcmp(options->goal, "maximize"))
		*code = cli_fail(cli, CLI_USAGE, "'--goal' must be min or max, got '%s'",
				 options->goal);
	for (size_t i = 0; *code == CLI_OK && i < options->maps.count; i++)
		if (!strchr(options->maps.items[i], '='))
			*code = cli_fail(cli, CLI_USAGE, "'--map' is COLUMN=PARAM, got '%s'",
					 options->maps.items[i]);
	return *code == CLI_OK;
}

static void import_tell(struct cli *cli, const struct hd_imported *imported)
{
	cli_say(cli, "%s: %zu trials", imported->name, imported->trials);
	if (imported->unfinished)
		cli_say(cli, "note: %zu that had not ended were left out", imported->unfinished);
	if (imported->metricless)
		cli_say(cli, "note: %zu have no value of the metric", imported->metricless);
	cli_say(cli, "see: hdrive best %s    hdrive submit ... --resume-from %s", imported->name,
		imported->name);
}

static int import_file(struct cli *cli, struct hd_import *import)
{
	struct hd_imported imported;
	struct hd_store *store = NULL;
	struct hd_error err = { 0 };
	int code = CLI_OK;

	if (!cli_exists(cli->words[0]))
		return cli_fail(cli, CLI_MISSING, "there is no file '%s'", cli->words[0]);
	code = cli_store_open(cli, HD_STORE_CREATE, &store);
	if (code != CLI_OK)
		return code;
	if (hd_import_file(store, cli->words[0], import, &imported, &err) < 0)
		code = cli_fail_error(cli, &err);
	hd_store_close(store);
	if (code != CLI_OK)
		return code;
	if (cli->json)
		cli_put(cli, "{\"sweep\":\"%s\",\"trials\":%zu,\"unfinished\":%zu}\n",
			imported.name, imported.trials, imported.unfinished);
	else
		cli_put(cli, "%s\n", imported.name);
	import_tell(cli, &imported);
	return CLI_OK;
}

static int import_all(struct cli *cli, struct import_options *options)
{
	struct hd_import import = {
		.size = sizeof import,
		.study = options->study,
		.name = options->name,
		.metric = options->metric,
		.maps = options->maps.items,
		.map_count = options->maps.count,
	};
	struct hd_config *config = NULL;
	int code = CLI_OK;

	if (!import_words(cli, options, &import, &code))
		return code;
	if (options->parsable)
		cli->quiet = true;
	if (options->space)
		code = cli_config_load(cli, options->space, NULL, &config);
	import.config = config;
	if (code == CLI_OK)
		code = import_file(cli, &import);
	hd_config_free(config);
	return code;
}

static int import_main(struct cli *cli)
{
	struct import_options options = { .name = NULL };
	int code;

	if (cli_parse(cli, &options, &code) && cli_words_between(cli, 1, 1, &code))
		code = import_all(cli, &options);
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_import = {
	.name = "import",
	.summary = "finished trials of a file as a sweep of the store",
	.usage = "FILE [option...]",
	.examples = "  hdrive import trials.csv\n"
		    "  hdrive import runs.csv --metric val_acc --goal max --map learning_rate=lr\n"
		    "  hdrive import study.db --study resnet --space sweep.yml\n",
	.options = import_rows,
	.notes =
		"FILE is CSV, JSON lines (what 'hdrive export' writes, or any table of trials) or\n"
		"an Optuna SQLite file. The sweep is Completed: ls, show, best and export know "
		"it,\n"
		"and --resume-from begins a new one with what it found.\n",
	.run = import_main,
};
