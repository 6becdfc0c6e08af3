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

#include "space/values.h"

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

static struct record *record_find(const struct hd_study *study, size_t number)
{
	struct record *record = study->records;

	while (record && record->number != number)
		record = record->next;
	return record;
}

struct record *hd_study_record(struct hd_study *study, size_t number)
{
	struct record *record = record_find(study, number);

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

/* The open trial of CLIENT, or NULL. */
static const struct record *record_of(const struct hd_study *study,
				      const char *client)
{
	const struct record *record = study->records;

	while (record && !(record->client && !strcmp(record->client, client)))
		record = record->next;
	return record;
}

/* --- calls ----------------------------------------------------------------- */

static int enter(struct hd_study *study, struct hd_error *err)
{
	if (!study)
		return hd_error_set(err, HD_EINVAL, "no study was given");
	return hd_keep_enter(study, err);
}

static int check_going(const struct hd_study *study, struct hd_error *err)
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

static bool has_failed(const struct hd_study *study)
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
	if (has_failed(study) || study->enough == HD_END_PATIENCE)
		return 1;
	if (!study->exhausted && study->enough == HD_END_NONE &&
	    hd_history_count(study->history) < study->terms.limit)
		return 0;
	/* With nothing open, whom it promotes it promotes by what is known. */
	rc = hd_study_find_promoted(study, &promoted, &why, err);
	return rc < 0 ? rc : !promoted;
}

/* After an end: that of the whole, when nothing more can come. */
static int settle_whole(struct hd_study *study, struct hd_error *err)
{
	bool failed = has_failed(study);
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

/* --- ask ------------------------------------------------------------------- */

void hd_study_wait(struct hd_study *study, struct waiting *waiting)
{
	*study->waiting_end = waiting;
	study->waiting_end = &waiting->next;
}

/* The point that waits longest into study->values. */
static int take_waiting(struct hd_study *study, struct hd_error *err)
{
	struct waiting *waiting = study->waiting;
	size_t width = hd_space_count(study->terms.space);
	int rc = hd_keep_taken(study, waiting, err);

	if (rc < 0)
		return rc;
	memcpy(study->values, waiting->values, width * sizeof *study->values);
	study->waiting = waiting->next;
	if (!study->waiting)
		study->waiting_end = &study->waiting;
	free(waiting);
	return 0;
}

static int suggest(struct hd_study *study, struct hd_error *err)
{
	struct hd_rng rng;
	int rc;

	hd_rng_init(&rng, study->terms.seed, hd_history_next(study->history));
	rc = study->terms.sampler->suggest(study->sampler, study->history, &rng,
					   study->values, err);
	study->exhausted = rc == HD_EXHAUSTED;
	return rc == 0 && hd_study_has_converged(study, &rng) ? HD_EXHAUSTED : rc;
}

int hd_study_claim(struct hd_study *study, size_t number, const char *client,
		   struct hd_error *err)
{
	struct record *record = hd_study_record(study, number);

	if (record)
		record->client = strdup(client);
	return record && record->client ? 0 : hd_error_nomem(err);
}

/* The trial with study->values, running. */
static int add_trial(struct hd_study *study, bool foreign, const char *origin,
		     const char *client, struct hd_trial **out,
		     struct hd_error *err)
{
	size_t number = hd_history_count(study->history);
	int rc = client ? hd_study_claim(study, number, client, err) : 0;

	/* Memory that is not there must not leave a trial that nobody has. */
	*out = rc == 0 ? hd_history_add(study->history, study->values) : NULL;
	if (!*out) {
		hd_study_unclaim(study, number);
		return hd_error_nomem(err);
	}
	hd_history_add_foreign(study->history, foreign);
	hd_trial_move(*out, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(*out, HD_TRIAL_EVENT_SPAWNED);
	study->open++;
	return hd_keep_trial(study, *out, study->results, origin, client, err);
}

static int ask_new(struct hd_study *study, const char *client,
		   struct hd_trial **out, struct hd_error *err)
{
	bool enqueued = study->waiting != NULL;
	int rc;

	if (study->enough == HD_END_TARGET)
		return HD_EXHAUSTED;
	if (!enqueued && (has_failed(study) || study->enough == HD_END_PATIENCE))
		return HD_EXHAUSTED;
	rc = enqueued ? 1 : hd_study_promote(study, client, out, err);
	if (rc <= 0)
		return rc;
	if (!enqueued &&
	    (study->enough != HD_END_NONE ||
	     hd_history_count(study->history) >= study->terms.limit))
		return HD_EXHAUSTED;
	rc = enqueued ? take_waiting(study, err) : suggest(study, err);
	if (rc != 0)
		return rc;
	return add_trial(study, enqueued, enqueued ? "enqueued" : "sampler",
			 client, out, err);
}

static int ask(struct hd_study *study, const char *client, size_t *number,
	       const struct hd_value **values, struct hd_error *err)
{
	const struct record *mine = client ? record_of(study, client) : NULL;
	struct hd_trial *trial = NULL;
	int rc = check_going(study, err);

	if (rc < 0)
		return rc;
	if (mine)
		trial = hd_history_trial_mutable(study->history, mine->number);
	else
		rc = ask_new(study, client, &trial, err);
	if (rc == HD_EXHAUSTED) {
		int ended = settle_whole(study, err);

		return ended < 0 ? ended : rc;
	}
	if (rc < 0)
		return rc;
	*number = hd_trial_number(trial);
	*values = hd_trial_values(trial);
	return 0;
}

int hd_study_ask(struct hd_study *study, const char *client, size_t *number,
		 const struct hd_value **values, struct hd_error *err)
{
	int rc;

	if (!number || !values)
		return hd_error_set(err, HD_EINVAL,
				    "no place for the trial was given");
	rc = enter(study, err);
	if (rc == 0)
		rc = ask(study, client, number, values, err);
	return hd_keep_leave(study, rc, err);
}

/* --- report and tell --------------------------------------------------------- */

/* 0 and the trial, which is open; HD_ENDED; or a negative code. */
static int find_open(struct hd_study *study, size_t number, const char *client,
		     struct hd_trial **trial, struct hd_error *err)
{
	size_t count = hd_history_count(study->history);
	const struct record *record;

	if (number >= count)
		return hd_error_set(err, HD_ENOENT,
				    "there is no trial %zu, %zu were asked for",
				    number, count);
	*trial = hd_history_trial_mutable(study->history, number);
	if (hd_trial_state_is_terminal(hd_trial_state(*trial)))
		return HD_ENDED;
	record = client ? record_find(study, number) : NULL;
	if (record && record->client && strcmp(record->client, client))
		return hd_error_set(err, HD_ESTATE,
				    "trial %zu was asked for by '%.200s', not "
				    "by '%.200s'",
				    number, record->client, client);
	return 0;
}

static int log_value(struct hd_study *study, struct hd_trial *trial,
		     double value, const char *rule, struct hd_error *err)
{
	bool better = hd_goal_better(study->terms.goal, value,
				     hd_trial_overall(trial));
	int rc;

	if (hd_trial_log(trial, value) < 0)
		return hd_error_nomem(err);
	rc = hd_keep_value(study, trial, value, better, rule, err);
	if (rc == 0 && study->terms.reduce == HD_REDUCE_BEST &&
	    hd_study_offer(study, hd_trial_number(trial), value))
		rc = hd_keep_best(study, false, err);
	hd_study_check(study);
	return rc;
}

/* Ask the policy, which is due; HD_STOP when it wants TRIAL to end. */
static int judge(struct hd_study *study, struct hd_trial *trial,
		 struct hd_reason *why, struct hd_error *err)
{
	const struct terms *terms = &study->terms;
	size_t number = hd_trial_number(trial);
	struct record *record;
	int rc;

	if (!terms->policy ||
	    !hd_policy_is_due(hd_trial_intervals(trial),
			      terms->evaluation_interval,
			      terms->delay_evaluation) ||
	    !terms->policy->should_stop(study->policy, trial, study->history, why))
		return 0;
	record = hd_study_record(study, number);
	if (record)
		record->reason = strdup(why->text);
	if (!record || !record->reason)
		return hd_error_nomem(err);
	hd_trial_set_end(trial, hd_study_stop_end(study, why));
	why->pauses = hd_trial_end(trial) == HD_END_PAUSED;
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	rc = hd_keep_stop(study, trial, why, err);
	return rc < 0 ? rc : HD_STOP;
}

/* The study is at its target, so the trial that runs is not needed. */
static int stop_at_target(struct hd_study *study, struct hd_trial *trial,
			  struct hd_reason *why, struct hd_error *err)
{
	struct record *record = hd_study_record(study, hd_trial_number(trial));
	int rc;

	if (record)
		record->reason = strdup(study->why_enough);
	if (!record || !record->reason)
		return hd_error_nomem(err);
	hd_reason_set(why, "%s", study->why_enough);
	hd_trial_set_end(trial, HD_END_TARGET);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	rc = hd_keep_enough(study, trial, study->why_enough, err);
	return rc < 0 ? rc : HD_STOP;
}

static int report(struct hd_study *study, size_t number, const char *client,
		  double value, struct hd_reason *why, struct hd_error *err)
{
	struct hd_trial *trial = NULL;
	const struct record *record;
	int rc = find_open(study, number, client, &trial, err);

	if (rc == 0)
		rc = check_going(study, err);
	if (rc == 0)
		rc = log_value(study, trial, value, "report", err);
	if (rc != 0)
		return rc;
	if (hd_trial_state(trial) == HD_TRIAL_RUNNING &&
	    study->enough == HD_END_TARGET)
		return stop_at_target(study, trial, why, err);
	if (hd_trial_state(trial) == HD_TRIAL_RUNNING)
		return judge(study, trial, why, err);
	record = record_find(study, number);
	why->mine = why->limit = NAN;
	why->pauses = hd_trial_end(trial) == HD_END_PAUSED;
	hd_reason_set(why, "%s", record && record->reason ? record->reason : "");
	return HD_STOP;
}

int hd_study_report(struct hd_study *study, size_t number, const char *client,
		    double value, struct hd_reason *why, struct hd_error *err)
{
	struct hd_reason own = { .mine = NAN, .limit = NAN };
	int rc = enter(study, err);

	if (rc == 0)
		rc = report(study, number, client, value, &own, err);
	rc = hd_keep_leave(study, rc, err);
	if (why)
		*why = own;
	return rc;
}

/* The states of an end into an event; false when it is none of them. */
static bool end_event(enum hd_trial_state state, enum hd_trial_event *event)
{
	if (state == HD_TRIAL_COMPLETED)
		*event = HD_TRIAL_EVENT_DONE;
	else if (state == HD_TRIAL_FAILED)
		*event = HD_TRIAL_EVENT_FAIL;
	else
		*event = HD_TRIAL_EVENT_CANCEL;
	return hd_trial_state_is_terminal(state);
}

/* TRIAL ends as EVENT says, or as cancelled when it was asked to. */
static int end_trial(struct hd_study *study, struct hd_trial *trial,
		     enum hd_trial_event event, const char *detail,
		     struct hd_error *err)
{
	size_t number = hd_trial_number(trial);
	const struct record *record = record_find(study, number);
	int rc = 0;

	if (hd_trial_state(trial) == HD_TRIAL_STOPPING) {
		if (event == HD_TRIAL_EVENT_FAIL)
			hd_trial_conclude(trial, HD_END_POLICY);
		event = HD_TRIAL_EVENT_CANCEL;
		if (!detail && record)
			detail = record->reason;
	}
	hd_trial_set_end(trial, event == HD_TRIAL_EVENT_CANCEL ? HD_END_USER
							       : HD_END_SCRIPT);
	hd_trial_move(trial, event);
	study->open--;
	study->results++;
	study->failures += event == HD_TRIAL_EVENT_FAIL;
	if (study->terms.reduce != HD_REDUCE_BEST &&
	    hd_trial_intervals(trial) > 0 &&
	    hd_study_offer(study, number,
			   hd_trial_rank(trial, study->terms.reduce,
					 study->terms.reduce_count)))
		rc = hd_keep_best(study, false, err);
	if (rc == 0)
		rc = hd_study_count(study, trial, err);
	if (rc == 0)
		rc = hd_keep_end(study, trial, detail ? detail : "", err);
	hd_study_unclaim(study, number);
	return rc;
}

static int tell(struct hd_study *study, size_t number, const char *client,
		double value, struct hd_error *err)
{
	struct hd_trial *trial = NULL;
	int rc = find_open(study, number, client, &trial, err);

	hd_keep_gone(study);
	if (rc == 0 && !isnan(value))
		rc = log_value(study, trial, value, "tell", err);
	if (rc == 0)
		rc = end_trial(study, trial,
			       isnan(value) ? HD_TRIAL_EVENT_FAIL
					    : HD_TRIAL_EVENT_DONE,
			       NULL, err);
	return rc == 0 ? settle_whole(study, err) : rc;
}

int hd_study_tell(struct hd_study *study, size_t number, const char *client,
		  double value, struct hd_error *err)
{
	int rc = enter(study, err);

	if (rc == 0)
		rc = tell(study, number, client, value, err);
	return hd_keep_leave(study, rc, err);
}

static int check_end(enum hd_trial_state state, enum hd_trial_event *event,
		     struct hd_error *err)
{
	return end_event(state, event)
		       ? 0
		       : hd_error_set(err, HD_EINVAL,
				      "a trial ends as completed, failed or "
				      "canceled");
}

int hd_study_end(struct hd_study *study, size_t number, const char *client,
		 enum hd_trial_state state, const char *detail,
		 struct hd_error *err)
{
	enum hd_trial_event event;
	struct hd_trial *trial = NULL;
	int rc = check_end(state, &event, err);

	if (rc < 0)
		return rc;
	rc = enter(study, err);
	if (rc == 0) {
		rc = find_open(study, number, client, &trial, err);
		hd_keep_gone(study);
	}
	if (rc == 0)
		rc = end_trial(study, trial, event, detail, err);
	if (rc == 0)
		rc = settle_whole(study, err);
	return hd_keep_leave(study, rc, err);
}

/* --- points and trials of others --------------------------------------------- */

static int read_point(const struct hd_study *study, const char *parameters,
		      struct hd_value *values, struct hd_error *err)
{
	if (!parameters)
		return hd_error_set(err, HD_EINVAL, "no parameters were given");
	return hd_space_read_values(study->terms.space, parameters, values, err);
}

static int enqueue(struct hd_study *study, const char *parameters,
		   struct hd_error *err)
{
	size_t size = hd_space_count(study->terms.space) * sizeof(struct hd_value);
	struct waiting *waiting = calloc(1, sizeof *waiting + size);
	int rc = waiting ? check_going(study, err) : hd_error_nomem(err);

	if (rc == 0)
		rc = read_point(study, parameters, waiting->values, err);
	if (rc == 0)
		rc = hd_keep_waiting(study, waiting, parameters, err);
	if (rc < 0)
		free(waiting);
	else
		hd_study_wait(study, waiting);
	return rc;
}

int hd_study_enqueue(struct hd_study *study, const char *parameters,
		     struct hd_error *err)
{
	int rc = enter(study, err);

	if (rc == 0)
		rc = enqueue(study, parameters, err);
	return hd_keep_leave(study, rc, err);
}

static int add(struct hd_study *study, const char *parameters,
	       const double *curve, size_t count, enum hd_trial_event event,
	       const char *detail, size_t *number, struct hd_error *err)
{
	struct hd_trial *trial = NULL;
	int rc = check_going(study, err);

	if (rc == 0)
		rc = read_point(study, parameters, study->values, err);
	if (rc == 0)
		rc = add_trial(study, true, "added", NULL, &trial, err);
	hd_keep_gone(study);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = log_value(study, trial, curve[i], "add", err);
	if (rc == 0)
		rc = end_trial(study, trial, event, detail, err);
	if (rc == 0 && number)
		*number = hd_trial_number(trial);
	return rc;
}

int hd_study_add(struct hd_study *study, const char *parameters,
		 const double *curve, size_t count, enum hd_trial_state state,
		 const char *detail, size_t *number, struct hd_error *err)
{
	enum hd_trial_event event;
	int rc = check_end(state, &event, err);

	if (rc < 0)
		return rc;
	if (count && !curve)
		return hd_error_set(err, HD_EINVAL, "no values were given");
	rc = enter(study, err);
	if (rc == 0)
		rc = add(study, parameters, curve, count, event, detail, number, err);
	return hd_keep_leave(study, rc, err);
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
			rc = end_trial(study, trial, HD_TRIAL_EVENT_CANCEL,
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
	int rc = enter(study, err);

	if (rc == 0)
		rc = stop(study, err);
	return hd_keep_leave(study, rc, err);
}

/* --- what is known ------------------------------------------------------------ */

int hd_study_refresh(struct hd_study *study, struct hd_error *err)
{
	return hd_keep_leave(study, enter(study, err), err);
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
