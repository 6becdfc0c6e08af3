/* The YAML 1.2 core schema: which plain scalars are not text. */
#include "config/yaml.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/number.h"

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(text, *words))
			return true;
	return false;
}

static bool resolve_word(struct hd_yaml_node *node)
{
	static const char *const nulls[] = { "", "~", "null", "Null", "NULL",
					     NULL };
	static const char *const trues[] = { "true", "True", "TRUE", NULL };
	static const char *const falses[] = { "false", "False", "FALSE", NULL };

	if (is_one_of(node->text, nulls)) {
		node->kind = HD_YAML_NULL;
		return true;
	}
	if (is_one_of(node->text, trues) || is_one_of(node->text, falses)) {
		node->kind = HD_YAML_BOOL;
		node->integer = is_one_of(node->text, trues);
		node->number = (double)node->integer;
		return true;
	}
	return false;
}

/* 0o17 and 0x1F, which take no sign; past 64 bits they are real numbers. */
static bool resolve_based(struct hd_yaml_node *node)
{
	const char *digits = "0123456789abcdef";
	unsigned base = node->text[1] == 'o' ? 8 : 16;
	double number = 0;
	uint64_t integer = 0;
	bool fits = true;

	if (node->length < 3 || node->text[0] != '0' ||
	    (node->text[1] != 'o' && node->text[1] != 'x'))
		return false;
	for (const char *at = node->text + 2; *at; at++) {
		const char *digit = strchr(digits, tolower((unsigned char)*at));
		unsigned value = digit ? (unsigned)(digit - digits) : base;

		if (value >= base)
			return false;
		fits = fits && integer <= ((uint64_t)INT64_MAX - value) / base;
		integer = fits ? integer * base + value : 0;
		number = number * base + value;
	}
	node->kind = fits ? HD_YAML_INTEGER : HD_YAML_REAL;
	node->integer = (int64_t)integer;
	node->number = number;
	return true;
}

static bool resolve_special(struct hd_yaml_node *node)
{
	static const char *const infs[] = { ".inf", ".Inf", ".INF", NULL };
	static const char *const nans[] = { ".nan", ".NaN", ".NAN", NULL };
	const char *text = node->text;
	bool minus = text[0] == '-';

	if (is_one_of(text, nans)) {
		node->number = NAN;
	} else {
		text += minus || text[0] == '+';
		if (!is_one_of(text, infs))
			return false;
		node->number = minus ? -INFINITY : INFINITY;
	}
	node->kind = HD_YAML_REAL;
	return true;
}

void hd_yaml_resolve(struct hd_yaml_node *node)
{
	const char *first = node->text;

	node->kind = HD_YAML_TEXT;
	if (resolve_word(node) || resolve_based(node) || resolve_special(node))
		return;
	/* "inf" and "nan" are words of number.c, but text in YAML. */
	first += *first == '-' || *first == '+';
	if (!isdigit((unsigned char)*first) && *first != '.')
		return;
	if (hd_number_read_integer(node->text, node->length, &node->integer)) {
		node->kind = HD_YAML_INTEGER;
		node->number = (double)node->integer;
	} else if (hd_number_read(node->text, node->length, &node->number)) {
		node->kind = HD_YAML_REAL;
	}
}
