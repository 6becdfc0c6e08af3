/*
 * Tests of engine/dispatch/cgroup.c: over a tree of made-up files for how it
 * finds its place, and with the kernel's own where this machine allows it.
 */
/* prctl is Linux's. */
#define _GNU_SOURCE

#include "check.h"
#include "folder.h"
#include "stage.h"

#include "dispatch/cgroup.h"
#include "dispatch/record.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>

static int setup(void **state)
{
	char *root = malloc(FOLDER_PATH);
	static const char *const folders[] = { "proc", "proc/self", "sys",
					       "sys/fs", "sys/fs/cgroup",
					       "sys/fs/cgroup/user" };

	assert_non_null(root);
	folder_make(root);
	for (size_t i = 0; i < ROWS(folders); i++)
		assert_int_equal(mkdir(folder_path(root, folders[i]), 0777), 0);
	*state = root;
	return 0;
}

static int teardown(void **state)
{
	folder_remove(*state);
	free(*state);
	return 0;
}

static size_t count_entries(const char *root, const char *name)
{
	DIR *dir = opendir(folder_path(root, name));
	struct dirent *found;
	size_t count = 0;

	assert_non_null(dir);
	while ((found = readdir(dir)))
		if (strncmp(found->d_name, "hdrive-", 7) == 0)
			count++;
	closedir(dir);
	return count;
}

/* Files whose path begins so. */
static size_t count_begun(const char *path)
{
	char folder[FOLDER_PATH];
	const char *name = strrchr(path, '/') + 1;
	struct dirent *found;
	size_t count = 0;
	DIR *dir;

	snprintf(folder, sizeof folder, "%.*s", (int)(name - path), path);
	dir = opendir(folder);
	assert_non_null(dir);
	while ((found = readdir(dir)))
		if (strncmp(found->d_name, name, strlen(name)) == 0)
			count++;
	closedir(dir);
	return count;
}

/* As on a machine without the second hierarchy, or with a group outside. */
static void where_there_can_be_none_nothing_is_made(void **state)
{
	static const char *const groups[] = { NULL, "", "4:memory:/user\n",
					      "0::/user\n", "0::/../user\n",
					      "0::/missing\n" };

	for (size_t i = 0; i < ROWS(groups); i++) {
		if (groups[i])
			folder_write(*state, "proc/self/cgroup", groups[i], 0644);
		assert_null(hd_cgroups_open(*state));
		assert_int_equal(count_entries(*state, "sys/fs/cgroup/user"), 0);
		if (i == 2) /* mounted from here on */
			folder_write(*state, "sys/fs/cgroup/cgroup.procs", "",
				     0644);
	}
	assert_null(hd_cgroups_take(NULL));
	assert_false(hd_cgroups_give(NULL, "x", true));
	hd_cgroups_close(NULL);
}

/* A folder that the kernel does not make a group of has no cgroup.kill. */
static void a_folder_that_is_no_group_is_left_as_it_was(void **state)
{
	folder_write(*state, "proc/self/cgroup", "0::/user\n", 0644);
	folder_write(*state, "sys/fs/cgroup/cgroup.procs", "", 0644);
	assert_null(hd_cgroups_open(*state));
	assert_int_equal(count_entries(*state, "sys/fs/cgroup/user"), 0);
}

static void a_path_that_is_not_ours_is_not_touched(void **state)
{
	char path[FOLDER_PATH];

	snprintf(path, sizeof path, "%s/hdrive-1-2-3", (char *)*state);
	assert_int_equal(mkdir(path, 0777), 0);
	folder_write(path, "cgroup.kill", "", 0644);
	hd_cgroup_kill(path);
	assert_folder_holds(path, "cgroup.kill", "");
	unlink(folder_path(path, "cgroup.kill"));
	hd_cgroup_remove(path);
	assert_int_equal(rmdir(path), 0);
	hd_cgroup_kill("");
	hd_cgroup_remove("");
	hd_cgroup_kill("/sys/fs/cgroup/user.slice");
	hd_cgroup_remove("/sys/fs/cgroup/../../../tmp/hdrive-x");
}

/* --- the kernel's own ----------------------------------------------------- */

static void a_group_is_given_to_one_at_a_time_and_again(void **state)
{
	struct hd_cgroups *groups = hd_cgroups_open("");
	const char *one = hd_cgroups_take(groups);
	const char *other = hd_cgroups_take(groups);
	char saved[FOLDER_PATH];

	(void)state;
	if (!groups)
		skip();
	assert_non_null(one);
	assert_non_null(other);
	assert_string_not_equal(one, other);
	assert_true(hd_cgroups_give(groups, one, false));
	assert_false(hd_cgroups_give(groups, "/another", false));
	assert_ptr_equal(hd_cgroups_take(groups), one);
	assert_true(hd_cgroups_give(groups, one, false));
	snprintf(saved, sizeof saved, "%s", other);
	hd_cgroups_close(groups);
	/* The one that was not given back is its launcher's to remove. */
	assert_int_equal(access(saved, F_OK), 0);
	hd_cgroup_remove(saved);
	assert_int_equal(access(saved, F_OK), -1);
}

static void what_a_killed_engine_left_is_removed_by_the_next(void **state)
{
	struct hd_cgroups *groups = hd_cgroups_open("");
	char left[FOLDER_PATH];
	int status;
	pid_t pid;

	(void)state;
	if (!groups)
		skip();
	snprintf(left, sizeof left, "%s", hd_cgroups_take(groups));
	hd_cgroups_close(groups);
	hd_cgroup_remove(left);
	pid = fork();
	if (pid == 0) { /* the engine: its group is made and never closed */
		hd_cgroups_open("");
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	snprintf(strrchr(left, '/'), 32, "/hdrive-%ld-", (long)pid);
	groups = hd_cgroups_open("");
	assert_non_null(groups);
	assert_int_equal(count_begun(left), 0);
	hd_cgroups_close(groups);
}

static void a_spent_group_goes_and_another_comes(void **state)
{
	struct hd_cgroups *groups = hd_cgroups_open("");
	char spent[FOLDER_PATH];
	const char *path;

	(void)state;
	if (!groups)
		skip();
	snprintf(spent, sizeof spent, "%s", hd_cgroups_take(groups));
	assert_true(hd_cgroups_give(groups, spent, true));
	assert_int_equal(access(spent, F_OK), -1);
	path = hd_cgroups_take(groups);
	assert_non_null(path);
	assert_string_not_equal(path, spent);
	assert_int_equal(access(path, F_OK), 0);
	assert_true(hd_cgroups_give(groups, path, false));
	hd_cgroups_close(groups);
}

/* No stage where this machine lets us make no group. */
static int stage_setup(void **state)
{
	struct hd_cgroups *groups = hd_cgroups_open("");

	*state = NULL;
	if (!groups)
		return 0;
	hd_cgroups_close(groups);
	return stage_open(state, TEST_BUILD "/hdrive-launch");
}

static int stage_close(void **state)
{
	return *state ? stage_teardown(state) : 0;
}

/* Where the trial's program is, by its state. */
static void await_state(const struct stage *stage, struct hd_record_state *who)
{
	for (int i = 0; i < 6000; i++) {
		if (hd_record_read_state(who, trial_folder(stage, 1), NULL) == 0)
			return;
		poll(NULL, 0, 5);
	}
	fail_msg("no state was written");
}

static const struct hd_exit *run_again(struct stage *stage, const char *script)
{
	memset(stage->seen, 0, sizeof stage->seen);
	return run_one(stage, script);
}

static void the_program_is_born_in_its_group(void **state)
{
	struct stage *stage = *state;
	struct hd_record_state who;
	char name[FOLDER_PATH];

	if (!stage)
		skip();
	run_one(stage, "grep 0:: /proc/self/cgroup");
	await_state(stage, &who);
	assert_string_not_equal(who.cgroup, "");
	snprintf(name, sizeof name, "%s\n", strrchr(who.cgroup, '/'));
	assert_true(has_printed(stage, 1, name));
	/* Until the engine goes it stays, for the next trial. */
	assert_int_equal(access(who.cgroup, F_OK), 0);
}

static void a_program_that_cannot_be_run_says_why_from_there_too(void **state)
{
	struct stage *stage = *state;

	if (!stage)
		skip();
	must_launch(stage, 1, 5, "exec ./missing 2>/dev/null");
	run(stage);
	assert_int_equal(stage->seen[1].exit.code, 127);
	stage->attempt = 2;
	rmdir(folder_path(trial_folder(stage, 1), "work"));
	/* Entering the folder fails in the new process itself. */
	folder_write(trial_folder(stage, 1), "work", "", 0644);
	assert_int_equal(run_again(stage, "exit 0")->code, 126);
	assert_non_null(strstr(stage->seen[1].error, "cannot enter the folder"));
}

static void kill_launcher(struct stage *stage, size_t trial)
{
	if (has_printed(stage, trial, "up") && stage->seen[trial].pid) {
		kill((pid_t)stage->seen[trial].pid, SIGKILL);
		stage->seen[trial].pid = 0;
	}
}

/* Neither its group nor its environment tells whose it is. */
static void a_killed_launcher_leaves_not_even_a_process_in_disguise(void **state)
{
	struct stage *stage = *state;
	int status;

	if (!stage)
		skip();
	stage->on_output = kill_launcher;
	run_one(stage, "setsid env -i sleep 1000 & "
		       "while ! grep -q sleep /proc/$!/comm; do sleep 0.01; done; "
		       "echo up; wait");
	assert_false(stage->seen[1].exit.known);
	/* It became this program's child: a hang is the failure. */
	while (waitpid(-1, &status, 0) > 0)
		assert_int_equal(WTERMSIG(status), SIGKILL);
}

/* What is born into a group that was killed before would not live. */
static void one_runs_as_well_after_a_kill_or_stragglers(void **state)
{
	static const char *const scripts[] = {
		"exec sleep 1000",
		"(setsid sh -c 'trap \"\" TERM; echo up; while :; do sleep 1; done' &); "
		"while ! grep -q up ../stdout; do sleep 0.01; done; exit 3",
	};
	struct stage *stage = *state;

	if (!stage)
		skip();
	for (size_t i = 0; i < ROWS(scripts); i++) {
		memset(stage->seen, 0, sizeof stage->seen);
		must_launch(stage, 1, 5, scripts[i]);
		if (i == 0)
			stage->type->stop(stage->state, 1, true);
		run(stage);
		stage->attempt = 2 * (unsigned)i + 2;
		assert_int_equal(run_again(stage, "exit 4")->code, 4);
		stage->attempt++;
	}
}

static void an_engine_that_has_gone_leaves_no_group(void **state)
{
	struct stage *stage = *state;
	struct hd_record_state who;
	int status;
	pid_t pid;

	if (!stage)
		skip();
	pid = fork();
	if (pid == 0) { /* the engine, whose groups bear its own pid */
		stage->type->open(stage->state, &stage->host, NULL);
		must_launch(stage, 1, 5,
			    "while [ ! -e ../go ]; do sleep 0.01; done");
		/* A group that is empty when its engine has gone is the next
		 * engine's to remove, and others run beside this test. */
		await_state(stage, &who);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	await_state(stage, &who);
	assert_int_equal(access(who.cgroup, F_OK), 0);
	folder_write(trial_folder(stage, 1), "go", "", 0644);
	assert_true(waitpid(-1, &status, 0) > 0); /* the launcher */
	assert_int_equal(access(who.cgroup, F_OK), -1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
#define STAGE(name) cmocka_unit_test_setup_teardown(name, stage_setup, stage_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(where_there_can_be_none_nothing_is_made),
		TEST(a_folder_that_is_no_group_is_left_as_it_was),
		TEST(a_path_that_is_not_ours_is_not_touched),
		TEST(a_group_is_given_to_one_at_a_time_and_again),
		TEST(a_spent_group_goes_and_another_comes),
		TEST(what_a_killed_engine_left_is_removed_by_the_next),
		STAGE(the_program_is_born_in_its_group),
		STAGE(a_program_that_cannot_be_run_says_why_from_there_too),
		STAGE(a_killed_launcher_leaves_not_even_a_process_in_disguise),
		STAGE(one_runs_as_well_after_a_kill_or_stragglers),
		STAGE(an_engine_that_has_gone_leaves_no_group),
	};

	uv_loop_t first;

	/* libuv keeps a pipe of its own from the first loop on. */
	uv_loop_init(&first);
	uv_loop_close(&first);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
