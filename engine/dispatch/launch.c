/*
 * hdrive-launch FOLDER WORKDIR GRACE ATTEMPT -- PROGRAM [ARGUMENT...]
 *
 * The supervisor of one attempt of a trial (docs/design/0005-launcher.md). It
 * outlives the engine, is the parent of the program and the foster parent of
 * everything below it, and writes how it ended to FOLDER/exit.
 *
 * Invariants:
 * - when the record is there, no process of the trial is left and its output
 *   files are complete;
 * - it never waits without an end: what cannot be killed is left behind after
 *   KILL_SECONDS;
 * - SIGTERM: TERM to all, KILL after GRACE seconds. SIGUSR1, or a second
 *   SIGTERM: KILL to all. The engine starts it with both blocked, so that none
 *   is lost before it listens.
 *
 * Its exit status: 0 when the record was written, else record_format.h's.
 */

/* vfork, execvp's environment and prctl are Linux's. */
#define _GNU_SOURCE

#include "dispatch/launch_cpus.h"
#include "dispatch/launch_record.h"
#include "dispatch/launch_text.h"
#include "dispatch/proctree.h"
#include "dispatch/record_format.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MICRO INT64_C(1000000)
/* How long descendants may outlive the program before they are ended. */
#define LINGER (100 * INT64_C(1000))
/* From their TERM to their KILL. */
#define STRAGGLER_GRACE (200 * INT64_C(1000))
#define KILL_AGAIN (20 * INT64_C(1000))
#define KILL_SECONDS 3
/* The descriptor of the trial's folder: the first behind the streams. */
#define FOLDER_AT 3

enum phase {
	PHASE_RUNNING,
	PHASE_LINGERING, /* the program has ended, descendants live */
	PHASE_ENDING,    /* they, or all, have had TERM */
	PHASE_KILLING,
};

struct run {
	int folder; /* the trial's, open */
	const char *workdir;
	char **argv;
	char **shell; /* argv behind "/bin/sh" */
	int64_t grace;
	pid_t program; /* 0 when it could not be started */
	bool has_ended;
	enum phase phase;
	int64_t deadline; /* of the phase, on the steady clock */
	int64_t give_up;  /* of PHASE_KILLING */
	struct hd_launch_end end;
};

static int64_t clock_read(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * MICRO + now.tv_nsec / 1000;
}

/* --- files ---------------------------------------------------------------- */

/* Make FD the file NAME of the folder, to be appended to. */
static int file_append(int folder, const char *name, int fd)
{
	int file = openat(folder, name,
			  O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (file < 0)
		return -1;
	if (file == fd) /* it was closed when we started */
		return fcntl(fd, F_SETFD, 0);
	if (dup2(file, fd) < 0)
		return -1;
	return close(file);
}

/* --- starting the program ------------------------------------------------- */

/* What the new process tells of its failure, through the shared memory. */
struct failure {
	int number; /* an errno */
	bool in_workdir;
};

/*
 * The new process, up to its program. It shares our memory until then, and
 * ours is asleep: nothing here may allocate or write to what we read, but for
 * the failure.
 */
static void program_become(const struct run *run, pid_t parent,
			   volatile struct failure *failure)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE };
	sigset_t none;
	int number;

	setpgid(0, 0);
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		signal(ignored[i], SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	/* Should we be killed, the program must not go on unseen. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	/* Before the program runs, so that who finds it running finds this. */
	hd_launch_record_state(run->folder, parent, getpid());
	if (chdir(run->workdir) < 0) {
		failure->number = errno;
		failure->in_workdir = true;
		_exit(127);
	}
	execvp(run->argv[0], run->argv);
	number = errno;
	/* A text without "#!" is the shell's: not every C library sees to it. */
	if (number == ENOEXEC && strchr(run->argv[0], '/'))
		execv(run->shell[0], run->shell);
	failure->number = number;
	_exit(127);
}

/* What a bare strerror leaves open about a program that cannot be run. */
static const char *failure_text(const struct run *run, int number)
{
	const char *name = run->argv[0];
	bool has_slash = strchr(name, '/') != NULL;
	struct stat stat;

	if (number == ENOENT && !has_slash)
		return "no such program in PATH";
	if (!has_slash || chdir(run->workdir) < 0 || lstat(name, &stat) < 0)
		return strerror(number);
	if (number == ENOENT && S_ISREG(stat.st_mode))
		return "the interpreter that it names is not there";
	/* Links lead to the source folder, so what they lead to counts. */
	if (number == ENOENT && access(name, F_OK) == 0)
		return "the interpreter that it names is not there";
	if (number == EACCES && open(name, O_PATH | O_DIRECTORY | O_CLOEXEC) >= 0)
		return "it is a folder";
	if (number == EACCES && access(name, X_OK) < 0)
		return "it is not executable";
	return strerror(number);
}

static void run_fail(struct run *run, const char *what, const char *subject,
		     const char *why, int code)
{
	struct hd_launch_text text = {
		run->end.error, run->end.error + sizeof run->end.error - 1
	};

	hd_launch_text_add(&text, what);
	hd_launch_text_add(&text, " '");
	hd_launch_text_add(&text, subject);
	hd_launch_text_add(&text, "': ");
	hd_launch_text_add(&text, why);
	run->end.error_code = code;
	run->program = 0;
	run->has_ended = true;
}

static void program_start(struct run *run)
{
	volatile struct failure failure = { 0, false };
	pid_t self = getpid();
	pid_t pid;

	run->end.started = clock_read(CLOCK_REALTIME);
	pid = vfork();
	if (pid == 0)
		program_become(run, self, &failure);
	if (pid < 0) {
		run_fail(run, "cannot start", run->argv[0], strerror(errno),
			 126);
		return;
	}
	run->program = pid;
	if (!failure.number)
		return;
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (failure.in_workdir)
		run_fail(run, "cannot enter the folder", run->workdir,
			 strerror(failure.number), 126);
	else
		run_fail(run, "cannot run", run->argv[0],
			 failure_text(run, failure.number),
			 failure.number == ENOENT ? 127 : 126);
}

/* --- waiting for its end -------------------------------------------------- */

/* Collect what has ended; whether any process of the trial is left. */
static bool run_reap(struct run *run)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != run->program || run->has_ended)
			continue;
		run->has_ended = true;
		run->end.status = status;
		run->end.ended = clock_read(CLOCK_REALTIME);
	}
	return pid == 0;
}

/* Returns how many there were. */
static size_t run_signal(const struct run *run, int signal)
{
	pid_t group = run->program && !run->has_ended ? run->program : 0;

	/* To the group in one call, so that none forks away from it; not once
	 * the program is collected and its number may be another's. */
	if (group)
		kill(-group, signal);
	return hd_proctree_signal(getpid(), group, signal);
}

static void run_kill(struct run *run, int64_t now)
{
	bool first = run->phase != PHASE_KILLING;
	size_t living = run_signal(run, SIGKILL);

	if (first)
		run->give_up = now + KILL_SECONDS * MICRO;
	if (first && run->has_ended && !run->end.stragglers)
		run->end.stragglers = living;
	run->phase = PHASE_KILLING;
	run->deadline = now + KILL_AGAIN;
}

static void run_end(struct run *run, int64_t now, int64_t grace)
{
	run->phase = PHASE_ENDING;
	run->deadline = now + grace;
	run_signal(run, SIGTERM);
	/* A stopped process hears TERM only when it goes on. */
	run_signal(run, SIGCONT);
}

/* The program has ended by itself and left descendants. */
static void run_linger(struct run *run, int64_t now)
{
	if (run->phase == PHASE_RUNNING) {
		run->phase = PHASE_LINGERING;
		run->deadline = now + LINGER;
	} else if (run->phase == PHASE_ENDING &&
		   run->deadline > now + STRAGGLER_GRACE) {
		run->deadline = now + STRAGGLER_GRACE;
	}
}

static void run_expire(struct run *run, int64_t now)
{
	switch (run->phase) {
	case PHASE_RUNNING:
		break;
	case PHASE_LINGERING:
		run->end.stragglers = hd_proctree_signal(getpid(), 0, 0);
		run_end(run, now, STRAGGLER_GRACE);
		break;
	case PHASE_ENDING:
	case PHASE_KILLING:
		run_kill(run, now);
		break;
	}
}

static void run_hear(struct run *run, int signal, int64_t now)
{
	bool first = !run->end.stopped;

	if (signal != SIGTERM && signal != SIGUSR1)
		return;
	/* What lingers is not the trial any more: it ended by itself. */
	if (!run->has_ended)
		run->end.stopped = true;
	if (signal == SIGUSR1 || !first || run->has_ended)
		run_kill(run, now);
	else
		run_end(run, now, run->grace);
}

static void run_wait(struct run *run, const sigset_t *signals)
{
	while (run_reap(run)) {
		int64_t now = clock_read(CLOCK_MONOTONIC);
		struct timespec left = { 0 };
		int signal;

		if (run->has_ended)
			run_linger(run, now);
		if (run->phase != PHASE_RUNNING && now >= run->deadline)
			run_expire(run, now);
		if (run->phase == PHASE_KILLING && now >= run->give_up)
			return;
		if (run->deadline > now) {
			left.tv_sec = (run->deadline - now) / MICRO;
			left.tv_nsec = (run->deadline - now) % MICRO * 1000;
		}
		signal = run->phase == PHASE_RUNNING
				 ? sigwaitinfo(signals, NULL)
				 : sigtimedwait(signals, NULL, &left);
		run_hear(run, signal, clock_read(CLOCK_MONOTONIC));
	}
}

/* --- the program ---------------------------------------------------------- */

/*
 * Close what was inherited, but for FOLDER, which may have got the number of a
 * standard stream that was closed when we started; returns where it is now.
 * The engine's descriptors close on exec: this is for other callers.
 */
static int descriptors_close(int folder)
{
	if (folder != FOLDER_AT) {
		dup3(folder, FOLDER_AT, O_CLOEXEC);
		close(folder);
	}
#ifdef SYS_close_range
	if (syscall(SYS_close_range, FOLDER_AT + 1U, ~0U, 0U) == 0)
		return FOLDER_AT;
#endif
	for (int fd = FOLDER_AT + 1; fd < 1024; fd++)
		close(fd);
	return FOLDER_AT;
}

static void signals_prepare(sigset_t *signals)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE };

	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGUSR1);
	sigaddset(signals, SIGCHLD);
	sigprocmask(SIG_SETMASK, signals, NULL);
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		signal(ignored[i], SIG_IGN);
}

static void run_program(struct run *run, const sigset_t *signals)
{
	if (file_append(run->folder, "stdout", STDOUT_FILENO) < 0) {
		run_fail(run, "cannot open", "stdout", strerror(errno), 126);
		return;
	}
	if (file_append(run->folder, "stderr", STDERR_FILENO) < 0) {
		run_fail(run, "cannot open", "stderr", strerror(errno), 126);
		return;
	}
	program_start(run);
	if (!run->program)
		return;
	run->end.has_run = true;
	run_wait(run, signals);
	/* Killed, and stuck in the kernel: it can end in no other way. */
	if (!run->has_ended)
		run->end.status = SIGKILL;
}

static int usage(void)
{
	static const char text[] =
		"usage: hdrive-launch FOLDER WORKDIR GRACE ATTEMPT -- PROGRAM "
		"[ARGUMENT...]\n";

	/* There is nobody to tell when this fails. */
	if (write(STDERR_FILENO, text, sizeof text - 1) < 0)
		return HD_RECORD_EXIT_USAGE;
	return HD_RECORD_EXIT_USAGE;
}

/* Whether TEXT is seconds of grace. */
static bool grace_read(int64_t *grace, const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end || !(seconds >= 0 && seconds <= 1e9))
		return false;
	*grace = (int64_t)(seconds * (double)MICRO);
	return true;
}

/* It becomes part of a file's name: digits, and not so many. */
static bool is_attempt(const char *text)
{
	size_t length = strspn(text, "0123456789");

	return length > 0 && length < 11 && !text[length];
}

int main(int argc, char **argv)
{
	static char shell[] = "/bin/sh";
	struct run run = { .folder = -1 };
	sigset_t signals;
	int rc;

	if (argc < 7 || strcmp(argv[5], "--") != 0 ||
	    !grace_read(&run.grace, argv[3]) || !is_attempt(argv[4]))
		return usage();
	run.folder = open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (run.folder < 0)
		return HD_RECORD_EXIT_UNWRITTEN;
	/* Nothing is touched before this: the trial may be another's by now. */
	rc = hd_launch_claim(run.folder, argv[4]);
	if (rc)
		return rc == ENOENT ? HD_RECORD_EXIT_WITHDRAWN
				    : HD_RECORD_EXIT_UNWRITTEN;
	run.folder = descriptors_close(run.folder);
	signals_prepare(&signals);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	hd_launch_cpus(getenv(HD_CPUS_VARIABLE));

	run.workdir = argv[2];
	run.argv = argv + 6;
	argv[5] = shell; /* where "--" was */
	run.shell = argv + 5;
	run.end.started = clock_read(CLOCK_REALTIME);
	run_program(&run, &signals);
	if (!run.end.ended)
		run.end.ended = clock_read(CLOCK_REALTIME);
	return hd_launch_record_end(run.folder, &run.end)
		       ? 0
		       : HD_RECORD_EXIT_UNWRITTEN;
}
