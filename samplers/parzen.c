/*
 * Parzen mixtures as in tree-structured Parzen estimators (J. Bergstra,
 * R. Bardenet, Y. Bengio, B. Kegl: "Algorithms for hyper-parameter
 * optimization", NIPS 2011), joint over all axes (S. Falkner, A. Klein,
 * F. Hutter: "BOHB", ICML 2018).
 *
 * A suggestion evaluates some hundred densities of some thousand kernels, so
 * the arrays lie as the inner loop reads them, in blocks that a compiler turns
 * into vectors.
 */
#include "parzen.h"

#include <math.h>
#include <string.h>

#include <gsl/gsl_cdf.h>

/*
 * Scott's rule times this, with the exponent of the dimension, and never below
 * range / min(100, kernels + 1), Bergstra's clip. Optuna has 0.2; narrower
 * kernels win on smooth functions and lose on recorded tables, this gains on
 * the first and costs the second nothing (make bench-samplers).
 */
#define PARZEN_WIDTH 0.15
#define PARZEN_KERNELS_MOST 100.0
/* A cut further out than this many sigmas changes nothing. */
#define PARZEN_FAR 6.0
/* So many axes' factors are multiplied before a logarithm is taken. */
#define PARZEN_GATHER 16
/* A kernel so far (as a logarithm) below the largest adds nothing. */
#define PARZEN_FAINT 18.0
#define PARZEN_BLOCK 4
#define ROOT_2 1.4142135623730951
#define ROOT_PI 1.7724538509055159

size_t hd_parzen_work(size_t count)
{
	return (count + PARZEN_BLOCK) / PARZEN_BLOCK * PARZEN_BLOCK;
}

size_t hd_parzen_room(size_t axis_count, size_t count)
{
	return (2 * axis_count + 2) * hd_parzen_work(count) + axis_count;
}

/* --- making one ------------------------------------------------------------ */

/* Sigma of a kernel at X; a step is never finer than values lie. */
static double parzen_width(const struct hd_axis *axis, double share, double x)
{
	return fmax(share * axis->range, hd_axis_step(axis, x) / 2);
}

static double parzen_share(size_t axis_count, size_t count)
{
	double n = (double)count;
	double share = PARZEN_WIDTH *
		       pow(fmax(n, 1), -1 / ((double)axis_count + 4));

	return fmin(fmax(share, 1 / fmin(PARZEN_KERNELS_MOST, n + 2)), 1);
}

/*
 * The normal distribution to 1e-7 (Zelen and Severo, formula 26.2.17 of
 * Abramowitz and Stegun): what is cut off is never most of a kernel, so that
 * an absolute error is as good as a relative one, and there are many kernels.
 */
static double normal_below(double z)
{
	double t = 1 / (1 + 0.2316419 * fabs(z));
	double p = t * (0.319381530 +
			t * (-0.356563782 +
			     t * (1.781477937 +
				  t * (-1.821255978 + t * 1.330274429))));

	p *= 0.3989422804014327 * exp(-z * z / 2);
	return z < 0 ? p : 1 - p;
}

/* What is left of a normal when it is cut at the axis's ends. */
static double cut_mass(const struct hd_axis *axis, double x, double sigma)
{
	double low = (axis->low - x) / sigma, high = (axis->high - x) / sigma;
	double mass = 1;

	if (low > -PARZEN_FAR)
		mass -= normal_below(low);
	if (high < PARZEN_FAR)
		mass -= normal_below(-high);
	return mass;
}

static void parzen_number(struct hd_parzen *parzen, size_t a,
			  const double *points)
{
	const struct hd_axis *axis = &parzen->axes[a];
	double *middle = parzen->middle + a * parzen->stride;
	double *scale = parzen->scale + a * parzen->stride;
	size_t last = parzen->kernels - 1;
	double prior = axis->is_normal ? 0 : 0.5;
	bool even = axis->levels > 0 || !(axis->expr->q > 0);
	double share = parzen_share(parzen->axis_count, last);
	double width = parzen_width(axis, share, prior);

	for (size_t k = 0; k <= last; k++) {
		double x = k < last ? points[k * parzen->axis_count + a] : NAN;
		double sigma = width;

		if (isnan(x)) {
			x = prior;
			sigma = 1;
		} else if (!even) {
			sigma = parzen_width(axis, share, x);
		}
		scale[k] = 1 / (sigma * ROOT_2);
		middle[k] = x * scale[k];
		parzen->mass[k] *= scale[k] / ROOT_PI /
				   cut_mass(axis, x, sigma);
	}
}

/* The prior's weight is one observation's, shared by all options. */
static void parzen_category(struct hd_parzen *parzen, size_t a,
			    const double *points)
{
	double *middle = parzen->middle + a * parzen->stride;
	double levels = (double)parzen->axes[a].levels;
	double little = 1 / (double)parzen->kernels;
	double other = little / (1 + levels * little);
	size_t last = parzen->kernels - 1;

	parzen->match[a] = log((1 + little) / little);
	for (size_t k = 0; k <= last; k++) {
		double x = k < last ? points[k * parzen->axis_count + a] : NAN;

		middle[k] = isnan(x) ? -1 : x;
		parzen->mass[k] *= isnan(x) ? 1 / levels : other;
	}
}

/*
 * The latest observations count in full, older ones less and less, the first
 * one as one in all (Optuna's default): what is known of places that were left
 * long ago need not keep the search away. The prior counts as one in full.
 */
static void parzen_weigh(struct hd_parzen *parzen, size_t count)
{
	double n = (double)count, sum = 0;

	for (size_t k = 0; k < parzen->stride; k++) {
		double left = n - HD_PARZEN_LATEST - 1;
		bool old = k + HD_PARZEN_LATEST < count;
		double share = old ? (double)k / fmax(left, 1) : 1;

		parzen->mass[k] = 1;
		if (k < count)
			parzen->mass[k] = 1 / n + (1 - 1 / n) * share;
		if (k < parzen->kernels)
			sum += parzen->mass[k];
		parzen->base[k] = k < parzen->kernels ? 0 : -INFINITY;
	}
	for (size_t k = 0; k < parzen->kernels; k++)
		parzen->mass[k] /= sum;
}

static void parzen_gather(struct hd_parzen *parzen)
{
	for (size_t k = 0; k < parzen->kernels; k++) {
		parzen->base[k] += log(parzen->mass[k]);
		parzen->mass[k] = 1;
	}
}

void hd_parzen_init(struct hd_parzen *parzen, const struct hd_axis *axes,
		    size_t axis_count, const double *points, size_t count,
		    double *room)
{
	size_t stride = hd_parzen_work(count);

	parzen->axes = axes;
	parzen->axis_count = axis_count;
	parzen->kernels = count + 1;
	parzen->stride = stride;
	memset(room, 0, hd_parzen_room(axis_count, count) * sizeof *room);
	parzen->middle = room;
	parzen->scale = parzen->middle + axis_count * stride;
	parzen->base = parzen->scale + axis_count * stride;
	parzen->mass = parzen->base + stride;
	parzen->match = parzen->mass + stride;
	parzen_weigh(parzen, count);
	for (size_t a = 0; a < axis_count; a++) {
		if (axes[a].is_category)
			parzen_category(parzen, a, points);
		else
			parzen_number(parzen, a, points);
		/* A logarithm before the product can leave the doubles. */
		if (a % PARZEN_GATHER == PARZEN_GATHER - 1 ||
		    a + 1 == axis_count)
			parzen_gather(parzen);
	}
}

/* --- drawing --------------------------------------------------------------- */

static double draw_number(const struct hd_axis *axis, double x, double sigma,
			  double u)
{
	double low = gsl_cdf_ugaussian_P((axis->low - x) / sigma);
	double high = gsl_cdf_ugaussian_P((axis->high - x) / sigma);

	x += gsl_cdf_ugaussian_Pinv(low + u * (high - low)) * sigma;
	return fmin(fmax(x, axis->low), axis->high);
}

static double draw_category(double own, double levels, double little, double u)
{
	double chance = own < 0 ? 0 : 1 / (1 + levels * little);

	if (u < chance)
		return own;
	return fmin(floor((u - chance) / (1 - chance) * levels), levels - 1);
}

void hd_parzen_draw(const struct hd_parzen *parzen, struct hd_rng *rng,
		    double *point)
{
	double little = 1 / (double)parzen->kernels;
	size_t k = (size_t)hd_rng_below(rng, parzen->kernels);

	for (size_t a = 0; a < parzen->axis_count; a++) {
		const struct hd_axis *axis = &parzen->axes[a];
		double middle = parzen->middle[a * parzen->stride + k];
		double scale = parzen->scale[a * parzen->stride + k];
		double u = hd_rng_uniform(rng);

		if (axis->is_category)
			point[a] = draw_category(middle, (double)axis->levels,
						 little, u);
		else
			point[a] = draw_number(axis, middle / scale,
					       1 / (scale * ROOT_2), u);
	}
}

/* --- density --------------------------------------------------------------- */

/*
 * Squared distances of one block of kernels on all number axes: sums stay in
 * registers over the axes, the largest part of a suggestion's time.
 */
static void log_block(const struct hd_parzen *parzen,
		      const double *restrict point, size_t k,
		      double *restrict work)
{
	double sum[PARZEN_BLOCK] = { 0 };

	for (size_t a = 0; a < parzen->axis_count; a++) {
		const double *middle = parzen->middle + a * parzen->stride + k;
		const double *scale = parzen->scale + a * parzen->stride + k;
		double x = point[a];

		if (parzen->axes[a].is_category)
			continue;
		for (size_t j = 0; j < PARZEN_BLOCK; j++) {
			double z = x * scale[j] - middle[j];

			sum[j] += z * z;
		}
	}
	for (size_t j = 0; j < PARZEN_BLOCK; j++)
		work[k + j] = parzen->base[k + j] - sum[j];
}

static void log_category(double *work, const double *middle, double match,
			 double x, size_t stride)
{
	for (size_t k = 0; k < stride; k++)
		work[k] += middle[k] == x ? match : 0;
}

double hd_parzen_log(const struct hd_parzen *parzen, const double *point,
		     double *work)
{
	size_t stride = parzen->stride;
	double most, sum = 0;

	for (size_t k = 0; k < stride; k += PARZEN_BLOCK)
		log_block(parzen, point, k, work);
	for (size_t a = 0; a < parzen->axis_count; a++)
		if (parzen->axes[a].is_category)
			log_category(work, parzen->middle + a * stride,
				     parzen->match[a], point[a], stride);
	most = work[0];
	for (size_t k = 1; k < stride; k++)
		most = work[k] > most ? work[k] : most;
	for (size_t k = 0; k < stride; k++)
		if (work[k] > most - PARZEN_FAINT)
			sum += exp(work[k] - most);
	return most + log(sum);
}
