/*
 * What lies beside the trials for their jobs: hdrive's own parts, once per hash,
 * so that an upgrade here changes nothing that runs; the interpreter under the
 * names that programs call it by; logs of jobs, while those are there.
 */
/* strdup, dirfd */
#define _XOPEN_SOURCE 700

#include "slurm/slurm.h"

#include "base/buf.h"
#include "base/file.h"
#include "dispatch/order.h"
#include "remote/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PYTHONPATH "PYTHONPATH="

/* "A/B", the caller's to free(); NULL for no memory. */
static char *path_join(const char *a, const char *b)
{
	struct hd_buf path = HD_BUF_INIT;

	hd_buf_printf(&path, "%s/%s", a, b);
	return hd_buf_take(&path);
}

/* --- the interpreter -------------------------------------------------------------- */

/* A script, not a link: an interpreter finds what belongs to it by its own path. */
static int interpreter_make(const char *folder, const char *name, const char *interpreter,
			    struct hd_error *err)
{
	char *path = path_join(folder, name);
	struct hd_buf text = HD_BUF_INIT;
	struct hd_file file;
	int rc = path ? 0 : hd_error_nomem(err);

	hd_buf_puts(&text, "#!/bin/sh\nexec ");
	hd_buf_shell(&text, interpreter);
	hd_buf_puts(&text, " \"$@\"\n");
	if (rc == 0 && hd_buf_failed(&text))
		rc = hd_error_nomem(err);
	if (rc == 0)
		rc = hd_file_begin(&file, path, err);
	if (rc == 0) {
		rc = hd_file_write(&file, text.text, text.length, err);
		if (rc == 0)
			rc = hd_file_end(&file, err);
		else
			hd_file_abort(&file);
	}
	if (rc == 0 && chmod(path, 0755) < 0)
		rc = hd_error_errno(err, errno, "cannot make '%s' a program", path);
	hd_buf_release(&text);
	free(path);
	return rc;
}

static int interpreters_make(const struct hd_slurm *slurm, const char *place,
			     struct hd_error *err)
{
	static const char *const names[] = { "python", "python3" };
	const char *interpreter = slurm->settings->interpreter;
	char *folder;
	int rc;

	if (!interpreter)
		return 0;
	folder = path_join(place, "bin");
	rc = folder ? hd_file_folder(folder, err) : hd_error_nomem(err);
	for (size_t i = 0; i < sizeof names / sizeof names[0] && rc == 0; i++)
		/* One of these names would find this script again. */
		rc = strcmp(interpreter, names[i]) == 0
			     ? 0
			     : interpreter_make(folder, names[i], interpreter, err);
	free(folder);
	return rc;
}

/* --- hdrive's parts ---------------------------------------------------------------- */

static int parts_copy(struct hd_slurm *slurm, const char *place, const char *python_path,
		      struct hd_error *err)
{
	struct hd_parts *parts;
	int rc = hd_parts_open(&parts, slurm->host.launcher, python_path, err);

	if (rc < 0)
		return rc;
	rc = hd_parts_copy(parts, place, err);
	if (rc == 0) {
		slurm->parts = path_join(place, hd_parts_id(parts));
		if (slurm->parts)
			slurm->launcher = path_join(slurm->parts, HD_PARTS_LAUNCHER);
		if (slurm->launcher && python_path)
			slurm->python_path = path_join(slurm->parts, HD_PARTS_PYTHON);
		if (!slurm->launcher || (python_path && !slurm->python_path))
			rc = hd_error_nomem(err);
	}
	hd_parts_close(parts);
	return rc;
}

int hd_slurm_place_make(struct hd_slurm *slurm, const struct hd_stage *stage,
			struct hd_error *err)
{
	char *place = path_join(stage->folder, HD_SLURM_PLACE);
	int rc = place ? hd_file_folder(place, err) : hd_error_nomem(err);

	slurm->folder = strdup(stage->folder);
	slurm->python_here = stage->python_path ? strdup(stage->python_path) : NULL;
	if (rc == 0 && (!slurm->folder || (stage->python_path && !slurm->python_here)))
		rc = hd_error_nomem(err);
	if (rc == 0)
		rc = parts_copy(slurm, place, stage->python_path, err);
	if (rc == 0)
		rc = interpreters_make(slurm, place, err);
	free(place);
	return rc;
}

void hd_slurm_place_release(struct hd_slurm *slurm)
{
	free(slurm->folder);
	free(slurm->parts);
	free(slurm->launcher);
	free(slurm->python_path);
	free(slurm->python_here);
}

/* Logs that nothing was written to, of jobs that never began. */
void hd_slurm_place_tidy(const struct hd_slurm *slurm)
{
	char *place = slurm->folder ? path_join(slurm->folder, HD_SLURM_PLACE) : NULL;
	DIR *dir = place ? opendir(place) : NULL;
	struct dirent *found;

	while (dir && (found = readdir(dir))) {
		size_t length = strlen(found->d_name);
		struct stat now;

		if (length > 4 && strcmp(found->d_name + length - 4, ".log") == 0 &&
		    fstatat(dirfd(dir), found->d_name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISREG(now.st_mode) && now.st_size == 0)
			(void)unlinkat(dirfd(dir), found->d_name, 0);
	}
	if (dir)
		closedir(dir);
	free(place);
}

/* --- orders -------------------------------------------------------------------------- */

/* Words of LIST that begin with HEAD and FROM, and go on with a ':' or end there,
 * have TO in its place. A block the caller frees, and its changed text in *OWN. */
static const char **list_change(const char *const *list, const char *head, const char *from,
				const char *to, char **own)
{
	size_t count = 0, length = strlen(head) + (from ? strlen(from) : 0);
	const char **copy;

	while (list[count])
		count++;
	copy = calloc(count + 1, sizeof *copy);
	for (size_t i = 0; copy && i < count; i++) {
		const char *tail = list[i] + length;
		struct hd_buf text = HD_BUF_INIT;

		copy[i] = list[i];
		if (!from || *own || strncmp(list[i], head, strlen(head)) != 0 ||
		    strncmp(list[i] + strlen(head), from, strlen(from)) != 0 ||
		    (*tail && *tail != ':'))
			continue;
		hd_buf_printf(&text, "%s%s%s", head, to, tail);
		*own = hd_buf_take(&text);
		if (*own)
			copy[i] = *own;
	}
	return copy;
}

static int file_write(const char *path, const struct hd_buf *text)
{
	/* For its owner alone: it holds the trial's variables. */
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	size_t done = 0;
	int rc = 0;

	if (fd < 0)
		return errno;
	while (done < text->length && rc == 0) {
		ssize_t count = write(fd, text->text + done, text->length - done);

		if (count > 0)
			done += (size_t)count;
		else if (count < 0 && errno != EINTR)
			rc = errno;
	}
	if (close(fd) < 0 && rc == 0)
		rc = errno;
	if (rc)
		(void)unlink(path);
	return rc;
}

int hd_slurm_order_write(const struct hd_slurm *slurm, const struct hd_launch *launch)
{
	struct hd_launch there = *launch;
	struct hd_buf text = HD_BUF_INIT;
	char *word = NULL, *variable = NULL;
	const char **argv = list_change(launch->argv, "", slurm->host.launcher,
					slurm->launcher, &word);
	const char **environment = list_change(launch->environment, PYTHONPATH,
					       slurm->python_here, slurm->python_path,
					       &variable);
	char path[PATH_MAX];
	int rc = ENOMEM;

	if (argv && environment) {
		there.argv = argv;
		there.environment = environment;
		hd_order_text(&text, &there);
		if (snprintf(path, sizeof path, "%s/" HD_ORDER_FILE "%u", launch->folder,
			     launch->attempt) >= (int)sizeof path)
			rc = ENAMETOOLONG;
		else if (!hd_buf_failed(&text))
			rc = file_write(path, &text);
	}
	hd_buf_release(&text);
	free(argv);
	free(environment);
	free(word);
	free(variable);
	return rc;
}
