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
	/* The folder for the sweep's, absolute, which a link beside the store then
	 * leads to; ID tells it there from other stores'. NULL: beside the store. */
	const char *ground;
	const char *id;
	char *name;    /* HD_SWEEP_NAME_MOST + 1 bytes */
	char **folder; /* absolute; NULL, or freed and made anew: the caller's */
	int *lock;     /* descriptor of the folder's lock */
	/* Insert the row of that name; HD_EEXIST when another has it. */
	int (*insert)(void *user, struct hd_error *err);
	void *user;
};

/* How its folder is called on a ground: NAME and the first digits of ID. */
#define HD_PLACE_NAME (HD_SWEEP_NAME_MOST + 10)
void hd_place_name(char text[HD_PLACE_NAME], const char *name, const char *id);
/* Where the sweep's folder is that FOLDER, beside the store, may be a link to;
 * the caller's to free(). NULL for no memory. */
char *hd_place_follow(const char *folder);

/* Under NAME, or when that is NULL under made-up ones until one is free. */
int hd_place_take(const struct hd_place *place, const char *name,
		  struct hd_error *err);

#endif
