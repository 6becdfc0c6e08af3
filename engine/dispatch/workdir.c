/* realpath is of the X/Open part of POSIX. */
#define _XOPEN_SOURCE 700

#include "dispatch/workdir.h"

#include "base/arena.h"
#include "dispatch/spare.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct entry {
	const char *name;
	const char *target; /* absolute, or from work/ on */
	bool is_shared;     /* hd_spare_link's memory */
	struct entry *next;
};

struct hd_workdir {
	struct hd_arena *arena; /* the entries */
	char *source;
	const char *prefix; /* of links' targets; NULL: the source */
	struct entry *entries;
	const struct hd_spare *spare;
	size_t ahead; /* folders made, hd_spare_name(0) and on */
	/* hd_spare_link's memory for the two in the trial's folder. */
	bool has_outputs, has_logs;
};

/* Kept out of work/: the trial has its own, or a link would be a loop. */
static bool entry_is_skipped(const char *name)
{
	static const char *const skipped[] = { ".", "..", ".git", ".hdrive",
					       HD_WORKDIR_OUTPUTS,
					       HD_WORKDIR_LOGS };

	for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++)
		if (strcmp(name, skipped[i]) == 0)
			return true;
	return false;
}

static int entry_add(struct hd_workdir *workdir, const char *name,
		     struct hd_error *err)
{
	const char *prefix = workdir->prefix ? workdir->prefix : workdir->source;
	size_t size = strlen(prefix) + strlen(name) + 2;
	struct entry *entry = hd_arena_alloc(workdir->arena, sizeof *entry);
	char *target = hd_arena_alloc(workdir->arena, size);

	if (!entry || !target)
		return hd_error_nomem(err);
	entry->name = hd_arena_string(workdir->arena, name);
	if (!entry->name)
		return hd_error_nomem(err);
	snprintf(target, size, "%s/%s", prefix, name);
	entry->target = target;
	entry->next = workdir->entries;
	workdir->entries = entry;
	return 0;
}

static int entries_read(struct hd_workdir *workdir, struct hd_error *err)
{
	DIR *dir = opendir(workdir->source);
	struct dirent *found;
	int rc = 0;

	if (!dir)
		return hd_error_errno(err, errno, "cannot read the folder '%s'",
				      workdir->source);
	errno = 0;
	while (rc == 0 && (found = readdir(dir))) {
		if (!entry_is_skipped(found->d_name))
			rc = entry_add(workdir, found->d_name, err);
		errno = 0;
	}
	if (rc == 0 && errno)
		rc = hd_error_errno(err, errno, "cannot read the folder '%s'",
				    workdir->source);
	closedir(dir);
	return rc;
}

int hd_workdir_open(struct hd_workdir **out, const char *source,
		    const char *prefix, struct hd_error *err)
{
	struct hd_workdir *workdir = calloc(1, sizeof *workdir);
	int rc;

	*out = NULL;
	if (!workdir)
		return hd_error_nomem(err);
	workdir->arena = hd_arena_new();
	if (!workdir->arena) {
		rc = hd_error_nomem(err);
		goto out;
	}
	workdir->source = realpath(source, NULL);
	if (!workdir->source) {
		rc = hd_error_errno(err, errno, "cannot find the folder '%s'",
				    source);
		goto out;
	}
	if (prefix) {
		workdir->prefix = hd_arena_string(workdir->arena, prefix);
		rc = workdir->prefix ? 0 : hd_error_nomem(err);
		if (rc < 0)
			goto out;
	}
	rc = entries_read(workdir, err);
	if (rc < 0)
		goto out;

	*out = workdir;
	workdir = NULL;
out:
	hd_workdir_close(workdir);
	return rc;
}

const char *hd_workdir_source(const struct hd_workdir *workdir)
{
	return workdir->source;
}

void hd_workdir_close(struct hd_workdir *workdir)
{
	if (!workdir)
		return;
	hd_arena_free(workdir->arena);
	free(workdir->source);
	free(workdir);
}

static int dir_make(int at, const char *name)
{
	return mkdirat(at, name, 0777) < 0 && errno != EEXIST ? -1 : 0;
}

/* The key is the name: work/ has no "outputs" and "logs" of the source. */
static int link_make(const struct hd_workdir *workdir, bool *is_shared,
		     const char *target, int at, const char *name)
{
	return hd_spare_link(workdir->spare, name, is_shared, target, at,
			     name) < 0 &&
			       errno != EEXIST
		       ? -1
		       : 0;
}

static int dir_open(int at, const char *name)
{
	return openat(at, name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Fill the folder open at AT; errno tells what was wrong. */
static int folder_fill(struct hd_workdir *workdir, int at)
{
	int work = -1;
	int rc = -1;
	int saved;

	if (dir_make(at, HD_WORKDIR_WORK) < 0 ||
	    dir_make(at, HD_WORKDIR_CHECKPOINTS) < 0 ||
	    link_make(workdir, &workdir->has_outputs,
		      HD_WORKDIR_WORK "/" HD_WORKDIR_OUTPUTS, at,
		      HD_WORKDIR_OUTPUTS) < 0 ||
	    link_make(workdir, &workdir->has_logs,
		      HD_WORKDIR_WORK "/" HD_WORKDIR_LOGS, at,
		      HD_WORKDIR_LOGS) < 0)
		return -1;
	work = dir_open(at, HD_WORKDIR_WORK);
	if (work < 0 || dir_make(work, HD_WORKDIR_OUTPUTS) < 0 ||
	    dir_make(work, HD_WORKDIR_LOGS) < 0)
		goto out;
	for (struct entry *e = workdir->entries; e; e = e->next)
		if (link_make(workdir, &e->is_shared, e->target, work,
			      e->name) < 0)
			goto out;
	rc = 0;
out:
	saved = errno;
	if (work >= 0)
		close(work);
	errno = saved;
	return rc;
}

/* Make and fill AT/NAME; 1 when it was not there, -1 with errno. */
static int folder_make(struct hd_workdir *workdir, int at, const char *name)
{
	bool is_new = mkdirat(at, name, 0777) == 0;
	int folder = is_new || errno == EEXIST ? dir_open(at, name) : -1;
	int rc = folder < 0 ? -1 : folder_fill(workdir, folder);
	int saved = errno;

	if (folder >= 0)
		close(folder);
	errno = saved;
	return rc < 0 ? rc : is_new;
}

void hd_workdir_use(struct hd_workdir *workdir, const struct hd_spare *spare)
{
	workdir->spare = spare;
}

void hd_workdir_prepare(struct hd_workdir *workdir, size_t count)
{
	int above = hd_spare_folder(workdir->spare);
	char name[HD_SPARE_NAME];

	while (above >= 0 && workdir->ahead < count &&
	       workdir->ahead < HD_SPARE_MOST) {
		hd_spare_name(name, workdir->ahead);
		if (folder_make(workdir, above, name) < 0)
			return;
		workdir->ahead++;
	}
}

/* Give FOLDER's name to one that was made ahead; false when there is none, or
 * when something is there: that is to be filled. */
static bool folder_take(struct hd_workdir *workdir, const char *folder)
{
	char name[HD_SPARE_NAME];

	if (!workdir->ahead)
		return false;
	hd_spare_name(name, workdir->ahead - 1);
	if (renameat(hd_spare_folder(workdir->spare), name, AT_FDCWD,
		     folder) < 0) {
		workdir->ahead -= errno == ENOENT;
		return false;
	}
	workdir->ahead--;
	return true;
}

int hd_workdir_make(struct hd_workdir *workdir, const char *folder,
		    struct hd_error *err)
{
	int rc = folder_take(workdir, folder)
			 ? 1
			 : folder_make(workdir, AT_FDCWD, folder);

	if (rc >= 0)
		return rc;
	return hd_error_errno(err, errno, "cannot make the trial's folder '%s'",
			      folder);
}

/* Write it all; errno tells what was wrong. */
static int write_all(int fd, const char *text, size_t length)
{
	while (length) {
		ssize_t n = write(fd, text, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		text += n;
		length -= (size_t)n;
	}
	return 0;
}

/* A new file: one that the script put there may be a FIFO, or a link; as the
 * folder may be one by now. -1 and errno. */
static int file_replace(const char *folder, const char *name)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int at = dir_open(AT_FDCWD, folder);
	int fd = at < 0 ? -1 : openat(at, name, flags, 0666);
	int saved;

	if (at >= 0 && fd < 0 && errno == EEXIST && unlinkat(at, name, 0) == 0)
		fd = openat(at, name, flags, 0666);
	saved = errno;
	if (at >= 0)
		close(at);
	errno = saved;
	return fd;
}

/* In a folder that nobody knows yet a path will do. */
static int file_new(const char *folder, const char *name)
{
	char path[PATH_MAX];
	int length = snprintf(path, sizeof path, "%s/%s", folder, name);

	if (length < 0 || (size_t)length >= sizeof path) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

int hd_workdir_write(const char *folder, bool is_new, const char *name,
		     const char *text, size_t length, struct hd_error *err)
{
	int fd = is_new ? file_new(folder, name) : file_replace(folder, name);
	int rc = 0;

	if (fd < 0 || write_all(fd, text, length) < 0)
		rc = hd_error_errno(err, errno, "cannot write '%s/%s'", folder,
				    name);
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = hd_error_errno(err, errno, "cannot write '%s/%s'", folder,
				    name);
	return rc;
}
