/*
 * What a sweep's trials share, in SWEEP/.spare: links. Nothing of it is a
 * trial's before it is linked into the trial's folder.
 *
 * A new inode is the dearest thing about a trial's folder, so a link with one
 * and the same target is one inode that all trials share as a hard link. Where
 * that cannot be, each gets its own: nothing here is ever an error.
 */
#ifndef HD_DISPATCH_SPARE_H
#define HD_DISPATCH_SPARE_H

#include <stdbool.h>
#include <stddef.h>

#define HD_SPARE_FOLDER ".spare"

struct hd_spare;

/* SWEEP_FOLDER exists. NULL when there can be none, which every function here
 * takes. */
struct hd_spare *hd_spare_open(const char *sweep_folder);
/* The sweep's folder, a descriptor, borrowed; -1 for none. */
int hd_spare_above(const struct hd_spare *spare);
/* An engine of before was killed: it did not come to close its own. */
bool hd_spare_was_left(const struct hd_spare *spare);
/* The folder of the links, borrowed, for a backend's own (backend.h); NULL for
 * none. */
const char *hd_spare_path(const struct hd_spare *spare);
/*
 * Have a link to TARGET that trials can share. KEY names it: one key, one
 * target. *IS_KNOWN is the caller's memory that this engine has made it, false
 * at first, and false again once it is of no more use: one that an earlier
 * engine left may lead elsewhere.
 */
void hd_spare_learn(const struct hd_spare *spare, const char *key,
		    bool *is_known, const char *target);
/*
 * Make the symbolic link NAME in the folder open at AT, which is the shared one
 * where that IS_KNOWN; 1: it is one of its own. -1 and errno when it cannot be
 * made. Any thread may.
 */
int hd_spare_link(const struct hd_spare *spare, const char *key, bool is_known,
		  const char *target, int at, const char *name);
/* Removes what is left of it. */
void hd_spare_close(struct hd_spare *spare);

#endif
