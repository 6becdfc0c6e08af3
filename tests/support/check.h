/*
 * What every test program includes: cmocka with the headers it forgets, and
 * the few checks of our own.
 */
#ifndef TESTS_SUPPORT_CHECK_H
#define TESTS_SUPPORT_CHECK_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* |A - B| <= TOLERANCE, both finite. */
#define assert_close(a, b, tolerance) \
	check_close((a), (b), (tolerance), #a, __FILE__, __LINE__)

static inline void check_close(double a, double b, double tolerance,
			       const char *what, const char *file, int line)
{
	if (!(fabs(a - b) <= tolerance)) {
		print_error("%s is %.17g, expected %.17g within %g\n", what, a,
			    b, tolerance);
		_fail(file, line);
	}
}

/* A table's length, for loops over rows of a test. */
#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

#endif
