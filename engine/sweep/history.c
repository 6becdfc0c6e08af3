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
 * few) and kept by insertion: a binary search and a memmove, some 2 us at
 * 10,000 trials. Sweeps under bandit or no policy carry none. A balanced tree
 * was weighed: faster past 100,000 trials, thrice the memory, and much code.
 */
#include "sweep/history.h"

#include "sweep/private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct history_best {
	double value; /* NaN while there is none */
	const struct hd_trial *leader;
};

/* Who is where by BEST; equals stand by number. */
struct order_entry {
	double best;
	int64_t number; /* -1 for all inherited ones */
};

/* A column of either kind that was never asked for has room 0. */
struct history_order {
	double *means; /* best first, NaN last */
	size_t mean_count, mean_room;
	struct order_entry *bests; /* best first, NaN last */
	size_t best_count, best_room;
};

/* Behind a pointer of its own, as it changes under a const history. */
struct history_cache {
	struct history_order *orders; /* [0] is interval 1 */
	size_t count;
	bool failed; /* no memory for an answer; the next log says so */
};

struct hd_history {
	enum hd_goal goal;
	size_t width;
	struct hd_trial **trials; /* of this sweep, by number */
	size_t count, room;
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

static void history_free_trials(struct hd_trial **trials, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		free(trials[i]->curve);
		free(trials[i]);
	}
	free(trials);
}

void hd_history_free(struct hd_history *history)
{
	if (!history)
		return;
	history_free_trials(history->trials, history->count);
	history_free_trials(history->inherited, history->inherited_count);
	for (size_t i = 0; i < history->cache->count; i++) {
		free(history->cache->orders[i].means);
		free(history->cache->orders[i].bests);
	}
	free(history->cache->orders);
	free(history->cache);
	free(history->best);
	free(history);
}

/* Room for one more of SIZE bytes in *ARRAY; what is there stays. */
static int history_grow(void *array, size_t count, size_t *room, size_t size)
{
	size_t more = *room ? *room * 2 : 8;
	void *old, *grown;

	if (count < *room)
		return 0;
	if (more > SIZE_MAX / size)
		return HD_ENOMEM;
	/* By copy: a pointer to any kind of pointer is no void **. */
	memcpy(&old, array, sizeof old);
	grown = realloc(old, more * size);
	if (!grown)
		return HD_ENOMEM;
	memcpy(array, &grown, sizeof grown);
	*room = more;
	return 0;
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

	if (history_grow(&history->trials, history->count, &history->room,
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

	if (history_grow(&history->inherited, history->inherited_count,
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

struct hd_trial *hd_history_trial_mutable(struct hd_history *history,
					  size_t index)
{
	assert(index < history->count);
	return history->trials[index];
}

size_t hd_history_count(const struct hd_history *history)
{
	return history->count;
}

const struct hd_trial *hd_history_trial(const struct hd_history *history,
					size_t index)
{
	assert(index < history->count);
	return history->trials[index];
}

enum hd_goal hd_history_goal(const struct hd_history *history)
{
	return history->goal;
}

size_t hd_history_next(const struct hd_history *history)
{
	return history->count;
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

/* --- orders ---------------------------------------------------------------- */

static int64_t order_number(const struct hd_trial *trial)
{
	return trial->is_inherited ? -1 : (int64_t)trial->number;
}

/* Whether A stands before B: better, or equal (NaNs too) and older. */
static bool order_before(enum hd_goal goal, const struct order_entry *a,
			 const struct order_entry *b)
{
	if (hd_goal_better(goal, a->best, b->best))
		return true;
	return !hd_goal_worse(goal, a->best, b->best) && a->number < b->number;
}

/* How many of the ordered MEANS are not worse than MEAN: its place behind equals. */
static size_t order_find_mean(enum hd_goal goal, const double *means,
			      size_t count, double mean)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hd_goal_worse(goal, means[middle], mean))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* How many entries stand before ENTRY. */
static size_t order_find_best(enum hd_goal goal,
			      const struct order_entry *bests, size_t count,
			      const struct order_entry *entry)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (order_before(goal, &bests[middle], entry))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void order_insert_mean(enum hd_goal goal, struct history_order *order,
			      double mean)
{
	size_t at = order_find_mean(goal, order->means, order->mean_count,
				    mean);

	memmove(order->means + at + 1, order->means + at,
		(order->mean_count - at) * sizeof order->means[0]);
	order->means[at] = mean;
	order->mean_count++;
}

static void order_insert_best(enum hd_goal goal, struct history_order *order,
			      double best, int64_t number)
{
	struct order_entry entry = { best, number };
	size_t at = order_find_best(goal, order->bests, order->best_count,
				    &entry);

	memmove(order->bests + at + 1, order->bests + at,
		(order->best_count - at) * sizeof order->bests[0]);
	order->bests[at] = entry;
	order->best_count++;
}

/* The order at INTERVAL, made empty when there was none; NULL: no memory. */
static struct history_order *cache_order(struct history_cache *cache,
					 size_t interval)
{
	struct history_order *orders = cache->orders;

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

static int history_build_means(const struct hd_history *history,
			       struct history_order *order, size_t interval)
{
	size_t all = history->inherited_count + history->count;

	for (size_t i = 0; i < all; i++) {
		const struct hd_trial *trial = history_any(history, i);

		if (trial->intervals < interval)
			continue;
		if (history_grow(&order->means, order->mean_count,
				 &order->mean_room, sizeof(double)) < 0)
			return HD_ENOMEM;
		order_insert_mean(history->goal, order,
				  hd_trial_mean(trial, interval));
	}
	/* An order with nobody in it is kept up all the same. */
	return history_grow(&order->means, order->mean_count,
			    &order->mean_room, sizeof(double));
}

static int history_build_bests(const struct hd_history *history,
			       struct history_order *order, size_t interval)
{
	size_t all = history->inherited_count + history->count;

	for (size_t i = 0; i < all; i++) {
		const struct hd_trial *trial = history_any(history, i);

		if (trial->intervals < interval)
			continue;
		if (history_grow(&order->bests, order->best_count,
				 &order->best_room,
				 sizeof(struct order_entry)) < 0)
			return HD_ENOMEM;
		order_insert_best(history->goal, order,
				  hd_trial_best(trial, interval),
				  order_number(trial));
	}
	return history_grow(&order->bests, order->best_count,
			    &order->best_room, sizeof(struct order_entry));
}

/* A half-built order is dropped and the lack of memory remembered. */
static void history_fail(const struct hd_history *history,
			 struct history_order *order)
{
	history->cache->failed = true;
	if (!order)
		return;
	free(order->means);
	free(order->bests);
	memset(order, 0, sizeof *order);
}

double hd_history_median(const struct hd_history *history, size_t interval,
			 size_t *count)
{
	struct history_order *order;
	size_t n;

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
	n = order->mean_count;
	*count = n;
	if (n % 2)
		return order->means[n / 2];
	/* Halves first: the sum of two large ones may not fit. */
	return order->means[n / 2 - 1] / 2 + order->means[n / 2] / 2;
}

static size_t history_place_running(const struct hd_history *history,
				    const struct hd_trial *trial,
				    const struct order_entry *mine,
				    size_t interval, size_t *count)
{
	size_t before = 0;

	*count = 1;
	for (const struct hd_trial *other = history->running; other;
	     other = other->running_next) {
		struct order_entry entry;

		if (other == trial || other->intervals < interval)
			continue;
		entry.best = hd_trial_best(other, interval);
		entry.number = order_number(other);
		before += order_before(history->goal, &entry, mine);
		++*count;
	}
	return before + 1;
}

size_t hd_history_place(const struct hd_history *history,
			const struct hd_trial *trial, size_t interval,
			bool running_only, size_t *count)
{
	struct order_entry mine = { hd_trial_best(trial, interval),
				    order_number(trial) };
	struct history_order *order;

	*count = 0;
	if (interval == 0 || interval > trial->intervals)
		return 0;
	if (running_only)
		return history_place_running(history, trial, &mine, interval,
					     count);
	order = cache_order(history->cache, interval);
	if (!order || (order->best_room == 0 &&
		       history_build_bests(history, order, interval) < 0)) {
		history_fail(history, order);
		return 0;
	}
	*count = order->best_count;
	return order_find_best(history->goal, order->bests, order->best_count,
			       &mine) +
	       1;
}

/* --- logging --------------------------------------------------------------- */

int hd_history_reserve(struct hd_history *history, size_t interval)
{
	struct history_cache *cache = history->cache;
	struct history_order *order;

	if (cache->failed) {
		cache->failed = false;
		return HD_ENOMEM;
	}
	assert(interval <= history->best_count + 1);
	if (history_grow(&history->best, history->best_count,
			 &history->best_room,
			 sizeof(struct history_best)) < 0)
		return HD_ENOMEM;
	if (interval > cache->count)
		return 0;
	order = &cache->orders[interval - 1];
	if (order->mean_room &&
	    history_grow(&order->means, order->mean_count, &order->mean_room,
			 sizeof(double)) < 0)
		return HD_ENOMEM;
	if (order->best_room &&
	    history_grow(&order->bests, order->best_count, &order->best_room,
			 sizeof(struct order_entry)) < 0)
		return HD_ENOMEM;
	return 0;
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
		best[interval - 1] = interval > 1 ? best[interval - 2] : (struct history_best){ NAN, NULL };
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
	const struct trial_point *point = &trial->curve[trial->intervals - 1];
	struct history_order *order;

	if (trial->intervals == 1)
		history->measured++;
	history_note_best(history, trial, point->value);
	if (trial->intervals > history->cache->count)
		return;
	order = &history->cache->orders[trial->intervals - 1];
	if (order->mean_room)
		order_insert_mean(history->goal, order, point->mean);
	if (order->best_room)
		order_insert_best(history->goal, order, point->best,
				  order_number(trial));
}
