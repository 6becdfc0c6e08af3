/* The greatest expected improvement over the space. */
#include "gain.h"

#include "feasible.h"
#include "finite.h"
#include "region.h"
#include "search.h"

#include <hdrive/error.h>

#include <math.h>

#define STREAM_GAIN 0x6a10
#define STRETCHES 3

struct gaining {
	const struct hd_gain *gain;
	struct hd_surrogate surrogate;
	struct hd_model model;
	struct hd_gp feasible;
	struct hd_promise promise;
	struct hd_region region;
	struct hd_rng rng;
};

static bool gaining_veto(const void *context, const double *point, bool soft)
{
	const struct gaining *g = context;

	(void)soft;
	return hd_finite_is_tried(g->gain->rows, point);
}

static int gaining_model(struct gaining *g, enum hd_transform transform,
			 double stretch)
{
	const struct hd_gain *gain = g->gain;
	int rc = hd_surrogate_init(&g->surrogate, gain->encoding, gain->rows,
				   gain->scratch);

	g->surrogate.stretch = stretch;
	if (rc == 0)
		rc = hd_surrogate_model(&g->surrogate, transform, gain->anchors,
					&g->model);
	if (rc == 0)
		rc = hd_region_init(&g->region, &g->surrogate, &g->model);
	if (rc == 0 && gain->rows->failed >= HD_FEASIBLE_LEAST)
		rc = hd_feasible(&g->surrogate, g->model.gp.theta, &g->feasible);
	return rc == 0 ? hd_surrogate_believe(&g->surrogate, &g->model) : rc;
}

/* A trial that fails gains nothing; the user's density is no knowledge. */
static void gaining_promise(struct gaining *g)
{
	const struct hd_gain *gain = g->gain;

	g->promise = (struct hd_promise){
		.encoding = gain->encoding,
		.gp = &g->model.gp,
		.best = g->model.best,
		.kind = HD_ACQUISITION_EI,
		.scratch = gain->scratch,
	};
	if (gain->rows->failed >= HD_FEASIBLE_LEAST)
		g->promise.feasible = &g->feasible;
}

/* The point that promises most; never only a part of the space. */
static int gaining_search(struct gaining *g, double *point)
{
	const struct hd_gain *gain = g->gain;
	struct hd_search search = {
		.encoding = gain->encoding,
		.promise = &g->promise,
		.low = g->region.low,
		.high = g->region.high,
		.lengths = g->region.lengths,
		.incumbents = g->region.incumbents,
		.incumbents_count = g->region.incumbents_count,
		.rng = &g->rng,
		.veto = gaining_veto,
		.context = g,
		.scratch = gain->scratch,
	};
	double *points;
	size_t count;
	int rc;

	for (size_t c = 0; c < gain->encoding->count; c++) {
		g->region.low[c] = fmin(g->region.low[c], 0);
		g->region.high[c] = fmax(g->region.high[c], 1);
	}
	hd_search_effort(&search, g->surrogate.stride);
	if (gain->points == 0 || gain->points > HD_FINITE_LISTED)
		return hd_search(&search, point);
	rc = hd_finite_untried(gain->encoding, gain->points, gain->rows, &points,
			       &count, gain->scratch);
	return rc == 0 ? hd_search_among(&search, points, count, point) : rc;
}

/*
 * One model's answer. In its own units, z, the expected improvement at x is
 * s h((b - m) / s), m and s the posterior's mean and deviation, b the best
 * mean and h(u) = phi(u) + u Phi(u) (Jones, Schonlau & Welch 1998, eq. 15).
 * Back in units of the results, y = g(z), it is
 *
 *   E[max(g(b) - g(z), 0)] = integral over z < b of (g(b) - g(z)) p(z) dz,
 *
 * and as each transform is affine on the better half, where b and all of that
 * z lie, g(b) - g(z) = scale (b - z): the same integral times dg/dz, exactly.
 */
static int gaining_ask(struct gaining *g, enum hd_transform transform,
		       double stretch, double *value)
{
	const struct hd_gain *gain = g->gain;
	double *point = hd_scratch_doubles(gain->scratch, gain->encoding->count);
	double log_gain;
	int rc = point ? gaining_model(g, transform, stretch) : HD_ENOMEM;

	if (rc < 0)
		return rc;
	gaining_promise(g);
	rc = gaining_search(g, point);
	*value = 0;
	if (rc != 0)
		return rc == HD_EXHAUSTED ? 0 : rc;
	rc = hd_promise_values(&g->promise, point, 1, &log_gain);
	*value = exp(log_gain) * g->model.scale;
	return rc;
}

/* Equal results say nothing of how they might differ. */
static bool all_equal(const struct hd_observations *rows)
{
	double low = INFINITY, high = -INFINITY;

	for (size_t i = 0; i < rows->count; i++)
		if (rows->outcomes[i] <= HD_OUTCOME_STOPPED) {
			low = fmin(low, rows->results[i]);
			high = fmax(high, rows->results[i]);
		}
	return !(low < high);
}

double hd_gain(const struct hd_gain *gain, double enough)
{
	static const double stretches[STRETCHES] = { 0, -HD_SURROGATE_DOUBT,
						     HD_SURROGATE_DOUBT };
	static const enum hd_transform transforms[HD_TRANSFORMS] = {
		HD_TRANSFORM_HALFRANK, HD_TRANSFORM_PLAIN
	};
	double most = NAN;

	if (all_equal(gain->rows))
		return NAN;
	for (size_t i = 0; i < STRETCHES * HD_TRANSFORMS; i++) {
		struct hd_scratch_mark mark = hd_scratch_mark(gain->scratch);
		struct gaining g = { .gain = gain };
		double value;
		int rc;

		g.rng = hd_rng_stream(gain->rng, (uint32_t)(STREAM_GAIN + i));
		rc = gaining_ask(&g, transforms[i % HD_TRANSFORMS],
				 stretches[i / HD_TRANSFORMS], &value);
		hd_scratch_reset(gain->scratch, mark);
		if (rc < 0 || isnan(value))
			return NAN;
		most = fmax(most, value);
		if (most > enough)
			break;
	}
	return most;
}
