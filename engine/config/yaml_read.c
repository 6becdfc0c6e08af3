/*
 * Files into memory, with a bound on both time and size: opening a pipe that
 * nobody writes to does not wait, /dev/zero is cut off.
 */
#include "config/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(int fd, struct hd_buf *buf, const char *path,
		    struct hd_error *err)
{
	char bytes[16384];

	for (;;) {
		ssize_t got = read(fd, bytes, sizeof bytes);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return hd_error_errno(err, errno, "cannot read '%s'",
					      path);
		if (got == 0)
			break;
		hd_buf_add(buf, bytes, (size_t)got);
		if (buf->length > HD_YAML_BYTES)
			return hd_error_set(err, HD_ELIMIT,
					    "'%s' is larger than %zu MiB",
					    path, HD_YAML_BYTES >> 20);
		if (hd_buf_failed(buf))
			break;
	}
	return hd_buf_failed(buf) ? hd_error_nomem(err) : 0;
}

/* A descriptor that reads PATH and waits for data, or a negative code. */
static int read_open(const char *path, struct hd_error *err)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	struct stat status;
	int rc;

	if (fd < 0)
		return hd_error_errno(err, errno, "cannot open '%s'", path);
	if (fstat(fd, &status) < 0) {
		rc = hd_error_errno(err, errno, "cannot read '%s'", path);
	} else if (S_ISDIR(status.st_mode)) {
		rc = hd_error_set(err, HD_EINVAL,
				  "'%s' is a folder, expected a file", path);
	} else if (fcntl(fd, F_SETFL, O_RDONLY) < 0) {
		rc = hd_error_errno(err, errno, "cannot read '%s'", path);
	} else {
		return fd;
	}
	close(fd);
	return rc;
}

int hd_yaml_read(char **text, size_t *length, const char *path,
		 struct hd_error *err)
{
	struct hd_buf buf = HD_BUF_INIT;
	bool is_stdin = !strcmp(path, "-");
	int fd = is_stdin ? STDIN_FILENO : read_open(path, err);
	int rc;

	if (fd < 0)
		return fd;
	rc = read_all(fd, &buf, is_stdin ? "<stdin>" : path, err);
	if (!is_stdin)
		close(fd);
	if (rc == 0) {
		*length = buf.length;
		*text = hd_buf_take(&buf);
		if (!*text)
			rc = hd_error_nomem(err);
	}
	hd_buf_release(&buf);
	return rc;
}
