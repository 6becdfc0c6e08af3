/* Tests of engine/plot/scale.c: ticks worth a number, values in their places. */
#include "check.h"

#include "plot/scale.h"

/* "0 0.5 1" */
static void expect_ticks(struct hd_scale scale, size_t most, const char *wanted)
{
	struct hd_tick ticks[HD_SCALE_TICKS];
	size_t count = hd_scale_ticks(&scale, most, ticks);
	char text[1200] = "";

	assert_true(count <= most);
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			strcat(text, " ");
		strcat(text, ticks[i].text);
	}
	assert_string_equal(text, wanted);
}

static void linear_ticks_are_round(void **state)
{
	(void)state;
	expect_ticks(hd_scale_linear(0, 1), 6, "0.0 0.2 0.4 0.6 0.8 1.0");
	expect_ticks(hd_scale_linear(0, 100), 5, "0 50 100");
	expect_ticks(hd_scale_linear(0, 100), 6, "0 20 40 60 80 100");
	expect_ticks(hd_scale_linear(0.48, 0.99), 6, "0.5 0.6 0.7 0.8 0.9");
	expect_ticks(hd_scale_linear(-3, 3), 4, "-2 0 2");
	expect_ticks(hd_scale_linear(-2e-7, 2e-7), 5, "-2e-7 -1e-7 0 1e-7 2e-7");
	expect_ticks(hd_scale_linear(1e9, 2e9), 4, "1000000000 1500000000 2000000000");
}

static void ticks_near_each_other_differ(void **state)
{
	struct hd_scale scale = hd_scale_linear(123456.7801, 123456.7809);
	struct hd_tick ticks[HD_SCALE_TICKS];
	size_t count = hd_scale_ticks(&scale, 6, ticks);

	(void)state;
	assert_true(count >= 3);
	for (size_t i = 1; i < count; i++)
		assert_string_not_equal(ticks[i].text, ticks[i - 1].text);
}

static void whole_numbers_have_no_ticks_between(void **state)
{
	struct hd_scale scale = hd_scale_linear(0, 3);

	(void)state;
	scale.whole = true;
	expect_ticks(scale, 12, "0 1 2 3");
}

static void log_ticks_are_powers(void **state)
{
	(void)state;
	expect_ticks(hd_scale_log(1e-5, 0.1), 6, "1e-5 1e-4 0.001 0.01 0.1");
	expect_ticks(hd_scale_log(1e-5, 0.1), 3, "1e-4 0.01");
	expect_ticks(hd_scale_log(1e-300, 1e300), 5, "1e-242 1e-121 1 1e121 1e242");
	expect_ticks(hd_scale_log(1, 9), 6, "1 2 5");
	expect_ticks(hd_scale_log(2.1, 2.9), 6, "2.2 2.4 2.6 2.8");
}

static void time_ticks_are_those_of_clocks(void **state)
{
	(void)state;
	expect_ticks(hd_scale_time(10), 6, "0 s 2 s 4 s 6 s 8 s 10 s");
	expect_ticks(hd_scale_time(100), 5, "0 s 30 s 1:00 min 1:30 min");
	expect_ticks(hd_scale_time(3600), 5, "0 min 15 min 30 min 45 min 60 min");
	expect_ticks(hd_scale_time(86400 * 3), 5, "0 d 1 d 2 d 3 d");
	expect_ticks(hd_scale_time(0.004), 5, "0.000 s 0.001 s 0.002 s 0.003 s 0.004 s");
}

static void names_are_in_the_middle_of_their_bands(void **state)
{
	static const char *const names[] = { "sgd", "adam", "rmsprop" };
	struct hd_scale scale = hd_scale_category(names, 3);

	(void)state;
	scale.from = 0;
	scale.to = 300;
	expect_ticks(scale, 12, "sgd adam rmsprop");
	expect_ticks(scale, 2, "sgd rmsprop");
	assert_close(hd_scale_at(&scale, 0), 50, 1e-9);
	assert_close(hd_scale_at(&scale, 2), 250, 1e-9);
	expect_ticks(hd_scale_category(NULL, 0), 5, "");
}

static void what_has_no_place_is_nan(void **state)
{
	struct hd_scale scale = hd_scale_log(0.1, 10);

	(void)state;
	scale.from = 100;
	scale.to = 0;
	assert_close(hd_scale_at(&scale, 1), 50, 1e-9);
	assert_close(hd_scale_at(&scale, 10), 0, 1e-9);
	assert_true(isnan(hd_scale_at(&scale, 0)));
	assert_true(isnan(hd_scale_at(&scale, -1)));
	assert_true(isnan(hd_scale_at(&scale, NAN)));
}

/* Whatever the ends are, there is a range with numbers and few ticks. */
static void odd_ends_make_a_scale(void **state)
{
	static const double ends[] = { 0, -0.0, 1, -1, 1e-320, 1.7e308, -1.7e308, 0.1, 5e-324,
				       NAN, INFINITY, -INFINITY };

	(void)state;
	for (size_t i = 0; i < ROWS(ends); i++)
		for (size_t j = 0; j < ROWS(ends); j++) {
			struct hd_scale scales[] = { hd_scale_linear(ends[i], ends[j]),
						     hd_scale_log(ends[i], ends[j]),
						     hd_scale_time(ends[j]) };

			for (size_t k = 0; k < ROWS(scales); k++) {
				struct hd_tick ticks[HD_SCALE_TICKS];
				size_t count = hd_scale_ticks(&scales[k], 7, ticks);

				assert_true(isfinite(scales[k].low) && isfinite(scales[k].high));
				assert_true(scales[k].low < scales[k].high);
				assert_true(count <= 7);
				for (size_t l = 0; l < count; l++)
					assert_true(isfinite(hd_scale_part(&scales[k],
									   ticks[l].value)));
			}
		}
}

static void numbers_are_short(void **state)
{
	char text[40];

	(void)state;
	assert_string_equal(hd_scale_text(0.93124999, text, sizeof text), "0.9312");
	assert_string_equal(hd_scale_text(0, text, sizeof text), "0");
	assert_string_equal(hd_scale_text(64, text, sizeof text), "64");
	assert_string_equal(hd_scale_text(123456, text, sizeof text), "123456");
	assert_string_equal(hd_scale_text(0.00001, text, sizeof text), "1e-5");
	assert_string_equal(hd_scale_text(-2.5e30, text, sizeof text), "-2.5e30");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(linear_ticks_are_round),
		cmocka_unit_test(ticks_near_each_other_differ),
		cmocka_unit_test(whole_numbers_have_no_ticks_between),
		cmocka_unit_test(log_ticks_are_powers),
		cmocka_unit_test(time_ticks_are_those_of_clocks),
		cmocka_unit_test(names_are_in_the_middle_of_their_bands),
		cmocka_unit_test(what_has_no_place_is_nan),
		cmocka_unit_test(odd_ends_make_a_scale),
		cmocka_unit_test(numbers_are_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
