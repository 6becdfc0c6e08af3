/*
 * What is to be tried: points that somebody wants, paused trials that go on
 * (promote.c), and what the sampler suggests, in this order.
 */
#include "study/private.h"

#include <stdlib.h>
#include <string.h>

#include "space/values.h"

/* --- points that somebody wants ----------------------------------------------- */

int hd_study_read_point(const struct hd_study *study, const char *parameters,
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
	int rc = waiting ? hd_study_check_going(study, err) : hd_error_nomem(err);

	if (rc == 0)
		rc = hd_study_read_point(study, parameters, waiting->values, err);
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
	int rc = hd_study_enter(study, err);

	if (rc == 0)
		rc = enqueue(study, parameters, err);
	return hd_keep_leave(study, rc, err);
}

/* --- ask ------------------------------------------------------------------- */

/* The open trial of CLIENT, or NULL. */
static const struct record *record_of(const struct hd_study *study,
				      const char *client)
{
	const struct record *record = study->records;

	while (record && !(record->client && !strcmp(record->client, client)))
		record = record->next;
	return record;
}

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

int hd_study_add_trial(struct hd_study *study, bool foreign, const char *origin,
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
	if (!enqueued && (hd_study_has_failed(study) || study->enough == HD_END_PATIENCE))
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
	return hd_study_add_trial(study, enqueued, enqueued ? "enqueued" : "sampler",
				  client, out, err);
}

static int ask(struct hd_study *study, const char *client, size_t *number,
	       const struct hd_value **values, struct hd_error *err)
{
	const struct record *mine = client ? record_of(study, client) : NULL;
	struct hd_trial *trial = NULL;
	int rc = hd_study_check_going(study, err);

	if (rc < 0)
		return rc;
	if (mine)
		trial = hd_history_trial_mutable(study->history, mine->number);
	else
		rc = ask_new(study, client, &trial, err);
	if (rc == HD_EXHAUSTED) {
		int ended = hd_study_settle(study, err);

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
	rc = hd_study_enter(study, err);
	if (rc == 0)
		rc = ask(study, client, number, values, err);
	return hd_keep_leave(study, rc, err);
}
