/* The samplers of the tree; table.c lists them. */
#ifndef HD_SAMPLERS_TABLE_H
#define HD_SAMPLERS_TABLE_H

#include <hdrive/sampler.h>

extern const struct hd_sampler_type hd_sampler_random;
extern const struct hd_sampler_type hd_sampler_grid;
extern const struct hd_sampler_type hd_sampler_sobol;
extern const struct hd_sampler_type hd_sampler_bayesian;
extern const struct hd_sampler_type hd_sampler_tpe;
extern const struct hd_sampler_type hd_sampler_auto;

#endif
