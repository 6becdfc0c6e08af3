/*
 * A trial's further attempts, and what may change while a sweep runs: limits,
 * settings, configurations that wait. All of it in the turn's transaction.
 */
#include "store/store.h"

#include "store/private.h"

#include <math.h>

/* A statement whose one parameter is KEY. */
static int attempt_run(struct hd_store *store, enum hd_stmt id, int64_t key,
		       struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, id, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	return hd_query_run(&query, err);
}

/* The same with a number beside it. */
static int attempt_run_with(struct hd_store *store, enum hd_stmt id,
			    int64_t key, int64_t number, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, id, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_integer(&query, number);
	return hd_query_run(&query, err);
}

/* What was logged is kept apart: the next attempt logs it again. */
static int metrics_put_aside(struct hd_store *store, int64_t key,
			     unsigned attempt, struct hd_error *err)
{
	int rc = attempt_run_with(store, HD_STMT_METRIC_ARCHIVE, key, attempt, err);

	if (rc == 0)
		rc = attempt_run(store, HD_STMT_METRIC_DROP, key, err);
	return rc < 0 ? rc : attempt_run(store, HD_STMT_TRIAL_ANEW, key, err);
}

int hd_store_trial_queue(struct hd_store *store, int64_t key, unsigned attempt,
			 bool anew, size_t restarts, int64_t due,
			 const char *detail, struct hd_error *err)
{
	struct hd_query query;
	int rc = attempt_run_with(store, HD_STMT_ATTEMPT_INSERT, key, anew, err);

	if (rc == 0 && anew)
		rc = metrics_put_aside(store, key, attempt, err);
	/* The next attempt's files begin at their first byte. */
	if (rc == 0)
		rc = attempt_run(store, HD_STMT_PLACE_DROP, key, err);
	if (rc == 0)
		rc = hd_query_write(&query, store, HD_STMT_TRIAL_QUEUE, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, detail);
	hd_query_integer(&query, (int64_t)restarts);
	hd_query_integer(&query, due);
	return hd_query_change(&query, "trial", err);
}

int hd_store_trial_start(struct hd_store *store, int64_t key, size_t slot,
			 struct hd_error *err)
{
	return attempt_run_with(store, HD_STMT_TRIAL_START, key, (int64_t)slot,
				err);
}

int hd_store_leader_set(struct hd_store *store, int64_t sweep, size_t interval,
			size_t number, double value, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_LEADER_SET, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, (int64_t)interval);
	hd_query_integer(&query, (int64_t)number);
	hd_query_real(&query, value);
	return hd_query_run(&query, err);
}

int hd_store_sweep_limits(struct hd_store *store, int64_t key,
			  size_t max_total, size_t max_concurrent,
			  double max_duration, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_SWEEP_LIMITS, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_integer(&query, (int64_t)max_total);
	hd_query_integer(&query, (int64_t)max_concurrent);
	hd_query_real(&query, isinf(max_duration) ? NAN : max_duration);
	return hd_query_change(&query, "sweep", err);
}

int hd_store_sweep_text(struct hd_store *store, int64_t key, const char *path,
			const char *text, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_SWEEP_TEXT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, path);
	hd_query_text(&query, text);
	return hd_query_change(&query, "sweep", err);
}

int hd_store_setting_add(struct hd_store *store, int64_t sweep,
			 const char *text, struct hd_error *err)
{
	struct hd_query query;
	int64_t position = 0;
	int rc = hd_query_open(&query, store, HD_STMT_SETTING_NEXT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	if (hd_query_next(&query, err) > 0)
		position = hd_query_get_integer(&query);
	hd_query_close(&query);
	rc = hd_query_write(&query, store, HD_STMT_SETTING_INSERT, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, position);
	hd_query_text(&query, text);
	return hd_query_run(&query, err);
}

int hd_store_queue_insert(struct hd_store *store, int64_t sweep,
			  const char *parameters, int64_t time, int64_t *key,
			  struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_QUEUE_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_text(&query, parameters);
	hd_query_integer(&query, time);
	rc = hd_query_run(&query, err);
	*key = sqlite3_last_insert_rowid(store->db);
	return rc;
}

int hd_store_queue_drop(struct hd_store *store, int64_t key,
			struct hd_error *err)
{
	return attempt_run(store, HD_STMT_QUEUE_DROP, key, err);
}
