/*
 * A round: what squeue, and sacct for the others, tell of all attempts whose jobs
 * may have been in the queue when it began.
 */
#include "slurm/slurm.h"

#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Looks for a job that sbatch said there is not, before it is called again. */
#define LOOKS 3
/* Seconds after which a reason for waiting is worth a word. */
#define WAITS_LONG 60.0
#define NOTES_MOST 20

bool hd_slurm_round_wanted(const struct hd_slurm *slurm)
{
	if (slurm->closing)
		return true;
	for (const struct hd_slurm_attempt *a = slurm->attempts; a; a = a->next)
		if (a->phase >= HD_SLURM_SEARCHED)
			return true;
	return slurm->orphans != NULL || slurm->silent;
}

void hd_slurm_round_begin(struct hd_slurm *slurm)
{
	for (struct hd_slurm_attempt *a = slurm->attempts; a; a = a->next) {
		a->asked = a->phase >= HD_SLURM_SEARCHED;
		a->found = false;
	}
	hd_slurm_orphans_begin(slurm);
}

/* --- why it waits ------------------------------------------------------------------- */

static bool needs_the_user(const char *reason)
{
	return strcmp(reason, "PartitionNodeLimit") == 0 ||
	       strcmp(reason, "PartitionTimeLimit") == 0 ||
	       strcmp(reason, "BadConstraints") == 0 || strstr(reason, "Limit") ||
	       strncmp(reason, "JobHeld", 7) == 0 || strstr(reason, "Invalid");
}

static bool was_noted(struct hd_slurm *slurm, const char *text)
{
	struct hd_slurm_noted *noted = slurm->noted;
	size_t count = 0;

	for (; noted; noted = noted->next, count++)
		if (strcmp(noted->text, text) == 0)
			return true;
	noted = count < NOTES_MOST ? calloc(1, sizeof *noted) : NULL;
	if (!noted)
		return true;
	snprintf(noted->text, sizeof noted->text, "%s", text);
	noted->next = slurm->noted;
	slurm->noted = noted;
	return false;
}

static void wait_note(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;
	struct hd_buf text = HD_BUF_INIT;

	if (hd_slurm_now(slurm) - attempt->since < WAITS_LONG ||
	    !needs_the_user(attempt->reason) || was_noted(slurm, attempt->reason))
		return;
	hd_buf_printf(&text,
		      "jobs wait in Slurm's queue for a reason that may not pass by itself:"
		      " %s (job %s)",
		      attempt->reason, attempt->id);
	slurm->host.note(slurm->host.user, SIZE_MAX, hd_buf_text(&text));
	hd_buf_release(&text);
}

/* --- lines --------------------------------------------------------------------------- */

/* Of two jobs with one name the one that is still there counts. */
static bool is_better(const struct hd_slurm_attempt *attempt, const struct hd_slurm_line *line)
{
	if (!attempt->found)
		return true;
	if (hd_slurm_state_is_over(attempt->state))
		return true;
	return attempt->state == HD_SLURM_PENDING && line->state == HD_SLURM_RUNNING;
}

static void line_take(struct hd_slurm_attempt *attempt, const struct hd_slurm_line *line)
{
	bool was_over = hd_slurm_state_is_over(attempt->state);

	attempt->found = true;
	attempt->state = line->state;
	attempt->limit = line->limit;
	snprintf(attempt->id, sizeof attempt->id, "%s", line->id);
	snprintf(attempt->reason, sizeof attempt->reason, "%s", line->reason);
	if (*line->node)
		snprintf(attempt->node, sizeof attempt->node, "%s", line->node);
	if (!hd_slurm_state_is_over(line->state))
		attempt->ended = 0;
	else if (!was_over)
		attempt->ended = hd_slurm_now(attempt->slurm);
}

static void line_of_attempt(struct hd_slurm_attempt *attempt, const struct hd_slurm_line *line)
{
	struct hd_slurm *slurm = attempt->slurm;

	/* It was submitted after the question: the next round tells. */
	if (!attempt->asked)
		return;
	if (!is_better(attempt, line)) {
		/* Queued twice: this one finds no ticket. */
		if (!hd_slurm_state_is_over(line->state))
			hd_slurm_orphan(slurm, line->id, false);
		return;
	}
	if (attempt->found && !hd_slurm_state_is_over(attempt->state))
		hd_slurm_orphan(slurm, attempt->id, false);
	line_take(attempt, line);
	if (attempt->phase == HD_SLURM_SEARCHED) {
		attempt->since = hd_slurm_now(slurm);
		attempt->era = slurm->era - 1; /* it was not plainly queued */
	}
	attempt->phase = HD_SLURM_SUBMITTED;
}

static void line_heed(struct hd_slurm *slurm, const struct hd_slurm_line *line)
{
	struct hd_slurm_attempt *attempt;

	if (!hd_slurm_job_is_of(line->name, slurm->tag))
		return;
	attempt = hd_slurm_attempt_of_job(slurm, line->name, line->task);
	if (attempt)
		line_of_attempt(attempt, line);
	else if (!hd_slurm_state_is_over(line->state) &&
		 line->state != HD_SLURM_COMPLETING &&
		 !hd_slurm_was_let_go(slurm, line->name, line->task))
		hd_slurm_orphan(slurm, line->id, false);
}

/* What was in the queue once may stand in the accounts as running for ever: they
 * are believed about ends alone. */
static bool account_line(struct hd_slurm_line *line, char *text)
{
	return hd_slurm_account_line(line, text) && hd_slurm_state_is_over(line->state);
}

static void lines_heed(struct hd_slurm *slurm, char *text,
		       bool (*take)(struct hd_slurm_line *line, char *text))
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		char *next = text + length + (text[length] == '\n');
		struct hd_slurm_line line;

		text[length] = '\0';
		if (take(&line, text))
			line_heed(slurm, &line);
		text = next;
	}
}

void hd_slurm_round_queue(struct hd_slurm *slurm, char *text)
{
	lines_heed(slurm, text, hd_slurm_queue_line);
}

void hd_slurm_round_accounts(struct hd_slurm *slurm, char *text)
{
	lines_heed(slurm, text, account_line);
}

bool hd_slurm_round_lacks(const struct hd_slurm_attempt *attempt)
{
	return attempt->asked && !attempt->found && attempt->phase == HD_SLURM_SUBMITTED;
}

bool hd_slurm_round_misses(const struct hd_slurm *slurm)
{
	for (const struct hd_slurm_attempt *a = slurm->attempts; a; a = a->next)
		if (hd_slurm_round_lacks(a))
			return true;
	return false;
}

void hd_slurm_round_excuse(struct hd_slurm *slurm)
{
	for (struct hd_slurm_attempt *a = slurm->attempts; a; a = a->next)
		if (hd_slurm_round_lacks(a))
			a->asked = false;
}

/* --- what it comes to ------------------------------------------------------------------- */

static bool is_held_for_ever(const struct hd_slurm_attempt *attempt)
{
	return attempt->state == HD_SLURM_PENDING &&
	       (strstr(attempt->reason, "requeued held") ||
		strstr(attempt->reason, "requeued_held"));
}

static void found_heed(struct hd_slurm_attempt *attempt)
{
	attempt->missing = 0;
	switch (attempt->state) {
	case HD_SLURM_PENDING:
		if (attempt->started || attempt->claimed || is_held_for_ever(attempt))
			attempt->requeued++;
		wait_note(attempt);
		break;
	case HD_SLURM_RUNNING:
		attempt->requeued = 0;
		if (attempt->withdrawn)
			break;
		hd_slurm_attempt_started(attempt);
		hd_slurm_attempt_placed(attempt);
		break;
	case HD_SLURM_UNSEEN:
	case HD_SLURM_COMPLETING:
	case HD_SLURM_COMPLETED:
	case HD_SLURM_FAILED:
	case HD_SLURM_CANCELLED:
	case HD_SLURM_TIMEOUT:
	case HD_SLURM_PREEMPTED:
	case HD_SLURM_NODE_FAIL:
	case HD_SLURM_MEMORY:
		break;
	}
}

/* True when it is gone. */
static bool missing_heed(struct hd_slurm_attempt *attempt)
{
	struct hd_slurm *slurm = attempt->slurm;

	if (attempt->missing++ == 0)
		attempt->missing_at = hd_slurm_now(slurm);
	if (attempt->phase != HD_SLURM_SEARCHED)
		return false;
	/* It begins, though nobody shows it: it is found by its files. */
	if (attempt->claimed) {
		attempt->phase = HD_SLURM_SUBMITTED;
		return false;
	}
	hd_slurm_query_soon(slurm);
	if (attempt->missing < LOOKS)
		return false;
	hd_slurm_submit_again(attempt);
	return true;
}

void hd_slurm_round_end(struct hd_slurm *slurm)
{
	struct hd_slurm_attempt *next;

	for (struct hd_slurm_attempt *a = slurm->attempts; a; a = next) {
		next = a->next;
		if (!a->asked)
			continue;
		a->asked = false;
		if (a->found)
			found_heed(a);
		else if (missing_heed(a))
			continue;
		/* One that still runs there has not been told of yet. */
		if (a->record && (!a->found || hd_slurm_state_is_over(a->state)))
			a->doubts++;
		/* The others are looked at in their turn. */
		if (a->record || a->missing || a->requeued ||
		    hd_slurm_state_is_over(a->state))
			hd_slurm_follow(a);
	}
	hd_slurm_orphans_end(slurm);
	hd_slurm_cancel_soon(slurm);
	slurm->looked = true;
}

void hd_slurm_round_release(struct hd_slurm *slurm)
{
	while (slurm->noted) {
		struct hd_slurm_noted *noted = slurm->noted;

		slurm->noted = noted->next;
		free(noted);
	}
}
