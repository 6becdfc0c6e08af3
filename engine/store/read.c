/*
 * Sweeps and trials: rows to callbacks, one at a time, so that a walk over
 * them needs no memory. What trials logged is in rows.c.
 *
 * A file may come from elsewhere or be damaged: what a row cannot hold (an
 * unknown state, a negative count) is HD_ECORRUPT, never a wild value.
 */
#include "base/buf.h"
#include "store/look.h"
#include "store/private.h"

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

static int names_row(struct hd_query *query, void *vsweep, struct hd_error *err)
{
	struct read_sweep *sweep = vsweep;

	hd_buf_puts(&sweep->id, hd_query_get_text(query));
	hd_buf_puts(&sweep->name, hd_query_get_text(query));
	return hd_buf_failed(&sweep->id) || hd_buf_failed(&sweep->name)
		       ? hd_error_nomem(err)
		       : 0;
}

/* Its id and name; HD_ENOENT when there is no such key. */
static int read_sweep_init(struct read_sweep *sweep, struct hd_store *store,
			   int64_t key, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_SWEEP_NAMES, key, err);

	hd_buf_init(&sweep->id);
	hd_buf_init(&sweep->name);
	return rc < 0 ? rc : hd_query_one(&query, "sweep", names_row, sweep, err);
}

/* --- sweeps --------------------------------------------------------------- */

static int count_row(struct hd_query *query, void *vrow, struct hd_error *err)
{
	struct hd_sweep_row *row = vrow;
	const char *word = hd_query_get_text(query);
	size_t count = hd_query_get_size(query);
	enum hd_trial_state state;

	if (!hd_trial_state_find(word, &state))
		return hd_query_unknown(query, "state", word, err);
	row->counts[state] = count;
	row->trials += count;
	return 0;
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
	row->best_trial = hd_query_get_integer_or(query, -1);
	row->best = hd_query_get_real(query);
	row->engine_pid = hd_query_get_integer(query);
	row->engine_start = hd_query_get_integer(query);
	row->backend = hd_query_get_text(query);
	if (!hd_end_find(end, &row->end))
		return hd_query_unknown(query, "end reason", end, err);
	if (strcmp(goal, hd_goal_name(row->goal)))
		return hd_query_unknown(query, "goal", goal, err);
	return hd_query_check(query, err);
}

struct sweeps_walk {
	hd_sweep_fn fn;
	void *user;
};

/* One sweep, with its folder and counts. */
static int sweep_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct sweeps_walk *walk = vwalk;
	struct hd_store *store = query->store;
	struct hd_buf folder = HD_BUF_INIT;
	struct hd_sweep_row row;
	int rc = sweep_read(query, &row, err);

	if (rc == 0)
		rc = hd_query_each_of(store, HD_STMT_SWEEP_COUNTS, row.key,
				      count_row, &row, err);
	if (rc < 0)
		return rc;
	hd_buf_printf(&folder, "%s/%s", store->folder, row.name);
	row.folder = hd_buf_text(&folder);
	rc = hd_buf_failed(&folder) ? hd_error_nomem(err)
				    : walk->fn(walk->user, &row);
	hd_buf_release(&folder);
	return rc;
}

int hd_store_sweep(struct hd_store *store, int64_t key, hd_sweep_fn fn,
		   void *user, struct hd_error *err)
{
	struct sweeps_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_SWEEP_ONE, key, err);

	return rc < 0 ? rc : hd_query_one(&query, "sweep", sweep_row, &walk, err);
}

static int64_t read_limit(size_t limit)
{
	return limit == 0 || limit > INT64_MAX ? -1 : (int64_t)limit;
}

int hd_store_sweeps(struct hd_store *store, size_t limit, const char *state,
		    hd_sweep_fn fn, void *user, struct hd_error *err)
{
	struct sweeps_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_SWEEP_ALL, err);

	if (rc < 0)
		return rc;
	hd_query_text(&query, state);
	hd_query_integer(&query, read_limit(limit));
	return hd_query_each(&query, sweep_row, &walk, err);
}

int hd_store_sweeps_before(struct hd_store *store, int64_t key, size_t limit,
			   const char *state, hd_sweep_fn fn, void *user,
			   struct hd_error *err)
{
	struct sweeps_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_SWEEP_BEFORE, err);

	if (rc < 0)
		return rc;
	hd_query_text(&query, state);
	hd_query_integer(&query, read_limit(limit));
	hd_query_integer(&query, key);
	return hd_query_each(&query, sweep_row, &walk, err);
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
	row->exit_code = (int)hd_query_get_integer_or(query, -1);
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
		return hd_query_unknown(query, "state", state, err);
	if (!hd_end_find(end, &row->end))
		return hd_query_unknown(query, "end reason", end, err);
	return hd_query_check(query, err);
}

struct trial_walk {
	struct hd_store *store;
	struct read_sweep names;
	int64_t sweep;
	const struct hd_trial_query *query;
	int64_t left; /* rows still wanted, -1 for all */
	bool found;
	hd_trial_fn fn;
	void *user;
};

static int trial_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	struct trial_walk *walk = vwalk;
	struct hd_buf id = HD_BUF_INIT, folder = HD_BUF_INIT;
	struct hd_trial_row row;
	int rc = trial_read(query, &row, err);

	if (rc < 0)
		return rc;
	hd_buf_printf(&id, "%s_%zu", hd_buf_text(&walk->names.id), row.number);
	hd_buf_printf(&folder, "%s/%s/%06zu", query->store->folder,
		      hd_buf_text(&walk->names.name), row.number);
	row.id = hd_buf_text(&id);
	row.folder = hd_buf_text(&folder);
	walk->left -= walk->left > 0;
	walk->found = true;
	if (hd_buf_failed(&id) || hd_buf_failed(&folder))
		rc = hd_error_nomem(err);
	else
		rc = walk->fn(walk->user, &row);
	hd_buf_release(&id);
	hd_buf_release(&folder);
	return rc;
}

static int trials_part(struct trial_walk *walk, enum hd_stmt id,
		       struct hd_error *err)
{
	struct hd_query query;
	int rc;

	if (walk->left == 0)
		return 0;
	rc = hd_query_open_of(&query, walk->store, id, walk->sweep, err);
	if (rc < 0)
		return rc;
	hd_query_integer(&query, walk->query->exclude_failed);
	hd_query_integer(&query, walk->query->exclude_canceled);
	hd_query_integer(&query, walk->left);
	if (id == HD_STMT_TRIAL_NUMBERED)
		hd_query_integer(&query, walk->query->discard_no_metric);
	return hd_query_each(&query, trial_row, walk, err);
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
	struct trial_walk walk = { .store = store,
				   .sweep = sweep,
				   .query = query ? query : &all,
				   .fn = fn,
				   .user = user };
	int rc = read_sweep_init(&walk.names, store, sweep, err);

	walk.left = read_limit(walk.query->limit);
	if (rc == 0)
		rc = walk.query->order == HD_ORDER_BEST
			     ? trials_best(&walk, err)
			     : trials_part(&walk, HD_STMT_TRIAL_NUMBERED, err);
	read_sweep_release(&walk.names);
	return rc;
}

int hd_store_trial(struct hd_store *store, int64_t sweep, size_t number,
		   hd_trial_fn fn, void *user, struct hd_error *err)
{
	struct trial_walk walk = { .fn = fn, .user = user };
	struct hd_query query;
	int rc = read_sweep_init(&walk.names, store, sweep, err);

	if (rc == 0)
		rc = hd_query_open_of(&query, store, HD_STMT_TRIAL_ONE, sweep, err);
	if (rc < 0)
		goto out;
	hd_query_integer(&query, (int64_t)number);
	rc = hd_query_one(&query, NULL, trial_row, &walk, err);
	if (rc == 0 && !walk.found)
		rc = hd_error_set(err, HD_ENOENT, "no trial %zu in sweep '%s'",
				  number, hd_buf_text(&walk.names.name));
out:
	read_sweep_release(&walk.names);
	return rc;
}

int hd_store_trials_after(struct hd_store *store, int64_t sweep, int64_t number,
			  size_t limit, hd_trial_fn fn, void *user,
			  struct hd_error *err)
{
	struct trial_walk walk = { .fn = fn, .user = user };
	struct hd_query query;
	int rc = read_sweep_init(&walk.names, store, sweep, err);

	if (rc == 0)
		rc = hd_query_open_of(&query, store, HD_STMT_TRIAL_AFTER, sweep,
				      err);
	if (rc < 0)
		goto out;
	hd_query_integer(&query, number);
	hd_query_integer(&query, read_limit(limit));
	rc = hd_query_each(&query, trial_row, &walk, err);
out:
	read_sweep_release(&walk.names);
	return rc;
}
