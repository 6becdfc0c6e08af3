/* Tests of engine/sweep/sample.c: what "hdrive sample" shows. */
#include "check.h"

#include <hdrive/config.h>

#define SAMPLES_MOST 64

struct samples {
	size_t count;
	size_t width;
	struct hd_value values[SAMPLES_MOST][4];
	int answer; /* of the callback */
};

static int samples_take(void *user, size_t number, const struct hd_value *values)
{
	struct samples *samples = user;

	assert_int_equal(number, samples->count);
	assert_true(number < SAMPLES_MOST);
	memcpy(samples->values[samples->count++], values,
	       samples->width * sizeof *values);
	return samples->answer;
}

static const struct hd_value letters[] = {
	{ .kind = HD_VALUE_TEXT, .text = "a", .length = 1 },
	{ .kind = HD_VALUE_TEXT, .text = "b", .length = 1 },
	{ .kind = HD_VALUE_TEXT, .text = "c", .length = 1 },
};

/* --x choice [a, b, c], --y choice [a, b]. */
static int space_setup(void **state)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr x = hd_expr_choice(letters, 3);
	struct hd_expr y = hd_expr_choice(letters, 2);

	if (!space || hd_space_add(space, "--x", &x, NULL, NULL) != 0 ||
	    hd_space_add(space, "--y", &y, NULL, NULL) != 0)
		return -1;
	*state = space;
	return 0;
}

static int space_teardown(void **state)
{
	hd_space_free(*state);
	return 0;
}

static int sample(const char *sampler, const struct hd_space *space,
		  uint64_t seed, size_t count, struct samples *samples)
{
	struct hd_config config = { .space = space, .goal = HD_MAXIMIZE };
	void *options;
	int rc;

	config.sampler = hd_sampler_type_find(sampler);
	options = calloc(1, config.sampler->state_size + 1);
	assert_non_null(options);
	hd_option_defaults(config.sampler->options, options);
	config.sampler_options = options;
	samples->width = hd_space_count(space);
	rc = hd_config_sample(&config, seed, count, samples_take, samples,
			      NULL);
	free(options);
	return rc;
}

static void hd_034_a_grid_of_six_makes_six_of_ten(void **state)
{
	static const char expected[][2] = { "aa", "ab", "ba", "bb", "ca",
					    "cb" };
	struct samples samples = { 0 };

	assert_int_equal(sample("grid", *state, 1, 10, &samples), 0);
	assert_int_equal(samples.count, 6);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(samples.values[i][0].text[0], expected[i][0]);
		assert_int_equal(samples.values[i][1].text[0], expected[i][1]);
	}
}

static void hd_035_a_grid_of_six_limited_to_four_makes_the_first(void **state)
{
	struct samples all = { 0 }, some = { 0 };

	assert_int_equal(sample("grid", *state, 1, 6, &all), 0);
	assert_int_equal(sample("grid", *state, 2, 4, &some), 0);
	assert_int_equal(some.count, 4);
	for (size_t i = 0; i < 4; i++)
		for (size_t j = 0; j < 2; j++)
			assert_true(hd_value_equal(&all.values[i][j],
						   &some.values[i][j]));
}

static void hd_036_a_random_space_of_three_makes_three_distinct(void **state)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr x = hd_expr_choice(letters, 3);
	struct samples samples = { 0 };
	unsigned seen = 0;

	(void)state;
	hd_space_add(space, "--x", &x, NULL, NULL);
	assert_int_equal(sample("random", space, 2385, 8, &samples), 0);
	assert_int_equal(samples.count, 3);
	for (size_t i = 0; i < 3; i++)
		seen |= 1u << samples.values[i][0].option;
	assert_int_equal(seen, 7);
	hd_space_free(space);
}

static void hd_038_a_seed_names_its_samples(void **state)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr lr = hd_expr_loguniform(-6, -1);
	struct samples a = { 0 }, b = { 0 }, other = { 0 };

	(void)state;
	hd_space_add(space, "--lr", &lr, NULL, NULL);
	assert_int_equal(sample("random", space, 2385, 20, &a), 0);
	assert_int_equal(sample("random", space, 2385, 20, &b), 0);
	assert_int_equal(sample("random", space, 2386, 20, &other), 0);
	assert_int_equal(other.count, 20);
	for (size_t i = 0; i < 20; i++) {
		assert_true(hd_value_equal(&a.values[i][0], &b.values[i][0]));
		assert_false(hd_value_equal(&a.values[i][0],
					    &other.values[i][0]));
	}
	hd_space_free(space);
}

/*
 * These very numbers stand for all time: a sweep that is resumed, or run again
 * from its seed by a later version, must draw the same trials.
 */
static void the_draws_of_a_seed_never_change(void **state)
{
	static const double expected[] = {
		0.3317901749079959,
		0.5158110758247187,
		0.15259439106811212,
	};
	struct hd_space *space = hd_space_new();
	struct hd_expr lr = hd_expr_uniform(0, 1);
	struct samples samples = { 0 };

	(void)state;
	hd_space_add(space, "--lr", &lr, NULL, NULL);
	assert_int_equal(sample("random", space, 2385, 3, &samples), 0);
	for (size_t i = 0; i < 3; i++)
		assert_close(samples.values[i][0].number, expected[i], 0);
	hd_space_free(space);
}

static void the_walk_of_a_seed_never_changes(void **state)
{
	static const char expected[][3] = { "cb", "ca", "aa", "ba", "ab", "bb" };
	struct samples samples = { 0 };

	assert_int_equal(sample("random", *state, 2385, 6, &samples), 0);
	for (size_t i = 0; i < 6; i++) {
		assert_int_equal(samples.values[i][0].text[0], expected[i][0]);
		assert_int_equal(samples.values[i][1].text[0], expected[i][1]);
	}
}

static void the_callback_may_end_it(void **state)
{
	struct samples samples = { .answer = HD_EIO };

	assert_int_equal(sample("grid", *state, 1, 6, &samples), HD_EIO);
	assert_int_equal(samples.count, 1);
	samples = (struct samples){ .answer = 7 };
	assert_int_equal(sample("grid", *state, 1, 6, &samples), 7);
	assert_int_equal(samples.count, 1);
}

static void a_sampler_that_refuses_the_space_is_heard(void **state)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr lr = hd_expr_uniform(0, 1);
	struct samples samples = { 0 };

	(void)state;
	hd_space_add(space, "--lr", &lr, NULL, NULL);
	assert_int_equal(sample("grid", space, 1, 6, &samples), HD_EINVAL);
	assert_int_equal(samples.count, 0);
	hd_space_free(space);
}

#define WITH_SPACE(test) \
	cmocka_unit_test_setup_teardown(test, space_setup, space_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_SPACE(hd_034_a_grid_of_six_makes_six_of_ten),
		WITH_SPACE(hd_035_a_grid_of_six_limited_to_four_makes_the_first),
		cmocka_unit_test(hd_036_a_random_space_of_three_makes_three_distinct),
		cmocka_unit_test(hd_038_a_seed_names_its_samples),
		cmocka_unit_test(the_draws_of_a_seed_never_change),
		WITH_SPACE(the_walk_of_a_seed_never_changes),
		WITH_SPACE(the_callback_may_end_it),
		cmocka_unit_test(a_sampler_that_refuses_the_space_is_heard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
