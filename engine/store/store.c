/*
 * The store's connection: opening, transactions, waiting, errors.
 *
 * One connection, one thread. WAL mode, so readers never wait and never make
 * the writer wait; writers of several sweeps take turns by BEGIN IMMEDIATE.
 *
 * Durability. synchronous=NORMAL leaves a commit's frames written to the -wal
 * file but not synced: a crash of hdrive loses nothing, a power loss may lose
 * the last commits. A durable commit therefore syncs the -wal file after
 * COMMIT, which is all that synchronous=FULL would have done, and only where
 * it is asked for (that pragma cannot change inside a transaction, and what a
 * transaction holds is known at its end). The sync goes through SQLite's own
 * file object: a descriptor of ours on the database file would, when closed,
 * drop every POSIX lock this process has on it; and SQLite's also syncs the
 * folder once when the -wal file is new. A checkpoint that comes between the
 * COMMIT and our sync is no gap: it syncs the log before it copies from it.
 * Who may not wait for the disk has another thread do it, on a descriptor of
 * the log alone (hd_store_log): on that file SQLite holds no locks. The copying
 * of the log can be left to another thread as well (log.h).
 */
#include "store/store.h"

#include "base/buf.h"
#include "base/time.h"
#include "store/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

static int code_of_constraint(int rc)
{
	switch (rc) {
	case SQLITE_CONSTRAINT_UNIQUE:
	case SQLITE_CONSTRAINT_PRIMARYKEY:
		return HD_EEXIST;
	case SQLITE_CONSTRAINT_FOREIGNKEY:
		return HD_ENOENT; /* of a sweep or trial that is not there */
	default:
		return HD_EINVAL;
	}
}

static int code_of_sqlite(int rc)
{
	if (rc == SQLITE_IOERR_NOMEM)
		return HD_ENOMEM;
	switch (rc & 0xff) {
	case SQLITE_NOMEM:
		return HD_ENOMEM;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return HD_EBUSY;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
	case SQLITE_SCHEMA:
	case SQLITE_ERROR:    /* a table or column that is not there */
	case SQLITE_MISMATCH: /* a value of the wrong type in a column */
		return HD_ECORRUPT;
	case SQLITE_TOOBIG:
		return HD_ELIMIT;
	case SQLITE_CONSTRAINT:
		return code_of_constraint(rc);
	default: /* FULL, IOERR, CANTOPEN, READONLY, PERM, ... */
		return HD_EIO;
	}
}

int hd_store_error(const struct hd_store *store, int rc, struct hd_error *err)
{
	const char *text = sqlite3_errmsg(store->db);

	if (code_of_sqlite(rc) == HD_ENOMEM)
		return hd_error_nomem(err);
	/* errmsg tells of the connection's last call; RC may be older. */
	if (!store->db || sqlite3_extended_errcode(store->db) != rc)
		text = sqlite3_errstr(rc);
	if (code_of_sqlite(rc) == HD_EBUSY)
		return hd_error_set(err, HD_EBUSY,
				    "store '%s' is held by another process: %s",
				    store->path, text);
	return hd_error_set(err, code_of_sqlite(rc), "store '%s': %s",
			    store->path, text);
}

int hd_store_exec(struct hd_store *store, const char *sql,
		  struct hd_error *err)
{
	int rc = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return rc == SQLITE_OK ? 0 : hd_store_error(store, rc, err);
}

int hd_store_integer(struct hd_store *store, const char *sql, int64_t *value,
		     struct hd_error *err)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);

	*value = 0;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW) {
		*value = sqlite3_column_int64(stmt, 0);
		rc = SQLITE_OK;
	} else if (rc == SQLITE_DONE) {
		rc = SQLITE_OK;
	}
	rc = rc == SQLITE_OK ? 0 : hd_store_error(store, rc, err);
	sqlite3_finalize(stmt);
	return rc;
}

int hd_store_is_of(struct hd_store *store, int64_t schema, struct hd_error *err)
{
	int64_t version;
	int rc = hd_store_integer(store, "PRAGMA user_version", &version, err);

	return rc < 0 ? rc : version >= schema;
}

/*
 * Called by SQLite while another connection holds the lock; 0 gives up. Waits
 * 0.1 ms at first, doubling to about 13 ms, with a part that differs between
 * processes, so that 32 engines do not knock in step.
 */
static int store_wait(void *user, int count)
{
	struct hd_store *store = user;
	int64_t now = hd_time_steady();
	long pause = 100L << (count < 6 ? count : 6);
	struct timespec time = { 0 };

	if (count == 0)
		store->waiting_since = now;
	if (now - store->waiting_since >= store->wait)
		return 0;
	pause += (now ^ (intptr_t)store >> 4) % (pause + 1);
	time.tv_nsec = pause * 1000;
	nanosleep(&time, NULL); /* cut short by a signal: we only ask sooner */
	return 1;
}

/*
 * Several processes that make one store at once all turn to WAL: SQLite then
 * answers BUSY without asking the handler, as waiting could be a deadlock.
 */
static int store_use_wal(struct hd_store *store, struct hd_error *err)
{
	int rc, count = 0;

	do
		rc = sqlite3_exec(store->db, "PRAGMA journal_mode = WAL", NULL,
				  NULL, NULL);
	while ((rc & 0xff) == SQLITE_BUSY && store_wait(store, count++));
	return rc == SQLITE_OK ? 0 : hd_store_error(store, rc, err);
}

static struct hd_store *store_new(void)
{
	struct hd_store *store = calloc(1, sizeof *store);

	if (store)
		store->wait = HD_STORE_WAIT;
	return store;
}

static void store_forget_names(struct hd_store *store)
{
	for (size_t i = 0; i < HD_STORE_NAMES; i++) {
		free(store->names[i].text);
		store->names[i].text = NULL;
	}
}

static void store_disconnect(struct hd_store *store)
{
	for (size_t i = 0; i < HD_STMTS; i++) {
		sqlite3_finalize(store->cached[i]);
		store->cached[i] = NULL;
	}
	sqlite3_close_v2(store->db);
	store->db = NULL;
}

void hd_store_close(struct hd_store *store)
{
	if (!store)
		return;
	store_disconnect(store);
	store_forget_names(store);
	free(store->path);
	free(store->folder);
	free(store);
}

int hd_store_check(struct hd_store *store, struct hd_error *err)
{
	int moved = 0;

	if (sqlite3_file_control(store->db, "main", SQLITE_FCNTL_HAS_MOVED,
				 &moved) != SQLITE_OK ||
	    !moved)
		return 0;
	return hd_error_set(err, HD_EIO,
			    "store '%s' was removed or replaced under way; "
			    "what was not printed is in the trials' folders alone",
			    store->path);
}

void hd_store_set_plugins(struct hd_store *store, const struct hd_plugins *plugins)
{
	store->plugins = plugins;
}

const struct hd_plugins *hd_store_plugins(const struct hd_store *store)
{
	return store->plugins;
}

const char *hd_store_folder(const struct hd_store *store)
{
	return store->folder;
}

static int store_paths(struct hd_store *store, const char *path,
		       struct hd_error *err)
{
	char *slash;
	int rc = hd_store_absolute(&store->path, path, err);

	if (rc < 0)
		return rc;
	store->folder = strdup(store->path);
	if (!store->folder)
		return hd_error_nomem(err);
	slash = strrchr(store->folder, '/');
	slash[slash == store->folder] = '\0'; /* "/" stays "/" */
	return 0;
}

static int store_connect(struct hd_store *store, const char *name, int flags,
			 struct hd_error *err)
{
	int rc = sqlite3_open_v2(name, &store->db, flags | SQLITE_OPEN_NOMUTEX,
				 NULL);

	if (!store->db)
		return hd_error_nomem(err);
	if (rc != SQLITE_OK)
		return hd_store_error(store, rc, err);
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_handler(store->db, store_wait, store);
	/* A file from elsewhere: its views and triggers call nothing unsafe. */
	return hd_store_exec(store,
			     "PRAGMA trusted_schema = OFF;"
			     "PRAGMA cell_size_check = ON;"
			     "PRAGMA foreign_keys = ON;"
			     "PRAGMA synchronous = NORMAL",
			     err);
}

static int store_stat(const struct hd_store *store, enum hd_store_mode mode,
		      struct hd_error *err)
{
	struct stat info;

	if (stat(store->path, &info) == 0) {
		if (S_ISREG(info.st_mode))
			return 0;
		return hd_error_set(err, HD_EINVAL,
				    "store '%s' is not a regular file",
				    store->path);
	}
	if (errno != ENOENT)
		return hd_error_errno(err, errno, "cannot open store '%s'",
				      store->path);
	if (mode == HD_STORE_CREATE)
		return 0;
	return hd_error_set(err, HD_ENOENT,
			    "no store at '%s'; 'hdrive submit' makes one",
			    store->path);
}

/*
 * A reader of a WAL store needs its -shm file. In a folder that cannot be
 * written and where no engine left one, the file alone is the whole truth as
 * long as there is no -wal beside it: it is then read as one that nobody
 * changes. With a -wal the last commits would be missing, so that stays an
 * error.
 */
static bool store_has_wal(const struct hd_store *store)
{
	struct hd_buf name = HD_BUF_INIT;
	struct stat info;
	bool has = true;

	hd_buf_printf(&name, "%s-wal", store->path);
	if (!hd_buf_failed(&name))
		has = stat(hd_buf_text(&name), &info) == 0 && info.st_size > 0;
	hd_buf_release(&name);
	return has;
}

static int store_connect_immutable(struct hd_store *store,
				   struct hd_error *err)
{
	struct hd_buf uri = HD_BUF_INIT;
	int rc;

	hd_buf_puts(&uri, "file:");
	for (const char *c = store->path; *c; c++) {
		if (strchr("%?#", *c))
			hd_buf_printf(&uri, "%%%02X", (unsigned char)*c);
		else
			hd_buf_putc(&uri, *c);
	}
	hd_buf_puts(&uri, "?immutable=1");
	store_disconnect(store);
	rc = hd_buf_failed(&uri) ? hd_error_nomem(err)
				 : store_connect(store, hd_buf_text(&uri),
						 SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err);
	hd_buf_release(&uri);
	return rc;
}

/* Which of the two SQLite says depends on what it tried first. */
static bool store_lacks_shm(const struct hd_store *store)
{
	int rc = sqlite3_errcode(store->db) & 0xff;

	return rc == SQLITE_CANTOPEN || rc == SQLITE_READONLY;
}

static int store_open_read(struct hd_store *store, struct hd_error *err)
{
	int rc = store_connect(store, store->path, SQLITE_OPEN_READONLY, err);

	if (rc == 0)
		rc = hd_schema_check(store, HD_STORE_READ, err);
	if (rc != HD_EIO || !store_lacks_shm(store) || store_has_wal(store))
		return rc;
	rc = store_connect_immutable(store, err);
	return rc < 0 ? rc : hd_schema_check(store, HD_STORE_READ, err);
}

static int store_open_write(struct hd_store *store, enum hd_store_mode mode,
			    struct hd_error *err)
{
	int flags = SQLITE_OPEN_READWRITE;
	int rc;

	if (mode == HD_STORE_CREATE)
		flags |= SQLITE_OPEN_CREATE;
	rc = store_connect(store, store->path, flags, err);
	/* First what it is: a file that is not ours must stay as it was. */
	if (rc == 0)
		rc = hd_schema_check(store, mode, err);
	if (rc == 0 && sqlite3_db_readonly(store->db, "main"))
		rc = hd_error_set(err, HD_EIO,
				  "store '%s' cannot be written: no permission",
				  store->path);
	if (rc == 0)
		rc = store_use_wal(store, err);
	if (rc == 0)
		rc = hd_schema_migrate(store, err);
	return rc;
}

int hd_store_open(struct hd_store **out, const char *path,
		  enum hd_store_mode mode, struct hd_error *err)
{
	struct hd_store *store = store_new();
	int rc = 0;

	*out = NULL;
	if (!store)
		return hd_error_nomem(err);
	if (mode == HD_STORE_CREATE)
		rc = hd_store_make_folder(path, err);
	if (rc == 0)
		rc = store_paths(store, path, err);
	if (rc == 0)
		rc = store_stat(store, mode, err);
	if (rc == 0)
		rc = mode == HD_STORE_READ
			     ? store_open_read(store, err)
			     : store_open_write(store, mode, err);
	if (rc < 0)
		goto out;
	*out = store;
	store = NULL; /* the caller's now */
out:
	hd_store_close(store);
	return rc;
}

int hd_store_begin(struct hd_store *store, struct hd_error *err)
{
	int rc;

	if (store->writing)
		return hd_error_set(err, HD_ESTATE,
				    "store '%s' is in a transaction already",
				    store->path);
	rc = hd_query_simple(store, HD_STMT_BEGIN, err);
	store->writing = rc == 0;
	return rc;
}

/* See the head of this file. */
int hd_store_sync(struct hd_store *store, struct hd_error *err)
{
	sqlite3_file *log = NULL;
	int rc = sqlite3_file_control(store->db, "main",
				      SQLITE_FCNTL_JOURNAL_POINTER, &log);

	if (rc == SQLITE_OK && log && log->pMethods)
		rc = log->pMethods->xSync(log, SQLITE_SYNC_NORMAL);
	store->has_log |= rc == SQLITE_OK && log && log->pMethods;
	return rc == SQLITE_OK ? 0 : hd_store_error(store, rc, err);
}

int hd_store_log(const struct hd_store *store)
{
	const char *name = sqlite3_db_filename(store->db, "main");

	/* The folder of a new one is synced by SQLite alone. */
	if (!store->has_log || !name)
		return -1;
	return open(sqlite3_filename_wal(name), O_RDONLY | O_CLOEXEC);
}

int hd_store_unsynced(const struct hd_store *store, int number, struct hd_error *err)
{
	return hd_error_errno(err, number, "store '%s': cannot sync its log",
			      store->path);
}

int hd_store_commit(struct hd_store *store, bool durable, struct hd_error *err)
{
	int rc;

	/* A full disk makes SQLite roll back by itself. */
	if (!store->writing || sqlite3_get_autocommit(store->db)) {
		hd_store_rollback(store);
		return hd_error_set(err, HD_ESTATE,
				    "store '%s' has no transaction to commit",
				    store->path);
	}
	rc = hd_query_simple(store, HD_STMT_COMMIT, err);
	if (rc < 0) {
		hd_store_rollback(store);
		return rc;
	}
	store->writing = false;
	return durable ? hd_store_sync(store, err) : 0;
}

void hd_store_rollback(struct hd_store *store)
{
	store->writing = false;
	/* Names that the transaction made are gone with it. */
	store_forget_names(store);
	/* A failed rollback leaves nothing to do: the error came before it. */
	if (!sqlite3_get_autocommit(store->db))
		hd_query_simple(store, HD_STMT_ROLLBACK, NULL);
}
