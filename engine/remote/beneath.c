#define _XOPEN_SOURCE 700 /* openat and its like */

#include "remote/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_MOST 255 /* bytes, of a file system */

const char *hd_beneath_check(const char *name)
{
	size_t length;

	while (name[0] == '.' && name[1] == '/')
		name += 2;
	if (!*name || *name == '/')
		return NULL;
	for (const char *at = name;; at += length + 1) {
		length = strcspn(at, "/");
		if ((length == 2 && !strncmp(at, "..", 2)) ||
		    (length == 1 && *at == '.') || length == 0 || length > PART_MOST)
			return NULL;
		if (!at[length])
			return name;
	}
}

/* Into the folder NAME of LENGTH bytes in AT, which is made and AT closed; -1
 * and errno. */
static int part_enter(int at, const char *name, size_t length)
{
	char part[PART_MOST + 1];
	int next, saved;

	snprintf(part, sizeof part, "%.*s", (int)length, name);
	(void)mkdirat(at, part, 0777);
	next = openat(at, part, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	saved = errno;
	close(at);
	errno = saved;
	return next;
}

/* The folder that the last part of NAME is in; *LAST becomes that part. A
 * descriptor, or -1 and errno. */
static int parent_open(int folder, const char *name, const char **last)
{
	int at = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const char *slash;

	while (at >= 0 && (slash = strchr(name, '/'))) {
		at = part_enter(at, name, (size_t)(slash - name));
		name = slash + 1;
	}
	*last = name;
	return at;
}

int hd_beneath_folder(int folder, const char *name)
{
	const char *last;
	int at = parent_open(folder, name, &last);

	if (at >= 0)
		at = part_enter(at, last, strlen(last));
	if (at < 0)
		return errno;
	close(at);
	return 0;
}

int hd_beneath_file(int *fd, int folder, const char *name, mode_t mode)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	const char *last;
	int at = parent_open(folder, name, &last);
	int rc = 0;

	*fd = -1;
	if (at < 0)
		return errno;
	mode = (mode & 0777) | 0600;
	*fd = openat(at, last, flags, mode);
	if (*fd < 0 && errno == EEXIST && unlinkat(at, last, 0) == 0)
		*fd = openat(at, last, flags, mode);
	if (*fd < 0)
		rc = errno;
	close(at);
	return rc;
}

int hd_beneath_link(int folder, const char *name, const char *target)
{
	const char *last;
	int at, rc = 0;

	if (!hd_beneath_check(target))
		return EINVAL;
	at = parent_open(folder, name, &last);
	if (at < 0)
		return errno;
	(void)unlinkat(at, last, 0);
	if (symlinkat(target, at, last) < 0)
		rc = errno;
	close(at);
	return rc;
}

/* FROM/SOURCE, a regular file, gets the name AT/LAST too. */
static int name_again(int from, const char *source, int at, const char *last)
{
	struct stat info;

	if (fstatat(from, source, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return errno;
	if (!S_ISREG(info.st_mode))
		return EINVAL;
	(void)unlinkat(at, last, 0);
	return linkat(from, source, at, last, 0) < 0 ? errno : 0;
}

int hd_beneath_name_again(int folder, const char *name, const char *target)
{
	const char *last, *source;
	int at, from, rc;

	target = hd_beneath_check(target);
	if (!target)
		return EINVAL;
	at = parent_open(folder, name, &last);
	if (at < 0)
		return errno;
	from = parent_open(folder, target, &source);
	rc = from < 0 ? errno : name_again(from, source, at, last);
	if (from >= 0)
		close(from);
	close(at);
	return rc;
}
