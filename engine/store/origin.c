#include "store/origin.h"

#include "store/private.h"

#include <stdlib.h>
#include <string.h>

/* "source" is older than "snapshot", which came with: */
#define ORIGIN_SCHEMA 4

static int origin_set(struct hd_origin *origin, const char *source,
		      const char *snapshot, struct hd_error *err)
{
	origin->source = strdup(source);
	origin->snapshot = strdup(snapshot);
	return origin->source && origin->snapshot ? 0 : hd_error_nomem(err);
}

static int origin_row(struct hd_query *query, void *origin, struct hd_error *err)
{
	const char *source = hd_query_get_text(query);

	return origin_set(origin, source, hd_query_get_text(query), err);
}

int hd_store_origin(struct hd_store *store, int64_t key,
		    struct hd_origin *origin, struct hd_error *err)
{
	struct hd_query query;
	int rc = hd_store_is_of(store, ORIGIN_SCHEMA, err);

	*origin = (struct hd_origin){ NULL, NULL };
	if (rc <= 0)
		return rc < 0 ? rc : origin_set(origin, "", "", err);
	rc = hd_query_open_of(&query, store, HD_STMT_SWEEP_ORIGIN, key, err);
	return rc < 0 ? rc : hd_query_one(&query, "sweep", origin_row, origin, err);
}

void hd_origin_release(struct hd_origin *origin)
{
	free(origin->source);
	free(origin->snapshot);
	*origin = (struct hd_origin){ NULL, NULL };
}

struct snapshots_walk {
	hd_origin_fn fn;
	void *user;
};

static int snapshot_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct snapshots_walk *walk = vwalk;
	int64_t key = hd_query_get_integer(query);
	const char *name = hd_query_get_text(query);

	(void)err;
	return walk->fn(walk->user, key, name, hd_query_get_text(query));
}

int hd_store_snapshots(struct hd_store *store, hd_origin_fn fn, void *user,
		       struct hd_error *err)
{
	struct snapshots_walk walk = { fn, user };
	struct hd_query query;
	int rc = hd_store_is_of(store, ORIGIN_SCHEMA, err);

	if (rc <= 0)
		return rc;
	rc = hd_query_open(&query, store, HD_STMT_SWEEP_SNAPSHOTS, err);
	return rc < 0 ? rc : hd_query_each(&query, snapshot_row, &walk, err);
}

const char *hd_store_path(const struct hd_store *store)
{
	return store->path;
}
