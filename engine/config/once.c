/*
 * One run of a program, as a sweep of one trial: no parameters, no metric to
 * look for, nothing that stops it early. Limits of hdrive's own may stand
 * beside the one key.
 */
#include "config/load.h"

#include <math.h>

/* A type's options with their defaults; NULL for no memory. */
static const void *defaults(struct hd_loader *loader, const struct hd_option *rows,
			    size_t size)
{
	void *state = hd_arena_alloc(loader->arena, size);

	if (state)
		hd_option_defaults(rows, state);
	else
		loader->sink.code = HD_ENOMEM;
	return state;
}

void hd_once_read(struct hd_loader *loader, const struct hd_yaml_node *root)
{
	struct hd_config *config = loader->config;

	config->sampler = hd_sampler_type_find("random");
	config->sampler_options = defaults(loader, config->sampler->options,
					   config->sampler->state_size);
	config->policy = hd_policy_type_find("none");
	config->policy_options = defaults(loader, config->policy->options,
					  config->policy->state_size);
	config->metric = "";
	config->goal = HD_MINIMIZE;
	config->max_total = 1;
	config->max_concurrent = 1;
	config->max_duration = INFINITY;
	hd_hyperdrive_own_limits(loader, root);
	hd_hyperdrive_own(loader, root);
	/* Its failure is the whole's. */
	config->max_failures = 1;
}
