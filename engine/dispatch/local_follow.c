/* pidfds are Linux's. */
#define _GNU_SOURCE

#include "dispatch/local.h"

#include "base/time.h"
#include "dispatch/cgroup.h"
#include "dispatch/find.h"
#include "dispatch/proctree.h"
#include "dispatch/record.h"
#include "dispatch/record_format.h"
#include "dispatch/remains.h"

#include <errno.h>
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

void hd_local_cgroup_leave(struct hd_local_attempt *attempt, bool is_spent)
{
	if (attempt->cgroup &&
	    !hd_cgroups_give(attempt->local->cgroups, attempt->cgroup,
			     is_spent))
		hd_cgroup_remove(attempt->cgroup); /* an earlier engine's */
}

static void attempt_end(struct hd_local_attempt *attempt,
			const struct hd_exit *exit)
{
	struct hd_local *local = attempt->local;
	size_t trial = attempt->trial;

	hd_local_cgroup_leave(attempt, !exit->known || exit->killed_by_us ||
					       exit->stragglers > 0);
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
	size_t living;

	if (attempt->cgroup)
		hd_cgroup_kill(attempt->cgroup);
	living = hd_remains_kill(attempt->folder, attempt->group, &unsure);
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

/* Where we have seen the launcher live, the group it named is still the trial's:
 * it is needed where there is no record. */
static void group_know(struct hd_local_attempt *attempt)
{
	struct hd_record_state state;

	if (attempt->was_seen && !attempt->group &&
	    hd_record_read_state(&state, attempt->folder, NULL) == 0 &&
	    state.pid == attempt->pid)
		attempt->group = (pid_t)state.program;
}

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
	group_know(attempt);
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

static void on_resolve(uv_timer_t *timer);

void hd_local_attempt_exited(struct hd_local_attempt *attempt, int how, int status)
{
	attempt->how = how;
	attempt->status = status;
	/* It found no ticket. An earlier engine's launcher may have come late
	 * and taken this one: then that one runs the attempt. */
	if (attempt->how == CLD_EXITED &&
	    attempt->status == HD_RECORD_EXIT_WITHDRAWN) {
		uv_timer_start(&attempt->timer, on_resolve, ROUND_PAUSE, 0);
		return;
	}
	attempt->was_seen = true;
	attempt_conclude(attempt);
}

/* --- stopping ------------------------------------------------------------- */

/* The launcher does not do what it was told: stopped itself, or stuck. */
static void on_patience(uv_timer_t *timer)
{
	struct hd_local_attempt *attempt = timer->data;
	const struct hd_local_launcher *launcher = attempt->launcher;

	if (!launcher)
		return;
	/* First what is below it: nobody would know it afterwards. An adopted
	 * one's pid is its own until its end, which the descriptor shows. */
	if (!hd_local_launcher_is_gone(launcher))
		hd_proctree_signal(attempt->pid, 0, SIGKILL);
	hd_local_launcher_signal(launcher, SIGKILL);
}

void hd_local_attempt_stop(struct hd_local_attempt *attempt)
{
	uint64_t patience = LAUNCHER_PATIENCE;

	if (!attempt->stop_now)
		patience += (uint64_t)(attempt->grace * 1000);
	hd_local_launcher_signal(attempt->launcher,
				 attempt->stop_now ? SIGUSR1 : SIGTERM);
	uv_timer_start(&attempt->timer, on_patience, patience, 0);
}

/* --- an earlier engine's ---------------------------------------------------- */

static void cgroup_know(struct hd_local_attempt *attempt,
			const struct hd_found *found)
{
	hd_local_cgroup_leave(attempt, false); /* another launcher runs it in another one */
	free(attempt->cgroup);
	/* Without memory for it the tree of processes is there to end. */
	attempt->cgroup = *found->cgroup ? strdup(found->cgroup) : NULL;
}

/* Watch the launcher that was found, and have it known; 0 or an errno. */
int hd_local_attempt_follow(struct hd_local_attempt *attempt,
			    const struct hd_found *found)
{
	struct hd_local *local = attempt->local;
	int rc = hd_local_launcher_watch(attempt, found->pid, found->pidfd, -1);

	if (rc)
		return rc;
	cgroup_know(attempt, found);
	hd_local_output_start(attempt);
	if (attempt->stopped)
		hd_local_attempt_stop(attempt);
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
		if (hd_local_attempt_follow(attempt, &found) == 0)
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
		cgroup_know(attempt, &found);
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

void hd_local_attempt_resolve(struct hd_local_attempt *attempt)
{
	uv_timer_start(&attempt->timer, on_resolve, 0, 0);
}
