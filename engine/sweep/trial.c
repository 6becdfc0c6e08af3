/*
 * Trials: the states and their moves, and what a result means.
 *
 * Invariant 1: only this file changes a trial's state, and only through
 * trial_moves; who calls hd_trial_move has stored the row first, so that a
 * crash leaves nothing that cannot be explained.
 * Invariant 5: goal, best and interval are computed here; policies, samplers
 * and reports ask.
 */
#include "sweep/trial.h"

#include "sweep/private.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct trial_move {
	enum hd_trial_state from;
	enum hd_trial_event event;
	enum hd_trial_state to;
} trial_moves[] = {
	{ HD_TRIAL_QUEUED, HD_TRIAL_EVENT_SPAWN, HD_TRIAL_STARTING },
	{ HD_TRIAL_QUEUED, HD_TRIAL_EVENT_CANCEL, HD_TRIAL_CANCELED },

	{ HD_TRIAL_STARTING, HD_TRIAL_EVENT_SPAWNED, HD_TRIAL_RUNNING },
	{ HD_TRIAL_STARTING, HD_TRIAL_EVENT_STOP, HD_TRIAL_STOPPING },
	/* It ran while no engine was there. */
	{ HD_TRIAL_STARTING, HD_TRIAL_EVENT_DONE, HD_TRIAL_COMPLETED },
	{ HD_TRIAL_STARTING, HD_TRIAL_EVENT_FAIL, HD_TRIAL_FAILED },
	{ HD_TRIAL_STARTING, HD_TRIAL_EVENT_CANCEL, HD_TRIAL_CANCELED },

	{ HD_TRIAL_RUNNING, HD_TRIAL_EVENT_STOP, HD_TRIAL_STOPPING },
	{ HD_TRIAL_RUNNING, HD_TRIAL_EVENT_DONE, HD_TRIAL_COMPLETED },
	{ HD_TRIAL_RUNNING, HD_TRIAL_EVENT_FAIL, HD_TRIAL_FAILED },
	/* The script said cancel() of itself. */
	{ HD_TRIAL_RUNNING, HD_TRIAL_EVENT_CANCEL, HD_TRIAL_CANCELED },

	/* It may have ended, or said how it ends, before it heard us. */
	{ HD_TRIAL_STOPPING, HD_TRIAL_EVENT_DONE, HD_TRIAL_COMPLETED },
	{ HD_TRIAL_STOPPING, HD_TRIAL_EVENT_FAIL, HD_TRIAL_FAILED },
	{ HD_TRIAL_STOPPING, HD_TRIAL_EVENT_CANCEL, HD_TRIAL_CANCELED },
	/* An attempt that is not the last; or somebody wants one more. */
	{ HD_TRIAL_STARTING, HD_TRIAL_EVENT_AGAIN, HD_TRIAL_QUEUED },
	{ HD_TRIAL_RUNNING, HD_TRIAL_EVENT_AGAIN, HD_TRIAL_QUEUED },
	{ HD_TRIAL_STOPPING, HD_TRIAL_EVENT_AGAIN, HD_TRIAL_QUEUED },
	{ HD_TRIAL_FAILED, HD_TRIAL_EVENT_AGAIN, HD_TRIAL_QUEUED },
	{ HD_TRIAL_CANCELED, HD_TRIAL_EVENT_AGAIN, HD_TRIAL_QUEUED },
	/* Nothing else leads away from COMPLETED, FAILED and CANCELED. */
};

static const char *const trial_state_names[HD_TRIAL_STATES] = {
	[HD_TRIAL_QUEUED] = "Queued",
	[HD_TRIAL_STARTING] = "Starting",
	[HD_TRIAL_RUNNING] = "Running",
	[HD_TRIAL_STOPPING] = "CancelRequested",
	[HD_TRIAL_COMPLETED] = "Completed",
	[HD_TRIAL_FAILED] = "Failed",
	[HD_TRIAL_CANCELED] = "Canceled",
};

static const char *const trial_end_names[HD_ENDS] = {
	[HD_END_NONE] = "",
	[HD_END_EXIT] = "exit",
	[HD_END_SIGNAL] = "signal",
	[HD_END_LAUNCH] = "launch",
	[HD_END_POLICY] = "policy",
	[HD_END_USER] = "user",
	[HD_END_LIMIT] = "limit",
	[HD_END_TIMEOUT] = "timeout",
	[HD_END_LOST] = "lost",
	[HD_END_SCRIPT] = "script",
	[HD_END_SWEEP] = "sweep",
	[HD_END_PREEMPTED] = "preempted",
	[HD_END_MEMORY] = "memory",
	[HD_END_FAILURES] = "failures",
	[HD_END_PAUSED] = "paused",
	[HD_END_TARGET] = "target",
	[HD_END_PATIENCE] = "patience",
	[HD_END_CONVERGED] = "converged",
};

const char *hd_goal_name(enum hd_goal goal)
{
	return goal == HD_MAXIMIZE ? "maximize" : "minimize";
}

bool hd_goal_better(enum hd_goal goal, double a, double b)
{
	if (isnan(a) || isnan(b))
		return !isnan(a) && isnan(b);
	return goal == HD_MAXIMIZE ? a > b : a < b;
}

bool hd_goal_worse(enum hd_goal goal, double a, double b)
{
	return hd_goal_better(goal, b, a);
}

const char *hd_trial_state_name(enum hd_trial_state state)
{
	assert((size_t)state < HD_TRIAL_STATES);
	return trial_state_names[state];
}

bool hd_trial_state_find(const char *name, enum hd_trial_state *state)
{
	for (size_t i = 0; i < HD_TRIAL_STATES; i++)
		if (!strcmp(trial_state_names[i], name)) {
			*state = (enum hd_trial_state)i;
			return true;
		}
	return false;
}

bool hd_trial_state_is_terminal(enum hd_trial_state state)
{
	switch (state) {
	case HD_TRIAL_COMPLETED:
	case HD_TRIAL_FAILED:
	case HD_TRIAL_CANCELED:
		return true;
	case HD_TRIAL_QUEUED:
	case HD_TRIAL_STARTING:
	case HD_TRIAL_RUNNING:
	case HD_TRIAL_STOPPING:
		break;
	}
	return false;
}

const char *hd_end_name(enum hd_end end)
{
	assert((size_t)end < HD_ENDS);
	return trial_end_names[end];
}

bool hd_end_find(const char *name, enum hd_end *end)
{
	for (size_t i = 0; i < HD_ENDS; i++)
		if (!strcmp(trial_end_names[i], name)) {
			*end = (enum hd_end)i;
			return true;
		}
	return false;
}

static const char *const decision_names[HD_DECISIONS] = {
	[HD_DECISION_STOP] = "stop",
	[HD_DECISION_PAUSE] = "pause",
	[HD_DECISION_PROMOTE] = "promote",
};

const char *hd_decision_name(enum hd_decision decision)
{
	assert((size_t)decision < HD_DECISIONS);
	return decision_names[decision];
}

bool hd_decision_find(const char *name, enum hd_decision *decision)
{
	for (size_t i = 0; i < HD_DECISIONS; i++)
		if (!strcmp(decision_names[i], name)) {
			*decision = (enum hd_decision)i;
			return true;
		}
	return false;
}

/* --- states ---------------------------------------------------------------- */

static const struct trial_move *trial_move_find(enum hd_trial_state from,
						enum hd_trial_event event)
{
	const size_t rows = sizeof trial_moves / sizeof trial_moves[0];

	for (size_t i = 0; i < rows; i++)
		if (trial_moves[i].from == from &&
		    trial_moves[i].event == event)
			return &trial_moves[i];
	return NULL;
}

bool hd_trial_can(const struct hd_trial *trial, enum hd_trial_event event)
{
	return trial_move_find(trial->state, event) != NULL;
}

/* An ended trial stays for as long as its sweep: it keeps no spare room. */
static void trial_fit(struct hd_trial *trial)
{
	struct trial_point *curve;

	if (trial->intervals == 0 || trial->intervals == trial->room)
		return;
	curve = realloc(trial->curve, trial->intervals * sizeof *curve);
	if (!curve) /* then it stays as it was */
		return;
	trial->curve = curve;
	trial->room = trial->intervals;
}

static void trial_settle(struct hd_trial *trial)
{
	if (trial->state == HD_TRIAL_COMPLETED)
		hd_history_complete(trial->history, trial);
	trial_fit(trial);
}

void hd_trial_move(struct hd_trial *trial, enum hd_trial_event event)
{
	const struct trial_move *move = trial_move_find(trial->state, event);

	assert(move);
	if (!move) /* with NDEBUG: rather no move than a wrong one */
		return;
	trial->state = move->to;
	if (event == HD_TRIAL_EVENT_AGAIN)
		trial->end = HD_END_NONE;
	hd_history_run(trial->history, trial, move->to == HD_TRIAL_RUNNING);
	if (hd_trial_state_is_terminal(move->to))
		trial_settle(trial);
}

void hd_trial_restore(struct hd_trial *trial, enum hd_trial_state state,
		      enum hd_end end)
{
	trial->state = state;
	trial->end = end;
	hd_history_run(trial->history, trial, state == HD_TRIAL_RUNNING);
	if (hd_trial_state_is_terminal(state))
		trial_settle(trial);
}

void hd_trial_begin_anew(struct hd_trial *trial)
{
	hd_history_withdraw(trial->history, trial);
	trial->intervals = 0;
	trial->best_interval = 0;
}

void hd_trial_set_end(struct hd_trial *trial, enum hd_end end)
{
	if (trial->end == HD_END_NONE)
		trial->end = end;
}

void hd_trial_conclude(struct hd_trial *trial, enum hd_end end)
{
	trial->end = end;
}

bool hd_end_is_policys(enum hd_end end)
{
	return end == HD_END_POLICY || end == HD_END_PAUSED;
}

bool hd_trial_is_paused(const struct hd_trial *trial)
{
	return trial->state == HD_TRIAL_CANCELED && trial->end == HD_END_PAUSED;
}

int hd_trial_check_promoted(const struct hd_trial *trial, const char *policy,
			    struct hd_error *err)
{
	return hd_trial_is_paused(trial)
		       ? 0
		       : hd_error_set(err, HD_EINVAL,
				      "policy '%s' promotes trial %zu, which is "
				      "not paused",
				      policy, trial->number);
}

enum hd_end hd_trial_end(const struct hd_trial *trial)
{
	return trial->end;
}

size_t hd_trial_number(const struct hd_trial *trial)
{
	return trial->number;
}

bool hd_trial_is_inherited(const struct hd_trial *trial)
{
	return trial->is_inherited;
}

enum hd_trial_state hd_trial_state(const struct hd_trial *trial)
{
	return trial->state;
}

const struct hd_value *hd_trial_values(const struct hd_trial *trial)
{
	return trial->values;
}

/* --- the curve ------------------------------------------------------------- */

size_t hd_trial_intervals(const struct hd_trial *trial)
{
	return trial->intervals;
}

size_t hd_trial_interval(const struct hd_trial *trial)
{
	return trial->intervals;
}

/* NULL when INTERVAL is 0 or not yet reached. */
static const struct trial_point *trial_point(const struct hd_trial *trial,
					     size_t interval)
{
	if (interval == 0 || interval > trial->intervals)
		return NULL;
	return &trial->curve[interval - 1];
}

double hd_trial_value(const struct hd_trial *trial, size_t interval)
{
	const struct trial_point *point = trial_point(trial, interval);

	return point ? point->value : NAN;
}

double hd_trial_best(const struct hd_trial *trial, size_t interval)
{
	const struct trial_point *point = trial_point(trial, interval);

	return point ? point->best : NAN;
}

double hd_trial_mean(const struct hd_trial *trial, size_t interval)
{
	const struct trial_point *point = trial_point(trial, interval);

	return point ? point->mean : NAN;
}

/* Doubling: n values cost O(n) copies. Most trials log a handful: begin small. */
static int trial_reserve(struct hd_trial *trial)
{
	size_t room = trial->room ? trial->room * 2 : 4;
	struct trial_point *curve;

	if (trial->intervals < trial->room)
		return 0;
	if (room > SIZE_MAX / sizeof *curve)
		return HD_ENOMEM;
	curve = realloc(trial->curve, room * sizeof *curve);
	if (!curve)
		return HD_ENOMEM;
	trial->curve = curve;
	trial->room = room;
	return 0;
}

/*
 * The mean of COUNT values from that of COUNT - 1 and the last. Not sum/COUNT:
 * this way the mean of equal values is that value to the bit (ten times 0.1
 * summed is not 1), so a flat curve equals its own median; and no sum of large
 * values overflows. No variance is wanted, so Welford's second line is not
 * there. An infinity must not meet itself in a difference, inf - inf is NaN.
 */
static double trial_mean_step(double mean, double value, size_t count)
{
	if (count == 1)
		return value;
	if (isinf(mean) || isinf(value))
		return mean + value;
	return mean + (value / (double)count - mean / (double)count);
}

int hd_trial_log(struct hd_trial *trial, double value)
{
	size_t interval = trial->intervals + 1;
	double best = hd_trial_overall(trial);
	double mean = hd_trial_mean(trial, trial->intervals);
	int rc = trial_reserve(trial);

	if (rc == 0)
		rc = hd_history_reserve(trial->history, interval);
	if (rc < 0)
		return rc; /* nothing has changed */

	/* From here nothing fails. */
	if (hd_goal_better(hd_history_goal(trial->history), value, best)) {
		best = value;
		trial->best_interval = interval;
	}
	trial->curve[interval - 1] = (struct trial_point){
		.value = value,
		.best = best,
		.mean = trial_mean_step(mean, value, interval),
	};
	trial->intervals = interval;
	hd_history_note(trial->history, trial);
	return 0;
}

double hd_trial_overall(const struct hd_trial *trial)
{
	return hd_trial_best(trial, trial->intervals);
}

double hd_trial_last(const struct hd_trial *trial)
{
	return hd_trial_value(trial, trial->intervals);
}

size_t hd_trial_best_interval(const struct hd_trial *trial)
{
	return trial->best_interval;
}

static double trial_mean_of_last(const struct hd_trial *trial, size_t count)
{
	double mean = NAN;

	if (count > trial->intervals)
		count = trial->intervals;
	for (size_t i = 0; i < count; i++)
		mean = trial_mean_step(
			mean, trial->curve[trial->intervals - count + i].value,
			i + 1);
	return mean;
}

double hd_trial_rank(const struct hd_trial *trial, enum hd_reduce reduce,
		     size_t count)
{
	switch (reduce) {
	case HD_REDUCE_BEST:
		return hd_trial_overall(trial);
	case HD_REDUCE_LAST:
		return hd_trial_last(trial);
	case HD_REDUCE_MEAN:
		return trial_mean_of_last(trial, count);
	}
	return NAN;
}
