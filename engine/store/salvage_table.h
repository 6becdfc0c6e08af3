/*
 * One table of a damaged store: the statements that read it by ranges of its
 * keys, and the walk around what cannot be read.
 */
#ifndef HD_STORE_SALVAGE_TABLE_H
#define HD_STORE_SALVAGE_TABLE_H

#include "store/integrity.h"
#include "store/private.h"

struct hd_salvage {
	sqlite3 *source;
	struct hd_store *store;
	hd_integrity_fn fn;
	void *user;
	int64_t steps_most; /* of one walk */

	/* the table under way */
	char name[64];
	bool paired;      /* two key columns, or more */
	bool exact;       /* they are the whole key */
	bool numbered;    /* the second counts from 1 without holes */
	int columns;      /* of a row, behind the two of its key */
	sqlite3_stmt *up; /* ascending from ?1, ?2 to ?3, ?4 */
	sqlite3_stmt *down;
	sqlite3_stmt *insert;
	int64_t copied;
	int64_t refused; /* by the new store's constraints */
	bool gaps;       /* something could not be read */
	bool writes;     /* else rows are only read */
};

/*
 * Go to the table NAME: 1; 0 when the damaged store does not have it (no
 * columns then), or it cannot be asked; or HD_ENOMEM.
 */
int hd_salvage_table_open(struct hd_salvage *salvage, const char *name,
			  struct hd_error *err);
void hd_salvage_table_close(struct hd_salvage *salvage);
/* All of it that can be read; 0, or an error of the new store. */
int hd_salvage_table_copy(struct hd_salvage *salvage, struct hd_error *err);

#endif
