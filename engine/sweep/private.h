/*
 * What trial.c and the history share and nobody else includes: the two structs,
 * and the steps of logging a value that are the history's.
 */
#ifndef HD_SWEEP_PRIVATE_H
#define HD_SWEEP_PRIVATE_H

#include "sweep/history.h"

/* One interval: what was logged, and the best and the mean up to it. */
struct trial_point {
	double value;
	double best;
	double mean;
};

struct hd_trial {
	struct hd_history *history; /* the owner */
	size_t number;
	bool is_inherited;
	enum hd_trial_state state;
	enum hd_end end;
	size_t best_interval;      /* 0 while nothing but NaN was logged */
	size_t intervals;          /* points of the curve in use */
	size_t room;               /* points allocated */
	struct trial_point *curve; /* owned; [0] is interval 1 */
	struct hd_trial *running_next, *running_previous;
	struct hd_value values[]; /* the history's width */
};

/* Make room for another value at INTERVAL, so that the next cannot fail. */
int hd_history_reserve(struct hd_history *history, size_t interval);
/* TRIAL's curve has just grown: bring best and orders up to date. */
void hd_history_note(struct hd_history *history, const struct hd_trial *trial);
/* TRIAL's curve is about to be emptied: no order may hold it any more. */
void hd_history_withdraw(struct hd_history *history,
			 const struct hd_trial *trial);
/* TRIAL has completed: how long a trial is. */
void hd_history_complete(struct hd_history *history,
			 const struct hd_trial *trial);
/* Keep the list of running trials; called on every change of state. */
void hd_history_run(struct hd_history *history, struct hd_trial *trial,
		    bool runs);

#endif
