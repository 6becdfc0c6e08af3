/* A line's way to the rules: parts, terminal escapes, redraws. */
#include "metrics/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

bool hd_metric_name_is_good(const char *name, size_t length)
{
	if (length == 0 || length > HD_METRIC_NAME)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < 0x20 || name[i] == 0x7f)
			return false;
	return true;
}

/* FNV-1a; a collision would hide one redraw of a progress bar. */
static uint64_t scan_hash(uint64_t hash, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * 1099511628211u;
	return hash;
}

static bool scan_is_redraw(struct hd_metric_scan *scan,
			   const struct hd_metric *metric)
{
	uint64_t hash = scan_hash(14695981039346656037u, metric->name,
				  metric->name_length);

	hash = scan_hash(hash, &metric->value, sizeof metric->value);
	if (metric->text)
		hash = scan_hash(hash, metric->text, metric->text_length);
	if (scan->now_count < HD_METRIC_SEEN)
		scan->now[scan->now_count++] = hash;
	for (unsigned i = 0; i < scan->before_count; i++)
		if (scan->before[i] == hash)
			return true;
	return false;
}

int hd_metric_give(struct hd_metric_context *context, struct hd_metric *metric)
{
	if (!hd_metric_name_is_good(metric->name, metric->name_length) ||
	    scan_is_redraw(context->scan, metric))
		return 0;
	metric->line = context->line;
	return context->fn(context->user, metric);
}

/* Where the escape at AT ends; *MOVES: it sends the cursor elsewhere. */
static size_t scan_escape(const char *part, size_t length, size_t at,
			  bool *moves)
{
	char kind = ++at < length ? part[at++] : 0;

	*moves = false;
	if (kind == '[') {
		while (at < length && part[at] >= 0x20 && part[at] < 0x40)
			at++;
		if (at == length)
			return at;
		*moves = part[at] && strchr("ABCDEFGHfJ", part[at]);
		return at + 1;
	}
	if (kind == ']') {
		while (at < length && part[at] != '\a' && part[at] != 0x1b)
			at++;
		/* Its end is BEL, or ESC and a backslash. */
		return at + (at < length ? 1 : 0) +
		       (at + 1 < length && part[at] == 0x1b &&
			part[at + 1] == '\\');
	}
	return at;
}

static int scan_plain(struct hd_metric_context *context, const char *part,
		      size_t length)
{
	struct hd_metric_scan *scan = context->scan;
	int rc;

	if (length == 0)
		return 0;
	scan->now_count = 0;
	if (context->rules->pattern_count && !context->records)
		rc = hd_metric_patterns(context, part, length);
	else
		rc = hd_metric_defaults(context, part, length);
	memcpy(scan->before, scan->now, scan->now_count * sizeof *scan->now);
	scan->before_count = scan->now_count;
	return rc;
}

int hd_metric_scan_part(struct hd_metric_context *context, const char *part,
			size_t length)
{
	char *plain = context->rules->plain;
	size_t kept = 0;
	int rc = 0;

	if (length > HD_METRIC_LINE)
		length = HD_METRIC_LINE;
	if (length == 0 || !memchr(part, 0x1b, length))
		return scan_plain(context, part, length);
	for (size_t at = 0; at < length && rc == 0;) {
		bool moves;

		if (part[at] != 0x1b) {
			plain[kept++] = part[at++];
			continue;
		}
		at = scan_escape(part, length, at, &moves);
		if (moves) {
			rc = scan_plain(context, plain, kept);
			kept = 0;
		}
	}
	return rc ? rc : scan_plain(context, plain, kept);
}

void hd_metric_scan_end(struct hd_metric_scan *scan)
{
	scan->before_count = 0;
	/* A name waits for the next line, not for the one after. */
	if (!scan->pending_fresh)
		scan->pending_kind = 0;
	scan->pending_fresh = false;
}

int hd_metric_scan_line(struct hd_metric_rules *rules,
			struct hd_metric_scan *scan, const char *line,
			size_t length, size_t number, hd_metric_fn fn,
			void *user)
{
	struct hd_metric_scan alone = { .pending_kind = 0 };
	struct hd_metric_context context = {
		.rules = rules,
		.scan = scan ? scan : &alone,
		.line = number,
		.fn = fn,
		.user = user,
	};
	struct hd_cut cut = {
		.buffer = line,
		.end = length < HD_METRIC_LINE ? length : HD_METRIC_LINE,
	};
	struct hd_cut_part part;
	int rc = 0;

	while (rc == 0 && hd_cut_next(&cut, true, &part))
		rc = hd_metric_scan_part(&context, part.text, part.length);
	hd_metric_scan_end(context.scan);
	return rc;
}

static int scan_chunk(struct hd_metric_context *context, struct hd_cut *cut,
		      bool last)
{
	struct hd_cut_part part;

	while (hd_cut_next(cut, last, &part)) {
		int rc = hd_metric_scan_part(context, part.text, part.length);

		if (rc)
			return rc;
		if (part.newline) {
			hd_metric_scan_end(context->scan);
			context->line++;
		}
	}
	return 0;
}

/* Read FD to its end; it may be a pipe. */
static int scan_descriptor(struct hd_metric_context *context, int fd,
			   const char *path, struct hd_error *err)
{
	char *buffer = context->rules->chunk;
	struct hd_cut cut = { .buffer = buffer };
	ssize_t got = 1;
	int rc = 0;

	while (rc == 0 && got != 0) {
		memmove(buffer, buffer + cut.begin, cut.end - cut.begin);
		cut.end -= cut.begin;
		cut.begin = 0;
		got = read(fd, buffer + cut.end, HD_METRIC_CHUNK - cut.end);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return hd_error_errno(err, errno, "cannot read '%s'",
					      path);
		cut.end += (size_t)got;
		rc = scan_chunk(context, &cut, got == 0);
	}
	return rc;
}

int hd_metric_scan_file(struct hd_metric_rules *rules, const char *path,
			hd_metric_fn fn, void *user, struct hd_error *err)
{
	struct hd_metric_scan scan = { .pending_kind = 0 };
	struct hd_metric_context context = {
		.rules = rules,
		.scan = &scan,
		.line = 1,
		.fn = fn,
		.user = user,
		.err = err,
	};
	bool standard = strcmp(path, "-") == 0;
	int fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return hd_error_errno(err, errno, "cannot open '%s'", path);
	rc = scan_descriptor(&context, fd, standard ? "standard input" : path,
			     err);
	if (!standard)
		close(fd);
	return rc;
}
