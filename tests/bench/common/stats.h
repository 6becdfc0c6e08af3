/* Medians, means and bootstrap intervals with a fixed seed. */
#ifndef BENCH_COMMON_STATS_H
#define BENCH_COMMON_STATS_H

#include <stddef.h>

#define STATS_SEEDS_MOST 256

/* NaN for none, and for more than STATS_SEEDS_MOST. */
double stats_median(const double *values, size_t count);
double stats_mean(const double *values, size_t count);
/*
 * The 2.5 % and 97.5 % points of FN over resampled seeds: SEEDS indices of
 * seeds each time. NaN for fewer than three.
 */
typedef double (*stats_fn)(const void *user, const size_t *seeds);
void stats_interval(stats_fn fn, const void *user, size_t seeds, double *low,
		    double *high);

#endif
