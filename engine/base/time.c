#include "base/time.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

static int64_t clock_read(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t hd_time_wall(void)
{
	return clock_read(CLOCK_REALTIME);
}

int64_t hd_time_steady(void)
{
	return clock_read(CLOCK_MONOTONIC);
}

const char *hd_time_text(int64_t wall, char *text, size_t size)
{
	int64_t rest = wall % 1000000;
	time_t seconds = (time_t)((wall - rest) / 1000000);
	struct tm parts;
	size_t length;

	if (rest < 0) {
		rest += 1000000;
		seconds--;
	}
	if (!gmtime_r(&seconds, &parts)) {
		snprintf(text, size, "?");
		return text;
	}
	length = strftime(text, size, "%Y-%m-%dT%H:%M:%S", &parts);
	snprintf(text + length, size - length, ".%06" PRId64 "Z", rest);
	return text;
}
