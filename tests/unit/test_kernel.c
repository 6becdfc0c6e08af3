/* The covariance: known values, symmetry, and what each term says. */
#include "check.h"

#include "kernel.h"

#define COLUMNS 3

static const struct hd_feature features[] = {
	{ .column = 0, .group = 0 },
	{ .column = 1, .group = 1 },
	{ .column = 2, .group = 2, .nominal = true },
};

static const struct hd_kernel kernel = {
	.features = features,
	.count = ROWS(features),
	.columns = COLUMNS,
	.groups = 3,
	.nominals = 1,
};

/* Column by column, two points. */
static double covariance(const double *a, const double *b, const double *theta)
{
	double inverse[ROWS(features)], room[16], out;
	struct hd_points points = { a, 1 };
	struct hd_weights weights;
	struct hd_kernel_row row;

	hd_kernel_weights(&kernel, theta, inverse, &weights);
	hd_kernel_row_place(&kernel, 1, false, room, &row);
	hd_kernel_row(&kernel, &weights, &points, 1, b, &row, &out);
	return out;
}

static double matern(double r)
{
	double t = sqrt(5) * r;

	return (1 + t + t * t / 3) * exp(-t);
}

/* l = 0.5, 2, 1; s_j^2 = 1.5; noise 0.1; s_a^2 = 0.7; g = 1.3; s_b^2 = 0.4 */
static void set_theta(double *theta)
{
	static const double values[] = { 0.5, 2, 1, 1.5, 0.1, 0.7, 1.3, 0.4 };

	for (size_t k = 0; k < ROWS(values); k++)
		theta[k] = log(values[k]);
}

static void it_is_the_formula_in_its_header(void **state)
{
	const double a[] = { 0.1, 0.9, 1 }, b[] = { 0.4, 0.2, 2 };
	double theta[8], u0 = 0.09 / 0.25, u1 = 0.49 / 4, u2 = 1, main;

	(void)state;
	set_theta(theta);
	main = (matern(sqrt(u0)) + matern(sqrt(u1)) + matern(sqrt(u2))) / 3;
	assert_close(covariance(a, b, theta),
		     1.5 * matern(sqrt(u0 + u1 + u2) / 1.3) + 0.7 * main,
		     1e-13);
}

static void names_that_agree_share_main_effects(void **state)
{
	const double a[] = { 0.1, 0.9, 1 }, b[] = { 0.4, 0.2, 1 };
	double theta[8], u0 = 0.09 / 0.25, u1 = 0.49 / 4, main;

	(void)state;
	set_theta(theta);
	main = (matern(sqrt(u0)) + matern(sqrt(u1)) + 1) / 3;
	assert_close(covariance(a, b, theta),
		     1.5 * matern(sqrt(u0 + u1) / 1.3) + (0.7 + 0.4) * main,
		     1e-13);
}

static void it_is_symmetric_and_largest_at_home(void **state)
{
	const double a[] = { 0.1, 0.9, 1 }, b[] = { 0.4, 0.2, 2 };
	double theta[8];

	(void)state;
	set_theta(theta);
	assert_close(covariance(a, b, theta), covariance(b, a, theta), 0);
	assert_close(covariance(a, a, theta), 1.5 + 0.7 + 0.4, 1e-13);
	assert_true(covariance(a, b, theta) < covariance(a, a, theta));
}

static void far_points_share_nothing_and_no_nan(void **state)
{
	const double a[] = { 0, 0, 1 }, b[] = { 1e6, -1e6, 2 };
	double theta[8];

	(void)state;
	set_theta(theta);
	theta[0] = log(0.005);
	assert_true(covariance(a, b, theta) >= 0);
	assert_true(covariance(a, b, theta) < 0.2);
}

static void a_row_of_many_is_each_of_them(void **state)
{
	enum { MANY = 37 };
	double x[COLUMNS * MANY], inverse[ROWS(features)], theta[8];
	double room[MANY * (4 + 3)], out[MANY], slope[MANY], joint[MANY];
	const double at[] = { 0.3, 0.6, 1 };
	struct hd_points points = { x, MANY };
	struct hd_weights weights;
	struct hd_kernel_row row;

	(void)state;
	set_theta(theta);
	for (size_t i = 0; i < MANY; i++) {
		x[i] = (double)i / MANY;
		x[MANY + i] = (double)(i * 7 % MANY) / MANY;
		x[2 * MANY + i] = (double)(i % 3);
	}
	hd_kernel_weights(&kernel, theta, inverse, &weights);
	hd_kernel_row_place(&kernel, MANY, true, room, &row);
	hd_kernel_row(&kernel, &weights, &points, MANY, at, &row, out);
	hd_kernel_joint(&weights, MANY, row.distance, joint, slope);
	for (size_t i = 0; i < MANY; i++) {
		const double one[] = { x[i], x[MANY + i], x[2 * MANY + i] };

		assert_close(out[i], covariance(one, at, theta), 1e-14);
		assert_true(slope[i] < 0 && row.slope[i] < 0);
	}
}

/* --- parameters that do not always exist ------------------------------------ */

/* A choice, and below it a number and names, each with its presence. */
static const struct hd_feature conditional[] = {
	{ .column = 0, .group = 0, .nominal = true },
	{ .column = 1, .group = 1, .conditional = true },
	{ .column = 1,
	  .group = 1,
	  .conditional = true,
	  .nominal = true,
	  .twin = true,
	  .presence = true },
	{ .column = 2, .group = 2, .conditional = true, .nominal = true },
	{ .column = 2,
	  .group = 2,
	  .conditional = true,
	  .nominal = true,
	  .twin = true,
	  .presence = true },
};

static const struct hd_kernel branches = {
	.features = conditional,
	.count = ROWS(conditional),
	.columns = COLUMNS,
	.groups = 3,
	.nominals = 2,
};

/* l = 2 for the choice; 0.5 and 1.25 of the number; 1.6 and 0.8 of names. */
static void set_branches(double *theta)
{
	static const double values[] = { 2, 0.5, 1.25, 1.6, 0.8,
					 1.5, 0.1, 0.7, 1.3, 0.4 };

	for (size_t k = 0; k < ROWS(values); k++)
		theta[k] = log(values[k]);
}

static double conditional_covariance(const double *a, const double *b)
{
	double theta[10], inverse[ROWS(conditional)], room[16], out;
	struct hd_points points = { a, 1 };
	struct hd_weights weights;
	struct hd_kernel_row row;

	set_branches(theta);
	hd_kernel_weights(&branches, theta, inverse, &weights);
	hd_kernel_row_place(&branches, 1, false, room, &row);
	hd_kernel_row(&branches, &weights, &points, 1, b, &row, &out);
	return out;
}

/* U of the three groups, and on how many of two names both agree. */
static double expected(double u0, double u1, double u2, double agree)
{
	double main = (matern(sqrt(u0)) + matern(sqrt(u1)) + matern(sqrt(u2))) / 3;

	return 1.5 * matern(sqrt(u0 + u1 + u2) / 1.3) +
	       main * (0.7 + 0.4 * agree / 2);
}

static void what_exists_in_neither_says_nothing(void **state)
{
	const double a[] = { 1, NAN, NAN }, b[] = { 1, NAN, NAN };
	const double c[] = { 0, NAN, NAN };

	(void)state;
	assert_close(conditional_covariance(a, b), expected(0, 0, 0, 2), 1e-13);
	assert_close(conditional_covariance(a, c), expected(0.25, 0, 0, 1), 1e-13);
}

static void what_exists_in_both_is_as_usual(void **state)
{
	const double a[] = { 0, 0.3, 1 }, b[] = { 0, 0.7, 2 };

	(void)state;
	assert_close(conditional_covariance(a, b),
		     expected(0, 0.16 / 0.25, 1 / 2.56, 1), 1e-13);
}

static void what_exists_in_one_is_a_step_and_the_way_from_the_middle(void **state)
{
	const double a[] = { 0, 0.3, 1 }, b[] = { 1, NAN, NAN };
	double u1 = 0.04 / 0.25 + 1 / (1.25 * 1.25), u2 = 1 / 2.56 + 1 / 0.64;

	(void)state;
	assert_close(conditional_covariance(a, b), expected(0.25, u1, u2, 0),
		     1e-13);
	assert_close(conditional_covariance(b, a), expected(0.25, u1, u2, 0),
		     1e-13);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_is_the_formula_in_its_header),
		cmocka_unit_test(names_that_agree_share_main_effects),
		cmocka_unit_test(it_is_symmetric_and_largest_at_home),
		cmocka_unit_test(far_points_share_nothing_and_no_nan),
		cmocka_unit_test(a_row_of_many_is_each_of_them),
		cmocka_unit_test(what_exists_in_neither_says_nothing),
		cmocka_unit_test(what_exists_in_both_is_as_usual),
		cmocka_unit_test(what_exists_in_one_is_a_step_and_the_way_from_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
