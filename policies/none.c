/* none - every trial goes to its own end (HD-095). */
#include "table.h"

#include <hdrive/policy.h>

static bool none_should_stop(const void *state, const struct hd_trial *trial,
			     const struct hd_history *history,
			     struct hd_reason *why)
{
	(void)state;
	(void)trial;
	(void)history;
	(void)why;
	return false;
}

const struct hd_policy_type hd_policy_none = {
	.name = "none",
	.v1_name = "NoTerminationPolicy",
	.summary = "lets every trial go to its end",
	.should_stop = none_should_stop,
};
