#include "importance/parzen.h"

#include <math.h>

#define PARZEN_TINY 1e-12 /* added to densities, which are divided by */
/* Between -1.64 and 1.64 deviations lie 90 in a hundred of a normal kernel. */
#define PARZEN_NARROW (0.5 / 1.64)

static double normal_below(double x)
{
	return 0.5 * erfc(-x * 0.70710678118654752440);
}

/* What of a kernel at MIDDLE lies between FROM and TO. */
static double kernel_mass(double from, double to, double middle, double width)
{
	return normal_below((to - middle) / width) - normal_below((from - middle) / width);
}

static double counts_sum(const double *counts, size_t steps)
{
	double sum = 0;

	for (size_t i = 0; i < steps; i++)
		sum += counts[i];
	return sum;
}

/* The first place up to which there are at least WANTED draws, or more of them
 * when MORE. */
static double counts_quantile(const double *counts, size_t steps, double wanted, bool more)
{
	double sum = 0;
	size_t last = 0;

	for (size_t i = 0; i < steps; i++) {
		if (counts[i] <= 0)
			continue;
		last = i;
		sum += counts[i];
		if (more ? sum > wanted : sum >= wanted)
			break;
	}
	return (double)last;
}

double hd_parzen_bandwidth(const double *counts, size_t steps)
{
	double count = counts_sum(counts, steps);
	double mean = 0, squares = 0, deviation, quartiles;

	if (count <= 0)
		return PARZEN_NARROW;
	for (size_t i = 0; i < steps; i++)
		mean += counts[i] * (double)i / count;
	for (size_t i = 0; i < steps; i++)
		squares += counts[i] * ((double)i - mean) * ((double)i - mean);
	deviation = sqrt(squares / fmax(count - 1, 1));
	quartiles = counts_quantile(counts, steps, floor(count * 3 / 4), true) -
		    counts_quantile(counts, steps, floor(count / 4), false);
	return fmax(1.059 * fmin(deviation, quartiles / 1.34) * pow(count, -0.2), PARZEN_NARROW);
}

/* WEIGHT of a kernel at MIDDLE, cut off at the grid's ends. */
static void parzen_add(double *density, size_t steps, double middle, double width,
		       double weight)
{
	double whole = kernel_mass(-0.5, (double)steps - 0.5, middle, width);

	for (size_t i = 0; i < steps; i++)
		density[i] += weight *
			      kernel_mass((double)i - 0.5, (double)i + 0.5, middle, width) / whole;
}

void hd_parzen_ordered(const double *counts, size_t steps, double *density)
{
	double width = hd_parzen_bandwidth(counts, steps);
	double all = counts_sum(counts, steps) + 1;

	for (size_t i = 0; i < steps; i++)
		density[i] = 0;
	for (size_t i = 0; i < steps; i++)
		if (counts[i] > 0)
			parzen_add(density, steps, (double)i, width, counts[i] / all);
	parzen_add(density, steps, 0.5 * (double)(steps - 1), (double)steps, 1 / all);
}

void hd_parzen_choice(const double *counts, size_t steps, double *density)
{
	double all = counts_sum(counts, steps) + 1;

	for (size_t i = 0; i < steps; i++)
		density[i] = (counts[i] + 1 / (double)steps) / all;
}

double hd_parzen_divergence(const double *top, const double *all, size_t steps)
{
	double sum = 0;

	for (size_t i = 0; i < steps; i++) {
		double ratio = (top[i] + PARZEN_TINY) / (all[i] + PARZEN_TINY) - 1;

		sum += (all[i] + PARZEN_TINY) * ratio * ratio;
	}
	return sum;
}
