/*
 * A metric's values as points, and fewer of them that look the same.
 */
#ifndef HD_API_CURVE_H
#define HD_API_CURVE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Zeroed is empty. */
struct hd_curve {
	double *x, *y; /* y may be NaN */
	size_t count, room;
	size_t logged; /* how many points it had before it was thinned */
};

void hd_curve_release(struct hd_curve *curve);
void hd_curve_clear(struct hd_curve *curve);
/* 0 or HD_ENOMEM. */
int hd_curve_add(struct hd_curve *curve, double x, double y);
/*
 * Leave at most MOST points, at least 2: the first, the last, and the least
 * and the greatest of each of (MOST - 2) / 2 stretches of equally many points
 * between them, in their order. Drawn at as many pixels as there are stretches,
 * a line through them covers the same ones, or nearly: MinMax aggregation, as
 * in Jugel, Jerzak, Hackenbroich and Markl, "M4: A Visualization-Oriented Time
 * Series Data Aggregation", VLDB 2014, section 4.2. NaNs are neither least nor
 * greatest; of a stretch of nothing else the first stays, as a gap.
 */
void hd_curve_thin(struct hd_curve *curve, size_t most);
/* "count":N,"x":[...],"y":[...] */
void hd_curve_json(const struct hd_curve *curve, struct hd_buf *buf);

#endif
