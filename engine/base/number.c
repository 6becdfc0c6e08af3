/*
 * Shortest round-trip text: 15, 16 and 17 significant digits are tried until
 * the text reads back equal. Fewer need no try: a decimal of at most 15 digits
 * is what 15 digits print of its double, but for zeros at the end, which are
 * dropped. The digits are laid out without an exponent from 1e-4 up to 1e16,
 * as Python's repr does, less a useless ".0".
 */
#include "base/number.h"

#include <ctype.h>
#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The significant digits of VALUE > 0 and its decimal exponent: 0.d1d2.. */
struct digits {
	char digit[18];
	int count;
	int exponent; /* of d1.d2d3..., so 1 is 0 */
};

/* printf writes the locale's decimal point: skip whatever is no digit. */
static void digits_scan(struct digits *out, const char *text)
{
	const char *e = strchr(text, 'e');

	out->count = 0;
	for (const char *at = text; at < e; at++)
		if (isdigit((unsigned char)*at) && out->count < 17)
			out->digit[out->count++] = *at;
	while (out->count > 1 && out->digit[out->count - 1] == '0')
		out->count--;
	out->digit[out->count] = '\0';
	out->exponent = (int)strtol(e + 1, NULL, 10);
}

static void digits_find(struct digits *out, double value)
{
	char text[40];

	/* Subnormal numbers hold fewer digits than the rule needs. */
	for (int precision = value < DBL_MIN ? 0 : 14; precision < 17;
	     precision++) {
		snprintf(text, sizeof text, "%.*e", precision, value);
		if (strtod(text, NULL) == value)
			break;
	}
	digits_scan(out, text);
}

static size_t digits_fixed(const struct digits *digits, char *text)
{
	size_t length = 0;
	int point = digits->exponent + 1; /* digits before the point */

	if (point <= 0)
		text[length++] = '0';
	for (int i = 0; i < point; i++)
		text[length++] = i < digits->count ? digits->digit[i] : '0';
	if (point < digits->count) {
		text[length++] = '.';
		for (int i = point; i < 0; i++)
			text[length++] = '0';
		for (int i = point > 0 ? point : 0; i < digits->count; i++)
			text[length++] = digits->digit[i];
	}
	text[length] = '\0';
	return length;
}

static size_t digits_scientific(const struct digits *digits, char *text)
{
	size_t length = 0;

	text[length++] = digits->digit[0];
	if (digits->count > 1) {
		text[length++] = '.';
		memcpy(text + length, digits->digit + 1,
		       (size_t)digits->count - 1);
		length += (size_t)digits->count - 1;
	}
	return length + (size_t)sprintf(text + length, "e%d",
					digits->exponent);
}

size_t hd_number_write(double value, char *text)
{
	struct digits digits;
	size_t sign = 0;

	if (isnan(value))
		return (size_t)sprintf(text, "nan");
	if (isinf(value))
		return (size_t)sprintf(text, value > 0 ? "inf" : "-inf");
	if (value == 0)
		return (size_t)sprintf(text, signbit(value) ? "-0" : "0");
	if (value < 0) {
		text[sign++] = '-';
		value = -value;
	}
	digits_find(&digits, value);
	if (digits.exponent >= -4 && digits.exponent < 16)
		return sign + digits_fixed(&digits, text + sign);
	return sign + digits_scientific(&digits, text + sign);
}

/* Length of a sign, digits, a point, digits and an exponent; 0 for none. */
static size_t number_span(const char *text, size_t length, size_t *point)
{
	size_t at = 0, digits = 0;

	*point = SIZE_MAX;
	if (at < length && (text[at] == '+' || text[at] == '-'))
		at++;
	for (; at < length && isdigit((unsigned char)text[at]); at++)
		digits++;
	if (at < length && text[at] == '.') {
		*point = at++;
		for (; at < length && isdigit((unsigned char)text[at]); at++)
			digits++;
	}
	if (digits == 0)
		return 0;
	if (at < length && (text[at] == 'e' || text[at] == 'E')) {
		size_t mark = at++;

		if (at < length && (text[at] == '+' || text[at] == '-'))
			at++;
		if (at == length || !isdigit((unsigned char)text[at]))
			return mark;
		while (at < length && isdigit((unsigned char)text[at]))
			at++;
	}
	return at;
}

static bool number_read_word(const char *text, size_t length, double *value)
{
	bool minus = length && text[0] == '-';

	if (length && (text[0] == '+' || text[0] == '-')) {
		text++;
		length--;
	}
	if ((length == 3 && !strncasecmp(text, "inf", 3)) ||
	    (length == 8 && !strncasecmp(text, "infinity", 8)))
		*value = minus ? -INFINITY : INFINITY;
	else if (length == 3 && !strncasecmp(text, "nan", 3))
		*value = NAN;
	else
		return false;
	return true;
}

bool hd_number_read(const char *text, size_t length, double *value)
{
	char copy[128], *copied = copy, *end;
	size_t point, place = 0;
	const char *local;

	if (length == 0 || number_span(text, length, &point) != length)
		return number_read_word(text, length, value);
	if (length + 8 > sizeof copy) {
		copied = malloc(length + 8);
		if (!copied)
			return false;
	}
	/* strtod wants the locale's decimal point. */
	local = localeconv()->decimal_point;
	for (size_t i = 0; i < length; i++) {
		if (i == point) {
			size_t width = strnlen(local, 7);

			memcpy(copied + place, local, width);
			place += width;
		} else {
			copied[place++] = text[i];
		}
	}
	copied[place] = '\0';
	*value = strtod(copied, &end);
	place -= (size_t)(end - copied);
	if (copied != copy)
		free(copied);
	return place == 0;
}

bool hd_number_read_integer(const char *text, size_t length, int64_t *value)
{
	bool minus = length && text[0] == '-';
	size_t at = length && (text[0] == '-' || text[0] == '+') ? 1 : 0;
	uint64_t most = minus ? (uint64_t)INT64_MAX + 1 : INT64_MAX;
	uint64_t sum = 0;

	if (at == length)
		return false;
	for (; at < length; at++) {
		unsigned digit = (unsigned char)text[at] - (unsigned)'0';

		if (digit > 9 || sum > (most - digit) / 10)
			return false;
		sum = sum * 10 + digit;
	}
	*value = minus ? (int64_t)(0 - sum) : (int64_t)sum;
	return true;
}
