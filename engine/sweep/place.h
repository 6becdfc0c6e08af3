/*
 * The place of a sweep: a name that nobody has, the folder called by it, the
 * lock on that, and then its row. When one cannot be had, nothing is left.
 */
#ifndef HD_SWEEP_PLACE_H
#define HD_SWEEP_PLACE_H

#include <hdrive/store.h>

#include "sweep/name.h"

/* What is to be filled; all borrowed. */
struct hd_place {
	struct hd_store *store;
	char *name;    /* HD_SWEEP_NAME_MOST + 1 bytes */
	char **folder; /* absolute; NULL, or freed and made anew: the caller's */
	int *lock;     /* descriptor of the folder's lock */
	/* Insert the row of that name; HD_EEXIST when another has it. */
	int (*insert)(void *user, struct hd_error *err);
	void *user;
};

/* Under NAME, or when that is NULL under made-up ones until one is free. */
int hd_place_take(const struct hd_place *place, const char *name,
		  struct hd_error *err);

#endif
