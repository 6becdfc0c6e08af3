/*
 * patient - stop a trial that has not got better for a while.
 *
 * It looks at the trial alone, so it stops the leader too, once that has
 * settled: what it reached stays the best. A trial with nothing but NaN has not
 * got better either.
 */
#include "compare.h"
#include "table.h"

#include <hdrive/policy.h>

#include <math.h>

struct patient_state {
	size_t patience;
	double min_delta;
};

static const struct hd_option patient_options[] = {
	HD_OPTION_SIZE_REQUIRED(struct patient_state, patience, 1, 1000000,
				"how many intervals a trial may take to get "
				"better"),
	HD_OPTION_DOUBLE_OR(struct patient_state, min_delta, 0, INFINITY, 0,
			    "what counts as better: by more than this, in units "
			    "of the metric"),
	HD_OPTION_END
};

static bool patient_should_stop(const void *vstate,
				const struct hd_trial *trial,
				const struct hd_history *history,
				struct hd_reason *why)
{
	const struct patient_state *patient = vstate;
	enum hd_goal goal = hd_history_goal(history);
	size_t interval = hd_trial_interval(trial);
	char mine[HD_REASON_NUMBER], then[HD_REASON_NUMBER];
	char delta[HD_REASON_NUMBER];
	double before, best, limit;

	if (interval <= patient->patience)
		return false;
	before = hd_trial_best(trial, interval - patient->patience);
	best = hd_trial_best(trial, interval);
	limit = goal == HD_MAXIMIZE ? before + patient->min_delta
				    : before - patient->min_delta;
	/* It is better when the limit is worse, by more than rounding. */
	if (policy_worse(goal, limit, best, before))
		return false;
	why->mine = best;
	why->limit = limit;
	why->compared = 1;
	hd_reason_set(why,
		      "best so far %s at interval %zu, %s at interval %zu: not "
		      "better by more than %s within %zu intervals",
		      hd_reason_number(best, mine), interval,
		      hd_reason_number(before, then),
		      interval - patient->patience,
		      hd_reason_number(patient->min_delta, delta),
		      patient->patience);
	return true;
}

const struct hd_policy_type hd_policy_patient = {
	.name = "patient",
	.summary = "stops a trial that has not got better for a while",
	.options = patient_options,
	.state_size = sizeof(struct patient_state),
	.should_stop = patient_should_stop,
};
