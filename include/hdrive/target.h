/*
 * Targets: places where trials may run, each under a name of its user's. A
 * target is a backend (hdrive/backend.h) and what its option rows say of it:
 * hosts, a partition, a folder.
 *
 * What they say is true of a site and not of a sweep. "local" is always there
 * and means this machine.
 */
#ifndef HDRIVE_TARGET_H
#define HDRIVE_TARGET_H

#include <stddef.h>

#include <hdrive/api.h>
#include <hdrive/backend.h>

HD_BEGIN_DECLS

#define HD_TARGET_LOCAL "local"

struct hd_target {
	const char *name;
	const struct hd_backend_type *type;
	const void *settings; /* type->settings_size bytes, by type->options; NULL
				 for a type that has none */
};

HD_END_DECLS

#endif
