/*
 * threshold - stop a trial whose value is out of bounds or no finite number, at
 * once: a loss that has become NaN seldom comes back.
 *
 * The bounds are plain ones, whatever the goal. This is the one policy that
 * looks at the value just logged rather than at the best so far, and at nothing
 * else: the leader is stopped as any other trial is.
 */
#include "table.h"

#include <hdrive/policy.h>

#include <math.h>

struct threshold_state {
	double lower, upper; /* NaN: not given */
	bool nonfinite;
};

static const struct hd_option threshold_options[] = {
	HD_OPTION_DOUBLE(struct threshold_state, lower, -INFINITY, INFINITY,
			 "stop at a value below this"),
	HD_OPTION_DOUBLE(struct threshold_state, upper, -INFINITY, INFINITY,
			 "stop at a value above this"),
	HD_OPTION_BOOL(struct threshold_state, nonfinite, true,
		       "stop at nan, inf and -inf"),
	HD_OPTION_END
};

static int threshold_init(void *vstate, struct hd_error *err)
{
	const struct threshold_state *threshold = vstate;
	char lower[HD_REASON_NUMBER], upper[HD_REASON_NUMBER];

	if (threshold->lower > threshold->upper)
		return hd_error_set(err, HD_EINVAL,
				    "'lower' must be at most 'upper', got %s and %s",
				    hd_reason_number(threshold->lower, lower),
				    hd_reason_number(threshold->upper, upper));
	if (isnan(threshold->lower) && isnan(threshold->upper) &&
	    !threshold->nonfinite)
		return hd_error_set(err, HD_EINVAL,
				    "'threshold' needs 'lower' or 'upper' where "
				    "'nonfinite' is false");
	return 0;
}

/* WHY, of a VALUE that is on the wrong side of the bound NAME. */
static void threshold_explain(double value, size_t interval, char sign,
			      const char *name, double bound,
			      struct hd_reason *why)
{
	char mine[HD_REASON_NUMBER], limit[HD_REASON_NUMBER];

	why->mine = value;
	why->limit = bound;
	why->compared = 1;
	if (isnan(bound))
		hd_reason_set(why, "value %s at interval %zu is not finite",
			      hd_reason_number(value, mine), interval);
	else
		hd_reason_set(why, "value %s at interval %zu %c %s %s",
			      hd_reason_number(value, mine), interval, sign,
			      name, hd_reason_number(bound, limit));
}

static bool threshold_should_stop(const void *vstate,
				  const struct hd_trial *trial,
				  const struct hd_history *history,
				  struct hd_reason *why)
{
	const struct threshold_state *threshold = vstate;
	size_t interval = hd_trial_interval(trial);
	double value = hd_trial_value(trial, interval);

	(void)history;
	/* A bound that is not given, NaN, is not passed, nor is one by NaN. */
	if (interval == 0)
		return false;
	if (threshold->nonfinite && !isfinite(value))
		threshold_explain(value, interval, 0, NULL, NAN, why);
	else if (value < threshold->lower)
		threshold_explain(value, interval, '<', "lower",
				  threshold->lower, why);
	else if (value > threshold->upper)
		threshold_explain(value, interval, '>', "upper",
				  threshold->upper, why);
	else
		return false;
	return true;
}

const struct hd_policy_type hd_policy_threshold = {
	.name = "threshold",
	.summary = "stops a trial at a value out of bounds or not finite",
	.options = threshold_options,
	.state_size = sizeof(struct threshold_state),
	.init = threshold_init,
	.should_stop = threshold_should_stop,
};
