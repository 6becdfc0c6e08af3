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
	bool is_known;      /* hd_spare_learn's memory */
	struct entry *next;
};

struct hd_workdir {
	struct hd_arena *arena; /* the entries */
	char *source;
	const char *prefix; /* of links' targets; NULL: the source */
	struct entry *entries;
	const struct hd_spare *spare;
	/* hd_spare_learn's memory for the two in the trial's folder. */
	bool knows_outputs, knows_logs;
	bool is_shared; /* another thread reads what is known: nobody writes */
	bool is_worn;   /* by that thread: what is known was of no use */
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

/* The key is the name: work/ has no "outputs" and "logs" of the source. 1: what
 * was known was of no use. */
static int link_make(const struct hd_workdir *workdir, bool is_known,
		     const char *target, int at, const char *name)
{
	int rc = hd_spare_link(workdir->spare, name, is_known, target, at, name);

	if (rc < 0)
		return errno == EEXIST ? 0 : -1;
	return rc && is_known;
}

static int dir_open(int at, const char *name)
{
	return openat(at, name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* Both in the trial's folder; as link_make. */
static int links_make(const struct hd_workdir *workdir, int at)
{
	int outputs = link_make(workdir, workdir->knows_outputs,
				HD_WORKDIR_WORK "/" HD_WORKDIR_OUTPUTS, at,
				HD_WORKDIR_OUTPUTS);
	int logs = outputs < 0 ? -1
			       : link_make(workdir, workdir->knows_logs,
					   HD_WORKDIR_WORK "/" HD_WORKDIR_LOGS,
					   at, HD_WORKDIR_LOGS);

	return logs < 0 ? -1 : outputs || logs;
}

/* Fill work/; as link_make. */
static int work_fill(const struct hd_workdir *workdir, int work)
{
	int worn = 0;

	if (dir_make(work, HD_WORKDIR_OUTPUTS) < 0 ||
	    dir_make(work, HD_WORKDIR_LOGS) < 0)
		return -1;
	for (const struct entry *e = workdir->entries; e; e = e->next) {
		int rc = link_make(workdir, e->is_known, e->target, work, e->name);

		if (rc < 0)
			return rc;
		worn |= rc;
	}
	return worn;
}

/* Fill the folder open at AT; as link_make, errno tells what was wrong. */
static int folder_fill(const struct hd_workdir *workdir, int at)
{
	int work, worn, rc, saved;

	if (dir_make(at, HD_WORKDIR_WORK) < 0 ||
	    dir_make(at, HD_WORKDIR_CHECKPOINTS) < 0)
		return -1;
	worn = links_make(workdir, at);
	work = worn < 0 ? -1 : dir_open(at, HD_WORKDIR_WORK);
	rc = work < 0 ? -1 : work_fill(workdir, work);
	saved = errno;
	if (work >= 0)
		close(work);
	errno = saved;
	return rc < 0 ? rc : rc || worn;
}

/* Make and fill AT/NAME; 1 when it was not there, -1 with errno. */
static int folder_make(const struct hd_workdir *workdir, int at,
		       const char *name, bool *is_worn)
{
	bool is_new = mkdirat(at, name, 0777) == 0;
	int folder = is_new || errno == EEXIST ? dir_open(at, name) : -1;
	int rc = folder < 0 ? -1 : folder_fill(workdir, folder);
	int saved = errno;

	if (folder >= 0)
		close(folder);
	errno = saved;
	*is_worn |= rc > 0;
	return rc < 0 ? rc : is_new;
}

/* Have all links that can be shared; anew when those of before are WORN. */
static void links_learn(struct hd_workdir *workdir)
{
	const struct hd_spare *spare = workdir->spare;

	if (workdir->is_worn)
		workdir->knows_outputs = workdir->knows_logs = false;
	hd_spare_learn(spare, HD_WORKDIR_OUTPUTS, &workdir->knows_outputs,
		       HD_WORKDIR_WORK "/" HD_WORKDIR_OUTPUTS);
	hd_spare_learn(spare, HD_WORKDIR_LOGS, &workdir->knows_logs,
		       HD_WORKDIR_WORK "/" HD_WORKDIR_LOGS);
	for (struct entry *e = workdir->entries; e; e = e->next) {
		e->is_known = e->is_known && !workdir->is_worn;
		hd_spare_learn(spare, e->name, &e->is_known, e->target);
	}
	workdir->is_worn = false;
}

void hd_workdir_use(struct hd_workdir *workdir, const struct hd_spare *spare)
{
	workdir->spare = spare;
}

int hd_workdir_make(struct hd_workdir *workdir, const char *folder,
		    struct hd_error *err)
{
	bool is_worn = false;
	int rc;

	if (!workdir->is_shared)
		links_learn(workdir);
	rc = folder_make(workdir, AT_FDCWD, folder, &is_worn);
	if (!workdir->is_shared)
		workdir->is_worn |= is_worn;
	if (rc >= 0)
		return rc;
	return hd_error_errno(err, errno, "cannot make the trial's folder '%s'",
			      folder);
}

/* --- by another thread ------------------------------------------------------ */

void hd_workdir_share(struct hd_workdir *workdir, bool is_shared)
{
	if (is_shared)
		links_learn(workdir);
	workdir->is_shared = is_shared;
}

int hd_workdir_make_beside(struct hd_workdir *workdir, int at, const char *name)
{
	return folder_make(workdir, at, name, &workdir->is_worn);
}

/* --- what no trial took ----------------------------------------------------- */

/* Lists the folder open at AT through a descriptor of its own. */
static DIR *dir_list(int at)
{
	int copy = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);

	if (!list && copy >= 0)
		close(copy);
	return list;
}

static bool is_own(const char *name)
{
	static const char *const own[] = { ".", "..", HD_WORKDIR_WORK,
					   HD_WORKDIR_CHECKPOINTS,
					   HD_WORKDIR_OUTPUTS, HD_WORKDIR_LOGS };

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
		if (strcmp(name, own[i]) == 0)
			return true;
	return false;
}

static bool folder_is_bare(int folder)
{
	DIR *list = dir_list(folder);
	struct dirent *entry;
	bool is_bare = list != NULL;

	while (is_bare && (entry = readdir(list)))
		is_bare = is_own(entry->d_name);
	if (list)
		closedir(list);
	return is_bare;
}

static void link_remove(int at, const char *name)
{
	struct stat info;

	if (fstatat(at, name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISLNK(info.st_mode))
		unlinkat(at, name, 0);
}

/* What is no link or empty stays, and so does what it is in. */
static void work_empty(int folder)
{
	int work = dir_open(folder, HD_WORKDIR_WORK);
	DIR *list = work < 0 ? NULL : dir_list(work);
	struct dirent *entry;

	while (list && (entry = readdir(list)))
		link_remove(work, entry->d_name);
	if (list)
		closedir(list);
	if (work < 0)
		return;
	unlinkat(work, HD_WORKDIR_OUTPUTS, AT_REMOVEDIR);
	unlinkat(work, HD_WORKDIR_LOGS, AT_REMOVEDIR);
	close(work);
}

bool hd_workdir_is_bare(int at, const char *name)
{
	int folder = dir_open(at, name);
	bool is_bare = folder >= 0 && folder_is_bare(folder);

	if (folder >= 0)
		close(folder);
	return is_bare;
}

void hd_workdir_unmake(int at, const char *name)
{
	int folder = dir_open(at, name);

	if (folder < 0)
		return;
	if (folder_is_bare(folder)) {
		work_empty(folder);
		unlinkat(folder, HD_WORKDIR_WORK, AT_REMOVEDIR);
		unlinkat(folder, HD_WORKDIR_CHECKPOINTS, AT_REMOVEDIR);
		link_remove(folder, HD_WORKDIR_OUTPUTS);
		link_remove(folder, HD_WORKDIR_LOGS);
		unlinkat(at, name, AT_REMOVEDIR);
	}
	close(folder);
}

/* --- files ------------------------------------------------------------------ */

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
