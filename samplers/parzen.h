/*
 * A Parzen mixture: a joint density over axes, a kernel around every point and
 * a wide one, the prior, over all.
 *
 * A kernel is a product: a normal cut at the ends of the axis, or, of a
 * category, a chance for its own option and a little for each other. A point
 * without a value on an axis has the prior's factor there.
 */
#ifndef HD_SAMPLERS_PARZEN_H
#define HD_SAMPLERS_PARZEN_H

#include <stddef.h>

#include <hdrive/rng.h>

#include "axis.h"

/* The latest so many points have the prior's weight, older ones less. */
#define HD_PARZEN_LATEST 25

struct hd_parzen {
	const struct hd_axis *axes; /* borrowed */
	size_t axis_count;
	size_t kernels; /* points and, last, the prior */
	size_t stride;  /* kernels with the filling behind */
	/* Axis by axis, a stride of kernels each: the middle over sigma times
	 * the root of 2, and one over that product. Of a category the middle
	 * is the option, -1 for the prior's factor. */
	double *middle, *scale;
	double *base;  /* of each kernel: what does not depend on x, as a log */
	double *mass;  /* scratch of the making */
	double *match; /* of each axis: log of own chance over another's */
};

/* How many doubles hd_parzen_init wants for COUNT points. */
size_t hd_parzen_room(size_t axis_count, size_t count);
/* And how many hd_parzen_log, as WORK. */
size_t hd_parzen_work(size_t count);
/*
 * Over COUNT rows of POINTS (AXIS_COUNT coordinates each), in order of time.
 * ROOM holds what hd_parzen_room says, borrowed.
 */
void hd_parzen_init(struct hd_parzen *parzen, const struct hd_axis *axes,
		    size_t axis_count, const double *points, size_t count,
		    double *room);
/* One draw into POINT, from HD_PARZEN_LATEST points or fewer. */
void hd_parzen_draw(const struct hd_parzen *parzen, struct hd_rng *rng,
		    double *point);
/* Log density at POINT. */
double hd_parzen_log(const struct hd_parzen *parzen, const double *point,
		     double *work);

#endif
