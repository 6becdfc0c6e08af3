/*
 * What trials logged, what was decided on them and which was best when: rows to
 * callbacks, one at a time, so that a walk over ten million metrics needs no
 * memory.
 */
#include "metrics/tail.h"
#include "store/private.h"
#include "store/store.h"
#include "tensorboard/follow.h"

#include <inttypes.h>
#include <string.h>

/* What a walk over rows hands them to. */
struct rows_walk {
	union {
		hd_metric_row_fn metric;
		hd_decision_fn decision;
		hd_best_fn best;
	} fn;
	void *user;
};

/* A walk over rows of a sweep that must be there, by its key. */
static int rows_open(struct hd_query *query, struct hd_store *store,
		     enum hd_stmt id, int64_t sweep, struct hd_error *err)
{
	int64_t key;
	int rc = hd_query_integer_of(store, "sweep", HD_STMT_SWEEP_THERE, sweep,
				     &key, err);

	return rc < 0 ? rc : hd_query_open_of(query, store, id, sweep, err);
}

/* The same of one trial, or of all when TRIAL is -1. */
static int rows_open_of(struct hd_query *query, struct hd_store *store,
			enum hd_stmt id, int64_t sweep, int64_t trial,
			struct hd_error *err)
{
	int rc = rows_open(query, store, id, sweep, err);

	if (rc < 0)
		return rc;
	hd_query_integer(query, trial < 0 ? 0 : trial);
	hd_query_integer(query, trial < 0 ? INT64_MAX : trial);
	return 0;
}

/* --- metrics -------------------------------------------------------------- */

/* In the order of METRIC_COLUMNS. */
static int metric_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct rows_walk *walk = vwalk;
	struct hd_metric_row row = { .trial = hd_query_get_size(query) };
	int64_t source;
	int rc;

	row.sequence = hd_query_get_size(query);
	row.name = hd_query_get_text(query);
	row.value = hd_query_get_real(query);
	row.text = hd_query_get_text_or_null(query);
	row.has_step = !hd_query_is_null(query);
	row.step = hd_query_get_integer(query);
	row.interval = hd_query_get_size(query);
	source = hd_query_get_integer(query);
	row.rule = hd_query_get_text(query);
	row.time = hd_query_get_integer(query);
	if (source < 0 || source >= HD_TAIL_SOURCES)
		return hd_error_set(err, HD_ECORRUPT,
				    "store '%s' has an unknown source: %" PRId64,
				    query->store->path, source);
	row.source = hd_tail_source_name((enum hd_tail_source)source);
	/* Event files share the number of the metrics file: the schema has three. */
	if (!strcmp(row.rule, HD_FOLLOW_RULE))
		row.source = HD_FOLLOW_RULE;
	rc = hd_query_check(query, err);
	return rc < 0 ? rc : walk->fn.metric(walk->user, &row);
}

int hd_store_metrics(struct hd_store *store, int64_t sweep, int64_t trial,
		     const char *name, hd_metric_row_fn fn, void *user,
		     struct hd_error *err)
{
	enum hd_stmt id = name ? HD_STMT_METRIC_NAMED : HD_STMT_METRIC_ALL;
	struct rows_walk walk = { .fn.metric = fn, .user = user };
	struct hd_query query;
	int rc = rows_open_of(&query, store, id, sweep, trial, err);

	if (rc < 0)
		return rc;
	if (name)
		hd_query_text(&query, name);
	return hd_query_each(&query, metric_row, &walk, err);
}

/* --- decisions ------------------------------------------------------------ */

static int decision_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct rows_walk *walk = vwalk;
	struct hd_decision_row row = { .trial = hd_query_get_size(query) };
	const char *kind;
	int rc;

	row.interval = hd_query_get_size(query);
	row.policy = hd_query_get_text(query);
	row.mine = hd_query_get_real(query);
	row.limit = hd_query_get_real(query);
	row.compared = hd_query_get_size(query);
	row.reason = hd_query_get_text(query);
	row.time = hd_query_get_integer(query);
	kind = hd_query_get_text(query);
	if (!hd_decision_find(kind, &row.kind))
		return hd_query_unknown(query, "decision", kind, err);
	rc = hd_query_check(query, err);
	return rc < 0 ? rc : walk->fn.decision(walk->user, &row);
}

int hd_store_decisions(struct hd_store *store, int64_t sweep, int64_t trial,
		       hd_decision_fn fn, void *user, struct hd_error *err)
{
	struct rows_walk walk = { .fn.decision = fn, .user = user };
	struct hd_query query;
	int rc = hd_store_is_of(store, 6, err);

	if (rc >= 0)
		rc = rows_open_of(&query, store,
				  rc ? HD_STMT_DECISION_ALL : HD_STMT_DECISION_OLD,
				  sweep, trial, err);
	return rc < 0 ? rc : hd_query_each(&query, decision_row, &walk, err);
}

int hd_store_paused(struct hd_store *store, int64_t sweep, size_t *count,
		    struct hd_error *err)
{
	int64_t paused = 0;
	int rc = hd_query_integer_of(store, NULL, HD_STMT_SWEEP_PAUSED, sweep,
				     &paused, err);

	*count = paused > 0 ? (size_t)paused : 0;
	return rc;
}

/* --- the best ------------------------------------------------------------- */

static int best_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct rows_walk *walk = vwalk;
	struct hd_best_row row = { .trial = hd_query_get_size(query) };
	int rc;

	row.value = hd_query_get_real(query);
	row.time = hd_query_get_integer(query);
	row.final = hd_query_get_integer(query) != 0;
	rc = hd_query_check(query, err);
	return rc < 0 ? rc : walk->fn.best(walk->user, &row);
}

int hd_store_best_history(struct hd_store *store, int64_t sweep,
			  hd_best_fn fn, void *user, struct hd_error *err)
{
	struct rows_walk walk = { .fn.best = fn, .user = user };
	struct hd_query query;
	int rc = rows_open(&query, store, HD_STMT_BEST_ALL, sweep, err);

	return rc < 0 ? rc : hd_query_each(&query, best_row, &walk, err);
}
