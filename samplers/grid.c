/*
 * grid - every point of a finite space once, in declared order.
 *
 * The last declared parameter changes fastest, and the branches of a choice
 * come one after another. Trial t is point t, found by dividing t by the counts
 * from the last parameter to the first: nothing is listed, so the size of the grid costs nothing,
 * and a product that no integer holds is walked like any other. Shuffled, trial t is the image of t
 * under a permutation computed from the seed, so that a grid that is cut short is a fair sample.
 */
#include "table.h"

/* Beyond this the permutation's walk would not fit its 64 bits. */
#define GRID_SHUFFLE_MOST ((uint64_t)1 << 63)

struct grid_state {
	bool shuffle;
	const struct hd_space *space;
	uint64_t points; /* of a shuffled grid */
};

static const char *grid_kind_word(enum hd_value_kind kind)
{
	switch (kind) {
	case HD_VALUE_ABSENT:
		return "nothing";
	case HD_VALUE_NULL:
		return "null";
	case HD_VALUE_BOOL:
		return "a boolean";
	case HD_VALUE_INTEGER:
	case HD_VALUE_REAL:
		return "a number";
	case HD_VALUE_TEXT:
		return "a string";
	case HD_VALUE_JSON:
		return "a list or map";
	case HD_VALUE_BRANCH:
		return "a branch";
	}
	return "?";
}

/*
 * HD-032: numbers alone or strings alone. Branches go with both, and so does
 * whatever else a branch gives as the one value of a parameter.
 */
static int grid_check_choice(const struct hd_param *param, struct hd_error *err)
{
	const struct hd_expr *expr = &param->expr;
	const struct hd_value *first = NULL;

	if (param->parent != HD_SPACE_TOP && expr->option_count == 1)
		return 0;
	for (size_t i = 0; i < expr->option_count; i++) {
		enum hd_value_kind kind = expr->options[i].kind;

		if (kind == HD_VALUE_BRANCH)
			continue;
		if (!first)
			first = &expr->options[i];
		if (kind != HD_VALUE_INTEGER && kind != HD_VALUE_REAL &&
		    kind != HD_VALUE_TEXT)
			return hd_error_set(err, HD_EINVAL,
					    "'%s' has %s among its options, a"
					    " grid takes numbers or strings",
					    param->name, grid_kind_word(kind));
		if ((kind == HD_VALUE_TEXT) != (first->kind == HD_VALUE_TEXT))
			return hd_error_set(err, HD_EINVAL,
					    "'%s' mixes numbers and strings, a"
					    " grid takes options of one sort",
					    param->name);
	}
	return 0;
}

static int grid_check(const struct hd_param *param, struct hd_error *err)
{
	const char *name = hd_expr_name(param->expr.kind);

	if (param->expr.kind == HD_EXPR_CHOICE)
		return grid_check_choice(param, err);
	if (hd_expr_count(&param->expr) > 0)
		return 0;
	if (!(hd_sampler_grid.expressions & (unsigned)param->expr.kind))
		return hd_error_set(err, HD_EINVAL,
				    "'%s' is drawn from %s, which has no end"
				    " of values: a grid takes choice, randint,"
				    " quniform or qloguniform",
				    param->name, name);
	return hd_error_set(err, HD_EINVAL,
			    "'q' of '%s' is too small for its bounds: a grid"
			    " takes at most 2^51 steps of %s",
			    param->name, name);
}

static int grid_init(void *vstate, const struct hd_space *space,
		     struct hd_error *err)
{
	struct grid_state *state = vstate;

	state->space = space;
	for (size_t i = 0; i < hd_space_count(space); i++) {
		int rc = grid_check(hd_space_param(space, i), err);

		if (rc < 0)
			return rc;
	}
	state->points = hd_space_points(space);
	if (state->shuffle && state->points > GRID_SHUFFLE_MOST)
		return hd_error_set(err, HD_EINVAL,
				    "'shuffle' takes a grid of at most 2^63"
				    " points, this one has more");
	return 0;
}

static int grid_suggest(void *vstate, const struct hd_history *history,
			struct hd_rng *rng, struct hd_value *values,
			struct hd_error *err)
{
	const struct grid_state *state = vstate;
	uint64_t rest = hd_history_next(history);

	(void)err;
	if (state->shuffle) {
		if (rest >= state->points)
			return HD_EXHAUSTED;
		rest = hd_rng_permute(rng->seed, rest, state->points);
	}
	rest = hd_space_point(state->space, rest, values);
	return rest > 0 ? HD_EXHAUSTED : 0;
}

static uint64_t grid_points(const void *vstate)
{
	const struct grid_state *state = vstate;

	return hd_space_points(state->space);
}

static const struct hd_option grid_options[] = {
	HD_OPTION_BOOL(struct grid_state, shuffle, false,
		       "visit the points in a random order"),
	HD_OPTION_END
};

const struct hd_sampler_type hd_sampler_grid = {
	.name = "grid",
	.summary = "every point of a finite space once, in declared order",
	.options = grid_options,
	.expressions = HD_EXPR_CHOICE | HD_EXPR_RANDINT | HD_EXPR_QUNIFORM |
		       HD_EXPR_QLOGUNIFORM,
	.azure_expressions = HD_EXPR_CHOICE,
	.state_size = sizeof(struct grid_state),
	.init = grid_init,
	.suggest = grid_suggest,
	.points = grid_points,
};
