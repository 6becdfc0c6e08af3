/*
 * A sweep's folder and a source folder, and what makes folders of trials there.
 */
#ifndef TESTS_SUPPORT_PLACE_H
#define TESTS_SUPPORT_PLACE_H

#include "check.h"
#include "folder.h"

#include "dispatch/spare.h"
#include "dispatch/workdir.h"

#include <fcntl.h>

struct place {
	char sweep[FOLDER_PATH];
	char source[FOLDER_PATH];
	struct hd_spare *spare;
	struct hd_workdir *workdir;
};

static inline void place_open(struct place *place)
{
	place->spare = hd_spare_open(place->sweep);
	assert_int_equal(hd_workdir_open(&place->workdir, place->source, NULL, NULL),
			 0);
	hd_workdir_use(place->workdir, place->spare);
}

static inline void place_close(struct place *place)
{
	hd_workdir_close(place->workdir);
	hd_spare_close(place->spare);
}

static inline int place_setup(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	folder_make(place->sweep);
	folder_make(place->source);
	folder_write(place->source, "train.py", "source\n", 0644);
	place_open(place);
	assert_non_null(place->spare);
	*state = place;
	return 0;
}

static inline int place_teardown(void **state)
{
	struct place *place = *state;

	place_close(place);
	folder_remove(place->sweep);
	folder_remove(place->source);
	free(place);
	return 0;
}

static inline bool place_has(const struct place *place, const char *name)
{
	struct stat info;

	return lstat(folder_path(place->sweep, name), &info) == 0;
}

static inline ino_t place_inode(const struct place *place, const char *name)
{
	struct stat info;

	assert_int_equal(lstat(folder_path(place->sweep, name), &info), 0);
	return info.st_ino;
}

/* What hd_workdir_make says of the trial NAME. */
static inline int place_make(const struct place *place, const char *name)
{
	return hd_workdir_make(place->workdir, folder_path(place->sweep, name),
			       NULL);
}

static inline void assert_trial(const struct place *place, const char *name)
{
	char trial[FOLDER_PATH];

	snprintf(trial, sizeof trial, "%s", folder_path(place->sweep, name));
	assert_folder_links(trial, "outputs", "work/outputs");
	assert_folder_links(trial, "logs", "work/logs");
	assert_folder_holds(trial, "work/train.py", "source\n");
	folder_write(trial, "checkpoints/x", "x", 0644);
	folder_write(trial, "outputs/x", "x", 0644);
	folder_write(trial, "logs/x", "x", 0644);
}

#endif
