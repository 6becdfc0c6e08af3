/*
 * The store's tables, and the way from every older schema to this one.
 *
 * Migrations are append-only: what was released is never edited, because files
 * made by it exist. PRAGMA user_version counts those that were applied; each
 * runs in one transaction with its count, so a crash leaves one version or the
 * next. docs/reference/store.md says what the columns mean.
 *
 * Choices that carry weight:
 * - Times are microseconds since 1970 in UTC, NULL for what has not happened.
 * - States and reasons are stored by name; NaN is NULL, SQLite has none.
 * - trial.rank is the value with its sign turned for 'maximize': smaller is
 *   better for both goals, so one index gives the best first (ties: earliest,
 *   then lowest number), and backwards its exact reverse.
 * - trial_state covers the counts by state: 100,000 trials are counted in
 *   11 ms of CPU, so no counter is kept that could drift.
 * - metric.value is ANY and always holds a real or NULL: a REAL column turns
 *   whole numbers into integers on their way to disk, and -0 into 0.
 * - metric is clustered by (trial, sequence): a trial's curve is one run of
 *   pages. Names are keys into "name": half the size of a row with its texts.
 */
#include "store/private.h"

#include <inttypes.h>
#include <stdio.h>

static const char schema_1[] =
	"CREATE TABLE sweep("
	" key INTEGER PRIMARY KEY,"
	" id TEXT NOT NULL UNIQUE,"
	" name TEXT NOT NULL UNIQUE,"
	" state TEXT NOT NULL,"
	" end_reason TEXT NOT NULL DEFAULT '',"
	" end_detail TEXT NOT NULL DEFAULT '',"
	" metric TEXT NOT NULL,"
	" goal TEXT NOT NULL CHECK(goal IN ('minimize', 'maximize')),"
	" sampler TEXT NOT NULL,"
	" policy TEXT NOT NULL,"
	" seed INTEGER NOT NULL,"
	" max_total INTEGER NOT NULL,"
	" max_concurrent INTEGER NOT NULL,"
	" max_duration REAL,"
	" created INTEGER NOT NULL,"
	" started INTEGER,"
	" ended INTEGER,"
	" best_trial INTEGER,"
	" best REAL,"
	" engine_pid INTEGER,"
	" engine_start INTEGER,"
	" command TEXT NOT NULL,"
	" config_path TEXT NOT NULL,"
	" config_text TEXT NOT NULL"
	") STRICT;"

	"CREATE TABLE trial("
	" key INTEGER PRIMARY KEY,"
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" number INTEGER NOT NULL,"
	" state TEXT NOT NULL,"
	" end_reason TEXT NOT NULL DEFAULT '',"
	" end_detail TEXT NOT NULL DEFAULT '',"
	" exit_code INTEGER,"
	" exit_signal INTEGER,"
	" attempt INTEGER NOT NULL DEFAULT 1,"
	" pid INTEGER,"
	" process_start INTEGER,"
	" created INTEGER NOT NULL,"
	" started INTEGER,"
	" ended INTEGER,"
	" cpu_seconds REAL,"
	" max_rss INTEGER,"
	" intervals INTEGER NOT NULL DEFAULT 0,"
	" best REAL,"
	" last REAL,"
	" value REAL,"
	" best_time INTEGER,"
	" rank REAL,"
	" known INTEGER NOT NULL,"
	" parameters TEXT NOT NULL,"
	" arguments TEXT NOT NULL"
	") STRICT;"
	"CREATE UNIQUE INDEX trial_number ON trial(sweep, number);"
	"CREATE INDEX trial_rank ON trial(sweep, rank, best_time, number);"
	"CREATE INDEX trial_state ON trial(sweep, state);"

	"CREATE TABLE parameter("
	" trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,"
	" position INTEGER NOT NULL,"
	" name TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" value ANY,"
	" PRIMARY KEY(trial, position)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE name("
	" key INTEGER PRIMARY KEY,"
	" text TEXT NOT NULL UNIQUE"
	") STRICT;"

	"CREATE TABLE metric("
	" trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,"
	" sequence INTEGER NOT NULL,"
	" name INTEGER NOT NULL,"
	" value ANY,"
	" text TEXT,"
	" step INTEGER,"
	" interval INTEGER NOT NULL,"
	" source INTEGER NOT NULL,"
	" rule INTEGER,"
	" time INTEGER NOT NULL,"
	" PRIMARY KEY(trial, sequence)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE place("
	" trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,"
	" source INTEGER NOT NULL,"
	" offset INTEGER NOT NULL,"
	" line INTEGER NOT NULL,"
	" PRIMARY KEY(trial, source)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE decision("
	" key INTEGER PRIMARY KEY,"
	" trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,"
	" interval INTEGER NOT NULL,"
	" policy TEXT NOT NULL,"
	" mine REAL,"
	" threshold REAL,"
	" compared INTEGER NOT NULL,"
	" reason TEXT NOT NULL,"
	" time INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX decision_trial ON decision(trial);"

	"CREATE TABLE best_child("
	" key INTEGER PRIMARY KEY,"
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" number INTEGER NOT NULL,"
	" value REAL,"
	" final INTEGER NOT NULL,"
	" time INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX best_child_sweep ON best_child(sweep);"

	/* For people with sqlite3 in their hands; hdrive reads the tables. */
	"CREATE VIEW logged AS"
	" SELECT s.name AS sweep, t.number AS trial, m.sequence,"
	" n.text AS name, m.value, m.text, m.step, m.interval,"
	" CASE m.source WHEN 0 THEN 'stdout' WHEN 1 THEN 'stderr'"
	" WHEN 2 THEN 'metrics' END AS source, r.text AS rule, m.time"
	" FROM metric m JOIN trial t ON t.key = m.trial"
	" JOIN sweep s ON s.key = t.sweep JOIN name n ON n.key = m.name"
	" LEFT JOIN name r ON r.key = m.rule;";

/*
 * What scripts say of runs besides metrics, and the --set options of a sweep.
 *
 * said.number is -1 for what was said of the sweep itself, and said.child is
 * '' but for a run below the trial: so that one key serves all three, and a
 * run's tag is one row. Metrics of those runs are not in "metric": nothing
 * that ranks or counts trials may ever meet them.
 */
static const char schema_2[] =
	"CREATE TABLE said("
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" number INTEGER NOT NULL,"
	" child TEXT NOT NULL,"
	" kind TEXT NOT NULL,"
	" name TEXT NOT NULL,"
	" value TEXT,"
	" time INTEGER NOT NULL,"
	" PRIMARY KEY(sweep, number, child, kind, name)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE run_metric("
	" key INTEGER PRIMARY KEY,"
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" number INTEGER NOT NULL,"
	" child TEXT,"
	" name INTEGER NOT NULL,"
	" value ANY,"
	" text TEXT,"
	" step INTEGER,"
	" time INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX run_metric_number ON run_metric(sweep, number);"

	"CREATE TABLE setting("
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" position INTEGER NOT NULL,"
	" text TEXT NOT NULL,"
	" PRIMARY KEY(sweep, position)"
	") STRICT, WITHOUT ROWID;";

/*
 * What a sweep needs to be gone on with: where it ran, its attempts, the order
 * in which trials ended, what waits to be tried.
 *
 * trial.settled counts the ends of a sweep's trials from 1: with trial.known
 * it tells which results a suggestion knew. An attempt that did not end its
 * trial has none. An end that was taken back counts once more in "reopened",
 * as it changes what a suggestion knows. leader is the table behind
 * hd_history_best: a row for each interval, written only when a better value
 * comes. past_metric holds what attempts logged that were begun anew.
 *
 * For a replay: "running", "gone", "closed" and "queued" are stamps of the turns
 * in which the engine learned that an attempt ran, learned of its end, stored
 * that end, and put the trial among those that wait. A file or a setting that a
 * resume changed is kept in "edition" with the last stamp it was in force.
 */
static const char schema_3[] =
	"ALTER TABLE sweep ADD COLUMN source TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE sweep ADD COLUMN grace REAL NOT NULL DEFAULT 10;"
	"ALTER TABLE sweep ADD COLUMN engine_boot TEXT;"
	"ALTER TABLE sweep ADD COLUMN engine_host TEXT;"
	"ALTER TABLE sweep ADD COLUMN resumed INTEGER;"
	"ALTER TABLE sweep ADD COLUMN ran REAL NOT NULL DEFAULT 0;"
	"ALTER TABLE sweep ADD COLUMN plan_total INTEGER;"
	"ALTER TABLE sweep ADD COLUMN plan_slots INTEGER;"
	"ALTER TABLE trial ADD COLUMN slot INTEGER;"
	"ALTER TABLE trial ADD COLUMN devices TEXT;"
	"ALTER TABLE trial ADD COLUMN origin TEXT NOT NULL DEFAULT 'sampler';"
	"ALTER TABLE trial ADD COLUMN running INTEGER;"
	"ALTER TABLE trial ADD COLUMN stop_asked INTEGER;"
	"ALTER TABLE trial ADD COLUMN gone INTEGER;"
	"ALTER TABLE trial ADD COLUMN closed INTEGER;"
	"ALTER TABLE trial ADD COLUMN settled INTEGER;"
	"ALTER TABLE trial ADD COLUMN restarts INTEGER NOT NULL DEFAULT 0;"
	"ALTER TABLE trial ADD COLUMN due INTEGER;"
	"ALTER TABLE trial ADD COLUMN mark TEXT;"
	"ALTER TABLE trial ADD COLUMN mark_detail TEXT;"
	"ALTER TABLE trial ADD COLUMN resume_from TEXT;"

	/* --metric-pattern in place of the file's. */
	"CREATE TABLE pattern("
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" position INTEGER NOT NULL,"
	" text TEXT NOT NULL,"
	" PRIMARY KEY(sweep, position)"
	") STRICT, WITHOUT ROWID;"

	/* A file and settings that a resume changed. */
	"CREATE TABLE edition("
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" position INTEGER NOT NULL,"
	" until INTEGER NOT NULL,"
	" settings INTEGER NOT NULL,"
	" config_path TEXT NOT NULL,"
	" config_text TEXT NOT NULL,"
	" PRIMARY KEY(sweep, position)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE attempt("
	" trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,"
	" number INTEGER NOT NULL,"
	" state TEXT NOT NULL,"
	" end_reason TEXT NOT NULL,"
	" end_detail TEXT NOT NULL,"
	" exit_code INTEGER,"
	" exit_signal INTEGER,"
	" started INTEGER,"
	" ended INTEGER,"
	" cpu_seconds REAL,"
	" max_rss INTEGER,"
	" slot INTEGER,"
	" running INTEGER,"
	" stop_asked INTEGER,"
	" gone INTEGER,"
	" closed INTEGER,"
	" queued INTEGER NOT NULL,"
	" settled INTEGER,"
	" reopened INTEGER,"
	" intervals INTEGER NOT NULL,"
	" anew INTEGER NOT NULL,"
	" PRIMARY KEY(trial, number)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE past_metric("
	" trial INTEGER NOT NULL REFERENCES trial ON DELETE CASCADE,"
	" attempt INTEGER NOT NULL,"
	" sequence INTEGER NOT NULL,"
	" name INTEGER NOT NULL,"
	" value ANY,"
	" text TEXT,"
	" step INTEGER,"
	" interval INTEGER NOT NULL,"
	" source INTEGER NOT NULL,"
	" rule INTEGER,"
	" time INTEGER NOT NULL,"
	" PRIMARY KEY(trial, attempt, sequence)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE leader("
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" interval INTEGER NOT NULL,"
	" number INTEGER NOT NULL,"
	" value REAL NOT NULL,"
	" PRIMARY KEY(sweep, interval)"
	") STRICT, WITHOUT ROWID;"

	"CREATE TABLE queue("
	" key INTEGER PRIMARY KEY,"
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" parameters TEXT NOT NULL,"
	" resume_from TEXT,"
	" time INTEGER NOT NULL"
	") STRICT;"
	"CREATE INDEX queue_sweep ON queue(sweep);"

	/* Trials of earlier sweeps that a warm start took over. */
	"CREATE TABLE inherited("
	" sweep INTEGER NOT NULL REFERENCES sweep ON DELETE CASCADE,"
	" position INTEGER NOT NULL,"
	" source TEXT NOT NULL,"
	" number INTEGER NOT NULL,"
	" state TEXT NOT NULL,"
	" end_reason TEXT NOT NULL,"
	" parameters TEXT NOT NULL,"
	" curve TEXT NOT NULL,"
	" PRIMARY KEY(sweep, position)"
	") STRICT, WITHOUT ROWID;";

/*
 * What trials run besides the words of the command: a shell line's inputs and
 * outputs, environment variables, a wrapper (engine/program/json.c).
 */
static const char schema_4[] =
	"ALTER TABLE sweep ADD COLUMN program TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE sweep ADD COLUMN snapshot TEXT NOT NULL DEFAULT '';"
	/* Made before there is a sweep of that name. */
	"CREATE TABLE experiment("
	" name TEXT PRIMARY KEY,"
	" created INTEGER NOT NULL"
	") STRICT, WITHOUT ROWID;";

/*
 * Studies: sweeps whose trials others run (engine/study). The revision counts
 * the calls that changed one, so that a process knows when another did.
 */
static const char schema_5[] =
	"CREATE TABLE study("
	" sweep INTEGER PRIMARY KEY REFERENCES sweep ON DELETE CASCADE,"
	" revision INTEGER NOT NULL DEFAULT 0"
	") STRICT;"
	"ALTER TABLE trial ADD COLUMN client TEXT;"
	"ALTER TABLE sweep ADD COLUMN backend TEXT NOT NULL DEFAULT 'local';";

/*
 * Trials that policies set aside and take up again: what was decided, and
 * whether whoever asks a study can go on with a trial.
 */
static const char schema_6[] =
	"ALTER TABLE decision ADD COLUMN kind TEXT NOT NULL DEFAULT 'stop';"
	"ALTER TABLE study ADD COLUMN promotes INTEGER NOT NULL DEFAULT 0;";

static const char *const migrations[] = {
	schema_1,
	schema_2,
	schema_3,
	schema_4,
	schema_5,
	schema_6,
};

int64_t hd_schema_version(void)
{
	return sizeof migrations / sizeof migrations[0];
}

/*
 * Its version into *VERSION, 0 for a fresh file, once it is known as ours.
 * Another process may be making the store between two statements: the tables
 * are counted first, as whoever made them set the rest in the same commit.
 */
static int schema_check(struct hd_store *store, int64_t *version,
			struct hd_error *err)
{
	int64_t tables, application;
	bool fresh;
	int rc = hd_store_integer(store, "SELECT count(*) FROM sqlite_schema",
				  &tables, err);

	if (rc == 0)
		rc = hd_store_integer(store, "PRAGMA application_id",
				      &application, err);
	if (rc == 0)
		rc = hd_store_integer(store, "PRAGMA user_version", version,
				      err);
	if (rc < 0)
		return rc;
	fresh = tables == 0 && application == 0;
	if (fresh) {
		*version = 0;
		return 0;
	}
	if (application != HD_STORE_APPLICATION || *version < 1)
		return hd_error_set(err, HD_ECORRUPT,
				    "'%s' is a database of another program, "
				    "application id %" PRId64
				    " and not a store's %d",
				    store->path, application,
				    HD_STORE_APPLICATION);
	if (*version > hd_schema_version())
		return hd_error_set(err, HD_EVERSION,
				    "store '%s' has schema version %" PRId64
				    ", this hdrive knows up to %" PRId64
				    ": use the newer hdrive that made it",
				    store->path, *version,
				    hd_schema_version());
	return 0;
}

/* The step after version FROM, and its number; in the caller's transaction. */
static int schema_step(struct hd_store *store, int64_t from,
		       struct hd_error *err)
{
	char pragmas[96];
	int rc = hd_store_exec(store, migrations[from], err);

	snprintf(pragmas, sizeof pragmas,
		 "PRAGMA application_id = %d; PRAGMA user_version = %" PRId64,
		 HD_STORE_APPLICATION, from + 1);
	return rc < 0 ? rc : hd_store_exec(store, pragmas, err);
}

/* Another process may have been faster: ask again inside the transaction. */
static int schema_migrate_one(struct hd_store *store, int64_t *version,
			      struct hd_error *err)
{
	int rc = hd_store_exec(store, "BEGIN IMMEDIATE", err);

	if (rc < 0)
		return rc;
	rc = schema_check(store, version, err);
	if (rc == 0 && *version < hd_schema_version()) {
		rc = schema_step(store, *version, err);
		++*version;
	}
	if (rc == 0)
		rc = hd_store_exec(store, "COMMIT", err);
	if (rc < 0 && !sqlite3_get_autocommit(store->db))
		hd_store_exec(store, "ROLLBACK", NULL);
	return rc;
}

int hd_schema_check(struct hd_store *store, enum hd_store_mode mode,
		    struct hd_error *err)
{
	int64_t version;
	int rc = schema_check(store, &version, err);

	if (rc == 0 && version == 0 && mode != HD_STORE_CREATE)
		return hd_error_set(err, HD_ENOENT,
				    "no store at '%s': the file is empty",
				    store->path);
	return rc;
}

int hd_schema_migrate(struct hd_store *store, struct hd_error *err)
{
	int64_t version;
	int rc = schema_check(store, &version, err);

	while (rc == 0 && version < hd_schema_version())
		rc = schema_migrate_one(store, &version, err);
	return rc;
}
