/*
 * An order of the trials per interval, for the policies that ask for one.
 *
 * Orders are built when first asked for (at the first trial that is due, so of
 * few) and kept from then on; one, once built, holds exactly the trials with
 * that many values, best first. Sweeps under bandit or no policy carry none.
 */
#include "sweep/history_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct history_cache *hd_history_cache_new(void)
{
	return calloc(1, sizeof(struct history_cache));
}

void hd_history_cache_free(struct history_cache *cache)
{
	for (size_t i = 0; i < cache->count; i++)
		hd_order_release(&cache->orders[i]);
	free(cache->orders);
	free(cache->indices);
	free(cache);
}

static struct hd_standing history_entry(const struct hd_trial *trial,
					size_t interval)
{
	return (struct hd_standing){
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
		struct hd_standing entry;

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

double hd_history_percentile(const struct hd_history *history, size_t interval,
			     double percent, size_t *count)
{
	struct hd_order *order;

	*count = 0;
	/* Past the longest curve there is nobody: build nothing for it. */
	if (interval == 0 || interval > history->longest)
		return NAN;
	order = cache_order(history->cache, interval);
	if (!order || (order->mean_room == 0 &&
		       history_build_means(history, order, interval) < 0)) {
		history_fail(history, order);
		return NAN;
	}
	*count = order->mean_count;
	return hd_order_percentile(order, percent);
}

double hd_history_median(const struct hd_history *history, size_t interval,
			 size_t *count)
{
	return hd_history_percentile(history, interval, 50, count);
}

static size_t history_place_running(const struct hd_history *history,
				    const struct hd_trial *trial,
				    size_t interval, size_t *count)
{
	struct hd_standing mine = history_entry(trial, interval);
	size_t before = 0;

	*count = 1;
	for (const struct hd_trial *other = history->running; other;
	     other = other->running_next) {
		struct hd_standing entry = history_entry(other, interval);

		if (other == trial || other->intervals < interval)
			continue;
		before += hd_order_before(history->goal, &entry, &mine);
		++*count;
	}
	return before + 1;
}

/* The order of bests at INTERVAL, COUNT of them; NULL: nobody, or no memory. */
static const struct hd_order *history_bests(const struct hd_history *history,
					    size_t interval, size_t *count)
{
	struct hd_order *order;

	*count = 0;
	if (interval == 0 || interval > history->longest)
		return NULL;
	order = cache_order(history->cache, interval);
	if (!order || (order->best_room == 0 &&
		       history_build_bests(history, order, interval) < 0)) {
		history_fail(history, order);
		return NULL;
	}
	*count = order->best_count;
	return order;
}

size_t hd_history_place(const struct hd_history *history,
			const struct hd_trial *trial, size_t interval,
			bool running_only, size_t *count)
{
	struct hd_standing mine = history_entry(trial, interval);
	const struct hd_order *order;

	*count = 0;
	if (interval == 0 || interval > trial->intervals)
		return 0;
	if (running_only)
		return history_place_running(history, trial, interval, count);
	order = history_bests(history, interval, count);
	if (!order)
		return 0;
	return hd_order_find(order, history->goal, &mine) + 1;
}

const struct hd_trial *hd_history_ranked(const struct hd_history *history,
					 size_t interval, size_t place,
					 size_t *count)
{
	const struct hd_order *order;
	int64_t number;
	size_t all;

	if (!count)
		count = &all;
	order = history_bests(history, interval, count);
	if (!order || place == 0 || place > *count)
		return NULL;
	number = order->bests[place - 1].number;
	return number < 0 ? NULL : history->trials[number];
}

const struct hd_standing *
hd_history_standings(const struct hd_history *history, size_t interval,
		     size_t *count)
{
	const struct hd_order *order = history_bests(history, interval, count);

	return order ? order->bests : NULL;
}

/* --- climbing -------------------------------------------------------------- */

/* Room for a climb of each in ORDER, and an index of each trial. */
static int climbs_reserve(const struct hd_history *history, struct hd_order *order)
{
	struct history_cache *cache = history->cache;
	void *grown;

	if (order->climb_room < order->best_room) {
		grown = realloc(order->climbs,
				order->best_room * sizeof order->climbs[0]);
		if (!grown)
			return HD_ENOMEM;
		order->climbs = grown;
		order->climb_room = order->best_room;
	}
	if (cache->index_room < history->count) {
		grown = realloc(cache->indices,
				history->room * sizeof cache->indices[0]);
		if (!grown)
			return HD_ENOMEM;
		cache->indices = grown;
		cache->index_room = history->room;
	}
	return 0;
}

/*
 * Each in ORDER at its place among those of this sweep, less than none; INDICES
 * becomes where a trial stands in ORDER, from 1 on, 0 for one that does not.
 */
static void climbs_begin(struct hd_order *order, size_t *indices, size_t trials)
{
	size_t place = 0;

	if (trials) /* of earlier sweeps alone: there may be no INDICES */
		memset(indices, 0, trials * sizeof indices[0]);
	for (size_t i = 0; i < order->best_count; i++) {
		int64_t number = order->bests[i].number;

		order->climbs[i] = 0;
		if (number < 0)
			continue;
		indices[number] = i + 1;
		order->climbs[i] = -(double)++place;
	}
}

/* And its place in BEFORE on top, among those who are in ORDER too. */
static void climbs_add(struct hd_order *order, const struct hd_order *before,
		       const size_t *indices)
{
	size_t place = 0;

	for (size_t from = 0, to; from < before->best_count; from = to) {
		double best = before->bests[from].best, middle;
		size_t equals = 0;

		for (to = from; to < before->best_count &&
				(before->bests[to].best == best ||
				 (isnan(best) && isnan(before->bests[to].best)));
		     to++)
			equals += before->bests[to].number >= 0 &&
				  indices[before->bests[to].number];
		middle = (double)place + ((double)equals + 1) / 2;
		place += equals;
		for (size_t i = from; i < to; i++) {
			int64_t number = before->bests[i].number;

			if (number >= 0 && indices[number])
				order->climbs[indices[number] - 1] += middle;
		}
	}
}

const double *hd_history_climbs(const struct hd_history *history,
				size_t interval, size_t earlier, size_t *count)
{
	const struct hd_order *before = NULL;
	struct hd_order *order;
	size_t reached;

	*count = 0;
	if (earlier == 0 || earlier >= interval ||
	    !history_bests(history, interval, &reached))
		return NULL;
	before = history_bests(history, earlier, &reached);
	/* Room for another order may have moved this one. */
	order = &history->cache->orders[interval - 1];
	if (!before || climbs_reserve(history, order) < 0) {
		history_fail(history, NULL);
		return NULL;
	}
	if (order->climb_count != order->best_count ||
	    order->climb_before != before->best_count ||
	    order->climb_earlier != earlier) {
		climbs_begin(order, history->cache->indices, history->count);
		climbs_add(order, before, history->cache->indices);
		order->climb_count = order->best_count;
		order->climb_before = before->best_count;
		order->climb_earlier = earlier;
	}
	*count = order->best_count;
	return order->climbs;
}

/* Orders are built anew, from the curves, when they are asked for. */
void hd_history_withdraw(struct hd_history *history,
			 const struct hd_trial *trial)
{
	struct history_cache *cache = history->cache;

	if (trial->intervals == 0)
		return;
	history->measured--;
	for (size_t i = 0; i < cache->count; i++)
		hd_order_release(&cache->orders[i]);
}

/* --- logging --------------------------------------------------------------- */

int hd_history_rank_reserve(struct hd_history *history, size_t interval)
{
	struct history_cache *cache = history->cache;
	struct hd_order *order;
	int rc = 0;

	if (cache->failed) {
		cache->failed = false;
		return HD_ENOMEM;
	}
	if (interval > cache->count)
		return 0;
	order = &cache->orders[interval - 1];
	if (order->mean_room)
		rc = hd_order_reserve_mean(order);
	if (rc == 0 && order->best_room)
		rc = hd_order_reserve_best(order);
	return rc;
}

void hd_history_rank(struct hd_history *history, const struct hd_trial *trial)
{
	size_t interval = trial->intervals;
	struct hd_standing entry;
	struct hd_order *order;

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
