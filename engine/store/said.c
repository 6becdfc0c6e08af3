/*
 * What scripts say of runs besides a trial's metrics: tags, properties, files,
 * what they log to the sweep and to runs below a trial. Writing and reading,
 * as nothing else uses these tables.
 *
 * A store of schema 1, opened for reading, has none of them: that is no error.
 */
#include "metrics/tail.h"
#include "store/private.h"
#include "store/store.h"

#include <math.h>
#include <string.h>

/* By name in the file; appended to, never renamed. */
static const char *const said_kinds[HD_SAID_KINDS] = {
	[HD_SAID_TAG] = "tag",
	[HD_SAID_PROPERTY] = "property",
	[HD_SAID_FILE] = "file",
	[HD_SAID_STATUS] = "status",
	[HD_SAID_PARAM] = "param",
};

static int said_open(struct hd_query *query, struct hd_store *store,
		     enum hd_stmt id, int64_t sweep,
		     const struct hd_said_row *said, struct hd_error *err)
{
	int rc = hd_query_write(query, store, id, err);

	if (rc < 0)
		return rc;
	hd_query_integer(query, sweep);
	hd_query_integer(query, said->trial);
	hd_query_text(query, said->child);
	hd_query_text(query, said_kinds[said->kind]);
	hd_query_text(query, said->name);
	hd_query_text(query, said->value);
	return 0;
}

/* Whether the row that stands has SAID's value: 1 or 0. */
static int said_stands(struct hd_store *store, int64_t sweep,
		       const struct hd_said_row *said, struct hd_error *err)
{
	struct hd_query query;
	int rc = said_open(&query, store, HD_STMT_SAID_VALUE, sweep, said, err);

	if (rc < 0)
		return rc;
	rc = hd_query_next(&query, err);
	if (rc > 0)
		rc = hd_query_get_integer(&query) != 0;
	hd_query_close(&query);
	return rc;
}

int hd_store_say(struct hd_store *store, int64_t sweep,
		 const struct hd_said_row *said, struct hd_error *err)
{
	bool once = said->kind == HD_SAID_PROPERTY;
	struct hd_query query;
	int rc = said_open(&query, store,
			   once ? HD_STMT_SAID_ONCE : HD_STMT_SAID_SET, sweep,
			   said, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, said->time);
	rc = hd_query_run(&query, err);
	if (rc < 0 || !once || sqlite3_changes(store->db) > 0)
		return rc;
	rc = said_stands(store, sweep, said, err);
	return rc < 0 ? rc : rc ? 0
				: HD_SAID_KEPT;
}

int hd_store_unsay(struct hd_store *store, int64_t sweep,
		   const struct hd_said_row *said, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_SAID_DROP, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, said->trial);
	hd_query_text(&query, said->child);
	hd_query_text(&query, said_kinds[said->kind]);
	hd_query_text(&query, said->name);
	return hd_query_run(&query, err);
}

int hd_store_run_metric_insert(struct hd_store *store, int64_t sweep,
			       size_t number, const char *child,
			       const struct hd_metric *metric, int64_t time,
			       struct hd_error *err)
{
	struct hd_query query;
	int64_t name;
	int rc = hd_store_name_key(store, metric->name, metric->name_length,
				   &name, err);

	if (rc == 0)
		rc = hd_query_write(&query, store, HD_STMT_RUN_METRIC_INSERT,
				    err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, (int64_t)number);
	hd_query_text(&query, child);
	hd_query_integer(&query, name);
	hd_query_real(&query, metric->text ? NAN : metric->value);
	if (metric->text)
		hd_query_bytes(&query, metric->text, metric->text_length);
	else
		hd_query_null(&query);
	if (metric->has_step)
		hd_query_integer(&query, metric->step);
	else
		hd_query_null(&query);
	hd_query_integer(&query, time);
	return hd_query_run(&query, err);
}

/* 1 when the file is of SCHEMA or newer, 0 when it is not. */
static int is_of_schema(struct hd_store *store, int64_t schema,
			struct hd_error *err)
{
	int64_t version;
	int rc = hd_store_integer(store, "PRAGMA user_version", &version, err);

	return rc < 0 ? rc : version >= schema;
}

/* The next column's text, NULL for NULL. */
static const char *said_text(struct hd_query *query)
{
	bool null = hd_query_is_null(query);
	const char *text = hd_query_get_text(query);

	return null ? NULL : text;
}

static int said_read(struct hd_query *query, struct hd_said_row *row,
		     struct hd_error *err)
{
	const char *kind;

	row->trial = hd_query_get_integer(query);
	row->child = hd_query_get_text(query);
	kind = hd_query_get_text(query);
	row->name = hd_query_get_text(query);
	row->value = said_text(query);
	row->time = hd_query_get_integer(query);
	for (int i = 0; i < HD_SAID_KINDS; i++)
		if (!strcmp(kind, said_kinds[i])) {
			row->kind = (enum hd_said_kind)i;
			return 0;
		}
	return hd_error_set(err, HD_ECORRUPT,
			    "store '%s' has an unknown kind of mark: '%s'",
			    query->store->path, kind);
}

int hd_store_said(struct hd_store *store, int64_t sweep, int64_t trial,
		  hd_said_fn fn, void *user, struct hd_error *err)
{
	struct hd_said_row row;
	struct hd_query query;
	int rc = is_of_schema(store, 2, err);

	if (rc <= 0)
		return rc;
	rc = hd_query_open(&query, store, HD_STMT_SAID_ALL, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, trial);
	while ((rc = hd_query_next(&query, err)) > 0) {
		rc = said_read(&query, &row, err);
		if (rc == 0)
			rc = fn(user, &row);
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

int hd_store_child(struct hd_store *store, const char *child, int64_t *sweep,
		   int64_t *number, struct hd_error *err)
{
	struct hd_query query;
	int rc = *child ? is_of_schema(store, 2, err) : 0;

	if (rc > 0)
		rc = hd_query_open(&query, store, HD_STMT_CHILD_FIND, err);
	else if (rc == 0)
		return hd_error_set(err, HD_ENOENT, "no run '%.200s'", child);
	if (rc < 0)
		return rc;
	hd_query_text(&query, child);
	rc = hd_query_next(&query, err);
	if (rc > 0) {
		*sweep = hd_query_get_integer(&query);
		*number = hd_query_get_integer(&query);
	}
	hd_query_close(&query);
	if (rc == 0)
		return hd_error_set(err, HD_ENOENT, "no run '%.200s'", child);
	return rc < 0 ? rc : 0;
}

/* In the order of HD_STMT_RUN_METRIC_ALL. */
static void run_metric_read(struct hd_query *query,
			    struct hd_run_metric_row *row)
{
	struct hd_metric_row *metric = &row->metric;

	memset(row, 0, sizeof *row);
	row->child = said_text(query);
	metric->trial = hd_query_get_size(query);
	metric->sequence = hd_query_get_size(query);
	metric->name = hd_query_get_text(query);
	metric->value = hd_query_get_real(query);
	metric->text = said_text(query);
	metric->has_step = !hd_query_is_null(query);
	metric->step = hd_query_get_integer(query);
	metric->time = hd_query_get_integer(query);
	/* There is no other way to log to these runs. */
	metric->source = hd_tail_source_name(HD_TAIL_METRICS);
	metric->rule = "record";
}

int hd_store_run_metrics(struct hd_store *store, int64_t sweep, int64_t trial,
			 hd_run_metric_fn fn, void *user, struct hd_error *err)
{
	struct hd_run_metric_row row;
	struct hd_query query;
	int rc = is_of_schema(store, 2, err);

	if (rc <= 0)
		return rc;
	rc = hd_query_open(&query, store, HD_STMT_RUN_METRIC_ALL, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, trial < 0 ? 0 : trial);
	hd_query_integer(&query, trial < 0 ? INT64_MAX : trial);
	while ((rc = hd_query_next(&query, err)) > 0) {
		run_metric_read(&query, &row);
		rc = fn(user, &row);
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

int hd_store_settings(struct hd_store *store, int64_t sweep, hd_setting_fn fn,
		      void *user, struct hd_error *err)
{
	struct hd_query query;
	int rc = is_of_schema(store, 2, err);

	if (rc <= 0)
		return rc;
	rc = hd_query_open(&query, store, HD_STMT_SETTING_ALL, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	while ((rc = hd_query_next(&query, err)) > 0) {
		rc = fn(user, hd_query_get_text(&query));
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

int hd_store_program(struct hd_store *store, int64_t sweep,
		     hd_program_text_fn fn, void *user, struct hd_error *err)
{
	struct hd_query query;
	int rc = is_of_schema(store, 4, err);

	if (rc <= 0)
		return rc < 0 ? rc : fn(user, "");
	rc = hd_query_open(&query, store, HD_STMT_SWEEP_PROGRAM, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	rc = hd_query_next(&query, err);
	if (rc > 0)
		rc = fn(user, hd_query_get_text(&query));
	hd_query_close(&query);
	return rc;
}
