/*
 * Suggestions derived again: the sampler asked with the trial's index over the
 * history that was known then.
 *
 * The history holds all trials with smaller numbers. Those whose end is among
 * the "known" ones have it with their whole curve, the others are pending; what
 * a pending trial logged is no sampler's business (hdrive/sampler.h), so it is
 * left out. One history serves all: what is known only grows.
 */
#include "sweep/replay_private.h"

#include <hdrive/sampler.h>

#include "space/args.h"
#include "sweep/order.h"

#include <stdlib.h>
#include <string.h>

/* An end of a trial that became known, or one that was taken back. */
struct news {
	size_t count; /* of ends there were with it */
	size_t trial;
	size_t attempt;
	bool reopened;
};

struct suggesting {
	struct hd_replay *replay;
	const struct replay_edition *edition;
	struct hd_history *history;
	void *sampler;
	bool started; /* init came back well, so release is due */
	size_t known; /* news up to this count are in the history */
	size_t next;  /* of the news */
	struct news *news;
	size_t news_count, news_room;
	struct hd_value *values; /* scratch: one per parameter */
};

/* --- the news ------------------------------------------------------------- */

static int news_add(struct suggesting *s, size_t count, size_t trial,
		    size_t attempt, bool reopened)
{
	if (count == 0)
		return 0;
	if (hd_order_grow(&s->news, s->news_count, &s->news_room,
			  sizeof *s->news) < 0)
		return hd_error_nomem(s->replay->err);
	s->news[s->news_count++] = (struct news){ count, trial, attempt, reopened };
	return 0;
}

static int news_compare(const void *va, const void *vb)
{
	const struct news *a = va, *b = vb;

	if (a->count != b->count)
		return a->count < b->count ? -1 : 1;
	return (a->trial > b->trial) - (a->trial < b->trial);
}

static int news_gather(struct suggesting *s)
{
	const struct hd_replay *replay = s->replay;
	int rc = 0;

	for (size_t i = 0; i < replay->count && rc == 0; i++) {
		const struct replay_trial *trial = &replay->trials[i];

		for (size_t a = 0; a < trial->attempt_count && rc == 0; a++) {
			const struct hd_replay_attempt *row = &trial->attempts[a].row;

			rc = news_add(s, row->settled, i, a, false);
			if (rc == 0)
				rc = news_add(s, row->reopened, i, a, true);
		}
	}
	if (s->news_count)
		qsort(s->news, s->news_count, sizeof *s->news, news_compare);
	return rc;
}

/* --- the history ---------------------------------------------------------- */

static void suggesting_close(struct suggesting *s)
{
	const struct hd_config *config = s->edition ? s->edition->config : NULL;

	if (s->started && config->sampler->release)
		config->sampler->release(s->sampler);
	free(s->sampler);
	free(s->values);
	hd_history_free(s->history);
	s->sampler = NULL;
	s->values = NULL;
	s->history = NULL;
	s->started = false;
}

/* Begin from nothing under EDITION. */
static int suggesting_open(struct suggesting *s,
			   const struct replay_edition *edition)
{
	const struct hd_config *config = edition->config;
	size_t width = hd_space_count(config->space);
	int rc = 0;

	suggesting_close(s);
	s->edition = edition;
	s->known = s->next = 0;
	s->history = hd_history_new(config->goal, width);
	s->values = calloc(width + 1, sizeof *s->values);
	s->sampler = calloc(1, config->sampler->state_size + 1);
	if (!s->history || !s->values || !s->sampler)
		return hd_error_nomem(s->replay->err);
	hd_history_plan(s->history, s->replay->plan_total, s->replay->plan_slots);
	memcpy(s->sampler, config->sampler_options, config->sampler->state_size);
	if (config->sampler->init)
		rc = config->sampler->init(s->sampler, config->space,
					   s->replay->err);
	s->started = rc == 0;
	return rc < 0 ? rc
		      : hd_inherit(s->history, s->replay->store, s->replay->sweep, config->space,
				   s->replay->err);
}

/* The curve up to the end of ATTEMPT. */
static int log_curve(struct hd_trial *trial, const struct replay_trial *row,
		     const struct replay_attempt *attempt)
{
	size_t count;
	const struct hd_replay_value *values =
		hd_replay_curve(row, attempt->label, &count);
	int rc = 0;

	if (count > attempt->row.intervals)
		count = attempt->row.intervals;
	/* What was there is of the same values, or was begun anew since. */
	hd_trial_begin_anew(trial);
	for (size_t i = 0; i < count && rc == 0; i++)
		rc = hd_trial_log(trial, values[i].value);
	return rc;
}

static int apply(struct suggesting *s, const struct news *news)
{
	const struct replay_trial *row = &s->replay->trials[news->trial];
	const struct replay_attempt *attempt = &row->attempts[news->attempt];
	struct hd_trial *trial =
		hd_history_trial_mutable(s->history, news->trial);

	if (news->reopened) {
		hd_trial_restore(trial, HD_TRIAL_RUNNING, HD_END_NONE);
		return 0;
	}
	if (log_curve(trial, row, attempt) < 0)
		return hd_error_nomem(s->replay->err);
	hd_trial_restore(trial, attempt->row.state, attempt->row.end);
	return 0;
}

/* Everything that was there, and known, when NUMBER was suggested. */
static int suggesting_advance(struct suggesting *s, size_t number, size_t known)
{
	size_t width = hd_space_count(s->edition->config->space);
	int rc = 0;

	while (hd_history_count(s->history) < number) {
		size_t index = hd_history_count(s->history);
		struct hd_trial *trial = hd_history_add(
			s->history, s->edition->values + index * width);

		if (!trial)
			return hd_error_nomem(s->replay->err);
		hd_trial_restore(trial, HD_TRIAL_RUNNING, HD_END_NONE);
		hd_history_add_foreign(s->history,
				       s->replay->trials[index].enqueued);
	}
	s->known = known;
	if (!s->edition->config->sampler->learns)
		return 0;
	for (; rc == 0 && s->next < s->news_count &&
	       s->news[s->next].count <= known;
	     s->next++)
		/* An end of a later trial cannot have been known. */
		if (s->news[s->next].trial < number)
			rc = apply(s, &s->news[s->next]);
	return rc;
}

/* --- one trial ------------------------------------------------------------ */

static bool values_equal(const struct hd_value *a, const struct hd_value *b,
			 size_t width)
{
	for (size_t i = 0; i < width; i++)
		if (!hd_value_equal(&a[i], &b[i]))
			return false;
	return true;
}

/* What the store has: the row's text, or the table's when only that differs. */
static void stored_text(const struct suggesting *s, size_t number,
			const char *derived, struct hd_buf *text)
{
	const struct replay_trial *trial = &s->replay->trials[number];
	const struct hd_space *space = s->edition->config->space;
	size_t width = hd_space_count(space);

	if (strcmp(trial->parameters, derived))
		hd_buf_puts(text, trial->parameters);
	else if (s->edition->fits[number])
		hd_args_json(text, space, s->edition->values + number * width);
	else
		hd_buf_puts(text, "values that the parameter space does not have");
}

static int compare(struct suggesting *s, size_t number, int code)
{
	const struct replay_trial *trial = &s->replay->trials[number];
	const struct hd_space *space = s->edition->config->space;
	size_t width = hd_space_count(space);
	struct hd_buf derived = HD_BUF_INIT, stored = HD_BUF_INIT;

	if (code == HD_EXHAUSTED)
		hd_buf_puts(&derived, "no point is left");
	else
		hd_args_json(&derived, space, s->values);
	if (hd_buf_failed(&derived))
		return hd_error_nomem(s->replay->err);
	if (code == 0 && s->edition->fits[number] &&
	    !strcmp(hd_buf_text(&derived), trial->parameters) &&
	    values_equal(s->values, s->edition->values + number * width, width)) {
		hd_buf_release(&derived);
		return 0;
	}
	stored_text(s, number, hd_buf_text(&derived), &stored);
	return hd_replay_tell(s->replay, HD_REPLAY_SUGGESTION, number, 0,
			      &stored, &derived);
}

static int suggest(struct suggesting *s, size_t number)
{
	struct hd_replay *replay = s->replay;
	const struct replay_trial *trial = &replay->trials[number];
	const struct replay_edition *edition = &replay->editions[trial->edition];
	struct hd_rng rng;
	int rc = 0;

	if (edition != s->edition || trial->known < s->known)
		rc = suggesting_open(s, edition);
	if (rc == 0)
		rc = suggesting_advance(s, number, trial->known);
	if (rc < 0)
		return rc;
	hd_rng_init(&rng, replay->seed, trial->index);
	rc = edition->config->sampler->suggest(s->sampler, s->history, &rng,
					       s->values, replay->err);
	if (rc < 0)
		return rc;
	replay->summary->suggestions++;
	return compare(s, number, rc);
}

static int tell_missing(struct hd_replay *replay, size_t number)
{
	struct hd_buf stored = HD_BUF_INIT, derived = HD_BUF_INIT;

	hd_buf_puts(&stored, "no such trial");
	hd_buf_puts(&derived, "a trial, as there are later ones");
	return hd_replay_tell(replay, HD_REPLAY_TRIAL, number, 0, &stored,
			      &derived);
}

int hd_replay_suggestions(struct hd_replay *replay)
{
	struct suggesting suggesting = { .replay = replay };
	int rc = news_gather(&suggesting);

	for (size_t i = 0; i < replay->count && rc == 0; i++) {
		const struct replay_trial *trial = &replay->trials[i];

		if (!trial->present)
			rc = tell_missing(replay, i);
		else if (trial->enqueued)
			replay->summary->enqueued++;
		else
			rc = suggest(&suggesting, i);
	}
	suggesting_close(&suggesting);
	free(suggesting.news);
	return rc;
}
