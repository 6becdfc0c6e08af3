/* clone is Linux's. */
#define _GNU_SOURCE

#include "dispatch/spawn.h"

#include "base/number.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bytes: the C library's few calls before an exec want some hundred. */
#define STACK_SIZE 32768
/* Words before the program's own, and the NULL. */
#define HEAD_MOST 12

/* The launcher's argv: an array the caller frees; its strings are borrowed. */
static char **argv_new(const char *const *head, const char *const *program)
{
	size_t length = 0, count = 0;
	const char **argv;

	while (head[length])
		length++;
	while (program[count])
		count++;
	argv = calloc(length + count + 1, sizeof *argv);
	if (!argv)
		return NULL;
	memcpy(argv, head, length * sizeof *argv);
	memcpy(argv + length, program, count * sizeof *argv);
	/* exec takes pointers to char and does not write through them */
	return (char **)(uintptr_t)argv;
}

/* --- the new process -------------------------------------------------------- */

struct birth {
	const struct hd_spawn *spawn;
	char **argv;
	char **environment;
	volatile int error;
};

/*
 * How the launcher starts: a process group of its own, so that a terminal's
 * Ctrl-C is the engine's alone; every signal as by default. All are blocked
 * until it has set its mask: none is lost, and none of our handlers runs here.
 * What is handled and not ignored is by default again once it is a program.
 *
 * The memory is ours, and we are asleep: nothing is written but the error.
 */
#if defined(__SANITIZE_ADDRESS__)
__attribute__((no_sanitize_address))
#endif
static int
launcher_become(void *argument)
{
	struct birth *birth = argument;
	const struct hd_spawn *spawn = birth->spawn;

	setpgid(0, 0);
	for (int i = 1; i < NSIG; i++)
		if (sigismember(&spawn->ignored, i) == 1)
			signal(i, SIG_DFL);
	for (int fd = 0; fd < 3; fd++)
		if (fd == spawn->null ? fcntl(fd, F_SETFD, 0) < 0
				      : dup2(spawn->null, fd) < 0)
			goto out;
	execve(spawn->launcher, birth->argv, birth->environment);
out:
	birth->error = errno;
	_exit(127);
}

/*
 * Not posix_spawn: it sets each of the 64 signals with a call of its own, and
 * maps and unmaps a stack, a fiftieth of what a trivial trial costs.
 */
static int launcher_clone(pid_t *pid, int *pidfd, struct birth *birth)
{
	_Alignas(16) char stack[STACK_SIZE];
	sigset_t all, before;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	*pid = clone(launcher_become, stack + sizeof stack,
		     CLONE_VM | CLONE_VFORK | CLONE_PIDFD | SIGCHLD, birth, pidfd);
	rc = *pid < 0 ? errno : birth->error;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (*pid > 0 && rc) {
		close(*pidfd);
		while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	return rc;
}

void hd_spawn_init(struct hd_spawn *spawn, int null)
{
	*spawn = (struct hd_spawn){ .null = null };
	sigemptyset(&spawn->ignored);
	for (int i = 1; i < NSIG; i++) {
		struct sigaction action;

		if (sigaction(i, NULL, &action) == 0 &&
		    action.sa_handler == SIG_IGN)
			sigaddset(&spawn->ignored, i);
	}
}

/* The options with a value; returns where the next word goes. */
static const char **head_option(const char **at, const char *name,
				const char *value)
{
	if (!value)
		return at;
	*at++ = name;
	*at++ = value;
	return at;
}

int hd_spawn_launcher(pid_t *pid, int *pidfd, const struct hd_spawn *spawn,
		      const char *cgroup, const struct hd_launch *launch)
{
	struct birth birth = {
		.spawn = spawn,
		/* exec takes pointers to char and does not write through them */
		.environment = (char **)(uintptr_t)launch->environment,
	};
	char grace[HD_NUMBER_TEXT];
	char attempt[16];
	const char *head[HEAD_MOST] = { spawn->launcher };
	const char **at = head + 1;
	int rc;

	hd_number_write(launch->grace, grace);
	snprintf(attempt, sizeof attempt, "%u", launch->attempt);
	at = head_option(at, "-b", spawn->boot);
	at = head_option(at, "-c", cgroup);
	*at++ = launch->folder;
	*at++ = launch->workdir;
	*at++ = grace;
	*at++ = attempt;
	*at++ = "--";
	*at = NULL;
	birth.argv = argv_new(head, launch->argv);
	if (!birth.argv)
		return ENOMEM;
	rc = launcher_clone(pid, pidfd, &birth);
	free(birth.argv);
	return rc;
}
