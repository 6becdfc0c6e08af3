/* Acquisition functions far into their tails. */
#define _XOPEN_SOURCE 700 /* M_PI */
#include "check.h"

#include "acquisition.h"

/* h(-t) = phi(t)/t^2 (1 - 3/t^2 + 15/t^4 - ...), Abramowitz & Stegun 7.1.23 */
static double tail_log_h(double t)
{
	double s = 1 / (t * t);

	return -0.5 * t * t - 0.5 * log(2 * M_PI) - 2 * log(t) +
	       log1p(s * (-3 + s * (15 - 105 * s)));
}

static void log_h_is_exact_far_out(void **state)
{
	static const double far[] = { 100, 1000, 1e4, 1e6 };
	double slope;

	(void)state;
	for (size_t i = 0; i < ROWS(far); i++) {
		double t = far[i];

		assert_close(hd_acquisition_log_h(-t, &slope), tail_log_h(t),
			     1e-15 * t * t);
		assert_close(slope, t + 2 / t - 6 / (t * t * t),
			     100 / pow(t, 5) + 1e-15 * t);
	}
}

static void log_h_at_minus_a_thousand_has_its_known_digits(void **state)
{
	double slope;

	(void)state;
	assert_close(hd_acquisition_log_h(-1000, &slope), -500014.73445209116,
		     1e-9);
	assert_close(slope, 1000.002 - 6e-9, 1e-9);
}

static void log_phi_is_exact_far_out(void **state)
{
	double slope, t = 1000, s = 1e-6;

	(void)state;
	assert_close(hd_acquisition_log_phi(-t, &slope),
		     -0.5 * t * t - 0.5 * log(2 * M_PI) - log(t) +
			     log1p(s * (-1 + 3 * s)),
		     1e-9);
	assert_close(slope, t + 1 / t, 1e-8);
}

static void both_are_smooth_where_their_formulas_meet(void **state)
{
	double below, above, slope;

	(void)state;
	below = hd_acquisition_log_h(-5 - 1e-9, &slope);
	above = hd_acquisition_log_h(-5 + 1e-9, &slope);
	assert_close(above - below, 2e-9 * slope, 1e-12);
	below = hd_acquisition_log_phi(-5 - 1e-9, &slope);
	above = hd_acquisition_log_phi(-5 + 1e-9, &slope);
	assert_close(above - below, 2e-9 * slope, 1e-12);
}

static void slopes_are_their_differences(void **state)
{
	static const enum hd_acquisition kinds[] = { HD_ACQUISITION_EI,
						     HD_ACQUISITION_LCB,
						     HD_ACQUISITION_PI };
	static const double means[] = { -1, 0.3, 2, 8, 60 };
	const double h = 1e-6, s = 0.7;

	(void)state;
	for (size_t k = 0; k < ROWS(kinds); k++)
		for (size_t i = 0; i < ROWS(means); i++) {
			double m = means[i], up, down;
			struct hd_slopes slopes;

			hd_acquisition(kinds[k], m, s, 0.1, 1.7, &slopes);
			up = hd_acquisition(kinds[k], m + h, s, 0.1, 1.7, NULL);
			down = hd_acquisition(kinds[k], m - h, s, 0.1, 1.7,
					      NULL);
			assert_close(slopes.mean / ((up - down) / (2 * h)), 1,
				     1e-6);
			up = hd_acquisition(kinds[k], m, s + h, 0.1, 1.7, NULL);
			down = hd_acquisition(kinds[k], m, s - h, 0.1, 1.7,
					      NULL);
			assert_close(slopes.deviation, (up - down) / (2 * h),
				     1e-6 * fmax(1, fabs(slopes.deviation)));
		}
}

static void no_argument_gives_nan(void **state)
{
	double slope;

	(void)state;
	for (double z = 1; z < 1e100; z *= 10) {
		assert_true(isfinite(hd_acquisition_log_h(-z, &slope)) ||
			    z > 1e150);
		assert_true(isfinite(slope));
		assert_false(isnan(hd_acquisition_log_phi(-z, &slope)));
		assert_true(isfinite(hd_acquisition_log_h(z, &slope)));
		assert_true(isfinite(hd_acquisition_log_phi(z, &slope)));
		assert_true(isfinite(slope));
	}
}

static void expected_improvement_is_what_sampling_gives(void **state)
{
	double sum = 0, mean = 0.4, deviation = 0.6, best = 0.2;
	const int steps = 200000;

	(void)state;
	for (int i = 0; i < steps; i++) { /* midpoint rule over +-8 sigma */
		double z = -8 + 16 * (i + 0.5) / steps;
		double gain = best - (mean + deviation * z);

		if (gain > 0)
			sum += gain * exp(-0.5 * z * z) / sqrt(2 * M_PI) * 16 /
			       steps;
	}
	assert_close(hd_acquisition(HD_ACQUISITION_EI, mean, deviation, best, 0,
				    NULL),
		     log(sum), 1e-7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_h_is_exact_far_out),
		cmocka_unit_test(
			log_h_at_minus_a_thousand_has_its_known_digits),
		cmocka_unit_test(log_phi_is_exact_far_out),
		cmocka_unit_test(both_are_smooth_where_their_formulas_meet),
		cmocka_unit_test(slopes_are_their_differences),
		cmocka_unit_test(no_argument_gives_nan),
		cmocka_unit_test(expected_improvement_is_what_sampling_gives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
