/* A program started here: its streams, its end, nothing left of it. */
#include "check.h"

#include "remote/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *const plain[] = { "PATH=/usr/bin:/bin", "WORD=from here", NULL };

static int child_wait(struct hd_child *child)
{
	struct pollfd ready = { .fd = child->pidfd, .events = POLLIN };
	int status = -1;

	assert_int_equal(poll(&ready, 1, 20000), 1);
	assert_int_equal(hd_child_reap(child, &status), 1);
	return status;
}

static size_t read_all(int fd, char *text, size_t size)
{
	size_t length = 0;

	for (;;) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		ssize_t got;

		assert_int_equal(poll(&ready, 1, 20000), 1);
		got = read(fd, text + length, size - 1 - length);
		assert_true(got >= 0);
		if (got == 0)
			break;
		length += (size_t)got;
	}
	text[length] = '\0';
	return length;
}

static void its_streams_are_ours(void **state)
{
	const char *const argv[] = { "sh", "-c",
				     "read line; echo \"$WORD: $line\"; echo bad >&2; exit 7",
				     NULL };
	struct hd_child child;
	char text[100];
	int status;

	(void)state;
	assert_int_equal(hd_child_start(&child, argv, plain), 0);
	assert_int_equal(hd_child_reap(&child, &status), 0);
	assert_int_equal(write(child.in, "a word\n", 7), 7);
	read_all(child.out, text, sizeof text);
	assert_string_equal(text, "from here: a word\n");
	read_all(child.err, text, sizeof text);
	assert_string_equal(text, "bad\n");
	status = child_wait(&child);
	assert_int_equal(WEXITSTATUS(status), 7);
	hd_child_end(&child);
	assert_int_equal(child.in, -1);
}

static void only_the_path_that_is_given_counts(void **state)
{
	const char *const argv[] = { "sh", NULL };
	const char *const nowhere[] = { "PATH=/nowhere:/tmp", NULL };
	struct hd_child child;

	(void)state;
	assert_int_equal(hd_child_start(&child, argv, nowhere), ENOENT);
	assert_int_equal(child.pidfd, -1);
}

static void it_has_no_signal_of_ours(void **state)
{
	const char *const argv[] = { "sh", "-c",
				     "kill -INT $$; echo alive", NULL };
	struct hd_child child;
	char text[100];
	sigset_t all, before;
	int status;

	(void)state;
	signal(SIGINT, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &before);
	assert_int_equal(hd_child_start(&child, argv, plain), 0);
	sigprocmask(SIG_SETMASK, &before, NULL);
	signal(SIGINT, SIG_DFL);
	assert_int_equal(read_all(child.out, text, sizeof text), 0);
	status = child_wait(&child);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGINT);
	hd_child_end(&child);
}

static void the_end_takes_its_children_along(void **state)
{
	const char *const argv[] = { "sh", "-c",
				     "trap '' TERM; sleep 1000 & echo $!; wait", NULL };
	struct hd_child child;
	char text[100] = "";
	struct pollfd ready;
	pid_t pid;

	(void)state;
	assert_int_equal(hd_child_start(&child, argv, plain), 0);
	ready = (struct pollfd){ .fd = child.out, .events = POLLIN };
	assert_int_equal(poll(&ready, 1, 20000), 1);
	assert_true(read(child.out, text, sizeof text - 1) > 0);
	assert_int_equal(sscanf(text, "%d", &pid), 1);
	assert_int_equal(kill(pid, 0), 0);
	hd_child_end(&child);
	for (int i = 0; i < 2000 && kill(pid, 0) == 0; i++) {
		char path[64], line[200] = "";
		FILE *stat;

		/* Nobody may be there to collect it in a container. */
		snprintf(path, sizeof path, "/proc/%d/stat", pid);
		stat = fopen(path, "r");
		if (!stat)
			return;
		assert_non_null(fgets(line, sizeof line, stat));
		fclose(stat);
		if (strstr(line, ") Z "))
			return;
		nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
	}
	assert_int_not_equal(kill(pid, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(its_streams_are_ours),
		cmocka_unit_test(only_the_path_that_is_given_counts),
		cmocka_unit_test(it_has_no_signal_of_ours),
		cmocka_unit_test(the_end_takes_its_children_along),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
