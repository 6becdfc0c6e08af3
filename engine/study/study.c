/*
 * A study in memory: a history, and the states of a sampler and a policy.
 *
 * Every call enters and leaves (keep.c): between the two nobody else changes
 * the study, and what it changes is written or, should that fail, undone.
 */
#include "study/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- its life -------------------------------------------------------------- */

static int state_new(void **state, size_t size, const void *given,
		     const struct hd_option *rows, struct hd_error *err)
{
	/* One more than needed: calloc(0) may give NULL. */
	*state = calloc(1, size + 1);
	if (!*state)
		return hd_error_nomem(err);
	if (size && given)
		memcpy(*state, given, size);
	else
		hd_option_defaults(rows, *state);
	return 0;
}

static int begin_sampler(struct hd_study *study, struct hd_error *err)
{
	const struct hd_sampler_type *type = study->terms.sampler;
	int rc = state_new(&study->sampler, type->state_size,
			   study->terms.sampler_options, type->options, err);

	if (rc == 0 && type->init)
		rc = type->init(study->sampler, study->terms.space, err);
	study->sampler_started = rc == 0;
	return rc;
}

static int begin_policy(struct hd_study *study, struct hd_error *err)
{
	const struct hd_policy_type *type = study->terms.policy;
	int rc;

	if (!type)
		return 0;
	rc = state_new(&study->policy, type->state_size,
		       study->terms.policy_options, type->options, err);
	if (rc == 0 && type->init)
		rc = type->init(study->policy, err);
	study->policy_started = rc == 0;
	return rc;
}

int hd_study_begin(struct hd_study *study, struct hd_error *err)
{
	size_t width = hd_space_count(study->terms.space);
	int rc;

	study->waiting_end = &study->waiting;
	hd_ends_init(&study->ends, &study->terms.end_when, study->terms.goal);
	study->history = hd_history_new(study->terms.goal, width);
	study->values = calloc(width + 1, sizeof *study->values);
	if (!study->history || !study->values)
		return hd_error_nomem(err);
	hd_history_plan(study->history, study->terms.plan_total,
			study->terms.plan_slots);
	rc = begin_sampler(study, err);
	return rc < 0 ? rc : begin_policy(study, err);
}

static void record_free(struct record *record)
{
	free(record->client);
	free(record->reason);
	free(record);
}

void hd_study_clear(struct hd_study *study)
{
	if (study->sampler_started && study->terms.sampler->release)
		study->terms.sampler->release(study->sampler);
	if (study->policy_started && study->terms.policy->release)
		study->terms.policy->release(study->policy);
	while (study->records) {
		struct record *record = study->records;

		study->records = record->next;
		record_free(record);
	}
	while (study->waiting) {
		struct waiting *waiting = study->waiting;

		study->waiting = waiting->next;
		free(waiting);
	}
	free(study->sampler);
	free(study->policy);
	free(study->values);
	hd_history_free(study->history);
	hd_ends_clear(&study->ends);
	study->enough = HD_END_NONE;
	study->why_enough[0] = '\0';
	study->sampler = study->policy = NULL;
	study->values = NULL;
	study->history = NULL;
	study->sampler_started = study->policy_started = false;
	study->open = study->results = study->failures = 0;
	study->exhausted = study->ended = study->has_best = false;
}

int hd_study_new(struct hd_study **out, const struct hd_study_options *options,
		 struct hd_error *err)
{
	struct hd_study *study = NULL;
	int rc;

	if (out)
		*out = NULL;
	if (!out || !options)
		return hd_error_set(err, HD_EINVAL, "a study needs options");
	rc = hd_study_alloc(&study, options, err);
	if (rc == 0 && options->config &&
	    (options->config->resume_from_count ||
	     options->config->resume_child_run_count))
		rc = hd_error_set(err, HD_EINVAL,
				  "a warm start needs a study that is kept in "
				  "a store");
	if (rc == 0)
		rc = hd_study_begin(study, err);
	if (rc < 0)
		goto out;
	*out = study;
	study = NULL; /* the caller's now */
out:
	hd_study_free(study);
	return rc;
}

void hd_study_free(struct hd_study *study)
{
	if (!study)
		return;
	hd_study_clear(study);
	hd_keep_free(study);
	free(study->sampler_options);
	free(study->policy_options);
	hd_config_free(study->own_config);
	free(study);
}

/* --- records --------------------------------------------------------------- */

struct record *hd_study_find(const struct hd_study *study, size_t number)
{
	struct record *record = study->records;

	while (record && record->number != number)
		record = record->next;
	return record;
}

struct record *hd_study_record(struct hd_study *study, size_t number)
{
	struct record *record = hd_study_find(study, number);

	if (record)
		return record;
	record = calloc(1, sizeof *record);
	if (!record)
		return NULL;
	record->number = number;
	record->next = study->records;
	study->records = record;
	return record;
}

void hd_study_unclaim(struct hd_study *study, size_t number)
{
	struct record **link = &study->records, *record;

	while (*link && (*link)->number != number)
		link = &(*link)->next;
	record = *link;
	if (!record)
		return;
	*link = record->next;
	record_free(record);
}

/* --- calls ----------------------------------------------------------------- */

int hd_study_enter(struct hd_study *study, struct hd_error *err)
{
	if (!study)
		return hd_error_set(err, HD_EINVAL, "no study was given");
	return hd_keep_enter(study, err);
}

int hd_study_check_going(const struct hd_study *study, struct hd_error *err)
{
	return study->ended ? hd_error_set(err, HD_ESTATE,
					   "the study has been ended%s%s",
					   study->enough ? ": " : "",
					   study->why_enough)
			    : 0;
}

bool hd_study_offer(struct hd_study *study, size_t number, double value)
{
	hd_ends_value(&study->ends, number, value);
	if (isnan(value) || (study->has_best &&
			     !hd_goal_better(study->terms.goal, value, study->best)))
		return false;
	study->has_best = true;
	study->best = value;
	study->best_trial = number;
	return true;
}

bool hd_study_has_failed(const struct hd_study *study)
{
	return study->failures > study->terms.max_failures;
}

/* 1 when nothing is open and nothing is left to be asked for, 0, or a code. */
static int is_done(const struct hd_study *study, struct hd_error *err)
{
	const struct hd_trial *promoted;
	struct hd_reason why;
	int rc;

	if (study->enough == HD_END_TARGET)
		return study->open == 0;
	if (study->open > 0 || study->waiting)
		return 0;
	if (hd_study_has_failed(study) || study->enough == HD_END_PATIENCE)
		return 1;
	if (!study->exhausted && study->enough == HD_END_NONE &&
	    hd_history_count(study->history) < study->terms.limit)
		return 0;
	/* With nothing open, whom it promotes it promotes by what is known. */
	rc = hd_study_find_promoted(study, &promoted, &why, err);
	return rc < 0 ? rc : !promoted;
}

int hd_study_settle(struct hd_study *study, struct hd_error *err)
{
	bool failed = hd_study_has_failed(study);
	int rc = study->keep ? is_done(study, err) : 0;

	if (rc <= 0)
		return rc;
	study->ended = true;
	if (study->enough != HD_END_NONE)
		return hd_keep_state(study, "Completed", study->enough,
				     study->why_enough, err);
	return hd_keep_state(study, failed ? "Failed" : "Completed",
			     failed ? HD_END_FAILURES : HD_END_NONE,
			     failed ? "too many trials of the study failed" : "",
			     err);
}

/* --- its end ----------------------------------------------------------------- */

static int stop(struct hd_study *study, struct hd_error *err)
{
	bool open = study->open > 0;
	int rc = 0;

	if (study->ended)
		return HD_ENDED;
	for (size_t i = 0; rc == 0 && i < hd_history_count(study->history); i++) {
		struct hd_trial *trial = hd_history_trial_mutable(study->history, i);

		if (!hd_trial_state_is_terminal(hd_trial_state(trial)))
			rc = hd_study_end_trial(study, trial, HD_TRIAL_EVENT_CANCEL,
						"the study was ended", err);
	}
	study->ended = true;
	if (rc == 0)
		rc = hd_keep_state(study, open ? "Canceled" : "Completed",
				   open ? HD_END_USER : HD_END_NONE,
				   open ? "ended with trials that were open" : "",
				   err);
	return rc;
}

int hd_study_stop(struct hd_study *study, struct hd_error *err)
{
	int rc = hd_study_enter(study, err);

	if (rc == 0)
		rc = stop(study, err);
	return hd_keep_leave(study, rc, err);
}

/* --- what is known ------------------------------------------------------------ */

int hd_study_refresh(struct hd_study *study, struct hd_error *err)
{
	return hd_keep_leave(study, hd_study_enter(study, err), err);
}

int hd_study_best(struct hd_study *study, size_t *number, double *value,
		  struct hd_error *err)
{
	int rc = hd_study_refresh(study, err);

	if (rc < 0)
		return rc;
	if (!study->has_best)
		return hd_error_set(err, HD_ENOENT, "no trial has a value yet");
	if (number)
		*number = study->best_trial;
	if (value)
		*value = study->best;
	return 0;
}

double hd_study_value(const struct hd_study *study, size_t number)
{
	const struct hd_trial *trial;

	if (!study || number >= hd_history_count(study->history))
		return NAN;
	trial = hd_history_trial(study->history, number);
	return hd_trial_intervals(trial) == 0
		       ? NAN
		       : hd_trial_rank(trial, study->terms.reduce,
				       study->terms.reduce_count);
}

const struct hd_history *hd_study_history(const struct hd_study *study)
{
	return study ? study->history : NULL;
}

const char *hd_study_note(const struct hd_study *study)
{
	return study && study->terms.sampler->note
		       ? study->terms.sampler->note(study->sampler)
		       : NULL;
}

const struct hd_space *hd_study_space(const struct hd_study *study)
{
	return study ? study->terms.space : NULL;
}

uint64_t hd_study_seed(const struct hd_study *study)
{
	return study ? study->terms.seed : 0;
}
