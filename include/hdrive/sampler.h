/*
 * A sampler: one file in samplers/ and one row in samplers/table.c.
 *
 * It is a function of its options, the seed and the history: no clock, file,
 * thread, global or environment. The engine owns the state, knows pending,
 * failed, stopped and duplicate trials, and hands them over as history.
 */
#ifndef HDRIVE_SAMPLER_H
#define HDRIVE_SAMPLER_H

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/option.h>
#include <hdrive/rng.h>
#include <hdrive/space.h>
#include <hdrive/trial.h>

HD_BEGIN_DECLS

struct hd_sampler_type {
	const char *name;                /* as written after "type:" */
	const char *summary;             /* one line, for "hdrive help samplers" */
	const struct hd_option *options; /* keys it takes; NULL for none */
	unsigned expressions;            /* the HD_EXPR_* it can draw from */
	unsigned azure_expressions;      /* those that Azure's takes, for notes;
					    0 when Azure has none like it */
	size_t state_size;               /* allocated by the engine, zeroed */
	/*
	 * suggest looks at the trials of the history. The engine then keeps
	 * the ended ones, and calls it on a worker with a copy of the history,
	 * one call at a time, as it may take over a millisecond. One that does
	 * not learn may ask for numbers alone: hd_history_next and the like.
	 */
	bool learns;

	/*
	 * SPACE is borrowed and outlives the state. Options already stand in
	 * their fields. HD_EINVAL with a message when the space does not fit.
	 * May be NULL.
	 */
	int (*init)(void *state, const struct hd_space *space,
		    struct hd_error *err);
	/*
	 * Fill values[], one per parameter of the space. Returns 0,
	 * HD_EXHAUSTED when no point is left, or a negative code. The same
	 * seed and history give the same values; history is borrowed. A trial
	 * that has not ended is one that runs somewhere, no more: what it has
	 * logged so far may be there or not, and must not be looked at. RNG is
	 * keyed by the sweep's seed and the number of the trial.
	 */
	int (*suggest)(void *state, const struct hd_history *history,
		       struct hd_rng *rng, struct hd_value *values,
		       struct hd_error *err);
	/*
	 * How many trials it will give before HD_EXHAUSTED, after init: 0 when
	 * there is no end to them. NULL stands for that too.
	 */
	uint64_t (*points)(const void *state);
	/*
	 * What it decided by itself, a sentence for the person who runs the
	 * sweep; asked after each suggest. Borrowed from the state and the
	 * same pointer while it is the same sentence; NULL when there is
	 * nothing to say. May be NULL.
	 */
	const char *(*note)(const void *state);
	void (*release)(void *state); /* may be NULL */
	/*
	 * How much better than the best so far the point of the space is
	 * expected to be that promises most, trials that run believed: in
	 * units of the metric, at least 0 whatever the goal, NaN when that
	 * cannot be known yet. Above ENOUGH it need not be exact: the sampler
	 * may stop looking. A function of options, seed and history, as
	 * suggest, after which it is called with the same history, on the same
	 * thread, for end_when.improvement. May be NULL.
	 */
	double (*expected_improvement)(void *state,
				       const struct hd_history *history,
				       const struct hd_rng *rng, double enough);
};

HD_API size_t hd_sampler_types(void);
HD_API const struct hd_sampler_type *hd_sampler_type_at(size_t index);
/* Any case; NULL when there is none. */
HD_API const struct hd_sampler_type *hd_sampler_type_find(const char *name);

HD_END_DECLS

#endif
