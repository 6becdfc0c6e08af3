/*
 * A Gaussian process regression: its likelihood, the fit of theta (kernel.h)
 * and what it predicts.
 *
 * y is in units of the output transform: about mean 0, variance 1, less is
 * better. The constant mean is profiled out under a N(0,1) prior. The fit is
 * maximum a posteriori; all is a pure function of its arguments, with sums in
 * a fixed order. Functions that can fail return 0 or a negative code.
 */
#ifndef HD_SAMPLERS_GP_H
#define HD_SAMPLERS_GP_H

#include "kernel.h"
#include "scratch.h"

/* Observations; everything is borrowed. */
struct hd_gp_data {
	const struct hd_kernel *kernel;
	struct hd_points points;
	size_t n;
	const double *y;     /* n */
	const double *extra; /* n, variance beside the noise; NULL: none */
};

struct hd_gp {
	struct hd_gp_data data;
	struct hd_weights weights;
	double *theta;
	double *factor; /* n x n, Cholesky's L of the covariance with noise */
	double *alpha;  /* n, (L L')^-1 (y - mean) */
	double mean;
	double variance; /* k(x,x) */
};

/* A sensible theta to begin with; COLD 0 is the usual one, 1 shorter. */
void hd_gp_start(const struct hd_kernel *kernel, int cold, double *theta);
/*
 * The negative log of likelihood times prior at THETA, up to a constant, and
 * its gradient (NULL: not wanted). HUGE_VAL when there is none.
 */
double hd_gp_loss(const struct hd_gp_data *data, const double *theta,
		  double *gradient, struct hd_scratch *scratch);
/* Improve THETA by at most EVALUATIONS calls; returns the loss reached. */
double hd_gp_fit(const struct hd_gp_data *data, double *theta,
		 size_t evaluations, struct hd_scratch *scratch);

/*
 * Condition on DATA under THETA. MEAN: NULL to profile it out, else the mean
 * to use. What GP points to lives in SCRATCH, the data must outlive it. Adds
 * jitter until the covariance has a factor; HD_EINVAL when none helps.
 */
int hd_gp_condition(struct hd_gp *gp, const struct hd_gp_data *data,
		    const double *theta, const double *mean,
		    struct hd_scratch *scratch);
/*
 * Means and variances (without noise, at least 1e-12) at COUNT points, one
 * row of columns each.
 */
int hd_gp_predict(const struct hd_gp *gp, const double *points, size_t count,
		  double *mean, double *variance, struct hd_scratch *scratch);
/* The same at one point, with the gradients by its coordinates (nominal: 0). */
int hd_gp_slope(const struct hd_gp *gp, const double *point, double *mean,
		double *variance, double *mean_slope, double *variance_slope,
		struct hd_scratch *scratch);

#endif
