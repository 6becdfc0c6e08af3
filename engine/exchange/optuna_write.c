/*
 * Sweeps as studies of a new file of Optuna's, in the schema of 3.0 and 3.1.
 *
 * The file is written under a name of its own, in one transaction, and put in
 * its place when it is whole.
 */
#include <hdrive/exchange.h>

#include <sqlite3.h>

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/time.h"
#include "exchange/cell.h"
#include "exchange/columns.h"
#include "exchange/optuna.h"
#include "store/exchange.h"

/* The tables as Optuna 3.1 looks for them; its version is asked of two. */
static const char schema[] =
	"CREATE TABLE alembic_version(version_num VARCHAR(32) NOT NULL,"
	" CONSTRAINT alembic_version_pkc PRIMARY KEY(version_num));"
	"CREATE TABLE version_info(version_info_id INTEGER NOT NULL, schema_version INTEGER,"
	" library_version VARCHAR(256), PRIMARY KEY(version_info_id),"
	" CHECK(version_info_id=1));"
	"CREATE TABLE studies(study_id INTEGER NOT NULL, study_name VARCHAR(512) NOT NULL,"
	" PRIMARY KEY(study_id));"
	"CREATE UNIQUE INDEX ix_studies_study_name ON studies(study_name);"
	"CREATE TABLE study_directions(study_direction_id INTEGER NOT NULL,"
	" direction VARCHAR(8) NOT NULL, study_id INTEGER NOT NULL, objective INTEGER NOT NULL,"
	" PRIMARY KEY(study_direction_id), UNIQUE(study_id, objective),"
	" FOREIGN KEY(study_id) REFERENCES studies(study_id));"
	"CREATE TABLE study_user_attributes(study_user_attribute_id INTEGER NOT NULL,"
	" study_id INTEGER, \"key\" VARCHAR(512), value_json TEXT,"
	" PRIMARY KEY(study_user_attribute_id), UNIQUE(study_id, \"key\"),"
	" FOREIGN KEY(study_id) REFERENCES studies(study_id));"
	"CREATE TABLE study_system_attributes(study_system_attribute_id INTEGER NOT NULL,"
	" study_id INTEGER, \"key\" VARCHAR(512), value_json TEXT,"
	" PRIMARY KEY(study_system_attribute_id), UNIQUE(study_id, \"key\"),"
	" FOREIGN KEY(study_id) REFERENCES studies(study_id));"
	"CREATE TABLE trials(trial_id INTEGER NOT NULL, number INTEGER, study_id INTEGER,"
	" state VARCHAR(8) NOT NULL, datetime_start DATETIME, datetime_complete DATETIME,"
	" PRIMARY KEY(trial_id), FOREIGN KEY(study_id) REFERENCES studies(study_id));"
	"CREATE TABLE trial_user_attributes(trial_user_attribute_id INTEGER NOT NULL,"
	" trial_id INTEGER, \"key\" VARCHAR(512), value_json TEXT,"
	" PRIMARY KEY(trial_user_attribute_id), UNIQUE(trial_id, \"key\"),"
	" FOREIGN KEY(trial_id) REFERENCES trials(trial_id));"
	"CREATE TABLE trial_system_attributes(trial_system_attribute_id INTEGER NOT NULL,"
	" trial_id INTEGER, \"key\" VARCHAR(512), value_json TEXT,"
	" PRIMARY KEY(trial_system_attribute_id), UNIQUE(trial_id, \"key\"),"
	" FOREIGN KEY(trial_id) REFERENCES trials(trial_id));"
	"CREATE TABLE trial_params(param_id INTEGER NOT NULL, trial_id INTEGER,"
	" param_name VARCHAR(512), param_value FLOAT, distribution_json TEXT,"
	" PRIMARY KEY(param_id), UNIQUE(trial_id, param_name),"
	" FOREIGN KEY(trial_id) REFERENCES trials(trial_id));"
	"CREATE TABLE trial_values(trial_value_id INTEGER NOT NULL, trial_id INTEGER NOT NULL,"
	" objective INTEGER NOT NULL, value FLOAT, value_type VARCHAR(7) NOT NULL,"
	" PRIMARY KEY(trial_value_id), UNIQUE(trial_id, objective),"
	" FOREIGN KEY(trial_id) REFERENCES trials(trial_id));"
	"CREATE TABLE trial_intermediate_values(trial_intermediate_value_id INTEGER NOT NULL,"
	" trial_id INTEGER NOT NULL, step INTEGER NOT NULL, intermediate_value FLOAT,"
	" intermediate_value_type VARCHAR(7) NOT NULL, PRIMARY KEY(trial_intermediate_value_id),"
	" UNIQUE(trial_id, step), FOREIGN KEY(trial_id) REFERENCES trials(trial_id));"
	"CREATE TABLE trial_heartbeats(trial_heartbeat_id INTEGER NOT NULL,"
	" trial_id INTEGER NOT NULL, heartbeat DATETIME NOT NULL,"
	" PRIMARY KEY(trial_heartbeat_id), UNIQUE(trial_id),"
	" FOREIGN KEY(trial_id) REFERENCES trials(trial_id));"
	"INSERT INTO alembic_version VALUES('v3.0.0.d');"
	"INSERT INTO version_info VALUES(1, 12, '3.1.0');";

enum insert {
	INSERT_STUDY,
	INSERT_DIRECTION,
	INSERT_STUDY_ATTRIBUTE,
	INSERT_TRIAL,
	INSERT_PARAM,
	INSERT_VALUE,
	INSERT_INTERMEDIATE,
	INSERT_ATTRIBUTE,
};
#define INSERTS (INSERT_ATTRIBUTE + 1)

static const char *const insert_sql[INSERTS] = {
	[INSERT_STUDY] = "INSERT INTO studies(study_name) VALUES(?1)",
	[INSERT_DIRECTION] = "INSERT INTO study_directions(study_id, direction, objective)"
			     " VALUES(?1, ?2, 0)",
	[INSERT_STUDY_ATTRIBUTE] =
		"INSERT INTO study_system_attributes(study_id, key, value_json)"
		" VALUES(?1, 'study:metric_names', ?2)",
	[INSERT_TRIAL] = "INSERT INTO trials(number, study_id, state, datetime_start,"
			 " datetime_complete) VALUES(?1, ?2, ?3, ?4, ?5)",
	[INSERT_PARAM] = "INSERT INTO trial_params(trial_id, param_name, param_value,"
			 " distribution_json) VALUES(?1, ?2, ?3, ?4)",
	[INSERT_VALUE] = "INSERT INTO trial_values(trial_id, objective, value, value_type)"
			 " VALUES(?1, 0, ?2, ?3)",
	[INSERT_INTERMEDIATE] =
		"INSERT INTO trial_intermediate_values(trial_id, step, intermediate_value,"
		" intermediate_value_type) VALUES(?1, ?2, ?3, ?4)",
	[INSERT_ATTRIBUTE] = "INSERT INTO trial_user_attributes(trial_id, key, value_json)"
			     " VALUES(?1, 'hdrive', ?2)",
};

struct param {
	struct hd_dist dist;
	bool known;
	char *json; /* in the arena */
};

struct writer {
	sqlite3 *db;
	sqlite3_stmt *inserts[INSERTS];
	const char *path;
	struct hd_store *store;
	int64_t sweep;
	struct hd_columns columns;
	struct hd_arena *arena; /* of the sweep */
	struct param *params;
	int64_t study, trial; /* ids of the file */
	int64_t number;
	bool by_steps;   /* the present trial's values have steps that go up */
	int64_t step;    /* of the last */
	int64_t counted; /* values so far */
	struct hd_buf attribute, others;
	struct hd_error *err;
};

/* --- rows of the file ----------------------------------------------------- */

static int writer_error(const struct writer *writer)
{
	if (sqlite3_errcode(writer->db) == SQLITE_NOMEM)
		return hd_error_nomem(writer->err);
	return hd_error_set(writer->err, HD_EIO, "cannot write '%s': %s", writer->path,
			    sqlite3_errmsg(writer->db));
}

static sqlite3_stmt *insert_begin(struct writer *writer, enum insert id)
{
	sqlite3_stmt **stmt = &writer->inserts[id];

	if (!*stmt && sqlite3_prepare_v2(writer->db, insert_sql[id], -1, stmt, NULL) != SQLITE_OK)
		return NULL;
	sqlite3_reset(*stmt);
	sqlite3_clear_bindings(*stmt);
	return *stmt;
}

static int insert_end(struct writer *writer, sqlite3_stmt *stmt)
{
	if (!stmt || sqlite3_step(stmt) != SQLITE_DONE)
		return writer_error(writer);
	sqlite3_reset(stmt);
	return 0;
}

static void bind_text(sqlite3_stmt *stmt, int at, const char *text)
{
	if (stmt)
		sqlite3_bind_text(stmt, at, text, -1, SQLITE_STATIC);
}

static void bind_integer(sqlite3_stmt *stmt, int at, int64_t number)
{
	if (stmt)
		sqlite3_bind_int64(stmt, at, number);
}

/* As Optuna's DateTime has it; the file's clock is UTC. */
static void bind_time(sqlite3_stmt *stmt, int at, int64_t time, char text[40])
{
	char *mark;

	if (!time || !stmt)
		return;
	hd_time_text(time, text, 40);
	mark = strchr(text, 'T');
	if (mark)
		*mark = ' ';
	text[strcspn(text, "Z")] = '\0';
	bind_text(stmt, at, text);
}

/* A number and, behind it, its type. */
static void bind_number(sqlite3_stmt *stmt, int at, double number)
{
	if (!stmt)
		return;
	if (isfinite(number))
		sqlite3_bind_double(stmt, at, number);
	bind_text(stmt, at + 1,
		  isfinite(number) ? "FINITE" : isnan(number) ? "NAN"
					: number > 0          ? "INF_POS"
							      : "INF_NEG");
}

/* --- distributions -------------------------------------------------------- */

static const char *bare(const char *name)
{
	return name + strspn(name, "-");
}

/* A name of several branches, each with its own range, is as its trials are. */
static int params_of_space(struct writer *writer)
{
	const struct hd_space *space;
	size_t *seen;
	int rc = 0;

	if (!writer->columns.config)
		return 0;
	space = writer->columns.config->space;
	seen = calloc(writer->columns.params.count + 1, sizeof *seen);
	if (!seen)
		return hd_error_nomem(writer->err);
	for (size_t i = 0; rc == 0 && i < hd_space_count(space); i++) {
		const struct hd_param *param = hd_space_param(space, i);
		size_t at = hd_names_find(&writer->columns.params, bare(param->name));

		if (at == SIZE_MAX)
			continue;
		writer->params[at].known = seen[at]++ == 0;
		if (writer->params[at].known)
			rc = hd_dist_of_expr(&writer->params[at].dist, &param->expr,
					     writer->arena);
	}
	free(seen);
	return rc < 0 ? hd_error_nomem(writer->err) : 0;
}

static int widen_param(void *user, const char *name, size_t length,
		       const struct hd_json *node)
{
	struct writer *writer = user;
	size_t at = hd_names_find(&writer->columns.params, bare(name));
	struct hd_arena *arena = hd_arena_new();
	struct hd_value value;
	int rc = arena ? hd_cell_of_json(node, arena, &value) : HD_ENOMEM;

	(void)length;
	if (rc == 0 && at != SIZE_MAX)
		rc = hd_dist_widen(&writer->params[at].dist, &writer->params[at].known, &value,
				   writer->arena);
	hd_arena_free(arena);
	if (rc == HD_EINVAL)
		return hd_error_set(writer->err, rc,
				    "parameter '%.64s' is a number in some trials and a text in "
				    "others, which no distribution of Optuna's has",
				    name);
	return rc < 0 ? hd_error_nomem(writer->err) : 0;
}

/* Each parameter of the trial to FN. */
static int each_param(struct writer *writer, const struct hd_trial_row *row, hd_json_fn fn)
{
	struct hd_json *params = NULL;
	int rc = hd_json_parse(&params, row->parameters, strlen(row->parameters), writer->err);

	if (rc == 0)
		rc = hd_json_each(params, fn, writer);
	hd_json_free(params);
	return rc;
}

static int widen_trial(void *user, const struct hd_trial_row *row)
{
	return each_param(user, row, widen_param);
}

static int params_json(struct writer *writer)
{
	struct hd_buf text = HD_BUF_INIT;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < writer->columns.params.count; i++) {
		hd_buf_clear(&text);
		hd_dist_json(&writer->params[i].dist, &text);
		writer->params[i].json =
			hd_arena_copy(writer->arena, hd_buf_text(&text), text.length);
		if (hd_buf_failed(&text) || !writer->params[i].json)
			rc = hd_error_nomem(writer->err);
	}
	hd_buf_release(&text);
	return rc;
}

/* --- a trial -------------------------------------------------------------- */

static int put_param(void *user, const char *name, size_t length,
		     const struct hd_json *node)
{
	struct writer *writer = user;
	size_t at = hd_names_find(&writer->columns.params, bare(name));
	struct hd_arena *arena = hd_arena_new();
	struct hd_value value;
	sqlite3_stmt *stmt;
	int rc = arena ? hd_cell_of_json(node, arena, &value) : HD_ENOMEM;

	(void)length;
	if (rc < 0 || at == SIZE_MAX) {
		hd_arena_free(arena);
		return rc < 0 ? hd_error_nomem(writer->err) : 0;
	}
	stmt = insert_begin(writer, INSERT_PARAM);
	bind_integer(stmt, 1, writer->trial);
	bind_text(stmt, 2, bare(name));
	if (stmt)
		sqlite3_bind_double(stmt, 3, hd_dist_number(&writer->params[at].dist, &value));
	bind_text(stmt, 4, writer->params[at].json);
	hd_arena_free(arena);
	return insert_end(writer, stmt);
}

/* Whether the steps of the curve can be Optuna's. */
static int judge_steps(void *user, const struct hd_metric_row *row)
{
	struct writer *writer = user;

	if (row->text)
		return 0;
	writer->by_steps &= row->has_step && row->step > writer->step;
	writer->step = row->step;
	return 0;
}

static int put_intermediate(void *user, const struct hd_metric_row *row)
{
	struct writer *writer = user;
	sqlite3_stmt *stmt;

	if (row->text)
		return 0;
	stmt = insert_begin(writer, INSERT_INTERMEDIATE);
	bind_integer(stmt, 1, writer->trial);
	bind_integer(stmt, 2, writer->by_steps ? row->step : writer->counted);
	bind_number(stmt, 3, row->value);
	writer->counted++;
	return insert_end(writer, stmt);
}

static int put_curve(struct writer *writer, size_t number)
{
	const char *metric = writer->columns.metric;
	int rc;

	writer->by_steps = true;
	writer->step = -1;
	writer->counted = 0;
	rc = hd_store_metrics(writer->store, writer->sweep, (int64_t)number, metric, judge_steps,
			      writer, writer->err);
	if (rc == 0)
		rc = hd_store_metrics(writer->store, writer->sweep, (int64_t)number, metric,
				      put_intermediate, writer, writer->err);
	return rc;
}

static int put_value(struct writer *writer, double value)
{
	sqlite3_stmt *stmt = insert_begin(writer, INSERT_VALUE);

	bind_integer(stmt, 1, writer->trial);
	bind_number(stmt, 2, value);
	return insert_end(writer, stmt);
}

/* The last of every metric but the primary one; a later one replaces it. */
struct others {
	struct writer *writer;
	struct hd_buf *last; /* by metric */
};

static int take_other(void *user, const struct hd_metric_row *row)
{
	struct others *others = user;
	struct writer *writer = others->writer;
	size_t at = hd_names_find(&writer->columns.metrics, row->name);

	if (at == SIZE_MAX || !strcmp(row->name, writer->columns.metric))
		return 0;
	hd_buf_clear(&others->last[at]);
	if (row->text)
		hd_buf_json(&others->last[at], row->text, strlen(row->text));
	else
		hd_cell_json_number(&others->last[at], row->value);
	return hd_buf_failed(&others->last[at]) ? hd_error_nomem(writer->err) : 0;
}

static int gather_others(struct writer *writer, size_t number)
{
	size_t count = writer->columns.metrics.count, written = 0;
	struct others others = { writer, calloc(count + 1, sizeof *others.last) };
	int rc;

	if (!others.last)
		return hd_error_nomem(writer->err);
	rc = hd_store_metrics(writer->store, writer->sweep, (int64_t)number, NULL, take_other,
			      &others, writer->err);
	for (size_t i = 0; i < count; i++) {
		const char *name = writer->columns.metrics.items[i];

		if (others.last[i].length) {
			hd_buf_puts(&writer->others, written++ ? ", " : "");
			hd_buf_json(&writer->others, name, strlen(name));
			hd_buf_printf(&writer->others, ": %s", hd_buf_text(&others.last[i]));
		}
		hd_buf_release(&others.last[i]);
	}
	free(others.last);
	return rc;
}

/* What Optuna has no place for, so that an import gives it back. */
static int put_attribute(struct writer *writer, const struct hd_trial_row *row)
{
	struct hd_buf *text = &writer->attribute;
	sqlite3_stmt *stmt;
	int rc = 0;

	hd_buf_clear(&writer->others);
	if (writer->columns.metrics.count > 1)
		rc = gather_others(writer, row->number);
	if (rc < 0)
		return rc;
	hd_buf_clear(text);
	hd_buf_printf(text, "{\"state\": \"%s\", \"end\": \"%s\"",
		      hd_trial_state_name(row->state), hd_end_name(row->end));
	if (*row->end_detail) {
		hd_buf_puts(text, ", \"detail\": ");
		hd_buf_json(text, row->end_detail, strlen(row->end_detail));
	}
	if (writer->others.length)
		hd_buf_printf(text, ", \"metrics\": {%s}", hd_buf_text(&writer->others));
	hd_buf_putc(text, '}');
	if (hd_buf_failed(text) || hd_buf_failed(&writer->others))
		return hd_error_nomem(writer->err);
	stmt = insert_begin(writer, INSERT_ATTRIBUTE);
	bind_integer(stmt, 1, writer->trial);
	bind_text(stmt, 2, hd_buf_text(text));
	return insert_end(writer, stmt);
}

static const char *state_word(const struct hd_trial_row *row)
{
	if (row->state == HD_TRIAL_COMPLETED && row->has_metric)
		return "COMPLETE";
	if (row->state == HD_TRIAL_CANCELED &&
	    (row->end == HD_END_POLICY || row->end == HD_END_PAUSED ||
	     row->end == HD_END_TARGET))
		return "PRUNED";
	return "FAIL";
}

static int put_trial(void *user, const struct hd_trial_row *row)
{
	struct writer *writer = user;
	const char *state = state_word(row);
	char started[40], ended[40];
	sqlite3_stmt *stmt;
	int rc;

	if (!hd_trial_state_is_terminal(row->state))
		return 0;
	stmt = insert_begin(writer, INSERT_TRIAL);
	bind_integer(stmt, 1, writer->number++);
	bind_integer(stmt, 2, writer->study);
	bind_text(stmt, 3, state);
	bind_time(stmt, 4, row->started, started);
	bind_time(stmt, 5, row->ended, ended);
	rc = insert_end(writer, stmt);
	writer->trial = sqlite3_last_insert_rowid(writer->db);
	if (rc == 0)
		rc = each_param(writer, row, put_param);
	if (rc == 0)
		rc = put_curve(writer, row->number);
	if (rc == 0 && row->has_metric && *state != 'F')
		rc = put_value(writer, row->value);
	return rc == 0 ? put_attribute(writer, row) : rc;
}

/* --- a study -------------------------------------------------------------- */

static int put_name(void *user, const struct hd_sweep_row *row)
{
	struct writer *writer = user;
	sqlite3_stmt *stmt = insert_begin(writer, INSERT_STUDY);
	int rc;

	bind_text(stmt, 1, row->name);
	rc = insert_end(writer, stmt);
	writer->study = sqlite3_last_insert_rowid(writer->db);
	return rc;
}

static int put_objective(struct writer *writer)
{
	struct hd_buf names = HD_BUF_INIT;
	sqlite3_stmt *stmt = insert_begin(writer, INSERT_DIRECTION);
	int rc;

	bind_integer(stmt, 1, writer->study);
	bind_text(stmt, 2, writer->columns.goal == HD_MAXIMIZE ? "MAXIMIZE" : "MINIMIZE");
	rc = insert_end(writer, stmt);
	hd_buf_putc(&names, '[');
	hd_buf_json(&names, writer->columns.metric, strlen(writer->columns.metric));
	hd_buf_putc(&names, ']');
	if (rc == 0 && hd_buf_failed(&names))
		rc = hd_error_nomem(writer->err);
	if (rc == 0) {
		stmt = insert_begin(writer, INSERT_STUDY_ATTRIBUTE);
		bind_integer(stmt, 1, writer->study);
		bind_text(stmt, 2, hd_buf_text(&names));
		rc = insert_end(writer, stmt);
	}
	hd_buf_release(&names);
	return rc;
}

static int put_study(struct writer *writer)
{
	struct hd_store *store = writer->store;
	int rc = hd_columns_load(&writer->columns, store, writer->sweep, false, writer->err);

	writer->number = 0;
	writer->arena = hd_arena_new();
	writer->params = calloc(writer->columns.params.count + 1, sizeof *writer->params);
	if (rc == 0 && (!writer->arena || !writer->params))
		rc = hd_error_nomem(writer->err);
	if (rc == 0)
		rc = hd_store_sweep(store, writer->sweep, put_name, writer, writer->err);
	if (rc == 0)
		rc = put_objective(writer);
	if (rc == 0)
		rc = params_of_space(writer);
	if (rc == 0)
		rc = hd_store_trials(store, writer->sweep, NULL, widen_trial, writer, writer->err);
	if (rc == 0)
		rc = params_json(writer);
	if (rc == 0)
		rc = hd_store_trials(store, writer->sweep, NULL, put_trial, writer, writer->err);
	hd_columns_release(&writer->columns);
	hd_arena_free(writer->arena);
	free(writer->params);
	writer->arena = NULL;
	writer->params = NULL;
	return rc;
}

/* --- the file ------------------------------------------------------------- */

static int writer_run(struct writer *writer, const int64_t *sweeps, size_t count)
{
	int rc = 0;

	if (sqlite3_exec(writer->db, "PRAGMA synchronous = OFF; BEGIN", NULL, NULL, NULL) !=
		    SQLITE_OK ||
	    sqlite3_exec(writer->db, schema, NULL, NULL, NULL) != SQLITE_OK)
		return writer_error(writer);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		writer->sweep = sweeps[i];
		rc = put_study(writer);
	}
	if (rc == 0 && sqlite3_exec(writer->db, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
		rc = writer_error(writer);
	return rc;
}

static int writer_file(struct writer *writer, const char *draft, const int64_t *sweeps,
		       size_t count)
{
	int rc = 0;

	if (sqlite3_open_v2(draft, &writer->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) !=
	    SQLITE_OK)
		rc = writer->db ? writer_error(writer) : hd_error_nomem(writer->err);
	if (rc == 0)
		rc = hd_store_reading_begin(writer->store, writer->err);
	if (rc == 0) {
		rc = writer_run(writer, sweeps, count);
		hd_store_reading_end(writer->store);
	}
	for (size_t i = 0; i < INSERTS; i++)
		sqlite3_finalize(writer->inserts[i]);
	sqlite3_close(writer->db);
	hd_buf_release(&writer->attribute);
	hd_buf_release(&writer->others);
	return rc;
}

int hd_export_optuna(struct hd_store *store, const int64_t *sweeps, size_t count,
		     const char *path, struct hd_error *err)
{
	struct writer writer = { .path = path, .store = store, .err = err };
	char draft[4096];
	int rc;

	if (access(path, F_OK) == 0)
		return hd_error_set(err, HD_EEXIST, "'%s' is there already", path);
	if (snprintf(draft, sizeof draft, "%s.%ld.tmp", path, (long)getpid()) >=
	    (int)sizeof draft)
		return hd_error_set(err, HD_EINVAL, "the path '%.40s...' is too long", path);
	unlink(draft);
	rc = writer_file(&writer, draft, sweeps, count);
	/* Unlike rename, never in place of what came there meanwhile. */
	if (rc == 0 && link(draft, path) < 0)
		rc = hd_error_errno(err, errno, "cannot put the file at '%s'", path);
	unlink(draft);
	return rc;
}
