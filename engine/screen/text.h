/*
 * Text from outside as columns of a terminal: harmless first, then cut.
 *
 * What a terminal could obey becomes \xNN (hd_buf_plain); on a terminal that
 * knows no UTF-8 every other character becomes '?'. Lengths are columns: a
 * wide character has two, a combining one none.
 */
#ifndef SCREEN_TEXT_H
#define SCREEN_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that a line of a screen may have. */
#define SCREEN_LINE 2048

/*
 * FROM, of LENGTH bytes, in at most COLUMNS columns and SIZE bytes of OUT; what
 * was cut ends in an ellipsis. Returns the columns it has. A tab is a blank.
 */
size_t screen_fit(char *out, size_t size, const char *from, size_t length,
		  size_t columns, bool utf8);
/* Columns of TEXT, which is harmless already. */
size_t screen_columns(const char *text, bool utf8);
/* A value in at most seven digits or so: "0.9312", "1.2e-05", "-" for NaN. */
const char *screen_value(double value, char *text, size_t size);

#endif
