/*
 * Tests of engine/sweep/restore.c, again.c, adjust.c and enqueue.c: an engine
 * that dies at any moment, and one that goes on with what it left.
 */
#define _XOPEN_SOURCE 700 /* nftw */

#include "core_bench.h"

#include "sweep/retry.h"

#define GRID                                                        \
	"sampling:\n  type: grid\n  parameter_space:\n"             \
	"  - {name: x, expression: choice, values: [1, 2, 3, 4]}\n" \
	"primary_metric_name: acc\nprimary_metric_goal: maximize\n" \
	"max_total_runs: 9\n"
#define BANDIT \
	"policy: {type: bandit, slack_factor: 0.5}\n"

static int64_t ask(struct bench *bench, const char *sql)
{
	struct hd_error err = { 0 };
	int64_t value;

	if (hd_store_integer(bench->store, sql, &value, &err) < 0)
		fail_msg("%s", err.text);
	return value;
}

static char *all_parameters(struct bench *bench)
{
	struct hd_buf text = HD_BUF_INIT;
	sqlite3_stmt *stmt;

	assert_int_equal(sqlite3_prepare_v2(bench->store->db,
					    "SELECT number || ' ' || parameters"
					    " || ' ' || state FROM trial"
					    " ORDER BY number",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		hd_buf_printf(&text, "%s\n", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return hd_buf_take(&text);
}

/* Every trial logs and ends; with CRASHES the engine dies between any two. */
static char *run_through(struct bench *bench, const char *name,
			 const char *yaml, bool crashes)
{
	memset(&fake, 0, sizeof fake);
	bench_open(bench, name, yaml, 3);
	bench_turn(bench);
	for (size_t turn = 0; !hd_core_is_done(bench->core); turn++) {
		size_t next = 0;

		while (!fake.trials[next].running)
			next++;
		fake_log(next, 0.125 * (double)(next % 5));
		bench_turn(bench);
		if (crashes && turn % 3 == 0)
			bench_resume(bench, name, yaml, 3);
		if (fake.trials[next].running)
			fake_end(next, next % 4 == 3);
		if (crashes && turn % 3 == 1)
			bench_turn(bench);
		bench_turn(bench);
		if (crashes && turn % 3 == 2)
			bench_resume(bench, name, yaml, 3);
		bench_turn(bench);
	}
	return all_parameters(bench);
}

/* Whatever is kept of ended trials: nothing, bests, orders, all of them. */
static void crashes_change_neither_trials_nor_states(void **state)
{
	static const char *const files[] = {
		YAML("24", "max_failures: 100%\n"),
		YAML("24", BANDIT),
		YAML("24", "policy: {type: MedianStoppingPolicy, delay_evaluation: 3}\n"),
		GRID,
	};
	struct bench *bench = *state;

	for (size_t i = 0; i < ROWS(files); i++) {
		char *whole, *cut;

		whole = run_through(bench, "whole", files[i], false);
		assert_int_equal(ask(bench, "SELECT count(DISTINCT settled) = count(*)"
					    " AND max(settled) = count(*) FROM trial"),
				 1);
		teardown(state);
		setup(state);
		bench = *state;
		cut = run_through(bench, "cut", files[i], true);
		assert_true(fake.adopted > 4);
		assert_string_equal(cut, whole);
		assert_int_equal(ask(bench, "SELECT max(settled) = count(*) FROM trial"), 1);
		free(whole);
		free(cut);
		teardown(state);
		setup(state);
		bench = *state;
	}
}

static void values_are_read_on_from_where_they_were_read_to(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	fake_log(0, 0.5);
	bench_turn(bench);
	fake_log(0, 0.25);
	/* The engine dies before it has read the second one. */
	bench_resume(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	fake_log(0, 0.75);
	bench_turn(bench);
	fake_end(0, 0);
	bench_turn(bench);
	assert_int_equal(ask(bench, "SELECT count(*) FROM metric"), 3);
	assert_int_equal(ask(bench, "SELECT max(interval) FROM metric"), 3);
	assert_int_equal(ask(bench, "SELECT attempt FROM trial"), 1);
}

/* What a script says of its own end wins over its status, by any engine. */
static void what_a_script_said_of_its_end_is_kept(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("2", ""), 1);
	bench_turn(bench);
	fake_log(0, 0.5);
	fake_say(0, "{\"mark\": \"fail\", \"detail\": \"no data\"}");
	bench_turn(bench);
	bench_resume(bench, "s", YAML("2", ""), 1);
	bench_turn(bench);
	fake_end(0, 0);
	bench_turn(bench);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_FAILED], 1);
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial WHERE number = 0 AND"
				    " end_reason = 'script' AND end_detail = 'no data'"),
			 1);
}

static void a_trial_that_was_never_started_is_started(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("2", ""), 2);
	bench_turn(bench);
	fake.trials[1].unstarted = true;
	bench_resume(bench, "s", YAML("2", ""), 2);
	assert_int_equal(fake.launched, 1);
	bench_turn(bench);
	assert_int_equal(fake.launched, 2);
	assert_int_equal(fake.trials[1].attempt, 1);
	assert_int_equal(ask(bench, "SELECT count(*) FROM attempt"), 0);
}

/* The second attempt of a trial begins from nothing, so does its curve. */
static void a_restarted_trial_logs_all_of_it_again(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", "max_restarts: 1\n"), 1);
	bench_turn(bench);
	fake_log(0, 0.5);
	fake_end(0, 3);
	bench_turn(bench);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_QUEUED], 1);
	bench_resume(bench, "s", YAML("1", "max_restarts: 1\n"), 1);
	bench_turn(bench);
	assert_int_equal(fake.launched, 1); /* its time has not come */
	bench->now += 2000000;
	bench_turn(bench);
	assert_int_equal(fake.launched, 2);
	assert_int_equal(fake.trials[0].attempt, 2);
	fake.running = 1;
	fake_end(0, 3);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(ask(bench, "SELECT count(*) FROM past_metric"), 1);
	assert_int_equal(ask(bench, "SELECT restarts FROM trial WHERE state = 'Failed'"), 1);
	assert_int_equal(ask(bench, "SELECT settled FROM trial"), 1);
}

static void move_in(const char *folder, const char *from, const char *to)
{
	char old[600], new[600];

	snprintf(old, sizeof old, "%s/%s", folder, from);
	snprintf(new, sizeof new, "%s/%s", folder, to);
	assert_int_equal(rename(old, new), 0);
}

/* The engine dies between the row of a second attempt and its launch: what the
 * folder holds is the first one's and was read. */
static void files_of_the_attempt_before_are_not_read_twice(void **state)
{
	struct bench *bench = *state;
	const char *yaml = YAML("1", "max_restarts: 1\n");
	const char *folder = fake.trials[0].folder;
	char path[600];
	int fd;

	bench_open(bench, "s", yaml, 1);
	bench_turn(bench);
	snprintf(path, sizeof path, "%s/checkpoints/step", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0666);
	assert_true(fd >= 0);
	close(fd);
	snprintf(path, sizeof path, "%s/owner-1", folder);
	assert_int_equal(symlink("host", path), 0);
	fake_log(0, 0.5);
	fake_end(0, 3);
	bench_turn(bench);
	bench->now += 2000000;
	bench_turn(bench);
	assert_int_equal(fake.trials[0].attempt, 2);
	move_in(folder, "attempts/1/stdout", "stdout");
	move_in(folder, "attempts/1/owner-1", "owner-1");
	fake.trials[0].unstarted = true;
	bench_resume(bench, "s", yaml, 1);
	bench_turn(bench);
	assert_int_equal(fake.trials[0].attempt, 2);
	assert_true(fake.trials[0].running);
	fake_log(0, 0.25);
	fake_end(0, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(ask(bench, "SELECT count(*) FROM metric"), 2);
	assert_int_equal(ask(bench, "SELECT intervals FROM trial"), 2);
}

/* Nor when the next attempt cannot be launched, before its files made room. */
static void a_launch_that_failed_has_no_files(void **state)
{
	struct bench *bench = *state;
	const char *yaml = YAML("1", "max_restarts: 1\n");

	bench_open(bench, "s", yaml, 1);
	bench_turn(bench);
	fake_log(0, 0.5);
	fake_end(0, 3);
	bench_turn(bench);
	fake.refuse = HD_EINVAL;
	bench->now += 2000000;
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(ask(bench, "SELECT count(*) FROM metric"), 0);
	assert_int_equal(ask(bench, "SELECT count(*) FROM past_metric"), 1);
}

static void what_was_enqueued_takes_no_point_of_the_grid(void **state)
{
	struct bench *bench = *state;
	struct hd_error err = { 0 };

	bench_open(bench, "s", GRID, 1);
	bench_turn(bench);
	assert_int_equal(hd_core_enqueue(bench->core, "{\"x\": 3}", bench->now, &err), 0);
	assert_int_equal(hd_core_enqueue(bench->core, "{\"x\": 5}", bench->now, &err),
			 HD_EINVAL);
	bench_resume(bench, "s", GRID, 1);
	for (size_t next = 0; !hd_core_is_done(bench->core); next++) {
		bench_turn(bench);
		fake_end(next, 0);
		bench_turn(bench);
	}
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial"), 5);
	assert_int_equal(ask(bench, "SELECT count(DISTINCT parameters) FROM trial"), 4);
	assert_int_equal(ask(bench, "SELECT number FROM trial WHERE origin = 'enqueued'"), 1);
	assert_int_equal(ask(bench, "SELECT count(*) FROM queue"), 0);
}

static void limits_change_under_way_and_stay(void **state)
{
	struct bench *bench = *state;
	struct hd_limits limits;

	bench_open(bench, "s", YAML("2", ""), 1);
	bench_turn(bench);
	hd_core_limits(bench->core, &limits);
	limits.max_total = 5;
	limits.max_concurrent = 3;
	assert_int_equal(hd_core_set_limits(bench->core, &limits, NULL), 0);
	bench_turn(bench);
	assert_int_equal(fake.running, 3);
	for (size_t next = 0; !hd_core_is_done(bench->core); next++) {
		fake_end(next, 0);
		bench_turn(bench);
	}
	assert_int_equal(fake.launched, 5);
	assert_int_equal(ask(bench, "SELECT count(*) FROM setting WHERE text IN"
				    " ('max_total_runs=5', 'max_concurrent_runs=3')"),
			 2);
	assert_int_equal(ask(bench, "SELECT max_total FROM sweep"), 5);
}

static void one_trial_is_cancelled_and_retried(void **state)
{
	const size_t number = 0;
	const struct hd_retry retry = { .numbers = &number, .count = 1 };
	struct bench *bench = *state;
	size_t count;

	bench_open(bench, "s", YAML("2", ""), 1);
	bench_turn(bench);
	fake_log(0, 0.5);
	assert_int_equal(hd_core_cancel(bench->core, 1, false, NULL), 0);
	assert_int_equal(hd_core_cancel(bench->core, 0, false, NULL), 1);
	bench_turn(bench);
	assert_true(fake.trials[0].stopped);
	fake_end(0, 1);
	bench_turn(bench);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_CANCELED], 1);
	fake.trials[0].stopped = false;
	assert_int_equal(hd_core_retry(bench->core, &retry, bench->now, &count, NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_CANCELED], 0);
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(fake.trials[0].attempt, 2);
	fake_end(0, 0);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_COMPLETED], 2);
}

static void the_first_trial_runs_alone_until_it_works(void **state)
{
	struct bench *bench = *state;

	bench->smokes = true;
	bench_open(bench, "s", YAML("20", ""), 4);
	bench_turn(bench);
	assert_int_equal(fake.running, 1);
	/* One that fails is followed by one more, alone as well. */
	fake_end(0, 1);
	bench_turn(bench);
	assert_int_equal(fake.running, 1);
	fake_log(1, 0.5);
	bench_turn(bench);
	assert_int_equal(fake.running, 4);
}

static void who_lives_for_a_while_works_as_well(void **state)
{
	struct bench *bench = *state;

	bench->smokes = true;
	bench_open(bench, "s", YAML("20", ""), 4);
	bench_turn(bench);
	bench->now += 9 * INT64_C(1000000);
	bench_turn(bench);
	assert_int_equal(fake.running, 1);
	bench->now += 2 * INT64_C(1000000);
	bench_turn(bench);
	assert_int_equal(fake.running, 4);
}

static void three_first_failures_alike_end_the_sweep(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("20", ""), 2);
	bench_turn(bench);
	for (size_t next = 0; next < 3; next++) {
		fake_end(next, 1);
		bench_turn(bench);
	}
	assert_true(fake.trials[3].stopped);
	fake_end(3, 1);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(summary_of(bench).end, HD_END_FAILURES);
	assert_string_equal(summary_of(bench).state, "Failed");
}

/* Stamps ascend, so that what happened first stands first. */
static void a_clock_that_is_set_back_harms_nothing(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("3", "idle_timeout: 1h\n"), 1);
	bench_turn(bench);
	fake_log(0, 0.5);
	bench_turn(bench);
	bench->now -= 7200 * INT64_C(1000000);
	fake_log(0, 0.75);
	bench_turn(bench);
	fake_end(0, 0);
	bench_turn(bench);
	bench_resume(bench, "s", YAML("3", "idle_timeout: 1h\n"), 1);
	bench_turn(bench);
	fake_end(1, 0);
	bench_turn(bench);
	assert_int_equal(ask(bench, "SELECT count(*) FROM metric a JOIN metric b"
				    " ON b.sequence = a.sequence + 1"
				    " WHERE b.time <= a.time"),
			 0);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_COMPLETED], 2);
}

/* Only what an engine ran counts against the sweep's time. */
static void time_without_an_engine_is_not_spent(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("3", ""), 1);
	bench_turn(bench);
	bench->now += 1800 * INT64_C(1000000);
	fake_log(0, 0.5);
	bench_turn(bench);
	bench_close(bench);
	bench->now += 7200 * INT64_C(1000000);
	bench_load(bench, YAML("3", ""));
	bench_start(bench, "s", 1, true);
	bench_turn(bench);
	assert_false(fake.trials[0].stopped);
	assert_true(summary_of(bench).seconds > 1799 && summary_of(bench).seconds < 1810);
	bench->now += 1801 * INT64_C(1000000);
	bench_turn(bench);
	assert_true(fake.trials[0].stopped);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(crashes_change_neither_trials_nor_states),
		TEST(values_are_read_on_from_where_they_were_read_to),
		TEST(what_a_script_said_of_its_end_is_kept),
		TEST(a_trial_that_was_never_started_is_started),
		TEST(a_restarted_trial_logs_all_of_it_again),
		TEST(files_of_the_attempt_before_are_not_read_twice),
		TEST(a_launch_that_failed_has_no_files),
		TEST(what_was_enqueued_takes_no_point_of_the_grid),
		TEST(limits_change_under_way_and_stay),
		TEST(one_trial_is_cancelled_and_retried),
		TEST(the_first_trial_runs_alone_until_it_works),
		TEST(who_lives_for_a_while_works_as_well),
		TEST(three_first_failures_alike_end_the_sweep),
		TEST(a_clock_that_is_set_back_harms_nothing),
		TEST(time_without_an_engine_is_not_spent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
