/* What the parts of the benchmark share. */
#ifndef BENCH_SAMPLERS_BENCH_H
#define BENCH_SAMPLERS_BENCH_H

#include "../common/stats.h"
#include "problem.h"

#define SAMPLERS_MOST 16

struct bench {
	size_t seeds, trials, concurrency;
	size_t first_seed;
	const struct hd_sampler_type *sampler[SAMPLERS_MOST];
	size_t samplers;
	size_t against; /* whom the others are compared with */
	struct problems problems;
	const char *svg; /* path of the plot, NULL for none */
	/*
	 * The true result of the incumbent after each trial: by sampler,
	 * problem, seed and trial. All NaN where a sampler refused the space.
	 */
	double *curve;
	double *reference; /* median of random search: by problem and trial */
	double *seconds;   /* of all suggestions: by sampler and problem */
};

static inline double *bench_curve(const struct bench *bench, size_t sampler,
				  size_t problem, size_t seed)
{
	return bench->curve +
	       ((sampler * bench->problems.count + problem) * bench->seeds +
		seed) * bench->trials;
}

/*
 * 100 is the best known, 0 the median of random search with TRIALS trials;
 * never below -100.
 */
double bench_score(const struct bench *bench, size_t sampler, size_t problem,
		   size_t seed, size_t trials);

/* report.c: tables on stdout; plot.c: an SVG of the mean score by trial. */
void report(const struct bench *bench);
void plot(const struct bench *bench);

/* times.c: time per suggestion against n and d beside a Cholesky. */
void times(const struct bench *bench, size_t most);

#endif
