/* The chance that a point repeats a known result, learned from repeats. */
#include "check.h"

#include "novelty.h"

#include "sweep/history.h"

struct plane {
	struct hd_space *space;
	struct hd_history *history;
	struct hd_encoding encoding;
	struct hd_observations rows;
	struct hd_novelty novelty;
	struct hd_scratch scratch;
};

static void plane_open(struct plane *plane)
{
	const struct hd_expr unit = hd_expr_uniform(0, 1);

	memset(plane, 0, sizeof *plane);
	plane->space = hd_space_new();
	plane->history = hd_history_new(HD_MINIMIZE, 2);
	assert_true(plane->space && plane->history);
	assert_int_equal(hd_space_add(plane->space, "x", &unit, NULL, NULL), 0);
	assert_int_equal(hd_space_add(plane->space, "y", &unit, NULL, NULL), 0);
	assert_int_equal(hd_encoding_init(&plane->encoding, plane->space), 0);
}

static struct hd_trial *plane_add(struct plane *plane, double x, double y)
{
	const struct hd_value values[] = {
		{ .kind = HD_VALUE_REAL, .number = x },
		{ .kind = HD_VALUE_REAL, .number = y },
	};
	struct hd_trial *trial = hd_history_add(plane->history, values);

	assert_non_null(trial);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	return trial;
}

static void plane_done(struct plane *plane, double x, double y, double result)
{
	struct hd_trial *trial = plane_add(plane, x, y);

	assert_int_equal(hd_trial_log(trial, result), 0);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
}

static void plane_learn(struct plane *plane)
{
	assert_int_equal(hd_observe(&plane->encoding, plane->history,
				    &plane->rows, &plane->scratch),
			 0);
	assert_int_equal(hd_novelty_init(&plane->novelty, &plane->encoding,
					 &plane->rows, &plane->scratch),
			 0);
}

static void plane_close(struct plane *plane)
{
	hd_scratch_release(&plane->scratch);
	hd_encoding_release(&plane->encoding);
	hd_history_free(plane->history);
	hd_space_free(plane->space);
}

static double new_at(const struct plane *plane, double x, double y)
{
	const double point[] = { x, y };

	return hd_novelty_value(&plane->novelty, point, 1, NULL);
}

/* A result for each of 4 by 4 tiles, at 40 points of a square of SIDE. */
static void plane_tiles_of(struct plane *plane, double side)
{
	for (size_t i = 0; i < 40; i++) {
		double x = fmod(0.1 + 0.7548776662 * (double)i, 1);
		double y = fmod(0.3 + 0.5698402910 * (double)i, 1);

		plane_done(plane, side * x, side * y,
			   floor(4 * x) + 10 * floor(4 * y));
	}
}

static void plane_tiles(struct plane *plane)
{
	plane_tiles_of(plane, 1);
}

static void without_repeats_everything_is_new(void **state)
{
	struct plane plane;

	(void)state;
	plane_open(&plane);
	for (size_t i = 0; i < 10; i++)
		plane_done(&plane, 0.05 * (double)i, 0.5, (double)i);
	plane_learn(&plane);
	assert_close(new_at(&plane, 0.05, 0.5), 0, 0);
	plane_close(&plane);
}

static void one_repeat_in_many_is_chance(void **state)
{
	struct plane plane;

	(void)state;
	plane_open(&plane);
	for (size_t i = 0; i < 30; i++)
		plane_done(&plane, 0.03 * (double)i, 0.5, (double)i);
	plane_done(&plane, 0.01, 0.5, 0);
	plane_learn(&plane);
	assert_close(new_at(&plane, 0.01, 0.5), 0, 0);
	plane_close(&plane);
}

static void what_lies_near_a_trial_is_hardly_new(void **state)
{
	struct plane plane;

	(void)state;
	plane_open(&plane);
	plane_tiles(&plane);
	plane_learn(&plane);
	assert_true(new_at(&plane, 0.101, 0.3) < log(0.2));
	assert_true(new_at(&plane, 0.101, 0.3) < new_at(&plane, 0.17, 0.36));
	plane_close(&plane);
}

static void a_likely_repeat_is_none_that_may_be_new(void **state)
{
	const double near[] = { 0.0501, 0.15 }, far[] = { 0.9, 0.9 };
	struct plane plane;

	(void)state;
	plane_open(&plane);
	plane_done(&plane, 0.05, 0.15, 10);
	plane_learn(&plane);
	assert_false(hd_novelty_is_repeat(&plane.novelty, near));
	plane_tiles_of(&plane, 0.5);
	plane_learn(&plane);
	assert_true(hd_novelty_is_repeat(&plane.novelty, near));
	assert_true(new_at(&plane, far[0], far[1]) > log(0.5));
	assert_false(hd_novelty_is_repeat(&plane.novelty, far));
	plane_close(&plane);
}

/* A trial that logs a tile's first COUNT values and is stopped then. */
static void plane_stopped(struct plane *plane, double x, double y, size_t count,
			  double first)
{
	struct hd_trial *trial = plane_add(plane, x, y);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(hd_trial_log(trial, first / (double)(i + 1)), 0);
	hd_trial_set_end(trial, HD_END_POLICY);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
}

/* As plane_tiles, and none goes as far as the one before it. */
static void plane_stopped_tiles(struct plane *plane, double apart)
{
	for (size_t i = 0; i < 40; i++) {
		double x = fmod(0.1 + 0.7548776662 * (double)i, 1);
		double y = fmod(0.3 + 0.5698402910 * (double)i, 1);

		plane_stopped(plane, x, y, 2 + i % 3,
			      50 + floor(4 * x) + 10 * floor(4 * y) +
				      apart * (double)i);
	}
}

static void stopped_trials_repeat_what_they_logged(void **state)
{
	const double near[] = { 0.101, 0.3 };
	struct plane plane;

	(void)state;
	plane_open(&plane);
	plane_stopped_tiles(&plane, 0);
	plane_learn(&plane);
	assert_true(hd_novelty_is_repeat(&plane.novelty, near));
	plane_close(&plane);
	plane_open(&plane);
	plane_stopped_tiles(&plane, 1e-6);
	plane_learn(&plane);
	assert_close(new_at(&plane, near[0], near[1]), 0, 0);
	plane_close(&plane);
}

static void a_metric_in_coarse_steps_repeats_anywhere(void **state)
{
	struct plane plane;

	(void)state;
	plane_open(&plane);
	/* Every second result is 0, near and far alike. */
	for (size_t i = 0; i < 40; i++)
		plane_done(&plane, fmod(0.7548776662 * (double)i, 1),
			   fmod(0.5698402910 * (double)i, 1),
			   i * 7 % 5 < 3 ? 0 : (double)i);
	plane_learn(&plane);
	assert_close(new_at(&plane, 0.5, 0.5), 0, 0);
	plane_close(&plane);
}

static void pending_trials_count_as_known(void **state)
{
	struct plane plane;
	double before;

	(void)state;
	plane_open(&plane);
	plane_tiles(&plane);
	plane_learn(&plane);
	before = new_at(&plane, 0.17, 0.36);
	plane_add(&plane, 0.17, 0.361);
	plane_learn(&plane);
	assert_true(new_at(&plane, 0.17, 0.36) < before);
	plane_close(&plane);
}

static void the_gradient_agrees_with_differences(void **state)
{
	const double h = 1e-7;
	struct plane plane;

	(void)state;
	plane_open(&plane);
	plane_tiles(&plane);
	plane_learn(&plane);
	for (size_t i = 0; i < 20; i++) {
		double x = fmod(0.017 + 0.618034 * (double)i, 1);
		double y = fmod(0.031 + 0.414214 * (double)i, 1);
		const double point[] = { x, y };
		double gradient[2] = { 0, 0 };

		hd_novelty_value(&plane.novelty, point, 1, gradient);
		assert_close(gradient[0],
			     (new_at(&plane, x + h, y) - new_at(&plane, x - h, y)) /
				     (2 * h),
			     1e-4);
		assert_close(gradient[1],
			     (new_at(&plane, x, y + h) - new_at(&plane, x, y - h)) /
				     (2 * h),
			     1e-4);
	}
	plane_close(&plane);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_repeats_everything_is_new),
		cmocka_unit_test(one_repeat_in_many_is_chance),
		cmocka_unit_test(what_lies_near_a_trial_is_hardly_new),
		cmocka_unit_test(a_likely_repeat_is_none_that_may_be_new),
		cmocka_unit_test(stopped_trials_repeat_what_they_logged),
		cmocka_unit_test(a_metric_in_coarse_steps_repeats_anywhere),
		cmocka_unit_test(pending_trials_count_as_known),
		cmocka_unit_test(the_gradient_agrees_with_differences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
