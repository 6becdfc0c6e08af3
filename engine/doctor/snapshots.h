/*
 * Snapshots that no sweep needs: their trees, and then the files that no tree
 * has a name of any more.
 */
#ifndef HD_DOCTOR_SNAPSHOTS_H
#define HD_DOCTOR_SNAPSHOTS_H

#include <hdrive/gc.h>

/*
 * Remove them, or count them where RULE only counts: as if the COUNT sweeps of
 * GONE were no more. ROW gets how many, and the bytes that come free.
 */
int hd_gc_snapshots(struct hd_store *store, const struct hd_gc_rule *rule,
		    const int64_t *gone, size_t count, struct hd_gc_row *row,
		    struct hd_error *err);

#endif
