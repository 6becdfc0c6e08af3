/* The Gaussian process over points some of whose parameters do not exist. */
#include "check.h"

#include "gp.h"
#include "linalg.h"

#include <hdrive/rng.h>

#define POINTS 30
#define COLUMNS 5

#define PRESENCE(c)                                                                              \
	{                                                                                        \
		.column = (c), .group = (c), .conditional = true, .nominal = true, .twin = true, \
		.presence = true                                                                 \
	}

/*
 * A choice of three; on its first a number, on its second an ordered parameter
 * with its twin and names; a number that always exists.
 */
static const struct hd_feature features[] = {
	{ .column = 0, .group = 0, .nominal = true },
	{ .column = 1, .group = 1, .conditional = true },
	PRESENCE(1),
	{ .column = 2, .group = 2, .conditional = true },
	{ .column = 2, .group = 2, .conditional = true, .nominal = true, .twin = true },
	PRESENCE(2),
	{ .column = 3, .group = 3, .conditional = true, .nominal = true },
	PRESENCE(3),
	{ .column = 4, .group = 4 },
};

static const struct hd_kernel branches = {
	.features = features,
	.count = ROWS(features),
	.columns = COLUMNS,
	.groups = COLUMNS,
	.nominals = 2,
};

struct box {
	struct hd_scratch scratch;
	double x[COLUMNS * POINTS], y[POINTS];
	double theta[ROWS(features) + HD_KERNEL_OTHERS];
	struct hd_gp_data data;
};

static int box_setup(void **state)
{
	struct box *box = calloc(1, sizeof *box);
	struct hd_rng rng;

	assert_non_null(box);
	hd_rng_init(&rng, 11, 0);
	for (size_t i = 0; i < POINTS; i++) {
		double *x = box->x + i;

		x[0] = (double)hd_rng_below(&rng, 3);
		x[POINTS] = x[0] == 0 ? hd_rng_uniform(&rng) : NAN;
		x[2 * POINTS] = NAN;
		x[3 * POINTS] = NAN;
		if (x[0] == 1) {
			x[2 * POINTS] = ((double)hd_rng_below(&rng, 6) + 0.5) / 6;
			x[3 * POINTS] = (double)hd_rng_below(&rng, 3);
		}
		x[4 * POINTS] = hd_rng_uniform(&rng);
		box->y[i] = x[0] + sin(4 * x[4 * POINTS]) +
			    (x[0] == 0 ? 2 * x[POINTS] : 0) +
			    (x[0] == 1 ? x[2 * POINTS] * x[3 * POINTS] : 0);
	}
	box->data = (struct hd_gp_data){ .kernel = &branches,
					 .points = { box->x, POINTS },
					 .n = POINTS,
					 .y = box->y };
	hd_gp_start(&branches, 0, box->theta);
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

static void check_slopes(struct box *box, const struct hd_gp *gp, double *point)
{
	double mean, variance, up[2], down[2];
	double mean_slope[COLUMNS], variance_slope[COLUMNS];
	const double h = 1e-5;

	assert_int_equal(hd_gp_slope(gp, point, &mean, &variance, mean_slope,
				     variance_slope, &box->scratch),
			 0);
	for (size_t c = 0; c < COLUMNS; c++) {
		double at = point[c];

		if (isnan(at) || c == 0 || c == 3) {
			assert_true(mean_slope[c] == 0 && variance_slope[c] == 0);
			continue;
		}
		point[c] = at + h;
		hd_gp_predict(gp, point, 1, &up[0], &up[1], &box->scratch);
		point[c] = at - h;
		hd_gp_predict(gp, point, 1, &down[0], &down[1], &box->scratch);
		point[c] = at;
		assert_close(mean_slope[c], (up[0] - down[0]) / (2 * h), 1e-6);
		assert_close(variance_slope[c], (up[1] - down[1]) / (2 * h),
			     1e-6);
	}
}

static void the_slopes_of_a_prediction_are_its_differences(void **state)
{
	struct box *box = *state;
	double points[][COLUMNS] = { { 0, 0.41, NAN, NAN, 0.77 },
				     { 1, NAN, 0.3, 2, 0.13 },
				     { 2, NAN, NAN, NAN, 0.6 } };
	struct hd_gp gp;

	assert_int_equal(hd_gp_condition(&gp, &box->data, box->theta, NULL,
					 &box->scratch),
			 0);
	for (size_t i = 0; i < ROWS(points); i++)
		check_slopes(box, &gp, points[i]);
}

/* Short lengths and presences that hardly count are where a step that is the
 * same from every coordinate would fail. */
static void covariances_of_any_lengths_are_positive_definite(void **state)
{
	static const double lengths[] = { 0.02, 0.3, 5 };
	struct box *box = *state;
	double matrix[POINTS * POINTS], inverse[ROWS(features)];
	double room[POINTS * 4], point[COLUMNS];
	struct hd_weights weights;
	struct hd_kernel_row row;

	for (size_t k = 0; k < 27; k++) {
		for (size_t f = 0; f < ROWS(features); f++)
			box->theta[f] = log(lengths[f == 0 ? k / 9
						    : features[f].presence
							    ? k / 3 % 3
							    : k % 3]);
		hd_kernel_weights(&branches, box->theta, inverse, &weights);
		hd_kernel_row_place(&branches, POINTS, false, room, &row);
		for (size_t i = 0; i < POINTS; i++) {
			point_of(box, i, point);
			hd_kernel_row(&branches, &weights, &box->data.points,
				      POINTS, point, &row, matrix + i * POINTS);
			matrix[i * POINTS + i] += 1e-7;
		}
		assert_int_equal(hd_linalg_cholesky(matrix, POINTS), 0);
	}
}

#define WITH_BOX(test) \
	cmocka_unit_test_setup_teardown(test, box_setup, box_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOX(the_gradient_of_the_loss_is_its_difference),
		WITH_BOX(the_slopes_of_a_prediction_are_its_differences),
		WITH_BOX(covariances_of_any_lengths_are_positive_definite),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
