/*
 * The Bayesian sampler's parts that read a history: stopped, failed and
 * pending trials, plateaus, finite spaces; and that all of it learns.
 */
#include "check.h"

#include "feasible.h"
#include "finite.h"
#include "plateau.h"
#include "surrogate.h"
#include "table.h"

#include "sweep/history.h"

#define WIDTH_MOST 4

struct box {
	struct hd_space *space;
	struct hd_history *history;
	struct hd_encoding encoding;
	struct hd_observations rows;
	struct hd_scratch scratch;
};

static void box_open(struct box *box, const struct hd_expr *exprs, size_t count)
{
	char name[] = "p0";

	memset(box, 0, sizeof *box);
	box->space = hd_space_new();
	box->history = hd_history_new(HD_MINIMIZE, count);
	assert_true(box->space && box->history);
	for (size_t i = 0; i < count; i++, name[1]++)
		assert_int_equal(hd_space_add(box->space, name, &exprs[i], NULL,
					      NULL),
				 0);
	assert_int_equal(hd_encoding_init(&box->encoding, box->space), 0);
}

static void box_close(struct box *box)
{
	hd_scratch_release(&box->scratch);
	hd_encoding_release(&box->encoding);
	hd_history_free(box->history);
	hd_space_free(box->space);
}

static void box_observe(struct box *box)
{
	assert_int_equal(hd_observe(&box->encoding, box->history, &box->rows,
				    &box->scratch),
			 0);
}

static struct hd_trial *add(struct box *box, double x, double y)
{
	struct hd_value values[WIDTH_MOST] = {
		{ .kind = HD_VALUE_REAL, .number = x },
		{ .kind = HD_VALUE_REAL, .number = y },
	};
	struct hd_trial *trial = hd_history_add(box->history, values);

	assert_non_null(trial);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	return trial;
}

static void log_all(struct hd_trial *trial, double from, double gain,
		    size_t intervals)
{
	for (size_t t = 1; t <= intervals; t++)
		assert_int_equal(hd_trial_log(trial, from - gain * (double)t),
				 0);
}

static const struct hd_expr plane[] = {
	{ .kind = HD_EXPR_UNIFORM, .a = 0, .b = 1 },
	{ .kind = HD_EXPR_UNIFORM, .a = 0, .b = 1 },
};

/* --- outcomes --------------------------------------------------------------- */

static void each_end_of_a_trial_has_its_outcome(void **state)
{
	struct hd_trial *trial;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	trial = add(&box, 0.1, 0.1);
	log_all(trial, 1, 0.1, 3);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	trial = add(&box, 0.2, 0.1);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE); /* nothing logged */
	trial = add(&box, 0.3, 0.1);
	log_all(trial, NAN, 0, 2);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	trial = add(&box, 0.4, 0.1);
	log_all(trial, 1, 0, 1);
	hd_trial_set_end(trial, HD_END_POLICY);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	trial = add(&box, 0.5, 0.1);
	log_all(trial, 1, 0, 1);
	hd_trial_set_end(trial, HD_END_USER);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	add(&box, 0.6, 0.1);
	trial = add(&box, 0.7, 0.1);
	log_all(trial, 1, 0, 1);
	hd_trial_set_end(trial, HD_END_PAUSED);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	trial = add(&box, 0.8, 0.1);
	log_all(trial, 1, 0, 1);
	hd_trial_set_end(trial, HD_END_TARGET);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	box_observe(&box);
	assert_int_equal(box.rows.outcomes[6], HD_OUTCOME_STOPPED);
	assert_int_equal(box.rows.outcomes[0], HD_OUTCOME_RESULT);
	assert_int_equal(box.rows.outcomes[1], HD_OUTCOME_FAILED);
	assert_int_equal(box.rows.outcomes[2], HD_OUTCOME_FAILED);
	assert_int_equal(box.rows.outcomes[3], HD_OUTCOME_STOPPED);
	assert_int_equal(box.rows.outcomes[4], HD_OUTCOME_NOTHING);
	assert_int_equal(box.rows.outcomes[5], HD_OUTCOME_PENDING);
	assert_int_equal(box.rows.outcomes[6], HD_OUTCOME_STOPPED);
	assert_int_equal(box.rows.outcomes[7], HD_OUTCOME_STOPPED);
	assert_int_equal(box.rows.results_count, 4);
	assert_close(box.rows.results[0], 0.7, 1e-12);
	box_close(&box);
}

static void a_stopped_trial_gains_what_its_peers_gained(void **state)
{
	struct hd_trial *trial;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	for (size_t i = 0; i < 10; i++) { /* 0.1 an interval, to 10 */
		trial = add(&box, 0.1 * (double)i, 0.5);
		log_all(trial, 2 + 0.01 * (double)i, 0.1, 10);
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	trial = add(&box, 0.95, 0.5);
	log_all(trial, 3, 0.1, 4); /* 2.6 after 4 */
	hd_trial_set_end(trial, HD_END_POLICY);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	box_observe(&box);
	assert_close(box.rows.results[10], 2.6 - 0.6, 1e-9);
	assert_true(box.rows.spread[10] < 1e-6);
	box_close(&box);
}

static void a_stopped_trial_never_looks_like_a_leader(void **state)
{
	struct hd_trial *trial;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	for (size_t i = 0; i < 10; i++) {
		trial = add(&box, 0.1 * (double)i, 0.5);
		log_all(trial, 1 + 0.1 * (double)i, 0, 3);
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	trial = add(&box, 0.95, 0.5);
	log_all(trial, -5, 0, 1);
	hd_trial_set_end(trial, HD_END_POLICY);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	box_observe(&box);
	/* Equal to who completed best; by its own value it would lead by 6. */
	assert_close(box.rows.results[10], 1, 1e-9);
	box_close(&box);
}

/* Nobody who completed passed the interval but by way of who stopped later. */
static void stopped_trials_are_peers_of_those_stopped_before(void **state)
{
	struct hd_trial *trial;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	trial = add(&box, 0.5, 0.5);
	log_all(trial, 1, 0.1, 10);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	for (size_t i = 0; i < 10; i++) { /* 0.1 an interval, to 6 and to 3 */
		trial = add(&box, 0.1 * (double)i, 0.1);
		log_all(trial, 2 + (double)i, 0.1, i < 5 ? 6 : 3);
		hd_trial_set_end(trial, HD_END_POLICY);
		hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
		hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	}
	box_observe(&box);
	/* One completed trial is too few for those at 6, six are not for those at 3. */
	assert_close(box.rows.results[1], 2 - 0.6, 1e-9);
	assert_true(isinf(box.rows.spread[1]));
	for (size_t i = 5; i < 10; i++)
		assert_close(box.rows.results[1 + i], 2 + (double)i - 0.6, 1e-9);
	box_close(&box);
}

/* Ten that gain 0.1 an interval; some that jump at their end, and one that starts
 * as they do. */
static void check_repeat(size_t others, double start, double want, double spread)
{
	struct hd_trial *trial;
	struct box box;

	box_open(&box, plane, 2);
	for (size_t i = 0; i < 10; i++) {
		trial = add(&box, 0.1 * (double)i, 0.5);
		log_all(trial, 2 + 0.01 * (double)i, 0.1, 10);
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	for (size_t i = 0; i < others; i++) {
		trial = add(&box, 0.2, 0.1 * (double)i);
		log_all(trial, 3, 0.25, 9);
		log_all(trial, 0.385 - 0.1 * (double)i, 0, 1);
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	trial = add(&box, 0.95, 0.5);
	log_all(trial, start, 0.25, 2);
	hd_trial_set_end(trial, HD_END_POLICY);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	box_observe(&box);
	assert_close(box.rows.results[10 + others], want, 1e-9);
	assert_close(box.rows.spread[10 + others], spread, 1e-9);
	box_close(&box);
}

static void a_repeat_has_what_its_other_has(void **state)
{
	(void)state;
	check_repeat(1, 3, 0.385, 0);
	/* A little off it is a trial like any other; so where two parted. */
	check_repeat(1, 3.001, 3.001 - 0.5 - 0.8, 0);
	check_repeat(2, 3, 3 - 0.5 - 0.8, 0);
}

/* --- models ----------------------------------------------------------------- */

static void fill(struct box *box, size_t done, size_t pending)
{
	for (size_t i = 0; i < done + pending; i++) {
		double x = 0.05 + 0.9 * (double)(i * 7 % 23) / 23;
		double y = 0.05 + 0.9 * (double)(i * 11 % 23) / 23;
		struct hd_trial *trial = add(box, x, y);

		if (i >= done)
			continue;
		log_all(trial, (x - 0.3) * (x - 0.3) + (y - 0.6) * (y - 0.6), 0,
			1);
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
}

static void believing_keeps_means_and_takes_variance(void **state)
{
	struct hd_anchors anchors;
	struct hd_surrogate surrogate;
	struct hd_model model;
	double mean[2], variance[2];
	const double *pending;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	fill(&box, 15, 3);
	box_observe(&box);
	assert_int_equal(hd_anchors_init(&anchors, &box.encoding.kernel), 0);
	assert_int_equal(hd_surrogate_init(&surrogate, &box.encoding, &box.rows,
					   &box.scratch),
			 0);
	assert_int_equal(surrogate.pending, 3);
	assert_int_equal(hd_surrogate_model(&surrogate, HD_TRANSFORM_HALFRANK,
					    &anchors, &model),
			 0);
	pending = box.rows.points + 2 * 16;
	hd_gp_predict(&model.gp, pending, 1, &mean[0], &variance[0],
		      &box.scratch);
	assert_int_equal(hd_surrogate_believe(&surrogate, &model), 0);
	hd_gp_predict(&model.gp, pending, 1, &mean[1], &variance[1],
		      &box.scratch);
	assert_close(mean[1], mean[0], 1e-6);
	assert_true(variance[1] < 0.5 * variance[0] || variance[0] < 1e-6);
	hd_anchors_release(&anchors);
	box_close(&box);
}

/* A pending trial that promises much is not surrounded by more of the same. */
static void a_believed_improvement_is_the_one_to_beat(void **state)
{
	struct hd_anchors anchors;
	struct hd_surrogate surrogate;
	struct hd_model model;
	double pending[] = { 0.3, 0.6 }, mean, variance, before;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	fill(&box, 15, 0);
	add(&box, pending[0], pending[1]); /* the optimum */
	add(&box, 0.95, 0.05);             /* far worse than any */
	box_observe(&box);
	assert_int_equal(hd_anchors_init(&anchors, &box.encoding.kernel), 0);
	assert_int_equal(hd_surrogate_init(&surrogate, &box.encoding, &box.rows,
					   &box.scratch),
			 0);
	assert_int_equal(hd_surrogate_model(&surrogate, HD_TRANSFORM_PLAIN,
					    &anchors, &model),
			 0);
	before = model.best;
	hd_gp_predict(&model.gp, pending, 1, &mean, &variance, &box.scratch);
	assert_true(mean < before);
	assert_int_equal(hd_surrogate_believe(&surrogate, &model), 0);
	assert_close(model.best, mean, 1e-12);
	hd_anchors_release(&anchors);
	box_close(&box);
}

/*
 * One parameter: the second cold start is left out at ten results, between two
 * anchors, and on a wavy function it is the one that ends better.
 */
static void kept_anchors_give_what_new_ones_give(void **state)
{
	struct hd_anchors kept, fresh;
	struct box box;

	(void)state;
	box_open(&box, plane, 1);
	assert_int_equal(hd_anchors_init(&kept, &box.encoding.kernel), 0);
	for (size_t i = 0; i < 24; i++) {
		double x = (double)(i * 7 % 24) / 24;
		struct hd_trial *trial = add(&box, x, 0);
		struct hd_surrogate surrogate;
		struct hd_model model[2];

		log_all(trial, sin(40 * x) + x, 0, 1);
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
		if (i < 3)
			continue;
		box_observe(&box);
		hd_anchors_init(&fresh, &box.encoding.kernel);
		hd_surrogate_init(&surrogate, &box.encoding, &box.rows,
				  &box.scratch);
		hd_surrogate_model(&surrogate, HD_TRANSFORM_PLAIN, &kept,
				   &model[0]);
		hd_surrogate_model(&surrogate, HD_TRANSFORM_PLAIN, &fresh,
				   &model[1]);
		assert_memory_equal(model[0].gp.theta, model[1].gp.theta,
				    hd_kernel_size(&box.encoding.kernel) *
					    sizeof(double));
		hd_anchors_release(&fresh);
	}
	hd_anchors_release(&kept);
	box_close(&box);
}

static void failures_make_their_surroundings_unlikely(void **state)
{
	double far[] = { 0.1, 0.1 }, near[] = { 0.9, 0.9 }, mean, variance;
	struct hd_anchors anchors;
	struct hd_surrogate surrogate;
	struct hd_model model;
	struct hd_gp labels;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	fill(&box, 12, 0);
	for (size_t i = 0; i < 4; i++)
		hd_trial_move(add(&box, 0.88 + 0.01 * (double)i, 0.9),
			      HD_TRIAL_EVENT_FAIL);
	box_observe(&box);
	hd_anchors_init(&anchors, &box.encoding.kernel);
	hd_surrogate_init(&surrogate, &box.encoding, &box.rows, &box.scratch);
	hd_surrogate_model(&surrogate, HD_TRANSFORM_PLAIN, &anchors, &model);
	assert_int_equal(hd_feasible(&surrogate, model.gp.theta, &labels), 0);
	hd_gp_predict(&labels, near, 1, &mean, &variance, &box.scratch);
	assert_true(mean < 0);
	hd_gp_predict(&labels, far, 1, &mean, &variance, &box.scratch);
	assert_true(mean > 0.3);
	hd_anchors_release(&anchors);
	box_close(&box);
}

/* --- plateaus ---------------------------------------------------------------- */

static void done(struct box *box, double x, double y, double result)
{
	struct hd_trial *trial = add(box, x, y);

	log_all(trial, result, 0, 1);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
}

static void a_tie_closes_what_lies_between(void **state)
{
	const double between[] = { 0.52, 0.51 }, outside[] = { 0.8, 0.5 };
	const double lengths[] = { 0.5, 0.5 };
	struct hd_plateaus plateaus;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	done(&box, 0.5, 0.5, 0.25);
	done(&box, 0.55, 0.52, 0.25);
	done(&box, 0.9, 0.1, 1);
	box_observe(&box);
	assert_int_equal(hd_plateaus_init(&plateaus, &box.encoding, &box.rows,
					  lengths, &box.scratch),
			 0);
	assert_true(hd_plateaus_hold(&plateaus, between));
	assert_false(hd_plateaus_hold(&plateaus, outside));
	box_close(&box);
}

static void a_parameter_that_does_not_matter_closes_nothing_else(void **state)
{
	const double along[] = { 0.5, 0.4 }, beside[] = { 0.502, 0.4 };
	const double lengths[] = { 0.5, 0.5 };
	struct hd_plateaus plateaus;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	done(&box, 0.5, 0.2, 0.25);
	done(&box, 0.5, 0.6, 0.25);
	box_observe(&box);
	hd_plateaus_init(&plateaus, &box.encoding, &box.rows, lengths,
			 &box.scratch);
	assert_true(hd_plateaus_hold(&plateaus, along));
	assert_false(hd_plateaus_hold(&plateaus, beside));
	box_close(&box);
}

static void a_tie_across_a_valley_closes_nothing(void **state)
{
	const double between[] = { 0.5, 0.5 }, lengths[] = { 1, 1 };
	struct hd_plateaus plateaus;
	struct box box;

	(void)state;
	box_open(&box, plane, 2);
	done(&box, 0.1, 0.5, 1);
	done(&box, 0.9, 0.5, 1);
	done(&box, 0.45, 0.5, 0.2);
	box_observe(&box);
	hd_plateaus_init(&plateaus, &box.encoding, &box.rows, lengths,
			 &box.scratch);
	assert_false(hd_plateaus_hold(&plateaus, between));
	box_close(&box);
}

/* --- finite spaces ------------------------------------------------------------ */

static void untried_points_are_all_the_others(void **state)
{
	const struct hd_expr grid[] = { hd_expr_quniform(0, 1, 0.25),
					hd_expr_quniform(0, 1, 0.5) };
	double *points;
	size_t count;
	struct box box;

	(void)state;
	box_open(&box, grid, 2);
	done(&box, 0.25, 0.5, 1);
	done(&box, 0.25, 0.5, 1);
	done(&box, 1, 0, 1);
	box_observe(&box);
	assert_int_equal(hd_finite_untried(&box.encoding, 15, &box.rows,
					   &points, &count, &box.scratch),
			 0);
	assert_int_equal(count, 13);
	for (size_t i = 0; i < count; i++)
		assert_false(hd_finite_is_tried(&box.rows, points + 2 * i));
	box_close(&box);
}

/* --- the whole ---------------------------------------------------------------- */

static double bowl(const struct hd_value *values)
{
	double x = values[0].number - 0.37, y = values[1].number - 0.72;

	return x * x + 3 * y * y + x * y;
}

static double best_of(size_t trials, bool maximize)
{
	const struct hd_sampler_type *type = &hd_sampler_bayesian;
	void *state = calloc(1, type->state_size);
	struct hd_value values[2];
	struct hd_rng rng;
	struct box box;
	double best = HUGE_VAL;

	box_open(&box, plane, 2);
	hd_history_free(box.history);
	box.history = hd_history_new(maximize ? HD_MAXIMIZE : HD_MINIMIZE, 2);
	assert_true(state && box.history);
	hd_option_defaults(type->options, state);
	assert_int_equal(type->init(state, box.space, NULL), 0);
	for (size_t n = 0; n < trials; n++) {
		double result;

		hd_rng_init(&rng, 5, n);
		assert_int_equal(type->suggest(state, box.history, &rng, values,
					       NULL),
				 0);
		result = bowl(values);
		best = fmin(best, result);
		done(&box, values[0].number, values[1].number,
		     maximize ? -result : result);
	}
	type->release(state);
	free(state);
	box_close(&box);
	return best;
}

/* Random search has a median of about 0.01 after 30 trials. */
static void it_learns_a_bowl_in_thirty_trials(void **state)
{
	(void)state;
	assert_true(best_of(30, false) < 1e-4);
	assert_true(best_of(30, true) < 1e-4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_end_of_a_trial_has_its_outcome),
		cmocka_unit_test(a_stopped_trial_gains_what_its_peers_gained),
		cmocka_unit_test(a_stopped_trial_never_looks_like_a_leader),
		cmocka_unit_test(stopped_trials_are_peers_of_those_stopped_before),
		cmocka_unit_test(a_repeat_has_what_its_other_has),
		cmocka_unit_test(believing_keeps_means_and_takes_variance),
		cmocka_unit_test(a_believed_improvement_is_the_one_to_beat),
		cmocka_unit_test(kept_anchors_give_what_new_ones_give),
		cmocka_unit_test(failures_make_their_surroundings_unlikely),
		cmocka_unit_test(a_tie_closes_what_lies_between),
		cmocka_unit_test(
			a_parameter_that_does_not_matter_closes_nothing_else),
		cmocka_unit_test(a_tie_across_a_valley_closes_nothing),
		cmocka_unit_test(untried_points_are_all_the_others),
		cmocka_unit_test(it_learns_a_bowl_in_thirty_trials),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
