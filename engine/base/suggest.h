/* "did you mean": the known word that is nearest to a mistyped one. */
#ifndef HD_BASE_SUGGEST_H
#define HD_BASE_SUGGEST_H

#include <stddef.h>

#include <hdrive/error.h> /* hd_suggest itself: public */

/* How many such slips lie between A and B; SIZE_MAX for overlong words. */
size_t hd_suggest_distance(const char *a, const char *b);

#endif
