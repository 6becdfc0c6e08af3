/*
 * A taker holds the lock until its sweep has a row, so whoever is alone with
 * the snapshots reads from the rows all that are needed. A tree loses its name
 * before it is taken apart: a crash leaves what the next taker clears away.
 */
#include "doctor/snapshots.h"

#include "base/buf.h"
#include "doctor/folders.h"
#include "doctor/private.h"
#include "doctor/removal.h"
#include "snapshot/snapshot.h"
#include "store/origin.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512 /* st_blocks counts in these */
#define DEEPEST 200

struct ids {
	char (*items)[HD_SNAPSHOT_ID_SIZE];
	size_t count;
	size_t room;
};

struct inodes {
	ino_t *items;
	size_t count;
	size_t room;
};

struct unused {
	const struct hd_gc_rule *rule;
	const int64_t *gone;
	size_t gone_count;
	int base; /* .snapshots, open */
	struct ids used;
	struct ids found; /* that are not used */
	size_t there;
	struct inodes inodes; /* of the files in those, a name each */
	struct hd_removal removal;
	uint64_t bytes;
	struct hd_error *err;
};

/* --- which --------------------------------------------------------------------------- */

static int ids_add(struct ids *ids, const char *id)
{
	if (ids->count == ids->room) {
		size_t room = ids->room ? ids->room * 2 : 32;
		void *items = realloc(ids->items, room * sizeof *ids->items);

		if (!items)
			return HD_ENOMEM;
		ids->items = items;
		ids->room = room;
	}
	snprintf(ids->items[ids->count++], HD_SNAPSHOT_ID_SIZE, "%s", id);
	return 0;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(a, b);
}

static int see_used(void *user, int64_t sweep, const char *name, const char *id)
{
	struct unused *unused = user;

	(void)name;
	for (size_t i = 0; i < unused->gone_count; i++)
		if (unused->gone[i] == sweep)
			return 0;
	return hd_snapshot_is_id(id) ? ids_add(&unused->used, id) : 0;
}

static int see_tree(void *user, const char *id)
{
	struct unused *unused = user;

	unused->there++;
	if (unused->used.count && bsearch(id, unused->used.items, unused->used.count,
					  sizeof *unused->used.items, by_id))
		return 0;
	return ids_add(&unused->found, id);
}

static int unused_find(struct unused *unused, struct hd_store *store)
{
	int rc = hd_store_snapshots(store, see_used, unused, unused->err);

	if (rc == 0 && unused->used.count)
		qsort(unused->used.items, unused->used.count, sizeof *unused->used.items, by_id);
	return rc < 0 ? rc
		      : hd_snapshot_each(hd_store_folder(store), see_tree, unused, unused->err);
}

/* --- trees ---------------------------------------------------------------------------- */

static DIR *list_open(int at, const char *name)
{
	int fd = hd_folder_open(at, name);
	DIR *list = fd < 0 ? NULL : fdopendir(fd);

	if (!list && fd >= 0)
		close(fd);
	return list;
}

static int inodes_add(struct inodes *inodes, ino_t inode)
{
	if (inodes->count == inodes->room) {
		size_t room = inodes->room ? inodes->room * 2 : 256;
		ino_t *items = realloc(inodes->items, room * sizeof *items);

		if (!items)
			return HD_ENOMEM;
		inodes->items = items;
		inodes->room = room;
	}
	inodes->items[inodes->count++] = inode;
	return 0;
}

/* Folders and links by their size, files by their inodes: others share those. */
static int tree_look(struct unused *unused, int at, const char *name, int depth)
{
	DIR *list = depth ? list_open(at, name) : NULL;
	struct dirent *entry;
	struct stat info;
	int rc = 0;

	if (list && fstat(dirfd(list), &info) == 0)
		unused->bytes += (uint64_t)info.st_blocks * BLOCK;
	while (list && rc == 0 && (entry = readdir(list))) {
		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..") ||
		    fstatat(dirfd(list), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(info.st_mode))
			rc = tree_look(unused, dirfd(list), entry->d_name, depth - 1);
		else if (S_ISREG(info.st_mode) && info.st_nlink > 1)
			rc = inodes_add(&unused->inodes, info.st_ino);
		else
			unused->bytes += (uint64_t)info.st_blocks * BLOCK;
	}
	if (list)
		closedir(list);
	return rc;
}

static int trees_remove(struct unused *unused)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < unused->found.count; i++) {
		const char *id = unused->found.items[i];
		char part[80];

		rc = tree_look(unused, unused->base, id, DEEPEST);
		if (rc < 0 || !unused->rule->removes)
			continue;
		snprintf(part, sizeof part, "part-%s", id);
		(void)renameat(unused->base, id, unused->base, part);
		rc = hd_removal_entry(&unused->removal, unused->base, part);
	}
	return rc;
}

/* --- files ------------------------------------------------------------------------------ */

static int by_inode(const void *a, const void *b)
{
	ino_t one = *(const ino_t *)a, other = *(const ino_t *)b;

	return (one > other) - (one < other);
}

/* How many names of INODE are in the trees that go. */
static size_t names_of(const struct inodes *inodes, ino_t inode)
{
	const ino_t *found = inodes->count ? bsearch(&inode, inodes->items, inodes->count,
						     sizeof inode, by_inode)
					   : NULL;
	size_t count = 0;

	if (!found)
		return 0;
	while (found > inodes->items && found[-1] == inode)
		found--;
	while (found < inodes->items + inodes->count && *found++ == inode)
		count++;
	return count;
}

/* Those that no tree names, in removing, or would. */
static int objects_remove(struct unused *unused)
{
	DIR *list = list_open(unused->base, "objects");
	struct dirent *entry;
	struct stat info;
	int rc = 0;

	if (unused->inodes.count)
		qsort(unused->inodes.items, unused->inodes.count, sizeof *unused->inodes.items,
		      by_inode);
	while (list && rc == 0 && (entry = readdir(list))) {
		size_t others;

		if (entry->d_name[0] == '.' ||
		    fstatat(dirfd(list), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		others = (size_t)info.st_nlink - 1;
		if (!unused->rule->removes)
			others -= names_of(&unused->inodes, info.st_ino);
		if (others > 0)
			continue;
		unused->bytes += (uint64_t)info.st_blocks * BLOCK;
		rc = hd_removal_entry(&unused->removal, dirfd(list), entry->d_name);
	}
	if (list)
		closedir(list);
	return rc;
}

/* What is known of files is of use as long as there are any. */
static void caches_remove(struct unused *unused)
{
	DIR *list = list_open(unused->base, ".");
	struct dirent *entry;

	while (list && unused->rule->removes && unused->found.count == unused->there &&
	       (entry = readdir(list)))
		if (!strncmp(entry->d_name, "cache-", 6))
			(void)unlinkat(unused->base, entry->d_name, 0);
	if (list)
		closedir(list);
}

/* --- all ------------------------------------------------------------------------------------ */

static int unused_remove(struct unused *unused, struct hd_store *store)
{
	struct hd_buf path = HD_BUF_INIT;
	int rc = unused_find(unused, store);

	hd_buf_printf(&path, "%s/%s", hd_store_folder(store), HD_SNAPSHOT_FOLDER);
	if (rc == 0 && hd_buf_failed(&path))
		rc = HD_ENOMEM;
	if (rc == 0)
		unused->base = hd_folder_open(AT_FDCWD, hd_buf_text(&path));
	hd_buf_release(&path);
	if (unused->base < 0)
		return rc;
	rc = trees_remove(unused);
	if (rc == 0)
		rc = objects_remove(unused);
	caches_remove(unused);
	close(unused->base);
	return rc;
}

int hd_gc_snapshots(struct hd_store *store, const struct hd_gc_rule *rule,
		    const int64_t *gone, size_t count, struct hd_gc_row *row,
		    struct hd_error *err)
{
	struct unused unused = { .rule = rule,
				 .gone = gone,
				 .gone_count = count,
				 .base = -1,
				 .err = err };
	int lock = -1;
	int rc = rule->removes ? hd_snapshot_lock(&lock, hd_store_folder(store), err) : 0;

	if (rc == HD_ENOENT)
		return 0;
	if (rc == HD_EBUSY) {
		row->skipped = "one is being taken";
		return 0;
	}
	hd_removal_init(&unused.removal, rule->removes);
	if (rc == 0)
		rc = unused_remove(&unused, store);
	row->snapshots = unused.found.count;
	row->bytes = unused.bytes;
	row->failed = unused.removal.failed;
	hd_removal_release(&unused.removal);
	free(unused.used.items);
	free(unused.found.items);
	free(unused.inodes.items);
	if (lock >= 0)
		close(lock);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

/* --- the doctor's --------------------------------------------------------------------------- */

struct look {
	struct hd_visit *visit;
	size_t sweeps;
	size_t missing;
	size_t there;
};

static int look_sweep(void *user, int64_t sweep, const char *name, const char *id)
{
	struct look *look = user;

	(void)sweep;
	look->sweeps++;
	if (hd_snapshot_is_there(look->visit->folder, id))
		return 0;
	look->missing++;
	hd_visit_tell(look->visit, HD_HEALTH_WARNING, "snapshots",
		      "put it back where it was, if the sweep is to be gone on with",
		      "the snapshot that '%s' ran in is gone: there is no folder '%s/%s/%.64s'",
		      name, look->visit->folder, HD_SNAPSHOT_FOLDER, id);
	return look->visit->rc;
}

static int look_tree(void *user, const char *id)
{
	(void)id;
	((struct look *)user)->there++;
	return 0;
}

void hd_visit_snapshots(struct hd_visit *visit)
{
	struct look look = { .visit = visit };
	int rc;

	if (!visit->store)
		return;
	rc = hd_store_snapshots(visit->store, look_sweep, &look, visit->err);
	if (rc == 0)
		rc = hd_snapshot_each(visit->folder, look_tree, &look, visit->err);
	if (visit->rc == 0 && rc == HD_ENOMEM)
		hd_visit_fail(visit, rc);
	else if (rc < 0)
		hd_visit_tell(visit, HD_HEALTH_WARNING, "snapshots", "make it readable",
			      "snapshots cannot be looked at: %s", visit->err->text);
	else if (look.missing == 0)
		hd_visit_tell(visit, HD_HEALTH_OK, "snapshots", NULL,
			      "%zu, for %zu sweep%s; 'hdrive gc --snapshots' finds unused ones",
			      look.there, look.sweeps, hd_plural(look.sweeps));
}
