/*
 * Two samples of one parameter, as densities on a grid, and how far apart they
 * are. See hdrive/importance.h for the method.
 */
#ifndef HD_IMPORTANCE_PARZEN_H
#define HD_IMPORTANCE_PARZEN_H

#include <stdbool.h>
#include <stddef.h>

/* So many places has a grid at most; the authors' own default. */
#define HD_PARZEN_STEPS 50

/*
 * The density over STEPS places in an order, of which COUNTS says how often
 * each was drawn: a normal kernel at each draw, cut off at the ends and added up
 * over the place's width, and one as wide as the grid in its middle, that
 * weighs as one draw more. DENSITY adds up to 1.
 */
void hd_parzen_ordered(const double *counts, size_t steps, double *density);
/* The same over places without an order: one draw more is spread over all. */
void hd_parzen_choice(const double *counts, size_t steps, double *density);
/*
 * The bandwidth, in places: Scott's rule for normal kernels in one dimension,
 * 1.059 min(deviation, quartiles' distance / 1.34) N^(-1/5) (Scott, Multivariate
 * Density Estimation, 1992), and never so narrow that less than 90 in a hundred
 * of a kernel are within its own place.
 */
double hd_parzen_bandwidth(const double *counts, size_t steps);
/*
 * The Pearson divergence of TOP from ALL: sum of ALL (TOP / ALL - 1)^2, 0 for
 * densities that are the same.
 */
double hd_parzen_divergence(const double *top, const double *all, size_t steps);

#endif
