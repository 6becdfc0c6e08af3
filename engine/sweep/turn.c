/*
 * The turn of a sweep. Every state change and metric goes into the turn's one
 * transaction; processes are started and stopped only after its commit, and
 * the observer hears only of what is stored (invariant 1).
 */
#include "sweep/core_private.h"

#include <stdlib.h>

int hd_core_begin(struct hd_core *core, struct hd_error *err)
{
	int rc;

	if (core->in_transaction)
		return 0;
	rc = hd_store_begin(core->setup.store, err);
	core->in_transaction = rc == 0;
	return rc;
}

/*
 * Where it runs: the place elsewhere, or its devices here, which are none of a
 * place's. Devices of an adopted trial may be given out no more: then the row
 * has them.
 */
static int run_store_where(struct run *run, struct hd_error *err)
{
	struct hd_core *core = run->core;
	const char *where = run->where ? run->where
				       : hd_dispatch_devices(core->dispatch, run->number);
	int rc;

	run->placed = false;
	if (!where || !*where)
		return 0;
	rc = hd_core_begin(core, err);
	return rc < 0 ? rc : hd_store_trial_devices(core->setup.store, run->key, where, err);
}

/* It runs: with pid and start time, by which a resume knows it again. */
static int run_store_spawned(struct run *run, struct hd_error *err)
{
	struct hd_core *core = run->core;
	bool begins = hd_trial_can(run->trial, HD_TRIAL_EVENT_SPAWNED);
	int rc = hd_core_begin(core, err);

	run->spawned = false;
	if (rc == 0)
		rc = begins ? hd_store_trial_running(core->setup.store, run->key,
						     run->pid, run->start,
						     core->wall, err)
			    : hd_store_trial_process(core->setup.store, run->key,
						     run->pid, run->start, err);
	if (rc == 0)
		rc = run_store_where(run, err);
	if (rc == 0 && begins) {
		hd_trial_move(run->trial, HD_TRIAL_EVENT_SPAWNED);
		/* What it waited for in a queue is no time of its own. */
		run->started = run->active = core->wall;
		hd_core_queue(core, &(struct hd_event){
					    .kind = HD_EVENT_TRIAL_STARTED,
					    .trial = run->number,
					    .state = HD_TRIAL_RUNNING,
					    .folder = run->folder });
	}
	return rc;
}

/* From this turn on the policy is not asked about it, by whatever engine. */
static int run_store_gone(struct run *run, struct hd_error *err)
{
	struct hd_core *core = run->core;
	int rc;

	if (run->gone != core->wall)
		return 0;
	rc = hd_core_begin(core, err);
	return rc < 0 ? rc : hd_store_trial_gone(core->setup.store, run->key, run->gone, err);
}

/* Read and judge one live trial; a finished one leaves its slot. */
static int core_attend(struct hd_core *core, struct run **slot,
		       struct hd_error *err)
{
	struct run *run = *slot;
	int rc;

	if (run->ended && !run->gone)
		run->gone = core->wall;
	rc = run->spawned  ? run_store_spawned(run, err)
	     : run->placed ? run_store_where(run, err)
			   : 0;
	if (rc == 0 && !run->is_mute &&
	    (run->has_output || run->ended || hd_run_logs_are_due(run))) {
		run->has_output = false;
		rc = hd_run_collect(run, run->ended, err);
		if (rc > 0) {
			/* More is there: others get their turn first. */
			run->has_output = true;
			core->wants_turn |= rc != HD_TAIL_LATER;
			core->wants_soon = true;
			return run->ended ? run_store_gone(run, err) : 0;
		}
	}
	if (rc < 0 || !run->ended)
		return rc;
	rc = hd_run_finish(run, err);
	if (rc < 0)
		return rc;
	if (rc == HD_RUN_WAITS) {
		*slot = NULL;
		core->live_count--;
	} else {
		hd_core_release(core, slot);
	}
	return 0;
}

/* The time limit has passed and nothing was done about it yet. */
static bool core_is_overdue(const struct hd_core *core)
{
	return !core->stopping &&
	       core->ran + (double)(core->wall - core->since) / 1e6 >=
		       core->limits.max_duration;
}

static int core_decide(struct hd_core *core, struct hd_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < core->live_room && rc == 0; i++)
		if (core->live[i])
			rc = core_attend(core, &core->live[i], err);
	if (rc == 0)
		rc = hd_core_cancel_asked(core, err);
	if (rc == 0)
		rc = hd_core_check_bounds(core, err);
	if (core_is_overdue(core))
		hd_core_stop(core, HD_END_LIMIT, false);
	if (rc == 0)
		hd_core_check_goal(core);
	if (rc == 0 && core->stopping)
		rc = hd_core_stop_live(core, err);
	return rc < 0 ? rc : hd_core_fill(core, err);
}

/* What only the launch needed. */
static void run_launched(struct run *run)
{
	free(run->argv);
	free(run->parameters);
	free(run->variables);
	run->argv = NULL;
	run->parameters = NULL;
	run->variables = NULL;
}

/* A trial that could not be started has ended, with the reason. */
static void run_launch(struct run *run, int64_t wall)
{
	struct hd_core *core = run->core;
	struct hd_error problem = { 0 };
	int rc;

	run->fresh = false;
	run->started = wall;
	run->active = wall;
	run->logs_due = wall + RUN_LOGS_PAUSE;
	rc = hd_dispatch_launch(
		core->dispatch,
		&(struct hd_dispatch_trial){
			.trial = run->number,
			.attempt = run->attempt,
			.argv = (const char *const *)run->argv,
			.parameters = run->parameters,
			.variables = (const char *const *)run->variables },
		&problem);
	run_launched(run);
	if (rc == 0)
		return;
	run->is_mute = true;
	run->unstarted = hd_run_may_launch_later(run, rc);
	hd_core_on_ended(core, run->number,
			 &(struct hd_exit){ .known = true,
					    .code = -1,
					    .error = problem.text,
					    .started = wall,
					    .ended = wall });
}

/* After the commit: what was announced is done. */
static void core_act(struct hd_core *core)
{
	for (size_t i = 0; i < core->live_room; i++) {
		struct run *run = core->live[i];

		if (!run)
			continue;
		if (run->fresh)
			run_launch(run, core->wall);
		if (run->stop_wanted && !run->ended)
			hd_dispatch_stop(core->dispatch, run->number,
					 run->stop_now);
		run->stop_wanted = false;
	}
}

/* While all slots are busy: what trials that end at once need next. */
static void core_prepare(const struct hd_core *core)
{
	size_t drawn = hd_history_count(core->history);

	if (!core->brief || core->stopping || hd_core_draws_no_more(core) ||
	    core->only_cancels || core->held ||
	    core->live_count < core->limits.max_concurrent ||
	    drawn >= core->limits.max_total)
		return;
	hd_dispatch_prepare(core->dispatch, drawn, core->limits.max_total - drawn);
}

int hd_core_turn(struct hd_core *core, int64_t wall, struct hd_error *err)
{
	int rc;

	/* Stamps of turns ascend, whatever the clock does: they tell the order
	 * of what happened. */
	core->wall = wall > core->wall ? wall : core->wall + 1;
	core->wants_turn = false;
	core->wants_soon = false;
	rc = core_decide(core, err);
	if (rc == 0 && core->in_transaction)
		rc = hd_store_commit(core->setup.store, false, err);
	if (rc < 0) {
		if (core->in_transaction)
			hd_store_rollback(core->setup.store);
		core->in_transaction = false;
		return rc;
	}
	core->in_transaction = false;
	hd_core_tell_queued(core);
	core_act(core);
	core_prepare(core);
	return core->wants_turn;
}
