/* clone is Linux's. */
#define _GNU_SOURCE

#include "dispatch/spawn.h"

#include "base/buf.h"
#include "base/number.h"
#include "dispatch/launch_next.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bytes: the C library's few calls before an exec want some hundred. */
#define STACK_SIZE 32768
/* Words before the program's own, and the NULL. */
#define HEAD_MOST 14

/* --- its words -------------------------------------------------------------- */

struct words {
	char channel[16], grace[HD_NUMBER_TEXT], attempt[16];
	char **argv; /* allocated; its strings are borrowed */
};

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

static size_t list_count(const char *const *list)
{
	size_t count = 0;

	while (list[count])
		count++;
	return count;
}

/* CHANNEL: -1 for none. False for no memory. */
static bool words_make(struct words *words, const struct hd_spawn *spawn,
		       int channel, const char *cgroup,
		       const struct hd_launch *launch)
{
	const char *head[HEAD_MOST] = { spawn->launcher };
	const char **at = head + 1;
	size_t count = list_count(launch->argv);

	hd_number_write(launch->grace, words->grace);
	snprintf(words->attempt, sizeof words->attempt, "%u", launch->attempt);
	snprintf(words->channel, sizeof words->channel, "%d", channel);
	at = head_option(at, "-n", channel < 0 ? NULL : words->channel);
	at = head_option(at, "-b", spawn->boot);
	at = head_option(at, "-c", cgroup);
	*at++ = launch->folder;
	*at++ = launch->workdir;
	*at++ = words->grace;
	*at++ = words->attempt;
	*at++ = "--";
	words->argv = calloc((size_t)(at - head) + count + 1, sizeof *words->argv);
	if (!words->argv)
		return false;
	memcpy(words->argv, head, (size_t)(at - head) * sizeof *head);
	memcpy(words->argv + (at - head), launch->argv, count * sizeof *head);
	return true;
}

/* --- the new process -------------------------------------------------------- */

struct birth {
	const struct hd_spawn *spawn;
	char **argv;
	char **environment;
	int channel; /* stays open; -1 for none */
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
	if (birth->channel >= 0 && fcntl(birth->channel, F_SETFD, 0) < 0)
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

int hd_spawn_launcher(pid_t *pid, int *pidfd, const struct hd_spawn *spawn,
		      int channel, const char *cgroup,
		      const struct hd_launch *launch)
{
	struct birth birth = {
		.spawn = spawn,
		/* exec takes pointers to char and does not write through them */
		.environment = (char **)(uintptr_t)launch->environment,
		.channel = channel,
	};
	struct words words;
	int rc;

	if (!words_make(&words, spawn, channel, cgroup, launch))
		return ENOMEM;
	birth.argv = words.argv;
	rc = launcher_clone(pid, pidfd, &birth);
	free(words.argv);
	return rc;
}

/* --- one that waits --------------------------------------------------------- */

static void message_add(struct hd_buf *message, const char *const *list)
{
	for (; *list; list++)
		hd_buf_add(message, *list, strlen(*list) + 1);
}

static bool message_send(int channel, const char *const *argv,
			 const char *const *environment)
{
	const struct hd_launch_next_head head = {
		.arguments = (uint32_t)list_count(argv),
		.variables = (uint32_t)list_count(environment),
	};
	struct hd_buf message = HD_BUF_INIT;
	bool ok;

	hd_buf_add(&message, (const char *)&head, sizeof head);
	message_add(&message, argv);
	message_add(&message, environment);
	ok = !hd_buf_failed(&message) && message.length <= HD_LAUNCH_NEXT_BYTES &&
	     head.arguments + head.variables <= HD_LAUNCH_NEXT_WORDS &&
	     send(channel, hd_buf_text(&message), message.length,
		  MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)message.length;
	hd_buf_release(&message);
	return ok;
}

bool hd_spawn_again(int channel, const struct hd_spawn *spawn,
		    const char *cgroup, const struct hd_launch *launch)
{
	struct words words;
	bool ok = words_make(&words, spawn, -1, cgroup, launch);

	if (!ok)
		return false;
	ok = message_send(channel, (const char *const *)words.argv,
			  launch->environment);
	free(words.argv);
	return ok;
}
