/*
 * What must hold for every early termination policy: run over each row of the
 * table, so that a new policy is covered unasked. Where a policy has options,
 * several settings of it run, the extremes among them.
 */
#include "check.h"
#include "curves.h"
#include "noise.h"

#include "sweep/history.h"

#define MANY 10000
/* Instrumented memory is ten times as much: there a tenth will do. */
#ifdef __SANITIZE_ADDRESS__
#define MILLION 100000
#else
#define MILLION 1000000
#endif

/* Settings to run beside the defaults; several options are several fields. */
static const struct setting {
	const char *policy;
	const char *options[3];
	double values[3];
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
	{ "percentile", { "percentile", "min_trials" }, { 0.5, 1 } },
	{ "percentile", { "percentile", "min_trials" }, { 50, 2 } },
	{ "percentile", { "percentile" }, { 99.5 } },
	{ "asha", { "first_rung", "reduction_factor" }, { 1, 2 } },
	{ "asha", { "first_rung", "brackets" }, { 1, 4 } },
	{ "asha", { "first_rung", "promote" }, { 2, 0 } },
	{ "asha",
	  { "first_rung", "reduction_factor", "brackets" },
	  { 1e6, 1000, 32 } },
	{ "asha",
	  { "reduction_factor", "spacing", "first_rung" },
	  { 2, 1.34, 2 } },
	{ "asha", { "spacing", "first_rung", "brackets" }, { 1.000001, 1, 32 } },
	{ "asha", { "spacing", "reduction_factor" }, { 1000, 2 } },
	{ "asha", { "first_rung", "repeats" }, { 1, 1 } },
	{ "forecast", { "repeats" }, { 1 } },
	{ "hyperband", { "reduction_factor", "brackets" }, { 2, 5 } },
	{ "forecast", { "chance" }, { 1 } },
	{ "forecast", { "chance", "promote" }, { 0.3, 0 } },
	{ "hyperband", { "spacing", "first_rung" }, { 1.5, 1 } },
	{ "patient", { "patience" }, { 1e6 } },
	{ "patient", { "patience", "min_delta" }, { 2, 1e300 } },
	{ "threshold", { "lower", "upper" }, { -1e18, 1e18 } },
	{ "threshold", { "lower", "upper", "nonfinite" }, { -1, 0.5, 0 } },
};

/* It looks at one trial alone: it may stop the best, or the only one. */
static bool looks_at_one(const struct hd_policy_type *policy)
{
	return !strcmp(policy->name, "patient") ||
	       !strcmp(policy->name, "threshold");
}

/* It stops a share of the trials, whatever lies between them. */
static bool ranks(const struct hd_policy_type *policy)
{
	return policy->has_rungs ||
	       hd_option_find(policy->options, "truncation_percentage");
}

typedef void (*check_fn)(const struct hd_policy_type *policy,
			 const void *state);

static void check_setting(const struct hd_policy_type *policy,
			  const struct setting *setting, check_fn check)
{
	void *state = curves_state(policy);

	/* Without a setting of its own: what is required, small or half. */
	for (const struct hd_option *option = policy->options;
	     option && option->name; option++)
		if (option->required)
			hd_option_store(option, state,
					option->type == HD_OPTION_TYPE_DOUBLE
						? (option->min + option->max) / 2
						: option->min);
	for (size_t i = 0; setting && i < 3 && setting->options[i]; i++)
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
	assert_true(!why.pauses || policy->promote);
	return true;
}

/* Who shall go on: the same twice, one that pauses, and for a reason. */
static const struct hd_trial *ask_next(const struct hd_policy_type *policy,
				       const void *state,
				       const struct hd_history *history)
{
	struct hd_reason why = { 0 }, again = { 0 };
	const struct hd_trial *trial;

	if (!policy->promote)
		return NULL;
	trial = policy->promote(state, history, &why);
	assert_ptr_equal(policy->promote(state, history, &again), trial);
	assert_string_equal(again.text, why.text);
	if (!trial)
		return NULL;
	assert_int_equal(hd_trial_state(trial), HD_TRIAL_CANCELED);
	assert_int_equal(hd_trial_end(trial), HD_END_PAUSED);
	assert_true(strlen(why.text) > 0);
	assert_null(strpbrk(why.text, "\n\r\t"));
	return trial;
}

static double noise_value(void)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY, 0,
				      -0.0, 1.7e308, -1.7e308, 5e-324,
				      1e18, -1e18 };
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
			if (ask(policy, state, trial, history) &&
			    !looks_at_one(policy))
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
			size_t kept = ranks(policy) ? 1 : 20;

			for (size_t n = 0; n < 20; n++)
				curves_flat(history, values[i], 10);
			for (size_t n = 0; n < kept && !looks_at_one(policy); n++)
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
	assert_null(ask_next(policy, state, history));
	for (size_t i = 0; i < ROWS(values); i++) {
		bool stop;

		assert_int_equal(hd_trial_log(trial, values[i]), 0);
		stop = ask(policy, state, trial, history);
		assert_true(!stop || looks_at_one(policy));
		assert_null(ask_next(policy, state, history));
	}
	/* Others without a value change nothing. */
	for (size_t i = 0; i < 10; i++)
		curves_start(history);
	assert_true(!ask(policy, state, trial, history) || looks_at_one(policy));
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
	assert_true(!ask(policy, state, hd_history_trial(history, 0), history) ||
		    looks_at_one(policy));
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
		assert_true(!ask(policy, state, hd_history_trial(history, 0),
				 history) ||
			    looks_at_one(policy));
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
	assert_true(stopped < MANY || looks_at_one(policy));
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
		assert_non_null(policy->summary);
		assert_non_null(policy->should_stop);
		assert_ptr_equal(hd_policy_type_find(policy->name), policy);
		if (policy->v1_name)
			assert_ptr_equal(hd_policy_type_find(policy->v1_name),
					 policy);
		/* Who compares by rungs compares, and who promotes too. */
		assert_true(policy->compares ||
			    (!policy->has_rungs && !policy->promote));
		for (const struct hd_option *option = policy->options;
		     option && option->name; option++) {
			assert_non_null(option->summary);
			assert_true(option->offset < policy->state_size);
			assert_true(option->min <= option->max);
		}
	}
}

/*
 * As an engine does: who is stopped pauses, and goes on when a slot is free. A
 * few begin anew, so that their curves are shorter than they were.
 */
static void check_promotion(const struct hd_policy_type *policy,
			    const void *state)
{
	for (uint32_t seed = 0; seed < 40; seed++) {
		struct hd_history *history =
			curves_new(seed % 2 ? HD_MAXIMIZE : HD_MINIMIZE);

		noise_state = seed;
		for (size_t step = 0; step < 300; step++) {
			const struct hd_trial *next = ask_next(policy, state,
							       history);
			struct hd_trial *trial;
			struct hd_reason why = { 0 };

			if (step < 20)
				curves_start(history);
			else if (next)
				curves_again(hd_history_trial_mutable(
					history, hd_trial_number(next)));
			trial = hd_history_trial_mutable(
				history,
				noise((uint32_t)hd_history_count(history)));
			if (hd_trial_state(trial) != HD_TRIAL_RUNNING)
				continue;
			if (noise(30) == 0)
				hd_trial_begin_anew(trial);
			assert_int_equal(hd_trial_log(trial, noise_value()), 0);
			if (!ask(policy, state, trial, history))
				continue;
			policy->should_stop(state, trial, history, &why);
			curves_end(trial,
				   why.pauses ? HD_END_PAUSED : HD_END_POLICY);
		}
		hd_history_free(history);
	}
}

static void who_is_promoted_pauses(void **state)
{
	(void)state;
	check_every_policy(check_promotion);
}

/* Curves of a small table: who is stopped for repeating another did so. */
static void check_table(const struct hd_policy_type *policy, const void *state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	size_t longest[7] = { 0 };

	noise_state = 5;
	for (size_t number = 0; number < 150; number++) {
		struct hd_trial *trial = curves_start(history);
		size_t row = noise(ROWS(longest)), interval = 0;
		const struct hd_trial *leader;
		struct hd_reason why = { 0 };
		bool stop = false;

		while (!stop && ++interval <= 20) {
			assert_int_equal(
				hd_trial_log(trial,
					     1 + sin((double)(row * interval)) / (double)interval +
						     0.01 * (double)row),
				0);
			stop = ask(policy, state, trial, history);
			hd_history_best(history, interval, &leader);
			assert_true(!stop || leader != trial || looks_at_one(policy));
		}
		policy->should_stop(state, trial, history, &why);
		if (stop && strstr(why.text, "values are those of"))
			assert_true(longest[row] >= interval);
		if (longest[row] < interval)
			longest[row] = interval;
		if (stop)
			curves_end(trial, HD_END_POLICY);
		else
			hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	hd_history_free(history);
}

static void curves_of_a_table_are_survived(void **state)
{
	(void)state;
	check_every_policy(check_table);
}

/* A trial whose script reports a million values, with another beside it. */
static void check_flood(const struct hd_policy_type *policy, const void *state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *flood = curves_start(history);
	struct hd_trial *other = curves_start(history);
	struct hd_reason why;
	size_t stops = 0;

	for (size_t i = 1; i <= MILLION; i++) {
		assert_int_equal(hd_trial_log(flood, 1 / (double)i), 0);
		stops += policy->should_stop(state, flood, history, &why);
		if (i % (MILLION / 100) == 0) {
			assert_int_equal(hd_trial_log(other, 0.5), 0);
			stops += policy->should_stop(state, other, history, &why);
		}
	}
	assert_true(hd_history_best(history, MILLION, NULL) == 1.0 / MILLION);
	assert_true(stops <= MILLION + 100);
	ask_next(policy, state, history);
	hd_history_free(history);
}

static void a_million_intervals_are_survived(void **state)
{
	(void)state;
	for (size_t i = 0; i < hd_policy_types(); i++)
		check_setting(hd_policy_type_at(i), NULL, check_flood);
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
		cmocka_unit_test(who_is_promoted_pauses),
		cmocka_unit_test(curves_of_a_table_are_survived),
		cmocka_unit_test(a_million_intervals_are_survived),
		cmocka_unit_test(policies_that_do_not_compare_need_no_ended_trial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
