/*
 * Tests of samplers/grid.c and random.c far into a sweep: hd_history_next is
 * this file's own, so trial 10^12 needs no trials before it.
 */
#include "check.h"

#include "table.h"

struct hd_history {
	size_t next;
};

size_t hd_history_next(const struct hd_history *history)
{
	return history->next;
}

struct far {
	const struct hd_sampler_type *type;
	struct hd_space *space;
	void *state;
	struct hd_value values[8];
};

static int far_setup(void **state)
{
	struct far *far = calloc(1, sizeof *far);

	if (!far)
		return -1;
	far->space = hd_space_new();
	*state = far;
	return far->space ? 0 : -1;
}

static int far_teardown(void **state)
{
	struct far *far = *state;

	hd_space_free(far->space);
	free(far->state);
	free(far);
	return 0;
}

static void far_add(struct far *far, const char *name, struct hd_expr expr)
{
	assert_int_equal(hd_space_add(far->space, name, &expr, NULL, NULL), 0);
}

static int far_start(struct far *far, const struct hd_sampler_type *type,
		     struct hd_error *err)
{
	far->type = type;
	far->state = calloc(1, type->state_size);
	assert_non_null(far->state);
	return type->init(far->state, far->space, err);
}

static int far_suggest(struct far *far, size_t trial)
{
	struct hd_history history = { trial };
	struct hd_rng rng;

	hd_rng_init(&rng, 2385, trial);
	return far->type->suggest(far->state, &history, &rng, far->values,
				  NULL);
}

static void assert_numbers(const struct far *far, double a, double b, double c)
{
	assert_close(far->values[0].number, a, 0);
	assert_close(far->values[1].number, b, 0);
	assert_close(far->values[2].number, c, 0);
}

static void hd_033_the_last_declared_changes_fastest(void **state)
{
	struct far *far = *state;

	far_add(far, "a", hd_expr_randint(2));
	far_add(far, "b", hd_expr_quniform(16, 48, 16));
	far_add(far, "c", hd_expr_randint(4));
	assert_int_equal(far_start(far, &hd_sampler_grid, NULL), 0);
	for (size_t trial = 0; trial < 24; trial++) {
		assert_int_equal(far_suggest(far, trial), 0);
		assert_numbers(far, (double)(trial / 12),
			       (double)(16 * (1 + trial / 4 % 3)),
			       (double)(trial % 4));
	}
	assert_int_equal(far_suggest(far, 24), HD_EXHAUSTED);
	assert_int_equal(far_suggest(far, SIZE_MAX), HD_EXHAUSTED);
}

static void a_grid_of_a_million_million_points_costs_nothing(void **state)
{
	struct far *far = *state;

	far_add(far, "a", hd_expr_randint(1e6));
	far_add(far, "b", hd_expr_randint(1e4));
	far_add(far, "c", hd_expr_randint(100));
	assert_int_equal(far_start(far, &hd_sampler_grid, NULL), 0);
	assert_int_equal(far_suggest(far, 123456789012), 0);
	assert_numbers(far, 123456, 7890, 12);
	assert_int_equal(far_suggest(far, 999999999999), 0);
	assert_numbers(far, 999999, 9999, 99);
	assert_int_equal(far_suggest(far, 1000000000000), HD_EXHAUSTED);
}

static void a_product_that_no_integer_holds_is_walked(void **state)
{
	struct far *far = *state;

	far_add(far, "a", hd_expr_randint(1e10));
	far_add(far, "b", hd_expr_randint(1e10));
	far_add(far, "c", hd_expr_randint(1e10));
	assert_int_equal(far_start(far, &hd_sampler_grid, NULL), 0);
	assert_true(hd_space_points(far->space) == UINT64_MAX);
	assert_int_equal(far_suggest(far, 0), 0);
	assert_numbers(far, 0, 0, 0);
	assert_int_equal(far_suggest(far, 12345678901234567890u), 0);
	assert_numbers(far, 0, 1234567890, 1234567890);
}

static int far_start_shuffled(struct far *far, struct hd_error *err)
{
	const struct hd_sampler_type *type = &hd_sampler_grid;

	far->type = type;
	far->state = calloc(1, type->state_size);
	assert_non_null(far->state);
	hd_option_store(hd_option_find(type->options, "shuffle"), far->state,
			1);
	return type->init(far->state, far->space, err);
}

/* The first tenth of a shuffled grid has every value of every parameter. */
static void a_shuffled_grid_visits_each_point_once_in_no_order(void **state)
{
	struct far *far = *state;
	bool seen[1000] = { false }, early[3][10] = { { false } };

	far_add(far, "a", hd_expr_randint(10));
	far_add(far, "b", hd_expr_randint(10));
	far_add(far, "c", hd_expr_randint(10));
	assert_int_equal(far_start_shuffled(far, NULL), 0);
	for (size_t trial = 0; trial < 1000; trial++) {
		size_t point = 0;

		assert_int_equal(far_suggest(far, trial), 0);
		for (size_t i = 0; i < 3; i++) {
			point = 10 * point + (size_t)far->values[i].integer;
			if (trial < 100)
				early[i][far->values[i].integer] = true;
		}
		assert_false(seen[point]);
		seen[point] = true;
	}
	for (size_t i = 0; i < 3; i++)
		for (size_t level = 0; level < 10; level++)
			assert_true(early[i][level]);
	assert_int_equal(far_suggest(far, 1000), HD_EXHAUSTED);
}

static void a_grid_too_large_to_shuffle_is_refused(void **state)
{
	struct far *far = *state;
	struct hd_error err = { 0 };

	far_add(far, "a", hd_expr_randint(1e10));
	far_add(far, "b", hd_expr_randint(1e10));
	assert_int_equal(far_start_shuffled(far, &err), HD_EINVAL);
	assert_string_equal(err.text, "'shuffle' takes a grid of at most 2^63"
				      " points, this one has more");
}

static void refused(struct far *far, const char *text)
{
	struct hd_error err = { 0 };

	assert_int_equal(far_start(far, &hd_sampler_grid, &err), HD_EINVAL);
	assert_string_equal(err.text, text);
}

static void hd_031_a_continuous_grid_is_refused_with_the_reason(void **state)
{
	struct far *far = *state;

	far_add(far, "n", hd_expr_randint(3));
	far_add(far, "--lr", hd_expr_loguniform(-6, -1));
	refused(far, "'--lr' is drawn from loguniform, which has no end of"
		     " values: a grid takes choice, randint, quniform or"
		     " qloguniform");
}

static void hd_031_a_q_too_small_for_doubles_is_refused(void **state)
{
	struct far *far = *state;

	far_add(far, "x", hd_expr_quniform(0, 1e300, 1e-300));
	refused(far, "'q' of 'x' is too small for its bounds: a grid takes at"
		     " most 2^51 steps of quniform");
}

static const struct hd_value one = { .kind = HD_VALUE_INTEGER,
				     .integer = 1,
				     .number = 1 };
static const struct hd_value half = { .kind = HD_VALUE_REAL, .number = 0.5 };
static const struct hd_value word = { .kind = HD_VALUE_TEXT,
				      .text = "a",
				      .length = 1 };

static void add_pair(struct far *far, struct hd_value a, struct hd_value b)
{
	struct hd_value options[] = { a, b };

	far_add(far, "x", hd_expr_choice(options, 2));
}

static void hd_032_a_mix_of_strings_and_numbers_is_refused(void **state)
{
	add_pair(*state, one, word);
	refused(*state, "'x' mixes numbers and strings, a grid takes options"
			" of one sort");
}

static void hd_032_a_bool_is_refused(void **state)
{
	add_pair(*state, one, (struct hd_value){ .kind = HD_VALUE_BOOL });
	refused(*state, "'x' has a boolean among its options, a grid takes"
			" numbers or strings");
}

static void hd_032_a_null_is_refused(void **state)
{
	add_pair(*state, (struct hd_value){ .kind = HD_VALUE_NULL }, one);
	refused(*state, "'x' has null among its options, a grid takes numbers"
			" or strings");
}

static void hd_032_a_list_is_refused(void **state)
{
	add_pair(*state, word,
		 (struct hd_value){ .kind = HD_VALUE_JSON,
				    .text = "[1]",
				    .length = 3 });
	refused(*state, "'x' has a list or map among its options, a grid takes"
			" numbers or strings");
}

static void hd_032_whole_and_broken_numbers_may_mix(void **state)
{
	add_pair(*state, one, half);
	assert_int_equal(far_start(*state, &hd_sampler_grid, NULL), 0);
}

/* A random walk over 10^12 points ends after the last of them. */
static void random_ends_where_a_finite_space_does(void **state)
{
	struct far *far = *state;

	far_add(far, "a", hd_expr_randint(1e6));
	far_add(far, "b", hd_expr_randint(1e4));
	far_add(far, "c", hd_expr_randint(100));
	assert_int_equal(far_start(far, &hd_sampler_random, NULL), 0);
	assert_int_equal(far_suggest(far, 999999999999), 0);
	assert_true(far->values[0].integer < 1000000);
	assert_int_equal(far_suggest(far, 1000000000000), HD_EXHAUSTED);
}

/* Past 2^63 points draws are independent: a repeat will not be met. */
static void random_beyond_the_permutation_never_ends(void **state)
{
	struct far *far = *state;

	far_add(far, "a", hd_expr_randint(0x1p53));
	far_add(far, "b", hd_expr_randint(0x1p53));
	assert_int_equal(far_start(far, &hd_sampler_random, NULL), 0);
	assert_int_equal(far_suggest(far, SIZE_MAX), 0);
}

static void random_with_a_continuous_parameter_never_ends(void **state)
{
	struct far *far = *state;

	far_add(far, "a", hd_expr_randint(1));
	far_add(far, "b", hd_expr_qnormal(0, 1, 1));
	assert_int_equal(far_start(far, &hd_sampler_random, NULL), 0);
	assert_int_equal(far_suggest(far, 1000), 0);
}

#define FAR(test) cmocka_unit_test_setup_teardown(test, far_setup, far_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		FAR(hd_033_the_last_declared_changes_fastest),
		FAR(a_grid_of_a_million_million_points_costs_nothing),
		FAR(a_product_that_no_integer_holds_is_walked),
		FAR(a_shuffled_grid_visits_each_point_once_in_no_order),
		FAR(a_grid_too_large_to_shuffle_is_refused),
		FAR(hd_031_a_continuous_grid_is_refused_with_the_reason),
		FAR(hd_031_a_q_too_small_for_doubles_is_refused),
		FAR(hd_032_a_mix_of_strings_and_numbers_is_refused),
		FAR(hd_032_a_bool_is_refused),
		FAR(hd_032_a_null_is_refused),
		FAR(hd_032_a_list_is_refused),
		FAR(hd_032_whole_and_broken_numbers_may_mix),
		FAR(random_ends_where_a_finite_space_does),
		FAR(random_beyond_the_permutation_never_ends),
		FAR(random_with_a_continuous_parameter_never_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
