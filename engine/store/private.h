/*
 * What the store's own files share: the connection, its statements, and a
 * query's life from binding to the last row.
 *
 * All SQL stands in schema.c (tables) and statement.c (statements); what asks
 * damaged files, in integrity.c and salvage.c. A query (query.c) takes its
 * statement out of the store's cache and gives it back, so a walk's callback
 * may start the same query again: the inner one prepares its own.
 */
#ifndef HD_STORE_PRIVATE_H
#define HD_STORE_PRIVATE_H

#include <hdrive/store.h>

#include <sqlite3.h>

#include <stdint.h>

/* "hdrv": in the file's header, so that `file` and we know our own. */
#define HD_STORE_APPLICATION 0x68647276
/* How long another writer is waited for, in microseconds. */
#define HD_STORE_WAIT (60 * INT64_C(1000000))

enum hd_stmt {
	HD_STMT_BEGIN,
	HD_STMT_COMMIT,
	HD_STMT_ROLLBACK,
	HD_STMT_SNAPSHOT,
	HD_STMT_SNAPSHOT_END,
	HD_STMT_NAME_FIND,
	HD_STMT_NAME_INSERT,
	HD_STMT_SWEEP_INSERT,
	HD_STMT_SWEEP_STATE,
	HD_STMT_SWEEP_BEST,
	HD_STMT_TRIAL_INSERT,
	HD_STMT_PARAMETER_INSERT,
	HD_STMT_TRIAL_STATE,
	HD_STMT_TRIAL_STOP,
	HD_STMT_TRIAL_PROCESS,
	HD_STMT_TRIAL_RUNNING,
	HD_STMT_TRIAL_END,
	HD_STMT_TRIAL_METRIC,
	HD_STMT_PLACE_SET,
	HD_STMT_METRIC_INSERT,
	HD_STMT_DECISION_INSERT,
	HD_STMT_BEST_INSERT,
	HD_STMT_SWEEP_LATEST,
	HD_STMT_SWEEP_EXACT,
	HD_STMT_SWEEP_PREFIX,
	HD_STMT_SWEEP_NAMES,
	HD_STMT_SWEEP_THERE,
	HD_STMT_SWEEP_ONE,
	HD_STMT_SWEEP_ALL,
	HD_STMT_SWEEP_COUNTS,
	HD_STMT_SWEEP_PAUSED,
	HD_STMT_TRIAL_ONE,
	HD_STMT_TRIAL_NUMBERED,
	HD_STMT_TRIAL_RANKED,
	HD_STMT_TRIAL_RANKED_REVERSE,
	HD_STMT_TRIAL_UNRANKED,
	HD_STMT_METRIC_ALL,
	HD_STMT_METRIC_NAMED,
	HD_STMT_DECISION_ALL,
	HD_STMT_DECISION_OLD,
	HD_STMT_BEST_ALL,
	HD_STMT_SAID_SET,
	HD_STMT_SAID_ONCE,
	HD_STMT_SAID_VALUE,
	HD_STMT_SAID_ALL,
	HD_STMT_SAID_DROP,
	HD_STMT_CHILD_FIND,
	HD_STMT_RUN_METRIC_INSERT,
	HD_STMT_RUN_METRIC_ALL,
	HD_STMT_SETTING_INSERT,
	HD_STMT_SETTING_ALL,
	HD_STMT_ENGINE_SET,
	HD_STMT_SWEEP_LIMITS,
	HD_STMT_SWEEP_TEXT,
	HD_STMT_SWEEP_BACKEND,
	HD_STMT_SWEEP_RESUME,
	HD_STMT_SWEEP_ORIGIN,
	HD_STMT_SWEEP_SNAPSHOTS,
	HD_STMT_SWEEP_PROGRAM,
	HD_STMT_SWEEP_TOTALS,
	HD_STMT_SWEEP_STAMP,
	HD_STMT_SETTING_NEXT,
	HD_STMT_PATTERN_INSERT,
	HD_STMT_PATTERN_ALL,
	HD_STMT_SWEEP_EXPERIMENT,
	HD_STMT_EXPERIMENT_INSERT,
	HD_STMT_EXPERIMENT_ALL,
	HD_STMT_TRIAL_DEVICES,
	HD_STMT_TRIAL_DEVICES_OF,
	HD_STMT_TRIAL_QUEUE,
	HD_STMT_TRIAL_MARK,
	HD_STMT_TRIAL_START,
	HD_STMT_TRIAL_ANEW,
	HD_STMT_TRIAL_OPEN,
	HD_STMT_TRIAL_ENDED,
	HD_STMT_TRIAL_RESULTS,
	HD_STMT_TRIAL_EVERY,
	HD_STMT_TRIAL_FOLLOWED,
	HD_STMT_TRIAL_RESUMED,
	HD_STMT_TRIAL_STEPS,
	HD_STMT_TRIAL_SEQUENCE,
	HD_STMT_ATTEMPT_INSERT,
	HD_STMT_ATTEMPT_ALL,
	HD_STMT_METRIC_ARCHIVE,
	HD_STMT_METRIC_DROP,
	HD_STMT_METRIC_CURVE,
	HD_STMT_METRIC_STEPS,
	HD_STMT_PLACE_ALL,
	HD_STMT_PLACE_DROP,
	HD_STMT_PARAMETER_ALL,
	HD_STMT_PARAMETER_LABELS,
	HD_STMT_LEADER_SET,
	HD_STMT_LEADER_ALL,
	HD_STMT_QUEUE_INSERT,
	HD_STMT_QUEUE_DROP,
	HD_STMT_QUEUE_ALL,
	HD_STMT_TRIAL_GONE,
	HD_STMT_EDITION_INSERT,
	HD_STMT_INHERITED_INSERT,
	HD_STMT_INHERITED_ALL,
	HD_STMT_TRIAL_RESUME_FROM,
	HD_STMT_REPLAY_TRIALS,
	HD_STMT_REPLAY_ATTEMPTS,
	HD_STMT_REPLAY_VALUES,
	HD_STMT_REPLAY_EDITIONS,
	HD_STMT_STUDY_INSERT,
	HD_STMT_STUDY_PROMOTES,
	HD_STMT_STUDY_REVISION,
	HD_STMT_STUDY_REVISE,
	HD_STMT_STUDY_CLIENT,
	HD_STMT_STUDY_CLIENTS,
	HD_STMT_METRIC_NAMES,
	HD_STMT_SWEEP_BEFORE,
	HD_STMT_TRIAL_AFTER,
	HD_STMT_LOOK_VERSION,
	HD_STMT_LOOK_SWEEPS,
	HD_STMT_LOOK_TRIALS,
	HD_STMT_LOOK_TRIALS_OLD,
	HD_STMT_LOOK_PARAMETERS,
	HD_STMT_LOOK_POINTS,
	HD_STMT_LOOK_CURVE,
	HD_STMT_LOOK_NAMES,
	HD_STMT_LOOK_ATTEMPTS,
};
#define HD_STMTS (HD_STMT_LOOK_ATTEMPTS + 1)

/* Names met lately and their keys, so that a metric row asks nothing. */
#define HD_STORE_NAMES 256
struct hd_store_name {
	char *text; /* NULL for a free place */
	size_t length;
	int64_t key;
};

struct hd_store {
	sqlite3 *db;
	char *path;   /* absolute */
	char *folder; /* of path */
	const struct hd_plugins *plugins;
	int64_t wait; /* HD_STORE_WAIT; less in tests */
	int64_t waiting_since;
	bool has_log;                   /* and its folder knows, come what may */
	int log_pages;                  /* log.c: at the last commit, */
	int log_copied;                 /* and as the last copier began */
	bool writing;                   /* between begin and commit or rollback */
	sqlite3_stmt *cached[HD_STMTS]; /* NULL: not prepared, or taken */
	struct hd_store_name names[HD_STORE_NAMES];
};

/* The text of a statement, for EXPLAIN in tests. */
const char *hd_stmt_sql(enum hd_stmt id);

/*
 * SQLite's word for what went wrong, as ours: BUSY, FULL, IOERR, CORRUPT and
 * the rest become the nearest code, the text names the file. Returns it.
 */
int hd_store_error(const struct hd_store *store, int rc, struct hd_error *err);
/* Run SQL that has no parameters and whose rows do not matter. */
int hd_store_exec(struct hd_store *store, const char *sql,
		  struct hd_error *err);
/* The one integer that SQL (a pragma, a count) gives. */
int hd_store_integer(struct hd_store *store, const char *sql, int64_t *value,
		     struct hd_error *err);
/*
 * 1 when the file is of SCHEMA or newer, 0 when it is not: an older one that
 * is only read lacks the tables of later schemas.
 */
int hd_store_is_of(struct hd_store *store, int64_t schema, struct hd_error *err);

/* schema.c: the version this hdrive writes, and the way there. */
int64_t hd_schema_version(void);
/* Check that the file is ours, and not empty unless MODE makes stores. */
int hd_schema_check(struct hd_store *store, enum hd_store_mode mode,
		    struct hd_error *err);
/* Bring it up to hd_schema_version(). */
int hd_schema_migrate(struct hd_store *store, struct hd_error *err);

/* locate.c: make PATH's folder, with a .gitignore, when it is not there. */
int hd_store_make_folder(const char *path, struct hd_error *err);
/* PATH absolute, its folder resolved; the file need not exist. */
int hd_store_absolute(char **out, const char *path, struct hd_error *err);

/*
 * A query. Values are bound in the order of the calls, ?1 first; a failure
 * to bind is remembered and told by the next step. Columns are read after
 * hd_query_next gave 1, also in order, and stay valid until the next one.
 */
struct hd_query {
	struct hd_store *store;
	enum hd_stmt id;
	sqlite3_stmt *stmt;
	int rc;      /* of SQLite, the first that was not OK */
	int bound;   /* parameters so far */
	int column;  /* columns read of this row */
	bool broken; /* a column held what cannot be there */
};

int hd_query_open(struct hd_query *query, struct hd_store *store,
		  enum hd_stmt id, struct hd_error *err);
/* With KEY as the statement's first parameter. */
int hd_query_open_of(struct hd_query *query, struct hd_store *store,
		     enum hd_stmt id, int64_t key, struct hd_error *err);
/* The same for a statement that writes: only in the caller's transaction. */
int hd_query_write(struct hd_query *query, struct hd_store *store,
		   enum hd_stmt id, struct hd_error *err);
void hd_query_close(struct hd_query *query);
void hd_query_integer(struct hd_query *query, int64_t value);
/* NULL when it is 0: times that have not come yet. */
void hd_query_time(struct hd_query *query, int64_t value);
/* NULL when it is NaN, which SQLite cannot hold. */
void hd_query_real(struct hd_query *query, double value);
/* Borrowed until the query is closed; NULL text is NULL. */
void hd_query_text(struct hd_query *query, const char *text);
void hd_query_bytes(struct hd_query *query, const char *text, size_t length);
void hd_query_null(struct hd_query *query);

/* 1 for a row, 0 at the end, or a negative code. */
int hd_query_next(struct hd_query *query, struct hd_error *err);
/* One row, whose columns are to be read; 0 to go on. */
typedef int (*hd_query_row_fn)(struct hd_query *query, void *walk,
			       struct hd_error *err);
/*
 * Every row to ROW, until it gives something else than 0, which is then
 * returned; the query is closed.
 */
int hd_query_each(struct hd_query *query, hd_query_row_fn row, void *walk,
		  struct hd_error *err);
/* The same from the start, for a statement whose one parameter is KEY. */
int hd_query_each_of(struct hd_store *store, enum hd_stmt id, int64_t key,
		     hd_query_row_fn row, void *walk, struct hd_error *err);
/*
 * The first row to ROW, whose answer is returned; when there is none HD_ENOENT
 * naming WHAT, or 0 when that is NULL. The query is closed.
 */
int hd_query_one(struct hd_query *query, const char *what, hd_query_row_fn row,
		 void *walk, struct hd_error *err);
/* The same for a statement with the one parameter KEY that gives one integer. */
int hd_query_integer_of(struct hd_store *store, const char *what, enum hd_stmt id,
			int64_t key, int64_t *value, struct hd_error *err);
/* Run a statement that has no parameters, to its end. */
int hd_query_simple(struct hd_store *store, enum hd_stmt id,
		    struct hd_error *err);
/* Step a query without rows to its end and close it. */
int hd_query_run(struct hd_query *query, struct hd_error *err);
/* The same for one that must change a row: HD_ENOENT naming WHAT if not. */
int hd_query_change(struct hd_query *query, const char *what,
		    struct hd_error *err);

int64_t hd_query_get_integer(struct hd_query *query);
/* A count: what is negative marks the query as broken. */
size_t hd_query_get_size(struct hd_query *query);
/* NaN for NULL. */
double hd_query_get_real(struct hd_query *query);
/* "" for NULL. */
const char *hd_query_get_text(struct hd_query *query);
/* NULL for NULL. */
const char *hd_query_get_text_or_null(struct hd_query *query);
/* NONE for NULL. */
int64_t hd_query_get_integer_or(struct hd_query *query, int64_t none);
/* Whether the next column is NULL; does not move on. */
bool hd_query_is_null(struct hd_query *query);
/* A row holds FOUND where no such WHAT is known: HD_ECORRUPT. */
int hd_query_unknown(const struct hd_query *query, const char *what,
		     const char *found, struct hd_error *err);
/* HD_ECORRUPT when a count read so far was negative: before a row is shown. */
int hd_query_check(const struct hd_query *query, struct hd_error *err);

/* write.c: the key of a metric's or a rule's name, made when it is new. */
int hd_store_name_key(struct hd_store *store, const char *text, size_t length,
		      int64_t *key, struct hd_error *err);

#endif
