/* hdrive create: a study, which is a sweep whose trials others run. */
#include "cli/cli.h"

#include <string.h>

struct create_options {
	const char *name;
	struct cli_size seed;
	bool promotes;
	struct cli_list sets;
	struct cli_list inputs;
};

#define ROW(field) offsetof(struct create_options, field)
static const struct cli_opt create_rows[] = {
	{ "name", 0, "NAME", "name the study (else one is made up)", CLI_OPT_TEXT, ROW(name), 0 },
	{ "seed", 0, "N", "the same seed gives the same trials", CLI_OPT_SIZE, ROW(seed), 1 },
	{ "promotes", 0, NULL, "who asks can go on with a trial that the policy paused",
	  CLI_OPT_FLAG, ROW(promotes), 0 },
	{ "set", 0, "KEY=VALUE", "change a key of the file first", CLI_OPT_LIST, ROW(sets), 0 },
	{ "input", 0, "NAME=VALUE", "an input of a sweep job, for data a local path", CLI_OPT_LIST,
	  ROW(inputs), 0 },
	CLI_OPT_END
};

/* What the file has for an engine alone, which is left out. */
static void create_note(struct cli *cli, const struct hd_config *config)
{
	if (config->program)
		cli_say(cli, "note: the file's program is left out: others run the trials");
	if (config->metric_pattern_count)
		cli_say(cli, "note: the file's 'metrics' is left out: values are told");
}

static void create_print(struct cli *cli, const struct hd_study *study)
{
	const char *name = hd_study_name(study);

	if (!cli->json) {
		cli_put(cli, "%s\n", name);
		return;
	}
	cli_put(cli, "{\"name\":");
	(void)hd_report_json_text(name, strlen(name), &cli->out);
	cli_put(cli, ",\"seed\":%llu}\n", (unsigned long long)hd_study_seed(study));
}

static int create_study(struct cli *cli, const struct create_options *options,
			const struct hd_config *config)
{
	const struct hd_study_options given = { .size = sizeof given,
						.config = config,
						.seed = options->seed.value,
						.promotes = options->promotes };
	struct hd_store *store = NULL;
	struct hd_study *study = NULL;
	struct hd_error err = { 0 };
	int code = cli_store_open(cli, HD_STORE_CREATE, &store);

	if (code == CLI_OK && hd_study_create(&study, store, options->name, &given, &err) < 0)
		code = cli_fail_error(cli, &err);
	if (code == CLI_OK)
		create_print(cli, study);
	hd_study_free(study);
	hd_store_close(store);
	return code;
}

static int create_main(struct cli *cli)
{
	struct create_options options = { .name = NULL };
	struct hd_config_load load = { .size = sizeof load };
	struct hd_config *config = NULL;
	int code;

	if (!cli_parse(cli, &options, &code) || !cli_words_between(cli, 1, 1, &code))
		goto out;
	load.sets = options.sets.items;
	load.set_count = options.sets.count;
	load.inputs = options.inputs.items;
	load.input_count = options.inputs.count;
	code = cli_config_load(cli, cli->words[0], &load, &config);
	if (code == CLI_OK) {
		create_note(cli, config);
		code = create_study(cli, &options, config);
	}
out:
	hd_config_free(config);
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_create = {
	.name = "create",
	.summary = "make a study: a sweep whose trials others run",
	.usage = "FILE [option...]",
	.examples = "  hdrive create sweep.yml --name night\n"
		    "  hdrive ask night\n"
		    "  hdrive tell night 0 0.25\n",
	.options = create_rows,
	.notes = "FILE is one that 'hdrive submit' takes; its program is left out. Prints the\n"
		 "study's name, by which 'ask', 'report' and 'tell' take it.\n",
	.run = create_main,
};
