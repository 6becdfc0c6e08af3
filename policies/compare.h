/*
 * How a policy compares: strictly, and with a tolerance, so that equality
 * never stops a trial (SPEC 3.2).
 *
 * 0.8 - 0.2 is 0.6000000000000001 in binary, and a trial at 0.6 must survive
 * it. Limits are computed from one or two values; SCALE is the largest of
 * them, since the error of a difference has the size of what was subtracted.
 */
#ifndef HD_POLICIES_COMPARE_H
#define HD_POLICIES_COMPARE_H

#include <math.h>
#include <stdbool.h>

#include <hdrive/trial.h>

#define POLICY_TOLERANCE 1e-12

/* MINE is worse than LIMIT by more than rounding; a NaN limit stops nobody. */
static inline bool policy_worse(enum hd_goal goal, double mine, double limit,
				double scale)
{
	if (!hd_goal_worse(goal, mine, limit))
		return false;
	if (!isfinite(mine) || !isfinite(limit))
		return true;
	scale = fmax(fabs(scale), fmax(fabs(mine), fabs(limit)));
	return !(fabs(mine - limit) <= POLICY_TOLERANCE * scale);
}

/* What stands between the two numbers of a reason; NaN compares with none. */
static inline const char *policy_sign(enum hd_goal goal, double mine)
{
	if (isnan(mine))
		return "is worse than";
	return goal == HD_MAXIMIZE ? "<" : ">";
}

#endif
