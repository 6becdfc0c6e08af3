#include "store/look.h"

#include "store/private.h"

int hd_store_look_version(struct hd_store *store, int64_t *version,
			  struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_LOOK_VERSION, err);

	*version = 0;
	if (rc < 0)
		return rc;
	rc = hd_query_next(&query, err);
	if (rc > 0)
		*version = hd_query_get_integer(&query);
	hd_query_close(&query);
	return rc < 0 ? rc : 0;
}

int64_t hd_store_schema(void)
{
	return hd_schema_version();
}

static int look_corrupt(const struct hd_query *query, const char *what,
			const char *found, struct hd_error *err)
{
	return hd_error_set(err, HD_ECORRUPT, "store '%s' has an unknown %s: '%.100s'",
			    query->store->path, what, found);
}

/* A count below 0 is told before the row is shown. */
static int look_checked(const struct hd_query *query, struct hd_error *err)
{
	if (!query->broken)
		return 0;
	return hd_error_set(err, HD_ECORRUPT, "store '%s' has a count below 0",
			    query->store->path);
}

static int64_t look_slot(struct hd_query *query)
{
	bool none = hd_query_is_null(query);
	int64_t slot = hd_query_get_integer(query);

	return none || slot < 0 ? -1 : slot;
}

/* --- sweeps --------------------------------------------------------------- */

struct sweeps_walk {
	hd_look_sweep_fn fn;
	void *user;
};

static int sweeps_row(struct hd_query *query, void *user, struct hd_error *err)
{
	struct sweeps_walk *walk = user;
	struct hd_look_sweep row = { 0 };
	enum hd_trial_state state;

	(void)err;
	row.key = hd_query_get_integer(query);
	/* Sweeps end in the same three words as trials. */
	row.is_over = hd_trial_state_find(hd_query_get_text(query), &state) &&
		      hd_trial_state_is_terminal(state);
	row.ended = hd_query_get_integer(query);
	row.max_total = hd_query_get_integer(query);
	row.max_concurrent = hd_query_get_integer(query);
	row.best_trial = hd_query_get_integer(query);
	row.best = hd_query_get_real(query);
	row.engine_pid = hd_query_get_integer(query);
	row.engine_start = hd_query_get_integer(query);
	return walk->fn(walk->user, &row);
}

int hd_store_look_sweeps(struct hd_store *store, hd_look_sweep_fn fn, void *user,
			 struct hd_error *err)
{
	struct sweeps_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_LOOK_SWEEPS, err);

	return rc < 0 ? rc : hd_query_each(&query, sweeps_row, &walk, err);
}

/* --- trials --------------------------------------------------------------- */

struct look_walk {
	hd_look_fn fn;
	void *user;
};

/* In the order of LOOK_COLUMNS. */
static int look_row(struct hd_query *query, void *user, struct hd_error *err)
{
	struct look_walk *walk = user;
	struct hd_look_row row = { 0 };
	const char *state, *end;
	int rc;

	row.key = hd_query_get_integer(query);
	row.number = hd_query_get_size(query);
	state = hd_query_get_text(query);
	end = hd_query_get_text(query);
	row.value = hd_query_get_real(query);
	row.last = hd_query_get_real(query);
	row.intervals = hd_query_get_size(query);
	row.attempt = (unsigned)hd_query_get_size(query);
	row.created = hd_query_get_integer(query);
	row.started = hd_query_get_integer(query);
	row.ended = hd_query_get_integer(query);
	row.slot = look_slot(query);
	if (!hd_trial_state_find(state, &row.state))
		return look_corrupt(query, "state", state, err);
	if (!hd_end_find(end, &row.end))
		return look_corrupt(query, "end reason", end, err);
	rc = look_checked(query, err);
	return rc < 0 ? rc : walk->fn(walk->user, &row);
}

int hd_store_look_trials(struct hd_store *store, int64_t sweep, hd_look_fn fn,
			 void *user, struct hd_error *err)
{
	struct look_walk walk = { fn, user };
	int64_t version;
	int rc = hd_store_integer(store, "PRAGMA user_version", &version, err);

	if (rc < 0)
		return rc;
	return hd_query_each_of(store,
				version < 3 ? HD_STMT_LOOK_TRIALS_OLD
					    : HD_STMT_LOOK_TRIALS,
				sweep, look_row, &walk, err);
}

struct parameters_walk {
	hd_look_parameters_fn fn;
	void *user;
};

static int parameters_row(struct hd_query *query, void *user,
			  struct hd_error *err)
{
	struct parameters_walk *walk = user;
	size_t number = hd_query_get_size(query);
	int rc = look_checked(query, err);

	return rc < 0 ? rc : walk->fn(walk->user, number, hd_query_get_text(query));
}

/* SQLite's integers end where ours do. */
static int64_t look_integer(size_t value)
{
	return value > INT64_MAX ? INT64_MAX : (int64_t)value;
}

int hd_store_look_parameters(struct hd_store *store, int64_t sweep,
			     size_t first, size_t last,
			     hd_look_parameters_fn fn, void *user,
			     struct hd_error *err)
{
	struct parameters_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_LOOK_PARAMETERS, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, look_integer(first));
	hd_query_integer(&query, look_integer(last));
	return hd_query_each(&query, parameters_row, &walk, err);
}

/* --- values --------------------------------------------------------------- */

struct point_walk {
	hd_point_fn fn;
	void *user;
};

/* In the order of POINT_COLUMNS. */
static int point_row(struct hd_query *query, void *user, struct hd_error *err)
{
	struct point_walk *walk = user;
	struct hd_point_row row = { 0 };
	int rc;

	row.sequence = hd_query_get_size(query);
	row.interval = hd_query_get_size(query);
	row.has_step = !hd_query_is_null(query);
	row.step = hd_query_get_integer(query);
	row.value = hd_query_get_real(query);
	rc = look_checked(query, err);
	return rc < 0 ? rc : walk->fn(walk->user, &row);
}

int hd_store_points(struct hd_store *store, int64_t trial, size_t sequence,
		    hd_point_fn fn, void *user, struct hd_error *err)
{
	struct point_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_LOOK_POINTS, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	hd_query_integer(&query, look_integer(sequence));
	return hd_query_each(&query, point_row, &walk, err);
}

int hd_store_curve(struct hd_store *store, int64_t trial, const char *name,
		   hd_point_fn fn, void *user, struct hd_error *err)
{
	struct point_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_LOOK_CURVE, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	hd_query_text(&query, name);
	return hd_query_each(&query, point_row, &walk, err);
}

struct names_walk {
	hd_setting_fn fn;
	void *user;
};

static int names_row(struct hd_query *query, void *user, struct hd_error *err)
{
	struct names_walk *walk = user;

	(void)err;
	return walk->fn(walk->user, hd_query_get_text(query));
}

int hd_store_names_of(struct hd_store *store, int64_t trial, size_t most,
		      hd_setting_fn fn, void *user, struct hd_error *err)
{
	struct names_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_LOOK_NAMES, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, trial);
	hd_query_integer(&query, look_integer(most));
	return hd_query_each(&query, names_row, &walk, err);
}

/* --- attempts ------------------------------------------------------------- */

struct attempts_walk {
	hd_look_attempt_fn fn;
	void *user;
};

static int attempts_row(struct hd_query *query, void *user, struct hd_error *err)
{
	struct attempts_walk *walk = user;
	struct hd_look_attempt row = { 0 };
	const char *end;
	int rc;

	row.trial = hd_query_get_size(query);
	row.number = (unsigned)hd_query_get_size(query);
	row.slot = look_slot(query);
	row.started = hd_query_get_integer(query);
	row.ended = hd_query_get_integer(query);
	end = hd_query_get_text(query);
	if (!hd_end_find(end, &row.end))
		return look_corrupt(query, "end reason", end, err);
	rc = look_checked(query, err);
	return rc < 0 ? rc : walk->fn(walk->user, &row);
}

int hd_store_look_attempts(struct hd_store *store, int64_t sweep,
			   hd_look_attempt_fn fn, void *user,
			   struct hd_error *err)
{
	struct attempts_walk walk = { fn, user };
	int64_t version;
	int rc = hd_store_integer(store, "PRAGMA user_version", &version, err);

	if (rc < 0 || version < 3)
		return rc;
	return hd_query_each_of(store, HD_STMT_LOOK_ATTEMPTS, sweep, attempts_row,
				&walk, err);
}
