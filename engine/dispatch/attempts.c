/*
 * Invariant: an attempt's mark (record_format.h) moves last, so its files are
 * in their new place once it is; until then the next call goes on.
 */
/* openat and its like. */
#define _XOPEN_SOURCE 700

#include "dispatch/attempts.h"

#include "dispatch/record_format.h"
#include "dispatch/workdir.h"
#include "slurm/job.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE 32

/* Of one attempt alone. The mark is not among them: it is the last. */
static const char *const moved[] = { "stdout", "stderr", "metrics",
				     HD_RECORD_EXIT, HD_RECORD_STATE,
				     HD_WORKDIR_STOP, HD_SLURM_INTENT,
				     HD_SLURM_LOG };

/* The number behind PREFIX in NAME, written as we write it; 0 for none. */
static unsigned number_of(const char *name, const char *prefix)
{
	size_t length = strlen(prefix);
	char again[NAME_SIZE];
	unsigned long number;

	if (strncmp(name, prefix, length) != 0)
		return 0;
	number = strtoul(name + length, NULL, 10);
	if (number == 0 || number > UINT_MAX)
		return 0;
	snprintf(again, sizeof again, "%s%lu", prefix, number);
	return strcmp(again, name) == 0 ? (unsigned)number : 0;
}

/* The lowest number below BELOW that a file with PREFIX has; 0 for none, *RC an
 * errno when the folder cannot be read. */
static unsigned lowest(int at, const char *prefix, unsigned below, int *rc)
{
	int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *found;
	unsigned least = 0;

	if (!dir) {
		*rc = errno;
		if (fd >= 0)
			close(fd);
		return 0;
	}
	errno = 0;
	while ((found = readdir(dir))) {
		unsigned number = number_of(found->d_name, prefix);

		if (number && number < below && (!least || number < least))
			least = number;
		errno = 0;
	}
	*rc = errno;
	closedir(dir);
	return least;
}

static int tickets_withdraw(int at, unsigned below)
{
	unsigned number;
	int rc;

	while ((number = lowest(at, HD_RECORD_TICKET, below, &rc))) {
		char name[NAME_SIZE];

		snprintf(name, sizeof name, HD_RECORD_TICKET "%u", number);
		/* One that is gone by now became a mark. */
		if (unlinkat(at, name, 0) < 0 && errno != ENOENT)
			return errno;
	}
	return rc;
}

/* Make and open a folder; -1 and errno when it is not one. */
static int folder_make(int at, const char *name)
{
	if (mkdirat(at, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(at, name,
		      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

static int file_move(int at, int to, const char *name)
{
	return renameat(at, name, to, name) < 0 && errno != ENOENT ? errno : 0;
}

/* What other ranks than the first wrote: "rank-1.log", and "node-1" of those
 * that were on another machine. */
static bool is_of_ranks(const char *name)
{
	size_t length = strlen(name);

	if (strncmp(name, "rank-", 5) == 0)
		return length > 9 && strcmp(name + length - 4, ".log") == 0 &&
		       strspn(name + 5, "0123456789") == length - 9;
	return strncmp(name, "node-", 5) == 0 && length > 5 &&
	       strspn(name + 5, "0123456789") == length - 5;
}

static int ranks_move(int at, int to)
{
	int fd = openat(at, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *found;
	int rc = 0;

	if (!dir) {
		rc = errno;
		if (fd >= 0)
			close(fd);
		return rc;
	}
	while (rc == 0 && (found = readdir(dir)))
		if (is_of_ranks(found->d_name))
			rc = file_move(at, to, found->d_name);
	closedir(dir);
	return rc;
}

static int files_move(int at, int to, unsigned number)
{
	char mark[NAME_SIZE];
	int rc = 0;

	for (size_t i = 0; i < sizeof moved / sizeof moved[0] && rc == 0; i++)
		rc = file_move(at, to, moved[i]);
	if (rc == 0)
		rc = ranks_move(at, to);
	snprintf(mark, sizeof mark, HD_RECORD_OWNER "%u", number);
	if (rc == 0)
		rc = file_move(at, to, mark);
	/* Marks are one file with many names, and a rename between two of them
	 * leaves both. */
	if (rc == 0 && unlinkat(at, mark, 0) < 0 && errno != ENOENT)
		rc = errno;
	return rc;
}

static int attempt_archive(int at, unsigned number)
{
	char name[NAME_SIZE];
	int all = folder_make(at, HD_ATTEMPTS_FOLDER);
	int to = -1;
	int rc;

	if (all < 0)
		return errno;
	snprintf(name, sizeof name, "%u", number);
	to = folder_make(all, name);
	rc = to < 0 ? errno : files_move(at, to, number);
	if (to >= 0)
		close(to);
	close(all);
	return rc;
}

static int attempts_archive(int at, unsigned below)
{
	unsigned number;
	int rc = tickets_withdraw(at, below);

	while (rc == 0 && (number = lowest(at, HD_RECORD_OWNER, below, &rc)))
		rc = attempt_archive(at, number);
	return rc;
}

int hd_attempts_archive(const char *folder, unsigned below,
			struct hd_error *err)
{
	int at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc;

	if (at < 0)
		return hd_error_errno(err, errno, "cannot read the folder '%s'",
				      folder);
	rc = attempts_archive(at, below);
	close(at);
	if (rc)
		return hd_error_errno(err, rc,
				      "cannot move an earlier attempt's files"
				      " into '%s/" HD_ATTEMPTS_FOLDER "'",
				      folder);
	return 0;
}
