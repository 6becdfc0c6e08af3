#include "check.h"

#include "sobol.h"
#include "table.h"

#include "sweep/history.h"

#define SEED 2385

/* --- the sequence ---------------------------------------------------------- */

static uint32_t plain(uint32_t index, size_t dimension)
{
	uint32_t v[HD_SOBOL_BITS];

	hd_sobol_directions(dimension, v);
	return hd_sobol_plain(v, index);
}

/* Joe and Kuo's own program prints these for the first ten points. */
static void the_first_points_are_the_published_ones(void **state)
{
	static const double points[10][4] = {
		{ 0, 0, 0, 0 },
		{ 0.5, 0.5, 0.5, 0.5 },
		{ 0.75, 0.25, 0.25, 0.25 },
		{ 0.25, 0.75, 0.75, 0.75 },
		{ 0.375, 0.375, 0.625, 0.875 },
		{ 0.875, 0.875, 0.125, 0.375 },
		{ 0.625, 0.125, 0.875, 0.625 },
		{ 0.125, 0.625, 0.375, 0.125 },
		{ 0.1875, 0.3125, 0.9375, 0.4375 },
		{ 0.6875, 0.8125, 0.4375, 0.9375 },
	};

	(void)state;
	for (uint32_t i = 0; i < ROWS(points); i++)
		for (size_t d = 0; d < ROWS(points[0]); d++)
			assert_close(plain(i, d) * 0x1p-32, points[i][d], 0);
}

/* Two figures far out in the table, computed with scipy's generator. */
static void late_points_of_late_dimensions_are_right(void **state)
{
	(void)state;
	assert_close(plain(12345, 100) * 0x1p-32, 0.53948974609375, 0x1p-30);
	assert_close(plain(12345, 255) * 0x1p-32, 0.58807373046875, 0x1p-30);
}

static void a_direction_number_has_its_leading_bit(void **state)
{
	uint32_t v[HD_SOBOL_BITS];

	(void)state;
	for (size_t d = 0; d < HD_SOBOL_DIMENSIONS; d++) {
		hd_sobol_directions(d, v);
		for (unsigned i = 0; i < HD_SOBOL_BITS; i++) {
			assert_true(v[i] >> (31 - i) & 1);
			assert_int_equal((uint32_t)((uint64_t)v[i] << (i + 1)), 0);
		}
	}
}

/* --- nets ------------------------------------------------------------------ */

/* Whether 2^M points lie one in each cell of 2^A by 2^(M - A). */
static bool is_net(const double (*points)[2], unsigned m, unsigned a)
{
	bool seen[1024] = { false };

	for (size_t i = 0; i < (size_t)1 << m; i++) {
		size_t x = (size_t)(points[i][0] * (double)(1u << a));
		size_t y = (size_t)(points[i][1] * (double)(1u << (m - a)));
		size_t cell = x << (m - a) | y;

		if (seen[cell])
			return false;
		seen[cell] = true;
	}
	return true;
}

/* Dimensions 0 and 1 are a (0, m, 2)-net; Owen's scrambling keeps it one. */
static void the_first_two_dimensions_are_a_net_before_and_after(void **state)
{
	double points[256][2], mixed[256][2];

	(void)state;
	for (uint64_t seed = 0; seed < 20; seed++) {
		for (uint32_t i = 0; i < 256; i++)
			for (size_t d = 0; d < 2; d++) {
				points[i][d] = plain(i, d) * 0x1p-32;
				mixed[i][d] = hd_sobol_point(seed, i, d);
			}
		for (unsigned a = 0; a <= 8; a++) {
			assert_true(is_net(points, 8, a));
			assert_true(is_net(mixed, 8, a));
		}
	}
}

static void every_dimension_is_stratified_from_any_aligned_start(void **state)
{
	(void)state;
	for (size_t d = 0; d < HD_SOBOL_DIMENSIONS; d++)
		for (uint64_t start = 0; start < 1024; start += 512) {
			bool seen[64] = { false };

			for (uint64_t i = 0; i < 64; i++) {
				double u = hd_sobol_point(SEED, start + i, d);

				assert_false(seen[(size_t)(u * 64)]);
				seen[(size_t)(u * 64)] = true;
			}
		}
}

/* Pairs of early dimensions: 4 x 4 cells hold nearly 16 of 256 points each. */
static void pairs_of_dimensions_are_filled(void **state)
{
	(void)state;
	for (size_t d = 0; d + 1 < 16; d++) {
		size_t cells[16] = { 0 };

		for (uint64_t i = 0; i < 256; i++) {
			size_t x = (size_t)(4 * hd_sobol_point(SEED, i, d));
			size_t y = (size_t)(4 * hd_sobol_point(SEED, i, d + 1));

			cells[4 * x + y]++;
		}
		for (size_t c = 0; c < 16; c++)
			assert_true(cells[c] >= 8 && cells[c] <= 24);
	}
}

/* Warnock's formula for the squared L2 star discrepancy. */
static double discrepancy(const double (*x)[6], size_t n)
{
	double first = 0, second = 0;

	for (size_t i = 0; i < n; i++) {
		double product = 1;

		for (size_t d = 0; d < 6; d++)
			product *= (1 - x[i][d] * x[i][d]) / 2;
		first += product;
		for (size_t j = 0; j < n; j++) {
			product = 1;
			for (size_t d = 0; d < 6; d++)
				product *= 1 - fmax(x[i][d], x[j][d]);
			second += product;
		}
	}
	return pow(3, -6) - 2 * first / (double)n +
	       second / ((double)n * (double)n);
}

static void its_discrepancy_is_less_than_half_that_of_random_points(void **state)
{
	static double even[256][6], uneven[256][6];
	double ratio = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 10; seed++) {
		struct hd_rng rng;

		hd_rng_init(&rng, seed, 0);
		for (size_t i = 0; i < 256; i++)
			for (size_t d = 0; d < 6; d++) {
				even[i][d] = hd_sobol_point(seed, i, d);
				uneven[i][d] = hd_rng_uniform(&rng);
			}
		ratio += discrepancy(even, 256) / discrepancy(uneven, 256) / 10;
	}
	assert_true(ratio < 0.5);
}

/* A mean over N scrambled points errs by far less than sqrt(N) allows. */
static void scrambling_integrates_without_bias(void **state)
{
	double sum = 0, square = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 200; seed++) {
		double mean = 0;

		for (uint64_t i = 0; i < 128; i++)
			mean += hd_sobol_point(seed, i, 3) *
				hd_sobol_point(seed, i, 7) / 128;
		sum += mean - 0.25;
		square += (mean - 0.25) * (mean - 0.25);
	}
	/* Independent points: variance (1/9 - 1/16) / 128 = 3.8e-4. */
	assert_true(square / 200 < 4e-5);
	assert_close(sum / 200, 0, 5 * sqrt(square) / 200);
}

static void other_seeds_and_dimensions_are_scrambled_apart(void **state)
{
	double product = 0, other = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 4000; seed++) {
		product += (hd_sobol_point(seed, 0, 0) - 0.5) *
			   (hd_sobol_point(seed, 0, 1) - 0.5);
		other += (hd_sobol_point(seed, 0, 0) - 0.5) *
			 (hd_sobol_point(seed + 1, 0, 0) - 0.5);
	}
	/* A product of two independent ones has variance 1/144: 5 sigma. */
	assert_close(product / 4000, 0, 5.0 / 12 / sqrt(4000));
	assert_close(other / 4000, 0, 5.0 / 12 / sqrt(4000));
}

/* --- access ---------------------------------------------------------------- */

static void points_lie_inside_and_depend_on_nothing_else(void **state)
{
	static const uint64_t indices[] = { 0, 1, 77, 0xffffffff, 0x100000000,
					    UINT64_MAX };

	(void)state;
	for (size_t d = 0; d < 300; d++)
		for (size_t i = 0; i < ROWS(indices); i++) {
			double u = hd_sobol_point(SEED, indices[i], d);

			assert_true(u > 0 && u < 1);
			assert_close(hd_sobol_point(SEED, indices[i], d), u, 0);
		}
	assert_true(hd_sobol_point(SEED, 5, 0) !=
		    hd_sobol_point(SEED, 5 + 0x100000000, 0));
}

static void past_the_table_a_coordinate_is_a_philox_draw(void **state)
{
	struct hd_rng rng, stream;

	(void)state;
	hd_rng_init(&rng, SEED, 17);
	stream = hd_rng_stream(&rng, 256);
	assert_close(hd_sobol_point(SEED, 17, 256), hd_rng_uniform(&stream), 0);
}

/* --- over a space ---------------------------------------------------------- */

static struct hd_space *space_of_three(double a, double b, double c)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr exprs[] = { hd_expr_randint(a), hd_expr_randint(b),
				   hd_expr_randint(c) };
	char name[] = "a";

	for (size_t i = 0; i < 3; i++, name[0]++)
		assert_int_equal(hd_space_add(space, name, &exprs[i], NULL,
					      NULL),
				 0);
	return space;
}

/* Any order of questions gives trial t the same point, each point once. */
static void a_finite_space_is_walked_once_in_any_order(void **state)
{
	struct hd_space *space = space_of_three(7, 5, 3);
	struct hd_sobol_walk ahead = { 0 }, back = { 0 };
	struct hd_value x[3], y[3];
	bool seen[105] = { false };

	(void)state;
	assert_int_equal(hd_sobol_walk_init(&ahead, space, NULL), 0);
	assert_int_equal(hd_sobol_walk_init(&back, space, NULL), 0);
	assert_int_equal(hd_sobol_walk_values(&back, SEED, 104, y), 0);
	for (size_t t = 0; t < 105; t++) {
		size_t cell;

		assert_int_equal(hd_sobol_walk_values(&ahead, SEED, t, x), 0);
		assert_int_equal(hd_sobol_walk_values(&back, SEED, t, y), 0);
		for (size_t i = 0; i < 3; i++)
			assert_true(hd_value_equal(&x[i], &y[i]));
		cell = (size_t)(x[0].integer * 15 + x[1].integer * 3 +
				x[2].integer);
		assert_false(seen[cell]);
		seen[cell] = true;
	}
	assert_int_equal(hd_sobol_walk_values(&ahead, SEED, 105, x),
			 HD_EXHAUSTED);
	hd_sobol_walk_release(&ahead);
	hd_sobol_walk_release(&back);
	hd_space_free(space);
}

/* The first 7 of 7 x 5 x 3 points have nearly every value of the first. */
static void a_walk_begins_evenly(void **state)
{
	struct hd_space *space = space_of_three(8, 4, 2);
	struct hd_sobol_walk walk = { 0 };
	struct hd_value values[3];
	bool seen[8] = { false };

	(void)state;
	assert_int_equal(hd_sobol_walk_init(&walk, space, NULL), 0);
	for (size_t t = 0; t < 8; t++) {
		assert_int_equal(hd_sobol_walk_values(&walk, SEED, t, values),
				 0);
		assert_false(seen[values[0].integer]);
		seen[values[0].integer] = true;
	}
	hd_sobol_walk_release(&walk);
	hd_space_free(space);
}

static void a_large_finite_space_is_not_listed(void **state)
{
	struct hd_space *space = space_of_three(1e6, 1e6, 1e6);
	struct hd_sobol_walk walk = { 0 };
	struct hd_value values[3];

	(void)state;
	assert_int_equal(hd_sobol_walk_init(&walk, space, NULL), 0);
	assert_int_equal(walk.points, 0);
	assert_int_equal(hd_sobol_walk_values(&walk, SEED, 1u << 31, values),
			 0);
	hd_sobol_walk_release(&walk);
	hd_space_free(space);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_points_are_the_published_ones),
		cmocka_unit_test(late_points_of_late_dimensions_are_right),
		cmocka_unit_test(a_direction_number_has_its_leading_bit),
		cmocka_unit_test(the_first_two_dimensions_are_a_net_before_and_after),
		cmocka_unit_test(every_dimension_is_stratified_from_any_aligned_start),
		cmocka_unit_test(pairs_of_dimensions_are_filled),
		cmocka_unit_test(its_discrepancy_is_less_than_half_that_of_random_points),
		cmocka_unit_test(scrambling_integrates_without_bias),
		cmocka_unit_test(other_seeds_and_dimensions_are_scrambled_apart),
		cmocka_unit_test(points_lie_inside_and_depend_on_nothing_else),
		cmocka_unit_test(past_the_table_a_coordinate_is_a_philox_draw),
		cmocka_unit_test(a_finite_space_is_walked_once_in_any_order),
		cmocka_unit_test(a_walk_begins_evenly),
		cmocka_unit_test(a_large_finite_space_is_not_listed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
