/*
 * The source folder as it was at submit, which a sweep's trials run in.
 *
 *	STORE/.snapshots/ID/            the tree, ID the hash of all it holds
 *	STORE/.snapshots/objects/HASH   its files, each a name of the same file
 *	STORE/.snapshots/cache-NAME     what files of a source hash to
 *	STORE/.snapshots/lock           shared by takers, alone for who removes
 *	STORE/.snapshots/part-XXXXXX/   one that is being made
 *
 * Invariants: a tree has its name only when it is whole and on the disk. Files
 * are copies or reflinks of the source's, never other names of those, so what
 * is done to the source does nothing to them; trees share them by hard links.
 * A file in it is read-only and has one fixed time: another time or size tells
 * that something wrote to it, and it is made anew by the next submit. Nothing
 * outside of the source is read through a link.
 */
#ifndef HD_SNAPSHOT_SNAPSHOT_H
#define HD_SNAPSHOT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/error.h>

#define HD_SNAPSHOT_ID_SIZE 65 /* a SHA-256 in hexadecimal, and its end */
#define HD_SNAPSHOT_FOLDER ".snapshots"

/* Azure's limits (SPEC 8). */
#define HD_SNAPSHOT_BYTES (UINT64_C(300) << 20)
#define HD_SNAPSHOT_FILES 2000

struct hd_snapshot_setup {
	const char *source; /* absolute, without links */
	const char *store;  /* the store's folder, likewise */
	/* Whether NAME in the store's folder is the store's or a sweep's; or NULL. */
	bool (*is_ours)(void *user, const char *name);
	void *user;
	/* The folder where a target has sweeps lie, which is left out like the
	 * store's; NULL for none. It need not be there. */
	const char *ground;
	uint64_t bytes_most; /* UINT64_MAX for no limit */
	size_t files_most;   /* SIZE_MAX likewise */
	const char *keep;    /* a file, from the source on, that no rule leaves out; or NULL */
	int64_t settled;     /* microseconds a file must be old to be known again; 0: 2 s */
};

struct hd_snapshot; /* taken, and safe from removal until it is closed */

/*
 * Take a snapshot, or find that there is one of the same content. HD_ELIMIT
 * with the limit and the largest folders when it would be too large.
 */
int hd_snapshot_take(struct hd_snapshot **out,
		     const struct hd_snapshot_setup *setup,
		     struct hd_error *err);
/* From here on it may be removed, as a row names it or nobody will. */
void hd_snapshot_settle(struct hd_snapshot *snapshot);
void hd_snapshot_close(struct hd_snapshot *snapshot);

/* Borrowed until it is closed, as all of these. */
const char *hd_snapshot_id(const struct hd_snapshot *snapshot);
size_t hd_snapshot_files(const struct hd_snapshot *snapshot);
uint64_t hd_snapshot_bytes(const struct hd_snapshot *snapshot);
/* Of those, how many had to be read. */
size_t hd_snapshot_read(const struct hd_snapshot *snapshot);

enum hd_snapshot_why {
	HD_SNAPSHOT_IGNORED, /* by a rule */
	HD_SNAPSHOT_SPECIAL, /* a FIFO, socket or device: nothing to copy */
	HD_SNAPSHOT_MOVING,  /* taken, but it changed all the while */
};

struct hd_snapshot_note {
	enum hd_snapshot_why why;
	const char *path;  /* from the source on */
	const char *rules; /* of IGNORED: the file that has the rule */
	bool folder;
};

/* What was left out, in order, as far as it is worth telling. */
size_t hd_snapshot_notes(const struct hd_snapshot *snapshot);
const struct hd_snapshot_note *hd_snapshot_note(const struct hd_snapshot *snapshot,
						size_t index);
/* The note on PATH, or on a folder that it lies in; NULL when it was taken. */
const struct hd_snapshot_note *
hd_snapshot_left_out(const struct hd_snapshot *snapshot, const char *path);

/* Every file in it, by the order of their paths; NULL past the last entry. */
const char *hd_snapshot_file(const struct hd_snapshot *snapshot, size_t *at);

/*
 * PATH, relative or within SOURCE, from SOURCE on without "." and ".."; NULL
 * when it leads out, or there is no memory. The caller's to free().
 */
char *hd_snapshot_path(const char *source, const char *path);

/* The folder of snapshot ID, the caller's to free(); NULL for no memory. */
char *hd_snapshot_folder(const char *store, const char *id);
/* Whether ID, from a row, is one, and there; false for any other text. */
bool hd_snapshot_is_id(const char *id);
bool hd_snapshot_is_there(const char *store, const char *id);

/* --- stock.c: which are there, and room again ------------------------------------- */

/* Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_snapshot_fn)(void *user, const char *id);
/* Every snapshot of STORE, in no order. */
int hd_snapshot_each(const char *store, hd_snapshot_fn fn, void *user,
		     struct hd_error *err);
/*
 * Alone with the snapshots of STORE: *FD, to be closed. HD_EBUSY while one is
 * being taken, HD_ENOENT when there are none.
 */
int hd_snapshot_lock(int *fd, const char *store, struct hd_error *err);

/* --- changed.c ---------------------------------------------------------------------- */

/* PATH, from the source on, is borrowed for the call; other than 0 ends it. */
typedef int (*hd_snapshot_changed_fn)(void *user, const char *path);
/*
 * Tell FN of each file of the snapshot at TREE that SOURCE does not have any
 * more, or not with this content, in no order; a folder that is gone is told
 * once, with a slash. What is new in SOURCE is not: it may be what the trials
 * made. Nothing, when one of the two cannot be read. Returns 0, what FN returned
 * or HD_ENOMEM.
 */
int hd_snapshot_changed(const char *tree, const char *source,
			hd_snapshot_changed_fn fn, void *user);

/* --- git.c: the state of a repository ---------------------------------------------- */

/* NAME and VALUE are borrowed for the call. */
typedef int (*hd_snapshot_git_fn)(void *user, const char *name,
				  const char *value);
/*
 * The git properties of SPEC 8 of the repository that SOURCE lies in; none
 * when it lies in none, or in one that git would not trust. Returns 0, what FN
 * returned or HD_ENOMEM.
 */
int hd_snapshot_git(const char *source, hd_snapshot_git_fn fn, void *user);
/* URL without what it has of credentials, the caller's to free(). */
char *hd_snapshot_git_url(const char *url);

#endif
