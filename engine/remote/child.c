/* pidfds and posix_spawn's sessions are Linux's. */
#define _GNU_SOURCE

#include "remote/child.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* Ends of the three pipes: [stream][0] is read from. */
struct pipes {
	int ends[3][2];
};

static void end_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void pipes_close(struct pipes *pipes)
{
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 2; j++)
			end_close(&pipes->ends[i][j]);
}

/* Which end of a stream's pipe is ours: we write to the first alone. */
static int own_end(int stream)
{
	return stream == 0 ? 1 : 0;
}

/* 0 or an errno. None of the ends is a standard stream's number: moving one
 * onto another in the new process would lose it. */
static int pipes_open(struct pipes *pipes)
{
	*pipes = (struct pipes){ { { -1, -1 }, { -1, -1 }, { -1, -1 } } };
	for (int i = 0; i < 3; i++) {
		int pair[2];

		if (pipe2(pair, O_CLOEXEC) < 0)
			return errno;
		for (int j = 0; j < 2; j++) {
			pipes->ends[i][j] = pair[j] > 2 ? pair[j]
							: fcntl(pair[j], F_DUPFD_CLOEXEC, 3);
			if (pair[j] <= 2)
				close(pair[j]);
			if (pipes->ends[i][j] < 0)
				return errno;
		}
		if (fcntl(pipes->ends[i][own_end(i)], F_SETFL, O_NONBLOCK) < 0)
			return errno;
	}
	return 0;
}

/* --- where it is ------------------------------------------------------------- */

static const char *path_of(const char *const *environment)
{
	for (; environment && *environment; environment++)
		if (strncmp(*environment, "PATH=", 5) == 0)
			return *environment + 5;
	return "/usr/local/bin:/usr/bin:/bin";
}

/* NAME as a path, the caller's to free(); NULL and errno. */
static char *program_find(const char *name, const char *path)
{
	if (strchr(name, '/'))
		return strdup(name);
	while (*path) {
		size_t length = strcspn(path, ":");
		struct hd_buf file = HD_BUF_INIT;
		char *found;

		hd_buf_add(&file, path, length);
		hd_buf_printf(&file, "%s%s", length ? "/" : "", name);
		found = hd_buf_take(&file);
		if (!found)
			break;
		if (access(found, X_OK) == 0)
			return found;
		free(found);
		path += length + (path[length] == ':');
	}
	errno = ENOENT;
	return NULL;
}

/* --- its start ---------------------------------------------------------------- */

static int attributes_set(posix_spawnattr_t *attributes)
{
	sigset_t all, none;
	int rc;

	sigfillset(&all);
	/* Setting these two fails, in the new process too. */
	sigdelset(&all, SIGKILL);
	sigdelset(&all, SIGSTOP);
	sigemptyset(&none);
	rc = posix_spawnattr_setsigdefault(attributes, &all);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attributes, &none);
	if (rc == 0)
		rc = posix_spawnattr_setflags(attributes,
					      POSIX_SPAWN_SETSID |
						      POSIX_SPAWN_SETSIGDEF |
						      POSIX_SPAWN_SETSIGMASK);
	return rc;
}

static int spawn(pid_t *pid, const char *path, const char *const *argv,
		 const char *const *environment, const struct pipes *pipes)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int rc = posix_spawn_file_actions_init(&actions);

	if (rc)
		return rc;
	rc = posix_spawnattr_init(&attributes);
	if (rc) {
		posix_spawn_file_actions_destroy(&actions);
		return rc;
	}
	for (int i = 0; i < 3 && rc == 0; i++)
		rc = posix_spawn_file_actions_adddup2(
			&actions, pipes->ends[i][1 - own_end(i)], i);
	if (rc == 0)
		rc = attributes_set(&attributes);
	if (rc == 0) /* exec takes pointers to char and does not write */
		rc = posix_spawn(pid, path, &actions, &attributes,
				 (char **)(uintptr_t)argv,
				 (char **)(uintptr_t)environment);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static void collect(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

int hd_child_start(struct hd_child *child, const char *const *argv,
		   const char *const *environment)
{
	struct pipes pipes;
	char *path = program_find(argv[0], path_of(environment));
	int rc = path ? 0 : errno;
	pid_t pid;

	*child = (struct hd_child){ .pidfd = -1, .in = -1, .out = -1, .err = -1 };
	if (rc)
		return rc;
	rc = pipes_open(&pipes);
	if (rc == 0)
		rc = spawn(&pid, path, argv, environment, &pipes);
	free(path);
	if (rc) {
		pipes_close(&pipes);
		return rc;
	}
	child->pidfd = (int)syscall(SYS_pidfd_open, pid, 0U);
	if (child->pidfd < 0) {
		rc = errno;
		collect(pid);
		pipes_close(&pipes);
		return rc;
	}
	child->pid = pid;
	child->in = pipes.ends[0][1];
	child->out = pipes.ends[1][0];
	child->err = pipes.ends[2][0];
	pipes.ends[0][1] = pipes.ends[1][0] = pipes.ends[2][0] = -1;
	pipes_close(&pipes);
	return 0;
}

/* --- its end ------------------------------------------------------------------- */

int hd_child_reap(const struct hd_child *child, int *status)
{
	pid_t got;

	do
		got = waitpid(child->pid, status, WNOHANG);
	while (got < 0 && errno == EINTR);
	if (got == 0)
		return 0;
	return got == child->pid ? 1 : -1;
}

ssize_t hd_child_write(const struct hd_child *child, const char *bytes,
		       size_t length)
{
	const struct timespec none = { 0 };
	sigset_t pipe, pending, before;
	bool was_pending;
	ssize_t put;
	int saved;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	was_pending = sigismember(&pending, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &before);
	put = write(child->in, bytes, length);
	saved = errno;
	/* The one that this write has raised in this thread. */
	if (put < 0 && saved == EPIPE && !was_pending)
		while (sigtimedwait(&pipe, NULL, &none) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = saved;
	return put;
}

void hd_child_signal(const struct hd_child *child, int signal)
{
	if (child->pid > 0)
		kill(-child->pid, signal);
}

void hd_child_end(struct hd_child *child)
{
	int status;

	/* Its number is its own until it is collected, here or before. */
	if (child->pid > 0 && child->pidfd >= 0 && hd_child_reap(child, &status) == 0) {
		hd_child_signal(child, SIGKILL);
		collect(child->pid);
	}
	child->pid = 0;
	end_close(&child->pidfd);
	end_close(&child->in);
	end_close(&child->out);
	end_close(&child->err);
}
