/*
 * Attempts that are not the last: which ends are followed by another attempt,
 * when, and with what of the one before.
 *
 * What the program logged stays its trial's when it can go on from a
 * checkpoint, which a file in its checkpoints folder says. Else it begins from
 * nothing and will log all of it again, so what it logged is put aside.
 */
#include "sweep/core_private.h"

#include "sweep/retry.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MICRO 1e6
/* Attempts that went without a word, before the trial counts as failed. */
#define LOST_MOST 3
/* A program that gave way is not started again at once. */
#define PREEMPTED_DELAY 1.0
#define DELAY_MOST 3600.0
/* Starts of an attempt, and seconds before the second; then eight times that. */
#define LAUNCHES_MOST 3
#define LAUNCH_DELAY 0.1
/* No such program, or none that can be run: it will not be there next time. */
#define EXIT_NOT_EXECUTABLE 126

bool hd_run_goes_on(const struct run *run, const struct verdict *verdict)
{
	const struct hd_core *core = run->core;

	if (core->stopping)
		return false;
	if (run->unstarted)
		return hd_trial_state(run->trial) != HD_TRIAL_STOPPING;
	if (verdict->event != HD_TRIAL_EVENT_FAIL)
		return false;
	switch (verdict->end) {
	case HD_END_LOST:
		return run->lost + 1 < LOST_MOST;
	case HD_END_PREEMPTED:
	case HD_END_SWEEP:
		return true;
	case HD_END_EXIT:
		if (run->exit.code >= EXIT_NOT_EXECUTABLE)
			return false;
		return run->restarts < core->setup.config->max_restarts;
	case HD_END_SIGNAL:
		return run->restarts < core->setup.config->max_restarts;
	case HD_END_NONE:
	case HD_END_LAUNCH:
	case HD_END_POLICY:
	case HD_END_USER:
	case HD_END_LIMIT:
	case HD_END_TIMEOUT:
	case HD_END_SCRIPT:
	case HD_END_MEMORY:
	case HD_END_FAILURES:
	case HD_END_PAUSED:
	case HD_END_TARGET:
	case HD_END_PATIENCE:
	case HD_END_CONVERGED:
		break;
	}
	return false;
}

/* Seconds until the next attempt, twice as long each time. */
static double again_delay(const struct run *run, enum hd_end end)
{
	double first = run->core->setup.config->restart_delay;

	if (end == HD_END_LOST || end == HD_END_SWEEP)
		return run->exit.delay;
	if (end == HD_END_PREEMPTED)
		return fmax(PREEMPTED_DELAY, run->exit.delay);
	return fmin(ldexp(first, (int)fmin((double)run->restarts, 30)),
		    DELAY_MOST);
}

/* Nothing of the attempt that ended is left in RUN. */
static int run_reset(struct run *run, bool anew, struct hd_error *err)
{
	if (anew) {
		hd_trial_begin_anew(run->trial);
		run->sequence = 0;
		run->best_time = 0;
		run->step_seen = INT64_MIN;
		run->owner = RUN_OWNER_NONE;
	}
	run->step_before = run->step_seen;
	free(run->exit_error);
	free(run->mark_detail);
	run->exit_error = NULL;
	run->mark_detail = NULL;
	run->mark = RUN_MARK_NONE;
	run->exit = (struct hd_exit){ 0 };
	run->reason.text[0] = '\0';
	run->started = run->gone = run->seen = run->logs_due = 0;
	run->adopt = run->adopted = run->fresh = run->spawned = run->has_output = false;
	run->ended = run->unstarted = run->is_mute = run->stop_wanted = run->stop_now = false;
	run->changed = false;
	run->attempt++;
	hd_tail_free(run->tail);
	run->tail = NULL;
	memset(run->places, 0, sizeof run->places);
	return hd_tail_new(&run->tail, run->folder, run->core->rules, NULL, err);
}

static void tell_again(const struct run *run, const struct verdict *verdict,
		       double delay)
{
	hd_core_queue(run->core, &(struct hd_event){
					 .kind = HD_EVENT_TRIAL_AGAIN,
					 .trial = run->number,
					 .state = HD_TRIAL_QUEUED,
					 .end = verdict->end,
					 .text = hd_buf_text(&verdict->detail),
					 .attempt = run->attempt,
					 .seconds = delay,
					 .exit_code = run->exit.signal ? -1 : run->exit.code,
					 .exit_signal = run->exit.signal,
					 .folder = run->folder });
}

/* Whether another moment may have what a start failed for. */
bool hd_run_may_launch_later(struct run *run, int code)
{
	if (code != HD_EBUSY && code != HD_ENOMEM && code != HD_EIO)
		return false;
	return ++run->unlaunched < LAUNCHES_MOST;
}

/* Nothing of this attempt ever was: it is still to be started. */
static int again_unstarted(struct run *run, struct hd_error *err)
{
	struct hd_core *core = run->core;
	double delay = run->unlaunched
			       ? ldexp(LAUNCH_DELAY, 3 * (int)run->unlaunched - 3)
			       : 0;
	int rc = hd_store_trial_state(core->setup.store, run->key,
				      HD_TRIAL_QUEUED, 0, err);

	if (rc < 0)
		return rc;
	hd_trial_move(run->trial, HD_TRIAL_EVENT_AGAIN);
	run->due = core->wall + (int64_t)(delay * MICRO);
	if (run->exit_error)
		hd_run_note(run, run->exit_error);
	run->attempt--; /* the reset counts one on */
	rc = run_reset(run, false, err);
	if (rc == 0)
		hd_run_wait(run);
	return rc;
}

int hd_run_again(struct run *run, const struct verdict *verdict,
		 struct hd_error *err)
{
	struct hd_core *core = run->core;
	bool anew = !hd_retry_has_checkpoint(run->folder);
	double delay = again_delay(run, verdict->end);
	int rc;

	if (run->unstarted)
		return again_unstarted(run, err);
	if (verdict->end == HD_END_LOST)
		run->lost++;
	else if (verdict->end != HD_END_PREEMPTED && verdict->end != HD_END_SWEEP)
		run->restarts++;
	run->due = core->wall + (int64_t)(delay * MICRO);
	rc = hd_store_trial_queue(core->setup.store, run->key,
				  &(struct hd_again_record){
					  .attempt = run->attempt,
					  .anew = anew,
					  .restarts = run->restarts,
					  .due = run->due,
					  .queued = core->wall,
					  .detail = hd_buf_text(&verdict->detail) },
				  err);
	if (rc < 0)
		return rc;
	hd_trial_move(run->trial, HD_TRIAL_EVENT_AGAIN);
	tell_again(run, verdict, delay);
	rc = run_reset(run, anew, err);
	if (rc == 0)
		hd_run_wait(run);
	return rc;
}

/* --- those that wait ------------------------------------------------------ */

void hd_run_wait(struct run *run)
{
	struct run **link = &run->core->waiting;

	while (*link && ((*link)->due < run->due ||
			 ((*link)->due == run->due && (*link)->number < run->number)))
		link = &(*link)->next;
	run->next = *link;
	*link = run;
}

struct run *hd_core_take_due(struct hd_core *core)
{
	struct run *run = core->waiting;

	if (!run || run->due > core->wall)
		return NULL;
	core->waiting = run->next;
	run->next = NULL;
	return run;
}

int hd_core_cancel_waiting(struct hd_core *core, struct hd_error *err)
{
	int rc = 0;

	while (core->waiting && rc == 0) {
		struct run *run = core->waiting;

		hd_trial_set_end(run->trial, hd_core_trial_end(core));
		rc = hd_run_finish(run, err);
		core->waiting = run->next;
		hd_run_free(run);
	}
	return rc;
}
