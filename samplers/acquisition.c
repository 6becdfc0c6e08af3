/* Acquisition functions in logarithms. */
#include "acquisition.h"

#include <math.h>
#include <stddef.h>

#define LOG_SQRT_2PI 0.91893853320467274178
#define SQRT_HALF 0.70710678118654752440
#define INVERSE_SQRT_2PI 0.39894228040143267794
/* Below, sums of the densities cancel: continued fractions take over. */
#define TAIL -5.0

/*
 * The tail's continued fraction from its Kth term: t + K/(t + (K+1)/(t + ...
 * (Abramowitz & Stegun 26.2.14: Phi(-t)/phi(t) = 1/(t + 1/(t + 2/(t + ...).
 */
static double tail_fraction(double t, int from)
{
	double value = t;

	for (int k = 60; k >= from; k--)
		value = t + k / value;
	return value;
}

double hd_acquisition_log_phi(double z, double *slope)
{
	double mills;

	if (z > TAIL) {
		double p = 0.5 * erfc(-z * SQRT_HALF);

		*slope = INVERSE_SQRT_2PI * exp(-0.5 * z * z) / p;
		return log(p);
	}
	mills = tail_fraction(-z, 1); /* phi/Phi */
	*slope = mills;
	return -0.5 * z * z - LOG_SQRT_2PI - log(mills);
}

/*
 * In the tail, with t = -z and q = Phi/phi = 1/(t + r), r = 1/(t + 2/(...)):
 * h = phi (1 - t q) = phi r / (t + r), and dlog h/dz = q / (1 - t q) = 1 / r.
 */
double hd_acquisition_log_h(double z, double *slope)
{
	double t = -z, r;

	if (z > TAIL) {
		double phi = INVERSE_SQRT_2PI * exp(-0.5 * z * z);
		double p = 0.5 * erfc(-z * SQRT_HALF);
		double h = phi + z * p;

		*slope = p / h;
		return log(h);
	}
	r = 1 / tail_fraction(t, 2);
	*slope = 1 / r;
	return -0.5 * z * z - LOG_SQRT_2PI + log(r) - log(t + r);
}

double hd_acquisition(enum hd_acquisition kind, double mean, double deviation,
		      double best, double kappa, struct hd_slopes *slopes)
{
	double z = (best - mean) / deviation, slope, value;
	struct hd_slopes unused;

	if (!slopes)
		slopes = &unused;
	switch (kind) {
	case HD_ACQUISITION_EI:
		value = hd_acquisition_log_h(z, &slope);
		slopes->mean = -slope / deviation;
		slopes->deviation = (1 - slope * z) / deviation;
		return value + log(deviation);
	case HD_ACQUISITION_PI:
		value = hd_acquisition_log_phi(z, &slope);
		slopes->mean = -slope / deviation;
		slopes->deviation = -slope * z / deviation;
		return value;
	case HD_ACQUISITION_LCB:
		break;
	}
	slopes->mean = -1;
	slopes->deviation = kappa;
	return kappa * deviation - mean;
}
