/*
 * The text of a reason, and the numbers in it. Policies have no other way to
 * write a number, so that all of them read alike and in every locale.
 */
#include <hdrive/policy.h>

#include "base/number.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Static_assert(HD_REASON_NUMBER >= HD_NUMBER_TEXT, "a number must fit");

void hd_reason_set(struct hd_reason *why, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(why->text, sizeof why->text, fmt, args);
	va_end(args);
}

const char *hd_reason_number(double value, char *text)
{
	hd_number_write(value, text);
	return text;
}

const char *hd_reason_limit(double value, double beside, char *text)
{
	char digits[40];
	double cut = value;

	for (int count = 6; isfinite(value) && count <= 17; count++) {
		/* Out and in under one locale: its point does no harm. */
		snprintf(digits, sizeof digits, "%.*e", count - 1, value);
		cut = strtod(digits, NULL);
		if (isnan(beside) || (value < beside) == (cut < beside))
			if (isnan(beside) || (value > beside) == (cut > beside))
				break;
	}
	hd_number_write(cut, text);
	return text;
}
