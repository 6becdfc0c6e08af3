#include "store/origin.h"

#include "store/private.h"

#include <stdlib.h>
#include <string.h>

/* 1 when the file has the columns: "source" is older than "snapshot". */
static int origin_is_there(struct hd_store *store, struct hd_error *err)
{
	int64_t version;
	int rc = hd_store_integer(store, "PRAGMA user_version", &version, err);

	return rc < 0 ? rc : version >= 4;
}

static int origin_read(struct hd_query *query, int64_t key,
		       struct hd_origin *origin, struct hd_error *err)
{
	int rc;

	hd_query_integer(query, key);
	rc = hd_query_next(query, err);
	if (rc == 0)
		return hd_error_set(err, HD_ENOENT, "no such sweep in store '%s'",
				    query->store->path);
	if (rc < 0)
		return rc;
	origin->source = strdup(hd_query_get_text(query));
	origin->snapshot = strdup(hd_query_get_text(query));
	return 0;
}

int hd_store_origin(struct hd_store *store, int64_t key,
		    struct hd_origin *origin, struct hd_error *err)
{
	struct hd_query query;
	int there = origin_is_there(store, err);
	int rc = there < 0 ? there : 0;

	*origin = (struct hd_origin){ NULL, NULL };
	if (there > 0) {
		rc = hd_query_open(&query, store, HD_STMT_SWEEP_ORIGIN, err);
		if (rc == 0) {
			rc = origin_read(&query, key, origin, err);
			hd_query_close(&query);
		}
	} else if (there == 0) {
		origin->source = strdup("");
		origin->snapshot = strdup("");
	}
	if (rc == 0 && (!origin->source || !origin->snapshot))
		rc = hd_error_nomem(err);
	return rc;
}

void hd_origin_release(struct hd_origin *origin)
{
	free(origin->source);
	free(origin->snapshot);
	*origin = (struct hd_origin){ NULL, NULL };
}

int hd_store_snapshots(struct hd_store *store, hd_origin_fn fn, void *user,
		       struct hd_error *err)
{
	struct hd_query query;
	int rc = origin_is_there(store, err);

	if (rc > 0)
		rc = hd_query_open(&query, store, HD_STMT_SWEEP_SNAPSHOTS, err);
	else
		return rc;
	if (rc < 0)
		return rc;
	while ((rc = hd_query_next(&query, err)) > 0) {
		int64_t key = hd_query_get_integer(&query);
		const char *name = hd_query_get_text(&query);

		rc = fn(user, key, name, hd_query_get_text(&query));
		if (rc != 0)
			break;
	}
	hd_query_close(&query);
	return rc;
}

const char *hd_store_path(const struct hd_store *store)
{
	return store->path;
}
