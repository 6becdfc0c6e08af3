/*
 * Where a run configuration is that is called by its bare name (SPEC 6): as
 * given, else in a folder, its .azureml and aml_config, else in one of the
 * folders right below. Names are tried as they are and with ".runconfig".
 */
#include <hdrive/runconfig.h>

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"

#define ENDING ".runconfig"
#define NAMED_MOST 10 /* candidates that a message lists */

static bool is_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISDIR(status.st_mode);
}

/* FOLDER/BELOW/NAME, with the ending or without, when it is a file. */
static int look_in(char **out, const char *folder, const char *below,
		   const char *name, struct hd_error *err)
{
	static const char *const endings[] = { "", ENDING, ".yml", ".yaml",
					       ".json" };
	struct hd_buf path = HD_BUF_INIT;

	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		hd_buf_clear(&path);
		if (strcmp(folder, "."))
			hd_buf_printf(&path, "%s/", folder);
		hd_buf_printf(&path, "%s%s%s%s", below, *below ? "/" : "", name,
			      endings[i]);
		if (hd_buf_failed(&path)) {
			hd_buf_release(&path);
			return hd_error_nomem(err);
		}
		if (!is_file(hd_buf_text(&path)))
			continue;
		*out = hd_buf_take(&path);
		return *out ? 0 : hd_error_nomem(err);
	}
	hd_buf_release(&path);
	return 0;
}

/* The names of the folders below FOLDER, sorted: what is found is no chance. */
static int folders_of(struct dirent ***entries, const char *folder,
		      struct hd_error *err)
{
	int count = scandir(folder, entries, NULL, alphasort);

	if (count < 0)
		return hd_error_errno(err, errno, "cannot search '%s'", folder);
	return count;
}

struct candidates {
	struct hd_buf list;
	char *first;
	size_t count;
};

static int candidate_add(struct candidates *found, const char *folder,
			 const char *below, const char *name,
			 struct hd_error *err)
{
	char *path = NULL;
	int rc = look_in(&path, folder, below, name, err);

	if (rc < 0 || !path)
		return rc;
	if (found->count++ < NAMED_MOST)
		hd_buf_printf(&found->list, "%s'%s'",
			      found->count > 1 ? ", " : "", path);
	if (found->first)
		free(path);
	else
		found->first = path;
	return 0;
}

static int look_below(char **out, const char *folder, const char *name,
		      struct hd_error *err)
{
	struct candidates found = { .list = HD_BUF_INIT };
	struct dirent **entries = NULL;
	int count = folders_of(&entries, folder, err);
	int rc = count < 0 ? count : 0;

	for (int i = 0; i < count; i++) {
		const char *below = entries[i]->d_name;

		if (rc == 0 && strcmp(below, ".") && strcmp(below, "..") &&
		    strcmp(below, ".git") && strcmp(below, ".hdrive"))
			rc = candidate_add(&found, folder, below, name, err);
		free(entries[i]);
	}
	free(entries);
	if (rc == 0 && found.count > 1)
		rc = hd_error_set(err, HD_EINVAL,
				  "run configuration '%s' is there %zu times"
				  " below '%s', give one of %s%s",
				  name, found.count, folder,
				  hd_buf_text(&found.list),
				  found.count > NAMED_MOST ? ", ..." : "");
	if (rc == 0) {
		*out = found.first;
		found.first = NULL;
	}
	free(found.first);
	hd_buf_release(&found.list);
	return rc;
}

int hd_runconfig_find(char **out, const char *name, const char *folder,
		      struct hd_error *err)
{
	static const char *const places[] = { "", ".azureml", "aml_config" };
	int rc = 0;

	*out = NULL;
	if (!strcmp(name, "-") || is_file(name)) {
		*out = strdup(name);
		return *out ? 0 : hd_error_nomem(err);
	}
	if (!*name || name[strlen(name) - 1] == '/')
		return hd_error_set(err, HD_ENOENT,
				    "'%s' is not the name of a run"
				    " configuration",
				    name);
	for (size_t i = 0; rc == 0 && !*out && i < 3; i++)
		rc = look_in(out, *name == '/' ? "" : folder, places[i],
			     name + strspn(name, "/"), err);
	if (rc == 0 && !*out)
		rc = look_below(out, folder, name, err);
	if (rc < 0 || *out)
		return rc;
	return hd_error_set(err, HD_ENOENT,
			    "no run configuration '%s' in '%s', in its"
			    " .azureml or aml_config, nor right below it",
			    name, folder);
}
