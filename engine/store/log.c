#include "store/log.h"

#include "store/private.h"

#include <errno.h>

/* Pages: what SQLite itself takes for long. */
#define LOG_LONG 1000
/* From here on it is to begin anew: 16 MB. */
#define LOG_ENOUGH 4000
/* There is no copier, or it does not keep up. */
#define LOG_MOST 8000

/* As the hook that SQLite has by default: what fails is tried again. */
static void log_copy(sqlite3 *db)
{
	(void)sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE,
					NULL, NULL);
}

static int on_commit(void *user, sqlite3 *db, const char *name, int pages)
{
	struct hd_store *store = user;

	(void)name;
	if (pages < store->log_pages)
		store->log_copied = 0;
	store->log_pages = pages;
	if (pages >= LOG_MOST)
		log_copy(db);
	return SQLITE_OK;
}

void hd_store_leave_log(struct hd_store *store)
{
	sqlite3_wal_hook(store->db, on_commit, store);
}

bool hd_store_log_is_long(const struct hd_store *store)
{
	return store->log_pages - store->log_copied >= LOG_LONG;
}

const char *hd_store_copy_begin(struct hd_store *store)
{
	store->log_copied = store->log_pages;
	return store->path;
}

/* SQLite does it once all is copied, which the one has to wait for who copies
 * the last page. Through its own file object (store.c). */
static int file_sync(sqlite3 *db)
{
	sqlite3_file *file = NULL;
	int rc = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);

	if (rc != SQLITE_OK || !file || !file->pMethods)
		return rc;
	return file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
}

int hd_store_copy_log(const char *path)
{
	sqlite3 *db = NULL;
	int rc = sqlite3_open_v2(path, &db,
				 SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

	/* It learns from a first look that there is a log. */
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(db, "PRAGMA user_version", NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		sqlite3_extended_result_codes(db, 1);
		rc = sqlite3_wal_checkpoint_v2(db, "main", SQLITE_CHECKPOINT_PASSIVE,
					       NULL, NULL);
		if (rc == SQLITE_OK)
			rc = file_sync(db);
	}
	sqlite3_close(db);
	return rc == SQLITE_IOERR_FSYNC ? EIO : 0;
}

void hd_store_copy_end(struct hd_store *store)
{
	if (store->log_pages >= LOG_ENOUGH)
		log_copy(store->db);
}
