/*
 * The history of a sweep: its trials, the best per interval, and an order of
 * the trials per interval for the policies that ask for one.
 *
 * Invariants: best[k] is the best over all trials at intervals up to k + 1, so
 * the table never gets worse from left to right. An order, once built, holds
 * exactly the trials with that many values, best first. All memory that
 * logging needs is reserved before a curve grows, so a failed log changes
 * nothing.
 *
 * Orders are built when first asked for (at the first trial that is due, so of
 * few) and kept from then on. Sweeps under bandit or no policy carry none.
 */
#include "sweep/history.h"

#include "sweep/order.h"
#include "sweep/private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct history_best {
	double value; /* NaN while there is none */
	const struct hd_trial *leader;
};

/* Behind a pointer of its own, as it changes under a const history. */
struct history_cache {
	struct hd_order *orders; /* [0] is interval 1 */
	size_t count;
	bool failed; /* no memory for an answer; the next log says so */
};

struct hd_history {
	enum hd_goal goal;
	size_t width;
	size_t total, slots;      /* planned; 0 for not known */
	struct hd_trial **trials; /* of this sweep, by number */
	size_t count, room;
	size_t foreign; /* of them, that no sampler suggested */
	struct hd_trial **inherited;
	size_t inherited_count, inherited_room;
	struct hd_trial *running; /* list of those in HD_TRIAL_RUNNING */
	size_t measured;          /* trials with at least one value */
	struct history_best *best;
	size_t best_count, best_room; /* longest curve */
	struct history_cache *cache;
};

struct hd_history *hd_history_new(enum hd_goal goal, size_t width)
{
	struct hd_history *history = calloc(1, sizeof *history);

	if (!history)
		return NULL;
	history->cache = calloc(1, sizeof *history->cache);
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
	for (size_t i = 0; i < history->cache->count; i++)
		hd_order_release(&history->cache->orders[i]);
	free(history->cache->orders);
	free(history->cache);
	free(history->best);
	free(history);
}

static struct hd_trial *history_trial_new(struct hd_history *history,
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
	trial = history_trial_new(history, values);
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
	trial = history_trial_new(history, values);
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

/* --- copies ---------------------------------------------------------------- */

static struct hd_trial *history_copy_trial(struct hd_history *copy,
					   const struct hd_trial *trial)
{
	struct hd_trial *twin = history_trial_new(copy, trial->values);
	size_t bytes = trial->intervals * sizeof trial->curve[0];

	if (!twin)
		return NULL;
	twin->number = trial->number;
	twin->is_inherited = trial->is_inherited;
	twin->state = trial->state;
	twin->end = trial->end;
	twin->best_interval = trial->best_interval;
	if (trial->intervals == 0)
		return twin;
	twin->curve = malloc(bytes);
	if (!twin->curve) {
		free(twin);
		return NULL;
	}
	memcpy(twin->curve, trial->curve, bytes);
	twin->intervals = twin->room = trial->intervals;
	return twin;
}

/* COUNT trials into *OUT, counted in *COPIED as they come. */
static int history_copy_trials(struct hd_history *copy, struct hd_trial ***out,
			       size_t *copied, struct hd_trial *const *trials,
			       size_t count)
{
	*out = calloc(count + 1, sizeof **out);
	if (!*out)
		return HD_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		(*out)[i] = history_copy_trial(copy, trials[i]);
		if (!(*out)[i])
			return HD_ENOMEM;
		++*copied;
		if (trials[i]->state == HD_TRIAL_RUNNING)
			hd_history_run(copy, (*out)[i], true);
	}
	return 0;
}

static int history_copy_best(struct hd_history *copy,
			     const struct hd_history *history)
{
	copy->best = calloc(history->best_count + 1, sizeof *copy->best);
	if (!copy->best)
		return HD_ENOMEM;
	copy->best_count = copy->best_room = history->best_count;
	for (size_t i = 0; i < history->best_count; i++) {
		const struct hd_trial *leader = history->best[i].leader;

		copy->best[i].value = history->best[i].value;
		if (leader)
			copy->best[i].leader =
				leader->is_inherited ? copy->inherited[leader->number]
						     : copy->trials[leader->number];
	}
	return 0;
}

struct hd_history *hd_history_copy(const struct hd_history *history)
{
	struct hd_history *copy = hd_history_new(history->goal, history->width);

	if (!copy)
		return NULL;
	hd_history_plan(copy, history->total, history->slots);
	copy->measured = history->measured;
	copy->foreign = history->foreign;
	if (history_copy_trials(copy, &copy->trials, &copy->count,
				history->trials, history->count) < 0 ||
	    history_copy_trials(copy, &copy->inherited, &copy->inherited_count,
				history->inherited,
				history->inherited_count) < 0 ||
	    history_copy_best(copy, history) < 0) {
		hd_history_free(copy);
		return NULL;
	}
	copy->room = copy->count;
	copy->inherited_room = copy->inherited_count;
	return copy;
}

/* --- orders ---------------------------------------------------------------- */

static struct hd_order_entry history_entry(const struct hd_trial *trial,
					   size_t interval)
{
	return (struct hd_order_entry){
		.best = hd_trial_best(trial, interval),
		.number = trial->is_inherited ? -1 : (int64_t)trial->number,
	};
}

/* The order at INTERVAL, made empty when there was none; NULL: no memory. */
static struct hd_order *cache_order(struct history_cache *cache,
				    size_t interval)
{
	struct hd_order *orders = cache->orders;

	if (interval > cache->count) {
		size_t count = cache->count * 2;

		if (count < interval)
			count = interval;
		if (count > SIZE_MAX / sizeof *orders)
			return NULL;
		orders = realloc(orders, count * sizeof *orders);
		if (!orders)
			return NULL;
		memset(orders + cache->count, 0,
		       (count - cache->count) * sizeof *orders);
		cache->orders = orders;
		cache->count = count;
	}
	return &orders[interval - 1];
}

/* The I-th of all trials, inherited ones first. */
static const struct hd_trial *history_any(const struct hd_history *history,
					  size_t i)
{
	if (i < history->inherited_count)
		return history->inherited[i];
	return history->trials[i - history->inherited_count];
}

/* An order with nobody in it has room too: that is how it is kept up. */
static int history_build_means(const struct hd_history *history,
			       struct hd_order *order, size_t interval)
{
	size_t all = history->inherited_count + history->count;
	int rc = hd_order_reserve_mean(order);

	for (size_t i = 0; i < all && rc == 0; i++) {
		const struct hd_trial *trial = history_any(history, i);

		if (trial->intervals < interval)
			continue;
		hd_order_add_mean(order, history->goal,
				  hd_trial_mean(trial, interval));
		rc = hd_order_reserve_mean(order);
	}
	return rc;
}

static int history_build_bests(const struct hd_history *history,
			       struct hd_order *order, size_t interval)
{
	size_t all = history->inherited_count + history->count;
	int rc = hd_order_reserve_best(order);

	for (size_t i = 0; i < all && rc == 0; i++) {
		const struct hd_trial *trial = history_any(history, i);
		struct hd_order_entry entry;

		if (trial->intervals < interval)
			continue;
		entry = history_entry(trial, interval);
		hd_order_add_best(order, history->goal, &entry);
		rc = hd_order_reserve_best(order);
	}
	return rc;
}

/* A half-built order is dropped and the lack of memory remembered. */
static void history_fail(const struct hd_history *history,
			 struct hd_order *order)
{
	history->cache->failed = true;
	if (order)
		hd_order_release(order);
}

double hd_history_median(const struct hd_history *history, size_t interval,
			 size_t *count)
{
	struct hd_order *order;

	*count = 0;
	/* Past the longest curve there is nobody: build nothing for it. */
	if (interval == 0 || interval > history->best_count)
		return NAN;
	order = cache_order(history->cache, interval);
	if (!order || (order->mean_room == 0 &&
		       history_build_means(history, order, interval) < 0)) {
		history_fail(history, order);
		return NAN;
	}
	*count = order->mean_count;
	return hd_order_median(order);
}

static size_t history_place_running(const struct hd_history *history,
				    const struct hd_trial *trial,
				    size_t interval, size_t *count)
{
	struct hd_order_entry mine = history_entry(trial, interval);
	size_t before = 0;

	*count = 1;
	for (const struct hd_trial *other = history->running; other;
	     other = other->running_next) {
		struct hd_order_entry entry = history_entry(other, interval);

		if (other == trial || other->intervals < interval)
			continue;
		before += hd_order_before(history->goal, &entry, &mine);
		++*count;
	}
	return before + 1;
}

size_t hd_history_place(const struct hd_history *history,
			const struct hd_trial *trial, size_t interval,
			bool running_only, size_t *count)
{
	struct hd_order_entry mine = history_entry(trial, interval);
	struct hd_order *order;

	*count = 0;
	if (interval == 0 || interval > trial->intervals)
		return 0;
	if (running_only)
		return history_place_running(history, trial, interval, count);
	order = cache_order(history->cache, interval);
	if (!order || (order->best_room == 0 &&
		       history_build_bests(history, order, interval) < 0)) {
		history_fail(history, order);
		return 0;
	}
	*count = order->best_count;
	return hd_order_find(order, history->goal, &mine) + 1;
}

void hd_history_withdraw(struct hd_history *history,
			 const struct hd_trial *trial)
{
	struct history_cache *cache = history->cache;

	if (trial->intervals == 0)
		return;
	history->measured--;
	/* They are built anew, from the curves, when they are asked for. */
	for (size_t i = 0; i < cache->count; i++)
		hd_order_release(&cache->orders[i]);
}

/* --- logging --------------------------------------------------------------- */

int hd_history_reserve(struct hd_history *history, size_t interval)
{
	struct history_cache *cache = history->cache;
	struct hd_order *order;
	int rc;

	if (cache->failed) {
		cache->failed = false;
		return HD_ENOMEM;
	}
	assert(interval <= history->best_count + 1);
	rc = hd_order_grow(&history->best, history->best_count,
			   &history->best_room, sizeof history->best[0]);
	if (interval > cache->count)
		return rc;
	order = &cache->orders[interval - 1];
	if (rc == 0 && order->mean_room)
		rc = hd_order_reserve_mean(order);
	if (rc == 0 && order->best_room)
		rc = hd_order_reserve_best(order);
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
	size_t interval = trial->intervals;
	struct hd_order_entry entry;
	struct hd_order *order;

	if (interval == 1)
		history->measured++;
	history_note_best(history, trial, hd_trial_last(trial));
	if (interval > history->cache->count)
		return;
	order = &history->cache->orders[interval - 1];
	if (order->mean_room)
		hd_order_add_mean(order, history->goal,
				  hd_trial_mean(trial, interval));
	if (order->best_room) {
		entry = history_entry(trial, interval);
		hd_order_add_best(order, history->goal, &entry);
	}
}
