/*
 * The history: every trial of a sweep, in order of their numbers, and what
 * samplers and policies may ask of them.
 *
 * Trials live as long as their history, unless they are forgotten.
 * hd_history_best is O(log n) or better whatever the number of trials: the best
 * per interval is kept as values come.
 */
#ifndef HD_SWEEP_HISTORY_H
#define HD_SWEEP_HISTORY_H

#include <hdrive/trial.h>

#include "sweep/trial.h"

/* WIDTH is the number of parameters. NULL when there is no memory. */
struct hd_history *hd_history_new(enum hd_goal goal, size_t width);
void hd_history_free(struct hd_history *history);
/* What hd_history_total and hd_history_slots say; 0 and 0 without it. */
void hd_history_plan(struct hd_history *history, size_t total, size_t slots);

/*
 * Append a trial, QUEUED, with the next number; VALUES (WIDTH of them) are
 * copied, their texts stay borrowed from the space. NULL for no memory.
 */
struct hd_trial *hd_history_add(struct hd_history *history,
				const struct hd_value *values);
/*
 * Trial INDEX, which has ended, need not be told of any more: nobody looks at
 * trials one by one (hd_sampler_type.learns, hd_policy_type.compares). Its
 * memory is given back unless it is the best at some interval. Counts and
 * bests stay as they are; copies, medians and places are not to be had then.
 */
void hd_history_forget(struct hd_history *history, size_t index);
/* The same trial as hd_history_trial gives, to change. */
struct hd_trial *hd_history_trial_mutable(struct hd_history *history,
					  size_t index);
/* A trial of an earlier sweep that takes part in comparisons only. */
struct hd_trial *hd_history_inherit(struct hd_history *history,
				    const struct hd_value *values);

/*
 * A copy that another thread may read while this one goes on: trials, values
 * and curves. Texts of values stay borrowed from the space. NULL for no
 * memory.
 */
struct hd_history *hd_history_copy(const struct hd_history *history);

#endif
