/* Tests of engine/dispatch/remains.c. */
#define _GNU_SOURCE

#include "check.h"

#include "dispatch/remains.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define FOLDER "/nonexistent/hdrive-test/000003"

/* A sleeper with this environment; it has become "sleep" on return. */
static pid_t sleeper(char *const environment[])
{
	char *const argv[] = { (char[]){ "sleep" }, (char[]){ "100" }, NULL };
	int gate[2];
	char byte;
	pid_t pid;

	assert_return_code(pipe2(gate, O_CLOEXEC), 0);
	pid = fork();
	assert_return_code(pid, 0);
	if (pid == 0) {
		execve("/bin/sleep", argv, environment);
		_exit(127);
	}
	close(gate[1]);
	/* The end of the pipe closes with the exec. */
	assert_int_equal(read(gate[0], &byte, 1), 0);
	close(gate[0]);
	return pid;
}

static int ended_by(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void a_process_of_the_trial_is_killed(void **state)
{
	char *const mark[] = { (char[]){ "HDRIVE_DIR=" FOLDER }, NULL };
	char *const other[] = { (char[]){ "HDRIVE_DIR=" FOLDER "0" }, NULL };
	pid_t ours = sleeper(mark), others = sleeper(other);
	bool unsure;

	(void)state;
	assert_int_equal(hd_remains_kill(FOLDER, 0, &unsure), 1);
	assert_int_equal(ended_by(ours), SIGKILL);
	assert_int_equal(hd_remains_kill(FOLDER, 0, &unsure), 0);
	kill(others, SIGTERM);
	assert_int_equal(ended_by(others), SIGTERM);
}

/* As between an exec and its new environment, when it may be the trial's. */
static void a_process_without_an_environment_leaves_doubt(void **state)
{
	char *const nothing[] = { NULL };
	pid_t pid = sleeper(nothing);
	bool unsure = false;

	(void)state;
	assert_int_equal(hd_remains_kill(FOLDER, 0, &unsure), 0);
	assert_true(unsure);
	kill(pid, SIGTERM);
	assert_int_equal(ended_by(pid), SIGTERM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_of_the_trial_is_killed),
		cmocka_unit_test(a_process_without_an_environment_leaves_doubt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
