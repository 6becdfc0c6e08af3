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
 * Parameters that exist together make a group with densities of its own, over
 * the trials that have them; a point is drawn group by group, those of a branch
 * behind its choice, and what it promises is the sum over its groups.
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

/* Axes that exist in the same trials. */
struct tpe_group {
	size_t parent, branch; /* what they hang on, as of a parameter */
	size_t first, count;   /* of the axes */
};

struct tpe_state {
	size_t startup;
	size_t candidates;
	struct hd_sobol_walk walk;
	struct hd_axis *axes; /* owned, group by group */
	size_t axis_count;
	struct tpe_group *groups; /* owned; that of a choice before its own */
	size_t group_count;
};

/* A trial as it is ranked. */
struct tpe_row {
	size_t trial; /* its index in the history */
	int rank;     /* 0 finished, 1 stopped, 2 failed or pending */
	double value; /* less is better */
	size_t steps; /* of a stopped one: the more the better */
};

static void tpe_release(void *vstate)
{
	struct tpe_state *state = vstate;

	hd_axes_free(state->axes, state->axis_count);
	free(state->groups);
	hd_sobol_walk_release(&state->walk);
}

/* What AXIS hangs on; choices of one option are no matter. */
static struct tpe_group axis_group(const struct tpe_state *state,
				   const struct hd_axis *axis)
{
	const struct hd_space *space = state->walk.space;
	const struct hd_param *param = hd_space_param(space, axis->parameter);

	while (param->parent != HD_SPACE_TOP &&
	       hd_space_param(space, param->parent)->expr.option_count == 1)
		param = hd_space_param(space, param->parent);
	return (struct tpe_group){ .parent = param->parent,
				   .branch = param->branch };
}

/* The group of AXIS, which may be a new one. */
static size_t group_find(struct tpe_state *state, const struct hd_axis *axis)
{
	struct tpe_group wanted = axis_group(state, axis);
	size_t g = 0;

	while (g < state->group_count &&
	       (state->groups[g].parent != wanted.parent ||
		state->groups[g].branch != wanted.branch))
		g++;
	if (g == state->group_count)
		state->groups[state->group_count++] = wanted;
	return g;
}

/* Find the groups and put the axes in their order. */
static int tpe_group(struct tpe_state *state, struct hd_error *err)
{
	size_t count = state->axis_count, at = 0;
	size_t *of = calloc(count + 1, sizeof *of);
	struct hd_axis *axes = calloc(count + 1, sizeof *axes);

	state->groups = calloc(count + 1, sizeof *state->groups);
	if (!of || !axes || !state->groups) {
		free(of);
		free(axes);
		return hd_error_nomem(err);
	}
	for (size_t a = 0; a < count; a++)
		of[a] = group_find(state, &state->axes[a]);
	for (size_t g = 0; g < state->group_count; g++) {
		state->groups[g].first = at;
		for (size_t a = 0; a < count; a++)
			if (of[a] == g)
				axes[at++] = state->axes[a];
		state->groups[g].count = at - state->groups[g].first;
	}
	free(of);
	free(state->axes);
	state->axes = axes;
	return 0;
}

static int tpe_init(void *vstate, const struct hd_space *space,
		    struct hd_error *err)
{
	struct tpe_state *state = vstate;
	int rc = hd_sobol_walk_init(&state->walk, space, err);

	if (rc == 0)
		rc = hd_axes_new(&state->axes, &state->axis_count, space, err);
	if (rc == 0)
		rc = tpe_group(state, err);
	if (rc < 0) {
		tpe_release(state);
		*state = (struct tpe_state){ 0 };
	}
	return rc;
}

/* Whether the axes of GROUP exist with VALUES. */
static bool group_is_active(const struct tpe_state *state,
			    const struct tpe_group *group,
			    const struct hd_value *values)
{
	return group->parent == HD_SPACE_TOP ||
	       hd_space_is_active(state->walk.space,
				  state->axes[group->first].parameter, values);
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

/* The densities of one group. */
struct tpe_part {
	struct hd_parzen best, rest;
};

struct tpe_model {
	const struct tpe_state *state;
	struct tpe_part *parts; /* owned: one a group */
	double *memory;         /* owned: all that the mixtures have */
	double *points;         /* of the group at work, a row each */
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

/* The rows that have GROUP into the model's points; returns how many. */
static size_t model_points(const struct tpe_model *model,
			   const struct tpe_group *group,
			   const struct hd_history *history,
			   const struct tpe_row *rows, size_t count)
{
	const struct hd_axis *axes = model->state->axes + group->first;
	size_t found = 0;

	for (size_t i = 0; i < count; i++) {
		const struct hd_value *values = hd_trial_values(
			hd_history_known_trial(history, rows[i].trial));
		double *point = model->points + found * group->count;

		if (!group_is_active(model->state, group, values))
			continue;
		found++;
		for (size_t a = 0; a < group->count; a++)
			point[a] = hd_axis_encode(&axes[a],
						  &values[axes[a].parameter]);
	}
	return found;
}

static int model_init(struct tpe_model *model, const struct tpe_state *state,
		      const struct hd_history *history,
		      const struct tpe_row *rows, size_t count, size_t best)
{
	size_t d = state->axis_count, rest = count - best;
	size_t groups = state->group_count, room = 0, found;
	double *memory;

	for (size_t g = 0; g < groups; g++)
		room += hd_parzen_room(state->groups[g].count, best) +
			hd_parzen_room(state->groups[g].count, rest);
	model->state = state;
	model->parts = calloc(groups, sizeof *model->parts);
	model->memory = memory =
		malloc((room + count * d + hd_parzen_work(count)) *
		       sizeof(double));
	if (!model->parts || !memory)
		return HD_ENOMEM;
	model->points = memory + room;
	model->work = model->points + count * d;
	for (size_t g = 0; g < groups; g++) {
		const struct tpe_group *group = &state->groups[g];
		const struct hd_axis *axes = state->axes + group->first;

		found = model_points(model, group, history, rows, best);
		hd_parzen_init(&model->parts[g].best, axes, group->count,
			       model->points, found, memory);
		memory += hd_parzen_room(group->count, best);
		found = model_points(model, group, history, rows + best, rest);
		hd_parzen_init(&model->parts[g].rest, axes, group->count,
			       model->points, found, memory);
		memory += hd_parzen_room(group->count, rest);
	}
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

/*
 * A draw from the best into POINT and, as it would be sent, into VALUES, group
 * by group. Parameters of one value have no axis.
 */
static void model_draw(const struct tpe_model *model, struct hd_rng *rng,
		       double *point, struct hd_value *values)
{
	const struct tpe_state *state = model->state;
	const struct hd_space *space = state->walk.space;

	for (size_t i = 0; i < hd_space_count(space); i++)
		values[i] = hd_expr_at(&hd_space_param(space, i)->expr, 0.5);
	for (size_t g = 0; g < state->group_count; g++) {
		const struct tpe_group *group = &state->groups[g];

		if (!group_is_active(state, group, values))
			continue;
		hd_parzen_draw(&model->parts[g].best, rng,
			       point + group->first);
		for (size_t a = group->first; a < group->first + group->count;
		     a++)
			values[state->axes[a].parameter] =
				hd_axis_decode(&state->axes[a], point[a]);
	}
	hd_space_prune(space, values);
}

/* How much likelier VALUES are among the best; POINT is scratch. */
static double model_score(const struct tpe_model *model, double *point,
			  const struct hd_value *values)
{
	const struct tpe_state *state = model->state;
	double sum = 0;

	for (size_t g = 0; g < state->group_count; g++) {
		const struct tpe_group *group = &state->groups[g];

		if (!group_is_active(state, group, values))
			continue;
		for (size_t i = 0; i < group->count; i++) {
			const struct hd_axis *axis =
				&state->axes[group->first + i];

			point[i] = hd_axis_encode(axis,
						  &values[axis->parameter]);
		}
		sum += hd_parzen_log(&model->parts[g].best, point,
				     model->work) -
		       hd_parzen_log(&model->parts[g].rest, point,
				     model->work);
	}
	return sum;
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

		model_draw(model, rng, point, other);
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
	free(model.parts);
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
