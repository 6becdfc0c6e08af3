#include "tensorboard/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "metrics/rules.h"
#include "tensorboard/event.h"
#include "tensorboard/logs.h"

/* Where the script finds it as ./logs. */
#define LOGS "work/logs"
#define FRAME ((size_t)HD_RECORD_HEAD + HD_RECORD_TAIL)
/* Bytes read at a time. */
#define CHUNK ((size_t)1 << 16)
/* A payload above it is stepped over: scalars have fifty bytes, what is as long
 * as this is an image, a graph or the like. */
#define PAYLOAD_MOST ((size_t)1 << 20)
/* Each file's share of a read, at least. */
#define SHARE_LEAST 4096
/* Looks at a record that is none: over a network its bytes may come late. */
#define WRONG_LOOKS 3

struct known {
	int64_t key;
	struct hd_tail_place place;
};

struct hd_follow {
	struct hd_logs logs;
	struct known *known; /* of the store, whose files were not found yet */
	size_t known_count, known_room;
	bool told_crowded;
	char top[];
};

int hd_follow_new(struct hd_follow **out, const char *folder, struct hd_error *err)
{
	size_t length = strlen(folder) + sizeof "/" LOGS;

	*out = calloc(1, sizeof **out + length);
	if (!*out)
		return hd_error_nomem(err);
	snprintf((*out)->top, length, "%s/" LOGS, folder);
	return 0;
}

void hd_follow_free(struct hd_follow *follow)
{
	if (!follow)
		return;
	hd_logs_release(&follow->logs);
	free(follow->known);
	free(follow);
}

int hd_follow_restore(struct hd_follow *follow, int64_t key,
		      const struct hd_tail_place *place)
{
	size_t room = follow->known_room ? 2 * follow->known_room : 4;

	if (follow->known_count == follow->known_room) {
		struct known *known = realloc(follow->known, room * sizeof *known);

		if (!known)
			return HD_ENOMEM;
		follow->known = known;
		follow->known_room = room;
	}
	follow->known[follow->known_count++] = (struct known){ key, *place };
	return 0;
}

/* Files that were found: where an earlier engine stood in them. */
static void follow_match(struct hd_follow *follow)
{
	for (size_t i = 0; i < follow->logs.file_count; i++) {
		struct hd_logs_file *file = &follow->logs.files[i];

		for (size_t k = 0; k < follow->known_count; k++) {
			if (follow->known[k].key != file->key)
				continue;
			file->place = follow->known[k].place;
			follow->known[k] = follow->known[--follow->known_count];
			break;
		}
	}
}

int64_t hd_follow_seen(const struct hd_follow *follow)
{
	int64_t seen = 0;

	for (size_t i = 0; i < follow->logs.file_count; i++)
		seen += follow->logs.files[i].seen > follow->logs.files[i].place.offset
				? follow->logs.files[i].seen
				: follow->logs.files[i].place.offset;
	return seen;
}

bool hd_follow_take(struct hd_follow *follow, int64_t *key,
		    struct hd_tail_place *place)
{
	for (size_t i = 0; i < follow->logs.file_count; i++) {
		struct hd_logs_file *file = &follow->logs.files[i];

		if (!file->is_unstored)
			continue;
		file->is_unstored = false;
		*key = file->key;
		*place = file->place;
		return true;
	}
	return false;
}

/* --- one read ------------------------------------------------------------- */

struct reading {
	struct hd_follow *follow;
	hd_metric_fn fn;
	hd_follow_note_fn note;
	void *user;
	struct hd_error *err;
	bool final;
	char *buffer; /* borrowed by the file that is read */
	size_t room;
	struct hd_logs_file *file;
	int fd;
	int64_t size; /* of the file */
	int64_t from; /* where in it the buffer's bytes are */
	size_t have;
	int answer; /* FN's */
};

static int file_note(const struct reading *reading, const char *what)
{
	struct hd_buf text = HD_BUF_INIT;
	int rc;

	hd_buf_printf(&text, "'logs/%.200s' %s", reading->file->path, what);
	rc = reading->note(reading->user, hd_buf_text(&text));
	hd_buf_release(&text);
	return rc;
}

static int file_refuse(struct reading *reading, const char *what)
{
	reading->file->is_refused = true;
	return file_note(reading, what);
}

/* LENGTH bytes at the place, all of which the file has; 1 when they are there,
 * else what is to be said. */
static int bytes_need(struct reading *reading, size_t length)
{
	int64_t at = reading->file->place.offset;
	size_t skip = (size_t)(at - reading->from);

	if (reading->have >= skip && reading->have - skip >= length)
		return 1;
	if (length > reading->room) {
		char *buffer = realloc(reading->buffer, length);

		if (!buffer)
			return hd_error_nomem(reading->err);
		reading->buffer = buffer;
		reading->room = length;
	}
	reading->from = at;
	reading->have = 0;
	while (reading->have < length) {
		ssize_t got = pread(reading->fd, reading->buffer + reading->have,
				    reading->room - reading->have,
				    at + (int64_t)reading->have);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return file_refuse(reading, "could not be read");
		if (got == 0)
			return 0; /* it shrank: the next look tells */
		reading->have += (size_t)got;
	}
	return 1;
}

static const char *bytes_at(const struct reading *reading)
{
	return reading->buffer + (reading->file->place.offset - reading->from);
}

static void place_move(struct reading *reading, uint64_t length)
{
	reading->file->place.offset += (int64_t)length;
	reading->file->place.line++;
	reading->file->is_unstored = true;
	reading->file->wrong = 0;
}

/* The run's name as TensorBoard has it, then the tag: "train/loss". */
static int on_scalar(void *user, const struct hd_event_scalar *scalar)
{
	struct reading *reading = user;
	const struct hd_logs_file *file = reading->file;
	size_t run = file->run ? file->run + 1 : 0;
	char name[HD_METRIC_NAME];
	struct hd_metric metric = {
		.name = name,
		.name_length = run + scalar->tag_length,
		.value = scalar->value,
		.has_step = true,
		.step = scalar->step,
		.rule = HD_FOLLOW_RULE,
		.line = (size_t)file->place.line + 1,
	};

	if (scalar->tag_length > sizeof name || run > sizeof name - scalar->tag_length)
		return 0;
	memcpy(name, file->path, run);
	memcpy(name + run, scalar->tag, scalar->tag_length);
	if (!scalar->tag_length || !hd_metric_name_is_good(name, metric.name_length))
		return 0;
	reading->answer = reading->fn(reading->user, &metric);
	return reading->answer;
}

/* What stands at the place is no record: perhaps not yet. */
static int record_wrong(struct reading *reading, const char *what)
{
	char text[128];

	if (!reading->final && ++reading->file->wrong < WRONG_LOOKS) {
		reading->file->seen = -1;
		return 0;
	}
	snprintf(text, sizeof text, "has %s at byte %lld: nothing is read of it from there on",
		 what, (long long)reading->file->place.offset);
	return file_refuse(reading, text);
}

/*
 * The record at the place. 1 when it was handled, 0 when it is not whole yet or
 * the file is done with, or a negative code.
 */
static int record_read(struct reading *reading)
{
	uint64_t left = (uint64_t)(reading->size - reading->file->place.offset);
	uint64_t length;
	int rc;

	if (left < HD_RECORD_HEAD)
		return 0;
	rc = bytes_need(reading, HD_RECORD_HEAD);
	if (rc != 1)
		return rc;
	if (!hd_record_head(bytes_at(reading), &length))
		return record_wrong(reading, "no record of an event file");
	if (left < length + FRAME)
		return 0;
	if (length > PAYLOAD_MOST) {
		place_move(reading, length + FRAME);
		return 1;
	}
	rc = bytes_need(reading, (size_t)length + FRAME);
	if (rc != 1)
		return rc;
	if (!hd_record_is_whole(bytes_at(reading) + HD_RECORD_HEAD, (size_t)length))
		return record_wrong(reading, "a record whose sum is wrong");
	reading->answer = 0;
	rc = hd_event_scalars(bytes_at(reading) + HD_RECORD_HEAD, (size_t)length, on_scalar,
			      reading);
	if (reading->answer)
		return reading->answer;
	if (rc < 0)
		return record_wrong(reading, "a record that holds no event");
	place_move(reading, length + FRAME);
	return 1;
}

/* 1 when more is there than BUDGET. */
static int file_loop(struct reading *reading, size_t budget)
{
	struct hd_logs_file *file = reading->file;
	const int64_t start = file->place.offset;
	int rc;

	if (reading->size < start) {
		/* As of other files: what it held then must not come twice. */
		file->place.offset = reading->size;
		file->is_unstored = true;
		rc = file_note(reading, "was truncated, what it held then is not read");
		if (rc < 0)
			return rc;
	}
	file->seen = reading->size;
	reading->from = file->place.offset;
	reading->have = 0;
	do {
		rc = record_read(reading);
		if (rc == 1 && file->place.offset - start >= (int64_t)budget &&
		    file->place.offset < reading->size) {
			file->seen = -1;
			return 1;
		}
	} while (rc == 1);
	return rc;
}

static int file_read(struct reading *reading, size_t budget)
{
	struct hd_buf path = HD_BUF_INIT;
	struct stat info;
	int rc = 0;

	hd_buf_printf(&path, "%s/%s", reading->follow->top, reading->file->path);
	if (hd_buf_failed(&path))
		rc = hd_error_nomem(reading->err);
	if (rc < 0 || lstat(hd_buf_text(&path), &info) < 0 || !S_ISREG(info.st_mode) ||
	    info.st_size == reading->file->seen ||
	    (reading->file->seen == 0 && info.st_size == reading->file->place.offset))
		goto out;
	reading->fd = open(hd_buf_text(&path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (reading->fd < 0)
		rc = errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == EIO
			     ? HD_TAIL_LATER
		     : errno == ENOENT ? 0
				       : file_refuse(reading, "is out of reach");
	else if (fstat(reading->fd, &info) == 0 && S_ISREG(info.st_mode)) {
		reading->size = info.st_size;
		rc = file_loop(reading, budget);
	}
	if (reading->fd >= 0)
		close(reading->fd);
	reading->fd = -1;
out:
	hd_buf_release(&path);
	return rc;
}

static int files_read(struct reading *reading, size_t budget)
{
	struct hd_logs *logs = &reading->follow->logs;
	size_t share = budget / (logs->file_count + 1);
	int more = 0;

	if (share < SHARE_LEAST)
		share = SHARE_LEAST;
	reading->buffer = malloc(CHUNK);
	if (!reading->buffer)
		return hd_error_nomem(reading->err);
	reading->room = CHUNK;
	for (size_t i = 0; i < logs->file_count; i++) {
		int rc;

		reading->file = &logs->files[i];
		if (reading->file->is_refused)
			continue;
		rc = file_read(reading, share);
		if (rc < 0) {
			more = rc;
			break;
		}
		if (rc > more)
			more = rc;
	}
	free(reading->buffer);
	return more;
}

static int tell_crowded(struct hd_follow *follow, hd_follow_note_fn note, void *user)
{
	if (!follow->logs.is_crowded || follow->told_crowded)
		return 0;
	follow->told_crowded = true;
	return note(user, "'logs' holds more folders and files than are looked at for "
			  "TensorBoard's events");
}

int hd_follow_read(struct hd_follow *follow, bool final, size_t budget,
		   hd_metric_fn fn, hd_follow_note_fn note, void *user,
		   struct hd_error *err)
{
	struct reading reading = { .follow = follow,
				   .fn = fn,
				   .note = note,
				   .user = user,
				   .err = err,
				   .final = final,
				   .fd = -1 };
	int looked = hd_logs_look(&follow->logs, follow->top);
	int rc;

	if (looked < 0)
		return hd_error_nomem(err);
	if (follow->known_count)
		follow_match(follow);
	rc = tell_crowded(follow, note, user);
	if (rc < 0 || follow->logs.file_count == 0)
		return rc < 0 ? rc : looked;
	rc = files_read(&reading, budget);
	return rc < 0 || rc > looked ? rc : looked;
}
