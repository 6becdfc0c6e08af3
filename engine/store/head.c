/*
 * The first page has the file's head and the list of tables with their root
 * pages. The -wal file may hold a good one, which SQLite only looks for when
 * it can read the bad one's head: so a page with a head and no table comes
 * first, and only when that shows nothing the tables are written into it.
 *
 * Format: https://www.sqlite.org/fileformat2.html, 1.3, 1.6 and 2.1.
 */
#include "store/head.h"

#include "base/buf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGE 4096 /* of every store that hdrive made */
#define PAGE_AT 16
#define PAGES_AT 28
#define FORMAT_AT 44
#define ENCODING_AT 56
#define APPLICATION_AT 68
#define VALID_FOR_AT 92
#define LIBRARY_AT 96
#define HEAD_SIZE 100

/* Kinds of pages of a tree. */
#define INDEX_INNER 0x02
#define TABLE_INNER 0x05
#define INDEX_LEAF 0x0a
#define TABLE_LEAF 0x0d

bool hd_head_is_there(sqlite3 *source)
{
	sqlite3_stmt *stmt = NULL;
	bool there = source &&
		     sqlite3_prepare_v2(source,
					"SELECT name FROM sqlite_schema WHERE type = 'table'"
					" AND name = 'sweep'",
					-1, &stmt, NULL) == SQLITE_OK &&
		     sqlite3_step(stmt) == SQLITE_ROW;

	sqlite3_finalize(stmt);
	return there;
}

static void head_number(unsigned char *page, size_t at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		page[at + (size_t)i] = (unsigned char)(value >> (24 - 8 * i));
}

/* A head, and below it a tree without an entry. */
static int head_write(int fd, off_t size, struct hd_error *err)
{
	unsigned char page[PAGE] = "SQLite format 3";

	page[PAGE_AT] = PAGE >> 8;
	page[18] = page[19] = 2; /* written and read with a -wal file */
	page[21] = 64;
	page[22] = page[23] = 32;
	head_number(page, 24, 1);
	head_number(page, PAGES_AT, (uint32_t)(size / PAGE));
	head_number(page, 40, 1);
	head_number(page, FORMAT_AT, 4);
	head_number(page, ENCODING_AT, 1);
	head_number(page, 60, (uint32_t)hd_schema_version());
	head_number(page, APPLICATION_AT, HD_STORE_APPLICATION);
	head_number(page, VALID_FOR_AT, 1);
	head_number(page, LIBRARY_AT, SQLITE_VERSION_NUMBER);
	page[HEAD_SIZE] = TABLE_LEAF;
	page[HEAD_SIZE + 5] = PAGE >> 8; /* where entries begin: at its end */
	if (pwrite(fd, page, sizeof page, 0) == (ssize_t)sizeof page)
		return 0;
	return hd_error_errno(err, errno, "cannot write a new first page");
}

/* The variable-length number at *AT of PAGE, which moves on. */
static uint64_t page_number(const unsigned char *page, size_t *at)
{
	uint64_t value = 0;

	for (int i = 0; i < 9 && *at < PAGE; i++) {
		unsigned char byte = page[(*at)++];

		if (i == 8)
			return value << 8 | byte;
		value = value << 7 | (byte & 0x7f);
		if (!(byte & 0x80))
			break;
	}
	return value;
}

/* Columns of the record at AT, whose head is whole; 0 for none. */
static int record_columns(const unsigned char *page, size_t at)
{
	size_t start = at;
	uint64_t length = page_number(page, &at);
	int columns = 0;

	if (length < 1 || length > PAGE - start)
		return 0;
	for (; at < start + length; columns++)
		page_number(page, &at);
	return at == start + length ? columns : 0;
}

/* A tree of the wrong kind would give rows that were never any. */
static bool root_fits(int fd, int64_t root, bool rowid, int columns)
{
	unsigned char page[PAGE];
	size_t at;
	bool inner;
	int found;

	if (root < 2 || pread(fd, page, sizeof page, (off_t)(root - 1) * PAGE) != PAGE)
		return false;
	inner = page[0] == (rowid ? TABLE_INNER : INDEX_INNER);
	if (!inner && page[0] != (rowid ? TABLE_LEAF : INDEX_LEAF))
		return false;
	/* An inner page of a table with rowids holds no record to look at. */
	if ((page[3] | page[4]) == 0 || (inner && rowid))
		return true;
	at = (size_t)page[inner ? 12 : 8] << 8 | page[inner ? 13 : 9];
	at += inner ? 4 : 0;
	if (at >= PAGE)
		return false;
	page_number(page, &at);
	if (rowid)
		page_number(page, &at);
	found = at < PAGE ? record_columns(page, at) : 0;
	/* Columns are added to tables with rowids alone: older rows have less. */
	return rowid ? found > 0 && found <= columns : found == columns;
}

struct head_table {
	const char *name;
	int64_t root;
	const char *sql;
};

static int table_write(sqlite3 *copy, const struct head_table *table)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(copy,
				    "INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql)"
				    " VALUES('table', ?1, ?1, ?2, ?3)",
				    -1, &stmt, NULL);

	if (rc == SQLITE_OK) {
		sqlite3_bind_text(stmt, 1, table->name, -1, SQLITE_STATIC);
		sqlite3_bind_int64(stmt, 2, table->root);
		sqlite3_bind_text(stmt, 3, table->sql, -1, SQLITE_STATIC);
		rc = sqlite3_step(stmt);
	}
	sqlite3_finalize(stmt);
	return rc == SQLITE_DONE ? SQLITE_OK : rc;
}

static void table_tell(hd_integrity_fn fn, void *user, const char *name)
{
	struct hd_buf text = HD_BUF_INIT;

	hd_buf_printf(&text, "table '%s' is not where a new store has it: its rows are lost", name);
	fn(user, hd_buf_text(&text));
	hd_buf_release(&text);
}

/* Tables of LIKE whose roots fit what lies there in the file open at FD. */
static int tables_write(sqlite3 *copy, int fd, struct hd_store *like, hd_integrity_fn fn,
			void *user, struct hd_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(like->db,
				    "SELECT name, rootpage, sql, (SELECT count(*) FROM"
				    " pragma_table_info(s.name)), sql NOT LIKE '%WITHOUT ROWID'"
				    " FROM sqlite_schema s WHERE type = 'table'"
				    " AND name NOT LIKE 'sqlite_%'",
				    -1, &stmt, NULL);
	int result = 0;

	while (rc == SQLITE_OK && (rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		const struct head_table table = { (const char *)sqlite3_column_text(stmt, 0),
						  sqlite3_column_int64(stmt, 1),
						  (const char *)sqlite3_column_text(stmt, 2) };

		if (!root_fits(fd, table.root, sqlite3_column_int(stmt, 4) != 0,
			       sqlite3_column_int(stmt, 3))) {
			table_tell(fn, user, table.name);
			rc = SQLITE_OK;
			continue;
		}
		rc = table_write(copy, &table);
	}
	if (rc == SQLITE_NOMEM)
		result = hd_error_nomem(err);
	else if (rc != SQLITE_DONE)
		result = hd_error_set(err, HD_ECORRUPT, "cannot write a new first page: %s",
				      sqlite3_errstr(rc));
	sqlite3_finalize(stmt);
	return result;
}

int hd_head_rebuild(const char *path, struct hd_store *like, hd_integrity_fn fn,
		    void *user, struct hd_error *err)
{
	static const char setup[] = "PRAGMA writable_schema = ON; PRAGMA synchronous = OFF";
	int fd = open(path, O_RDWR | O_CLOEXEC);
	sqlite3 *copy = NULL;
	struct stat info;
	int rc;

	if (fd < 0 || fstat(fd, &info) < 0)
		rc = hd_error_errno(err, errno, "cannot open '%s'", path);
	else
		rc = head_write(fd, info.st_size, err);
	if (rc == 0 && (sqlite3_open_v2(path, &copy, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX,
					NULL) != SQLITE_OK ||
			sqlite3_exec(copy, setup, NULL, NULL, NULL) != SQLITE_OK))
		rc = hd_error_set(err, HD_ECORRUPT, "'%s' cannot be read with a new first page",
				  path);
	if (rc == 0 && !hd_head_is_there(copy))
		rc = tables_write(copy, fd, like, fn, user, err);
	/* Before the descriptor: closing that would drop SQLite's locks. */
	sqlite3_close(copy);
	if (fd >= 0)
		close(fd);
	return rc;
}
