/*
 * Looking after a store's file: what it is, whether it is whole, and a new
 * one made of what can still be read of a damaged one.
 *
 * Checks take an open store and change nothing. hd_store_mend takes a path,
 * since a damaged file may not open at all.
 */
#ifndef HD_STORE_INTEGRITY_H
#define HD_STORE_INTEGRITY_H

#include <hdrive/store.h>

enum hd_file_kind {
	HD_FILE_OURS,    /* a database with our mark, or ours for all we see:
			    "hdrive.db", of whole pages, without a head */
	HD_FILE_EMPTY,   /* no bytes */
	HD_FILE_FOREIGN, /* a database with another program's mark */
	HD_FILE_UNKNOWN, /* no database, or one whose head is gone */
};

/* By the file's first bytes alone: those may tell more than SQLite does. */
int hd_store_file_kind(const char *path, enum hd_file_kind *kind,
		       struct hd_error *err);

/* TEXT is borrowed. */
typedef void (*hd_integrity_fn)(void *user, const char *text);

/*
 * SQLite's own check of the whole file, without the indices' contents when
 * QUICK; one call of FN for each of the first few faults. *FAULTS is how many
 * were told; a check that could not go on is one.
 */
int hd_store_check_file(struct hd_store *store, bool quick, size_t *faults,
			hd_integrity_fn fn, void *user, struct hd_error *err);
/* Rows that belong to a row that is not there: told as above, by table. */
int hd_store_check_keys(struct hd_store *store, size_t *faults,
			hd_integrity_fn fn, void *user, struct hd_error *err);
/* The schema's version, and the one that this hdrive writes. */
int hd_store_version(struct hd_store *store, int64_t *version, int64_t *newest,
		     struct hd_error *err);
/* The latest time in the rows of sweeps and trials, 0 for none. */
int hd_store_latest(struct hd_store *store, int64_t *time,
		    struct hd_error *err);

/*
 * Mend the damaged store at PATH while nobody else has it open: HD_EBUSY
 * when somebody does. First a copy of it is made beside it,
 * PATH.damaged-20261125 with its -wal; then the indices are made anew where
 * that is enough, else a new store is filled with every row that can be read
 * and takes the old one's place. FN is told each thing that was done. After a
 * failure the store is what it was.
 */
int hd_store_mend(const char *path, hd_integrity_fn fn, void *user,
		  struct hd_error *err);
/* The name under which hd_store_mend fills the new store: PATH with this. */
#define HD_STORE_DRAFT ".mended.tmp"
/* And under which it gives a copy of the old one a new first page. */
#define HD_STORE_SPARE ".headed.tmp"

/* Put what the -wal file holds into the store, and empty it. */
int hd_store_merge_wal(const char *path, struct hd_error *err);

#endif
