#define _XOPEN_SOURCE 700 /* realpath */

#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_BLOCK 65536
#define COPY_DEPTH 100 /* folders in each other */

#define DRAFT_NAME ".hdrive-%ld.tmp"

/* The draft's name in its folder: one a process, which has one thread here. */
struct draft_name {
	char text[40];
};

static struct draft_name draft_name(void)
{
	struct draft_name name;

	snprintf(name.text, sizeof name.text, DRAFT_NAME, (long)getpid());
	return name;
}

/* A draft of a dead process of our number may lie there. */
static int draft_open(int folder, mode_t mode)
{
	const struct draft_name name = draft_name();

	unlinkat(folder, name.text, 0);
	return openat(folder, name.text,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
}

static int draft_place(int folder, const char *name)
{
	const struct draft_name draft = draft_name();

	return renameat(folder, draft.text, folder, name);
}

static void draft_remove(int folder)
{
	const struct draft_name name = draft_name();

	unlinkat(folder, name.text, 0);
}

static int write_all(int fd, const char *text, size_t length)
{
	while (length > 0) {
		ssize_t written = write(fd, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return -1;
		text += written;
		length -= (size_t)written;
	}
	return 0;
}

/* --- one file ------------------------------------------------------------- */

static void file_close(struct hd_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->folder >= 0)
		close(file->folder);
	free(file->name);
	file->fd = file->folder = -1;
	file->name = NULL;
}

static int file_error(const struct hd_file *file, struct hd_error *err)
{
	return hd_error_errno(err, errno, "cannot write '%s'", file->path);
}

/* The folder of PATH, open, and PATH's last part into *NAME. */
static int folder_open(const char *path, char **name)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? strndup(path, slash == path ? 1 : (size_t)(slash - path))
			     : strdup(".");
	int fd = -1;

	*name = strdup(slash ? slash + 1 : path);
	if (!folder || !*name)
		errno = ENOMEM;
	else if (!**name)
		errno = EISDIR;
	else
		fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(folder);
	return fd;
}

int hd_file_begin(struct hd_file *file, const char *path, struct hd_error *err)
{
	struct stat found;
	char *real = NULL;

	*file = (struct hd_file){ .path = path, .folder = -1, .fd = -1 };
	if (stat(path, &found) == 0) {
		if (S_ISDIR(found.st_mode)) {
			errno = EISDIR;
			return file_error(file, err);
		}
		file->as_is = !S_ISREG(found.st_mode);
		/* A link stays one: what it leads to is replaced. */
		real = realpath(path, NULL);
	}
	if (file->as_is) {
		file->fd = open(path, O_WRONLY | O_CLOEXEC);
	} else {
		file->folder = folder_open(real ? real : path, &file->name);
		if (file->folder >= 0)
			file->fd = draft_open(file->folder, 0666);
	}
	free(real);
	if (file->fd >= 0)
		return 0;
	file_error(file, err);
	file_close(file);
	return err ? err->code : HD_EIO;
}

int hd_file_write(struct hd_file *file, const char *text, size_t length,
		  struct hd_error *err)
{
	return write_all(file->fd, text, length) < 0 ? file_error(file, err) : 0;
}

int hd_file_end(struct hd_file *file, struct hd_error *err)
{
	int rc = 0;

	/* Only now may a full disk of another machine say so. */
	if (!file->as_is && (fsync(file->fd) < 0 ||
			     draft_place(file->folder, file->name) < 0)) {
		rc = file_error(file, err);
		draft_remove(file->folder);
	}
	file_close(file);
	return rc;
}

void hd_file_abort(struct hd_file *file)
{
	if (file->fd >= 0 && !file->as_is)
		draft_remove(file->folder);
	file_close(file);
}

/* --- files and folders ---------------------------------------------------- */

struct copy {
	char *block; /* COPY_BLOCK bytes */
	struct hd_error *err;
};

static int copy_error(struct copy *copy, const char *name)
{
	return hd_error_errno(copy->err, errno, "cannot copy '%s'", name);
}

static int copy_bytes(struct copy *copy, int from, int to)
{
	ssize_t got;

	for (;;) {
		got = read(from, copy->block, COPY_BLOCK);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		if (write_all(to, copy->block, (size_t)got) < 0)
			return -1;
	}
}

static int copy_file(struct copy *copy, int from, mode_t mode, int folder,
		     const char *name)
{
	int to = draft_open(folder, mode & 0777);
	int rc = to < 0 ? -1 : copy_bytes(copy, from, to);

	if (to >= 0 && close(to) < 0)
		rc = -1;
	if (rc == 0)
		rc = draft_place(folder, name);
	if (rc == 0)
		return 0;
	rc = copy_error(copy, name);
	if (to >= 0)
		draft_remove(folder);
	return rc;
}

static int copy_link(struct copy *copy, int at, int folder, const char *name)
{
	const struct draft_name draft = draft_name();
	char target[4096];
	ssize_t length = readlinkat(at, name, target, sizeof target - 1);

	if (length < 0)
		return copy_error(copy, name);
	target[length] = '\0';
	unlinkat(folder, draft.text, 0);
	if (symlinkat(target, folder, draft.text) == 0 &&
	    draft_place(folder, name) == 0)
		return 0;
	length = copy_error(copy, name);
	draft_remove(folder);
	return (int)length;
}

static int copy_open(struct copy *copy, int from, const struct stat *found,
		     int folder, const char *name, unsigned depth);

static int copy_entry(struct copy *copy, int at, int folder, const char *name,
		      unsigned depth)
{
	struct stat found;
	int from;
	int rc;

	if (fstatat(at, name, &found, AT_SYMLINK_NOFOLLOW) < 0)
		return copy_error(copy, name);
	if (S_ISLNK(found.st_mode))
		return copy_link(copy, at, folder, name);
	if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode))
		return 0;
	from = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (from < 0)
		return copy_error(copy, name);
	rc = copy_open(copy, from, &found, folder, name, depth);
	close(from);
	return rc;
}

static int copy_entries(struct copy *copy, int from, int folder,
			const char *name, unsigned depth)
{
	int again = dup(from);
	DIR *dir = again < 0 ? NULL : fdopendir(again);
	struct dirent *found;
	int rc = 0;

	if (!dir) {
		rc = copy_error(copy, name);
		if (again >= 0)
			close(again);
		return rc;
	}
	while (rc == 0 && (errno = 0, found = readdir(dir))) {
		if (!strcmp(found->d_name, ".") || !strcmp(found->d_name, ".."))
			continue;
		rc = copy_entry(copy, from, folder, found->d_name, depth);
	}
	if (rc == 0 && errno)
		rc = copy_error(copy, name);
	closedir(dir);
	return rc;
}

static int copy_folder(struct copy *copy, int from, int folder,
		       const char *name, unsigned depth)
{
	int to;
	int rc;

	if (depth == COPY_DEPTH)
		return hd_error_set(copy->err, HD_ELIMIT,
				    "cannot copy '%s': more than %d folders in each other",
				    name, COPY_DEPTH);
	if (mkdirat(folder, name, 0777) < 0 && errno != EEXIST)
		return copy_error(copy, name);
	to = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (to < 0)
		return copy_error(copy, name);
	rc = copy_entries(copy, from, to, name, depth + 1);
	close(to);
	return rc;
}

static int copy_open(struct copy *copy, int from, const struct stat *found,
		     int folder, const char *name, unsigned depth)
{
	if (S_ISDIR(found->st_mode))
		return copy_folder(copy, from, folder, name, depth);
	return copy_file(copy, from, found->st_mode, folder, name);
}

/* The folders above the last part of PATH, which is changed and put back. */
static int folders_make(char *path, struct hd_error *err)
{
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		int rc;

		*at = '\0';
		rc = mkdir(path, 0777) < 0 && errno != EEXIST
			     ? hd_error_errno(err, errno, "cannot make the folder '%s'", path)
			     : 0;
		*at = '/';
		if (rc < 0)
			return rc;
	}
	return 0;
}

int hd_file_folder(const char *path, struct hd_error *err)
{
	size_t length = strlen(path);
	char *copy = malloc(length + 2);
	int rc;

	if (!copy)
		return hd_error_nomem(err);
	/* With a last part behind the slash, which is not looked at. */
	strcpy(stpcpy(copy, path), "/");
	rc = folders_make(copy, err);
	free(copy);
	return rc;
}

/* TO without slashes at its end, the caller's to free(). */
static char *copy_target(const char *to)
{
	size_t length = strlen(to);

	while (length > 1 && to[length - 1] == '/')
		length--;
	return strndup(to, length);
}

int hd_file_copy(const char *from, const char *to, struct hd_error *err)
{
	struct copy copy = { .block = malloc(COPY_BLOCK), .err = err };
	char *target = copy_target(to);
	char *name = NULL;
	struct stat found;
	int source = -1, folder = -1;
	int rc = 0;

	if (!copy.block || !target) {
		rc = hd_error_nomem(err);
		goto out;
	}
	/* A pipe would be waited for. */
	source = open(from, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (source < 0 || fstat(source, &found) < 0) {
		rc = hd_error_errno(err, errno, "cannot open '%s'", from);
		goto out;
	}
	if (!S_ISREG(found.st_mode) && !S_ISDIR(found.st_mode)) {
		rc = hd_error_set(err, HD_EINVAL, "'%s' is neither a file nor a folder", from);
		goto out;
	}
	rc = folders_make(target, err);
	if (rc < 0)
		goto out;
	folder = folder_open(target, &name);
	rc = folder < 0 ? hd_error_errno(err, errno, "cannot write '%s'", to)
			: copy_open(&copy, source, &found, folder, name, 0);
out:
	if (source >= 0)
		close(source);
	if (folder >= 0)
		close(folder);
	free(name);
	free(target);
	free(copy.block);
	return rc;
}

static void remove_at(int at, const char *name, unsigned depth)
{
	int fd = depth == COPY_DEPTH
			 ? -1
			 : openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *found;

	if (!dir && fd >= 0)
		close(fd);
	if (!dir)
		return;
	while ((found = readdir(dir))) {
		if (!strcmp(found->d_name, ".") || !strcmp(found->d_name, ".."))
			continue;
		if (unlinkat(fd, found->d_name, 0) < 0)
			remove_at(fd, found->d_name, depth + 1);
	}
	closedir(dir);
	(void)unlinkat(at, name, AT_REMOVEDIR);
}

void hd_file_remove(const char *path)
{
	if (unlink(path) < 0)
		remove_at(AT_FDCWD, path, 0);
}

/* Whether NAME is the draft of a process that is not there any more. */
static bool draft_is_left(const char *name)
{
	char like[40];
	long pid = -1;

	if (sscanf(name, DRAFT_NAME, &pid) != 1 || pid <= 0)
		return false;
	snprintf(like, sizeof like, DRAFT_NAME, pid);
	return !strcmp(name, like) && kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

void hd_file_drafts_remove(const char *folder)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (draft_is_left(entry->d_name))
			unlinkat(dirfd(dir), entry->d_name, 0);
	if (dir)
		closedir(dir);
}
