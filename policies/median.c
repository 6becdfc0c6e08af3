/*
 * median_stopping - stop a trial whose best so far is worse than the median of
 * the running averages of all trials that came as far (SPEC 3.3).
 *
 * The trial itself takes part, and so do trials that have ended; below two
 * trials there is no median to speak of. This is the performance curve rule
 * of Golovin et al., "Google Vizier" (KDD 2017), section 3.2.
 */
#include "compare.h"
#include "table.h"

#include <hdrive/policy.h>

#include <math.h>

static bool median_should_stop(const void *state, const struct hd_trial *trial,
			       const struct hd_history *history,
			       struct hd_reason *why)
{
	enum hd_goal goal = hd_history_goal(history);
	size_t interval = hd_trial_interval(trial), count;
	double median = hd_history_median(history, interval, &count);
	double mine = hd_trial_best(trial, interval);
	char mine_text[HD_REASON_NUMBER], median_text[HD_REASON_NUMBER];

	(void)state; /* it has no options */
	if (count < 2 || !policy_worse(goal, mine, median, median))
		return false;
	why->mine = mine;
	why->limit = median;
	why->compared = count;
	hd_reason_set(why,
		      "best so far %s %s %s, the median of the averages up to "
		      "interval %zu; %zu trials compared",
		      hd_reason_number(mine, mine_text),
		      policy_sign(goal, mine),
		      hd_reason_limit(median, mine, median_text), interval,
		      count);
	return true;
}

const struct hd_policy_type hd_policy_median = {
	.name = "median_stopping",
	.v1_name = "MedianStoppingPolicy",
	.summary = "stops a trial below the median of the running averages",
	.compares = true,
	.should_stop = median_should_stop,
};
