/*
 * What is left of a trial whose launcher was killed: the launcher ends its
 * tree itself, unless something ended it first.
 */
#ifndef HD_DISPATCH_REMAINS_H
#define HD_DISPATCH_REMAINS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * Kill every process of the trial in FOLDER: those in the process group GROUP,
 * 0 for none, and those whose environment says HDRIVE_DIR=FOLDER. The group is
 * named only by who knows that its number is not another's by now. Returns how
 * many were still alive; ask again until it is 0. *UNSURE: some process showed
 * no environment at all, as one does for the moment in which it becomes another
 * program: it may be the trial's, so ask again a few times.
 */
size_t hd_remains_kill(const char *folder, pid_t group, bool *unsure);
/* How many there are by their environment, the launcher among them. */
size_t hd_remains_count(const char *folder, bool *unsure);

/* Remove the drafts of records that the launcher did not come to rename. */
void hd_remains_tidy(const char *folder);

#endif
