/*
 * bayesian - a Gaussian process learns from every trial where the next one
 * promises most.
 *
 * The first trials are an even design that begins in the middle. After that
 * each suggestion models the results under one of two output transforms, in
 * turn: none is right for every problem, and what one of them gets wrong the
 * next trial does not repeat. It draws an acquisition and searches the space
 * for its maximum. Pending trials are believed, failed ones avoided, points
 * that were tried, lie on a plateau or repeat a result rather than not passed
 * over, those that might repeat one put back; a finite space is finished
 * without repeating a point.
 *
 * A suggestion is a pure function of options, seed, number and history: work
 * is bounded by counts, not by a clock, and what the state keeps between
 * suggestions is a cache.
 */
#include "table.h"

#include "encode.h"
#include "feasible.h"
#include "finite.h"
#include "gain.h"
#include "novelty.h"
#include "observe.h"
#include "plateau.h"
#include "region.h"
#include "search.h"
#include "sobol.h"
#include "surrogate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The first trials: one more than parameters, between these. */
#define FIRST_LEAST 5
#define FIRST_MOST 10
/* Weight of the user's density, divided by the results (pi-BO's beta). */
#define DENSITY_WEIGHT 5.0
/* Acquisitions are drawn: log EI, LCB, and log PI for the rest. */
#define SHARE_EI 0.6
#define SHARE_LCB 0.3
/* For so many results in a row little must have been left to be gained... */
#define GAIN_AGES 5
/* ... each time known from so many times the first trials. */
#define GAIN_RESULTS 2
/* Past this many results every second suggestion is TPE's. */
#define RESULTS_MANY 5000

enum bayesian_stream {
	STREAM_ACQUISITION = 0xba01,
	STREAM_LENGTHS,
};

struct bayesian_state {
	size_t initial_trials; /* 0: by the number of parameters */
	struct hd_encoding encoding;
	struct hd_anchors anchors;
	struct hd_anchors past; /* of what is left to be gained */
	uint64_t points;        /* of a finite space, else 0 */
	const struct hd_sampler_type *tpe;
	void *tpe_state;
};

/* All that one suggestion works on. */
struct suggestion {
	const struct bayesian_state *state;
	struct hd_anchors *anchors;
	const struct hd_encoding *encoding;
	struct hd_rng *rng;
	size_t number; /* of the trial */
	struct hd_scratch scratch;
	struct hd_observations rows;
	struct hd_surrogate surrogate;
	struct hd_model model;
	struct hd_promise promise;
	struct hd_gp feasible;
	struct hd_region region;
	struct hd_plateaus plateaus;
	struct hd_novelty novelty;
	double *point;
};

/* A state of its own; an init that fails has cleaned up after itself. */
static int bayesian_init_tpe(struct bayesian_state *state,
			     const struct hd_space *space, struct hd_error *err)
{
	const struct hd_sampler_type *tpe = hd_sampler_type_find("tpe");
	void *inner;
	int rc;

	if (!tpe)
		return 0;
	inner = calloc(1, tpe->state_size);
	if (!inner)
		return hd_error_nomem(err);
	hd_option_defaults(tpe->options, inner);
	rc = tpe->init ? tpe->init(inner, space, err) : 0;
	if (rc < 0) {
		free(inner);
		return rc;
	}
	state->tpe = tpe;
	state->tpe_state = inner;
	return 0;
}

static void bayesian_release(void *vstate)
{
	struct bayesian_state *state = vstate;

	if (state->tpe && state->tpe->release)
		state->tpe->release(state->tpe_state);
	free(state->tpe_state);
	state->tpe = NULL;
	state->tpe_state = NULL;
	hd_anchors_release(&state->anchors);
	hd_anchors_release(&state->past);
	hd_encoding_release(&state->encoding);
}

static int bayesian_init(void *vstate, const struct hd_space *space,
			 struct hd_error *err)
{
	struct bayesian_state *state = vstate;
	int rc;

	state->points = hd_space_points(space);
	if (state->points == UINT64_MAX)
		state->points = 0;
	if (hd_encoding_init(&state->encoding, space) < 0 ||
	    hd_anchors_init(&state->anchors, &state->encoding.kernel) < 0 ||
	    hd_anchors_init(&state->past, &state->encoding.kernel) < 0)
		rc = hd_error_nomem(err);
	else
		rc = bayesian_init_tpe(state, space, err);
	if (rc < 0)
		bayesian_release(state);
	return rc;
}

static uint64_t bayesian_points(const void *vstate)
{
	const struct bayesian_state *state = vstate;

	return state->points;
}

/* --- the first trials ----------------------------------------------------- */

static size_t first_trials(const struct suggestion *s)
{
	size_t wanted = s->encoding->count + 1;

	if (s->state->initial_trials > 0)
		return s->state->initial_trials;
	if (wanted < FIRST_LEAST)
		return FIRST_LEAST;
	return wanted < FIRST_MOST ? wanted : FIRST_MOST;
}

/* Too few trials were given, or too few ended, for a model. */
static bool is_first(const struct suggestion *s)
{
	return s->rows.count < first_trials(s) || s->rows.results_count < 2;
}

/* Point INDEX of the design: the middle, then scrambled Sobol points. */
static void design_point(const struct suggestion *s, uint64_t index)
{
	for (size_t c = 0; c < s->encoding->count; c++) {
		const struct hd_column *column = &s->encoding->columns[c];
		double u = hd_sobol_point(s->rng->seed, index, c);

		if (index == 0 && !column->nominal)
			u = 0.5;
		s->point[c] = hd_column_draw(column, u);
	}
	hd_encoding_prune(s->encoding, s->point);
}

/* A point without a model that was not tried yet, if there is one. */
static int suggest_evenly(struct suggestion *s)
{
	for (uint64_t i = 0; i < 32; i++) {
		/* Far ahead in the sequence no other trial looks. */
		design_point(s, s->number + (i << 24));
		if (!hd_finite_is_tried(&s->rows, s->point))
			return 0;
	}
	if (s->state->points == 0)
		return 0;
	return hd_finite_next(s->encoding, s->state->points, s->rng->seed,
			      &s->rows, s->point, &s->scratch);
}

/* --- the model ------------------------------------------------------------ */

/* Box-Muller: two uniforms a number, no state between calls. */
static double draw_normal(struct hd_rng *rng)
{
	double u = hd_rng_uniform(rng), v = hd_rng_uniform(rng);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static void draw_acquisition(struct suggestion *s)
{
	struct hd_rng rng = hd_rng_stream(s->rng, STREAM_ACQUISITION);
	double u = hd_rng_uniform(&rng);

	s->promise.kappa = 0.3 + fabs(1 + draw_normal(&rng));
	if (u < SHARE_EI)
		s->promise.kind = HD_ACQUISITION_EI;
	else if (u < SHARE_EI + SHARE_LCB)
		s->promise.kind = HD_ACQUISITION_LCB;
	else
		s->promise.kind = HD_ACQUISITION_PI;
}

static int suggestion_model(struct suggestion *s)
{
	enum hd_transform transform = s->number % 2 ? HD_TRANSFORM_HALFRANK
						    : HD_TRANSFORM_PLAIN;
	struct hd_rng rng = hd_rng_stream(s->rng, STREAM_LENGTHS);
	int rc = hd_surrogate_init(&s->surrogate, s->encoding, &s->rows,
				   &s->scratch);

	s->surrogate.stretch = HD_SURROGATE_DOUBT * draw_normal(&rng);
	if (rc == 0)
		rc = hd_surrogate_model(&s->surrogate, transform, s->anchors,
					&s->model);
	if (rc == 0)
		rc = hd_region_init(&s->region, &s->surrogate, &s->model);
	if (rc == 0)
		rc = hd_plateaus_init(&s->plateaus, s->encoding, &s->rows,
				      s->region.lengths, &s->scratch);
	if (rc == 0)
		rc = hd_novelty_init(&s->novelty, s->encoding, &s->rows,
				     &s->scratch);
	if (rc == 0 && s->rows.failed >= HD_FEASIBLE_LEAST)
		rc = hd_feasible(&s->surrogate, s->model.gp.theta,
				 &s->feasible);
	if (rc == 0)
		rc = hd_surrogate_believe(&s->surrogate, &s->model);
	return rc;
}

static void suggestion_promise(struct suggestion *s)
{
	draw_acquisition(s);
	s->promise.encoding = s->encoding;
	s->promise.scratch = &s->scratch;
	s->promise.gp = &s->model.gp;
	s->promise.novelty = &s->novelty;
	s->promise.best = s->model.best;
	s->promise.density = DENSITY_WEIGHT /
			     (double)(s->rows.results_count + 1);
	if (s->rows.failed >= HD_FEASIBLE_LEAST)
		s->promise.feasible = &s->feasible;
}

/* --- the search ----------------------------------------------------------- */

static bool suggestion_veto(const void *context, const double *point, bool soft)
{
	const struct suggestion *s = context;

	if (soft && (hd_plateaus_hold(&s->plateaus, point) ||
		     hd_novelty_is_repeat(&s->novelty, point)))
		return true;
	return hd_finite_is_tried(&s->rows, point);
}

static int suggestion_search(struct suggestion *s)
{
	struct hd_search search = {
		.encoding = s->encoding,
		.promise = &s->promise,
		.low = s->region.low,
		.high = s->region.high,
		.lengths = s->region.lengths,
		.incumbents = s->region.incumbents,
		.incumbents_count = s->region.incumbents_count,
		.rng = s->rng,
		.veto = suggestion_veto,
		.context = s,
		.scratch = &s->scratch,
	};
	double *points;
	size_t count;
	int rc;

	hd_search_effort(&search, s->surrogate.stride);
	if (s->state->points == 0 || s->state->points > HD_FINITE_LISTED)
		return hd_search(&search, s->point);
	rc = hd_finite_untried(s->encoding, s->state->points, &s->rows, &points,
			       &count, &s->scratch);
	return rc == 0 ? hd_search_among(&search, points, count, s->point) : rc;
}

static int suggest_by_model(struct suggestion *s)
{
	int rc = suggestion_model(s);

	if (rc < 0)
		return rc;
	suggestion_promise(s);
	return suggestion_search(s);
}

/* --- all together --------------------------------------------------------- */

static bool is_exhausted(struct suggestion *s)
{
	if (s->state->points == 0 || s->rows.count < s->state->points)
		return false;
	if (s->encoding->count == 0)
		return true;
	return hd_finite_next(s->encoding, s->state->points, s->rng->seed,
			      &s->rows, s->point,
			      &s->scratch) == HD_EXHAUSTED;
}

static int suggestion_point(struct suggestion *s)
{
	int rc;

	if (is_exhausted(s))
		return HD_EXHAUSTED;
	if (is_first(s) || s->encoding->count == 0)
		return suggest_evenly(s);
	rc = suggest_by_model(s);
	if (rc == 0 || rc == HD_ENOMEM)
		return rc;
	/* No factor, or nothing left that the search could propose. */
	return suggest_evenly(s);
}

static bool is_for_tpe(const struct suggestion *s)
{
	return s->state->tpe && s->rows.results_count > RESULTS_MANY &&
	       s->number / 2 % 2 == 0;
}

static int bayesian_suggest(void *vstate, const struct hd_history *history,
			    struct hd_rng *rng, struct hd_value *values,
			    struct hd_error *err)
{
	struct bayesian_state *state = vstate;
	struct suggestion s = { .state = state,
				.anchors = &state->anchors,
				.encoding = &state->encoding,
				.rng = rng,
				.number = hd_history_next(history) };
	int rc = HD_ENOMEM;

	s.point = hd_scratch_doubles(&s.scratch, s.encoding->count);
	if (s.point)
		rc = hd_observe(s.encoding, history, &s.rows, &s.scratch);
	if (rc == 0 && is_for_tpe(&s)) {
		rc = state->tpe->suggest(state->tpe_state, history, rng, values,
					 err);
	} else if (rc == 0) {
		rc = suggestion_point(&s);
		if (rc == 0)
			hd_encoding_decode(s.encoding, s.point, values);
	}
	if (s.scratch.failed)
		rc = HD_ENOMEM;
	hd_scratch_release(&s.scratch);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

/* --- what is left to be gained --------------------------------------------- */

/* The newest result is not known yet; its point was tried all the same. */
static void forget_newest(struct hd_observations *rows)
{
	size_t at = rows->count;

	while (at > 0 && rows->outcomes[at - 1] > HD_OUTCOME_STOPPED)
		at--;
	if (at == 0)
		return;
	rows->outcomes[at - 1] = HD_OUTCOME_NOTHING;
	rows->results_count--;
}

/*
 * Little is left only if it was so before each of the last results too: few
 * results mislead a model for a while. Asked as of now first, so that it costs
 * one model while much is left.
 */
static double gain_of(struct suggestion *s, const struct hd_gain *gain,
		      double enough)
{
	double most = 0;

	for (size_t age = 0; age < GAIN_AGES; age++) {
		double value = NAN;

		if (age > 0)
			forget_newest(&s->rows);
		if (s->rows.results_count >= GAIN_RESULTS * first_trials(s))
			value = hd_gain(gain, enough);
		if (isnan(value) || value > enough)
			return value;
		most = fmax(most, value);
	}
	return most;
}

static double bayesian_gain(void *vstate, const struct hd_history *history,
			    const struct hd_rng *rng, double enough)
{
	struct bayesian_state *state = vstate;
	struct suggestion s = { .state = state, .encoding = &state->encoding };
	struct hd_gain gain = { .encoding = &state->encoding,
				.anchors = &state->past,
				.rows = &s.rows,
				.points = state->points,
				.rng = rng,
				.scratch = &s.scratch };
	double value = NAN;

	if (hd_observe(s.encoding, history, &s.rows, &s.scratch) == 0 &&
	    s.encoding->count > 0)
		value = gain_of(&s, &gain, enough);
	hd_scratch_release(&s.scratch);
	return value;
}

static const struct hd_option bayesian_options[] = {
	HD_OPTION_SIZE(struct bayesian_state, initial_trials, 0, 10000, 0,
		       "trials spread evenly before the first model; 0 is one"
		       " more than parameters, from 5 to 10"),
	HD_OPTION_END
};

const struct hd_sampler_type hd_sampler_bayesian = {
	.name = "bayesian",
	.summary = "a Gaussian process learns where the next trial promises"
		   " most",
	.options = bayesian_options,
	.expressions = HD_EXPR_ALL,
	.azure_expressions = HD_EXPR_CHOICE | HD_EXPR_UNIFORM |
			     HD_EXPR_QUNIFORM,
	.state_size = sizeof(struct bayesian_state),
	.learns = true,
	.init = bayesian_init,
	.suggest = bayesian_suggest,
	.points = bayesian_points,
	.release = bayesian_release,
	.expected_improvement = bayesian_gain,
};
