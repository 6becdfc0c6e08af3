/*
 * Where a named file is (SPEC 1.2): as given, else below a folder, by its
 * whole name before a name that ends so.
 *
 * The walk enters neither .git nor .hdrive, follows links to files but not to
 * folders, so that it cannot go in circles, and goes 64 deep.
 */
#include <hdrive/config.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

#define WALK_DEPTH 64
#define NAMED_MOST 10 /* candidates that a message lists */

struct paths {
	char **path;
	size_t count, size;
};

struct search {
	const char *name;
	struct paths exact;
	struct paths suffix;
};

static void paths_free(struct paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->path[i]);
	free(paths->path);
}

static int paths_add(struct paths *paths, const char *path,
		     struct hd_error *err)
{
	if (paths->count == paths->size) {
		size_t size = paths->size ? paths->size * 2 : 8;
		char **grown = realloc(paths->path, size * sizeof *grown);

		if (!grown)
			return hd_error_nomem(err);
		paths->path = grown;
		paths->size = size;
	}
	paths->path[paths->count] = strdup(path);
	if (!paths->path[paths->count])
		return hd_error_nomem(err);
	paths->count++;
	return 0;
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && !strcmp(text + length - tail, end);
}

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

static int walk(struct search *search, const char *folder, unsigned depth,
		struct hd_error *err);

static int walk_entry(struct search *search, const char *folder,
		      const char *name, unsigned depth, struct hd_error *err)
{
	struct hd_buf path = HD_BUF_INIT;
	struct stat status;
	int rc = 0;

	if (!strcmp(name, ".") || !strcmp(name, "..") ||
	    !strcmp(name, ".git") || !strcmp(name, ".hdrive"))
		return 0;
	hd_buf_printf(&path, "%s/%s", folder, name);
	if (hd_buf_failed(&path))
		rc = hd_error_nomem(err);
	else if (lstat(hd_buf_text(&path), &status) < 0)
		rc = 0; /* it went away meanwhile */
	else if (S_ISDIR(status.st_mode))
		rc = walk(search, hd_buf_text(&path), depth + 1, err);
	else if (!strcmp(name, search->name) && is_file(hd_buf_text(&path)))
		rc = paths_add(&search->exact, hd_buf_text(&path), err);
	else if (ends_with(name, search->name) && is_file(hd_buf_text(&path)))
		rc = paths_add(&search->suffix, hd_buf_text(&path), err);
	hd_buf_release(&path);
	return rc;
}

static int walk(struct search *search, const char *folder, unsigned depth,
		struct hd_error *err)
{
	DIR *dir = depth < WALK_DEPTH ? opendir(folder) : NULL;
	struct dirent *entry;
	int rc = 0;

	/* What may not be read below the first folder is not searched. */
	if (!dir && depth > 0)
		return 0;
	if (!dir)
		return hd_error_errno(err, errno, "cannot search '%s'",
				      folder);
	while (rc == 0 && (entry = readdir(dir)))
		rc = walk_entry(search, folder, entry->d_name, depth, err);
	closedir(dir);
	return rc;
}

static int path_order(const void *va, const void *vb)
{
	char *const *a = va, *const *b = vb;

	return strcmp(*a, *b);
}

static int several(const struct search *search, const char *folder,
		   struct paths *paths, struct hd_error *err)
{
	struct hd_buf list = HD_BUF_INIT;
	int rc;

	/* The order of a folder is chance, a message's is not. */
	qsort(paths->path, paths->count, sizeof *paths->path, path_order);
	for (size_t i = 0; i < paths->count && i < NAMED_MOST; i++)
		hd_buf_printf(&list, "%s'%s'", i ? ", " : "", paths->path[i]);
	if (paths->count > NAMED_MOST)
		hd_buf_puts(&list, ", ...");
	rc = hd_error_set(err, HD_EINVAL,
			  "'%s' names %zu files below '%s', give one of %s",
			  search->name, paths->count, folder,
			  hd_buf_text(&list));
	hd_buf_release(&list);
	return rc;
}

int hd_config_find(char **out, const char *name, const char *folder,
		   struct hd_error *err)
{
	struct search search = { .name = name };
	struct paths *found;
	int rc = 0;

	*out = NULL;
	if (!strcmp(name, "-") || is_file(name)) {
		*out = strdup(name);
		return *out ? 0 : hd_error_nomem(err);
	}
	if (!*name || ends_with(name, "/"))
		return hd_error_set(err, HD_ENOENT,
				    "'%s' is not the name of a file", name);
	rc = walk(&search, folder, 0, err);
	if (rc < 0)
		goto out;
	found = search.exact.count ? &search.exact : &search.suffix;
	if (found->count == 0) {
		rc = hd_error_set(err, HD_ENOENT,
				  "no file '%s', and none below '%s' whose"
				  " name ends so",
				  name, folder);
	} else if (found->count > 1) {
		rc = several(&search, folder, found, err);
	} else {
		*out = found->path[0];
		found->path[0] = NULL;
	}
out:
	paths_free(&search.exact);
	paths_free(&search.suffix);
	return rc;
}
