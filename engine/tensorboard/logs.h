/*
 * Which event files lie in a trial's logs/ folder and below it.
 *
 * A folder is read again only when its time of change tells that something came
 * or went: looking at one without news costs a stat. That time may be coarse,
 * so a folder that changed is read at the next looks as well.
 */
#ifndef HD_TENSORBOARD_LOGS_H
#define HD_TENSORBOARD_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "metrics/tail.h"

/* So many are read of one trial, to this depth; entries of a folder that are
 * looked at. More is said and left alone: the folder is the script's. */
#define HD_LOGS_FILES 256
#define HD_LOGS_FOLDERS 256
#define HD_LOGS_DEPTH 8
#define HD_LOGS_ENTRIES 20000
#define HD_LOGS_PATH 1024

struct hd_logs_folder {
	char *path; /* from logs/ on, "" for itself */
	struct timespec changed;
	unsigned looks; /* at which it is still to be read */
	size_t depth;
};

struct hd_logs_file {
	char *path;       /* from logs/ on */
	int64_t key;      /* of the path, positive: what the store knows it by */
	size_t run;       /* bytes of the path that are TensorBoard's run */
	int64_t seen;     /* its size when all of it was looked at */
	unsigned wrong;   /* looks at which its next record was none */
	bool is_refused;  /* and is not read any more */
	bool is_unstored; /* the place is news for the store */
	struct hd_tail_place place;
};

struct hd_logs {
	struct hd_logs_folder *folders;
	size_t folder_count, folder_room;
	struct hd_logs_file *files; /* by path */
	size_t file_count, file_room;
	bool is_crowded; /* more is there than is looked at */
};

void hd_logs_release(struct hd_logs *logs);
/*
 * Look at TOP, a path, for folders and files that came. Returns 0,
 * HD_TAIL_LATER when there was no descriptor for it, or HD_ENOMEM. That there is
 * nothing at TOP, or no folder, is no error.
 */
int hd_logs_look(struct hd_logs *logs, const char *top);

#endif
