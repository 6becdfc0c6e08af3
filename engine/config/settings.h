/*
 * Options of a sampler, a policy or a target, which their rows alone describe
 * (hdrive/option.h): from a mapping of the file into the type's own state.
 */
#ifndef HD_CONFIG_SETTINGS_H
#define HD_CONFIG_SETTINGS_H

#include "config/load.h"

/*
 * A state of STATE_SIZE bytes, in the loader's arena, with the defaults of ROWS
 * and what MAP, which may be NULL, says in place of them; NULL when there is no
 * memory. OWNER is how the file names the type, PLACE where it does. Texts
 * lie in the arena too.
 */
void *hd_settings_read(struct hd_loader *loader, const struct hd_yaml_node *map,
		       const struct hd_option *rows, size_t state_size,
		       const char *owner, const struct hd_yaml_place *place);

#endif
