/* What this folder adds to the library's own. */
#ifndef PLUGINS_H
#define PLUGINS_H

#include <hdrive.h>

extern const struct hd_sampler_type halton_sampler; /* halton.c */
extern const struct hd_policy_type patience_policy; /* patience.c */

#endif
