/*
 * hyperband - asha's rule in brackets that begin at different rungs (Li et al.,
 * "Hyperband: a novel bandit-based approach to hyperparameter optimization",
 * JMLR 2018): what the aggressive ones lose, trials that start slowly, the
 * patient ones keep. See rungs.h.
 *
 * The paper makes as many brackets as there are rungs below the length of a
 * trial, which is not known here before one has ended, and may not change the
 * brackets then: their number is an option. Its first rung for R intervals, R
 * over the largest power of the factor that is no larger, lies between 1 and the
 * factor: 2 is the middle.
 */
#include "rungs.h"
#include "table.h"

static const struct hd_option hyperband_options[] = {
	HD_OPTION_SIZE(struct rungs, reduction_factor, 2, RUNGS_FACTOR_MOST, 3,
		       "one trial in this many goes on at a rung"),
	HD_OPTION_DOUBLE(struct rungs, spacing, 1, RUNGS_SPACING_MOST,
			 "the next rung is this many times as far, by default as "
			 "reduction_factor where it is not given"),
	HD_OPTION_SIZE(struct rungs, first_rung, 1, RUNGS_FIRST_MOST, 2,
		       "the interval of the first rung of the first bracket"),
	HD_OPTION_SIZE(struct rungs, brackets, 1, RUNGS_BRACKETS_MOST, 3,
		       "sets of trials, each beginning a rung later than the one "
		       "before, and smaller"),
	HD_OPTION_DOUBLE_OR(struct rungs, climb, 0, RUNGS_CLIMB_MOST, 0,
			    "this many places better for each that a trial has climbed "
			    "since half of the rung"),
	HD_OPTION_BOOL(struct rungs, promote, true,
		       "take a trial up again that comes to be among the best"),
	REPEATS_OPTION(struct rungs),
	HD_OPTION_END
};

static int hyperband_init(void *vstate, struct hd_error *err)
{
	int rc = hd_rungs_init(vstate, err);

	if (rc < 0)
		return rc;
	hd_rungs_share(vstate);
	return 0;
}

const struct hd_policy_type hd_policy_hyperband = {
	.name = "hyperband",
	.summary = "asha in brackets that begin at different rungs",
	.options = hyperband_options,
	.state_size = sizeof(struct rungs),
	.compares = true,
	.has_rungs = true,
	.init = hyperband_init,
	.should_stop = hd_rungs_should_stop,
	.promote = hd_rungs_promote,
};
