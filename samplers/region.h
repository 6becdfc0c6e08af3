/*
 * Where to search: the incumbents, the model's lengths, and the box.
 */
#ifndef HD_SAMPLERS_REGION_H
#define HD_SAMPLERS_REGION_H

#include "surrogate.h"

#define HD_REGION_INCUMBENTS 3

struct hd_region {
	double *incumbents; /* rows of columns, the best first */
	size_t incumbents_count;
	double *lengths;    /* of the model, one per column */
	double *low, *high; /* box of the numeric columns */
};

/*
 * The incumbents are the rows with the least posterior means of MODEL. The
 * box is the whole space, wider where the best lies near the end of a normal
 * family; past 20 parameters, when 2 d results in a row brought nothing, it
 * shrinks around the incumbent in proportion to the lengths (TuRBO: Eriksson
 * et al., NeurIPS 2019, section 2). All lives in the surrogate's scratch. 0
 * or HD_ENOMEM.
 */
int hd_region_init(struct hd_region *region,
		   const struct hd_surrogate *surrogate,
		   const struct hd_model *model);

#endif
