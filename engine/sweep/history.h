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
/* COUNT of its trials nobody suggested: hd_history_next leaves them out. */
void hd_history_add_foreign(struct hd_history *history, size_t count);
/*
 * The next number is taken by a trial that has ended and that nobody will ask
 * about: as if it had been added and forgotten. HD_ENOMEM or 0.
 */
int hd_history_skip(struct hd_history *history);
/*
 * A trial that was skipped or forgotten is there again, without a curve and,
 * when VALUES is NULL, without values. HD_ENOMEM or 0.
 */
int hd_history_recall(struct hd_history *history, size_t index,
		      const struct hd_value *values);
/*
 * The best at INTERVAL is VALUE, of the trial in LEADER, as an earlier engine
 * knew. For ascending intervals, after the curves that are restored.
 */
int hd_history_restore_best(struct hd_history *history, size_t interval,
			    double value, const struct hd_trial *leader);
/* MEASURED trials that were skipped had logged a value. */
void hd_history_restore_measured(struct hd_history *history, size_t measured);
/* A trial that had logged a value was forgotten, and logs it again. */
void hd_history_unmeasure(struct hd_history *history);
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
