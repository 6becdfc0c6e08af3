/*
 * The history of a sweep: its trials, and the best per interval.
 *
 * Invariants: best[] are the steps of the best over all trials at intervals up
 * to k, as k grows: each begins later than the one before and none is worse, so
 * that a trial with a million intervals costs no more than its steps, and a
 * value that is better than all that follow takes their place. All memory that
 * logging needs is reserved before a curve grows, so a failed log changes
 * nothing.
 */
#include "sweep/history_private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct hd_history *hd_history_new(enum hd_goal goal, size_t width)
{
	struct hd_history *history = calloc(1, sizeof *history);

	if (!history)
		return NULL;
	history->cache = hd_history_cache_new();
	if (!history->cache) {
		free(history);
		return NULL;
	}
	history->goal = goal;
	history->width = width;
	return history;
}

static void history_free_trial(struct hd_trial *trial)
{
	if (!trial) /* forgotten */
		return;
	free(trial->curve);
	free(trial);
}

static void history_free_trials(struct hd_trial **trials, size_t count)
{
	for (size_t i = 0; i < count; i++)
		history_free_trial(trials[i]);
	free(trials);
}

void hd_history_free(struct hd_history *history)
{
	if (!history)
		return;
	history_free_trials(history->trials, history->count);
	history_free_trials(history->inherited, history->inherited_count);
	hd_history_cache_free(history->cache);
	free(history->best);
	free(history);
}

struct hd_trial *hd_history_trial_new(struct hd_history *history,
				      const struct hd_value *values)
{
	size_t size = history->width * sizeof values[0];
	struct hd_trial *trial = calloc(1, sizeof *trial + size);

	if (!trial)
		return NULL;
	trial->history = history;
	if (size)
		memcpy(trial->values, values, size);
	return trial;
}

struct hd_trial *hd_history_add(struct hd_history *history,
				const struct hd_value *values)
{
	struct hd_trial *trial;

	if (hd_order_grow(&history->trials, history->count, &history->room,
			  sizeof(struct hd_trial *)) < 0)
		return NULL;
	trial = hd_history_trial_new(history, values);
	if (!trial)
		return NULL;
	trial->number = history->count;
	history->trials[history->count++] = trial;
	return trial;
}

struct hd_trial *hd_history_inherit(struct hd_history *history,
				    const struct hd_value *values)
{
	struct hd_trial *trial;

	if (hd_order_grow(&history->inherited, history->inherited_count,
			  &history->inherited_room,
			  sizeof(struct hd_trial *)) < 0)
		return NULL;
	trial = hd_history_trial_new(history, values);
	if (!trial)
		return NULL;
	trial->is_inherited = true;
	trial->state = HD_TRIAL_COMPLETED;
	trial->number = history->inherited_count;
	history->inherited[history->inherited_count++] = trial;
	return trial;
}

static bool history_is_led_by(const struct hd_history *history,
			      const struct hd_trial *trial)
{
	for (size_t i = 0; i < history->best_count; i++)
		if (history->best[i].leader == trial)
			return true;
	return false;
}

void hd_history_forget(struct hd_history *history, size_t index)
{
	struct hd_trial *trial = history->trials[index];

	assert(index < history->count && trial);
	assert(hd_trial_state_is_terminal(trial->state));
	if (history_is_led_by(history, trial))
		return;
	history_free_trial(trial);
	history->trials[index] = NULL;
}

int hd_history_skip(struct hd_history *history)
{
	int rc = hd_order_grow(&history->trials, history->count, &history->room,
			       sizeof(struct hd_trial *));

	if (rc == 0)
		history->trials[history->count++] = NULL;
	return rc;
}

int hd_history_recall(struct hd_history *history, size_t index,
		      const struct hd_value *values)
{
	size_t size = sizeof(struct hd_trial) +
		      history->width * sizeof(struct hd_value);
	struct hd_trial *trial;

	assert(index < history->count);
	trial = history->trials[index];
	if (trial && !values)
		return 0;
	if (!trial)
		trial = calloc(1, size);
	if (!trial)
		return HD_ENOMEM;
	if (values)
		memcpy(trial->values, values, history->width * sizeof *values);
	if (history->trials[index])
		return 0;
	trial->history = history;
	trial->number = index;
	trial->state = HD_TRIAL_COMPLETED;
	history->trials[index] = trial;
	return 0;
}

/* How many of the steps begin at INTERVAL or before. */
static size_t history_steps(const struct hd_history *history, size_t interval)
{
	size_t low = 0, high = history->best_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (history->best[middle].from <= interval)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * VALUE, which is not worse than the best at INTERVAL, is the best from there
 * on, up to the first step that is better, or as good unless OVER_EQUALS. There
 * is room for a step.
 */
static void history_step(struct hd_history *history, size_t interval,
			 double value, const struct hd_trial *leader,
			 bool over_equals)
{
	struct history_best *best = history->best;
	size_t at = history_steps(history, interval), end = at;

	while (end < history->best_count &&
	       (over_equals
			? !hd_goal_better(history->goal, best[end].value, value)
			: hd_goal_better(history->goal, value, best[end].value)))
		end++;
	if (at > 0 && best[at - 1].from == interval)
		at--;
	memmove(best + at + 1, best + end,
		(history->best_count - end) * sizeof best[0]);
	best[at] = (struct history_best){ interval, value, leader };
	history->best_count += at + 1;
	history->best_count -= end;
}

int hd_history_restore_best(struct hd_history *history, size_t interval,
			    double value, const struct hd_trial *leader)
{
	int rc = hd_order_grow(&history->best, history->best_count,
			       &history->best_room, sizeof history->best[0]);

	if (rc < 0)
		return rc;
	if (history->longest < interval)
		history->longest = interval;
	/*
	 * A better one is of an earlier interval, or of a store that did not
	 * keep leaders. Of equals the one that was written down came first: the
	 * other would not have been.
	 */
	if (!isnan(value) &&
	    !hd_goal_better(history->goal,
			    hd_history_best(history, interval, NULL), value))
		history_step(history, interval, value, leader, true);
	return 0;
}

void hd_history_restore_measured(struct hd_history *history, size_t measured)
{
	history->measured += measured;
}

struct hd_trial *hd_history_trial_mutable(struct hd_history *history,
					  size_t index)
{
	assert(index < history->count);
	return history->trials[index];
}

void hd_history_unmeasure(struct hd_history *history)
{
	assert(history->measured > 0);
	history->measured--;
}

size_t hd_history_count(const struct hd_history *history)
{
	return history->count;
}

const struct hd_trial *hd_history_trial(const struct hd_history *history,
					size_t index)
{
	assert(index < history->count && history->trials[index]);
	return history->trials[index];
}

size_t hd_history_known(const struct hd_history *history)
{
	return history->inherited_count + history->count;
}

const struct hd_trial *hd_history_known_trial(const struct hd_history *history,
					      size_t index)
{
	if (index < history->inherited_count)
		return history->inherited[index];
	return hd_history_trial(history, index - history->inherited_count);
}

enum hd_goal hd_history_goal(const struct hd_history *history)
{
	return history->goal;
}

size_t hd_history_next(const struct hd_history *history)
{
	return history->count - history->foreign;
}

void hd_history_add_foreign(struct hd_history *history, size_t count)
{
	history->foreign += count;
}

void hd_history_plan(struct hd_history *history, size_t total, size_t slots)
{
	history->total = total;
	history->slots = slots;
}

size_t hd_history_total(const struct hd_history *history)
{
	return history->total;
}

size_t hd_history_slots(const struct hd_history *history)
{
	return history->slots;
}

void hd_history_complete(struct hd_history *history,
			 const struct hd_trial *trial)
{
	if (trial->intervals > history->horizon)
		history->horizon = trial->intervals;
}

size_t hd_history_horizon(const struct hd_history *history)
{
	return history->horizon;
}

size_t hd_history_measured(const struct hd_history *history)
{
	return history->measured;
}

double hd_history_best(const struct hd_history *history, size_t interval,
		       const struct hd_trial **leader)
{
	size_t steps = history_steps(history, interval);
	const struct history_best *best = steps ? &history->best[steps - 1]
						: NULL;

	if (leader)
		*leader = best ? best->leader : NULL;
	return best ? best->value : NAN;
}

void hd_history_run(struct hd_history *history, struct hd_trial *trial,
		    bool runs)
{
	bool listed = history->running == trial || trial->running_previous;

	if (runs == listed)
		return;
	if (runs) {
		trial->running_next = history->running;
		if (history->running)
			history->running->running_previous = trial;
		history->running = trial;
		return;
	}
	if (trial->running_next)
		trial->running_next->running_previous = trial->running_previous;
	if (trial->running_previous)
		trial->running_previous->running_next = trial->running_next;
	else
		history->running = trial->running_next;
	trial->running_next = trial->running_previous = NULL;
}

/* --- logging --------------------------------------------------------------- */

int hd_history_reserve(struct hd_history *history, size_t interval)
{
	int rc = hd_history_rank_reserve(history, interval);

	assert(interval <= history->longest + 1);
	if (rc == 0)
		rc = hd_order_grow(&history->best, history->best_count,
				   &history->best_room, sizeof history->best[0]);
	return rc;
}

/* Who was first stays: only what is better makes a step. */
static void history_note_best(struct hd_history *history,
			      const struct hd_trial *trial, double value)
{
	size_t interval = trial->intervals;

	if (interval > history->longest)
		history->longest = interval;
	if (hd_goal_better(history->goal, value,
			   hd_history_best(history, interval, NULL)))
		history_step(history, interval, value, trial, false);
}

void hd_history_note(struct hd_history *history, const struct hd_trial *trial)
{
	if (trial->intervals == 1)
		history->measured++;
	/* One of an earlier sweep, or of a store, whose curve is read now. */
	if (trial->state == HD_TRIAL_COMPLETED)
		hd_history_complete(history, trial);
	history_note_best(history, trial, hd_trial_last(trial));
	hd_history_rank(history, trial);
}
