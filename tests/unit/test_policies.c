/* Tests of policies/: every worked example of SPEC 3, and the table. */
#include "check.h"
#include "curves.h"

#include <hdrive/policy.h>

#include "sweep/history.h"

/* One trial at BEST for ten intervals, then one at each of two values. */
struct bandit_row {
	const char *label;
	enum hd_goal goal;
	const char *option;
	double slack, best, stopped, kept, kept_too;
};

static void check_bandit(const struct bandit_row *row)
{
	const struct {
		double value;
		bool stop;
	} asked[] = {
		{ row->stopped, true },
		{ row->kept, false },
		{ row->kept_too, false },
	};

	for (size_t i = 0; i < ROWS(asked); i++) {
		struct hd_history *history = curves_new(row->goal);
		struct hd_trial *leader = curves_flat(history, row->best, 10);
		struct hd_trial *trial = curves_flat(history, asked[i].value,
						     10);

		print_message("%s: %g\n", row->label, asked[i].value);
		assert_int_equal(curves_stops("bandit", row->option, row->slack,
					      trial, history, NULL),
				 asked[i].stop);
		assert_false(curves_stops("bandit", row->option, row->slack,
					  leader, history, NULL));
		hd_history_free(history);
	}
}

static void hd_083_b1_b2_slack_around_the_largest(void **state)
{
	static const struct bandit_row rows[] = {
		{ "B1", HD_MAXIMIZE, "slack_factor", 0.2, 0.8, 0.66, 0.67,
		  0.8 / 1.2 },
		{ "B2", HD_MAXIMIZE, "slack_amount", 0.2, 0.8, 0.59, 0.60,
		  0.61 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_bandit(&rows[i]);
}

static void hd_084_b3_b4_slack_around_the_smallest(void **state)
{
	static const struct bandit_row rows[] = {
		{ "B3", HD_MINIMIZE, "slack_factor", 0.2, 0.5, 0.61, 0.60,
		  0.59 },
		{ "B4", HD_MINIMIZE, "slack_amount", 0.1, 0.30, 0.41, 0.40,
		  0.39 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_bandit(&rows[i]);
}

static void hd_085_b5_b6_negative_best_keeps_its_side(void **state)
{
	static const struct bandit_row rows[] = {
		{ "B5", HD_MAXIMIZE, "slack_factor", 0.2, -0.5, -0.60, -0.55,
		  -0.5 },
		{ "B6", HD_MINIMIZE, "slack_factor", 0.1, -2.0, -1.7, -1.9,
		  -1.8 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_bandit(&rows[i]);
}

static void hd_086_b7_best_so_far_not_last(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial;

	(void)state;
	curves_flat(history, 0.92, 2);
	trial = curves_add(history, 0.9, 0.1);
	assert_false(curves_stops("bandit", "slack_factor", 0.1, trial, history,
				  NULL));
	hd_history_free(history);
}

static void hd_088_b11_equality_never_stops(void **state)
{
	static const struct bandit_row rows[] = {
		{ "B11", HD_MAXIMIZE, "slack_factor", 0, 0.8, 0.7999, 0.8,
		  0.8 },
		{ "0.3 - 0.1 is not 0.2", HD_MAXIMIZE, "slack_amount", 0.1, 0.3,
		  0.1999999, 0.2, 0.2 },
		{ "0.3 - 0.3 may not be 0", HD_MAXIMIZE, "slack_amount",
		  0.1 + 0.2, 0.3, -1e-9, 0, -1e-17 },
		{ "zero", HD_MINIMIZE, "slack_factor", 0.5, 0, 1e-300, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_bandit(&rows[i]);
}

static void hd_089_the_leader_is_never_stopped(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *leader;

	(void)state;
	curves_flat(history, -1, 3);
	leader = curves_add(history, -0.5, -3, -9);
	assert_false(curves_stops("bandit", "slack_factor", 0, leader, history,
				  NULL));
	hd_history_free(history);
}

static void a_rival_with_fewer_values_counts(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial = curves_flat(history, 0.5, 9);

	(void)state;
	assert_false(curves_stops("bandit", "slack_factor", 0.1, trial, history,
				  NULL));
	curves_flat(history, 0.9, 1);
	assert_true(curves_stops("bandit", "slack_factor", 0.1, trial, history,
				 NULL));
	hd_history_free(history);
}

static void a_rivals_later_values_do_not_count(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial;

	(void)state;
	curves_add(history, 0.1, 0.2, 0.99);
	trial = curves_add(history, 0.1, 0.2);
	assert_false(curves_stops("bandit", "slack_factor", 0.1, trial, history,
				  NULL));
	assert_int_equal(hd_trial_log(trial, 0.2), 0);
	assert_true(curves_stops("bandit", "slack_factor", 0.1, trial, history,
				 NULL));
	hd_history_free(history);
}

/* --- median ---------------------------------------------------------------- */

static const double median_m1[4][5] = {
	{ 0.70, 0.75, 0.80, 0.85, 0.90 },
	{ 0.60, 0.65, 0.70, 0.75, 0.80 },
	{ 0.50, 0.55, 0.60, 0.65, 0.70 },
	{ 0.45, 0.48, 0.50, 0.52, 0.55 },
};

static void check_median(enum hd_goal goal, const bool *stopped)
{
	struct hd_history *history = curves_new(goal);
	struct hd_reason why;

	for (size_t i = 0; i < 4; i++)
		curves_add_values(history, median_m1[i], 5);
	for (size_t i = 0; i < 4; i++) {
		bool stop = curves_stops("median_stopping", NULL, 0,
					 hd_history_trial(history, i), history,
					 &why);

		assert_int_equal(stop, stopped[i]);
		if (stop) {
			assert_close(why.limit, 0.65, 1e-12);
			assert_int_equal(why.compared, 4);
		}
	}
	hd_history_free(history);
}

static void hd_090_m1_worse_than_the_median_stops(void **state)
{
	(void)state;
	check_median(HD_MAXIMIZE, (const bool[]){ false, false, false, true });
}

/*
 * SPEC's M2 lists bests A .70, B .60, C .50, D .45, which are the first values
 * of rising curves.
 */
static void hd_090_m2_minimize_mirrors_it(void **state)
{
	(void)state;
	check_median(HD_MINIMIZE, (const bool[]){ true, false, false, false });
}

static void hd_090_m3_equal_to_the_median_is_kept(void **state)
{
	static const struct {
		double best;
		bool stop;
	} rows[] = { { 0.69, true }, { 0.70, false } };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_history *history = curves_new(HD_MAXIMIZE);
		double mean = 0.5, rest = (3 * mean - rows[i].best) / 2;
		struct hd_trial *trial;

		curves_flat(history, 0.8, 3);
		curves_flat(history, 0.7, 3);
		trial = curves_add(history, rest, rest, rows[i].best);
		assert_int_equal(curves_stops("median_stopping", NULL, 0, trial,
					      history, NULL),
				 rows[i].stop);
		hd_history_free(history);
	}
}

static void hd_091_m4_alone_at_an_interval_is_kept(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial = curves_flat(history, 0.1, 5);

	(void)state;
	curves_flat(history, 0.9, 4);
	assert_false(curves_stops("median_stopping", NULL, 0, trial, history,
				  NULL));
	hd_history_free(history);
}

static void hd_091_m6_a_shorter_curve_is_not_in_the_median(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *gone, *trial;
	struct hd_reason why;

	(void)state;
	gone = curves_flat(history, 0.99, 3);
	hd_trial_move(gone, HD_TRIAL_EVENT_DONE);
	curves_flat(history, 0.5, 5);
	trial = curves_flat(history, 0.4, 5);
	assert_true(curves_stops("median_stopping", NULL, 0, trial, history,
				 &why));
	assert_close(why.limit, 0.45, 1e-12);
	assert_int_equal(why.compared, 2);
	hd_history_free(history);
}

/* --- truncation ------------------------------------------------------------ */

/* Trials with the given bests at interval 1; the stopped ones as bits. */
static unsigned truncation_stopped(const double *bests, size_t count,
				   double percentage)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	unsigned stopped = 0;

	for (size_t i = 0; i < count; i++)
		curves_flat(history, bests[i], 1);
	for (size_t i = 0; i < count; i++)
		if (curves_stops("truncation_selection",
				 "truncation_percentage", percentage,
				 hd_history_trial(history, i), history, NULL))
			stopped |= 1u << i;
	hd_history_free(history);
	return stopped;
}

static void hd_092_t1_t3_the_lowest_per_cent_stop(void **state)
{
	static const double bests[] = { 0.9, 0.8, 0.7, 0.6, 0.5 };

	(void)state;
	assert_int_equal(truncation_stopped(bests, 5, 20), 1u << 4);
	assert_int_equal(truncation_stopped(bests, 4, 50), 1u << 2 | 1u << 3);
}

static void hd_093_t2_the_share_is_rounded_down(void **state)
{
	static const double bests[] = { 0.9, 0.8, 0.7, 0.6 };

	(void)state;
	assert_int_equal(truncation_stopped(bests, 4, 20), 0);
	assert_int_equal(truncation_stopped(bests, 1, 99), 0);
}

static void hd_093_ties_fall_on_the_later_trial(void **state)
{
	static const double bests[] = { 0.9, 0.5, 0.5, 0.5 };

	(void)state;
	assert_int_equal(truncation_stopped(bests, 4, 25), 1u << 3);
	assert_int_equal(truncation_stopped(bests, 4, 50), 1u << 2 | 1u << 3);
}

static void hd_093_t4_finished_trials_count_unless_excluded(void **state)
{
	const struct hd_policy_type *policy =
		hd_policy_type_find("truncation_selection");
	static const double bests[] = { 0.9, 0.8, 0.7, 0.6, 0.5 };
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	void *truncation = curves_state(policy);
	struct hd_reason why;

	(void)state;
	for (size_t i = 0; i < ROWS(bests); i++) {
		struct hd_trial *trial = curves_flat(history, bests[i], 1);

		if (i < 3)
			hd_trial_move(trial, i == 1 ? HD_TRIAL_EVENT_CANCEL : HD_TRIAL_EVENT_DONE);
	}
	curves_option(policy, truncation, "truncation_percentage", 40);
	for (size_t i = 3; i < 5; i++)
		assert_true(policy->should_stop(truncation,
						hd_history_trial(history, i),
						history, &why));
	curves_option(policy, truncation, "exclude_finished_jobs", 1);
	for (size_t i = 3; i < 5; i++)
		assert_false(policy->should_stop(truncation,
						 hd_history_trial(history, i),
						 history, &why));
	/* Of two running ones, half is the worse of the two. */
	curves_option(policy, truncation, "truncation_percentage", 50);
	assert_false(policy->should_stop(truncation,
					 hd_history_trial(history, 3), history,
					 &why));
	assert_true(policy->should_stop(truncation,
					hd_history_trial(history, 4), history,
					&why));
	assert_int_equal(why.compared, 2);
	free(truncation);
	hd_history_free(history);
}

static void hd_094_t5_later_values_of_older_runs_are_ignored(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *young;

	(void)state;
	curves_add(history, 0.20, 0.30, 0.95);
	young = curves_add(history, 0.1, 0.35);
	assert_false(curves_stops("truncation_selection",
				  "truncation_percentage", 50, young, history,
				  NULL));
	hd_history_free(history);
}

static void hd_045_t7_percentage_is_whole_and_1_to_99(void **state)
{
	const struct hd_policy_type *policy =
		hd_policy_type_find("truncation_selection");
	const struct hd_option *option =
		hd_option_find(policy->options, "truncation_percentage");

	(void)state;
	assert_non_null(option);
	assert_int_equal(option->type, HD_OPTION_TYPE_SIZE);
	assert_true(option->required);
	assert_true(option->min == 1 && option->max == 99);
	option = hd_option_find(policy->options, "exclude_finished_jobs");
	assert_non_null(option);
	assert_false(option->required);
	assert_true(option->fallback == 0);
}

/* --- when a policy is asked ------------------------------------------------ */

static void hd_081_interval_and_delay_table(void **state)
{
	static const struct {
		size_t every, delay, due[3];
	} rows[] = {
		{ 1, 0, { 1, 2, 3 } },
		{ 2, 0, { 2, 4, 6 } },
		{ 1, 5, { 5, 6, 7 } },
		{ 2, 5, { 6, 8, 10 } },
		{ 100, 200, { 200, 300, 400 } },
		{ 3, 4, { 6, 9, 12 } },
		{ 0, 0, { 1, 2, 3 } },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t found = 0;

		for (size_t interval = 0; interval <= rows[i].due[2]; interval++)
			if (hd_policy_is_due(interval, rows[i].every,
					     rows[i].delay))
				assert_int_equal(interval,
						 rows[i].due[found++]);
		assert_int_equal(found, 3);
	}
}

static void hd_082_delay_is_at_least(void **state)
{
	(void)state;
	/* M5: interval 4 of delay 5. */
	assert_false(hd_policy_is_due(4, 1, 5));
	assert_true(hd_policy_is_due(5, 1, 5));
}

/* T6: a sweep of 8 trials under interval 2, each asked when it is due. */
static void hd_081_t6_asked_at_2_4_6(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trials[8];

	(void)state;
	for (size_t i = 0; i < 8; i++)
		trials[i] = curves_start(history);
	for (size_t interval = 1; interval <= 6; interval++)
		for (size_t i = 0; i < 8; i++) {
			assert_int_equal(hd_trial_log(trials[i],
						      1.0 / (double)(i + 1)),
					 0);
			assert_int_equal(
				hd_policy_is_due(hd_trial_interval(trials[i]),
						 2, 0),
				interval % 2 == 0);
		}
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(curves_stops("truncation_selection",
					      "truncation_percentage", 25,
					      trials[i], history, NULL),
				 i >= 6);
	hd_history_free(history);
}

static void hd_095_none_stops_nobody(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *trial;

	(void)state;
	curves_flat(history, 0, 5);
	trial = curves_flat(history, 1e300, 5);
	assert_false(curves_stops("none", NULL, 0, trial, history, NULL));
	assert_int_equal(hd_trial_log(trial, NAN), 0);
	assert_false(curves_stops("none", NULL, 0, trial, history, NULL));
	hd_history_free(history);
}

static void hd_097_nan_is_worst_and_never_best(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *broken = curves_flat(history, NAN, 3);
	struct hd_trial *good;
	struct hd_reason why;

	(void)state;
	/* Nothing to compare with yet. */
	assert_false(curves_stops("bandit", "slack_factor", 0.1, broken,
				  history, NULL));
	good = curves_flat(history, 5, 3);
	assert_true(curves_stops("bandit", "slack_factor", 0.1, broken, history,
				 &why));
	assert_string_equal(why.text,
			    "best so far nan is worse than 5.5 = 5*(1+0.1); "
			    "2 trials compared, best is #1");
	assert_false(curves_stops("bandit", "slack_factor", 0.1, good, history,
				  NULL));
	assert_true(curves_stops("truncation_selection",
				 "truncation_percentage", 50, broken, history,
				 NULL));
	/* The median of 5 and NaN is NaN: the worst there is, it stops nobody. */
	assert_false(curves_stops("median_stopping", NULL, 0, broken, history,
				  NULL));
	curves_flat(history, 6, 3);
	assert_true(curves_stops("median_stopping", NULL, 0, broken, history,
				 NULL));
	hd_history_free(history);
}

/* --- reasons and options --------------------------------------------------- */

static void bandit_reasons_can_be_checked_by_hand(void **state)
{
	static const struct {
		enum hd_goal goal;
		const char *option;
		double slack, best, mine;
		const char *text;
	} rows[] = {
		{ HD_MAXIMIZE, "slack_factor", 0.2, 0.797, 0.65,
		  "best so far 0.65 < 0.664167 = 0.797/(1+0.2); 2 trials "
		  "compared, best is #0" },
		{ HD_MAXIMIZE, "slack_factor", 0.2, -0.5, -0.6,
		  "best so far -0.6 < -0.583333 = -0.5*(1+0.2/(1+0.2)); "
		  "2 trials compared, best is #0" },
		{ HD_MINIMIZE, "slack_factor", 0.2, 0.5, 0.61,
		  "best so far 0.61 > 0.6 = 0.5*(1+0.2); 2 trials compared, "
		  "best is #0" },
		{ HD_MINIMIZE, "slack_factor", 0.1, -2, -1.7,
		  "best so far -1.7 > -1.8 = -2*(1-0.1); 2 trials compared, "
		  "best is #0" },
		{ HD_MAXIMIZE, "slack_amount", 0.2, 0.8, 0.59,
		  "best so far 0.59 < 0.6 = 0.8-0.2; 2 trials compared, best "
		  "is #0" },
		{ HD_MINIMIZE, "slack_amount", 0.1, 0.3, 0.41,
		  "best so far 0.41 > 0.4 = 0.3+0.1; 2 trials compared, best "
		  "is #0" },
	};
	struct hd_reason why;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_history *history = curves_new(rows[i].goal);
		struct hd_trial *trial;

		curves_flat(history, rows[i].best, 1);
		trial = curves_flat(history, rows[i].mine, 1);
		assert_true(curves_stops("bandit", rows[i].option,
					 rows[i].slack, trial, history, &why));
		assert_string_equal(why.text, rows[i].text);
		assert_true(why.mine == rows[i].mine);
		assert_int_equal(why.compared, 2);
		hd_history_free(history);
	}
}

static void median_and_truncation_name_their_rule(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_reason why;

	(void)state;
	for (size_t i = 0; i < 5; i++)
		curves_flat(history, 0.5 + 0.1 * (double)i, 2);
	assert_true(curves_stops("median_stopping", NULL, 0,
				 hd_history_trial(history, 3), history, &why));
	assert_string_equal(why.text,
			    "best so far 0.8 > 0.7, the median of the averages "
			    "up to interval 2; 5 trials compared");
	assert_true(curves_stops("truncation_selection",
				 "truncation_percentage", 40,
				 hd_history_trial(history, 3), history, &why));
	assert_string_equal(why.text,
			    "place 4 of 5 at interval 2 with best so far 0.8; "
			    "the lowest 2 (40 % of 5) are stopped");
	assert_true(why.mine == 4 && why.limit == 3);
	hd_history_free(history);
}

static void a_shortened_limit_stays_on_its_side(void **state)
{
	char text[HD_REASON_NUMBER];

	(void)state;
	assert_string_equal(hd_reason_limit(2.0 / 3, 0.66, text), "0.666667");
	assert_string_equal(hd_reason_limit(0.66666649, 0.6666662, text),
			    "0.6666665");
	assert_string_equal(hd_reason_limit(0.5, NAN, text), "0.5");
	assert_string_equal(hd_reason_limit(-INFINITY, 1, text), "-inf");
	assert_string_equal(hd_reason_number(0.1, text), "0.1");
}

static void hd_044_bandit_takes_exactly_one_slack(void **state)
{
	const struct hd_policy_type *policy = hd_policy_type_find("bandit");
	struct hd_error err;
	void *bandit = curves_state(policy);

	(void)state;
	assert_int_equal(policy->init(bandit, &err), HD_EINVAL);
	assert_string_equal(err.text, "'bandit' needs one of 'slack_factor' "
				      "and 'slack_amount', got neither");
	curves_option(policy, bandit, "slack_factor", 0);
	assert_int_equal(policy->init(bandit, &err), 0);
	curves_option(policy, bandit, "slack_amount", 0.1);
	assert_int_equal(policy->init(bandit, &err), HD_EINVAL);
	assert_string_equal(err.text, "'bandit' needs one of 'slack_factor' "
				      "and 'slack_amount', got both");
	curves_option(policy, bandit, "slack_factor", NAN);
	assert_int_equal(policy->init(bandit, &err), 0);
	curves_option(policy, bandit, "slack_amount", INFINITY);
	assert_int_equal(policy->init(bandit, &err), HD_EINVAL);
	assert_string_equal(err.text,
			    "'slack_amount' must be a finite number, got inf");
	free(bandit);
}

static void hd_005_policies_are_found_by_either_name(void **state)
{
	static const struct {
		const char *written, *name;
	} rows[] = {
		{ "bandit", "bandit" },
		{ "BanditPolicy", "bandit" },
		{ "BANDITPOLICY", "bandit" },
		{ "banditpolicy", "bandit" },
		{ "median_stopping", "median_stopping" },
		{ "medianStopping", "median_stopping" },
		{ "MedianStoppingPolicy", "median_stopping" },
		{ "truncation_selection", "truncation_selection" },
		{ "TRUNCATIONSELECTIONPOLICY", "truncation_selection" },
		{ "NoTerminationPolicy", "none" },
		{ "none", "none" },
		{ "Default", "none" },
	};
	static const char *const unknown[] = { "", "_", "bandi", "bandits",
					       "median", "policy" };

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct hd_policy_type *policy =
			hd_policy_type_find(rows[i].written);

		assert_non_null(policy);
		assert_string_equal(policy->name, rows[i].name);
	}
	for (size_t i = 0; i < ROWS(unknown); i++)
		assert_null(hd_policy_type_find(unknown[i]));
	assert_true(hd_policy_types() >= 4);
	assert_null(hd_policy_type_at(hd_policy_types()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_083_b1_b2_slack_around_the_largest),
		cmocka_unit_test(hd_084_b3_b4_slack_around_the_smallest),
		cmocka_unit_test(hd_085_b5_b6_negative_best_keeps_its_side),
		cmocka_unit_test(hd_086_b7_best_so_far_not_last),
		cmocka_unit_test(hd_088_b11_equality_never_stops),
		cmocka_unit_test(hd_089_the_leader_is_never_stopped),
		cmocka_unit_test(a_rival_with_fewer_values_counts),
		cmocka_unit_test(a_rivals_later_values_do_not_count),
		cmocka_unit_test(hd_090_m1_worse_than_the_median_stops),
		cmocka_unit_test(hd_090_m2_minimize_mirrors_it),
		cmocka_unit_test(hd_090_m3_equal_to_the_median_is_kept),
		cmocka_unit_test(hd_091_m4_alone_at_an_interval_is_kept),
		cmocka_unit_test(hd_091_m6_a_shorter_curve_is_not_in_the_median),
		cmocka_unit_test(hd_092_t1_t3_the_lowest_per_cent_stop),
		cmocka_unit_test(hd_093_t2_the_share_is_rounded_down),
		cmocka_unit_test(hd_093_ties_fall_on_the_later_trial),
		cmocka_unit_test(hd_093_t4_finished_trials_count_unless_excluded),
		cmocka_unit_test(hd_094_t5_later_values_of_older_runs_are_ignored),
		cmocka_unit_test(hd_045_t7_percentage_is_whole_and_1_to_99),
		cmocka_unit_test(hd_081_interval_and_delay_table),
		cmocka_unit_test(hd_082_delay_is_at_least),
		cmocka_unit_test(hd_081_t6_asked_at_2_4_6),
		cmocka_unit_test(hd_095_none_stops_nobody),
		cmocka_unit_test(hd_097_nan_is_worst_and_never_best),
		cmocka_unit_test(bandit_reasons_can_be_checked_by_hand),
		cmocka_unit_test(median_and_truncation_name_their_rule),
		cmocka_unit_test(a_shortened_limit_stays_on_its_side),
		cmocka_unit_test(hd_044_bandit_takes_exactly_one_slack),
		cmocka_unit_test(hd_005_policies_are_found_by_either_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
