/*
 * Output transforms: results as numbers that a Gaussian process can model.
 *
 * Less is better throughout. Every transform is increasing, so the best stays
 * the best, and an affine map on the better half, so that what two transforms
 * predict for good points can be compared through their scales.
 */
#ifndef HD_SAMPLERS_TRANSFORM_H
#define HD_SAMPLERS_TRANSFORM_H

#include <stddef.h>

#include "scratch.h"

enum hd_transform {
	HD_TRANSFORM_PLAIN, /* mean 0, variance 1 */
	/*
	 * The worse half becomes half a Gaussian as wide as the better half is
	 * (Song et al., "The Vizier Gaussian process bandit algorithm", 2024,
	 * section 3.2.1), then mean 0, variance 1. Outliers cost nothing.
	 */
	HD_TRANSFORM_HALFRANK,
};
#define HD_TRANSFORMS 2

/*
 * Y (n, all finite) into Z. *SCALE becomes dy/dz on the better half, 1 when
 * all are equal, and then Z is 0. Returns 0 or HD_ENOMEM.
 */
int hd_transform(enum hd_transform transform, const double *y, size_t n,
		 double *z, double *scale, struct hd_scratch *scratch);
/* The median of VALUES (n > 0), which are sorted on the way. */
double hd_transform_median(double *values, size_t n);

#endif
