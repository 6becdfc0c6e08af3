/*
 * Rows out of a damaged store: read by ranges of their keys around the pages
 * that cannot be read, written into a new store. Of the store alone.
 */
#ifndef HD_STORE_SALVAGE_H
#define HD_STORE_SALVAGE_H

#include "store/integrity.h"
#include "store/private.h"

/*
 * Open the damaged file at PATH so that as much as possible can be read;
 * nothing is written to it. *OUT is the caller's to sqlite3_close.
 */
int hd_salvage_open(sqlite3 **out, const char *path, struct hd_error *err);
/*
 * Whether every row of every table that STORE has can be read from SOURCE,
 * whatever its indices are like.
 */
bool hd_salvage_is_whole(sqlite3 *source, struct hd_store *store);
/*
 * Copy all that can be read into STORE, which is new; FN is told what became
 * of each table that lost something. HD_ECORRUPT when no sweep and no trial
 * could be read.
 */
int hd_salvage_copy(sqlite3 *source, struct hd_store *store,
		    hd_integrity_fn fn, void *user, struct hd_error *err);

#endif
