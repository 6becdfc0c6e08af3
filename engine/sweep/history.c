/*
 * The history of a sweep: its trials, and the best per interval.
 *
 * Invariants: best[k] is the best over all trials at intervals up to k + 1, so
 * the table never gets worse from left to right. All memory that logging needs
 * is reserved before a curve grows, so a failed log changes nothing.
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

int hd_history_restore_best(struct hd_history *history, size_t interval,
			    double value, const struct hd_trial *leader)
{
	while (history->best_count < interval) {
		size_t last = history->best_count;
		int rc = hd_order_grow(&history->best, last,
				       &history->best_room,
				       sizeof history->best[0]);

		if (rc < 0)
			return rc;
		history->best[last] = last ? history->best[last - 1]
					   : (struct history_best){ .value = NAN };
		history->best_count++;
	}
	for (size_t i = interval - 1; i < history->best_count; i++) {
		/*
		 * A better one is of an earlier interval, or of a store that
		 * did not keep leaders. Of equals the one that was written
		 * down came first: the other would not have been.
		 */
		if (hd_goal_better(history->goal, history->best[i].value, value))
			break;
		history->best[i].value = value;
		history->best[i].leader = leader;
	}
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
	const struct history_best *best;

	if (leader)
		*leader = NULL;
	if (interval > history->best_count)
		interval = history->best_count;
	if (interval == 0)
		return NAN;
	best = &history->best[interval - 1];
	if (leader)
		*leader = best->leader;
	return best->value;
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

	assert(interval <= history->best_count + 1);
	if (rc == 0)
		rc = hd_order_grow(&history->best, history->best_count,
				   &history->best_room, sizeof history->best[0]);
	return rc;
}

/*
 * A value that is the best at its interval is so at later ones, up to where
 * another trial was strictly or equally good before: who was first stays.
 */
static void history_note_best(struct hd_history *history,
			      const struct hd_trial *trial, double value)
{
	struct history_best *best = history->best;
	size_t interval = trial->intervals;

	if (interval > history->best_count) {
		best[interval - 1].value = NAN;
		best[interval - 1].leader = NULL;
		if (interval > 1)
			best[interval - 1] = best[interval - 2];
		history->best_count = interval;
	}
	for (size_t i = interval - 1; i < history->best_count; i++) {
		if (!hd_goal_better(history->goal, value, best[i].value))
			break;
		best[i].value = value;
		best[i].leader = trial;
	}
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
