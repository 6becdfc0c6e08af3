/*
 * What is left of a trial whose launcher was killed: the launcher ends its
 * tree itself, unless something ended it first.
 */
#ifndef HD_DISPATCH_REMAINS_H
#define HD_DISPATCH_REMAINS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Kill every process of the trial in FOLDER: those in the process group that
 * its state file names and those whose environment says HDRIVE_DIR=FOLDER.
 * Returns how many were still alive; ask again until it is 0. *UNSURE: some
 * process showed no environment at all, as one does for the moment in which it
 * becomes another program: it may be the trial's, so ask again a few times.
 */
size_t hd_remains_kill(const char *folder, bool *unsure);

/* Remove the drafts of records that the launcher did not come to rename. */
void hd_remains_tidy(const char *folder);

#endif
