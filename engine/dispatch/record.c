#include "dispatch/record.h"

#include "base/json.h"
#include "dispatch/record_format.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_MOST 4096 /* bytes; the launcher writes less */

/* The whole of FOLDER/NAME into TEXT of RECORD_MOST bytes. */
static int file_read(const char *folder, const char *name, char *text,
		     size_t *length, struct hd_error *err)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = malloc(size);
	ssize_t n = 0;
	int rc = 0;
	int fd;

	if (!path)
		return hd_error_nomem(err);
	snprintf(path, size, "%s/%s", folder, name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd >= 0)
		n = read(fd, text, RECORD_MOST);
	if (fd < 0 || n < 0)
		rc = hd_error_errno(err, errno, "cannot read '%s'", path);
	if (fd >= 0)
		close(fd);
	free(path);
	*length = n > 0 ? (size_t)n : 0;
	return rc;
}

static int file_parse(struct hd_json **out, const char *folder,
		      const char *name, struct hd_error *err)
{
	char text[RECORD_MOST];
	size_t length;
	int rc = file_read(folder, name, text, &length, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	rc = hd_json_parse(out, text, length, NULL);
	if (rc == 0 && hd_json_kind(*out) == HD_JSON_OBJECT)
		return 0;
	hd_json_free(*out);
	*out = NULL;
	if (rc == HD_ENOMEM)
		return hd_error_nomem(err);
	return hd_error_set(err, HD_ECORRUPT,
			    "'%s/%s' is not a record of hdrive-launch", folder,
			    name);
}

/* A member's integer in LOW..HIGH; marks *OK as false when it has none. */
static int64_t integer_of(const struct hd_json *record, const char *name,
			  int64_t low, int64_t high, bool *ok)
{
	const struct hd_json *node = hd_json_get(record, name);
	int64_t value;

	if (!node || hd_json_kind(node) != HD_JSON_INTEGER) {
		*ok = false;
		return 0;
	}
	value = hd_json_integer(node);
	if (value < low || value > high)
		*ok = false;
	return value;
}

static double seconds_of(const struct hd_json *record, const char *name,
			 bool *ok)
{
	const struct hd_json *node = hd_json_get(record, name);
	double value = node ? hd_json_number(node) : -1;

	if (!(value >= 0)) {
		*ok = false;
		return 0;
	}
	return value;
}

/* A member's string, cut to SIZE; false when there is none. */
static bool string_of(const struct hd_json *record, const char *name,
		      char *text, size_t size)
{
	const struct hd_json *node = hd_json_get(record, name);
	const char *value = node ? hd_json_string(node, NULL) : NULL;

	snprintf(text, size, "%s", value ? value : "");
	return value != NULL;
}

/* Records of before did not say it. */
static unsigned attempt_of(const struct hd_json *record, bool *ok)
{
	if (!hd_json_get(record, HD_RECORD_ATTEMPT))
		return 0;
	return (unsigned)integer_of(record, HD_RECORD_ATTEMPT, 0, UINT_MAX, ok);
}

static bool exit_fill(struct hd_record *out, const struct hd_json *record)
{
	const struct hd_json *stopped = hd_json_get(record, HD_RECORD_STOPPED);
	const struct hd_json *oom = hd_json_get(record, HD_RECORD_OOM);
	struct hd_exit *exit = &out->exit;
	bool ok = true;

	out->attempt = attempt_of(record, &ok);
	exit->known = true;
	exit->code = (int)integer_of(record, HD_RECORD_CODE, -1, 255, &ok);
	exit->signal = (int)integer_of(record, HD_RECORD_SIGNAL, 0, 128, &ok);
	if (string_of(record, HD_RECORD_ERROR, out->error, sizeof out->error))
		exit->error = out->error;
	exit->killed_by_us = stopped && hd_json_kind(stopped) == HD_JSON_TRUE;
	exit->out_of_memory = oom && hd_json_kind(oom) == HD_JSON_TRUE;
	exit->started = integer_of(record, HD_RECORD_STARTED, 0, INT64_MAX, &ok);
	exit->ended = integer_of(record, HD_RECORD_ENDED, 0, INT64_MAX, &ok);
	exit->cpu_seconds = seconds_of(record, HD_RECORD_USER, &ok) +
			    seconds_of(record, HD_RECORD_SYSTEM, &ok);
	exit->max_rss = integer_of(record, HD_RECORD_MAXRSS, 0, INT64_MAX, &ok);
	exit->stragglers = (size_t)integer_of(record, HD_RECORD_STRAGGLERS, 0,
					      INT_MAX, &ok);
	return ok;
}

int hd_record_read(struct hd_record *out, const char *folder,
		   struct hd_error *err)
{
	struct hd_json *record;
	int rc = file_parse(&record, folder, HD_RECORD_EXIT, err);

	memset(out, 0, sizeof *out);
	if (rc < 0)
		return rc;
	if (!exit_fill(out, record)) {
		memset(out, 0, sizeof *out);
		rc = hd_error_set(err, HD_ECORRUPT,
				  "'%s/%s' lacks a part, or one is out of range",
				  folder, HD_RECORD_EXIT);
	}
	hd_json_free(record);
	return rc;
}

int hd_record_read_attempt(struct hd_record *out, const char *folder,
			   unsigned attempt, struct hd_error *err)
{
	int rc = hd_record_read(out, folder, err);

	if (rc < 0 || out->attempt == 0 || out->attempt == attempt)
		return rc;
	rc = hd_error_set(err, HD_ENOENT,
			  "the record in '%s' is attempt %u's, not %u's", folder,
			  out->attempt, attempt);
	memset(out, 0, sizeof *out);
	return rc;
}

int hd_record_read_state(struct hd_record_state *out, const char *folder,
			 struct hd_error *err)
{
	struct hd_json *record;
	bool ok = true;
	int rc = file_parse(&record, folder, HD_RECORD_STATE, err);

	memset(out, 0, sizeof *out);
	if (rc < 0)
		return rc;
	out->attempt = attempt_of(record, &ok);
	out->pid = integer_of(record, HD_RECORD_PID, 1, INT_MAX, &ok);
	out->start = (uint64_t)integer_of(record, HD_RECORD_START, 0, INT64_MAX,
					  &ok);
	out->program = integer_of(record, HD_RECORD_PROGRAM, 2, INT_MAX, &ok);
	out->slot = -1;
	if (hd_json_get(record, HD_RECORD_SLOT))
		out->slot = integer_of(record, HD_RECORD_SLOT, -1, INT_MAX, &ok);
	string_of(record, HD_RECORD_DEVICES, out->devices, sizeof out->devices);
	string_of(record, HD_RECORD_CGROUP, out->cgroup, sizeof out->cgroup);
	string_of(record, HD_RECORD_BOOT, out->boot, sizeof out->boot);
	string_of(record, HD_RECORD_HOST, out->host, sizeof out->host);
	if (!ok)
		rc = hd_error_set(err, HD_ECORRUPT,
				  "'%s/%s' lacks a part, or one is out of range",
				  folder, HD_RECORD_STATE);
	hd_json_free(record);
	return rc;
}
