/*
 * Taking a sweep out of the store, and what must be known before its files
 * may go.
 */
#ifndef HD_STORE_REMOVE_H
#define HD_STORE_REMOVE_H

#include <hdrive/store.h>

/* Whether a sweep has exactly this name. */
int hd_store_has_sweep(struct hd_store *store, const char *name, bool *has,
		       struct hd_error *err);
/*
 * Whether the sweep has come to an end and names no engine: asked right before
 * files go, as another process may go on with it. False when it has no row.
 */
int hd_store_sweep_has_ended(struct hd_store *store, int64_t key, bool *ended,
			     struct hd_error *err);
/*
 * Remove the sweep with its trials, their parameters, metrics and all else, in
 * a durable transaction of its own. HD_ESTATE when it has not ended, HD_ENOENT
 * when there is no such key. Its folder is the caller's.
 */
int hd_store_sweep_delete(struct hd_store *store, int64_t key,
			  struct hd_error *err);

#endif
