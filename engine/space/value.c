/* Values: as a script's argument, and whether two are the same. */
#include <hdrive/space.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

static size_t value_copy(const char *from, size_t length, char *text,
			 size_t size)
{
	size_t fits = length < size ? length : size ? size - 1
						    : 0;

	if (fits)
		memcpy(text, from, fits);
	if (size)
		text[fits] = '\0';
	return length;
}

size_t hd_value_format(const struct hd_value *value, char *text, size_t size)
{
	char number[HD_NUMBER_TEXT] = "";
	const char *word = number;

	switch (value->kind) {
	case HD_VALUE_ABSENT:
		break;
	case HD_VALUE_NULL:
		word = "None";
		break;
	case HD_VALUE_BOOL:
		word = value->integer ? "True" : "False";
		break;
	case HD_VALUE_INTEGER:
		snprintf(number, sizeof number, "%" PRId64, value->integer);
		break;
	case HD_VALUE_REAL:
		hd_number_write(value->number, number);
		break;
	case HD_VALUE_TEXT:
	case HD_VALUE_JSON:
	case HD_VALUE_BRANCH:
		return value_copy(value->text, value->length, text, size);
	}
	return value_copy(word, strlen(word), text, size);
}

static bool value_is_number(const struct hd_value *value)
{
	return value->kind == HD_VALUE_INTEGER || value->kind == HD_VALUE_REAL;
}

/* 1 and 1.0 are one argument for the script, so they are equal. */
static bool value_equal_numbers(const struct hd_value *a,
				const struct hd_value *b)
{
	if (a->kind == HD_VALUE_INTEGER && b->kind == HD_VALUE_INTEGER)
		return a->integer == b->integer;
	if (isnan(a->number) || isnan(b->number))
		return isnan(a->number) && isnan(b->number);
	return a->number == b->number;
}

bool hd_value_equal(const struct hd_value *a, const struct hd_value *b)
{
	if (value_is_number(a) && value_is_number(b))
		return value_equal_numbers(a, b);
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case HD_VALUE_ABSENT:
	case HD_VALUE_NULL:
		return true;
	case HD_VALUE_BOOL:
		return !a->integer == !b->integer;
	case HD_VALUE_TEXT:
	case HD_VALUE_JSON:
	case HD_VALUE_BRANCH:
		return a->length == b->length &&
		       (a->length == 0 ||
			memcmp(a->text, b->text, a->length) == 0);
	case HD_VALUE_INTEGER:
	case HD_VALUE_REAL:
		break;
	}
	return false;
}
