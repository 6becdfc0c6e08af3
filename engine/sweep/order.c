/*
 * Ordered columns by insertion. See order.h for why no tree.
 *
 * Invariant: no column has an element that is better than the one before it.
 */
#include "sweep/order.h"

#include <hdrive/error.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

int hd_order_grow(void *array, size_t count, size_t *room, size_t size)
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

void hd_order_release(struct hd_order *order)
{
	free(order->means);
	free(order->bests);
	free(order->climbs);
	memset(order, 0, sizeof *order);
}

int hd_order_reserve_mean(struct hd_order *order)
{
	return hd_order_grow(&order->means, order->mean_count,
			     &order->mean_room, sizeof order->means[0]);
}

int hd_order_reserve_best(struct hd_order *order)
{
	return hd_order_grow(&order->bests, order->best_count,
			     &order->best_room, sizeof order->bests[0]);
}

bool hd_order_before(enum hd_goal goal, const struct hd_standing *a,
		     const struct hd_standing *b)
{
	if (hd_goal_better(goal, a->best, b->best))
		return true;
	return !hd_goal_worse(goal, a->best, b->best) && a->number < b->number;
}

/* How many of the means are not worse: the place behind equals. */
static size_t order_find_mean(const struct hd_order *order, enum hd_goal goal,
			      double mean)
{
	size_t low = 0, high = order->mean_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hd_goal_worse(goal, order->means[middle], mean))
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

size_t hd_order_find(const struct hd_order *order, enum hd_goal goal,
		     const struct hd_standing *entry)
{
	size_t low = 0, high = order->best_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hd_order_before(goal, &order->bests[middle], entry))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

void hd_order_add_mean(struct hd_order *order, enum hd_goal goal, double mean)
{
	size_t at = order_find_mean(order, goal, mean);

	memmove(order->means + at + 1, order->means + at,
		(order->mean_count - at) * sizeof order->means[0]);
	order->means[at] = mean;
	order->mean_count++;
}

void hd_order_add_best(struct hd_order *order, enum hd_goal goal,
		       const struct hd_standing *entry)
{
	size_t at = hd_order_find(order, goal, entry);

	memmove(order->bests + at + 1, order->bests + at,
		(order->best_count - at) * sizeof order->bests[0]);
	order->bests[at] = *entry;
	order->best_count++;
}

double hd_order_percentile(const struct hd_order *order, double percent)
{
	size_t n = order->mean_count, low;
	double at, part;

	if (n == 0)
		return NAN;
	/* The product is exact for any whole per cent; NaN is read as 0. */
	at = fmin(fmax(percent, 0), 100) * (double)(n - 1) / 100;
	low = (size_t)at;
	part = at - (double)low;
	/* Equals are taken as they are: their weighted mean may be off by a bit. */
	if (low + 1 >= n || part == 0 || order->means[low] == order->means[low + 1])
		return order->means[low < n ? low : n - 1];
	/* Parts first: the sum of two large ones may not fit. */
	return order->means[low] * (1 - part) + order->means[low + 1] * part;
}
