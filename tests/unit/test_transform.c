/* Output transforms: increasing, tame, and affine where it counts. */
#include "check.h"

#include "transform.h"

static int scratch_setup(void **state)
{
	*state = calloc(1, sizeof(struct hd_scratch));
	return *state ? 0 : -1;
}

static int scratch_teardown(void **state)
{
	hd_scratch_release(*state);
	free(*state);
	return 0;
}

static const double sets[][9] = {
	{ 3, 1, 2, 5, 4, 9, 7, 8, 6 },
	{ 0, 0, 0, 0, 0, 0, 1, 2, 3 },
	{ -1e300, 1e300, 0, 1, 2, 3, 4, 5, 6 },
	{ 1e-300, 2e-300, 3e-300, 0, 0, 1e-300, 0, 0, 0 },
	{ 0.1, 0.2, 0.3, 0.4, 0.5, 1e30, 1e29, 0.45, 0.35 },
	{ 5, 5, 5, 5, 5, 5, 5, 5, 4.999999 },
};

static void the_order_of_results_stays(void **state)
{
	double z[9], scale;

	for (int t = 0; t < HD_TRANSFORMS; t++)
		for (size_t k = 0; k < ROWS(sets); k++) {
			assert_int_equal(hd_transform((enum hd_transform)t,
						      sets[k], 9, z, &scale,
						      *state),
					 0);
			assert_true(isfinite(scale) && scale > 0);
			for (size_t i = 0; i < 9; i++)
				for (size_t j = 0; j < 9; j++)
					if (sets[k][i] <= sets[k][j])
						assert_true(z[i] <= z[j]);
		}
}

static void what_comes_out_has_mean_0_and_variance_1(void **state)
{
	double z[9], scale;

	for (int t = 0; t < HD_TRANSFORMS; t++)
		for (size_t k = 0; k < ROWS(sets); k++) {
			double mean = 0, square = 0;

			hd_transform((enum hd_transform)t, sets[k], 9, z,
				     &scale, *state);
			for (size_t i = 0; i < 9; i++) {
				mean += z[i] / 9;
				square += z[i] * z[i] / 9;
			}
			assert_close(mean, 0, 1e-9);
			assert_close(square, 1, 1e-9);
		}
}

static void the_better_half_keeps_its_shape(void **state)
{
	const double *y = sets[4];
	double z[9], scale;

	for (int t = 0; t < HD_TRANSFORMS; t++) {
		hd_transform((enum hd_transform)t, y, 9, z, &scale, *state);
		if (t == HD_TRANSFORM_PLAIN)
			continue; /* 1e30 leaves no digits of the others */
		for (size_t i = 1; i < 4; i++)
			assert_close((z[i] - z[0]) * scale, y[i] - y[0],
				     1e-12);
	}
}

static void outliers_of_any_size_give_the_same_half_rank(void **state)
{
	double y[5] = { 1, 2, 3, 4, 100 }, big[5] = { 1, 2, 3, 4, 1e30 };
	double a[5], b[5], scale;

	hd_transform(HD_TRANSFORM_HALFRANK, y, 5, a, &scale, *state);
	hd_transform(HD_TRANSFORM_HALFRANK, big, 5, b, &scale, *state);
	for (size_t i = 0; i < 5; i++)
		assert_close(a[i], b[i], 1e-9);
}

static void equal_results_become_0(void **state)
{
	static const double values[] = { 0, 7, -1e300, 1e-310 };
	double y[3], z[3], scale;

	for (size_t k = 0; k < ROWS(values); k++)
		for (int t = 0; t < HD_TRANSFORMS; t++) {
			y[0] = y[1] = y[2] = values[k];
			hd_transform((enum hd_transform)t, y, 3, z, &scale,
				     *state);
			assert_true(z[0] == 0 && z[1] == 0 && z[2] == 0);
			assert_true(scale == 1);
		}
}

static void a_median_is_the_middle(void **state)
{
	double odd[] = { 3, 1, 2 }, even[] = { 4, 1, 3, 2 };

	(void)state;
	assert_true(hd_transform_median(odd, 3) == 2);
	assert_true(hd_transform_median(even, 4) == 2.5);
}

#define WITH_SCRATCH(test) \
	cmocka_unit_test_setup_teardown(test, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SCRATCH(the_order_of_results_stays),
		WITH_SCRATCH(what_comes_out_has_mean_0_and_variance_1),
		WITH_SCRATCH(the_better_half_keeps_its_shape),
		WITH_SCRATCH(outliers_of_any_size_give_the_same_half_rank),
		WITH_SCRATCH(equal_results_become_0),
		cmocka_unit_test(a_median_is_the_middle),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
