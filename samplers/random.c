/*
 * random - independent draws from every expression.
 *
 * Trial t of a sweep depends on the seed and t alone. A space made only of
 * choice and randint is walked in a random order instead, so no point comes
 * twice and the sweep ends when all were tried; the order is a permutation
 * computed from the seed, and nothing is remembered.
 *
 * With branches that have more points than others a permutation would hardly
 * see the small ones. There draws are independent too, and a point that came
 * before is passed over, as the sobol sampler does it; past HD_SOBOL_WALK
 * points none is remembered and draws may repeat.
 */
#include "table.h"

#include "sobol.h"

/* Beyond this the permutation's walk would not fit its 64 bits. */
#define RANDOM_POINTS_MOST ((uint64_t)1 << 63)

enum random_rule {
	RANDOM_RULE_RANDOM,
	RANDOM_RULE_SOBOL, /* draws are those of the sobol sampler */
};

struct random_state {
	size_t rule; /* enum random_rule */
	const struct hd_space *space;
	uint64_t points; /* of a space drawn without repetition, else 0 */
	bool is_walk;
	struct hd_sobol_walk walk;
};

static int random_init(void *vstate, const struct hd_space *space,
		       struct hd_error *err)
{
	struct random_state *state = vstate;
	uint64_t points = hd_space_points(space);

	state->space = space;
	state->walk.plain = state->rule == RANDOM_RULE_RANDOM;
	state->is_walk = state->rule == RANDOM_RULE_SOBOL ||
			 hd_space_is_conditional(space);
	if (state->is_walk) {
		int rc = hd_sobol_walk_init(&state->walk, space, err);

		state->points = state->walk.points;
		return rc;
	}
	if ((hd_space_expressions(space) &
	     ~(unsigned)(HD_EXPR_CHOICE | HD_EXPR_RANDINT)) == 0 &&
	    points <= RANDOM_POINTS_MOST)
		state->points = points;
	return 0;
}

static int random_suggest(void *vstate, const struct hd_history *history,
			  struct hd_rng *rng, struct hd_value *values,
			  struct hd_error *err)
{
	struct random_state *state = vstate;
	uint64_t trial = hd_history_next(history);

	(void)err;
	if (state->is_walk)
		return hd_sobol_walk_values(&state->walk, rng->seed, trial,
					    values);
	if (state->points) {
		if (trial >= state->points)
			return HD_EXHAUSTED;
		hd_space_point(state->space,
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

static void random_release(void *vstate)
{
	struct random_state *state = vstate;

	hd_sobol_walk_release(&state->walk);
}

static const char *const random_rules[] = { "random", "sobol", NULL };

static const struct hd_option random_options[] = {
	HD_OPTION_WORD(struct random_state, rule, random_rules,
		       RANDOM_RULE_RANDOM, "how numbers are drawn"),
	HD_OPTION_END
};

const struct hd_sampler_type hd_sampler_random = {
	.name = "random",
	.summary = "independent draws from every expression",
	.options = random_options,
	.expressions = HD_EXPR_ALL,
	.azure_expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct random_state),
	.init = random_init,
	.suggest = random_suggest,
	.points = random_points,
	.release = random_release,
};
