/* Waiting for a child that has the terminal: see guard.h. */
#include "cli/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* What a child says at most: its way out, and each time it entered or left. */
#define SAID_MOST 4096

struct guarding {
	struct termios modes; /* as they were */
	pid_t child;
	int status;
	int said_fd;
	char said[SAID_MOST]; /* by the child so far */
	size_t length;
};

bool guard_open(struct cli *cli, struct guard *guard, int *code)
{
	if (pipe(guard->fds) < 0) {
		*code = cli_fail(cli, CLI_ERROR, "cannot make a pipe: %s", strerror(errno));
		return false;
	}
	fcntl(guard->fds[0], F_SETFD, FD_CLOEXEC);
	fcntl(guard->fds[0], F_SETFL, O_NONBLOCK);
	snprintf(guard->pipe, sizeof guard->pipe, "%d", guard->fds[1]);
	snprintf(guard->parent, sizeof guard->parent, "%ld", (long)getpid());
	return true;
}

static void write_all(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, bytes, length);

		if (written < 0 && errno != EINTR)
			return;
		if (written > 0) {
			bytes += written;
			length -= (size_t)written;
		}
	}
}

/* The last word about the screen counts; of more than there is room for the
 * first is kept. */
static void guard_hear(struct guarding *guarding)
{
	ssize_t got;

	do {
		size_t room = sizeof guarding->said - guarding->length;
		char *to = guarding->said + guarding->length;

		if (room == 0) {
			to = guarding->said + sizeof guarding->said - 1;
			room = 1;
		}
		got = read(guarding->said_fd, to, room);
		if (got > 0 && guarding->length < sizeof guarding->said)
			guarding->length += (size_t)got;
	} while (got > 0);
}

/* What the child has not done: leave its screen, and set the modes back. */
static void guard_restore(struct guarding *guarding)
{
	const char *end;

	guard_hear(guarding);
	end = memchr(guarding->said, '\0', guarding->length);
	if (end && guarding->said[guarding->length - 1] == '+')
		write_all(STDOUT_FILENO, guarding->said, (size_t)(end - guarding->said));
	tcsetattr(STDIN_FILENO, TCSADRAIN, &guarding->modes);
}

/* Ctrl-Z stopped the child: the job is stopped when this process is. */
static void guard_stop(struct guarding *guarding)
{
	guard_restore(guarding);
	kill(getpid(), SIGSTOP);
	kill(guarding->child, SIGCONT);
}

/* True when the child has ended. */
static bool guard_reap(struct guarding *guarding)
{
	pid_t pid;

	while ((pid = waitpid(guarding->child, &guarding->status, WNOHANG | WUNTRACED)) > 0) {
		if (!WIFSTOPPED(guarding->status))
			return true;
		guard_stop(guarding);
	}
	return pid < 0 && errno != EINTR;
}

/* Of those that a terminal sends the child has its own already. */
static void guard_pass_on(const struct guarding *guarding, const siginfo_t *info)
{
	bool of_terminal = info->si_signo == SIGINT || info->si_signo == SIGQUIT ||
			   info->si_signo == SIGTSTP;

	if (!of_terminal || info->si_code == SI_USER)
		kill(guarding->child, info->si_signo);
}

static void guard_wait(struct guarding *guarding, const sigset_t *signals)
{
	while (!guard_reap(guarding)) {
		siginfo_t info;
		int number = sigwaitinfo(signals, &info);

		if (number > 0 && number != SIGCHLD && number != SIGTTOU)
			guard_pass_on(guarding, &info);
	}
	guard_restore(guarding);
}

static void guard_signals(sigset_t *signals)
{
	static const int numbers[] = { SIGCHLD, SIGINT, SIGTERM, SIGHUP,
				       SIGQUIT, SIGTSTP, SIGTTOU };

	sigemptyset(signals);
	for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
		sigaddset(signals, numbers[i]);
}

static int guard_code(struct cli *cli, const char *program, int status)
{
	const char *name = strrchr(program, '/');

	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	return cli_fail(cli, CLI_ERROR, "'%s' was ended by signal %d (%s)",
			name ? name + 1 : program, WTERMSIG(status), strsignal(WTERMSIG(status)));
}

int guard_run(struct cli *cli, struct guard *guard, char **argv)
{
	struct guarding guarding = { .said_fd = guard->fds[0] };
	sigset_t signals, before;
	int code;

	if (tcgetattr(STDIN_FILENO, &guarding.modes) < 0) {
		close(guard->fds[0]);
		close(guard->fds[1]);
		return cli_fail(cli, CLI_USAGE, "standard input is not a terminal");
	}
	fflush(NULL);
	guard_signals(&signals);
	sigprocmask(SIG_BLOCK, &signals, &before);
	guarding.child = fork();
	if (guarding.child == 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		execv(argv[0], argv);
		fprintf(stderr, "hdrive: cannot run '%s': %s\n", argv[0], strerror(errno));
		_exit(CLI_ERROR);
	}
	close(guard->fds[1]);
	if (guarding.child > 0)
		guard_wait(&guarding, &signals);
	code = guarding.child < 0 ? cli_fail(cli, CLI_ERROR, "cannot start '%s': %s", argv[0],
					     strerror(errno))
				  : guard_code(cli, argv[0], guarding.status);
	sigprocmask(SIG_SETMASK, &before, NULL);
	close(guard->fds[0]);
	return code;
}
