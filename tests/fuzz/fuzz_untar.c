/*
 * Archives that a host sends back: any bytes, in two sizes of pieces. Whatever is
 * in them, nothing comes to lie outside the folder.
 */
#define _XOPEN_SOURCE 700

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "remote/untar.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run(const char *folder, const char *text, size_t size, size_t piece)
{
	struct hd_untar *untar;
	struct hd_error err;

	if (hd_untar_open(&untar, folder, NULL, NULL, &err) < 0)
		abort();
	for (size_t at = 0; at < size; at += piece)
		if (hd_untar_add(untar, text + at, size - at < piece ? size - at : piece,
				 &err) < 0)
			break;
	(void)hd_untar_end(untar, &err);
	hd_untar_close(untar);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *base = getenv("TMPDIR");
	char above[256], folder[300];
	struct dirent *found;
	unsigned others = 0;
	DIR *dir;

	snprintf(above, sizeof above, "%s/hdrive-untar-XXXXXX", base && *base ? base : "/tmp");
	if (!mkdtemp(above))
		abort();
	snprintf(folder, sizeof folder, "%s/in", above);
	if (mkdir(folder, 0777) < 0)
		abort();
	run(folder, (const char *)data, size, 1 << 20);
	run(folder, (const char *)data, size, 37);
	dir = opendir(above);
	while (dir && (found = readdir(dir)))
		others += strcmp(found->d_name, "in") != 0;
	if (dir)
		closedir(dir);
	/* "." and ".." */
	if (others != 2)
		abort();
	hd_file_remove(above);
	return 0;
}
