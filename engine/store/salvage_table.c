/*
 * A table's rows lie in a tree, by key. A page that cannot be read ends a walk
 * through it, so it is walked from both ends; what is left between them is cut
 * in two and each half is walked the same way, until a part is one key or the
 * budget of cuts is spent. Only the table's own tree is read, never an index.
 *
 * A damaged tree may lead in circles: keys must never fall along a walk (rise,
 * when it goes down), and no walk is longer than the file has room for rows.
 * What is read is checked by the new store's own types and constraints.
 */
#include "store/salvage_table.h"

#include "base/buf.h"

#include <string.h>

/* How often a table is cut: halves of a table of 2^16 keys come to one. */
#define SALVAGE_BUDGET (1 << 16)

/* Keys of one or two whole numbers; the second is 0 in a table of one. */
struct key {
	int64_t a;
	int64_t b;
};

/* The least there are: rows are numbered from 1, said.number from -1. */
#define KEY_LEAST_A 0
#define KEY_LEAST_B (-1)

/* --- keys ------------------------------------------------------------------ */

static int key_compare(struct key one, struct key other)
{
	if (one.a != other.a)
		return one.a < other.a ? -1 : 1;
	return (one.b > other.b) - (one.b < other.b);
}

static struct key key_after(const struct hd_salvage *salvage, struct key key)
{
	if (salvage->paired && key.b < INT64_MAX)
		return (struct key){ key.a, key.b + 1 };
	if (key.a < INT64_MAX)
		return (struct key){ key.a + 1, salvage->paired ? KEY_LEAST_B : 0 };
	return key;
}

static struct key key_before(const struct hd_salvage *salvage, struct key key)
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
static struct key key_between(const struct hd_salvage *salvage, struct key low,
			      struct key high)
{
	if (!salvage->paired)
		return (struct key){ number_between(low.a, high.a), 0 };
	if (low.a == high.a)
		return (struct key){ low.a, number_between(low.b, high.b) };
	return (struct key){ number_between(low.a, high.a - (high.a < INT64_MAX)), INT64_MAX };
}

/* --- one table's statements ------------------------------------------------- */

static bool is_no_memory(int rc)
{
	return (rc & 0xff) == SQLITE_NOMEM || rc == SQLITE_IOERR_NOMEM;
}

/* Its columns as "a", "b", ... and its keys; none when it has no usable one. */
static int table_columns(struct hd_salvage *salvage, struct hd_buf *columns,
			 struct hd_buf keys[2])
{
	sqlite3_stmt *stmt = NULL;
	int most = 0;
	int rc = sqlite3_prepare_v2(salvage->source, "SELECT name, pk FROM pragma_table_info(?1)",
				    -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 1, salvage->name, -1, SQLITE_STATIC);
	while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const char *name = (const char *)sqlite3_column_text(stmt, 0);
		int place = sqlite3_column_int(stmt, 1);

		rc = SQLITE_OK;
		if (!name || strchr(name, '"'))
			continue;
		hd_buf_printf(columns, "%s\"%s\"", salvage->columns++ ? ", " : "", name);
		if (place == 1 || place == 2)
			hd_buf_printf(&keys[place - 1], "\"%s\"", name);
		most = place > most ? place : most;
	}
	sqlite3_finalize(stmt);
	salvage->paired = most > 1;
	salvage->exact = most < 3;
	if (most == 0)
		salvage->columns = 0;
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static int table_prepare(sqlite3 *db, const struct hd_buf *sql, sqlite3_stmt **stmt)
{
	if (hd_buf_failed(sql))
		return SQLITE_NOMEM;
	return sqlite3_prepare_v2(db, hd_buf_text(sql), -1, stmt, NULL);
}

/* "SELECT a, b, * FROM t WHERE (a, b) BETWEEN ... ORDER BY a, b". */
static int table_select(struct hd_salvage *salvage, const char *columns,
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
static int table_insert(struct hd_salvage *salvage, const char *columns)
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

void hd_salvage_table_close(struct hd_salvage *salvage)
{
	sqlite3_finalize(salvage->up);
	sqlite3_finalize(salvage->down);
	sqlite3_finalize(salvage->insert);
	salvage->up = salvage->down = salvage->insert = NULL;
}

/* All its statements, once columns and keys are known. */
static int table_statements(struct hd_salvage *salvage, const char *columns,
			    const char *a, const char *b)
{
	int rc = table_select(salvage, columns, a, b, false, &salvage->up);

	if (rc == SQLITE_OK)
		rc = table_select(salvage, columns, a, b, true, &salvage->down);
	if (rc == SQLITE_OK && salvage->writes)
		rc = table_insert(salvage, columns);
	return rc;
}

int hd_salvage_table_open(struct hd_salvage *salvage, const char *name, struct hd_error *err)
{
	struct hd_buf columns = HD_BUF_INIT, keys[2] = { HD_BUF_INIT, HD_BUF_INIT };
	int rc;

	salvage->copied = salvage->refused = salvage->columns = 0;
	salvage->gaps = false;
	if (strlen(name) >= sizeof salvage->name || strchr(name, '"'))
		return 0;
	strcpy(salvage->name, name);
	rc = table_columns(salvage, &columns, keys);
	if (hd_buf_failed(&columns) || hd_buf_failed(&keys[0]) || hd_buf_failed(&keys[1]))
		rc = SQLITE_NOMEM;
	salvage->numbered = salvage->exact && !strcmp(hd_buf_text(&keys[1]), "\"sequence\"");
	if (rc == SQLITE_OK && salvage->columns > 0)
		rc = table_statements(salvage, hd_buf_text(&columns), hd_buf_text(&keys[0]),
				      hd_buf_text(&keys[1]));
	hd_buf_release(&columns);
	hd_buf_release(&keys[0]);
	hd_buf_release(&keys[1]);
	if (rc != SQLITE_OK)
		hd_salvage_table_close(salvage);
	if (is_no_memory(rc))
		return hd_error_nomem(err);
	return rc == SQLITE_OK && salvage->columns > 0;
}

/* --- walking ---------------------------------------------------------------- */

/* The row at which STMT stands goes into the new store, if it may. */
static int row_copy(struct hd_salvage *salvage, sqlite3_stmt *stmt,
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
		bool taken = sqlite3_changes(salvage->store->db) > 0;

		salvage->copied += taken;
		/* Of a longer key a few are read twice, and that is no loss. */
		salvage->refused += !taken && salvage->exact;
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
static int range_walk(struct hd_salvage *salvage, struct range *range, bool down,
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
	if (is_no_memory(rc))
		return hd_error_nomem(err);
	if (result < 0)
		return result;
	return rc == SQLITE_DONE;
}

/* Both ways, then the halves of what is left. */
static int range_copy(struct hd_salvage *salvage, struct range range, int budget,
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

int hd_salvage_table_copy(struct hd_salvage *salvage, struct hd_error *err)
{
	struct range all = { { KEY_LEAST_A, 0 }, { INT64_MAX, 0 } };

	if (salvage->paired)
		all = (struct range){ { KEY_LEAST_A, KEY_LEAST_B }, { INT64_MAX, INT64_MAX } };
	return range_copy(salvage, all, SALVAGE_BUDGET, err);
}
