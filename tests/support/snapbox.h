/* A source folder and a store's folder beside it, for tests of snapshots. */
#ifndef TESTS_SUPPORT_SNAPBOX_H
#define TESTS_SUPPORT_SNAPBOX_H

#include "folder.h"

#include "snapshot/snapshot.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct snapbox {
	char folder[FOLDER_PATH]; /* of both */
	char source[FOLDER_PATH];
	char store[FOLDER_PATH];
	struct hd_snapshot_setup setup;
	struct hd_snapshot *taken;
	struct hd_error err;
};

static inline int snapbox_setup(void **state)
{
	struct snapbox *box = calloc(1, sizeof *box);

	assert_non_null(box);
	folder_make(box->folder);
	strcpy(box->source, folder_path(box->folder, "source"));
	strcpy(box->store, folder_path(box->folder, "store"));
	assert_int_equal(mkdir(box->source, 0777), 0);
	assert_int_equal(mkdir(box->store, 0777), 0);
	box->setup = (struct hd_snapshot_setup){ .source = box->source,
						 .store = box->store,
						 .bytes_most = HD_SNAPSHOT_BYTES,
						 .files_most = HD_SNAPSHOT_FILES };
	*state = box;
	return 0;
}

static inline int snapbox_teardown(void **state)
{
	struct snapbox *box = *state;

	hd_snapshot_close(box->taken);
	folder_remove(box->folder);
	free(box);
	return 0;
}

static inline void snap_dir(struct snapbox *box, const char *name)
{
	assert_int_equal(mkdir(folder_path(box->source, name), 0777), 0);
}

static inline void snap_file(struct snapbox *box, const char *name, const char *text)
{
	folder_write(box->source, name, text, 0644);
}

/* Take one, in place of the last; its id. */
static inline const char *snap(struct snapbox *box)
{
	hd_snapshot_close(box->taken);
	box->taken = NULL;
	if (hd_snapshot_take(&box->taken, &box->setup, &box->err) < 0)
		fail_msg("%s", box->err.text);
	return hd_snapshot_id(box->taken);
}

/* PATH in the last one. */
static inline const char *snap_path(const struct snapbox *box, const char *path)
{
	static char paths[4][2 * FOLDER_PATH];
	static unsigned turn;
	char *out = paths[turn++ % 4];

	snprintf(out, sizeof *paths, "%s/%s/%s/%s", box->store, HD_SNAPSHOT_FOLDER,
		 hd_snapshot_id(box->taken), path);
	return out;
}

static inline bool snap_has(const struct snapbox *box, const char *path)
{
	struct stat info;

	return lstat(snap_path(box, path), &info) == 0;
}

#define assert_snap_has(box, path)                           \
	do {                                                 \
		if (!snap_has(box, path))                    \
			fail_msg("'%s' is not in it", path); \
	} while (0)
#define assert_snap_lacks(box, path)                     \
	do {                                             \
		if (snap_has(box, path))                 \
			fail_msg("'%s' is in it", path); \
	} while (0)

/* What the file PATH in the last one holds. */
static inline void assert_snap_holds(const struct snapbox *box, const char *path,
				     const char *text)
{
	char found[256];
	FILE *file = fopen(snap_path(box, path), "rb");
	size_t length;

	assert_non_null(file);
	length = fread(found, 1, sizeof found - 1, file);
	found[length] = '\0';
	fclose(file);
	assert_string_equal(found, text);
}

#endif
