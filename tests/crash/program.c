/*
 * The program of the sweeps that are killed: logs its values, with or without
 * checkpoints, and appends a line to a file at its completion.
 *
 *   program DONE VALUES PAUSE SOURCE CHECKPOINT --x X ...
 *
 * PAUSE: milliseconds before each value. SOURCE: "stdout", "torn" (lines in
 * two writes) or "metrics" (the file). CHECKPOINT: 1 to keep the step and to
 * go on from it. Value I of a trial is X + I / 64, exact in a double, so that
 * the test knows it to the bit.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct plan {
	const char *done;
	long values, pause;
	const char *source;
	int checkpoint;
	double x;
};

static void doze(long milliseconds)
{
	struct timespec time = { milliseconds / 1000,
				 milliseconds % 1000 * 1000000 };

	if (milliseconds > 0)
		nanosleep(&time, NULL);
}

/* All of TEXT at the end of the file PATH, in one write. */
static void append(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, text, strlen(text)) < 0 || close(fd) < 0)
		exit(1);
}

static void put(const char *text, size_t length)
{
	if (write(STDOUT_FILENO, text, length) < 0)
		exit(1);
}

static void log_value(const struct plan *plan, long step)
{
	double value = plan->x + (double)step / 64;
	char text[160];
	size_t length;

	if (!strcmp(plan->source, "metrics")) {
		snprintf(text, sizeof text, "{\"name\":\"acc\",\"value\":%.17g}\n",
			 value);
		append(getenv("HDRIVE_METRICS"), text);
		return;
	}
	snprintf(text, sizeof text, "step=%ld acc=%.17g\n", step, value);
	length = !strcmp(plan->source, "torn") ? strlen(text) / 2 : 0;
	put(text, length);
	if (length)
		doze(1);
	put(text + length, strlen(text) - length);
}

static void path_make(char path[512], const char *name)
{
	snprintf(path, 512, "%s/%s", getenv("HDRIVE_CHECKPOINTS"), name);
}

static long checkpoint_read(void)
{
	char path[512];
	FILE *file;
	long step = 0;

	path_make(path, "step");
	file = fopen(path, "r");
	if (file && fscanf(file, "%ld", &step) != 1)
		exit(1);
	if (file)
		fclose(file);
	return step;
}

/* By rename: a program killed here must find the one or the other. */
static void checkpoint_write(long step)
{
	char draft[512], path[512], text[32];

	path_make(draft, "step.new");
	path_make(path, "step");
	unlink(draft);
	snprintf(text, sizeof text, "%ld\n", step);
	append(draft, text);
	if (rename(draft, path) < 0)
		exit(1);
}

int main(int argc, char **argv)
{
	struct plan plan = { 0 };
	char line[64];

	if (argc < 8)
		return 2;
	plan.done = argv[1];
	plan.values = strtol(argv[2], NULL, 10);
	plan.pause = strtol(argv[3], NULL, 10);
	plan.source = argv[4];
	plan.checkpoint = *argv[5] == '1';
	plan.x = strtod(argv[7], NULL);
	for (long step = plan.checkpoint ? checkpoint_read() : 0;
	     step < plan.values; step++) {
		doze(plan.pause);
		log_value(&plan, step + 1);
		if (plan.checkpoint)
			checkpoint_write(step + 1);
	}
	snprintf(line, sizeof line, "%s %s\n", getenv("HDRIVE_TRIAL"),
		 getenv("HDRIVE_ATTEMPT"));
	append(plan.done, line);
	return 0;
}
