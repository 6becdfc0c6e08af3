/*
 * Which trials a list shows, and in which order. Pure: rows in, indices out.
 *
 * Who has nothing to be sorted by stands last, whichever way round; among
 * equals the lower number stands first.
 */
#ifndef SCREEN_ORDER_H
#define SCREEN_ORDER_H

#include <stdbool.h>

#include "live/live.h"

enum screen_sort {
	SCREEN_SORT_NUMBER,
	SCREEN_SORT_VALUE, /* the best first */
	SCREEN_SORT_STATE, /* what runs first, then what waits */
	SCREEN_SORT_TIME,  /* the longest first */
};
#define SCREEN_SORTS 4

enum screen_filter {
	SCREEN_FILTER_ALL,
	SCREEN_FILTER_RUNNING, /* or waiting */
	SCREEN_FILTER_FAILED,
};
#define SCREEN_FILTERS 3

const char *screen_sort_name(enum screen_sort sort);
const char *screen_filter_name(enum screen_filter filter);

bool screen_is_running(const struct hd_live_trial *trial);
bool screen_is_paused(const struct hd_live_trial *trial);
/* Seconds that its last attempt has taken so far; NAN before it began. */
double screen_seconds(const struct hd_live_trial *trial, int64_t now);

struct screen_order {
	enum screen_sort sort;
	enum screen_filter filter;
	bool reverse;
	enum hd_goal goal;
	int64_t now; /* microseconds since 1970 */
	/* Whether a trial is looked for; NULL: all are. */
	bool (*match)(void *user, const struct hd_live_trial *trial);
	void *user;
};

/*
 * Those of COUNT trials, of which AT gives the one with an index, into INDICES
 * of that many; *FOUND: how many. False when there is no memory.
 */
typedef const struct hd_live_trial *(*screen_trial_at)(const void *trials, size_t index);
bool screen_order(const struct screen_order *order, const void *trials, size_t count,
		  screen_trial_at at, size_t *indices, size_t *found);

#endif
