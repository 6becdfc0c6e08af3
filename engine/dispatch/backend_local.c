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
#include "dispatch/cgroup.h"
#include "dispatch/find.h"
#include "dispatch/local.h"
#include "dispatch/proctree.h"
#include "dispatch/spawn.h"
#include "dispatch/ticket.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- launching ------------------------------------------------------------ */

/* A copy of its path, NULL for none. */
static char *cgroup_take(struct hd_local *local)
{
	const char *path = hd_cgroups_take(local->cgroups);
	char *copy = path ? strdup(path) : NULL;

	if (!copy)
		(void)hd_cgroups_give(local->cgroups, path, false);
	return copy;
}

/* Have a launcher run it; 0 or an errno. */
static int attempt_start(struct hd_local_attempt *attempt,
			 const struct hd_launch *launch)
{
	struct hd_local *local = attempt->local;

	attempt->launched = hd_time_wall();
	attempt->cgroup = cgroup_take(local);
	return hd_local_launcher_start(attempt, launch);
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
	int rc = hd_ticket_make(launch->folder, launch->attempt, launch->is_new,
				&local->print);

	if (rc)
		return ticket_fail(launch, rc, err);
	attempt = hd_local_attempt_new(local, launch);
	rc = attempt ? attempt_start(attempt, launch) : ENOMEM;
	if (rc) {
		(void)hd_ticket_withdraw(launch->folder, launch->attempt);
		if (attempt) {
			hd_local_cgroup_leave(attempt, true);
			hd_local_attempt_close(attempt);
		}
		return attempt_fail(launch->trial, "start",
				    local->host.launcher, rc, err);
	}
	hd_local_attempt_link(attempt);
	hd_local_output_start(attempt);
	local->host.started(local->host.user, attempt->trial, attempt->pid,
			    attempt->launcher->start);
	return 0;
}

/* --- stopping ------------------------------------------------------------- */

static void local_stop(void *state, size_t trial, bool now)
{
	struct hd_local_attempt *attempt = hd_local_attempt_find(state, trial);

	/* A second TERM would mean KILL to the launcher. */
	if (!attempt || (attempt->stopped && !now))
		return;
	attempt->stopped = true;
	attempt->stop_now = now;
	/* A launcher that is not found yet hears of it when it is. */
	if (attempt->launcher)
		hd_local_attempt_stop(attempt);
}

/* --- taking over ---------------------------------------------------------- */

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
		rc = hd_local_attempt_follow(attempt, found);
	else /* its end is told through the loop */
		hd_local_attempt_resolve(attempt);
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
	hd_spawn_init(&local->spawn, local->null);
	hd_process_self(&local->self);
	local->spawn.launcher = host->launcher;
	local->spawn.boot = *local->self.boot ? local->self.boot : NULL;
	if (host->scratch &&
	    asprintf(&local->print_path, "%s/ticket", host->scratch) < 0)
		local->print_path = NULL;
	local->print.path = local->print_path;
	local->cgroups = hd_cgroups_open("");
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
	hd_local_launchers_close(local);
	close(local->null);
	free(local->print_path);
	hd_cgroups_close(local->cgroups);
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
