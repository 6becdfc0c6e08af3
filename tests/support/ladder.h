/*
 * A policy that pauses every trial at rungs 1, 2 and 4 and promotes the better
 * half of each, the highest rung first: the least that pause and promotion can
 * be tried with. No option, no state.
 */
#ifndef HD_TEST_LADDER_H
#define HD_TEST_LADDER_H

#include <hdrive/policy.h>

static const size_t ladder_rungs[] = { 1, 2, 4 };
#define LADDER_RUNGS (sizeof ladder_rungs / sizeof ladder_rungs[0])

static bool ladder_should_stop(const void *state, const struct hd_trial *trial,
			       const struct hd_history *history,
			       struct hd_reason *why)
{
	size_t interval = hd_trial_interval(trial);
	char mine[HD_REASON_NUMBER];

	(void)state;
	(void)history;
	for (size_t i = 0; i < LADDER_RUNGS; i++) {
		if (ladder_rungs[i] != interval)
			continue;
		why->mine = hd_trial_best(trial, interval);
		why->compared = 1;
		why->pauses = true;
		hd_reason_set(why, "rung %zu reached with %s", interval,
			      hd_reason_number(why->mine, mine));
		return true;
	}
	return false;
}

static const struct hd_trial *ladder_promote(const void *state,
					     const struct hd_history *history,
					     struct hd_reason *why)
{
	(void)state;
	for (size_t i = LADDER_RUNGS; i-- > 0;) {
		size_t rung = ladder_rungs[i], count = 1;

		for (size_t place = 1; place <= count / 2 || place == 1; place++) {
			const struct hd_trial *trial =
				hd_history_ranked(history, rung, place, &count);

			if (place > count / 2 || !trial ||
			    hd_trial_state(trial) != HD_TRIAL_CANCELED ||
			    hd_trial_end(trial) != HD_END_PAUSED ||
			    hd_trial_intervals(trial) > rung)
				continue;
			why->mine = hd_trial_best(trial, rung);
			why->compared = count;
			hd_reason_set(why, "place %zu of %zu at rung %zu", place,
				      count, rung);
			return trial;
		}
	}
	return NULL;
}

static const struct hd_policy_type ladder = {
	.name = "ladder",
	.v1_name = "LadderPolicy",
	.summary = "pauses at rungs 1, 2 and 4",
	.compares = true,
	.should_stop = ladder_should_stop,
	.promote = ladder_promote,
};

#endif
