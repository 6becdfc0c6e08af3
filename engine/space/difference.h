/*
 * Whether two parameter spaces are one: a sweep whose space changed under way
 * would draw other trials than it would have.
 */
#ifndef HD_SPACE_DIFFERENCE_H
#define HD_SPACE_DIFFERENCE_H

#include <hdrive/space.h>

/*
 * 0 when NOW has the parameters and expressions of BEFORE, in the same order;
 * else HD_ESTATE, and ERR says what differs, parameter by parameter.
 */
int hd_space_compare(const struct hd_space *before, const struct hd_space *now,
		     struct hd_error *err);

#endif
