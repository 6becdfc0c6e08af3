/* Tests of engine/sweep/promote.c: paused trials that go on, turn by turn. */
#include "core_bench.h"
#include "ladder.h"

#include "sweep/retry.h"

#include <hdrive/sweep.h>

/* Trials end by themselves with so many intervals. */
#define LENGTH 6

#define LADDER YAML("8", "policy: {type: ladder}\n")

static const struct hd_policy_type *const policies[] = { &ladder };
static const struct hd_plugins plugins = { .policies = policies,
					   .policy_count = 1 };

static int setup_ladder(void **state)
{
	int rc = setup(state);

	((struct bench *)*state)->plugins = &plugins;
	return rc;
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup_ladder, teardown)

static int64_t ask(struct bench *bench, const char *sql)
{
	struct hd_error err = { 0 };
	int64_t answer;

	if (hd_store_integer(bench->store, sql, &answer, &err) < 0)
		fail_msg("%s", err.text);
	return answer;
}

static void checkpoint_path(size_t number, char *path, size_t size)
{
	snprintf(path, size, "%s/checkpoints", fake.trials[number].folder);
	mkdir(path, 0777);
	snprintf(path, size, "%s/checkpoints/state", fake.trials[number].folder);
}

/* How many intervals its script has behind it, as its checkpoint says. */
static int epochs_of(size_t number)
{
	char path[600];
	FILE *file;
	int epochs = 0;

	checkpoint_path(number, path, sizeof path);
	file = fopen(path, "r");
	if (!file)
		return 0;
	assert_int_equal(fscanf(file, "%d", &epochs), 1);
	fclose(file);
	return epochs;
}

static void save(size_t number, int epochs)
{
	char path[600];
	FILE *file;

	checkpoint_path(number, path, sizeof path);
	file = fopen(path, "w");
	assert_non_null(file);
	fprintf(file, "%d", epochs);
	fclose(file);
}

/* One epoch of trial NUMBER, the lower the better, and its end when it is due. */
static void train(struct bench *bench, size_t number)
{
	int epochs = epochs_of(number) + 1;

	fake_log(number, -(double)number + 0.01 * epochs);
	save(number, epochs);
	bench_turn(bench);
	if (fake.trials[number].stopped)
		fake_end(number, 143);
	else if (epochs == LENGTH)
		fake_end(number, 0);
	bench_turn(bench);
}

static size_t running(void)
{
	size_t number = 0;

	while (number < MOST && !fake.trials[number].running)
		number++;
	return number;
}

static void run_out(struct bench *bench)
{
	for (int i = 0; !hd_core_is_done(bench->core); i++) {
		assert_true(i < 1000 && running() < MOST);
		train(bench, running());
	}
}

static void assert_replays(struct bench *bench, size_t promotions)
{
	struct hd_replay_summary summary;
	struct hd_error err = { 0 };

	if (hd_sweep_replay(bench->store, bench->key, NULL, NULL, &summary, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(summary.differences, 0);
	assert_int_equal(summary.promotions, promotions);
}

#define INTERVALS(number) \
	"SELECT intervals FROM trial WHERE number = " number

static void the_better_half_goes_on_where_it_was(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	train(bench, 0);
	assert_int_equal(fake.trials[1].attempt, 1);
	train(bench, 1);
	/* Of two the better one: its second attempt, behind its first value. */
	assert_int_equal(fake.trials[0].attempt, 2);
	assert_true(fake.trials[0].running);
	assert_int_equal(bench->promoted_events, 1);
	assert_int_equal(ask(bench, INTERVALS("0")), 1);
	train(bench, 0);
	assert_int_equal(ask(bench, INTERVALS("0")), 2);
	assert_int_equal(ask(bench, "SELECT count(*) FROM past_metric"), 0);
	run_out(bench);
	assert_int_equal(fake.most_running, 1);
	/* 8 at rung 1, 4 at 2, 2 at 4, and the best of all is completed. */
	assert_int_equal(ask(bench, INTERVALS("0")), LENGTH);
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial WHERE intervals >= 4"), 2);
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial WHERE intervals >= 2"), 4);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_COMPLETED], 1);
	assert_int_equal(summary_of(bench).counts[HD_TRIAL_CANCELED], 7);
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial"
				    " WHERE end_reason = 'paused'"),
			 7);
	assert_int_equal(ask(bench, "SELECT count(*) FROM decision"
				    " WHERE kind = 'promote'"),
			 7);
	assert_int_equal(bench->promoted_events, 7);
	assert_int_equal(bench->notes, 0);
	assert_string_equal(summary_of(bench).state, "Completed");
	assert_replays(bench, 7);
}

static void slots_are_shared_by_new_trials_and_promoted_ones(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 4);
	bench_turn(bench);
	run_out(bench);
	assert_int_equal(fake.most_running, 4);
	assert_int_equal(ask(bench, INTERVALS("0")), LENGTH);
	assert_true(bench->promoted_events >= 7);
	assert_replays(bench, bench->promoted_events);
}

static void a_killed_engine_goes_on_as_if_nothing_were(void **state)
{
	struct bench *bench = *state;
	size_t promoted, turn = 0;

	bench_open(bench, "s", LADDER, 2);
	bench_turn(bench);
	run_out(bench);
	promoted = bench->promoted_events;
	bench_close(bench);
	memset(&fake, 0, sizeof fake);
	bench_load(bench, LADDER);
	bench_insert(bench, "t", 2);
	bench_start(bench, "t", 2, false);
	bench_turn(bench);
	for (; !hd_core_is_done(bench->core); turn++) {
		train(bench, running());
		if (turn % 2 == 0)
			bench_resume(bench, "t", LADDER, 2);
		bench_turn(bench);
	}
	assert_true(turn > 10);
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial a JOIN trial b"
				    " ON a.number = b.number AND a.sweep < b.sweep"
				    " WHERE a.intervals <> b.intervals"
				    " OR a.end_reason <> b.end_reason"
				    " OR a.attempt <> b.attempt"),
			 0);
	assert_replays(bench, promoted);
}

/* It died between the row and the start: nothing of the attempt ever was. */
static void one_that_was_to_go_on_and_never_began_does(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	train(bench, 0);
	train(bench, 1);
	assert_true(fake.trials[0].running);
	fake.trials[0].unstarted = true;
	bench_resume(bench, "s", LADDER, 1);
	bench_turn(bench);
	assert_true(fake.trials[0].running);
	assert_int_equal(fake.trials[0].attempt, 2);
	run_out(bench);
	assert_int_equal(ask(bench, INTERVALS("0")), LENGTH);
	assert_replays(bench, 7);
}

static void without_a_checkpoint_a_pause_is_a_stop(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 2);
	bench_turn(bench);
	for (size_t i = 0; i < 8; i++) {
		fake_log(i, 0.5);
		bench_turn(bench);
		assert_true(fake.trials[i].stopped);
		fake_end(i, 143);
		bench_turn(bench);
	}
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial"
				    " WHERE end_reason = 'policy'"),
			 8);
	assert_int_equal(bench->promoted_events, 0);
	assert_int_equal(bench->notes, 1);
	assert_non_null(strstr(bench->note, "checkpoints folder"));
	assert_string_equal(summary_of(bench).state, "Completed");
	assert_replays(bench, 0);
}

static void one_that_ends_by_itself_is_not_paused(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	fake_log(0, 0.5);
	save(0, 1);
	bench_turn(bench);
	assert_true(fake.trials[0].stopped);
	/* It was through before it heard. */
	fake.trials[0].stopped = false;
	fake_say(0, "{\"cancel\": \"enough\"}");
	fake_end(0, 0);
	bench_turn(bench);
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial WHERE number = 0"
				    " AND end_reason IN ('script', 'exit')"),
			 1);
	train(bench, 1);
	assert_int_equal(bench->promoted_events, 0);
}

static void one_whose_checkpoint_is_gone_begins_anew(void **state)
{
	struct bench *bench = *state;
	char path[600];

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	train(bench, 0);
	checkpoint_path(0, path, sizeof path);
	assert_int_equal(unlink(path), 0);
	train(bench, 1);
	assert_true(fake.trials[0].running);
	assert_int_equal(ask(bench, INTERVALS("0")), 0);
	assert_int_equal(ask(bench, "SELECT count(*) FROM past_metric"), 1);
	train(bench, 0);
	assert_int_equal(ask(bench, INTERVALS("0")), 1);
	run_out(bench);
	assert_int_equal(ask(bench, INTERVALS("0")), LENGTH);
	assert_replays(bench, bench->promoted_events);
}

static void what_people_want_tried_comes_first(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	train(bench, 0);
	assert_int_equal(hd_core_enqueue(bench->core, "{\"--lr\": 0.25}",
					 bench->now, NULL),
			 0);
	train(bench, 1);
	assert_true(fake.trials[2].running);
	assert_int_equal(bench->promoted_events, 0);
	train(bench, 2);
	assert_true(fake.trials[0].running);
	run_out(bench);
	assert_replays(bench, bench->promoted_events);
}

static void one_that_is_cancelled_does_not_come_back(void **state)
{
	struct bench *bench = *state;
	struct hd_error err;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	train(bench, 0);
	assert_int_equal(hd_core_cancel(bench->core, 0, false, &err), 1);
	bench_turn(bench);
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial WHERE number = 0"
				    " AND state = 'Canceled' AND end_reason = 'user'"),
			 1);
	assert_int_equal(hd_core_cancel(bench->core, 0, false, &err), 0);
	/* One that is being paused, too. */
	fake_log(1, -1);
	save(1, 1);
	bench_turn(bench);
	assert_true(fake.trials[1].stopped);
	assert_int_equal(hd_core_cancel(bench->core, 1, false, &err), 1);
	bench_turn(bench);
	fake_end(1, 143);
	bench_turn(bench);
	assert_int_equal(ask(bench, "SELECT count(*) FROM trial"
				    " WHERE end_reason = 'user'"),
			 2);
	run_out(bench);
	assert_int_equal(ask(bench, INTERVALS("0")), 1);
	assert_int_equal(ask(bench, INTERVALS("1")), 1);
	/* They keep their places among the bests. */
	assert_int_equal(ask(bench, INTERVALS("2")), 4);
	assert_replays(bench, bench->promoted_events);
}

static void a_person_may_retry_one_that_is_paused(void **state)
{
	const size_t number = 1;
	const struct hd_retry retry = { .numbers = &number, .count = 1 };
	struct bench *bench = *state;
	size_t count;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	train(bench, 0);
	train(bench, 1);
	assert_true(fake.trials[0].running);
	assert_int_equal(hd_core_retry(bench->core, &retry, bench->now, &count, NULL), 0);
	assert_int_equal(count, 1);
	train(bench, 0);
	assert_true(fake.trials[1].running);
	assert_int_equal(ask(bench, INTERVALS("1")), 1);
	run_out(bench);
	assert_true(ask(bench, INTERVALS("1")) >= 2);
	assert_replays(bench, bench->promoted_events);
}

static void a_sweep_that_is_stopped_promotes_nobody(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	train(bench, 0);
	fake_log(1, -1);
	save(1, 1);
	bench_turn(bench);
	hd_core_stop(bench->core, HD_END_LIMIT, false);
	fake_end(1, 143);
	bench_turn(bench);
	assert_true(hd_core_is_done(bench->core));
	assert_int_equal(bench->promoted_events, 0);
	assert_int_equal(hd_core_finish(bench->core, bench->now, NULL), 0);
	/* They stay paused, and a resume finds them so. */
	bench_resume(bench, "s", LADDER, 1);
	bench_turn(bench);
	assert_true(fake.trials[0].running);
	run_out(bench);
	assert_int_equal(ask(bench, INTERVALS("0")), LENGTH);
	assert_replays(bench, 7);
}

/* --- steps that are logged once more ---------------------------------------------- */

static void log_step(struct bench *bench, size_t trial, int step, double value)
{
	char record[80];

	snprintf(record, sizeof record, "{\"name\": \"acc\", \"value\": %g, \"step\": %d}",
		 value, step);
	fake_say(trial, record);
	bench_turn(bench);
}

/* It is started again after a while, as the same trial. */
static void give_way(struct bench *bench, size_t trial)
{
	fake_end(trial, 75);
	bench_turn(bench);
	bench->now += 2000000;
	bench_turn(bench);
}

/* Its checkpoint is a step older than what it had logged. */
static void a_step_that_was_logged_before_is_no_new_interval(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	for (int step = 1; step <= 3; step++)
		log_step(bench, 0, step, 0.1 * step);
	/* Within an attempt each value is an interval, whatever its step. */
	log_step(bench, 0, 3, 0.35);
	save(0, 2);
	give_way(bench, 0);
	assert_int_equal(fake.trials[0].attempt, 2);
	log_step(bench, 0, 3, 0.9);
	assert_int_equal(ask(bench, INTERVALS("0")), 4);
	bench_resume(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	log_step(bench, 0, 2, 0.8);
	assert_int_equal(ask(bench, INTERVALS("0")), 4);
	log_step(bench, 0, 4, 0.5);
	log_step(bench, 0, 4, 0.6);
	assert_int_equal(ask(bench, INTERVALS("0")), 6);
	assert_int_equal(ask(bench, "SELECT count(*) FROM metric"), 8);
	fake_end(0, 0);
	bench_turn(bench);
	assert_true(summary_of(bench).best == 0.6);
	assert_replays(bench, 0);
}

static void one_that_begins_anew_logs_its_steps_anew(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	log_step(bench, 0, 1, 0.1);
	log_step(bench, 0, 2, 0.2);
	give_way(bench, 0);
	log_step(bench, 0, 1, 0.3);
	assert_int_equal(ask(bench, INTERVALS("0")), 1);
	bench_resume(bench, "s", YAML("1", ""), 1);
	bench_turn(bench);
	log_step(bench, 0, 2, 0.4);
	assert_int_equal(ask(bench, INTERVALS("0")), 2);
	fake_end(0, 0);
	bench_turn(bench);
	assert_replays(bench, 0);
}

static void promoted_trials_log_no_step_twice(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	log_step(bench, 0, 1, 0.5);
	save(0, 0);
	fake_end(0, 143);
	bench_turn(bench);
	train(bench, 1);
	assert_int_equal(fake.trials[0].attempt, 2);
	log_step(bench, 0, 1, 0.5);
	assert_int_equal(ask(bench, INTERVALS("0")), 1);
	assert_false(fake.trials[0].stopped);
	log_step(bench, 0, 2, 0.6);
	assert_int_equal(ask(bench, INTERVALS("0")), 2);
	assert_true(fake.trials[0].stopped);
	assert_replays(bench, 1);
}

/* --- what a policy may get wrong, and what a store may -------------------------- */

static const struct hd_trial *promote_first(const void *state,
					    const struct hd_history *history,
					    struct hd_reason *why)
{
	(void)state;
	(void)why;
	return hd_history_count(history) ? hd_history_trial(history, 0) : NULL;
}

static void only_paused_trials_can_be_promoted(void **state)
{
	struct hd_policy_type wrong = ladder;
	const struct hd_policy_type *const wrongs[] = { &wrong };
	const struct hd_plugins given = { .policies = wrongs, .policy_count = 1 };
	struct bench *bench = *state;
	struct hd_error err = { 0 };

	wrong.promote = promote_first;
	bench->plugins = &given;
	bench_open(bench, "s", LADDER, 2);
	assert_int_equal(hd_core_turn(bench->core, bench->now, &err), HD_EINVAL);
	assert_string_equal(err.text, "policy 'ladder' promotes trial 0, which is "
				      "not paused");
	bench_close(bench);
}

static void on_difference(void *user, const struct hd_replay_difference *difference)
{
	struct hd_buf *said = user;

	hd_buf_printf(said, "%zu: %s | %s\n", difference->trial,
		      difference->stored, difference->derived);
}

static void assert_differs(struct bench *bench, const char *sql, const char *what)
{
	struct hd_replay_summary summary;
	struct hd_error err = { 0 };
	struct hd_buf said = HD_BUF_INIT;

	assert_int_equal(hd_store_exec(bench->store, sql, &err), 0);
	assert_int_equal(hd_sweep_replay(bench->store, bench->key, on_difference,
					 &said, &summary, &err),
			 0);
	assert_true(summary.differences > 0);
	if (!strstr(hd_buf_text(&said), what))
		fail_msg("%s", hd_buf_text(&said));
	hd_buf_release(&said);
}

static void a_replay_tells_what_was_promoted_otherwise(void **state)
{
	struct bench *bench = *state;

	bench_open(bench, "s", LADDER, 1);
	bench_turn(bench);
	run_out(bench);
	assert_differs(bench,
		       "UPDATE decision SET reason = 'luck' WHERE key ="
		       " (SELECT min(key) FROM decision WHERE kind = 'promote')",
		       "a promotion of trial 0 by ladder: luck");
	assert_differs(bench,
		       "UPDATE decision SET kind = 'stop' WHERE key ="
		       " (SELECT min(key) FROM decision WHERE kind = 'pause')",
		       "a stop by ladder: rung 1 reached with 0.01 (0.01, nan, 1) |"
		       " a pause by ladder");
	assert_differs(bench,
		       "UPDATE decision SET kind = 'odd' WHERE key = -1;"
		       "UPDATE trial SET end_reason = 'policy' WHERE number = 1;"
		       "UPDATE attempt SET end_reason = 'policy'"
		       " WHERE trial = (SELECT key FROM trial WHERE number = 1)",
		       "| no promotion");
}

/* Nor does one that goes on count as ended while it runs. */
static void without_patience_nobody_is_promoted(void **state)
{
	static const char yaml[] =
		YAML("8", "policy: {type: ladder}\nend_when: {patience: 3}\n");
	struct bench *bench = *state;

	for (int dies = 0; dies < 2; dies++) {
		bench_open(bench, "s", yaml, 1);
		bench_turn(bench);
		while (!hd_core_is_done(bench->core)) {
			train(bench, running());
			if (dies)
				bench_resume(bench, "s", yaml, 1);
			bench_turn(bench);
		}
		/* After 0 to 3, and 0 and 1 once more; 0 would be next. */
		assert_int_equal(fake.launched, 6);
		assert_int_equal(summary_of(bench).end, HD_END_PATIENCE);
		assert_replays(bench, 2);
		teardown(state);
		setup_ladder(state);
		bench = *state;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_better_half_goes_on_where_it_was),
		CASE(without_patience_nobody_is_promoted),
		CASE(slots_are_shared_by_new_trials_and_promoted_ones),
		CASE(a_killed_engine_goes_on_as_if_nothing_were),
		CASE(one_that_was_to_go_on_and_never_began_does),
		CASE(without_a_checkpoint_a_pause_is_a_stop),
		CASE(one_that_ends_by_itself_is_not_paused),
		CASE(one_whose_checkpoint_is_gone_begins_anew),
		CASE(what_people_want_tried_comes_first),
		CASE(one_that_is_cancelled_does_not_come_back),
		CASE(a_person_may_retry_one_that_is_paused),
		CASE(a_sweep_that_is_stopped_promotes_nobody),
		CASE(a_step_that_was_logged_before_is_no_new_interval),
		CASE(one_that_begins_anew_logs_its_steps_anew),
		CASE(promoted_trials_log_no_step_twice),
		CASE(only_paused_trials_can_be_promoted),
		CASE(a_replay_tells_what_was_promoted_otherwise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
