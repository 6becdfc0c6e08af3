/*
 * What a sweep keeps ready for the trials to come: in SWEEP/.spare links that
 * they share, in SWEEP/.spare-0 and on folders made ahead (a rename to another
 * parent would cost three times as much). Nothing of it is a trial's before it
 * is linked into the trial's folder, or given its name.
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
#define HD_SPARE_MOST 4  /* folders made ahead */
#define HD_SPARE_NAME 16 /* bytes of their names */

struct hd_spare;

/* SWEEP_FOLDER exists. NULL when there can be none, which every function here
 * takes. */
struct hd_spare *hd_spare_open(const char *sweep_folder);
/* Where folders are made ahead, a descriptor; -1 for none. */
int hd_spare_folder(const struct hd_spare *spare);
/* The name there of the folder NUMBER, below HD_SPARE_MOST. */
void hd_spare_name(char name[HD_SPARE_NAME], size_t number);
/* The folder of the links, borrowed, for a backend's own (backend.h); NULL for
 * none. */
const char *hd_spare_path(const struct hd_spare *spare);
/*
 * Make the symbolic link NAME in the folder open at AT. KEY names it among the
 * shared ones: one key, one target. *IS_KNOWN is the caller's memory that this
 * engine has made the shared one, false at first: one that an earlier engine
 * left may lead elsewhere. -1 and errno when it cannot be made.
 */
int hd_spare_link(const struct hd_spare *spare, const char *key,
		  bool *is_known, const char *target, int at,
		  const char *name);
/* Removes what is left of it. */
void hd_spare_close(struct hd_spare *spare);

#endif
