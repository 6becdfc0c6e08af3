/* openat and its like. */
#define _XOPEN_SOURCE 700

#include "dispatch/spare.h"

#include "base/buf.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In a folder of their own: they have any name. */
#define LINKS "links"

struct hd_spare {
	char *path;
	int above; /* the sweep's folder */
	int links;
	bool was_left;
};

/* Make and open AT/NAME; -1 when it cannot be. */
static int folder_make(int at, const char *name)
{
	if (mkdirat(at, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(at, name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int links_open(int above, bool *was_left)
{
	struct stat info;
	int folder, links;

	*was_left = fstatat(above, HD_SPARE_FOLDER, &info, AT_SYMLINK_NOFOLLOW) == 0;
	folder = folder_make(above, HD_SPARE_FOLDER);
	links = folder < 0 ? -1 : folder_make(folder, LINKS);

	if (folder >= 0)
		close(folder);
	return links;
}

struct hd_spare *hd_spare_open(const char *sweep_folder)
{
	struct hd_spare *spare = malloc(sizeof *spare);
	struct hd_buf path = HD_BUF_INIT;

	if (!spare)
		return NULL;
	*spare = (struct hd_spare){ .above = -1, .links = -1 };
	hd_buf_printf(&path, "%s/" HD_SPARE_FOLDER, sweep_folder);
	spare->path = hd_buf_take(&path);
	if (spare->path)
		spare->above = open(sweep_folder,
				    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (spare->above >= 0)
		spare->links = links_open(spare->above, &spare->was_left);
	if (spare->links >= 0)
		return spare;
	hd_spare_close(spare);
	return NULL;
}

int hd_spare_above(const struct hd_spare *spare)
{
	return spare ? spare->above : -1;
}

bool hd_spare_was_left(const struct hd_spare *spare)
{
	return spare && spare->was_left;
}

const char *hd_spare_path(const struct hd_spare *spare)
{
	return spare ? spare->path : NULL;
}

/* The shared one, made anew: one that was there is another engine's, or is
 * linked as often as the file system allows. */
static bool shared_make(int links, const char *key, const char *target)
{
	return (unlinkat(links, key, 0) == 0 || errno == ENOENT) &&
	       symlinkat(target, links, key) == 0;
}

void hd_spare_learn(const struct hd_spare *spare, const char *key,
		    bool *is_known, const char *target)
{
	if (spare && !*is_known)
		*is_known = shared_make(spare->links, key, target);
}

int hd_spare_link(const struct hd_spare *spare, const char *key, bool is_known,
		  const char *target, int at, const char *name)
{
	if (spare && is_known) {
		if (linkat(spare->links, key, at, name, 0) == 0)
			return 0;
		if (errno == EEXIST)
			return -1;
	}
	return symlinkat(target, at, name) < 0 ? -1 : 1;
}

/* --- the end --------------------------------------------------------------- */

static void remove_below(int at, const char *name, int depth);

static void folder_clear(int folder, int depth)
{
	int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *list = copy < 0 ? NULL : fdopendir(copy);
	struct dirent *entry;

	if (!list && copy >= 0)
		close(copy);
	while (list && (entry = readdir(list)))
		if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
			remove_below(folder, entry->d_name, depth);
	if (list)
		closedir(list);
}

/* A folder with what is in it, DEPTH deep: as a trial's is, no deeper. */
static void remove_below(int at, const char *name, int depth)
{
	int folder;

	if (unlinkat(at, name, 0) == 0 || errno == ENOENT || depth == 0)
		return;
	folder = openat(at, name,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (folder < 0)
		return;
	folder_clear(folder, depth - 1);
	close(folder);
	unlinkat(at, name, AT_REMOVEDIR);
}

void hd_spare_close(struct hd_spare *spare)
{
	if (!spare)
		return;
	if (spare->links >= 0)
		close(spare->links);
	if (spare->above >= 0) {
		remove_below(spare->above, HD_SPARE_FOLDER, 3);
		close(spare->above);
	}
	free(spare->path);
	free(spare);
}
