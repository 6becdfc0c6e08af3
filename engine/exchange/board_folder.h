/*
 * The folder of an export for TensorBoard: made under a name beside its own,
 * and put in its place when it is whole. What stands there is replaced when it
 * is an earlier export and nothing else.
 */
#ifndef HD_EXCHANGE_BOARD_FOLDER_H
#define HD_EXCHANGE_BOARD_FOLDER_H

#include <stdint.h>

#include <hdrive/error.h>

#include "base/buf.h"

struct hd_board_folder {
	char *path;  /* without slashes at its end */
	char *draft; /* beside it */
	char *file;  /* the present one, NULL for none */
	int fd;
	struct hd_error *err; /* borrowed */
};

/* HD_EEXIST, with what is in the way, when PATH must not be replaced. */
int hd_board_folder_begin(struct hd_board_folder *folder, const char *path,
			  struct hd_error *err);
/* The event file of RUN, "" for the folder itself; SECONDS are of its name. */
int hd_board_folder_open(struct hd_board_folder *folder, const char *run,
			 int64_t seconds);
/* Append all of BUF to it, and empty BUF. */
int hd_board_folder_write(struct hd_board_folder *folder, struct hd_buf *buf);
int hd_board_folder_close(struct hd_board_folder *folder);
/* RC < 0: nothing of it is left. Else it takes its place; release it so always. */
int hd_board_folder_end(struct hd_board_folder *folder, int rc);

#endif
