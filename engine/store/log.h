/*
 * The store's log, copied into the store by a thread that may wait for the
 * disk. SQLite copies it in the commit that makes it long, and syncs both files
 * for that: milliseconds, on a busy disk tens of them, for which a loop has
 * better use.
 *
 * The copier is a connection of its own, in the one thread of its call. It
 * never blocks a writer; but a writer can begin the log anew only when all of
 * it was copied, which is never so while others write meanwhile. So after a
 * copier, while little is left, the writer's own connection copies the rest
 * when the log is worth beginning anew.
 */
#ifndef HD_STORE_LOG_H
#define HD_STORE_LOG_H

#include <stdbool.h>

struct hd_store;

/* From now on somebody looks at hd_store_log_is_long after each commit. The
 * connection still copies a log that becomes very long. */
void hd_store_leave_log(struct hd_store *store);
/* Whether it has become long since the last copier began. */
bool hd_store_log_is_long(const struct hd_store *store);
/* One begins; the store's file, borrowed: it is for hd_store_copy_log. */
const char *hd_store_copy_begin(struct hd_store *store);
/*
 * In another thread. 0, or the errno of a disk that failed to sync: what it was
 * trusted to keep may be lost, and the next to ask would not be told. What
 * cannot be done now, as the disk is full or others are at it, is no error: the
 * log has it.
 */
int hd_store_copy_log(const char *path);
/* That one has ended, without an error. */
void hd_store_copy_end(struct hd_store *store);

#endif
