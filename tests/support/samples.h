/* Files of tests/data that are each a case of one test. */
#ifndef TESTS_SUPPORT_SAMPLES_H
#define TESTS_SUPPORT_SAMPLES_H

#include "check.h"

#include <dirent.h>

/* CHECK for each file of FOLDER whose name ends in ENDING, ".yml"; there must be
 * at least LEAST, or the test is of nothing. */
static inline void each_sample(const char *folder, const char *ending, int least,
			       void (*check)(void *user, const char *folder, const char *name),
			       void *user)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		const char *dot = strrchr(entry->d_name, '.');

		if (!dot || strcmp(dot, ending) != 0)
			continue;
		check(user, folder, entry->d_name);
		count++;
	}
	closedir(dir);
	assert_true(count >= least);
}

#endif
