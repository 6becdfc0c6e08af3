/*
 * A trial's further attempts, and what may change while a sweep runs: limits,
 * settings, configurations that wait. All of it in the turn's transaction.
 */
#include "store/store.h"

#include "store/private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

static int attempt_insert(struct hd_store *store, int64_t key,
			  const struct hd_again_record *record,
			  struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_ATTEMPT_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_integer(&query, record->anew);
	hd_query_integer(&query, record->queued);
	hd_query_time(&query, (int64_t)record->reopened);
	return hd_query_run(&query, err);
}

int hd_store_trial_queue(struct hd_store *store, int64_t key,
			 const struct hd_again_record *record,
			 struct hd_error *err)
{
	struct hd_query query;
	int rc = attempt_insert(store, key, record, err);

	if (rc == 0 && record->anew)
		rc = metrics_put_aside(store, key, record->attempt, err);
	/* The next attempt's files begin at their first byte. */
	if (rc == 0)
		rc = attempt_run(store, HD_STMT_PLACE_DROP, key, err);
	if (rc == 0)
		rc = hd_query_write(&query, store, HD_STMT_TRIAL_QUEUE, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, record->detail);
	hd_query_integer(&query, (int64_t)record->restarts);
	hd_query_integer(&query, record->due);
	return hd_query_change(&query, "trial", err);
}

int hd_store_trial_gone(struct hd_store *store, int64_t key, int64_t time,
			struct hd_error *err)
{
	return attempt_run_with(store, HD_STMT_TRIAL_GONE, key, time, err);
}

int hd_store_edition_add(struct hd_store *store, int64_t sweep, int64_t stamp,
			 struct hd_error *err)
{
	return attempt_run_with(store, HD_STMT_EDITION_INSERT, sweep, stamp, err);
}

int hd_store_trial_start(struct hd_store *store, int64_t key, size_t slot,
			 struct hd_error *err)
{
	return attempt_run_with(store, HD_STMT_TRIAL_START, key, (int64_t)slot,
				err);
}

int hd_store_trial_mark(struct hd_store *store, int64_t key, const char *mark,
			const char *detail, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_TRIAL_MARK, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, mark);
	hd_query_text(&query, detail);
	return hd_query_change(&query, "trial", err);
}

int hd_store_trial_devices(struct hd_store *store, int64_t key,
			   const char *devices, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_TRIAL_DEVICES, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, devices);
	return hd_query_change(&query, "trial", err);
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

int hd_store_sweep_backend(struct hd_store *store, int64_t key, const char *backend,
			   struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_SWEEP_BACKEND, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	hd_query_text(&query, backend);
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
	int rc = hd_query_integer_of(store, NULL, HD_STMT_SETTING_NEXT, sweep,
				     &position, err);

	if (rc == 0)
		rc = hd_query_write(&query, store, HD_STMT_SETTING_INSERT, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, position);
	hd_query_text(&query, text);
	return hd_query_run(&query, err);
}

int hd_store_queue_insert(struct hd_store *store, int64_t sweep,
			  const struct hd_waiting_row *row, int64_t time,
			  int64_t *key, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_QUEUE_INSERT, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_text(&query, row->parameters);
	hd_query_integer(&query, time);
	hd_query_text(&query, row->resume_from);
	rc = hd_query_run(&query, err);
	*key = sqlite3_last_insert_rowid(store->db);
	return rc;
}

int hd_store_queue_drop(struct hd_store *store, int64_t key,
			struct hd_error *err)
{
	return attempt_run(store, HD_STMT_QUEUE_DROP, key, err);
}

/* --- read again ----------------------------------------------------------- */

/* Attempts and devices have their tables since: */
#define ATTEMPT_SCHEMA 3

/* In the order of HD_STMT_ATTEMPT_ALL. */
static int attempt_read(struct hd_query *query, struct hd_attempt_row *row,
			struct hd_error *err)
{
	const char *end;

	row->number = (unsigned)hd_query_get_size(query);
	end = hd_query_get_text(query);
	row->end_detail = hd_query_get_text(query);
	row->exit_code = (int)hd_query_get_integer_or(query, -1);
	row->exit_signal = (int)hd_query_get_integer(query);
	row->started = hd_query_get_integer(query);
	row->ended = hd_query_get_integer(query);
	row->cpu_seconds = hd_query_get_real(query);
	row->max_rss = hd_query_get_integer(query);
	row->intervals = hd_query_get_size(query);
	query->column++; /* the order of ends */
	row->anew = hd_query_get_integer(query) != 0;
	if (hd_end_find(end, &row->end) && !query->broken)
		return 0;
	return hd_error_set(err, HD_ECORRUPT,
			    "store '%s' has an attempt that cannot be",
			    query->store->path);
}

struct attempts_walk {
	hd_attempt_fn fn;
	void *user;
};

static int attempts_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct attempts_walk *walk = vwalk;
	struct hd_attempt_row row = { 0 };
	int rc = attempt_read(query, &row, err);

	return rc < 0 ? rc : walk->fn(walk->user, &row);
}

int hd_store_attempts(struct hd_store *store, int64_t sweep, size_t number,
		      hd_attempt_fn fn, void *user, struct hd_error *err)
{
	struct attempts_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_store_is_of(store, ATTEMPT_SCHEMA, err);

	if (rc <= 0)
		return rc;
	rc = hd_query_open_of(&query, store, HD_STMT_ATTEMPT_ALL, sweep, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, (int64_t)number);
	return hd_query_each(&query, attempts_row, &walk, err);
}

static int devices_row(struct hd_query *query, void *vdevices, struct hd_error *err)
{
	char **devices = vdevices;

	*devices = strdup(hd_query_get_text(query));
	return *devices ? 0 : hd_error_nomem(err);
}

int hd_store_devices(struct hd_store *store, int64_t sweep, size_t number,
		     char **devices, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_store_is_of(store, ATTEMPT_SCHEMA, err);

	*devices = NULL;
	if (rc > 0) {
		rc = hd_query_open_of(&query, store, HD_STMT_TRIAL_DEVICES_OF,
				      sweep, err);
		if (rc < 0)
			return rc;
		hd_query_integer(&query, (int64_t)number);
		rc = hd_query_one(&query, NULL, devices_row, devices, err);
	}
	if (rc < 0)
		return rc;
	if (!*devices)
		*devices = strdup("");
	return *devices ? 0 : hd_error_nomem(err);
}
