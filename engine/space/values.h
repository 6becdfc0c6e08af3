/* Values of a whole space from JSON: a point that somebody names. */
#ifndef HD_SPACE_VALUES_H
#define HD_SPACE_VALUES_H

#include <hdrive/space.h>

/*
 * {"lr": 0.1, "units": 64} into VALUES, one per parameter. Names stand with or
 * without their dashes; each parameter once, each value legal for its
 * expression (an option of a choice or a branch's label, a number within the
 * bounds; the normal forms have none), and those of branches that are not drawn
 * not at all. Texts are the space's. HD_EINVAL says what is wrong.
 */
int hd_space_read_values(const struct hd_space *space, const char *json,
			 struct hd_value *values, struct hd_error *err);
/*
 * The same for a point of another space: parameters that SPACE does not have
 * are left out. HD_EINVAL when one is missing or not legal in it.
 */
int hd_space_project(const struct hd_space *space, const char *json,
		     struct hd_value *values, struct hd_error *err);

#endif
