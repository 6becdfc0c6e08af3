/*
 * Trials and their history, as samplers, policies and reports see them.
 *
 * An interval is one logged value of the primary metric; intervals count from
 * 1. What a result means (goal, best, interval) is computed here and nowhere
 * else. A value that is NaN counts as an interval, is the worst there is and
 * never the best.
 */
#ifndef HDRIVE_TRIAL_H
#define HDRIVE_TRIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/space.h>

HD_BEGIN_DECLS

enum hd_goal {
	HD_MINIMIZE,
	HD_MAXIMIZE,
};

/* "minimize" or "maximize". */
HD_API const char *hd_goal_name(enum hd_goal goal);
/* Strict: false when equal, and NaN is worse than every number. */
HD_API bool hd_goal_better(enum hd_goal goal, double a, double b);
HD_API bool hd_goal_worse(enum hd_goal goal, double a, double b);

/*
 * Azure's words (SPEC 5.2), stored by name: add at will, never rename. Why a
 * trial ended stands beside its state, in enum hd_end.
 */
enum hd_trial_state {
	HD_TRIAL_QUEUED,   /* "Queued": drawn, waits for a slot */
	HD_TRIAL_STARTING, /* "Starting": its row is stored, the spawn is next */
	HD_TRIAL_RUNNING,  /* "Running" */
	HD_TRIAL_STOPPING, /* "CancelRequested": asked to end, not yet gone */
	HD_TRIAL_COMPLETED,
	HD_TRIAL_FAILED,
	HD_TRIAL_CANCELED,
};
#define HD_TRIAL_STATES 7

HD_API const char *hd_trial_state_name(enum hd_trial_state state);
/* The state called NAME into *STATE; false when there is none. */
HD_API bool hd_trial_state_find(const char *name, enum hd_trial_state *state);
/* COMPLETED, FAILED and CANCELED. */
HD_API bool hd_trial_state_is_terminal(enum hd_trial_state state);

/* Why a trial, or a sweep, ended; stored by name. */
enum hd_end {
	HD_END_NONE,      /* "": it has not */
	HD_END_EXIT,      /* "exit": by itself, see its status */
	HD_END_SIGNAL,    /* "signal": killed by a signal that was not ours */
	HD_END_LAUNCH,    /* "launch": it could not be started */
	HD_END_POLICY,    /* "policy": an early termination policy */
	HD_END_USER,      /* "user": cancelled, or Ctrl-C */
	HD_END_LIMIT,     /* "limit": the sweep's max_duration */
	HD_END_TIMEOUT,   /* "timeout": its own time limit */
	HD_END_LOST,      /* "lost": gone without an exit record */
	HD_END_SCRIPT,    /* "script": it said complete(), fail() or cancel() */
	HD_END_SWEEP,     /* "sweep": its sweep was stopped; a resume goes on */
	HD_END_PREEMPTED, /* "preempted": it gave way, and can be gone on with */
	HD_END_MEMORY,    /* "memory": killed for want of memory */
	HD_END_FAILURES,  /* "failures": too many trials of the sweep failed */
	HD_END_PAUSED,    /* "paused": as POLICY, and may be gone on with */
	HD_END_TARGET,    /* "target": the sweep's best is good enough */
	HD_END_PATIENCE,  /* "patience": no better best for too long */
	HD_END_CONVERGED, /* "converged": too little improvement is expected */
};
#define HD_ENDS 18

HD_API const char *hd_end_name(enum hd_end end);
HD_API bool hd_end_find(const char *name, enum hd_end *end);

/* What a policy decided about a trial; stored by name. */
enum hd_decision {
	HD_DECISION_STOP,    /* "stop": for good */
	HD_DECISION_PAUSE,   /* "pause": as STOP, and it may come back */
	HD_DECISION_PROMOTE, /* "promote": it comes back */
};
#define HD_DECISIONS 3

HD_API const char *hd_decision_name(enum hd_decision decision);
/* The decision called NAME into *DECISION; false when there is none. */
HD_API bool hd_decision_find(const char *name, enum hd_decision *decision);

struct hd_trial;   /* opaque; owned by its history */
struct hd_history; /* opaque; owned by the sweep */

HD_API size_t hd_trial_number(const struct hd_trial *trial);
/* Of an earlier sweep, taken over by a warm start; its number means nothing. */
HD_API bool hd_trial_is_inherited(const struct hd_trial *trial);
HD_API enum hd_trial_state hd_trial_state(const struct hd_trial *trial);
/* Why it ended or is being ended; HD_END_NONE before. */
HD_API enum hd_end hd_trial_end(const struct hd_trial *trial);
/* One per parameter of the space, in declared order; borrowed. */
HD_API const struct hd_value *hd_trial_values(const struct hd_trial *trial);
/* How many intervals it has logged. */
HD_API size_t hd_trial_intervals(const struct hd_trial *trial);
/*
 * The interval a policy is asked about: the one just logged. Outside a policy
 * the same as hd_trial_intervals.
 */
HD_API size_t hd_trial_interval(const struct hd_trial *trial);
/*
 * The value logged at INTERVAL, the best over 1..INTERVAL, their mean. NaN
 * when INTERVAL is 0 or not yet reached: for the best up to "min(N, length)"
 * clamp first. A NaN among the values makes the mean NaN.
 */
HD_API double hd_trial_value(const struct hd_trial *trial, size_t interval);
HD_API double hd_trial_best(const struct hd_trial *trial, size_t interval);
HD_API double hd_trial_mean(const struct hd_trial *trial, size_t interval);

/* Trials of this sweep, then none; in order of their numbers. */
HD_API size_t hd_history_count(const struct hd_history *history);
HD_API const struct hd_trial *hd_history_trial(const struct hd_history *history,
					       size_t index);
/*
 * All that is known: trials that a warm start took over from earlier sweeps,
 * then those of this one. What learns looks at these.
 */
HD_API size_t hd_history_known(const struct hd_history *history);
HD_API const struct hd_trial *
hd_history_known_trial(const struct hd_history *history, size_t index);
HD_API enum hd_goal hd_history_goal(const struct hd_history *history);
/*
 * The index of the point to suggest: how many trials were suggested before.
 * The next trial's number, unless somebody put trials of his own among them.
 */
HD_API size_t hd_history_next(const struct hd_history *history);
/*
 * How many trials are meant to be run in all, and how many at once: the
 * budget that a sampler may plan by. 0 stands for not known.
 */
HD_API size_t hd_history_total(const struct hd_history *history);
HD_API size_t hd_history_slots(const struct hd_history *history);
/*
 * The best value that any trial logged at an interval up to INTERVAL (a trial
 * with fewer counts with what it has; finished and cancelled ones count, and
 * those inherited by a warm start). NaN when there is none. *LEADER, unless
 * NULL, becomes the trial that reached it first.
 */
HD_API double hd_history_best(const struct hd_history *history, size_t interval,
			      const struct hd_trial **leader);
/* How many trials, inherited ones included, logged at least one value. */
HD_API size_t hd_history_measured(const struct hd_history *history);

/*
 * The questions that policies ask about all trials with at least INTERVAL
 * values, whatever became of them. The answers are O(log n): the history keeps
 * an order per interval once it was asked for. When there is no memory for
 * that order, COUNT is 0, and the next hd_trial_log reports HD_ENOMEM.
 *
 * The median of their hd_trial_mean() at INTERVAL, of an even number the mean
 * of the two middle ones; NaN when there is no trial, or a NaN (the worst
 * mean) is in the middle.
 */
HD_API double hd_history_median(const struct hd_history *history,
				size_t interval, size_t *count);
/*
 * What PERCENT, kept to 0..100, of those means reach: with 0 the best of them, with
 * 50 the median, with 100 the worst. Between two of them it is their weighted
 * mean: with the N means from the best, 0, to the worst, N - 1, it stands at
 * (N - 1) PERCENT/100.
 */
HD_API double hd_history_percentile(const struct hd_history *history,
				    size_t interval, double percent,
				    size_t *count);
/*
 * The place of TRIAL, which has INTERVAL values, by its best over 1..INTERVAL:
 * 1 is the best; of equals the higher number is the worse, inherited trials
 * being the lowest. RUNNING_ONLY compares with running trials alone (O(n) in
 * their number). COUNT trials took part, TRIAL itself included.
 */
HD_API size_t hd_history_place(const struct hd_history *history,
			       const struct hd_trial *trial, size_t interval,
			       bool running_only, size_t *count);
/*
 * The other way round: who stands at PLACE, from 1 on, of all trials by their
 * best over 1..INTERVAL. *COUNT, unless NULL, becomes how many there are. NULL
 * past the last, for one of an earlier sweep, and when there is no memory.
 */
HD_API const struct hd_trial *hd_history_ranked(const struct hd_history *history,
						size_t interval, size_t place,
						size_t *count);
/* A place in that order: a best over 1..INTERVAL, and whose it is. */
struct hd_standing {
	double best;
	int64_t number; /* of the trial; -1 for one of an earlier sweep */
};

/*
 * The whole order, *COUNT places from the best on, to be looked through where
 * only some of the trials are to be compared. NULL for nobody and for no
 * memory. Borrowed until a value is logged.
 */
HD_API const struct hd_standing *
hd_history_standings(const struct hd_history *history, size_t interval,
		     size_t *count);
/*
 * How many places each of them has climbed since EARLIER, an interval before,
 * below 0 when it fell: its place among the trials of this sweep by their best over
 * 1..EARLIER, of equals the middle of theirs, less its place now. 0 for those
 * of an earlier sweep. O(n) after a value was logged; NULL and borrowed as the
 * standings are, and as long.
 */
HD_API const double *hd_history_climbs(const struct hd_history *history,
				       size_t interval, size_t earlier,
				       size_t *count);
/*
 * The most intervals that a trial which completed has logged, those of earlier
 * sweeps included: how long a trial is, as far as anybody knows. 0 before one
 * has completed.
 */
HD_API size_t hd_history_horizon(const struct hd_history *history);

HD_END_DECLS

#endif
