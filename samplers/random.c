/*
 * random - independent draws from every expression.
 *
 * Trial t of a sweep depends on the seed and t alone. A space made only of
 * choice and randint is walked in a random order instead, so no point comes
 * twice and the sweep ends when all were tried; the order is a permutation
 * computed from the seed, and nothing is remembered.
 */
#include "table.h"

/* Beyond this the permutation's walk would not fit its 64 bits. */
#define RANDOM_POINTS_MOST ((uint64_t)1 << 63)

struct random_state {
	const struct hd_space *space;
	uint64_t points; /* of a space drawn without repetition, else 0 */
};

static int random_init(void *vstate, const struct hd_space *space,
		       struct hd_error *err)
{
	struct random_state *state = vstate;
	uint64_t points = hd_space_points(space);

	(void)err;
	state->space = space;
	if ((hd_space_expressions(space) &
	     ~(unsigned)(HD_EXPR_CHOICE | HD_EXPR_RANDINT)) == 0 &&
	    points <= RANDOM_POINTS_MOST)
		state->points = points;
	return 0;
}

/* The values of point number POINT, the last parameter fastest. */
static void random_decode(const struct random_state *state, uint64_t point,
			  struct hd_value *values)
{
	for (size_t i = hd_space_count(state->space); i-- > 0;) {
		const struct hd_param *param = hd_space_param(state->space, i);
		uint64_t count = hd_expr_count(&param->expr);

		values[i] = hd_expr_nth(&param->expr, point % count);
		point /= count;
	}
}

static int random_suggest(void *vstate, const struct hd_history *history,
			  struct hd_rng *rng, struct hd_value *values,
			  struct hd_error *err)
{
	const struct random_state *state = vstate;
	uint64_t trial = hd_history_next(history);

	(void)err;
	if (state->points) {
		if (trial >= state->points)
			return HD_EXHAUSTED;
		random_decode(state,
			      hd_rng_permute(rng->seed, trial, state->points),
			      values);
		return 0;
	}
	for (size_t i = 0; i < hd_space_count(state->space); i++) {
		struct hd_rng stream = hd_rng_stream(rng, (uint32_t)i);

		values[i] = hd_expr_draw(&hd_space_param(state->space, i)->expr,
					 &stream);
	}
	return 0;
}

static uint64_t random_points(const void *vstate)
{
	const struct random_state *state = vstate;

	return state->points;
}

const struct hd_sampler_type hd_sampler_random = {
	.name = "random",
	.summary = "independent draws from every expression",
	.expressions = HD_EXPR_ALL,
	.azure_expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct random_state),
	.init = random_init,
	.suggest = random_suggest,
	.points = random_points,
};
