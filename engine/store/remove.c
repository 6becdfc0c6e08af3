/*
 * Removing sweeps. Rows of other tables go with the sweep's own: each names it
 * or its trial with ON DELETE CASCADE.
 */
#include "store/remove.h"

#include "store/private.h"
#include "store/store.h"

static const char remove_has[] = "SELECT count(*) FROM sweep WHERE name = ?1";
static const char remove_ended[] =
	"SELECT count(*) FROM sweep WHERE key = ?1 AND engine_pid IS NULL"
	" AND state IN ('Completed', 'Failed', 'Canceled')";
static const char remove_known[] = "SELECT count(*) FROM sweep WHERE key = ?1";
static const char remove_delete[] = "DELETE FROM sweep WHERE key = ?1";

/* Run SQL with NAME, or KEY when that is NULL; its number to *COUNT. */
static int remove_ask(struct hd_store *store, const char *sql, const char *name,
		      int64_t key, int64_t *count, struct hd_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);

	*count = 0;
	if (rc == SQLITE_OK)
		rc = name ? sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC)
			  : sqlite3_bind_int64(stmt, 1, key);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*count = sqlite3_column_int64(stmt, 0);
	rc = rc == SQLITE_ROW || rc == SQLITE_DONE ? 0 : hd_store_error(store, rc, err);
	sqlite3_finalize(stmt);
	return rc;
}

int hd_store_has_sweep(struct hd_store *store, const char *name, bool *has,
		       struct hd_error *err)
{
	int64_t count;
	int rc = remove_ask(store, remove_has, name, 0, &count, err);

	*has = count > 0;
	return rc;
}

int hd_store_sweep_has_ended(struct hd_store *store, int64_t key, bool *ended,
			     struct hd_error *err)
{
	int64_t count;
	int rc = remove_ask(store, remove_ended, NULL, key, &count, err);

	*ended = count > 0;
	return rc;
}

/* Inside the transaction, so that no engine takes it up in between. */
static int remove_judge(struct hd_store *store, int64_t key, struct hd_error *err)
{
	int64_t known;
	bool ended = false;
	int rc = remove_ask(store, remove_known, NULL, key, &known, err);

	if (rc == 0 && known == 0)
		return hd_error_set(err, HD_ENOENT, "no such sweep in store '%s'", store->path);
	if (rc == 0)
		rc = hd_store_sweep_has_ended(store, key, &ended, err);
	if (rc == 0 && !ended)
		rc = hd_error_set(
			err, HD_ESTATE,
			"a sweep of store '%s' has not ended: only ended ones are removed",
			store->path);
	return rc;
}

int hd_store_sweep_delete(struct hd_store *store, int64_t key,
			  struct hd_error *err)
{
	int64_t ignored;
	int rc = hd_store_begin(store, err);

	if (rc < 0)
		return rc;
	rc = remove_judge(store, key, err);
	if (rc == 0)
		rc = remove_ask(store, remove_delete, NULL, key, &ignored, err);
	if (rc == 0)
		return hd_store_commit(store, true, err);
	hd_store_rollback(store);
	return rc;
}
