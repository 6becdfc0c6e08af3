/* The Gaussian process: gradients against differences, and what it predicts. */
#include "check.h"

#include "gp.h"

#include <hdrive/rng.h>

#define POINTS 24
#define COLUMNS 5

/* Two numbers, an ordered parameter with its twin, two nominal ones. */
static const struct hd_feature features[] = {
	{ .column = 0, .group = 0 },
	{ .column = 1, .group = 1 },
	{ .column = 2, .group = 2 },
	{ .column = 2, .group = 2, .nominal = true, .twin = true },
	{ .column = 3, .group = 3, .nominal = true },
	{ .column = 4, .group = 4, .nominal = true },
};

static const struct hd_kernel mixed = {
	.features = features,
	.count = ROWS(features),
	.columns = COLUMNS,
	.groups = 5,
	.nominals = 2,
};

struct box {
	struct hd_scratch scratch;
	double x[COLUMNS * POINTS], y[POINTS], extra[POINTS];
	double theta[ROWS(features) + HD_KERNEL_OTHERS];
	struct hd_gp_data data;
};

static int box_setup(void **state)
{
	struct box *box = calloc(1, sizeof *box);
	struct hd_rng rng;

	assert_non_null(box);
	hd_rng_init(&rng, 7, 0);
	for (size_t i = 0; i < POINTS; i++) {
		double *x = box->x + i;

		x[0] = hd_rng_uniform(&rng);
		x[POINTS] = hd_rng_uniform(&rng);
		x[2 * POINTS] = ((double)hd_rng_below(&rng, 6) + 0.5) / 6;
		x[3 * POINTS] = (double)hd_rng_below(&rng, 3);
		x[4 * POINTS] = (double)hd_rng_below(&rng, 2);
		box->y[i] = sin(5 * x[0]) * (x[3 * POINTS] - 1) + x[POINTS] +
			    0.1 * hd_rng_uniform(&rng);
		box->extra[i] = i % 5 == 0 ? 0.2 : 0;
	}
	box->data = (struct hd_gp_data){ .kernel = &mixed,
					 .points = { box->x, POINTS },
					 .n = POINTS,
					 .y = box->y,
					 .extra = box->extra };
	hd_gp_start(&mixed, 0, box->theta);
	for (size_t k = 0; k < ROWS(box->theta); k++)
		box->theta[k] += 0.6 * (hd_rng_uniform(&rng) - 0.5);
	*state = box;
	return 0;
}

static int box_teardown(void **state)
{
	struct box *box = *state;

	hd_scratch_release(&box->scratch);
	free(box);
	return 0;
}

static void point_of(const struct box *box, size_t i, double *point)
{
	for (size_t c = 0; c < COLUMNS; c++)
		point[c] = box->x[c * POINTS + i];
}

static void the_gradient_of_the_loss_is_its_difference(void **state)
{
	struct box *box = *state;
	double gradient[ROWS(box->theta)];
	const double h = 1e-5;

	assert_true(hd_gp_loss(&box->data, box->theta, gradient,
			       &box->scratch) < HUGE_VAL);
	for (size_t k = 0; k < ROWS(box->theta); k++) {
		double at = box->theta[k], up, down;

		box->theta[k] = at + h;
		up = hd_gp_loss(&box->data, box->theta, NULL, &box->scratch);
		box->theta[k] = at - h;
		down = hd_gp_loss(&box->data, box->theta, NULL, &box->scratch);
		box->theta[k] = at;
		assert_close(gradient[k], (up - down) / (2 * h), 1e-6);
	}
}

static void the_slopes_of_a_prediction_are_its_differences(void **state)
{
	struct box *box = *state;
	double point[COLUMNS], mean, variance, up[2], down[2];
	double mean_slope[COLUMNS], variance_slope[COLUMNS];
	const double h = 1e-5;
	struct hd_gp gp;

	assert_int_equal(hd_gp_condition(&gp, &box->data, box->theta, NULL,
					 &box->scratch),
			 0);
	point_of(box, 3, point);
	point[0] = 0.41;
	point[1] = 0.77;
	point[2] = 0.3; /* between levels: a step of the twin has no slope */
	assert_int_equal(hd_gp_slope(&gp, point, &mean, &variance, mean_slope,
				     variance_slope, &box->scratch),
			 0);
	for (size_t c = 0; c < 3; c++) {
		double at = point[c];

		point[c] = at + h;
		hd_gp_predict(&gp, point, 1, &up[0], &up[1], &box->scratch);
		point[c] = at - h;
		hd_gp_predict(&gp, point, 1, &down[0], &down[1], &box->scratch);
		point[c] = at;
		assert_close(mean_slope[c], (up[0] - down[0]) / (2 * h), 1e-6);
		assert_close(variance_slope[c], (up[1] - down[1]) / (2 * h),
			     1e-6);
	}
	assert_true(mean_slope[3] == 0 && variance_slope[4] == 0);
}

static void without_noise_it_goes_through_the_observations(void **state)
{
	struct box *box = *state;
	double point[COLUMNS], mean, variance;
	struct hd_gp gp;

	box->theta[mixed.count + HD_KERNEL_NOISE] = log(1e-9);
	box->data.extra = NULL;
	assert_int_equal(hd_gp_condition(&gp, &box->data, box->theta, NULL,
					 &box->scratch),
			 0);
	for (size_t i = 0; i < POINTS; i++) {
		point_of(box, i, point);
		hd_gp_predict(&gp, point, 1, &mean, &variance, &box->scratch);
		assert_close(mean, box->y[i], 1e-6);
		assert_close(variance, 0, 1e-6);
	}
}

static void a_fit_lowers_the_loss_and_stops_at_a_flat_place(void **state)
{
	struct box *box = *state;
	double gradient[ROWS(box->theta)];
	double before = hd_gp_loss(&box->data, box->theta, NULL,
				   &box->scratch);
	double after = hd_gp_fit(&box->data, box->theta, 200, &box->scratch);

	assert_true(after < before);
	assert_close(hd_gp_loss(&box->data, box->theta, gradient,
				&box->scratch),
		     after, 1e-9);
	for (size_t k = 0; k < ROWS(box->theta); k++)
		assert_close(gradient[k], 0, 0.05);
}

static void equal_rows_and_wild_values_have_a_factor(void **state)
{
	struct box *box = *state;
	double mean, variance, point[COLUMNS];
	struct hd_gp gp;

	for (size_t i = 0; i < COLUMNS * POINTS; i++)
		box->x[i] = 0.5;
	box->y[3] = 1e30;
	hd_gp_fit(&box->data, box->theta, 60, &box->scratch);
	assert_int_equal(hd_gp_condition(&gp, &box->data, box->theta, NULL,
					 &box->scratch),
			 0);
	point_of(box, 0, point);
	hd_gp_predict(&gp, point, 1, &mean, &variance, &box->scratch);
	assert_true(isfinite(mean) && variance > 0);
}

static void one_observation_and_none_are_conditioned_on(void **state)
{
	struct box *box = *state;
	double mean, variance, point[COLUMNS];
	struct hd_gp gp;

	point_of(box, 0, point);
	for (size_t n = 0; n < 2; n++) {
		box->data.n = n;
		assert_int_equal(hd_gp_condition(&gp, &box->data, box->theta,
						 NULL, &box->scratch),
				 0);
		hd_gp_predict(&gp, point, 1, &mean, &variance, &box->scratch);
		assert_true(isfinite(mean) && variance > 0);
	}
}

#define WITH_BOX(test) \
	cmocka_unit_test_setup_teardown(test, box_setup, box_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOX(the_gradient_of_the_loss_is_its_difference),
		WITH_BOX(the_slopes_of_a_prediction_are_its_differences),
		WITH_BOX(without_noise_it_goes_through_the_observations),
		WITH_BOX(a_fit_lowers_the_loss_and_stops_at_a_flat_place),
		WITH_BOX(equal_rows_and_wild_values_have_a_factor),
		WITH_BOX(one_observation_and_none_are_conditioned_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
