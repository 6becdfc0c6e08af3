/*
 * hdrive-launch [-n CHANNEL] [-b BOOT] [-c CGROUP] FOLDER WORKDIR GRACE ATTEMPT
 *	-- PROGRAM [ARGUMENT...]
 *
 * hdrive-launch -f ORDER: the same elsewhere, its words and variables in a file
 * (order.h); it then also shows that it lives and asks whether it is still
 * wanted (launch_watch.h).
 *
 * hdrive-launch --rank | --processes | --container ...: launch_modes.h
 *
 * The supervisor of one attempt of a trial (docs/design/0005-launcher.md). It
 * outlives the engine, is the parent of the program and the foster parent of
 * everything below it, and writes how it ended to FOLDER/exit.
 *
 * Invariants:
 * - when the record is there, no process of the trial is left and its output
 *   files are complete;
 * - a server for the trial's MLflow clients is no part of the trial: it neither
 *   hears TERM nor counts as left behind, and is gone before the record is;
 * - it never waits without an end: what cannot be killed is left behind after
 *   KILL_SECONDS;
 * - SIGTERM: TERM to all, KILL after GRACE seconds. SIGUSR1, or a second
 *   SIGTERM: KILL to all. The engine starts it with both blocked, so that none
 *   is lost before it listens;
 * - with a CHANNEL, a descriptor, it may go on with another attempt
 *   (launch_next.h), and then nothing of this one is left in it: whoever was
 *   told to stop, ran for long or left processes is not gone on with.
 *
 * Its exit status: 0 when the record was written, else record_format.h's.
 */

/* prctl and descriptors without a file's content are Linux's. */
#define _GNU_SOURCE

#include "dispatch/launch_cgroup.h"
#include "dispatch/launch_cpus.h"
#include "dispatch/launch_descriptors.h"
#include "dispatch/launch_mlflow.h"
#include "dispatch/launch_modes.h"
#include "dispatch/launch_next.h"
#include "dispatch/launch_order.h"
#include "dispatch/launch_program.h"
#include "dispatch/launch_record.h"
#include "dispatch/launch_watch.h"
#include "dispatch/oomcount.h"
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
#include <sys/resource.h>
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
/* Until kills for want of memory are counted: the reading costs a tenth of what
 * a trivial trial does, and memory is not filled at once. */
#define COUNT_AFTER (50 * INT64_C(1000))
/* Who ran for longer is not gone on with: a start is little beside that. */
#define BRIEF MICRO

enum phase {
	PHASE_runNING,
	PHASE_LINGERING, /* the program has ended, descendants live */
	PHASE_ENDING,    /* they, or all, have had TERM */
	PHASE_KILLING,
};

struct run {
	struct hd_launch_program what;
	struct hd_launch_mlflow mlflow;
	struct hd_launch_watch watch;
	const char *launcher; /* our own path */
	int64_t grace;
	pid_t program; /* 0 when it could not be started */
	bool has_ended;
	bool has_counted;
	bool gave_up;       /* something could not be killed */
	bool is_ordered;    /* by a file, elsewhere */
	bool is_superseded; /* another attempt counts now: this one leaves no record */
	struct hd_oomcount oom;
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

/* --- waiting for its end -------------------------------------------------- */

/* Collect what has ended; whether any process of the trial is left. */
static bool run_reap(struct run *run)
{
	struct rusage usage;
	pid_t pid;
	int status;

	while ((pid = wait4(-1, &status, WNOHANG, &usage)) > 0) {
		hd_launch_record_usage(&run->end, &usage);
		if (hd_launch_mlflow_ended(&run->mlflow, pid) ||
		    pid != run->program || run->has_ended)
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
	size_t living;

	/* To the group in one call, so that none forks away from it; not once
	 * the program is collected and its number may be another's. */
	if (group)
		kill(-group, signal);
	living = hd_proctree_signal(getpid(), group, signal);
	/* Our own server is nothing that the trial left. */
	return living - (living && run->mlflow.server);
}

static void run_kill(struct run *run, int64_t now)
{
	bool first = run->phase != PHASE_KILLING;
	size_t living = run_signal(run, SIGKILL);

	if (first)
		run->give_up = now + KILL_SECONDS * MICRO;
	/* The engine can tell by the record that this was done: stopped, or
	 * stragglers (cgroup.h). */
	if (living && run->what.cgroup >= 0)
		hd_launch_cgroup_kill(run->what.cgroup);
	if ((first || !run->end.stopped) && run->has_ended &&
	    !run->end.stragglers)
		run->end.stragglers = living;
	run->phase = PHASE_KILLING;
	run->deadline = now + KILL_AGAIN;
}

/* Whether it is a mode of ours that starts ranks: TERM is for it to pass on, as
 * srun, say, would take it for a KILL to all. */
static bool run_has_ranks(const struct run *run)
{
	return hd_launch_is_ranks(run->what.argv, run->launcher);
}

static void run_end(struct run *run, int64_t now, int64_t grace)
{
	run->phase = PHASE_ENDING;
	run->deadline = now + grace;
	if (run->program && !run->has_ended && run_has_ranks(run))
		kill(run->program, SIGTERM);
	else
		run_signal(run, SIGTERM);
	/* A stopped process hears TERM only when it goes on. */
	run_signal(run, SIGCONT);
}

/* The program has ended by itself and left descendants. */
static void run_linger(struct run *run, int64_t now)
{
	if (run->phase == PHASE_runNING) {
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
	case PHASE_runNING:
		break;
	case PHASE_LINGERING:
		run->end.stragglers = run_signal(run, 0);
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

	if (signal == SIGIO)
		hd_launch_mlflow_knock(&run->mlflow);
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

/* What was said by a file, as if a signal had said it. */
static void run_watch(struct run *run, int64_t now)
{
	switch (hd_launch_watch_turn(&run->watch, now)) {
	case HD_LAUNCH_WORD_NONE:
		break;
	case HD_LAUNCH_WORD_TERM:
		run_hear(run, SIGTERM, now);
		break;
	case HD_LAUNCH_WORD_LEAVE:
		run->is_superseded = true;
		run_kill(run, now);
		break;
	case HD_LAUNCH_WORD_KILL:
		run_hear(run, SIGUSR1, now);
		break;
	}
}

/* The sooner of two times to come; -1 stands for never. */
static int64_t sooner(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

/* While it runs: the count is for those that live longer than most. */
static int run_listen(struct run *run, const sigset_t *signals, int64_t most)
{
	struct timespec left = { .tv_nsec = COUNT_AFTER * 1000 };
	int signal;

	if (run->has_counted && most < 0)
		return sigwaitinfo(signals, NULL);
	if (run->has_counted) {
		left.tv_sec = most / MICRO;
		left.tv_nsec = most % MICRO * 1000;
		return sigtimedwait(signals, NULL, &left);
	}
	signal = sigtimedwait(signals, NULL, &left);
	if (signal < 0 && errno == EAGAIN) {
		hd_oomcount_start(&run->oom, "");
		run->has_counted = true;
	}
	return signal;
}

static void run_wait(struct run *run, const sigset_t *signals)
{
	while (run_reap(run)) {
		int64_t now = clock_read(CLOCK_MONOTONIC);
		struct timespec left = { 0 };
		int64_t again;
		int signal;

		if (run->has_ended) {
			hd_launch_mlflow_close(&run->mlflow);
			run_linger(run, now);
		}
		again = hd_launch_mlflow_turn(&run->mlflow, now);
		run_watch(run, now);
		if (run->phase != PHASE_runNING && now >= run->deadline)
			run_expire(run, now);
		run->gave_up = run->phase == PHASE_KILLING && now >= run->give_up;
		if (run->gave_up)
			return;
		again = sooner(again, hd_launch_watch_left(&run->watch, now));
		if (run->deadline > now) {
			int64_t most = sooner(run->deadline - now, again);

			left.tv_sec = most / MICRO;
			left.tv_nsec = most % MICRO * 1000;
		}
		signal = run->phase == PHASE_runNING
				 ? run_listen(run, signals, again)
				 : sigtimedwait(signals, NULL, &left);
		run_hear(run, signal, clock_read(CLOCK_MONOTONIC));
	}
}

/* --- the program ---------------------------------------------------------- */

static void signals_prepare(sigset_t *signals)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE };

	sigemptyset(signals);
	sigaddset(signals, SIGTERM);
	sigaddset(signals, SIGUSR1);
	sigaddset(signals, SIGCHLD);
	sigaddset(signals, SIGIO);
	sigprocmask(SIG_SETMASK, signals, NULL);
	for (size_t i = 0; i < sizeof ignored / sizeof ignored[0]; i++)
		signal(ignored[i], SIG_IGN);
}

/* KILL that was not ours, by the program's end or by what its shell made of it,
 * and the kernel has killed for want of memory meanwhile. */
static bool is_out_of_memory(const struct run *run)
{
	int status = run->end.status;
	bool killed = (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) ||
		      (WIFEXITED(status) && WEXITSTATUS(status) == 128 + SIGKILL);

	return killed && !run->end.stopped && hd_oomcount_has_grown(&run->oom);
}

static void run_program(struct run *run, const sigset_t *signals)
{
	if (hd_launch_file_append(run->what.folder, "stdout", STDOUT_FILENO) < 0) {
		hd_launch_program_fail(&run->end, "cannot open", "stdout",
				       strerror(errno), 126);
		return;
	}
	if (hd_launch_file_append(run->what.folder, "stderr", STDERR_FILENO) < 0) {
		hd_launch_program_fail(&run->end, "cannot open", "stderr",
				       strerror(errno), 126);
		return;
	}
	run->end.started = clock_read(CLOCK_REALTIME);
	run->program = hd_launch_program_start(&run->what, &run->end);
	if (!run->program)
		return;
	run_wait(run, signals);
	/* Killed, and stuck in the kernel: it can end in no other way. */
	if (!run->has_ended)
		run->end.status = SIGKILL;
	run->end.out_of_memory = is_out_of_memory(run);
}

static int usage(void)
{
	static const char text[] =
		"usage: hdrive-launch [-n CHANNEL] [-b BOOT] [-c CGROUP] FOLDER "
		"WORKDIR GRACE ATTEMPT -- PROGRAM [ARGUMENT...]\n"
		"       hdrive-launch -f ORDER\n";

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

/*
 * The program's group is the engine's to use again, whose pid is in its name
 * (cgroup.h). Once that is not our parent any more nobody else would remove it.
 */
static void cgroup_leave(const char *path)
{
	const char *name = strrchr(path, '/');

	if (name && strncmp(name, HD_RECORD_CGROUP_PREFIX, strlen(HD_RECORD_CGROUP_PREFIX)) == 0 &&
	    strtol(name + strlen(HD_RECORD_CGROUP_PREFIX), NULL, 10) != getppid())
		(void)rmdir(path);
}

/* Take what is behind the options; false when it is not as it should be. */
static bool arguments_read(struct run *run, int argc, char **argv)
{
	static char shell[] = "/bin/sh";

	if (argc < 7 || strcmp(argv[5], "--") != 0 ||
	    !grace_read(&run->grace, argv[3]) || !is_attempt(argv[4]))
		return false;
	run->what.workdir = argv[2];
	run->what.attempt = run->end.attempt = argv[4];
	run->what.argv = argv + 6;
	argv[5] = shell; /* where "--" was */
	run->what.shell = argv + 5;
	return true;
}

/* Read once: it is the same for every attempt. */
static uint64_t own_start(void)
{
	static uint64_t start;

	if (!start)
		start = hd_proctree_start(getpid());
	return start;
}

/* What the program sent us at its last is not the next one's. Nothing that is
 * for the next one comes before it. */
static void signals_forget(const sigset_t *signals)
{
	const struct timespec none = { 0 };

	while (sigtimedwait(signals, NULL, &none) > 0)
		;
}

static int launch(struct run *run, const sigset_t *signals)
{
	bool ok;

	hd_launch_cpus(getenv(HD_CPUS_VARIABLE));
	hd_launch_mlflow_open(&run->mlflow, run->launcher);
	run->what.cgroup = hd_launch_cgroup_open(run->what.cgroup_path);
	if (run->what.cgroup < 0)
		run->what.cgroup_path = "";
	run->what.start = own_start();
	run->end.started = clock_read(CLOCK_REALTIME);
	if (run->is_ordered)
		hd_launch_watch_start(&run->watch, run->what.folder,
				      run->what.attempt,
				      clock_read(CLOCK_MONOTONIC));
	run_program(run, signals);
	hd_launch_mlflow_close(&run->mlflow);
	if (!run->end.ended)
		run->end.ended = clock_read(CLOCK_REALTIME);
	if (run->what.cgroup >= 0)
		close(run->what.cgroup);
	cgroup_leave(run->what.cgroup_path);
	run->is_superseded |= hd_launch_watch_is_superseded(&run->watch);
	ok = !run->is_superseded &&
	     hd_launch_record_end(run->what.folder, &run->end);
	close(run->what.folder);
	signals_forget(signals);
	if (run->is_superseded)
		return HD_RECORD_EXIT_WITHDRAWN;
	return ok ? 0 : HD_RECORD_EXIT_UNWRITTEN;
}

/* Take the options, before the folder. */
static void options_read(struct run *run, int *argc, char ***argv)
{
	for (; *argc > 2; *argc -= 2, *argv += 2) {
		const char *name = (*argv)[1];

		if (strcmp(name, "-b") == 0)
			run->what.boot = (*argv)[2];
		else if (strcmp(name, "-c") == 0)
			run->what.cgroup_path = (*argv)[2];
		else
			return;
	}
}

/* One attempt, by its words; returns the status to leave with. */
static int run_attempt(struct run *run, int argc, char **argv,
		       bool is_ordered, const sigset_t *signals)
{
	int rc;

	*run = (struct run){ .what.cgroup_path = "",
			     .launcher = argv[0],
			     .is_ordered = is_ordered };
	options_read(run, &argc, &argv);
	if (!arguments_read(run, argc, argv))
		return usage();
	run->what.folder = open(argv[1], O_PATH | O_DIRECTORY | O_CLOEXEC);
	/* A standard stream that was closed when we started is the program's. */
	if (run->what.folder >= 0)
		run->what.folder = hd_launch_descriptor_move(run->what.folder,
							     HD_LAUNCH_FOLDER_AT);
	if (run->what.folder < 0)
		return HD_RECORD_EXIT_UNWRITTEN;
	/* Nothing is touched before this: the trial may be another's by now. */
	rc = hd_launch_claim(run->what.folder, argv[4]);
	if (rc)
		return rc == ENOENT ? HD_RECORD_EXIT_WITHDRAWN
				    : HD_RECORD_EXIT_UNWRITTEN;
	return launch(run, signals);
}

/* Whether nothing of the attempt can be left in us or below us. */
static bool is_clean(const struct run *run)
{
	return run->has_ended && !run->gave_up && !run->end.stopped &&
	       run->end.stragglers == 0 &&
	       run->end.ended - run->end.started < BRIEF;
}

/* All is said by the file at PATH, which is read before anything is done. */
static int run_order(const char *path, char *name, const sigset_t *signals)
{
	struct run run;
	char **argv;
	int argc;
	int rc = hd_launch_order_read(path, name, &argc, &argv);

	if (rc == 0)
		return run_attempt(&run, argc, argv, true, signals);
	hd_launch_say("cannot read the order", path,
		      rc == EBADMSG ? "it is none" : strerror(rc));
	/* Another launcher has read it and runs the attempt. */
	return rc == ENOENT ? HD_RECORD_EXIT_WITHDRAWN : HD_RECORD_EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct hd_launch_next next = { .channel = -1 };
	struct run run;
	sigset_t signals;
	int rc;

	if (argc > 0 && hd_launch_is_stand_in(argv[0]))
		return hd_launch_stand_in(argv + 1);
	if (argc > 1 && hd_launch_is_mode(argv[1]))
		return hd_launch_mode(argv + 1);
	if (argc > 2 && strcmp(argv[1], "-n") == 0) {
		int fd = (int)strtol(argv[2], NULL, 10);

		fd = hd_launch_descriptor_move(fd, HD_LAUNCH_CHANNEL_AT);
		hd_launch_next_init(&next, fd, argv);
		argv[2] = argv[0];
		argv += 2;
		argc -= 2;
	}
	hd_launch_descriptors_close(next.channel >= 0);
	signals_prepare(&signals);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (argc == 3 && strcmp(argv[1], "-f") == 0)
		return run_order(argv[2], argv[0], &signals);
	do
		rc = run_attempt(&run, argc, argv, false, &signals);
	while (rc == 0 && is_clean(&run) && hd_launch_next_wait(&next, &argc, &argv));
	return rc;
}
