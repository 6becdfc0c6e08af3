/*
 * The trials that reached one interval, in order: their means, and their bests
 * with who had them. Best first, NaN last.
 *
 * Kept by insertion: a binary search and a memmove, some 2 us at 10,000
 * trials. A balanced tree was weighed: faster past 100,000 trials, thrice the
 * memory, and much code.
 */
#ifndef HD_SWEEP_ORDER_H
#define HD_SWEEP_ORDER_H

#include <stddef.h>

#include <hdrive/trial.h>

/* Zeroed is empty. A column that was never reserved for has room 0. */
struct hd_order {
	double *means;
	size_t mean_count, mean_room;
	struct hd_standing *bests; /* equals stand by number */
	size_t best_count, best_room;
	double *climbs; /* of each of bests, as history_rank.c last made them */
	size_t climb_room;
	/* For which they were made: an interval, and how many had come to it and
	 * to this one. */
	size_t climb_earlier, climb_before, climb_count;
};

/* Free all columns; the order is empty again. */
void hd_order_release(struct hd_order *order);
/* Room for one more, so that the next add cannot fail. 0 or HD_ENOMEM. */
int hd_order_reserve_mean(struct hd_order *order);
int hd_order_reserve_best(struct hd_order *order);
void hd_order_add_mean(struct hd_order *order, enum hd_goal goal, double mean);
void hd_order_add_best(struct hd_order *order, enum hd_goal goal,
		       const struct hd_standing *entry);
/* Whether A stands before B: it is better, or equal (NaNs too) and older. */
bool hd_order_before(enum hd_goal goal, const struct hd_standing *a,
		     const struct hd_standing *b);
/* How many entries stand before ENTRY. */
size_t hd_order_find(const struct hd_order *order, enum hd_goal goal,
		     const struct hd_standing *entry);
/* What hd_history_percentile says; NaN of none. */
double hd_order_percentile(const struct hd_order *order, double percent);

/* Room for one more of SIZE bytes in the array at *ARRAY; what is there stays. */
int hd_order_grow(void *array, size_t count, size_t *room, size_t size);

#endif
