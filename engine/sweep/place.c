/* The folder comes first: that it did not exist makes the name ours. */
#include "sweep/place.h"

#include "base/buf.h"
#include "sweep/lock.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_TRIES 16

/* Nothing is in it but perhaps the lock. */
static bool folder_is_bare(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	bool bare = folder != NULL;

	while (bare && (entry = readdir(folder)))
		bare = !strcmp(entry->d_name, ".") ||
		       !strcmp(entry->d_name, "..") ||
		       !strcmp(entry->d_name, HD_SWEEP_LOCK);
	if (folder)
		closedir(folder);
	return bare;
}

static int name_taken(const struct hd_place *place, struct hd_error *err)
{
	return hd_error_set(err, HD_EEXIST,
			    "the name '%s' is taken: '%s' exists", place->name,
			    *place->folder);
}

/*
 * Returns 1 for one that may be what an engine left that was killed before it
 * had its row: the lock and the row will tell.
 */
static int folder_make(const struct hd_place *place, struct hd_error *err)
{
	struct hd_buf path = HD_BUF_INIT;

	hd_buf_printf(&path, "%s/%s", hd_store_folder(place->store),
		      place->name);
	free(*place->folder);
	*place->folder = hd_buf_take(&path);
	if (!*place->folder)
		return hd_error_nomem(err);
	if (mkdir(*place->folder, 0777) == 0)
		return 0;
	if (errno == EEXIST)
		return folder_is_bare(*place->folder) ? 1
						      : name_taken(place, err);
	return hd_error_errno(err, errno, "cannot make the folder '%s'",
			      *place->folder);
}

/* What hd_sweep_lock made in it goes first. */
static void folder_unmake(const struct hd_place *place)
{
	hd_sweep_unlock(place->lock, *place->folder, true);
	rmdir(*place->folder);
}

static int place_take(const struct hd_place *place, struct hd_error *err)
{
	int found = folder_make(place, err);
	int rc;

	if (found < 0)
		return found;
	rc = hd_sweep_lock(place->lock, *place->folder, place->name, err);
	if (rc == HD_EBUSY && found)
		return name_taken(place, err);
	if (rc == 0)
		rc = place->insert(place->user, err);
	if (rc < 0 && !found)
		folder_unmake(place);
	else if (rc < 0)
		hd_sweep_unlock(place->lock, *place->folder, false);
	return rc == HD_EEXIST ? name_taken(place, err) : rc;
}

int hd_place_take(const struct hd_place *place, const char *name,
		  struct hd_error *err)
{
	int rc = 0;

	if (name) {
		rc = hd_name_check(name, err);
		if (rc < 0)
			return rc;
		memcpy(place->name, name, strlen(name) + 1);
		return place_take(place, err);
	}
	for (int i = 0; i < NAME_TRIES; i++) {
		rc = hd_name_make(place->name, err);
		if (rc == 0)
			rc = place_take(place, err);
		if (rc != HD_EEXIST)
			break;
	}
	return rc;
}
