#include "screen/tail.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void tail_release(struct tail *tail)
{
	free(tail->text);
	free(tail->lines);
	*tail = (struct tail){ .size = -1 };
}

/* What is behind the last carriage return that is not at the end. */
static char *line_shown(char *line)
{
	size_t length = strlen(line);
	char *from;

	while (length > 0 && line[length - 1] == '\r')
		line[--length] = '\0';
	from = strrchr(line, '\r');
	return from ? from + 1 : line;
}

/* CUT: the first line is not whole. */
static bool tail_split(struct tail *tail, size_t length, bool cut)
{
	size_t count = 1, from = 0;

	for (size_t i = 0; i < length; i++) {
		count += tail->text[i] == '\n';
		if (tail->text[i] == '\0')
			tail->text[i] = ' ';
	}
	tail->lines = malloc((count + 1) * sizeof *tail->lines);
	if (!tail->lines)
		return false;
	while (cut && from < length && tail->text[from++] != '\n')
		;
	while (from < length) {
		char *line = tail->text + from;
		char *end = memchr(line, '\n', length - from);

		if (end)
			*end = '\0';
		from = end ? (size_t)(end - tail->text) + 1 : length;
		tail->lines[tail->count++] = line_shown(line);
	}
	return true;
}

static bool tail_load(struct tail *tail, int fd, size_t bytes)
{
	int64_t from = tail->size > (int64_t)bytes ? tail->size - (int64_t)bytes : 0;
	ssize_t got;

	tail->text = malloc(bytes + 1);
	if (!tail->text)
		return false;
	got = pread(fd, tail->text, bytes, from);
	if (got < 0)
		return false;
	tail->text[got] = '\0';
	return tail_split(tail, (size_t)got, from > 0);
}

bool tail_read(struct tail *tail, const char *folder, const char *name, size_t bytes)
{
	char path[4096];
	struct stat status;
	int64_t mtime;
	bool read;
	int fd;

	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return false;
	/* A pipe of that name would hold us up. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		if (fd >= 0)
			close(fd);
		tail_release(tail);
		return false;
	}
	mtime = (int64_t)status.st_mtim.tv_sec * 1000000000 + status.st_mtim.tv_nsec;
	if (tail->text && tail->size == status.st_size && tail->mtime == mtime) {
		close(fd);
		return true;
	}
	tail_release(tail);
	tail->size = status.st_size;
	tail->mtime = mtime;
	read = tail_load(tail, fd, bytes);
	close(fd);
	if (!read)
		tail_release(tail);
	return read;
}
