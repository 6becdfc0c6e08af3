/*
 * Files that are there whole or not at all: written under a name of their own
 * beside the place, then moved into it. What stands there already and is no
 * regular file (a pipe, a terminal, /dev/null) is written to as it is.
 */
#ifndef HD_BASE_FILE_H
#define HD_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/error.h>

struct hd_file {
	const char *path; /* borrowed, for messages */
	char *name;       /* its last part, ours */
	int folder;       /* descriptors; -1 for none */
	int fd;
	bool as_is; /* written to in place */
};

/* Begin the file at PATH, which is borrowed until its end or abort. */
int hd_file_begin(struct hd_file *file, const char *path, struct hd_error *err);
int hd_file_write(struct hd_file *file, const char *text, size_t length,
		  struct hd_error *err);
/* Put it in its place; on an error nothing of it is left. */
int hd_file_end(struct hd_file *file, struct hd_error *err);
/* Leave nothing of it, and what stood there as it was. */
void hd_file_abort(struct hd_file *file);

/* Make the folder PATH and those above it; that they are there is no error. */
int hd_file_folder(const char *path, struct hd_error *err);
/*
 * Copy FROM, a file or a folder with all below it, to the path TO; folders
 * above TO are made. A folder that is there already keeps its other files;
 * each file comes whole or not at all. Links below FROM stay links, FROM
 * itself is followed; pipes and the like are left out.
 */
int hd_file_copy(const char *from, const char *to, struct hd_error *err);

/* Remove what is at PATH, a folder with all below it; links are not followed.
 * What cannot be removed stays. */
void hd_file_remove(const char *path);

/* Remove what processes that are gone had begun in FOLDER and not ended. */
void hd_file_drafts_remove(const char *folder);

#endif
