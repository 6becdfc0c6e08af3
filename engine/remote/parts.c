/*
 * Parts and their hash. What is hashed of a file is its name, whether it can
 * be run, its size and its bytes; folders are walked by name, so that the same
 * parts have the same hash on every machine.
 */
#define _GNU_SOURCE /* scandirat */

#include "remote/parts.h"

#include "base/buf.h"
#include "base/file.h"

#include <nettle/sha2.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTS_MOST 4
#define ID_BYTES 16
#define DEPTH_MOST 16 /* folders in each other */
#define READ_BLOCK 16384

struct hd_parts {
	struct hd_part parts[PARTS_MOST];
	char *paths[PARTS_MOST]; /* owned, as parts' */
	size_t count;
	char id[2 * ID_BYTES + 1];
};

/* --- the hash ------------------------------------------------------------- */

struct hashing {
	struct sha256_ctx sha;
	struct hd_error *err;
};

static int hash_error(struct hashing *hashing, const char *name)
{
	return hd_error_errno(hashing->err, errno, "cannot read '%s'", name);
}

static void hash_text(struct hashing *hashing, const char *text)
{
	sha256_update(&hashing->sha, strlen(text) + 1, (const uint8_t *)text);
}

static int hash_bytes(struct hashing *hashing, int fd, const char *name)
{
	uint8_t block[READ_BLOCK];
	ssize_t got;

	for (;;) {
		got = read(fd, block, sizeof block);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return hash_error(hashing, name);
		if (got == 0)
			return 0;
		sha256_update(&hashing->sha, (size_t)got, block);
	}
}

static int hash_folder(struct hashing *hashing, int fd, const char *name,
		       unsigned depth);

/* NAME in the folder AT, by its kind; links are followed, as a copy of what
 * they lead to is what is needed there. */
static int hash_entry(struct hashing *hashing, int at, const char *path,
		      const char *name, unsigned depth)
{
	int fd = openat(at, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	struct stat info;
	char head[64];
	int rc;

	if (fd < 0 || fstat(fd, &info) < 0) {
		rc = hash_error(hashing, path);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	hash_text(hashing, name);
	if (S_ISDIR(info.st_mode)) {
		hash_text(hashing, "folder");
		rc = hash_folder(hashing, fd, path, depth + 1);
	} else {
		snprintf(head, sizeof head, "%s %lld",
			 info.st_mode & 0111 ? "program" : "file",
			 (long long)info.st_size);
		hash_text(hashing, head);
		rc = S_ISREG(info.st_mode) ? hash_bytes(hashing, fd, path) : 0;
	}
	close(fd);
	return rc;
}

/* Made by who runs the drop-ins, and another by each Python. */
static int is_wanted(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0 &&
	       strcmp(entry->d_name, "__pycache__") != 0;
}

/* alphasort goes by the locale. */
static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int hash_folder(struct hashing *hashing, int fd, const char *name,
		       unsigned depth)
{
	struct dirent **entries = NULL;
	int count, rc = 0;

	if (depth > DEPTH_MOST)
		return hd_error_set(hashing->err, HD_ELIMIT,
				    "more than %d folders in each other in '%s'",
				    DEPTH_MOST, name);
	count = scandirat(fd, ".", &entries, is_wanted, by_bytes);
	if (count < 0)
		return hash_error(hashing, name);
	for (int i = 0; i < count; i++) {
		if (rc == 0)
			rc = hash_entry(hashing, fd, entries[i]->d_name,
					entries[i]->d_name, depth);
		free(entries[i]);
	}
	free(entries);
	hash_text(hashing, ""); /* its end */
	return rc;
}

static int parts_hash(struct hd_parts *parts, struct hd_error *err)
{
	struct hashing hashing = { .err = err };
	uint8_t digest[ID_BYTES];
	int rc = 0;

	sha256_init(&hashing.sha);
	for (size_t i = 0; i < parts->count && rc == 0; i++)
		rc = hash_entry(&hashing, AT_FDCWD, parts->parts[i].path,
				parts->parts[i].name, 0);
	if (rc < 0)
		return rc;
	sha256_digest(&hashing.sha, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(parts->id + 2 * i, 3, "%02x", digest[i]);
	return 0;
}

/* --- what there is -------------------------------------------------------- */

/* PATH is taken. */
static void parts_add(struct hd_parts *parts, const char *name, char *path)
{
	parts->paths[parts->count] = path;
	parts->parts[parts->count++] = (struct hd_part){ name, path };
}

/* A part that has to be there. */
static int parts_take(struct hd_parts *parts, const char *name,
		      const char *path, struct hd_error *err)
{
	char *real = realpath(path, NULL);

	if (!real)
		return hd_error_errno(err, errno, "cannot find '%s'", path);
	parts_add(parts, name, real);
	return 0;
}

/* Beside the launcher, where there is one. */
static int parts_take_server(struct hd_parts *parts, struct hd_error *err)
{
	const char *launcher = parts->parts[0].path;
	struct hd_buf path = HD_BUF_INIT;
	char *beside;

	hd_buf_add(&path, launcher, (size_t)(strrchr(launcher, '/') - launcher) + 1);
	hd_buf_puts(&path, HD_PARTS_MLFLOW);
	beside = hd_buf_take(&path);
	if (!beside)
		return hd_error_nomem(err);
	if (access(beside, X_OK) == 0)
		parts_add(parts, HD_PARTS_MLFLOW, beside);
	else
		free(beside);
	return 0;
}

int hd_parts_open(struct hd_parts **out, const char *launcher,
		  const char *python_path, struct hd_error *err)
{
	struct hd_parts *parts = calloc(1, sizeof *parts);
	int rc;

	*out = NULL;
	if (!parts)
		return hd_error_nomem(err);
	rc = parts_take(parts, HD_PARTS_LAUNCHER, launcher, err);
	if (rc == 0)
		rc = parts_take_server(parts, err);
	if (rc == 0)
		rc = parts_take(parts, HD_PARTS_STAND_IN, launcher, err);
	if (rc == 0 && python_path)
		rc = parts_take(parts, HD_PARTS_PYTHON, python_path, err);
	if (rc == 0)
		rc = parts_hash(parts, err);
	if (rc < 0)
		goto out;
	*out = parts;
	parts = NULL;
out:
	hd_parts_close(parts);
	return rc;
}

const char *hd_parts_id(const struct hd_parts *parts)
{
	return parts->id;
}

size_t hd_parts_count(const struct hd_parts *parts)
{
	return parts->count;
}

const struct hd_part *hd_parts_at(const struct hd_parts *parts, size_t index)
{
	return &parts->parts[index];
}

void hd_parts_close(struct hd_parts *parts)
{
	if (!parts)
		return;
	for (size_t i = 0; i < parts->count; i++)
		free(parts->paths[i]);
	free(parts);
}

/* --- a copy --------------------------------------------------------------- */

static int parts_fill(const struct hd_parts *parts, const char *folder,
		      struct hd_error *err)
{
	int rc = 0;

	for (size_t i = 0; i < parts->count && rc == 0; i++) {
		struct hd_buf to = HD_BUF_INIT;

		hd_buf_printf(&to, "%s/%s", folder, parts->parts[i].name);
		rc = hd_buf_failed(&to) ? hd_error_nomem(err)
					: hd_file_copy(parts->parts[i].path,
						       hd_buf_text(&to), err);
		hd_buf_release(&to);
	}
	return rc;
}

/* An engine that died, or another one, may have left a draft of its own: each
 * has the name of its maker's process. */
int hd_parts_copy(const struct hd_parts *parts, const char *folder,
		  struct hd_error *err)
{
	struct hd_buf place = HD_BUF_INIT, draft = HD_BUF_INIT;
	struct stat info;
	int rc;

	hd_buf_printf(&place, "%s/%s", folder, parts->id);
	hd_buf_printf(&draft, "%s/.%s-%ld", folder, parts->id, (long)getpid());
	if (hd_buf_failed(&place) || hd_buf_failed(&draft)) {
		rc = hd_error_nomem(err);
		goto out;
	}
	rc = 0;
	if (stat(hd_buf_text(&place), &info) == 0)
		goto out;
	rc = hd_file_folder(hd_buf_text(&draft), err);
	if (rc == 0)
		rc = parts_fill(parts, hd_buf_text(&draft), err);
	/* Another engine may have been first: its copy is as good. */
	if (rc == 0 && rename(hd_buf_text(&draft), hd_buf_text(&place)) < 0 &&
	    errno != EEXIST && errno != ENOTEMPTY)
		rc = hd_error_errno(err, errno, "cannot make '%s'",
				    hd_buf_text(&place));
	hd_file_remove(hd_buf_text(&draft));
out:
	hd_buf_release(&place);
	hd_buf_release(&draft);
	return rc;
}
