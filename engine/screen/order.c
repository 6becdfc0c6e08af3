#include "screen/order.h"

#include <math.h>
#include <stdlib.h>

struct place {
	double key; /* the smaller the sooner; NAN: last */
	size_t index;
};

const char *screen_sort_name(enum screen_sort sort)
{
	static const char *const names[SCREEN_SORTS] = {
		[SCREEN_SORT_NUMBER] = "number",
		[SCREEN_SORT_VALUE] = "value",
		[SCREEN_SORT_STATE] = "state",
		[SCREEN_SORT_TIME] = "time",
	};

	return names[sort];
}

const char *screen_filter_name(enum screen_filter filter)
{
	static const char *const names[SCREEN_FILTERS] = {
		[SCREEN_FILTER_ALL] = "all",
		[SCREEN_FILTER_RUNNING] = "running",
		[SCREEN_FILTER_FAILED] = "failed",
	};

	return names[filter];
}

bool screen_is_running(const struct hd_live_trial *trial)
{
	return trial->state == HD_TRIAL_STARTING || trial->state == HD_TRIAL_RUNNING ||
	       trial->state == HD_TRIAL_STOPPING;
}

bool screen_is_paused(const struct hd_live_trial *trial)
{
	return trial->state == HD_TRIAL_CANCELED && trial->end == HD_END_PAUSED;
}

double screen_seconds(const struct hd_live_trial *trial, int64_t now)
{
	int64_t end = trial->ended ? trial->ended : now;

	if (trial->started == 0 || trial->state == HD_TRIAL_QUEUED)
		return NAN;
	return end > trial->started ? (double)(end - trial->started) / 1e6 : 0;
}

/* In which order states are of interest. */
static double state_rank(const struct hd_live_trial *trial)
{
	switch ((enum hd_trial_state)trial->state) {
	case HD_TRIAL_RUNNING:
		return 0;
	case HD_TRIAL_STARTING:
		return 1;
	case HD_TRIAL_STOPPING:
		return 2;
	case HD_TRIAL_QUEUED:
		return 3;
	case HD_TRIAL_FAILED:
		return 5;
	case HD_TRIAL_CANCELED:
		return screen_is_paused(trial) ? 4 : 6;
	case HD_TRIAL_COMPLETED:
		return 7;
	}
	return 8;
}

static double order_key(const struct screen_order *order,
			const struct hd_live_trial *trial)
{
	double key = NAN;

	switch (order->sort) {
	case SCREEN_SORT_NUMBER:
		key = trial->number;
		break;
	case SCREEN_SORT_VALUE:
		key = order->goal == HD_MAXIMIZE ? -trial->value : trial->value;
		break;
	case SCREEN_SORT_STATE:
		key = state_rank(trial);
		break;
	case SCREEN_SORT_TIME:
		key = -screen_seconds(trial, order->now);
		break;
	}
	return order->reverse ? -key : key;
}

static bool order_takes(const struct screen_order *order,
			const struct hd_live_trial *trial)
{
	switch (order->filter) {
	case SCREEN_FILTER_ALL:
		break;
	case SCREEN_FILTER_RUNNING:
		if (!screen_is_running(trial) && trial->state != HD_TRIAL_QUEUED)
			return false;
		break;
	case SCREEN_FILTER_FAILED:
		if (trial->state != HD_TRIAL_FAILED)
			return false;
		break;
	}
	return !order->match || order->match(order->user, trial);
}

static int place_compare(const void *va, const void *vb)
{
	const struct place *a = va, *b = vb;

	if (isnan(a->key) != isnan(b->key))
		return isnan(a->key) ? 1 : -1;
	if (a->key < b->key || a->key > b->key)
		return a->key < b->key ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

bool screen_order(const struct screen_order *order, const void *trials, size_t count,
		  screen_trial_at at, size_t *indices, size_t *found)
{
	struct place *places = malloc((count + 1) * sizeof *places);

	*found = 0;
	if (!places)
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct hd_live_trial *trial = at(trials, i);

		if (order_takes(order, trial))
			places[(*found)++] = (struct place){ order_key(order, trial), i };
	}
	/* As they come they are by number. */
	if (order->sort != SCREEN_SORT_NUMBER || order->reverse)
		qsort(places, *found, sizeof *places, place_compare);
	for (size_t i = 0; i < *found; i++)
		indices[i] = places[i].index;
	free(places);
	return true;
}
