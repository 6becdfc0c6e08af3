/*
 * One engine for a sweep: who runs it holds a lock on a file in its folder,
 * which the kernel drops when that process ends, however it ends.
 */
#ifndef HD_SWEEP_LOCK_H
#define HD_SWEEP_LOCK_H

#include <stdbool.h>

#include <hdrive/error.h>

#define HD_SWEEP_LOCK "engine.lock" /* the file */

/*
 * Lock FOLDER's sweep for this process: *FD, to be closed to let go of it.
 * HD_EBUSY, with who holds it, when another engine runs the sweep NAME.
 */
int hd_sweep_lock(int *fd, const char *folder, const char *name,
		  struct hd_error *err);
/*
 * Let go of it, if *FD holds it. REMOVE: the sweep came to nothing, so that
 * the file goes too.
 */
void hd_sweep_unlock(int *fd, const char *folder, bool remove);

#endif
