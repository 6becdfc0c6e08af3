/*
 * Trials on this machine: each attempt is one hdrive-launch, watched through
 * a pidfd; inotify tells that its files have grown, a slow timer says so too.
 *
 * Invariants:
 * - ended() is called once for each launch that returned 0, after the launcher
 *   was waited for, and nothing of the attempt runs then (but for processes
 *   that the kernel cannot end, given up after REMAINS_ROUNDS);
 * - an attempt is freed by its last close callback, nowhere else;
 * - the launcher's pid is used only while we have not waited for it, so it is
 *   never another process's.
 */

/* pidfds are Linux's. */
#define _GNU_SOURCE

#include "dispatch/backend_local.h"

#include "base/number.h"
#include "base/time.h"
#include "dispatch/proctree.h"
#include "dispatch/record.h"
#include "dispatch/record_format.h"
#include "dispatch/remains.h"

#include <uv.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Milliseconds between looks at all files: inotify does not see everything
 * (a shared file system), and its watches may be used up. */
#define LOOK_RARELY 2000
#define LOOK_OFTEN 250
/* A trial that ends sooner is read at its end: no watch, no wake-ups. */
#define WATCH_AFTER 10
/* How long, past the grace, a launcher may take to end what it was told to. */
#define LAUNCHER_PATIENCE 5000
/* Looking for what a killed launcher left: every so often, so many times. */
#define REMAINS_PAUSE 10
#define REMAINS_ROUNDS 500
/* ... and so many at least while something may hide in an exec. */
#define REMAINS_UNSURE 30

struct local {
	struct hd_backend_host host;
	struct attempt *attempts; /* those that run */
	uv_timer_t look;
	uv_check_t flush; /* tells what this turn's events were about */
	int null;         /* /dev/null */
	size_t open;      /* attempts not yet freed, and our handles */
	bool looks_often;
	void (*done)(void *user);
	void *done_user;
};

struct attempt {
	struct local *local;
	struct attempt *next;
	struct attempt **link; /* what points to it; NULL when it has ended */
	size_t trial;
	char *folder;
	double grace;
	int64_t launched;
	pid_t pid; /* of its launcher */
	int pidfd;
	bool stopped; /* it has been told to */
	bool is_dirty;
	int status; /* of waitpid for the launcher */
	unsigned rounds;
	unsigned handles; /* not yet closed */
	uv_poll_t process;
	uv_fs_event_t watch;
	uv_timer_t timer; /* for the watch, the launcher's patience, remains */
};

static void local_release(struct local *local)
{
	if (--local->open == 0 && local->done)
		local->done(local->done_user);
}

/* --- an attempt's memory and handles -------------------------------------- */

static struct attempt *attempt_new(struct local *local,
				   const struct hd_launch *launch)
{
	struct attempt *attempt = calloc(1, sizeof *attempt);

	if (!attempt)
		return NULL;
	attempt->folder = strdup(launch->folder);
	if (!attempt->folder) {
		free(attempt);
		return NULL;
	}
	attempt->local = local;
	attempt->trial = launch->trial;
	attempt->grace = launch->grace;
	attempt->pidfd = -1;
	local->open++;
	uv_timer_init(local->host.loop, &attempt->timer);
	uv_fs_event_init(local->host.loop, &attempt->watch);
	attempt->timer.data = attempt;
	attempt->watch.data = attempt;
	attempt->handles = 2;
	return attempt;
}

static void on_handle_closed(uv_handle_t *handle)
{
	struct attempt *attempt = handle->data;
	struct local *local = attempt->local;

	if (--attempt->handles)
		return;
	free(attempt->folder);
	free(attempt);
	local_release(local);
}

static void attempt_unwatch(struct attempt *attempt)
{
	if (attempt->pidfd < 0)
		return;
	uv_close((uv_handle_t *)&attempt->process, on_handle_closed);
	close(attempt->pidfd);
	attempt->pidfd = -1;
}

static void attempt_close(struct attempt *attempt)
{
	attempt_unwatch(attempt);
	uv_close((uv_handle_t *)&attempt->watch, on_handle_closed);
	uv_close((uv_handle_t *)&attempt->timer, on_handle_closed);
}

static void attempt_link(struct attempt *attempt)
{
	struct local *local = attempt->local;

	attempt->next = local->attempts;
	if (attempt->next)
		attempt->next->link = &attempt->next;
	attempt->link = &local->attempts;
	local->attempts = attempt;
}

static void attempt_unlink(struct attempt *attempt)
{
	struct local *local = attempt->local;

	*attempt->link = attempt->next;
	if (attempt->next)
		attempt->next->link = attempt->link;
	attempt->link = NULL;
	if (!local->attempts) {
		uv_timer_stop(&local->look);
		uv_check_stop(&local->flush);
	}
}

/* --- output --------------------------------------------------------------- */

/* Once per turn and attempt, however many writes were seen. */
static void on_flush(uv_check_t *handle)
{
	struct local *local = handle->data;
	struct attempt *next;

	uv_check_stop(handle);
	for (struct attempt *a = local->attempts; a; a = next) {
		next = a->next;
		if (!a->is_dirty)
			continue;
		a->is_dirty = false;
		local->host.output(local->host.user, a->trial);
	}
}

static void attempt_touch(struct attempt *attempt)
{
	attempt->is_dirty = true;
	uv_check_start(&attempt->local->flush, on_flush);
}

static void on_look(uv_timer_t *timer)
{
	struct local *local = timer->data;

	for (struct attempt *a = local->attempts; a; a = a->next)
		attempt_touch(a);
}

static void look_start(struct local *local)
{
	uint64_t pause = local->looks_often ? LOOK_OFTEN : LOOK_RARELY;

	if (!uv_is_active((uv_handle_t *)&local->look) ||
	    uv_timer_get_repeat(&local->look) != pause)
		uv_timer_start(&local->look, on_look, pause, pause);
}

static void on_change(uv_fs_event_t *watch, const char *name, int events,
		      int status)
{
	struct attempt *attempt = watch->data;

	(void)events;
	if (status < 0 || !attempt->link || !name)
		return;
	if (strcmp(name, "stdout") == 0 || strcmp(name, "stderr") == 0 ||
	    strcmp(name, "metrics") == 0)
		attempt_touch(attempt);
}

/* Watches are a limited good: without one the timer looks more often. */
static void on_watch_time(uv_timer_t *timer)
{
	struct attempt *attempt = timer->data;
	struct local *local = attempt->local;

	if (uv_fs_event_start(&attempt->watch, on_change, attempt->folder, 0) < 0) {
		local->looks_often = true;
		look_start(local);
	}
	attempt_touch(attempt); /* what came before the watch */
}

/* --- the end of an attempt ------------------------------------------------ */

static void attempt_end(struct attempt *attempt, const struct hd_exit *exit)
{
	struct local *local = attempt->local;
	size_t trial = attempt->trial;

	attempt_unlink(attempt);
	attempt_close(attempt);
	local->host.ended(local->host.user, trial, exit);
}

static void on_remains(uv_timer_t *timer);

/* Why there is no exit record, by how the launcher ended; TEXT may be used. */
static const char *lost_text(int status, char *text, size_t size)
{
	if (WIFSIGNALED(status)) {
		snprintf(text, size, "its supervisor was killed by signal %d",
			 WTERMSIG(status));
		return text;
	}
	if (WIFEXITED(status) &&
	    WEXITSTATUS(status) == HD_RECORD_EXIT_UNWRITTEN)
		return "its exit record could not be written to its folder";
	return "gone without an exit record";
}

/* The launcher wrote no record: was killed, or could not write. */
static void attempt_lose(struct attempt *attempt)
{
	char text[64];
	struct hd_exit exit = {
		.code = -1,
		.error = lost_text(attempt->status, text, sizeof text),
		.killed_by_us = attempt->stopped,
		.started = attempt->launched,
	};
	bool unsure;
	size_t living = hd_remains_kill(attempt->folder, &unsure);

	attempt->rounds++;
	if ((living && attempt->rounds < REMAINS_ROUNDS) ||
	    (unsure && attempt->rounds < REMAINS_UNSURE)) {
		uv_timer_start(&attempt->timer, on_remains, REMAINS_PAUSE, 0);
		return;
	}
	hd_remains_tidy(attempt->folder);
	exit.ended = hd_time_wall();
	attempt_end(attempt, &exit);
}

static void on_remains(uv_timer_t *timer)
{
	attempt_lose(timer->data);
}

static void on_process(uv_poll_t *process, int status, int events)
{
	struct attempt *attempt = process->data;
	struct hd_record record;
	pid_t pid;

	(void)status;
	(void)events;
	do
		pid = waitpid(attempt->pid, &attempt->status, WNOHANG);
	while (pid < 0 && errno == EINTR);
	if (pid == 0)
		return;
	attempt_unwatch(attempt);
	uv_timer_stop(&attempt->timer);
	if (hd_record_read(&record, attempt->folder, NULL) == 0)
		attempt_end(attempt, &record.exit);
	else
		attempt_lose(attempt);
}

/* --- launching ------------------------------------------------------------ */

/* The launcher's argv: an array the caller frees; its strings are borrowed. */
static char **argv_new(const struct local *local,
		       const struct hd_launch *launch, const char *grace)
{
	const char *const head[] = { local->host.launcher, launch->folder,
				     launch->workdir, grace, "--" };
	size_t length = sizeof head / sizeof head[0];
	size_t count = 0;
	const char **argv;

	while (launch->argv[count])
		count++;
	argv = calloc(length + count + 1, sizeof *argv);
	if (!argv)
		return NULL;
	memcpy(argv, head, sizeof head);
	memcpy(argv + length, launch->argv, count * sizeof *argv);
	/* exec takes pointers to char and does not write through them */
	return (char **)(uintptr_t)argv;
}

/*
 * How the launcher starts: a process group of its own, so that a terminal's
 * Ctrl-C is the engine's alone; every signal as by default; and the two that
 * it listens to blocked until it does.
 */
static int attributes_set(posix_spawnattr_t *attributes)
{
	sigset_t all, blocked;
	int rc;

	sigfillset(&all);
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigaddset(&blocked, SIGUSR1);
	rc = posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETPGROUP |
							  POSIX_SPAWN_SETSIGMASK |
							  POSIX_SPAWN_SETSIGDEF);
	if (rc == 0)
		rc = posix_spawnattr_setpgroup(attributes, 0);
	if (rc == 0)
		rc = posix_spawnattr_setsigmask(attributes, &blocked);
	if (rc == 0)
		rc = posix_spawnattr_setsigdefault(attributes, &all);
	return rc;
}

/* Returns 0 or an errno. */
static int spawn(const struct local *local, const struct hd_launch *launch,
		 char **argv, pid_t *pid)
{
	char **environment = (char **)(uintptr_t)launch->environment;
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	int rc = posix_spawnattr_init(&attributes);

	if (rc)
		return rc;
	rc = posix_spawn_file_actions_init(&files);
	if (rc == 0) {
		rc = attributes_set(&attributes);
		for (int fd = 0; fd < 3 && rc == 0; fd++)
			rc = posix_spawn_file_actions_adddup2(
				&files, local->null, fd);
		if (rc == 0)
			rc = posix_spawn(pid, local->host.launcher, &files,
					 &attributes, argv, environment);
		posix_spawn_file_actions_destroy(&files);
	}
	posix_spawnattr_destroy(&attributes);
	return rc;
}

/* End a launcher that cannot be watched; it takes its program with it. */
static void launcher_discard(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Watch the launcher's end; 0 or an errno. */
static int process_watch(struct attempt *attempt)
{
	int fd = (int)syscall(SYS_pidfd_open, attempt->pid, 0U);
	int rc;

	if (fd < 0)
		return errno;
	rc = uv_poll_init(attempt->local->host.loop, &attempt->process, fd);
	if (rc < 0) {
		close(fd);
		return -rc;
	}
	attempt->process.data = attempt;
	attempt->handles++;
	attempt->pidfd = fd;
	return -uv_poll_start(&attempt->process, UV_READABLE, on_process);
}

/* Start the launcher and watch it; 0 or an errno. */
static int attempt_spawn(struct attempt *attempt,
			 const struct hd_launch *launch, char **argv)
{
	/* A descriptor set aside: the pidfd must not fail after the start. */
	int spare = fcntl(attempt->local->null, F_DUPFD_CLOEXEC, 0);
	int rc;

	if (spare < 0)
		return errno;
	attempt->launched = hd_time_wall();
	rc = spawn(attempt->local, launch, argv, &attempt->pid);
	close(spare);
	if (rc)
		return rc;
	rc = process_watch(attempt);
	if (rc)
		launcher_discard(attempt->pid);
	return rc;
}

/* An earlier attempt's record must not be taken for this one's. */
static int record_forget(const char *folder)
{
	size_t size = strlen(folder) + sizeof "/" HD_RECORD_STATE;
	char *path = malloc(size);
	int rc = 0;

	if (!path)
		return ENOMEM;
	snprintf(path, size, "%s/%s", folder, HD_RECORD_STATE);
	if (unlink(path) < 0 && errno != ENOENT)
		rc = errno;
	snprintf(path, size, "%s/%s", folder, HD_RECORD_EXIT);
	if (unlink(path) < 0 && errno != ENOENT)
		rc = errno;
	free(path);
	return rc;
}

static int launch_fail(const struct local *local,
		       const struct hd_launch *launch, int number,
		       struct hd_error *err)
{
	switch (number) {
	case ENOMEM:
		return hd_error_nomem(err);
	case EMFILE:
	case ENFILE:
		return hd_error_set(err, HD_EBUSY,
				    "cannot start trial %zu: no file descriptor"
				    " is left, raise the limit (ulimit -n) or"
				    " run fewer trials at once",
				    launch->trial);
	case EAGAIN:
		return hd_error_set(err, HD_EBUSY,
				    "cannot start trial %zu: no process is left,"
				    " raise the limit (ulimit -u) or run fewer"
				    " trials at once",
				    launch->trial);
	case E2BIG:
		return hd_error_set(err, HD_ELIMIT,
				    "cannot start trial %zu: its command line"
				    " and environment are too long",
				    launch->trial);
	default:
		return hd_error_errno(err, number,
				      "cannot start trial %zu through '%s'",
				      launch->trial, local->host.launcher);
	}
}

static int local_launch(void *state, const struct hd_launch *launch,
			struct hd_error *err)
{
	struct local *local = state;
	char grace[HD_NUMBER_TEXT];
	struct attempt *attempt;
	char **argv;
	int rc;

	hd_number_write(launch->grace, grace);
	argv = argv_new(local, launch, grace);
	attempt = argv ? attempt_new(local, launch) : NULL;
	rc = attempt ? record_forget(launch->folder) : ENOMEM;
	if (rc == 0)
		rc = attempt_spawn(attempt, launch, argv);
	free(argv);
	if (rc) {
		if (attempt)
			attempt_close(attempt);
		return launch_fail(local, launch, rc, err);
	}
	attempt_link(attempt);
	look_start(local);
	uv_timer_start(&attempt->timer, on_watch_time, WATCH_AFTER, 0);
	local->host.started(local->host.user, attempt->trial, attempt->pid,
			    hd_proctree_start(attempt->pid));
	return 0;
}

/* --- stopping ------------------------------------------------------------- */

/* The launcher does not do what it was told: stopped itself, or stuck. */
static void on_patience(uv_timer_t *timer)
{
	struct attempt *attempt = timer->data;

	/* First what is below it: nobody would know it afterwards. */
	hd_proctree_signal(attempt->pid, 0, SIGKILL);
	kill(attempt->pid, SIGKILL);
}

static void local_stop(void *state, size_t trial, bool now)
{
	struct local *local = state;
	struct attempt *attempt = local->attempts;
	uint64_t patience = LAUNCHER_PATIENCE;

	while (attempt && attempt->trial != trial)
		attempt = attempt->next;
	/* A second TERM would mean KILL to the launcher. */
	if (!attempt || attempt->pidfd < 0 || (attempt->stopped && !now))
		return;
	attempt->stopped = true;
	if (!now)
		patience += (uint64_t)(attempt->grace * 1000);
	kill(attempt->pid, now ? SIGUSR1 : SIGTERM);
	uv_timer_start(&attempt->timer, on_patience, patience, 0);
}

/* --- opening and closing -------------------------------------------------- */

static int local_open(void *state, const struct hd_backend_host *host,
		      struct hd_error *err)
{
	struct local *local = state;

	local->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (local->null < 0)
		return hd_error_errno(err, errno, "cannot open '/dev/null'");
	local->host = *host;
	local->open = 2;
	uv_timer_init(host->loop, &local->look);
	uv_check_init(host->loop, &local->flush);
	local->look.data = local;
	local->flush.data = local;
	return 0;
}

static void on_local_closed(uv_handle_t *handle)
{
	local_release(handle->data);
}

static void local_close(void *state, void (*done)(void *user), void *user)
{
	struct local *local = state;

	assert(!local->attempts);
	local->done = done;
	local->done_user = user;
	close(local->null);
	uv_close((uv_handle_t *)&local->look, on_local_closed);
	uv_close((uv_handle_t *)&local->flush, on_local_closed);
}

const struct hd_backend_type hd_backend_local = {
	.name = "local",
	.summary = "processes on this machine",
	.state_size = sizeof(struct local),
	.open = local_open,
	.launch = local_launch,
	.stop = local_stop,
	.close = local_close,
};
