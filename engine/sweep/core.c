/*
 * The parent run's life: plug-ins and history, what dispatch tells of trials,
 * and how what runs is stopped. What happens in a turn stands in turn.c.
 */
#include "sweep/core_private.h"

#include "sweep/inherit.h"

#include <hdrive/sampler.h>

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void hd_run_free(struct run *run)
{
	if (!run)
		return;
	hd_tail_free(run->tail);
	hd_follow_free(run->logs);
	free(run->folder);
	free(run->argv);
	free(run->variables);
	free(run->parameters);
	free(run->resume_from);
	free(run->exit_error);
	free(run->where);
	free(run->mark_detail);
	for (size_t i = 0; i < run->name_count; i++)
		free(run->names[i]);
	free(run);
}

/* Their rows stay. */
static void core_drop_waiting(struct hd_core *core)
{
	while (core->waiting) {
		struct run *run = core->waiting;

		core->waiting = run->next;
		hd_run_free(run);
	}
}

/* --- life --------------------------------------------------------------- */

static int core_init_plugins(struct hd_core *core, struct hd_error *err)
{
	const struct hd_config *config = core->setup.config;
	int rc = 0;

	core->sampler = calloc(1, config->sampler->state_size + 1);
	core->policy = calloc(1, config->policy->state_size + 1);
	if (!core->sampler || !core->policy)
		return hd_error_nomem(err);
	memcpy(core->sampler, config->sampler_options,
	       config->sampler->state_size);
	memcpy(core->policy, config->policy_options,
	       config->policy->state_size);
	if (config->sampler->init)
		rc = config->sampler->init(core->sampler, config->space, err);
	if (rc == 0 && config->policy->init)
		rc = config->policy->init(core->policy, err);
	return rc;
}

/* Seconds of an attempt: the file's or the program's own, the smaller. */
static double core_time_limit(const struct hd_core_setup *setup)
{
	double config = setup->config->trial_timeout;
	double own = setup->program ? setup->program->time_limit : 0;

	return own > 0 && own < config ? own : config;
}

int hd_core_new(struct hd_core **out, const struct hd_core_setup *setup,
		struct hd_error *err)
{
	struct hd_core *core = calloc(1, sizeof *core);
	size_t width = hd_space_count(setup->config->space);
	int rc;

	*out = NULL;
	if (!core)
		return hd_error_nomem(err);
	core->setup = *setup;
	core->limits = (struct hd_limits){
		.max_total = setup->config->max_total,
		.max_concurrent = setup->slots,
		.max_duration = setup->config->max_duration,
		.trial_timeout = core_time_limit(setup),
		.end_when = setup->config->end_when,
	};
	core->enqueued_end = &core->enqueued;
	core->live_room = setup->slots;
	core->live = calloc(core->live_room, sizeof *core->live);
	core->values = calloc(width ? width : 1, sizeof *core->values);
	core->history = hd_history_new(setup->config->goal, width);
	if (!core->live || !core->values || !core->history) {
		rc = hd_error_nomem(err);
		goto out;
	}
	hd_history_plan(core->history, setup->config->max_total, setup->slots);
	rc = hd_inherit(core->history, setup->store, setup->sweep,
			setup->config->space, err);
	if (rc < 0)
		goto out;
	core->forgets = !setup->config->sampler->learns &&
			!setup->config->policy->compares &&
			!setup->config->policy->promote;
	rc = core_init_plugins(core, err);
	if (rc == 0)
		rc = hd_proposal_new(core, err);
	if (rc == 0)
		rc = hd_metric_rules_new(&core->rules,
					 setup->config->metric_patterns,
					 setup->config->metric_pattern_count,
					 err);
	if (rc == 0 &&
	    hd_metric_rules_primary(core->rules, setup->config->metric) < 0)
		rc = hd_error_nomem(err);
	if (rc < 0)
		goto out;
	hd_ends_init(&core->goal.ends, &core->limits.end_when,
		     setup->config->goal);
	core->goal.begun = setup->started;
	core->since = setup->started;
	core->smoke.open = setup->config->smoke && setup->slots > 1;
	core->wants_turn = true;
	*out = core;
	core = NULL;
out:
	hd_core_free(core);
	return rc;
}

void hd_core_free(struct hd_core *core)
{
	if (!core)
		return;
	const struct hd_config *config = core->setup.config;

	if (core->in_transaction)
		hd_store_rollback(core->setup.store);
	for (size_t i = 0; core->live && i < core->live_room; i++)
		hd_run_free(core->live[i]);
	core_drop_waiting(core);
	hd_core_drop_queued(core);
	hd_core_drop_enqueued(core);
	free(core->live);
	free(core->values);
	hd_proposal_free(core);
	if (core->sampler && config->sampler->release)
		config->sampler->release(core->sampler);
	if (core->policy && config->policy->release)
		config->policy->release(core->policy);
	free(core->sampler);
	free(core->policy);
	hd_metric_rules_free(core->rules);
	hd_ends_clear(&core->goal.ends);
	hd_history_free(core->history);
	free(core);
}

size_t hd_core_live(const struct hd_core *core)
{
	return core->live_count;
}

/* The processes go on; only we look away. */
static void core_release_all(struct hd_core *core)
{
	for (size_t i = 0; i < core->live_room; i++)
		if (core->live[i])
			hd_dispatch_release(core->dispatch, core->live[i]->number);
}

static int run_adopt(struct run *run, struct hd_error *err)
{
	struct hd_core *core = run->core;
	int rc = hd_dispatch_adopt(core->dispatch, run->number, run->attempt, err);

	if (rc < 0 && rc != HD_ENOENT)
		return rc;
	run->ended |= rc == HD_ENOENT;
	run->unstarted = rc == HD_ENOENT;
	run->is_mute = rc == HD_ENOENT;
	run->adopt = false;
	run->adopted = rc == 0;
	run->has_output = true;
	run->active = core->since;
	run->stop_wanted = hd_trial_state(run->trial) == HD_TRIAL_STOPPING;
	return 0;
}

int hd_core_adopt(struct hd_core *core, struct hd_error *err)
{
	for (size_t i = 0; i < core->live_room; i++) {
		int rc = core->live[i] && core->live[i]->adopt
				 ? run_adopt(core->live[i], err)
				 : 0;

		if (rc < 0) {
			core_release_all(core);
			return rc;
		}
	}
	return 0;
}

void hd_core_set_dispatch(struct hd_core *core, struct hd_dispatch *dispatch)
{
	core->dispatch = dispatch;
}

/* --- what dispatch tells ------------------------------------------------ */

static struct run *core_find(struct hd_core *core, size_t number)
{
	for (size_t i = 0; i < core->live_room; i++)
		if (core->live[i] && core->live[i]->number == number)
			return core->live[i];
	return NULL;
}

void hd_core_on_started(void *user, size_t trial, int64_t pid, uint64_t start)
{
	struct hd_core *core = user;
	struct run *run = core_find(core, trial);

	if (!run)
		return;
	run->pid = pid;
	run->start = start;
	run->spawned = true;
	core->wants_soon = true;
}

void hd_core_on_placed(void *user, size_t trial, const char *where)
{
	struct hd_core *core = user;
	struct run *run = core_find(core, trial);

	if (!run || (run->where && strcmp(run->where, where) == 0))
		return;
	free(run->where);
	run->where = strdup(where); /* without memory nobody learns of it */
	run->placed = true;
	core->wants_soon = true;
}

void hd_core_on_output(void *user, size_t trial)
{
	struct hd_core *core = user;
	struct run *run = core_find(core, trial);

	if (!run)
		return;
	run->has_output = true;
	core->wants_soon = true;
}

void hd_core_on_ended(void *user, size_t trial, const struct hd_exit *exit)
{
	struct hd_core *core = user;
	struct run *run = core_find(core, trial);

	if (!run)
		return;
	run->ended = true;
	run->exit = *exit;
	run->exit_error = exit->error ? strdup(exit->error) : NULL;
	run->exit.error = run->exit_error;
	core->wants_turn = true;
}

void hd_core_on_note(void *user, size_t trial, const char *text)
{
	struct hd_core *core = user;

	hd_core_queue(core, &(struct hd_event){ .kind = HD_EVENT_NOTE,
						.trial = trial == SIZE_MAX ? 0 : trial,
						.text = text });
	core->wants_soon = true;
}

void hd_core_release(struct hd_core *core, struct run **slot)
{
	const struct hd_trial *trial = (*slot)->trial;

	if (core->forgets && hd_trial_state_is_terminal(hd_trial_state(trial)))
		hd_history_forget(core->history, (*slot)->number);
	hd_run_free(*slot);
	*slot = NULL;
	core->live_count--;
}

static const char *stop_sentence(const struct hd_core *core)
{
	return *core->end_text             ? core->end_text
	       : core->end == HD_END_LIMIT ? "max_duration reached"
	       : core->end == HD_END_USER  ? "cancelled by the user"
					   : "";
}

enum hd_end hd_core_end(const struct hd_core *core)
{
	return core->stopping ? core->end : core->goal.end;
}

const char *hd_core_end_sentence(const struct hd_core *core)
{
	return core->stopping ? stop_sentence(core) : core->goal.text;
}

/* One whose sweep is stopped is not one that was stopped by itself. */
enum hd_end hd_core_trial_end(const struct hd_core *core)
{
	return core->end == HD_END_USER ? HD_END_SWEEP : core->end;
}

/* --- stopping ----------------------------------------------------------- */

int hd_core_stop_run(struct hd_core *core, struct run *run, enum hd_end why,
		     bool now, const char *text, struct hd_error *err)
{
	int rc;

	run->stop_now |= now;
	if (run->ended || !hd_trial_can(run->trial, HD_TRIAL_EVENT_STOP)) {
		/* Asked before: only a KILL is news. */
		run->stop_wanted |= now && !run->ended;
		return 0;
	}
	rc = hd_core_begin(core, err);
	if (rc < 0)
		return rc;
	hd_trial_set_end(run->trial, why);
	hd_trial_move(run->trial, HD_TRIAL_EVENT_STOP);
	run->stop_wanted = true;
	hd_core_queue(core, &(struct hd_event){
				    .kind = HD_EVENT_TRIAL_STOPPING,
				    .trial = run->number,
				    .state = HD_TRIAL_STOPPING,
				    .end = why,
				    .text = text,
				    .interval = hd_trial_intervals(run->trial),
				    .folder = run->folder });
	return hd_store_trial_stop(core->setup.store, run->key, why, text,
				   core->wall, err);
}

void hd_core_stop(struct hd_core *core, enum hd_end why, bool now)
{
	if (!core->stopping) {
		core->end = why;
		hd_core_queue(core, &(struct hd_event){
					    .kind = HD_EVENT_SWEEP_STOPPING,
					    .end = why,
					    .text = stop_sentence(core) });
	}
	core->stopping = true;
	core->stop_now |= now;
	core->wants_turn = true;
}

int hd_core_stop_live(struct hd_core *core, struct hd_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < core->live_room && rc == 0; i++)
		if (core->live[i])
			rc = hd_core_stop_run(core, core->live[i],
					      hd_core_trial_end(core),
					      core->stop_now, "", err);
	/* One KILL each is enough. */
	core->stop_now = false;
	return rc < 0 ? rc : hd_core_cancel_waiting(core, err);
}

void hd_core_abandon(struct hd_core *core)
{
	core->stopping = true;
	for (size_t i = 0; i < core->live_room; i++) {
		struct run *run = core->live[i];

		if (run && run->fresh)
			hd_core_release(core, &core->live[i]);
		else if (run && !run->ended)
			hd_dispatch_stop(core->dispatch, run->number,
					 core->stop_now);
	}
	core_drop_waiting(core);
	/* Those that have ended are to be drained, though nothing more comes. */
	core->wants_turn = true;
}

void hd_core_drain(struct hd_core *core)
{
	core->wants_turn = false;
	for (size_t i = 0; i < core->live_room; i++)
		if (core->live[i] && core->live[i]->ended)
			hd_core_release(core, &core->live[i]);
}

/* --- results ------------------------------------------------------------ */

int hd_core_offer_best(struct hd_core *core, struct run *run, double value,
		       struct hd_error *err)
{
	hd_ends_value(&core->goal.ends, run->number, value);
	if (isnan(value) ||
	    (core->has_best && !hd_goal_better(core->setup.config->goal, value,
					       core->best)))
		return 0;
	core->has_best = true;
	core->best = value;
	core->best_trial = run->number;
	hd_core_queue(core, &(struct hd_event){
				    .kind = HD_EVENT_BEST,
				    .trial = run->number,
				    .state = hd_trial_state(run->trial),
				    .value = value,
				    .interval = hd_trial_intervals(run->trial),
				    .has_metric = true });
	return hd_store_best_insert(core->setup.store, core->setup.sweep,
				    run->number, value, false, core->wall, err);
}

/* --- what the loop asks -------------------------------------------------- */

bool hd_core_wants_turn(const struct hd_core *core)
{
	return core->wants_turn;
}

bool hd_core_wants_soon(const struct hd_core *core)
{
	return core->wants_soon;
}

int64_t hd_core_due(const struct hd_core *core)
{
	/* One that is due waits for a slot, and an end brings a turn. */
	return core->waiting && core->waiting->due > core->wall ? core->waiting->due : 0;
}

bool hd_core_wants_sync(const struct hd_core *core)
{
	return core->unsynced;
}

int hd_core_sync(struct hd_core *core, struct hd_error *err)
{
	core->unsynced = false;
	return hd_store_sync(core->setup.store, err);
}

int hd_core_sync_later(struct hd_core *core)
{
	int log = hd_store_log(core->setup.store);

	core->unsynced &= log < 0;
	return log;
}

/* Trials that somebody wants to end, and that have not. */
static bool core_has_cancels(const struct hd_core *core)
{
	for (const struct run *run = core->waiting; run; run = run->next)
		if (run->cancel_wanted)
			return true;
	if (core->live_count > 0 && core->wall < core->settled_at)
		return true;
	for (size_t i = 0; i < core->live_room; i++) {
		const struct run *run = core->live[i];

		if (run && (run->cancel_wanted || run->ended ||
			    hd_trial_state(run->trial) == HD_TRIAL_STOPPING))
			return true;
	}
	return false;
}

void hd_core_only_cancel(struct hd_core *core, double seconds)
{
	core->only_cancels = true;
	core->settled_at = core->since + (int64_t)(seconds * 1e6);
}

void hd_core_let_go(struct hd_core *core)
{
	core_release_all(core);
	for (size_t i = 0; i < core->live_room; i++) {
		hd_run_free(core->live[i]);
		core->live[i] = NULL;
	}
	core->live_count = 0;
}

bool hd_core_is_done(const struct hd_core *core)
{
	if (core->only_cancels)
		return !core_has_cancels(core);
	return core->live_count == 0 && !core->waiting &&
	       !hd_proposal_is_working(core) && !hd_core_hold_keeps(core) &&
	       (core->stopping ||
		(hd_core_draws_no_more(core) && !hd_core_has_enqueued(core)) ||
		hd_history_count(core->history) >= core->limits.max_total);
}

int hd_core_finish(struct hd_core *core, int64_t wall, struct hd_error *err)
{
	const char *detail = hd_core_end_sentence(core);
	int rc;

	core->wall = wall > core->wall ? wall : core->wall + 1;
	rc = hd_core_begin(core, err);
	if (rc == 0 && core->has_best)
		rc = hd_store_best_insert(core->setup.store, core->setup.sweep,
					  core->best_trial, core->best, true,
					  wall, err);
	if (rc == 0)
		rc = hd_store_sweep_state(core->setup.store, core->setup.sweep,
					  hd_core_end_state(core),
					  hd_core_end(core), detail, wall, err);
	if (rc == 0)
		rc = hd_store_commit(core->setup.store, true, err);
	if (rc < 0 && core->in_transaction)
		hd_store_rollback(core->setup.store);
	core->in_transaction = false;
	if (rc == 0)
		hd_core_tell(core, HD_EVENT_SWEEP_ENDED, wall, detail);
	return rc;
}

void hd_core_summary(const struct hd_core *core, int64_t wall,
		     struct hd_sweep_summary *summary)
{
	const struct hd_config *config = core->setup.config;
	uint64_t points = config->sampler->points ? config->sampler->points(core->sampler) : 0;

	*summary = (struct hd_sweep_summary){
		.state = hd_core_is_done(core) ? hd_core_end_state(core) : "Running",
		.end = hd_core_end(core),
		.trials = hd_history_count(core->history),
		.trials_total = core->limits.max_total,
		.has_best = core->has_best,
		.best_trial = core->best_trial,
		.best = core->best,
		.seconds = core->ran + (double)(wall - core->since) / 1e6,
		.slots = core->limits.max_concurrent,
	};
	if (points && points < summary->trials_total)
		summary->trials_total = (size_t)points;
	memcpy(summary->counts, core->counts, sizeof summary->counts);
	for (size_t i = 0; i < core->live_room; i++)
		if (core->live[i])
			summary->counts[hd_trial_state(core->live[i]->trial)]++;
	for (const struct run *run = core->waiting; run; run = run->next)
		summary->counts[HD_TRIAL_QUEUED]++;
}
