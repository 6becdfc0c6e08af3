/*
 * patience - stop a trial that has not bettered itself for some intervals.
 *
 * It looks at the trial alone, so it stops a bad one as late as a good one:
 * for a program that has no early stopping of its own.
 */
#include "plugins.h"

struct patience_state {
	size_t patience;
	double least; /* NaN: any improvement counts */
};

static const struct hd_option patience_options[] = {
	HD_OPTION_SIZE_REQUIRED(struct patience_state, patience, 1, 1e6,
				"intervals without an improvement"),
	HD_OPTION_DOUBLE(struct patience_state, least, 0, 1e300,
			 "what counts as one, in units of the metric"),
	HD_OPTION_END
};

static bool patience_should_stop(const void *vstate, const struct hd_trial *trial,
				 const struct hd_history *history,
				 struct hd_reason *why)
{
	const struct patience_state *state = vstate;
	enum hd_goal goal = hd_history_goal(history);
	size_t interval = hd_trial_interval(trial);
	char best[HD_REASON_NUMBER];
	double before, limit;

	if (interval <= state->patience)
		return false;
	before = hd_trial_best(trial, interval - state->patience);
	limit = before;
	if (state->least > 0)
		limit += goal == HD_MAXIMIZE ? state->least : -state->least;
	if (hd_goal_better(goal, hd_trial_best(trial, interval), limit))
		return false;
	why->mine = hd_trial_best(trial, interval);
	why->limit = limit;
	why->compared = 1;
	hd_reason_set(why, "%zu intervals brought nothing better than %s",
		      state->patience, hd_reason_number(before, best));
	return true;
}

const struct hd_policy_type patience_policy = {
	.name = "patience",
	.v1_name = "PatiencePolicy",
	.summary = "stops trials that no longer better themselves",
	.options = patience_options,
	.state_size = sizeof(struct patience_state),
	.should_stop = patience_should_stop,
};
