#include "stats.h"

#include <hdrive.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RESAMPLES 2000
#define SEEDS_MOST STATS_SEEDS_MOST

static int by_number(const void *va, const void *vb)
{
	double a = *(const double *)va, b = *(const double *)vb;

	return (a > b) - (a < b);
}

double stats_median(const double *values, size_t count)
{
	double sorted[SEEDS_MOST];

	if (count == 0 || count > SEEDS_MOST)
		return NAN;
	memcpy(sorted, values, count * sizeof *sorted);
	qsort(sorted, count, sizeof *sorted, by_number);
	return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2;
}

double stats_mean(const double *values, size_t count)
{
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += values[i];
	return sum / (double)count;
}

void stats_interval(stats_fn fn, const void *user, size_t seeds, double *low,
		    double *high)
{
	double found[RESAMPLES];
	struct hd_rng rng;

	*low = *high = NAN;
	if (seeds < 3 || seeds > SEEDS_MOST)
		return;
	hd_rng_init(&rng, 2385, 0);
	for (size_t i = 0; i < RESAMPLES; i++) {
		size_t pick[SEEDS_MOST];

		for (size_t s = 0; s < seeds; s++)
			pick[s] = (size_t)hd_rng_below(&rng, seeds);
		found[i] = fn(user, pick);
	}
	qsort(found, RESAMPLES, sizeof *found, by_number);
	*low = found[RESAMPLES / 40];
	*high = found[RESAMPLES - 1 - RESAMPLES / 40];
}
