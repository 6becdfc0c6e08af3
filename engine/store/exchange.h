/* What exports and imports ask of the store besides its rows. */
#ifndef HD_STORE_EXCHANGE_H
#define HD_STORE_EXCHANGE_H

#include <hdrive/store.h>

#include "store/store.h"

/* All reads from here on see one moment, until hd_store_reading_end. */
int hd_store_reading_begin(struct hd_store *store, struct hd_error *err);
void hd_store_reading_end(struct hd_store *store);

/* The names of the metrics that trials of SWEEP logged, by name. */
int hd_store_metric_names(struct hd_store *store, int64_t sweep,
			  hd_setting_fn fn, void *user, struct hd_error *err);

/*
 * A new store at PATH, which must not exist, with SWEEP alone: all of the store
 * is copied, then what is of others removed.
 */
int hd_store_copy(struct hd_store *store, int64_t sweep, const char *path,
		  struct hd_error *err);

#endif
