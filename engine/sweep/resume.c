/*
 * A sweep that is gone on with: the file as it was submitted and what changed
 * it, command, seed and folder from its row; what is this process's own
 * (launcher, environment, observer) from the caller.
 *
 * Nothing is written before the lock is held, and no process is touched before
 * the sweep runs.
 */
#include "sweep/sweep_private.h"

#include "base/buf.h"
#include "base/time.h"
#include "program/program.h"
#include "space/difference.h"
#include "space/values.h"
#include "store/resume.h"
#include "sweep/ends.h"
#include "sweep/lock.h"
#include "sweep/place.h"
#include "sweep/retry.h"
#include "sweep/stored.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that the store has of the sweep. */
struct resuming {
	struct hd_sweep *sweep;
	const struct hd_sweep_options *options;
	struct hd_texts sets, patterns;
	char *command;
	char *text;
	char *path;
	char *left;  /* what ran its trials before, where that is another */
	double best; /* NAN for none */
	struct hd_error *err;
};

static void resuming_release(struct resuming *resuming)
{
	hd_texts_release(&resuming->sets);
	hd_texts_release(&resuming->patterns);
	free(resuming->command);
	free(resuming->text);
	free(resuming->path);
	free(resuming->left);
}

/* --- the row -------------------------------------------------------------- */

static int take_row(void *user, const struct hd_sweep_row *row)
{
	struct resuming *resuming = user;
	struct hd_sweep *sweep = resuming->sweep;

	snprintf(sweep->id, sizeof sweep->id, "%s", row->id);
	snprintf(sweep->name, sizeof sweep->name, "%s", row->name);
	sweep->seed = row->seed;
	sweep->slots = row->max_concurrent;
	resuming->best = row->best_trial >= 0 ? row->best : NAN;
	sweep->folder = hd_place_follow(row->folder);
	resuming->text = strdup(row->config_text);
	resuming->path = strdup(row->config_path);
	if (!sweep->folder || !resuming->text || !resuming->path)
		return hd_error_nomem(resuming->err);
	resuming->command = strdup(row->command);
	return resuming->command ? 0 : hd_error_nomem(resuming->err);
}

/* What trials run; REST is all but the words of the command. */
static int take_program(struct resuming *resuming, const char *rest)
{
	struct hd_sweep *sweep = resuming->sweep;
	int rc = hd_program_read(&sweep->program, resuming->command, rest,
				 resuming->err);

	if (rc == 0 && sweep->program->word_count == 0 &&
	    !resuming->options->runner && !sweep->starts_nothing)
		rc = hd_error_set(resuming->err, HD_ECORRUPT,
				  "sweep '%s' has no command in the store",
				  sweep->name);
	return rc;
}

/*
 * Trials of one runner are nothing to another; those of a target are to be left
 * for another only when none is under way, which resume_store sees to. Who only
 * stops, or stores what has ended, can do so for this machine's without one.
 */
static int take_backend(struct resuming *resuming, const char *backend)
{
	const struct hd_sweep *sweep = resuming->sweep;
	bool is_target = strchr(backend, ':') != NULL;
	char *own;
	int rc = 0;

	if (!sweep->resumes || (sweep->starts_nothing && !is_target))
		return 0;
	own = hd_sweep_backend_name(resuming->options);
	if (own && strcmp(backend, own) != 0) {
		if (!sweep->starts_nothing && hd_sweep_may_move(backend, resuming->options))
			resuming->left = strdup(backend);
		else
			rc = hd_error_set(
				resuming->err, HD_ESTATE,
				"trials of sweep '%s' are run by '%s', not by '%s': %s goes on "
				"with it",
				sweep->name, backend, own,
				is_target ? "that target" : "the program that started it");
		if (rc == 0 && !resuming->left)
			rc = hd_error_nomem(resuming->err);
	}
	if (!own)
		rc = hd_error_nomem(resuming->err);
	free(own);
	return rc;
}

static int take_more(void *user, const struct hd_resume_sweep *row)
{
	struct resuming *resuming = user;
	struct hd_sweep *sweep = resuming->sweep;
	int rc;

	rc = take_backend(resuming, row->backend);
	if (rc < 0)
		return rc;
	sweep->grace = row->grace > 0 ? row->grace : HD_SWEEP_GRACE;
	if (!*row->source)
		return hd_error_set(resuming->err, HD_ESTATE,
				    "sweep '%s' was imported, or made by an hdrive that did "
				    "not store where it ran: a new one begins with what it "
				    "found by --resume-from %s",
				    sweep->name, sweep->name);
	rc = hd_sweep_retake_source(sweep, row->source, row->snapshot, resuming->err);
	return rc < 0 ? rc : take_program(resuming, row->program);
}

/* No engine is for a study: it has no program. */
static int refuse_study(const struct hd_sweep *sweep, struct hd_error *err)
{
	bool is_study;
	int rc = hd_store_is_study(sweep->store, sweep->key, &is_study, err);

	return rc < 0 || !is_study
		       ? rc
		       : hd_error_set(err, HD_EINVAL,
				      "'%s' is a study, whose trials others run: "
				      "'hdrive ask' gives them",
				      sweep->name);
}

static int resume_read(struct resuming *resuming, struct hd_error *err)
{
	struct hd_sweep *sweep = resuming->sweep;
	int rc = hd_store_sweep(sweep->store, sweep->key, take_row, resuming, err);

	if (rc == 0)
		rc = refuse_study(sweep, err);
	if (rc == 0)
		rc = hd_store_resume_sweep(sweep->store, sweep->key, take_more,
					   resuming, err);
	if (rc == 0)
		rc = hd_store_settings(sweep->store, sweep->key, hd_texts_add,
				       &resuming->sets, err);
	if (rc == 0)
		rc = hd_store_resume_patterns(sweep->store, sweep->key, hd_texts_add,
					      &resuming->patterns, err);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

/* --- the config ----------------------------------------------------------- */

static int parse(struct resuming *resuming, const char *text, const char *path,
		 struct hd_config **out, struct hd_error *err)
{
	return hd_stored_config(out, resuming->sweep->store, text, path, &resuming->sets,
				resuming->sets.count, &resuming->patterns, err);
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
		if (hd_texts_add(&resuming->sets, options->sets[i]) < 0)
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
	for (size_t i = 0; rc == 0 && sweep->settings[i]; i++)
		rc = hd_store_setting_add(sweep->store, sweep->key,
					  sweep->settings[i], err);
	if (rc == 0 && sweep->slots_why)
		rc = hd_store_sweep_slots(sweep->store, sweep->key,
					  sweep->slots_why, sweep->started, err);
	if (rc == 0 && options->text)
		rc = hd_store_sweep_text(sweep->store, sweep->key, options->path,
					 options->text, err);
	return rc;
}

/* This engine's mark, the limits in force, and who is to go on. */
static int resume_store(struct resuming *resuming, struct hd_error *err)
{
	struct hd_sweep *sweep = resuming->sweep;
	const struct hd_sweep_options *options = resuming->options;
	/* A sweep that is at its target ends again, by what it has. */
	const struct hd_retry stopped = { .stopped = true,
					  .past_target = !hd_ends_is_target(
						  &sweep->config->end_when,
						  sweep->config->goal,
						  resuming->best),
					  .failed = options->retry_failed,
					  .memory = options->retry_memory,
					  .timeout = options->retry_timeout,
					  .numbers = options->retry,
					  .count = options->retry_count };
	struct hd_resume_totals totals;
	struct hd_resume_trial *rows = NULL;
	struct hd_process self;
	size_t count;
	int rc = hd_store_resume_totals(sweep->store, sweep->key, &totals, err);

	if (rc == 0)
		rc = hd_store_begin(sweep->store, err);
	if (rc < 0)
		return rc;
	/* Whatever the clock says now: what comes, comes after what was. */
	if (sweep->started <= totals.stamp)
		sweep->started = totals.stamp + 1;
	hd_process_self(&self);
	if (options->set_count || options->text)
		rc = hd_store_edition_add(sweep->store, sweep->key,
					  totals.stamp, err);
	if (rc == 0)
		rc = resume_limits(resuming, err);
	if (rc == 0 && resuming->left)
		rc = hd_sweep_move(sweep, resuming->left, err);
	if (rc == 0 && !options->stop)
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

/* How many trials at a time are asked for: as before, unless it is said. */
static void resume_wanted(struct hd_sweep *sweep,
			  const struct hd_sweep_options *options)
{
	bool said = options->text != NULL;

	for (size_t i = 0; i < options->set_count; i++)
		said |= strstr(options->sets[i], "max_concurrent") != NULL;
	if (options->max_concurrent)
		sweep->slots = options->max_concurrent;
	else if (said)
		sweep->slots = sweep->config->max_concurrent;
}

static int resume_slots(struct hd_sweep *sweep,
			const struct hd_sweep_options *options,
			struct hd_error *err)
{
	resume_wanted(sweep, options);
	return hd_sweep_limit_slots(sweep, options, err);
}

static int resume_only(struct hd_sweep *sweep,
		       const struct hd_sweep_options *options,
		       struct hd_error *err)
{
	if (!options->only_count && !options->settle)
		return 0;
	sweep->settles = options->settle;
	sweep->only = calloc(options->only_count + 1, sizeof *sweep->only);
	if (!sweep->only)
		return hd_error_nomem(err);
	if (options->only_count)
		memcpy(sweep->only, options->only,
		       options->only_count * sizeof *sweep->only);
	sweep->only_count = options->only_count;
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
		rc = resume_only(sweep, resuming->options, err);
	if (rc == 0)
		rc = resume_slots(sweep, resuming->options, err);
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
	struct hd_sweep *sweep = NULL;
	struct hd_sweep_options own;
	struct resuming resuming = { .options = &own, .err = err };
	int rc = hd_sweep_alloc(&sweep, out, store, options, &own, err);

	if (rc < 0)
		return rc;
	sweep->key = key;
	sweep->resumes = true;
	sweep->starts_nothing = own.stop || own.settle;
	resuming.sweep = sweep;
	rc = sweep_reopen(&resuming, err);
	resuming_release(&resuming);
	if (rc < 0)
		goto out;
	*out = sweep;
	sweep = NULL;
out:
	hd_sweep_free(sweep);
	return rc;
}

/* --- for when it is gone on with ------------------------------------------ */

static int enqueue_store(struct hd_sweep *sweep, const char *parameters,
			 struct hd_error *err)
{
	int64_t key;
	int rc = hd_store_begin(sweep->store, err);

	if (rc < 0)
		return rc;
	rc = hd_store_queue_insert(sweep->store, sweep->key,
				   &(struct hd_waiting_row){ parameters, NULL },
				   sweep->started, &key, err);
	if (rc == 0)
		return hd_store_commit(sweep->store, true, err);
	hd_store_rollback(sweep->store);
	return rc;
}

/* Checked against the space as the engine would. */
static int enqueue_check(const struct hd_space *space, const char *parameters,
			 struct hd_error *err)
{
	struct hd_value *values = calloc(hd_space_count(space) + 1, sizeof *values);
	int rc = values ? hd_space_read_values(space, parameters, values, err)
			: hd_error_nomem(err);

	free(values);
	return rc;
}

/*
 * A sweep that no engine runs, read and locked. What was opened is the caller's
 * to let go of by idle_close, in each case.
 */
static int idle_open(struct resuming *resuming, struct hd_store *store,
		     int64_t key, struct hd_error *err)
{
	struct hd_sweep *sweep = NULL, *unused;
	struct hd_sweep_options own;
	int rc = hd_sweep_alloc(&sweep, &unused, store, resuming->options, &own,
				err);

	if (rc < 0)
		return rc;
	sweep->key = key;
	resuming->sweep = sweep;
	rc = resume_read(resuming, err);
	if (rc == 0)
		rc = hd_sweep_lock(&sweep->lock, sweep->folder, sweep->name, err);
	return rc < 0 ? rc : resume_config(resuming, err);
}

static void idle_close(struct resuming *resuming)
{
	resuming_release(resuming);
	hd_sweep_free(resuming->sweep);
}

int hd_sweep_enqueue(struct hd_store *store, int64_t key,
		     const char *parameters, struct hd_error *err)
{
	const struct hd_sweep_options none = { .size = sizeof none };
	struct resuming resuming = { .options = &none, .err = err };
	int rc = idle_open(&resuming, store, key, err);

	if (rc == 0)
		rc = enqueue_check(resuming.sweep->config->space, parameters, err);
	if (rc == 0)
		rc = enqueue_store(resuming.sweep, parameters, err);
	idle_close(&resuming);
	return rc;
}

static int update_store(struct resuming *resuming, struct hd_error *err)
{
	struct hd_sweep *sweep = resuming->sweep;
	struct hd_resume_totals totals;
	int rc = hd_store_resume_totals(sweep->store, sweep->key, &totals, err);

	if (rc == 0)
		rc = hd_store_begin(sweep->store, err);
	if (rc < 0)
		return rc;
	rc = hd_store_edition_add(sweep->store, sweep->key, totals.stamp, err);
	if (rc == 0)
		rc = resume_limits(resuming, err);
	if (rc == 0)
		return hd_store_commit(sweep->store, true, err);
	hd_store_rollback(sweep->store);
	return rc;
}

int hd_sweep_update(struct hd_store *store, int64_t key,
		    const char *const *sets, size_t count,
		    struct hd_error *err)
{
	const struct hd_sweep_options options = { .size = sizeof options,
						  .sets = sets,
						  .set_count = count };
	struct resuming resuming = { .options = &options, .err = err };
	int rc = idle_open(&resuming, store, key, err);

	if (rc == 0) {
		resume_wanted(resuming.sweep, &options);
		rc = update_store(&resuming, err);
	}
	idle_close(&resuming);
	return rc;
}
