/*
 * Paths of a sweep job: relative to the file that has them, absolute from here
 * on. What only a cloud has is told apart from what is merely missing.
 */
#define _XOPEN_SOURCE 700 /* realpath */

#include "config/sweepjob.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of Azure's resources, which look like a path. */
#define RESOURCE "/subscriptions/"

/* The letters before the ':' of a URL; 0 for none, and for one letter. */
static size_t scheme_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) ||
	       (length && strchr("+.-", text[length]) && text[length]))
		length++;
	return text[length] == ':' && length > 1 ? length : 0;
}

bool hd_path_is_cloud(const char *text)
{
	size_t length = scheme_length(text);

	if (length == 4 && !strncasecmp(text, "file", 4))
		return false;
	return length > 0 || !strncmp(text, RESOURCE, strlen(RESOURCE));
}

/* "file:./x" and "file:///x" of the preview are paths too. */
static const char *without_scheme(const char *text)
{
	if (strncasecmp(text, "file:", 5) != 0)
		return text;
	text += 5;
	return strncmp(text, "//", 2) ? text : text + 2;
}

/* What a relative path of PLACE begins with: "" for the current folder. */
static void put_base(struct hd_buf *buf, const struct hd_yaml_place *place)
{
	const struct hd_yaml_source *source = place->source;
	const char *slash;

	if (!source || !source->has_places || !source->name)
		return;
	slash = strrchr(source->name, '/');
	if (slash)
		hd_buf_add(buf, source->name, (size_t)(slash + 1 - source->name));
}

static const char *take_path(struct hd_job *job, char *path)
{
	const char *copy = path ? hd_arena_string(job->loader->arena, path) : NULL;

	free(path);
	if (!copy)
		job->loader->sink.code = HD_ENOMEM;
	return copy;
}

const char *hd_path_resolve(struct hd_job *job, const char *text,
			    const struct hd_yaml_place *place, const char *what)
{
	struct hd_buf buf = HD_BUF_INIT;
	const char *path = NULL, *plain = without_scheme(text);
	char *real;

	if (*plain != '/')
		put_base(&buf, place);
	hd_buf_puts(&buf, *plain ? plain : ".");
	if (hd_buf_failed(&buf)) {
		job->loader->sink.code = HD_ENOMEM;
		goto out;
	}
	real = realpath(hd_buf_text(&buf), NULL);
	if (real)
		path = take_path(job, real);
	else if (errno == ENOENT)
		hd_loader_error(job->loader, place, "%s is '%.200s', which is"
						    " not there",
				what, hd_buf_text(&buf));
	else
		hd_loader_error(job->loader, place, "%s is '%.200s': %s", what,
				hd_buf_text(&buf), strerror(errno));
out:
	hd_buf_release(&buf);
	return path;
}

const char *hd_path_here(struct hd_job *job)
{
	return hd_path_resolve(job, "", &job->root->place, "the folder");
}

const char *hd_path_folder(struct hd_job *job, const char *path)
{
	const char *slash = strrchr(path, '/');
	struct stat file;

	if (stat(path, &file) < 0 || S_ISDIR(file.st_mode) || !slash)
		return path;
	if (slash == path)
		return "/";
	path = hd_arena_copy(job->loader->arena, path, (size_t)(slash - path));
	if (!path)
		job->loader->sink.code = HD_ENOMEM;
	return path;
}
