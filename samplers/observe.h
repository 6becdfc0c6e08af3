/*
 * What a history tells a model: rows of coordinates with results.
 *
 * Rows are in order of the trials' numbers. Results are negated when the goal
 * is to maximize: less is better. A trial that a policy stopped has no final
 * result; one is imputed from what trials that went on gained after the same
 * interval, and never better than the best of those that completed. One that
 * logged exactly what another logged that went on has that one's.
 */
#ifndef HD_SAMPLERS_OBSERVE_H
#define HD_SAMPLERS_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>

#include <hdrive/trial.h>

#include "encode.h"
#include "scratch.h"

enum hd_outcome {
	HD_OUTCOME_RESULT,  /* ended, with a finite result */
	HD_OUTCOME_STOPPED, /* by a policy; the result is imputed */
	HD_OUTCOME_FAILED,  /* ended without a finite result */
	HD_OUTCOME_PENDING,
	HD_OUTCOME_NOTHING, /* cancelled: a point that was tried, no more */
};

struct hd_observations {
	size_t count, columns;
	double *points;                 /* count x columns */
	const struct hd_trial **trials; /* borrowed from the history */
	enum hd_outcome *outcomes;
	double *results;                       /* of HD_OUTCOME_RESULT and _STOPPED, else 0 */
	double *spread;                        /* variance of an imputed result, else 0 */
	size_t results_count, failed, pending; /* results: stopped included */
};

/* All lives in SCRATCH. Returns 0 or HD_ENOMEM. */
int hd_observe(const struct hd_encoding *encoding,
	       const struct hd_history *history,
	       struct hd_observations *observations,
	       struct hd_scratch *scratch);

/*
 * Whether both logged the same, as far as the shorter went and as far as first,
 * last, best and mean can tell.
 */
bool hd_observe_alike(const struct hd_trial *a, const struct hd_trial *b);

#endif
