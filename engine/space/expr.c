/*
 * Expressions: legality, the inverse of each distribution, and the finite ones
 * as lists that are never written out.
 *
 * Invariant: every value that leaves this file is finite and legal for its
 * expression, whatever rounding and overflow did on the way.
 *
 * The q forms are round(x / q) * q with halves to even and no clamp (SPEC
 * 1.3), so a value is known by its step, a whole number k, and is k * q.
 */
#include <hdrive/space.h>

#include <float.h>
#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

#include "base/number.h"

/* Up to here neighbouring steps are different doubles, whatever q is. */
#define EXPR_STEPS_MOST 0x1p51
/* A randint's upper end: every whole number up to it is a double. */
#define EXPR_UPPER_MOST 0x1p53
/*
 * A q is read as the decimal m / 10^d. Powers of ten are exact doubles up to
 * 10^22, and a q with more digits than nine was not written as a decimal.
 */
#define EXPR_DECIMALS_MOST 22
#define EXPR_DIGITS_MOST 1e9

static const struct hd_expr_type expr_types[] = {
	{ HD_EXPR_CHOICE, "choice", 0, "options" },
	{ HD_EXPR_RANDINT, "randint", 1, "upper" },
	{ HD_EXPR_UNIFORM, "uniform", 2, "min, max" },
	{ HD_EXPR_QUNIFORM, "quniform", 3, "min, max, q" },
	{ HD_EXPR_LOGUNIFORM, "loguniform", 2, "min, max" },
	{ HD_EXPR_QLOGUNIFORM, "qloguniform", 3, "min, max, q" },
	{ HD_EXPR_NORMAL, "normal", 2, "mu, sigma" },
	{ HD_EXPR_QNORMAL, "qnormal", 3, "mu, sigma, q" },
	{ HD_EXPR_LOGNORMAL, "lognormal", 2, "mu, sigma" },
	{ HD_EXPR_QLOGNORMAL, "qlognormal", 3, "mu, sigma, q" },
};

#define EXPR_TYPES (sizeof expr_types / sizeof expr_types[0])

size_t hd_expr_types(void)
{
	return EXPR_TYPES;
}

const struct hd_expr_type *hd_expr_type_at(size_t index)
{
	return index < EXPR_TYPES ? &expr_types[index] : NULL;
}

const struct hd_expr_type *hd_expr_type_find(const char *name)
{
	for (size_t i = 0; i < EXPR_TYPES; i++)
		if (strcmp(expr_types[i].name, name) == 0)
			return &expr_types[i];
	return NULL;
}

const char *hd_expr_name(enum hd_expr_kind kind)
{
	for (size_t i = 0; i < EXPR_TYPES; i++)
		if (expr_types[i].kind == kind)
			return expr_types[i].name;
	return "?";
}

/* --- making one ---------------------------------------------------------- */

static struct hd_expr expr_of(enum hd_expr_kind kind, double a, double b,
			      double q)
{
	return (struct hd_expr){ .kind = kind, .a = a, .b = b, .q = q };
}

struct hd_expr hd_expr_choice(const struct hd_value *options, size_t count)
{
	return (struct hd_expr){ .kind = HD_EXPR_CHOICE,
				 .option_count = count,
				 .options = options };
}

struct hd_expr hd_expr_randint(double upper)
{
	return expr_of(HD_EXPR_RANDINT, 0, upper, 0);
}

struct hd_expr hd_expr_uniform(double min, double max)
{
	return expr_of(HD_EXPR_UNIFORM, min, max, 0);
}

struct hd_expr hd_expr_quniform(double min, double max, double q)
{
	return expr_of(HD_EXPR_QUNIFORM, min, max, q);
}

struct hd_expr hd_expr_loguniform(double min, double max)
{
	return expr_of(HD_EXPR_LOGUNIFORM, min, max, 0);
}

struct hd_expr hd_expr_qloguniform(double min, double max, double q)
{
	return expr_of(HD_EXPR_QLOGUNIFORM, min, max, q);
}

struct hd_expr hd_expr_normal(double mu, double sigma)
{
	return expr_of(HD_EXPR_NORMAL, mu, sigma, 0);
}

struct hd_expr hd_expr_qnormal(double mu, double sigma, double q)
{
	return expr_of(HD_EXPR_QNORMAL, mu, sigma, q);
}

struct hd_expr hd_expr_lognormal(double mu, double sigma)
{
	return expr_of(HD_EXPR_LOGNORMAL, mu, sigma, 0);
}

struct hd_expr hd_expr_qlognormal(double mu, double sigma, double q)
{
	return expr_of(HD_EXPR_QLOGNORMAL, mu, sigma, q);
}

/* --- checking ------------------------------------------------------------ */

/* "'NAME' of KIND must be RULE, got VALUE". */
static int expr_bad(struct hd_error *err, const struct hd_expr *expr,
		    const char *name, const char *rule, double value)
{
	char text[HD_NUMBER_TEXT];

	hd_number_write(value, text);
	return hd_error_set(err, HD_EINVAL, "'%s' of %s must be %s, got %s",
			    name, hd_expr_name(expr->kind), rule, text);
}

static int expr_check_choice(const struct hd_expr *expr, struct hd_error *err)
{
	if (expr->option_count > 0 && expr->options)
		return 0;
	return hd_error_set(err, HD_EINVAL,
			    "'choice' needs at least one option, got none");
}

static int expr_check_randint(const struct hd_expr *expr, struct hd_error *err)
{
	if (expr->b > 0 && expr->b <= EXPR_UPPER_MOST &&
	    expr->b == floor(expr->b))
		return 0;
	return expr_bad(err, expr, "upper",
			"a whole number from 1 to 9007199254740992", expr->b);
}

/* min and max; for the log forms they are logarithms and may be equal. */
static int expr_check_bounds(const struct hd_expr *expr, bool logs,
			     struct hd_error *err)
{
	char min[HD_NUMBER_TEXT], max[HD_NUMBER_TEXT];

	if (!isfinite(expr->a))
		return expr_bad(err, expr, "min", "a finite number", expr->a);
	if (!isfinite(expr->b))
		return expr_bad(err, expr, "max", "a finite number", expr->b);
	if (logs ? expr->a > expr->b : expr->a >= expr->b) {
		hd_number_write(expr->a, min);
		hd_number_write(expr->b, max);
		return hd_error_set(err, HD_EINVAL,
				    "'max' of %s must be %s 'min', got min %s"
				    " and max %s",
				    hd_expr_name(expr->kind),
				    logs ? "at least" : "greater than", min,
				    max);
	}
	if (logs && !isfinite(exp(expr->b)))
		return expr_bad(err, expr, "max",
				"a logarithm of at most 709.78: the values"
				" are exp(min) to exp(max)",
				expr->b);
	return 0;
}

static int expr_check_normal(const struct hd_expr *expr, bool logs,
			     struct hd_error *err)
{
	if (!isfinite(expr->a))
		return expr_bad(err, expr, "mu", "a finite number", expr->a);
	if (logs && !isfinite(exp(expr->a)))
		return expr_bad(err, expr, "mu",
				"a logarithm of at most 709.78: the median is"
				" exp(mu)",
				expr->a);
	if (!isfinite(expr->b) || expr->b < 0)
		return expr_bad(err, expr, "sigma",
				"a standard deviation of at least 0", expr->b);
	return 0;
}

static int expr_check_step(const struct hd_expr *expr, int rc,
			   struct hd_error *err)
{
	if (rc < 0)
		return rc;
	if (isfinite(expr->q) && expr->q > 0)
		return 0;
	return expr_bad(err, expr, "q", "greater than 0", expr->q);
}

int hd_expr_check(const struct hd_expr *expr, struct hd_error *err)
{
	switch (expr->kind) {
	case HD_EXPR_CHOICE:
		return expr_check_choice(expr, err);
	case HD_EXPR_RANDINT:
		return expr_check_randint(expr, err);
	case HD_EXPR_UNIFORM:
		return expr_check_bounds(expr, false, err);
	case HD_EXPR_LOGUNIFORM:
		return expr_check_bounds(expr, true, err);
	case HD_EXPR_NORMAL:
		return expr_check_normal(expr, false, err);
	case HD_EXPR_LOGNORMAL:
		return expr_check_normal(expr, true, err);
	case HD_EXPR_QUNIFORM:
		return expr_check_step(
			expr, expr_check_bounds(expr, false, err), err);
	case HD_EXPR_QLOGUNIFORM:
		return expr_check_step(
			expr, expr_check_bounds(expr, true, err), err);
	case HD_EXPR_QNORMAL:
		return expr_check_step(
			expr, expr_check_normal(expr, false, err), err);
	case HD_EXPR_QLOGNORMAL:
		return expr_check_step(
			expr, expr_check_normal(expr, true, err), err);
	}
	return hd_error_set(err, HD_EINVAL, "unknown expression kind %d",
			    (int)expr->kind);
}

/* --- drawing ------------------------------------------------------------- */

/* Finite, and never the negative zero, which would print as "-0". */
static double expr_tame(double x)
{
	return fmin(fmax(x, -DBL_MAX), DBL_MAX) + 0.0;
}

/* exp() that neither overflows nor loses its sign: log forms are positive. */
static double expr_exp(double x)
{
	return fmin(fmax(exp(x), DBL_TRUE_MIN), DBL_MAX);
}

static double expr_uniform(double a, double b, double u)
{
	double x = a + u * (b - a);

	if (!isfinite(x)) /* b - a overflowed */
		x = (1 - u) * a + u * b;
	return fmin(fmax(x, a), b);
}

static double expr_normal(double mu, double sigma, double u)
{
	return expr_tame(mu + sigma * gsl_cdf_ugaussian_Pinv(u));
}

static struct hd_value value_real(double x)
{
	return (struct hd_value){ .kind = HD_VALUE_REAL,
				  .number = expr_tame(x) };
}

/* A whole number; one too large for an integer stays a real. */
static struct hd_value value_whole(double x)
{
	struct hd_value value = value_real(x);

	if (fabs(x) < 0x1p63) {
		value.kind = HD_VALUE_INTEGER;
		value.integer = (int64_t)value.number;
	}
	return value;
}

/*
 * K * Q as the decimal number it is meant to be: with q = 0.1 the third step
 * is 0.3, not 0.1 + 0.1 + 0.1. When q = m / 10^d with few decimals, k * m is
 * exact and one division rounds once, to the double nearest to the decimal.
 */
static double step_decimal(double k, double q)
{
	double power = 1;

	for (int d = 0; d <= EXPR_DECIMALS_MOST; d++, power *= 10) {
		double m = rint(q * power);

		if (m > EXPR_DIGITS_MOST)
			break;
		if (m / power == q && fabs(k * m) <= 0x1p53)
			return k * m / power;
	}
	return k * q;
}

static struct hd_value value_step(double k, double q)
{
	if (q == floor(q))
		return value_whole(k * q);
	return value_real(step_decimal(k, q));
}

/* The step nearest to X; so fine a q that x / q overflows rounds nothing. */
static struct hd_value value_rounded(double x, double q)
{
	double k = rint(x / q);

	return isfinite(k) ? value_step(k, q) : value_real(x);
}

static struct hd_value choice_at(const struct hd_expr *expr, double u)
{
	size_t index = (size_t)(u * (double)expr->option_count);

	if (index >= expr->option_count)
		index = expr->option_count - 1;
	return hd_expr_nth(expr, index);
}

struct hd_value hd_expr_at(const struct hd_expr *expr, double u)
{
	double a = expr->a, b = expr->b, q = expr->q;

	/* A sampler of somebody else's may touch the ends, or miss. */
	u = isnan(u) ? 0.5 : fmin(fmax(u, 0x1p-54), 1 - 0x1p-53);
	switch (expr->kind) {
	case HD_EXPR_CHOICE:
		return choice_at(expr, u);
	case HD_EXPR_RANDINT:
		return value_whole(fmin(floor(u * b), b - 1));
	case HD_EXPR_UNIFORM:
		return value_real(expr_uniform(a, b, u));
	case HD_EXPR_QUNIFORM:
		return value_rounded(expr_uniform(a, b, u), q);
	case HD_EXPR_LOGUNIFORM:
		return value_real(fmin(fmax(expr_exp(expr_uniform(a, b, u)),
					    expr_exp(a)),
				       expr_exp(b)));
	case HD_EXPR_QLOGUNIFORM:
		return value_rounded(expr_exp(expr_uniform(a, b, u)), q);
	case HD_EXPR_NORMAL:
		return value_real(expr_normal(a, b, u));
	case HD_EXPR_QNORMAL:
		return value_rounded(expr_normal(a, b, u), q);
	case HD_EXPR_LOGNORMAL:
		return value_real(expr_exp(expr_normal(a, b, u)));
	case HD_EXPR_QLOGNORMAL:
		return value_rounded(expr_exp(expr_normal(a, b, u)), q);
	}
	return (struct hd_value){ .kind = HD_VALUE_ABSENT };
}

struct hd_value hd_expr_draw(const struct hd_expr *expr, struct hd_rng *rng)
{
	return hd_expr_at(expr, hd_rng_uniform(rng));
}

/* --- finite lists -------------------------------------------------------- */

/* First and last step; false when they cannot be told apart as doubles. */
static bool expr_steps(const struct hd_expr *expr, double *first, double *last)
{
	bool logs = expr->kind == HD_EXPR_QLOGUNIFORM;

	*first = rint((logs ? expr_exp(expr->a) : expr->a) / expr->q);
	*last = rint((logs ? expr_exp(expr->b) : expr->b) / expr->q);
	return fabs(*first) <= EXPR_STEPS_MOST && fabs(*last) <= EXPR_STEPS_MOST;
}

uint64_t hd_expr_count(const struct hd_expr *expr)
{
	double first, last;

	switch (expr->kind) {
	case HD_EXPR_CHOICE:
		return expr->option_count;
	case HD_EXPR_RANDINT:
		return (uint64_t)expr->b;
	case HD_EXPR_QUNIFORM:
	case HD_EXPR_QLOGUNIFORM:
		if (!expr_steps(expr, &first, &last))
			return 0;
		return (uint64_t)(last - first) + 1;
	case HD_EXPR_UNIFORM:
	case HD_EXPR_LOGUNIFORM:
	case HD_EXPR_NORMAL:
	case HD_EXPR_QNORMAL:
	case HD_EXPR_LOGNORMAL:
	case HD_EXPR_QLOGNORMAL:
		break;
	}
	return 0;
}

struct hd_value hd_expr_nth(const struct hd_expr *expr, uint64_t index)
{
	struct hd_value value = { .kind = HD_VALUE_ABSENT };
	double first, last;

	if (index >= hd_expr_count(expr))
		return value;
	if (expr->kind == HD_EXPR_CHOICE) {
		value = expr->options[index];
		value.option = (size_t)index;
		return value;
	}
	if (expr->kind == HD_EXPR_RANDINT)
		return value_whole((double)index);
	expr_steps(expr, &first, &last);
	return value_step(first + (double)index, expr->q);
}

uint64_t hd_expr_index(const struct hd_expr *expr, const struct hd_value *value)
{
	uint64_t count = hd_expr_count(expr);
	double first = 0, last, k = value->number;

	if (count == 0)
		return 0;
	if (expr->kind == HD_EXPR_CHOICE)
		return value->option;
	if (expr->q > 0) {
		expr_steps(expr, &first, &last);
		k = rint(value->number / expr->q);
	}
	return (uint64_t)fmin(fmax(k - first, 0), (double)(count - 1));
}
