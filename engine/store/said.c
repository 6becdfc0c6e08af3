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

#define SAID_SCHEMA 2
#define PROGRAM_SCHEMA 4

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

static int stands_row(struct hd_query *query, void *stands, struct hd_error *err)
{
	(void)err;
	*(int *)stands = hd_query_get_integer(query) != 0;
	return 0;
}

/* Whether the row that stands has SAID's value: 1 or 0. */
static int said_stands(struct hd_store *store, int64_t sweep,
		       const struct hd_said_row *said, struct hd_error *err)
{
	struct hd_query query;
	int stands = 0;
	int rc = said_open(&query, store, HD_STMT_SAID_VALUE, sweep, said, err);

	if (rc < 0)
		return rc;
	rc = hd_query_one(&query, NULL, stands_row, &stands, err);
	return rc < 0 ? rc : stands;
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

static int said_read(struct hd_query *query, struct hd_said_row *row,
		     struct hd_error *err)
{
	const char *kind;

	row->trial = hd_query_get_integer(query);
	row->child = hd_query_get_text(query);
	kind = hd_query_get_text(query);
	row->name = hd_query_get_text(query);
	row->value = hd_query_get_text_or_null(query);
	row->time = hd_query_get_integer(query);
	for (int i = 0; i < HD_SAID_KINDS; i++)
		if (!strcmp(kind, said_kinds[i])) {
			row->kind = (enum hd_said_kind)i;
			return 0;
		}
	return hd_query_unknown(query, "kind of mark", kind, err);
}

/* What a walk over rows hands them to. */
struct said_walk {
	union {
		hd_said_fn said;
		hd_run_metric_fn metric;
		hd_setting_fn text;
	} fn;
	void *user;
};

static int said_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct said_walk *walk = vwalk;
	struct hd_said_row row;
	int rc = said_read(query, &row, err);

	return rc < 0 ? rc : walk->fn.said(walk->user, &row);
}

int hd_store_said(struct hd_store *store, int64_t sweep, int64_t trial,
		  hd_said_fn fn, void *user, struct hd_error *err)
{
	struct said_walk walk = { .fn.said = fn, .user = user };
	struct hd_query query;
	int rc = hd_store_is_of(store, SAID_SCHEMA, err);

	if (rc <= 0)
		return rc;
	rc = hd_query_open_of(&query, store, HD_STMT_SAID_ALL, sweep, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	return hd_query_each(&query, said_row, &walk, err);
}

struct child_place {
	int64_t *sweep;
	int64_t *number;
	bool found;
};

static int child_row(struct hd_query *query, void *vplace, struct hd_error *err)
{
	struct child_place *place = vplace;

	(void)err;
	*place->sweep = hd_query_get_integer(query);
	*place->number = hd_query_get_integer(query);
	place->found = true;
	return 0;
}

int hd_store_child(struct hd_store *store, const char *child, int64_t *sweep,
		   int64_t *number, struct hd_error *err)
{
	struct child_place place = { sweep, number, false };
	struct hd_query query;
	int rc = *child ? hd_store_is_of(store, SAID_SCHEMA, err) : 0;

	if (rc > 0) {
		rc = hd_query_open(&query, store, HD_STMT_CHILD_FIND, err);
		if (rc < 0)
			return rc;
		hd_query_text(&query, child);
		rc = hd_query_one(&query, NULL, child_row, &place, err);
	}
	if (rc == 0 && !place.found)
		return hd_error_set(err, HD_ENOENT, "no run '%.200s'", child);
	return rc;
}

/* In the order of HD_STMT_RUN_METRIC_ALL. */
static int run_metric_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct said_walk *walk = vwalk;
	struct hd_run_metric_row row = { .child = hd_query_get_text_or_null(query) };
	struct hd_metric_row *metric = &row.metric;

	(void)err;
	metric->trial = hd_query_get_size(query);
	metric->sequence = hd_query_get_size(query);
	metric->name = hd_query_get_text(query);
	metric->value = hd_query_get_real(query);
	metric->text = hd_query_get_text_or_null(query);
	metric->has_step = !hd_query_is_null(query);
	metric->step = hd_query_get_integer(query);
	metric->time = hd_query_get_integer(query);
	/* There is no other way to log to these runs. */
	metric->source = hd_tail_source_name(HD_TAIL_METRICS);
	metric->rule = "record";
	return walk->fn.metric(walk->user, &row);
}

int hd_store_run_metrics(struct hd_store *store, int64_t sweep, int64_t trial,
			 hd_run_metric_fn fn, void *user, struct hd_error *err)
{
	struct said_walk walk = { .fn.metric = fn, .user = user };
	struct hd_query query;
	int rc = hd_store_is_of(store, SAID_SCHEMA, err);

	if (rc <= 0)
		return rc;
	rc = hd_query_open_of(&query, store, HD_STMT_RUN_METRIC_ALL, sweep, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial < 0 ? 0 : trial);
	hd_query_integer(&query, trial < 0 ? INT64_MAX : trial);
	return hd_query_each(&query, run_metric_row, &walk, err);
}

static int text_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct said_walk *walk = vwalk;

	(void)err;
	return walk->fn.text(walk->user, hd_query_get_text(query));
}

int hd_store_settings(struct hd_store *store, int64_t sweep, hd_setting_fn fn,
		      void *user, struct hd_error *err)
{
	struct said_walk walk = { .fn.text = fn, .user = user };
	int rc = hd_store_is_of(store, SAID_SCHEMA, err);

	if (rc <= 0)
		return rc;
	return hd_query_each_of(store, HD_STMT_SETTING_ALL, sweep, text_row, &walk,
				err);
}

int hd_store_program(struct hd_store *store, int64_t sweep,
		     hd_program_text_fn fn, void *user, struct hd_error *err)
{
	struct said_walk walk = { .fn.text = fn, .user = user };
	struct hd_query query;
	int rc = hd_store_is_of(store, PROGRAM_SCHEMA, err);

	if (rc <= 0)
		return rc < 0 ? rc : fn(user, "");
	rc = hd_query_open_of(&query, store, HD_STMT_SWEEP_PROGRAM, sweep, err);
	return rc < 0 ? rc : hd_query_one(&query, NULL, text_row, &walk, err);
}
