/*
 * A study of Optuna's as found trials.
 *
 * The file may be another program's, damaged or hostile: it is opened for
 * reading alone, its own triggers and views are not trusted, and what a row
 * cannot hold is an error. What differs between versions is asked of the
 * file's tables, not of its version.
 */
#include "exchange/found.h"

#include <sqlite3.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "exchange/cell.h"
#include "exchange/optuna.h"

struct study {
	struct hd_found *found;
	sqlite3 *db;
	int64_t id;
	bool value_type, intermediate_type; /* the columns are there */
	sqlite3_stmt *params, *values, *intermediate, *attributes;
	struct hd_error *err;
};

/* --- statements ----------------------------------------------------------- */

static int study_error(const struct study *study)
{
	int rc = sqlite3_errcode(study->db);

	if (rc == SQLITE_NOMEM)
		return hd_error_nomem(study->err);
	if (rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT)
		return hd_error_set(study->err, HD_ECORRUPT, "'%s' is damaged: %s",
				    study->found->path, sqlite3_errmsg(study->db));
	return hd_error_set(study->err, rc == SQLITE_BUSY ? HD_EBUSY : HD_EIO,
			    "cannot read '%s': %s", study->found->path,
			    sqlite3_errmsg(study->db));
}

static int study_prepare(const struct study *study, sqlite3_stmt **stmt,
			 const char *sql, int64_t key)
{
	int rc = SQLITE_OK;

	if (!*stmt)
		rc = sqlite3_prepare_v2(study->db, sql, -1, stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_reset(*stmt);
	if (rc == SQLITE_OK && sqlite3_bind_parameter_count(*stmt))
		rc = sqlite3_bind_int64(*stmt, 1, key);
	return rc == SQLITE_OK ? 0 : study_error(study);
}

/* 1 for a row, 0 at the end, or a code. */
static int study_step(const struct study *study, sqlite3_stmt *stmt)
{
	int rc = sqlite3_step(stmt);

	if (rc == SQLITE_ROW)
		return 1;
	return rc == SQLITE_DONE ? 0 : study_error(study);
}

/* "" for NULL. */
static const char *column_text(sqlite3_stmt *stmt, int column)
{
	const unsigned char *text = sqlite3_column_text(stmt, column);

	return text ? (const char *)text : "";
}

/* Whether TABLE has COLUMN. */
static int study_has(const struct study *study, const char *table, const char *column,
		     bool *has)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(study->db,
				    "SELECT 1 FROM pragma_table_info(?1) WHERE name = ?2", -1,
				    &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 2, column, -1, SQLITE_STATIC);
	rc = rc == SQLITE_OK ? study_step(study, stmt) : study_error(study);
	sqlite3_finalize(stmt);
	*has = rc > 0;
	return rc < 0 ? rc : 0;
}

/* --- which study ---------------------------------------------------------- */

static int study_check(struct study *study)
{
	static const char *const tables[][2] = {
		{ "studies", "study_name" },
		{ "study_directions", "direction" },
		{ "trials", "state" },
		{ "trial_params", "distribution_json" },
		{ "trial_values", "value" },
		{ "trial_intermediate_values", "intermediate_value" },
	};
	bool has = true, ours = false;
	int rc = 0;

	for (size_t i = 0; rc == 0 && has && i < sizeof tables / sizeof tables[0]; i++) {
		rc = study_has(study, tables[i][0], tables[i][1], &has);
		if (rc == 0 && !has)
			rc = study_has(study, "sweep", "config_text", &ours);
		if (rc == 0 && ours)
			return hd_error_set(study->err, HD_EINVAL,
					    "'%s' is a store of hdrive's own: --db opens it",
					    study->found->path);
		if (rc == 0 && !has)
			return hd_error_set(study->err, HD_EINVAL,
					    "'%s' is no Optuna file of version 2.4 or later: it "
					    "has no '%s.%s'",
					    study->found->path, tables[i][0], tables[i][1]);
	}
	if (rc == 0)
		rc = study_has(study, "trial_values", "value_type", &study->value_type);
	if (rc == 0)
		rc = study_has(study, "trial_intermediate_values", "intermediate_value_type",
			       &study->intermediate_type);
	return rc;
}

/* The one that is asked for, or the only one. */
static int study_find(struct study *study)
{
	const char *wanted = study->found->import->study;
	struct hd_buf names = HD_BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	size_t count = 0;
	bool found = false;
	int rc = study_prepare(study, &stmt,
			       "SELECT study_id, study_name FROM studies ORDER BY study_id", 0);

	while (rc == 0 && (rc = study_step(study, stmt)) > 0) {
		const char *name = column_text(stmt, 1);

		count++;
		if (!found && (!wanted || !strcmp(wanted, name))) {
			study->id = sqlite3_column_int64(stmt, 0);
			found = true;
		}
		if (names.length < 300)
			hd_buf_printf(&names, "%s%.64s", names.length ? ", " : "", name);
		rc = 0;
	}
	sqlite3_finalize(stmt);
	if (rc == 0 && count == 0)
		rc = hd_error_set(study->err, HD_EINVAL, "'%s' has no study",
				  study->found->path);
	else if (rc == 0 && !found)
		rc = hd_error_set(study->err, HD_ENOENT, "'%s' has no study '%s'; there are: %s",
				  study->found->path, wanted, hd_buf_text(&names));
	else if (rc == 0 && count > 1 && !wanted)
		rc = hd_error_set(study->err, HD_EINVAL,
				  "'%s' has several studies, --study names one: %s",
				  study->found->path, hd_buf_text(&names));
	hd_buf_release(&names);
	return rc;
}

/* --- its objective -------------------------------------------------------- */

static int study_direction(struct study *study)
{
	sqlite3_stmt *stmt = NULL;
	int objectives = 0;
	int rc = study_prepare(study, &stmt,
			       "SELECT direction FROM study_directions WHERE study_id = ?1"
			       " ORDER BY objective",
			       study->id);

	while (rc == 0 && (rc = study_step(study, stmt)) > 0) {
		const char *word = column_text(stmt, 0);

		objectives++;
		if (!strcmp(word, "MAXIMIZE"))
			study->found->goal = HD_MAXIMIZE;
		study->found->has_goal = !strcmp(word, "MAXIMIZE") || !strcmp(word, "MINIMIZE");
		rc = 0;
	}
	sqlite3_finalize(stmt);
	if (rc == 0 && objectives > 1)
		return hd_error_set(study->err, HD_EINVAL,
				    "the study has %d objectives: a sweep has one", objectives);
	return rc;
}

/* Its name, which later versions have; else it is the caller's, or "value". */
static int study_metric(struct study *study)
{
	sqlite3_stmt *stmt = NULL;
	struct hd_json *list = NULL;
	const char *name = study->found->import->metric;
	int rc = study_prepare(study, &stmt,
			       "SELECT value_json FROM study_system_attributes"
			       " WHERE study_id = ?1 AND key = 'study:metric_names'",
			       study->id);

	if (rc == 0)
		rc = study_step(study, stmt);
	if (rc > 0 && !name &&
	    hd_json_parse(&list, column_text(stmt, 0), strlen(column_text(stmt, 0)), NULL) == 0 &&
	    hd_json_kind(list) == HD_JSON_ARRAY && hd_json_count(list) == 1)
		name = hd_json_string(hd_json_at(list, 0), NULL);
	if (!name && study->found->import->config)
		name = study->found->import->config->metric;
	study->found->metric = strdup(name && *name ? name : "value");
	hd_json_free(list);
	sqlite3_finalize(stmt);
	if (rc >= 0 && !study->found->metric)
		return hd_error_nomem(study->err);
	return rc < 0 ? rc : 0;
}

/* --- trials --------------------------------------------------------------- */

/* A number with its type: infinities and NaN have words. */
static double typed_number(sqlite3_stmt *stmt, int column, bool typed)
{
	const char *type = typed ? column_text(stmt, column + 1) : "";

	if (!strcmp(type, "INF_POS"))
		return INFINITY;
	if (!strcmp(type, "INF_NEG"))
		return -INFINITY;
	if (!strcmp(type, "NAN") || sqlite3_column_type(stmt, column) == SQLITE_NULL)
		return NAN;
	return sqlite3_column_double(stmt, column);
}

/* The space that NAME has by DIST; what differs between trials is not one. */
static int param_space(struct study *study, const char *name, const struct hd_dist *dist)
{
	struct hd_found *found = study->found;
	struct hd_buf text = HD_BUF_INIT;
	size_t at = hd_names_find(&found->params, name + strspn(name, "-"));
	const char **spaces;
	const char *copy;

	if (at >= found->space_count) {
		spaces = realloc(found->spaces, (at + 1) * sizeof *spaces);
		if (!spaces)
			return hd_error_nomem(study->err);
		for (size_t i = found->space_count; i <= at; i++)
			spaces[i] = NULL;
		found->spaces = spaces;
		found->space_count = at + 1;
		hd_dist_space(dist, &text);
		copy = hd_arena_copy(found->arena, hd_buf_text(&text), text.length);
		if (hd_buf_failed(&text) || !copy) {
			hd_buf_release(&text);
			return hd_error_nomem(study->err);
		}
		found->spaces[at] = copy;
	} else if (found->spaces[at]) {
		hd_dist_space(dist, &text);
		if (strcmp(hd_buf_text(&text), found->spaces[at]) != 0)
			found->spaces[at] = NULL;
	}
	hd_buf_release(&text);
	return 0;
}

static int take_param(struct study *study, struct hd_found_trial *trial)
{
	sqlite3_stmt *stmt = study->params;
	const char *name = column_text(stmt, 0), *json = column_text(stmt, 2);
	struct hd_value value;
	struct hd_dist dist;
	int rc = hd_dist_read(&dist, json, strlen(json), study->found->arena);

	if (rc == HD_ENOMEM)
		return hd_error_nomem(study->err);
	if (rc < 0)
		return hd_error_set(study->err, HD_EINVAL,
				    "trial %lld of '%s': parameter '%.64s' has an unknown "
				    "distribution: %.80s",
				    (long long)trial->number, study->found->path, name, json);
	if (!hd_dist_value(&dist, sqlite3_column_double(stmt, 1), &value))
		return hd_error_set(study->err, HD_EINVAL,
				    "trial %lld of '%s': parameter '%.64s' has %g, which its "
				    "distribution does not",
				    (long long)trial->number, study->found->path, name,
				    sqlite3_column_double(stmt, 1));
	rc = hd_found_param(study->found, trial, name, &value, study->err);
	return rc < 0 ? rc : param_space(study, name, &dist);
}

static int take_params(struct study *study, struct hd_found_trial *trial, int64_t id)
{
	int rc = study_prepare(study, &study->params,
			       "SELECT param_name, param_value, distribution_json"
			       " FROM trial_params WHERE trial_id = ?1 ORDER BY param_id",
			       id);

	while (rc == 0 && (rc = study_step(study, study->params)) > 0)
		rc = take_param(study, trial);
	return rc;
}

static int take_number(struct study *study, struct hd_found_trial *trial, double number,
		       const int64_t *step)
{
	const struct hd_value value = { .kind = HD_VALUE_REAL, .number = number };
	struct hd_found_metric *logged;
	int rc = hd_found_log(study->found, trial, study->found->metric, &value, &logged,
			      &trial->mark, study->err);

	if (rc == 0 && step) {
		logged->has_step = true;
		logged->step = *step;
	}
	return rc;
}

static int take_curve(struct study *study, struct hd_found_trial *trial, int64_t id)
{
	int rc = study_prepare(
		study, &study->intermediate,
		study->intermediate_type
			? "SELECT step, intermediate_value, intermediate_value_type"
			  " FROM trial_intermediate_values WHERE trial_id = ?1 ORDER BY step"
			: "SELECT step, intermediate_value FROM trial_intermediate_values"
			  " WHERE trial_id = ?1 ORDER BY step",
		id);

	while (rc == 0 && (rc = study_step(study, study->intermediate)) > 0) {
		int64_t step = sqlite3_column_int64(study->intermediate, 0);

		rc = take_number(study, trial,
				 typed_number(study->intermediate, 1, study->intermediate_type),
				 &step);
	}
	return rc;
}

/* Its value, which is logged behind its curve unless that has it. */
static int take_value(struct study *study, struct hd_found_trial *trial, int64_t id)
{
	bool in_curve = false;
	int rc = study_prepare(study, &study->values,
			       study->value_type
				       ? "SELECT value, value_type FROM trial_values"
					 " WHERE trial_id = ?1 AND objective = 0"
				       : "SELECT value FROM trial_values"
					 " WHERE trial_id = ?1 AND objective = 0",
			       id);

	if (rc == 0)
		rc = study_step(study, study->values);
	if (rc <= 0)
		return rc;
	trial->value = typed_number(study->values, 0, study->value_type);
	trial->has_value = !isnan(trial->value);
	for (size_t i = 0; i < trial->logged_count; i++)
		in_curve |= trial->logged[i].value == trial->value;
	return trial->has_value && !in_curve ? take_number(study, trial, trial->value, NULL) : 0;
}

/* --- what an export of ours left ------------------------------------------ */

static int take_other_metric(void *user, const char *name, size_t length,
			     const struct hd_json *node)
{
	struct study *study = user;
	struct hd_found *found = study->found;
	struct hd_found_trial *trial = &found->trials[found->count - 1];
	struct hd_value value;

	(void)length;
	if (hd_cell_of_json(node, found->arena, &value) < 0)
		return hd_error_nomem(study->err);
	hd_cell_infinity(&value);
	return hd_found_log(found, trial, name, &value, NULL, &trial->mark, study->err);
}

static const char *member(const struct study *study, const struct hd_json *map,
			  const char *name)
{
	const struct hd_json *node = hd_json_get(map, name);
	const char *text = node ? hd_json_string(node, NULL) : NULL;

	return text ? hd_arena_string(study->found->arena, text) : NULL;
}

/* {"state":"Canceled","end":"user","detail":"...","metrics":{...}} */
static int take_ours(struct study *study, struct hd_found_trial *trial,
		     const struct hd_json *map)
{
	const char *state = member(study, map, "state");
	const char *end = member(study, map, "end");
	const struct hd_json *metrics = hd_json_get(map, "metrics");
	bool ended = true;

	if (end && hd_end_find(end, &trial->end))
		trial->has_end = trial->end != HD_END_NONE;
	if (state && (!hd_found_state(state, trial, &ended) || !ended))
		return hd_error_set(study->err, HD_EINVAL,
				    "trial %lld of '%s' has an unknown state '%.40s'",
				    (long long)trial->number, study->found->path, state);
	trial->detail = member(study, map, "detail");
	if (metrics && hd_json_kind(metrics) == HD_JSON_OBJECT)
		return hd_json_each(metrics, take_other_metric, study);
	return 0;
}

static int take_attributes(struct study *study, struct hd_found_trial *trial, int64_t id)
{
	struct hd_json *map = NULL;
	int rc = study_prepare(study, &study->attributes,
			       "SELECT value_json FROM trial_user_attributes"
			       " WHERE trial_id = ?1 AND key = 'hdrive'",
			       id);

	if (rc == 0)
		rc = study_step(study, study->attributes);
	if (rc <= 0)
		return rc;
	rc = hd_json_parse(&map, column_text(study->attributes, 0),
			   strlen(column_text(study->attributes, 0)), NULL);
	/* Somebody else's attribute of that name says nothing to us. */
	if (rc == 0 && hd_json_kind(map) == HD_JSON_OBJECT)
		rc = take_ours(study, trial, map);
	hd_json_free(map);
	return rc == HD_EINVAL && !*study->err->text ? 0 : rc;
}

/* --- the whole ------------------------------------------------------------ */

static int take_trial(struct study *study, sqlite3_stmt *stmt)
{
	struct hd_found *found = study->found;
	const struct hd_mark mark = { .file = found->path };
	struct hd_found_trial *trial = hd_found_add(found, &mark);
	int64_t id = sqlite3_column_int64(stmt, 0);
	bool ended = false;
	int rc;

	if (!trial)
		return hd_error_nomem(study->err);
	trial->number = sqlite3_column_int64(stmt, 1);
	trial->has_number = true;
	if (trial->number < 0 || trial->number > INT32_MAX ||
	    !hd_found_state(column_text(stmt, 2), trial, &ended))
		return hd_error_set(study->err, HD_EINVAL,
				    "'%s' has a trial that cannot be: number %lld, state '%.40s'",
				    found->path, (long long)trial->number, column_text(stmt, 2));
	if (!ended) {
		hd_found_drop(found);
		return 0;
	}
	/* What is no time is left out: nothing hangs on it. */
	(void)hd_found_time(column_text(stmt, 3), &trial->started);
	(void)hd_found_time(column_text(stmt, 4), &trial->ended);
	rc = take_params(study, trial, id);
	if (rc == 0)
		rc = take_curve(study, trial, id);
	if (rc == 0)
		rc = take_value(study, trial, id);
	return rc == 0 ? take_attributes(study, trial, id) : rc;
}

static int study_trials(struct study *study)
{
	sqlite3_stmt *stmt = NULL;
	int rc = study_prepare(study, &stmt,
			       "SELECT trial_id, number, state, datetime_start, datetime_complete"
			       " FROM trials WHERE study_id = ?1 ORDER BY number",
			       study->id);

	while (rc == 0 && (rc = study_step(study, stmt)) > 0)
		rc = take_trial(study, stmt);
	sqlite3_finalize(stmt);
	if (rc == 0 && study->found->count + study->found->unfinished == 0)
		return hd_error_set(study->err, HD_EINVAL, "the study of '%s' has no trials",
				    study->found->path);
	return rc;
}

static int study_open(struct study *study)
{
	int rc = sqlite3_open_v2(study->found->path, &study->db,
				 SQLITE_OPEN_READONLY | SQLITE_OPEN_PRIVATECACHE, NULL);

	if (rc != SQLITE_OK)
		return study->db ? study_error(study) : hd_error_nomem(study->err);
	sqlite3_db_config(study->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(study->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_busy_timeout(study->db, 5000);
	/* One moment for all that is read. */
	rc = sqlite3_exec(study->db, "BEGIN", NULL, NULL, NULL);
	return rc == SQLITE_OK ? 0 : study_error(study);
}

int hd_found_optuna(struct hd_found *found, struct hd_error *err)
{
	struct hd_error own;
	struct study study = { .found = found, .err = err ? err : &own };
	int rc;

	study.err->text[0] = '\0';
	rc = study_open(&study);

	if (rc == 0)
		rc = study_check(&study);
	if (rc == 0)
		rc = study_find(&study);
	if (rc == 0)
		rc = study_direction(&study);
	if (rc == 0)
		rc = study_metric(&study);
	if (rc == 0)
		rc = study_trials(&study);
	sqlite3_finalize(study.params);
	sqlite3_finalize(study.values);
	sqlite3_finalize(study.intermediate);
	sqlite3_finalize(study.attributes);
	sqlite3_close(study.db);
	return rc;
}
