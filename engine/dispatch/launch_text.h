/*
 * JSON for the launcher's files, in a buffer on the stack: stdio would be most
 * of what the launcher runs. What does not fit is cut, so that a reader finds
 * a record that is no JSON rather than a wrong one.
 */
#ifndef HD_DISPATCH_LAUNCH_TEXT_H
#define HD_DISPATCH_LAUNCH_TEXT_H

#include <stdint.h>
#include <sys/time.h>

struct hd_launch_text {
	char *at;
	char *end; /* one byte is kept for the terminator */
};

void hd_launch_text_add(struct hd_launch_text *text, const char *more);
void hd_launch_text_number(struct hd_launch_text *text, int64_t value);
/* Seconds with six decimals. */
void hd_launch_text_seconds(struct hd_launch_text *text,
			    const struct timeval *time);
/* A JSON string; what is not UTF-8 becomes '?', as do control characters. */
void hd_launch_text_json(struct hd_launch_text *text, const char *more);
/* A member's name and colon, after a comma unless it is the object's first. */
void hd_launch_text_key(struct hd_launch_text *text, const char *key);

#endif
