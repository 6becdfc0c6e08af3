/*
 * How much is left to be gained: the expected improvement at the point of the
 * space where it is greatest, in units of the results.
 *
 * It is what one more trial may be expected to win over what the model takes
 * for the best so far, trials that run included; the sampler's own next point
 * may well promise less, as it explores. One odd fit must not end a sweep: six
 * models are asked, each output transform with the lengths as they were
 * fitted, longer and shorter, and the greatest answer counts.
 */
#ifndef HD_SAMPLERS_GAIN_H
#define HD_SAMPLERS_GAIN_H

#include <stdint.h>

#include "surrogate.h"

/* All borrowed. */
struct hd_gain {
	const struct hd_encoding *encoding;
	struct hd_anchors *anchors;
	const struct hd_observations *rows;
	uint64_t points; /* of a finite space, else 0 */
	const struct hd_rng *rng;
	struct hd_scratch *scratch;
};

/*
 * At least 0; above ENOUGH it is a lower bound, as no further model is asked.
 * 0 when every point was tried; NAN when no model can tell: all results are
 * equal, or there is no memory.
 */
double hd_gain(const struct hd_gain *gain, double enough);

#endif
