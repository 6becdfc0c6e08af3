/*
 * tpe - a tree-structured Parzen estimator, joint over all parameters.
 *
 * The trials are split into the best tenth and the rest; of points drawn from
 * a density around the best, the one is tried that is likeliest there by
 * comparison with a density around the rest (Bergstra et al. 2011; the joint
 * density is that of BOHB and of Optuna's multivariate TPE). Trials that run
 * count among the rest, so that the next draws keep away from them; so do
 * failed ones, and those that a policy stopped stand behind all that finished.
 *
 * A trial depends on the seed and on what was known when it was asked for.
 * Until enough results are there the points are those of the sobol sampler.
 */
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "axis.h"
#include "parzen.h"
#include "sobol.h"

/* The best: a tenth, and no more than this (Optuna's default). */
#define TPE_BEST_MOST HD_PARZEN_LATEST
/*
 * More of the rest than this are thinned out, evenly over time: what a density
 * gains from more kernels is less than their time is worth.
 */
#define TPE_REST_MOST 512
/* This stream of a trial's numbers is no parameter's. */
#define TPE_STREAM 0x74706500u

struct tpe_state {
	size_t startup;
	size_t candidates;
	struct hd_sobol_walk walk;
	struct hd_axis *axes; /* owned */
	size_t axis_count;
};

/* A trial as it is ranked. */
struct tpe_row {
	size_t trial; /* its index in the history */
	int rank;     /* 0 finished, 1 stopped, 2 failed or pending */
	double value; /* less is better */
	size_t steps; /* of a stopped one: the more the better */
};

static int tpe_init(void *vstate, const struct hd_space *space,
		    struct hd_error *err)
{
	struct tpe_state *state = vstate;
	int rc;

	if (hd_space_is_conditional(space))
		return hd_error_set(err, HD_EINVAL,
				    "tpe does not know branches");
	rc = hd_sobol_walk_init(&state->walk, space, err);
	if (rc == 0)
		rc = hd_axes_new(&state->axes, &state->axis_count, space, err);
	if (rc < 0)
		hd_sobol_walk_release(&state->walk);
	return rc;
}

static void tpe_release(void *vstate)
{
	struct tpe_state *state = vstate;

	hd_axes_free(state->axes, state->axis_count);
	hd_sobol_walk_release(&state->walk);
}

/* --- the history ----------------------------------------------------------- */

/* False for a trial that says nothing: cancelled before it logged a value. */
static bool row_read(struct tpe_row *row, const struct hd_trial *trial,
		     enum hd_goal goal)
{
	enum hd_trial_state state = hd_trial_state(trial);
	size_t steps = hd_trial_intervals(trial);
	double best = hd_trial_best(trial, steps);

	row->steps = steps;
	row->value = goal == HD_MAXIMIZE ? -best : best;
	row->rank = 2;
	if (state == HD_TRIAL_CANCELED && steps == 0)
		return false;
	if (isfinite(best) && state == HD_TRIAL_COMPLETED)
		row->rank = 0;
	else if (isfinite(best) && state == HD_TRIAL_CANCELED)
		row->rank = 1;
	return true;
}

static int row_compare(const void *va, const void *vb)
{
	const struct tpe_row *a = va, *b = vb;

	if (a->rank != b->rank)
		return a->rank - b->rank;
	if (a->rank == 1 && a->steps != b->steps)
		return a->steps > b->steps ? -1 : 1;
	if (a->rank < 2 && a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return (a->trial > b->trial) - (a->trial < b->trial);
}

/*
 * Move the MOST first of ROWS by rank to the front, everything else behind, in
 * order of time. BEST has room for MOST.
 */
static void rows_split(struct tpe_row *rows, size_t count,
		       struct tpe_row *best, size_t most)
{
	size_t kept = 0, to = count;

	for (size_t i = 0; i < count; i++) {
		size_t at = kept < most ? kept++ : most;

		while (at > 0 && row_compare(&rows[i], &best[at - 1]) < 0) {
			if (at < most)
				best[at] = best[at - 1];
			at--;
		}
		if (at < most)
			best[at] = rows[i];
	}
	if (kept == 0)
		return;
	/* From the end, so that rows move up into room that is free. */
	for (size_t i = count; i-- > 0;)
		if (row_compare(&rows[i], &best[kept - 1]) > 0)
			rows[--to] = rows[i];
	memcpy(rows, best, kept * sizeof *rows);
}

/*
 * The rows, those of the best first; *RESULTS of them have a value, *BEST are
 * the best. NULL when there is no memory.
 */
static struct tpe_row *rows_read(const struct hd_history *history,
				 size_t *count, size_t *results, size_t *best)
{
	size_t all = hd_history_known(history);
	struct tpe_row *rows = calloc(all + 1, sizeof *rows);
	struct tpe_row first[TPE_BEST_MOST];

	*count = *results = *best = 0;
	for (size_t i = 0; rows && i < all; i++) {
		struct tpe_row *row = &rows[*count];

		row->trial = i;
		if (!row_read(row, hd_history_known_trial(history, i),
			      hd_history_goal(history)))
			continue;
		*results += row->rank < 2;
		++*count;
	}
	*best = (*results + 9) / 10;
	if (*best > TPE_BEST_MOST)
		*best = TPE_BEST_MOST;
	if (rows)
		rows_split(rows, *count, first, *best);
	return rows;
}

/* --- a model --------------------------------------------------------------- */

struct tpe_model {
	const struct tpe_state *state;
	struct hd_parzen best, rest;
	double *memory; /* owned: all that follows and the mixtures' */
	double *points; /* a row each, the best first */
	double *work;
};

/* Thin COUNT rows out, evenly, to at most MOST; returns how many are left. */
static size_t rows_thin(struct tpe_row *rows, size_t count, size_t most)
{
	if (count <= most)
		return count;
	for (size_t i = 0; i < most; i++)
		rows[i] = rows[(size_t)((double)i * (double)(count - 1) /
					(double)(most - 1))];
	return most;
}

static int model_init(struct tpe_model *model, const struct tpe_state *state,
		      const struct hd_history *history,
		      const struct tpe_row *rows, size_t count, size_t best)
{
	size_t d = state->axis_count, rest = count - best;
	size_t first = hd_parzen_room(d, best);
	size_t room = first + hd_parzen_room(d, rest);

	model->state = state;
	model->memory = malloc((room + count * d + hd_parzen_work(count)) *
			       sizeof(double));
	if (!model->memory)
		return HD_ENOMEM;
	model->points = model->memory + room;
	model->work = model->points + count * d;
	for (size_t i = 0; i < count; i++) {
		const struct hd_value *values = hd_trial_values(
			hd_history_known_trial(history, rows[i].trial));

		for (size_t a = 0; a < d; a++)
			model->points[i * d + a] = hd_axis_encode(
				&state->axes[a],
				&values[state->axes[a].parameter]);
	}
	hd_parzen_init(&model->best, state->axes, d, model->points, best,
		       model->memory);
	hd_parzen_init(&model->rest, state->axes, d, model->points + best * d,
		       rest, model->memory + first);
	return 0;
}

/* --- the next trial -------------------------------------------------------- */

static bool was_tried(const struct hd_history *history, size_t width,
		      const struct hd_value *values)
{
	for (size_t i = hd_history_count(history); i-- > 0;) {
		const struct hd_value *other =
			hd_trial_values(hd_history_trial(history, i));
		size_t same = 0;

		while (same < width && hd_value_equal(&values[same], &other[same]))
			same++;
		if (same == width)
			return true;
	}
	return false;
}

/* Parameters of one value have no axis. */
static void tpe_decode(const struct tpe_state *state, const double *point,
		       struct hd_value *values)
{
	for (size_t i = 0; i < hd_space_count(state->walk.space); i++)
		values[i] = hd_expr_at(
			&hd_space_param(state->walk.space, i)->expr, 0.5);
	for (size_t a = 0; a < state->axis_count; a++)
		values[state->axes[a].parameter] =
			hd_axis_decode(&state->axes[a], point[a]);
}

/* How much likelier POINT, as it would be sent, is among the best. */
static double model_score(const struct tpe_model *model, double *point,
			  struct hd_value *values)
{
	const struct tpe_state *state = model->state;

	tpe_decode(state, point, values);
	for (size_t a = 0; a < state->axis_count; a++)
		point[a] = hd_axis_encode(&state->axes[a],
					  &values[state->axes[a].parameter]);
	return hd_parzen_log(&model->best, point, model->work) -
	       hd_parzen_log(&model->rest, point, model->work);
}

/*
 * The best candidate that was not tried yet into VALUES; false when all were.
 * POINT and OTHER are scratch.
 */
static bool model_choose(const struct tpe_model *model,
			 const struct hd_history *history, struct hd_rng *rng,
			 double *point, struct hd_value *other,
			 struct hd_value *values)
{
	size_t width = hd_space_count(model->state->walk.space);
	double best = -INFINITY;

	for (size_t i = 0; i < model->state->candidates; i++) {
		double score;

		hd_parzen_draw(&model->best, rng, point);
		score = model_score(model, point, other);
		if (score > best && !was_tried(history, width, other)) {
			best = score;
			memcpy(values, other, width * sizeof *values);
		}
	}
	return best > -INFINITY;
}

/* The first point of the Sobol walk, from trial T on, that was not tried. */
static int tpe_fresh(struct tpe_state *state, const struct hd_history *history,
		     uint64_t seed, uint64_t t, struct hd_value *values)
{
	size_t width = hd_space_count(state->walk.space);
	uint64_t most = state->walk.points ? state->walk.points : 16;
	int rc = 0;

	for (uint64_t i = 0; i < most && rc == 0; i++) {
		uint64_t at = state->walk.points ? (t + i) % most : t + i;

		rc = hd_sobol_walk_values(&state->walk, seed, at, values);
		if (rc == 0 && !was_tried(history, width, values))
			break;
	}
	return rc;
}

static int tpe_model(struct tpe_state *state, const struct hd_history *history,
		     struct hd_rng *rng, struct tpe_row *rows, size_t count,
		     size_t best, struct hd_value *values)
{
	struct tpe_model model = { 0 };
	struct hd_rng stream = hd_rng_stream(rng, TPE_STREAM);
	size_t width = hd_space_count(state->walk.space);
	struct hd_value *other = calloc(width + 1, sizeof *other);
	double *point = calloc(state->axis_count + 1, sizeof *point);
	int rc = HD_ENOMEM;

	count = best + rows_thin(rows + best, count - best, TPE_REST_MOST);
	if (other && point)
		rc = model_init(&model, state, history, rows, count, best);
	if (rc == 0 &&
	    !model_choose(&model, history, &stream, point, other, values))
		rc = tpe_fresh(state, history, rng->seed,
			       hd_history_next(history), values);
	free(model.memory);
	free(other);
	free(point);
	return rc;
}

static int tpe_suggest(void *vstate, const struct hd_history *history,
		       struct hd_rng *rng, struct hd_value *values,
		       struct hd_error *err)
{
	struct tpe_state *state = vstate;
	size_t count, results, best;
	struct tpe_row *rows;
	int rc;

	if (state->walk.points && hd_history_next(history) >= state->walk.points)
		return HD_EXHAUSTED;
	rows = rows_read(history, &count, &results, &best);
	if (!rows)
		return hd_error_nomem(err);
	if (results < state->startup || results == 0 || state->axis_count == 0)
		rc = hd_sobol_walk_values(&state->walk, rng->seed,
					  hd_history_next(history), values);
	else
		rc = tpe_model(state, history, rng, rows, count, best, values);
	free(rows);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

static uint64_t tpe_points(const void *vstate)
{
	const struct tpe_state *state = vstate;

	return state->walk.points;
}

static const struct hd_option tpe_options[] = {
	HD_OPTION_SIZE(struct tpe_state, startup, 1, 1000, 10,
		       "results before the model decides"),
	HD_OPTION_SIZE(struct tpe_state, candidates, 1, 10000, 24,
		       "draws of which the best is tried"),
	HD_OPTION_END
};

const struct hd_sampler_type hd_sampler_tpe = {
	.name = "tpe",
	.summary = "a tree-structured Parzen estimator: learns, in a millisecond",
	.options = tpe_options,
	.expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct tpe_state),
	.learns = true,
	.init = tpe_init,
	.suggest = tpe_suggest,
	.points = tpe_points,
	.release = tpe_release,
};
