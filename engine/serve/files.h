/*
 * Files below one folder, by a name that came from outside.
 *
 * Invariant: no name leads out of the folder, which may itself be a link. Each part of it is opened
 * by itself, below the one before and without following a link, so that neither
 * "..", nor an absolute path, nor a link that a script made, nor one that it
 * makes meanwhile, can.
 */
#ifndef HD_SERVE_FILES_H
#define HD_SERVE_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/error.h>

/* Whether NAME is parts without "", "." and "..", joined by "/"; "" is not. */
bool hd_files_is_name(const char *name);

/*
 * A regular file for reading. HD_ENOENT when there is none, HD_EINVAL for a
 * name that is none, a folder, a link or a device. The descriptor is the
 * caller's.
 */
int hd_files_open(int *fd, uint64_t *size, const char *folder, const char *name,
		  struct hd_error *err);

struct hd_files_entry {
	const char *name; /* within the folder; borrowed for the call */
	bool is_folder;
	uint64_t size;
};
typedef int (*hd_files_fn)(void *user, const struct hd_files_entry *entry);
/* What is in the folder NAME ("" for FOLDER itself), by name; a name of a file
 * gives nothing. What is neither file nor folder is left out. */
int hd_files_list(const char *folder, const char *name, hd_files_fn fn,
		  void *user, struct hd_error *err);

/*
 * A file that grows beside its place and takes it when it is whole, so that
 * nobody reads half of it.
 */
struct hd_files_draft {
	int folder; /* of its place, open; -1 for no draft */
	int fd;
	char draft[32];
	char *name; /* the last part; owned */
};

/* Folders on the way are made. */
int hd_files_draft_open(struct hd_files_draft *draft, const char *folder,
			const char *name, struct hd_error *err);
int hd_files_draft_write(struct hd_files_draft *draft, const char *bytes,
			 size_t length, struct hd_error *err);
/* Let it take its place. */
int hd_files_draft_keep(struct hd_files_draft *draft, struct hd_error *err);
/* Remove what has not taken its place; nothing for a draft that is none. */
void hd_files_draft_close(struct hd_files_draft *draft);

#endif
