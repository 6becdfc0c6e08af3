/* The snapshots of a store: which are there, and what died in the making. */
#include "snapshot/private.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Folders in folders; deeper ones stay. */
#define REMOVE_DEEPEST 200

static DIR *folder_list(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list && fd >= 0)
		close(fd);
	return list;
}

static void remove_deep(int at, const char *name, int depth)
{
	struct dirent *entry;
	DIR *list;

	if (unlinkat(at, name, 0) == 0 || errno == ENOENT || depth == 0)
		return;
	list = folder_list(at, name);
	while (list && (entry = readdir(list)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			remove_deep(dirfd(list), entry->d_name, depth - 1);
	if (list)
		closedir(list);
	(void)unlinkat(at, name, AT_REMOVEDIR);
}

void hd_snapshot_remove(int at, const char *name)
{
	remove_deep(at, name, REMOVE_DEEPEST);
}

void hd_snapshot_clean(int base)
{
	DIR *list = folder_list(base, ".");
	struct dirent *entry;

	while (list && (entry = readdir(list)))
		if (!strncmp(entry->d_name, HD_SNAPSHOT_PART, strlen(HD_SNAPSHOT_PART)))
			hd_snapshot_remove(base, entry->d_name);
	if (list)
		closedir(list);
}

static int base_open(const char *store)
{
	struct hd_buf path = HD_BUF_INIT;
	int base = -1;

	hd_buf_printf(&path, "%s/%s", store, HD_SNAPSHOT_FOLDER);
	errno = ENOMEM;
	if (!hd_buf_failed(&path))
		base = open(hd_buf_text(&path),
			    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	hd_buf_release(&path);
	return base;
}

int hd_snapshot_each(const char *store, hd_snapshot_fn fn, void *user,
		     struct hd_error *err)
{
	int base = base_open(store);
	struct dirent *entry;
	DIR *list;
	int rc = 0;

	if (base < 0)
		return errno == ENOENT ? 0
				       : hd_error_errno(err, errno, "cannot read '%s/%s'", store,
							HD_SNAPSHOT_FOLDER);
	list = fdopendir(base);
	if (!list) {
		close(base);
		return hd_error_nomem(err);
	}
	while (rc == 0 && (entry = readdir(list)))
		if (hd_snapshot_is_id(entry->d_name))
			rc = fn(user, entry->d_name);
	closedir(list);
	return rc;
}

int hd_snapshot_lock(int *fd, const char *store, struct hd_error *err)
{
	int base = base_open(store);
	int rc = 0;

	*fd = -1;
	if (base < 0 && errno == ENOENT)
		return hd_error_set(err, HD_ENOENT, "'%s' holds no snapshots", store);
	if (base >= 0)
		*fd = openat(base, HD_SNAPSHOT_LOCK,
			     O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (*fd < 0)
		rc = hd_error_errno(err, errno, "cannot use '%s/%s'", store,
				    HD_SNAPSHOT_FOLDER);
	else if (flock(*fd, LOCK_EX | LOCK_NB) < 0)
		rc = hd_error_set(err, HD_EBUSY, "a snapshot is being taken in '%s'", store);
	if (base >= 0)
		close(base);
	if (rc < 0 && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}
