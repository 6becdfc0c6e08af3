/* The last lines of a file that may be growing, and may be enormous. */
#ifndef SCREEN_TAIL_H
#define SCREEN_TAIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct tail {
	char *text;   /* its last bytes, a NUL in place of each line's end */
	char **lines; /* into TEXT, whole ones and the last, unended one */
	size_t count;
	int64_t size; /* of the file when it was read, -1: it is not there */
	int64_t mtime;
};

/*
 * The last BYTES of FOLDER/NAME into TAIL, whose earlier ones go; false when it
 * cannot be read. Nothing is done when it has not changed since. Of what a
 * program overwrote with a carriage return the last version counts. NUL bytes
 * become blanks.
 */
bool tail_read(struct tail *tail, const char *folder, const char *name, size_t bytes);
void tail_release(struct tail *tail);

#endif
