/*
 * What a point promises: an acquisition, weighed by the chance that the trial
 * succeeds, by the chance that its result is new, and by the user's density.
 *
 *   a(x) + log P(feasible | x) + w log P(new | x) + b log p(x)
 *
 * p is the density of the normal families (pi-BO: Hvarfner et al., ICLR 2022,
 * eq. 6); its weight b falls as results come in.
 */
#ifndef HD_SAMPLERS_PROMISE_H
#define HD_SAMPLERS_PROMISE_H

#include "acquisition.h"
#include "encode.h"
#include "gp.h"
#include "novelty.h"

struct hd_promise {
	const struct hd_encoding *encoding;
	const struct hd_gp *gp;
	double best; /* the value to beat, in the model's units */
	enum hd_acquisition kind;
	double kappa;
	const struct hd_gp *feasible;     /* of labels -1 and 1; may be NULL */
	const struct hd_novelty *novelty; /* NULL: every result is new */
	double density;                   /* b */
	struct hd_scratch *scratch;
};

/*
 * Values at COUNT points, one row of columns each, -HUGE_VAL where there is
 * none. 0 or a negative code.
 */
int hd_promise_values(const struct hd_promise *promise, const double *points,
		      size_t count, double *values);
/* The value at POINT and its gradient by the numeric columns; NAN on error. */
double hd_promise_slope(const struct hd_promise *promise, const double *point,
			double *gradient);

#endif
