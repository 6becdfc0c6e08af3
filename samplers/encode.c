/*
 * Coordinates of the ten expressions.
 *
 * Finite lists (levels) come in order of their numbers; an ordered list is a
 * number with a nominal twin, as neighbours may or may not be alike. A choice
 * whose options are three or more different numbers is such a list, by rank,
 * or by logarithm when they are positive and span more than a factor of 20.
 */
#include "encode.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

/* Six standard deviations either way: what is listed of a normal family. */
#define NORMAL_REACH 6.0
#define LOG_SPAN 20.0

static bool is_log(const struct hd_expr *expr)
{
	return (expr->kind & (HD_EXPR_LOGUNIFORM | HD_EXPR_QLOGUNIFORM |
			      HD_EXPR_LOGNORMAL | HD_EXPR_QLOGNORMAL)) != 0;
}

static bool is_normal(const struct hd_expr *expr)
{
	return (expr->kind & (HD_EXPR_NORMAL | HD_EXPR_QNORMAL |
			      HD_EXPR_LOGNORMAL | HD_EXPR_QLOGNORMAL)) != 0;
}

/* The number on the expression's scale; a rounded 0 is half a step. */
static double scale_of(const struct hd_expr *expr, double number)
{
	if (!is_log(expr))
		return number;
	return log(fmax(number, expr->q > 0 ? expr->q / 2 : 1e-300));
}

static double number_coordinate(const struct hd_column *column, double number)
{
	const struct hd_expr *expr = column->expr;
	double x = scale_of(expr, number);

	if (column->normal)
		return ((x - expr->a) / expr->b + 3) / 6;
	/* Halves: the difference of extreme ends would overflow. */
	return (x / 2 - column->low / 2) / (column->high / 2 - column->low / 2);
}

static double coordinate_quantile(const struct hd_column *column, double e)
{
	if (column->normal)
		return gsl_cdf_ugaussian_P(6 * e - 3);
	return e;
}

/* --- lists ---------------------------------------------------------------- */

static bool column_room(struct hd_column *column, size_t levels)
{
	column->levels = levels;
	column->coordinate = calloc(levels, sizeof column->coordinate[0]);
	column->quantile = calloc(levels, sizeof column->quantile[0]);
	column->option = calloc(levels, sizeof column->option[0]);
	return column->coordinate && column->quantile && column->option;
}

static int compare_options(const void *a, const void *b)
{
	const struct hd_value *x = *(const struct hd_value *const *)a;
	const struct hd_value *y = *(const struct hd_value *const *)b;

	return (x->number > y->number) - (x->number < y->number);
}

/* Options by number into ORDER; false unless three or more different ones. */
static bool choice_order(const struct hd_expr *expr,
			 const struct hd_value **order)
{
	for (size_t i = 0; i < expr->option_count; i++) {
		enum hd_value_kind kind = expr->options[i].kind;

		if ((kind != HD_VALUE_INTEGER && kind != HD_VALUE_REAL) ||
		    !isfinite(expr->options[i].number))
			return false;
		order[i] = &expr->options[i];
	}
	qsort(order, expr->option_count, sizeof order[0], compare_options);
	for (size_t i = 1; i < expr->option_count; i++)
		if (order[i]->number <= order[i - 1]->number)
			return false;
	return expr->option_count >= 3;
}

static void choice_ranks(struct hd_column *column,
			 const struct hd_value *const *order)
{
	size_t m = column->levels;
	double first = order[0]->number, last = order[m - 1]->number;
	bool logs = first > 0 && last / first > LOG_SPAN;

	for (size_t i = 0; i < m; i++) {
		double share = (double)i;

		if (logs)
			share = log(order[i]->number / first) /
				log(last / first) * (double)(m - 1);
		column->coordinate[i] = (share + 0.5) / (double)m;
		column->option[i] = (size_t)(order[i] - column->expr->options);
	}
}

static int column_choice(struct hd_column *column)
{
	size_t m = column->expr->option_count;
	const struct hd_value **order = calloc(m, sizeof order[0]);

	if (!order || !column_room(column, m)) {
		free(order);
		return HD_ENOMEM;
	}
	/* Options with parameters of their own are no numbers in a row. */
	column->nominal = column->branches || !choice_order(column->expr, order);
	for (size_t i = 0; column->nominal && i < m; i++) {
		column->coordinate[i] = (double)i;
		column->option[i] = i;
	}
	if (!column->nominal)
		choice_ranks(column, order);
	for (size_t i = 0; i < m; i++)
		column->quantile[i] = ((double)column->option[i] + 0.5) /
				      (double)m;
	free(order);
	return 0;
}

/* randint, quniform and qloguniform with few enough values. */
static int column_list(struct hd_column *column, size_t count)
{
	const struct hd_expr *expr = column->expr;
	double first = hd_expr_nth(expr, 0).number;
	double last = hd_expr_nth(expr, count - 1).number;
	double half = expr->q > 0 ? expr->q / 2 : 0.5;

	if (!column_room(column, count))
		return HD_ENOMEM;
	column->low = is_log(expr) ? log(fmax(first - half, half / 2))
				   : first - half;
	column->high = is_log(expr) ? log(last + half) : last + half;
	for (size_t i = 0; i < count; i++) {
		double number = hd_expr_nth(expr, i).number;

		column->coordinate[i] = number_coordinate(column, number);
		column->option[i] = i;
	}
	return 0;
}

/*
 * qnormal and qlognormal: the multiples of q within six standard deviations,
 * found by the quantile of each, when they are few enough.
 */
static int column_steps(struct hd_column *column)
{
	const struct hd_expr *expr = column->expr;
	bool logs = is_log(expr);
	double low = expr->a - NORMAL_REACH * expr->b;
	double high = expr->a + NORMAL_REACH * expr->b;
	double first = rint((logs ? exp(low) : low) / expr->q);
	double last = rint((logs ? exp(high) : high) / expr->q);

	if (!(last - first < HD_ENCODE_LEVELS_MOST) || fabs(first) > 0x1p50 ||
	    fabs(last) > 0x1p50)
		return 0;
	if (!column_room(column, (size_t)(last - first) + 1))
		return HD_ENOMEM;
	for (size_t i = 0; i < column->levels; i++) {
		double k = first + (double)i;
		double x = logs && k == 0 ? expr->q / 4 : k * expr->q;
		double z = ((logs ? log(x) : x) - expr->a) / expr->b;

		column->quantile[i] = gsl_cdf_ugaussian_P(z);
		column->coordinate[i] = number_coordinate(column, k * expr->q);
	}
	return 0;
}

/* --- columns -------------------------------------------------------------- */

static bool is_single(const struct hd_expr *expr)
{
	uint64_t count = hd_expr_count(expr);

	if (count > 0)
		return count == 1;
	if (is_normal(expr))
		return expr->b <= 0 || !isfinite(6 * expr->b);
	return expr->kind == HD_EXPR_LOGUNIFORM && expr->b <= expr->a;
}

static int column_init(struct hd_column *column)
{
	const struct hd_expr *expr = column->expr;
	uint64_t count = hd_expr_count(expr);

	column->normal = is_normal(expr);
	column->low = expr->a;
	column->high = expr->b;
	if (expr->kind == HD_EXPR_CHOICE)
		return column_choice(column);
	if (count > 0 && count <= HD_ENCODE_LEVELS_MOST)
		return column_list(column, (size_t)count);
	if (column->normal && expr->q > 0)
		return column_steps(column);
	if (expr->kind == HD_EXPR_RANDINT)
		column->low = -0.5, column->high = expr->b - 0.5;
	return 0;
}

static void column_features(struct hd_encoding *encoding, size_t c)
{
	const struct hd_column *column = &encoding->columns[c];
	struct hd_kernel *kernel = &encoding->kernel;
	struct hd_feature feature = { .column = c, .group = c };

	feature.conditional = column->parent != HD_COLUMN_TOP;
	feature.nominal = column->nominal;
	encoding->features[kernel->count++] = feature;
	kernel->nominals += column->nominal;
	feature.nominal = feature.twin = true;
	if (!column->nominal && column->levels >= 3 &&
	    column->expr->kind & (HD_EXPR_CHOICE | HD_EXPR_RANDINT))
		encoding->features[kernel->count++] = feature;
	feature.presence = true;
	if (feature.conditional)
		encoding->features[kernel->count++] = feature;
}

/*
 * What column C, of parameter P, hangs on. A choice with one option has no
 * column: then it is what that one hangs on. COLUMNS are those of parameters.
 */
static void column_place(struct hd_encoding *encoding, size_t c, size_t p,
			 const size_t *columns)
{
	const struct hd_param *param = hd_space_param(encoding->space, p);
	struct hd_column *column = &encoding->columns[c], *parent;

	column->parent = HD_COLUMN_TOP;
	while (param->parent != HD_SPACE_TOP &&
	       columns[param->parent] == HD_COLUMN_TOP)
		param = hd_space_param(encoding->space, param->parent);
	if (param->parent == HD_SPACE_TOP)
		return;
	encoding->conditional = true;
	column->parent = columns[param->parent];
	parent = &encoding->columns[column->parent];
	hd_column_encode(parent, &parent->expr->options[param->branch],
			 &column->branch);
}

/* Whether parameters hang on P: the next one does then. */
static bool has_branches(const struct hd_space *space, size_t p)
{
	const struct hd_param *next = hd_space_param(space, p + 1);

	return next && next->parent == p;
}

int hd_encoding_init(struct hd_encoding *encoding, const struct hd_space *space)
{
	size_t width = hd_space_count(space);
	size_t *columns = calloc(width + 1, sizeof columns[0]);

	*encoding = (struct hd_encoding){ .space = space };
	encoding->columns = calloc(width + 1, sizeof encoding->columns[0]);
	encoding->features = calloc(3 * width + 1,
				    sizeof encoding->features[0]);
	if (!columns || !encoding->columns || !encoding->features)
		goto nomem;
	for (size_t p = 0; p < width; p++) {
		const struct hd_expr *expr = &hd_space_param(space, p)->expr;
		size_t c = encoding->count;

		columns[p] = HD_COLUMN_TOP;
		if (is_single(expr))
			continue;
		columns[p] = encoding->count++;
		encoding->columns[c].parameter = p;
		encoding->columns[c].expr = expr;
		encoding->columns[c].branches = has_branches(space, p);
		if (column_init(&encoding->columns[c]) < 0)
			goto nomem;
		column_place(encoding, c, p, columns);
		column_features(encoding, c);
	}
	free(columns);
	encoding->kernel.features = encoding->features;
	encoding->kernel.columns = encoding->count;
	encoding->kernel.groups = encoding->count;
	return 0;
nomem:
	free(columns);
	hd_encoding_release(encoding);
	return HD_ENOMEM;
}

void hd_encoding_release(struct hd_encoding *encoding)
{
	for (size_t c = 0; c < encoding->count; c++) {
		free(encoding->columns[c].coordinate);
		free(encoding->columns[c].quantile);
		free(encoding->columns[c].option);
	}
	free(encoding->columns);
	free(encoding->features);
	*encoding = (struct hd_encoding){ 0 };
}

/* --- there and back ------------------------------------------------------- */

size_t hd_column_level(const struct hd_column *column, double e)
{
	size_t low = 0, high = column->levels - 1;

	while (low < high) {
		size_t middle = (low + high) / 2;
		double edge = (column->coordinate[middle] +
			       column->coordinate[middle + 1]) /
			      2;

		if (e > edge)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct hd_value column_value(const struct hd_column *column, double e)
{
	size_t level;

	if (column->levels == 0)
		return hd_expr_at(column->expr, coordinate_quantile(column, e));
	level = hd_column_level(column, e);
	if (column->normal)
		return hd_expr_at(column->expr, column->quantile[level]);
	return hd_expr_nth(column->expr, column->option[level]);
}

bool hd_column_encode(const struct hd_column *column,
		      const struct hd_value *value, double *e)
{
	if (value->kind == HD_VALUE_ABSENT)
		return false;
	if (column->expr->kind == HD_EXPR_CHOICE) {
		for (size_t i = 0; i < column->levels; i++)
			if (column->option[i] == value->option) {
				*e = column->coordinate[i];
				return true;
			}
		return false;
	}
	if (value->kind != HD_VALUE_INTEGER && value->kind != HD_VALUE_REAL)
		return false;
	*e = number_coordinate(column, value->number);
	/* Far outliers of a normal family tell no more than near ones. */
	*e = fmin(fmax(*e, -1), 2);
	return isfinite(*e);
}

bool hd_encoding_encode(const struct hd_encoding *encoding,
			const struct hd_value *values, double *point)
{
	for (size_t c = 0; c < encoding->count; c++) {
		const struct hd_column *column = &encoding->columns[c];

		if (column->parent != HD_COLUMN_TOP &&
		    !hd_space_is_active(encoding->space, column->parameter,
					values))
			point[c] = NAN;
		else if (!hd_column_encode(column, &values[column->parameter],
					   &point[c]))
			return false;
	}
	return true;
}

void hd_encoding_prune(const struct hd_encoding *encoding, double *point)
{
	for (size_t c = 0; encoding->conditional && c < encoding->count; c++)
		if (!hd_encoding_is_active(encoding, c, point))
			point[c] = NAN;
}

void hd_encoding_decode(const struct hd_encoding *encoding, const double *point,
			struct hd_value *values)
{
	for (size_t p = 0; p < hd_space_count(encoding->space); p++)
		values[p] = hd_expr_at(
			&hd_space_param(encoding->space, p)->expr, 0.5);
	for (size_t c = 0; c < encoding->count; c++)
		if (!isnan(point[c]))
			values[encoding->columns[c].parameter] =
				column_value(&encoding->columns[c], point[c]);
	hd_space_prune(encoding->space, values);
}

double hd_column_snap(const struct hd_column *column, double e)
{
	struct hd_value value;

	if (column->levels > 0)
		return column->coordinate[hd_column_level(column, e)];
	value = column_value(column, e);
	hd_column_encode(column, &value, &e);
	return e;
}

void hd_encoding_snap(const struct hd_encoding *encoding, double *point)
{
	for (size_t c = 0; c < encoding->count; c++)
		if (!isnan(point[c]))
			point[c] = hd_column_snap(&encoding->columns[c],
						  point[c]);
}

double hd_column_draw(const struct hd_column *column, double u)
{
	struct hd_value value = hd_expr_at(column->expr, u);
	double e = 0.5;

	hd_column_encode(column, &value, &e);
	return e;
}
