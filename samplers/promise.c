/* What points promise. */
#include "promise.h"

#include <hdrive/error.h>

#include <math.h>
#include <string.h>

/*
 * w: the model takes ties for proof that the function is flat there, and is
 * surer of what lies near than it should be. 1 is the theory; 2 to 8 are alike
 * on looked-up tables, and better (make bench-samplers).
 */
#define PROMISE_NOVELTY 2.0

/* b log p; its gradient is added to GRADIENT unless that is NULL. */
static double density_value(const struct hd_promise *promise,
			    const double *point, double *gradient)
{
	double sum = 0;

	for (size_t c = 0; c < promise->encoding->count; c++) {
		double z = 6 * point[c] - 3;

		if (!promise->encoding->columns[c].normal || isnan(z))
			continue;
		sum -= 0.5 * z * z;
		if (gradient)
			gradient[c] -= promise->density * 6 * z;
	}
	return promise->density * sum;
}

/* What does not come from a model's mean: w log P(new) + b log p. */
static double prior_value(const struct hd_promise *promise, const double *point,
			  double *gradient)
{
	double density = density_value(promise, point, gradient);

	if (!promise->novelty)
		return density;
	return density + PROMISE_NOVELTY * hd_novelty_value(promise->novelty, point,
							    PROMISE_NOVELTY, gradient);
}

/*
 * log Phi(mu / sqrt(1 + s^2)) of the labels' model (Rasmussen & Williams
 * 2006, eq. 3.82); slopes by the mean and the variance.
 */
static double feasible_value(double mean, double variance,
			     struct hd_slopes *slopes)
{
	double root = sqrt(1 + variance), z = mean / root, slope;
	double value = hd_acquisition_log_phi(z, &slope);

	slopes->mean = slope / root;
	slopes->deviation = -slope * 0.5 * z / (1 + variance);
	return value;
}

int hd_promise_values(const struct hd_promise *promise, const double *points,
		      size_t count, double *values)
{
	struct hd_scratch_mark mark = hd_scratch_mark(promise->scratch);
	double *mean = hd_scratch_doubles(promise->scratch, count);
	double *variance = hd_scratch_doubles(promise->scratch, count);
	size_t columns = promise->encoding->count;
	struct hd_slopes slopes;
	int rc = mean && variance ? 0 : HD_ENOMEM;

	if (rc == 0)
		rc = hd_gp_predict(promise->gp, points, count, mean, variance,
				   promise->scratch);
	for (size_t i = 0; i < count && rc == 0; i++)
		values[i] = hd_acquisition(promise->kind, mean[i],
					   sqrt(variance[i]), promise->best,
					   promise->kappa, NULL) +
			    prior_value(promise, points + i * columns, NULL);
	if (rc == 0 && promise->feasible)
		rc = hd_gp_predict(promise->feasible, points, count, mean,
				   variance, promise->scratch);
	for (size_t i = 0; i < count && rc == 0; i++) {
		if (promise->feasible)
			values[i] += feasible_value(mean[i], variance[i],
						    &slopes);
		if (isnan(values[i]))
			values[i] = -HUGE_VAL;
	}
	hd_scratch_reset(promise->scratch, mark);
	return rc;
}

/* Add the part of the labels' model to *VALUE and GRADIENT. */
static int promise_feasible(const struct hd_promise *promise,
			    const double *point, double *mean_slope,
			    double *variance_slope, double *value,
			    double *gradient)
{
	double mean, variance;
	struct hd_slopes slopes;
	int rc;

	if (!promise->feasible)
		return 0;
	rc = hd_gp_slope(promise->feasible, point, &mean, &variance, mean_slope,
			 variance_slope, promise->scratch);
	if (rc < 0)
		return rc;
	*value += feasible_value(mean, variance, &slopes);
	for (size_t c = 0; c < promise->encoding->count; c++)
		gradient[c] += slopes.mean * mean_slope[c] +
			       slopes.deviation * variance_slope[c];
	return 0;
}

double hd_promise_slope(const struct hd_promise *promise, const double *point,
			double *gradient)
{
	struct hd_scratch_mark mark = hd_scratch_mark(promise->scratch);
	size_t columns = promise->encoding->count;
	double *room = hd_scratch_doubles(promise->scratch, 2 * columns);
	double value = NAN, mean, variance, deviation;
	struct hd_slopes slopes;

	if (!room || hd_gp_slope(promise->gp, point, &mean, &variance, room,
				 room + columns, promise->scratch) < 0)
		goto out;
	deviation = sqrt(variance);
	value = hd_acquisition(promise->kind, mean, deviation, promise->best,
			       promise->kappa, &slopes);
	for (size_t c = 0; c < columns; c++)
		gradient[c] = slopes.mean * room[c] +
			      slopes.deviation * room[columns + c] /
				      (2 * deviation);
	value += prior_value(promise, point, gradient);
	if (promise_feasible(promise, point, room, room + columns, &value,
			     gradient) < 0)
		value = NAN;
out:
	hd_scratch_reset(promise->scratch, mark);
	return value;
}
