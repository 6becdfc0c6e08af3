/* The samplers and policies that a file may name: the library's, then those
 * of the program that loads it. */
#include "config/load.h"

#include <strings.h>

const struct hd_sampler_type *hd_loader_sampler_at(const struct hd_loader *loader, size_t index)
{
	const struct hd_plugins *own = loader->plugins;
	size_t built_in = hd_sampler_types();

	if (index < built_in)
		return hd_sampler_type_at(index);
	return own && index - built_in < own->sampler_count ? own->samplers[index - built_in]
							    : NULL;
}

const struct hd_sampler_type *hd_loader_sampler_find(const struct hd_loader *loader,
						     const char *name)
{
	const struct hd_sampler_type *type = hd_sampler_type_find(name);

	for (size_t i = hd_sampler_types(); !type && hd_loader_sampler_at(loader, i); i++)
		if (!strcasecmp(hd_loader_sampler_at(loader, i)->name, name))
			type = hd_loader_sampler_at(loader, i);
	return type;
}

const struct hd_policy_type *hd_loader_policy_at(const struct hd_loader *loader, size_t index)
{
	const struct hd_plugins *own = loader->plugins;
	size_t built_in = hd_policy_types();

	if (index < built_in)
		return hd_policy_type_at(index);
	return own && index - built_in < own->policy_count ? own->policies[index - built_in] : NULL;
}

static bool policy_is_named(const struct hd_policy_type *type, const char *name)
{
	return !strcasecmp(type->name, name) || (type->v1_name && !strcasecmp(type->v1_name, name));
}

const struct hd_policy_type *hd_loader_policy_find(const struct hd_loader *loader,
						   const char *name)
{
	const struct hd_policy_type *type = hd_policy_type_find(name);

	for (size_t i = hd_policy_types(); !type && hd_loader_policy_at(loader, i); i++)
		if (policy_is_named(hd_loader_policy_at(loader, i), name))
			type = hd_loader_policy_at(loader, i);
	return type;
}

static int name_taken(const char *what, const char *name, struct hd_error *err)
{
	return hd_error_set(err, HD_EEXIST, "the library has a %s called '%s' of its own", what,
			    name);
}

int hd_plugins_check(const struct hd_plugins *plugins, struct hd_error *err)
{
	for (size_t i = 0; plugins && i < plugins->sampler_count; i++)
		if (hd_sampler_type_find(plugins->samplers[i]->name))
			return name_taken("sampler", plugins->samplers[i]->name, err);
	for (size_t i = 0; plugins && i < plugins->policy_count; i++) {
		const struct hd_policy_type *type = plugins->policies[i];

		if (hd_policy_type_find(type->name))
			return name_taken("policy", type->name, err);
		if (type->v1_name && hd_policy_type_find(type->v1_name))
			return name_taken("policy", type->v1_name, err);
	}
	return 0;
}
