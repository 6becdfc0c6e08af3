#include "exchange/board_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* TensorBoard wants the first; no other program's files end in the second. */
#define FILE_BEGIN "events.out.tfevents."
#define FILE_END ".hdrive"
/* At least so many digits are a run's name. */
#define RUN_DIGITS 6

static char *text_of(const char *format, const char *path, long number, struct hd_error *err)
{
	struct hd_buf buf = HD_BUF_INIT;
	char *text;

	hd_buf_printf(&buf, "%s", path);
	hd_buf_printf(&buf, "%s%ld.tmp", format, number);
	text = hd_buf_take(&buf);
	if (!text)
		hd_error_nomem(err);
	return text;
}

/* --- what is there -------------------------------------------------------- */

static bool is_file_name(const char *name)
{
	size_t length = strlen(name), begin = strlen(FILE_BEGIN), end = strlen(FILE_END);

	return length > begin + end && !strncmp(name, FILE_BEGIN, begin) &&
	       !strcmp(name + length - end, FILE_END);
}

static bool is_run_name(const char *name)
{
	return strlen(name) >= RUN_DIGITS && name[strspn(name, "0123456789")] == '\0';
}

/*
 * Whether the folder at PATH has nothing but what exports make, and something
 * of that into *COUNT. Of what it has besides, the first name is told.
 */
static int folder_check(const char *path, const char *below, bool may_hold_runs,
			size_t *count, struct hd_error *err)
{
	int fd = open(below, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int rc = 0;

	if (!dir) {
		rc = errno == ENOTDIR || errno == ELOOP
			     ? hd_error_set(err, HD_EEXIST, "'%s' is there already, and no folder",
					    below)
			     : hd_error_errno(err, errno, "cannot read the folder '%s'", below);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while (rc == 0 && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		struct hd_buf inner = HD_BUF_INIT;
		struct stat info;
		bool ok;

		if (!strcmp(name, ".") || !strcmp(name, ".."))
			continue;
		ok = fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
		hd_buf_printf(&inner, "%s/%s", below, name);
		++*count;
		if (hd_buf_failed(&inner))
			rc = hd_error_nomem(err);
		else if (ok && may_hold_runs && S_ISDIR(info.st_mode) && is_run_name(name))
			rc = folder_check(path, hd_buf_text(&inner), false, count, err);
		else if (!ok || !S_ISREG(info.st_mode) || !is_file_name(name))
			rc = hd_error_set(err, HD_EEXIST,
					  "'%s' is there already and has '%s', which is of no "
					  "earlier export: it is not replaced",
					  path, hd_buf_text(&inner) + strlen(path) + 1);
		hd_buf_release(&inner);
	}
	closedir(dir);
	return rc;
}

/* 1: an earlier export is there; 0: nothing, or an empty folder. */
static int place_check(const char *path, struct hd_error *err)
{
	struct stat info;
	size_t count = 0;
	int rc;

	if (lstat(path, &info) < 0)
		return errno == ENOENT ? 0
				       : hd_error_errno(err, errno, "cannot look at '%s'", path);
	rc = folder_check(path, path, true, &count, err);
	return rc < 0 ? rc : count > 0;
}

int hd_board_folder_begin(struct hd_board_folder *folder, const char *path,
			  struct hd_error *err)
{
	size_t length = strlen(path);
	int rc;

	*folder = (struct hd_board_folder){ .fd = -1, .err = err };
	while (length > 1 && path[length - 1] == '/')
		length--;
	folder->path = strndup(path, length);
	if (!folder->path)
		return hd_error_nomem(err);
	rc = place_check(folder->path, err);
	if (rc < 0)
		return rc;
	folder->draft = text_of(".", folder->path, (long)getpid(), err);
	if (!folder->draft)
		return HD_ENOMEM;
	hd_file_remove(folder->draft);
	if (mkdir(folder->draft, 0777) == 0)
		return 0;
	rc = hd_error_errno(err, errno, "cannot make the folder '%s'", folder->draft);
	free(folder->draft);
	folder->draft = NULL; /* whoever made it: it is not ours */
	return rc;
}

/* --- files ---------------------------------------------------------------- */

static int file_error(const struct hd_board_folder *folder)
{
	return hd_error_errno(folder->err, errno, "cannot write '%s'", folder->file);
}

int hd_board_folder_open(struct hd_board_folder *folder, const char *run,
			 int64_t seconds)
{
	struct hd_buf path = HD_BUF_INIT;

	hd_buf_printf(&path, "%s/%s", folder->draft, run);
	if (*run && !hd_buf_failed(&path) && mkdir(hd_buf_text(&path), 0777) < 0) {
		int rc = hd_error_errno(folder->err, errno, "cannot make the folder '%s'",
					hd_buf_text(&path));

		hd_buf_release(&path);
		return rc;
	}
	hd_buf_printf(&path, "/" FILE_BEGIN "%010" PRId64 FILE_END, seconds);
	folder->file = hd_buf_take(&path);
	if (!folder->file)
		return hd_error_nomem(folder->err);
	folder->fd = open(folder->file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	return folder->fd < 0 ? file_error(folder) : 0;
}

int hd_board_folder_write(struct hd_board_folder *folder, struct hd_buf *buf)
{
	const char *at = hd_buf_text(buf);
	size_t left = buf->length;

	if (hd_buf_failed(buf))
		return hd_error_nomem(folder->err);
	while (left) {
		ssize_t wrote = write(folder->fd, at, left);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return file_error(folder);
		at += wrote;
		left -= (size_t)wrote;
	}
	hd_buf_clear(buf);
	return 0;
}

int hd_board_folder_close(struct hd_board_folder *folder)
{
	int rc = 0;

	if (folder->fd >= 0 && close(folder->fd) < 0)
		rc = file_error(folder);
	folder->fd = -1;
	free(folder->file);
	folder->file = NULL;
	return rc;
}

/* --- its place ------------------------------------------------------------ */

/* An empty folder gives way to a rename by itself. */
static int folder_replace(const struct hd_board_folder *folder, bool is_export)
{
	char *old = NULL;
	int rc = 0;

	if (is_export) {
		old = text_of(".old.", folder->path, (long)getpid(), folder->err);
		if (!old)
			return HD_ENOMEM;
		if (rename(folder->path, old) < 0) {
			rc = hd_error_errno(folder->err, errno, "cannot replace '%s'",
					    folder->path);
			free(old);
			return rc;
		}
	}
	if (rename(folder->draft, folder->path) < 0) {
		rc = hd_error_errno(folder->err, errno, "cannot put the export at '%s'",
				    folder->path);
		if (old)
			rename(old, folder->path);
	} else if (old) {
		hd_file_remove(old);
	}
	free(old);
	return rc;
}

int hd_board_folder_end(struct hd_board_folder *folder, int rc)
{
	int closed = hd_board_folder_close(folder);

	if (rc == 0)
		rc = closed;
	/* Once more: somebody may have put something there meanwhile. */
	if (rc == 0)
		rc = place_check(folder->path, folder->err);
	if (rc >= 0)
		rc = folder_replace(folder, rc > 0);
	if (rc < 0 && folder->draft)
		hd_file_remove(folder->draft);
	free(folder->path);
	free(folder->draft);
	*folder = (struct hd_board_folder){ .fd = -1 };
	return rc;
}
