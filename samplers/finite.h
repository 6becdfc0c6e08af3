/*
 * Finite spaces: every point has a number, and none is proposed twice while
 * others are left.
 */
#ifndef HD_SAMPLERS_FINITE_H
#define HD_SAMPLERS_FINITE_H

#include <stdbool.h>
#include <stdint.h>

#include "encode.h"
#include "observe.h"
#include "scratch.h"

/* Spaces of up to so many points are searched point by point. */
#define HD_FINITE_LISTED 4096

/* Two points closer than this in every coordinate are the same. */
#define HD_FINITE_SAME 1e-5

bool hd_finite_is_tried(const struct hd_observations *rows, const double *point);
/*
 * All points that are not among ROWS, of a space with TOTAL of them, at most
 * HD_FINITE_LISTED: COUNT rows of columns in *POINTS, in SCRATCH. 0 or
 * HD_ENOMEM.
 */
int hd_finite_untried(const struct hd_encoding *encoding, uint64_t total,
		      const struct hd_observations *rows, double **points,
		      size_t *count, struct hd_scratch *scratch);
/*
 * One such point of a space of any size, in an order fixed by SEED: 0,
 * HD_EXHAUSTED when all were tried, or HD_ENOMEM.
 */
int hd_finite_next(const struct hd_encoding *encoding, uint64_t total,
		   uint64_t seed, const struct hd_observations *rows,
		   double *point, struct hd_scratch *scratch);

#endif
