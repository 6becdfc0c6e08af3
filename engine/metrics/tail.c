/*
 * Reading a trial's files. All that is remembered of a source is its place:
 * whether the bytes there belong to a line that was too long, and what a
 * progress bar showed last, is read again from the bytes before it. So a read
 * after a crash sees what the next read would have seen.
 *
 * The folder is the script's: it may truncate its files, or put links, FIFOs
 * and devices there. Only regular files are read, and never waited for.
 */
#include "metrics/tail.h"

#include "metrics/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How far back a redraw is looked for: bars are a terminal's line. */
#define TAIL_BACK 4096
#define TAIL_PATH 4096
/* Read at a time: the budget is looked at in between, and a step that is full
 * of metrics takes some 50 ms. */
#define TAIL_STEP (1 << 14)

struct tail_source {
	struct hd_tail_place place;
	int64_t seen; /* the file's size when all of it was looked at */
	bool noted;
};

struct hd_tail {
	struct hd_metric_rules *rules;
	struct tail_source sources[HD_TAIL_SOURCES];
	char folder[]; /* as given */
};

/* One read of one source. */
struct tail_read {
	struct hd_tail *tail;
	enum hd_tail_source source;
	hd_tail_fn fn;
	hd_tail_mark_fn mark;
	void *user;
	struct hd_error *err;
	char path[TAIL_PATH];
	int fd;
	int64_t size;
	bool final;
	struct hd_metric_scan scan;
	struct hd_metric_context context;
};

const char *hd_tail_source_name(enum hd_tail_source source)
{
	switch (source) {
	case HD_TAIL_STDOUT:
		return "stdout";
	case HD_TAIL_STDERR:
		return "stderr";
	case HD_TAIL_METRICS:
		return "metrics";
	}
	return "?";
}

int hd_tail_new(struct hd_tail **out, const char *folder,
		struct hd_metric_rules *rules,
		const struct hd_tail_place *places, struct hd_error *err)
{
	size_t length = strlen(folder);
	struct hd_tail *tail;

	*out = NULL;
	if (length > TAIL_PATH - 16)
		return hd_error_set(err, HD_ELIMIT,
				    "path of the trial's folder has %zu bytes, "
				    "expected at most %d",
				    length, TAIL_PATH - 16);
	tail = calloc(1, sizeof *tail + length + 1);
	if (!tail)
		return hd_error_nomem(err);
	memcpy(tail->folder, folder, length + 1);
	tail->rules = rules;
	for (int i = 0; i < HD_TAIL_SOURCES; i++) {
		if (places)
			tail->sources[i].place = places[i];
		tail->sources[i].seen = tail->sources[i].place.offset;
	}
	*out = tail;
	return 0;
}

void hd_tail_free(struct hd_tail *tail)
{
	free(tail);
}

int64_t hd_tail_seen(const struct hd_tail *tail)
{
	int64_t seen = 0;

	for (int i = 0; i < HD_TAIL_SOURCES; i++)
		seen += tail->sources[i].seen > tail->sources[i].place.offset
				? tail->sources[i].seen
				: tail->sources[i].place.offset;
	return seen;
}

void hd_tail_places(const struct hd_tail *tail,
		    struct hd_tail_place places[HD_TAIL_SOURCES])
{
	for (int i = 0; i < HD_TAIL_SOURCES; i++)
		places[i] = tail->sources[i].place;
}

/* Tell what the script did to its file, once. */
static int tail_note(struct tail_read *read, const char *what)
{
	struct tail_source *source = &read->tail->sources[read->source];
	char text[64];

	if (source->noted || !read->mark)
		return 0;
	source->noted = true;
	snprintf(text, sizeof text, "'%s' %s",
		 hd_tail_source_name(read->source), what);
	return read->mark(read->user, HD_TAIL_NOTE, text);
}

/* No doing of the script's: the next look finds the same bytes. */
static bool is_passing(int number)
{
	return number == EMFILE || number == ENFILE || number == ENOMEM ||
	       number == EIO;
}

/*
 * Open the source when it has something new. Returns 1 when it is open, 0
 * when there is nothing to read, HD_TAIL_LATER, or a negative code. The stat
 * comes first because most sources of most reads have nothing new.
 */
static int tail_open(struct tail_read *read)
{
	struct tail_source *source = &read->tail->sources[read->source];
	struct stat stat;

	if (lstat(read->path, &stat) < 0)
		return errno == ENOENT ? 0 : tail_note(read, "is out of reach");
	/* At the end a line without a newline counts: not when there is none. */
	if (S_ISREG(stat.st_mode) && stat.st_size == source->seen &&
	    (!read->final || source->seen == source->place.offset))
		return 0;
	read->fd = open(read->path,
			O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (read->fd < 0 && errno == ENOENT)
		return 0;
	if (read->fd < 0 && is_passing(errno))
		return HD_TAIL_LATER;
	if (read->fd < 0 || fstat(read->fd, &stat) < 0 ||
	    !S_ISREG(stat.st_mode))
		return tail_note(read, "is no readable regular file");
	read->size = stat.st_size;
	return 1;
}

/*
 * What was handled before cannot be handled again, so a file that shrank goes
 * on from its new end: a log that lost its tail in a power failure must not
 * give its values twice.
 */
static int tail_truncated(struct tail_read *read)
{
	struct tail_source *source = &read->tail->sources[read->source];

	if (read->size >= source->place.offset)
		return 0;
	source->place.offset = read->size;
	return tail_note(read, "was truncated, what it held then is not read");
}

static int tail_metric(void *user, const struct hd_metric *metric)
{
	struct tail_read *read = user;

	return read->fn(read->user, read->source, metric);
}

static int tail_swallow(void *user, const struct hd_metric *metric)
{
	(void)user;
	(void)metric;
	return 0;
}

/*
 * The bytes before the place tell where we are: inside a line that was given
 * already, or behind a redraw, whose metrics are then remembered.
 */
static void tail_look_back(struct tail_read *read, struct hd_cut *cut)
{
	struct hd_metric_context silent = {
		.rules = read->tail->rules,
		.scan = &read->scan,
		.fn = tail_swallow,
		.records = read->context.records,
	};
	size_t end = cut->begin, begin;
	char last = end ? cut->buffer[end - 1] : '\n';

	cut->skipping = !hd_cut_ends(last);
	if (cut->skipping || last == '\n')
		return;
	while (end && hd_cut_ends(cut->buffer[end - 1]) &&
	       cut->buffer[end - 1] != '\n')
		end--;
	for (begin = end; begin && !hd_cut_ends(cut->buffer[begin - 1]);)
		begin--;
	hd_metric_scan_part(&silent, cut->buffer + begin, end - begin);
	read->scan.pending_kind = 0;
}

/* More bytes behind those in the buffer; *LAST when the file has no more. */
static int tail_fill(struct tail_read *read, struct hd_cut *cut,
		     int64_t offset, bool *last)
{
	char *buffer = read->tail->rules->chunk;
	size_t room;
	ssize_t got;

	memmove(buffer, buffer + cut->begin, cut->end - cut->begin);
	cut->end -= cut->begin;
	cut->begin = 0;
	room = HD_METRIC_CHUNK - cut->end;
	if (room > TAIL_STEP)
		room = TAIL_STEP;
	do {
		got = pread(read->fd, buffer + cut->end, room,
			    offset + (int64_t)cut->end);
	} while (got < 0 && errno == EINTR);
	/* One trial's bad file is no reason to end the sweep. */
	if (got < 0) {
		*last = true;
		return tail_note(read, "could not be read");
	}
	cut->end += (size_t)got;
	*last = got == 0;
	return 0;
}

/*
 * Cut what is in the buffer and move the place behind each part. A name that
 * waits for its value holds the place before it.
 */
static int tail_parts(struct tail_read *read, struct hd_cut *cut, bool last,
		      struct hd_tail_place *here)
{
	struct tail_source *source = &read->tail->sources[read->source];
	struct hd_cut_part part;
	size_t from = cut->begin;

	while (hd_cut_next(cut, last && read->final, &part)) {
		struct hd_tail_place begin = *here;
		unsigned waits = read->scan.pending_count;
		int rc;

		read->context.line = (size_t)here->line + 1;
		rc = hd_metric_scan_part(&read->context, part.text,
					 part.length);
		if (rc)
			return rc;
		here->offset += (int64_t)(cut->begin - from);
		from = cut->begin;
		if (part.newline) {
			hd_metric_scan_end(&read->scan);
			here->line++;
		}
		if (!read->scan.pending_kind)
			source->place = *here;
		else if (read->scan.pending_count != waits)
			source->place = begin;
	}
	/* A skipped line's bytes are consumed without a part. */
	here->offset += (int64_t)(cut->begin - from);
	if (!read->scan.pending_kind)
		source->place = *here;
	return 0;
}

/* From the place to the end or the budget. */
static int tail_loop(struct tail_read *read, size_t budget)
{
	struct tail_source *source = &read->tail->sources[read->source];
	struct hd_tail_place here = source->place;
	const int64_t start = here.offset;
	struct hd_cut cut = { .buffer = read->tail->rules->chunk };
	size_t back = start < TAIL_BACK ? (size_t)start : TAIL_BACK;
	bool last = false;
	int rc = tail_fill(read, &cut, start - (int64_t)back, &last);

	if (rc < 0 || cut.end < back)
		return rc;
	cut.begin = back;
	tail_look_back(read, &cut);
	for (;;) {
		rc = tail_parts(read, &cut, last, &here);
		if (rc || last)
			break;
		if (here.offset - start >= (int64_t)budget &&
		    source->place.offset > start)
			return 1;
		rc = tail_fill(read, &cut, here.offset, &last);
		if (rc < 0)
			break;
	}
	if (rc == 0)
		source->seen = here.offset + (int64_t)(cut.end - cut.begin);
	return rc;
}

static int tail_source(struct tail_read *read, size_t budget)
{
	int rc = tail_open(read);

	if (rc == 1) {
		rc = tail_truncated(read);
		if (rc == 0)
			rc = tail_loop(read, budget);
	}
	if (read->fd >= 0)
		close(read->fd);
	return rc;
}

int hd_tail_read(struct hd_tail *tail, bool final, size_t budget,
		 hd_tail_fn fn, hd_tail_mark_fn mark, void *user,
		 struct hd_error *err)
{
	int more = 0;

	for (int i = 0; i < HD_TAIL_SOURCES; i++) {
		struct tail_read read = {
			.tail = tail,
			.source = (enum hd_tail_source)i,
			.fn = fn,
			.mark = mark,
			.user = user,
			.err = err,
			.fd = -1,
			.final = final,
		};
		int rc;

		read.context = (struct hd_metric_context){
			.rules = tail->rules,
			.scan = &read.scan,
			.fn = tail_metric,
			.user = &read,
			.records = i == HD_TAIL_METRICS,
			.mark = mark,
			.mark_user = user,
			.err = err,
		};
		snprintf(read.path, sizeof read.path, "%s/%s", tail->folder,
			 hd_tail_source_name(read.source));
		/* A share each: a flood on stdout does not hold up the rest. */
		rc = tail_source(&read, budget / HD_TAIL_SOURCES);
		if (rc < 0)
			return rc;
		if (rc > more)
			more = rc;
	}
	return more;
}
