/* Clocks: the wall's for records, the steady one for durations. */
#ifndef HD_BASE_TIME_H
#define HD_BASE_TIME_H

#include <stddef.h>
#include <stdint.h>

/* Microseconds since 1970 in UTC. */
int64_t hd_time_wall(void);
/* Microseconds of a clock that never goes back. */
int64_t hd_time_steady(void);
/* RFC 3339 in UTC, "2026-01-31T12:00:00.123456Z"; 40 bytes are enough. */
const char *hd_time_text(int64_t wall, char *text, size_t size);

#endif
