/*
 * Reading a sweep to go on with it. As in read.c, what a row cannot hold is
 * HD_ECORRUPT, never a wild value.
 */
#include "store/resume.h"

#include "store/private.h"

#include <inttypes.h>
#include <string.h>

/* --- the sweep ------------------------------------------------------------ */

struct sweep_walk {
	hd_resume_sweep_fn fn;
	void *user;
};

static int sweep_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct sweep_walk *walk = vwalk;
	struct hd_resume_sweep row = { 0 };

	(void)err;
	row.source = hd_query_get_text(query);
	row.grace = hd_query_get_real(query);
	row.ran = hd_query_get_real(query);
	row.resumed = hd_query_get_integer(query);
	row.boot = hd_query_get_text(query);
	row.host = hd_query_get_text(query);
	row.plan_total = hd_query_get_size(query);
	row.plan_slots = hd_query_get_size(query);
	row.program = hd_query_get_text(query);
	row.snapshot = hd_query_get_text(query);
	row.backend = hd_query_get_text(query);
	return walk->fn(walk->user, &row);
}

int hd_store_resume_sweep(struct hd_store *store, int64_t sweep,
			  hd_resume_sweep_fn fn, void *user,
			  struct hd_error *err)
{
	struct sweep_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_SWEEP_RESUME, sweep, err);

	return rc < 0 ? rc : hd_query_one(&query, "sweep", sweep_row, &walk, err);
}

static int totals_row(struct hd_query *query, void *vtotals, struct hd_error *err)
{
	struct hd_resume_totals *totals = vtotals;

	totals->trials = hd_query_get_size(query);
	totals->settled = hd_query_get_size(query);
	totals->spent = hd_query_get_real(query);
	totals->policy_scored = hd_query_get_size(query);
	totals->measured = hd_query_get_size(query);
	totals->foreign = hd_query_get_size(query);
	return hd_query_check(query, err);
}

int hd_store_resume_totals(struct hd_store *store, int64_t sweep,
			   struct hd_resume_totals *totals,
			   struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_SWEEP_TOTALS, sweep, err);

	*totals = (struct hd_resume_totals){ 0 };
	if (rc == 0)
		rc = hd_query_one(&query, NULL, totals_row, totals, err);
	return rc < 0 ? rc
		      : hd_query_integer_of(store, NULL, HD_STMT_SWEEP_STAMP, sweep, &totals->stamp,
					    err);
}

int hd_store_engine_set(struct hd_store *store, int64_t sweep,
			const struct hd_process *engine, int64_t time,
			int64_t stamp, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_write(&query, store, HD_STMT_ENGINE_SET, err);

	if (rc < 0)
		return rc;
	hd_query_integer(&query, sweep);
	hd_query_integer(&query, engine->pid);
	hd_query_integer(&query, (int64_t)engine->start);
	hd_query_text(&query, engine->boot);
	hd_query_text(&query, engine->host);
	hd_query_integer(&query, time);
	hd_query_integer(&query, stamp);
	return hd_query_change(&query, "sweep", err);
}

/* --- trials --------------------------------------------------------------- */

/* In the order of RESUME_COLUMNS. */
static int resume_trial_read(struct hd_query *query,
			     struct hd_resume_trial *row, struct hd_error *err)
{
	const char *state, *end;

	row->key = hd_query_get_integer(query);
	row->number = hd_query_get_size(query);
	state = hd_query_get_text(query);
	end = hd_query_get_text(query);
	row->attempt = (unsigned)hd_query_get_size(query);
	row->restarts = hd_query_get_size(query);
	row->intervals = hd_query_get_size(query);
	row->best_time = hd_query_get_integer(query);
	row->started = hd_query_get_integer(query);
	row->stop_asked = hd_query_get_integer(query);
	row->gone = hd_query_get_integer(query);
	row->settled = hd_query_get_size(query);
	row->slot = hd_query_get_size(query);
	row->due = hd_query_get_integer(query);
	row->known = hd_query_get_size(query);
	row->created = hd_query_get_integer(query);
	row->ended = hd_query_get_integer(query);
	row->detail = hd_query_get_text(query);
	row->mark = hd_query_get_text(query);
	row->mark_detail = hd_query_get_text_or_null(query);
	if (!hd_trial_state_find(state, &row->state))
		return hd_query_unknown(query, "state", state, err);
	if (!hd_end_find(end, &row->end))
		return hd_query_unknown(query, "end reason", end, err);
	return hd_query_check(query, err);
}

/* What a walk over rows hands them to. */
struct resume_walk {
	union {
		hd_resume_trial_fn trial;
		hd_resume_result_fn result;
		hd_resume_value_fn value;
		hd_resume_leader_fn leader;
		hd_setting_fn text;
		hd_resume_queue_fn waiting;
		hd_resume_place_fn place;
	} fn;
	void *user;
};

static int trial_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct resume_walk *walk = vwalk;
	struct hd_resume_trial row = { 0 };
	int rc = resume_trial_read(query, &row, err);

	return rc < 0 ? rc : walk->fn.trial(walk->user, &row);
}

int hd_store_resume_trials(struct hd_store *store, int64_t sweep,
			   enum hd_resume_which which, hd_resume_trial_fn fn,
			   void *user, struct hd_error *err)
{
	static const enum hd_stmt statements[] = {
		[HD_RESUME_ALL] = HD_STMT_TRIAL_EVERY,
		[HD_RESUME_OPEN] = HD_STMT_TRIAL_OPEN,
		[HD_RESUME_ENDED] = HD_STMT_TRIAL_ENDED,
	};
	struct resume_walk walk = { .fn.trial = fn, .user = user };

	return hd_query_each_of(store, statements[which], sweep, trial_row,
				&walk, err);
}

static int trial_alone(struct hd_query *query, void *vrow, struct hd_error *err)
{
	struct hd_resume_trial *row = vrow;
	int rc = resume_trial_read(query, row, err);

	row->detail = row->mark = row->mark_detail = NULL;
	return rc;
}

int hd_store_resume_trial(struct hd_store *store, int64_t sweep, size_t number,
			  struct hd_resume_trial *row, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_TRIAL_RESUMED, sweep, err);

	*row = (struct hd_resume_trial){ 0 };
	if (rc < 0)
		return rc;
	hd_query_integer(&query, (int64_t)number);
	rc = hd_query_one(&query, NULL, trial_alone, row, err);
	if (rc == 0 && row->key == 0)
		return hd_error_set(err, HD_ENOENT, "no trial %zu in store '%s'",
				    number, store->path);
	return rc;
}

static int result_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct resume_walk *walk = vwalk;
	struct hd_resume_result row = { .number = hd_query_get_size(query) };
	const char *end = hd_query_get_text(query);

	row.value = hd_query_get_real(query);
	row.best_time = hd_query_get_integer(query);
	row.closed = hd_query_get_integer(query);
	if (!hd_end_find(end, &row.end))
		return hd_query_unknown(query, "end reason", end, err);
	return walk->fn.result(walk->user, &row);
}

int hd_store_resume_results(struct hd_store *store, int64_t sweep,
			    hd_resume_result_fn fn, void *user,
			    struct hd_error *err)
{
	struct resume_walk walk = { .fn.result = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_TRIAL_RESULTS, sweep, result_row,
				&walk, err);
}

/* --- values --------------------------------------------------------------- */

/* The text of a choice is the space's own: no copy is to be kept. */
static int value_borrow(const struct hd_expr *expr, struct hd_value *value)
{
	if (expr->kind != HD_EXPR_CHOICE)
		return value->kind == HD_VALUE_INTEGER ||
				       value->kind == HD_VALUE_REAL
			       ? 0
			       : HD_EINVAL;
	for (size_t i = 0; i < expr->option_count; i++)
		if (hd_value_equal(&expr->options[i], value)) {
			*value = hd_expr_nth(expr, i);
			return 0;
		}
	return HD_EINVAL;
}

static int value_read(struct hd_query *query, struct hd_value *value)
{
	const char *kind = hd_query_get_text(query);

	*value = (struct hd_value){ 0 };
	if (!strcmp(kind, "null")) {
		value->kind = HD_VALUE_NULL;
	} else if (!strcmp(kind, "bool")) {
		value->kind = HD_VALUE_BOOL;
		value->integer = hd_query_get_integer(query);
	} else if (!strcmp(kind, "integer")) {
		value->kind = HD_VALUE_INTEGER;
		value->integer = hd_query_get_integer(query);
		value->number = (double)value->integer;
	} else if (!strcmp(kind, "real")) {
		value->kind = HD_VALUE_REAL;
		value->number = hd_query_get_real(query);
	} else if (!strcmp(kind, "text") || !strcmp(kind, "json") ||
		   !strcmp(kind, "branch")) {
		value->kind = *kind == 't'   ? HD_VALUE_TEXT
			      : *kind == 'j' ? HD_VALUE_JSON
					     : HD_VALUE_BRANCH;
		value->text = hd_query_get_text(query);
		value->length = (size_t)sqlite3_column_bytes(query->stmt, 2);
	} else {
		return HD_EINVAL;
	}
	return 0;
}

/*
 * The parameter called NAME that exists by the values read so far: rows come in
 * order, so those of the choices above it are there.
 */
static const struct hd_param *param_named(const struct hd_space *space,
					  const struct hd_value *values,
					  const char *name, size_t *index)
{
	for (*index = 0; *index < hd_space_count(space); ++*index) {
		const struct hd_param *param = hd_space_param(space, *index);

		if (!strcmp(param->name, name) &&
		    hd_space_is_active(space, *index, values))
			return param;
	}
	return NULL;
}

int hd_store_resume_values(struct hd_store *store, int64_t trial,
			   const struct hd_space *space,
			   struct hd_value *values, struct hd_error *err)
{
	size_t count = hd_space_count(space), index;
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_PARAMETER_ALL, trial, err);

	if (rc < 0)
		return rc;
	memset(values, 0, count * sizeof *values);
	while ((rc = hd_query_next(&query, err)) > 0) {
		const struct hd_param *param =
			param_named(space, values, hd_query_get_text(&query),
				    &index);

		if (!param || value_read(&query, &values[index]) < 0 ||
		    value_borrow(&param->expr, &values[index]) < 0)
			break;
	}
	hd_query_close(&query);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (values[i].kind == HD_VALUE_ABSENT &&
		    hd_space_is_active(space, i, values))
			rc = 1;
	if (rc > 0)
		return hd_error_set(err, HD_EINVAL,
				    "a trial has values that the parameter "
				    "space does not have");
	return rc;
}

static int text_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct resume_walk *walk = vwalk;

	(void)err;
	return walk->fn.text(walk->user, hd_query_get_text(query));
}

int hd_store_labels(struct hd_store *store, int64_t trial, hd_setting_fn fn,
		    void *user, struct hd_error *err)
{
	struct resume_walk walk = { .fn.text = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_PARAMETER_LABELS, trial, text_row,
				&walk, err);
}

/* --- what it logged ------------------------------------------------------- */

static int value_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct resume_walk *walk = vwalk;

	(void)err;
	return walk->fn.value(walk->user, hd_query_get_real(query));
}

int hd_store_resume_curve(struct hd_store *store, int64_t trial,
			  hd_resume_value_fn fn, void *user,
			  struct hd_error *err)
{
	struct resume_walk walk = { .fn.value = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_METRIC_CURVE, trial, value_row,
				&walk, err);
}

static int leader_row(struct hd_query *query, void *vwalk,
		      struct hd_error *err)
{
	const struct resume_walk *walk = vwalk;
	size_t interval = hd_query_get_size(query);
	size_t number = hd_query_get_size(query);

	(void)err;
	return walk->fn.leader(walk->user, interval, number,
			       hd_query_get_real(query));
}

int hd_store_resume_leaders(struct hd_store *store, int64_t sweep,
			    hd_resume_leader_fn fn, void *user,
			    struct hd_error *err)
{
	struct resume_walk walk = { .fn.leader = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_LEADER_ALL, sweep, leader_row,
				&walk, err);
}

static int place_row(struct hd_query *query, void *vplaces, struct hd_error *err)
{
	struct hd_tail_place *places = vplaces;
	size_t source = hd_query_get_size(query);

	if (query->broken)
		return hd_query_check(query, err);
	if (source >= HD_TAIL_SOURCES)
		return 0; /* of an event file, or a newer hdrive */
	places[source].offset = hd_query_get_integer(query);
	places[source].line = hd_query_get_integer(query);
	return 0;
}

int hd_store_resume_places(struct hd_store *store, int64_t trial,
			   struct hd_tail_place places[HD_TAIL_SOURCES],
			   size_t *sequence, struct hd_error *err)
{
	int64_t last = 0;
	int rc;

	memset(places, 0, HD_TAIL_SOURCES * sizeof *places);
	rc = hd_query_each_of(store, HD_STMT_PLACE_ALL, trial, place_row, places,
			      err);
	if (rc == 0)
		rc = hd_query_integer_of(store, NULL, HD_STMT_TRIAL_SEQUENCE,
					 trial, &last, err);
	*sequence = last > 0 ? (size_t)last : 0;
	return rc;
}

static int log_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct resume_walk *walk = vwalk;
	int64_t key = hd_query_get_integer(query);
	struct hd_tail_place place;

	(void)err;
	place.offset = hd_query_get_integer(query);
	place.line = hd_query_get_integer(query);
	return key < HD_TAIL_SOURCES ? 0 : walk->fn.place(walk->user, key, &place);
}

int hd_store_resume_logs(struct hd_store *store, int64_t trial,
			 hd_resume_place_fn fn, void *user, struct hd_error *err)
{
	struct resume_walk walk = { .fn.place = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_PLACE_ALL, trial, log_row, &walk,
				err);
}

static int rule_row(struct hd_query *query, void *found, struct hd_error *err)
{
	(void)err;
	*(int *)found = hd_query_get_integer(query) != 0;
	return 0;
}

int hd_store_resume_rule(struct hd_store *store, int64_t trial, const char *rule,
			 int *found, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_TRIAL_FOLLOWED, trial, err);

	*found = -1;
	if (rc < 0)
		return rc;
	hd_query_text(&query, rule);
	return hd_query_one(&query, NULL, rule_row, found, err);
}

struct steps {
	int64_t *before;
	int64_t *seen;
};

static int steps_row(struct hd_query *query, void *vsteps, struct hd_error *err)
{
	const struct steps *steps = vsteps;

	(void)err;
	*steps->before = hd_query_get_integer_or(query, INT64_MIN);
	*steps->seen = hd_query_get_integer_or(query, INT64_MIN);
	return 0;
}

int hd_store_resume_steps(struct hd_store *store, int64_t trial,
			  const char *name, int64_t *before, int64_t *seen,
			  struct hd_error *err)
{
	struct steps steps = { before, seen };
	struct hd_query query;
	int rc = hd_query_open_of(&query, store, HD_STMT_TRIAL_STEPS, trial, err);

	*before = *seen = INT64_MIN;
	if (rc < 0)
		return rc;
	hd_query_text(&query, name);
	return hd_query_one(&query, NULL, steps_row, &steps, err);
}

/* --- texts ---------------------------------------------------------------- */

int hd_store_resume_patterns(struct hd_store *store, int64_t sweep,
			     hd_setting_fn fn, void *user,
			     struct hd_error *err)
{
	struct resume_walk walk = { .fn.text = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_PATTERN_ALL, sweep, text_row,
				&walk, err);
}

static int waiting_row(struct hd_query *query, void *vwalk,
		       struct hd_error *err)
{
	const struct resume_walk *walk = vwalk;
	int64_t key = hd_query_get_integer(query);
	struct hd_waiting_row row = { .parameters = hd_query_get_text(query) };

	(void)err;
	row.resume_from = hd_query_get_text_or_null(query);
	return walk->fn.waiting(walk->user, key, &row);
}

int hd_store_resume_queue(struct hd_store *store, int64_t sweep,
			  hd_resume_queue_fn fn, void *user,
			  struct hd_error *err)
{
	struct resume_walk walk = { .fn.waiting = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_QUEUE_ALL, sweep, waiting_row,
				&walk, err);
}
