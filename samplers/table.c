/* The list of samplers: a new one is its file and a row here. */
#include "table.h"

#include <strings.h>

static const struct hd_sampler_type *const sampler_table[] = {
	&hd_sampler_random,
	&hd_sampler_grid,
	&hd_sampler_sobol,
	&hd_sampler_tpe,
	&hd_sampler_auto,
	&hd_sampler_bayesian,
};

#define SAMPLERS (sizeof sampler_table / sizeof sampler_table[0])

size_t hd_sampler_types(void)
{
	return SAMPLERS;
}

const struct hd_sampler_type *hd_sampler_type_at(size_t index)
{
	return index < SAMPLERS ? sampler_table[index] : NULL;
}

const struct hd_sampler_type *hd_sampler_type_find(const char *name)
{
	for (size_t i = 0; i < SAMPLERS; i++)
		if (strcasecmp(sampler_table[i]->name, name) == 0)
			return sampler_table[i];
	return NULL;
}
