/* hdrive sample: what a sweep would try, without running anything. */
#include "cli/cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct sample_options {
	struct cli_size count;
	struct cli_size seed;
	const char *format;
	struct cli_list sets;
	struct cli_list inputs;
};

#define ROW(field) offsetof(struct sample_options, field)
static const struct cli_opt sample_rows[] = {
	{ "count", 'n', "N", "how many configurations (10)", CLI_OPT_SIZE, ROW(count), 0 },
	{ "format", 0, "table|jsonl|argv", "how to print them (table)", CLI_OPT_TEXT, ROW(format),
	  0 },
	{ "seed", 0, "N", "the same seed gives the same configurations", CLI_OPT_SIZE, ROW(seed),
	  0 },
	{ "set", 0, "KEY=VALUE", "change a key of the file first", CLI_OPT_LIST, ROW(sets), 0 },
	{ "input", 0, "NAME=VALUE", "an input of a sweep job, for data a local path", CLI_OPT_LIST,
	  ROW(inputs), 0 },
	CLI_OPT_END
};

struct sample_walk {
	struct cli *cli;
	const struct hd_space *space;
	struct hd_program program;
	size_t *widths;                /* of the table's columns */
	size_t *columns;               /* which each parameter stands in */
	const struct hd_value **shown; /* in each column */
	struct hd_error *err;
};

/* A name that stands in several branches has the column of the first. */
static size_t sample_column(const struct hd_space *space, size_t param)
{
	size_t i = hd_space_is_conditional(space) ? 0 : param;

	while (strcmp(hd_space_param(space, i)->name,
		      hd_space_param(space, param)->name) != 0)
		i++;
	return i;
}

/* What stands in each column; "" where nothing exists. */
static void sample_show(struct sample_walk *walk, const struct hd_value *values)
{
	for (size_t i = 0; i < hd_space_count(walk->space); i++)
		if (walk->columns[i] == i || values[i].kind != HD_VALUE_ABSENT)
			walk->shown[walk->columns[i]] = &values[i];
}

/* The value as the script gets it, harmless; the caller's to free(). */
static char *sample_text(const struct hd_value *value)
{
	size_t length = hd_value_format(value, NULL, 0);
	size_t size = length * 4 + 1;
	char *text = malloc(length + 1);
	char *plain = malloc(size);

	if (text && plain) {
		hd_value_format(value, text, length + 1);
		hd_plain_text(text, plain, size);
	} else {
		free(plain);
		plain = NULL;
	}
	free(text);
	return plain;
}

static int sample_measure(void *user, size_t number,
			  const struct hd_value *values)
{
	struct sample_walk *walk = user;

	(void)number;
	sample_show(walk, values);
	for (size_t i = 0; i < hd_space_count(walk->space); i++) {
		char *text = sample_text(walk->shown[walk->columns[i]]);

		if (!text)
			return hd_error_nomem(walk->err);
		if (strlen(text) > walk->widths[walk->columns[i]])
			walk->widths[walk->columns[i]] = strlen(text);
		free(text);
	}
	return 0;
}

static int sample_row(void *user, size_t number, const struct hd_value *values)
{
	struct sample_walk *walk = user;

	cli_put(walk->cli, "%5zu", number);
	sample_show(walk, values);
	for (size_t i = 0; i < hd_space_count(walk->space); i++) {
		char *text;

		if (walk->columns[i] != i)
			continue;
		text = sample_text(walk->shown[i]);
		if (!text)
			return hd_error_nomem(walk->err);
		cli_put(walk->cli, "  %*s", (int)walk->widths[i], text);
		free(text);
	}
	cli_put(walk->cli, "\n");
	return walk->cli->out_errno ? HD_EIO : 0;
}

static int sample_jsonl(void *user, size_t number,
			const struct hd_value *values)
{
	struct sample_walk *walk = user;

	(void)number;
	(void)hd_report_values(walk->space, values, &walk->cli->out);
	cli_put(walk->cli, "\n");
	return walk->cli->out_errno ? HD_EIO : 0;
}

static int sample_argv(void *user, size_t number, const struct hd_value *values)
{
	struct sample_walk *walk = user;
	struct cli *cli = walk->cli;
	char **words = NULL;
	int rc;

	/* Without a command: the parameters alone. */
	rc = walk->program.word_count == 0
		     ? hd_args_build(&words, walk->space, values, NULL, 0, NULL,
				     walk->err)
		     : hd_program_argv(&words, &walk->program, walk->space,
				       values, NULL, NULL, walk->err);

	(void)number;
	if (rc < 0)
		return rc;
	cli_put_words(cli, words);
	cli_put(cli, "\n");
	free(words);
	return cli->out_errno ? HD_EIO : 0;
}

static bool sample_room(struct sample_walk *walk)
{
	size_t count = hd_space_count(walk->space);

	walk->widths = calloc(count + 1, sizeof *walk->widths);
	walk->columns = calloc(count + 1, sizeof *walk->columns);
	walk->shown = calloc(count + 1, sizeof(walk->shown[0]));
	if (!walk->widths || !walk->columns || !walk->shown)
		return false;
	for (size_t i = 0; i < count; i++) {
		walk->columns[i] = sample_column(walk->space, i);
		walk->widths[i] = strlen(hd_space_param(walk->space, i)->name);
	}
	return true;
}

/* Samples are a function of the seed: asked twice, once for the widths. */
static int sample_table(struct sample_walk *walk,
			const struct hd_config *config, uint64_t seed,
			size_t count)
{
	int rc = sample_room(walk) ? hd_config_sample(config, seed, count,
						      sample_measure, walk,
						      walk->err)
				   : hd_error_nomem(walk->err);

	if (rc < 0)
		goto out;
	cli_put(walk->cli, "TRIAL");
	for (size_t i = 0; i < hd_space_count(config->space); i++)
		if (walk->columns[i] == i)
			cli_put(walk->cli, "  %*s", (int)walk->widths[i],
				hd_space_param(config->space, i)->name);
	cli_put(walk->cli, "\n");
	rc = hd_config_sample(config, seed, count, sample_row, walk, walk->err);
out:
	free(walk->widths);
	free(walk->columns);
	free(walk->shown);
	return rc;
}

static int sample_print(struct cli *cli, const struct sample_options *options,
			const struct hd_config *config)
{
	struct hd_error err = { 0 };
	struct sample_walk walk = {
		.cli = cli,
		.space = config->space,
		.program = cli_program(cli, config),
		.err = &err,
	};
	const char *format = options->format ? options->format : cli->json ? "jsonl"
									   : "table";
	size_t count = options->count.given ? options->count.value : 10;
	uint64_t seed = options->seed.value;
	int rc = 0;

	if (!options->seed.given && config->has_seed)
		seed = config->seed;
	else if (!options->seed.given)
		rc = cli_random_seed(&seed, &err);
	if (rc == 0 && !options->seed.given)
		cli_say(cli, "seed %llu", (unsigned long long)seed);
	if (rc < 0)
		return cli_fail_error(cli, &err);
	if (!strcmp(format, "table"))
		rc = sample_table(&walk, config, seed, count);
	else if (!strcmp(format, "jsonl"))
		rc = hd_config_sample(config, seed, count, sample_jsonl, &walk, &err);
	else
		rc = hd_config_sample(config, seed, count, sample_argv, &walk, &err);
	return rc < 0 ? cli_fail_error(cli, &err) : CLI_OK;
}

static bool sample_format_known(struct cli *cli, const char *format)
{
	if (!format || !strcmp(format, "table") || !strcmp(format, "jsonl") ||
	    !strcmp(format, "argv"))
		return true;
	cli_fail(cli, CLI_USAGE,
		 "unknown format '%s', one of: table, jsonl, argv", format);
	return false;
}

static int sample_main(struct cli *cli)
{
	struct sample_options options = { 0 };
	struct hd_config_load load = { .size = sizeof load };
	struct hd_config *config = NULL;
	int code;

	if (!cli_parse(cli, &options, &code))
		goto out;
	if (cli->word_count != 1) {
		code = cli_fail(cli, CLI_USAGE, "usage: hdrive sample %s",
				cli->command->usage);
		goto out;
	}
	code = CLI_USAGE;
	if (!sample_format_known(cli, options.format))
		goto out;
	load.sets = options.sets.items;
	load.set_count = options.sets.count;
	load.inputs = options.inputs.items;
	load.input_count = options.inputs.count;
	code = cli_config_load(cli, cli->words[0], &load, &config);
	if (code == CLI_OK)
		code = sample_print(cli, &options, config);
out:
	hd_config_free(config);
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_sample = {
	.name = "sample",
	.summary = "print configurations of a sweep without running it",
	.usage = "FILE [option...] [-- CMD ARG...]",
	.examples = "  hdrive sample sweep.yml\n"
		    "  hdrive sample sweep.yml -n 1000 --format jsonl --seed 7\n"
		    "  hdrive sample sweep.yml --format argv -- python train.py\n",
	.options = sample_rows,
	.run = sample_main,
};
