/*
 * The walk holds one descriptor, of the folder it is in, whatever the depth;
 * the way back is "..", which must be the folder that it came from by device
 * and inode: when somebody moved it, the walk ends there.
 */
#include "doctor/removal.h"

#include "base/buf.h"
#include "doctor/folders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512 /* st_blocks counts in these, whatever st_blksize says */

struct hd_removal_file {
	dev_t device;
	ino_t inode; /* 0: a free place */
};

/* A folder on the way down. */
struct level {
	struct hd_buf names; /* each with its terminator */
	size_t at;           /* of the next one */
	size_t name;         /* of this folder itself, in the level above */
	dev_t device;
	ino_t inode;
};

struct walk {
	struct hd_removal *removal;
	struct level *levels;
	size_t depth; /* levels in use */
	size_t size;
	int folder; /* open: the deepest level's */
	bool lost;  /* the way back is gone */
};

void hd_removal_init(struct hd_removal *removal, bool removes)
{
	memset(removal, 0, sizeof *removal);
	removal->removes = removes;
}

void hd_removal_release(struct hd_removal *removal)
{
	free(removal->files);
	removal->files = NULL;
	removal->file_count = removal->file_size = 0;
}

static void removal_failed(struct hd_removal *removal, int error, const char *what,
			   const char *name)
{
	if (removal->failed++ == 0)
		hd_error_errno(&removal->err, error, "cannot %s '%s'", what, name);
}

/* --- counting ------------------------------------------------------------------- */

static struct hd_removal_file *files_place(struct hd_removal_file *files, size_t size,
					   const struct stat *info)
{
	size_t at = (size_t)(info->st_ino * UINT64_C(0x9e3779b97f4a7c15) >> 17) & (size - 1);

	while (files[at].inode &&
	       (files[at].inode != info->st_ino || files[at].device != info->st_dev))
		at = (at + 1) & (size - 1);
	return &files[at];
}

static int files_grow(struct hd_removal *removal)
{
	size_t size = removal->file_size ? removal->file_size * 2 : 64;
	struct hd_removal_file *files = calloc(size, sizeof *files);

	if (!files)
		return HD_ENOMEM;
	for (size_t i = 0; i < removal->file_size; i++) {
		const struct hd_removal_file *old = &removal->files[i];
		const struct stat info = { .st_dev = old->device, .st_ino = old->inode };

		if (old->inode)
			*files_place(files, size, &info) = *old;
	}
	free(removal->files);
	removal->files = files;
	removal->file_size = size;
	return 0;
}

/* 1 for one that was met before: its last name has a count of one again. */
static int files_know(struct hd_removal *removal, const struct stat *info)
{
	struct hd_removal_file *place;

	if (info->st_nlink > 1 && removal->file_count * 2 >= removal->file_size &&
	    files_grow(removal) < 0)
		return HD_ENOMEM;
	if (removal->file_size == 0)
		return 0;
	place = files_place(removal->files, removal->file_size, info);
	if (place->inode)
		return 1;
	if (info->st_nlink > 1) {
		*place = (struct hd_removal_file){ info->st_dev, info->st_ino };
		removal->file_count++;
	}
	return 0;
}

static int removal_count(struct hd_removal *removal, const struct stat *info)
{
	int known = S_ISDIR(info->st_mode) ? 0 : files_know(removal, info);

	if (known < 0)
		return known;
	removal->entries++;
	if (!known)
		removal->bytes += (uint64_t)info->st_blocks * BLOCK;
	return 0;
}

/* Counted once it is gone, so that what stays is not. */
static int removal_unlink(struct hd_removal *removal, int at, const char *name,
			  const struct stat *info, int flags)
{
	if (!removal->removes || unlinkat(at, name, flags) == 0)
		return removal_count(removal, info);
	removal_failed(removal, errno, "remove", name);
	return 0;
}

/* --- walking -------------------------------------------------------------------- */

/* The names in the folder open at FD, read to the end before any goes. */
static int level_list(struct level *level, int fd)
{
	int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!list) {
		if (copy >= 0)
			close(copy);
		return -1;
	}
	while ((entry = readdir(list)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			hd_buf_add(&level->names, entry->d_name, strlen(entry->d_name) + 1);
	closedir(list);
	return 0;
}

static int walk_grow(struct walk *walk)
{
	size_t size = walk->size ? walk->size * 2 : 16;
	struct level *levels = realloc(walk->levels, size * sizeof *levels);

	if (!levels)
		return HD_ENOMEM;
	walk->levels = levels;
	walk->size = size;
	return 0;
}

/*
 * Go into the folder NAME of AT, which replaces it as the one that is open. 1
 * when it was entered; 0 when it stays as it is, which was counted.
 */
static int walk_enter(struct walk *walk, int at, const char *name, size_t offset)
{
	struct hd_removal *removal = walk->removal;
	struct level *level;
	struct stat info;
	int fd = hd_folder_open(at, name);

	if (walk->depth == walk->size && walk_grow(walk) < 0) {
		if (fd >= 0)
			close(fd);
		return HD_ENOMEM;
	}
	level = &walk->levels[walk->depth];
	*level = (struct level){ .name = offset };
	hd_buf_init(&level->names);
	if (fd < 0 || fstat(fd, &info) < 0 || level_list(level, fd) < 0) {
		removal_failed(removal, errno, "read", name);
	} else if (walk->depth > 0 && info.st_dev != walk->levels[0].device) {
		removal_failed(removal, EXDEV, "go into", name);
	} else {
		level->device = info.st_dev;
		level->inode = info.st_ino;
		walk->depth++;
		if (walk->folder >= 0)
			close(walk->folder);
		walk->folder = fd;
		return hd_buf_failed(&level->names) ? HD_ENOMEM : 1;
	}
	hd_buf_release(&level->names);
	if (fd >= 0)
		close(fd);
	return 0;
}

/* Out of the deepest folder, into the one above; then it may go itself. */
static int walk_leave(struct walk *walk)
{
	struct hd_removal *removal = walk->removal;
	struct level *level = &walk->levels[--walk->depth];
	struct level *above = level - 1;
	struct stat mine, info;
	const char *name;
	int fd;

	hd_buf_release(&level->names);
	if (walk->depth == 0)
		return 0;
	if (fstat(walk->folder, &mine) < 0)
		memset(&mine, 0, sizeof mine);
	fd = openat(walk->folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	close(walk->folder);
	walk->folder = fd;
	name = hd_buf_text(&above->names) + level->name;
	if (fd < 0 || fstat(fd, &info) < 0 || info.st_dev != above->device ||
	    info.st_ino != above->inode) {
		walk->lost = true;
		removal_failed(removal, EXDEV, "come back from", name);
		return 0;
	}
	return removal_unlink(removal, fd, name, &mine, AT_REMOVEDIR);
}

/* One entry of the deepest folder. */
static int walk_step(struct walk *walk, const char *name, size_t offset)
{
	struct stat info;
	int rc;

	if (fstatat(walk->folder, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return 0; /* gone meanwhile */
	if (!S_ISDIR(info.st_mode))
		return removal_unlink(walk->removal, walk->folder, name, &info, 0);
	rc = walk_enter(walk, walk->folder, name, offset);
	return rc < 0 ? rc : 0;
}

/* All below the first level, which stays. */
static int walk_run(struct walk *walk)
{
	int rc = 0;

	while (rc == 0 && walk->depth > 0 && !walk->lost) {
		struct level *level = &walk->levels[walk->depth - 1];
		size_t offset = level->at;

		if (offset >= level->names.length) {
			rc = walk_leave(walk);
			continue;
		}
		level->at += strlen(hd_buf_text(&level->names) + offset) + 1;
		rc = walk_step(walk, hd_buf_text(&level->names) + offset, offset);
	}
	return rc;
}

int hd_removal_inside(struct hd_removal *removal, int at, const char *name)
{
	struct walk walk = { .removal = removal, .folder = -1 };
	struct stat info;
	int rc;

	if (fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(info.st_mode))
		return 0;
	rc = walk_enter(&walk, at, name, 0);
	if (rc == 1)
		rc = walk_run(&walk);
	while (walk.depth > 0)
		hd_buf_release(&walk.levels[--walk.depth].names);
	free(walk.levels);
	if (walk.folder >= 0)
		close(walk.folder);
	return rc;
}

int hd_removal_entry(struct hd_removal *removal, int at, const char *name)
{
	struct stat info;
	int rc;

	if (fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (!S_ISDIR(info.st_mode))
		return removal_unlink(removal, at, name, &info, 0);
	rc = hd_removal_inside(removal, at, name);
	return rc < 0 ? rc : removal_unlink(removal, at, name, &info, AT_REMOVEDIR);
}
