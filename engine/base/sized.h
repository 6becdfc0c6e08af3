/*
 * Structs that grow: the first member is the size that the caller's header
 * gave them. A caller of an older header has fewer fields, which are then 0;
 * one of a newer header has more, which are not looked at.
 */
#ifndef HD_BASE_SIZED_H
#define HD_BASE_SIZED_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * GIVEN into OWN, of SIZE bytes. False when GIVEN is NULL or smaller than
 * LEAST, the size it had in the first release.
 */
static inline bool hd_sized_copy(void *own, size_t size, const void *given,
				 size_t least)
{
	size_t theirs = 0;

	memset(own, 0, size);
	if (given)
		memcpy(&theirs, given, sizeof theirs);
	if (theirs < least)
		return false;
	memcpy(own, given, theirs < size ? theirs : size);
	return true;
}

#endif
