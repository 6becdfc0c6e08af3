/*
 * Whether a sweep's engine lives. A process id alone is used again by others:
 * only with the time at which that process started does it name one.
 */
#include <hdrive/report.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Field 22 of /proc/PID/stat, start time in clock ticks since boot. */
static bool process_start(int64_t pid, int64_t *start)
{
	char path[64];
	char line[1024];
	char *at;
	size_t length;
	FILE *file;

	snprintf(path, sizeof path, "/proc/%" PRId64 "/stat", pid);
	file = fopen(path, "re");
	if (!file)
		return false;
	length = fread(line, 1, sizeof line - 1, file);
	fclose(file);
	line[length] = '\0';
	/* The name in parentheses may hold anything: its last ')' ends it. */
	at = strrchr(line, ')');
	if (at && !strncmp(at, ") Z", 3))
		return false;
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	if (!at)
		return false;
	*start = strtoll(at, NULL, 10);
	return true;
}

bool hd_report_engine_is_alive(const struct hd_sweep_row *row)
{
	int64_t start;

	if (row->engine_pid <= 0)
		return true;
	return process_start(row->engine_pid, &start) &&
	       start == row->engine_start;
}
