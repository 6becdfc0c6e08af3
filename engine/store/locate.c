/* Where a store lies: looking for one, and making the folder of a new one. */
#define _XOPEN_SOURCE 700 /* realpath */

#include "base/buf.h"
#include "store/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STORE_FOLDER ".hdrive"
#define STORE_FILE STORE_FOLDER "/hdrive.db"

static int locate_take(char **out, struct hd_buf *buf, struct hd_error *err)
{
	*out = hd_buf_take(buf);
	return *out ? 0 : hd_error_nomem(err);
}

/* "/" and NAME make "/NAME", not "//NAME". */
static void locate_join(struct hd_buf *buf, const char *folder, size_t length,
			const char *name)
{
	hd_buf_clear(buf);
	hd_buf_add(buf, folder, length);
	if (length == 0 || folder[length - 1] != '/')
		hd_buf_putc(buf, '/');
	hd_buf_puts(buf, name);
}

static bool locate_has_store(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode);
}

/* The nearest store into BUF, else FOLDER's own; FOLDER is absolute. */
static void locate_upwards(struct hd_buf *buf, const char *folder)
{
	size_t length = strlen(folder);

	for (;;) {
		locate_join(buf, folder, length, STORE_FILE);
		if (hd_buf_failed(buf) || locate_has_store(hd_buf_text(buf)))
			return;
		if (length <= 1)
			break;
		while (length > 0 && folder[length - 1] != '/')
			length--;
		if (length > 1)
			length--; /* the slash, unless it is the root */
	}
	locate_join(buf, folder, strlen(folder), STORE_FILE);
}

int hd_store_locate(char **out, const char *folder, const char *override,
		    struct hd_error *err)
{
	struct hd_buf buf = HD_BUF_INIT;
	char *absolute = NULL;
	int rc;

	*out = NULL;
	if (override) {
		hd_buf_puts(&buf, override);
		return locate_take(out, &buf, err);
	}
	absolute = realpath(folder, NULL);
	if (!absolute)
		return hd_error_errno(err, errno, "cannot open folder '%s'",
				      folder);
	locate_upwards(&buf, absolute);
	rc = locate_take(out, &buf, err);
	free(absolute);
	return rc;
}

/* PATH's folder, "." or "/" where it names none; NULL for no memory. */
static char *locate_parent(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

int hd_store_absolute(char **out, const char *path, struct hd_error *err)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	struct hd_buf buf = HD_BUF_INIT;
	char *parent = NULL, *folder = NULL;
	int rc;

	*out = NULL;
	if (!*name)
		return hd_error_set(err, HD_EINVAL,
				    "'%s' is not the path of a store: it names "
				    "no file",
				    path);
	parent = locate_parent(path);
	if (!parent)
		return hd_error_nomem(err);
	folder = realpath(parent, NULL);
	if (!folder) {
		rc = hd_error_errno(err, errno, "no store at '%s'", path);
		goto out;
	}
	locate_join(&buf, folder, strlen(folder), name);
	rc = locate_take(out, &buf, err);
out:
	free(parent);
	free(folder);
	return rc;
}

/* So that the user's repository stays clean; one that is there is kept. */
static int locate_ignore(const char *folder, struct hd_error *err)
{
	struct hd_buf name = HD_BUF_INIT;
	int fd, rc = 0;

	locate_join(&name, folder, strlen(folder), ".gitignore");
	if (hd_buf_failed(&name)) {
		rc = hd_error_nomem(err);
		goto out;
	}
	fd = open(hd_buf_text(&name),
		  O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		goto out;
	if (fd < 0 || write(fd, "*\n", 2) != 2)
		rc = hd_error_errno(err, errno, "cannot write '%s'",
				    hd_buf_text(&name));
	if (fd >= 0)
		close(fd);
out:
	hd_buf_release(&name);
	return rc;
}

/* A new folder's name is durable once the folder above is synced. */
static int locate_sync_above(const char *folder, struct hd_error *err)
{
	char *above = locate_parent(folder);
	int fd, rc = 0;

	if (!above)
		return hd_error_nomem(err);
	fd = open(above, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* Some file systems cannot sync a folder: EINVAL is no loss. */
	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		rc = hd_error_errno(err, errno, "cannot sync '%s'", above);
	if (fd >= 0)
		close(fd);
	free(above);
	return rc;
}

int hd_store_make_folder(const char *path, struct hd_error *err)
{
	char *folder = locate_parent(path);
	int rc = 0;

	if (!folder)
		return hd_error_nomem(err);
	if (mkdir(folder, 0777) < 0) {
		if (errno != EEXIST)
			rc = hd_error_errno(err, errno,
					    "cannot make folder '%s'", folder);
		goto out;
	}
	rc = locate_ignore(folder, err);
	if (rc == 0)
		rc = locate_sync_above(folder, err);
out:
	free(folder);
	return rc;
}
