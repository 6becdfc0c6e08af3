/*
 * Tests of engine/sweep/ends.c and goal.c: sweeps that end because they have
 * found enough, also when the engine dies under way.
 */
#define _XOPEN_SOURCE 700 /* nftw */

#include "core_bench.h"

#include "sweep/ends.h"
#include "sweep/retry.h"

#include <hdrive/sampler.h>

static int64_t ask(struct bench *bench, const char *sql)
{
	struct hd_error err = { 0 };
	int64_t value;

	if (hd_store_integer(bench->store, sql, &value, &err) < 0)
		fail_msg("%s", err.text);
	return value;
}

/* Trial NUMBER logs VALUE and ends well. */
static void run_one(struct bench *bench, size_t number, double value)
{
	fake_log(number, value);
	fake_end(number, 0);
	bench_turn(bench);
}

static void finish(struct bench *bench, const char *state, enum hd_end end,
		   const char *detail)
{
	struct hd_error err = { 0 };
	char sql[512];

	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(summary_of(bench).end, end);
	assert_string_equal(summary_of(bench).state, state);
	bench->now += 1000;
	assert_int_equal(hd_core_finish(bench->core, bench->now, &err), 0);
	snprintf(sql, sizeof sql,
		 "SELECT count(*) FROM sweep WHERE state = '%s' AND"
		 " end_reason = '%s' AND end_detail = '%s'",
		 state, hd_end_name(end), detail);
	if (ask(bench, sql) != 1)
		fail_msg("not so: %s", sql);
}

/* --- the counts alone -------------------------------------------------------- */

static const struct hd_end_when patient = {
	.target = NAN,
	.patience = 3,
	.patience_time = INFINITY,
	.min_delta = 0.25,
};

static const struct hd_leading nobody;

static void add(struct hd_ends *ends, size_t number, double value, bool counts)
{
	assert_int_equal(hd_ends_add(ends, &(struct hd_ended){
						   .number = number,
						   .value = value,
						   .time = (int64_t)number + 1,
						   .counts = counts }),
			 0);
}

static void better_is_by_more_than_min_delta(void **state)
{
	struct hd_ends ends;
	char text[HD_ENDS_TEXT];

	(void)state;
	for (int goal = HD_MINIMIZE; goal <= HD_MAXIMIZE; goal++) {
		double sign = goal == HD_MAXIMIZE ? 1 : -1;

		hd_ends_init(&ends, &patient, (enum hd_goal)goal);
		add(&ends, 0, NAN, true);
		assert_int_equal(ends.since, 0); /* it begins with a result */
		add(&ends, 1, sign * 1, true);
		add(&ends, 2, sign * 1.25, true); /* not more than it */
		assert_int_equal(ends.since, 1);
		add(&ends, 3, sign * 1.5, true); /* more than trial 1's */
		assert_int_equal(ends.since, 0);
		assert_int_equal(hd_ends_best_time(&ends, &nobody), 4);
		add(&ends, 4, NAN, true);
		add(&ends, 5, sign * INFINITY, true);
		add(&ends, 6, -sign * INFINITY, false);
		assert_int_equal(hd_ends_check(&ends, &nobody, 0, text), HD_END_NONE);
		add(&ends, 7, sign * 1.75, true);
		assert_int_equal(hd_ends_check(&ends, &nobody, 0, text),
				 HD_END_PATIENCE);
		assert_string_equal(text,
				    goal == HD_MAXIMIZE
					    ? "no best more than 0.25 better than 1.5 of"
					      " trial 3 for 3 trials, patience is 3"
					    : "no best more than 0.25 better than -1.5 of"
					      " trial 3 for 3 trials, patience is 3");
		hd_ends_clear(&ends);
	}
}

static void one_that_is_tried_again_has_not_ended(void **state)
{
	struct hd_ends ends;

	(void)state;
	hd_ends_init(&ends, &patient, HD_MAXIMIZE);
	for (size_t i = 0; i < 200; i++)
		add(&ends, i, i == 100 ? 2 : i == 50 ? 1
						     : 0,
		    true);
	assert_int_equal(ends.best.number, 100);
	assert_int_equal(ends.since, 99);
	hd_ends_drop(&ends, 120);
	hd_ends_drop(&ends, 1000);
	assert_int_equal(ends.since, 98);
	hd_ends_drop(&ends, 100);
	assert_int_equal(ends.best.number, 50);
	assert_int_equal(ends.since, 147);
	hd_ends_clear(&ends);
	assert_false(ends.has_best);
}

/* --- the target -------------------------------------------------------------- */

#define TARGET "end_when: {target: 0.75}\n"

static void a_target_stops_what_runs_and_draws_no_more(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("20", TARGET), 3);
	bench_turn(bench);
	run_one(bench, 0, 0.5);
	assert_int_equal(fake.launched, 4);
	/* In the middle of trial 2. */
	fake_log(2, 0.75);
	bench_turn(bench);
	assert_int_equal(fake.launched, 4);
	assert_true(fake.trials[1].stopped && fake.trials[2].stopped &&
		    fake.trials[3].stopped);
	for (size_t i = 1; i < 4; i++)
		fake_end(i, 1);
	bench_turn(bench);
	finish(bench, "Completed", HD_END_TARGET,
	       "trial 2 reached 0.75, the target is 0.75");
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial WHERE state = 'Canceled'"
				    " AND end_reason = 'target'"),
			 3);
	assert_int_equal(summary_of(bench).best_trial, 2);
}

static void a_target_is_what_the_trial_is_ranked_by(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("2", TARGET "reduce: last\n"), 1);
	bench_turn(bench);
	fake_log(0, 0.9);
	bench_turn(bench);
	assert_false(fake.trials[0].stopped);
	run_one(bench, 0, 0.5);
	assert_int_equal(fake.launched, 2);
	run_one(bench, 1, 0.8);
	finish(bench, "Completed", HD_END_TARGET,
	       "trial 1 reached 0.8, the target is 0.75");
}

static void what_is_not_finite_is_no_target(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("3", TARGET), 1);
	bench_turn(bench);
	fake_print(0, "acc=inf\n");
	fake_print(0, "acc=nan\n");
	bench_turn(bench);
	assert_false(fake.trials[0].stopped);
	fake_end(0, 0);
	bench_turn(bench);
	/* Though it is no best beside that. */
	fake_log(1, 0.8);
	bench_turn(bench);
	assert_true(fake.trials[1].stopped);
}

static void a_minimised_target_is_reached_from_above(void **state)
{
	static const struct hd_end_when when = { .target = 0.1 };

	(void)state;
	assert_true(hd_ends_is_target(&when, HD_MINIMIZE, 0.1));
	assert_true(hd_ends_is_target(&when, HD_MINIMIZE, -1));
	assert_false(hd_ends_is_target(&when, HD_MINIMIZE, 0.2));
	assert_false(hd_ends_is_target(&when, HD_MINIMIZE, -INFINITY));
	assert_true(hd_ends_is_target(&when, HD_MAXIMIZE, 0.2));
	assert_false(hd_ends_is_target(&when, HD_MAXIMIZE, NAN));
}

/* The engine dies with the target reached and trials that run. */
static void a_reached_target_is_known_to_the_next_engine(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("20", TARGET), 2);
	bench_turn(bench);
	fake_log(0, 0.8);
	bench_turn(bench);
	bench_resume(bench, "s", YAML("20", TARGET), 2);
	bench_turn(bench);
	fake_end(0, 1);
	fake_end(1, 1);
	bench_turn(bench);
	assert_int_equal(fake.launched, 2);
	finish(bench, "Completed", HD_END_TARGET,
	       "trial 0 reached 0.8, the target is 0.75");
	/* It is still so; with a higher one it goes on. */
	bench_resume(bench, "s", YAML("20", TARGET), 2);
	bench_turn(bench);
	finish(bench, "Completed", HD_END_TARGET,
	       "trial 0 reached 0.8, the target is 0.75");
	bench_resume(bench, "s", YAML("20", "end_when: {target: 0.9}\n"), 2);
	bench_turn(bench);
	assert_int_equal(fake.launched, 4);
}

static void those_a_target_stopped_go_on_past_it_alone(void **state)
{
	const struct hd_retry again = { .stopped = true };
	const struct hd_retry past = { .stopped = true, .past_target = true };
	const struct hd_resume_trial row = { .state = HD_TRIAL_CANCELED,
					     .end = HD_END_TARGET };

	(void)state;
	assert_false(hd_retry_fits(&again, &row));
	assert_true(hd_retry_fits(&past, &row));
}

/* --- patience ---------------------------------------------------------------- */

#define PATIENCE "end_when: {patience: 3}\n"

static void without_patience_what_runs_goes_to_its_end(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("20", PATIENCE), 2);
	bench_turn(bench);
	run_one(bench, 0, 0.5);
	run_one(bench, 2, 0.5);
	run_one(bench, 3, 0.25);
	fake_end(4, 1); /* one that fails counts as well */
	bench_turn(bench);
	assert_int_equal(fake.launched, 5);
	assert_false(fake.trials[1].stopped);
	assert_false(hd_core_is_done(bench->core));
	run_one(bench, 1, 0.25);
	assert_int_equal(fake.launched, 5);
	finish(bench, "Completed", HD_END_PATIENCE,
	       "no better best than 0.5 of trial 0 for 4 trials, patience is 3");
}

/* Also when the engine dies in between. */
static void a_better_best_of_what_ran_on_goes_on(void **state)
{
	struct bench *bench = *state;

	for (int dies = 0; dies < 2; dies++) {
		bench_open(bench, "s", YAML("20", PATIENCE), 2);
		bench_turn(bench);
		for (size_t i = 0; i < 5; i += i ? 1 : 2)
			run_one(bench, i, 0.5);
		assert_int_equal(fake.launched, 5);
		if (dies)
			bench_resume(bench, "s", YAML("20", PATIENCE), 2);
		fake_log(1, 0.75);
		bench_turn(bench);
		assert_int_equal(fake.launched, 6);
		if (!dies)
			assert_string_equal(bench->note,
					    "there is a better best: the sweep goes on");
		run_one(bench, 1, 0.5);
		for (size_t i = 5; i < 8; i++)
			run_one(bench, i, 0.25);
		assert_int_equal(fake.launched, 9);
		run_one(bench, 8, 0.25);
		finish(bench, "Completed", HD_END_PATIENCE,
		       "no better best than 0.75 of trial 1 for 4 trials,"
		       " patience is 3");
		teardown(state);
		setup(state);
		bench = *state;
	}
}

static void a_trial_that_leads_holds_the_end_off(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("20", PATIENCE), 2);
	bench_turn(bench);
	fake_log(1, 0.75);
	run_one(bench, 0, 0.5);
	for (size_t i = 2; i < 7; i++)
		run_one(bench, i, 0.25);
	assert_int_equal(fake.launched, 8);
	/* With its end counting begins. */
	run_one(bench, 1, 0.25);
	for (size_t i = 7; i < 10; i++)
		run_one(bench, i, 0.25);
	assert_int_equal(fake.launched, 11);
	run_one(bench, 10, 0);
	finish(bench, "Completed", HD_END_PATIENCE,
	       "no better best than 0.75 of trial 1 for 4 trials, patience is 3");
}

static void who_was_cancelled_from_outside_does_not_count(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("20", PATIENCE), 1);
	bench_turn(bench);
	run_one(bench, 0, 0.5);
	for (size_t i = 1; i < 5; i++) {
		assert_int_equal(hd_core_cancel(bench->core, i, false, NULL), 1);
		bench_turn(bench);
		fake_end(i, 1);
		bench_turn(bench);
	}
	assert_int_equal(fake.launched, 6);
	assert_false(hd_core_is_done(bench->core));
}

static void patience_begins_with_the_first_result(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("9", PATIENCE "max_failures: 100%\n"), 1);
	bench_turn(bench);
	for (size_t i = 0; i < 5; i++) {
		fake_end(i, 1);
		bench_turn(bench);
	}
	assert_int_equal(fake.launched, 6);
}

static void patience_may_be_renewed(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("20", PATIENCE), 1);
	bench_turn(bench);
	for (size_t i = 0; i < 4; i++)
		run_one(bench, i, 0.5);
	finish(bench, "Completed", HD_END_PATIENCE,
	       "no better best than 0.5 of trial 0 for 3 trials, patience is 3");
	bench_resume(bench, "s", YAML("20", PATIENCE), 1);
	bench_turn(bench);
	assert_int_equal(fake.launched, 4);
	finish(bench, "Completed", HD_END_PATIENCE,
	       "no better best than 0.5 of trial 0 for 3 trials, patience is 3");
	bench_resume(bench, "s", YAML("20", "end_when: {patience: 5}\n"), 1);
	bench_turn(bench);
	assert_int_equal(fake.launched, 5);
	/* What somebody wants tried is tried, whatever the patience. */
	run_one(bench, 4, 0.5);
	assert_int_equal(hd_core_enqueue(bench->core, "{\"--lr\": 0.5}", bench->now, NULL), 0);
	run_one(bench, 5, 0.5);
	assert_int_equal(fake.launched, 7);
	run_one(bench, 6, 0.5);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(fake.launched, 7);
}

/* The same trials, and the same end, wherever the engine dies. */
static size_t run_until_patience(struct bench *bench, size_t die)
{
	static const char yaml[] = YAML("60", "end_when: {patience: 7, min_delta: 0.2}\n");
	size_t at = 0;

	memset(&fake, 0, sizeof fake);
	bench_open(bench, "s", yaml, 3);
	bench_turn(bench);
	for (size_t turn = 0; !hd_core_is_done(bench->core); turn++) {
		while (!fake.trials[at].running)
			at++;
		fake_log(at, (double)(at % 4) / 8 + (at == 6 ? 0.5 : 0));
		if (turn % 3 == 1)
			bench_turn(bench);
		if (turn == die)
			bench_resume(bench, "s", yaml, 3);
		fake_end(at, at % 5 == 4);
		bench_turn(bench);
		if (turn + 100 == die)
			bench_resume(bench, "s", yaml, 3);
		bench_turn(bench);
	}
	assert_int_equal(summary_of(bench).end, HD_END_PATIENCE);
	return fake.launched;
}

static void a_crash_loses_no_count(void **state)
{
	struct bench *bench = *state;
	size_t whole = run_until_patience(bench, SIZE_MAX);

	assert_true(whole > 14 && whole < 20);
	for (size_t i = 1; i < 2 * whole; i += 5) {
		teardown(state);
		setup(state);
		bench = *state;
		assert_int_equal(run_until_patience(bench, i < whole ? i : i - whole + 100),
				 whole);
	}
}

static void a_trial_that_is_retried_is_counted_once(void **state)
{
	const size_t number = 1;
	const struct hd_retry retry = { .numbers = &number, .count = 1 };
	struct bench *bench = *state;
	size_t count;

	bench_open(bench, "s", YAML("20", PATIENCE), 1);
	bench_turn(bench);
	run_one(bench, 0, 0.5);
	fake_end(1, 1);
	bench_turn(bench);
	run_one(bench, 2, 0.5);
	assert_int_equal(hd_core_retry(bench->core, &retry, bench->now, &count, NULL), 0);
	assert_int_equal(count, 1);
	run_one(bench, 3, 0.5);
	assert_int_equal(fake.trials[1].attempt, 2);
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(fake.launched, 5);
	assert_true(hd_core_is_done(bench->core));
}

#define MINUTES(n) ((n)*60 * INT64_C(1000000))
#define HOUR "end_when: {patience_minutes: 30}\n"

/* YAML has a max_duration of its own. */
#define LONG(more)                                                  \
	"sampling:\n  type: random\n  parameter_space:\n"           \
	"  - {name: --lr, expression: uniform, values: [0, 1]}\n"   \
	"primary_metric_name: acc\nprimary_metric_goal: maximize\n" \
	"max_total_runs: 20\n" more

static void time_without_a_better_best_ends_it(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LONG(HOUR), 1);
	bench_turn(bench);
	/* Before the first result it has all the time. */
	bench->now += MINUTES(60);
	bench_turn(bench);
	fake_log(0, 0.5);
	bench_turn(bench);
	bench->now += MINUTES(20);
	fake_log(0, 0.6); /* better, while it runs */
	bench_turn(bench);
	bench->now += MINUTES(20);
	run_one(bench, 0, 0.5);
	assert_int_equal(fake.launched, 2);
	bench->now += MINUTES(11);
	bench_turn(bench);
	assert_false(fake.trials[1].stopped);
	run_one(bench, 1, 0.5);
	assert_int_equal(fake.launched, 2);
	finish(bench, "Completed", HD_END_PATIENCE,
	       "no better best than 0.6 of trial 0 for 31 minutes,"
	       " patience_minutes is 30");
}

static void time_without_an_engine_costs_no_patience(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LONG(HOUR), 1);
	bench_turn(bench);
	run_one(bench, 0, 0.5);
	bench->now += MINUTES(20);
	run_one(bench, 1, 0.5);
	bench_close(bench);
	bench->now += MINUTES(300);
	bench_load(bench, LONG(HOUR));
	bench_start(bench, "s", 1, true);
	bench_turn(bench);
	bench->now += MINUTES(8);
	run_one(bench, 2, 0.5);
	assert_int_equal(fake.launched, 4);
	bench->now += MINUTES(3);
	run_one(bench, 3, 0.5);
	assert_int_equal(fake.launched, 4);
	finish(bench, "Completed", HD_END_PATIENCE,
	       "no better best than 0.5 of trial 0 for 31 minutes,"
	       " patience_minutes is 30");
}

/* --- what is expected --------------------------------------------------------- */

static double expected_next; /* what the sampler below says */
static size_t expected_known;

struct prophet {
	const struct hd_space *space;
};

static int prophet_init(void *vstate, const struct hd_space *space,
			struct hd_error *err)
{
	struct prophet *state = vstate;

	(void)err;
	state->space = space;
	return 0;
}

static int prophet_suggest(void *vstate, const struct hd_history *history,
			   struct hd_rng *rng, struct hd_value *values,
			   struct hd_error *err)
{
	struct prophet *state = vstate;

	(void)history;
	(void)err;
	values[0] = hd_expr_draw(&hd_space_param(state->space, 0)->expr, rng);
	return 0;
}

static double prophet_expects(void *vstate, const struct hd_history *history,
			      const struct hd_rng *rng, double enough)
{
	(void)vstate;
	(void)rng;
	assert_true(enough == 0.125);
	expected_known = hd_history_count(history);
	return expected_next;
}

static const struct hd_sampler_type prophet = {
	.name = "prophet",
	.expressions = HD_EXPR_ALL,
	.azure_expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct prophet),
	.learns = true,
	.init = prophet_init,
	.suggest = prophet_suggest,
	.expected_improvement = prophet_expects,
};

static const char little[] =
	"sampling:\n  type: bayesian\n  parameter_space:\n"
	"  - {name: --lr, expression: uniform, values: [0, 1]}\n"
	"primary_metric_name: acc\nprimary_metric_goal: maximize\n"
	"max_total_runs: 20\nend_when: {improvement: 0.125}\n";

/* The worker does what it was asked for. */
static void work_and_turn(struct bench *bench)
{
	hd_core_work(bench->core);
	hd_core_on_work_done(bench->core);
	bench_turn(bench);
}

static void too_little_to_be_gained_ends_it(void **state)
{
	struct bench *bench = *state;

	bench->sampler = &prophet;
	expected_next = NAN;
	bench_open(bench, "s", little, 2);
	bench_turn(bench);
	work_and_turn(bench);
	expected_next = 0.125; /* not below the bound */
	work_and_turn(bench);
	assert_int_equal(fake.launched, 2);
	fake_log(0, 0.5);
	fake_end(0, 0);
	bench_turn(bench);
	expected_next = 0.0625;
	work_and_turn(bench);
	assert_int_equal(expected_known, 2);
	assert_int_equal(fake.launched, 2);
	assert_false(hd_core_is_done(bench->core));
	assert_false(fake.trials[1].stopped);
	/* The last one might have taught it better: it is asked again. */
	run_one(bench, 1, 0.75);
	assert_false(hd_core_is_done(bench->core));
	work_and_turn(bench);
	finish(bench, "Completed", HD_END_CONVERGED,
	       "the next trial is expected to gain 0.0625, improvement is 0.125");
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial"), 2);
	/* Another engine asks again, and hears the same. */
	bench_resume(bench, "s", little, 2);
	bench_turn(bench);
	work_and_turn(bench);
	assert_int_equal(fake.launched, 2);
	finish(bench, "Completed", HD_END_CONVERGED,
	       "the next trial is expected to gain 0.0625, improvement is 0.125");
	/* Of a bound that it does not keep it would be another point. */
	expected_next = 0.25;
	bench_resume(bench, "s", little, 2);
	bench_turn(bench);
	work_and_turn(bench);
	assert_int_equal(fake.launched, 3);
	hd_core_work(bench->core);
	hd_core_on_work_done(bench->core);
}

/* --- changed under way ---------------------------------------------------------- */

static void what_is_enough_may_change_under_way(void **state)
{
	struct bench *bench = *state;
	struct hd_limits limits;
	struct hd_error err = { 0 };

	bench_open(bench, "s", YAML("20", ""), 2);
	bench_turn(bench);
	for (size_t i = 0; i < 6; i += i ? 1 : 2)
		run_one(bench, i, 0.5);
	hd_core_limits(bench->core, &limits);
	assert_true(limits.end_when.patience == SIZE_MAX);
	/* What ended before counts too. */
	limits.end_when.patience = 3;
	assert_int_equal(hd_core_set_limits(bench->core, &limits, &err), 0);
	bench_turn(bench);
	run_one(bench, 6, 0.5);
	assert_int_equal(fake.launched, 7);
	assert_false(hd_core_is_done(bench->core));
	/* More patience: it goes on. */
	limits.end_when.patience = 6;
	assert_int_equal(hd_core_set_limits(bench->core, &limits, &err), 0);
	bench_turn(bench);
	assert_int_equal(fake.launched, 8);
	/* A target that is reached already. */
	limits.end_when.target = 0.25;
	assert_int_equal(hd_core_set_limits(bench->core, &limits, &err), 0);
	bench_turn(bench);
	assert_true(fake.trials[1].stopped && fake.trials[7].stopped);
	fake_end(1, 1);
	fake_end(7, 1);
	bench_turn(bench);
	finish(bench, "Completed", HD_END_TARGET,
	       "trial 0 reached 0.5, the target is 0.25");
	assert_int_equal(ask(bench, "SELECT count(*) FROM setting WHERE text IN"
				    " ('end_when.patience=3', 'end_when.patience=6',"
				    " 'end_when.target=0.25')"),
			 3);
	limits.end_when.improvement = 1;
	assert_int_equal(hd_core_set_limits(bench->core, &limits, &err), HD_EINVAL);
	assert_string_equal(err.text, "'improvement' needs a sampler that says what it "
				      "expects, and 'random' does not");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(better_is_by_more_than_min_delta),
		cmocka_unit_test(one_that_is_tried_again_has_not_ended),
		TEST(a_target_stops_what_runs_and_draws_no_more),
		TEST(a_target_is_what_the_trial_is_ranked_by),
		TEST(what_is_not_finite_is_no_target),
		cmocka_unit_test(a_minimised_target_is_reached_from_above),
		TEST(a_reached_target_is_known_to_the_next_engine),
		cmocka_unit_test(those_a_target_stopped_go_on_past_it_alone),
		TEST(without_patience_what_runs_goes_to_its_end),
		TEST(a_better_best_of_what_ran_on_goes_on),
		TEST(a_trial_that_leads_holds_the_end_off),
		TEST(who_was_cancelled_from_outside_does_not_count),
		TEST(patience_begins_with_the_first_result),
		TEST(patience_may_be_renewed),
		TEST(a_crash_loses_no_count),
		TEST(a_trial_that_is_retried_is_counted_once),
		TEST(time_without_a_better_best_ends_it),
		TEST(time_without_an_engine_costs_no_patience),
		TEST(too_little_to_be_gained_ends_it),
		TEST(what_is_enough_may_change_under_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
