/*
 * The covariance, row by row: loops over the points of one row are what the
 * compiler turns into vector instructions, so they are kept plain.
 */
#include "kernel.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/*
 * The widest vectors that the machine has, chosen when the program starts.
 * Products and sums are not fused (the Makefile says so), so every width
 * gives the same bits.
 */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && \
	!defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define KERNEL_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define KERNEL_WIDE
#endif

/*
 * exp(x) for x <= 0, to 1e-14 relative, without a branch or a call: so the
 * loops vectorise, and every machine gets the same bits. 2^k is built in the
 * exponent, the rest is a Taylor polynomial on |r| <= ln(2)/2. Below -700 the
 * value is that of -700, 1e-304.
 */
static inline double kernel_exp(double x)
{
	const double round = 0x1.8p52;
	double clipped = x < -700 ? -700 : x;
	double t = clipped * 0x1.71547652b82fep+0 + round;
	double k = t - round;
	double r = clipped - k * 0x1.62e42fefa0000p-1 -
		   k * 0x1.cf79abc9e3b3ap-40;
	double p = 1.0 / 39916800;
	uint64_t power, bits;

	p = p * r + 1.0 / 3628800;
	p = p * r + 1.0 / 362880;
	p = p * r + 1.0 / 40320;
	p = p * r + 1.0 / 5040;
	p = p * r + 1.0 / 720;
	p = p * r + 1.0 / 120;
	p = p * r + 1.0 / 24;
	p = p * r + 1.0 / 6;
	p = p * r + 0.5;
	p = p * r + 1;
	p = p * r + 1;
	memcpy(&power, &t, sizeof power);
	memcpy(&bits, &p, sizeof bits);
	bits += power << 52;
	memcpy(&p, &bits, sizeof p);
	return p;
}

size_t hd_kernel_size(const struct hd_kernel *kernel)
{
	return kernel->count + HD_KERNEL_OTHERS;
}

void hd_kernel_weights(const struct hd_kernel *kernel, const double *theta,
		       double *inverse, struct hd_weights *weights)
{
	const double *others = theta + kernel->count;

	for (size_t f = 0; f < kernel->count; f++)
		inverse[f] = exp(-2 * theta[f]);
	weights->inverse = inverse;
	weights->joint = exp(others[HD_KERNEL_JOINT]);
	weights->noise = exp(others[HD_KERNEL_NOISE]);
	weights->additive = exp(others[HD_KERNEL_ADDITIVE]);
	weights->ratio = exp(-2 * others[HD_KERNEL_RATIO]);
	weights->branch = kernel->nominals
				  ? exp(others[HD_KERNEL_BRANCH])
				  : 0;
}

double hd_kernel_variance(const struct hd_weights *weights,
			  const struct hd_kernel *kernel)
{
	(void)kernel;
	return weights->joint + weights->additive + weights->branch;
}

size_t hd_kernel_row_size(const struct hd_kernel *kernel, size_t n, bool slopes)
{
	return n * (4 + (slopes ? kernel->groups : 0));
}

void hd_kernel_row_place(const struct hd_kernel *kernel, size_t n, bool slopes,
			 double *room, struct hd_kernel_row *row)
{
	(void)kernel;
	row->distance = room;
	row->main = room + n;
	row->agree = room + 2 * n;
	row->step = room + 3 * n;
	row->slope = slopes ? room + 4 * n : NULL;
}

KERNEL_WIDE
static void row_add_numeric(double *step, const double *x, double at,
			    double weight, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double far = at - x[i];

		step[i] += weight * far * far;
	}
}

KERNEL_WIDE
static void row_add_nominal(double *step, const double *x, double at,
			    double weight, size_t n)
{
	for (size_t i = 0; i < n; i++)
		step[i] += x[i] != at ? weight : 0;
}

/* The same where coordinates may be NaN: see hd_feature_step. */
KERNEL_WIDE
static void row_add_conditional(const struct hd_feature *feature, double *step,
				const double *x, double at, double weight,
				size_t n)
{
	for (size_t i = 0; i < n; i++)
		step[i] += weight * hd_feature_step(feature, at, x[i]);
}

KERNEL_WIDE
static void row_matern(const double *restrict square, double *restrict sum,
		       double scale, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double t = sqrt(5 * square[i]);

		sum[i] += scale * (1 + t + t * t * (1.0 / 3)) * kernel_exp(-t);
	}
}

KERNEL_WIDE
static void row_matern_slope(const double *restrict square,
			     double *restrict sum, double *restrict slope,
			     double scale, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		double t = sqrt(5 * square[i]);
		double e = kernel_exp(-t);

		sum[i] += scale * (1 + t + t * t * (1.0 / 3)) * e;
		slope[i] = -5.0 / 6 * (1 + t) * e;
	}
}

/* Two that do not exist agree. */
static void row_add_agree(const struct hd_feature *feature, double *agree,
			  const double *x, double at, size_t n)
{
	if (feature->conditional)
		for (size_t i = 0; i < n; i++)
			agree[i] += hd_feature_step(feature, at, x[i]) == 0;
	else
		for (size_t i = 0; i < n; i++)
			agree[i] += x[i] == at;
}

/* The features of one parameter, from FIRST; returns the one after them. */
static size_t row_group(const struct hd_kernel *kernel,
			const struct hd_weights *weights,
			const struct hd_points *points, size_t n,
			const double *point, size_t first,
			struct hd_kernel_row *row)
{
	size_t group = kernel->features[first].group, f;
	double scale = 1.0 / (double)kernel->groups;

	memset(row->step, 0, n * sizeof row->step[0]);
	for (f = first; f < kernel->count; f++) {
		const struct hd_feature *feature = &kernel->features[f];
		const double *x = points->x + feature->column * points->stride;

		if (feature->group != group)
			break;
		if (feature->conditional)
			row_add_conditional(feature, row->step, x,
					    point[feature->column],
					    weights->inverse[f], n);
		else
			(feature->nominal ? row_add_nominal : row_add_numeric)(
				row->step, x, point[feature->column],
				weights->inverse[f], n);
		if (feature->nominal && !feature->twin)
			row_add_agree(feature, row->agree, x,
				      point[feature->column], n);
	}
	for (size_t i = 0; i < n; i++)
		row->distance[i] += row->step[i];
	if (row->slope)
		row_matern_slope(row->step, row->main, row->slope + group * n,
				 scale, n);
	else
		row_matern(row->step, row->main, scale, n);
	return f;
}

KERNEL_WIDE
void hd_kernel_joint(const struct hd_weights *weights, size_t n,
		     const double *distance, double *value, double *slope)
{
	double joint = weights->joint, ratio = weights->ratio;

	for (size_t i = 0; i < n; i++) {
		double t = sqrt(5 * ratio * distance[i]);
		double e = joint * kernel_exp(-t);

		value[i] = (1 + t + t * t * (1.0 / 3)) * e;
		slope[i] = -5.0 / 6 * ratio * (1 + t) * e;
	}
}

void hd_kernel_row(const struct hd_kernel *kernel,
		   const struct hd_weights *weights,
		   const struct hd_points *points, size_t n,
		   const double *point, struct hd_kernel_row *row, double *out)
{
	double share = kernel->nominals ? 1.0 / (double)kernel->nominals : 0;

	memset(row->distance, 0, n * sizeof out[0]);
	memset(row->main, 0, n * sizeof out[0]);
	memset(row->agree, 0, n * sizeof out[0]);
	for (size_t f = 0; f < kernel->count;)
		f = row_group(kernel, weights, points, n, point, f, row);
	for (size_t i = 0; i < n; i++) {
		row->agree[i] *= share;
		row->step[i] = weights->ratio * row->distance[i];
		out[i] = row->main[i] * (weights->additive +
					 weights->branch * row->agree[i]);
	}
	row_matern(row->step, out, weights->joint, n);
}
