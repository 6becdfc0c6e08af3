/* hdrive run submit-hyperdrive, run submit-script. */
#include "cli/az_submit.h"

#include <string.h>

struct submit_options {
	struct az_options az;
	const char *hyperdrive;
	const char *configuration;
	const char *source;
	const char *conda;
	const char *target;
	const char *ct;
	bool async;
};

#define ROW(field) offsetof(struct submit_options, field)
#define SUBMIT_ROWS                                                                           \
	{ "run-configuration-name", 'c', "NAME", "a run configuration", CLI_OPT_TEXT,         \
	  ROW(configuration), 0 },                                                            \
		{ "source-directory", 0, "DIR", "the folder that holds it (--path)",          \
		  CLI_OPT_TEXT, ROW(source), 0 },                                             \
		{ "conda-dependencies", 'd', "FILE", "instead of the run configuration's",    \
		  CLI_OPT_TEXT, ROW(conda), 0 },                                              \
		{ "target", 0, "TARGET", "where it runs, instead of the run configuration's", \
		  CLI_OPT_TEXT, ROW(target), 0 },                                             \
		{ "ct", 0, "TARGET", "the same", CLI_OPT_TEXT, ROW(ct), 0 },                  \
	{                                                                                     \
		"async", 0, NULL, "go on in the background and print the record at once",     \
			CLI_OPT_FLAG, ROW(async), 0                                           \
	}

static const struct cli_opt hyperdrive_rows[] = {
	{ "hyperdrive-configuration-name", 0, "FILE", "the sweep's file", CLI_OPT_TEXT,
	  ROW(hyperdrive), 0 },
	SUBMIT_ROWS,
	AZ_ROWS(struct submit_options, az),
	CLI_OPT_END
};

static const struct cli_opt script_rows[] = {
	SUBMIT_ROWS,
	AZ_ROWS(struct submit_options, az),
	CLI_OPT_END
};

/* What both hand on; RUNNER, unless NULL, runs the script. */
static void submit_words(struct words *words, const struct submit_options *options,
			 const char *runner)
{
	words_flag(words, "-c", options->configuration);
	words_flag(words, "--path", options->source ? options->source : options->az.path);
	words_flag(words, "--conda-dependencies", options->conda);
	words_flag(words, "--ct", options->target ? options->target : options->ct);
	words_flag(words, "--experiment", options->az.experiment);
	if (options->async)
		words_add(words, "--detach");
	words_rest(words, runner);
}

static int hyperdrive_main(struct cli *cli)
{
	struct submit_options options = { 0 };
	struct words words = { .cli = cli };
	int code;

	if (!az_parse_here(cli, &options, &options.az, &code) ||
	    !az_needs(cli, "--hyperdrive-configuration-name", options.hyperdrive, &code))
		return code;
	/* HD-150: shown optional, needed in fact. */
	if (!options.configuration)
		return cli_fail(cli, CLI_USAGE,
				"'-c' is missing: the run configuration says what trials run; "
				"without one: hdrive submit %s -- python train.py",
				options.hyperdrive);
	words_add(&words, options.hyperdrive);
	submit_words(&words, &options, NULL);
	return words_submit(&words, &options.az, HD_RECORD_RUN);
}

/* Azure's default: this machine and its Python. */
static const char *script_runner(const char *script)
{
	size_t length = strlen(script);

	return length > 3 && !strcmp(script + length - 3, ".py") ? "python3" : NULL;
}

static int script_main(struct cli *cli)
{
	struct submit_options options = { 0 };
	struct words words = { .cli = cli };
	const char *runner = NULL;
	int code;

	if (!az_parse_here(cli, &options, &options.az, &code))
		return code;
	if (!options.configuration && cli->rest_count == 0)
		return cli_fail(cli, CLI_USAGE,
				"no script: hdrive run submit-script train.py, or -c with a run "
				"configuration that names one");
	words_add(&words, "--once");
	if (!options.configuration)
		runner = script_runner(cli->rest[0]);
	submit_words(&words, &options, runner);
	return words_submit(&words, &options.az, HD_RECORD_RUN);
}

const struct cli_command az_run_submit_hyperdrive = {
	.name = "run submit-hyperdrive",
	.summary = "run a sweep of what a run configuration runs",
	.usage = "--hyperdrive-configuration-name FILE -c NAME [option...] [SCRIPT ARG...]",
	.examples =
		"  hdrive run submit-hyperdrive --hyperdrive-configuration-name hdconfig.yml -c "
		"sklearn\n"
		"  hdrive run submit-hyperdrive --hyperdrive-configuration-name hdconfig.yml \\\n"
		"      -c sklearn --async train.py --data digits.csv\n",
	.options = hyperdrive_rows,
	.notes = "SCRIPT and what is behind it stand in place of the run configuration's own.\n"
		 "It is followed until its end, then its record is printed.\n",
	.run = hyperdrive_main,
	.script = true,
};

const struct cli_command az_run_submit_script = {
	.name = "run submit-script",
	.summary = "run a script once",
	.usage = "[-c NAME] [option...] [SCRIPT ARG...]",
	.examples = "  hdrive run submit-script train.py --lr 0.1\n"
		    "  hdrive run submit-script -c sklearn --async\n",
	.options = script_rows,
	.notes = "Without a run configuration python3 runs a script that ends in .py, and others\n"
		 "are programs of their own. It is a sweep of one trial, with nothing to look "
		 "for.\n",
	.run = script_main,
	.script = true,
};
