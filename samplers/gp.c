/* Conditioning a Gaussian process, and what it predicts. */
#include "gp.h"

#include "linalg.h"

#include <hdrive/error.h>

#include <math.h>
#include <string.h>

/* Jitter on the diagonal: 1e-10, then from 1e-8 tenfold up to this. */
#define GP_JITTER_MOST 1e-1
#define GP_VARIANCE_LEAST 1e-12
#define GP_BLOCK 64 /* candidates at a time: their rows stay in the cache */

/* The covariance's lower triangle without noise. */
static int gp_covariance(struct hd_gp *gp, struct hd_scratch *scratch)
{
	const struct hd_kernel *kernel = gp->data.kernel;
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	size_t n = gp->data.n;
	double *room = hd_scratch_doubles(scratch,
					  hd_kernel_row_size(kernel, n, false));
	double *point = hd_scratch_doubles(scratch, kernel->columns);
	struct hd_kernel_row row;

	if (!room || !point)
		return HD_ENOMEM;
	hd_kernel_row_place(kernel, n, false, room, &row);
	for (size_t i = 0; i < n; i++) {
		for (size_t c = 0; c < kernel->columns; c++)
			point[c] = gp->data.points.x[c * gp->data.points.stride + i];
		hd_kernel_row(kernel, &gp->weights, &gp->data.points, i, point,
			      &row, gp->factor + i * n);
	}
	hd_scratch_reset(scratch, mark);
	return 0;
}

static int gp_factor(struct hd_gp *gp, struct hd_scratch *scratch)
{
	size_t n = gp->data.n;
	double jitter = 1e-10;

	for (;;) {
		int rc = gp_covariance(gp, scratch);

		if (rc < 0)
			return rc;
		for (size_t i = 0; i < n; i++)
			gp->factor[i * n + i] = gp->variance +
						gp->weights.noise + jitter +
						(gp->data.extra ? gp->data.extra[i] : 0);
		rc = hd_linalg_cholesky(gp->factor, n);
		if (rc == 0 || jitter >= GP_JITTER_MOST)
			return rc;
		jitter = jitter < 1e-8 ? 1e-8 : jitter * 10;
	}
}

/* The mean under N(0,1): 1'K^-1 y / (1'K^-1 1 + 1). */
static double gp_profiled_mean(const double *ones, const double *y, size_t n)
{
	return hd_linalg_dot(ones, y, n) / (hd_linalg_dot(ones, ones, n) + 1);
}

static int gp_alpha(struct hd_gp *gp, const double *mean,
		    struct hd_scratch *scratch)
{
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	size_t n = gp->data.n;
	double *ones = hd_scratch_doubles(scratch, n);
	int rc;

	if (!ones)
		return HD_ENOMEM;
	for (size_t i = 0; i < n; i++)
		ones[i] = 1;
	memcpy(gp->alpha, gp->data.y, n * sizeof gp->alpha[0]);
	rc = hd_linalg_solve(gp->factor, n, ones);
	if (rc == 0)
		rc = hd_linalg_solve(gp->factor, n, gp->alpha);
	if (rc < 0)
		return rc;
	gp->mean = mean ? *mean : gp_profiled_mean(ones, gp->alpha, n);
	for (size_t i = 0; i < n; i++)
		gp->alpha[i] -= gp->mean * ones[i];
	rc = hd_linalg_solve_transposed(gp->factor, n, gp->alpha);
	hd_scratch_reset(scratch, mark);
	return rc;
}

int hd_gp_condition(struct hd_gp *gp, const struct hd_gp_data *data,
		    const double *theta, const double *mean,
		    struct hd_scratch *scratch)
{
	const struct hd_kernel *kernel = data->kernel;
	double *inverse = hd_scratch_doubles(scratch, kernel->count);
	int rc;

	gp->data = *data;
	gp->theta = hd_scratch_doubles(scratch, hd_kernel_size(kernel));
	gp->factor = hd_scratch_doubles(scratch, data->n * data->n);
	gp->alpha = hd_scratch_doubles(scratch, data->n);
	if (!inverse || !gp->theta || !gp->factor || !gp->alpha)
		return HD_ENOMEM;
	memcpy(gp->theta, theta, hd_kernel_size(kernel) * sizeof theta[0]);
	hd_kernel_weights(kernel, theta, inverse, &gp->weights);
	gp->variance = hd_kernel_variance(&gp->weights, kernel);
	rc = gp_factor(gp, scratch);
	if (rc < 0)
		return rc;
	rc = gp_alpha(gp, mean, scratch);
	return rc == 0 && !isfinite(gp->mean) ? HD_EINVAL : rc;
}

static int gp_predict_block(const struct hd_gp *gp, const double *points,
			    size_t count, double *mean, double *variance,
			    struct hd_kernel_row *row, double *rows)
{
	size_t n = gp->data.n, columns = gp->data.kernel->columns;
	int rc;

	for (size_t i = 0; i < count; i++) {
		hd_kernel_row(gp->data.kernel, &gp->weights, &gp->data.points,
			      n, points + i * columns, row, rows + i * n);
		mean[i] = gp->mean +
			  hd_linalg_dot(rows + i * n, gp->alpha, n);
	}
	rc = hd_linalg_solve_rows(gp->factor, n, rows, count);
	for (size_t i = 0; i < count; i++)
		variance[i] = fmax(gp->variance -
					   hd_linalg_dot(rows + i * n,
							 rows + i * n, n),
				   GP_VARIANCE_LEAST);
	return rc;
}

int hd_gp_predict(const struct hd_gp *gp, const double *points, size_t count,
		  double *mean, double *variance, struct hd_scratch *scratch)
{
	const struct hd_kernel *kernel = gp->data.kernel;
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	size_t n = gp->data.n;
	double *rows = hd_scratch_doubles(scratch, GP_BLOCK * n);
	double *room = hd_scratch_doubles(scratch,
					  hd_kernel_row_size(kernel, n, false));
	struct hd_kernel_row row;
	int rc = 0;

	if (!rows || !room)
		return HD_ENOMEM;
	hd_kernel_row_place(kernel, n, false, room, &row);
	for (size_t i = 0; i < count && rc == 0; i += GP_BLOCK) {
		size_t some = count - i < GP_BLOCK ? count - i : GP_BLOCK;

		rc = gp_predict_block(gp, points + i * kernel->columns, some,
				      mean + i, variance + i, &row, rows);
	}
	hd_scratch_reset(scratch, mark);
	return rc;
}

/* d(mean)/dx and d(variance)/dx of one feature, summed over the rows. */
static void gp_feature_slope(const struct hd_gp *gp,
			     const struct hd_feature *feature, double weight,
			     double at, const double *by_distance,
			     const double *solved, double *mean_slope,
			     double *variance_slope)
{
	const double *x = gp->data.points.x +
			  feature->column * gp->data.points.stride;
	double mean = 0, variance = 0;

	for (size_t i = 0; i < gp->data.n; i++) {
		/* NaN is the middle, where a parameter does not exist. */
		double other = x[i] == x[i] ? x[i] : HD_KERNEL_MIDDLE;
		double slope = by_distance[i] * 2 * weight * (at - other);

		mean += slope * gp->alpha[i];
		variance += slope * solved[i];
	}
	*mean_slope += mean;
	*variance_slope -= 2 * variance;
}

/* dk/d(u_f) for the rows of one group: of the joint term and main effect. */
static void gp_by_distance(const struct hd_gp *gp,
			   const struct hd_kernel_row *row,
			   const double *joint_slope, size_t group, double *out)
{
	const double *slope = row->slope + group * gp->data.n;
	double scale = 1.0 / (double)gp->data.kernel->groups;

	for (size_t i = 0; i < gp->data.n; i++)
		out[i] = joint_slope[i] +
			 scale * slope[i] *
				 (gp->weights.additive +
				  gp->weights.branch * row->agree[i]);
}

int hd_gp_slope(const struct hd_gp *gp, const double *point, double *mean,
		double *variance, double *mean_slope, double *variance_slope,
		struct hd_scratch *scratch)
{
	const struct hd_kernel *kernel = gp->data.kernel;
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	size_t n = gp->data.n;
	double *room = hd_scratch_doubles(
		scratch, hd_kernel_row_size(kernel, n, true) + 4 * n);
	double *k = room, *solved = room + n, *joint_slope = room + 2 * n;
	double *by_distance = room + 3 * n;
	struct hd_kernel_row row;
	bool floored;
	int rc;

	if (!room)
		return HD_ENOMEM;
	hd_kernel_row_place(kernel, n, true, room + 4 * n, &row);
	hd_kernel_row(kernel, &gp->weights, &gp->data.points, n, point, &row,
		      k);
	*mean = gp->mean + hd_linalg_dot(k, gp->alpha, n);
	memcpy(solved, k, n * sizeof k[0]);
	rc = hd_linalg_solve(gp->factor, n, solved);
	if (rc == 0) {
		*variance = gp->variance - hd_linalg_dot(solved, solved, n);
		rc = hd_linalg_solve_transposed(gp->factor, n, solved);
	}
	if (rc < 0)
		return rc;
	floored = *variance < GP_VARIANCE_LEAST;
	*variance = fmax(*variance, GP_VARIANCE_LEAST);
	/* K is no longer wanted: its room takes the joint term's value. */
	hd_kernel_joint(&gp->weights, n, row.distance, k, joint_slope);
	memset(mean_slope, 0, kernel->columns * sizeof mean_slope[0]);
	memset(variance_slope, 0, kernel->columns * sizeof mean_slope[0]);
	for (size_t f = 0; f < kernel->count; f++) {
		const struct hd_feature *feature = &kernel->features[f];
		size_t c = feature->column;

		if (feature->nominal || isnan(point[c]))
			continue;
		gp_by_distance(gp, &row, joint_slope, feature->group,
			       by_distance);
		gp_feature_slope(gp, feature, gp->weights.inverse[f], point[c],
				 by_distance, solved, &mean_slope[c],
				 &variance_slope[c]);
		if (floored)
			variance_slope[c] = 0;
	}
	hd_scratch_reset(scratch, mark);
	return 0;
}
