/*
 * Tests of engine/dispatch/backend_local.c and proctree.c: real
 * launchers and programs on a real loop. Each test ends without a process, a
 * handle or a descriptor left.
 */

/* prctl is Linux's. */
#define _GNU_SOURCE

#include "check.h"
#include "folder.h"
#include "stage.h"

#include "dispatch/proctree.h"
#include "dispatch/record.h"
#include "dispatch/remains.h"

#include <hdrive/backend.h>

#include <uv.h>

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

static int setup(void **state)
{
	return stage_open(state, TEST_BUILD "/hdrive-launch");
}

static void stop_when_ready(struct stage *stage, size_t trial)
{
	if (has_printed(stage, trial, "ready"))
		stage->type->stop(stage->state, trial, false);
}

static void kill_when_ready(struct stage *stage, size_t trial)
{
	if (has_printed(stage, trial, "ready"))
		stage->type->stop(stage->state, trial, true);
}

static void hd_132_the_exit_status_is_told_once(void **state)
{
	struct stage *stage = *state;

	assert_int_equal(run_one(stage, "exit 0")->code, 0);
	assert_true(stage->seen[1].exit.known);
	assert_int_equal(stage->seen[1].started, 1);
	memset(stage->seen, 0, sizeof stage->seen);
	/* The same folder again: a second attempt. */
	stage->attempt = 2;
	assert_int_equal(run_one(stage, "exit 3")->code, 3);
	assert_false(stage->seen[1].exit.killed_by_us);
}

static void the_launcher_is_told_by_pid_and_start(void **state)
{
	struct stage *stage = *state;
	struct hd_record_state who;

	run_one(stage, "exit 0");
	assert_int_equal(hd_record_read_state(&who, trial_folder(stage, 1), NULL),
			 0);
	assert_int_equal(stage->seen[1].pid, who.pid);
	assert_int_equal(stage->seen[1].start, who.start);
}

static void the_environment_is_the_one_given(void **state)
{
	struct stage *stage = *state;

	run_one(stage, "echo \"$X\"; env | grep -c HOME=; pwd");
	assert_true(has_printed(stage, 1, "a b\n0\n"));
	assert_true(has_printed(stage, 1, "/000001/work\n"));
}

static void a_program_that_cannot_be_run_is_an_end(void **state)
{
	struct stage *stage = *state;
	const struct hd_exit *end = run_one(stage, "exec ./missing 2>/dev/null");

	/* The shell's own answer; the launcher's is tested with it. */
	assert_int_equal(end->code, 127);
	assert_string_equal(stage->seen[1].error, "");
}

static void growing_output_is_told(void **state)
{
	struct stage *stage = *state;

	stage->on_output = stop_when_ready;
	run_one(stage, "echo ready; exec sleep 1000");
	assert_true(stage->seen[1].outputs > 0);
	assert_int_equal(stage->seen[1].exit.signal, SIGTERM);
	assert_true(stage->seen[1].exit.killed_by_us);
}

static void kill_when_measured(struct stage *stage, size_t trial)
{
	char text[16];

	if (folder_read(trial_folder(stage, trial), "metrics", text,
			sizeof text) > 0)
		stage->type->stop(stage->state, trial, true);
}

static void a_metrics_file_made_later_is_told(void **state)
{
	struct stage *stage = *state;

	stage->on_output = kill_when_measured;
	run_one(stage, "echo m >>../metrics; exec sleep 1000");
	assert_true(stage->seen[1].exit.killed_by_us);
}

static void many_writes_are_told_at_most_once_a_turn(void **state)
{
	struct stage *stage = *state;
	unsigned turns = 0;

	must_launch(stage, 1, 5, "i=0; while [ $i -lt 2000 ]; do echo $i; "
				 "i=$((i+1)); done");
	uv_timer_start(&stage->alarm, on_alarm, 60000, 0);
	for (; stage->running; turns++)
		uv_run(&stage->loop, UV_RUN_ONCE);
	assert_true(stage->seen[1].outputs <= turns);
}

static void who_ignores_term_is_killed_after_the_grace(void **state)
{
	struct stage *stage = *state;

	stage->on_output = stop_when_ready;
	must_launch(stage, 1, 0.2, "trap '' TERM; echo ready; "
				   "while :; do sleep 1000; done");
	run(stage);
	assert_int_equal(stage->seen[1].exit.signal, SIGKILL);
	assert_true(stage->seen[1].exit.killed_by_us);
}

static void now_does_not_wait_for_the_grace(void **state)
{
	struct stage *stage = *state;

	stage->on_output = kill_when_ready;
	must_launch(stage, 1, 100000, "trap '' TERM; echo ready; "
				      "while :; do sleep 1000; done");
	run(stage);
	assert_int_equal(stage->seen[1].exit.signal, SIGKILL);
	assert_true(stage->seen[1].exit.killed_by_us);
}

static void asking_twice_to_stop_is_asking_once(void **state)
{
	struct stage *stage = *state;

	stage->on_output = stop_when_ready; /* at each output */
	must_launch(stage, 1, 100000,
		    "trap 'echo one; echo two; sleep 0.1; exit 75' TERM; "
		    "echo ready; while :; do sleep 0.01; done");
	run(stage);
	assert_int_equal(stage->seen[1].exit.code, 75);
}

static void a_stop_right_after_the_launch_is_not_lost(void **state)
{
	struct stage *stage = *state;

	must_launch(stage, 1, 5, "exec sleep 1000");
	stage->type->stop(stage->state, 1, false);
	run(stage);
	assert_true(stage->seen[1].exit.known);
	assert_true(stage->seen[1].exit.killed_by_us);
}

static void stopping_an_unknown_trial_is_nothing(void **state)
{
	struct stage *stage = *state;

	stage->type->stop(stage->state, 5, true);
	run_one(stage, "exit 0");
	stage->type->stop(stage->state, 1, false);
	assert_int_equal(stage->seen[1].ended, 1);
}

static void children_that_outlive_it_are_gone(void **state)
{
	struct stage *stage = *state;
	const struct hd_exit *end = run_one(
		stage, "setsid sh -c 'echo up; exec sleep 1000' & "
		       "while [ ! -s ../stdout ]; do sleep 0.01; done; exit 6");

	assert_int_equal(end->code, 6);
	assert_int_equal(end->stragglers, 1);
}

static void kill_launcher(struct stage *stage, size_t trial)
{
	if (has_printed(stage, trial, "ready") && stage->seen[trial].pid) {
		kill((pid_t)stage->seen[trial].pid, SIGKILL);
		stage->seen[trial].pid = 0;
	}
}

/* What it leaves becomes this program's: only it can show that it is dead. */
static void a_killed_launcher_leaves_nothing_alive(void **state)
{
	struct stage *stage = *state;
	int status;

	stage->on_output = kill_launcher;
	run_one(stage, "sleep 1000 & setsid sleep 1000 & sleep 0.05; "
		       "echo ready; wait");
	assert_false(stage->seen[1].exit.known);
	assert_int_equal(stage->seen[1].exit.code, -1);
	assert_false(stage->seen[1].exit.killed_by_us);
	assert_true(stage->seen[1].exit.ended >= stage->seen[1].exit.started);
	while (waitpid(-1, &status, WNOHANG) > 0)
		assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(errno, ECHILD); /* none lives */
}

static void delete_folder(struct stage *stage, size_t trial)
{
	if (has_printed(stage, trial, "ready"))
		folder_remove(trial_folder(stage, trial));
}

static void a_folder_deleted_under_way_is_an_unknown_end(void **state)
{
	struct stage *stage = *state;

	stage->on_output = delete_folder;
	run_one(stage, "echo ready; while [ -e ../stdout ]; do sleep 0.01; done");
	assert_false(stage->seen[1].exit.known);
}

static void sixty_four_run_at_once(void **state)
{
	struct stage *stage = *state;

	for (size_t i = 0; i < TRIALS; i++) {
		char script[64];

		snprintf(script, sizeof script, "echo %zu; exit %zu", i, i);
		must_launch(stage, i, 5, script);
	}
	run(stage);
	for (size_t i = 0; i < TRIALS; i++) {
		assert_int_equal(stage->seen[i].ended, 1);
		assert_int_equal(stage->seen[i].exit.code, i);
	}
}

static void a_missing_launcher_is_an_error_of_launch(void **state)
{
	struct stage *stage = *state;
	struct hd_error err;
	int rc;

	stage->type->close(stage->state, stage_on_done, stage);
	uv_run(&stage->loop, UV_RUN_DEFAULT);
	memset(stage->state, 0, stage->type->state_size);
	stage->host.launcher = "/no/such/launcher";
	assert_int_equal(stage->type->open(stage->state, &stage->host, NULL), 0);
	rc = launch(stage, 1, 5, "exit 0", &err);
	assert_int_equal(rc, HD_ENOENT);
	assert_string_equal(err.text, "cannot start trial 1 through "
				      "'/no/such/launcher': No such file or "
				      "directory");
	assert_int_equal(stage->seen[1].started, 0);
}

static void without_descriptors_launch_says_what_to_do(void **state)
{
	struct stage *stage = *state;
	struct rlimit saved, none;
	struct hd_error err;
	int rc;

	getrlimit(RLIMIT_NOFILE, &saved);
	none = saved;
	none.rlim_cur = 3;
	setrlimit(RLIMIT_NOFILE, &none);
	rc = launch(stage, 1, 5, "exit 0", &err);
	setrlimit(RLIMIT_NOFILE, &saved);
	assert_int_equal(rc, HD_EBUSY);
	assert_string_equal(err.text,
			    "cannot start trial 1: no file descriptor is left,"
			    " raise the limit (ulimit -n) or run fewer trials "
			    "at once");
	/* The next one goes as if nothing had been, with the same number. */
	assert_int_equal(run_one(stage, "exit 0")->code, 0);
}

static void a_tree_is_read_with_all_its_branches(void **state)
{
	struct stage *stage = *state;
	bool unsure;
	pid_t pid = fork();

	if (pid == 0) {
		execl("/bin/sh", "sh", "-c",
		      "sleep 1000 & setsid sleep 1000 & wait", (char *)NULL);
		_exit(99);
	}
	while (hd_proctree_signal(pid, 0, 0) != 2)
		poll(NULL, 0, 5);
	assert_true(hd_proctree_start(pid) > 0);
	assert_int_equal(hd_proctree_signal(pid, 0, SIGKILL), 2);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	while (waitpid(-1, NULL, 0) > 0)
		;
	assert_int_equal(hd_proctree_start(pid), 0);
	assert_int_equal(hd_remains_kill(stage->folder, 0, &unsure), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, stage_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hd_132_the_exit_status_is_told_once),
		TEST(the_launcher_is_told_by_pid_and_start),
		TEST(the_environment_is_the_one_given),
		TEST(a_program_that_cannot_be_run_is_an_end),
		TEST(growing_output_is_told),
		TEST(a_metrics_file_made_later_is_told),
		TEST(many_writes_are_told_at_most_once_a_turn),
		TEST(who_ignores_term_is_killed_after_the_grace),
		TEST(now_does_not_wait_for_the_grace),
		TEST(asking_twice_to_stop_is_asking_once),
		TEST(a_stop_right_after_the_launch_is_not_lost),
		TEST(stopping_an_unknown_trial_is_nothing),
		TEST(children_that_outlive_it_are_gone),
		TEST(a_killed_launcher_leaves_nothing_alive),
		TEST(a_folder_deleted_under_way_is_an_unknown_end),
		TEST(sixty_four_run_at_once),
		TEST(a_missing_launcher_is_an_error_of_launch),
		TEST(without_descriptors_launch_says_what_to_do),
		TEST(a_tree_is_read_with_all_its_branches),
	};

	uv_loop_t first;

	/* libuv keeps a pipe of its own from the first loop on. */
	uv_loop_init(&first);
	uv_loop_close(&first);
	prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
