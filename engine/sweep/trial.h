/*
 * A trial inside the engine: its state, its values, its curve.
 *
 * Invariant 1: only trial.c changes a state, and only through its table; the
 * row is in the store before the act is visible.
 * Invariant 5: goal, best and interval mean what is computed here.
 */
#ifndef HD_SWEEP_TRIAL_H
#define HD_SWEEP_TRIAL_H

#include <stdint.h>

#include <hdrive/config.h>
#include <hdrive/error.h>
#include <hdrive/trial.h>

/* What happens to a trial; the table in trial.c says from where to where. */
enum hd_trial_event {
	HD_TRIAL_EVENT_SPAWN,   /* its row is stored, the start is next */
	HD_TRIAL_EVENT_SPAWNED, /* it runs */
	HD_TRIAL_EVENT_STOP,    /* it is asked to end */
	HD_TRIAL_EVENT_DONE,    /* it ended with status 0, or said complete() */
	HD_TRIAL_EVENT_FAIL,    /* it ended otherwise */
	HD_TRIAL_EVENT_CANCEL,  /* it ended because we stopped it, or never ran */
	HD_TRIAL_EVENT_AGAIN,   /* another attempt is to follow */
};

struct hd_trial; /* trial.c's and history.c's */

/* Whether the table has a row for EVENT in the trial's state. */
bool hd_trial_can(const struct hd_trial *trial, enum hd_trial_event event);
/* Move; asserts that the table has the row. */
void hd_trial_move(struct hd_trial *trial, enum hd_trial_event event);

/* Why it ended or is being ended; the first reason that is given stays. */
void hd_trial_set_end(struct hd_trial *trial, enum hd_end end);
/* Why it ended after all, whatever was meant. */
void hd_trial_conclude(struct hd_trial *trial, enum hd_end end);

/* POLICY and PAUSED: a policy stopped it. */
bool hd_end_is_policys(enum hd_end end);
/* Ended by a policy that may want it back. */
bool hd_trial_is_paused(const struct hd_trial *trial);
/* That a policy may promote it: HD_EINVAL when it is not paused. */
int hd_trial_check_promoted(const struct hd_trial *trial, const char *policy,
			    struct hd_error *err);

/* As the store says it was: a sweep that is gone on with. */
void hd_trial_restore(struct hd_trial *trial, enum hd_trial_state state,
		      enum hd_end end);
/*
 * Its next attempt begins from nothing, so its curve does too. What was the
 * best at an interval stays so: it was measured.
 */
void hd_trial_begin_anew(struct hd_trial *trial);

/*
 * One more interval of the primary metric. Returns 0 or HD_ENOMEM. Updates
 * best, last, mean and the history's best at that interval.
 */
int hd_trial_log(struct hd_trial *trial, double value);
/* The best of all, NaN without one; the last one logged. */
double hd_trial_overall(const struct hd_trial *trial);
double hd_trial_last(const struct hd_trial *trial);
/* The interval at which the best of all was reached first, 0 for none. */
size_t hd_trial_best_interval(const struct hd_trial *trial);
/* What it is ranked by: best, last, or mean of the last COUNT. */
double hd_trial_rank(const struct hd_trial *trial, enum hd_reduce reduce,
		     size_t count);

#endif
