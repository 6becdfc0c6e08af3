/* Output transforms. */
#include "transform.h"

#include <hdrive/error.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double hd_transform_median(double *values, size_t n)
{
	qsort(values, n, sizeof values[0], compare_doubles);
	return n % 2 ? values[n / 2]
		     : values[n / 2 - 1] / 2 + values[n / 2] / 2;
}

/*
 * Shift and divide so that values of any size are about 1: what follows may
 * square them. Returns the divisor, or 0 when all are equal.
 */
static double transform_tame(const double *y, size_t n, double *z)
{
	double low = y[0], high = y[0], span;

	for (size_t i = 1; i < n; i++) {
		low = fmin(low, y[i]);
		high = fmax(high, y[i]);
	}
	span = high / 4 - low / 4;
	if (!(span > 1e-14 * (fabs(low) / 4 + fabs(high) / 4)))
		span = 0;
	for (size_t i = 0; i < n; i++)
		z[i] = span > 0 ? (y[i] / 4 - low / 4) / span : 0;
	return 4 * span;
}

/* Mean 0, variance 1; returns the divisor. */
static double transform_standardize(double *z, size_t n)
{
	double mean = 0, square = 0;

	for (size_t i = 0; i < n; i++)
		mean += z[i] / (double)n;
	for (size_t i = 0; i < n; i++)
		square += (z[i] - mean) * (z[i] - mean) / (double)n;
	square = sqrt(square);
	if (!(square > 1e-150))
		square = 1;
	for (size_t i = 0; i < n; i++)
		z[i] = (z[i] - mean) / square;
	return square;
}

/* The distinct values of SORTED, which they replace; returns how many. */
static size_t transform_distinct(double *sorted, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (count == 0 || sorted[i] > sorted[count - 1])
			sorted[count++] = sorted[i];
	return count;
}

/* Root mean square distance from the median of the distinct good values. */
static double transform_good_width(const double *distinct, size_t count,
				   double median)
{
	double sum = 0;
	size_t good = 0;

	for (; good < count && distinct[good] <= median; good++)
		sum += (distinct[good] - median) * (distinct[good] - median);
	return good ? sqrt(sum / (double)good) : 0;
}

static double transform_width(const double *distinct, size_t count,
			      double median)
{
	double width = transform_good_width(distinct, count, median);
	double sum = 0;

	if (width > 0)
		return width;
	/* More than half are tied at the best. */
	for (size_t i = 0; i < count; i++)
		sum += (distinct[i] - median) * (distinct[i] - median);
	return sqrt(sum / (double)count);
}

/* Values past the median by their place among the distinct bad ones. */
static void transform_ranks(double *z, size_t n, const double *distinct,
			    size_t count, double median, double width)
{
	size_t good = 0;
	double bad;

	while (good < count && distinct[good] <= median)
		good++;
	bad = (double)(count - good) +
	      (good > 0 && distinct[good - 1] == median ? 0.5 : 0);
	for (size_t i = 0; i < n; i++) {
		const double *place;
		double from_worst, q;

		if (z[i] <= median)
			continue;
		place = bsearch(&z[i], distinct, count, sizeof z[0],
				compare_doubles);
		from_worst = place ? (double)(count - (size_t)(place - distinct))
				   : 1;
		q = fmin(0.5 * (from_worst - 0.5) / fmax(bad, 1), 0.4999);
		z[i] = median - gsl_cdf_ugaussian_Pinv(q) * width;
	}
}

static int transform_halves(double *z, size_t n, struct hd_scratch *scratch)
{
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	double *distinct = hd_scratch_doubles(scratch, n), median, width;
	size_t count;

	if (!distinct)
		return HD_ENOMEM;
	memcpy(distinct, z, n * sizeof z[0]);
	median = hd_transform_median(distinct, n);
	count = transform_distinct(distinct, n);
	width = transform_width(distinct, count, median);
	transform_ranks(z, n, distinct, count, median, width);
	hd_scratch_reset(scratch, mark);
	return 0;
}

int hd_transform(enum hd_transform transform, const double *y, size_t n,
		 double *z, double *scale, struct hd_scratch *scratch)
{
	double divisor;
	int rc = 0;

	*scale = 1;
	if (n == 0)
		return 0;
	divisor = transform_tame(y, n, z);
	if (divisor <= 0)
		return 0;
	if (transform == HD_TRANSFORM_HALFRANK)
		rc = transform_halves(z, n, scratch);
	*scale = divisor * transform_standardize(z, n);
	return rc;
}
