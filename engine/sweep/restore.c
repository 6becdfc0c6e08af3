/*
 * A core as the engine before it left it: the history, the trials that were
 * running or waiting, the best, the limits used up. Nothing is written here
 * and no process is touched; the first turn takes the open trials over.
 */
#include "sweep/core_private.h"

#include "store/resume.h"

#include <hdrive/policy.h>
#include <hdrive/sampler.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct restoring {
	struct hd_core *core;
	struct hd_error *err;
	size_t left_out; /* trials whose values the space does not have */
};

/* --- the figures ---------------------------------------------------------- */

static int restore_sweep(void *user, const struct hd_sweep_row *row)
{
	struct hd_core *core = user;

	for (int i = 0; i < HD_TRIAL_STATES; i++)
		if (hd_trial_state_is_terminal((enum hd_trial_state)i))
			core->counts[i] = row->counts[i];
	core->has_best = row->best_trial >= 0;
	core->best_trial = core->has_best ? (size_t)row->best_trial : 0;
	core->best = row->best;
	core->metric_seen = core->has_best;
	return 0;
}

static int restore_ran(void *user, const struct hd_resume_sweep *row)
{
	struct hd_core *core = user;

	core->ran = row->ran;
	hd_history_plan(core->history, row->plan_total, row->plan_slots);
	/* An engine that did not come to say so ran up to its last stamp. */
	if (row->resumed && core->wall > row->resumed)
		core->ran += (double)(core->wall - row->resumed) / 1e6;
	return 0;
}

static int restore_totals(struct hd_core *core,
			  const struct hd_resume_totals *totals,
			  struct hd_error *err)
{
	struct hd_store *store = core->setup.store;
	int rc = hd_store_sweep(store, core->setup.sweep, restore_sweep, core, err);

	core->results = totals->settled;
	core->spent = totals->spent;
	core->policy_scored = totals->policy_scored;
	core->wall = totals->stamp;
	/* The clock may have been set back meanwhile: stamps were not. */
	if (core->since < core->wall)
		core->since = core->wall;
	core->smoke.open = core->smoke.open && totals->trials == 0;
	core->smoke.failed = totals->trials;
	if (rc == 0)
		rc = hd_store_resume_sweep(store, core->setup.sweep, restore_ran,
					   core, err);
	return rc;
}

/* --- ended trials --------------------------------------------------------- */

static int restore_value(void *user, double value)
{
	return hd_trial_log(user, value);
}

/* A trial of the history with its values and its curve. */
static int restore_trial(struct restoring *restoring,
			 const struct hd_resume_trial *row,
			 struct hd_trial **out)
{
	struct hd_core *core = restoring->core;
	struct hd_store *store = core->setup.store;
	size_t width = hd_space_count(core->setup.config->space);
	int rc = hd_store_resume_values(store, row->key,
					core->setup.config->space,
					core->values, restoring->err);

	*out = NULL;
	if (rc == HD_EINVAL) {
		/* What it logged was measured all the same. */
		restoring->left_out++;
		memset(core->values, 0, width * sizeof *core->values);
		rc = 0;
	}
	if (rc < 0)
		return rc;
	*out = hd_history_add(core->history, core->values);
	if (!*out)
		return hd_error_nomem(restoring->err);
	if (row->intervals == 0)
		return 0;
	rc = hd_store_resume_curve(store, row->key, restore_value, *out,
				   restoring->err);
	return rc == HD_ENOMEM ? hd_error_nomem(restoring->err) : rc;
}

/* Numbers up to NUMBER are taken by trials that nobody will ask about. */
static int restore_skip(struct hd_core *core, size_t number)
{
	int rc = 0;

	while (rc == 0 && hd_history_count(core->history) < number)
		rc = hd_history_skip(core->history);
	return rc;
}

/* --- open trials ---------------------------------------------------------- */

static struct run *run_restored(struct hd_core *core,
				const struct hd_resume_trial *row)
{
	struct run *run = calloc(1, sizeof *run);

	if (!run)
		return NULL;
	run->core = core;
	run->number = row->number;
	run->key = row->key;
	run->attempt = row->attempt;
	run->restarts = row->restarts;
	run->started = row->started;
	run->best_time = row->best_time;
	run->gone = row->gone;
	run->slot = row->slot;
	run->due = row->due;
	snprintf(run->reason.text, sizeof run->reason.text, "%s",
		 row->detail ? row->detail : "");
	if (row->mark && *row->mark &&
	    hd_run_take_mark(run, row->mark, row->mark_detail) < 0) {
		hd_run_free(run);
		return NULL;
	}
	return run;
}

/* Past this many a slot's number is not one of ours. */
#define SLOTS_MOST 65536

/*
 * Its own slot, as slots tell the order in which trials are read; another one
 * when that is taken. There may be fewer slots now than it has.
 */
static int core_seat(struct hd_core *core, struct run *run)
{
	size_t slot = run->slot < SLOTS_MOST ? run->slot : 0;

	while (slot < core->live_room && core->live[slot])
		slot++;
	if (slot >= core->live_room) {
		size_t room = slot + 1, old = core->live_room;
		struct run **live = realloc(core->live, room * sizeof *live);

		if (!live)
			return HD_ENOMEM;
		memset(live + old, 0, (room - old) * sizeof *live);
		core->live = live;
		core->live_room = room;
	}
	run->slot = slot;
	core->live[slot] = run;
	core->live_count++;
	return 0;
}

/* What it has of metrics: places to be read on from, counts, steps. */
static int restore_metrics(struct run *run, struct hd_tail_place *places,
			   struct hd_error *err)
{
	struct hd_store *store = run->core->setup.store;
	int rc = hd_store_resume_places(store, run->key, places, &run->sequence,
					err);

	return rc < 0 ? rc
		      : hd_store_resume_steps(store, run->key,
					      run->core->setup.config->metric,
					      &run->step_before, &run->step_seen,
					      err);
}

static int restore_place(void *user, int64_t key, const struct hd_tail_place *place)
{
	const struct run *run = user;

	return hd_follow_restore(run->logs, key, place);
}

/* How far its event files were read, and whether they have the metric. */
static int restore_logs(struct run *run, struct hd_error *err)
{
	struct hd_store *store = run->core->setup.store;
	int by_logs;
	int rc = hd_store_resume_logs(store, run->key, restore_place, run, err);

	if (rc == HD_ENOMEM)
		hd_error_nomem(err);
	if (rc == 0)
		rc = hd_store_resume_rule(store, run->key, HD_FOLLOW_RULE, &by_logs, err);
	if (rc == 0 && by_logs >= 0)
		run->owner = by_logs ? RUN_OWNER_LOGS : RUN_OWNER_TAIL;
	return rc;
}

static int restore_open(struct restoring *restoring,
			const struct hd_resume_trial *row)
{
	struct hd_core *core = restoring->core;
	struct hd_tail_place places[HD_TAIL_SOURCES];
	struct run *run = run_restored(core, row);
	int rc;

	if (!run)
		return hd_error_nomem(restoring->err);
	rc = hd_store_resume_from(core->setup.store, row->key,
				  &run->resume_from, restoring->err);
	if (rc == 0)
		rc = restore_trial(restoring, row, &run->trial);
	if (rc == 0)
		rc = restore_metrics(run, places, restoring->err);
	if (rc == 0)
		rc = hd_run_open(run, places, restoring->err);
	if (rc == 0)
		rc = restore_logs(run, restoring->err);
	if (rc < 0) {
		hd_run_free(run);
		return rc;
	}
	hd_trial_restore(run->trial, row->state, row->end);
	run->adopt = row->state != HD_TRIAL_QUEUED;
	if (!run->adopt)
		hd_run_wait(run);
	else if (core_seat(core, run) < 0)
		rc = hd_error_nomem(restoring->err);
	if (rc < 0)
		hd_run_free(run);
	return rc;
}

static int restore_row(void *user, const struct hd_resume_trial *row)
{
	struct restoring *restoring = user;
	struct hd_trial *trial;
	int rc = restore_skip(restoring->core, row->number);

	if (rc < 0)
		return hd_error_nomem(restoring->err);
	if (!hd_trial_state_is_terminal(row->state))
		return restore_open(restoring, row);
	rc = restore_trial(restoring, row, &trial);
	if (rc == 0)
		hd_trial_restore(trial, row->state, row->end);
	return rc;
}

/* --- tried again ---------------------------------------------------------- */

/* The trial in the history, which may have forgotten it. */
static int revive_trial(struct run *run, const struct hd_resume_trial *row,
			struct hd_error *err)
{
	struct hd_core *core = run->core;
	int rc = hd_store_resume_values(core->setup.store, row->key,
					core->setup.config->space,
					core->values, err);

	if (rc < 0)
		return rc;
	if (hd_history_recall(core->history, row->number, core->values) < 0)
		return hd_error_nomem(err);
	run->trial = hd_history_trial_mutable(core->history, row->number);
	/* Of one that was forgotten the curve is gone: it is logged once more. */
	if (hd_trial_intervals(run->trial) == 0 && row->intervals > 0) {
		hd_history_unmeasure(core->history);
		rc = hd_store_resume_curve(core->setup.store, row->key,
					   restore_value, run->trial, err);
	}
	hd_trial_restore(run->trial, row->state, row->end);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

int hd_core_revive(struct hd_core *core, const struct hd_resume_trial *row,
		   struct hd_error *err)
{
	struct hd_tail_place places[HD_TAIL_SOURCES];
	struct run *run = run_restored(core, row);
	int rc = run ? revive_trial(run, row, err) : hd_error_nomem(err);

	if (rc == 0)
		rc = hd_store_resume_from(core->setup.store, row->key,
					  &run->resume_from, err);
	if (rc == 0)
		rc = restore_metrics(run, places, err);
	if (rc == 0)
		rc = hd_run_open(run, NULL, err);
	if (rc == 0)
		rc = restore_logs(run, err);
	if (rc < 0) {
		hd_run_free(run);
		return rc;
	}
	if (run->sequence == 0)
		hd_trial_begin_anew(run->trial);
	hd_trial_move(run->trial, HD_TRIAL_EVENT_AGAIN);
	run->attempt++;
	run->restarts = 0;
	run->started = run->due = run->gone = 0;
	hd_ends_drop(&core->goal.ends, row->number);
	run->reason.text[0] = '\0';
	core->counts[row->state]--;
	core->policy_scored -= row->state == HD_TRIAL_CANCELED &&
			       hd_end_is_policys(row->end) && row->intervals > 0;
	hd_run_wait(run);
	return 0;
}

/* --- who led -------------------------------------------------------------- */

/* Its trial: known by its number alone unless it is open. */
static int restore_leader(void *user, size_t interval, size_t number,
			  double value)
{
	struct restoring *restoring = user;
	struct hd_history *history = restoring->core->history;

	if (interval == 0 || number >= hd_history_count(history))
		return hd_error_set(restoring->err, HD_ECORRUPT,
				    "the store names trial %zu as the best at "
				    "interval %zu",
				    number, interval);
	if (hd_history_recall(history, number, NULL) < 0 ||
	    hd_history_restore_best(history, interval, value,
				    hd_history_trial(history, number)) < 0)
		return hd_error_nomem(restoring->err);
	return 0;
}

int hd_core_restore(struct hd_core *core, size_t *left_out,
		    struct hd_error *err)
{
	struct restoring restoring = { core, err, 0 };
	struct hd_resume_totals totals;
	struct hd_store *store = core->setup.store;
	int rc = hd_store_resume_totals(store, core->setup.sweep, &totals, err);

	if (rc == 0)
		rc = restore_totals(core, &totals, err);
	if (rc == 0)
		rc = hd_store_resume_trials(store, core->setup.sweep,
					    core->forgets ? HD_RESUME_OPEN : HD_RESUME_ALL,
					    restore_row, &restoring, err);
	if (rc == 0 && restore_skip(core, totals.trials) < 0)
		rc = hd_error_nomem(err);
	hd_history_add_foreign(core->history, totals.foreign);
	if (rc == 0)
		rc = hd_core_restore_enqueued(core, err);
	if (rc == 0 && core->forgets)
		hd_history_restore_measured(core->history, totals.measured);
	if (rc == 0)
		rc = hd_store_resume_leaders(store, core->setup.sweep,
					     restore_leader, &restoring, err);
	if (rc == 0)
		rc = hd_core_restore_goal(core, err);
	if (rc == 0)
		rc = hd_core_restore_hold(core, err);
	*left_out = restoring.left_out;
	return rc;
}
