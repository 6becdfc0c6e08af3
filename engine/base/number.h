/*
 * Numbers to text and back, whatever the locale.
 *
 * hdrive writes a number as the shortest text that reads back to the same
 * double, without a decimal point when it is whole: 64, 0.1, 1e-5.
 */
#ifndef HD_BASE_NUMBER_H
#define HD_BASE_NUMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HD_NUMBER_TEXT 32 /* enough for any double */

/* Write VALUE to TEXT, which has HD_NUMBER_TEXT bytes; returns its length. */
size_t hd_number_write(double value, char *text);

/*
 * Read a whole decimal number from LENGTH bytes: "12", "-0.5", ".5", "1e-5",
 * and, case aside, "nan", "inf", "infinity" with a sign. False when anything
 * is left over.
 */
bool hd_number_read(const char *text, size_t length, double *value);
/* The same for a 64-bit integer in decimal; false on overflow. */
bool hd_number_read_integer(const char *text, size_t length, int64_t *value);

#endif
