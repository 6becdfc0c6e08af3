/*
 * Expressions from bytes: a kind, three numbers, then quantiles. Whatever the
 * numbers are, an expression that passes the check gives legal values only.
 *
 * Input: one byte for the kind, a, b and q as eight bytes each (the machine's
 * own doubles), then eight bytes for each quantile.
 */
#include "bytes.h"

#include <hdrive/space.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"

#define QUANTILES_MOST 64
#define OPTIONS_MOST 5000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t take(const uint8_t **data, size_t *size)
{
	uint64_t bits = 0;
	size_t length = *size < sizeof bits ? *size : sizeof bits;

	if (length)
		memcpy(&bits, *data, length);
	*data += length;
	*size -= length;
	return bits;
}

static double take_number(const uint8_t **data, size_t *size)
{
	uint64_t bits = take(data, size);
	double number;

	memcpy(&number, &bits, sizeof number);
	return number;
}

static struct hd_expr take_expr(const uint8_t **data, size_t *size,
				const struct hd_value *options)
{
	struct hd_expr expr = { .kind = HD_EXPR_CHOICE };

	if (*size) {
		expr.kind = hd_expr_type_at(**data % hd_expr_types())->kind;
		++*data;
		--*size;
	}
	expr.a = take_number(data, size);
	expr.b = take_number(data, size);
	expr.q = take_number(data, size);
	if (expr.kind == HD_EXPR_CHOICE) {
		expr.options = options;
		if (expr.a >= 0 && expr.a <= OPTIONS_MOST)
			expr.option_count = (size_t)expr.a;
	}
	return expr;
}

/* Its text reads back as the same value. */
static void check_text(const struct hd_value *value)
{
	char text[HD_NUMBER_TEXT];
	size_t length = hd_value_format(value, text, sizeof text);
	int64_t integer;
	double number;

	demand(length > 0 && length < sizeof text);
	if (value->kind == HD_VALUE_INTEGER) {
		demand(hd_number_read_integer(text, length, &integer));
		demand(integer == value->integer);
	} else {
		demand(hd_number_read(text, length, &number));
		demand(number == value->number);
	}
}

static void check_value(const struct hd_expr *expr,
			const struct hd_value *value)
{
	double x = value->number;

	if (expr->kind == HD_EXPR_CHOICE) {
		demand(value->option < expr->option_count);
		return;
	}
	demand(value->kind == HD_VALUE_INTEGER ||
	       value->kind == HD_VALUE_REAL);
	demand(isfinite(x) && !(x == 0 && signbit(x)));
	if (value->kind == HD_VALUE_INTEGER)
		demand((double)value->integer == x);
	if (expr->kind == HD_EXPR_RANDINT)
		demand(x >= 0 && x < expr->b);
	if (expr->kind == HD_EXPR_UNIFORM)
		demand(x >= expr->a && x <= expr->b);
	if (expr->kind == HD_EXPR_LOGUNIFORM)
		demand(x <= exp(expr->b) || exp(expr->b) == 0);
	if (expr->kind == HD_EXPR_LOGUNIFORM ||
	    expr->kind == HD_EXPR_LOGNORMAL)
		demand(x > 0);
	if (expr->q == floor(expr->q) && expr->q > 0 && fabs(x) < 0x1p63)
		switch (expr->kind) {
		case HD_EXPR_QUNIFORM:
		case HD_EXPR_QLOGUNIFORM:
		case HD_EXPR_QNORMAL:
		case HD_EXPR_QLOGNORMAL:
			demand(value->kind == HD_VALUE_INTEGER);
			break;
		case HD_EXPR_CHOICE:
		case HD_EXPR_RANDINT:
		case HD_EXPR_UNIFORM:
		case HD_EXPR_LOGUNIFORM:
		case HD_EXPR_NORMAL:
		case HD_EXPR_LOGNORMAL:
			break;
		}
	check_text(value);
}

/* The list ascends at PLACE, and no draw lies outside of it. */
static void check_list(const struct hd_expr *expr, uint64_t place,
		       const struct hd_value *drawn)
{
	uint64_t count = hd_expr_count(expr);
	struct hd_value here, next;

	if (count == 0 || expr->kind == HD_EXPR_CHOICE)
		return;
	place %= count;
	here = hd_expr_nth(expr, place);
	check_value(expr, &here);
	if (place + 1 < count) {
		next = hd_expr_nth(expr, place + 1);
		demand(next.number > here.number);
	}
	demand(drawn->number >= hd_expr_nth(expr, 0).number);
	demand(drawn->number <= hd_expr_nth(expr, count - 1).number);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct hd_value options[OPTIONS_MOST];
	struct hd_expr expr = take_expr(&data, &size, options);
	double last_u = 0, last_x = -INFINITY;

	if (hd_expr_check(&expr, NULL) != 0)
		return 0;
	for (int i = 0; i < QUANTILES_MOST && size > 0; i++) {
		uint64_t bits = take(&data, &size);
		double u = (double)(bits >> 11) * 0x1p-53;
		struct hd_value value = hd_expr_at(&expr, u);

		check_value(&expr, &value);
		check_list(&expr, bits, &value);
		/* The inverse of a distribution does not fall. */
		if (expr.kind != HD_EXPR_CHOICE && u >= last_u) {
			demand(value.number >= last_x);
			last_u = u;
			last_x = value.number;
		}
	}
	return 0;
}
