/*
 * The store's reading side: rows to callbacks, one at a time, so that a walk
 * over ten million metrics needs no memory.
 *
 * A file may come from elsewhere or be damaged: what a row cannot hold (an
 * unknown state, a negative count) is HD_ECORRUPT, never a wild value.
 */
#include "base/buf.h"
#include "metrics/tail.h"
#include "store/look.h"
#include "store/private.h"
#include "tensorboard/follow.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* What every walk over a sweep's rows starts from. */
struct read_sweep {
	struct hd_buf id;
	struct hd_buf name;
};

static void read_sweep_release(struct read_sweep *sweep)
{
	hd_buf_release(&sweep->id);
	hd_buf_release(&sweep->name);
}

static int read_no_sweep(const struct hd_store *store, struct hd_error *err)
{
	return hd_error_set(err, HD_ENOENT, "no such sweep in store '%s'",
			    store->path);
}

static int read_corrupt(const struct hd_query *query, struct hd_error *err,
			const char *what, const char *found)
{
	return hd_error_set(err, HD_ECORRUPT,
			    "store '%s' has an unknown %s: '%s'",
			    query->store->path, what, found);
}

/* Counts that were negative and the like, before a row is shown. */
static int read_checked(const struct hd_query *query, struct hd_error *err)
{
	if (!query->broken)
		return 0;
	return hd_error_set(err, HD_ECORRUPT,
			    "store '%s' has a count below 0",
			    query->store->path);
}

/* Its id and name; HD_ENOENT when there is no such key. */
static int read_sweep_init(struct read_sweep *sweep, struct hd_store *store,
			   int64_t key, struct hd_error *err)
{
	struct hd_query query;
	int rc;

	hd_buf_init(&sweep->id);
	hd_buf_init(&sweep->name);
	rc = hd_query_open(&query, store, HD_STMT_SWEEP_NAMES, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	rc = hd_query_next(&query, err);
	if (rc > 0) {
		hd_buf_puts(&sweep->id, hd_query_get_text(&query));
		hd_buf_puts(&sweep->name, hd_query_get_text(&query));
	}
	hd_query_close(&query);
	if (rc == 0)
		return read_no_sweep(store, err);
	if (rc > 0 && (hd_buf_failed(&sweep->id) || hd_buf_failed(&sweep->name)))
		rc = hd_error_nomem(err);
	return rc < 0 ? rc : 0;
}

/* --- sweeps --------------------------------------------------------------- */

static int sweep_counts(struct hd_store *store, struct hd_sweep_row *row,
			struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_SWEEP_COUNTS, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, row->key);
	while ((rc = hd_query_next(&query, err)) > 0) {
		const char *word = hd_query_get_text(&query);
		size_t count = hd_query_get_size(&query);
		enum hd_trial_state state;

		if (!hd_trial_state_find(word, &state)) {
			rc = read_corrupt(&query, err, "state", word);
			break;
		}
		row->counts[state] = count;
		row->trials += count;
	}
	hd_query_close(&query);
	return rc;
}

/* In the order of SWEEP_COLUMNS. */
static int sweep_read(struct hd_query *query, struct hd_sweep_row *row,
		      struct hd_error *err)
{
	const char *end, *goal;

	memset(row, 0, sizeof *row);
	row->key = hd_query_get_integer(query);
	row->id = hd_query_get_text(query);
	row->name = hd_query_get_text(query);
	row->state = hd_query_get_text(query);
	end = hd_query_get_text(query);
	row->end_detail = hd_query_get_text(query);
	row->metric = hd_query_get_text(query);
	goal = hd_query_get_text(query);
	row->goal = strcmp(goal, hd_goal_name(HD_MAXIMIZE)) ? HD_MINIMIZE : HD_MAXIMIZE;
	row->sampler = hd_query_get_text(query);
	row->policy = hd_query_get_text(query);
	row->command = hd_query_get_text(query);
	row->config_path = hd_query_get_text(query);
	row->config_text = hd_query_get_text(query);
	row->seed = (uint64_t)hd_query_get_integer(query);
	row->max_total = hd_query_get_size(query);
	row->max_concurrent = hd_query_get_size(query);
	row->max_duration = hd_query_get_real(query);
	if (isnan(row->max_duration))
		row->max_duration = INFINITY;
	row->created = hd_query_get_integer(query);
	row->started = hd_query_get_integer(query);
	row->ended = hd_query_get_integer(query);
	row->best_trial = -1;
	if (!hd_query_is_null(query))
		row->best_trial = sqlite3_column_int64(query->stmt,
						       query->column);
	query->column++;
	row->best = hd_query_get_real(query);
	row->engine_pid = hd_query_get_integer(query);
	row->engine_start = hd_query_get_integer(query);
	row->backend = hd_query_get_text(query);
	if (!hd_end_find(end, &row->end))
		return read_corrupt(query, err, "end reason", end);
	if (strcmp(goal, hd_goal_name(row->goal)))
		return read_corrupt(query, err, "goal", goal);
	return read_checked(query, err);
}

/* The row at which QUERY stands, with its folder and counts, to FN. */
static int sweep_show(struct hd_query *query, hd_sweep_fn fn, void *user,
		      struct hd_error *err)
{
	struct hd_store *store = query->store;
	struct hd_buf folder = HD_BUF_INIT;
	struct hd_sweep_row row;
	int rc = sweep_read(query, &row, err);

	if (rc == 0)
		rc = sweep_counts(store, &row, err);
	if (rc < 0)
		return rc;
	hd_buf_printf(&folder, "%s/%s", store->folder, row.name);
	row.folder = hd_buf_text(&folder);
	rc = hd_buf_failed(&folder) ? hd_error_nomem(err) : fn(user, &row);
	hd_buf_release(&folder);
	return rc;
}

int hd_store_sweep(struct hd_store *store, int64_t key, hd_sweep_fn fn,
		   void *user, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_SWEEP_ONE, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, key);
	rc = hd_query_next(&query, err);
	if (rc > 0)
		rc = sweep_show(&query, fn, user, err);
	else if (rc == 0)
		rc = read_no_sweep(store, err);
	hd_query_close(&query);
	return rc;
}

static int64_t read_limit(size_t limit)
{
	return limit == 0 || limit > INT64_MAX ? -1 : (int64_t)limit;
}

int hd_store_sweeps(struct hd_store *store, size_t limit, const char *state,
		    hd_sweep_fn fn, void *user, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_SWEEP_ALL, err);

	if (rc < 0)
		return rc;
	hd_query_text(&query, state);
	hd_query_integer(&query, read_limit(limit));
	while ((rc = hd_query_next(&query, err)) > 0) {
		rc = sweep_show(&query, fn, user, err);
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

int hd_store_sweeps_before(struct hd_store *store, int64_t key, size_t limit,
			   const char *state, hd_sweep_fn fn, void *user,
			   struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_SWEEP_BEFORE, err);

	if (rc < 0)
		return rc;
	hd_query_text(&query, state);
	hd_query_integer(&query, read_limit(limit));
	hd_query_integer(&query, key);
	while ((rc = hd_query_next(&query, err)) > 0) {
		rc = sweep_show(&query, fn, user, err);
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

/* --- trials --------------------------------------------------------------- */

/* In the order of TRIAL_COLUMNS. */
static int trial_read(struct hd_query *query, struct hd_trial_row *row,
		      struct hd_error *err)
{
	const char *state, *end;

	memset(row, 0, sizeof *row);
	row->key = hd_query_get_integer(query);
	row->number = hd_query_get_size(query);
	state = hd_query_get_text(query);
	end = hd_query_get_text(query);
	row->end_detail = hd_query_get_text(query);
	row->parameters = hd_query_get_text(query);
	row->arguments = hd_query_get_text(query);
	row->exit_code = -1;
	if (!hd_query_is_null(query))
		row->exit_code = sqlite3_column_int(query->stmt,
						    query->column);
	query->column++;
	row->exit_signal = (int)hd_query_get_integer(query);
	row->attempt = (unsigned)hd_query_get_size(query);
	row->pid = hd_query_get_integer(query);
	row->created = hd_query_get_integer(query);
	row->started = hd_query_get_integer(query);
	row->ended = hd_query_get_integer(query);
	row->cpu_seconds = hd_query_get_real(query);
	row->max_rss = hd_query_get_integer(query);
	row->intervals = hd_query_get_size(query);
	row->best = hd_query_get_real(query);
	row->last = hd_query_get_real(query);
	row->value = hd_query_get_real(query);
	row->has_metric = !isnan(row->value);
	row->known = hd_query_get_size(query);
	if (!hd_trial_state_find(state, &row->state))
		return read_corrupt(query, err, "state", state);
	if (!hd_end_find(end, &row->end))
		return read_corrupt(query, err, "end reason", end);
	return read_checked(query, err);
}

static int trial_show(struct hd_query *query, const struct read_sweep *sweep,
		      hd_trial_fn fn, void *user, struct hd_error *err)
{
	struct hd_buf id = HD_BUF_INIT, folder = HD_BUF_INIT;
	struct hd_trial_row row;
	int rc = trial_read(query, &row, err);

	if (rc < 0)
		return rc;
	hd_buf_printf(&id, "%s_%zu", hd_buf_text(&sweep->id), row.number);
	hd_buf_printf(&folder, "%s/%s/%06zu", query->store->folder,
		      hd_buf_text(&sweep->name), row.number);
	row.id = hd_buf_text(&id);
	row.folder = hd_buf_text(&folder);
	if (hd_buf_failed(&id) || hd_buf_failed(&folder))
		rc = hd_error_nomem(err);
	else
		rc = fn(user, &row);
	hd_buf_release(&id);
	hd_buf_release(&folder);
	return rc;
}

struct trial_walk {
	struct hd_store *store;
	const struct read_sweep *names;
	int64_t sweep;
	const struct hd_trial_query *query;
	int64_t left; /* rows still wanted, -1 for all */
	hd_trial_fn fn;
	void *user;
};

static int trials_part(struct trial_walk *walk, enum hd_stmt id,
		       struct hd_error *err)
{
	struct hd_query query;
	int rc;

	if (walk->left == 0)
		return 0;
	rc = hd_query_open(&query, walk->store, id, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, walk->sweep);
	hd_query_integer(&query, walk->query->exclude_failed);
	hd_query_integer(&query, walk->query->exclude_canceled);
	hd_query_integer(&query, walk->left);
	if (id == HD_STMT_TRIAL_NUMBERED)
		hd_query_integer(&query, walk->query->discard_no_metric);
	while ((rc = hd_query_next(&query, err)) > 0) {
		rc = trial_show(&query, walk->names, walk->fn, walk->user, err);
		if (rc != 0)
			break;
		walk->left -= walk->left > 0;
	}
	hd_query_close(&query);
	return rc;
}

/*
 * Two statements, in one snapshot: a trial that logs its first value between
 * them would be in neither.
 */
static int trials_best(struct trial_walk *walk, struct hd_error *err)
{
	enum hd_stmt ranked = walk->query->reverse
				      ? HD_STMT_TRIAL_RANKED_REVERSE
				      : HD_STMT_TRIAL_RANKED;
	int end, rc = hd_query_simple(walk->store, HD_STMT_SNAPSHOT, err);

	if (rc < 0)
		return rc;
	rc = trials_part(walk, ranked, err);
	if (rc == 0 && !walk->query->discard_no_metric)
		rc = trials_part(walk, HD_STMT_TRIAL_UNRANKED, err);
	/* The first error is the one to tell. */
	end = hd_query_simple(walk->store, HD_STMT_SNAPSHOT_END,
			      rc < 0 ? NULL : err);
	return rc >= 0 && end < 0 ? end : rc;
}

int hd_store_trials(struct hd_store *store, int64_t sweep,
		    const struct hd_trial_query *query, hd_trial_fn fn,
		    void *user, struct hd_error *err)
{
	static const struct hd_trial_query all;
	struct read_sweep names;
	struct trial_walk walk = { .store = store,
				   .names = &names,
				   .sweep = sweep,
				   .query = query ? query : &all,
				   .fn = fn,
				   .user = user };
	int rc = read_sweep_init(&names, store, sweep, err);

	walk.left = read_limit(walk.query->limit);
	if (rc == 0)
		rc = walk.query->order == HD_ORDER_BEST
			     ? trials_best(&walk, err)
			     : trials_part(&walk, HD_STMT_TRIAL_NUMBERED, err);
	read_sweep_release(&names);
	return rc;
}

int hd_store_trial(struct hd_store *store, int64_t sweep, size_t number,
		   hd_trial_fn fn, void *user, struct hd_error *err)
{
	struct read_sweep names;
	struct hd_query query = { 0 };
	int rc = read_sweep_init(&names, store, sweep, err);

	if (rc == 0)
		rc = hd_query_open(&query, store, HD_STMT_TRIAL_ONE, err);
	if (rc < 0)
		goto out;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, (int64_t)number);
	rc = hd_query_next(&query, err);
	if (rc > 0)
		rc = trial_show(&query, &names, fn, user, err);
	else if (rc == 0)
		rc = hd_error_set(err, HD_ENOENT, "no trial %zu in sweep '%s'",
				  number, hd_buf_text(&names.name));
out:
	hd_query_close(&query);
	read_sweep_release(&names);
	return rc;
}

int hd_store_trials_after(struct hd_store *store, int64_t sweep, int64_t number,
			  size_t limit, hd_trial_fn fn, void *user,
			  struct hd_error *err)
{
	struct read_sweep names;
	struct hd_query query = { 0 };
	int rc = read_sweep_init(&names, store, sweep, err);

	if (rc == 0)
		rc = hd_query_open(&query, store, HD_STMT_TRIAL_AFTER, err);
	if (rc < 0)
		goto out;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, number);
	hd_query_integer(&query, read_limit(limit));
	while ((rc = hd_query_next(&query, err)) > 0) {
		rc = trial_show(&query, &names, fn, user, err);
		if (rc != 0)
			break;
	}
out:
	hd_query_close(&query);
	read_sweep_release(&names);
	return rc;
}

/* --- metrics, decisions, best --------------------------------------------- */

/* A walk over one trial's rows, or all's when TRIAL is -1. */
static int rows_open(struct hd_query *query, struct hd_store *store,
		     enum hd_stmt id, int64_t sweep, int64_t trial,
		     struct hd_error *err)
{
	struct read_sweep names;
	int rc = read_sweep_init(&names, store, sweep, err);

	read_sweep_release(&names);
	*query = (struct hd_query){ 0 };
	if (rc == 0)
		rc = hd_query_open(query, store, id, err);
	if (rc < 0)
		return rc;
	hd_query_integer(query, sweep);
	if (id == HD_STMT_BEST_ALL)
		return 0;
	hd_query_integer(query, trial < 0 ? 0 : trial);
	hd_query_integer(query, trial < 0 ? INT64_MAX : trial);
	return 0;
}

/* In the order of METRIC_COLUMNS. */
static int metric_read(struct hd_query *query, struct hd_metric_row *row,
		       struct hd_error *err)
{
	int64_t source;

	memset(row, 0, sizeof *row);
	row->trial = hd_query_get_size(query);
	row->sequence = hd_query_get_size(query);
	row->name = hd_query_get_text(query);
	row->value = hd_query_get_real(query);
	if (!hd_query_is_null(query))
		row->text = (const char *)sqlite3_column_text(query->stmt,
							      query->column);
	query->column++;
	row->has_step = !hd_query_is_null(query);
	row->step = hd_query_get_integer(query);
	row->interval = hd_query_get_size(query);
	source = hd_query_get_integer(query);
	row->rule = hd_query_get_text(query);
	row->time = hd_query_get_integer(query);
	if (source < 0 || source >= HD_TAIL_SOURCES)
		return hd_error_set(err, HD_ECORRUPT,
				    "store '%s' has an unknown source: %" PRId64,
				    query->store->path, source);
	row->source = hd_tail_source_name((enum hd_tail_source)source);
	/* Event files share the number of the metrics file: the schema has three. */
	if (!strcmp(row->rule, HD_FOLLOW_RULE))
		row->source = HD_FOLLOW_RULE;
	return read_checked(query, err);
}

int hd_store_metrics(struct hd_store *store, int64_t sweep, int64_t trial,
		     const char *name, hd_metric_row_fn fn, void *user,
		     struct hd_error *err)
{
	enum hd_stmt id = name ? HD_STMT_METRIC_NAMED : HD_STMT_METRIC_ALL;
	struct hd_metric_row row;
	struct hd_query query;
	int rc = rows_open(&query, store, id, sweep, trial, err);

	if (rc < 0)
		return rc;
	if (name)
		hd_query_text(&query, name);
	while ((rc = hd_query_next(&query, err)) > 0) {
		rc = metric_read(&query, &row, err);
		if (rc == 0)
			rc = fn(user, &row);
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

static int decision_read(struct hd_query *query, struct hd_decision_row *row,
			 struct hd_error *err)
{
	const char *kind;

	*row = (struct hd_decision_row){ 0 };
	row->trial = hd_query_get_size(query);
	row->interval = hd_query_get_size(query);
	row->policy = hd_query_get_text(query);
	row->mine = hd_query_get_real(query);
	row->limit = hd_query_get_real(query);
	row->compared = hd_query_get_size(query);
	row->reason = hd_query_get_text(query);
	row->time = hd_query_get_integer(query);
	kind = hd_query_get_text(query);
	if (!hd_decision_find(kind, &row->kind))
		return hd_error_set(err, HD_ECORRUPT,
				    "store '%s' has an unknown decision: '%s'",
				    query->store->path, kind);
	return read_checked(query, err);
}

int hd_store_decisions(struct hd_store *store, int64_t sweep, int64_t trial,
		       hd_decision_fn fn, void *user, struct hd_error *err)
{
	struct hd_query query;
	int64_t version;
	int rc = hd_store_integer(store, "PRAGMA user_version", &version, err);

	if (rc == 0)
		rc = rows_open(&query, store,
			       version < 6 ? HD_STMT_DECISION_OLD
					   : HD_STMT_DECISION_ALL,
			       sweep, trial, err);
	if (rc < 0)
		return rc;
	while ((rc = hd_query_next(&query, err)) > 0) {
		struct hd_decision_row row;

		rc = decision_read(&query, &row, err);
		if (rc == 0)
			rc = fn(user, &row);
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

int hd_store_paused(struct hd_store *store, int64_t sweep, size_t *count,
		    struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_SWEEP_PAUSED, err);

	*count = 0;
	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	rc = hd_query_next(&query, err);
	if (rc > 0)
		*count = hd_query_get_size(&query);
	hd_query_close(&query);
	return rc < 0 ? rc : 0;
}

int hd_store_best_history(struct hd_store *store, int64_t sweep,
			  hd_best_fn fn, void *user, struct hd_error *err)
{
	struct hd_query query;
	int rc = rows_open(&query, store, HD_STMT_BEST_ALL, sweep, -1, err);

	if (rc < 0)
		return rc;
	while ((rc = hd_query_next(&query, err)) > 0) {
		struct hd_best_row row = { 0 };

		row.trial = hd_query_get_size(&query);
		row.value = hd_query_get_real(&query);
		row.time = hd_query_get_integer(&query);
		row.final = hd_query_get_integer(&query) != 0;
		rc = read_checked(&query, err);
		if (rc == 0)
			rc = fn(user, &row);
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}
