/*
 * Tests of engine/dispatch/launch.c: what a launcher must have before it runs
 * anything, and what it has written by then.
 */

/* prctl is Linux's. */
#define _GNU_SOURCE

#include "launchbox.h"

#include <sys/prctl.h>

static int setup(void **state)
{
	return launch_setup(state, LAUNCHER);
}

static void without_a_ticket_nothing_is_touched(void **state)
{
	static const char *const argv[] = { "sh", "-c", "echo ran", NULL };
	struct place *place = *state;

	rmdir(place->work);
	assert_int_equal(finish(start_bare(place, "5", argv)),
			 HD_RECORD_EXIT_WITHDRAWN);
	/* Not even an empty file: the folder can be removed as it is. */
	assert_int_equal(rmdir(place->folder), 0);
}

static void another_attempts_ticket_is_not_taken(void **state)
{
	static const char *const argv[] = { "true", NULL };
	struct place *place = *state;

	folder_write(place->folder, "ticket-2", "", 0644);
	folder_write(place->folder, "ticket-11", "", 0644);
	assert_int_equal(finish(start_bare(place, "5", argv)),
			 HD_RECORD_EXIT_WITHDRAWN);
	assert_int_equal(access(folder_path(place->folder, "exit"), F_OK), -1);
}

static void of_two_launchers_with_one_ticket_one_runs(void **state)
{
	static const char *const argv[] = { "sh", "-c", "echo ran", NULL };
	struct place *place = *state;

	for (int i = 0; i < 20; i++) {
		pid_t first = start(place, "5", argv);
		pid_t second = start_bare(place, "5", argv);

		assert_int_equal(finish(first) + finish(second),
				 HD_RECORD_EXIT_WITHDRAWN);
		assert_folder_holds(place->folder, "stdout", "ran\n");
		unlink(folder_path(place->folder, "stdout"));
	}
}

static void the_state_is_there_before_the_program_runs(void **state)
{
	static const char *const argv[] = { "cat", "../state", NULL };
	struct place *place = *state;
	char seen[1024];

	assert_int_equal(run(place, argv)->code, 0);
	folder_read(place->folder, "state", seen, sizeof seen);
	assert_true(strlen(seen) > 0);
	assert_folder_holds(place->folder, "stdout", seen);
}

static void closed_streams_do_not_cost_the_record(void **state)
{
	static const char *const argv[] = { "sh", "-c", "echo ran", NULL };
	struct place *place = *state;
	pid_t pid;

	folder_write(place->folder, "ticket-1", "", 0644);
	pid = fork();
	if (pid == 0) {
		close(0);
		close(1);
		execl(LAUNCHER, LAUNCHER, place->folder, place->work, "5", "1",
		      "--", argv[0], argv[1], argv[2], (char *)NULL);
		_exit(99);
	}
	assert_int_equal(finish_recorded(place, pid)->code, 0);
	assert_folder_holds(place->folder, "stdout", "ran\n");
}

static void wrong_attempts_are_refused(void **state)
{
	static const char *const attempts[] = { "", "x", "-1", "1/../2", "1 ",
						"12345678901" };
	struct place *place = *state;

	for (size_t i = 0; i < ROWS(attempts); i++) {
		pid_t pid = fork();

		if (pid == 0) {
			close(2);
			execl(LAUNCHER, LAUNCHER, place->folder, place->work,
			      "5", attempts[i], "--", "true", (char *)NULL);
			_exit(99);
		}
		assert_int_equal(finish(pid), HD_RECORD_EXIT_USAGE);
	}
}

static void wrong_arguments_are_refused(void **state)
{
	static const char *const graces[] = { "", "x", "-1", "nan", "1e10", "5s" };
	static const char *const argv[] = { "true", NULL };

	for (size_t i = 0; i < ROWS(graces); i++) {
		int saved = dup(2);
		int null = open("/dev/null", O_WRONLY);

		dup2(null, 2);
		assert_int_equal(finish(start(*state, graces[i], argv)),
				 HD_RECORD_EXIT_USAGE);
		dup2(saved, 2);
		close(saved);
		close(null);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, launch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_a_ticket_nothing_is_touched),
		TEST(another_attempts_ticket_is_not_taken),
		TEST(of_two_launchers_with_one_ticket_one_runs),
		TEST(the_state_is_there_before_the_program_runs),
		TEST(closed_streams_do_not_cost_the_record),
		TEST(wrong_attempts_are_refused),
		TEST(wrong_arguments_are_refused),
	};

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
