/* Tests of engine/sweep/core.c: the parent run turned by hand. */
#define _XOPEN_SOURCE 700 /* nftw */

#include "core_bench.h"

static void hd_101_slots_bound_what_runs_at_once(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("50", ""), 4);
	bench_turn(bench);
	assert_int_equal(fake.launched, 4);
	for (size_t next = 0; !hd_core_is_done(bench->core); next++) {
		fake_log(next, 0.5);
		fake_end(next, 0);
		bench_turn(bench);
	}
	assert_int_equal(fake.most_running, 4);
	assert_int_equal(fake.launched, 50);
}

static void hd_102_a_freed_slot_is_refilled_until_the_total(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("5", ""), 2);
	bench_turn(bench);
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(fake.launched, 3);
	fake_end(0, 0);
	fake_end(2, 0);
	bench_turn(bench);
	assert_int_equal(fake.launched, 5);
	fake_end(3, 0);
	fake_end(4, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(fake.launched, 5);
}

static void hd_103_policy_stops_leave_the_sweep_completed(void **state)
{
	struct bench *bench = *state;
	struct hd_error err;

	bench_open(bench, "s",
		   YAML("2", "policy: {type: BanditPolicy, slack_amount: 0.2}\n"),
		   2);
	bench_turn(bench);
	fake_log(0, 0.9);
	bench_turn(bench);
	fake_log(1, 0.5);
	bench_turn(bench);
	assert_false(fake.trials[0].stopped);
	assert_true(fake.trials[1].stopped);
	assert_int_equal(bench->stopping_events, 1);
	fake_end(1, 1);
	fake_end(0, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(hd_core_finish(bench->core, bench->now, &err), 0);
	assert_string_equal(summary_of(bench).state, "Completed");
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_CANCELED], 1);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_COMPLETED], 1);
}

static void hd_104_one_failed_of_three_is_completed(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("3", ""), 3);
	bench_turn(bench);
	fake_end(0, 1);
	fake_end(1, 0);
	fake_end(2, 0);
	bench_turn(bench);
	assert_string_equal(summary_of(bench).state, "Completed");
}

static void hd_104_all_failed_is_failed(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("2", ""), 2);
	bench_turn(bench);
	fake_end(0, 1);
	fake_end(1, 3);
	bench_turn(bench);
	assert_string_equal(summary_of(bench).state, "Failed");
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_FAILED], 2);
}

static void hd_105_cancel_stops_the_running_and_draws_none(void **state)
{
	struct bench *bench = *state;
	struct hd_error err;

	bench_open(bench, "s", YAML("9", ""), 2);
	bench_turn(bench);
	hd_core_stop(bench->core, HD_END_USER, false);
	bench_turn(bench);
	assert_true(fake.trials[0].stopped && fake.trials[1].stopped);
	fake_end(0, 0);
	fake_end(1, 143);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(fake.launched, 2);
	assert_int_equal(hd_core_finish(bench->core, bench->now, &err), 0);
	assert_string_equal(summary_of(bench).state, "Canceled");
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_CANCELED], 2);
}

static void hd_106_max_duration_stops_the_running_and_draws_none(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("9", ""), 2);
	bench_turn(bench);
	bench->now += INT64_C(61) * 60 * 1000000;
	bench_turn(bench);
	assert_true(fake.trials[0].stopped && fake.trials[1].stopped);
	fake_end(0, 1);
	fake_end(1, 1);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(fake.launched, 2);
	assert_int_equal(summary_of(bench).end, HD_END_LIMIT);
	assert_string_equal(summary_of(bench).state, "Canceled");
}

static void hd_112_no_metric_anywhere_is_no_best_and_no_crash(void **state)
{
	struct bench *bench = *state;
	struct hd_error err;

	bench_open(bench, "s", YAML("2", ""), 1);
	bench_turn(bench);
	fake_print(0, "accuracy=0.5 loss=3\n");
	fake_end(0, 0);
	bench_turn(bench);
	assert_int_equal(bench->notes, 1);
	assert_non_null(strstr(bench->note, "'acc'"));
	assert_non_null(strstr(bench->note, "'accuracy', 'loss'"));
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(bench->notes, 1);
	assert_int_equal(hd_core_finish(bench->core, bench->now, &err), 0);
	assert_false(summary_of(bench).has_best);
}

static void a_policy_is_not_asked_about_a_trial_that_is_gone(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s",
		   YAML("2", "policy: {type: BanditPolicy, slack_amount: 0.2}\n"),
		   2);
	bench_turn(bench);
	fake_log(0, 0.9);
	bench_turn(bench);
	fake_log(1, 0.5);
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(bench->stopping_events, 0);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_COMPLETED], 1);
}

static void a_launch_that_fails_ends_its_trial_and_not_the_sweep(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("3", ""), 1);
	fake.refuse = HD_ELIMIT;
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_FAILED], 3);
	assert_int_equal(hd_dispatch_busy(bench->dispatch), 0);
}

/* The same, of what may be there a moment later. */
static void a_launch_that_fails_for_a_while_is_tried_again(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", ""), 1);
	fake.refuse = HD_EBUSY;
	bench_turn(bench);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_QUEUED], 1);
	assert_int_equal(hd_core_due(bench->core), bench->now + 100000);
	fake.refuse = 0;
	bench_turn(bench);
	assert_int_equal(fake.launched, 0);
	bench->now += 100000;
	bench_turn(bench);
	assert_int_equal(fake.launched, 1);
	assert_int_equal(hd_core_due(bench->core), 0);
	fake_end(0, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_COMPLETED], 1);
}

static void a_launch_fails_for_good_at_the_third_time(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", ""), 1);
	fake.refuse = HD_EIO;
	for (int i = 0; i < 3; i++) {
		assert_false(hd_core_is_done(bench->core));
		bench_turn(bench);
		bench->now += 1000000;
	}
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_FAILED], 1);
}

static int collect_parameters(void *user, const struct hd_trial_row *row)
{
	hd_buf_printf(user, "%zu %s\n", row->number, row->parameters);
	return 0;
}

/* The parameters of all trials, ended in an order that SHUFFLE varies. */
static char *parameters_with(struct bench *bench, const char *name,
			     size_t slots, unsigned shuffle)
{
	struct hd_buf text = HD_BUF_INIT;
	struct hd_error err;

	memset(&fake, 0, sizeof fake);
	bench_open(bench, name, YAML("40", ""), slots);
	bench_turn(bench);
	while (!hd_core_is_done(bench->core)) {
		size_t pick = (shuffle = shuffle * 1103515245 + 12345) % 40;

		while (!fake.trials[pick].running)
			pick = (pick + 1) % 40;
		fake_log(pick, (double)(shuffle % 97));
		fake_end(pick, shuffle % 5 == 0);
		bench_turn(bench);
	}
	assert_int_equal(hd_store_trials(bench->store, bench->key,
					 &(struct hd_trial_query){ 0 },
					 collect_parameters, &text, &err),
			 0);
	bench_close(bench);
	return hd_buf_take(&text);
}

static void hd_038_a_trial_is_the_same_at_any_concurrency(void **state)
{
	struct bench *bench = *state;
	char *alone = parameters_with(bench, "one", 1, 1);
	char *seven = parameters_with(bench, "seven", 7, 2);
	char *all = parameters_with(bench, "all", 40, 3);

	assert_non_null(strstr(alone, "39 {"));
	assert_string_equal(alone, seven);
	assert_string_equal(alone, all);
	free(alone);
	free(seven);
	free(all);
}

static int count_metrics(void *user, const struct hd_metric_row *row)
{
	size_t *count = user;

	assert_close(row->value, (double)row->trial + (double)row->sequence,
		     0);
	++*count;
	return 0;
}

static int check_trial(void *user, const struct hd_trial_row *row)
{
	size_t *count = user;

	assert_int_equal(row->state, HD_TRIAL_COMPLETED);
	assert_int_equal(row->intervals, 3);
	assert_close(row->best, (double)row->number + 3, 0);
	++*count;
	return 0;
}

static void thousands_of_trials_lose_nothing(void **state)
{
	struct bench *bench = *state;
	size_t metrics = 0, trials = 0;
	struct hd_error err;

	bench_open(bench, "many", YAML("2000", ""), 16);
	bench_turn(bench);
	for (size_t next = 0; !hd_core_is_done(bench->core); next++) {
		fake_log(next, (double)next + 1);
		fake_log(next, (double)next + 2);
		fake_log(next, (double)next + 3);
		fake_end(next, 0);
		bench_turn(bench);
	}
	assert_int_equal(hd_core_finish(bench->core, bench->now, &err), 0);
	assert_int_equal(hd_store_metrics(bench->store, bench->key, -1, "acc",
					  count_metrics, &metrics, &err),
			 0);
	assert_int_equal(hd_store_trials(bench->store, bench->key,
					 &(struct hd_trial_query){ 0 },
					 check_trial, &trials, &err),
			 0);
	assert_int_equal(metrics, 6000);
	assert_int_equal(trials, 2000);
	assert_int_equal(summary_of(bench).best_trial, 1999);
}

static void reduce_last_ranks_by_the_last_value(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("2", "reduce: last\n"), 2);
	bench_turn(bench);
	fake_log(0, 0.9);
	fake_log(0, 0.2);
	fake_log(1, 0.5);
	fake_end(0, 0);
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(summary_of(bench).best_trial, 1);
	assert_close(summary_of(bench).best, 0.5, 0);
}

/* A sampler that is slow by its own word, and counts what it was shown. */
struct slow_state {
	const struct hd_space *space;
};

static size_t slow_shown; /* ended trials in the last history */
static bool slow_busy;    /* takes a millisecond */

static int slow_init(void *vstate, const struct hd_space *space,
		     struct hd_error *err)
{
	struct slow_state *state = vstate;

	(void)err;
	state->space = space;
	return 0;
}

static int slow_suggest(void *vstate, const struct hd_history *history,
			struct hd_rng *rng, struct hd_value *values,
			struct hd_error *err)
{
	struct slow_state *state = vstate;

	(void)err;
	if (slow_busy)
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	slow_shown = 0;
	for (size_t i = 0; i < hd_history_count(history); i++)
		slow_shown += hd_trial_state_is_terminal(
			hd_trial_state(hd_history_trial(history, i)));
	values[0] = hd_expr_draw(&hd_space_param(state->space, 0)->expr, rng);
	return 0;
}

static const struct hd_sampler_type slow_sampler = {
	.name = "slow",
	.expressions = HD_EXPR_ALL,
	.azure_expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct slow_state),
	.learns = true,
	.init = slow_init,
	.suggest = slow_suggest,
};

static void work_now(struct bench *bench)
{
	hd_core_work(bench->core);
	hd_core_on_work_done(bench->core);
	bench_turn(bench);
}

static void a_slow_sampler_is_asked_elsewhere_and_waited_for(void **state)
{
	struct bench *bench = *state;

	works_asked = 0;
	bench->sampler = &slow_sampler;
	bench_open(bench, "s", YAML("4", ""), 2);
	bench_turn(bench);
	/* Asked for, and the loop goes on without it. */
	assert_int_equal(works_asked, 1);
	assert_int_equal(fake.launched, 0);
	assert_false(hd_core_is_done(bench->core));
	work_now(bench);
	work_now(bench);
	assert_int_equal(fake.launched, 2);
	/* A free slot waits for a suggestion that knows the new result. */
	fake_log(0, 0.5);
	fake_end(0, 0);
	bench_turn(bench);
	assert_int_equal(works_asked, 3);
	work_now(bench);
	assert_int_equal(slow_shown, 1);
	assert_int_equal(fake.launched, 3);
	fake_end(1, 0);
	fake_end(2, 0);
	bench_turn(bench);
	work_now(bench);
	assert_int_equal(slow_shown, 3);
	fake_end(3, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(works_asked, 4);
}

static void short_trials_take_what_is_ready(void **state)
{
	struct bench *bench = *state;

	works_asked = 0;
	slow_busy = true;
	bench->sampler = &slow_sampler;
	bench_open(bench, "s", YAML("4", ""), 2);
	bench_turn(bench);
	work_now(bench);
	work_now(bench);
	/* The first end shows how short trials are: one is made ahead... */
	fake.seconds = 1e-6;
	fake_end(0, 0);
	bench_turn(bench);
	work_now(bench);
	assert_int_equal(fake.launched, 3);
	assert_int_equal(works_asked, 4);
	hd_core_work(bench->core);
	hd_core_on_work_done(bench->core);
	/* ... and taken at once, though it misses this result. */
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(fake.launched, 4);
	assert_int_equal(slow_shown, 1);
	fake_end(2, 0);
	fake_end(3, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	slow_busy = false;
}

static void a_stop_waits_for_the_worker(void **state)
{
	struct bench *bench = *state;

	works_asked = 0;
	bench->sampler = &slow_sampler;
	bench_open(bench, "s", YAML("4", ""), 1);
	bench_turn(bench);
	hd_core_stop(bench->core, HD_END_USER, false);
	bench_turn(bench);
	assert_false(hd_core_is_done(bench->core));
	work_now(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(fake.launched, 0);
}

static int check_reason(void *user, const struct hd_decision_row *row)
{
	assert_int_equal(row->trial, 1);
	assert_int_equal(row->interval, 1);
	assert_string_equal(row->policy, "bandit");
	assert_true(strlen(row->reason) > 0);
	++*(size_t *)user;
	return 0;
}

static void a_stop_is_stored_with_its_reason(void **state)
{
	struct bench *bench = *state;
	size_t decisions = 0;
	struct hd_error err;

	bench_open(bench, "s",
		   YAML("2", "policy: {type: BanditPolicy, slack_factor: 0.1}\n"),
		   2);
	bench_turn(bench);
	fake_log(0, 0.9);
	bench_turn(bench);
	fake_log(1, 0.5);
	bench_turn(bench);
	assert_int_equal(hd_store_decisions(bench->store, bench->key, -1,
					    check_reason, &decisions, &err),
			 0);
	assert_int_equal(decisions, 1);
	fake_end(0, 0);
	fake_end(1, 0);
	bench_turn(bench);
}

static int64_t ask(struct bench *bench, const char *sql)
{
	struct hd_error err = { 0 };
	int64_t number = -1;

	if (hd_store_integer(bench->store, sql, &number, &err) < 0)
		fail_msg("%s", err.text);
	return number;
}

static void what_is_logged_to_the_parent_is_no_interval(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	fake_say(0, "{\"parent\":true,\"name\":\"acc\",\"list\":[9,8]}");
	fake_say(0, "{\"child\":\"part\",\"name\":\"acc\",\"value\":7}");
	bench_turn(bench);
	assert_int_equal(bench->notes, 1);
	assert_non_null(strstr(bench->note, "'acc' was logged to the parent"));
	fake_log(0, 0.5);
	fake_end(0, 0);
	bench_turn(bench);
	assert_true(summary_of(bench).best == 0.5);
	assert_int_equal(ask(bench, "SELECT intervals FROM trial"), 1);
	assert_int_equal(ask(bench, "SELECT count(*) FROM metric"), 1);
	assert_int_equal(ask(bench, "SELECT count(*) FROM run_metric"), 3);
	assert_int_equal(bench->notes, 1);
}

static void what_is_said_is_stored_with_the_place_behind_it(void **state)
{
	struct bench *bench = *state;
	const char *tag = "{\"mark\":\"tag\",\"detail\":{\"a\":\"b\"}}";

	bench_open(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	fake_say(0, tag);
	bench_turn(bench);
	assert_int_equal(ask(bench, "SELECT count(*) FROM said"), 1);
	assert_int_equal(ask(bench, "SELECT offset FROM place WHERE source = 2"),
			 strlen(tag) + 1);
	fake_end(0, 0);
	bench_turn(bench);
}

static void a_property_keeps_its_first_value_and_notes_the_second(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	fake_say(0, "{\"mark\":\"property\",\"detail\":{\"a\":1,\"b\":true}}");
	fake_say(0, "{\"mark\":\"property\",\"detail\":{\"a\":\"1\"}}");
	bench_turn(bench);
	assert_int_equal(bench->notes, 0);
	fake_say(0, "{\"mark\":\"property\",\"detail\":{\"a\":2}}");
	bench_turn(bench);
	assert_int_equal(bench->notes, 1);
	assert_non_null(strstr(bench->note, "property 'a' has a value already"));
	assert_int_equal(ask(bench, "SELECT value = '1' FROM said WHERE name = 'a'"), 1);
	assert_int_equal(ask(bench, "SELECT value = 'True' FROM said WHERE name = 'b'"), 1);
	fake_end(0, 0);
	bench_turn(bench);
}

static void a_script_in_a_loop_gives_few_notes(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	for (int i = 0; i < 100; i++)
		fake_say(0, "{\"mark\":\"tag\",\"detail\":[1]}");
	fake_end(0, 0);
	bench_turn(bench);
	assert_in_range(bench->notes, 1, 10);
}

static void a_child_run_or_the_parent_ends_no_trial(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("2", ""), 1);
	bench_turn(bench);
	fake_say(0, "{\"mark\":\"fail\",\"detail\":\"x\",\"child\":\"part\"}");
	fake_say(0, "{\"mark\":\"cancel\",\"parent\":true}");
	fake_say(0, "{\"mark\":\"fail\",\"child\":\"\"}");
	fake_end(0, 0);
	bench_turn(bench);
	assert_int_equal(ask(bench, "SELECT state = 'Completed' FROM trial WHERE number = 0"), 1);
	assert_int_equal(ask(bench, "SELECT count(*) FROM said WHERE kind = 'status'"), 2);
	assert_int_equal(fake.launched, 2);
	fake_end(1, 0);
	bench_turn(bench);
	assert_string_equal(summary_of(bench).state, "Completed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hd_101_slots_bound_what_runs_at_once),
		TEST(hd_102_a_freed_slot_is_refilled_until_the_total),
		TEST(hd_103_policy_stops_leave_the_sweep_completed),
		TEST(hd_104_one_failed_of_three_is_completed),
		TEST(hd_104_all_failed_is_failed),
		TEST(hd_105_cancel_stops_the_running_and_draws_none),
		TEST(hd_106_max_duration_stops_the_running_and_draws_none),
		TEST(hd_112_no_metric_anywhere_is_no_best_and_no_crash),
		TEST(a_policy_is_not_asked_about_a_trial_that_is_gone),
		TEST(a_launch_that_fails_ends_its_trial_and_not_the_sweep),
		TEST(a_launch_that_fails_for_a_while_is_tried_again),
		TEST(a_launch_fails_for_good_at_the_third_time),
		TEST(hd_038_a_trial_is_the_same_at_any_concurrency),
		TEST(thousands_of_trials_lose_nothing),
		TEST(reduce_last_ranks_by_the_last_value),
		TEST(a_stop_is_stored_with_its_reason),
		TEST(a_slow_sampler_is_asked_elsewhere_and_waited_for),
		TEST(short_trials_take_what_is_ready),
		TEST(a_stop_waits_for_the_worker),
		TEST(what_is_logged_to_the_parent_is_no_interval),
		TEST(what_is_said_is_stored_with_the_place_behind_it),
		TEST(a_property_keeps_its_first_value_and_notes_the_second),
		TEST(a_script_in_a_loop_gives_few_notes),
		TEST(a_child_run_or_the_parent_ends_no_trial),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
