/*
 * Forecasts of places: what "forecast" and "auto" have in common.
 *
 * How well the places of trials at one interval tell those at a later one is
 * learned from the trials of the sweep that came as far; what is not yet known
 * counts as uncertain. A trial is stopped when its chance to end as the best
 * has fallen under a share of the chance that a new trial would have: its slot
 * is then better given away. forecast.c has the model.
 */
#ifndef HD_POLICIES_FORECAST_H
#define HD_POLICIES_FORECAST_H

#include <hdrive/policy.h>

#include "repeats.h"

struct forecast {
	double chance; /* of a new trial's, under which one is stopped */
	bool promote;
	size_t repeats; /* REPEATS_STOP or REPEATS_KEEP */
};

/* The vtable's functions of both policies. */
bool hd_forecast_should_stop(const void *state, const struct hd_trial *trial,
			     const struct hd_history *history,
			     struct hd_reason *why);
const struct hd_trial *hd_forecast_promote(const void *state,
					   const struct hd_history *history,
					   struct hd_reason *why);

#endif
