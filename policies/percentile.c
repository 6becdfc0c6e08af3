/*
 * percentile - stop a trial whose best so far is worse than what so many per
 * cent of the running averages of all trials that came as far reach.
 *
 * With 50 per cent it is median_stopping, whose rule this makes harder or
 * softer; "min_trials" of 2 are that one's.
 */
#include "compare.h"
#include "table.h"

#include <hdrive/policy.h>

#include <math.h>

struct percentile_state {
	double percentile;
	size_t min_trials;
};

static const struct hd_option percentile_options[] = {
	HD_OPTION_DOUBLE_REQUIRED(struct percentile_state, percentile, 0, 100,
				  "as good as the best so many per cent a trial "
				  "must be"),
	HD_OPTION_SIZE(struct percentile_state, min_trials, 1, 1000000, 5,
		       "stop nobody where fewer trials came as far"),
	HD_OPTION_END
};

static int percentile_init(void *vstate, struct hd_error *err)
{
	const struct percentile_state *state = vstate;
	char text[HD_REASON_NUMBER];

	if (state->percentile > 0 && state->percentile < 100)
		return 0;
	return hd_error_set(err, HD_EINVAL,
			    "'percentile' must be greater than 0 and less than "
			    "100, got %s",
			    hd_reason_number(state->percentile, text));
}

static bool percentile_should_stop(const void *vstate,
				   const struct hd_trial *trial,
				   const struct hd_history *history,
				   struct hd_reason *why)
{
	const struct percentile_state *state = vstate;
	enum hd_goal goal = hd_history_goal(history);
	size_t interval = hd_trial_interval(trial), count;
	double limit = hd_history_percentile(history, interval,
					     state->percentile, &count);
	double mine = hd_trial_best(trial, interval);
	char mine_text[HD_REASON_NUMBER], limit_text[HD_REASON_NUMBER];
	char percent[HD_REASON_NUMBER];

	if (count < 2 || count < state->min_trials ||
	    !policy_worse(goal, mine, limit, limit))
		return false;
	why->mine = mine;
	why->limit = limit;
	why->compared = count;
	hd_reason_set(why,
		      "best so far %s %s %s, which the best %s %% of the averages "
		      "up to interval %zu reach; %zu trials compared",
		      hd_reason_number(mine, mine_text),
		      policy_sign(goal, mine),
		      hd_reason_limit(limit, mine, limit_text),
		      hd_reason_number(state->percentile, percent), interval,
		      count);
	return true;
}

const struct hd_policy_type hd_policy_percentile = {
	.name = "percentile",
	.summary = "stops a trial below the best per cent of the running averages",
	.options = percentile_options,
	.state_size = sizeof(struct percentile_state),
	.compares = true,
	.init = percentile_init,
	.should_stop = percentile_should_stop,
};
