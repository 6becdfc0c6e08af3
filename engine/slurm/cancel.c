/*
 * Ending jobs. A launcher is signalled through Slurm and ends its program within
 * the grace; the whole job is cancelled when that did not do, or when nothing of
 * it began. Where the scheduler does not answer, a word in the trial's folder is
 * what the launcher hears (launch_watch.h).
 */
#include "slurm/slurm.h"

#include "dispatch/order_format.h"

#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define IDS_MOST 100 /* in one call of scancel */
/* Seconds past the grace before the whole job is cancelled, and then killed. */
#define PATIENCE 5.0
#define KILL_PATIENCE 40.0
#define AGAIN 10.0
#define FAILED_AGAIN 5.0
/* Rounds that show a job nobody wants: the first may have begun before its end. */
#define ORPHAN_ROUNDS 2

static void on_cancel(uv_timer_t *timer);

void hd_slurm_cancel_soon(struct hd_slurm *slurm)
{
	if (!slurm->cancelling && !uv_is_closing((uv_handle_t *)&slurm->cancel))
		uv_timer_start(&slurm->cancel, on_cancel, 0, 0);
}

void hd_slurm_stop(struct hd_slurm_attempt *attempt, bool now)
{
	struct hd_slurm *slurm = attempt->slurm;

	if (attempt->stopped && (!now || attempt->stop_now))
		return;
	attempt->stopped = true;
	attempt->stop_now = now;
	attempt->cancel_stage = 0;
	attempt->cancel_due = hd_slurm_now(slurm);
	hd_slurm_attempt_withdraw(attempt);
	if (attempt->phase == HD_SLURM_QUEUED) {
		hd_slurm_submit_forget(attempt);
		hd_slurm_settle_soon(slurm);
		return;
	}
	hd_slurm_cancel_soon(slurm);
	hd_slurm_query_soon(slurm);
}

/* --- words for where Slurm does not answer ------------------------------------------ */

static void word_leave(const struct hd_slurm_attempt *attempt)
{
	const char *word = attempt->stop_now || attempt->cancel_stage > 0 ? HD_ORDER_KILL
									  : HD_ORDER_TERM;
	char path[PATH_MAX];
	int fd;

	if (attempt->withdrawn ||
	    snprintf(path, sizeof path, "%s/" HD_ORDER_CONTROL "%u", attempt->folder,
		     attempt->number) >= (int)sizeof path)
		return;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return;
	/* Without it the next scancel ends it. */
	(void)!write(fd, word, strlen(word));
	close(fd);
}

/* --- a call of scancel ---------------------------------------------------------------- */

/* What a call does to its jobs, from the mildest on. */
enum way {
	WAY_TERM, /* TERM to the launcher alone */
	WAY_KILL, /* have it kill at once */
	WAY_JOB,  /* TERM and KILL to all of the job, or take it out of the queue */
	WAY_HARD, /* KILL to all of it */
	WAY_COUNT,
};

/* The signal that has a launcher kill is USR1 (launch.c). */
static const char *const way_words[WAY_COUNT][4] = {
	[WAY_TERM] = { "--batch", "--signal=TERM" },
	[WAY_KILL] = { "--batch", "--signal=USR1" },
	[WAY_JOB] = { NULL },
	[WAY_HARD] = { "--full", "--signal=KILL" },
};

struct call {
	struct hd_slurm *slurm;
	enum way way;
	size_t count; /* words and ids */
	const char *argv[8 + IDS_MOST];
	size_t trials_count;
	struct {
		size_t trial;
		unsigned number;
		char id[32];
	} trials[IDS_MOST];
};

static enum way way_of(const struct hd_slurm_attempt *attempt)
{
	if (attempt->withdrawn || attempt->cancel_stage == 1)
		return WAY_JOB;
	if (attempt->cancel_stage > 1)
		return WAY_HARD;
	return attempt->stop_now ? WAY_KILL : WAY_TERM;
}

static bool is_due(const struct hd_slurm_attempt *attempt, double now)
{
	return attempt->cancel_due > 0 && attempt->cancel_due <= now && *attempt->id &&
	       attempt->phase == HD_SLURM_SUBMITTED &&
	       !hd_slurm_state_is_over(attempt->state);
}

/* When the next way is due, after one that Slurm has taken. */
static void way_next(struct hd_slurm_attempt *attempt, double now)
{
	if (attempt->withdrawn || attempt->cancel_stage > 1) {
		attempt->cancel_due = now + AGAIN;
		return;
	}
	if (attempt->cancel_stage == 0)
		attempt->cancel_due = now + PATIENCE + (attempt->stop_now ? 0 : attempt->grace);
	else
		attempt->cancel_due = now + KILL_PATIENCE;
	attempt->cancel_stage++;
}

static void on_called(void *user, const struct hd_command_end *end)
{
	struct call *call = user;
	struct hd_slurm *slurm = call->slurm;
	/* Jobs that it does not know, or that have ended, are no failure. */
	bool ok = hd_command_is_good(end) || (end->code > 0 && strstr(end->err, "job id"));
	double now = hd_slurm_now(slurm);

	slurm->cancelling = false;
	for (size_t i = 0; i < call->trials_count; i++) {
		struct hd_slurm_attempt *attempt =
			hd_slurm_attempt_find(slurm, call->trials[i].trial);

		if (!attempt || attempt->number != call->trials[i].number)
			continue;
		if (ok) {
			way_next(attempt, now);
		} else {
			word_leave(attempt);
			attempt->cancel_due = now + FAILED_AGAIN;
		}
	}
	if (!ok)
		for (struct hd_slurm_orphan *o = slurm->orphans; o; o = o->next)
			o->told = false;
	free(call);
	hd_slurm_query_soon(slurm);
	if (ok)
		hd_slurm_cancel_soon(slurm);
}

static void call_add(struct call *call, const char *id, const struct hd_slurm_attempt *attempt)
{
	size_t i = call->trials_count++;

	snprintf(call->trials[i].id, sizeof call->trials[i].id, "%s", id);
	call->trials[i].trial = attempt ? attempt->trial : SIZE_MAX;
	call->trials[i].number = attempt ? attempt->number : 0;
	call->argv[call->count++] = call->trials[i].id;
}

static struct call *call_new(struct hd_slurm *slurm, enum way way)
{
	struct call *call = calloc(1, sizeof *call);

	if (!call)
		return NULL;
	call->slurm = slurm;
	call->way = way;
	call->argv[call->count++] = "scancel";
	for (size_t i = 0; way_words[way][i]; i++)
		call->argv[call->count++] = way_words[way][i];
	return call;
}

/* Those that are due for it; NULL when there is none. */
static struct call *call_gather(struct hd_slurm *slurm, enum way way)
{
	double now = hd_slurm_now(slurm);
	struct call *call = call_new(slurm, way);

	if (!call)
		return NULL;
	for (struct hd_slurm_attempt *a = slurm->attempts; a; a = a->next)
		if (call->trials_count < IDS_MOST && is_due(a, now) && way_of(a) == way)
			call_add(call, a->id, a);
	for (struct hd_slurm_orphan *o = slurm->orphans; way == WAY_JOB && o; o = o->next) {
		if (call->trials_count >= IDS_MOST || o->told || o->rounds < ORPHAN_ROUNDS)
			continue;
		o->told = true;
		call_add(call, o->id, NULL);
	}
	if (call->trials_count)
		return call;
	free(call);
	return NULL;
}

static void cancel_arm(struct hd_slurm *slurm)
{
	double next = INFINITY, now = hd_slurm_now(slurm);

	for (const struct hd_slurm_attempt *a = slurm->attempts; a; a = a->next)
		if (a->cancel_due > now)
			next = fmin(next, a->cancel_due);
	if (isfinite(next))
		uv_timer_start(&slurm->cancel, on_cancel, (uint64_t)ceil((next - now) * 1000),
			       0);
}

static void on_cancel(uv_timer_t *timer)
{
	struct hd_slurm *slurm = timer->data;

	for (enum way way = WAY_TERM; way < WAY_COUNT; way++) {
		struct call *call = call_gather(slurm, way);

		if (!call)
			continue;
		slurm->cancelling = hd_commands_run(slurm->commands, call->argv, NULL,
						    HD_SLURM_PATIENCE, on_called, call);
		if (slurm->cancelling)
			return;
		free(call);
		uv_timer_start(timer, on_cancel, 1000, 0); /* no memory now */
		return;
	}
	cancel_arm(slurm);
}

/* --- jobs that nobody wants -------------------------------------------------------------- */

void hd_slurm_orphan(struct hd_slurm *slurm, const char *id, bool sure)
{
	struct hd_slurm_orphan *orphan = slurm->orphans;

	while (orphan && strcmp(orphan->id, id) != 0)
		orphan = orphan->next;
	if (!orphan) {
		orphan = calloc(1, sizeof *orphan);
		if (!orphan) /* the next round shows it again */
			return;
		snprintf(orphan->id, sizeof orphan->id, "%s", id);
		orphan->next = slurm->orphans;
		slurm->orphans = orphan;
	}
	orphan->seen = true;
	if (sure)
		orphan->rounds = ORPHAN_ROUNDS;
}

void hd_slurm_orphans_begin(struct hd_slurm *slurm)
{
	for (struct hd_slurm_orphan *o = slurm->orphans; o; o = o->next)
		o->seen = false;
}

void hd_slurm_orphans_end(struct hd_slurm *slurm)
{
	struct hd_slurm_orphan **link = &slurm->orphans;

	while (*link) {
		struct hd_slurm_orphan *orphan = *link;

		if (orphan->seen) {
			orphan->rounds++;
			/* It has been told and is still there: once more. */
			orphan->told = orphan->told && orphan->rounds % 4 != 0;
			link = &orphan->next;
		} else {
			*link = orphan->next;
			free(orphan);
		}
	}
}

/* --- jobs that go on without us --------------------------------------------------------------- */

static void released_text(char text[64], const char *name, long task)
{
	if (task < 0)
		snprintf(text, 64, "%s", name);
	else
		snprintf(text, 64, "%.40s[%ld]", name, task);
}

void hd_slurm_let_go(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm_noted *noted = calloc(1, sizeof *noted);

	if (!noted)
		return;
	released_text(noted->text, attempt->job.name, attempt->job.task);
	noted->next = attempt->slurm->released;
	attempt->slurm->released = noted;
}

bool hd_slurm_was_let_go(const struct hd_slurm *slurm, const char *name, long task)
{
	char text[64];

	released_text(text, name, task);
	for (const struct hd_slurm_noted *n = slurm->released; n; n = n->next)
		if (strcmp(n->text, text) == 0)
			return true;
	return false;
}

void hd_slurm_cancel_release(struct hd_slurm *slurm)
{
	while (slurm->orphans) {
		struct hd_slurm_orphan *orphan = slurm->orphans;

		slurm->orphans = orphan->next;
		free(orphan);
	}
	while (slurm->released) {
		struct hd_slurm_noted *noted = slurm->released;

		slurm->released = noted->next;
		free(noted);
	}
}
