/* Tests of engine/sweep/hold.c: nothing new is started while a sweep is held. */
#include "core_bench.h"
#include "ladder.h"

#include <hdrive/sweep.h>

#include "sweep/command.h"

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct hd_policy_type *const policies[] = { &ladder };
static const struct hd_plugins plugins = { .policies = policies, .policy_count = 1 };

static void hold(struct bench *bench, bool held)
{
	struct hd_error err = { 0 };

	if (hd_core_hold(bench->core, held, &err) < 0)
		fail_msg("%s", err.text);
	bench_turn(bench);
}

static int64_t tags(struct bench *bench)
{
	struct hd_error err = { 0 };
	int64_t count;

	if (hd_store_integer(bench->store, "SELECT count(*) FROM said WHERE name = 'hdrive_held'",
			     &count, &err) < 0)
		fail_msg("%s", err.text);
	return count;
}

static void assert_replays(struct bench *bench)
{
	struct hd_replay_summary summary;
	struct hd_error err = { 0 };

	if (hd_sweep_replay(bench->store, bench->key, NULL, NULL, &summary, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(summary.differences, 0);
	assert_true(summary.suggestions > 0);
}

static void a_held_sweep_starts_none_and_stops_none(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("5", ""), 2);
	bench_turn(bench);
	assert_int_equal(fake.launched, 2);
	hold(bench, true);
	assert_true(hd_core_is_held(bench->core));
	assert_int_equal(tags(bench), 1);
	assert_non_null(strstr(bench->note, "held"));
	fake_end(0, 0);
	bench_turn(bench);
	assert_int_equal(fake.launched, 2);
	assert_false(fake.trials[1].stopped);
	fake_end(1, 0);
	bench_turn(bench);
	/* Nothing runs, and it is not over. */
	assert_int_equal(fake.launched, 2);
	assert_false(hd_core_is_done(bench->core));
	hold(bench, false);
	assert_int_equal(tags(bench), 0);
	assert_int_equal(fake.launched, 4);
	fake_end(2, 0);
	fake_end(3, 0);
	bench_turn(bench);
	fake_end(4, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_replays(bench);
}

static void one_at_its_last_trials_ends_though_it_is_held(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("2", ""), 2);
	bench_turn(bench);
	hold(bench, true);
	fake_end(0, 0);
	fake_end(1, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
}

static void a_held_sweep_can_be_cancelled(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("9", ""), 1);
	bench_turn(bench);
	hold(bench, true);
	fake_end(0, 0);
	bench_turn(bench);
	assert_false(hd_core_is_done(bench->core));
	hd_core_stop(bench->core, HD_END_USER, false);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
}

static void another_engine_holds_it_too(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("4", ""), 2);
	bench_turn(bench);
	hold(bench, true);
	bench_resume(bench, "s", YAML("4", ""), 2);
	bench_turn(bench);
	assert_true(hd_core_is_held(bench->core));
	fake_end(0, 0);
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(fake.launched, 2);
	hold(bench, false);
	assert_int_equal(fake.launched, 4);
	bench_resume(bench, "s", YAML("4", ""), 2);
	assert_false(hd_core_is_held(bench->core));
	assert_replays(bench);
}

static void a_failed_trial_waits_for_its_next_attempt(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", "max_restarts: 1\n"), 1);
	bench_turn(bench);
	hold(bench, true);
	fake_end(0, 3);
	bench_turn(bench);
	bench->now += INT64_C(600) * 1000000;
	bench_turn(bench);
	assert_int_equal(fake.launched, 1);
	assert_false(hd_core_is_done(bench->core));
	hold(bench, false);
	assert_int_equal(fake.launched, 2);
}

static int setup_ladder(void **state)
{
	int rc = setup(state);

	((struct bench *)*state)->plugins = &plugins;
	return rc;
}

/* A trial that the policy set aside may be wanted again: the sweep waits. */
static void paused_trials_are_taken_up_when_it_goes_on(void **state)
{
	struct bench *bench = *state;
	size_t launched;

	bench_open(bench, "s", YAML("2", "policy: {type: ladder}\n"), 2);
	bench_turn(bench);
	for (size_t i = 0; i < 2; i++) {
		char path[600];

		snprintf(path, sizeof path, "%s/checkpoints", fake.trials[i].folder);
		mkdir(path, 0777);
		strcat(path, "/state");
		fclose(fopen(path, "w"));
		fake_log(i, (double)i);
	}
	bench_turn(bench);
	hold(bench, true);
	for (size_t i = 0; i < 2; i++)
		if (fake.trials[i].stopped)
			fake_end(i, 143);
		else
			fake_end(i, 0);
	launched = fake.launched;
	bench_turn(bench);
	assert_int_equal(fake.launched, launched);
	assert_false(hd_core_is_done(bench->core));
	hold(bench, false);
	assert_int_equal(fake.launched, launched + 1);
	assert_int_equal(bench->promoted_events, 1);
	assert_replays(bench);
}

static void request(struct bench *bench, const char *line, const char *answer)
{
	struct hd_buf text = HD_BUF_INIT;

	hd_command_run(bench->core, line, strlen(line), &text);
	if (!strstr(hd_buf_text(&text), answer))
		fail_msg("no %s in %s", answer, hd_buf_text(&text));
	hd_buf_release(&text);
}

static void a_request_says_what_it_was_before(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("3", ""), 1);
	request(bench, "{\"op\":\"update\",\"held\":true}", "\"held\":false");
	assert_true(hd_core_is_held(bench->core));
	request(bench, "{\"op\":\"update\",\"max_total\":4}", "\"held\":true");
	assert_true(hd_core_is_held(bench->core));
	request(bench, "{\"op\":\"update\",\"held\":false}", "\"held\":true");
	assert_false(hd_core_is_held(bench->core));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_held_sweep_starts_none_and_stops_none),
		CASE(one_at_its_last_trials_ends_though_it_is_held),
		CASE(a_held_sweep_can_be_cancelled),
		CASE(another_engine_holds_it_too),
		CASE(a_failed_trial_waits_for_its_next_attempt),
		cmocka_unit_test_setup_teardown(paused_trials_are_taken_up_when_it_goes_on,
						setup_ladder, teardown),
		CASE(a_request_says_what_it_was_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
