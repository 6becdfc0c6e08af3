/* hdrive submit: create a sweep and run it here until its end. */
#include "cli/limits.h"
#include "cli/run.h"
#include "cli/runconfig.h"
#include "cli/snapshot.h"
#include "cli/warm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct submit_options {
	struct cli_size dry_run;
	struct cli_size seed;
	struct cli_size max_concurrent;
	struct cli_list sets;
	struct cli_list inputs;
	struct cli_list patterns;
	struct limit_options limits;
	struct warm_options warm;
	struct snapshot_options snapshot;
	struct runconfig_options runconfig;
	const char *name;
	bool or_resume;
	const char *experiment;
	const char *gpus;
	struct cli_size gpus_per_trial;
	struct cli_size cpus_per_trial;
	bool detach;
	bool parsable;
	bool once;
	struct after_options after;
};

/* Trials a processor from which a person is told how many there are. */
#define CROWD 4

#define ROW(field) offsetof(struct submit_options, field)
static const struct cli_opt submit_rows[] = {
	{ "dry-run", 0, "[=N]", "print the first N command lines (10), create nothing",
	  CLI_OPT_MAYBE, ROW(dry_run), 1 },
	{ "max-concurrent", 'j', "N", "trials at a time, instead of the file's", CLI_OPT_SIZE,
	  ROW(max_concurrent), 1 },
	{ "gpus", 0, "LIST", "each trial its GPU: auto, ids as 0,2, or 0:2 for two trials on GPU 0",
	  CLI_OPT_TEXT, ROW(gpus), 0 },
	{ "gpus-per-trial", 0, "N", "each trial N of them, instead of 1", CLI_OPT_SIZE,
	  ROW(gpus_per_trial), 1 },
	{ "cpus-per-trial", 0, "N", "each trial N CPUs for itself, and as many threads",
	  CLI_OPT_SIZE, ROW(cpus_per_trial), 1 },
	{ "seed", 0, "N", "the same seed gives the same trials", CLI_OPT_SIZE, ROW(seed), 0 },
	{ "set", 0, "KEY=VALUE", "change a key of the file: --set max_total_runs=8", CLI_OPT_LIST,
	  ROW(sets), 0 },
	{ "input", 0, "NAME=VALUE", "an input of a sweep job, for data a local path", CLI_OPT_LIST,
	  ROW(inputs), 0 },
	LIMIT_ROWS(struct submit_options, limits),
	WARM_ROWS(struct submit_options, warm),
	SNAPSHOT_ROWS(struct submit_options, snapshot),
	RUNCONFIG_ROWS(struct submit_options, runconfig),
	{ "detach", 'd', NULL, "go on in the background; the engine's talk in FOLDER/engine.log",
	  CLI_OPT_FLAG, ROW(detach), 0 },
	{ "once", 0, NULL, "no FILE: run the program once, with nothing to look for",
	  CLI_OPT_FLAG, ROW(once), 0 },
	{ "name", 0, "NAME", "name the sweep (else one is made up)", CLI_OPT_TEXT, ROW(name), 0 },
	{ "or-resume", 0, NULL, "go on with the sweep of that name, if there is one",
	  CLI_OPT_FLAG, ROW(or_resume), 0 },
	{ "experiment", 0, "NAME", "the experiment it is in (else its folder's name)",
	  CLI_OPT_TEXT, ROW(experiment), 0 },
	{ "metric-pattern", 0, "RE",
	  "PCRE2 with groups name, value, step; in place of the usual rules", CLI_OPT_LIST,
	  ROW(patterns), 0 },
	{ "parsable", 0, NULL, "only the sweep's name, on stdout", CLI_OPT_FLAG, ROW(parsable), 0 },
	AFTER_ROWS(struct submit_options, after),
	CLI_OPT_END
};

/* A pattern is judged before anything is created. */
static int submit_check_patterns(struct cli *cli, const struct cli_list *patterns)
{
	struct hd_metric_rules *rules = NULL;
	struct hd_error err = { 0 };

	if (hd_metric_rules_new(&rules, patterns->items, patterns->count,
				&err) < 0)
		return cli_fail_error(cli, &err);
	hd_metric_rules_free(rules);
	return CLI_OK;
}

/* What is loaded and settled before anything is created. */
struct submit_work {
	struct cli *cli;
	struct submit_options *options;
	struct hd_config *config;
	struct hd_runconfig *runconfig;   /* NULL without -c */
	struct hd_program program;        /* borrows from the two */
	struct hd_sweep_options snapshot; /* what is said of it */
	bool seed_is_any;                 /* nobody asked for this one */
};

/* What stands in place of a file where one run is all. */
static int submit_once(struct cli *cli, const struct hd_config_load *load,
		       struct hd_config **config)
{
	struct hd_findings *findings = hd_findings_new();
	struct hd_error err = { 0 };
	int rc;

	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	rc = hd_config_parse(config, HD_CONFIG_ONCE, strlen(HD_CONFIG_ONCE), "--once", load,
			     findings, &err);
	cli_findings(cli, findings);
	hd_findings_free(findings);
	return rc < 0 ? cli_fail_error(cli, &err) : CLI_OK;
}

static int submit_load(struct cli *cli, const struct submit_options *options,
		       struct hd_config **config)
{
	const struct hd_config_load load = {
		.size = sizeof load,
		.sets = options->sets.items,
		.set_count = options->sets.count,
		.inputs = options->inputs.items,
		.input_count = options->inputs.count,
		.metric_patterns = options->patterns.items,
		.metric_pattern_count = options->patterns.count,
	};
	int code = submit_check_patterns(cli, &options->patterns);

	if (code == CLI_OK && options->once)
		code = submit_once(cli, &load, config);
	else if (code == CLI_OK)
		code = runconfig_sweep_file(cli, &options->runconfig,
					    cli->words[0], &load, config);
	return code;
}

/* What trials run: what -c names, or the file, or stands behind "--". */
static int submit_program(struct submit_work *work)
{
	struct cli *cli = work->cli;
	struct hd_error err = { 0 };
	int code = CLI_OK;

	work->program = cli_program(cli, work->config);
	if (work->options->runconfig.name)
		code = runconfig_program(cli, &work->options->runconfig,
					 work->config, &work->runconfig,
					 &work->program);
	else
		code = runconfig_unused(cli, &work->options->runconfig);
	if (code == CLI_OK && work->program.word_count == 0)
		code = cli_fail(cli, CLI_USAGE,
				"no training program: hdrive submit %s -- python train.py",
				work->options->once ? "--once" : cli->words[0]);
	if (code == CLI_OK &&
	    hd_program_check(&work->program, getenv("PATH"), &err) < 0)
		code = cli_fail_error(cli, &err);
	return code;
}

struct submit_lines {
	struct cli *cli;
	const struct hd_space *space;
	struct hd_program program;
	struct hd_findings *findings; /* NULL after the first line */
	bool print;
	struct hd_error *err;
};

static int submit_line(void *user, size_t number, const struct hd_value *values)
{
	struct submit_lines *lines = user;
	struct cli *cli = lines->cli;
	char **words = NULL;
	int rc = hd_program_argv(&words, &lines->program, lines->space, values,
				 NULL, lines->findings, lines->err);

	lines->findings = NULL;
	if (rc < 0)
		return rc;
	if (lines->print && cli->json) {
		cli_put(cli, "{\"trial\":%zu,\"argv\":", number);
		cli_put_words(cli, words);
		cli_put(cli, ",\"parameters\":");
		(void)hd_report_values(lines->space, values, &cli->out);
		cli_put(cli, "}\n");
	} else if (lines->print) {
		cli_put(cli, "%zu  ", number);
		cli_put_words(cli, words);
		cli_put(cli, "\n");
	}
	free(words);
	return cli->out_errno ? HD_EIO : 0;
}

/*
 * Build the first COUNT command lines: printed in a dry run; in a real one
 * the first is built to warn of arguments that are given twice.
 */
static int submit_try(const struct submit_work *work, size_t count, bool print)
{
	struct cli *cli = work->cli;
	struct hd_error err = { 0 };
	struct submit_lines lines = {
		.cli = cli,
		.space = work->config->space,
		.program = work->program,
		.print = print,
		.err = &err,
	};
	struct hd_findings *findings = hd_findings_new();
	int rc;

	if (!findings)
		return cli_fail(cli, CLI_ERROR, "out of memory");
	lines.findings = findings;
	rc = hd_config_sample(work->config, work->options->seed.value, count,
			      submit_line, &lines, &err);
	cli_findings(cli, findings);
	hd_findings_free(findings);
	return rc < 0 ? cli_fail_error(cli, &err) : CLI_OK;
}

static size_t dry_count(const struct submit_options *options,
			const struct hd_config *config)
{
	size_t count = options->dry_run.valued ? options->dry_run.value : 10;

	return count < config->max_total ? count : config->max_total;
}

static int submit_make(void *user, struct hd_sweep **sweep,
		       struct hd_store *store, struct hd_sweep_options *host,
		       struct hd_error *err)
{
	const struct submit_work *work = user;
	const struct submit_options *options = work->options;
	int rc = HD_ENOENT;

	host->name = options->name;
	host->experiment = options->experiment;
	host->has_seed = options->seed.given;
	host->seed = options->seed.value;
	host->max_concurrent = options->max_concurrent.value;
	host->gpus = options->gpus;
	host->gpus_per_trial = options->gpus_per_trial.value;
	host->cpus_per_trial = options->cpus_per_trial.value;
	host->no_snapshot = work->snapshot.no_snapshot ||
			    (work->runconfig && !work->runconfig->snapshot);
	host->snapshot_bytes = work->snapshot.snapshot_bytes;
	host->snapshot_files = work->snapshot.snapshot_files;
	host->program = &work->program;
	host->source = options->runconfig.path;
	if (options->or_resume) {
		host->has_seed = !work->seed_is_any;
		rc = hd_sweep_resume_named(sweep, store, work->config, host, err);
		host->has_seed = true;
	}
	return rc != HD_ENOENT ? rc : hd_sweep_new(sweep, store, work->config, host, err);
}

static bool submit_has_devices(const struct submit_options *options,
			       const struct hd_config *config)
{
	return options->gpus || options->gpus_per_trial.given ||
	       options->cpus_per_trial.given || config->gpus ||
	       config->gpus_per_trial || config->cpus_per_trial;
}

/* Azure's default is all trials at once, which one machine seldom likes. */
static void submit_note_crowd(struct cli *cli,
			      const struct submit_options *options,
			      const struct hd_config *config)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);

	if (processors > 0 && !options->max_concurrent.given &&
	    !submit_has_devices(options, config) &&
	    config->max_concurrent == config->max_total &&
	    config->max_total > CROWD * (size_t)processors)
		cli_say(cli,
			"note: all %zu trials at once on %ld processors; -j N "
			"runs fewer",
			config->max_total, processors);
}

static int submit_run(struct submit_work *work)
{
	struct submit_options *options = work->options;
	struct hd_error err = { 0 };
	int code;

	if (!options->seed.given && work->config->has_seed) {
		options->seed.given = true;
		options->seed.value = work->config->seed;
	}
	work->seed_is_any = !options->seed.given;
	if (work->seed_is_any && cli_random_seed(&options->seed.value, &err) < 0)
		return cli_fail_error(work->cli, &err);
	/* What is warned of is then what runs. */
	options->seed.given = true;
	if (options->dry_run.given)
		return submit_try(work, dry_count(options, work->config), true);
	submit_note_crowd(work->cli, options, work->config);
	code = submit_try(work, 1, false);
	if (code != CLI_OK)
		return code;
	return run_sweep(work->cli, &(struct run_how){ .mode = HD_STORE_CREATE,
						       .detach = options->detach,
						       .make = submit_make,
						       .user = work,
						       .after = &options->after });
}

/* By what else could it be found? */
static int submit_check_name(struct cli *cli, const struct submit_options *options,
			     const struct hd_config *config)
{
	if (!options->or_resume || options->name || config->name)
		return CLI_OK;
	return cli_fail(cli, CLI_USAGE, "'--or-resume' needs the sweep's name: --name NAME");
}

static int submit_all(struct cli *cli, struct submit_options *options)
{
	struct submit_work work = { .cli = cli, .options = options };
	int code = snapshot_check(cli, &options->snapshot, &work.snapshot);

	if (code == CLI_OK)
		code = submit_load(cli, options, &work.config);
	if (code == CLI_OK)
		code = submit_check_name(cli, options, work.config);
	if (code == CLI_OK)
		code = submit_program(&work);
	if (code == CLI_OK)
		code = submit_run(&work);
	hd_runconfig_free(work.runconfig);
	hd_config_free(work.config);
	return code;
}

static int submit_main(struct cli *cli)
{
	struct submit_options options = { 0 };
	int code;

	if (!cli_parse(cli, &options, &code))
		goto out;
	if (cli->word_count == 0 && !options.once) {
		code = cli_fail(cli, CLI_USAGE,
				"usage: hdrive submit FILE -- CMD ARG...");
		goto out;
	}
	if (cli->word_count > 1 || (cli->word_count && options.once)) {
		code = cli_fail(cli, CLI_USAGE,
				"unexpected '%s': the training program stands behind '--'",
				cli->words[options.once ? 0 : 1]);
		goto out;
	}
	if (options.parsable)
		cli->quiet = true;
	code = limit_sets(cli, &options.limits, &options.sets);
	if (code == CLI_OK)
		code = warm_sets(cli, &options.warm, &options.sets);
	if (code == CLI_OK)
		code = after_check(cli, &options.after);
	if (code == CLI_OK)
		code = submit_all(cli, &options);
out:
	limit_release(&options.limits);
	warm_release(&options.warm);
	runconfig_release(&options.runconfig);
	cli_options_release(cli, &options);
	return code;
}

const struct cli_command cli_cmd_submit = {
	.name = "submit",
	.summary = "run a sweep here, until its end",
	.usage = "FILE [option...] [-c RUNCONFIG] [-- CMD [ARG...]]",
	.examples = "  hdrive submit sweep.yml -- python train.py\n"
		    "  hdrive submit sweep.yml -j 4 --seed 7 -- ./train --data digits.csv\n"
		    "  hdrive submit sweep.yml --dry-run=3 -- python train.py\n"
		    "  hdrive submit sweep.yml --set max_total_runs=8 -- python train.py\n"
		    "  hdrive submit sweep.yml --gpus auto -- python train.py\n"
		    "  hdrive submit sweep.yml -c local\n",
	.options = submit_rows,
	.notes =
		"CMD gets \"--name value\" for every parameter; {name} in a word is replaced.\n"
		"With -c the run configuration says what runs; a script behind '--' replaces its.\n"
		"FILE is '-' for standard input. Ctrl-C stops gracefully, twice at once.\n"
		"Exit codes: hdrive help exit-codes\n",
	.run = submit_main,
};
