/*
 * What became of an attempt. Its exit record says most; where that tells of a
 * signal that was not ours, the scheduler knows why; where there is none, it is
 * the scheduler alone, or in the end nobody.
 */
#include "slurm/slurm.h"

#include "base/buf.h"
#include "base/time.h"
#include "dispatch/workdir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Seconds that a record may come after the scheduler's word of the end. */
#define RECORD_LATE 5.0
/* Rounds, and seconds, in which the scheduler may say why a program was stopped. */
#define DOUBTS_MOST 3
#define DOUBT_SECONDS 60.0
/* Rounds without its job, and seconds without a sign of life, after which it is
 * gone; seconds after which one that was never seen was never queued, where an
 * engine before this one may have called sbatch, and where this one did. */
#define MISSING_MOST 2
#define HEARD_SECONDS 60.0
#define SEEN_SECONDS 60.0
#define SEEN_SECONDS_OWN 5.0
/* --signal may come so much earlier than it should. */
#define SIGNAL_EARLY 65.0
#define REQUEUED_MOST 2
#define LOG_SIZE 4096
#define NODE_DELAY 1.0
#define START_DELAY 2.0

/* --- the log of its job ------------------------------------------------------------- */

/* Its end, TEXT of LOG_SIZE bytes; "" when there is none. */
static void log_read(const struct hd_slurm_attempt *attempt, char *text)
{
	char path[PATH_MAX];
	ssize_t length = 0;
	off_t size;
	int fd;

	*text = '\0';
	if (!hd_slurm_attempt_log(attempt, path, sizeof path))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return;
	size = lseek(fd, 0, SEEK_END);
	if (size > LOG_SIZE - 1)
		(void)lseek(fd, size - (LOG_SIZE - 1), SEEK_SET);
	else
		(void)lseek(fd, 0, SEEK_SET);
	length = read(fd, text, LOG_SIZE - 1);
	close(fd);
	length = length > 0 ? length : 0;
	for (ssize_t i = 0; i < length; i++)
		if (!text[i])
			text[i] = ' ';
	text[length] = '\0';
}

static bool log_tells_memory(const char *log)
{
	return strstr(log, "memory limit") || strstr(log, "oom-kill") ||
	       strstr(log, "oom_kill") || strstr(log, "Out Of Memory") ||
	       strstr(log, "OUT_OF_MEMORY");
}

/* What slurmstepd writes as it ends a job; UNSEEN when it wrote nothing of it. */
static enum hd_slurm_state log_state(const char *log)
{
	if (strstr(log, "DUE TO PREEMPTION"))
		return HD_SLURM_PREEMPTED;
	if (strstr(log, "DUE TO TIME LIMIT"))
		return HD_SLURM_TIMEOUT;
	if (strstr(log, "DUE TO NODE FAILURE"))
		return HD_SLURM_NODE_FAIL;
	if (log_tells_memory(log))
		return HD_SLURM_MEMORY;
	return HD_SLURM_UNSEEN;
}

/* ": LINE", the last one of the log; nothing when there is none. */
static void add_log(struct hd_buf *text, const char *log)
{
	size_t end = strlen(log);
	size_t start;

	while (end && strchr(" \r\n", log[end - 1]))
		end--;
	for (start = end; start && log[start - 1] != '\n'; start--)
		;
	if (end > start)
		hd_buf_printf(text, ": %.*s", (int)(end - start > 300 ? 300 : end - start),
			      log + start);
}

/* --- ends ------------------------------------------------------------------------------ */

static void add_node(struct hd_buf *text, const struct hd_slurm_attempt *attempt)
{
	if (*attempt->node)
		hd_buf_printf(text, " on %s", attempt->node);
}

static enum hd_cause cause_of(enum hd_slurm_state state)
{
	switch (state) {
	case HD_SLURM_PREEMPTED:
		return HD_CAUSE_PREEMPTED;
	case HD_SLURM_TIMEOUT:
		return HD_CAUSE_TIME;
	case HD_SLURM_NODE_FAIL:
		return HD_CAUSE_NODE;
	case HD_SLURM_CANCELLED:
		return HD_CAUSE_CANCELED;
	case HD_SLURM_UNSEEN:
	case HD_SLURM_PENDING:
	case HD_SLURM_RUNNING:
	case HD_SLURM_COMPLETING:
	case HD_SLURM_COMPLETED:
	case HD_SLURM_FAILED:
	case HD_SLURM_MEMORY:
		break;
	}
	return HD_CAUSE_NONE;
}

static void cause_text(struct hd_buf *text, const struct hd_slurm_attempt *attempt,
		       enum hd_cause cause)
{
	const char *limit = attempt->slurm->settings->time;

	switch (cause) {
	case HD_CAUSE_PREEMPTED:
		hd_buf_puts(text, "its place was given to another job");
		add_node(text, attempt);
		break;
	case HD_CAUSE_NODE:
		if (*attempt->node)
			hd_buf_printf(text, "its node %s failed", attempt->node);
		else
			hd_buf_puts(text, "its node failed");
		break;
	case HD_CAUSE_TIME:
		hd_buf_puts(text, "it used up the time limit of its job");
		if (limit)
			hd_buf_printf(text, " (%s)", limit);
		break;
	case HD_CAUSE_CANCELED:
		hd_buf_printf(text, "somebody cancelled its job %s", attempt->id);
		break;
	case HD_CAUSE_START:
		hd_buf_puts(text, "its job could not be started");
		add_node(text, attempt);
		break;
	case HD_CAUSE_NONE:
		hd_buf_puts(text, "its job ended without an exit record");
		add_node(text, attempt);
		break;
	}
}

static double delay_of(const struct hd_slurm_attempt *attempt, enum hd_cause cause)
{
	switch (cause) {
	case HD_CAUSE_PREEMPTED:
		return attempt->slurm->settings->requeue_delay;
	case HD_CAUSE_NODE:
		return NODE_DELAY;
	case HD_CAUSE_START:
		return START_DELAY;
	case HD_CAUSE_NONE:
	case HD_CAUSE_TIME:
	case HD_CAUSE_CANCELED:
		break;
	}
	return 0;
}

static void end_by_cause(struct hd_slurm_attempt *attempt, enum hd_cause cause,
			 const char *log)
{
	struct hd_buf text = HD_BUF_INIT;

	cause_text(&text, attempt, cause);
	if (cause == HD_CAUSE_START || cause == HD_CAUSE_NONE)
		add_log(&text, log);
	if (cause == HD_CAUSE_NODE)
		hd_slurm_node_failed(attempt->slurm, attempt->trial, attempt->node);
	if (attempt->record) {
		struct hd_exit exit = attempt->record->exit;

		exit.cause = cause;
		exit.delay = delay_of(attempt, cause);
		exit.error = hd_buf_text(&text);
		exit.killed_by_us = false;
		hd_slurm_attempt_end(attempt, &exit);
	} else {
		hd_slurm_attempt_fail(attempt, cause, delay_of(attempt, cause),
				      hd_buf_text(&text));
	}
	hd_buf_release(&text);
}

/* Killed for want of memory: as if the kernel had said so. */
static void end_by_memory(struct hd_slurm_attempt *attempt)
{
	struct hd_exit exit = { .known = true, .code = -1, .signal = SIGKILL };

	if (attempt->record)
		exit = attempt->record->exit;
	else
		exit.ended = hd_time_wall();
	exit.out_of_memory = true;
	exit.killed_by_us = false;
	hd_slurm_attempt_end(attempt, &exit);
}

static void end_by_record(struct hd_slurm_attempt *attempt)
{
	struct hd_exit exit = attempt->record->exit;

	/* The scheduler's signal may reach the program before its launcher. */
	if (attempt->stopped && (exit.signal == SIGTERM || exit.signal == SIGKILL))
		exit.killed_by_us = true;
	hd_slurm_attempt_end(attempt, &exit);
}

/* --- with a record ------------------------------------------------------------------------ */

/* We, or an earlier engine, asked for it. */
static bool was_asked(const struct hd_slurm_attempt *attempt)
{
	char path[PATH_MAX];

	if (attempt->stopped)
		return true;
	return attempt->adopted &&
	       snprintf(path, sizeof path, "%s/" HD_WORKDIR_STOP, attempt->folder) <
		       (int)sizeof path &&
	       access(path, F_OK) == 0;
}

/* It ended by a signal, and nobody here sent one. */
static bool is_doubtful(const struct hd_slurm_attempt *attempt)
{
	const struct hd_exit *exit = &attempt->record->exit;

	if (exit->error || was_asked(attempt))
		return false;
	return exit->killed_by_us || exit->signal == SIGTERM || exit->signal == SIGKILL ||
	       exit->code == 128 + SIGTERM || exit->code == 128 + SIGKILL;
}

static bool was_near_limit(const struct hd_slurm_attempt *attempt)
{
	const struct hd_exit *exit = &attempt->record->exit;
	double ran = (double)(exit->ended - exit->started) / 1e6;

	return attempt->limit > 0 && ran >= attempt->limit - attempt->grace - SIGNAL_EARLY;
}

/* Nothing that is known says who ended it. */
static void end_unexplained(struct hd_slurm_attempt *attempt, const char *log)
{
	/* The launcher was told to stop it: by --signal before the time is up, or
	 * because the place was wanted. */
	if (!attempt->record->exit.killed_by_us)
		end_by_record(attempt);
	else if (was_near_limit(attempt))
		end_by_cause(attempt, HD_CAUSE_TIME, log);
	else
		end_by_cause(attempt, HD_CAUSE_PREEMPTED, log);
}

static bool judge_record(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;
	enum hd_slurm_state state = attempt->state;
	char log[LOG_SIZE];

	if (!is_doubtful(attempt)) {
		end_by_record(attempt);
		return true;
	}
	log_read(attempt, log);
	if (!hd_slurm_state_is_over(state) || cause_of(state) == HD_CAUSE_NONE)
		state = log_state(log);
	if (cause_of(state) != HD_CAUSE_NONE) {
		end_by_cause(attempt, cause_of(state), log);
		return true;
	}
	if (state == HD_SLURM_MEMORY || attempt->state == HD_SLURM_MEMORY) {
		end_by_memory(attempt);
		return true;
	}
	/* A round that began after the record came has shown its job at its end, or
	 * does not show what is to be seen. */
	if ((attempt->doubts > 0 && hd_slurm_state_is_over(attempt->state)) ||
	    attempt->doubts >= DOUBTS_MOST ||
	    hd_slurm_now(slurm) - attempt->record_at > DOUBT_SECONDS) {
		end_unexplained(attempt, log);
		return true;
	}
	hd_slurm_query_soon(slurm);
	return false;
}

/* --- without one ---------------------------------------------------------------------------- */

/*
 * A job that was cancelled before it began: by somebody, or by slurmd, which does
 * so with one that it could not start because the controller was away. Only a
 * look at the controller tells. -1: not yet known.
 */
static int was_lost_at_start(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;

	if (attempt->era != slurm->era)
		return 1;
	if (slurm->configured && slurm->configured_at >= attempt->ended)
		return 0;
	if (slurm->configured)
		hd_slurm_query_boot(slurm);
	return -1;
}

/* The scheduler has said that it is over. */
static bool judge_over(struct hd_slurm_attempt *attempt)
{
	bool unclaimed = hd_slurm_attempt_withdraw(attempt);
	enum hd_cause cause = cause_of(attempt->state);
	char log[LOG_SIZE];

	if (!unclaimed && hd_slurm_now(attempt->slurm) - attempt->ended < RECORD_LATE)
		return false;
	if (attempt->stopped) {
		hd_slurm_attempt_fail(attempt, HD_CAUSE_NONE, 0, "its job was cancelled");
		return true;
	}
	if (unclaimed && cause == HD_CAUSE_CANCELED) {
		int lost = was_lost_at_start(attempt);

		if (lost < 0)
			return false;
		if (lost)
			cause = HD_CAUSE_START;
	}
	log_read(attempt, log);
	if (attempt->state == HD_SLURM_MEMORY || (!unclaimed && log_tells_memory(log))) {
		end_by_memory(attempt);
		return true;
	}
	if (cause == HD_CAUSE_NONE)
		cause = cause_of(log_state(log));
	/* Nothing of it ran: a line before the launcher failed, or its node. */
	if (cause == HD_CAUSE_NONE && unclaimed)
		cause = HD_CAUSE_START;
	end_by_cause(attempt, cause, log);
	return true;
}

/* Its job waits again after it had begun: an administrator's doing. Our next
 * attempt is another job. */
static bool judge_requeued(struct hd_slurm_attempt *attempt)
{
	bool unclaimed;
	char log[LOG_SIZE];

	if (attempt->requeued < REQUEUED_MOST)
		return false;
	unclaimed = hd_slurm_attempt_withdraw(attempt);
	hd_slurm_orphan(attempt->slurm, attempt->id, true);
	log_read(attempt, log);
	end_by_cause(attempt, unclaimed ? HD_CAUSE_START : HD_CAUSE_PREEMPTED, log);
	return true;
}

static bool judge_missing(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;
	double now = hd_slurm_now(slurm);
	double age = (double)(hd_time_wall() - attempt->job.submitted) / 1e6;
	double seen = attempt->adopted ? SEEN_SECONDS : SEEN_SECONDS_OWN;
	struct hd_buf text = HD_BUF_INIT;

	if (attempt->missing < MISSING_MOST || attempt->phase != HD_SLURM_SUBMITTED ||
	    now - attempt->missing_at < 2 * slurm->settings->poll)
		return false;
	/* Withdrawn by a stop, or never begun. */
	if (attempt->withdrawn && attempt->stopped) {
		hd_slurm_attempt_fail(attempt, HD_CAUSE_NONE, 0, "its job was cancelled");
		return true;
	}
	if (!attempt->claimed && age > seen && hd_slurm_attempt_withdraw(attempt)) {
		hd_slurm_attempt_fail(attempt, HD_CAUSE_START, 0,
				      "its job is not in Slurm's queue, nor was it started");
		return true;
	}
	if (attempt->withdrawn || now - attempt->heard < HEARD_SECONDS)
		return false;
	hd_buf_printf(&text, "Slurm does not know its job any more, and it was not heard"
			     " of for %.0f seconds",
		      now - attempt->heard);
	hd_slurm_attempt_fail(attempt, HD_CAUSE_NONE, 0, hd_buf_text(&text));
	hd_buf_release(&text);
	return true;
}

/* Told to stop before its job was seen anywhere. */
static bool judge_unsubmitted(struct hd_slurm_attempt *attempt)
{
	if (!attempt->stopped || !attempt->withdrawn || attempt->phase != HD_SLURM_QUEUED)
		return false;
	hd_slurm_attempt_fail(attempt, HD_CAUSE_NONE, 0, "it was never started");
	return true;
}

bool hd_slurm_judge(struct hd_slurm_attempt *attempt)
{
	if (attempt->record)
		return judge_record(attempt);
	if (hd_slurm_state_is_over(attempt->state) && attempt->ended > 0)
		return judge_over(attempt);
	return judge_unsubmitted(attempt) || judge_requeued(attempt) || judge_missing(attempt);
}
