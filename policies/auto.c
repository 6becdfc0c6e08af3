/*
 * auto - forecast, with a bound that keeps the very best trial.
 *
 * At 0.025 it is safe where a trial that was stopped cannot be taken up again,
 * too: over recorded and made-up curves the best trial was kept in 97 of 100
 * sweeps. docs/explanation/early-termination.md has the figures.
 */
#include "forecast.h"
#include "table.h"

#define AUTO_CHANCE 0.025

static int auto_init(void *vstate, struct hd_error *err)
{
	struct forecast *forecast = vstate;

	(void)err;
	forecast->chance = AUTO_CHANCE;
	forecast->promote = true;
	return 0;
}

const struct hd_policy_type hd_policy_auto = {
	.name = "auto",
	.summary = "stops what is hopeless and keeps the best: when in doubt, this",
	.state_size = sizeof(struct forecast),
	.compares = true,
	.has_rungs = true,
	.init = auto_init,
	.should_stop = hd_forecast_should_stop,
	.promote = hd_forecast_promote,
};
