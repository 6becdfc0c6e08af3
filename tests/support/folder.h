/*
 * A temporary folder for tests, and what is in it. A path given to these may
 * be up to FOLDER_PATH bytes; they assert that all goes well.
 */
#ifndef TESTS_SUPPORT_FOLDER_H
#define TESTS_SUPPORT_FOLDER_H

#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_PATH 512

/* Make one, its path into PATH. */
static inline void folder_make(char path[FOLDER_PATH])
{
	const char *base = getenv("TMPDIR");

	snprintf(path, FOLDER_PATH, "%s/hdrive-test-XXXXXX",
		 base && *base ? base : "/tmp");
	assert_non_null(mkdtemp(path));
}

/* FOLDER/NAME in one of four buffers, so that a call may take several. */
static inline const char *folder_path(const char *folder, const char *name)
{
	static char paths[4][FOLDER_PATH];
	static unsigned turn;
	char *path = paths[turn++ % 4];

	assert_true(snprintf(path, FOLDER_PATH, "%s/%s", folder, name) <
		    FOLDER_PATH);
	return path;
}

static inline void folder_remove_at(int at, const char *name)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *found;

	while (dir && (found = readdir(dir))) {
		if (strcmp(found->d_name, ".") == 0 ||
		    strcmp(found->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, found->d_name, 0) < 0)
			folder_remove_at(fd, found->d_name);
	}
	if (dir)
		closedir(dir);
	unlinkat(at, name, AT_REMOVEDIR);
}

/* Remove the folder and all in it; links are not followed. */
static inline void folder_remove(const char *path)
{
	folder_remove_at(AT_FDCWD, path);
}

static inline void folder_write(const char *folder, const char *name,
				const char *text, mode_t mode)
{
	int fd = open(folder_path(folder, name), O_WRONLY | O_CREAT | O_TRUNC,
		      mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* Up to SIZE - 1 bytes of the file, terminated; -1 when it is not there. */
static inline long folder_read(const char *folder, const char *name,
			       char *text, size_t size)
{
	int fd = open(folder_path(folder, name), O_RDONLY);
	ssize_t length;

	text[0] = '\0';
	if (fd < 0)
		return -1;
	length = read(fd, text, size - 1);
	close(fd);
	assert_true(length >= 0);
	text[length] = '\0';
	return length;
}

static inline void assert_folder_holds(const char *folder, const char *name,
				       const char *expected)
{
	char text[4096];

	folder_read(folder, name, text, sizeof text);
	assert_string_equal(text, expected);
}

/* The link's target. */
static inline void assert_folder_links(const char *folder, const char *name,
				       const char *expected)
{
	char target[FOLDER_PATH];
	ssize_t length = readlink(folder_path(folder, name), target,
				  sizeof target - 1);

	assert_true(length > 0);
	target[length] = '\0';
	assert_string_equal(target, expected);
}

#endif
