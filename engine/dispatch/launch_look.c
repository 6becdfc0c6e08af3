/*
 * hdrive-launch --look and --end (launch_modes.h): the eyes and the hand of an
 * engine elsewhere. All that a look at a machine's trials takes is one start
 * of this program, where a shell would start some for each file.
 *
 * The folders are the scripts': a link or a FIFO that one put there under the
 * name of a file is no file. The C library alone.
 */
#define _XOPEN_SOURCE 700

#include "dispatch/launch_modes.h"

#include "dispatch/launch_text.h"
#include "dispatch/proctree.h"
#include "dispatch/record_format.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Of one file at a time: others have their turn in the next look. */
#define SHARE (256 << 10)
/* Records are shorter. */
#define RECORD_MOST 8192
#define NAME_MOST 64
#define FILES_MOST 64

struct look {
	char *block; /* SHARE bytes */
	int64_t left;
	bool ok; /* what was said was taken */
};

/* --- saying ---------------------------------------------------------------- */

static void say(struct look *look, const char *bytes, size_t length)
{
	while (look->ok && length) {
		ssize_t put = write(STDOUT_FILENO, bytes, length);

		if (put < 0 && errno == EINTR)
			continue;
		look->ok = put > 0;
		bytes += put > 0 ? put : 0;
		length -= put > 0 ? (size_t)put : 0;
	}
}

/* WORD INDEX [NAME] NUMBER [NUMBER], as a line. */
static void say_line(struct look *look, const char *word, const char *index,
		     const char *name, const int64_t *numbers, size_t count)
{
	char line[256];
	struct hd_launch_text text = { line, line + sizeof line - 1 };

	hd_launch_text_add(&text, word);
	hd_launch_text_add(&text, " ");
	hd_launch_text_add(&text, index);
	if (name) {
		hd_launch_text_add(&text, " ");
		hd_launch_text_add(&text, name);
	}
	for (size_t i = 0; i < count; i++) {
		hd_launch_text_add(&text, " ");
		hd_launch_text_number(&text, numbers[i]);
	}
	hd_launch_text_add(&text, "\n");
	say(look, line, strlen(line));
}

/* --- one folder ------------------------------------------------------------- */

/* NAME, when it is a regular file; else -1. */
static int file_open(int folder, const char *name, struct stat *info)
{
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return -1;
	if (fstat(fd, info) == 0 && S_ISREG(info->st_mode))
		return fd;
	close(fd);
	return -1;
}

static size_t block_read(struct look *look, int fd, int64_t offset, size_t most)
{
	size_t length = 0;
	ssize_t got = 1;

	while (length < most && got != 0) {
		got = pread(fd, look->block + length, most - length,
			    (off_t)(offset + (int64_t)length));
		if (got < 0 && errno != EINTR)
			break;
		length += got > 0 ? (size_t)got : 0;
	}
	return length;
}

/* A record as a whole: "WORD INDEX LENGTH" and its bytes. */
static void look_record(struct look *look, int folder, const char *index,
			const char *word, const char *name)
{
	struct stat info;
	int fd = file_open(folder, name, &info);
	int64_t length;

	if (fd < 0)
		return;
	length = (int64_t)block_read(look, fd, 0, RECORD_MOST);
	close(fd);
	say_line(look, word, index, NULL, &length, 1);
	say(look, look->block, (size_t)length);
}

/* What is behind OFFSET: "f INDEX NAME OFFSET LENGTH LEFT" and the bytes. */
static void look_file(struct look *look, int folder, const char *index,
		      const char *name, int64_t offset)
{
	struct stat info;
	int fd = file_open(folder, name, &info);
	int64_t numbers[3], most;

	if (fd < 0)
		return;
	most = info.st_size - offset;
	if (most > SHARE)
		most = SHARE;
	if (most > look->left)
		most = look->left;
	if (info.st_size > offset) {
		numbers[0] = offset;
		numbers[1] = (int64_t)block_read(look, fd, offset, (size_t)most);
		numbers[2] = info.st_size - offset - numbers[1];
		look->left -= numbers[1];
		say_line(look, "f", index, name, numbers, 3);
		say(look, look->block, (size_t)numbers[1]);
	}
	close(fd);
}

static bool is_there(int folder, const char *prefix, const char *attempt)
{
	char name[NAME_MOST];
	struct hd_launch_text text = { name, name + sizeof name - 1 };
	struct stat info;

	hd_launch_text_add(&text, prefix);
	hd_launch_text_add(&text, attempt);
	return fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) == 0;
}

/* "rank-N.log": of a rank that does not speak for its trial. */
static bool is_rank_log(const char *name)
{
	size_t digits;

	if (strncmp(name, "rank-", 5) != 0)
		return false;
	digits = strspn(name + 5, "0123456789");
	return digits > 0 && digits < 6 && strcmp(name + 5 + digits, ".log") == 0;
}

/* Those that the engine does not know of yet. */
static void look_ranks(struct look *look, int folder, const char *index,
		       char **known, int count)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *found;

	while (dir && (found = readdir(dir))) {
		bool is_known = !is_rank_log(found->d_name);

		for (int i = 0; i < count && !is_known; i++)
			is_known = strcmp(known[2 * i], found->d_name) == 0;
		if (!is_known)
			look_file(look, folder, index, found->d_name, 0);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

/*
 * ARGV: FOLDER ATTEMPT PID START, then COUNT times NAME OFFSET. Whether it lives
 * is asked before its record is: what is gone then and has none left none.
 */
static void look_attempt(struct look *look, const char *index, char **argv, int count)
{
	pid_t pid = (pid_t)strtol(argv[2], NULL, 10);
	uint64_t start = strtoull(argv[3], NULL, 10);
	int folder = open(argv[0], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int64_t flags[4] = { 0 };

	if (folder < 0) {
		say_line(look, errno == ENOENT ? "n" : "u", index, NULL, NULL, 0);
		return;
	}
	flags[0] = is_there(folder, HD_RECORD_TICKET, argv[1]);
	flags[1] = is_there(folder, HD_RECORD_OWNER, argv[1]);
	flags[2] = pid > 0 && start && hd_proctree_start(pid) == start;
	say_line(look, "a", index, NULL, flags, 3);
	look_record(look, folder, index, "s", HD_RECORD_STATE);
	look_record(look, folder, index, "x", HD_RECORD_EXIT);
	for (int i = 0; i < count; i++)
		look_file(look, folder, index, argv[4 + 2 * i],
			  strtoll(argv[5 + 2 * i], NULL, 10));
	look_ranks(look, folder, index, argv + 4, count);
	close(folder);
}

/* A file's name that leads nowhere else. */
static bool is_name(const char *name)
{
	return *name && strlen(name) < NAME_MOST && !strchr(name, '/');
}

/* BYTES, then for each attempt: INDEX COUNT FOLDER ATTEMPT PID START and COUNT
 * times NAME OFFSET. */
int hd_launch_look(char **argv)
{
	static char block[SHARE];
	struct look look = { .block = block, .ok = true };

	if (!argv[1])
		return HD_LAUNCH_USAGE;
	look.left = strtoll(argv[1], NULL, 10);
	for (argv += 2; *argv; argv++) {
		const char *index = argv[0];
		int count = argv[1] ? hd_launch_number(argv[1]) : -1;

		if (count < 0 || count > FILES_MOST)
			return HD_LAUNCH_USAGE;
		for (int i = 0; i < 4 + 2 * count; i++)
			if (!argv[2 + i])
				return HD_LAUNCH_USAGE;
		for (int i = 0; i < count; i++)
			if (!is_name(argv[6 + 2 * i]))
				return HD_LAUNCH_USAGE;
		look_attempt(&look, index, argv + 2, count);
		argv += 5 + 2 * count;
	}
	say(&look, ".\n", 2);
	return look.ok ? 0 : 1;
}
