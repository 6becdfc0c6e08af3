/*
 * A new first page for a store whose own is gone: it says where the tables
 * lie, so without it nothing is found.
 */
#ifndef HD_STORE_HEAD_H
#define HD_STORE_HEAD_H

#include "store/integrity.h"
#include "store/private.h"

/* Whether SOURCE knows of any table that can be a sweep's. */
bool hd_head_is_there(sqlite3 *source);
/*
 * Write it into COPY, a copy of the damaged file. The tables are looked for
 * where LIKE has them, which is a new store: those that one hdrive makes in
 * one go all lie in the same places. FN is told of a table that is left out,
 * as the page there cannot be its own.
 */
int hd_head_rebuild(const char *copy, struct hd_store *like,
		    hd_integrity_fn fn, void *user, struct hd_error *err);

#endif
