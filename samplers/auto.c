/*
 * auto - picks one of the other samplers by space and budget, and says which.
 *
 * The pick is made once, when the first trial is asked for, since it needs the
 * number of trials; it depends on space, budget and slots alone, so that a
 * resumed sweep picks the same.
 */
#include "table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Past so many trials a model that looks at all of them is too slow. */
#define AUTO_MODEL_MOST 10000
#define AUTO_NOTE 160

struct auto_state {
	const struct hd_space *space;
	const struct hd_sampler_type *type; /* NULL until it is picked */
	void *inner;                        /* owned: its state */
	char note[AUTO_NOTE];
};

static int auto_init(void *vstate, const struct hd_space *space,
		     struct hd_error *err)
{
	struct auto_state *state = vstate;

	(void)err;
	state->space = space;
	return 0;
}

static void auto_release(void *vstate)
{
	struct auto_state *state = vstate;

	if (state->inner && state->type->release)
		state->type->release(state->inner);
	free(state->inner);
}

/* Make TYPE's state; HD_EINVAL when the space does not fit it. */
static int auto_open(struct auto_state *state,
		     const struct hd_sampler_type *type, struct hd_error *err)
{
	void *inner = calloc(1, type->state_size + 1);
	const struct hd_option *shuffle =
		hd_option_find(type->options, "shuffle");
	int rc = 0;

	if (!inner)
		return hd_error_nomem(err);
	hd_option_defaults(type->options, inner);
	if (shuffle)
		hd_option_store(shuffle, inner, true);
	if (type->init)
		rc = type->init(inner, state->space, err);
	if (rc < 0) {
		free(inner);
		return rc;
	}
	state->type = type;
	state->inner = inner;
	return 0;
}

static void auto_say(struct auto_state *state, const char *why)
{
	snprintf(state->note, sizeof state->note, "auto is %s sampling: %s",
		 state->type->name, why);
}

/* The model for DRAWN trials; a build without a Bayesian one has tpe. */
static const struct hd_sampler_type *auto_model(size_t total)
{
	const struct hd_sampler_type *model = hd_sampler_type_find("bayesian");

	return model && total <= AUTO_MODEL_MOST ? model : &hd_sampler_tpe;
}

static int auto_pick(struct auto_state *state, const struct hd_history *history,
		     struct hd_error *err)
{
	uint64_t points = hd_space_points(state->space);
	size_t total = hd_history_total(history);
	size_t slots = hd_history_slots(history);
	int rc;

	if (points > 0 && points <= total) {
		/* A grid is choosy about its options: then the next. */
		rc = auto_open(state, &hd_sampler_grid, NULL);
		if (rc == 0)
			auto_say(state, "every point of the space can be tried");
		if (rc != HD_EINVAL)
			return rc;
	}
	if (total > 0 && total <= slots) {
		rc = auto_open(state, &hd_sampler_sobol, err);
		if (rc == 0)
			auto_say(state, "all trials run at once, so that none"
					" can learn from another");
		return rc;
	}
	rc = auto_open(state, auto_model(total), err);
	if (rc == 0)
		auto_say(state, total > AUTO_MODEL_MOST
					? "it stays fast with so many trials"
					: "trials learn from those before them");
	return rc;
}

static int auto_suggest(void *vstate, const struct hd_history *history,
			struct hd_rng *rng, struct hd_value *values,
			struct hd_error *err)
{
	struct auto_state *state = vstate;

	if (!state->type) {
		int rc = auto_pick(state, history, err);

		if (rc < 0)
			return rc;
	}
	return state->type->suggest(state->inner, history, rng, values, err);
}

/* What every sampler that it may pick holds: no point of these comes twice. */
static uint64_t auto_points(const void *vstate)
{
	const struct auto_state *state = vstate;
	unsigned finite = HD_EXPR_CHOICE | HD_EXPR_RANDINT;

	if (state->type && state->type->points)
		return state->type->points(state->inner);
	if (hd_space_expressions(state->space) & ~finite)
		return 0;
	return hd_space_points(state->space);
}

static const char *auto_note(const void *vstate)
{
	const struct auto_state *state = vstate;

	return state->note[0] ? state->note : NULL;
}

/* Of a grid, a sequence or TPE nothing is known. */
static double auto_gain(void *vstate, const struct hd_history *history,
			const struct hd_rng *rng, double enough)
{
	struct auto_state *state = vstate;

	return state->type && state->type->expected_improvement
		       ? state->type->expected_improvement(state->inner, history,
							   rng, enough)
		       : NAN;
}

const struct hd_sampler_type hd_sampler_auto = {
	.name = "auto",
	.summary = "picks another by space and budget, and says which",
	.expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct auto_state),
	.learns = true, /* as what it may pick */
	.init = auto_init,
	.suggest = auto_suggest,
	.points = auto_points,
	.note = auto_note,
	.release = auto_release,
	.expected_improvement = auto_gain,
};
