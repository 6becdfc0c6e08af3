/*
 * A small tar archive in memory, ustar: files whose bytes are at hand, with the
 * folders they are in. For one request that makes a folder elsewhere.
 */
#ifndef HD_REMOTE_TAR_H
#define HD_REMOTE_TAR_H

#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"

/* Append an entry to the archive. NAME leads down from where it is unpacked; a
 * name that has no room in a header (100 bytes) marks the buffer as failed. */
void hd_tar_file(struct hd_buf *tar, const char *name, mode_t mode,
		 const char *bytes, size_t length);
void hd_tar_folder(struct hd_buf *tar, const char *name);
/* Its end; nothing comes behind that. */
void hd_tar_end(struct hd_buf *tar);

#endif
