/*
 * Tests of engine/dispatch/backend_local.c, find.c and ticket.c: attempts that
 * an earlier engine left behind are taken over, or let go.
 *
 * That engine is a child of this program which ends at once, so its launchers
 * are nobody's children here, as after a crash.
 */
#include "check.h"
#include "folder.h"
#include "stage.h"

#include "base/process.h"
#include "dispatch/proctree.h"
#include "dispatch/record.h"
#include "dispatch/record_format.h"
#include "dispatch/remains.h"
#include "dispatch/spawn.h"
#include "dispatch/ticket.h"

#include <poll.h>
#include <signal.h>

#define LAUNCHER TEST_BUILD "/hdrive-launch"
#define PLACE (2 * FOLDER_PATH)

static int setup(void **state)
{
	struct stage *stage;

	stage_open(state, LAUNCHER);
	stage = *state;
	assert_int_equal(mkdir(trial_folder(stage, 1), 0777), 0);
	assert_int_equal(mkdir(folder_path(trial_folder(stage, 1), "work"),
			       0777),
			 0);
	return 0;
}

/* Processes of the trial; doubt is settled by looking again. */
static size_t count_processes(const struct stage *stage)
{
	bool unsure;

	return hd_remains_count(trial_folder(stage, 1), &unsure);
}

static void await_no_process(const struct stage *stage)
{
	for (int i = 0; i < 6000 && count_processes(stage); i++)
		poll(NULL, 0, 5);
	assert_int_equal(count_processes(stage), 0);
}

static int teardown(void **state)
{
	await_no_process(*state);
	return stage_teardown(state);
}

/* --- the earlier engine --------------------------------------------------- */

/* Never returns. */
static void become_engine(const struct stage *stage, const char *launcher,
			  const char *script, int tell)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	char work[PLACE], mark[PLACE];
	const char *environment[] = { mark, "PATH=/usr/bin:/bin", NULL };
	const struct hd_launch request = {
		.attempt = 1,
		.folder = trial_folder(stage, 1),
		.workdir = work,
		.argv = argv,
		.environment = environment,
		.grace = 100000,
	};
	struct hd_spawn spawn;
	int pidfd;
	pid_t pid;

	snprintf(work, sizeof work, "%s/work", request.folder);
	snprintf(mark, sizeof mark, "HDRIVE_DIR=%s", request.folder);
	hd_spawn_init(&spawn, open("/dev/null", O_RDWR));
	spawn.launcher = launcher;
	if (hd_spawn_launcher(&pid, &pidfd, &spawn, -1, NULL, &request) != 0 ||
	    write(tell, &pid, sizeof pid) != sizeof pid)
		_exit(1);
	_exit(0);
}

/* The launcher's pid. */
static pid_t engine_starts(const struct stage *stage, const char *launcher,
			   const char *script)
{
	int status, tell[2];
	pid_t engine, pid = 0;

	assert_int_equal(pipe(tell), 0);
	engine = fork();
	assert_true(engine >= 0);
	if (engine == 0)
		become_engine(stage, launcher, script, tell[1]);
	close(tell[1]);
	assert_int_equal(read(tell[0], &pid, sizeof pid), sizeof pid);
	close(tell[0]);
	assert_int_equal(waitpid(engine, &status, 0), engine);
	assert_int_equal(status, 0);
	return pid;
}

/* Right after its start /proc does not show yet whose process it is. */
static void await_end(pid_t pid)
{
	for (int i = 0; i < 6000 && hd_process_start(pid); i++)
		poll(NULL, 0, 5);
	assert_int_equal(hd_process_start(pid), 0);
}

/* As a whole launch, ticket included; it has claimed that on return. */
static void engine_launches(const struct stage *stage, const char *script)
{
	char host[HD_TICKET_HOST];

	assert_int_equal(
		hd_ticket_make(trial_folder(stage, 1), 1, false, &(struct hd_ticket_print){ 0 }),
		0);
	engine_starts(stage, LAUNCHER, script);
	for (int i = 0; hd_ticket_owner(trial_folder(stage, 1), 1, host); i++) {
		assert_true(i < 6000);
		poll(NULL, 0, 5);
	}
}

static void await_file(const struct stage *stage, const char *name)
{
	for (int i = 0; i < 6000; i++) {
		if (access(folder_path(trial_folder(stage, 1), name), F_OK) == 0)
			return;
		poll(NULL, 0, 5);
	}
	fail_msg("'%s' never came", name);
}

/* Who runs it, once all of that is written. */
static void await_state(struct stage *stage, struct hd_record_state *who)
{
	int rc = HD_ENOENT;

	for (int i = 0; i < 6000 && rc < 0; i++) {
		rc = hd_record_read_state(who, trial_folder(stage, 1), NULL);
		if (rc < 0)
			poll(NULL, 0, 5);
	}
	assert_int_equal(rc, 0);
}

static void await_print(const struct stage *stage, const char *text)
{
	for (int i = 0; i < 6000; i++) {
		if (has_printed(stage, 1, text))
			return;
		poll(NULL, 0, 5);
	}
	fail_msg("'%s' was never printed", text);
}

static void touch(const struct stage *stage, const char *name)
{
	folder_write(trial_folder(stage, 1), name, "", 0644);
}

static int adopt(struct stage *stage, struct hd_error *err)
{
	const struct hd_launch request = {
		.trial = 1,
		.attempt = 1,
		.folder = trial_folder(stage, 1),
		.grace = 100000,
	};
	int rc = stage->type->adopt(stage->state, &request, err);

	if (rc == 0)
		stage->running++;
	return rc;
}

static void must_adopt(struct stage *stage)
{
	struct hd_error err;

	if (adopt(stage, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(stage->seen[1].ended, 0);
}

static const struct hd_exit *adopt_to_the_end(struct stage *stage)
{
	must_adopt(stage);
	run(stage);
	assert_int_equal(stage->seen[1].ended, 1);
	return &stage->seen[1].exit;
}

/* What a launcher of process PID, which started at START, would have left. */
static void leave_state(const struct stage *stage, pid_t pid, uint64_t start,
			pid_t group, const char *boot, const char *host)
{
	char text[512], here[HD_TICKET_HOST], now[64];

	hd_ticket_host(here);
	folder_read("/proc/sys/kernel/random", "boot_id", now, sizeof now);
	now[strcspn(now, "\n")] = '\0';
	snprintf(text, sizeof text,
		 "{\"pid\":%ld,\"start\":%llu,\"program\":%ld,\"slot\":-1,"
		 "\"boot\":\"%s\",\"host\":\"%s\"}\n",
		 (long)pid, (unsigned long long)start, (long)group,
		 boot ? boot : now, host ? host : here);
	touch(stage, "owner-1");
	folder_write(trial_folder(stage, 1), "state", text, 0644);
}

/* --- adopting ------------------------------------------------------------- */

static void a_living_one_is_watched_to_its_end(void **state)
{
	struct stage *stage = *state;
	struct hd_record_state who;

	engine_launches(stage, "while [ ! -e ../go ]; do sleep 0.01; done; exit 7");
	await_state(stage, &who);
	must_adopt(stage);
	assert_int_equal(stage->seen[1].started, 1);
	assert_int_equal(stage->seen[1].pid, who.pid);
	assert_int_equal(stage->seen[1].start, who.start);
	touch(stage, "go");
	run(stage);
	assert_true(stage->seen[1].exit.known);
	assert_int_equal(stage->seen[1].exit.code, 7);
	assert_false(stage->seen[1].exit.killed_by_us);
}

static void go_when_told(struct stage *stage, size_t trial)
{
	if (has_printed(stage, trial, "told"))
		touch(stage, "go");
}

static void the_output_of_an_adopted_one_is_told(void **state)
{
	struct stage *stage = *state;

	stage->on_output = go_when_told;
	engine_launches(stage, "echo told; while [ ! -e ../go ]; do sleep 0.01; done");
	assert_int_equal(adopt_to_the_end(stage)->code, 0);
	assert_true(stage->seen[1].outputs > 0);
}

static void one_that_has_ended_tells_its_record(void **state)
{
	struct stage *stage = *state;
	const struct hd_exit *end;

	engine_launches(stage, "exit 3");
	await_file(stage, "exit");
	await_no_process(stage);
	end = adopt_to_the_end(stage);
	assert_true(end->known);
	assert_int_equal(end->code, 3);
	assert_int_equal(stage->seen[1].started, 0);
}

static void one_whose_launcher_was_killed_is_lost_and_leaves_nothing(void **state)
{
	struct stage *stage = *state;
	struct hd_record_state who;
	const struct hd_exit *end;

	engine_launches(stage, "setsid sleep 1000 & sleep 1000 & echo up; wait");
	await_print(stage, "up");
	await_state(stage, &who);
	kill((pid_t)who.pid, SIGKILL);
	while (hd_proctree_start((pid_t)who.pid) == who.start)
		poll(NULL, 0, 5);
	end = adopt_to_the_end(stage);
	assert_false(end->known);
	assert_int_equal(end->code, -1);
	assert_int_equal(end->started, 0);
	assert_string_equal(stage->seen[1].error,
			    "its supervisor is gone and left no exit record");
	await_no_process(stage);
}

static void kill_launcher(struct stage *stage, size_t trial)
{
	if (stage->seen[trial].pid)
		kill((pid_t)stage->seen[trial].pid, SIGKILL);
	stage->seen[trial].pid = 0;
}

/* Not even a dead one that its parent has yet to collect counts as alive. */
static void await_death(pid_t pid)
{
	for (int i = 0; i < 6000 && kill(pid, 0) == 0; i++)
		poll(NULL, 0, 5);
	assert_int_equal(kill(pid, 0), -1);
}

static void one_whose_launcher_is_killed_under_our_eyes_is_lost(void **state)
{
	struct stage *stage = *state;
	char pid[32];

	stage->on_output = kill_launcher;
	/* One that only its group tells, as its environment is another. */
	engine_launches(stage, "setsid sleep 1000 & env -u HDRIVE_DIR sleep 1000 & "
			       "echo $! >../pid; echo up; wait");
	await_print(stage, "up");
	must_adopt(stage);
	run(stage);
	assert_false(stage->seen[1].exit.known);
	assert_string_equal(stage->seen[1].error, "gone without an exit record");
	folder_read(trial_folder(stage, 1), "pid", pid, sizeof pid);
	await_death((pid_t)strtol(pid, NULL, 10));
}

static void one_that_was_never_started_never_will_be(void **state)
{
	struct stage *stage = *state;
	struct hd_error err;

	assert_int_equal(
		hd_ticket_make(trial_folder(stage, 1), 1, false, &(struct hd_ticket_print){ 0 }),
		0);
	assert_int_equal(adopt(stage, &err), HD_ENOENT);
	assert_string_equal(err.text, "attempt 1 of trial 1 was never started");
	/* Its launcher was on its way. */
	await_end(engine_starts(stage, LAUNCHER, "echo ran"));
	assert_int_equal(access(folder_path(trial_folder(stage, 1), "stdout"),
				F_OK),
			 -1);
	/* The number is free for another launch. */
	assert_int_equal(run_one(stage, "exit 5")->code, 5);
}

static void without_ticket_or_folder_it_was_never_started(void **state)
{
	struct stage *stage = *state;

	assert_int_equal(adopt(stage, NULL), HD_ENOENT);
	folder_remove(trial_folder(stage, 1));
	assert_int_equal(adopt(stage, NULL), HD_ENOENT);
}

static void one_of_another_host_is_busy_and_named(void **state)
{
	struct stage *stage = *state;
	struct hd_error err;

	leave_state(stage, getpid(), 1, getpid(), NULL, "another-host");
	assert_int_equal(adopt(stage, &err), HD_EBUSY);
	assert_string_equal(err.text,
			    "trial 1 was started on the host 'another-host' and"
			    " may be running there");
}

static void one_that_another_host_has_just_claimed_is_busy(void **state)
{
	struct stage *stage = *state;
	struct hd_error err;

	assert_int_equal(symlink("another-host",
				 folder_path(trial_folder(stage, 1), "owner-1")),
			 0);
	assert_int_equal(adopt(stage, &err), HD_EBUSY);
	assert_non_null(strstr(err.text, "'another-host'"));
}

/* A process that has nothing to do with the trial, in a group of its own. */
static pid_t stranger(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		execl("/bin/sleep", "sleep", "1000", (char *)NULL);
		_exit(99);
	}
	setpgid(pid, pid);
	return pid;
}

static void assert_alive(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, WNOHANG), 0);
	kill(pid, SIGTERM);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WTERMSIG(status), SIGTERM);
}

static void a_pid_that_is_anothers_by_now_is_lost_and_spared(void **state)
{
	struct stage *stage = *state;
	pid_t pid = stranger();

	leave_state(stage, pid, hd_proctree_start(pid) - 1, pid, NULL, NULL);
	assert_false(adopt_to_the_end(stage)->known);
	assert_int_equal(stage->seen[1].started, 0);
	assert_alive(pid);
}

static void one_of_an_earlier_boot_is_lost_whoever_has_its_pid(void **state)
{
	struct stage *stage = *state;
	pid_t pid = stranger();

	leave_state(stage, pid, hd_proctree_start(pid), pid,
		    "00000000-0000-4000-8000-000000000000", NULL);
	assert_false(adopt_to_the_end(stage)->known);
	assert_string_equal(stage->seen[1].error,
			    "the machine was started anew while it ran");
	assert_alive(pid);
}

static void one_that_was_claimed_and_left_no_more_is_lost(void **state)
{
	struct stage *stage = *state;

	touch(stage, "owner-1");
	assert_false(adopt_to_the_end(stage)->known);
	assert_int_equal(stage->seen[1].started, 0);
}

/* A launcher between its claim and its state, for longer than one ever is. */
static void start_late(struct stage *stage, const char *script)
{
	char path[PLACE], text[4096];

	snprintf(text, sizeof text,
		 "#!/bin/sh\n"
		 "cd \"$1\"; : >owner-1\n"
		 "while [ ! -e late ]; do sleep 0.01; done\n"
		 "set -- $(cat /proc/$$/stat)\n"
		 "trap 'stop=true' TERM\n"
		 "printf '{\"pid\":%%s,\"start\":%%s,\"program\":%%s,\"slot\":2,"
		 "\"boot\":\"%%s\",\"host\":\"%%s\"}' $$ ${22} $$ "
		 "$(cat /proc/sys/kernel/random/boot_id) $(uname -n) >new\n"
		 "stop=false; mv new state\n"
		 "%s\n"
		 "printf '{\"code\":6,\"signal\":0,\"error\":null,\"started\":1,"
		 "\"ended\":2,\"user\":0,\"system\":0,\"maxrss\":0,"
		 "\"stragglers\":0,\"stopped\":%%s}' $stop >new\n"
		 "mv new exit\n",
		 script);
	folder_write(stage->folder, "launcher", text, 0755);
	snprintf(path, sizeof path, "%s/launcher", stage->folder);
	engine_starts(stage, path, "");
	await_file(stage, "owner-1");
}

static void one_that_has_not_said_who_it_is_is_awaited(void **state)
{
	struct stage *stage = *state;

	start_late(stage, "");
	must_adopt(stage);
	for (int i = 0; i < 10; i++)
		uv_run(&stage->loop, UV_RUN_ONCE);
	assert_int_equal(stage->seen[1].ended, 0);
	touch(stage, "late");
	run(stage);
	assert_int_equal(stage->seen[1].exit.code, 6);
}

static void one_that_is_stopped_before_it_is_known_hears_of_it(void **state)
{
	struct stage *stage = *state;

	start_late(stage, "while ! $stop; do sleep 0.01; done");
	must_adopt(stage);
	stage->type->stop(stage->state, 1, false);
	touch(stage, "late");
	run(stage);
	assert_int_equal(stage->seen[1].started, 1);
	assert_true(stage->seen[1].exit.killed_by_us);
	assert_int_equal(stage->seen[1].exit.code, 6);
}

static void one_that_never_says_who_it_is_ends_when_it_is_stopped(void **state)
{
	struct stage *stage = *state;

	start_late(stage, "");
	must_adopt(stage);
	stage->type->stop(stage->state, 1, false);
	run(stage);
	assert_false(stage->seen[1].exit.known);
	assert_true(stage->seen[1].exit.killed_by_us);
}

/* The number was given out again, and the first one's launcher came late. */
static void a_late_launcher_that_takes_the_ticket_is_followed(void **state)
{
	static const char text[] =
		"#!/bin/sh\n"
		"while [ \"${1#-}\" != \"$1\" ]; do shift 2; done\n"
		"'" LAUNCHER "' \"$@\" &\n"
		"while [ ! -L \"$1/owner-1\" ]; do sleep 0.01; done\n"
		"exec '" LAUNCHER "' \"$@\"\n";
	struct stage *stage = *state;
	char path[PLACE];

	folder_write(stage->folder, "launcher", text, 0755);
	snprintf(path, sizeof path, "%s/launcher", stage->folder);
	stage->type->close(stage->state, stage_on_done, stage);
	uv_run(&stage->loop, UV_RUN_DEFAULT);
	memset(stage->state, 0, stage->type->state_size);
	stage->host.launcher = path;
	assert_int_equal(stage->type->open(stage->state, &stage->host, NULL), 0);
	run_one(stage, "echo ran; sleep 0.3; exit 8");
	assert_int_equal(stage->seen[1].started, 2);
	assert_int_equal(stage->seen[1].exit.code, 8);
	assert_folder_holds(trial_folder(stage, 1), "stdout", "ran\n");
}

static void a_number_that_was_claimed_is_not_launched_again(void **state)
{
	struct stage *stage = *state;
	struct hd_error err;

	run_one(stage, "exit 0");
	assert_int_equal(launch(stage, 1, 5, "exit 1", &err), HD_EEXIST);
	assert_string_equal(err.text,
			    "attempt 1 of trial 1 was launched before");
}

/* --- stopping and releasing ----------------------------------------------- */

static void an_adopted_one_heeds_a_stop(void **state)
{
	struct stage *stage = *state;

	engine_launches(stage, "trap 'exit 75' TERM; echo up; "
			       "while :; do sleep 0.01; done");
	await_print(stage, "up");
	must_adopt(stage);
	stage->type->stop(stage->state, 1, false);
	run(stage);
	assert_int_equal(stage->seen[1].exit.code, 75);
	assert_true(stage->seen[1].exit.killed_by_us);
}

static void an_adopted_one_is_killed_now(void **state)
{
	struct stage *stage = *state;

	engine_launches(stage, "trap '' TERM; echo up; while :; do sleep 1; done");
	await_print(stage, "up");
	must_adopt(stage);
	stage->type->stop(stage->state, 1, false);
	stage->type->stop(stage->state, 1, true);
	run(stage);
	assert_int_equal(stage->seen[1].exit.signal, SIGKILL);
}

/* Takes the launcher's patience, five seconds. */
static void an_adopted_launcher_that_hangs_is_killed_with_its_tree(void **state)
{
	struct stage *stage = *state;

	engine_launches(stage, "setsid sleep 1000 & echo up; sleep 1000");
	await_print(stage, "up");
	must_adopt(stage);
	kill((pid_t)stage->seen[1].pid, SIGSTOP);
	stage->type->stop(stage->state, 1, true);
	run(stage);
	assert_false(stage->seen[1].exit.known);
	assert_true(stage->seen[1].exit.killed_by_us);
	await_no_process(stage);
}

static void a_released_one_runs_on_and_holds_nothing_open(void **state)
{
	struct stage *stage = *state;
	unsigned before = count_descriptors();
	struct hd_record_state who;

	must_launch(stage, 1, 5, "while [ ! -e ../go ]; do sleep 0.01; done; exit 9");
	await_state(stage, &who);
	stage->type->release(stage->state, 1);
	stage->running--;
	uv_run(&stage->loop, UV_RUN_NOWAIT);
	assert_int_equal(count_descriptors(), before);
	stage->type->stop(stage->state, 1, true); /* unknown now */
	assert_true(count_processes(stage) > 0);

	must_adopt(stage);
	touch(stage, "go");
	run(stage);
	assert_int_equal(stage->seen[1].ended, 1);
	assert_int_equal(stage->seen[1].exit.code, 9);
}

static void one_is_released_before_it_is_known(void **state)
{
	struct stage *stage = *state;

	start_late(stage, "");
	must_adopt(stage);
	stage->type->release(stage->state, 1);
	stage->running--;
	touch(stage, "late");
	await_file(stage, "exit");
	uv_run(&stage->loop, UV_RUN_NOWAIT);
	assert_int_equal(stage->seen[1].ended, 0);
}

static void releasing_an_unknown_trial_is_nothing(void **state)
{
	struct stage *stage = *state;

	stage->type->release(stage->state, 1);
	run_one(stage, "exit 0");
	stage->type->release(stage->state, 1);
	assert_int_equal(stage->seen[1].ended, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_living_one_is_watched_to_its_end),
		TEST(the_output_of_an_adopted_one_is_told),
		TEST(one_that_has_ended_tells_its_record),
		TEST(one_whose_launcher_was_killed_is_lost_and_leaves_nothing),
		TEST(one_whose_launcher_is_killed_under_our_eyes_is_lost),
		TEST(one_that_was_never_started_never_will_be),
		TEST(without_ticket_or_folder_it_was_never_started),
		TEST(one_of_another_host_is_busy_and_named),
		TEST(one_that_another_host_has_just_claimed_is_busy),
		TEST(a_pid_that_is_anothers_by_now_is_lost_and_spared),
		TEST(one_of_an_earlier_boot_is_lost_whoever_has_its_pid),
		TEST(one_that_was_claimed_and_left_no_more_is_lost),
		TEST(one_that_has_not_said_who_it_is_is_awaited),
		TEST(one_that_is_stopped_before_it_is_known_hears_of_it),
		TEST(one_that_never_says_who_it_is_ends_when_it_is_stopped),
		TEST(a_late_launcher_that_takes_the_ticket_is_followed),
		TEST(a_number_that_was_claimed_is_not_launched_again),
		TEST(an_adopted_one_heeds_a_stop),
		TEST(an_adopted_one_is_killed_now),
		TEST(an_adopted_launcher_that_hangs_is_killed_with_its_tree),
		TEST(a_released_one_runs_on_and_holds_nothing_open),
		TEST(one_is_released_before_it_is_known),
		TEST(releasing_an_unknown_trial_is_nothing),
	};

	uv_loop_t first;

	/* libuv keeps a pipe of its own from the first loop on. */
	uv_loop_init(&first);
	uv_loop_close(&first);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
