/*
 * A query's life: values bound, rows read.
 *
 * Statements are prepared on first use and kept. A query takes its statement
 * away while it runs; a second query of the same kind, started from a walk's
 * callback, finds the place empty and prepares its own. Always reset and
 * cleared before it goes back, so that no bound text outlives its owner and no
 * read transaction stays open.
 */
#include "store/private.h"

#include <math.h>
#include <string.h>

int hd_query_open(struct hd_query *query, struct hd_store *store,
		  enum hd_stmt id, struct hd_error *err)
{
	int rc = SQLITE_OK;

	*query = (struct hd_query){ .store = store, .id = id };
	query->stmt = store->cached[id];
	store->cached[id] = NULL;
	if (!query->stmt)
		rc = sqlite3_prepare_v3(store->db, hd_stmt_sql(id), -1,
					SQLITE_PREPARE_PERSISTENT,
					&query->stmt, NULL);
	return rc == SQLITE_OK ? 0 : hd_store_error(store, rc, err);
}

int hd_query_open_of(struct hd_query *query, struct hd_store *store,
		     enum hd_stmt id, int64_t key, struct hd_error *err)
{
	int rc = hd_query_open(query, store, id, err);

	if (rc == 0)
		hd_query_integer(query, key);
	return rc;
}

void hd_query_close(struct hd_query *query)
{
	if (!query->stmt)
		return;
	/* What went wrong was told by the step; reset only repeats it. */
	sqlite3_reset(query->stmt);
	sqlite3_clear_bindings(query->stmt);
	if (query->store->cached[query->id])
		sqlite3_finalize(query->stmt);
	else
		query->store->cached[query->id] = query->stmt;
	query->stmt = NULL;
}

static void query_note(struct hd_query *query, int rc)
{
	if (query->rc == SQLITE_OK)
		query->rc = rc;
}

void hd_query_integer(struct hd_query *query, int64_t value)
{
	query_note(query,
		   sqlite3_bind_int64(query->stmt, ++query->bound, value));
}

void hd_query_null(struct hd_query *query)
{
	query_note(query, sqlite3_bind_null(query->stmt, ++query->bound));
}

void hd_query_time(struct hd_query *query, int64_t value)
{
	if (value)
		hd_query_integer(query, value);
	else
		hd_query_null(query);
}

void hd_query_real(struct hd_query *query, double value)
{
	/* SQLite makes NULL of NaN by itself; said here because we rely on it. */
	if (isnan(value))
		hd_query_null(query);
	else
		query_note(query, sqlite3_bind_double(query->stmt,
						      ++query->bound, value));
}

void hd_query_bytes(struct hd_query *query, const char *text, size_t length)
{
	query_note(query, sqlite3_bind_text64(query->stmt, ++query->bound,
					      text, length, SQLITE_STATIC,
					      SQLITE_UTF8));
}

void hd_query_text(struct hd_query *query, const char *text)
{
	if (text)
		hd_query_bytes(query, text, strlen(text));
	else
		hd_query_null(query);
}

int hd_query_next(struct hd_query *query, struct hd_error *err)
{
	struct hd_store *store = query->store;

	if (query->broken)
		return hd_query_check(query, err);
	if (query->rc == SQLITE_OK)
		query->rc = sqlite3_step(query->stmt);
	query->column = 0;
	if (query->rc == SQLITE_DONE)
		return 0;
	if (query->rc != SQLITE_ROW)
		return hd_store_error(store, query->rc, err);
	query->rc = SQLITE_OK;
	return 1;
}

int hd_query_each(struct hd_query *query, hd_query_row_fn row, void *walk,
		  struct hd_error *err)
{
	int rc;

	while ((rc = hd_query_next(query, err)) > 0) {
		rc = row(query, walk, err);
		if (rc != 0)
			break;
	}
	hd_query_close(query);
	return rc;
}

int hd_query_each_of(struct hd_store *store, enum hd_stmt id, int64_t key,
		     hd_query_row_fn row, void *walk, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, id, key, err);

	return rc < 0 ? rc : hd_query_each(&query, row, walk, err);
}

static int query_none(const struct hd_query *query, const char *what,
		      struct hd_error *err)
{
	return hd_error_set(err, HD_ENOENT, "no such %s in store '%s'", what,
			    query->store->path);
}

int hd_query_one(struct hd_query *query, const char *what, hd_query_row_fn row,
		 void *walk, struct hd_error *err)
{
	int rc = hd_query_next(query, err);

	if (rc > 0)
		rc = row(query, walk, err);
	else if (rc == 0 && what)
		rc = query_none(query, what, err);
	hd_query_close(query);
	return rc;
}

static int integer_row(struct hd_query *query, void *value, struct hd_error *err)
{
	(void)err;
	*(int64_t *)value = hd_query_get_integer(query);
	return 0;
}

int hd_query_integer_of(struct hd_store *store, const char *what, enum hd_stmt id,
			int64_t key, int64_t *value, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, id, key, err);

	return rc < 0 ? rc : hd_query_one(&query, what, integer_row, value, err);
}

int hd_query_simple(struct hd_store *store, enum hd_stmt id,
		    struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, id, err);

	return rc < 0 ? rc : hd_query_run(&query, err);
}

int hd_query_run(struct hd_query *query, struct hd_error *err)
{
	int rc;

	do
		rc = hd_query_next(query, err);
	while (rc > 0);
	hd_query_close(query);
	return rc;
}

int hd_query_change(struct hd_query *query, const char *what,
		    struct hd_error *err)
{
	int rc = hd_query_run(query, err);

	if (rc < 0 || sqlite3_changes(query->store->db) > 0)
		return rc;
	return query_none(query, what, err);
}

int64_t hd_query_get_integer(struct hd_query *query)
{
	return sqlite3_column_int64(query->stmt, query->column++);
}

size_t hd_query_get_size(struct hd_query *query)
{
	int64_t value = hd_query_get_integer(query);

	if (value >= 0)
		return (size_t)value;
	query->broken = true;
	return 0;
}

double hd_query_get_real(struct hd_query *query)
{
	if (!hd_query_is_null(query))
		return sqlite3_column_double(query->stmt, query->column++);
	query->column++;
	return NAN;
}

const char *hd_query_get_text(struct hd_query *query)
{
	const unsigned char *text =
		sqlite3_column_text(query->stmt, query->column++);

	return text ? (const char *)text : "";
}

const char *hd_query_get_text_or_null(struct hd_query *query)
{
	return (const char *)sqlite3_column_text(query->stmt, query->column++);
}

int64_t hd_query_get_integer_or(struct hd_query *query, int64_t none)
{
	if (!hd_query_is_null(query))
		return hd_query_get_integer(query);
	query->column++;
	return none;
}

bool hd_query_is_null(struct hd_query *query)
{
	return sqlite3_column_type(query->stmt, query->column) == SQLITE_NULL;
}

int hd_query_unknown(const struct hd_query *query, const char *what,
		     const char *found, struct hd_error *err)
{
	return hd_error_set(err, HD_ECORRUPT, "store '%s' has an unknown %s: '%.100s'",
			    query->store->path, what, found);
}

int hd_query_check(const struct hd_query *query, struct hd_error *err)
{
	if (!query->broken)
		return 0;
	return hd_error_set(err, HD_ECORRUPT, "store '%s' has a count below 0",
			    query->store->path);
}
