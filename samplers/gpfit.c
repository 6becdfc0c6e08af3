/*
 * Fitting theta: the loss with its analytic gradient, and the priors.
 *
 * With K = L L' and a = K^-1 (y - m), the loss is
 *   (y-m)'K^-1(y-m)/2 + sum log L_ii + m^2/2 - log prior(theta)
 * and dloss/dtheta = tr((K^-1 - aa') dK/dtheta)/2 (Rasmussen & Williams 2006,
 * eq. 5.9); m stands at its optimum, so it adds nothing.
 */
#include "gp.h"

#include "lbfgs.h"
#include "linalg.h"

#include <math.h>
#include <string.h>

/* Variances beside the noise that keep K away from singular. */
#define FIT_JITTER 1e-10
#define FIT_NOISE_FLOOR 1e-6
/* From so many parameters on lengths grow with their number. */
#define FIT_MANY 20

void hd_gp_start(const struct hd_kernel *kernel, int cold, double *theta)
{
	double *others = theta + kernel->count;
	double many = kernel->groups > FIT_MANY
			      ? 0.5 * log((double)kernel->groups / FIT_MANY)
			      : 0;

	for (size_t f = 0; f < kernel->count; f++)
		theta[f] = kernel->features[f].presence ? 0
			   : kernel->features[f].twin
				   ? log(4)
				   : log(cold ? 0.2 : 0.5) + many;
	others[HD_KERNEL_JOINT] = 0;
	others[HD_KERNEL_NOISE] = cold ? -3 : -5;
	others[HD_KERNEL_ADDITIVE] = 0;
	others[HD_KERNEL_RATIO] = 0.5 * log((double)kernel->groups);
	others[HD_KERNEL_BRANCH] = -1;
}

/* log density of N(MIDDLE, WIDTH^2) at T; its slope is added to *SLOPE. */
static double prior_normal(double t, double middle, double width, double *slope)
{
	double z = (t - middle) / width;

	*slope += z / width;
	return -0.5 * z * z;
}

/*
 * Lengths up to 20 parameters: -0.1 (l^2 + l^-2), which keeps off both ends;
 * beyond, log l ~ N(sqrt(2) + log(p)/2, 3) (Hvarfner, Hellsten, Nardi 2024).
 */
static double prior_length(const struct hd_kernel *kernel, size_t f, double t,
			   double *slope)
{
	double square = exp(2 * t);

	if (kernel->features[f].presence)
		return prior_normal(t, 0, 0.75, slope);
	if (kernel->features[f].twin)
		return prior_normal(t, log(4), 0.75, slope);
	if (kernel->groups > FIT_MANY)
		return prior_normal(t,
				    sqrt(2) + 0.5 * log((double)kernel->groups),
				    sqrt(3), slope);
	*slope += 0.2 * square - 0.2 / square;
	return -0.1 * square - 0.1 / square;
}

/* The log prior; minus its gradient into GRADIENT. */
static double fit_prior(const struct hd_kernel *kernel, const double *theta,
			double *gradient)
{
	const double *others = theta + kernel->count;
	double *g = gradient + kernel->count, sum = 0, noise;

	memset(gradient, 0, hd_kernel_size(kernel) * sizeof gradient[0]);
	for (size_t f = 0; f < kernel->count; f++)
		sum += prior_length(kernel, f, theta[f], &gradient[f]);
	/* s_j^2 ~ Gamma(2, 1) */
	sum += others[HD_KERNEL_JOINT] - exp(others[HD_KERNEL_JOINT]);
	g[HD_KERNEL_JOINT] += exp(others[HD_KERNEL_JOINT]) - 1;
	/* noise ~ Gamma(1.1, 30) */
	noise = exp(others[HD_KERNEL_NOISE]) + FIT_NOISE_FLOOR;
	sum += 0.1 * log(noise) - 30 * noise;
	g[HD_KERNEL_NOISE] += exp(others[HD_KERNEL_NOISE]) *
			      (30 - 0.1 / noise);
	sum += prior_normal(others[HD_KERNEL_ADDITIVE], 0, 1.5,
			    &g[HD_KERNEL_ADDITIVE]);
	sum += prior_normal(others[HD_KERNEL_RATIO],
			    0.5 * log((double)kernel->groups), 0.5,
			    &g[HD_KERNEL_RATIO]);
	sum += prior_normal(others[HD_KERNEL_BRANCH], -1, 1.5,
			    &g[HD_KERNEL_BRANCH]);
	return sum;
}

struct fit {
	const struct hd_gp_data *data;
	const struct hd_kernel *kernel;
	struct hd_weights weights;
	size_t n;
	double *factor, *inverse; /* n x n */
	double *ones, *target;    /* n: L^-1 1, L^-1 (y - m) */
	double *alpha;            /* n */
	double *joint, *slope;    /* n: of one row */
	double *point;
	double *rows; /* what each row's covariances are made of */
};

/*
 * Row I of the covariance, against the I points before it. All rows are kept
 * between the likelihood and its gradient: their exponentials are most of the
 * work.
 */
static struct hd_kernel_row fit_kept(const struct fit *fit, size_t i)
{
	size_t before = i ? i * (i - 1) / 2 : 0;
	struct hd_kernel_row row;

	hd_kernel_row_place(fit->kernel, i, true,
			    fit->rows +
				    hd_kernel_row_size(fit->kernel, before, true),
			    &row);
	return row;
}

static bool fit_room(struct fit *fit, struct hd_scratch *scratch)
{
	size_t n = fit->n, pairs = n * (n - 1) / 2;
	size_t size = hd_kernel_row_size(fit->kernel, pairs, true);
	double *room = hd_scratch_doubles(scratch,
					  2 * n * n + 5 * n + size +
						  fit->kernel->columns +
						  fit->kernel->count);

	if (!room)
		return false;
	fit->factor = room;
	fit->inverse = fit->factor + n * n;
	fit->ones = fit->inverse + n * n;
	fit->target = fit->ones + n;
	fit->alpha = fit->target + n;
	fit->joint = fit->alpha + n;
	fit->slope = fit->joint + n;
	fit->point = fit->slope + n;
	fit->weights.inverse = fit->point + fit->kernel->columns;
	fit->rows = fit->weights.inverse + fit->kernel->count;
	return true;
}

static void fit_point(struct fit *fit, size_t i)
{
	const struct hd_points *points = &fit->data->points;

	for (size_t c = 0; c < fit->kernel->columns; c++)
		fit->point[c] = points->x[c * points->stride + i];
}

/* L, L^-1 1 and L^-1 (y - m); the loss without its prior, or HUGE_VAL. */
static double fit_likelihood(struct fit *fit)
{
	size_t n = fit->n;
	double variance = hd_kernel_variance(&fit->weights, fit->kernel);
	double loss = 0, mean;

	for (size_t i = 0; i < n; i++) {
		struct hd_kernel_row row = fit_kept(fit, i);

		fit_point(fit, i);
		hd_kernel_row(fit->kernel, &fit->weights, &fit->data->points, i,
			      fit->point, &row, fit->factor + i * n);
		fit->factor[i * n + i] = variance + fit->weights.noise +
					 FIT_JITTER + FIT_NOISE_FLOOR +
					 (fit->data->extra ? fit->data->extra[i] : 0);
		fit->ones[i] = 1;
		fit->target[i] = fit->data->y[i];
	}
	if (hd_linalg_cholesky(fit->factor, n) < 0 ||
	    hd_linalg_solve(fit->factor, n, fit->ones) < 0 ||
	    hd_linalg_solve(fit->factor, n, fit->target) < 0)
		return HUGE_VAL;
	mean = hd_linalg_dot(fit->ones, fit->target, n) /
	       (hd_linalg_dot(fit->ones, fit->ones, n) + 1);
	for (size_t i = 0; i < n; i++) {
		fit->target[i] -= mean * fit->ones[i];
		loss += log(fit->factor[i * n + i]);
	}
	return loss + 0.5 * (hd_linalg_dot(fit->target, fit->target, n) +
			     mean * mean);
}

/* Add the lengths' part of one row; WEIGHT[j] is K^-1 - aa' at (i, j). */
static void fit_row_lengths(struct fit *fit, size_t i,
			    const struct hd_kernel_row *row,
			    const double *weight, double *gradient)
{
	const struct hd_kernel *kernel = fit->kernel;
	double scale = 1.0 / (double)kernel->groups;

	for (size_t f = 0; f < kernel->count; f++) {
		const struct hd_feature *feature = &kernel->features[f];
		const double *x = fit->data->points.x +
				  feature->column * fit->data->points.stride;
		const double *slope = row->slope + feature->group * i;
		double at = fit->point[feature->column], sum = 0;

		for (size_t j = 0; j < i; j++) {
			double far = at - x[j];
			double u = feature->conditional
					   ? hd_feature_step(feature, at, x[j])
				   : feature->nominal ? far != 0
						      : far * far;
			double amplitude = fit->weights.additive +
					   fit->weights.branch * row->agree[j];

			sum += u * weight[j] *
			       (fit->slope[j] + scale * slope[j] * amplitude);
		}
		gradient[f] -= 2 * fit->weights.inverse[f] * sum;
	}
}

/* Add one row's part of the gradient, the diagonal's included. */
static void fit_row(struct fit *fit, size_t i, double *gradient)
{
	double *g = gradient + fit->kernel->count;
	double *weight = fit->inverse + i * fit->n, diagonal;
	double joint = 0, additive = 0, branch = 0, ratio = 0;
	struct hd_kernel_row row = fit_kept(fit, i);

	fit_point(fit, i);
	hd_kernel_joint(&fit->weights, i, row.distance, fit->joint,
			fit->slope);
	for (size_t j = 0; j < i; j++) {
		weight[j] -= fit->alpha[i] * fit->alpha[j];
		joint += weight[j] * fit->joint[j];
		additive += weight[j] * row.main[j];
		branch += weight[j] * row.main[j] * row.agree[j];
		ratio += weight[j] * fit->slope[j] * row.distance[j];
	}
	diagonal = 0.5 * (weight[i] - fit->alpha[i] * fit->alpha[i]);
	g[HD_KERNEL_JOINT] += joint + diagonal * fit->weights.joint;
	g[HD_KERNEL_ADDITIVE] += fit->weights.additive * (additive + diagonal);
	g[HD_KERNEL_BRANCH] += fit->weights.branch * (branch + diagonal);
	g[HD_KERNEL_RATIO] -= 2 * ratio;
	g[HD_KERNEL_NOISE] += diagonal * fit->weights.noise;
	fit_row_lengths(fit, i, &row, weight, gradient);
}

static bool fit_gradient(struct fit *fit, double *gradient)
{
	memcpy(fit->alpha, fit->target, fit->n * sizeof fit->alpha[0]);
	if (hd_linalg_solve_transposed(fit->factor, fit->n, fit->alpha) < 0 ||
	    hd_linalg_inverse(fit->factor, fit->inverse, fit->n) < 0)
		return false;
	for (size_t i = 0; i < fit->n; i++)
		fit_row(fit, i, gradient);
	return true;
}

/* The gradient's part that comes from the likelihood is added to the prior's. */
double hd_gp_loss(const struct hd_gp_data *data, const double *theta,
		  double *gradient, struct hd_scratch *scratch)
{
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	struct fit fit = { .data = data, .kernel = data->kernel, .n = data->n };
	double *prior = hd_scratch_doubles(scratch, hd_kernel_size(fit.kernel));
	double loss = HUGE_VAL;

	if (!prior || !fit_room(&fit, scratch))
		goto out;
	hd_kernel_weights(fit.kernel, theta, fit.weights.inverse, &fit.weights);
	loss = fit_likelihood(&fit) - fit_prior(fit.kernel, theta, prior);
	if (!isfinite(loss) || !gradient)
		goto out;
	memcpy(gradient, prior, hd_kernel_size(fit.kernel) * sizeof prior[0]);
	if (!fit_gradient(&fit, gradient))
		loss = HUGE_VAL;
out:
	hd_scratch_reset(scratch, mark);
	return isfinite(loss) ? loss : HUGE_VAL;
}

struct fit_call {
	const struct hd_gp_data *data;
	struct hd_scratch *scratch;
};

static double fit_objective(const double *theta, double *gradient, void *context)
{
	struct fit_call *call = context;

	return hd_gp_loss(call->data, theta, gradient, call->scratch);
}

/* Boxes: l in [.005, 200], variances in [1e-4, 1e3], noise in [1e-9, 2]. */
static void fit_box(const struct hd_kernel *kernel, double *low, double *high)
{
	double *l = low + kernel->count, *h = high + kernel->count;

	for (size_t f = 0; f < kernel->count; f++) {
		low[f] = log(0.005);
		high[f] = log(200);
	}
	l[HD_KERNEL_JOINT] = log(1e-3);
	h[HD_KERNEL_JOINT] = log(1e3);
	l[HD_KERNEL_NOISE] = log(1e-9);
	h[HD_KERNEL_NOISE] = log(2);
	l[HD_KERNEL_ADDITIVE] = l[HD_KERNEL_BRANCH] = log(1e-4);
	h[HD_KERNEL_ADDITIVE] = h[HD_KERNEL_BRANCH] = log(1e3);
	l[HD_KERNEL_RATIO] = -2;
	h[HD_KERNEL_RATIO] = 4;
}

double hd_gp_fit(const struct hd_gp_data *data, double *theta,
		 size_t evaluations, struct hd_scratch *scratch)
{
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	size_t size = hd_kernel_size(data->kernel);
	double *low = hd_scratch_doubles(scratch, size);
	double *high = hd_scratch_doubles(scratch, size);
	struct fit_call call = { .data = data, .scratch = scratch };
	struct hd_lbfgs problem = {
		.n = size,
		.low = low,
		.high = high,
		.objective = fit_objective,
		.context = &call,
		.evaluations = evaluations,
		.gradient_limit = 3e-3,
		.decrease_limit = 2e-6,
	};
	double loss = HUGE_VAL;

	if (low && high) {
		fit_box(data->kernel, low, high);
		loss = hd_lbfgs_minimize(&problem, theta, scratch);
	}
	hd_scratch_reset(scratch, mark);
	return loss;
}
