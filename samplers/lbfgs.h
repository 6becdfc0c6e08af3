/*
 * Minimisation of a smooth function of up to a few hundred variables inside a
 * box, by L-BFGS on the variables that are free.
 *
 * Why our own: docs/design/0006-lbfgs.md.
 */
#ifndef HD_SAMPLERS_LBFGS_H
#define HD_SAMPLERS_LBFGS_H

#include <stddef.h>

#include "scratch.h"

/*
 * The value at X (n) and its gradient into GRADIENT (n). Where the function
 * has no value it returns HUGE_VAL: the search then turns back.
 */
typedef double hd_objective(const double *x, double *gradient, void *context);

struct hd_lbfgs {
	size_t n;
	const double *low, *high; /* the box, n each; both ends belong to it */
	hd_objective *objective;
	void *context;
	size_t evaluations;    /* at most so many calls */
	double gradient_limit; /* stop below: largest projected component */
	double decrease_limit; /* stop below: relative gain of a step */
};

/*
 * Improve X (n, moved into the box first). Returns the least value, never
 * more than the value at the start; HUGE_VAL without memory or when the start
 * has no value.
 */
double hd_lbfgs_minimize(const struct hd_lbfgs *problem, double *x,
			 struct hd_scratch *scratch);

#endif
