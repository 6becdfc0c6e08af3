/*
 * Rows out of a damaged store.
 *
 * A table's rows lie in a tree, by key. A page that cannot be read ends a walk
 * through it, so it is walked from both ends; what is left between them is cut
 * in two and each half is walked the same way, until a part is one key or the
 * budget of cuts is spent. Only the tables' own trees are read, never an index.
 *
 * A damaged tree may lead in circles: keys must never fall along a walk (rise,
 * when it goes down), and no walk is longer than the file has room for rows.
 * What is read is checked by the new store's own types and constraints.
 *
 * Tables and columns are those the new store has, so that a new table of the
 * schema needs nothing here.
 */
#include "store/salvage.h"

#include "base/buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* How often a table is cut: halves of a table of 2^16 keys come to one. */
#define SALVAGE_BUDGET (1 << 16)
/* A row takes at least a cell's pointer and head in a page. */
#define SALVAGE_ROW_LEAST 6

/* Keys of one or two whole numbers; the second is 0 in a table of one. */
struct key {
	int64_t a;
	int64_t b;
};

/* The least there are: rows are numbered from 1, said.number from -1. */
#define KEY_LEAST_A 0
#define KEY_LEAST_B (-1)

struct salvage {
	sqlite3 *source;
	struct hd_store *store;
	hd_integrity_fn fn;
	void *user;
	int64_t steps_most; /* of one walk */

	/* the table under way */
	char name[64];
	bool paired;      /* two key columns, or more */
	bool exact;       /* they are the whole key */
	int columns;      /* of a row, behind the two of its key */
	sqlite3_stmt *up; /* ascending from ?1, ?2 to ?3, ?4 */
	sqlite3_stmt *down;
	sqlite3_stmt *insert;
	int64_t copied;
	int64_t refused; /* by the new store's constraints */
	bool gaps;       /* something could not be read */
	bool writes;     /* else rows are only read */
};

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
	salvage_tell(struct salvage *salvage, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	salvage->fn(salvage->user, text);
}

/* --- keys ------------------------------------------------------------------ */

static int key_compare(struct key one, struct key other)
{
	if (one.a != other.a)
		return one.a < other.a ? -1 : 1;
	return (one.b > other.b) - (one.b < other.b);
}

static struct key key_after(const struct salvage *salvage, struct key key)
{
	if (salvage->paired && key.b < INT64_MAX)
		return (struct key){ key.a, key.b + 1 };
	if (key.a < INT64_MAX)
		return (struct key){ key.a + 1, salvage->paired ? KEY_LEAST_B : 0 };
	return key;
}

static struct key key_before(const struct salvage *salvage, struct key key)
{
	if (salvage->paired && key.b > KEY_LEAST_B)
		return (struct key){ key.a, key.b - 1 };
	return (struct key){ key.a - 1, salvage->paired ? INT64_MAX : 0 };
}

/* In the middle; towards the low end when the high one is open. */
static int64_t number_between(int64_t low, int64_t high)
{
	if (high == INT64_MAX)
		return low < INT64_MAX / 4 ? low * 2 + 16 : low + (high - low) / 2;
	return low + (high - low) / 2;
}

/* The last key of the lower part of LOW to HIGH, which differ. */
static struct key key_between(const struct salvage *salvage, struct key low,
			      struct key high)
{
	if (!salvage->paired)
		return (struct key){ number_between(low.a, high.a), 0 };
	if (low.a == high.a)
		return (struct key){ low.a, number_between(low.b, high.b) };
	return (struct key){ number_between(low.a, high.a - (high.a < INT64_MAX)), INT64_MAX };
}

/* --- one table's statements ------------------------------------------------- */

/* Its columns as "a", "b", ...; how many, or -1 when it has no usable key. */
static int table_columns(struct salvage *salvage, struct hd_buf *columns,
			 struct hd_buf keys[2])
{
	sqlite3_stmt *stmt = NULL;
	int count = 0, most = 0;

	if (sqlite3_prepare_v2(salvage->source,
			       "SELECT name, pk FROM pragma_table_info(?1)", -1, &stmt,
			       NULL) != SQLITE_OK)
		return -1;
	sqlite3_bind_text(stmt, 1, salvage->name, -1, SQLITE_STATIC);
	while (sqlite3_step(stmt) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		int place = sqlite3_column_int(stmt, 1);

		if (!name || strchr(name, '"'))
			continue;
		hd_buf_printf(columns, "%s\"%s\"", count++ ? ", " : "", name);
		if (place == 1 || place == 2)
			hd_buf_printf(&keys[place - 1], "\"%s\"", name);
		most = place > most ? place : most;
	}
	sqlite3_finalize(stmt);
	salvage->paired = most > 1;
	salvage->exact = most < 3;
	return most ? count : -1;
}

static int table_prepare(sqlite3 *db, const struct hd_buf *sql, sqlite3_stmt **stmt)
{
	if (hd_buf_failed(sql))
		return SQLITE_NOMEM;
	return sqlite3_prepare_v2(db, hd_buf_text(sql), -1, stmt, NULL);
}

/* "SELECT a, b, * FROM t WHERE (a, b) BETWEEN ... ORDER BY a, b". */
static int table_select(struct salvage *salvage, const char *columns,
			const char *a, const char *b, bool down, sqlite3_stmt **stmt)
{
	const char *order = down ? " DESC" : "";
	struct hd_buf sql = HD_BUF_INIT;
	int rc;

	hd_buf_printf(&sql, "SELECT %s, %s, %s FROM \"%s\" NOT INDEXED WHERE ", a,
		      salvage->paired ? b : "0", columns, salvage->name);
	if (salvage->paired)
		hd_buf_printf(&sql,
			      "(%s, %s) >= (?1, ?2) AND (%s, %s) <= (?3, ?4)"
			      " ORDER BY %s%s, %s%s",
			      a, b, a, b, a, order, b, order);
	else
		hd_buf_printf(&sql, "%s >= ?1 AND ?2 = ?4 AND %s <= ?3 ORDER BY %s%s", a, a, a,
			      order);
	rc = table_prepare(salvage->source, &sql, stmt);
	hd_buf_release(&sql);
	return rc;
}

/* What is there already, or breaks a rule of the table, is left out. */
static int table_insert(struct salvage *salvage, const char *columns)
{
	struct hd_buf sql = HD_BUF_INIT;
	int rc;

	hd_buf_printf(&sql, "INSERT OR IGNORE INTO \"%s\"(%s) VALUES(", salvage->name, columns);
	for (int i = 0; i < salvage->columns; i++)
		hd_buf_puts(&sql, i ? ", ?" : "?");
	hd_buf_puts(&sql, ")");
	rc = table_prepare(salvage->store->db, &sql, &salvage->insert);
	hd_buf_release(&sql);
	return rc;
}

static void table_close(struct salvage *salvage)
{
	sqlite3_finalize(salvage->up);
	sqlite3_finalize(salvage->down);
	sqlite3_finalize(salvage->insert);
	salvage->up = salvage->down = salvage->insert = NULL;
}

/* False when the damaged store does not have it, or does not tell. */
static bool table_open(struct salvage *salvage, const char *name)
{
	struct hd_buf columns = HD_BUF_INIT, keys[2] = { HD_BUF_INIT, HD_BUF_INIT };
	const char *list, *a, *b;
	int rc = SQLITE_ERROR;

	if (strlen(name) >= sizeof salvage->name || strchr(name, '"'))
		return false;
	strcpy(salvage->name, name);
	salvage->copied = salvage->refused = 0;
	salvage->gaps = false;
	salvage->columns = table_columns(salvage, &columns, keys);
	list = hd_buf_text(&columns);
	a = hd_buf_text(&keys[0]);
	b = hd_buf_text(&keys[1]);
	if (salvage->columns > 0)
		rc = table_select(salvage, list, a, b, false, &salvage->up);
	if (rc == SQLITE_OK)
		rc = table_select(salvage, list, a, b, true, &salvage->down);
	if (rc == SQLITE_OK && salvage->writes)
		rc = table_insert(salvage, list);
	hd_buf_release(&columns);
	hd_buf_release(&keys[0]);
	hd_buf_release(&keys[1]);
	if (rc != SQLITE_OK)
		table_close(salvage);
	return rc == SQLITE_OK;
}

/* --- walking ---------------------------------------------------------------- */

/* The row at which STMT stands goes into the new store, if it may. */
static int row_copy(struct salvage *salvage, sqlite3_stmt *stmt,
		    struct hd_error *err)
{
	int rc = SQLITE_OK;

	if (!salvage->writes)
		return 0;
	for (int i = 0; rc == SQLITE_OK && i < salvage->columns; i++)
		rc = sqlite3_bind_value(salvage->insert, i + 1, sqlite3_column_value(stmt, i + 2));
	if (rc == SQLITE_OK)
		rc = sqlite3_step(salvage->insert);
	sqlite3_reset(salvage->insert);
	sqlite3_clear_bindings(salvage->insert);
	if (rc == SQLITE_DONE) {
		salvage->copied += sqlite3_changes(salvage->store->db) > 0;
		return 0;
	}
	if ((rc & 0xff) != SQLITE_CONSTRAINT && (rc & 0xff) != SQLITE_MISMATCH)
		return hd_store_error(salvage->store, rc, err);
	salvage->refused++;
	return 0;
}

/* A part of a table, both ends included. */
struct range {
	struct key low;
	struct key high;
};

/* A key that is no number, or lies before the last one, is no row's. */
static bool walk_key(sqlite3_stmt *stmt, const struct range *range, bool down,
		     struct key *key)
{
	if (sqlite3_column_type(stmt, 0) != SQLITE_INTEGER ||
	    sqlite3_column_type(stmt, 1) != SQLITE_INTEGER)
		return false;
	key->a = sqlite3_column_int64(stmt, 0);
	key->b = sqlite3_column_int64(stmt, 1);
	return down ? key_compare(*key, range->high) <= 0
		    : key_compare(*key, range->low) >= 0;
}

/*
 * Copy from one end of RANGE to the other or to what cannot be read; that end
 * moves to the first key that was not reached. 1 when all of it was.
 */
static int range_walk(struct salvage *salvage, struct range *range, bool down,
		      struct hd_error *err)
{
	sqlite3_stmt *stmt = down ? salvage->down : salvage->up;
	struct key key;
	int64_t steps = 0;
	int result = 0;
	int rc;

	sqlite3_bind_int64(stmt, 1, range->low.a);
	sqlite3_bind_int64(stmt, 2, range->low.b);
	sqlite3_bind_int64(stmt, 3, range->high.a);
	sqlite3_bind_int64(stmt, 4, salvage->paired ? range->high.b : range->low.b);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW && result == 0) {
		if (++steps > salvage->steps_most || !walk_key(stmt, range, down, &key))
			break;
		result = row_copy(salvage, stmt, err);
		if (down)
			range->high = salvage->exact ? key_before(salvage, key) : key;
		else
			range->low = salvage->exact ? key_after(salvage, key) : key;
	}
	sqlite3_reset(stmt);
	if ((rc & 0xff) == SQLITE_NOMEM)
		return hd_error_nomem(err);
	if (result < 0)
		return result;
	return rc == SQLITE_DONE;
}

/* Both ways, then the halves of what is left. */
static int range_copy(struct salvage *salvage, struct range range, int budget,
		      struct hd_error *err)
{
	struct range lower = range;
	int rc = range_walk(salvage, &range, false, err);

	if (rc != 0 || key_compare(range.low, range.high) > 0)
		return rc < 0 ? rc : 0;
	rc = salvage->writes ? range_walk(salvage, &range, true, err) : 0;
	if (rc != 0 || key_compare(range.low, range.high) > 0)
		return rc < 0 ? rc : 0;
	salvage->gaps = true;
	if (!salvage->writes || budget < 2 || key_compare(range.low, range.high) == 0)
		return 0;
	lower = range;
	lower.high = key_between(salvage, range.low, range.high);
	range.low = key_after(salvage, lower.high);
	rc = range_copy(salvage, lower, budget / 2, err);
	if (rc == 0 && key_compare(range.low, range.high) <= 0)
		rc = range_copy(salvage, range, budget / 2, err);
	return rc;
}

static int table_copy(struct salvage *salvage, struct hd_error *err)
{
	struct range all = { { KEY_LEAST_A, 0 }, { INT64_MAX, 0 } };

	if (salvage->paired)
		all = (struct range){ { KEY_LEAST_A, KEY_LEAST_B }, { INT64_MAX, INT64_MAX } };
	return range_copy(salvage, all, SALVAGE_BUDGET, err);
}

/* --- what was lost ---------------------------------------------------------- */

/*
 * How many rows the damaged store had, by the fullest of the table's indices
 * that can be read; -1 when none tells. A table without one is numbered on,
 * so that its holes can be counted.
 */
static int64_t table_expected(struct salvage *salvage)
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
		if (table_prepare(salvage->source, &sql, &count) == SQLITE_OK &&
		    sqlite3_step(count) == SQLITE_ROW && sqlite3_column_int64(count, 0) > most)
			most = sqlite3_column_int64(count, 0);
		sqlite3_finalize(count);
		count = NULL;
		hd_buf_release(&sql);
	}
	sqlite3_finalize(list);
	return most;
}

static void table_tell(struct salvage *salvage)
{
	int64_t expected = table_expected(salvage);
	int64_t lost = expected < 0 ? -1 : expected - salvage->copied;

	if (!salvage->gaps && salvage->refused == 0)
		return;
	if (lost < salvage->refused)
		lost = salvage->gaps ? -1 : salvage->refused;
	if (lost >= 0)
		salvage_tell(salvage, "table '%s': %" PRId64 " rows read, %" PRId64 " lost",
			     salvage->name, salvage->copied, lost);
	else
		salvage_tell(salvage,
			     "table '%s': %" PRId64 " rows read, those of damaged pages lost, "
			     "their number is not known",
			     salvage->name, salvage->copied);
}

/* --- all tables ------------------------------------------------------------- */

typedef int (*table_fn)(struct salvage *salvage, const char *name,
			struct hd_error *err);

/* FN for each table of the new store, in the order they were made. */
static int tables_each(struct salvage *salvage, table_fn fn, struct hd_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(salvage->store->db,
				    "SELECT name FROM sqlite_schema WHERE type = 'table'"
				    " AND name NOT LIKE 'sqlite_%' ORDER BY rowid",
				    -1, &stmt, NULL);
	int result = rc == SQLITE_OK ? 0 : hd_store_error(salvage->store, rc, err);

	while (result == 0 && sqlite3_step(stmt) == SQLITE_ROW)
		result = fn(salvage, (const char *)sqlite3_column_text(stmt, 0), err);
	sqlite3_finalize(stmt);
	return result;
}

static int salvage_table(struct salvage *salvage, const char *name,
			 struct hd_error *err)
{
	int rc;

	/* A store of an older schema has not all of them. */
	if (!table_open(salvage, name)) {
		if (salvage->columns > 0)
			salvage_tell(salvage, "table '%s' cannot be read", name);
		return 0;
	}
	rc = table_copy(salvage, err);
	if (rc == 0)
		table_tell(salvage);
	table_close(salvage);
	return rc;
}

static int check_table(struct salvage *salvage, const char *name,
		       struct hd_error *err)
{
	int rc;

	if (!table_open(salvage, name))
		return 0;
	rc = table_copy(salvage, err);
	table_close(salvage);
	return salvage->gaps ? HD_ECORRUPT : rc;
}

static void salvage_init(struct salvage *salvage, sqlite3 *source,
			 struct hd_store *store)
{
	sqlite3_stmt *stmt = NULL;

	*salvage = (struct salvage){ .source = source, .store = store };
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
	struct salvage salvage;

	salvage_init(&salvage, source, store);
	return tables_each(&salvage, check_table, NULL) == 0;
}

/*
 * A sweep whose own row is lost gets one that says so, as its trials are worth
 * more; likewise a metric's name. What belongs to a lost trial is nobody's.
 */
static const char salvage_placeholders[] =
	"INSERT INTO sweep(key, id, name, state, end_reason, end_detail, metric, goal,"
	" sampler, policy, seed, max_total, max_concurrent, created, ended, command,"
	" config_path, config_text)"
	" SELECT sweep, 'HD_lost_' || sweep, 'lost-' || sweep, 'Failed', 'lost',"
	" 'its row was damaged: hdrive doctor made this one', '?', 'minimize', '?', '?', 0,"
	" count(*), 1, min(created), max(ended), '[]', '', '' FROM trial"
	" WHERE sweep NOT IN (SELECT key FROM sweep) GROUP BY sweep;"
	"INSERT INTO name(key, text) SELECT DISTINCT name, 'lost-' || name FROM"
	" (SELECT name FROM metric UNION SELECT name FROM run_metric)"
	" WHERE name NOT IN (SELECT key FROM name);";

static int orphans_remove(struct salvage *salvage, const char *name,
			  struct hd_error *err)
{
	struct hd_buf sql = HD_BUF_INIT;
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(salvage->store->db,
				    "SELECT \"from\", \"table\" FROM pragma_foreign_key_list(?1)",
				    -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW)
		hd_buf_printf(&sql,
			      "DELETE FROM \"%s\" WHERE \"%s\" NOT IN (SELECT key FROM \"%s\")",
			      name, sqlite3_column_text(stmt, 0), sqlite3_column_text(stmt, 1));
	sqlite3_finalize(stmt);
	rc = sql.length ? hd_store_exec(salvage->store, hd_buf_text(&sql), err) : 0;
	if (rc == 0 && sql.length && sqlite3_changes(salvage->store->db) > 0)
		salvage_tell(salvage,
			     "table '%s': %d rows left out, the row they belong to is lost",
			     name, sqlite3_changes(salvage->store->db));
	hd_buf_release(&sql);
	return rc;
}

static int salvage_complete(struct salvage *salvage, struct hd_error *err)
{
	int rc = hd_store_exec(salvage->store, salvage_placeholders, err);
	int64_t made = 0;

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
	struct salvage salvage;
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
