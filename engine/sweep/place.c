/* The folder comes first: that it did not exist makes the name ours. */
#define _XOPEN_SOURCE 700 /* realpath */

#include "sweep/place.h"

#include "base/buf.h"
#include "base/file.h"
#include "sweep/lock.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_TRIES 16
/* How ids begin; what is behind tells them apart. */
#define ID_PREFIX "HD_"

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

void hd_place_name(char text[HD_PLACE_NAME], const char *name, const char *id)
{
	snprintf(text, HD_PLACE_NAME, "%s-%.8s", name, id + strlen(ID_PREFIX));
}

char *hd_place_follow(const char *folder)
{
	char *real = realpath(folder, NULL);
	struct stat info;

	if (real && lstat(folder, &info) == 0 && S_ISLNK(info.st_mode))
		return real;
	free(real);
	return strdup(folder);
}

/* One that an engine left that was killed before it had its row; 1, or 0. */
static int folder_left(const struct hd_place *place, const char *link)
{
	char *left = realpath(link, NULL);

	if (!left || !folder_is_bare(left)) {
		free(left);
		return 0;
	}
	free(*place->folder);
	*place->folder = left;
	return 1;
}

/* As folder_make, with the folder on the ground and a link to it at LINK. */
static int ground_make(const struct hd_place *place, const char *link,
		       struct hd_error *err)
{
	struct hd_buf path = HD_BUF_INIT;
	char name[HD_PLACE_NAME];
	int rc = hd_file_folder(place->ground, err);

	if (rc < 0)
		return rc;
	hd_place_name(name, place->name, place->id);
	hd_buf_printf(&path, "%s/%s", place->ground, name);
	free(*place->folder);
	*place->folder = hd_buf_take(&path);
	if (!*place->folder)
		return hd_error_nomem(err);
	if (mkdir(*place->folder, 0777) < 0)
		return hd_error_errno(err, errno, "cannot make the folder '%s'",
				      *place->folder);
	if (symlink(*place->folder, link) == 0)
		return 0;
	rc = errno;
	rmdir(*place->folder);
	if (rc != EEXIST)
		return hd_error_errno(err, rc, "cannot make the link '%s'", link);
	return folder_left(place, link) ? 1
					: hd_error_set(err, HD_EEXIST,
						       "the name '%s' is taken: '%s' exists",
						       place->name, link);
}

/* The link beside the store goes with the folder on the ground. */
static void link_unmake(const struct hd_place *place)
{
	struct hd_buf link = HD_BUF_INIT;

	if (!place->ground)
		return;
	hd_buf_printf(&link, "%s/%s", hd_store_folder(place->store), place->name);
	if (!hd_buf_failed(&link))
		unlink(hd_buf_text(&link));
	hd_buf_release(&link);
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
	if (place->ground) {
		char *link = hd_buf_take(&path);
		int rc = link ? ground_make(place, link, err) : hd_error_nomem(err);

		free(link);
		return rc;
	}
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
	link_unmake(place);
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
