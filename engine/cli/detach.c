/*
 * The background: a second process in a session of its own runs the sweep;
 * this one waits until that one has a name to tell, says it, and ends.
 */
#include "cli/run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOG_NAME "engine.log"

static int detach_pipe = -1; /* where the background tells the name */

/* The name, or what the child ended with before it had one. */
static int detach_wait(int fd, pid_t pid, char name[DETACH_NAME])
{
	ssize_t got;
	int status;

	do
		got = read(fd, name, DETACH_NAME - 1);
	while (got < 0 && errno == EINTR);
	close(fd);
	if (got > 0) {
		name[got] = '\0';
		return CLI_OK;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : CLI_ERROR;
}

bool detach_begin(struct cli *cli, char name[DETACH_NAME], int *code)
{
	int fds[2];
	pid_t pid;

	name[0] = '\0';
	cli_flush(cli);
	if (pipe(fds) < 0) {
		*code = cli_fail(cli, CLI_ERROR, "cannot go to the background: %s",
				 strerror(errno));
		return false;
	}
	pid = fork();
	if (pid > 0) {
		close(fds[1]);
		*code = detach_wait(fds[0], pid, name);
		return false;
	}
	close(fds[0]);
	if (pid < 0) {
		close(fds[1]);
		*code = cli_fail(cli, CLI_ERROR, "cannot go to the background: %s",
				 strerror(errno));
		return false;
	}
	setsid();
	fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	detach_pipe = fds[1];
	return true;
}

/* Where nothing can be opened the streams stay: the sweep matters more. */
static void streams_to(const char *path)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int log = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	fflush(stderr);
	if (null >= 0) {
		dup2(null, STDIN_FILENO);
		dup2(null, STDOUT_FILENO);
		close(null);
	}
	if (log >= 0) {
		dup2(log, STDERR_FILENO);
		close(log);
	}
}

void detach_named(struct cli *cli, const char *name, const char *folder)
{
	size_t length = strlen(name);
	char path[4096];

	if (snprintf(path, sizeof path, "%s/" LOG_NAME, folder) < (int)sizeof path)
		streams_to(path);
	cli->quiet = false;
	cli->out_tty = cli->err_tty = cli->out_color = cli->err_color = false;
	/* Nobody who waits for it any more is no error. */
	if (write(detach_pipe, name, length) < 0)
		cli_say(cli, "nobody waits for the name '%s'", name);
	close(detach_pipe);
	detach_pipe = -1;
}
