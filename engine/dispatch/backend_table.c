/* The list of backends: a new one is a file and a row. */
#include "dispatch/backend_local.h"
#include "dispatch/backend_slurm.h"
#include "dispatch/backend_ssh.h"

#include <string.h>

static const struct hd_backend_type *const backends[] = {
	&hd_backend_local,
	&hd_backend_slurm,
	&hd_backend_ssh,
};

size_t hd_backend_types(void)
{
	return sizeof backends / sizeof backends[0];
}

const struct hd_backend_type *hd_backend_type_at(size_t index)
{
	return index < hd_backend_types() ? backends[index] : NULL;
}

const struct hd_backend_type *hd_backend_type_find(const char *name)
{
	for (size_t i = 0; i < hd_backend_types(); i++)
		if (strcmp(backends[i]->name, name) == 0)
			return backends[i];
	return NULL;
}
