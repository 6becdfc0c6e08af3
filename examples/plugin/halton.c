/*
 * halton - a sequence that fills the space evenly, one base a parameter.
 *
 * Coordinate i of point t is t + 1 written in the i-th prime base and mirrored
 * at the point (J. H. Halton: "On the efficiency of certain quasi-random
 * sequences of points", Numerische Mathematik 2, 1960), shifted by a number
 * that the seed draws (Cranley and Patterson, 1976), so that seeds differ.
 */
#include "plugins.h"

#include <math.h>

#define DIMENSIONS 16 /* beyond the 16th prime neighbours go in step */

struct halton_state {
	size_t skip; /* the option; must stand where its row says */
	const struct hd_space *space;
};

static const unsigned halton_bases[DIMENSIONS] = {
	2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53
};

static const struct hd_option halton_options[] = {
	HD_OPTION_SIZE(struct halton_state, skip, 0, 1e6, 0,
		       "points to leave out at the start"),
	HD_OPTION_END
};

static int halton_init(void *vstate, const struct hd_space *space,
		       struct hd_error *err)
{
	struct halton_state *state = vstate;

	if (hd_space_count(space) > DIMENSIONS)
		return hd_error_set(err, HD_EINVAL,
				    "'halton' takes at most %d parameters, got %zu",
				    DIMENSIONS, hd_space_count(space));
	state->space = space;
	return 0;
}

static double mirror(uint64_t index, unsigned base)
{
	double part = 1, sum = 0;

	for (; index > 0; index /= base) {
		part /= base;
		sum += part * (double)(index % base);
	}
	return sum;
}

static int halton_suggest(void *vstate, const struct hd_history *history,
			  struct hd_rng *rng, struct hd_value *values,
			  struct hd_error *err)
{
	const struct halton_state *state = vstate;
	uint64_t index = hd_history_next(history) + state->skip + 1;
	struct hd_rng shift;

	(void)err;
	/* One shift for all trials: it is keyed by the seed alone. */
	hd_rng_init(&shift, rng->seed, 0);
	for (size_t i = 0; i < hd_space_count(state->space); i++) {
		double u = mirror(index, halton_bases[i]) + hd_rng_uniform(&shift);

		u -= floor(u);
		u = fmin(fmax(u, 0x1p-53), 1 - 0x1p-53); /* 0 < u < 1 */
		values[i] = hd_expr_at(&hd_space_param(state->space, i)->expr, u);
	}
	/* Parameters of branches that were not drawn do not exist. */
	hd_space_prune(state->space, values);
	return 0;
}

const struct hd_sampler_type halton_sampler = {
	.name = "halton",
	.summary = "fills the space evenly, one prime base a parameter",
	.options = halton_options,
	.expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct halton_state),
	.init = halton_init,
	.suggest = halton_suggest,
};
