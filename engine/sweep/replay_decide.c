/*
 * Decisions derived again: everything that policies could see happens once
 * more, in the order in which it happened, and the policy is asked where the
 * engine asked it.
 *
 * Within a turn the engine goes from slot to slot: it learns that a trial runs,
 * reads what it logged, and stores its end. What stops trials for other reasons,
 * draws new ones, lets paused ones go on and takes ends back comes after all
 * slots. A policy that promotes is asked before every draw: that it had nobody
 * is derived again too.
 */
#include "sweep/replay_private.h"

#include <hdrive/policy.h>

#include "base/number.h"
#include "sweep/order.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum event_kind {
	EVENT_RUNNING,
	EVENT_VALUE,
	EVENT_CLOSED,
	/* After all slots. */
	EVENT_STOP,
	EVENT_CREATED, /* this and the next as their slots were filled */
	EVENT_PROMOTED,
	EVENT_REOPENED,
};

struct event {
	int64_t time;
	size_t slot; /* SIZE_MAX after all slots */
	enum event_kind kind;
	size_t filled;   /* the slot that a trial was drawn or promoted for */
	size_t sequence; /* of a value */
	size_t trial;
	const struct replay_attempt *attempt;
	const struct hd_replay_value *value;
};

struct deciding {
	struct hd_replay *replay;
	const struct replay_edition *edition;
	struct hd_history *history;
	void *policy;
	bool started; /* init came back well, so release is due */
	struct event *events;
	size_t count, room;
};

/* --- what happened -------------------------------------------------------- */

static int event_add(struct deciding *d, const struct event *event)
{
	if (event->time == 0)
		return 0;
	if (hd_order_grow(&d->events, d->count, &d->room, sizeof *event) < 0)
		return hd_error_nomem(d->replay->err);
	d->events[d->count++] = *event;
	return 0;
}

/* In which order kinds come of what happened in a turn after all slots. */
static int event_rank(enum event_kind kind)
{
	return kind == EVENT_PROMOTED ? EVENT_CREATED : (int)kind;
}

static int event_compare(const void *va, const void *vb)
{
	const struct event *a = va, *b = vb;

	if (a->time != b->time)
		return a->time < b->time ? -1 : 1;
	if (a->slot != b->slot)
		return a->slot < b->slot ? -1 : 1;
	if (event_rank(a->kind) != event_rank(b->kind))
		return event_rank(a->kind) < event_rank(b->kind) ? -1 : 1;
	if (a->filled != b->filled)
		return a->filled < b->filled ? -1 : 1;
	if (a->trial != b->trial)
		return a->trial < b->trial ? -1 : 1;
	return (a->sequence > b->sequence) - (a->sequence < b->sequence);
}

/* TRIAL's row of that kind at TIME and INTERVAL, 0 for any; or NULL. */
static struct replay_decision *decision_find(const struct hd_replay *replay,
					     size_t number, bool promotes,
					     int64_t time, size_t interval)
{
	const struct replay_trial *trial = &replay->trials[number];

	for (size_t i = 0; i < trial->decision_count; i++) {
		struct replay_decision *decision =
			&replay->decisions[trial->decision + i];

		if (!decision->met && decision->time == time &&
		    (decision->kind == HD_DECISION_PROMOTE) == promotes &&
		    (interval == 0 || decision->interval == interval))
			return decision;
	}
	return NULL;
}

/* The end of ATTEMPT was taken back: by the policy, or by somebody. */
static int gather_reopened(struct deciding *d, const struct replay_trial *trial,
			   struct event *event)
{
	const struct replay_attempt *attempt = event->attempt;

	if (!attempt->row.settled)
		return 0;
	event->time = attempt->row.queued;
	event->kind = EVENT_REOPENED;
	if (decision_find(d->replay, event->trial, true, event->time, 0)) {
		event->kind = EVENT_PROMOTED;
		/* A past attempt has one behind it. */
		event->filled = attempt < &trial->attempts[trial->attempt_count - 1]
					? attempt[1].row.slot
					: 0;
	}
	return event_add(d, event);
}

static int gather_attempt(struct deciding *d, size_t number,
			  const struct replay_attempt *attempt)
{
	const struct hd_replay_attempt *row = &attempt->row;
	struct event event = { .trial = number, .attempt = attempt };
	int rc;

	event.time = row->running;
	event.slot = row->slot;
	event.kind = EVENT_RUNNING;
	rc = event_add(d, &event);
	event.time = row->closed;
	event.kind = EVENT_CLOSED;
	if (rc == 0)
		rc = event_add(d, &event);
	event.time = row->stop_asked;
	event.slot = SIZE_MAX;
	event.kind = EVENT_STOP;
	if (rc == 0)
		rc = event_add(d, &event);
	return rc < 0 ? rc : gather_reopened(d, &d->replay->trials[number], &event);
}

/* Of those that share its label the one that was not closed before. */
static const struct replay_attempt *attempt_of(const struct replay_trial *trial,
					       const struct hd_replay_value *value)
{
	size_t last = trial->attempt_count - 1;

	for (size_t i = 0; i < last; i++) {
		const struct replay_attempt *attempt = &trial->attempts[i];

		if (attempt->label == value->attempt &&
		    attempt->row.closed >= value->time)
			return attempt;
	}
	return &trial->attempts[last];
}

static int gather_trial(struct deciding *d, size_t number)
{
	const struct replay_trial *trial = &d->replay->trials[number];
	struct event event = { .time = trial->created,
			       .slot = SIZE_MAX,
			       .kind = EVENT_CREATED,
			       .filled = trial->attempts[0].row.slot,
			       .trial = number };
	int rc = event_add(d, &event);

	event.filled = 0;
	for (size_t i = 0; i < trial->attempt_count && rc == 0; i++)
		rc = gather_attempt(d, number, &trial->attempts[i]);
	event.kind = EVENT_VALUE;
	for (size_t i = 0; i < trial->value_count && rc == 0; i++) {
		event.value = &trial->values[i];
		event.attempt = attempt_of(trial, event.value);
		event.time = event.value->time;
		event.slot = event.attempt->row.slot;
		event.sequence = event.value->sequence;
		rc = event_add(d, &event);
	}
	return rc;
}

static int gather(struct deciding *d)
{
	int rc = 0;

	for (size_t i = 0; i < d->replay->count && rc == 0; i++)
		if (d->replay->trials[i].present)
			rc = gather_trial(d, i);
	if (d->count)
		qsort(d->events, d->count, sizeof *d->events, event_compare);
	return rc;
}

/* --- the policy ----------------------------------------------------------- */

static void policy_close(struct deciding *d)
{
	if (d->started && d->edition->config->policy->release)
		d->edition->config->policy->release(d->policy);
	free(d->policy);
	d->policy = NULL;
	d->started = false;
}

static int policy_open(struct deciding *d, const struct replay_edition *edition)
{
	const struct hd_policy_type *type = edition->config->policy;
	int rc = 0;

	policy_close(d);
	d->edition = edition;
	d->policy = calloc(1, type->state_size + 1);
	if (!d->policy)
		return hd_error_nomem(d->replay->err);
	memcpy(d->policy, edition->config->policy_options, type->state_size);
	if (type->init)
		rc = type->init(d->policy, d->replay->err);
	d->started = rc == 0;
	return rc;
}

/* The policy that was in force at TIME. */
static int policy_reach(struct deciding *d, int64_t time)
{
	const struct replay_edition *edition =
		&d->replay->editions[hd_replay_edition_at(d->replay, time)];

	return edition == d->edition ? 0 : policy_open(d, edition);
}

static bool number_same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool decision_same(const struct replay_decision *decision,
			  const char *policy, const struct hd_reason *why)
{
	return !strcmp(decision->policy, policy) &&
	       number_same(decision->reason.mine, why->mine) &&
	       number_same(decision->reason.limit, why->limit) &&
	       decision->reason.compared == why->compared &&
	       decision->reason.pauses == why->pauses &&
	       !strcmp(decision->reason.text, why->text);
}

/* TRIAL: of a promotion. */
static void decision_text(struct hd_buf *text, enum hd_decision kind,
			  size_t trial, const char *policy,
			  const struct hd_reason *why)
{
	char mine[HD_NUMBER_TEXT], limit[HD_NUMBER_TEXT];

	hd_number_write(why->mine, mine);
	hd_number_write(why->limit, limit);
	if (kind == HD_DECISION_PROMOTE)
		hd_buf_printf(text, "a promotion of trial %zu", trial);
	else
		hd_buf_puts(text, kind == HD_DECISION_PAUSE ? "a pause" : "a stop");
	hd_buf_printf(text, " by %s: %s (%s, %s, %zu)", policy, why->text, mine,
		      limit, why->compared);
}

static enum hd_decision stop_kind(const struct hd_reason *why)
{
	return why->pauses ? HD_DECISION_PAUSE : HD_DECISION_STOP;
}

/* Both may be NULL: went on. */
static int compare(struct deciding *d, const struct event *event,
		   const struct replay_decision *stored,
		   const struct hd_reason *derived)
{
	const char *policy = d->edition->config->policy->name;
	struct hd_buf has = HD_BUF_INIT, gives = HD_BUF_INIT;

	if (stored && derived && decision_same(stored, policy, derived))
		return 0;
	if (!stored && !derived)
		return 0;
	if (stored)
		decision_text(&has, stored->kind, event->trial, stored->policy,
			      &stored->reason);
	else
		hd_buf_puts(&has, "no stop");
	if (derived)
		decision_text(&gives, stop_kind(derived), event->trial, policy,
			      derived);
	else
		hd_buf_puts(&gives, "no stop");
	return hd_replay_tell(d->replay, HD_REPLAY_DECISION, event->trial,
			      event->value->interval, &has, &gives);
}

static int ask(struct deciding *d, const struct event *event,
	       struct hd_trial *trial)
{
	const struct hd_policy_type *type = d->edition->config->policy;
	struct replay_decision *stored = decision_find(
		d->replay, event->trial, false, event->time, event->value->interval);
	struct hd_reason why = { .mine = NAN, .limit = NAN };
	bool stops = type->should_stop(d->policy, trial, d->history, &why);

	why.pauses = why.pauses && type->promote && d->replay->promotes;

	d->replay->summary->questions++;
	d->replay->summary->stops += stops;
	if (stored)
		stored->met = true;
	/* Either way nobody asks about it any more: it tells one difference. */
	if (stored || stops)
		hd_trial_restore(trial, HD_TRIAL_STOPPING,
				 why.pauses ? HD_END_PAUSED : HD_END_POLICY);
	return compare(d, event, stored, stops ? &why : NULL);
}

/* --- promotions ------------------------------------------------------------- */

static int tell_promotion(struct deciding *d, const struct event *event,
			  const struct replay_decision *stored,
			  const struct hd_trial *derived,
			  const struct hd_reason *why)
{
	struct hd_buf has = HD_BUF_INIT, gives = HD_BUF_INIT;

	if (stored)
		decision_text(&has, HD_DECISION_PROMOTE, event->trial,
			      stored->policy, &stored->reason);
	else
		hd_buf_puts(&has, "a new trial");
	if (derived)
		decision_text(&gives, HD_DECISION_PROMOTE, hd_trial_number(derived),
			      d->edition->config->policy->name, why);
	else
		hd_buf_puts(&gives, "no promotion");
	return hd_replay_tell(d->replay, HD_REPLAY_DECISION, event->trial,
			      stored ? stored->interval : 0, &has, &gives);
}

/* A slot was filled by EVENT, a promotion or a suggestion: whom by right? */
static int ask_promoted(struct deciding *d, const struct event *event)
{
	const struct hd_policy_type *type;
	struct hd_reason why = { .mine = NAN, .limit = NAN };
	const struct hd_trial *derived;
	struct replay_decision *stored = NULL;
	int rc = policy_reach(d, event->time);

	if (rc < 0)
		return rc;
	type = d->edition->config->policy;
	if (event->kind == EVENT_PROMOTED)
		stored = decision_find(d->replay, event->trial, true, event->time, 0);
	if (stored)
		stored->met = true;
	derived = type->promote && d->replay->promotes
			  ? type->promote(d->policy, d->history, &why)
			  : NULL;
	d->replay->summary->promotions += derived != NULL;
	if (stored && derived && hd_trial_number(derived) == event->trial &&
	    decision_same(stored, type->name, &why))
		return 0;
	return stored || derived ? tell_promotion(d, event, stored, derived, &why) : 0;
}

/* --- once more ------------------------------------------------------------ */

static int tell_gap(struct deciding *d, const struct event *event,
		    size_t interval)
{
	struct hd_buf stored = HD_BUF_INIT, derived = HD_BUF_INIT;

	hd_buf_printf(&stored, "a value of interval %zu", event->value->interval);
	hd_buf_printf(&derived, "the next is interval %zu", interval);
	return hd_replay_tell(d->replay, HD_REPLAY_VALUE, event->trial, interval,
			      &stored, &derived);
}

static int on_value(struct deciding *d, const struct event *event,
		    struct hd_trial *trial)
{
	const struct hd_replay_attempt *attempt = &event->attempt->row;
	const struct hd_config *config;
	size_t interval;
	int rc = policy_reach(d, event->time);

	if (rc < 0)
		return rc;
	config = d->edition->config;
	if (hd_trial_log(trial, event->value->value) < 0)
		return hd_error_nomem(d->replay->err);
	interval = hd_trial_intervals(trial);
	if (interval != event->value->interval)
		rc = tell_gap(d, event, interval);
	if (rc < 0 || hd_trial_state(trial) != HD_TRIAL_RUNNING ||
	    (attempt->gone && event->time >= attempt->gone) ||
	    !hd_policy_is_due(interval, config->evaluation_interval,
			      config->delay_evaluation))
		return rc;
	return ask(d, event, trial);
}

/* An attempt that another follows leaves its trial waiting. */
static void on_closed(const struct event *event, struct hd_trial *trial)
{
	const struct hd_replay_attempt *attempt = &event->attempt->row;

	if (attempt->settled || attempt->queued == 0) {
		hd_trial_restore(trial, attempt->state, attempt->end);
		return;
	}
	if (attempt->anew)
		hd_trial_begin_anew(trial);
	hd_trial_restore(trial, HD_TRIAL_QUEUED, HD_END_NONE);
}

/* All trials up to the one that EVENT is of. */
static int history_reach(struct deciding *d, size_t number)
{
	while (hd_history_count(d->history) <= number)
		if (!hd_history_add(d->history, NULL))
			return hd_error_nomem(d->replay->err);
	return 0;
}

static int happen(struct deciding *d, const struct event *event)
{
	struct hd_trial *trial;
	int rc = 0;

	/* Before the trial is there: it was not when this was asked. */
	if (event->kind == EVENT_PROMOTED ||
	    (event->kind == EVENT_CREATED && !d->replay->trials[event->trial].enqueued))
		rc = ask_promoted(d, event);
	if (rc == 0)
		rc = history_reach(d, event->trial);
	if (rc < 0)
		return rc;
	trial = hd_history_trial_mutable(d->history, event->trial);
	switch (event->kind) {
	case EVENT_RUNNING:
		hd_trial_restore(trial, HD_TRIAL_RUNNING, HD_END_NONE);
		break;
	case EVENT_VALUE:
		return on_value(d, event, trial);
	case EVENT_CLOSED:
		on_closed(event, trial);
		break;
	case EVENT_STOP:
		if (!hd_trial_state_is_terminal(hd_trial_state(trial)))
			hd_trial_restore(trial, HD_TRIAL_STOPPING, event->attempt->row.end);
		break;
	case EVENT_CREATED:
		break;
	case EVENT_PROMOTED:
	case EVENT_REOPENED:
		if (event->attempt->row.anew)
			hd_trial_begin_anew(trial);
		hd_trial_restore(trial, HD_TRIAL_QUEUED, HD_END_NONE);
		break;
	}
	return 0;
}

/* Decisions in the store that no question of ours led to. */
static int tell_unmet(struct hd_replay *replay)
{
	int rc = 0;

	for (size_t i = 0; i < replay->decision_count && rc == 0; i++) {
		const struct replay_decision *decision = &replay->decisions[i];
		struct hd_buf stored = HD_BUF_INIT, derived = HD_BUF_INIT;

		if (decision->met)
			continue;
		decision_text(&stored, decision->kind, decision->trial,
			      decision->policy, &decision->reason);
		hd_buf_puts(&derived, "nobody asked there");
		rc = hd_replay_tell(replay, HD_REPLAY_DECISION, decision->trial,
				    decision->interval, &stored, &derived);
	}
	return rc;
}

int hd_replay_decisions(struct hd_replay *replay)
{
	struct deciding deciding = { .replay = replay };
	const struct hd_config *config = replay->editions[0].config;
	int rc = gather(&deciding);

	/* Policies do not look at parameters, whose space may change. */
	deciding.history = hd_history_new(config->goal, 0);
	if (!deciding.history && rc == 0)
		rc = hd_error_nomem(replay->err);
	if (rc == 0)
		hd_history_plan(deciding.history, replay->plan_total,
				replay->plan_slots);
	if (rc == 0)
		rc = policy_open(&deciding, &replay->editions[0]);
	if (rc == 0)
		rc = hd_inherit(deciding.history, replay->store, replay->sweep, NULL,
				replay->err);
	for (size_t i = 0; i < deciding.count && rc == 0; i++)
		rc = happen(&deciding, &deciding.events[i]);
	if (rc == 0)
		rc = tell_unmet(replay);
	policy_close(&deciding);
	hd_history_free(deciding.history);
	free(deciding.events);
	return rc;
}
