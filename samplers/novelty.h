/*
 * Novelty: how likely a point is to repeat a result that is known already.
 *
 * Results that are looked up, and functions that are constant over cells, give
 * exactly the same number at different points. To measure one again gains
 * nothing, so an expected improvement counts as often as the
 * result is a new one: log(1 - P) is added to its logarithm. The chance P of
 * a repeat falls with the distance t to the nearest trial,
 *
 *   P(t) = p + (1 - p) / (1 + (t / r)^b)
 *
 * a log-logistic curve over a floor. It is averaged over r, b and p by how well
 * each tells the repeats among the results so far from the others. P is 0
 * without repeats, so smooth objectives never see any of this, and where the
 * floor is high: a metric in coarse steps repeats itself everywhere.
 *
 * Two trials repeat each other when their results are equal; when a policy
 * stopped one of them, when both logged the same as far as the shorter went.
 */
#ifndef HD_SAMPLERS_NOVELTY_H
#define HD_SAMPLERS_NOVELTY_H

#include <stdbool.h>

#include "encode.h"
#include "observe.h"
#include "scratch.h"

#define HD_NOVELTY_STEPS 128

struct hd_novelty {
	const struct hd_encoding *encoding;
	size_t count;   /* of the points below; 0: nothing repeats */
	double *points; /* results, stopped and pending trials: rows of columns */
	double low, step;
	double table[HD_NOVELTY_STEPS + 1]; /* log(1 - P) by log t from LOW */
};

/* Learn P from the latest results; lives in SCRATCH. 0 or HD_ENOMEM. */
int hd_novelty_init(struct hd_novelty *novelty,
		    const struct hd_encoding *encoding,
		    const struct hd_observations *rows,
		    struct hd_scratch *scratch);
/*
 * log(1 - P) at POINT, at most 0; its gradient by the numeric columns is added
 * to GRADIENT, times WEIGHT, unless that is NULL.
 */
double hd_novelty_value(const struct hd_novelty *novelty, const double *point,
			double weight, double *gradient);
/*
 * Whether POINT is more likely to repeat a result than not: however much the
 * model promises there, it had better look elsewhere.
 */
bool hd_novelty_is_repeat(const struct hd_novelty *novelty, const double *point);

#endif
