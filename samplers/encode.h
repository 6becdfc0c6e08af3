/*
 * Parameters as coordinates: what the model and the search see of a space.
 *
 * A column is a parameter that has more than one value. Numbers lie in [0, 1]
 * on the scale on which they are drawn (a logarithm for the log forms); of a
 * normal family [0, 1] is mu -+ 3 sigma, and coordinates may lie outside. A
 * nominal choice's coordinate is the index of its option. The model is only
 * ever shown the coordinate of a value that was sent, never a point before
 * rounding: encode(decode(e)) is what counts.
 *
 * Of a parameter that does not exist in a trial the coordinate is NaN. Columns
 * come in declared order, so the choice that one hangs on is before it.
 */
#ifndef HD_SAMPLERS_ENCODE_H
#define HD_SAMPLERS_ENCODE_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/space.h>

#include "kernel.h"

/* A list of more values than this is searched as if it were continuous. */
#define HD_ENCODE_LEVELS_MOST 4096
/* The parent of a column that always exists. */
#define HD_COLUMN_TOP SIZE_MAX

struct hd_column {
	size_t parameter; /* in the space */
	const struct hd_expr *expr;
	bool nominal;
	bool normal;        /* of the normal family: density counts, no ends */
	size_t levels;      /* 0: continuous, or too many to list */
	double *coordinate; /* of each level, ascending; nominal: its index */
	double *quantile;   /* at which hd_expr_at() gives each level */
	size_t *option;     /* of each level of a choice */
	double low, high;   /* ends of the log forms' scale */
	size_t parent;      /* column of the choice it hangs on */
	double branch;      /* coordinate of that at which it exists */
	bool branches;      /* columns hang on it */
};

struct hd_encoding {
	const struct hd_space *space; /* borrowed */
	struct hd_column *columns;
	size_t count;
	struct hd_feature *features; /* those of the kernel */
	struct hd_kernel kernel;
	bool conditional; /* some columns do not always exist */
};

/* 0 or HD_ENOMEM; the space must outlive the encoding. */
int hd_encoding_init(struct hd_encoding *encoding,
		     const struct hd_space *space);
void hd_encoding_release(struct hd_encoding *encoding);

/* The coordinates (count) of VALUES; false when one is absent or foreign. */
bool hd_encoding_encode(const struct hd_encoding *encoding,
			const struct hd_value *values, double *point);
/* The values at POINT, one per parameter of the space. */
void hd_encoding_decode(const struct hd_encoding *encoding, const double *point,
			struct hd_value *values);
/* Whether column C exists, by the coordinate of the one it hangs on. */
static inline bool hd_encoding_is_active(const struct hd_encoding *encoding,
					 size_t c, const double *point)
{
	const struct hd_column *column = &encoding->columns[c];

	return column->parent == HD_COLUMN_TOP ||
	       point[column->parent] == column->branch;
}
/* NaN for every coordinate that does not exist by those before it. */
void hd_encoding_prune(const struct hd_encoding *encoding, double *point);
/*
 * How far two points are apart in one column, signed: of names that differ,
 * and where it exists in one of them alone, 1.
 */
static inline double hd_column_far(const struct hd_column *column, double a,
				   double b)
{
	if (column->parent != HD_COLUMN_TOP && (isnan(a) || isnan(b)))
		return isnan(a) != isnan(b);
	return column->nominal ? a != b : a - b;
}
/* Move POINT to the coordinates of the values it decodes to. */
void hd_encoding_snap(const struct hd_encoding *encoding, double *point);
/* The coordinate of VALUE into *E; false when it is absent or foreign. */
bool hd_column_encode(const struct hd_column *column,
		      const struct hd_value *value, double *e);
/* The coordinate at quantile U of the parameter's own distribution. */
double hd_column_draw(const struct hd_column *column, double u);
/* The level nearest to coordinate E; levels > 0. */
size_t hd_column_level(const struct hd_column *column, double e);
/* The nearest coordinate that a value has. */
double hd_column_snap(const struct hd_column *column, double e);

#endif
