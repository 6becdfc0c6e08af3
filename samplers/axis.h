/*
 * Axes: a parameter as one coordinate of a density, for tree-structured Parzen
 * estimators.
 *
 * Bounded numbers lie in [0, 1] on the scale on which they are drawn, of the
 * normal families the coordinate is the number of standard deviations from the
 * mean. A choice is a category, whose coordinate is the option's index, unless
 * its options are numbers in a row: then it is their ranks.
 */
#ifndef HD_SAMPLERS_AXIS_H
#define HD_SAMPLERS_AXIS_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/error.h>
#include <hdrive/space.h>

struct hd_axis {
	size_t parameter;           /* in the space */
	const struct hd_expr *expr; /* borrowed */
	bool is_category;
	bool is_normal;
	size_t levels;    /* of a category or a list of numbers, else 0 */
	size_t *ranks;    /* of each option, then the option of each rank; owned,
			     NULL but for a choice of numbers */
	double low, high; /* where a density is cut */
	double range;     /* what a bandwidth is measured by */
};

/*
 * The parameters with more than one value: *OUT has *COUNT of them, owned.
 * HD_ENOMEM; SPACE must outlive them.
 */
int hd_axes_new(struct hd_axis **out, size_t *count,
		const struct hd_space *space, struct hd_error *err);
void hd_axes_free(struct hd_axis *axes, size_t count);

/* NaN for an absent value. */
double hd_axis_encode(const struct hd_axis *axis, const struct hd_value *value);
/* The value nearest to coordinate E, always legal. */
struct hd_value hd_axis_decode(const struct hd_axis *axis, double e);
/* How far apart values are near E; 0 where there is no step. */
double hd_axis_step(const struct hd_axis *axis, double e);

#endif
