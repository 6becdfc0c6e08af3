/* Tests of the policies that look at a trial alone: threshold and patient. */
#include "check.h"
#include "curves.h"

static void *alone_new(const char *policy, const char *a, double a_value,
		       const char *b, double b_value)
{
	const struct hd_policy_type *type = hd_policy_type_find(policy);
	void *state;

	assert_non_null(type);
	state = curves_state(type);
	if (a)
		curves_option(type, state, a, a_value);
	if (b)
		curves_option(type, state, b, b_value);
	if (type->init)
		assert_int_equal(type->init(state, NULL), 0);
	return state;
}

/* A trial that logs VALUES: the interval at which it is stopped, 0 for never. */
static size_t stopped_at(const char *policy, void *state, enum hd_goal goal,
			 const double *values, size_t count,
			 struct hd_reason *why)
{
	const struct hd_policy_type *type = hd_policy_type_find(policy);
	struct hd_history *history = curves_new(goal);
	struct hd_trial *trial = curves_start(history);
	size_t at = 0;

	assert_false(type->should_stop(state, trial, history, why));
	for (size_t i = 0; i < count && at == 0; i++) {
		assert_int_equal(hd_trial_log(trial, values[i]), 0);
		if (type->should_stop(state, trial, history, why))
			at = i + 1;
	}
	hd_history_free(history);
	return at;
}

#define STOPPED_AT(policy, state, goal, why, ...)                              \
	stopped_at((policy), (state), (goal), (const double[]){ __VA_ARGS__ }, \
		   sizeof((const double[]){ __VA_ARGS__ }) / sizeof(double),   \
		   (why))

/* --- threshold ------------------------------------------------------------- */

static void what_is_not_finite_is_stopped_at_once(void **state)
{
	void *threshold = alone_new("threshold", NULL, 0, NULL, 0);
	struct hd_reason why;

	(void)state;
	for (int goal = 0; goal < 2; goal++) {
		assert_int_equal(STOPPED_AT("threshold", threshold,
					    (enum hd_goal)goal, &why, 1, 1e18,
					    -1.7e308, NAN, 2),
				 4);
		assert_string_equal(why.text,
				    "value nan at interval 4 is not finite");
		assert_true(isnan(why.mine) && isnan(why.limit));
		assert_int_equal(why.compared, 1);
		assert_int_equal(STOPPED_AT("threshold", threshold,
					    (enum hd_goal)goal, &why, INFINITY),
				 1);
		assert_int_equal(STOPPED_AT("threshold", threshold,
					    (enum hd_goal)goal, &why, -INFINITY),
				 1);
	}
	free(threshold);
}

static void bounds_are_plain_whatever_the_goal(void **state)
{
	void *both = alone_new("threshold", "lower", -1, "upper", 10);
	struct hd_reason why;

	(void)state;
	for (int goal = 0; goal < 2; goal++) {
		assert_int_equal(STOPPED_AT("threshold", both,
					    (enum hd_goal)goal, &why, -1, 10, 5,
					    -1.25),
				 4);
		assert_string_equal(why.text,
				    "value -1.25 at interval 4 < lower -1");
		assert_true(why.mine == -1.25 && why.limit == -1);
		/* The value just logged, not the best so far. */
		assert_int_equal(STOPPED_AT("threshold", both,
					    (enum hd_goal)goal, &why, 0, 5, 10.5),
				 3);
		assert_string_equal(why.text,
				    "value 10.5 at interval 3 > upper 10");
	}
	free(both);
}

static void nan_passes_where_it_may(void **state)
{
	const struct hd_policy_type *type = hd_policy_type_find("threshold");
	void *upper = alone_new("threshold", "upper", 10, "nonfinite", 0);
	void *none = curves_state(type);
	struct hd_reason why;
	struct hd_error err;

	(void)state;
	assert_int_equal(STOPPED_AT("threshold", upper, HD_MINIMIZE, &why, NAN,
				    -INFINITY, 9, NAN),
			 0);
	/* An infinity is a number that may be past the bound. */
	assert_int_equal(STOPPED_AT("threshold", upper, HD_MINIMIZE, &why, NAN,
				    INFINITY),
			 2);
	assert_string_equal(why.text, "value inf at interval 2 > upper 10");
	free(upper);

	curves_option(type, none, "nonfinite", 0);
	assert_int_equal(type->init(none, &err), HD_EINVAL);
	assert_string_equal(err.text, "'threshold' needs 'lower' or 'upper' "
				      "where 'nonfinite' is false");
	curves_option(type, none, "upper", 1);
	assert_int_equal(type->init(none, &err), 0);
	curves_option(type, none, "lower", 1);
	assert_int_equal(type->init(none, &err), 0);
	curves_option(type, none, "lower", 1.5);
	assert_int_equal(type->init(none, &err), HD_EINVAL);
	assert_string_equal(err.text,
			    "'lower' must be at most 'upper', got 1.5 and 1");
	free(none);
}

/* --- patient --------------------------------------------------------------- */

static void three_intervals_without_a_better_one_stop(void **state)
{
	void *three = alone_new("patient", "patience", 3, NULL, 0);
	struct hd_reason why;

	(void)state;
	/* Each better one begins the count anew. */
	assert_int_equal(STOPPED_AT("patient", three, HD_MAXIMIZE, &why, 1, 0, 0,
				    2, 1, 1, 1, 3),
			 7);
	assert_string_equal(why.text,
			    "best so far 2 at interval 7, 2 at interval 4: not "
			    "better by more than 0 within 3 intervals");
	assert_true(why.mine == 2 && why.limit == 2);
	assert_int_equal(why.compared, 1);
	assert_int_equal(STOPPED_AT("patient", three, HD_MINIMIZE, &why, 5, 6, 6,
				    4, 6, 6, 3.5, 6, 6),
			 0);
	assert_int_equal(STOPPED_AT("patient", three, HD_MINIMIZE, &why, 5, 6, 7,
				    8),
			 4);
	free(three);
}

static void what_counts_as_better_is_more_than_min_delta(void **state)
{
	void *delta = alone_new("patient", "patience", 2, "min_delta", 0.1);
	struct hd_reason why;

	(void)state;
	/* By 0.1 within two intervals is not more; rounding is neither. */
	assert_int_equal(STOPPED_AT("patient", delta, HD_MAXIMIZE, &why, 0.2,
				    0.25, 0.3),
			 3);
	assert_int_equal(STOPPED_AT("patient", delta, HD_MINIMIZE, &why, 0.3,
				    0.25, 0.2),
			 3);
	assert_string_equal(why.text,
			    "best so far 0.2 at interval 3, 0.3 at interval 1: "
			    "not better by more than 0.1 within 2 intervals");
	assert_int_equal(STOPPED_AT("patient", delta, HD_MAXIMIZE, &why, 0.2,
				    0.25, 0.31, 0.37, 0.5),
			 0);
	free(delta);
}

static void nan_is_no_progress_and_a_first_number_is(void **state)
{
	void *two = alone_new("patient", "patience", 2, NULL, 0);
	struct hd_reason why;

	(void)state;
	assert_int_equal(STOPPED_AT("patient", two, HD_MINIMIZE, &why, NAN, NAN,
				    NAN),
			 3);
	assert_int_equal(STOPPED_AT("patient", two, HD_MINIMIZE, &why, NAN, NAN,
				    1e300, NAN, NAN),
			 5);
	assert_int_equal(STOPPED_AT("patient", two, HD_MAXIMIZE, &why, -INFINITY,
				    -1e308, 1e308, INFINITY, NAN, 0),
			 6);
	assert_int_equal(STOPPED_AT("patient", two, HD_MINIMIZE, &why, 1, NAN,
				    NAN),
			 3);
	free(two);
}

static void the_leader_may_lose_patience_too(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *leader = curves_flat(history, 0.9, 6);

	(void)state;
	curves_flat(history, 0.1, 1);
	assert_true(curves_stops("patient", "patience", 5, leader, history,
				 NULL));
	assert_false(curves_stops("patient", "patience", 6, leader, history,
				  NULL));
	hd_history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_not_finite_is_stopped_at_once),
		cmocka_unit_test(bounds_are_plain_whatever_the_goal),
		cmocka_unit_test(nan_passes_where_it_may),
		cmocka_unit_test(three_intervals_without_a_better_one_stop),
		cmocka_unit_test(what_counts_as_better_is_more_than_min_delta),
		cmocka_unit_test(nan_is_no_progress_and_a_first_number_is),
		cmocka_unit_test(the_leader_may_lose_patience_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
