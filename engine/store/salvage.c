/*
 * Rows out of a damaged store: every table, and what is made up for rows that
 * others need. Tables and columns are those the new store has, so that a new
 * table of the schema needs nothing here.
 */
#include "store/salvage.h"

#include "base/buf.h"
#include "store/salvage_table.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* A row takes at least a cell's pointer and head in a page. */
#define SALVAGE_ROW_LEAST 6

int hd_salvage_open(sqlite3 **out, const char *path, struct hd_error *err)
{
	/* Unless the schema is writable a file cut short does not open. */
	static const char setup[] = "PRAGMA trusted_schema = OFF;"
				    "PRAGMA cell_size_check = ON;"
				    "PRAGMA writable_schema = ON";
	int rc = sqlite3_open_v2(path, out, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_exec(*out, setup, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		return 0;
	if (rc == SQLITE_NOMEM)
		hd_error_nomem(err);
	else
		hd_error_set(err, HD_ECORRUPT, "'%s': %s", path, sqlite3_errstr(rc));
	sqlite3_close(*out);
	*out = NULL;
	return rc == SQLITE_NOMEM ? HD_ENOMEM : HD_ECORRUPT;
}

static void HD_PRINTF(2, 3)
	salvage_tell(struct hd_salvage *salvage, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	salvage->fn(salvage->user, text);
}

/* --- what was lost ---------------------------------------------------------- */

/*
 * How many rows the damaged store had, by the fullest of the table's indices
 * that can be read; -1 when none tells. A table without one is numbered on,
 * so that its holes can be counted.
 */
static int64_t table_expected(struct hd_salvage *salvage)
{
	sqlite3_stmt *list = NULL, *count = NULL;
	int64_t most = -1;

	if (sqlite3_prepare_v2(salvage->source,
			       "SELECT name FROM pragma_index_list(?1) WHERE origin <> 'pk'", -1,
			       &list, NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_text(list, 1, salvage->name, -1, SQLITE_STATIC);
	while (sqlite3_step(list) == SQLITE_ROW) {
		struct hd_buf sql = HD_BUF_INIT;

		hd_buf_printf(&sql, "SELECT count(*) FROM \"%s\" INDEXED BY \"%s\"", salvage->name,
			      (const char *)sqlite3_column_text(list, 0));
		if (!hd_buf_failed(&sql) &&
		    sqlite3_prepare_v2(salvage->source, hd_buf_text(&sql), -1, &count, NULL) ==
			    SQLITE_OK &&
		    sqlite3_step(count) == SQLITE_ROW && sqlite3_column_int64(count, 0) > most)
			most = sqlite3_column_int64(count, 0);
		sqlite3_finalize(count);
		count = NULL;
		hd_buf_release(&sql);
	}
	sqlite3_finalize(list);
	return most;
}

/* Holes in the numbering of what was read: at least so many rows are lost. */
static int64_t table_holes(struct hd_salvage *salvage)
{
	struct hd_buf sql = HD_BUF_INIT;
	int64_t holes = 0;

	if (!salvage->numbered)
		return 0;
	hd_buf_printf(&sql,
		      "SELECT total(holes) FROM (SELECT max(sequence) - count(*) AS holes"
		      " FROM \"%s\" GROUP BY trial)",
		      salvage->name);
	if (hd_store_integer(salvage->store, hd_buf_text(&sql), &holes, NULL) < 0)
		holes = 0; /* it is told without the number */
	hd_buf_release(&sql);
	return holes;
}

static void table_tell(struct hd_salvage *salvage)
{
	int64_t expected = table_expected(salvage);
	int64_t lost = expected < 0 ? -1 : expected - salvage->copied;
	int64_t holes = table_holes(salvage);
	const char *least = "";

	if (!salvage->gaps && salvage->refused == 0)
		return;
	if (lost < salvage->refused)
		lost = salvage->gaps ? -1 : salvage->refused;
	if (lost < 0 && holes > 0) {
		least = "at least ";
		lost = holes;
	}
	if (lost >= 0)
		salvage_tell(salvage, "table '%s': %" PRId64 " rows read, %s%" PRId64 " lost",
			     salvage->name, salvage->copied, least, lost);
	else
		salvage_tell(salvage,
			     "table '%s': %" PRId64 " rows read, those of damaged pages lost, "
			     "their number is not known",
			     salvage->name, salvage->copied);
}

/* --- all tables ------------------------------------------------------------- */

typedef int (*table_fn)(struct hd_salvage *salvage, const char *name,
			struct hd_error *err);

/* FN for each table of the new store, in the order they were made. */
static int tables_each(struct hd_salvage *salvage, table_fn fn, struct hd_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(salvage->store->db,
				    "SELECT name FROM sqlite_schema WHERE type = 'table'"
				    " AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
				    -1, &stmt, NULL);
	int result = 0;

	while (rc == SQLITE_OK && result == 0 && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);

		result = name ? fn(salvage, name, err) : hd_error_nomem(err);
		rc = SQLITE_OK;
	}
	if (result == 0 && rc != SQLITE_OK && rc != SQLITE_DONE)
		result = hd_store_error(salvage->store, rc, err);
	sqlite3_finalize(stmt);
	return result;
}

static int salvage_table(struct hd_salvage *salvage, const char *name,
			 struct hd_error *err)
{
	int rc = hd_salvage_table_open(salvage, name, err);

	/* A store of an older schema has not all of them. */
	if (rc == 0 && salvage->columns > 0)
		salvage_tell(salvage, "table '%s' cannot be read", name);
	if (rc <= 0)
		return rc;
	rc = hd_salvage_table_copy(salvage, err);
	if (rc == 0)
		table_tell(salvage);
	hd_salvage_table_close(salvage);
	return rc;
}

static int check_table(struct hd_salvage *salvage, const char *name,
		       struct hd_error *err)
{
	int rc = hd_salvage_table_open(salvage, name, err);

	if (rc <= 0)
		return rc;
	rc = hd_salvage_table_copy(salvage, err);
	hd_salvage_table_close(salvage);
	return salvage->gaps ? HD_ECORRUPT : rc;
}

static void salvage_init(struct hd_salvage *salvage, sqlite3 *source,
			 struct hd_store *store)
{
	sqlite3_stmt *stmt = NULL;

	*salvage = (struct hd_salvage){ .source = source, .store = store };
	salvage->steps_most = INT32_MAX;
	if (sqlite3_prepare_v2(source,
			       "SELECT page_count * page_size FROM pragma_page_count,"
			       " pragma_page_size",
			       -1, &stmt, NULL) == SQLITE_OK &&
	    sqlite3_step(stmt) == SQLITE_ROW)
		salvage->steps_most = sqlite3_column_int64(stmt, 0) / SALVAGE_ROW_LEAST + 1;
	sqlite3_finalize(stmt);
}

bool hd_salvage_is_whole(sqlite3 *source, struct hd_store *store)
{
	struct hd_salvage salvage;

	salvage_init(&salvage, source, store);
	return tables_each(&salvage, check_table, NULL) == 0;
}

/*
 * A sweep whose own row is lost gets one that says so, as its trials are worth
 * more. What belongs to a lost trial is nobody's.
 */
static const char salvage_placeholders[] =
	"INSERT INTO sweep(key, id, name, state, end_reason, end_detail, metric, goal,"
	" sampler, policy, seed, max_total, max_concurrent, created, ended, command,"
	" config_path, config_text)"
	" SELECT sweep, 'HD_lost_' || sweep, 'lost-' || sweep, 'Failed', 'lost',"
	" 'its row was damaged: hdrive doctor made this one', '?', 'minimize', '?', '?', 0,"
	" count(*), 1, min(created), max(ended), '[]', '', '' FROM trial"
	" WHERE sweep NOT IN (SELECT key FROM sweep) GROUP BY sweep";

/*
 * Run what ASK, given the table's name, answers; nothing when it answers
 * nothing. *CHANGES is how many rows that changed.
 */
static int table_run(struct hd_salvage *salvage, const char *ask, const char *name,
		     int *changes, struct hd_error *err)
{
	sqlite3 *db = salvage->store->db;
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, ask, -1, &stmt, NULL);

	*changes = 0;
	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		const char *sql = (const char *)sqlite3_column_text(stmt, 0);

		rc = sql ? sqlite3_exec(db, sql, NULL, NULL, NULL) : SQLITE_NOMEM;
		*changes = sqlite3_changes(db);
	}
	rc = rc == SQLITE_OK || rc == SQLITE_DONE ? 0 : hd_store_error(salvage->store, rc, err);
	sqlite3_finalize(stmt);
	return rc;
}

/* Every key of a metric's name has one, in whichever table it stands. */
static int names_complete(struct hd_salvage *salvage, const char *name,
			  struct hd_error *err)
{
	int ignored;

	return table_run(salvage,
			 "SELECT format('INSERT INTO name(key, text) SELECT DISTINCT name,"
			 " ''lost-'' || name FROM \"%w\" WHERE name NOT IN (SELECT key FROM name)',"
			 " ?1) FROM pragma_table_info(?1) WHERE name = 'name' AND type = 'INTEGER'",
			 name, &ignored, err);
}

static int orphans_remove(struct hd_salvage *salvage, const char *name,
			  struct hd_error *err)
{
	int removed;
	int rc = table_run(salvage,
			   "SELECT format('DELETE FROM \"%w\" WHERE \"%w\" NOT IN"
			   " (SELECT key FROM \"%w\")', ?1, \"from\", \"table\")"
			   " FROM pragma_foreign_key_list(?1)",
			   name, &removed, err);

	if (rc == 0 && removed > 0)
		salvage_tell(salvage,
			     "table '%s': %d rows left out, the row they belong to is lost", name,
			     removed);
	return rc;
}

static int salvage_complete(struct hd_salvage *salvage, struct hd_error *err)
{
	int rc = hd_store_exec(salvage->store, salvage_placeholders, err);
	int64_t made = 0;

	if (rc == 0)
		rc = tables_each(salvage, names_complete, err);
	if (rc == 0)
		rc = tables_each(salvage, orphans_remove, err);
	if (rc == 0)
		rc = hd_store_integer(salvage->store,
				      "SELECT count(*) FROM sweep WHERE id LIKE 'HD\\_lost\\_%'"
				      " ESCAPE '\\'",
				      &made, err);
	if (rc == 0 && made > 0)
		salvage_tell(salvage,
			     "%" PRId64 " sweeps lost their own row: their trials are below "
			     "sweeps named 'lost-KEY'",
			     made);
	return rc;
}

int hd_salvage_copy(sqlite3 *source, struct hd_store *store,
		    hd_integrity_fn fn, void *user, struct hd_error *err)
{
	struct hd_salvage salvage;
	int64_t rows = 0;
	int rc;

	salvage_init(&salvage, source, store);
	salvage.fn = fn;
	salvage.user = user;
	salvage.writes = true;
	/* A child's table may be read whole where its parent's is not. */
	rc = hd_store_exec(store, "PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE", err);
	if (rc == 0)
		rc = tables_each(&salvage, salvage_table, err);
	if (rc == 0)
		rc = salvage_complete(&salvage, err);
	if (rc == 0)
		rc = hd_store_integer(store,
				      "SELECT (SELECT count(*) FROM sweep)"
				      " + (SELECT count(*) FROM trial)",
				      &rows, err);
	if (rc == 0 && rows == 0)
		rc = hd_error_set(err, HD_ECORRUPT,
				  "no row of a sweep or trial can be read: it cannot be mended");
	if (rc == 0)
		rc = hd_store_exec(store, "COMMIT; PRAGMA foreign_keys = ON", err);
	return rc;
}
