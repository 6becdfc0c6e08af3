/* One moment for a whole export, names of metrics, a store of one sweep. */
#include "store/exchange.h"

#include "store/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int hd_store_reading_begin(struct hd_store *store, struct hd_error *err)
{
	return hd_query_simple(store, HD_STMT_SNAPSHOT, err);
}

void hd_store_reading_end(struct hd_store *store)
{
	(void)hd_query_simple(store, HD_STMT_SNAPSHOT_END, NULL);
}

struct names {
	hd_setting_fn fn;
	void *user;
};

static int name_row(struct hd_query *query, void *walk, struct hd_error *err)
{
	struct names *names = walk;

	(void)err;
	return names->fn(names->user, hd_query_get_text(query));
}

int hd_store_metric_names(struct hd_store *store, int64_t sweep,
			  hd_setting_fn fn, void *user, struct hd_error *err)
{
	struct names names = { fn, user };

	return hd_query_each_of(store, HD_STMT_METRIC_NAMES, sweep, name_row, &names, err);
}

/* --- a store of one sweep ------------------------------------------------- */

/* Rows of other tables go with the sweep's own. */
static const char copy_others[] = "DELETE FROM sweep WHERE key <> %lld;"
				  "DELETE FROM experiment;"
				  "DELETE FROM name WHERE key NOT IN"
				  " (SELECT name FROM metric UNION"
				  " SELECT rule FROM metric WHERE rule IS NOT NULL UNION"
				  " SELECT name FROM past_metric UNION"
				  " SELECT rule FROM past_metric WHERE rule IS NOT NULL UNION"
				  " SELECT name FROM run_metric)";

static int copy_whole(struct hd_store *store, const char *path,
		      struct hd_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(store->db, "VACUUM INTO ?1", -1, &stmt, NULL);

	if (rc == SQLITE_OK)
		rc = sqlite3_bind_text(stmt, 1, path, -1, SQLITE_STATIC);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	sqlite3_finalize(stmt);
	if (rc == SQLITE_DONE)
		return 0;
	return hd_error_set(err, rc == SQLITE_NOMEM ? HD_ENOMEM : HD_EIO,
			    "cannot copy store '%s' to '%s': %s", store->path, path,
			    sqlite3_errmsg(store->db));
}

/* In the copy. */
static int copy_alone(const char *path, int64_t sweep, struct hd_error *err)
{
	struct hd_store *copy = NULL;
	char sql[sizeof copy_others + 24];
	int rc = hd_store_open(&copy, path, HD_STORE_WRITE, err);

	snprintf(sql, sizeof sql, copy_others, (long long)sweep);
	if (rc == 0)
		rc = hd_store_begin(copy, err);
	if (rc == 0)
		rc = hd_store_exec(copy, sql, err);
	if (rc == 0)
		rc = hd_store_commit(copy, true, err);
	if (rc == 0)
		rc = hd_store_exec(copy, "VACUUM", err);
	hd_store_close(copy);
	return rc;
}

int hd_store_copy(struct hd_store *store, int64_t sweep, const char *path,
		  struct hd_error *err)
{
	char draft[4096];
	int rc;

	if (access(path, F_OK) == 0)
		return hd_error_set(err, HD_EEXIST, "'%s' is there already", path);
	if (snprintf(draft, sizeof draft, "%s.%ld.tmp", path, (long)getpid()) >=
	    (int)sizeof draft)
		return hd_error_set(err, HD_EINVAL, "the path '%.40s...' is too long", path);
	rc = copy_whole(store, draft, err);
	if (rc == 0)
		rc = copy_alone(draft, sweep, err);
	/* Unlike rename, never in place of what came there meanwhile. */
	if (rc == 0 && link(draft, path) < 0)
		rc = hd_error_set(err, HD_EIO, "cannot put the copy at '%s'", path);
	unlink(draft);
	return rc;
}
