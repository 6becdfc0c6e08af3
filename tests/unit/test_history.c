/*
 * Tests of engine/sweep/history.c. What it keeps as values come is compared
 * with the same question answered from all curves anew.
 */
#include "check.h"
#include "curves.h"
#include "noise.h"

#include "sweep/history.h"

/* Few different values, so that there are ties, and some that are no number. */
static double noise_value(void)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY };
	uint32_t pick = noise(40);

	return pick < ROWS(odd) ? odd[pick] : (double)noise(12) / 4 - 1;
}

static double plain_best(const struct hd_history *history, size_t interval)
{
	double best = NAN;

	for (size_t i = 0; i < hd_history_count(history); i++) {
		const struct hd_trial *trial = hd_history_trial(history, i);
		size_t last = hd_trial_intervals(trial);
		double mine = hd_trial_best(trial,
					    interval < last ? interval : last);

		if (hd_goal_better(hd_history_goal(history), mine, best))
			best = mine;
	}
	return best;
}

static bool plain_same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static void who_is_ranked_where_is_who_has_that_place(void **state)
{
	static const double values[] = { 0.4, 0.9, NAN, 0.9, 0.1 };
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	const struct hd_trial *trial;
	size_t count;

	(void)state;
	assert_null(hd_history_ranked(history, 1, 1, &count));
	assert_int_equal(count, 0);
	for (size_t i = 0; i < ROWS(values); i++)
		assert_int_equal(hd_trial_log(curves_start(history), values[i]), 0);
	for (size_t place = 1; place <= ROWS(values); place++) {
		trial = hd_history_ranked(history, 1, place, NULL);
		assert_non_null(trial);
		assert_int_equal(hd_history_place(history, trial, 1, false, &count),
				 place);
		assert_int_equal(count, ROWS(values));
	}
	assert_null(hd_history_ranked(history, 1, ROWS(values) + 1, &count));
	assert_null(hd_history_ranked(history, 1, 0, &count));
	assert_null(hd_history_ranked(history, 2, 1, &count));
	hd_history_free(history);
}

static void check_climbs(const struct hd_history *history, const double *expected,
			 size_t count)
{
	size_t found;
	const double *climbs = hd_history_climbs(history, 2, 1, &found);

	assert_non_null(climbs);
	assert_int_equal(found, count);
	for (size_t i = 0; i < count; i++)
		assert_true(climbs[i] == expected[i]);
}

/* By their first values: d, then b and c, then a, then NaN; the old one is out. */
static void places_are_climbed_among_those_who_came_as_far(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *old = hd_history_inherit(history, NULL), *e;
	size_t count;

	(void)state;
	assert_non_null(old);
	assert_null(hd_history_climbs(history, 2, 1, &count));
	curves_log(old, (const double[]){ 0, 0 }, 2);
	curves_add(history, 9, 1); /* 4th, and 1st by two values */
	curves_add(history, 4, 3); /* 2.5, and 3rd */
	curves_add(history, 4, 4); /* 2.5, and 4th */
	curves_add(history, 2, 2); /* 1st, and 2nd */
	e = curves_add(history, NAN);
	check_climbs(history, (const double[]){ 0, 3, -1, -0.5, -1.5 }, 5);
	/* Who logs changes what the others have climbed. */
	curves_log(e, (const double[]){ 1.5 }, 1);
	check_climbs(history, (const double[]){ 0, 3, 3, -2, -1.5, -2.5 }, 6);
	curves_add(history, 1);
	check_climbs(history, (const double[]){ 0, 3, 3, -2, -1.5, -2.5 }, 6);
	assert_null(hd_history_climbs(history, 2, 2, &count));
	assert_null(hd_history_climbs(history, 2, 0, &count));
	assert_null(hd_history_climbs(history, 3, 1, &count));
	assert_int_equal(count, 0);
	hd_history_free(history);
}

static void the_horizon_is_the_longest_that_completed(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *a = curves_start(history), *b = curves_start(history);

	(void)state;
	for (int i = 0; i < 5; i++)
		assert_int_equal(hd_trial_log(a, i), 0);
	assert_int_equal(hd_trial_log(b, 1), 0);
	assert_int_equal(hd_history_horizon(history), 0);
	hd_trial_move(b, HD_TRIAL_EVENT_DONE);
	assert_int_equal(hd_history_horizon(history), 1);
	hd_trial_move(a, HD_TRIAL_EVENT_FAIL);
	assert_int_equal(hd_history_horizon(history), 1);
	hd_history_free(history);
}

static void check_best(const struct hd_history *history, size_t longest)
{
	for (size_t interval = 1; interval <= longest + 2; interval++) {
		const struct hd_trial *leader;
		double best = hd_history_best(history, interval, &leader);

		assert_true(plain_same(best, plain_best(history, interval)));
		assert_int_equal(leader == NULL, isnan(best));
		if (leader) {
			size_t last = hd_trial_intervals(leader);

			if (interval < last)
				last = interval;
			assert_true(hd_trial_best(leader, last) == best);
		}
	}
}

static void check_place(const struct hd_history *history, size_t index,
			size_t interval, bool running_only)
{
	const struct hd_trial *trial = hd_history_trial(history, index);
	double mine = hd_trial_best(trial, interval);
	size_t before = 0, among = 0, count;
	size_t place = hd_history_place(history, trial, interval, running_only,
					&count);

	for (size_t i = 0; i < hd_history_count(history); i++) {
		const struct hd_trial *other = hd_history_trial(history, i);
		double theirs = hd_trial_best(other, interval);

		if (hd_trial_intervals(other) < interval ||
		    (running_only && other != trial &&
		     hd_trial_state(other) != HD_TRIAL_RUNNING))
			continue;
		among++;
		if (hd_goal_better(hd_history_goal(history), theirs, mine) ||
		    (i < index && plain_same(theirs, mine)))
			before++;
	}
	assert_int_equal(count, among);
	assert_int_equal(place, before + 1);
}

/* By counting: as many are not worse as are not better. */
static void check_median(const struct hd_history *history, size_t interval)
{
	enum hd_goal goal = hd_history_goal(history);
	size_t count, n = 0, better = 0, worse = 0;
	double median = hd_history_median(history, interval, &count);

	for (size_t i = 0; i < hd_history_count(history); i++) {
		const struct hd_trial *trial = hd_history_trial(history, i);
		double mean = hd_trial_mean(trial, interval);

		if (hd_trial_intervals(trial) < interval)
			continue;
		n++;
		better += hd_goal_better(goal, mean, median);
		worse += hd_goal_worse(goal, mean, median);
	}
	assert_int_equal(count, n);
	/* A NaN for an even number may come of one NaN or two infinities. */
	if (n == 0 || (isnan(median) && n % 2 == 0))
		return;
	assert_true(better <= n / 2);
	assert_true(worse <= n / 2);
}

static void check_all(const struct hd_history *history, size_t longest)
{
	check_best(history, longest);
	for (size_t interval = 1; interval <= longest; interval++) {
		check_median(history, interval);
		for (size_t i = 0; i < hd_history_count(history); i++) {
			const struct hd_trial *trial =
				hd_history_trial(history, i);

			if (hd_trial_intervals(trial) < interval)
				continue;
			check_place(history, i, interval, false);
			check_place(history, i, interval, true);
		}
	}
}

static void what_is_kept_equals_what_is_counted_anew(void **state)
{
	(void)state;
	for (uint32_t seed = 0; seed < 40; seed++) {
		struct hd_history *history =
			curves_new(seed % 2 ? HD_MAXIMIZE : HD_MINIMIZE);

		noise_state = seed;
		for (size_t step = 0; step < 90; step++) {
			struct hd_trial *trial;

			if (step % 9 == 0)
				curves_start(history);
			trial = hd_history_trial_mutable(
				history,
				noise((uint32_t)hd_history_count(history)));
			assert_int_equal(hd_trial_log(trial, noise_value()),
					 0);
			if (hd_trial_can(trial, HD_TRIAL_EVENT_DONE) &&
			    noise(20) == 0)
				hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
			/* Orders begin at different moments. */
			if (step > 10 + seed)
				check_all(history, 20);
		}
		hd_history_free(history);
	}
}

static void best_is_right_when_values_come_late(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *fast = curves_add(history, 0.1, 0.2, 0.9);
	struct hd_trial *slow = curves_start(history);
	const struct hd_trial *leader;

	(void)state;
	assert_true(isnan(hd_history_best(history, 0, &leader)));
	assert_null(leader);
	assert_true(hd_history_best(history, 2, &leader) == 0.2);
	assert_ptr_equal(leader, fast);
	assert_int_equal(hd_trial_log(slow, 0.5), 0);
	assert_true(hd_history_best(history, 1, &leader) == 0.5);
	assert_ptr_equal(leader, slow);
	assert_true(hd_history_best(history, 2, &leader) == 0.5);
	assert_ptr_equal(leader, slow);
	assert_true(hd_history_best(history, 3, &leader) == 0.9);
	assert_ptr_equal(leader, fast);
	/* Beyond the longest curve: with what there is. */
	assert_true(hd_history_best(history, 1000, NULL) == 0.9);
	hd_history_free(history);
}

/*
 * Each value of the second is the best up to the end of a long curve. Were they
 * written there one by one, this would take hours.
 */
static void a_better_trial_beside_a_long_one_costs_no_more(void **state)
{
	enum { LONG = 300000 };
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *first = curves_flat(history, 2, LONG);
	struct hd_trial *second = curves_start(history);
	const struct hd_trial *leader;

	(void)state;
	for (size_t i = 1; i <= LONG; i++)
		assert_int_equal(hd_trial_log(second, 1 / (double)i), 0);
	assert_true(hd_history_best(history, 7, &leader) == 1.0 / 7);
	assert_ptr_equal(leader, second);
	assert_true(hd_history_best(history, LONG, &leader) == 1.0 / LONG);
	/* And where one is better between others' steps. */
	assert_int_equal(hd_trial_log(first, 0), 0);
	assert_true(hd_history_best(history, LONG, NULL) == 1.0 / LONG);
	assert_true(hd_history_best(history, LONG + 1, &leader) == 0);
	assert_ptr_equal(leader, first);
	hd_history_free(history);
}

static void hd_113_the_first_to_reach_a_value_leads(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *first = curves_start(history);
	struct hd_trial *second = curves_start(history);
	const struct hd_trial *leader;

	(void)state;
	assert_int_equal(hd_trial_log(second, 0.5), 0);
	assert_int_equal(hd_trial_log(first, 0.5), 0);
	hd_history_best(history, 1, &leader);
	assert_ptr_equal(leader, second);
	hd_history_free(history);
}

static void hd_112_no_metric_anywhere_gives_no_best(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	const struct hd_trial *leader;
	struct hd_trial *trial;
	size_t count = 9;

	(void)state;
	assert_int_equal(hd_history_count(history), 0);
	assert_true(isnan(hd_history_best(history, 1, &leader)));
	trial = curves_start(history);
	assert_true(isnan(hd_history_best(history, 1, &leader)));
	assert_null(leader);
	assert_int_equal(hd_history_measured(history), 0);
	assert_true(isnan(hd_history_median(history, 1, &count)));
	assert_int_equal(count, 0);
	assert_int_equal(hd_history_place(history, trial, 1, false, &count),
			 0);
	assert_int_equal(count, 0);
	/* NaN is a value, but no best. */
	assert_int_equal(hd_trial_log(trial, NAN), 0);
	assert_int_equal(hd_history_measured(history), 1);
	assert_true(isnan(hd_history_best(history, 1, &leader)));
	assert_null(leader);
	hd_history_free(history);
}

static void inherited_trials_compare_and_are_not_counted(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *old = hd_history_inherit(history, NULL);
	struct hd_trial *mine;
	const struct hd_trial *leader;
	struct hd_reason why;
	size_t count;

	(void)state;
	assert_non_null(old);
	curves_log(old, (const double[]){ 0.9, 0.9 }, 2);
	assert_int_equal(hd_history_count(history), 0);
	assert_int_equal(hd_history_next(history), 0);
	mine = curves_add(history, 0.5, 0.9);
	assert_int_equal(hd_trial_number(mine), 0);
	assert_true(hd_history_best(history, 1, &leader) == 0.9);
	assert_ptr_equal(leader, old);
	assert_true(hd_trial_is_inherited(leader));
	assert_int_equal(hd_history_place(history, mine, 2, false, &count), 2);
	assert_int_equal(count, 2);
	assert_int_equal(hd_history_place(history, mine, 2, true, &count), 1);
	assert_int_equal(count, 1);
	hd_history_median(history, 1, &count);
	assert_int_equal(count, 2);

	mine = curves_add(history, 0.5);
	assert_true(curves_stops("bandit", "slack_factor", 0.2, mine, history,
				 &why));
	assert_string_equal(why.text,
			    "best so far 0.5 < 0.75 = 0.9/(1+0.2); 3 trials "
			    "compared, best is of an earlier sweep");
	hd_history_free(history);
}

/* Bests, their leaders and the counts are those of a history that keeps all. */
static void forgetting_changes_no_best_and_no_count(void **state)
{
	struct hd_history *kept = curves_new(HD_MINIMIZE);
	struct hd_history *lean = curves_new(HD_MINIMIZE);

	(void)state;
	noise_state = 2385;
	for (size_t number = 0; number < 300; number++) {
		struct hd_trial *a = curves_add(kept, 1), *b = curves_add(lean, 1);

		for (uint32_t left = noise(8); left > 0; left--) {
			double value = noise_value();

			assert_int_equal(hd_trial_log(a, value), 0);
			assert_int_equal(hd_trial_log(b, value), 0);
		}
		hd_trial_move(b, HD_TRIAL_EVENT_DONE);
		hd_history_forget(lean, number);
	}
	assert_int_equal(hd_history_next(lean), 300);
	assert_int_equal(hd_history_measured(lean), hd_history_measured(kept));
	for (size_t interval = 1; interval <= 9; interval++) {
		const struct hd_trial *a, *b;

		assert_true(hd_history_best(lean, interval, &b) ==
			    hd_history_best(kept, interval, &a));
		assert_int_equal(hd_trial_number(a), hd_trial_number(b));
		assert_true(hd_trial_best(a, hd_trial_intervals(a)) ==
			    hd_trial_best(b, hd_trial_intervals(b)));
	}
	hd_history_free(kept);
	hd_history_free(lean);
}

static void free_takes_null(void **state)
{
	(void)state;
	hd_history_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_kept_equals_what_is_counted_anew),
		cmocka_unit_test(best_is_right_when_values_come_late),
		cmocka_unit_test(a_better_trial_beside_a_long_one_costs_no_more),
		cmocka_unit_test(hd_113_the_first_to_reach_a_value_leads),
		cmocka_unit_test(hd_112_no_metric_anywhere_gives_no_best),
		cmocka_unit_test(inherited_trials_compare_and_are_not_counted),
		cmocka_unit_test(forgetting_changes_no_best_and_no_count),
		cmocka_unit_test(who_is_ranked_where_is_who_has_that_place),
		cmocka_unit_test(places_are_climbed_among_those_who_came_as_far),
		cmocka_unit_test(the_horizon_is_the_longest_that_completed),
		cmocka_unit_test(free_takes_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
