/* Plateaus from exact ties. */
#include "plateau.h"

#include <hdrive/error.h>

#include <math.h>
#include <string.h>

/* Observations looked at, the latest. */
#define PLATEAU_ROWS 400
/* How far an ellipsoid reaches, in shares of the way to the tie. */
#define PLATEAU_WIDE 1.0
#define PLATEAU_NARROW 0.7 /* of up to three parameters */
#define PLATEAU_AGREE 1e-4 /* in a coordinate: half an axis there */

struct ties {
	const struct hd_encoding *encoding;
	const double *points, *lengths;
	const double *results;
	size_t columns, count;
};

/* The difference in one coordinate: of names 0 or 1. */
static double tie_step(const struct ties *ties, size_t i, size_t j, size_t c)
{
	return fabs(hd_column_far(&ties->encoding->columns[c],
				  ties->points[i * ties->columns + c],
				  ties->points[j * ties->columns + c]));
}

/* Squared distance in the model's lengths. */
static double tie_distance(const struct ties *ties, size_t i, size_t j)
{
	double sum = 0;

	for (size_t c = 0; c < ties->columns; c++) {
		double far = tie_step(ties, i, j, c);

		sum += far * far / (ties->lengths[c] * ties->lengths[c]);
	}
	return sum;
}

/*
 * The half-widths about observation I: per coordinate the largest difference
 * to a tie that is nearer than anything else. False when there is none.
 */
static bool tie_reach(const struct ties *ties, size_t i, double *reach)
{
	double different = HUGE_VAL;
	bool any = false;

	for (size_t j = 0; j < ties->count; j++)
		if (j != i && ties->results[j] != ties->results[i])
			different = fmin(different, tie_distance(ties, i, j));
	memset(reach, 0, ties->columns * sizeof reach[0]);
	for (size_t j = 0; j < ties->count; j++) {
		if (j == i || ties->results[j] != ties->results[i] ||
		    tie_distance(ties, i, j) >= different)
			continue;
		any = true;
		for (size_t c = 0; c < ties->columns; c++)
			reach[c] = fmax(reach[c], tie_step(ties, i, j, c));
	}
	return any;
}

/*
 * A ball through the farthest tie in the coordinates in which ties differ. The
 * single differences would make a thin ellipsoid that takes as many ties as
 * parameters to fill a cell.
 */
static void plateaus_add(struct hd_plateaus *plateaus, const double *point,
			 const double *reach)
{
	size_t columns = plateaus->encoding->count;
	double *middle = plateaus->middles + plateaus->count * columns;
	double *axis = plateaus->axes + plateaus->count * columns;
	double wide = columns <= 3 ? PLATEAU_NARROW : PLATEAU_WIDE, sum = 0;

	memcpy(middle, point, columns * sizeof point[0]);
	for (size_t c = 0; c < columns; c++)
		sum += reach[c] * reach[c];
	for (size_t c = 0; c < columns; c++)
		axis[c] = reach[c] > PLATEAU_AGREE ? wide * sqrt(sum)
						   : PLATEAU_AGREE;
	plateaus->count++;
}

int hd_plateaus_init(struct hd_plateaus *plateaus,
		     const struct hd_encoding *encoding,
		     const struct hd_observations *rows, const double *lengths,
		     struct hd_scratch *scratch)
{
	size_t columns = encoding->count, most = PLATEAU_ROWS;
	double *points = hd_scratch_doubles(scratch, most * columns);
	double *results = hd_scratch_doubles(scratch, most);
	double *reach = hd_scratch_doubles(scratch, columns);
	struct ties ties = { encoding, points, lengths, results, columns, 0 };

	*plateaus = (struct hd_plateaus){ .encoding = encoding };
	plateaus->middles = hd_scratch_doubles(scratch, most * columns);
	plateaus->axes = hd_scratch_doubles(scratch, most * columns);
	if (!points || !results || !reach || !plateaus->middles || !plateaus->axes)
		return HD_ENOMEM;
	for (size_t i = rows->count; i-- > 0 && ties.count < most;) {
		if (rows->outcomes[i] != HD_OUTCOME_RESULT)
			continue;
		memcpy(points + ties.count * columns,
		       rows->points + i * columns, columns * sizeof points[0]);
		results[ties.count++] = rows->results[i];
	}
	for (size_t i = 0; i < ties.count; i++)
		if (tie_reach(&ties, i, reach))
			plateaus_add(plateaus, points + i * columns, reach);
	return 0;
}

bool hd_plateaus_hold(const struct hd_plateaus *plateaus, const double *point)
{
	size_t columns = plateaus->count ? plateaus->encoding->count : 0;

	for (size_t i = 0; i < plateaus->count; i++) {
		const double *middle = plateaus->middles + i * columns;
		const double *axis = plateaus->axes + i * columns;
		double sum = 0;

		for (size_t c = 0; c < columns && sum <= 1; c++) {
			double far = hd_column_far(
				&plateaus->encoding->columns[c], point[c],
				middle[c]);

			sum += far * far / (axis[c] * axis[c]);
		}
		if (sum <= 1)
			return true;
	}
	return false;
}
