#include "store/look.h"

#include "store/private.h"

static int version_row(struct hd_query *query, void *version, struct hd_error *err)
{
	(void)err;
	*(int64_t *)version = hd_query_get_integer(query);
	return 0;
}

int hd_store_look_version(struct hd_store *store, int64_t *version,
			  struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open(&query, store, HD_STMT_LOOK_VERSION, err);

	*version = 0;
	return rc < 0 ? rc : hd_query_one(&query, NULL, version_row, version, err);
}

int64_t hd_store_schema(void)
{
	return hd_schema_version();
}

static int64_t look_slot(struct hd_query *query)
{
	int64_t slot = hd_query_get_integer_or(query, -1);

	return slot < 0 ? -1 : slot;
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
		return hd_query_unknown(query, "state", state, err);
	if (!hd_end_find(end, &row.end))
		return hd_query_unknown(query, "end reason", end, err);
	rc = hd_query_check(query, err);
	return rc < 0 ? rc : walk->fn(walk->user, &row);
}

int hd_store_look_trials(struct hd_store *store, int64_t sweep, hd_look_fn fn,
			 void *user, struct hd_error *err)
{
	struct look_walk walk = { fn, user };
	int rc = hd_store_is_of(store, 3, err);

	if (rc < 0)
		return rc;
	return hd_query_each_of(store,
				rc ? HD_STMT_LOOK_TRIALS : HD_STMT_LOOK_TRIALS_OLD,
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
	int rc = hd_query_check(query, err);

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
	int rc = hd_query_open_of(&query, store, HD_STMT_LOOK_PARAMETERS, sweep, err);

	if (rc < 0)
		return rc;
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
	rc = hd_query_check(query, err);
	return rc < 0 ? rc : walk->fn(walk->user, &row);
}

int hd_store_points(struct hd_store *store, int64_t trial, size_t sequence,
		    hd_point_fn fn, void *user, struct hd_error *err)
{
	struct point_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_LOOK_POINTS, trial, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, look_integer(sequence));
	return hd_query_each(&query, point_row, &walk, err);
}

int hd_store_curve(struct hd_store *store, int64_t trial, const char *name,
		   hd_point_fn fn, void *user, struct hd_error *err)
{
	struct point_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_LOOK_CURVE, trial, err);

	if (rc < 0)
		return rc;
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
	int rc = hd_query_open_of(&query, store, HD_STMT_LOOK_NAMES, trial, err);

	if (rc < 0)
		return rc;
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
		return hd_query_unknown(query, "end reason", end, err);
	rc = hd_query_check(query, err);
	return rc < 0 ? rc : walk->fn(walk->user, &row);
}

int hd_store_look_attempts(struct hd_store *store, int64_t sweep,
			   hd_look_attempt_fn fn, void *user,
			   struct hd_error *err)
{
	struct attempts_walk walk = { fn, user };
	int rc = hd_store_is_of(store, 3, err);

	if (rc <= 0)
		return rc;
	return hd_query_each_of(store, HD_STMT_LOOK_ATTEMPTS, sweep, attempts_row,
				&walk, err);
}
