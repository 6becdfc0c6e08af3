/*
 * What must hold for every early termination policy: run over each row of the
 * table, so that a new policy is covered unasked. Where a policy has options,
 * several settings of it run, the extremes among them.
 */
#include "check.h"
#include "curves.h"

#include "sweep/history.h"

#define MANY 10000

/* Settings to run beside the defaults; several options are several fields. */
static const struct setting {
	const char *policy;
	const char *options[2];
	double values[2];
} settings[] = {
	{ "bandit", { "slack_factor", NULL }, { 0, 0 } },
	{ "bandit", { "slack_factor", NULL }, { 0.2, 0 } },
	{ "bandit", { "slack_factor", NULL }, { 1e300, 0 } },
	{ "bandit", { "slack_amount", NULL }, { 0, 0 } },
	{ "bandit", { "slack_amount", NULL }, { 0.5, 0 } },
	{ "truncation_selection", { "truncation_percentage", NULL }, { 1, 0 } },
	{ "truncation_selection", { "truncation_percentage", NULL }, { 50, 0 } },
	{ "truncation_selection", { "truncation_percentage", NULL }, { 99, 0 } },
	{ "truncation_selection",
	  { "truncation_percentage", "exclude_finished_jobs" },
	  { 99, 1 } },
};

typedef void (*check_fn)(const struct hd_policy_type *policy,
			 const void *state);

static void check_setting(const struct hd_policy_type *policy,
			  const struct setting *setting, check_fn check)
{
	void *state = curves_state(policy);

	/* Without a setting of its own: what is required, at its least. */
	for (const struct hd_option *option = policy->options;
	     option && option->name; option++)
		if (option->required)
			hd_option_store(option, state, option->min);
	for (size_t i = 0; setting && i < 2 && setting->options[i]; i++)
		curves_option(policy, state, setting->options[i],
			      setting->values[i]);
	if (!policy->init || policy->init(state, NULL) == 0) {
		check(policy, state);
		if (policy->release)
			policy->release(state);
	}
	free(state);
}

static void check_every_policy(check_fn check)
{
	for (size_t i = 0; i < hd_policy_types(); i++) {
		const struct hd_policy_type *policy = hd_policy_type_at(i);

		check_setting(policy, NULL, check);
		for (size_t j = 0; j < ROWS(settings); j++)
			if (!strcmp(settings[j].policy, policy->name))
				check_setting(policy, &settings[j], check);
	}
}

/* Ask, check the form of the answer, ask again. */
static bool ask(const struct hd_policy_type *policy, const void *state,
		const struct hd_trial *trial, const struct hd_history *history)
{
	struct hd_reason why = { 0 }, again = { 0 };
	bool stop = policy->should_stop(state, trial, history, &why);

	assert_int_equal(policy->should_stop(state, trial, history, &again),
			 stop);
	assert_string_equal(again.text, why.text);
	assert_int_equal(again.compared, why.compared);
	if (!stop)
		return false;
	assert_true(strlen(why.text) > 0);
	assert_null(strpbrk(why.text, "\n\r\t"));
	assert_true(why.compared > 0);
	return true;
}

static uint32_t noise_state;

static uint32_t noise(uint32_t below)
{
	noise_state = noise_state * 1664525u + 1013904223u;
	return (noise_state >> 8) % below;
}

static double noise_value(void)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, 0, -0.0,
				      1.7e308, -1.7e308, 5e-324 };
	uint32_t pick = noise(60);

	return pick < ROWS(odd) ? odd[pick] : (double)noise(4000) / 1000 - 2;
}

static void check_leader(const struct hd_policy_type *policy, const void *state)
{
	for (uint32_t seed = 0; seed < 60; seed++) {
		struct hd_history *history =
			curves_new(seed % 2 ? HD_MAXIMIZE : HD_MINIMIZE);

		noise_state = seed;
		for (size_t i = 0; i < 8; i++)
			curves_start(history);
		for (size_t step = 0; step < 120; step++) {
			struct hd_trial *trial =
				hd_history_trial_mutable(history, noise(8));
			const struct hd_trial *leader;

			assert_int_equal(hd_trial_log(trial, noise_value()),
					 0);
			hd_history_best(history, hd_trial_interval(trial),
					&leader);
			if (ask(policy, state, trial, history))
				assert_ptr_not_equal(leader, trial);
		}
		hd_history_free(history);
	}
}

static void hd_089_no_policy_stops_the_leader(void **state)
{
	(void)state;
	check_every_policy(check_leader);
}

/* Flat and equal: the first is kept by all; a limit is never passed at all. */
static void check_equals(const struct hd_policy_type *policy, const void *state)
{
	static const double values[] = { 0.1, -0.1, 1.0 / 3, -1e300, 0,
					 INFINITY, -INFINITY, NAN };

	for (size_t i = 0; i < ROWS(values); i++)
		for (int goal = 0; goal < 2; goal++) {
			struct hd_history *history =
				curves_new((enum hd_goal)goal);
			bool ranks = hd_option_find(policy->options,
						    "truncation_percentage");

			for (size_t n = 0; n < 20; n++)
				curves_flat(history, values[i], 10);
			for (size_t n = 0; n < (ranks ? 1 : 20); n++)
				assert_false(ask(policy, state,
						 hd_history_trial(history, n),
						 history));
			hd_history_free(history);
		}
}

static void hd_088_equality_stops_nobody(void **state)
{
	(void)state;
	check_every_policy(check_equals);
}

static void check_alone(const struct hd_policy_type *policy, const void *state)
{
	static const double values[] = { 1, NAN, -INFINITY, 2, INFINITY };
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *trial = curves_start(history);

	/* No value yet, then one trial alone. */
	assert_false(ask(policy, state, trial, history));
	for (size_t i = 0; i < ROWS(values); i++) {
		assert_int_equal(hd_trial_log(trial, values[i]), 0);
		assert_false(ask(policy, state, trial, history));
	}
	/* Others without a value change nothing. */
	for (size_t i = 0; i < 10; i++)
		curves_start(history);
	assert_false(ask(policy, state, trial, history));
	assert_false(ask(policy, state, hd_history_trial(history, 5), history));
	hd_history_free(history);
}

static void a_trial_alone_is_kept(void **state)
{
	(void)state;
	check_every_policy(check_alone);
}

static void check_nan(const struct hd_policy_type *policy, const void *state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);

	for (size_t i = 0; i < 10; i++)
		curves_flat(history, i % 2 ? NAN : 0.5, 5);
	/* Whoever is stopped, a trial with numbers is not for those without. */
	assert_false(ask(policy, state, hd_history_trial(history, 0), history));
	for (size_t i = 0; i < 10; i++)
		ask(policy, state, hd_history_trial(history, i), history);
	hd_history_free(history);
}

static void hd_097_nan_curves_are_survived(void **state)
{
	(void)state;
	check_every_policy(check_nan);
}

static void check_infinities(const struct hd_policy_type *policy,
			     const void *state)
{
	for (int goal = 0; goal < 2; goal++) {
		double good = goal == HD_MAXIMIZE ? INFINITY : -INFINITY;
		struct hd_history *history = curves_new((enum hd_goal)goal);

		curves_flat(history, good, 5);
		curves_flat(history, 0, 5);
		curves_flat(history, -good, 5);
		assert_false(ask(policy, state, hd_history_trial(history, 0),
				 history));
		for (size_t i = 1; i < 3; i++)
			ask(policy, state, hd_history_trial(history, i),
			    history);
		hd_history_free(history);
	}
}

static void infinities_are_survived(void **state)
{
	(void)state;
	check_every_policy(check_infinities);
}

/* Ten thousand trials of three values, each asked as it would be live. */
static void check_many(const struct hd_policy_type *policy, const void *state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_reason why;
	size_t stopped = 0;

	noise_state = 17;
	for (size_t i = 0; i < MANY; i++)
		curves_start(history);
	for (size_t interval = 1; interval <= 3; interval++)
		for (size_t i = 0; i < MANY; i++) {
			struct hd_trial *trial =
				hd_history_trial_mutable(history, i);

			if (hd_trial_state(trial) != HD_TRIAL_RUNNING)
				continue;
			assert_int_equal(
				hd_trial_log(trial, noise(100000) / 1e5), 0);
			if (!policy->should_stop(state, trial, history, &why)) {
				/* Few run at once; nobody waits for them. */
				if (i % 100 && interval == 3)
					hd_trial_move(trial,
						      HD_TRIAL_EVENT_DONE);
				continue;
			}
			hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
			hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
			stopped++;
		}
	assert_true(stopped < MANY);
	hd_history_free(history);
}

static void ten_thousand_trials_are_asked(void **state)
{
	(void)state;
	check_every_policy(check_many);
}

static void rows_are_complete(void **state)
{
	(void)state;
	for (size_t i = 0; i < hd_policy_types(); i++) {
		const struct hd_policy_type *policy = hd_policy_type_at(i);

		assert_non_null(policy->name);
		assert_non_null(policy->v1_name);
		assert_non_null(policy->summary);
		assert_non_null(policy->should_stop);
		assert_ptr_equal(hd_policy_type_find(policy->name), policy);
		assert_ptr_equal(hd_policy_type_find(policy->v1_name), policy);
		for (const struct hd_option *option = policy->options;
		     option && option->name; option++) {
			assert_non_null(option->summary);
			assert_true(option->offset < policy->state_size);
			assert_true(option->min <= option->max);
		}
	}
}

/* Twins: in LEAN each trial is forgotten as it ends. */
static void check_forgotten(const struct hd_policy_type *policy,
			    const void *state)
{
	struct hd_history *kept = curves_new(HD_MAXIMIZE);
	struct hd_history *lean = curves_new(HD_MAXIMIZE);

	noise_state = 2385;
	for (size_t number = 0; number < 200 && !policy->compares; number++) {
		struct hd_trial *a = curves_start(kept), *b = curves_start(lean);
		struct hd_reason why_a = { 0 }, why_b = { 0 };

		for (uint32_t left = 1 + noise(6); left > 0; left--) {
			double value = noise_value();

			assert_int_equal(hd_trial_log(a, value), 0);
			assert_int_equal(hd_trial_log(b, value), 0);
			assert_int_equal(
				policy->should_stop(state, a, kept, &why_a),
				policy->should_stop(state, b, lean, &why_b));
			assert_string_equal(why_a.text, why_b.text);
		}
		hd_trial_move(a, HD_TRIAL_EVENT_DONE);
		hd_trial_move(b, HD_TRIAL_EVENT_DONE);
		hd_history_forget(lean, number);
	}
	hd_history_free(kept);
	hd_history_free(lean);
}

static void policies_that_do_not_compare_need_no_ended_trial(void **state)
{
	(void)state;
	check_every_policy(check_forgotten);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_complete),
		cmocka_unit_test(hd_089_no_policy_stops_the_leader),
		cmocka_unit_test(hd_088_equality_stops_nobody),
		cmocka_unit_test(a_trial_alone_is_kept),
		cmocka_unit_test(hd_097_nan_curves_are_survived),
		cmocka_unit_test(infinities_are_survived),
		cmocka_unit_test(ten_thousand_trials_are_asked),
		cmocka_unit_test(policies_that_do_not_compare_need_no_ended_trial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
