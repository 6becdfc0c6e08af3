/* Coordinates of the ten expressions, and back. */
#include "axis.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>

/* Beyond it a normal density is below any that counts. */
#define AXIS_REACH 6.0
/* Of a normal family, whose own density is narrow already. */
#define AXIS_NORMAL_RANGE 3.0

#define AXIS_LOGS (HD_EXPR_LOGUNIFORM | HD_EXPR_QLOGUNIFORM | \
		   HD_EXPR_LOGNORMAL | HD_EXPR_QLOGNORMAL)
#define AXIS_NORMALS (HD_EXPR_NORMAL | HD_EXPR_QNORMAL | \
		      HD_EXPR_LOGNORMAL | HD_EXPR_QLOGNORMAL)

static bool axis_is_log(const struct hd_axis *axis)
{
	return axis->expr->kind & AXIS_LOGS;
}

/* Whether the expression has but one value. */
static bool expr_is_single(const struct hd_expr *expr)
{
	uint64_t count = hd_expr_count(expr);

	if (count > 0)
		return count == 1;
	if (expr->kind & AXIS_NORMALS)
		return expr->b <= 0;
	return expr->a == expr->b;
}

/* --- choices --------------------------------------------------------------- */

static bool option_is_number(const struct hd_value *option)
{
	return (option->kind == HD_VALUE_INTEGER ||
		option->kind == HD_VALUE_REAL) &&
	       isfinite(option->number);
}

static int option_compare(const void *va, const void *vb)
{
	const struct hd_value *const *a = va, *const *b = vb;
	int order = ((*a)->number > (*b)->number) -
		    ((*a)->number < (*b)->number);

	return order ? order : (*a > *b) - (*a < *b);
}

/*
 * Three numbers or more are a scale: their order says something, whatever
 * order they were written in.
 */
static int axis_rank(struct hd_axis *axis, struct hd_error *err)
{
	const struct hd_expr *expr = axis->expr;
	size_t count = expr->option_count;
	const struct hd_value **sorted;

	axis->levels = count;
	axis->is_category = true;
	for (size_t i = 0; i < count; i++)
		if (!option_is_number(&expr->options[i]))
			return 0;
	if (count < 3)
		return 0;
	sorted = calloc(count, sizeof(*sorted));
	axis->ranks = calloc(2 * count, sizeof *axis->ranks);
	if (!sorted || !axis->ranks) {
		free(sorted);
		return hd_error_nomem(err);
	}
	for (size_t i = 0; i < count; i++)
		sorted[i] = &expr->options[i];
	qsort(sorted, count, sizeof(*sorted), option_compare);
	for (size_t i = 0; i < count; i++) {
		size_t option = (size_t)(sorted[i] - expr->options);

		axis->ranks[option] = i;
		axis->ranks[count + i] = option;
	}
	axis->is_category = false;
	free(sorted);
	return 0;
}

/* --- axes ------------------------------------------------------------------ */

static int axis_init(struct hd_axis *axis, struct hd_error *err)
{
	int rc = 0;

	axis->is_normal = axis->expr->kind & AXIS_NORMALS;
	axis->low = axis->is_normal ? -AXIS_REACH : 0;
	axis->high = axis->is_normal ? AXIS_REACH : 1;
	axis->range = axis->is_normal ? AXIS_NORMAL_RANGE : 1;
	if (axis->expr->kind == HD_EXPR_CHOICE)
		rc = axis_rank(axis, err);
	if (axis->expr->kind == HD_EXPR_RANDINT)
		axis->levels = (size_t)axis->expr->b;
	/* The first and last step reach as far outwards as inwards. */
	if (!axis->is_normal && axis->levels == 0) {
		axis->low -= fmin(hd_axis_step(axis, 0), 1) / 2;
		axis->high += fmin(hd_axis_step(axis, 1), 1) / 2;
	}
	return rc;
}

int hd_axes_new(struct hd_axis **out, size_t *count,
		const struct hd_space *space, struct hd_error *err)
{
	size_t width = hd_space_count(space);
	struct hd_axis *axes = calloc(width + 1, sizeof *axes);
	int rc = axes ? 0 : hd_error_nomem(err);

	*count = 0;
	for (size_t i = 0; i < width && rc == 0; i++) {
		const struct hd_expr *expr = &hd_space_param(space, i)->expr;

		if (expr_is_single(expr))
			continue;
		axes[*count].parameter = i;
		axes[*count].expr = expr;
		rc = axis_init(&axes[(*count)++], err);
	}
	if (rc < 0) {
		hd_axes_free(axes, *count);
		axes = NULL;
		*count = 0;
	}
	*out = axes;
	return rc;
}

void hd_axes_free(struct hd_axis *axes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(axes[i].ranks);
	free(axes);
}

/* --- values ---------------------------------------------------------------- */

/* A rounded 0 has no logarithm: what rounds to it, half a step and less. */
static double number_log(const struct hd_expr *expr, double number)
{
	double least = expr->q > 0 ? expr->q / 4 : 1e-300;

	return log(fmax(number, least));
}

double hd_axis_encode(const struct hd_axis *axis, const struct hd_value *value)
{
	const struct hd_expr *expr = axis->expr;
	double x = value->number;

	if (value->kind == HD_VALUE_ABSENT)
		return NAN;
	if (axis->is_category)
		return (double)value->option;
	if (axis->ranks)
		x = (double)axis->ranks[value->option];
	if (axis->levels > 0)
		return (x + 0.5) / (double)axis->levels;
	if (axis_is_log(axis))
		x = number_log(expr, x);
	if (axis->is_normal)
		return fmin(fmax((x - expr->a) / expr->b, -AXIS_REACH),
			    AXIS_REACH);
	/* Halves: the difference of the largest doubles would overflow. */
	x = (x / 2 - expr->a / 2) / (expr->b / 2 - expr->a / 2);
	return fmin(fmax(x, axis->low), axis->high);
}

struct hd_value hd_axis_decode(const struct hd_axis *axis, double e)
{
	const struct hd_expr *expr = axis->expr;
	double last = (double)axis->levels - 1;

	if (axis->is_category)
		return hd_expr_nth(expr, (uint64_t)e);
	if (axis->levels > 0) {
		size_t level = (size_t)fmin(
			fmax(floor(e * (double)axis->levels), 0), last);

		return hd_expr_nth(expr, axis->ranks
						 ? axis->ranks[axis->levels + level]
						 : level);
	}
	if (axis->is_normal)
		e = gsl_cdf_ugaussian_P(e);
	return hd_expr_at(expr, e);
}

double hd_axis_step(const struct hd_axis *axis, double e)
{
	const struct hd_expr *expr = axis->expr;
	double scale = axis->is_normal ? expr->b : expr->b - expr->a;
	double x;

	if (axis->levels > 0)
		return 1 / (double)axis->levels;
	if (!(expr->q > 0))
		return 0;
	if (!axis_is_log(axis))
		return expr->q / scale;
	x = exp(expr->a + e * scale);
	return log1p(expr->q / fmax(x, expr->q / 2)) / scale;
}
