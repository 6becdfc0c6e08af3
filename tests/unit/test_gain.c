/*
 * Tests of samplers/gain.c and what bayesian and auto make of it: how much is
 * left to be gained.
 */
#include "check.h"

#include "gain.h"
#include "table.h"

#include "sweep/history.h"

#include <stdlib.h>

struct box {
	struct hd_space *space;
	struct hd_history *history;
	const struct hd_sampler_type *type;
	void *state;
};

static void box_open(struct box *box, const struct hd_sampler_type *type,
		     enum hd_goal goal, const struct hd_expr *expr, size_t width)
{
	char name[] = "p0";

	box->type = type;
	box->space = hd_space_new();
	box->history = hd_history_new(goal, width);
	box->state = calloc(1, type->state_size);
	assert_true(box->space && box->history && box->state);
	hd_history_plan(box->history, 200, 1);
	for (size_t i = 0; i < width; i++, name[1]++)
		assert_int_equal(hd_space_add(box->space, name, expr, NULL, NULL), 0);
	hd_option_defaults(type->options, box->state);
	assert_int_equal(type->init(box->state, box->space, NULL), 0);
}

static void box_close(struct box *box)
{
	box->type->release(box->state);
	free(box->state);
	hd_history_free(box->history);
	hd_space_free(box->space);
}

static void add(struct box *box, const struct hd_value *values, double result)
{
	struct hd_trial *trial = hd_history_add(box->history, values);

	assert_non_null(trial);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	assert_int_equal(hd_trial_log(trial, result), 0);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
}

static void suggest(struct box *box, struct hd_value *values)
{
	struct hd_rng rng;

	hd_rng_init(&rng, 11, hd_history_next(box->history));
	assert_int_equal(box->type->suggest(box->state, box->history, &rng,
					    values, NULL),
			 0);
}

static double gain_of(struct box *box, double enough)
{
	struct hd_rng rng;

	hd_rng_init(&rng, 11, hd_history_next(box->history));
	return box->type->expected_improvement(box->state, box->history, &rng,
					       enough);
}

static double bowl(const struct hd_value *values)
{
	double x = values[0].number - 0.3, y = values[1].number - 0.6;

	return x * x + 2 * y * y + 1;
}

/* A sweep of COUNT trials of SIGN * SCALE * bowl. */
static void run(struct box *box, size_t count, double factor)
{
	struct hd_value values[2];

	for (size_t i = 0; i < count; i++) {
		suggest(box, values);
		add(box, values, factor * bowl(values));
	}
}

static const struct hd_expr unit = { .kind = HD_EXPR_UNIFORM, .a = 0, .b = 1 };

static void nothing_is_known_at_first(void **state)
{
	struct hd_value values[2];
	struct box box;

	(void)state;
	box_open(&box, &hd_sampler_bayesian, HD_MINIMIZE, &unit, 2);
	/* Ten for twice the first five, and the four before. */
	for (size_t i = 0; i < 13; i++) {
		assert_true(isnan(gain_of(&box, 100)));
		run(&box, 1, 1);
	}
	assert_true(isnan(gain_of(&box, 100)));
	run(&box, 1, 1);
	assert_true(gain_of(&box, 100) >= 0);
	/* While much is left the newest model says so at once. */
	assert_true(gain_of(&box, 0) > 0);
	box_close(&box);
	/* Of equal results nothing can be said. */
	box_open(&box, &hd_sampler_bayesian, HD_MINIMIZE, &unit, 2);
	for (size_t i = 0; i < 30; i++) {
		suggest(&box, values);
		add(&box, values, 7);
	}
	assert_true(isnan(gain_of(&box, 100)));
	box_close(&box);
}

static void it_falls_as_the_best_is_found(void **state)
{
	double early, late;
	struct box box;

	(void)state;
	box_open(&box, &hd_sampler_bayesian, HD_MINIMIZE, &unit, 2);
	run(&box, 14, 1);
	early = gain_of(&box, 100);
	run(&box, 26, 1);
	late = gain_of(&box, 100);
	assert_true(early > 1e-5);
	assert_true(late < early / 10 && late >= 0);
	box_close(&box);
}

/* In units of the metric, the same for either goal; and auto says the same. */
static void it_has_the_units_of_the_results(void **state)
{
	struct box plain, large, turned, chosen;
	double gain;

	(void)state;
	box_open(&plain, &hd_sampler_bayesian, HD_MINIMIZE, &unit, 2);
	box_open(&large, &hd_sampler_bayesian, HD_MINIMIZE, &unit, 2);
	box_open(&turned, &hd_sampler_bayesian, HD_MAXIMIZE, &unit, 2);
	box_open(&chosen, &hd_sampler_auto, HD_MINIMIZE, &unit, 2);
	assert_true(isnan(gain_of(&chosen, 100)));
	run(&plain, 20, 1);
	run(&large, 20, 1024);
	run(&turned, 20, -1);
	run(&chosen, 20, 1);
	gain = gain_of(&plain, 1e6);
	assert_true(gain > 0);
	assert_close(gain_of(&large, 1e9) / 1024, gain, 1e-9 * gain);
	assert_close(gain_of(&turned, 1e6), gain, 1e-9 * gain);
	assert_true(gain_of(&chosen, 1e6) == gain);
	box_close(&plain);
	box_close(&large);
	box_close(&turned);
	box_close(&chosen);
}

/* A sweep that asks draws what one draws that does not. */
static void asking_changes_no_suggestion(void **state)
{
	struct box asks, other;

	(void)state;
	box_open(&asks, &hd_sampler_bayesian, HD_MINIMIZE, &unit, 2);
	box_open(&other, &hd_sampler_bayesian, HD_MINIMIZE, &unit, 2);
	for (size_t i = 0; i < 30; i++) {
		struct hd_value a[2], b[2];
		double first = gain_of(&asks, i % 2 ? 0 : 100);

		assert_true(isnan(first) || first == gain_of(&asks, i % 2 ? 0 : 100));
		suggest(&asks, a);
		suggest(&other, b);
		assert_true(hd_value_equal(&a[0], &b[0]) && hd_value_equal(&a[1], &b[1]));
		add(&asks, a, bowl(a));
		add(&other, b, bowl(b));
	}
	box_close(&asks);
	box_close(&other);
}

static void a_space_that_was_tried_whole_has_nothing_left(void **state)
{
	const struct hd_expr few = hd_expr_randint(16);
	struct hd_value value;
	struct box box;

	(void)state;
	box_open(&box, &hd_sampler_bayesian, HD_MINIMIZE, &few, 1);
	for (size_t i = 0; i < 15; i++) {
		suggest(&box, &value);
		add(&box, &value, sin((double)value.integer));
	}
	assert_true(gain_of(&box, 100) > 0);
	suggest(&box, &value);
	add(&box, &value, sin((double)value.integer));
	assert_true(gain_of(&box, 100) == 0);
	box_close(&box);
}

/* --- against the integral it stands for -------------------------------------- */

#define STEPS 4000

/* E[max(best - z, 0)] for z of N(mean, deviation), by Simpson's rule. */
static double integral(double mean, double deviation, double best)
{
	double from = mean - 12 * deviation, width, sum = 0;

	if (best < from)
		return 0;
	width = (best - from) / STEPS;
	for (int i = 0; i <= STEPS; i++) {
		double z = from + width * i, u = (z - mean) / deviation;
		double weight = i == 0 || i == STEPS ? 1 : i % 2 ? 4
								 : 2;

		sum += weight * (best - z) * exp(-u * u / 2);
	}
	return sum * width / 3 / (deviation * sqrt(2 * acos(-1)));
}

static void it_is_the_greatest_expected_improvement_there_is(void **state)
{
	struct hd_encoding encoding;
	struct hd_observations rows;
	struct hd_scratch scratch = { 0 };
	struct hd_surrogate surrogate;
	struct hd_anchors anchors;
	struct hd_model model;
	struct hd_rng rng;
	struct hd_gain gain = { .encoding = &encoding,
				.anchors = &anchors,
				.rows = &rows,
				.rng = &rng,
				.scratch = &scratch };
	double found, most = 0;
	struct box box;

	(void)state;
	box_open(&box, &hd_sampler_bayesian, HD_MINIMIZE, &unit, 2);
	run(&box, 12, 3);
	hd_rng_init(&rng, 1, 2);
	assert_int_equal(hd_encoding_init(&encoding, box.space), 0);
	assert_int_equal(hd_anchors_init(&anchors, &encoding.kernel), 0);
	assert_int_equal(hd_observe(&encoding, box.history, &rows, &scratch), 0);
	/* The first model alone: anything is enough. */
	found = hd_gain(&gain, -1);
	assert_int_equal(hd_surrogate_init(&surrogate, &encoding, &rows, &scratch), 0);
	assert_int_equal(hd_surrogate_model(&surrogate, HD_TRANSFORM_HALFRANK,
					    &anchors, &model),
			 0);
	for (int i = 0; i <= 100; i++)
		for (int j = 0; j <= 100; j++) {
			const double point[] = { i / 100.0, j / 100.0 };
			double mean, variance;

			assert_int_equal(hd_gp_predict(&model.gp, point, 1, &mean,
						       &variance, &scratch),
					 0);
			most = fmax(most, model.scale * integral(mean, sqrt(variance),
								 model.best));
		}
	assert_true(most > 0);
	assert_true(found > most * (1 - 1e-6));
	assert_close(found, most, 0.03 * most);
	hd_anchors_release(&anchors);
	hd_scratch_release(&scratch);
	hd_encoding_release(&encoding);
	box_close(&box);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_is_known_at_first),
		cmocka_unit_test(it_falls_as_the_best_is_found),
		cmocka_unit_test(it_has_the_units_of_the_results),
		cmocka_unit_test(asking_changes_no_suggestion),
		cmocka_unit_test(a_space_that_was_tried_whole_has_nothing_left),
		cmocka_unit_test(it_is_the_greatest_expected_improvement_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
