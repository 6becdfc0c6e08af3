/* Folders that are not read, only passed, are Linux's O_PATH. */
#define _GNU_SOURCE

#include "serve/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How deep a name may go: each part is a call. */
#define FILES_DEEP 64
/* What drafts' names begin with. */
#define FILES_DRAFT ".hdrive-"
#define FILES_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

bool hd_files_is_name(const char *name)
{
	size_t parts = 0;

	if (!*name)
		return false;
	for (;;) {
		size_t length = strcspn(name, "/");

		if (length == 0 || length > NAME_MAX || ++parts > FILES_DEEP ||
		    (length == 1 && name[0] == '.') ||
		    (length == 2 && name[0] == '.' && name[1] == '.'))
			return false;
		if (!name[length])
			return true;
		name += length + 1;
	}
}

static int files_bad_name(const char *name, struct hd_error *err)
{
	return hd_error_set(err, HD_EINVAL,
			    "'%.200s' is no path below the run's artifacts",
			    name);
}

/* What an errno of an open means: links and the like are the asker's fault. */
static int files_fail(int number, const char *name, struct hd_error *err)
{
	if (number == ENOENT)
		return hd_error_set(err, HD_ENOENT, "no artifact '%.200s'", name);
	if (number == ELOOP || number == ENOTDIR || number == EISDIR ||
	    number == ENXIO)
		return hd_error_set(err, HD_EINVAL,
				    "'%.200s' leads through a link or is no "
				    "file",
				    name);
	return hd_error_errno(err, number, "cannot open artifact '%.200s'",
			      name);
}

/* Open the folder of the next part, making it when MAKE; an errno or 0. */
static int files_step(int *at, const char *part, size_t length, bool make)
{
	char name[NAME_MAX + 1];
	int next;

	memcpy(name, part, length);
	name[length] = '\0';
	if (make && mkdirat(*at, name, 0777) < 0 && errno != EEXIST)
		return errno;
	next = openat(*at, name, FILES_FOLDER);
	if (next < 0)
		return errno;
	close(*at);
	*at = next;
	return 0;
}

/*
 * The folder that NAME's last part is in; *LAST is that part. WHOLE: into the
 * last part too.
 */
static int files_walk(int *at, const char **last, const char *folder,
		      const char *name, bool make, bool whole,
		      struct hd_error *err)
{
	const char *part = name;
	int rc = 0;

	*at = -1;
	if (!(whole && !*name) && !hd_files_is_name(name))
		return files_bad_name(name, err);
	/* The folder itself may be one that a trial keeps elsewhere, by a link. */
	*at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*at < 0)
		return files_fail(errno, name, err);
	while (rc == 0 && *part) {
		size_t length = strcspn(part, "/");

		if (!part[length] && !whole)
			break;
		rc = files_step(at, part, length, make);
		part += length + (part[length] == '/');
	}
	*last = part;
	if (!rc)
		return 0;
	close(*at);
	*at = -1;
	return files_fail(rc, name, err);
}

int hd_files_open(int *fd, uint64_t *size, const char *folder, const char *name,
		  struct hd_error *err)
{
	const char *last;
	struct stat stat;
	int at, rc = files_walk(&at, &last, folder, name, false, false, err);

	*fd = -1;
	if (rc < 0)
		return rc;
	/* A FIFO would hold us until somebody writes to it. */
	*fd = openat(at, last, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0)
		rc = files_fail(errno, name, err);
	else if (fstat(*fd, &stat) < 0)
		rc = files_fail(errno, name, err);
	else if (!S_ISREG(stat.st_mode))
		rc = files_fail(EISDIR, name, err);
	else
		*size = (uint64_t)stat.st_size;
	close(at);
	if (rc < 0 && *fd >= 0) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}

/* --- a folder's entries --------------------------------------------------- */

static int files_is_shown(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0 &&
	       strncmp(entry->d_name, FILES_DRAFT, strlen(FILES_DRAFT)) != 0;
}

static int files_show(int at, const char *name, hd_files_fn fn, void *user)
{
	struct hd_files_entry entry = { .name = name };
	struct stat stat;

	/* It may be gone by now. */
	if (fstatat(at, name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	entry.is_folder = S_ISDIR(stat.st_mode);
	entry.size = (uint64_t)stat.st_size;
	return entry.is_folder || S_ISREG(stat.st_mode) ? fn(user, &entry) : 0;
}

int hd_files_list(const char *folder, const char *name, hd_files_fn fn,
		  void *user, struct hd_error *err)
{
	struct dirent **entries = NULL;
	struct hd_error why = { 0 };
	const char *last;
	int at, count, rc;

	rc = files_walk(&at, &last, folder, name, false, true, &why);
	/* Clients ask so whether a path is a file. */
	if (rc == HD_ENOENT || (rc == HD_EINVAL && hd_files_is_name(name)))
		return 0;
	if (rc < 0)
		return hd_error_set(err, rc, "%s", why.text);
	count = scandirat(at, ".", &entries, files_is_shown, alphasort);
	if (count < 0)
		rc = files_fail(errno, name, err);
	for (int i = 0; i < count; i++) {
		if (rc == 0)
			rc = files_show(at, entries[i]->d_name, fn, user);
		free(entries[i]);
	}
	free(entries);
	close(at);
	return rc;
}

/* --- drafts --------------------------------------------------------------- */

int hd_files_draft_open(struct hd_files_draft *draft, const char *folder,
			const char *name, struct hd_error *err)
{
	static unsigned number;
	const char *last;
	int rc;

	*draft = (struct hd_files_draft){ .folder = -1, .fd = -1 };
	rc = files_walk(&draft->folder, &last, folder, name, true, false, err);
	if (rc < 0)
		return rc;
	draft->name = strdup(last);
	snprintf(draft->draft, sizeof draft->draft, FILES_DRAFT "%ld-%u",
		 (long)getpid(), number++);
	if (draft->name)
		draft->fd = openat(draft->folder, draft->draft,
				   O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (!draft->name)
		rc = hd_error_nomem(err);
	else if (draft->fd < 0)
		rc = files_fail(errno, name, err);
	if (rc < 0)
		hd_files_draft_close(draft);
	return rc;
}

int hd_files_draft_write(struct hd_files_draft *draft, const char *bytes,
			 size_t length, struct hd_error *err)
{
	while (length > 0) {
		ssize_t wrote = write(draft->fd, bytes, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return hd_error_errno(err, wrote ? errno : ENOSPC,
					      "cannot write artifact '%.200s'",
					      draft->name);
		bytes += wrote;
		length -= (size_t)wrote;
	}
	return 0;
}

int hd_files_draft_keep(struct hd_files_draft *draft, struct hd_error *err)
{
	int rc = close(draft->fd);

	draft->fd = -1;
	if (rc == 0)
		rc = renameat(draft->folder, draft->draft, draft->folder,
			      draft->name);
	if (rc < 0)
		return files_fail(errno, draft->name, err);
	draft->draft[0] = '\0';
	return 0;
}

void hd_files_draft_close(struct hd_files_draft *draft)
{
	if (draft->folder < 0)
		return;
	if (draft->fd >= 0)
		close(draft->fd);
	if (draft->draft[0])
		unlinkat(draft->folder, draft->draft, 0);
	close(draft->folder);
	free(draft->name);
	*draft = (struct hd_files_draft){ .folder = -1, .fd = -1 };
}
