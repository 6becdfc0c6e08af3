/*
 * Rungs: what asha and hyperband have in common, asynchronous successive
 * halving (Li et al., "A system for massively parallel hyperparameter tuning",
 * MLSys 2020, algorithm 2).
 *
 * The rungs are intervals: r_0 = first_rung, r_(k+1) = max(r_k + 1,
 * round(r_k * spacing)). A trial of bracket s is judged at those from r_s on. Of
 * the n trials of the bracket that came as far the best floor(n/factor), and at
 * least one, go on; the others pause, and are taken up again when they come to
 * be among the best.
 *
 * Who is best is told by places: that by the best value so far, bettered by CLIMB
 * times those climbed since half of the rung. A learning curve that overtakes
 * others is not at its end; in places that says the same of curves of any scale.
 *
 * In the paper spacing is the factor, so that the trials at a rung fall as one
 * over the interval. A smaller one makes them fall faster, and in more and
 * smaller steps: with a factor of 2 and a spacing of 1.4 as its square.
 */
#ifndef HD_POLICIES_RUNGS_H
#define HD_POLICIES_RUNGS_H

#include <hdrive/policy.h>

#include "repeats.h"

#define RUNGS_FACTOR_MOST 1000
#define RUNGS_SPACING_MOST 1000
#define RUNGS_FIRST_MOST 1000000
#define RUNGS_BRACKETS_MOST 32
#define RUNGS_CLIMB_MOST 10

/* The state of a policy with rungs: its options, then what init makes. */
struct rungs {
	size_t reduction_factor;
	double spacing; /* above 1; NaN: the reduction factor */
	size_t first_rung;
	size_t brackets;
	double climb; /* what a place climbed counts, in places */
	bool promote;
	size_t repeats;

	double gain; /* by how much of itself a rung's successor is higher */
	/*
	 * The trials are dealt to the brackets in shares: bracket s has those
	 * whose hash, from 0 on and below 1, is below edges[s] and no earlier
	 * one. Without it they are dealt in turn.
	 */
	bool shared;
	double edges[RUNGS_BRACKETS_MOST];
};

/* What follows from the options of RUNGS, which stand. HD_EINVAL. */
int hd_rungs_init(void *rungs, struct hd_error *err);
/* Hyperband's shares into RUNGS, behind hd_rungs_init. */
void hd_rungs_share(struct rungs *rungs);
/* 0 .. brackets - 1: which one the trial of this sweep with NUMBER is of. */
size_t hd_rungs_bracket(const struct rungs *rungs, size_t number);

/* The vtable's functions of both policies. */
bool hd_rungs_should_stop(const void *state, const struct hd_trial *trial,
			  const struct hd_history *history, struct hd_reason *why);
const struct hd_trial *hd_rungs_promote(const void *state,
					const struct hd_history *history,
					struct hd_reason *why);

#endif
