/*
 * Where a sweep's files come from: its source folder, and the snapshot that
 * was taken of it.
 *
 * Stores of older schemas that are opened for reading have none of it: that is
 * no error.
 */
#ifndef HD_STORE_ORIGIN_H
#define HD_STORE_ORIGIN_H

#include <hdrive/store.h>

struct hd_origin {
	char *source;   /* folder at submit; "" when an older hdrive made it */
	char *snapshot; /* its id; "" when trials run in the source itself */
};

/* Of sweep KEY; hd_origin_release it in each case. HD_ENOENT for no such key. */
int hd_store_origin(struct hd_store *store, int64_t key,
		    struct hd_origin *origin, struct hd_error *err);
void hd_origin_release(struct hd_origin *origin);

/* NAME and ID are borrowed; return 0 to go on, else the walk ends and returns it. */
typedef int (*hd_origin_fn)(void *user, int64_t sweep, const char *name,
			    const char *id);
/* The snapshot of every sweep that has one. */
int hd_store_snapshots(struct hd_store *store, hd_origin_fn fn, void *user,
		       struct hd_error *err);

/* The database file, absolute; borrowed. */
const char *hd_store_path(const struct hd_store *store);

#endif
