/*
 * Tests of policies/percentile.c and of the question it asks: against the
 * median's policy, and against means that are sorted anew.
 */
#include "check.h"
#include "curves.h"
#include "noise.h"

static double noise_value(void)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, 1.7e308,
				      -1.7e308, 5e-324, 1e18 };
	uint32_t pick = noise(60);

	return pick < ROWS(odd) ? odd[pick] : (double)noise(4000) / 1000 - 2;
}

static void *percentile_new(double percent, double min_trials)
{
	const struct hd_policy_type *type = hd_policy_type_find("percentile");
	void *state;

	assert_non_null(type);
	state = curves_state(type);
	curves_option(type, state, "percentile", percent);
	curves_option(type, state, "min_trials", min_trials);
	assert_int_equal(type->init(state, NULL), 0);
	return state;
}

static void between_two_means_it_is_their_weighted_mean(void **state)
{
	static const struct {
		double percent, limit;
	} rows[] = {
		{ -1, 9 },
		{ 0, 9 },
		{ 25, 7 },
		{ 30, 6.6 },
		{ 50, 5 },
		{ 62.5, 4 },
		{ 75, 3 },
		{ 100, 1 },
		{ 1e300, 1 },
	};
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	size_t count;

	(void)state;
	for (int i = 0; i < 5; i++)
		curves_flat(history, 1 + 2 * i, 1);
	for (size_t i = 0; i < ROWS(rows); i++)
		assert_close(hd_history_percentile(history, 1, rows[i].percent,
						   &count),
			     rows[i].limit, 1e-12);
	assert_int_equal(count, 5);
	assert_true(isnan(hd_history_percentile(history, 2, 50, &count)));
	assert_int_equal(count, 0);
	/* Of two: the mean of both, then nearer to the worse. */
	curves_flat(history, 0, 3);
	curves_flat(history, 1, 3);
	assert_true(hd_history_percentile(history, 3, 50, &count) == 0.5);
	assert_true(hd_history_percentile(history, 3, 75, &count) == 0.25);
	hd_history_free(history);
}

static void of_equals_it_is_their_value_to_the_bit(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	size_t count;

	(void)state;
	for (size_t i = 0; i < 7; i++)
		curves_flat(history, 0.1, 10);
	for (double percent = 0; percent <= 100; percent += 0.5)
		assert_true(hd_history_percentile(history, 10, percent,
						  &count) == 0.1);
	hd_history_free(history);
}

static void the_trial_must_be_as_good_as_the_best_quarter(void **state)
{
	const struct hd_policy_type *type = hd_policy_type_find("percentile");
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	void *quarter = percentile_new(25, 5), *most = percentile_new(75, 5);
	struct hd_reason why;

	(void)state;
	for (int i = 0; i < 5; i++)
		curves_flat(history, 0.1 + 0.2 * i, 2);
	for (size_t i = 0; i < 5; i++) {
		const struct hd_trial *trial = hd_history_trial(history, i);

		assert_int_equal(type->should_stop(quarter, trial, history, &why),
				 i < 3);
		assert_int_equal(type->should_stop(most, trial, history, &why),
				 i < 1);
	}
	assert_true(type->should_stop(quarter, hd_history_trial(history, 2),
				      history, &why));
	assert_string_equal(why.text,
			    "best so far 0.5 < 0.7, which the best 25 % of the "
			    "averages up to interval 2 reach; 5 trials compared");
	assert_true(why.mine == 0.5);
	assert_close(why.limit, 0.7, 1e-12);
	assert_int_equal(why.compared, 5);
	free(quarter);
	free(most);
	hd_history_free(history);
}

static void where_few_came_as_far_nobody_is_stopped(void **state)
{
	const struct hd_policy_type *type = hd_policy_type_find("percentile");
	struct hd_history *history = curves_new(HD_MINIMIZE);
	void *five = percentile_new(50, 5), *one = percentile_new(50, 1);
	const struct hd_trial *worst = curves_flat(history, 9, 1);
	struct hd_reason why;

	(void)state;
	assert_false(type->should_stop(one, worst, history, &why));
	for (size_t n = 2; n <= 6; n++) {
		curves_flat(history, 1, 1);
		assert_true(type->should_stop(one, worst, history, &why));
		assert_int_equal(type->should_stop(five, worst, history, &why),
				 n >= 5);
	}
	free(five);
	free(one);
	hd_history_free(history);
}

/* 50 with at least two trials is median_stopping, reasons' numbers included. */
static void half_is_the_median_rule(void **state)
{
	const struct hd_policy_type *type = hd_policy_type_find("percentile");
	const struct hd_policy_type *median =
		hd_policy_type_find("median_stopping");
	void *half = percentile_new(50, 2);
	size_t stopped = 0;

	(void)state;
	for (uint32_t seed = 0; seed < 200; seed++) {
		struct hd_history *history =
			curves_new(seed % 2 ? HD_MAXIMIZE : HD_MINIMIZE);

		noise_state = seed;
		for (size_t i = 0; i < 9; i++)
			curves_start(history);
		for (size_t step = 0; step < 90; step++) {
			struct hd_trial *trial =
				hd_history_trial_mutable(history, noise(9));
			struct hd_reason a, b;
			bool stop;

			assert_int_equal(hd_trial_log(trial, noise_value()), 0);
			stop = median->should_stop(NULL, trial, history, &a);
			assert_int_equal(type->should_stop(half, trial, history,
							   &b),
					 stop);
			if (!stop)
				continue;
			stopped++;
			assert_memory_equal(&a.mine, &b.mine, sizeof a.mine);
			assert_memory_equal(&a.limit, &b.limit, sizeof a.limit);
			assert_int_equal(a.compared, b.compared);
		}
		hd_history_free(history);
	}
	assert_true(stopped > 1000);
	free(half);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The same from means that are sorted when they are asked for. */
static void what_is_kept_equals_what_is_sorted_anew(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 50; seed++) {
		struct hd_history *history = curves_new(HD_MINIMIZE);

		noise_state = seed;
		for (size_t n = 1; n <= 30; n++) {
			double means[30], percent = (double)noise(1001) / 10;
			struct hd_trial *trial = curves_start(history);
			size_t count;
			double at, found, plain;

			for (int i = 0; i < 3; i++)
				assert_int_equal(
					hd_trial_log(trial,
						     (double)noise(4000) / 1000),
					0);
			for (size_t i = 0; i < n; i++)
				means[i] = hd_trial_mean(
					hd_history_trial(history, i), 3);
			qsort(means, n, sizeof *means, by_value);
			at = (double)(n - 1) * percent / 100;
			plain = means[(size_t)floor(at)];
			plain += (means[(size_t)ceil(at)] - plain) *
				 (at - floor(at));
			found = hd_history_percentile(history, 3, percent,
						      &count);
			assert_int_equal(count, n);
			assert_close(found, plain, 1e-9);
		}
		hd_history_free(history);
	}
}

static void zero_and_a_hundred_per_cent_are_refused(void **state)
{
	static const double bad[] = { 0, 100, -1, NAN };
	const struct hd_policy_type *type = hd_policy_type_find("percentile");
	void *percentile = curves_state(type);
	struct hd_error err;

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		curves_option(type, percentile, "percentile", bad[i]);
		assert_int_equal(type->init(percentile, &err), HD_EINVAL);
	}
	curves_option(type, percentile, "percentile", 100);
	assert_int_equal(type->init(percentile, &err), HD_EINVAL);
	assert_string_equal(err.text, "'percentile' must be greater than 0 and "
				      "less than 100, got 100");
	curves_option(type, percentile, "percentile", 0.5);
	assert_int_equal(type->init(percentile, &err), 0);
	free(percentile);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(between_two_means_it_is_their_weighted_mean),
		cmocka_unit_test(of_equals_it_is_their_value_to_the_bit),
		cmocka_unit_test(the_trial_must_be_as_good_as_the_best_quarter),
		cmocka_unit_test(where_few_came_as_far_nobody_is_stopped),
		cmocka_unit_test(half_is_the_median_rule),
		cmocka_unit_test(what_is_kept_equals_what_is_sorted_anew),
		cmocka_unit_test(zero_and_a_hundred_per_cent_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
