/*
 * Making files beneath a folder by names that others chose: a path is reached from
 * the folder's descriptor, one part at a time, each a real folder and no link, so
 * nothing comes to lie elsewhere. What stands in a file's place is replaced.
 *
 * All return 0 or an errno; folders on the way are made.
 */
#ifndef HD_REMOTE_BENEATH_H
#define HD_REMOTE_BENEATH_H

#include <sys/types.h>

/* NAME without "./" at its beginning, when all its parts lead down; else NULL. The
 * others take names that passed. */
const char *hd_beneath_check(const char *name);
int hd_beneath_folder(int folder, const char *name);
/* Open for writing in *FD; its owner can read and write it, marks of set-user are
 * dropped. */
int hd_beneath_file(int *fd, int folder, const char *name, mode_t mode);
/* A symbolic link to what lies beside it or below; EINVAL for another TARGET. */
int hd_beneath_link(int folder, const char *name, const char *target);
/* One more name of the file TARGET beneath the same folder; EINVAL for what is none. */
int hd_beneath_name_again(int folder, const char *name, const char *target);

#endif
