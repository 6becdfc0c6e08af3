/* What a source no longer has as it was when its snapshot was taken. */
#include "snapshot/private.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define COMPARE_BLOCK 65536
/* No tree that was taken is deeper. */
#define COMPARE_DEEPEST 200

struct comparing {
	struct hd_buf path; /* of where we are, from the source on */
	char *blocks;       /* two of them */
	hd_snapshot_changed_fn fn;
	void *user;
};

/* Reads until BLOCK is full or the file ends. */
static ssize_t read_block(int fd, char *block)
{
	size_t length = 0;

	while (length < COMPARE_BLOCK) {
		ssize_t got = read(fd, block + length, COMPARE_BLOCK - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

static bool content_same(const struct comparing *comparing, int was, int is)
{
	char *first = comparing->blocks;
	char *second = first + COMPARE_BLOCK;
	ssize_t length;

	do {
		length = read_block(was, first);
		if (length < 0 || read_block(is, second) != length ||
		    memcmp(first, second, (size_t)length) != 0)
			return false;
	} while (length > 0);
	return true;
}

static bool file_same(const struct comparing *comparing, int was_at, int is_at,
		      const char *name, const struct stat *was)
{
	struct stat found;
	int before, now;
	bool same;

	/* A pipe in its place would be waited for. */
	if (fstatat(is_at, name, &found, AT_SYMLINK_NOFOLLOW) < 0 ||
	    !S_ISREG(found.st_mode) || found.st_size != was->st_size)
		return false;
	before = openat(was_at, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	now = openat(is_at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	same = before >= 0 && now >= 0 && content_same(comparing, before, now);
	if (before >= 0)
		close(before);
	if (now >= 0)
		close(now);
	return same;
}

static int folder_compare(struct comparing *comparing, int was_at, int is_at,
			  unsigned depth);

/* The folder NAME in both; one that is gone has lost all that was in it. */
static int folder_enter(struct comparing *comparing, int was_at, int is_at,
			const char *name, unsigned depth)
{
	int was = openat(was_at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int is = openat(is_at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc = 0;

	hd_buf_putc(&comparing->path, '/');
	if (is < 0)
		rc = comparing->fn(comparing->user, hd_buf_text(&comparing->path));
	else if (was >= 0 && depth < COMPARE_DEEPEST)
		rc = folder_compare(comparing, was, is, depth + 1);
	if (was >= 0)
		close(was);
	if (is >= 0)
		close(is);
	return rc;
}

static int entry_compare(struct comparing *comparing, int was_at, int is_at,
			 const char *name, unsigned depth)
{
	struct stat was;

	if (fstatat(was_at, name, &was, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(was.st_mode))
		return folder_enter(comparing, was_at, is_at, name, depth);
	if (!S_ISREG(was.st_mode) || file_same(comparing, was_at, is_at, name, &was))
		return 0;
	return comparing->fn(comparing->user, hd_buf_text(&comparing->path));
}

static int folder_compare(struct comparing *comparing, int was_at, int is_at,
			  unsigned depth)
{
	size_t length = comparing->path.length;
	int again = dup(was_at);
	DIR *list = again < 0 ? NULL : fdopendir(again);
	struct dirent *entry;
	int rc = 0;

	if (!list && again >= 0)
		close(again);
	while (list && rc == 0 && (entry = readdir(list))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		hd_buf_puts(&comparing->path, entry->d_name);
		if (hd_buf_failed(&comparing->path))
			rc = HD_ENOMEM;
		else
			rc = entry_compare(comparing, was_at, is_at, entry->d_name, depth);
		hd_buf_cut(&comparing->path, length);
	}
	if (list)
		closedir(list);
	return rc;
}

int hd_snapshot_changed(const char *tree, const char *source,
			hd_snapshot_changed_fn fn, void *user)
{
	struct comparing comparing = {
		.path = HD_BUF_INIT,
		.blocks = malloc(2 * COMPARE_BLOCK),
		.fn = fn,
		.user = user,
	};
	int was = open(tree, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int is = open(source, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = 0;

	if (!comparing.blocks)
		rc = HD_ENOMEM;
	else if (was >= 0 && is >= 0)
		rc = folder_compare(&comparing, was, is, 0);
	if (was >= 0)
		close(was);
	if (is >= 0)
		close(is);
	hd_buf_release(&comparing.path);
	free(comparing.blocks);
	return rc;
}
