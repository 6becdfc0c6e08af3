/*
 * Folders of trials to come, made by a worker while the loop does what cannot
 * wait. A folder has its trial's name from the start: to rename one, in a
 * folder of thousands, costs a third of what it costs to make it.
 *
 * Invariants:
 * - one hand at a time is in a folder: what the worker is at is waited for,
 *   which takes what is left of making it; what it has not begun it leaves to
 *   the loop;
 * - what was not finished, by an error or by the engine's end, is never given
 *   out as ready: it is a folder that is there, which hd_workdir_make fills;
 * - what no trial took is removed at the end, and after a killed engine by the
 *   next one; only what holds nothing (hd_workdir_unmake).
 */
#ifndef HD_DISPATCH_AHEAD_H
#define HD_DISPATCH_AHEAD_H

#include <stdbool.h>
#include <stddef.h>

#define HD_AHEAD_MOST 16 /* folders that wait for their trials */

struct hd_ahead;
struct hd_spare;
struct hd_workdir;

/*
 * LOOP is a uv_loop_t with the workers; NULL: hd_ahead_prepare itself makes
 * them. All are borrowed until hd_ahead_close is done. NULL where SPARE is, or
 * for no memory, which every function here takes.
 */
struct hd_ahead *hd_ahead_open(void *loop, struct hd_workdir *workdir,
			       const struct hd_spare *spare);
/* Have those of the trials FIRST and on, COUNT at the most; it may be called as
 * often as one likes. */
void hd_ahead_prepare(struct hd_ahead *ahead, size_t first, size_t count);
/* Whether the trial's folder is ready: new, and from now on the caller's. */
bool hd_ahead_take(struct hd_ahead *ahead, size_t trial);
/* DONE is called at once, or by the loop when a worker is still at it. */
void hd_ahead_close(struct hd_ahead *ahead, void (*done)(void *user), void *user);

#endif
