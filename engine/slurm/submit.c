/*
 * Attempts into the scheduler's queue. Those that are launched in one turn of the
 * engine and are alike go as one array, where the target wants that; a bucket of
 * tokens keeps the calls of sbatch to so many a second.
 */
#include "slurm/slurm.h"

#include "base/buf.h"
#include "base/time.h"
#include "slurm/fault.h"
#include "slurm/script.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Calls of sbatch at once: more gain nothing (BACKENDS 2). */
#define AT_ONCE 4
/* Milliseconds in which launches gather. */
#define GATHER 20
/* Seconds to wait when there may be no more jobs now. */
#define LIMIT_DELAY 30.0
/* Starts of a sbatch that cannot be started, or says nothing. */
#define TRIES_MOST 5
#define DELAY_MOST 60.0
/* Failures of a node, before no trial goes there. */
#define NODE_FAILURES 3
#define EXCLUDE_SIZE 4096

/* What was handed to one sbatch. */
struct batch {
	struct hd_slurm *slurm;
	struct hd_slurm_job job;
	bool has_exclude;
	size_t count;
	struct {
		size_t trial;
		unsigned number;
	} all[];
};

static void on_submit(uv_timer_t *timer);

void hd_slurm_submit_init(struct hd_slurm *slurm)
{
	slurm->queue_end = &slurm->queue;
	slurm->tokens = fmax(slurm->settings->submit_rate, 1);
	slurm->tokens_at = hd_slurm_now(slurm);
	slurm->most = slurm->settings->max_jobs;
	uv_timer_init(slurm->host.loop, &slurm->submit);
	slurm->submit.data = slurm;
}

/* --- how many there may be ------------------------------------------------------ */

size_t hd_slurm_capacity(const struct hd_slurm *slurm)
{
	return slurm->most;
}

static void capacity_halve(struct hd_slurm *slurm)
{
	double now = hd_slurm_now(slurm);

	/* All that was under way hears the same once. */
	if (now < slurm->hold)
		return;
	slurm->hold = now + LIMIT_DELAY;
	slurm->most_at = slurm->hold;
	slurm->most = slurm->count / 2;
	if (slurm->most < 1)
		slurm->most = 1;
	if (!slurm->limit_told)
		slurm->host.note(slurm->host.user, SIZE_MAX,
				 "Slurm takes no more jobs for now: fewer are submitted");
	slurm->limit_told = true;
}

/* What was cut comes back, bit by bit. */
static void capacity_grow(struct hd_slurm *slurm)
{
	size_t most = slurm->settings->max_jobs;
	double now = hd_slurm_now(slurm);

	if (slurm->most >= most || now < slurm->most_at + LIMIT_DELAY)
		return;
	slurm->most_at = now;
	slurm->most = slurm->most > most / 2 ? most : slurm->most * 2;
}

/* --- nodes that failed ------------------------------------------------------------ */

static struct hd_slurm_node *node_find(const struct hd_slurm *slurm, size_t trial,
				       const char *name)
{
	struct hd_slurm_node *node = slurm->bad;

	while (node && (node->trial != trial || strcmp(node->name, name) != 0))
		node = node->next;
	return node;
}

static void node_count(struct hd_slurm *slurm, size_t trial, const char *name)
{
	struct hd_slurm_node *node = node_find(slurm, trial, name);

	if (!node) {
		node = calloc(1, sizeof *node);
		if (!node) /* then it may get there again */
			return;
		snprintf(node->name, sizeof node->name, "%s", name);
		node->trial = trial;
		node->next = slurm->bad;
		slurm->bad = node;
	}
	node->count++;
}

void hd_slurm_node_failed(struct hd_slurm *slurm, size_t trial, const char *name)
{
	/* A list of nodes does not tell which of them it was. */
	if (!*name || strpbrk(name, ",[ ("))
		return;
	node_count(slurm, trial, name);
	node_count(slurm, SIZE_MAX, name);
}

/* Nodes that the trial is to be kept off, with commas. */
static void exclude_write(char text[EXCLUDE_SIZE], const struct hd_slurm *slurm, size_t trial)
{
	struct hd_buf list = HD_BUF_INIT;

	for (const struct hd_slurm_node *n = slurm->bad; n; n = n->next) {
		bool counts = n->trial == SIZE_MAX ? n->count >= NODE_FAILURES
						   : n->trial == trial;

		if (counts && !strstr(hd_buf_text(&list), n->name))
			hd_buf_printf(&list, "%s%s", list.length ? "," : "", n->name);
	}
	snprintf(text, EXCLUDE_SIZE, "%s", list.length < EXCLUDE_SIZE ? hd_buf_text(&list) : "");
	hd_buf_release(&list);
}

static void nodes_forget(struct hd_slurm *slurm)
{
	while (slurm->bad) {
		struct hd_slurm_node *node = slurm->bad;

		slurm->bad = node->next;
		free(node);
	}
}

void hd_slurm_submit_release(struct hd_slurm *slurm)
{
	nodes_forget(slurm);
}

/* --- the queue --------------------------------------------------------------------- */

void hd_slurm_submit(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;

	attempt->phase = HD_SLURM_QUEUED;
	attempt->next_queued = NULL;
	*slurm->queue_end = attempt;
	slurm->queue_end = &attempt->next_queued;
	hd_slurm_submit_soon(slurm);
}

void hd_slurm_submit_forget(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;
	struct hd_slurm_attempt **link = &slurm->queue;

	if (attempt->phase != HD_SLURM_QUEUED)
		return;
	while (*link && *link != attempt)
		link = &(*link)->next_queued;
	if (!*link)
		return;
	*link = attempt->next_queued;
	if (!*link)
		slurm->queue_end = link;
}

void hd_slurm_submit_soon(struct hd_slurm *slurm)
{
	if (slurm->queue && !slurm->closing && !uv_is_active((uv_handle_t *)&slurm->submit))
		uv_timer_start(&slurm->submit, on_submit, GATHER, 0);
}

/* Seconds until something may be submitted, 0 for now; INFINITY: when something
 * else has happened. */
static double submit_wait(struct hd_slurm *slurm)
{
	const struct hd_slurm_settings *settings = slurm->settings;
	double now = hd_slurm_now(slurm);
	double due = INFINITY;
	double wait;

	slurm->tokens = fmin(slurm->tokens + (now - slurm->tokens_at) * settings->submit_rate,
			     fmax(settings->submit_rate, 1));
	slurm->tokens_at = now;
	if (slurm->silent || slurm->submitting >= AT_ONCE)
		return INFINITY;
	for (const struct hd_slurm_attempt *a = slurm->queue; a; a = a->next_queued)
		due = fmin(due, a->due);
	wait = fmax(due, slurm->hold) - now;
	if (slurm->tokens < 1)
		wait = fmax(wait, (1 - slurm->tokens) / settings->submit_rate);
	return fmax(wait, 0);
}

/* --- a call of sbatch ---------------------------------------------------------------- */

static struct hd_slurm_attempt *batch_attempt(const struct batch *batch, size_t i)
{
	struct hd_slurm_attempt *attempt =
		hd_slurm_attempt_find(batch->slurm, batch->all[i].trial);

	return attempt && attempt->number == batch->all[i].number &&
			       attempt->phase == HD_SLURM_SUBMITTING
		       ? attempt
		       : NULL;
}

/* The job's number: the last line that begins with one, before a cluster's name.
 * A site's plug-ins may print more. */
static bool id_read(char id[24], const char *out)
{
	bool found = false;

	while (*out) {
		size_t digits = strspn(out, "0123456789");
		size_t length = strcspn(out, "\n");

		if (digits && digits < 20 && (digits == length || out[digits] == ';')) {
			memcpy(id, out, digits);
			id[digits] = '\0';
			found = true;
		}
		out += length + (out[length] == '\n');
	}
	return found;
}

static void batch_queued(const struct batch *batch, const char *id)
{
	struct hd_slurm *slurm = batch->slurm;

	for (size_t i = 0; i < batch->count; i++) {
		struct hd_slurm_attempt *attempt = batch_attempt(batch, i);

		if (!attempt)
			continue;
		attempt->phase = HD_SLURM_SUBMITTED;
		attempt->since = hd_slurm_now(slurm);
		attempt->era = slurm->era;
		if (batch->count > 1)
			snprintf(attempt->id, sizeof attempt->id, "%.19s_%u", id, (unsigned)i);
		else
			snprintf(attempt->id, sizeof attempt->id, "%s", id);
	}
	hd_slurm_cancel_soon(slurm); /* some may have been stopped meanwhile */
}

static void batch_failed(const struct batch *batch, const struct hd_command_end *end)
{
	struct hd_slurm *slurm = batch->slurm;
	enum hd_slurm_fault fault = hd_slurm_fault_read(end);
	char why[256];

	if (end->error)
		snprintf(why, sizeof why, "cannot run sbatch: %s", strerror(end->error));
	else if (end->timed_out)
		snprintf(why, sizeof why, "sbatch did not come back");
	else
		hd_slurm_fault_text(why, sizeof why, end->err);
	/* A smaller site has no arrays, or none of that size. */
	if (fault == HD_SLURM_FAULT_REFUSED && batch->count > 1) {
		slurm->arrays_refused = true;
		fault = HD_SLURM_FAULT_PASSING;
	}
	if (fault == HD_SLURM_FAULT_REFUSED && batch->has_exclude) {
		nodes_forget(slurm);
		fault = HD_SLURM_FAULT_PASSING;
	}
	if (fault == HD_SLURM_FAULT_LIMIT)
		capacity_halve(slurm);
	if (hd_slurm_fault_is_silence(end->err))
		hd_slurm_silent(slurm, end->err);
	for (size_t i = 0; i < batch->count; i++) {
		struct hd_slurm_attempt *attempt = batch_attempt(batch, i);

		if (!attempt)
			continue;
		attempt->phase = HD_SLURM_SEARCHED;
		attempt->missing = 0;
		attempt->fault = fault;
		snprintf(attempt->why, sizeof attempt->why, "%s", why);
	}
}

static void on_submitted(void *user, const struct hd_command_end *end)
{
	struct batch *batch = user;
	struct hd_slurm *slurm = batch->slurm;
	char id[24];

	slurm->submitting--;
	if (hd_command_is_good(end) && id_read(id, end->out)) {
		batch_queued(batch, id);
	} else {
		batch_failed(batch, end);
	}
	free(batch);
	hd_slurm_query_soon(slurm);
	hd_slurm_submit_soon(slurm);
}

/* The intents first: whatever becomes of us, the jobs are found. Returns how many
 * are left in ATTEMPTS. */
static size_t intents_write(struct hd_slurm_attempt **attempts, size_t count,
			    const struct hd_slurm_job *job)
{
	size_t left = 0;

	for (size_t i = 0; i < count; i++) {
		struct hd_slurm_attempt *attempt = attempts[i];
		struct hd_slurm_job own = *job;
		int rc;

		own.submitted = hd_time_wall();
		if (count > 1)
			own.task = (long)left;
		rc = hd_slurm_intent_write(attempt->folder, attempt->number, &own);
		if (rc) {
			char why[128];

			snprintf(why, sizeof why, "cannot write into its folder: %s",
				 strerror(rc));
			hd_slurm_attempt_withdraw(attempt);
			hd_slurm_attempt_fail(attempt, HD_CAUSE_START, 1, why);
			continue;
		}
		hd_slurm_attempt_name(attempt, &own);
		attempts[left++] = attempt;
	}
	return left;
}

static bool batch_run(struct batch *batch, struct hd_slurm_attempt *const *attempts,
		      const char *exclude)
{
	struct hd_slurm *slurm = batch->slurm;
	struct hd_slurm_words words;
	char *script = hd_slurm_script(slurm, attempts, batch->count);
	bool ok = script && hd_slurm_words(&words, slurm, &batch->job, batch->count,
					   attempts[0]->grace, exclude);

	if (ok) {
		ok = hd_commands_run(slurm->commands, (const char *const *)words.argv, script,
				     HD_SLURM_PATIENCE, on_submitted, batch);
		hd_slurm_words_release(&words);
	}
	free(script);
	return ok;
}

static void batch_submit(struct hd_slurm *slurm, struct hd_slurm_attempt **attempts,
			 size_t count, const char *exclude)
{
	struct batch *batch;
	struct hd_slurm_job job;

	if (count > 1)
		hd_slurm_job_task(&job, slurm->tag, ++slurm->nonce, 0);
	else
		hd_slurm_job_single(&job, slurm->tag, attempts[0]->trial, attempts[0]->number);
	count = intents_write(attempts, count, &job);
	if (!count)
		return;
	batch = calloc(1, sizeof *batch + count * sizeof batch->all[0]);
	if (batch) {
		batch->slurm = slurm;
		batch->job = job;
		batch->has_exclude = *exclude != '\0';
		batch->count = count;
	}
	for (size_t i = 0; i < count; i++) {
		if (batch) {
			batch->all[i].trial = attempts[i]->trial;
			batch->all[i].number = attempts[i]->number;
		}
		attempts[i]->phase = HD_SLURM_SUBMITTING;
	}
	if (batch && batch_run(batch, attempts, exclude)) {
		slurm->submitting++;
		slurm->tokens -= 1;
		return;
	}
	free(batch);
	for (size_t i = 0; i < count; i++) { /* no memory now */
		attempts[i]->due = hd_slurm_now(slurm) + 1;
		hd_slurm_submit(attempts[i]);
	}
}

/* The first that is due, and those behind it that may go with it in an array.
 * False for no memory. */
static bool queue_take(struct hd_slurm *slurm)
{
	const struct hd_slurm_settings *settings = slurm->settings;
	size_t most = slurm->arrays_refused ? 1 : settings->array;
	struct hd_slurm_attempt **attempts;
	struct hd_slurm_attempt *next;
	char first[EXCLUDE_SIZE], other[EXCLUDE_SIZE];
	double now = hd_slurm_now(slurm);
	size_t count = 0;

	if (slurm->max_array > 0 && (double)most > slurm->max_array)
		most = (size_t)slurm->max_array;
	if (most < 1)
		most = 1;
	attempts = calloc(most < slurm->count ? most : slurm->count, sizeof *attempts);
	if (!attempts)
		return false;
	for (struct hd_slurm_attempt *a = slurm->queue; a && count < most; a = next) {
		next = a->next_queued;
		if (a->due > now)
			continue;
		exclude_write(count ? other : first, slurm, a->trial);
		if (count && (strcmp(first, other) != 0 || a->grace != attempts[0]->grace))
			continue;
		hd_slurm_submit_forget(a);
		attempts[count++] = a;
	}
	if (count)
		batch_submit(slurm, attempts, count, first);
	free(attempts);
	return true;
}

static void on_submit(uv_timer_t *timer)
{
	struct hd_slurm *slurm = timer->data;
	double wait = INFINITY;

	capacity_grow(slurm);
	while (slurm->queue && (wait = submit_wait(slurm)) == 0)
		if (!queue_take(slurm)) {
			wait = 1;
			break;
		}
	if (slurm->queue && isfinite(wait))
		uv_timer_start(timer, on_submit, (uint64_t)ceil(wait * 1000), 0);
}

/* --- those that are not there ---------------------------------------------------------- */

static void submit_refuse(struct hd_slurm_attempt *attempt)
{
	struct hd_buf text = HD_BUF_INIT;

	hd_buf_printf(&text, "Slurm does not take its job: %s", attempt->why);
	/* No other attempt would fare better. */
	hd_slurm_attempt_end(attempt, &(struct hd_exit){ .known = true,
							 .code = -1,
							 .error = hd_buf_text(&text),
							 .killed_by_us = attempt->stopped,
							 .ended = hd_time_wall() });
	hd_buf_release(&text);
}

void hd_slurm_submit_again(struct hd_slurm_attempt *attempt)
{
	double now = hd_slurm_now(attempt->slurm);

	if (attempt->withdrawn) {
		hd_slurm_attempt_fail(attempt, HD_CAUSE_NONE, 0, "it was never started");
		return;
	}
	if (attempt->fault == HD_SLURM_FAULT_REFUSED ||
	    (attempt->fault == HD_SLURM_FAULT_PASSING && !attempt->slurm->silent &&
	     ++attempt->tries > TRIES_MOST)) {
		/* Nothing may begin it once it is told; what has begun is there. */
		if (hd_slurm_attempt_withdraw(attempt))
			submit_refuse(attempt);
		else
			attempt->phase = HD_SLURM_SUBMITTED;
		return;
	}
	attempt->due = now;
	if (attempt->fault == HD_SLURM_FAULT_PASSING)
		attempt->due += fmin(ldexp(1, (int)attempt->tries), DELAY_MOST);
	hd_slurm_submit(attempt);
}
