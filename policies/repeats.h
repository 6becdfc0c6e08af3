/*
 * Repeats: trials that log what another logged before them, value for value.
 *
 * Training that is deterministic gives one curve to configurations that come
 * to the same: parameters without effect, values that round to one, rows of a
 * table. Once the first values of a trial are exactly those of another, and it
 * has been seen in this sweep that such pairs stay together, going on tells
 * nothing that the other does not tell.
 *
 * Equal values alone prove nothing. A trial is called a repeat when
 *
 *  - its values so far are finite and not all the same, so that chance levels,
 *    placeholders and what never moved are none, and most of the trials that
 *    came as far have others, so that a counter is none;
 *  - none that agree with it so far have parted later;
 *  - the other is there to tell: it runs, or waits, or completed. One that the
 *    policy stopped counts if it would be stopped today too. One that failed,
 *    or that a person ended, does not: the repeat goes on past it;
 *  - of the pairs of trials that agreed over as many values, A went on alike,
 *    twice as far as that and a share as far as the other came, and P parted,
 *    so that the chance to part, (P + 1/4) / (A + P + 1/2), is at most a tenth:
 *    two pairs that never parted, or eleven with one that did.
 *
 * The share is the policy's: one that trusts early values may trust pairs that
 * have gone half as far, one that is careful asks for all of it.
 */
#ifndef HD_POLICIES_REPEATS_H
#define HD_POLICIES_REPEATS_H

#include <hdrive/policy.h>

/* What an option "repeats" may say. */
enum {
	REPEATS_STOP,
	REPEATS_KEEP,
};
extern const char *const hd_repeats_words[3];

#define REPEATS_OPTION(state)                                            \
	HD_OPTION_WORD(state, repeats, hd_repeats_words, REPEATS_STOP,   \
		       "what becomes of a trial that logs exactly what " \
		       "another logged")

/* How a policy takes repeats: constant, one for each that has them. */
struct repeats_rule {
	/* How far of the other's way pairs must have been seen to go, 0..1. */
	double share;
	/*
	 * Whether OTHER, which POLICY stopped or may yet stop, is of use to
	 * TRIAL: it is judged no more strictly, and when it is ended for good,
	 * it would be today.
	 */
	bool (*tells)(const void *policy, const struct hd_trial *trial,
		      const struct hd_trial *other,
		      const struct hd_history *history);
};

/* Whether TRIAL, which has just logged a value, is to stop as a repeat; WHY. */
bool hd_repeats_should_stop(const struct repeats_rule *rule, const void *policy,
			    const struct hd_trial *trial,
			    const struct hd_history *history,
			    struct hd_reason *why);
/* Whether TRIAL, which pauses, is one, so that it need not go on. */
bool hd_repeats_should_stay(const struct repeats_rule *rule, const void *policy,
			    const struct hd_trial *trial,
			    const struct hd_history *history);

#endif
