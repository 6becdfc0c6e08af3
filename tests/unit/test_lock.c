/* Tests of engine/sweep/lock.c. */
#define _GNU_SOURCE /* flock */

#include "check.h"
#include "folder.h"

#include "base/process.h"
#include "sweep/lock.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A process that has ended: its number names nobody. */
static pid_t process_gone(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

/* FOLDER's lock, signed by PID of this machine and held by us. */
static int hold(const char *folder, int64_t pid)
{
	struct hd_process self;
	char text[320];
	int fd;

	hd_process_self(&self);
	snprintf(text, sizeof text, "process %" PRId64 " on %s\n", pid, self.host);
	folder_write(folder, HD_SWEEP_LOCK, text, 0600);
	fd = open(folder_path(folder, HD_SWEEP_LOCK), O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

static void one_that_lives_is_named(void **state)
{
	char folder[FOLDER_PATH];
	struct hd_error err;
	char text[320];
	struct hd_process self;
	int held, fd;

	(void)state;
	hd_process_self(&self);
	folder_make(folder);
	held = hold(folder, self.pid);
	assert_int_equal(hd_sweep_lock(&fd, folder, "calm-fox-1", &err), HD_EBUSY);
	snprintf(text, sizeof text,
		 "sweep 'calm-fox-1' is being run by process %" PRId64 " on %s", self.pid,
		 self.host);
	assert_string_equal(err.text, text);
	close(held);
	assert_int_equal(hd_sweep_lock(&fd, folder, "calm-fox-1", &err), 0);
	hd_sweep_unlock(&fd, folder, true);
	folder_remove(folder);
}

/* A child of a killed engine has it until its own program begins. */
static void what_one_that_is_gone_left_is_waited_for(void **state)
{
	char folder[FOLDER_PATH];
	struct hd_error err = { 0 };
	int held, fd;
	pid_t child;

	(void)state;
	folder_make(folder);
	held = hold(folder, process_gone());
	child = fork();
	if (child == 0) {
		nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL);
		_exit(0);
	}
	close(held);
	assert_int_equal(hd_sweep_lock(&fd, folder, "calm-fox-1", &err), 0);
	hd_sweep_unlock(&fd, folder, true);
	assert_int_equal(waitpid(child, NULL, 0), child);
	folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_that_lives_is_named),
		cmocka_unit_test(what_one_that_is_gone_left_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
