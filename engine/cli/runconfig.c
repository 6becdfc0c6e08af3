#include "cli/runconfig.h"

#include <stdlib.h>
#include <string.h>

/* --- the sweep's file -------------------------------------------------------- */

int runconfig_sweep_file(struct cli *cli, const struct runconfig_options *options,
			 const char *file, const struct hd_config_load *load,
			 struct hd_config **out)
{
	struct hd_error err = { 0 };
	char *path = NULL;
	int code;

	if (!options->path || !strcmp(file, "-"))
		return cli_config_load(cli, file, load, out);
	*out = NULL;
	if (hd_config_find(&path, file, options->path, &err) < 0)
		return cli_fail_error(cli, &err);
	code = cli_config_load(cli, path, load, out);
	free(path);
	return code;
}

/* --- what stands for the cloud's data ------------------------------------------ */

/* "NAME=DIR" into PLACE, whose name is cut off in the word itself. */
static int place_read(struct cli *cli, const char *option, const char *word,
		      struct hd_runconfig_place *place)
{
	const char *equals = strchr(word, '=');
	char *copy;

	if (!equals || equals == word || !equals[1])
		return cli_fail(cli, CLI_USAGE,
				"'--%s' must be NAME=PATH, got '%s'", option,
				word);
	copy = strdup(word);
	if (!copy)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	copy[equals - word] = '\0';
	place->name = copy;
	place->path = copy + (equals - word) + 1;
	return CLI_OK;
}

static size_t place_count(const struct runconfig_options *options)
{
	return options->datastores.count + options->datasets.count;
}

static int places_read(struct cli *cli, struct runconfig_options *options)
{
	size_t stores = options->datastores.count;
	int code = CLI_OK;

	options->places = calloc(place_count(options) + 1,
				 sizeof *options->places);
	if (!options->places)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	for (size_t i = 0; code == CLI_OK && i < stores; i++)
		code = place_read(cli, "datastore", options->datastores.items[i],
				  &options->places[i]);
	for (size_t i = 0; code == CLI_OK && i < options->datasets.count; i++)
		code = place_read(cli, "dataset", options->datasets.items[i],
				  &options->places[stores + i]);
	return code;
}

void runconfig_release(struct runconfig_options *options)
{
	/* The name begins the block that place_read made. */
	for (size_t i = 0; options->places && i < place_count(options); i++)
		free((char *)options->places[i].name);
	free(options->places);
	free(options->python);
	options->places = NULL;
	options->python = NULL;
}

/* --- loading ---------------------------------------------------------------------- */

static struct hd_runconfig_host host_of(const struct cli *cli,
					const struct runconfig_options *options)
{
	return (struct hd_runconfig_host){
		.size = sizeof(struct hd_runconfig_host),
		.path = getenv("PATH"),
		.source = options->path,
		.words = cli->rest,
		.word_count = cli->rest_count,
		.datastores = options->places,
		.datastore_count = options->datastores.count,
		.datasets = options->places + options->datastores.count,
		.dataset_count = options->datasets.count,
		.target = options->target,
		.conda_file = options->conda,
		.python = options->python,
		.strict_target = options->strict_target,
		.allow_docker = options->allow_docker,
		.targets = options->targets,
	};
}

static int load(struct cli *cli, const char *path,
		const struct hd_runconfig_host *host, bool talk,
		struct hd_runconfig **out)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_error err = { 0 };
	int rc;

	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = hd_runconfig_open(out, path, host, findings, &err);
	if (talk || rc < 0)
		cli_findings(cli, findings);
	if (rc < 0 && hd_findings_count(findings, HD_FINDING_ERROR))
		rc = CLI_USAGE;
	else if (rc < 0)
		rc = cli_fail_error(cli, &err);
	hd_findings_free(findings);
	return rc;
}

/* Build what the file describes; the second load then runs in it. */
static int build(struct cli *cli, struct runconfig_options *options,
		 const char *path)
{
	struct hd_runconfig_host host = host_of(cli, options);
	struct hd_runconfig *runconfig = NULL;
	int code;

	host.size = sizeof host;
	code = load(cli, path, NULL, false, &runconfig);
	if (code == CLI_OK && options->conda)
		runconfig->conda_file = options->conda;
	if (code == CLI_OK && (options->conda || !runconfig->user_managed))
		code = conda_build(cli, runconfig, options->path,
				   &options->python);
	else if (code == CLI_OK)
		code = cli_fail(cli, CLI_USAGE,
				"'--build-env': the run configuration names no"
				" conda environment to build");
	hd_runconfig_free(runconfig);
	return code;
}

static void note_words(struct cli *cli, const struct hd_runconfig *runconfig)
{
	if (cli->rest_count && (runconfig->script || runconfig->argument_count))
		cli_say(cli,
			"note: '%s' and its arguments in place of the run"
			" configuration's",
			cli->rest[0]);
}

int runconfig_program(struct cli *cli, struct runconfig_options *options,
		      const struct hd_config *config,
		      struct hd_runconfig **out, struct hd_program *program)
{
	struct hd_error err = { 0 };
	struct hd_runconfig_host host;
	char *path = NULL;
	int code;

	*out = NULL;
	if (config->program)
		return cli_fail(cli, CLI_USAGE,
				"'-c' is for HyperDrive files: this sweep job"
				" says itself what to run");
	if (hd_runconfig_find(&path, options->name,
			      options->path ? options->path : ".", &err) < 0)
		return cli_fail_error(cli, &err);
	code = places_read(cli, options);
	if (code == CLI_OK && options->build_env)
		code = build(cli, options, path);
	host = host_of(cli, options);
	if (code == CLI_OK)
		code = load(cli, path, &host, true, out);
	free(path);
	if (code != CLI_OK)
		return code;
	note_words(cli, *out);
	*program = *(*out)->program;
	if (program->word_count == 0)
		return cli_fail(cli, CLI_USAGE,
				"run configuration '%s' names no script: give"
				" one behind '--'",
				options->name);
	return CLI_OK;
}

int runconfig_unused(struct cli *cli, const struct runconfig_options *options)
{
	const struct {
		bool given;
		const char *name;
	} rows[] = {
		{ options->conda != NULL, "conda-dependencies" },
		{ options->datastores.count > 0, "datastore" },
		{ options->datasets.count > 0, "dataset" },
		{ options->allow_docker, "allow-docker" },
		{ options->build_env, "build-env" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (rows[i].given)
			return cli_fail(cli, CLI_USAGE,
					"'--%s' needs a run configuration: give"
					" one with -c",
					rows[i].name);
	return CLI_OK;
}
