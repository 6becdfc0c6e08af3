/*
 * Plateaus: where the result is known not to change.
 *
 * Two observations that tie exactly, with nothing different nearer to either,
 * say that the function is flat between them. Quantised metrics, saturated
 * accuracies and parameters that do not matter make such ties, and a smooth
 * model goes on measuring there. Points inside an ellipsoid about such an
 * observation are refused: its half axes are in proportion to the differences
 * of the pair, so it goes through the tie, and it is flat where the pair
 * agrees, as a coordinate in which they do not differ is not known to be flat.
 */
#ifndef HD_SAMPLERS_PLATEAU_H
#define HD_SAMPLERS_PLATEAU_H

#include <stdbool.h>

#include "encode.h"
#include "observe.h"
#include "scratch.h"

struct hd_plateaus {
	const struct hd_encoding *encoding;
	size_t count;
	double *middles, *axes; /* of the ellipsoids: count rows of columns */
};

/* Ellipsoids from the latest observations. 0 or HD_ENOMEM. */
int hd_plateaus_init(struct hd_plateaus *plateaus,
		     const struct hd_encoding *encoding,
		     const struct hd_observations *rows,
		     const double *lengths, struct hd_scratch *scratch);
bool hd_plateaus_hold(const struct hd_plateaus *plateaus, const double *point);

#endif
