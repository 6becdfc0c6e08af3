/* Finite spaces, by the numbers of their points. */
#include "finite.h"

#include <hdrive/error.h>

#include <math.h>
#include <string.h>

/* What does not exist in one point does not in the other. */
static bool is_same(const double *a, const double *b, size_t columns)
{
	for (size_t c = 0; c < columns; c++)
		if (!(fabs(a[c] - b[c]) <= HD_FINITE_SAME) &&
		    !(isnan(a[c]) && isnan(b[c])))
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

/* The point with number INDEX; VALUES is room for all parameters. */
static void finite_point(const struct hd_encoding *encoding, uint64_t index,
			 struct hd_value *values, double *point)
{
	hd_space_point(encoding->space, index, values);
	hd_encoding_encode(encoding, values, point);
}

/* The number of a point that has levels in every column. */
static uint64_t finite_index(const struct hd_encoding *encoding,
			     const double *point, struct hd_value *values)
{
	hd_encoding_decode(encoding, point, values);
	return hd_space_point_index(encoding->space, values);
}

static struct hd_value *finite_values(const struct hd_encoding *encoding,
				      struct hd_scratch *scratch)
{
	return hd_scratch_bytes(scratch, hd_space_count(encoding->space),
				sizeof(struct hd_value));
}

int hd_finite_untried(const struct hd_encoding *encoding, uint64_t total,
		      const struct hd_observations *rows, double **points,
		      size_t *count, struct hd_scratch *scratch)
{
	bool *tried = hd_scratch_bytes(scratch, (size_t)total,
				       sizeof tried[0]);

	struct hd_value *values = finite_values(encoding, scratch);

	*count = 0;
	*points = hd_scratch_doubles(scratch, (size_t)total * encoding->count);
	if (!tried || !values || !*points)
		return HD_ENOMEM;
	for (size_t i = 0; i < rows->count; i++) {
		uint64_t index = finite_index(
			encoding, rows->points + i * rows->columns, values);

		if (index < total)
			tried[index] = true;
	}
	for (uint64_t index = 0; index < total; index++)
		if (!tried[index])
			finite_point(encoding, index, values,
				     *points + encoding->count * (*count)++);
	return 0;
}

int hd_finite_next(const struct hd_encoding *encoding, uint64_t total,
		   uint64_t seed, const struct hd_observations *rows,
		   double *point, struct hd_scratch *scratch)
{
	struct hd_value *values = finite_values(encoding, scratch);

	if (!values)
		return HD_ENOMEM;
	/* Each row can be in the way once: more tries than rows find one. */
	for (uint64_t i = 0; i < total; i++) {
		finite_point(encoding, hd_rng_permute(seed, i, total), values,
			     point);
		if (!hd_finite_is_tried(rows, point))
			return 0;
	}
	return HD_EXHAUSTED;
}
