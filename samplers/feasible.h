/*
 * Where trials fail: a model of labels, 1 for a failed trial and -1 for one
 * with a result, whose probit tells the chance of success.
 */
#ifndef HD_SAMPLERS_FEASIBLE_H
#define HD_SAMPLERS_FEASIBLE_H

#include "surrogate.h"

/* Failures from which on they are modelled. */
#define HD_FEASIBLE_LEAST 2

/*
 * The model of labels on the rows of SURROGATE, lengths from THETA; 1 is
 * success. GP lives in the scratch. 0 or a negative code.
 */
int hd_feasible(const struct hd_surrogate *surrogate, const double *theta,
		struct hd_gp *gp);

#endif
