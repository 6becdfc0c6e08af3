#define _XOPEN_SOURCE 700 /* futimens */

#include "remote/untar.h"

#include "base/buf.h"
#include "remote/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK 512
/* Of a name that comes as an entry of its own. */
#define META_MOST (64 << 10)

/* Where things are in a header block. */
enum {
	AT_NAME = 0,
	AT_MODE = 100,
	AT_SIZE = 124,
	AT_TIME = 136,
	AT_SUM = 148,
	AT_KIND = 156,
	AT_LINK = 157,
	AT_MAGIC = 257,
	AT_PREFIX = 345,
};

enum phase {
	PHASE_HEADER,
	PHASE_BODY, /* of a file, into FD; -1: passed over */
	PHASE_META, /* a name, or pax records */
	PHASE_PADDING,
	PHASE_END,
};

struct hd_untar {
	int folder;
	hd_untar_fn wanted;
	void *user;
	enum phase phase;
	char header[BLOCK];
	size_t held;     /* of the header */
	int64_t left;    /* of the entry's bytes, or of its padding */
	int64_t padding; /* behind its bytes */
	int fd;
	int64_t time; /* of the file */
	char kind;    /* of what is in META */
	struct hd_buf meta;
	/* Said by entries before the one that they are of. */
	struct hd_buf name, link;
	int64_t size; /* -1 for none */
	unsigned zeros;
	size_t refused;
	char first[256];
	int rc;
};

/* --- headers --------------------------------------------------------------- */

/* Octal digits, or GNU's binary for what these cannot hold; -1 for neither. */
static int64_t number_read(const char *field, size_t size)
{
	int64_t value = 0;
	size_t at = 0;

	if ((unsigned char)field[0] == 0x80) {
		for (at = 1; at < size; at++) {
			if (value > (INT64_MAX >> 8))
				return -1;
			value = value << 8 | (unsigned char)field[at];
		}
		return value;
	}
	while (at < size && field[at] == ' ')
		at++;
	for (; at < size && field[at] >= '0' && field[at] <= '7'; at++)
		value = value * 8 + (field[at] - '0');
	return at == size || field[at] == '\0' || field[at] == ' ' ? value : -1;
}

static bool sum_is_right(const char *header)
{
	int64_t sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + 8 ? ' ' : (unsigned char)header[i];
	return number_read(header + AT_SUM, 8) == sum;
}

static int untar_corrupt(struct hd_error *err)
{
	return hd_error_set(err, HD_ECORRUPT, "what came is no tar archive");
}

/* --- entries --------------------------------------------------------------- */

static void untar_refuse(struct hd_untar *untar, const char *name)
{
	if (untar->refused++ == 0)
		snprintf(untar->first, sizeof untar->first, "%s", name);
}

/* Errors by which the entry is wrong, and not the disk. */
static bool is_entrys_own(int number)
{
	return number == ENOTDIR || number == ELOOP || number == EISDIR ||
	       number == EEXIST || number == ENOENT || number == ENAMETOOLONG ||
	       number == EINVAL || number == ENOTEMPTY || number == EPERM ||
	       number == EXDEV || number == EMLINK;
}

/* One entry below the folder; 0, or the error to end with. */
static int entry_place(struct hd_untar *untar, char kind, const char *name,
		       const char *target, struct hd_error *err)
{
	mode_t mode = (mode_t)number_read(untar->header + AT_MODE, 8);
	int number;

	if (kind == '5')
		number = hd_beneath_folder(untar->folder, name);
	else if (kind == '2')
		number = hd_beneath_link(untar->folder, name, target);
	else if (kind == '1')
		number = hd_beneath_name_again(untar->folder, name, target);
	else
		number = hd_beneath_file(&untar->fd, untar->folder, name, mode);
	if (number && !is_entrys_own(number))
		return hd_error_errno(err, number, "cannot write '%s'", name);
	if (number)
		untar_refuse(untar, name);
	return 0;
}

/* The header's own name, with its prefix, unless one came before. */
static void name_take(struct hd_untar *untar)
{
	const char *header = untar->header;

	if (untar->name.length)
		return;
	if (!memcmp(header + AT_MAGIC, "ustar", 6) && header[AT_PREFIX])
		hd_buf_printf(&untar->name, "%.155s/", header + AT_PREFIX);
	hd_buf_printf(&untar->name, "%.100s", header + AT_NAME);
}

static int entry_make(struct hd_untar *untar, char kind, struct hd_error *err)
{
	const char *raw = hd_buf_text(&untar->name);
	const char *name = hd_beneath_check(raw);

	/* "./" is the folder itself. */
	if (kind == '5' && (!strcmp(raw, ".") || !strcmp(raw, "./")))
		return 0;
	if (kind == '5' && !name && untar->name.length > 1) {
		/* Folders end in a slash. */
		while (untar->name.length && untar->name.text[untar->name.length - 1] == '/')
			hd_buf_cut(&untar->name, untar->name.length - 1);
		name = hd_beneath_check(hd_buf_text(&untar->name));
	}
	if (!name || !(kind == '0' || kind == '\0' || kind == '7' || kind == '5' ||
		       kind == '2' || kind == '1')) {
		untar_refuse(untar, raw);
		return 0;
	}
	if (untar->wanted && !untar->wanted(untar->user, name))
		return 0;
	if (!untar->link.length)
		hd_buf_printf(&untar->link, "%.100s", untar->header + AT_LINK);
	if (hd_buf_failed(&untar->link))
		return hd_error_nomem(err);
	return entry_place(untar, kind, name, hd_buf_text(&untar->link), err);
}

static bool is_zero(const char *header)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (header[i])
			return false;
	return true;
}

static int header_take(struct hd_untar *untar, struct hd_error *err)
{
	char kind = untar->header[AT_KIND];
	int64_t size;
	int rc = 0;

	if (is_zero(untar->header)) {
		untar->phase = ++untar->zeros == 2 ? PHASE_END : PHASE_HEADER;
		return 0;
	}
	size = number_read(untar->header + AT_SIZE, 12);
	if (untar->zeros || !sum_is_right(untar->header) || size < 0)
		return untar_corrupt(err);
	untar->kind = kind;
	if (kind == 'L' || kind == 'K' || kind == 'x' || kind == 'g') {
		if (size > META_MOST)
			return untar_corrupt(err);
		hd_buf_clear(&untar->meta);
		untar->phase = PHASE_META;
	} else {
		if (untar->size >= 0)
			size = untar->size;
		untar->time = number_read(untar->header + AT_TIME, 12);
		name_take(untar);
		if (hd_buf_failed(&untar->name))
			return hd_error_nomem(err);
		rc = entry_make(untar, kind, err);
		hd_buf_clear(&untar->name);
		hd_buf_clear(&untar->link);
		untar->size = -1;
		/* Links and folders have no bytes, whatever they say. */
		if (kind == '1' || kind == '2' || kind == '5')
			size = 0;
		untar->phase = PHASE_BODY;
	}
	untar->left = size;
	untar->padding = (BLOCK - size % BLOCK) % BLOCK;
	return rc;
}

/* --- what an entry holds ---------------------------------------------------- */

/* "LENGTH KEY=VALUE\n", each a record. */
static int pax_take(struct hd_untar *untar, struct hd_error *err)
{
	const char *at = hd_buf_text(&untar->meta);
	const char *end = at + untar->meta.length;

	while (at < end) {
		char *key;
		unsigned long length = strtoul(at, &key, 10);
		const char *equals, *last = at + length - 1;
		struct hd_buf *to = NULL;

		if (length < 5 || length > (size_t)(end - at) || *key != ' ' || *last != '\n')
			return untar_corrupt(err);
		key++;
		equals = memchr(key, '=', (size_t)(last - key));
		if (!equals)
			return untar_corrupt(err);
		if (!strncmp(key, "path=", 5))
			to = &untar->name;
		else if (!strncmp(key, "linkpath=", 9))
			to = &untar->link;
		else if (!strncmp(key, "size=", 5))
			untar->size = strtoll(equals + 1, NULL, 10);
		if (to) {
			hd_buf_clear(to);
			hd_buf_add(to, equals + 1, (size_t)(last - equals - 1));
		}
		at += length;
	}
	return 0;
}

static int meta_take(struct hd_untar *untar, struct hd_error *err)
{
	struct hd_buf *to = untar->kind == 'L' ? &untar->name : &untar->link;

	if (hd_buf_failed(&untar->meta))
		return hd_error_nomem(err);
	if (untar->kind == 'x')
		return pax_take(untar, err);
	if (untar->kind == 'g')
		return 0;
	hd_buf_clear(to);
	hd_buf_puts(to, hd_buf_text(&untar->meta));
	return 0;
}

static int file_end(struct hd_untar *untar, struct hd_error *err)
{
	const struct timespec times[2] = { { .tv_nsec = UTIME_OMIT },
					   { .tv_sec = (time_t)untar->time } };
	int rc = 0;

	if (untar->fd < 0)
		return 0;
	if (untar->time > 0)
		(void)futimens(untar->fd, times);
	if (close(untar->fd) < 0)
		rc = hd_error_errno(err, errno, "cannot write a file of a trial");
	untar->fd = -1;
	return rc;
}

static int body_write(const struct hd_untar *untar, const char *bytes, size_t length,
		      struct hd_error *err)
{
	while (untar->fd >= 0 && length) {
		ssize_t put = write(untar->fd, bytes, length);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return hd_error_errno(err, errno, "cannot write a file of a trial");
		bytes += put;
		length -= (size_t)put;
	}
	return 0;
}

/* The entry's bytes are through. */
static int entry_end(struct hd_untar *untar, struct hd_error *err)
{
	int rc = untar->phase == PHASE_META ? meta_take(untar, err)
					    : file_end(untar, err);

	untar->left = untar->padding;
	untar->phase = PHASE_PADDING;
	return rc;
}

/* Take up to LENGTH bytes; how many. */
static size_t untar_take(struct hd_untar *untar, const char *bytes, size_t length,
			 struct hd_error *err)
{
	size_t most = (int64_t)length < untar->left ? length : (size_t)untar->left;

	switch (untar->phase) {
	case PHASE_HEADER:
		most = BLOCK - untar->held < length ? BLOCK - untar->held : length;
		memcpy(untar->header + untar->held, bytes, most);
		untar->held += most;
		if (untar->held == BLOCK) {
			untar->held = 0;
			untar->rc = header_take(untar, err);
		}
		return most;
	case PHASE_BODY:
		untar->rc = body_write(untar, bytes, most, err);
		break;
	case PHASE_META:
		hd_buf_add(&untar->meta, bytes, most);
		break;
	case PHASE_PADDING:
		break;
	case PHASE_END: /* what fills the last record up */
		return length;
	}
	untar->left -= (int64_t)most;
	return most;
}

int hd_untar_add(struct hd_untar *untar, const char *bytes, size_t length,
		 struct hd_error *err)
{
	while (untar->rc == 0 && length) {
		size_t taken = untar_take(untar, bytes, length, err);

		bytes += taken;
		length -= taken;
		if (untar->rc == 0 && untar->left == 0 &&
		    (untar->phase == PHASE_BODY || untar->phase == PHASE_META))
			untar->rc = entry_end(untar, err);
		if (untar->rc == 0 && untar->left == 0 && untar->phase == PHASE_PADDING)
			untar->phase = PHASE_HEADER;
	}
	return untar->rc;
}

int hd_untar_end(const struct hd_untar *untar, struct hd_error *err)
{
	if (untar->rc < 0)
		return hd_error_set(err, untar->rc, "the archive could not be unpacked");
	/* Some leave the zeros out. */
	if (untar->phase == PHASE_END || (untar->phase == PHASE_HEADER && !untar->held))
		return 0;
	return hd_error_set(err, HD_ECORRUPT, "the archive ends before its end");
}

size_t hd_untar_refused(const struct hd_untar *untar, const char **first)
{
	*first = untar->first;
	return untar->refused;
}

int hd_untar_open(struct hd_untar **out, const char *folder, hd_untar_fn wanted,
		  void *user, struct hd_error *err)
{
	struct hd_untar *untar = calloc(1, sizeof *untar);

	*out = NULL;
	if (!untar)
		return hd_error_nomem(err);
	untar->fd = -1;
	untar->size = -1;
	untar->wanted = wanted;
	untar->user = user;
	untar->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (untar->folder < 0) {
		int rc = hd_error_errno(err, errno, "cannot open the folder '%s'", folder);

		free(untar);
		return rc;
	}
	*out = untar;
	return 0;
}

void hd_untar_close(struct hd_untar *untar)
{
	if (!untar)
		return;
	if (untar->fd >= 0)
		close(untar->fd);
	close(untar->folder);
	hd_buf_release(&untar->meta);
	hd_buf_release(&untar->name);
	hd_buf_release(&untar->link);
	free(untar);
}
