/*
 * What a trial wrote: its log, its files. Names are from outside: serve/files.h
 * lets none of them lead out of the trial's folder, nor through a link.
 */
#include "api/private.h"

#include "serve/files.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOG_BYTES 65536 /* without an argument */
#define LOG_MOST (1 << 20)
#define FILES_MOST 10000 /* of a folder that are listed */

/* --- a trial's folder ---------------------------------------------------------- */

static int folder_row(void *user, const struct hd_trial_row *row)
{
	hd_buf_puts(user, row->folder);
	return 0;
}

static int folder_find(struct call *call, struct hd_buf *folder)
{
	int rc = hd_store_trial(call->store, call->sweep, call->trial, folder_row, folder,
				call->err);

	return rc == 0 && hd_buf_failed(folder) ? hd_error_nomem(call->err) : rc;
}

static bool is_below(const char *name, const char *folder)
{
	size_t length = strlen(folder);

	return !strncmp(name, folder, length) && (!name[length] || name[length] == '/');
}

/*
 * The trial's "outputs" and "logs" are links to those in its "work", where they
 * are meant: no link is followed to come there.
 */
static void folder_name(struct hd_buf *out, const struct hd_buf *folder, const char *name)
{
	struct hd_buf work = HD_BUF_INIT;
	struct stat stat;

	hd_buf_printf(&work, "%s/work/%s", hd_buf_text(folder),
		      is_below(name, "logs") ? "logs" : "outputs");
	if ((is_below(name, "outputs") || is_below(name, "logs")) && !hd_buf_failed(&work) &&
	    lstat(hd_buf_text(&work), &stat) == 0 && S_ISDIR(stat.st_mode))
		hd_buf_puts(out, "work/");
	hd_buf_puts(out, name);
	hd_buf_release(&work);
}

/* --- files -------------------------------------------------------------------------- */

struct files {
	struct hd_buf *out;
	size_t count;
};

static int files_entry(void *user, const struct hd_files_entry *entry)
{
	struct files *files = user;

	if (files->count == FILES_MOST)
		return 0;
	hd_buf_puts(files->out, files->count++ ? ",{\"name\":" : "{\"name\":");
	hd_buf_json(files->out, entry->name, strlen(entry->name));
	hd_buf_printf(files->out, ",\"folder\":%s,\"size\":%" PRIu64 "}",
		      entry->is_folder ? "true" : "false", entry->is_folder ? 0 : entry->size);
	return 0;
}

/* In the trial's folder itself what these links lead to, where people look first. */
static void files_linked(struct files *files, const struct hd_buf *folder)
{
	static const char *const names[] = { "outputs", "logs" };

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct hd_files_entry entry = { .name = names[i], .is_folder = true };
		struct hd_buf path = HD_BUF_INIT;
		struct stat link, stat;

		hd_buf_printf(&path, "%s/%s", hd_buf_text(folder), names[i]);
		if (!hd_buf_failed(&path) && lstat(hd_buf_text(&path), &link) == 0 &&
		    S_ISLNK(link.st_mode)) {
			hd_buf_clear(&path);
			hd_buf_printf(&path, "%s/work/%s", hd_buf_text(folder), names[i]);
			if (!hd_buf_failed(&path) && lstat(hd_buf_text(&path), &stat) == 0 &&
			    S_ISDIR(stat.st_mode))
				files_entry(files, &entry);
		}
		hd_buf_release(&path);
	}
}

int hd_api_files(struct call *call)
{
	struct hd_buf folder = HD_BUF_INIT, name = HD_BUF_INIT;
	struct files files = { call->out, 0 };
	const char *in = hd_call_text(call, "in");
	int rc = folder_find(call, &folder);

	folder_name(&name, &folder, in ? in : "");
	if (rc == 0 && hd_buf_failed(&name))
		rc = hd_error_nomem(call->err);
	hd_buf_puts(call->out, "{\"files\":[");
	if (rc == 0 && (!in || !*in))
		files_linked(&files, &folder);
	if (rc == 0)
		rc = hd_files_list(hd_buf_text(&folder), hd_buf_text(&name), files_entry, &files,
				   call->err);
	hd_buf_puts(call->out, "]}");
	hd_buf_release(&name);
	hd_buf_release(&folder);
	return rc;
}

int hd_api_file(struct call *call)
{
	struct hd_buf folder = HD_BUF_INIT, name = HD_BUF_INIT;
	const char *slash = strrchr(call->rest, '/');
	int rc = folder_find(call, &folder);

	folder_name(&name, &folder, call->rest);
	if (rc == 0 && hd_buf_failed(&name))
		rc = hd_error_nomem(call->err);
	if (rc == 0)
		rc = hd_files_open(&call->answer->file, &call->answer->file_size,
				   hd_buf_text(&folder), hd_buf_text(&name), call->err);
	if (rc == 0)
		call->answer->file_name = slash ? slash + 1 : call->rest;
	hd_buf_release(&name);
	hd_buf_release(&folder);
	return rc;
}

/* --- logs ---------------------------------------------------------------------------- */

/* Whether the byte goes on with a character that began before it. */
static bool is_inside(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Without the beginning of a character at the end, which the next part has
 * whole; all of it when there is nothing else. */
static size_t log_cut(const char *text, size_t length)
{
	size_t at = length;

	while (at > 0 && length - at < 3 && is_inside(text[at - 1]))
		at--;
	if (at == 0)
		return length;
	at--;
	if ((unsigned char)text[at] < 0xc2 || at == 0)
		return length;
	return length - at < ((unsigned char)text[at] < 0xe0   ? 2u
			      : (unsigned char)text[at] < 0xf0 ? 3u
							       : 4u)
		       ? at
		       : length;
}

/* Up to LENGTH bytes from FROM; -1 with errno. */
static ssize_t log_read(int fd, char *text, size_t length, int64_t from)
{
	size_t got = 0;

	while (got < length) {
		ssize_t part = pread(fd, text + got, length - got, from + (int64_t)got);

		if (part < 0)
			return -1;
		if (part == 0)
			break;
		got += (size_t)part;
	}
	return (ssize_t)got;
}

static int log_put(struct call *call, int fd, uint64_t size, int64_t from, size_t limit)
{
	int64_t end = size > INT64_MAX ? INT64_MAX : (int64_t)size;
	bool from_end = from < 0;
	char *text = malloc(limit);
	size_t skip = 0, length;
	ssize_t got;

	if (!text)
		return hd_error_nomem(call->err);
	/* A sum that fits: END is not negative. */
	if (from_end)
		from = from < -end ? 0 : end + from;
	if (from > end)
		from = end;
	got = log_read(fd, text, limit, from);
	length = got < 0 ? 0 : log_cut(text, (size_t)got);
	while (from_end && skip < length && skip < 3 && is_inside(text[skip]))
		skip++;
	hd_buf_printf(call->out, "{\"from\":%" PRId64 ",\"to\":%" PRId64 ",\"size\":%" PRId64,
		      from + (int64_t)skip, from + (int64_t)length, end);
	hd_buf_puts(call->out, ",\"text\":");
	hd_buf_json(call->out, text + skip, length - skip);
	hd_buf_putc(call->out, '}');
	free(text);
	if (got < 0)
		return hd_error_set(call->err, HD_EIO, "cannot read the log of trial %zu",
				    call->trial);
	return 0;
}

static int log_open(struct call *call, const char *stream, int *fd, uint64_t *size)
{
	struct hd_buf folder = HD_BUF_INIT;
	int rc = folder_find(call, &folder);

	*fd = -1;
	*size = 0;
	if (rc == 0)
		rc = hd_files_open(fd, size, hd_buf_text(&folder), stream, call->err);
	/* A trial that has not begun has written nothing. */
	if (rc == HD_ENOENT && folder.length > 0)
		rc = 0;
	hd_buf_release(&folder);
	return rc;
}

int hd_api_log(struct call *call)
{
	const char *stream = hd_call_text(call, "stream");
	int64_t from, limit;
	uint64_t size;
	int fd, rc;

	stream = stream ? stream : "stdout";
	if (strcmp(stream, "stdout") != 0 && strcmp(stream, "stderr") != 0)
		return hd_error_set(call->err, HD_EINVAL,
				    "'stream' must be stdout or stderr, got '%.40s'", stream);
	rc = hd_call_integer(call, "from", 0, INT64_MIN, INT64_MAX, &from);
	if (rc == 0)
		rc = hd_call_integer(call, "limit", LOG_BYTES, 1, LOG_MOST, &limit);
	if (rc == 0)
		rc = log_open(call, stream, &fd, &size);
	if (rc < 0)
		return rc;
	if (fd < 0) {
		hd_buf_puts(call->out, "{\"from\":0,\"to\":0,\"size\":0,\"text\":\"\"}");
		return 0;
	}
	rc = log_put(call, fd, size, from, (size_t)limit);
	close(fd);
	return rc;
}
