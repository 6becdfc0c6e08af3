/*
 * Trials on this machine: each attempt is one hdrive-launch, watched through
 * a pidfd, whoever started it; inotify tells that its files have grown, a slow
 * timer says so too.
 *
 * Invariant: ended() is called once for each launch and each adoption that
 * returned 0 and was not released, after the launcher was seen to end, and
 * nothing of the attempt runs then (but for processes that the kernel cannot
 * end, given up after REMAINS_ROUNDS).
 */

/* pidfds are Linux's. */
#define _GNU_SOURCE

#include "dispatch/backend_local.h"

#include "base/time.h"
#include "dispatch/find.h"
#include "dispatch/local.h"
#include "dispatch/proctree.h"
#include "dispatch/record.h"
#include "dispatch/record_format.h"
#include "dispatch/remains.h"
#include "dispatch/spawn.h"
#include "dispatch/ticket.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* How long, past the grace, a launcher may take to end what it was told to. */
#define LAUNCHER_PATIENCE 5000
/* Milliseconds between looks for what a killed launcher left, or for a launcher
 * that has not said yet who it is; and how many looks at the most. */
#define ROUND_PAUSE 10
#define RETRY_PAUSE 250 /* when something outside is in the way */
#define REMAINS_ROUNDS 500
/* So many looks without a process, while something may hide in an exec. */
#define UNSURE_ROUNDS 30
/* One look may come between the launcher's record and its end. */
#define QUIET_ROUNDS 2
/* So many tries to read a record that is there. */
#define UNREAD_ROUNDS 40
/* A launcher that cannot be found is given so many looks to heed a stop. */
#define STOP_ROUNDS 20

/* --- the end of an attempt ------------------------------------------------ */

static void attempt_end(struct hd_local_attempt *attempt,
			const struct hd_exit *exit)
{
	struct hd_local *local = attempt->local;
	size_t trial = attempt->trial;

	hd_local_attempt_unlink(attempt);
	hd_local_attempt_close(attempt);
	local->host.ended(local->host.user, trial, exit);
}

/* Why there is no exit record, by how the launcher ended; TEXT may be used. */
static const char *lost_text(const struct hd_local_attempt *attempt,
			     char *text, size_t size)
{
	if (attempt->lost)
		return attempt->lost;
	if (attempt->how == CLD_KILLED || attempt->how == CLD_DUMPED) {
		snprintf(text, size, "its supervisor was killed by signal %d",
			 attempt->status);
		return text;
	}
	if (attempt->how == CLD_EXITED &&
	    attempt->status == HD_RECORD_EXIT_UNWRITTEN)
		return "its exit record could not be written to its folder";
	return "gone without an exit record";
}

static void on_remains(uv_timer_t *timer);

/* The launcher wrote no record: was killed, or could not write. */
static void attempt_lose(struct hd_local_attempt *attempt)
{
	char text[64];
	struct hd_exit exit = {
		.code = -1,
		.error = lost_text(attempt, text, sizeof text),
		.killed_by_us = attempt->stopped,
		.started = attempt->launched,
	};
	bool unsure;
	size_t living = hd_remains_kill(attempt->folder, attempt->group,
					&unsure);

	attempt->rounds++;
	if ((living && attempt->rounds < REMAINS_ROUNDS) ||
	    (unsure && attempt->rounds < UNSURE_ROUNDS)) {
		uv_timer_start(&attempt->timer, on_remains, ROUND_PAUSE, 0);
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

static void on_conclude(uv_timer_t *timer);

/* There is no launcher, or none any more, that could write a record. One that
 * is there and cannot be read now (no descriptor is left) is not lost. */
static void attempt_conclude(struct hd_local_attempt *attempt)
{
	struct hd_record record;
	int rc = hd_record_read(&record, attempt->folder, NULL);

	uv_timer_stop(&attempt->timer);
	if (rc == 0) {
		attempt_end(attempt, &record.exit);
		return;
	}
	/* Without memory a record does not look like one: look twice. */
	if (rc != HD_ENOENT &&
	    attempt->unread++ < (rc == HD_ECORRUPT ? 1 : UNREAD_ROUNDS)) {
		uv_timer_start(&attempt->timer, on_conclude, RETRY_PAUSE, 0);
		return;
	}
	attempt->rounds = 0;
	attempt_lose(attempt);
}

static void on_conclude(uv_timer_t *timer)
{
	attempt_conclude(timer->data);
}

/* Whether the launcher has ended; collects it when it is our child. */
static bool launcher_has_ended(struct hd_local_attempt *attempt)
{
	siginfo_t info = { 0 };
	int rc;

	do
		rc = waitid(P_PIDFD, (id_t)attempt->pidfd, &info,
			    WEXITED | WNOHANG);
	while (rc < 0 && errno == EINTR);
	if (rc < 0) /* an earlier engine's: the descriptor alone tells */
		return true;
	attempt->how = info.si_pid ? info.si_code : 0;
	attempt->status = info.si_status;
	return info.si_pid != 0;
}

static void on_resolve(uv_timer_t *timer);

static void on_process(uv_poll_t *process, int status, int events)
{
	struct hd_local_attempt *attempt = process->data;
	struct hd_record_state state;

	(void)status;
	(void)events;
	if (!launcher_has_ended(attempt))
		return;
	hd_local_attempt_unwatch(attempt);
	/* It found no ticket. An earlier engine's launcher may have come late
	 * and taken this one: then that one runs the attempt. */
	if (attempt->how == CLD_EXITED &&
	    attempt->status == HD_RECORD_EXIT_WITHDRAWN) {
		uv_timer_start(&attempt->timer, on_resolve, ROUND_PAUSE, 0);
		return;
	}
	/* We have seen it live, so the group it named is still the trial's. */
	if (hd_record_read_state(&state, attempt->folder, NULL) == 0 &&
	    state.pid == attempt->pid)
		attempt->group = (pid_t)state.program;
	attempt_conclude(attempt);
}

/* --- launching ------------------------------------------------------------ */

/* End a launcher that cannot be watched; it takes its program with it. */
static void launcher_discard(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Watch the launcher that we have started; 0 or an errno. */
static int process_watch(struct hd_local_attempt *attempt)
{
	int fd = (int)syscall(SYS_pidfd_open, attempt->pid, 0U);

	if (fd < 0)
		return errno;
	return hd_local_attempt_watch(attempt, fd, on_process);
}

/* Start the launcher and watch it; 0 or an errno. */
static int attempt_spawn(struct hd_local_attempt *attempt,
			 const struct hd_launch *launch)
{
	const struct hd_local *local = attempt->local;
	/* A descriptor set aside: the pidfd must not fail after the start. */
	int spare = fcntl(local->null, F_DUPFD_CLOEXEC, 0);
	int rc;

	if (spare < 0)
		return errno;
	attempt->launched = hd_time_wall();
	rc = hd_spawn_launcher(&attempt->pid, local->host.launcher, local->null,
			       launch);
	close(spare);
	if (rc)
		return rc;
	rc = process_watch(attempt);
	if (rc)
		launcher_discard(attempt->pid);
	return rc;
}

/* WHAT: "start" or "take over"; THROUGH: the file that was in the way. */
static int attempt_fail(size_t trial, const char *what, const char *through,
			int number, struct hd_error *err)
{
	switch (number) {
	case ENOMEM:
		return hd_error_nomem(err);
	case EMFILE:
	case ENFILE:
		return hd_error_set(err, HD_EBUSY,
				    "cannot %s trial %zu: no file descriptor"
				    " is left, raise the limit (ulimit -n) or"
				    " run fewer trials at once",
				    what, trial);
	case EAGAIN:
		return hd_error_set(err, HD_EBUSY,
				    "cannot %s trial %zu: no process is left,"
				    " raise the limit (ulimit -u) or run fewer"
				    " trials at once",
				    what, trial);
	case E2BIG:
		return hd_error_set(err, HD_ELIMIT,
				    "cannot %s trial %zu: its command line"
				    " and environment are too long",
				    what, trial);
	default:
		return hd_error_errno(err, number,
				      "cannot %s trial %zu through '%s'", what,
				      trial, through);
	}
}

static int ticket_fail(const struct hd_launch *launch, int number,
		       struct hd_error *err)
{
	if (number == EEXIST)
		return hd_error_set(err, HD_EEXIST,
				    "attempt %u of trial %zu was launched"
				    " before",
				    launch->attempt, launch->trial);
	return attempt_fail(launch->trial, "start", launch->folder, number,
			    err);
}

static int local_launch(void *state, const struct hd_launch *launch,
			struct hd_error *err)
{
	struct hd_local *local = state;
	struct hd_local_attempt *attempt;
	int rc = hd_ticket_make(launch->folder, launch->attempt);

	if (rc)
		return ticket_fail(launch, rc, err);
	attempt = hd_local_attempt_new(local, launch);
	rc = attempt ? attempt_spawn(attempt, launch) : ENOMEM;
	if (rc) {
		(void)hd_ticket_withdraw(launch->folder, launch->attempt);
		if (attempt)
			hd_local_attempt_close(attempt);
		return attempt_fail(launch->trial, "start",
				    local->host.launcher, rc, err);
	}
	hd_local_attempt_link(attempt);
	hd_local_output_start(attempt);
	local->host.started(local->host.user, attempt->trial, attempt->pid,
			    hd_proctree_start(attempt->pid));
	return 0;
}

/* --- stopping ------------------------------------------------------------- */

static void launcher_signal(const struct hd_local_attempt *attempt, int signal)
{
	(void)syscall(SYS_pidfd_send_signal, attempt->pidfd, signal, NULL, 0U);
}

static bool launcher_is_gone(const struct hd_local_attempt *attempt)
{
	struct pollfd gone = { .fd = attempt->pidfd, .events = POLLIN };

	return poll(&gone, 1, 0) > 0;
}

/* The launcher does not do what it was told: stopped itself, or stuck. */
static void on_patience(uv_timer_t *timer)
{
	struct hd_local_attempt *attempt = timer->data;

	if (attempt->pidfd < 0)
		return;
	/* First what is below it: nobody would know it afterwards. An adopted
	 * one's pid is its own until its end, which the descriptor shows. */
	if (!launcher_is_gone(attempt))
		hd_proctree_signal(attempt->pid, 0, SIGKILL);
	launcher_signal(attempt, SIGKILL);
}

static void launcher_stop(struct hd_local_attempt *attempt)
{
	uint64_t patience = LAUNCHER_PATIENCE;

	if (!attempt->stop_now)
		patience += (uint64_t)(attempt->grace * 1000);
	launcher_signal(attempt, attempt->stop_now ? SIGUSR1 : SIGTERM);
	uv_timer_start(&attempt->timer, on_patience, patience, 0);
}

static void local_stop(void *state, size_t trial, bool now)
{
	struct hd_local_attempt *attempt = hd_local_attempt_find(state, trial);

	/* A second TERM would mean KILL to the launcher. */
	if (!attempt || (attempt->stopped && !now))
		return;
	attempt->stopped = true;
	attempt->stop_now = now;
	/* A launcher that is not found yet hears of it when it is. */
	if (attempt->pidfd >= 0)
		launcher_stop(attempt);
}

/* --- taking over ---------------------------------------------------------- */

/* Watch the launcher that was found, and have it known; 0 or an errno. */
static int attempt_follow(struct hd_local_attempt *attempt,
			  const struct hd_found *found)
{
	struct hd_local *local = attempt->local;
	int rc = hd_local_attempt_watch(attempt, found->pidfd, on_process);

	if (rc)
		return rc;
	attempt->pid = found->pid;
	hd_local_output_start(attempt);
	if (attempt->stopped)
		launcher_stop(attempt);
	local->host.started(local->host.user, attempt->trial, found->pid,
			    found->start);
	return 0;
}

/* A launcher has claimed the attempt and not said who it is: it lives and will,
 * or was ended before it could. */
static void attempt_await(struct hd_local_attempt *attempt)
{
	bool unsure;
	size_t living = hd_remains_count(attempt->folder, &unsure);

	attempt->rounds++;
	attempt->quiet = living ? 0 : attempt->quiet + 1;
	if (attempt->quiet >= (unsure ? UNSURE_ROUNDS : QUIET_ROUNDS) ||
	    (attempt->stopped && attempt->rounds >= STOP_ROUNDS))
		attempt_conclude(attempt);
	else
		uv_timer_start(&attempt->timer, on_resolve, ROUND_PAUSE, 0);
}

static void attempt_resolve(struct hd_local_attempt *attempt)
{
	struct hd_found found;

	switch (hd_find_attempt(&found, attempt->folder, attempt->number)) {
	case HD_FIND_ALIVE:
		if (attempt_follow(attempt, &found) == 0)
			return;
		/* fall through */
	case HD_FIND_ELSEWHERE: /* its record will show here as well */
	case HD_FIND_FAILED:
		uv_timer_start(&attempt->timer, on_resolve, RETRY_PAUSE, 0);
		return;
	case HD_FIND_UNTOLD:
		attempt_await(attempt);
		return;
	case HD_FIND_UNCLAIMED:
		attempt->lost = "its ticket was withdrawn before it began";
		break;
	case HD_FIND_GONE:
		attempt->lost = found.why;
		break;
	case HD_FIND_ENDED:
		break;
	}
	attempt_conclude(attempt);
}

static void on_resolve(uv_timer_t *timer)
{
	attempt_resolve(timer->data);
}

/* Make an attempt of what was found; 0 or an errno. */
static int attempt_adopt(struct hd_local *local, const struct hd_launch *launch,
			 enum hd_find what, const struct hd_found *found)
{
	struct hd_local_attempt *attempt = hd_local_attempt_new(local, launch);
	int rc = 0;

	if (!attempt) {
		if (found->pidfd >= 0)
			close(found->pidfd);
		return ENOMEM;
	}
	hd_local_attempt_link(attempt);
	if (what == HD_FIND_ALIVE)
		rc = attempt_follow(attempt, found);
	else /* its end is told through the loop */
		uv_timer_start(&attempt->timer, on_resolve, 0, 0);
	if (rc) {
		hd_local_attempt_unlink(attempt);
		hd_local_attempt_close(attempt);
	}
	return rc;
}

static int never_started(const struct hd_launch *launch, struct hd_error *err)
{
	return hd_error_set(err, HD_ENOENT,
			    "attempt %u of trial %zu was never started",
			    launch->attempt, launch->trial);
}

static int local_adopt(void *state, const struct hd_launch *launch,
		       struct hd_error *err)
{
	int rc = hd_ticket_withdraw(launch->folder, launch->attempt);
	struct hd_found found;
	enum hd_find what;

	if (rc == 0)
		return never_started(launch, err);
	if (rc != ENOENT)
		return attempt_fail(launch->trial, "take over", launch->folder,
				    rc, err);
	what = hd_find_attempt(&found, launch->folder, launch->attempt);
	if (what == HD_FIND_UNCLAIMED)
		return never_started(launch, err);
	if (what == HD_FIND_ELSEWHERE)
		return hd_error_set(err, HD_EBUSY,
				    "trial %zu was started on the host '%s' and"
				    " may be running there",
				    launch->trial, found.host);
	rc = what == HD_FIND_FAILED
		     ? found.error
		     : attempt_adopt(state, launch, what, &found);
	return rc ? attempt_fail(launch->trial, "take over", launch->folder, rc,
				 err)
		  : 0;
}

static void local_release(void *state, size_t trial)
{
	struct hd_local_attempt *attempt = hd_local_attempt_find(state, trial);

	if (!attempt)
		return;
	hd_local_attempt_unlink(attempt);
	hd_local_attempt_close(attempt);
}

/* --- opening and closing -------------------------------------------------- */

static int local_open(void *state, const struct hd_backend_host *host,
		      struct hd_error *err)
{
	struct hd_local *local = state;

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
	hd_local_unref(handle->data);
}

static void local_close(void *state, void (*done)(void *user), void *user)
{
	struct hd_local *local = state;

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
	.state_size = sizeof(struct hd_local),
	.open = local_open,
	.launch = local_launch,
	.adopt = local_adopt,
	.release = local_release,
	.stop = local_stop,
	.close = local_close,
};
