/*
 * A trial's folder: where its files lie and what its program finds in "./".
 *
 *	FOLDER/stdout stderr metrics exit state stop
 *	FOLDER/ticket-1, then owner-1   who may run attempt 1 (ticket.h)
 *	FOLDER/attempts/1/      all of these, of an earlier attempt
 *	FOLDER/params.json
 *	FOLDER/checkpoints/
 *	FOLDER/work/            the program's working directory
 *	FOLDER/work/outputs/    and logs/: the trial's own
 *	FOLDER/outputs -> work/outputs, FOLDER/logs -> work/logs
 *
 * Every other top-level entry of the source folder is a link in work/, so a
 * command meant for the source folder works there unchanged, while what it
 * writes under ./outputs and ./logs stays the trial's own. The entries .git,
 * .hdrive, outputs and logs of the source are not linked.
 */
#ifndef HD_DISPATCH_WORKDIR_H
#define HD_DISPATCH_WORKDIR_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/error.h>

#define HD_WORKDIR_WORK "work"
#define HD_WORKDIR_OUTPUTS "outputs"
#define HD_WORKDIR_LOGS "logs"
#define HD_WORKDIR_CHECKPOINTS "checkpoints"
#define HD_WORKDIR_PARAMS "params.json"
#define HD_WORKDIR_STOP "stop" /* it was asked to stop: for "hdrive log" */

struct hd_spare;
struct hd_workdir; /* a source folder, its entries read once */

/*
 * SOURCE may be relative to the current folder. PREFIX, unless NULL, is another
 * name of it, absolute or as seen from work/, that links are made with.
 */
int hd_workdir_open(struct hd_workdir **out, const char *source,
		    const char *prefix, struct hd_error *err);
/* The source folder as an absolute path, borrowed. */
const char *hd_workdir_source(const struct hd_workdir *workdir);
/* Links that trials share are kept in SPARE: borrowed until the end, NULL for
 * none. */
void hd_workdir_use(struct hd_workdir *workdir, const struct hd_spare *spare);
/*
 * Make FOLDER, whose parent exists, and all of the above that is not a file.
 * What is there already, from an earlier attempt, stays. 1: nothing was there.
 */
int hd_workdir_make(struct hd_workdir *workdir, const char *folder,
		    struct hd_error *err);
/*
 * The same in the folder open at AT by another thread, one at a time: between
 * hd_workdir_share(true), when the loop's has learned what it is to know, and
 * (false). Negative: errno tells why.
 */
void hd_workdir_share(struct hd_workdir *workdir, bool is_shared);
int hd_workdir_make_beside(struct hd_workdir *workdir, int at, const char *name);
/* Whether the folder AT/NAME is as those two make it: no trial has been in it. */
bool hd_workdir_is_bare(int at, const char *name);
/* Remove it if it is, with folders that are empty and links, no file. */
void hd_workdir_unmake(int at, const char *name);
/* Write LENGTH bytes to FOLDER/NAME, replacing what was there; IS_NEW: nothing,
 * as hd_workdir_make has just made FOLDER. */
int hd_workdir_write(const char *folder, bool is_new, const char *name,
		     const char *text, size_t length, struct hd_error *err);
void hd_workdir_close(struct hd_workdir *workdir);

#endif
