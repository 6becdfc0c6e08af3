/*
 * A sweep that is gone on with: the file as it was submitted and what changed
 * it, command, seed and folder from its row; what is this process's own
 * (launcher, environment, observer) from the caller.
 *
 * Nothing is written before the lock is held, and no process is touched before
 * the sweep runs.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "sweep/sweep_private.h"

#include "base/buf.h"
#include "base/time.h"
#include "space/args.h"
#include "space/difference.h"
#include "store/resume.h"
#include "sweep/lock.h"
#include "sweep/retry.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TEXTS_MOST 4096

/* Texts of rows, kept until the config has its own copies. */
struct texts {
	char **items;
	size_t count;
};

/* All that the store has of the sweep. */
struct resuming {
	struct hd_sweep *sweep;
	const struct hd_sweep_options *options;
	struct texts sets, patterns;
	char *text;
	char *path;
	struct hd_error *err;
};

static int texts_add(void *user, const char *text)
{
	struct texts *texts = user;
	char **items;

	if (texts->count == TEXTS_MOST)
		return HD_ELIMIT;
	items = realloc(texts->items, (texts->count + 1) * sizeof *items);
	if (!items)
		return HD_ENOMEM;
	texts->items = items;
	items[texts->count] = strdup(text);
	if (!items[texts->count])
		return HD_ENOMEM;
	texts->count++;
	return 0;
}

static void texts_release(struct texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
}

/* --- the row -------------------------------------------------------------- */

/* The command's JSON array as words in one block that ends in NULL. */
static int command_read(struct hd_sweep *sweep, const char *json,
			struct hd_error *err)
{
	char **words = NULL;
	size_t count = 0;
	int rc = hd_args_words_read(json, &words, &count, err);

	if (rc == 0 && count == 0)
		rc = hd_error_set(err, HD_ECORRUPT,
				  "sweep '%s' has no command in the store",
				  sweep->name);
	if (rc < 0)
		return rc;
	sweep->command = words;
	sweep->command_count = count;
	return 0;
}

static int take_row(void *user, const struct hd_sweep_row *row)
{
	struct resuming *resuming = user;
	struct hd_sweep *sweep = resuming->sweep;

	snprintf(sweep->id, sizeof sweep->id, "%s", row->id);
	snprintf(sweep->name, sizeof sweep->name, "%s", row->name);
	sweep->seed = row->seed;
	sweep->slots = row->max_concurrent;
	sweep->folder = strdup(row->folder);
	resuming->text = strdup(row->config_text);
	resuming->path = strdup(row->config_path);
	if (!sweep->folder || !resuming->text || !resuming->path)
		return hd_error_nomem(resuming->err);
	return command_read(sweep, row->command, resuming->err);
}

static int take_more(void *user, const struct hd_resume_sweep *row)
{
	struct resuming *resuming = user;
	struct hd_sweep *sweep = resuming->sweep;

	sweep->grace = row->grace > 0 ? row->grace : HD_SWEEP_GRACE;
	if (!*row->source)
		return hd_error_set(resuming->err, HD_ESTATE,
				    "sweep '%s' was made by an hdrive that did "
				    "not store where it ran",
				    sweep->name);
	sweep->source = realpath(row->source, NULL);
	if (!sweep->source)
		return hd_error_set(resuming->err, HD_ENOENT,
				    "the folder '%s' that sweep '%s' ran in is "
				    "not there",
				    row->source, sweep->name);
	return 0;
}

static int resume_read(struct resuming *resuming, struct hd_error *err)
{
	struct hd_sweep *sweep = resuming->sweep;
	int rc = hd_store_sweep(sweep->store, sweep->key, take_row, resuming, err);

	if (rc == 0)
		rc = hd_store_resume_sweep(sweep->store, sweep->key, take_more,
					   resuming, err);
	if (rc == 0)
		rc = hd_store_settings(sweep->store, sweep->key, texts_add,
				       &resuming->sets, err);
	if (rc == 0)
		rc = hd_store_resume_patterns(sweep->store, sweep->key, texts_add,
					      &resuming->patterns, err);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

/* --- the config ----------------------------------------------------------- */

static int parse(struct resuming *resuming, const char *text, const char *path,
		 struct hd_config **out, struct hd_error *err)
{
	const struct hd_config_load load = {
		.size = sizeof load,
		.sets = (const char *const *)resuming->sets.items,
		.set_count = resuming->sets.count,
		.metric_patterns = (const char *const *)resuming->patterns.items,
		.metric_pattern_count = resuming->patterns.count,
	};
	struct hd_findings *findings = hd_findings_new();
	int rc;

	if (!findings)
		return hd_error_nomem(err);
	rc = hd_config_parse(out, text, strlen(text), path, &load, findings, err);
	/* The first of them is the one to tell. */
	for (size_t i = 0; rc == HD_EINVAL && i < hd_findings_kept(findings); i++) {
		const struct hd_finding *finding = hd_findings_at(findings, i);

		if (finding->severity != HD_FINDING_ERROR)
			continue;
		rc = hd_error_at(err, &finding->mark, HD_EINVAL, "%s",
				 finding->text);
		break;
	}
	hd_findings_free(findings);
	return rc;
}

/* A file in place of the stored one: its space must be the same. */
static int resume_config(struct resuming *resuming, struct hd_error *err)
{
	const struct hd_sweep_options *options = resuming->options;
	struct hd_config *stored = NULL;
	int rc = 0;

	if (options->text)
		rc = parse(resuming, resuming->text, resuming->path, &stored, err);
	for (size_t i = 0; rc == 0 && i < options->set_count; i++)
		if (texts_add(&resuming->sets, options->sets[i]) < 0)
			rc = hd_error_nomem(err);
	if (rc == 0)
		rc = parse(resuming, options->text ? options->text : resuming->text,
			   options->text ? options->path : resuming->path,
			   &resuming->sweep->own_config, err);
	resuming->sweep->config = resuming->sweep->own_config;
	if (rc == 0 && stored && !options->accept_space)
		rc = hd_space_compare(stored->space,
				      resuming->sweep->config->space, err);
	hd_config_free(stored);
	return rc;
}

/* --- what changes in the store -------------------------------------------- */

static int resume_limits(const struct resuming *resuming, struct hd_error *err)
{
	const struct hd_sweep_options *options = resuming->options;
	const struct hd_sweep *sweep = resuming->sweep;
	int rc = hd_store_sweep_limits(sweep->store, sweep->key,
				       sweep->config->max_total, sweep->slots,
				       sweep->config->max_duration, err);

	for (size_t i = 0; rc == 0 && i < options->set_count; i++)
		rc = hd_store_setting_add(sweep->store, sweep->key,
					  options->sets[i], err);
	if (rc == 0 && options->text)
		rc = hd_store_sweep_text(sweep->store, sweep->key, options->path,
					 options->text, err);
	return rc;
}

/* This engine's mark, the limits in force, and who is to go on. */
static int resume_store(struct resuming *resuming, struct hd_error *err)
{
	struct hd_sweep *sweep = resuming->sweep;
	const struct hd_retry stopped = { .stopped = true };
	struct hd_resume_totals totals;
	struct hd_resume_trial *rows = NULL;
	struct hd_process self;
	size_t count;
	int rc = hd_store_resume_totals(sweep->store, sweep->key, &totals, err);

	if (rc == 0)
		rc = hd_store_begin(sweep->store, err);
	if (rc < 0)
		return rc;
	/* The clock may have been set back since: what comes is later. */
	if (sweep->started <= totals.stamp)
		sweep->started = totals.stamp + 1;
	hd_process_self(&self);
	rc = resume_limits(resuming, err);
	/* The clock may have been set back since: what comes is later. */
	if (sweep->started <= totals.stamp)
		sweep->started = totals.stamp + 1;
	if (rc == 0 && !resuming->options->stop)
		rc = hd_retry_store(&stopped, sweep->store, sweep->key,
				    sweep->folder, sweep->started, &rows, &count, err);
	/* Before the mark, which ends what the last engine ran. */
	if (rc == 0)
		rc = hd_store_engine_set(sweep->store, sweep->key, &self,
					 sweep->started, totals.stamp, err);
	free(rows);
	if (rc == 0)
		return hd_store_commit(sweep->store, true, err);
	hd_store_rollback(sweep->store);
	return rc;
}

static int resume_slots(struct hd_sweep *sweep,
			const struct hd_sweep_options *options)
{
	if (options->max_concurrent)
		sweep->slots = options->max_concurrent;
	else if (options->set_count || options->text)
		sweep->slots = sweep->config->max_concurrent;
	if (sweep->slots > sweep->config->max_total)
		sweep->slots = sweep->config->max_total;
	return 0;
}

static int sweep_reopen(struct resuming *resuming, struct hd_error *err)
{
	struct hd_sweep *sweep = resuming->sweep;
	int rc = resume_read(resuming, err);

	/* Its row may have come to be without it, as a disk failed. */
	if (rc == 0 && mkdir(sweep->folder, 0777) < 0 && errno != EEXIST)
		rc = hd_error_errno(err, errno, "cannot make the folder '%s'",
				    sweep->folder);
	if (rc == 0)
		rc = hd_sweep_lock(&sweep->lock, sweep->folder, sweep->name, err);
	if (rc == 0)
		rc = hd_sweep_take_host(sweep, resuming->options, err);
	if (rc == 0)
		rc = resume_config(resuming, err);
	if (rc == 0)
		rc = resume_slots(sweep, resuming->options);
	if (rc == 0)
		rc = hd_sweep_check_descriptors(sweep, err);
	if (rc == 0)
		rc = hd_sweep_open_loop(sweep, err);
	return rc < 0 ? rc : resume_store(resuming, err);
}

int hd_sweep_resume(struct hd_sweep **out, struct hd_store *store, int64_t key,
		    const struct hd_sweep_options *options,
		    struct hd_error *err)
{
	struct hd_sweep *sweep;
	struct resuming resuming = { .options = options, .err = err };
	int rc = hd_sweep_alloc(&sweep, store, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	sweep->key = key;
	sweep->resumes = true;
	resuming.sweep = sweep;
	rc = sweep_reopen(&resuming, err);
	texts_release(&resuming.sets);
	texts_release(&resuming.patterns);
	free(resuming.text);
	free(resuming.path);
	if (rc < 0)
		goto out;
	*out = sweep;
	sweep = NULL;
out:
	hd_sweep_free(sweep);
	return rc;
}
