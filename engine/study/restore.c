/* A study as the store has it: every trial, what waits, whose trials are. */
#include "study/private.h"

#include <stdlib.h>
#include <string.h>

#include "space/values.h"
#include "store/resume.h"
#include "store/study.h"
#include "sweep/inherit.h"

struct restoring {
	struct hd_study *study;
	struct hd_store *store;
	struct hd_error *err;
};

static int restore_value(void *user, double value)
{
	return hd_trial_log(user, value);
}

/* What an open trial has besides the history. */
static int restore_open(struct restoring *restoring,
			const struct hd_resume_trial *row)
{
	struct hd_tail_place places[HD_TAIL_SOURCES];
	struct hd_study *study = restoring->study;
	struct record *record = hd_study_record(study, row->number);

	if (!record)
		return hd_error_nomem(restoring->err);
	study->open++;
	record->key = row->key;
	record->best_time = row->best_time;
	if (row->detail && *row->detail) {
		record->reason = strdup(row->detail);
		if (!record->reason)
			return hd_error_nomem(restoring->err);
	}
	return hd_store_resume_places(restoring->store, row->key, places,
				      &record->sequence, restoring->err);
}

static int restore_trial(void *user, const struct hd_resume_trial *row)
{
	struct restoring *restoring = user;
	struct hd_study *study = restoring->study;
	struct hd_trial *trial;
	int rc = hd_store_resume_values(restoring->store, row->key,
					study->terms.space, study->values,
					restoring->err);

	if (rc == 0 && row->number != hd_history_count(study->history))
		rc = hd_error_set(restoring->err, HD_ECORRUPT,
				  "the store has no trial %zu of the study, but "
				  "later ones",
				  hd_history_count(study->history));
	if (rc < 0)
		return rc;
	trial = hd_history_add(study->history, study->values);
	if (!trial)
		return hd_error_nomem(restoring->err);
	rc = hd_store_resume_curve(restoring->store, row->key, restore_value,
				   trial, restoring->err);
	if (rc < 0)
		return rc == HD_ENOMEM ? hd_error_nomem(restoring->err) : rc;
	hd_trial_restore(trial, row->state, row->end);
	if (!hd_trial_state_is_terminal(row->state))
		return restore_open(restoring, row);
	study->failures += row->state == HD_TRIAL_FAILED;
	return 0;
}

static int restore_client(void *user, size_t number, const char *client)
{
	struct hd_study *study = user;
	struct record *record = hd_study_record(study, number);

	if (record)
		record->client = strdup(client);
	return record && record->client ? 0 : HD_ENOMEM;
}

static int restore_waiting(void *user, int64_t key,
			   const struct hd_waiting_row *row)
{
	struct restoring *restoring = user;
	struct hd_study *study = restoring->study;
	size_t size = hd_space_count(study->terms.space) * sizeof(struct hd_value);
	struct waiting *waiting = calloc(1, sizeof *waiting + size);
	int rc = waiting ? hd_space_read_values(study->terms.space,
						row->parameters,
						waiting->values, restoring->err)
			 : hd_error_nomem(restoring->err);

	if (rc < 0) {
		free(waiting);
		return rc;
	}
	waiting->key = key;
	hd_study_wait(study, waiting);
	return 0;
}

static int restore_leader(void *user, size_t interval, size_t number,
			  double value)
{
	struct restoring *restoring = user;
	struct hd_history *history = restoring->study->history;

	if (interval == 0 || number >= hd_history_count(history))
		return hd_error_set(restoring->err, HD_ECORRUPT,
				    "the store names trial %zu as the best at "
				    "interval %zu",
				    number, interval);
	return hd_history_restore_best(history, interval, value,
				       hd_history_trial(history, number)) < 0
		       ? hd_error_nomem(restoring->err)
		       : 0;
}

static int restore_sweep(void *user, const struct hd_sweep_row *row)
{
	struct hd_study *study = user;
	enum hd_trial_state state;

	study->ended = hd_trial_state_find(row->state, &state) &&
		       hd_trial_state_is_terminal(state);
	study->has_best = row->best_trial >= 0;
	study->best_trial = study->has_best ? (size_t)row->best_trial : 0;
	study->best = row->best;
	return 0;
}

static int restore_result(void *user, const struct hd_resume_result *row)
{
	struct hd_study *study = user;

	return hd_ends_add(&study->ends, &(struct hd_ended){
						 .number = row->number,
						 .value = row->value,
						 .counts = hd_ends_counts(row->end) });
}

/* What was found so far, and whether it is enough. */
static int restore_enough(struct restoring *restoring, int64_t sweep)
{
	struct hd_study *study = restoring->study;
	int rc = hd_store_resume_results(restoring->store, sweep, restore_result,
					 study, restoring->err);

	if (rc < 0)
		return rc;
	/* Of a trial that is open. */
	if (study->has_best)
		hd_ends_value(&study->ends, study->best_trial, study->best);
	hd_study_check(study);
	return 0;
}

int hd_study_restore(struct hd_study *study, struct hd_store *store,
		     int64_t sweep, int64_t *stamp, struct hd_error *err)
{
	struct restoring restoring = { study, store, err };
	struct hd_resume_totals totals;
	int rc = hd_store_resume_totals(store, sweep, &totals, err);

	if (rc == 0)
		rc = hd_inherit(study->history, store, sweep, study->terms.space, err);
	if (rc == 0)
		rc = hd_store_resume_trials(store, sweep, HD_RESUME_ALL,
					    restore_trial, &restoring, err);
	if (rc == 0)
		rc = hd_store_resume_queue(store, sweep, restore_waiting, &restoring,
					   err);
	if (rc == 0)
		rc = hd_store_study_clients(store, sweep, restore_client, study, err);
	if (rc == 0)
		rc = hd_store_resume_leaders(store, sweep, restore_leader,
					     &restoring, err);
	if (rc == 0)
		rc = hd_store_sweep(store, sweep, restore_sweep, study, err);
	if (rc < 0)
		return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
	rc = restore_enough(&restoring, sweep);
	if (rc < 0)
		return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
	study->results = totals.settled;
	hd_history_add_foreign(study->history, totals.foreign);
	*stamp = totals.stamp;
	return 0;
}
