/* What the fuzzers of HTTP's requests share: how their input is cut, and how a
 * folder of theirs goes. It comes before all that a system has. */
#ifndef TESTS_FUZZ_REQUEST_H
#define TESTS_FUZZ_REQUEST_H

#ifndef _XOPEN_SOURCE
#define _XOPEN_SOURCE 700
#endif

#include "bytes.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline int folder_entry_remove(const char *path, const struct stat *status,
				      int kind, struct FTW *walk)
{
	(void)status;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline void folder_forget(const char *path)
{
	nftw(path, folder_entry_remove, 16, FTW_DEPTH | FTW_PHYS);
}

/* The rest of the line at *AT, which is then behind it; it is terminated. */
static inline char *line_take(char **at)
{
	char *line = *at;
	size_t length = strcspn(line, "\n");

	*at = line + length + (line[length] == '\n');
	line[length] = '\0';
	return line;
}

#endif
