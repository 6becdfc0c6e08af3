/*
 * What every command that submits a sweep does: its flags, what is settled
 * before anything is created, dry runs, and the run.
 */
#include "cli/submit.h"

#include "cli/run.h"
#include "cli/target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Trials a processor from which a person is told how many there are. */
#define CROWD 4

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
	const struct submit_what *what;
	struct target_file targets;
	struct target_file own; /* of the sweep that is gone on with */
	struct hd_config *config;
	struct hd_runconfig *runconfig;   /* NULL without -c */
	const struct hd_target *target;   /* NULL: nobody names one */
	struct hd_program program;        /* borrows from the two */
	struct hd_sweep_options snapshot; /* what is said of it */
	bool seed_is_any;                 /* nobody asked for this one */
};

static int submit_load(struct submit_work *work)
{
	const struct submit_options *options = work->options;
	const struct hd_config_load load = {
		.size = sizeof load,
		.sets = options->sets.items,
		.set_count = options->sets.count,
		.inputs = options->inputs.items,
		.input_count = options->inputs.count,
		.metric_patterns = options->patterns.items,
		.metric_pattern_count = options->patterns.count,
		.targets = work->targets.targets,
		.ignore_compute = options->backend || options->runconfig.target,
	};
	int code = submit_check_patterns(work->cli, &options->patterns);

	return code == CLI_OK ? work->what->load(work->cli, work->what, &load, &work->config)
			      : code;
}

/* What trials run: what -c names, or the file, or stands behind "--". */
static int submit_program(struct submit_work *work)
{
	struct cli *cli = work->cli;
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
				"no training program: %s -- python train.py", work->what->said);
	return code;
}

/* --- where they run ----------------------------------------------------------- */

/* The targets there are; --backend must be one. */
static int submit_targets(struct submit_work *work)
{
	struct submit_options *options = work->options;
	int code = target_open(work->cli, &work->targets);

	if (code != CLI_OK || !options->backend)
		return code;
	work->target = target_find(work->cli, &work->targets, options->backend);
	/* Nobody asks what the file says of it. */
	options->runconfig.target = options->backend;
	return work->target ? CLI_OK : CLI_MISSING;
}

/* Azure's names are those of its clusters: one that is not here is this machine,
 * which the loader of the file that has it says. */
static int submit_target(struct submit_work *work)
{
	const struct submit_options *options = work->options;
	const char *name = options->runconfig.target;

	if (!name && work->runconfig)
		name = work->runconfig->target;
	if (!name)
		name = work->config->target;
	if (!work->target && name)
		work->target = hd_targets_find(work->targets.targets, name);
	if (work->target || work->runconfig || !name)
		return CLI_OK;
	if (options->runconfig.strict_target)
		return cli_fail(work->cli, CLI_USAGE, "target '%s' is not configured here", name);
	cli_say(work->cli,
		"warning: target '%s' is not configured here: trials run on this machine", name);
	return CLI_OK;
}

static bool submit_is_elsewhere(const struct submit_work *work)
{
	return work->target && work->target->type->is_remote;
}

/* What starts a trial's processes, and on how many machines: of another place
 * only that place knows. */
static int submit_check_ranks(struct submit_work *work)
{
	struct hd_error err = { 0 };

	if (submit_is_elsewhere(work) ||
	    (hd_program_check_machines(&work->program, 1, &err) == 0 &&
	     hd_program_check(&work->program, getenv("PATH"), &err) == 0))
		return CLI_OK;
	return cli_fail_error(work->cli, &err);
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

static int is_named(void *user, const struct hd_sweep_row *row)
{
	return !strcmp(user, row->name);
}

/*
 * A sweep of that name goes on where it was, unless --backend says another
 * place. HD_ENOENT when there is none.
 */
static int submit_go_on(struct submit_work *work, struct hd_sweep **sweep,
			struct hd_store *store, struct hd_sweep_options *host,
			struct hd_error *err)
{
	const struct submit_options *options = work->options;
	const char *name = options->name ? options->name : work->config->name;
	const struct hd_target *target = host->target;
	int64_t key;
	int rc = 0;

	/* The beginning of another's name is not this one. */
	if (!options->backend && hd_store_find_sweep(store, name, &key, err) == 0 &&
	    hd_store_sweep(store, key, is_named, (void *)name, err) == 1) {
		host->target = NULL;
		rc = target_of_sweep(work->cli, store, key, NULL, &work->own, host, err);
	}
	if (rc == 0)
		rc = hd_sweep_resume_named(sweep, store, work->config, host, err);
	if (rc < 0)
		host->target = target;
	return rc;
}

static int submit_make(void *user, struct hd_sweep **sweep,
		       struct hd_store *store, struct hd_sweep_options *host,
		       struct hd_error *err)
{
	struct submit_work *work = user;
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
	host->target = work->target;
	if (options->or_resume) {
		host->has_seed = !work->seed_is_any;
		rc = submit_go_on(work, sweep, store, host, err);
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
	if (options->dry_run.given && submit_is_elsewhere(work))
		cli_say(work->cli, "trials would run on %s: %s", work->target->name,
			work->target->type->summary);
	if (options->dry_run.given)
		return submit_try(work, dry_count(options, work->config), true);
	if (!submit_is_elsewhere(work))
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

int submit_sweep(struct cli *cli, struct submit_options *options,
		 const struct submit_what *what)
{
	struct submit_work work = { .cli = cli, .options = options, .what = what };
	int code;

	if (options->parsable)
		cli->quiet = true;
	code = after_check(cli, &options->after);
	if (code == CLI_OK)
		code = snapshot_check(cli, &options->snapshot, &work.snapshot);
	if (code == CLI_OK)
		code = submit_targets(&work);
	options->runconfig.targets = work.targets.targets;
	if (code == CLI_OK)
		code = submit_load(&work);
	if (code == CLI_OK)
		code = submit_check_name(cli, options, work.config);
	if (code == CLI_OK)
		code = submit_program(&work);
	if (code == CLI_OK)
		code = submit_target(&work);
	if (code == CLI_OK)
		code = submit_check_ranks(&work);
	if (code == CLI_OK)
		code = submit_run(&work);
	hd_runconfig_free(work.runconfig);
	hd_config_free(work.config);
	target_close(&work.targets);
	target_close(&work.own);
	return code;
}

void submit_release(struct submit_options *options)
{
	limit_release(&options->limits);
	warm_release(&options->warm);
	runconfig_release(&options->runconfig);
}
