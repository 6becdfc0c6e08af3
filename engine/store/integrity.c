/*
 * Whether a store is whole. Everything here only reads.
 */
#include "store/integrity.h"

#include "base/buf.h"
#include "store/private.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A damaged file has thousands of faults; a reader needs a few. */
#define FAULTS_MOST 20

/* Places in the file's head: https://www.sqlite.org/fileformat2.html, 1.3. */
#define HEAD_SIZE 100
#define PAGE 4096 /* of every store that hdrive made */
#define HEAD_MAGIC "SQLite format 3"
#define HEAD_APPLICATION 68

static bool file_has_wal(const char *path)
{
	struct hd_buf name = HD_BUF_INIT;
	struct stat info;
	bool has;

	hd_buf_printf(&name, "%s-wal", path);
	has = stat(hd_buf_text(&name), &info) == 0 && info.st_size > 0;
	hd_buf_release(&name);
	return has;
}

/* A store whose first page was overwritten is known by what is left. */
static bool file_was_store(const char *path, off_t size)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(slash ? slash + 1 : path, "hdrive.db") && size > PAGE && size % PAGE == 0;
}

static enum hd_file_kind kind_of_head(const unsigned char *head,
				      const char *path, off_t size)
{
	uint32_t application = (uint32_t)head[HEAD_APPLICATION] << 24 |
			       (uint32_t)head[HEAD_APPLICATION + 1] << 16 |
			       (uint32_t)head[HEAD_APPLICATION + 2] << 8 |
			       (uint32_t)head[HEAD_APPLICATION + 3];
	bool magic = memcmp(head, HEAD_MAGIC, sizeof HEAD_MAGIC) == 0;

	if (application == HD_STORE_APPLICATION)
		return HD_FILE_OURS;
	/* A new store's mark may still be in the -wal file alone. */
	if (magic && application == 0 && file_has_wal(path))
		return HD_FILE_OURS;
	if (magic)
		return HD_FILE_FOREIGN;
	return file_was_store(path, size) ? HD_FILE_OURS : HD_FILE_UNKNOWN;
}

int hd_store_file_kind(const char *path, enum hd_file_kind *kind,
		       struct hd_error *err)
{
	unsigned char head[HEAD_SIZE] = { 0 };
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;
	ssize_t got;

	*kind = HD_FILE_UNKNOWN;
	if (fd < 0)
		return hd_error_errno(err, errno, "cannot open '%s'", path);
	got = fstat(fd, &info) < 0 ? -1 : pread(fd, head, sizeof head, 0);
	close(fd);
	if (got < 0)
		return hd_error_errno(err, errno, "cannot read '%s'", path);
	*kind = got == 0 ? HD_FILE_EMPTY : kind_of_head(head, path, info.st_size);
	return 0;
}

/* What a check's statement goes through, row by row. */
struct check {
	struct hd_store *store;
	sqlite3_stmt *stmt;
	size_t *faults;
	hd_integrity_fn fn;
	void *user;
	bool no_memory;
};

/* SQLite tells some failures to read a page as a fault of the file. */
static bool is_no_memory(const char *fault)
{
	const char *code = strstr(fault, "error code");

	return code && (!strcmp(code, "error code=7") || !strcmp(code, "error code 7"));
}

static void check_tell(struct check *check, const char *text)
{
	++*check->faults;
	check->fn(check->user, text);
}

static const char *check_text(struct check *check, int column)
{
	const unsigned char *text = sqlite3_column_text(check->stmt, column);

	return text ? (const char *)text : "";
}

/*
 * Several faults come as one text with a line each, below a line of stars that
 * names the database; "ok" is none.
 */
static void check_lines(struct check *check, const char *text)
{
	while (*text && *check->faults < FAULTS_MOST) {
		size_t length = strcspn(text, "\n");
		char line[200];

		if (length >= sizeof line)
			length = sizeof line - 1;
		memcpy(line, text, length);
		line[length] = '\0';
		check->no_memory = check->no_memory || is_no_memory(line);
		if (line[0] && line[0] != '*' && strcmp(line, "ok"))
			check_tell(check, line);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
}

static void check_file_row(struct check *check)
{
	check_lines(check, check_text(check, 0));
}

static void check_keys_row(struct check *check)
{
	struct hd_buf text = HD_BUF_INIT;

	hd_buf_printf(&text, "%" PRId64 " of '%s' belong to no row of '%s'",
		      (int64_t)sqlite3_column_int64(check->stmt, 2),
		      check_text(check, 0), check_text(check, 1));
	check_tell(check, hd_buf_text(&text));
	hd_buf_release(&text);
}

/* Damage that ends the check is what it was looking for, and no error. */
static int check_run(struct check *check, const char *sql,
		     void (*row)(struct check *), struct hd_error *err)
{
	sqlite3 *db = check->store->db;
	int rc = sqlite3_prepare_v2(db, sql, -1, &check->stmt, NULL);
	int result = 0;

	while (rc == SQLITE_OK && *check->faults < FAULTS_MOST) {
		rc = sqlite3_step(check->stmt);
		if (rc != SQLITE_ROW)
			break;
		row(check);
		rc = SQLITE_OK;
	}
	if (rc != SQLITE_OK && rc != SQLITE_DONE)
		result = hd_store_error(check->store, rc, err);
	if (result == HD_ECORRUPT) {
		check_tell(check, sqlite3_errmsg(db));
		result = 0;
	}
	sqlite3_finalize(check->stmt);
	return check->no_memory ? hd_error_nomem(err) : result;
}

int hd_store_check_file(struct hd_store *store, bool quick, size_t *faults,
			hd_integrity_fn fn, void *user, struct hd_error *err)
{
	struct check check = { store, NULL, faults, fn, user, false };

	*faults = 0;
	return check_run(&check,
			 quick ? "PRAGMA quick_check(20)" : "PRAGMA integrity_check(20)",
			 check_file_row, err);
}

int hd_store_check_keys(struct hd_store *store, size_t *faults,
			hd_integrity_fn fn, void *user, struct hd_error *err)
{
	struct check check = { store, NULL, faults, fn, user, false };

	*faults = 0;
	return check_run(&check,
			 "SELECT \"table\", parent, count(*) FROM pragma_foreign_key_check"
			 " GROUP BY 1, 2",
			 check_keys_row, err);
}

int hd_store_version(struct hd_store *store, int64_t *version, int64_t *newest,
		     struct hd_error *err)
{
	*newest = hd_schema_version();
	return hd_store_integer(store, "PRAGMA user_version", version, err);
}

int hd_store_latest(struct hd_store *store, int64_t *time,
		    struct hd_error *err)
{
	return hd_store_integer(
		store,
		"SELECT max("
		" coalesce((SELECT max(max(created, coalesce(started, 0),"
		" coalesce(ended, 0))) FROM sweep), 0),"
		" coalesce((SELECT max(max(created, coalesce(started, 0),"
		" coalesce(ended, 0))) FROM trial), 0))",
		time, err);
}
