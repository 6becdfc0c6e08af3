/*
 * NAME=EXPR of a command line into a line of a file's parameter_space.
 *
 * What EXPR is, in this order: an expression's name before a ':'; a range A..B;
 * items between commas; a single item. A lone word with a ':' that looks like a
 * mistyped expression is an error: such a text is written in quotes.
 */
#include "config/line.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"

#define ARGUMENTS_MOST 3
#define WHOLE_MOST 9007199254740992.0 /* 2^53: doubles count up to it */
/* Half a step but a little: what is drawn between is rounded to an end. */
#define HALF_A_STEP 0.4999

struct param {
	struct hd_liner *liner;
	struct hd_said said;
	char name[256];
	const char *value; /* behind the '=' */
};

/* --- lines ---------------------------------------------------------------- */

/* The parameter's line; VALUES is YAML, POINTS of it (0: no end). */
static void param_put(struct param *param, const char *expression,
		      const char *values, uint64_t points)
{
	struct hd_liner *liner = param->liner;
	struct hd_buf name = HD_BUF_INIT;

	hd_buf_json(&name, param->name, strlen(param->name));
	liner->failed |= hd_buf_failed(&name);
	hd_liner_put(liner, &param->said,
		     "  - {name: %s, expression: %s, values: %s}",
		     hd_buf_text(&name), expression, values);
	hd_buf_release(&name);
	if (points && liner->points > UINT64_MAX / points)
		liner->points = UINT64_MAX;
	else
		liner->points *= points;
}

static void param_put_numbers(struct param *param,
			      const struct hd_expr_type *type,
			      const double *numbers)
{
	struct hd_expr expr = { .kind = type->kind, .a = numbers[0], .b = numbers[1] };
	struct hd_buf values = HD_BUF_INIT;
	uint64_t points = 0;

	if (type->kind == HD_EXPR_RANDINT)
		expr = hd_expr_randint(numbers[0]);
	if (type->arguments == 3)
		expr.q = numbers[2];
	if (hd_expr_check(&expr, NULL) == 0)
		points = hd_expr_count(&expr);
	for (size_t i = 0; i < type->arguments; i++) {
		hd_buf_puts(&values, i ? ", " : "[");
		hd_buf_number(&values, numbers[i]);
	}
	hd_buf_putc(&values, ']');
	param->liner->failed |= hd_buf_failed(&values);
	param_put(param, type->name, hd_buf_text(&values), points);
	hd_buf_release(&values);
}

static void param_put_choice(struct param *param, const char *items,
			     char separator)
{
	struct hd_buf list = HD_BUF_INIT;
	size_t count = 0;

	if (hd_liner_choice(param->liner, &param->said, items, separator, &list, &count)) {
		param->liner->failed |= hd_buf_failed(&list);
		param_put(param, "choice", hd_buf_text(&list), count);
	}
	hd_buf_release(&list);
}

/* --- expressions ---------------------------------------------------------- */

/* "loguniform:MIN:MAX" */
static const char *form_text(const struct hd_expr_type *type, char *text,
			     size_t size)
{
	size_t length = (size_t)snprintf(text, size, "%s:", type->name);

	if (type->arguments == 0)
		snprintf(text + length, size - length, "A,B,C");
	for (const char *at = type->argument_list;
	     type->arguments && *at && length + 2 < size; at++) {
		if (*at == ' ')
			continue;
		text[length++] = *at == ',' ? ':' : (char)(*at >= 'a' ? *at - 32 : *at);
		text[length] = '\0';
	}
	return text;
}

static void param_expression(struct param *param,
			     const struct hd_expr_type *type,
			     const char *arguments)
{
	double numbers[ARGUMENTS_MOST] = { 0 };
	const char *at = arguments;
	char form[64];
	size_t count = 0;

	form_text(type, form, sizeof form);
	if (type->kind == HD_EXPR_CHOICE) {
		param_put_choice(param, arguments,
				 strpbrk(arguments, ",'\"") ? ',' : ':');
		return;
	}
	for (;; count++) {
		size_t length = strcspn(at, ":");
		double value;

		if (count < type->arguments &&
		    !(hd_number_read(at, length, &value) && isfinite(value))) {
			hd_liner_error(param->liner, &param->said,
				       "'%.*s' is no number: %s is written %s",
				       length > 40 ? 40 : (int)length, at, type->name,
				       form);
			return;
		}
		if (count < type->arguments)
			numbers[count] = value;
		at += length;
		if (!*at++)
			break;
	}
	if (count + 1 != type->arguments)
		hd_liner_error(param->liner, &param->said,
			       "%s takes %zu value%s, got %zu: it is written %s",
			       type->name, type->arguments,
			       type->arguments == 1 ? "" : "s", count + 1, form);
	else
		param_put_numbers(param, type, numbers);
}

/* --- ranges --------------------------------------------------------------- */

struct range {
	double low, high;
	bool whole; /* both ends are written without a point */
	bool log;
};

static bool is_whole(const char *text, size_t length)
{
	size_t sign = length && *text == '-';

	return length > sign && strspn(text + sign, "0123456789") >= length - sign;
}

/* "A..B" or "A..B:MODE"; false when TEXT is something else. *MODE is "" then. */
static bool range_read(const char *text, struct range *range, const char **mode)
{
	const char *dots = strstr(text, "..");
	size_t first = dots ? (size_t)(dots - text) : 0;
	size_t second = dots ? strcspn(dots + 2, ":") : 0;

	/* "1...5" is neither "1." to 5 nor 1 to ".5". */
	if (!dots || dots[2] == '.' ||
	    !hd_liner_number(text, first, &range->low) ||
	    !hd_liner_number(dots + 2, second, &range->high))
		return false;
	range->whole = is_whole(text, first) && is_whole(dots + 2, second) &&
		       fabs(range->low) < WHOLE_MOST && fabs(range->high) < WHOLE_MOST;
	*mode = dots + 2 + second;
	return true;
}

/* exp() of the two lies within the range, not a rounding error outside. */
static void range_logs(const struct range *range, double *numbers)
{
	double low = range->whole ? range->low - HALF_A_STEP : range->low;
	double high = range->whole ? range->high + HALF_A_STEP : range->high;

	numbers[0] = log(low);
	numbers[1] = log(high);
	while (exp(numbers[0]) < low)
		numbers[0] = nextafter(numbers[0], INFINITY);
	while (exp(numbers[1]) > high)
		numbers[1] = nextafter(numbers[1], -INFINITY);
}

static void range_put(struct param *param, const struct range *range)
{
	enum hd_expr_kind kind = range->whole ? HD_EXPR_QUNIFORM : HD_EXPR_UNIFORM;
	double numbers[ARGUMENTS_MOST] = { range->low, range->high, 1 };

	if (range->log) {
		kind = range->whole ? HD_EXPR_QLOGUNIFORM : HD_EXPR_LOGUNIFORM;
		range_logs(range, numbers);
		param->said.settled = true;
	} else if (range->whole && range->low == 0) {
		kind = HD_EXPR_RANDINT;
		numbers[0] = range->high + 1;
	} else if (range->whole) {
		numbers[0] -= HALF_A_STEP;
		numbers[1] += HALF_A_STEP;
	}
	param_put_numbers(param, hd_expr_type_find(hd_expr_name(kind)), numbers);
}

static void param_range(struct param *param, struct range *range,
			const char *mode)
{
	struct hd_liner *liner = param->liner;

	range->log = !strcmp(mode, ":log");
	if (*mode && !range->log)
		hd_liner_error(liner, &param->said,
			       "behind a range stands ':log' or nothing, got '%.40s'",
			       mode);
	else if (!(range->low < range->high))
		hd_liner_error(liner, &param->said,
			       "a range goes up: '%.40s' has its ends in no such order",
			       param->value);
	else if (range->log && range->low <= 0)
		hd_liner_error(liner, &param->said,
			       "a ':log' range begins above 0: its bounds are values, "
			       "not exponents");
	else
		range_put(param, range);
}

/* --- what it is ----------------------------------------------------------- */

/* Whether every part between ':' is a number, and there is one. */
static bool is_numbers(const char *text)
{
	double value;

	for (;; text++) {
		size_t length = strcspn(text, ":");

		if (!hd_number_read(text, length, &value))
			return false;
		text += length;
		if (!*text)
			return true;
	}
}

static size_t expression_names(const char **names, size_t room)
{
	size_t count = 0;

	for (; count < hd_expr_types() && count < room; count++)
		names[count] = hd_expr_type_at(count)->name;
	return count;
}

/* "logunifrom:-9:-2" is a slip; "http://x" is a text. */
static bool param_is_slip(struct param *param, const char *word)
{
	const char *names[16];
	size_t count = expression_names(names, 16);

	if (!hd_suggest(word, names, count) &&
	    !is_numbers(param->value + strlen(word) + 1))
		return false;
	hd_liner_unknown(param->liner, &param->said, "expression", word, names, count);
	return true;
}

/* The letters before a ':' or the end into WORD; false when there are none. */
static bool leading_word(const char *value, char *word, size_t size)
{
	size_t length = strcspn(value, ":");

	if (length == 0 || length >= size ||
	    strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") < length)
		return false;
	memcpy(word, value, length);
	word[length] = '\0';
	return true;
}

static void param_value(struct param *param)
{
	const char *value = param->value, *mode;
	const struct hd_expr_type *type = NULL;
	struct range range;
	char word[64], form[64];
	bool named = leading_word(value, word, sizeof word);

	if (named)
		type = hd_expr_type_find(word);
	if (type && value[strlen(word)] == ':')
		param_expression(param, type, value + strlen(word) + 1);
	else if (type)
		hd_liner_error(param->liner, &param->said,
			       "%s is written %s; a text of that name stands in quotes",
			       word, form_text(type, form, sizeof form));
	else if (range_read(value, &range, &mode))
		param_range(param, &range, mode);
	else if (!named || !value[strlen(word)] || strpbrk(value, ",'\"") ||
		 !param_is_slip(param, word))
		param_put_choice(param, value, ',');
}

void hd_liner_param(struct hd_liner *liner, const char *word)
{
	struct param param = { .liner = liner, .said = hd_liner_said("-p", word) };
	size_t length = strcspn(word, "=");
	size_t dashes = strspn(word, "-");

	if (!hd_buf_is_utf8(word, strlen(word))) {
		hd_liner_error(liner, &param.said, "this is not UTF-8");
		return;
	}
	if (!word[length] || length <= dashes || !word[length + 1]) {
		hd_liner_error(liner, &param.said,
			       "expected NAME=EXPR, as lr=loguniform:-9:-2 or bs=16,32");
		return;
	}
	if (length >= sizeof param.name) {
		hd_liner_error(liner, &param.said, "a name has at most %zu bytes",
			       sizeof param.name - 1);
		return;
	}
	memcpy(param.name, word, length);
	param.value = word + length + 1;
	param_value(&param);
}
