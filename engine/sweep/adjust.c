/*
 * What people change while a sweep runs: limits, single trials, trials that
 * are to be tried again. Each call is a transaction of its own, between turns.
 */
#include "sweep/core_private.h"

#include "sweep/retry.h"

#include "base/number.h"

#include <hdrive/sampler.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hd_core_limits(const struct hd_core *core, struct hd_limits *limits)
{
	*limits = core->limits;
}

/* Room for as many live trials, in the dispatcher too. */
static int core_make_room(struct hd_core *core, size_t slots)
{
	struct run **live;

	if (slots > core->live_room) {
		live = realloc(core->live, slots * sizeof *live);
		if (!live)
			return HD_ENOMEM;
		memset(live + core->live_room, 0,
		       (slots - core->live_room) * sizeof *live);
		core->live = live;
		core->live_room = slots;
	}
	return hd_dispatch_grow(core->dispatch, slots);
}

/* One that changed, as a setting: a resume goes on by it. */
static int limit_set(const struct hd_core *core, const char *key, double before,
		     double after, double unit, struct hd_error *err)
{
	char number[HD_NUMBER_TEXT], text[64];

	if (before == after)
		return 0;
	hd_number_write(after / unit, number);
	snprintf(text, sizeof text, "%s=%s", key, number);
	return hd_store_setting_add(core->setup.store, core->setup.sweep, text,
				    err);
}

static int ends_set(const struct hd_core *core, const struct hd_end_when *when,
		    struct hd_error *err)
{
	const struct hd_end_when *old = &core->limits.end_when;
	int rc = 0;

	if (!isnan(when->target))
		rc = limit_set(core, "end_when.target", old->target,
			       when->target, 1, err);
	if (rc == 0)
		rc = limit_set(core, "end_when.patience", (double)old->patience,
			       (double)when->patience, 1, err);
	if (rc == 0)
		rc = limit_set(core, "end_when.patience_minutes",
			       old->patience_time, when->patience_time, 60, err);
	if (rc == 0)
		rc = limit_set(core, "end_when.improvement", old->improvement,
			       when->improvement, 1, err);
	return rc;
}

static int limits_set(const struct hd_core *core,
		      const struct hd_limits *limits, struct hd_error *err)
{
	const struct hd_limits *old = &core->limits;
	int rc = limit_set(core, "max_total_runs", (double)old->max_total,
			   (double)limits->max_total, 1, err);

	if (rc == 0)
		rc = limit_set(core, "max_concurrent_runs",
			       (double)old->max_concurrent,
			       (double)limits->max_concurrent, 1, err);
	if (rc == 0)
		rc = limit_set(core, "max_duration_minutes", old->max_duration,
			       limits->max_duration, 60, err);
	if (rc == 0)
		rc = limit_set(core, "trial_timeout", old->trial_timeout,
			       limits->trial_timeout, 1, err);
	return rc < 0 ? rc : ends_set(core, &limits->end_when, err);
}

static int limits_store(struct hd_core *core, const struct hd_limits *limits,
			struct hd_error *err)
{
	struct hd_store *store = core->setup.store;
	int rc = hd_store_begin(store, err);

	if (rc < 0)
		return rc;
	rc = limits_set(core, limits, err);
	if (rc == 0)
		rc = hd_store_sweep_limits(store, core->setup.sweep,
					   limits->max_total,
					   limits->max_concurrent,
					   limits->max_duration, err);
	if (rc == 0)
		return hd_store_commit(store, true, err);
	hd_store_rollback(store);
	return rc;
}

int hd_core_set_limits(struct hd_core *core, const struct hd_limits *limits,
		       struct hd_error *err)
{
	const struct hd_devices *devices = core->setup.devices;
	const struct hd_sampler_type *sampler = core->setup.config->sampler;
	int rc;

	if (devices && limits->max_concurrent > hd_devices_places(devices))
		return hd_error_set(err, HD_EINVAL,
				    "'max_concurrent' must be at most %zu, got "
				    "%zu: there are %s",
				    hd_devices_places(devices),
				    limits->max_concurrent,
				    hd_devices_why(devices));
	if (limits->end_when.improvement > 0 && !sampler->expected_improvement)
		return hd_error_set(err, HD_EINVAL,
				    "'improvement' needs a sampler that says "
				    "what it expects, and '%s' does not",
				    sampler->name);
	rc = core_make_room(core, limits->max_concurrent);
	if (rc < 0)
		return hd_error_nomem(err);
	rc = limits_store(core, limits, err);
	if (rc < 0)
		return rc;
	/* The plan stays: a sampler that chose by it would choose otherwise. */
	core->limits = *limits;
	core->wants_turn = true;
	return hd_core_renew_goal(core, err);
}

/* --- single trials -------------------------------------------------------- */

/* Trial NUMBER, which runs or waits; NULL when it does neither. */
static struct run *core_find(struct hd_core *core, size_t number)
{
	struct run *run = core->waiting;

	while (run && run->number != number)
		run = run->next;
	for (size_t i = 0; !run && i < core->live_room; i++)
		if (core->live[i] && core->live[i]->number == number)
			run = core->live[i];
	return run;
}

static bool core_is_paused(const struct hd_core *core, size_t number)
{
	return core->setup.config->policy->promote &&
	       number < hd_history_count(core->history) &&
	       hd_trial_is_paused(hd_history_trial(core->history, number));
}

int hd_core_cancel(struct hd_core *core, size_t number, bool now,
		   struct hd_error *err)
{
	const struct hd_retry again = { .numbers = &number, .count = 1 };
	struct run *run;
	size_t count;
	int rc = 0;

	/* As one that waits it is cancelled like every other. */
	if (core_is_paused(core, number))
		rc = hd_core_retry(core, &again, core->wall, &count, err);
	run = core_find(core, number);
	if (rc < 0 || !run || run->ended)
		return rc;
	run->cancel_wanted = true;
	run->stop_now |= now;
	core->wants_turn = true;
	return 1;
}

void hd_core_hurry(struct hd_core *core, size_t number, double seconds)
{
	for (size_t i = 0; i < core->live_room && seconds >= 0; i++) {
		struct run *run = core->live[i];

		if (run && (number == SIZE_MAX || run->number == number))
			run->kill_at = core->wall + (int64_t)(seconds * 1e6);
	}
}

/* Those that wait for a slot have no process to be stopped. */
static int cancel_waiting(struct hd_core *core, struct hd_error *err)
{
	struct run **link = &core->waiting;
	int rc = 0;

	while (*link && rc == 0) {
		struct run *run = *link;

		if (!run->cancel_wanted) {
			link = &run->next;
			continue;
		}
		*link = run->next;
		hd_trial_set_end(run->trial, HD_END_USER);
		rc = hd_run_finish(run, err);
		hd_run_free(run);
	}
	return rc;
}

/* One that was to be paused, and has not ended: a person says for good. */
static int unpause(struct run *run, struct hd_error *err)
{
	struct hd_core *core = run->core;
	int rc;

	if (hd_trial_state(run->trial) != HD_TRIAL_STOPPING ||
	    hd_trial_end(run->trial) != HD_END_PAUSED)
		return 0;
	rc = hd_core_begin(core, err);
	hd_trial_conclude(run->trial, HD_END_USER);
	return rc < 0 ? rc
		      : hd_store_trial_stop(core->setup.store, run->key,
					    HD_END_USER, "cancelled by the user",
					    core->wall, err);
}

int hd_core_cancel_asked(struct hd_core *core, struct hd_error *err)
{
	int rc = cancel_waiting(core, err);

	for (size_t i = 0; i < core->live_room && rc == 0; i++) {
		struct run *run = core->live[i];

		if (!run || !run->cancel_wanted)
			continue;
		run->cancel_wanted = false;
		rc = unpause(run, err);
		if (rc == 0)
			rc = hd_core_stop_run(core, run, HD_END_USER,
					      run->stop_now,
					      "cancelled by the user", err);
	}
	return rc;
}

/* --- again, though they had ended ----------------------------------------- */

int hd_core_retry(struct hd_core *core, const struct hd_retry *retry,
		  int64_t wall, size_t *count, struct hd_error *err)
{
	struct hd_store *store = core->setup.store;
	struct hd_resume_trial *rows = NULL;
	int rc = hd_store_begin(store, err);

	*count = 0;
	if (rc < 0)
		return rc;
	rc = hd_retry_store(retry, store, core->setup.sweep, core->setup.folder,
			    wall, &rows, count, err);
	if (rc == 0)
		rc = hd_store_commit(store, true, err);
	else
		hd_store_rollback(store);
	for (size_t i = 0; i < *count && rc == 0; i++)
		rc = hd_core_revive(core, &rows[i], err);
	core->results += *count;
	free(rows);
	core->wants_turn = true;
	return rc;
}
