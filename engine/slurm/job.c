#include "slurm/job.h"

#include "base/buf.h"
#include "base/file.h"
#include "base/json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PREFIX "hd."
#define DIGITS 12
#define INTENT_MOST 1024 /* bytes; we write less */

void hd_slurm_tag(char tag[HD_SLURM_TAG], const char *id)
{
	size_t length = 0;

	if (strncmp(id, "HD_", 3) == 0)
		id += 3;
	for (; *id && length < DIGITS; id++)
		if (strchr("0123456789abcdefABCDEF", *id))
			tag[length++] = *id;
	tag[length] = '\0';
}

void hd_slurm_job_single(struct hd_slurm_job *job, const char *tag, size_t trial,
			 unsigned attempt)
{
	*job = (struct hd_slurm_job){ .task = -1 };
	snprintf(job->name, sizeof job->name, PREFIX "%s.%zu.%u", tag, trial, attempt);
}

void hd_slurm_job_task(struct hd_slurm_job *job, const char *tag, uint32_t nonce,
		       size_t task)
{
	*job = (struct hd_slurm_job){ .task = (long)task };
	snprintf(job->name, sizeof job->name, PREFIX "%s.a%08x", tag, (unsigned)nonce);
}

void hd_slurm_job_tag(char tag[HD_SLURM_TAG], const char *name)
{
	size_t length = 0;

	if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
		length = strcspn(name + strlen(PREFIX), ".");
	if (length >= HD_SLURM_TAG)
		length = 0;
	memcpy(tag, name + (length ? strlen(PREFIX) : 0), length);
	tag[length] = '\0';
}

bool hd_slurm_job_is_of(const char *name, const char *tag)
{
	size_t length = strlen(tag);

	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 &&
	       strncmp(name + strlen(PREFIX), tag, length) == 0 &&
	       name[strlen(PREFIX) + length] == '.';
}

static bool intent_path(char *path, const char *folder)
{
	int length = snprintf(path, PATH_MAX, "%s/" HD_SLURM_INTENT, folder);

	return length > 0 && length < PATH_MAX;
}

int hd_slurm_intent_write(const char *folder, unsigned attempt,
			  const struct hd_slurm_job *job)
{
	struct hd_buf text = HD_BUF_INIT;
	struct hd_error err = { 0 };
	struct hd_file file;
	char path[PATH_MAX];
	int rc;

	if (!intent_path(path, folder))
		return ENAMETOOLONG;
	hd_buf_printf(&text, "{\"attempt\": %u, \"name\": ", attempt);
	hd_buf_json(&text, job->name, strlen(job->name));
	hd_buf_printf(&text, ", \"task\": %ld, \"submitted\": %lld}\n", job->task,
		      (long long)job->submitted);
	rc = hd_buf_failed(&text) ? HD_ENOMEM : hd_file_begin(&file, path, &err);
	if (rc == 0) {
		rc = hd_file_write(&file, text.text, text.length, &err);
		if (rc == 0)
			rc = hd_file_end(&file, &err);
		else
			hd_file_abort(&file);
	}
	hd_buf_release(&text);
	return rc == 0 ? 0 : rc == HD_ENOMEM ? ENOMEM
					     : EIO;
}

static bool intent_parse(struct hd_slurm_job *job, const struct hd_json *root,
			 unsigned attempt)
{
	const struct hd_json *number = hd_json_get(root, "attempt");
	const struct hd_json *name = hd_json_get(root, "name");
	const struct hd_json *task = hd_json_get(root, "task");
	const struct hd_json *submitted = hd_json_get(root, "submitted");
	const char *text = name ? hd_json_string(name, NULL) : NULL;

	if (!number || !text || !task || !submitted ||
	    hd_json_integer(number) != (int64_t)attempt ||
	    strlen(text) >= sizeof job->name)
		return false;
	snprintf(job->name, sizeof job->name, "%s", text);
	job->task = (long)hd_json_integer(task);
	job->submitted = hd_json_integer(submitted);
	return true;
}

bool hd_slurm_intent_read(struct hd_slurm_job *job, const char *folder,
			  unsigned attempt)
{
	char path[PATH_MAX], text[INTENT_MOST];
	struct hd_json *root = NULL;
	ssize_t length;
	bool ok;
	int fd;

	if (!intent_path(path, folder))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0)
		return false;
	length = read(fd, text, sizeof text);
	close(fd);
	if (length <= 0 || hd_json_parse(&root, text, (size_t)length, NULL) < 0)
		return false;
	ok = hd_json_kind(root) == HD_JSON_OBJECT && intent_parse(job, root, attempt);
	hd_json_free(root);
	return ok;
}
