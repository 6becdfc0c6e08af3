/*
 * Tests of engine/dispatch/local_launcher.c and launch_next.c: launchers that
 * serve one trial after the other, and those that must not. Real processes on a
 * real loop.
 */

/* prctl and WNOWAIT are Linux's. */
#define _GNU_SOURCE

#include "check.h"
#include "folder.h"
#include "stage.h"

#include "base/buf.h"
#include "dispatch/launch_next.h"
#include "dispatch/record.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#define LAUNCHER TEST_BUILD "/hdrive-launch"

static int setup(void **state)
{
	return stage_open(state, LAUNCHER);
}

static int64_t run_trial(struct stage *stage, size_t trial, const char *script)
{
	must_launch(stage, trial, 5, script);
	run(stage);
	assert_int_equal(stage->seen[trial].ended, 1);
	return stage->seen[trial].pid;
}

static void assert_printed(const struct stage *stage, size_t trial,
			   const char *text)
{
	char found[4096];

	folder_read(trial_folder(stage, trial), "stdout", found, sizeof found);
	assert_string_equal(found, text);
}

/* Until PID, a child of ours, has ended; it stays to be collected. */
static void await_end(int64_t pid)
{
	siginfo_t info;

	assert_int_equal(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
}

static void a_launcher_serves_the_next_trial(void **state)
{
	struct stage *stage = *state;
	struct hd_record_state first, second;
	struct hd_record record;
	int64_t pid = run_trial(stage, 1, "echo one; echo e >&2; exit 3");

	assert_int_equal(run_trial(stage, 2, "echo \"$X\"; pwd; exit 4"), pid);
	assert_int_equal(stage->seen[1].exit.code, 3);
	assert_int_equal(stage->seen[2].exit.code, 4);
	assert_int_equal(stage->seen[2].start, stage->seen[1].start);
	assert_printed(stage, 1, "one\n");
	assert_true(has_printed(stage, 2, "a b\n"));
	assert_true(has_printed(stage, 2, "/000002/work\n"));
	assert_int_equal(hd_record_read_state(&first, trial_folder(stage, 1), NULL), 0);
	assert_int_equal(hd_record_read_state(&second, trial_folder(stage, 2), NULL), 0);
	assert_int_equal(first.pid, pid);
	assert_int_equal(second.pid, pid);
	assert_int_equal(second.start, first.start);
	assert_true(second.program != first.program);
	assert_int_equal(hd_record_read(&record, trial_folder(stage, 1), NULL), 0);
	assert_int_equal(record.exit.code, 3);
}

static void two_at_once_have_two(void **state)
{
	struct stage *stage = *state;

	for (size_t trial = 1; trial < 40; trial += 2) {
		must_launch(stage, trial, 5, "exit 0");
		must_launch(stage, trial + 1, 5, "exit 1");
		assert_true(stage->seen[trial].pid != stage->seen[trial + 1].pid);
		run(stage);
		assert_int_equal(stage->seen[trial].exit.code, 0);
		assert_int_equal(stage->seen[trial + 1].exit.code, 1);
	}
	assert_true(stage->seen[39].pid == stage->seen[1].pid ||
		    stage->seen[39].pid == stage->seen[2].pid);
}

/* Other processes find a trial's by it (remains.h). */
static void its_words_and_environment_are_those_of_its_trial(void **state)
{
	static const char script[] =
		"tr '\\0' '\\n' </proc/$PPID/environ | grep HDRIVE_DIR;"
		"tr '\\0' '\\n' </proc/$PPID/cmdline | grep work$";
	struct stage *stage = *state;
	char path[40], text[4096], expected[4 * FOLDER_PATH];
	int64_t pid = run_trial(stage, 1, script);
	ssize_t length;
	int fd;

	snprintf(path, sizeof path, "/proc/%lld/environ", (long long)pid);
	fd = open(path, O_RDONLY);
	length = read(fd, text, sizeof text);
	close(fd);
	assert_true(length > 0);
	/* While it waits it is no trial's. */
	for (ssize_t i = 0; i < length; i++)
		assert_int_equal(text[i], 0);
	assert_int_equal(run_trial(stage, 2, script), pid);
	for (size_t trial = 1; trial <= 2; trial++) {
		const char *folder = trial_folder(stage, trial);

		snprintf(expected, sizeof expected, "HDRIVE_DIR=%s\n%s/work\n",
			 folder, folder);
		assert_printed(stage, trial, expected);
	}
}

static void usage_is_the_trials_own(void **state)
{
	struct stage *stage = *state;
	int64_t pid = run_trial(stage, 1, "x=$(head -c 30000000 /dev/zero | tr '\\0' a);"
					  "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done");

	if (run_trial(stage, 2, "exit 0") != pid)
		skip(); /* a machine on which that takes a second */
	assert_true(stage->seen[1].exit.max_rss > 30000000);
	assert_true(stage->seen[2].exit.max_rss < 20000000);
	assert_true(stage->seen[2].exit.cpu_seconds < stage->seen[1].exit.cpu_seconds);
}

static void stop_when_ready(struct stage *stage, size_t trial)
{
	if (has_printed(stage, trial, "ready"))
		stage->type->stop(stage->state, trial, false);
}

static void one_that_was_told_to_stop_serves_no_other(void **state)
{
	struct stage *stage = *state;
	int64_t pid;

	stage->on_output = stop_when_ready;
	pid = run_trial(stage, 1, "echo ready; exec sleep 1000");
	assert_true(stage->seen[1].exit.killed_by_us);
	assert_true(run_trial(stage, 2, "exit 0") != pid);
	assert_int_equal(stage->seen[2].exit.code, 0);
}

/* The engine does not know yet that the trial has ended. */
static void a_stop_that_comes_late_is_not_the_next_trials(void **state)
{
	struct stage *stage = *state;
	struct hd_record record;
	int64_t pid;

	must_launch(stage, 1, 5, "exit 5");
	while (hd_record_read(&record, trial_folder(stage, 1), NULL) < 0)
		poll(NULL, 0, 1);
	poll(NULL, 0, 5);
	stage->type->stop(stage->state, 1, false);
	run(stage);
	pid = stage->seen[1].pid;
	assert_int_equal(stage->seen[1].exit.code, 5);
	assert_true(run_trial(stage, 2, "exit 6") != pid);
	assert_int_equal(stage->seen[2].exit.code, 6);
	assert_false(stage->seen[2].exit.killed_by_us);
}

static void one_whose_trial_left_processes_serves_no_other(void **state)
{
	struct stage *stage = *state;
	int64_t pid = run_trial(stage, 1, "sleep 1000 >/dev/null & exit 0");

	assert_true(stage->seen[1].exit.stragglers > 0);
	assert_true(run_trial(stage, 2, "exit 0") != pid);
	assert_int_equal(stage->seen[2].exit.code, 0);
}

static void a_waiting_launcher_that_dies_is_replaced(void **state)
{
	struct stage *stage = *state;
	int64_t pid = run_trial(stage, 1, "exit 0");

	/* Before the loop has heard of it, */
	kill((pid_t)pid, SIGKILL);
	await_end(pid);
	assert_true(run_trial(stage, 2, "exit 7") != pid);
	assert_int_equal(stage->seen[2].exit.code, 7);
	/* and after. */
	pid = stage->seen[2].pid;
	kill((pid_t)pid, SIGKILL);
	await_end(pid);
	while (kill((pid_t)pid, 0) == 0)
		uv_run(&stage->loop, UV_RUN_NOWAIT);
	assert_true(run_trial(stage, 3, "exit 8") != pid);
	assert_int_equal(stage->seen[3].exit.code, 8);
}

static void one_that_dies_with_its_second_trial_is_known_to(void **state)
{
	struct stage *stage = *state;
	int64_t pid = run_trial(stage, 1, "exit 0");

	assert_int_equal(run_trial(stage, 2, "kill -9 $PPID; sleep 1000"), pid);
	assert_false(stage->seen[2].exit.known);
	assert_true(strstr(stage->seen[2].error, "killed by signal 9") != NULL);
	while (waitpid(-1, NULL, 0) > 0) /* what it left came to us */
		;
	assert_int_equal(stage->seen[1].exit.code, 0);
}

static void what_is_too_long_to_tell_has_a_new_launcher(void **state)
{
	struct stage *stage = *state;
	char *script = calloc(1, HD_LAUNCH_NEXT_BYTES + 100);
	int64_t pid = run_trial(stage, 1, "exit 0");

	assert_non_null(script);
	strcpy(script, "exit 9 # ");
	memset(script + 9, 'x', HD_LAUNCH_NEXT_BYTES);
	assert_true(run_trial(stage, 2, script) != pid);
	assert_int_equal(stage->seen[2].exit.code, 9);
	/* The new one is as good as the first. */
	assert_int_equal(run_trial(stage, 3, "exit 0"), stage->seen[2].pid);
	free(script);
}

static void without_an_engine_it_ends_after_its_trial(void **state)
{
	struct stage *stage = *state;
	struct hd_record record;
	int64_t pid = run_trial(stage, 1, "exit 0");
	int status;

	must_launch(stage, 2, 5, "sleep 0.1; exit 6");
	assert_int_equal(stage->seen[2].pid, pid);
	stage->type->release(stage->state, 2);
	stage->running = 0;
	assert_int_equal(waitpid((pid_t)pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(hd_record_read(&record, trial_folder(stage, 2), NULL), 0);
	assert_int_equal(record.exit.code, 6);
}

static int launch_on(struct stage *stage, size_t trial, const char *script,
		     const char *cpus)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	char folder[FOLDER_PATH];
	const char *environment[] = { "PATH=/usr/bin:/bin", cpus, NULL };

	snprintf(folder, sizeof folder, "%s", trial_folder(stage, trial));
	mkdir(folder, 0777);
	stage->running++;
	return stage->type->launch(stage->state,
				   &(struct hd_launch){ .trial = trial,
							.attempt = 1,
							.folder = folder,
							.workdir = folder,
							.argv = argv,
							.environment = environment,
							.grace = 5 },
				   NULL);
}

static void the_next_trial_has_its_own_cpus(void **state)
{
	static const char script[] = "grep Cpus_allowed_list /proc/self/status";
	struct stage *stage = *state;
	char all[2][200], one[200];

	assert_int_equal(launch_on(stage, 1, script, NULL), 0);
	run(stage);
	assert_int_equal(launch_on(stage, 2, script, "HDRIVE_CPUS=0"), 0);
	run(stage);
	assert_int_equal(launch_on(stage, 3, script, NULL), 0);
	run(stage);
	folder_read(trial_folder(stage, 1), "stdout", all[0], sizeof all[0]);
	folder_read(trial_folder(stage, 2), "stdout", one, sizeof one);
	folder_read(trial_folder(stage, 3), "stdout", all[1], sizeof all[1]);
	assert_int_equal(stage->seen[3].pid, stage->seen[1].pid);
	assert_string_equal(one, "Cpus_allowed_list:\t0\n");
	assert_string_equal(all[1], all[0]);
}

static void the_next_trial_has_a_token_of_its_own(void **state)
{
	static const char script[] = "echo $MLFLOW_TRACKING_URI; echo $MLFLOW_TRACKING_TOKEN;"
				     "env | grep -c MLFLOW_TRACKING_TOKEN=";
	struct stage *stage = *state;
	char uri[2][64], token[2][64], text[200];
	int count;

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(launch_on(stage, i + 1, script, "HDRIVE_MLFLOW=on"), 0);
		run(stage);
		folder_read(trial_folder(stage, i + 1), "stdout", text, sizeof text);
		assert_int_equal(sscanf(text, "%63s %63s %d", uri[i], token[i], &count), 3);
		assert_int_equal(count, 1);
		assert_int_equal(strlen(token[i]), 48);
	}
	assert_int_equal(stage->seen[2].pid, stage->seen[1].pid);
	/* Nobody knocked, so the socket is the same. */
	assert_string_equal(uri[1], uri[0]);
	assert_string_not_equal(token[1], token[0]);
}

/* What it opens for one it closes before the next. */
static void serving_many_takes_no_more_descriptors(void **state)
{
	static const char script[] = "ls /proc/$PPID/fd | wc -l";
	struct stage *stage = *state;
	char first[16], last[16];

	for (size_t trial = 1; trial <= 20; trial++) {
		assert_int_equal(launch_on(stage, trial, script, "HDRIVE_MLFLOW=on"), 0);
		run(stage);
		assert_int_equal(stage->seen[trial].pid, stage->seen[1].pid);
	}
	folder_read(trial_folder(stage, 1), "stdout", first, sizeof first);
	folder_read(trial_folder(stage, 20), "stdout", last, sizeof last);
	assert_string_equal(last, first);
}

/* --- the launcher alone ----------------------------------------------------- */

/* A launcher that has run "exit 0" in FOLDER; *CHANNEL leads to it. */
static pid_t start_launcher(const char *folder, int *channel)
{
	int ends[2];
	char number[16];
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	folder_write(folder, "ticket-1", "", 0644);
	snprintf(number, sizeof number, "%d", ends[1]);
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		execl(LAUNCHER, LAUNCHER, "-n", number, folder, folder, "5", "1",
		      "--", "/bin/sh", "-c", "exit 0", (char *)NULL);
		_exit(99);
	}
	close(ends[1]);
	*channel = ends[0];
	return pid;
}

static int finish(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

static void a_message_that_is_none_ends_it(void **state)
{
	static const struct hd_launch_next_head heads[] = {
		{ 0, 0 },
		{ 1, 0 },                   /* and no word */
		{ 2, UINT32_MAX },          /* too many */
		{ HD_LAUNCH_NEXT_WORDS, 1 } /* too many */
	};
	struct stage *stage = *state;

	for (size_t i = 0; i <= sizeof heads / sizeof heads[0]; i++) {
		char folder[FOLDER_PATH], byte;
		size_t size = i ? sizeof heads[0] : 3;
		pid_t pid;
		int channel;

		snprintf(folder, sizeof folder, "%s", trial_folder(stage, i));
		assert_int_equal(mkdir(folder, 0777), 0);
		pid = start_launcher(folder, &channel);
		assert_int_equal(recv(channel, &byte, 1, 0), 1);
		assert_int_equal(send(channel, &heads[i ? i - 1 : 0], size, 0), size);
		assert_int_equal(finish(pid), 0);
		close(channel);
	}
}

static void words_that_are_none_are_told_as_for_exec(void **state)
{
	static const struct {
		struct hd_launch_next_head head;
		char words[12];
	} message = { { 2, 1 }, "launch\0x\0A=" };
	struct stage *stage = *state;
	char byte;
	int channel;
	pid_t pid = start_launcher(stage->folder, &channel);

	assert_int_equal(recv(channel, &byte, 1, 0), 1);
	assert_int_equal(send(channel, &message, sizeof message, 0), sizeof message);
	assert_int_equal(finish(pid), 64);
	close(channel);
}

/* No engine gave it a ticket: another has taken the attempt over. */
static void an_attempt_that_was_withdrawn_is_not_begun(void **state)
{
	struct stage *stage = *state;
	const struct hd_launch_next_head head = { 9, 0 };
	struct hd_buf message = HD_BUF_INIT;
	char folder[FOLDER_PATH], byte;
	int channel;
	pid_t pid = start_launcher(stage->folder, &channel);
	const char *const words[] = { LAUNCHER, folder, folder, "5", "1",
				      "--", "/bin/sh", "-c", ">ran" };

	snprintf(folder, sizeof folder, "%s", trial_folder(stage, 1));
	mkdir(folder, 0777);
	hd_buf_add(&message, (const char *)&head, sizeof head);
	for (size_t i = 0; i < 9; i++)
		hd_buf_add(&message, words[i], strlen(words[i]) + 1);
	assert_int_equal(recv(channel, &byte, 1, 0), 1);
	assert_int_equal(send(channel, hd_buf_text(&message), message.length, 0),
			 message.length);
	assert_int_equal(finish(pid), 78);
	assert_int_equal(access(folder_path(folder, "ran"), F_OK), -1);
	hd_buf_release(&message);
	close(channel);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, stage_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_launcher_serves_the_next_trial),
		TEST(two_at_once_have_two),
		TEST(its_words_and_environment_are_those_of_its_trial),
		TEST(usage_is_the_trials_own),
		TEST(one_that_was_told_to_stop_serves_no_other),
		TEST(a_stop_that_comes_late_is_not_the_next_trials),
		TEST(one_whose_trial_left_processes_serves_no_other),
		TEST(a_waiting_launcher_that_dies_is_replaced),
		TEST(one_that_dies_with_its_second_trial_is_known_to),
		TEST(what_is_too_long_to_tell_has_a_new_launcher),
		TEST(without_an_engine_it_ends_after_its_trial),
		TEST(the_next_trial_has_its_own_cpus),
		TEST(the_next_trial_has_a_token_of_its_own),
		TEST(serving_many_takes_no_more_descriptors),
		TEST(a_message_that_is_none_ends_it),
		TEST(words_that_are_none_are_told_as_for_exec),
		TEST(an_attempt_that_was_withdrawn_is_not_begun),
	};

	uv_loop_t first;

	/* libuv keeps a pipe of its own from the first loop on. */
	uv_loop_init(&first);
	uv_loop_close(&first);
	prctl(PR_SET_CHILD_SUBREAPER, 1L, 0L, 0L, 0L);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
