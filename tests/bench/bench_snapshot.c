/*
 * A snapshot of 2000 files in 50 folders: the first, the same once more, with
 * one file changed, and when nothing but times changed.
 */
#include "snapbox.h"

#include <time.h>

#define FOLDERS 50
#define FILES 2000
#define BYTES 4096

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

/* What the machine's other work cannot blur. */
static double cpu(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static void fill(struct snapbox *box)
{
	char name[64], text[BYTES + 1];

	snap_file(box, ".gitignore", "*.o\n*.pyc\n/data/\nbuild/\n!keep.o\n");
	for (int i = 0; i < FOLDERS; i++) {
		snprintf(name, sizeof name, "folder-%d", i);
		snap_dir(box, name);
	}
	for (int i = 0; i < FILES - 1; i++) {
		snprintf(name, sizeof name, "folder-%d/file-%d.py", i % FOLDERS, i);
		memset(text, 'a' + i % 26, BYTES);
		snprintf(text, sizeof text, "%d", i);
		text[strlen(text)] = ' ';
		text[BYTES] = '\0';
		snap_file(box, name, text);
	}
}

static void take(struct snapbox *box, const char *what)
{
	double start = now(), worked = cpu();

	snap(box);
	printf("%-24s %8.1f ms, %7.1f ms of CPU  %5zu files read\n", what, now() - start,
	       cpu() - worked, hd_snapshot_read(box->taken));
}

static int count(void *user, const char *name, const char *value)
{
	(void)name;
	(void)value;
	++*(int *)user;
	return 0;
}

int main(void)
{
	void *state = NULL;
	struct snapbox *box;
	const struct timespec pause = { .tv_nsec = 300000000 };
	double start, worked;
	int properties = 0;

	snapbox_setup(&state);
	box = state;
	box->setup.settled = 200000;
	fill(box);
	nanosleep(&pause, NULL);
	printf("%d files of %d bytes in %d folders\n", FILES, BYTES, FOLDERS);
	take(box, "the first");
	take(box, "the same");
	take(box, "the same");
	snap_file(box, "folder-7/file-7.py", "changed\n");
	take(box, "one file changed");
	nanosleep(&pause, NULL);
	take(box, "the same");
	utimensat(AT_FDCWD, folder_path(box->source, "folder-8/file-8.py"), NULL, 0);
	take(box, "one file touched");
	start = now();
	worked = cpu();
	hd_snapshot_git(TEST_ROOT, count, &properties);
	printf("%-24s %8.1f ms, %7.1f ms of CPU  %5d properties\n", "git, of this repository",
	       now() - start, cpu() - worked, properties);
	snapbox_teardown(&state);
	return 0;
}
