/*
 * truncation_selection - stop the lowest trials of all that came as far
 * (SPEC 3.4).
 *
 * Of the n trials with as many values, this one included, the floor(n P/100)
 * worst by best value so far are stopped; of equals the later is the worse.
 * The trial that reached the best value first is never stopped, even where its
 * number is the higher one of equals (HD-089).
 */
#include "table.h"

#include <hdrive/policy.h>

struct truncation_state {
	size_t truncation_percentage; /* 1..99 */
	bool exclude_finished_jobs;
};

static const struct hd_option truncation_options[] = {
	HD_OPTION_SIZE_REQUIRED(struct truncation_state, truncation_percentage,
				1, 99,
				"how many per cent of the trials to stop"),
	HD_OPTION_BOOL(struct truncation_state, exclude_finished_jobs, false,
		       "compare with running trials alone"),
	HD_OPTION_END
};

/* floor(COUNT P/100), without a product that could be too large. */
static size_t truncation_share(size_t count, size_t percentage)
{
	return count / 100 * percentage + count % 100 * percentage / 100;
}

static bool truncation_should_stop(const void *vstate,
				   const struct hd_trial *trial,
				   const struct hd_history *history,
				   struct hd_reason *why)
{
	const struct truncation_state *truncation = vstate;
	size_t interval = hd_trial_interval(trial), count, place, share;
	const struct hd_trial *leader;
	char text[HD_REASON_NUMBER];

	place = hd_history_place(history, trial, interval,
				 truncation->exclude_finished_jobs, &count);
	share = truncation_share(count, truncation->truncation_percentage);
	if (place <= count - share)
		return false;
	hd_history_best(history, interval, &leader);
	if (leader == trial)
		return false;
	why->mine = (double)place;
	why->limit = (double)(count - share);
	why->compared = count;
	hd_reason_set(why,
		      "place %zu of %zu at interval %zu with best so far %s; "
		      "the lowest %zu (%zu %% of %zu%s) are stopped",
		      place, count, interval,
		      hd_reason_number(hd_trial_best(trial, interval), text),
		      share, truncation->truncation_percentage, count,
		      truncation->exclude_finished_jobs ? " running" : "");
	return true;
}

const struct hd_policy_type hd_policy_truncation = {
	.name = "truncation_selection",
	.v1_name = "TruncationSelectionPolicy",
	.summary = "stops the lowest per cent of the trials at each interval",
	.options = truncation_options,
	.state_size = sizeof(struct truncation_state),
	.compares = true,
	.should_stop = truncation_should_stop,
};
