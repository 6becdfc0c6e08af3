/*
 * The tree of a snapshot: named by the hash of its list (kind, path and
 * content of every entry, in order), filled with hard links, and put in its
 * place by one rename. One that is there already is looked at, and what a
 * program broke in it is made anew.
 */
#define _GNU_SOURCE /* syncfs */

#include "snapshot/private.h"

#include <nettle/sha2.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TREE_HEAD "hdrive snapshot 1\n"
#define TREE_PART "tree"
#define TREE_MEND "mend"
/* An object that another taker replaces meanwhile is tried so often. */
#define LINK_TRIES 5
/* Up to so many folders each is synced by itself; more, the file system. */
#define SYNC_ALONE 16

void hd_snapshot_name_it(struct hd_snapshot *snapshot)
{
	struct sha256_ctx sha;
	uint8_t hash[SHA256_DIGEST_SIZE];

	sha256_init(&sha);
	sha256_update(&sha, strlen(TREE_HEAD), (const uint8_t *)TREE_HEAD);
	for (size_t i = 0; i < snapshot->count; i++) {
		const struct hd_snapshot_entry *entry = &snapshot->entries[i];
		const uint8_t kind = (uint8_t)entry->kind;

		sha256_update(&sha, 1, &kind);
		sha256_update(&sha, strlen(entry->path) + 1, (const uint8_t *)entry->path);
		if (entry->hashed)
			sha256_update(&sha, sizeof entry->hash, entry->hash);
		if (entry->target)
			sha256_update(&sha, strlen(entry->target) + 1,
				      (const uint8_t *)entry->target);
	}
	sha256_digest(&sha, sizeof hash, hash);
	hd_snapshot_hex(hash, sizeof hash, snapshot->id);
}

/* --- an entry ------------------------------------------------------------------------- */

static bool entry_is_right(const struct hd_snapshot_entry *entry, int tree)
{
	char target[PATH_MAX];
	struct stat info;
	ssize_t length;

	switch (entry->kind) {
	case HD_SNAPSHOT_LINK:
		length = readlinkat(tree, entry->path, target, sizeof target);
		return length >= 0 && (size_t)length == strlen(entry->target) &&
		       !memcmp(target, entry->target, (size_t)length);
	case HD_SNAPSHOT_DIR:
		return fstatat(tree, entry->path, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
		       S_ISDIR(info.st_mode);
	case HD_SNAPSHOT_FILE:
	case HD_SNAPSHOT_PROGRAM:
		break;
	}
	return fstatat(tree, entry->path, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	       hd_snapshot_is_intact(&info, entry);
}

/* A file system that has no hard links, or a file with too many. */
static bool is_no_link(int errnum)
{
	return errnum == EMLINK || errnum == EPERM || errnum == ENOSYS || errnum == EXDEV ||
	       errnum == EOPNOTSUPP;
}

static int entry_make(struct hd_snapshot *snapshot, const struct hd_snapshot_entry *entry,
		      int at, const char *name)
{
	char object[72];
	int rc = 0;

	switch (entry->kind) {
	case HD_SNAPSHOT_LINK:
		return symlinkat(entry->target, at, name);
	case HD_SNAPSHOT_DIR:
		return mkdirat(at, name, 0777);
	case HD_SNAPSHOT_FILE:
	case HD_SNAPSHOT_PROGRAM:
		hd_snapshot_object_name(entry, object);
		/* One that gives way to another between name and link is none. */
		for (int i = 0; i < LINK_TRIES; i++) {
			rc = linkat(snapshot->objects, object, at, name, 0);
			if (rc == 0 || errno != ENOENT)
				break;
		}
		if (rc < 0 && is_no_link(errno))
			rc = hd_snapshot_copy_object(snapshot, entry, at, name);
		break;
	}
	return rc;
}

/* In place of whatever stands there; a trial may be reading it. */
static int entry_mend(struct hd_snapshot *snapshot, const struct hd_snapshot_entry *entry,
		      int tree)
{
	struct stat info;
	bool folder = fstatat(tree, entry->path, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
		      S_ISDIR(info.st_mode);

	if (hd_snapshot_part(snapshot, NULL) < 0)
		return -1;
	if (folder || entry->kind == HD_SNAPSHOT_DIR) {
		hd_snapshot_remove(tree, entry->path);
		return entry_make(snapshot, entry, tree, entry->path);
	}
	(void)unlinkat(snapshot->part, TREE_MEND, 0);
	if (entry_make(snapshot, entry, snapshot->part, TREE_MEND) < 0)
		return -1;
	return renameat(snapshot->part, TREE_MEND, tree, entry->path);
}

static int tree_failed(struct hd_snapshot *snapshot, const char *path, struct hd_error *err)
{
	return hd_error_errno(err, errno, "cannot make '%s' in the snapshot in '%s/%s'", path,
			      snapshot->setup->store, HD_SNAPSHOT_FOLDER);
}

static int tree_sync(int tree, const char *path)
{
	int folder = openat(tree, path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc = folder < 0 ? -1 : fsync(folder);

	if (folder >= 0)
		close(folder);
	return rc;
}

/* Everything in it is on the disk before it has its name. */
static int tree_sync_all(struct hd_snapshot *snapshot, int tree, struct hd_error *err)
{
	size_t folders = 0;
	int rc = 0;

	for (size_t i = 0; i < snapshot->count; i++)
		folders += snapshot->entries[i].kind == HD_SNAPSHOT_DIR;
	if (folders > SYNC_ALONE)
		rc = syncfs(snapshot->base);
	for (size_t i = 0; folders <= SYNC_ALONE && rc == 0 && i < snapshot->count; i++)
		if (snapshot->entries[i].kind == HD_SNAPSHOT_DIR)
			rc = tree_sync(tree, snapshot->entries[i].path);
	if (rc == 0)
		rc = fsync(tree);
	return rc < 0 ? hd_error_errno(err, errno, "cannot write the snapshot to the disk") : 0;
}

/* --- the tree --------------------------------------------------------------------------- */

static int tree_fill(struct hd_snapshot *snapshot, int tree, bool mends, struct hd_error *err)
{
	bool made = false;

	for (size_t i = 0; i < snapshot->count; i++) {
		const struct hd_snapshot_entry *entry = &snapshot->entries[i];

		if (mends && entry_is_right(entry, tree))
			continue;
		if (mends ? entry_mend(snapshot, entry, tree) < 0
			  : entry_make(snapshot, entry, tree, entry->path) < 0)
			return tree_failed(snapshot, entry->path, err);
		made = true;
	}
	return made ? tree_sync_all(snapshot, tree, err) : 0;
}

static int tree_open(int at, const char *name)
{
	return openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* 1 when it is there, and then right; 0 when it is not. */
static int tree_find(struct hd_snapshot *snapshot, struct hd_error *err)
{
	int tree = tree_open(snapshot->base, snapshot->id);
	int rc;

	if (tree < 0)
		return errno == ENOENT ? 0 : tree_failed(snapshot, snapshot->id, err);
	rc = tree_fill(snapshot, tree, true, err);
	close(tree);
	return rc < 0 ? rc : 1;
}

static int tree_build(struct hd_snapshot *snapshot, struct hd_error *err)
{
	int tree = -1;
	int rc = hd_snapshot_part(snapshot, err);

	if (rc < 0)
		return rc;
	if (mkdirat(snapshot->part, TREE_PART, 0777) == 0)
		tree = tree_open(snapshot->part, TREE_PART);
	if (tree < 0)
		return tree_failed(snapshot, snapshot->id, err);
	rc = tree_fill(snapshot, tree, false, err);
	close(tree);
	if (rc < 0)
		return rc;
	if (renameat(snapshot->part, TREE_PART, snapshot->base, snapshot->id) == 0)
		return 0;
	/* Another was faster. */
	if (errno == EEXIST || errno == ENOTEMPTY)
		rc = tree_find(snapshot, err);
	else
		rc = tree_failed(snapshot, snapshot->id, err);
	return rc < 0 ? rc : 0;
}

int hd_snapshot_tree(struct hd_snapshot *snapshot, struct hd_error *err)
{
	int rc = tree_find(snapshot, err);

	if (rc == 0)
		rc = tree_build(snapshot, err);
	if (rc >= 0 && fsync(snapshot->base) < 0)
		rc = hd_error_errno(err, errno, "cannot write the snapshot to the disk");
	return rc < 0 ? rc : 0;
}
