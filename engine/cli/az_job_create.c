/* hdrive job create. */
#include "cli/az_submit.h"

#include <stdlib.h>
#include <string.h>

struct create_options {
	struct az_options az;
	const char *file;
	const char *name;
	struct cli_list sets;
	bool stream;
};

#define ROW(field) offsetof(struct create_options, field)
static const struct cli_opt create_rows[] = {
	{ "file", 'f', "FILE", "the sweep job", CLI_OPT_TEXT, ROW(file), 0 },
	{ "name", 'n', "NAME", "its name (else one is made up)", CLI_OPT_TEXT, ROW(name), 0 },
	{ "set", 0, "KEY=VALUE...", "change keys of the file", CLI_OPT_LIST, ROW(sets), 0 },
	{ "stream", 0, NULL, "follow it until its end", CLI_OPT_FLAG, ROW(stream), 0 },
	AZ_ROWS(struct create_options, az),
	CLI_OPT_END
};

/* "--set a=1 b=2": the words behind belong to it. */
static int create_sets(struct cli *cli, struct create_options *options)
{
	for (size_t i = 0; i < cli->word_count; i++) {
		if (!options->sets.count || !strchr(cli->words[i], '='))
			return cli_fail(cli, CLI_USAGE, "unexpected '%s'; usage: hdrive %s %s",
					cli->words[i], cli->command->name, cli->command->usage);
		if (!cli_list_add(&options->sets, cli->words[i]))
			return cli_fail(cli, CLI_ERROR, "out of memory");
	}
	return CLI_OK;
}

static int create_main(struct cli *cli)
{
	struct create_options options = { 0 };
	struct words words = { .cli = cli };
	int code;

	if (!az_parse(cli, &options, &options.az, &code) ||
	    !az_needs(cli, "-f", options.file, &code))
		goto out;
	code = create_sets(cli, &options);
	if (code != CLI_OK)
		goto out;
	words_add(&words, options.file);
	words_flag(&words, "--name", options.name);
	words_flag(&words, "--experiment", options.az.experiment);
	for (size_t i = 0; i < options.sets.count; i++)
		words_flag(&words, "--set", options.sets.items[i]);
	if (!options.stream)
		words_add(&words, "--detach");
	words_rest(&words, NULL);
	code = words_submit(&words, &options.az, HD_RECORD_JOB);
out:
	free(options.sets.items);
	return code;
}

const struct cli_command az_job_create = {
	.name = "job create",
	.summary = "run a sweep job",
	.usage = "-f FILE [option...] [-- CMD ARG...]",
	.examples = "  hdrive job create -f sweep.yml\n"
		    "  hdrive job create -f sweep.yml --stream --set limits.max_total_trials=8\n",
	.options = create_rows,
	.notes = "It goes on in the background, unless --stream; its record is printed.\n",
	.run = create_main,
};
