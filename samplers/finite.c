/* Finite spaces, by the numbers of their points. */
#include "finite.h"

#include <hdrive/error.h>

#include <math.h>
#include <string.h>

static bool is_same(const double *a, const double *b, size_t columns)
{
	for (size_t c = 0; c < columns; c++)
		if (!(fabs(a[c] - b[c]) <= HD_FINITE_SAME))
			return false;
	return true;
}

bool hd_finite_is_tried(const struct hd_observations *rows, const double *point)
{
	for (size_t i = 0; i < rows->count; i++)
		if (is_same(rows->points + i * rows->columns, point,
			    rows->columns))
			return true;
	return false;
}

/* The point with number INDEX, the last column fastest. */
static void finite_point(const struct hd_encoding *encoding, uint64_t index,
			 double *point)
{
	for (size_t c = encoding->count; c-- > 0;) {
		const struct hd_column *column = &encoding->columns[c];
		uint64_t count = hd_expr_count(column->expr);
		struct hd_value value = hd_expr_nth(column->expr,
						    index % count);

		index /= count;
		hd_column_encode(column, &value, &point[c]);
	}
}

/* The number of a point that has levels in every column. */
static uint64_t finite_index(const struct hd_encoding *encoding,
			     const double *point)
{
	uint64_t index = 0;

	for (size_t c = 0; c < encoding->count; c++) {
		const struct hd_column *column = &encoding->columns[c];
		size_t level = hd_column_level(column, point[c]);

		index = index * column->levels + column->option[level];
	}
	return index;
}

int hd_finite_untried(const struct hd_encoding *encoding, uint64_t total,
		      const struct hd_observations *rows, double **points,
		      size_t *count, struct hd_scratch *scratch)
{
	bool *tried = hd_scratch_bytes(scratch, (size_t)total,
				       sizeof tried[0]);

	*count = 0;
	*points = hd_scratch_doubles(scratch, (size_t)total * encoding->count);
	if (!tried || !*points)
		return HD_ENOMEM;
	for (size_t i = 0; i < rows->count; i++) {
		uint64_t index = finite_index(
			encoding, rows->points + i * rows->columns);

		if (index < total)
			tried[index] = true;
	}
	for (uint64_t index = 0; index < total; index++)
		if (!tried[index])
			finite_point(encoding, index,
				     *points + encoding->count * (*count)++);
	return 0;
}

int hd_finite_next(const struct hd_encoding *encoding, uint64_t total,
		   uint64_t seed, const struct hd_observations *rows,
		   double *point)
{
	/* Each row can be in the way once: more tries than rows find one. */
	for (uint64_t i = 0; i < total; i++) {
		finite_point(encoding, hd_rng_permute(seed, i, total), point);
		if (!hd_finite_is_tried(rows, point))
			return 0;
	}
	return HD_EXHAUSTED;
}
