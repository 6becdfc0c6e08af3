/*
 * Tests of engine/space/expr.c and value.c: SPEC 1.3.
 *
 * Distributions are drawn from a fixed seed; each tolerance is five standard
 * deviations of the statistic, so a right formula passes for all but one seed
 * in a million and a wrong one does not.
 */
#include "check.h"

#include <hdrive/space.h>

#include <float.h>

#define DRAWS 20000

static int rng_setup(void **state)
{
	struct hd_rng *rng = malloc(sizeof *rng);

	if (!rng)
		return -1;
	hd_rng_init(rng, 2385, 0);
	*state = rng;
	return 0;
}

static int rng_teardown(void **state)
{
	free(*state);
	return 0;
}

static struct hd_value text_value(const char *text)
{
	return (struct hd_value){ .kind = HD_VALUE_TEXT,
				  .text = text,
				  .length = strlen(text) };
}

static const char *printed(struct hd_value value)
{
	static char text[64];

	hd_value_format(&value, text, sizeof text);
	return text;
}

static void assert_refused(struct hd_expr expr, const char *word)
{
	struct hd_error err = { 0 };

	assert_int_equal(hd_expr_check(&expr, &err), HD_EINVAL);
	if (!strstr(err.text, word))
		fail_msg("no '%s' in: %s", word, err.text);
	assert_int_equal(hd_expr_check(&expr, NULL), HD_EINVAL);
}

static void assert_accepted(struct hd_expr expr)
{
	struct hd_error err = { 0 };

	if (hd_expr_check(&expr, &err) != 0)
		fail_msg("%s", err.text);
}

/* --- legality ------------------------------------------------------------ */

static void hd_016_there_are_ten_expressions(void **state)
{
	unsigned kinds = 0;

	(void)state;
	assert_int_equal(hd_expr_types(), 10);
	for (size_t i = 0; i < hd_expr_types(); i++) {
		const struct hd_expr_type *type = hd_expr_type_at(i);

		assert_ptr_equal(hd_expr_type_find(type->name), type);
		assert_string_equal(hd_expr_name(type->kind), type->name);
		kinds |= (unsigned)type->kind;
	}
	assert_int_equal(kinds, HD_EXPR_ALL);
	assert_null(hd_expr_type_at(10));
	assert_null(hd_expr_type_find("Uniform"));
	assert_null(hd_expr_type_find("logunifrom"));
}

static void hd_018_choice_without_options_is_refused(void **state)
{
	struct hd_value option = text_value("adam");

	(void)state;
	assert_refused(hd_expr_choice(&option, 0), "at least one option");
	assert_accepted(hd_expr_choice(&option, 1));
}

static void hd_019_randint_upper_must_be_whole_and_positive(void **state)
{
	(void)state;
	assert_accepted(hd_expr_randint(10));
	assert_accepted(hd_expr_randint(0x1p53));
	assert_refused(hd_expr_randint(0), "upper");
	assert_refused(hd_expr_randint(-1), "got -1");
	assert_refused(hd_expr_randint(2.5), "whole number");
	assert_refused(hd_expr_randint(0x1p54), "9007199254740992");
	assert_refused(hd_expr_randint(NAN), "got nan");
	assert_refused(hd_expr_randint(INFINITY), "got inf");
}

static void hd_020_uniform_needs_min_below_max(void **state)
{
	(void)state;
	assert_refused(hd_expr_uniform(1, 1), "greater than 'min'");
	assert_refused(hd_expr_uniform(2, 1), "got min 2 and max 1");
	assert_refused(hd_expr_quniform(2, 1, 1), "'max' of quniform");
	assert_refused(hd_expr_uniform(-INFINITY, 1), "'min'");
	assert_refused(hd_expr_uniform(0, NAN), "'max'");
	assert_accepted(hd_expr_uniform(-DBL_MAX, DBL_MAX));
}

static void hd_022_loguniform_may_be_one_point(void **state)
{
	struct hd_expr expr = hd_expr_loguniform(1, 1);

	(void)state;
	assert_accepted(expr);
	assert_close(hd_expr_at(&expr, 0.2385).number, exp(1), 0);
	assert_refused(hd_expr_loguniform(2, 1), "at least 'min'");
	assert_refused(hd_expr_loguniform(1e-6, 1000), "logarithm");
}

static void hd_024_q_must_be_positive(void **state)
{
	(void)state;
	assert_accepted(hd_expr_quniform(0, 1, 2.0));
	assert_accepted(hd_expr_quniform(0, 10, 2.5));
	assert_refused(hd_expr_quniform(0, 10, 0), "'q'");
	assert_refused(hd_expr_qloguniform(0, 10, -1), "got -1");
	assert_refused(hd_expr_qnormal(0, 1, NAN), "'q' of qnormal");
	assert_refused(hd_expr_qlognormal(0, 1, 0), "'q' of qlognormal");
}

static void hd_026_sigma_below_zero_is_refused(void **state)
{
	(void)state;
	assert_refused(hd_expr_normal(0, -1), "standard deviation");
	assert_refused(hd_expr_qnormal(0, -1, 1), "'sigma' of qnormal");
	assert_refused(hd_expr_lognormal(0, NAN), "'sigma'");
	assert_refused(hd_expr_lognormal(1000, 1), "logarithm");
	assert_accepted(hd_expr_normal(0, 0));
}

static void hd_028_each_expression_names_its_arguments(void **state)
{
	(void)state;
	assert_int_equal(hd_expr_type_find("quniform")->arguments, 3);
	assert_string_equal(hd_expr_type_find("quniform")->argument_list,
			    "min, max, q");
	assert_int_equal(hd_expr_type_find("randint")->arguments, 1);
	assert_int_equal(hd_expr_type_find("choice")->arguments, 0);
	assert_string_equal(hd_expr_type_find("lognormal")->argument_list,
			    "mu, sigma");
}

/* --- draws --------------------------------------------------------------- */

static void hd_018_choice_picks_every_option_alike(void **state)
{
	struct hd_value options[] = { text_value("adam"), text_value("sgd"),
				      text_value("lamb") };
	struct hd_expr expr = hd_expr_choice(options, 3);
	int counts[3] = { 0 };

	for (int i = 0; i < DRAWS; i++) {
		struct hd_value value = hd_expr_draw(&expr, *state);

		assert_true(value.option < 3);
		assert_string_equal(value.text, options[value.option].text);
		counts[value.option]++;
	}
	/* Binomial with p = 1/3: sigma^2 = N p (1 - p). */
	for (int i = 0; i < 3; i++)
		assert_close(counts[i], DRAWS / 3.0,
			     5 * sqrt(DRAWS * (1 / 3.0) * (2 / 3.0)));
}

static void hd_019_randint_reaches_zero_to_nine_alike(void **state)
{
	struct hd_expr expr = hd_expr_randint(10);
	int counts[10] = { 0 };

	for (int i = 0; i < DRAWS; i++) {
		struct hd_value value = hd_expr_draw(&expr, *state);

		assert_int_equal(value.kind, HD_VALUE_INTEGER);
		assert_in_range(value.integer, 0, 9);
		counts[value.integer]++;
	}
	/* Binomial with p = 0.1: sigma^2 = N p (1 - p). */
	for (int i = 0; i < 10; i++)
		assert_close(counts[i], DRAWS * 0.1,
			     5 * sqrt(DRAWS * 0.1 * 0.9));
}

static void randint_takes_the_largest_upper_end(void **state)
{
	struct hd_expr expr = hd_expr_randint(0x1p53);
	int64_t odd = 0;

	for (int i = 0; i < 100; i++) {
		struct hd_value value = hd_expr_draw(&expr, *state);

		assert_true(value.integer >= 0);
		assert_true(value.integer < (int64_t)1 << 53);
		odd |= value.integer & 1;
	}
	assert_int_equal(odd, 1);
	assert_int_equal(hd_expr_at(&expr, 1 - 0x1p-53).integer,
			 ((int64_t)1 << 53) - 1);
}

static void hd_020_uniform_draws_stay_inside(void **state)
{
	struct hd_expr expr = hd_expr_uniform(-1.3, 2.385);
	double sum = 0;

	for (int i = 0; i < DRAWS; i++) {
		double x = hd_expr_draw(&expr, *state).number;

		assert_true(x >= -1.3 && x <= 2.385);
		sum += x;
	}
	/* Variance is (max - min)^2 / 12. */
	assert_close(sum / DRAWS, (2.385 - 1.3) / 2,
		     5 * 3.685 / sqrt(12.0 * DRAWS));
}

static void uniform_over_all_doubles_does_not_overflow(void **state)
{
	struct hd_expr expr = hd_expr_uniform(-DBL_MAX, DBL_MAX);

	for (int i = 0; i < 1000; i++)
		assert_true(isfinite(hd_expr_draw(&expr, *state).number));
}

static void hd_021_loguniform_bounds_are_logarithms(void **state)
{
	struct hd_expr expr = hd_expr_loguniform(-6, -1);
	double sum = 0;

	for (int i = 0; i < DRAWS; i++) {
		double x = hd_expr_draw(&expr, *state).number;

		assert_true(x >= exp(-6) && x <= exp(-1));
		sum += log(x);
	}
	/* ln of it is uniform on [-6, -1]: mean -3.5, variance 25 / 12. */
	assert_close(sum / DRAWS, -3.5, 5 * 5 / sqrt(12.0 * DRAWS));
	assert_close(hd_expr_at(&expr, 0.5).number, exp(-3.5), 1e-15);
}

static void hd_023_quniform_draws_multiples_of_q(void **state)
{
	struct hd_expr expr = hd_expr_quniform(16, 128, 16);
	unsigned seen = 0;

	for (int i = 0; i < DRAWS; i++) {
		struct hd_value value = hd_expr_draw(&expr, *state);

		assert_int_equal(value.kind, HD_VALUE_INTEGER);
		assert_in_range(value.integer, 16, 128);
		assert_int_equal(value.integer % 16, 0);
		seen |= 1u << (value.integer / 16);
	}
	assert_int_equal(seen, 0x1fe);
}

/* 1/4 rounds down to 0 and 10.5/4 up to 3: SPEC's formula has no clamp. */
static void quniform_is_not_clamped_to_its_bounds(void **state)
{
	struct hd_expr expr = hd_expr_quniform(1, 10.5, 4);

	(void)state;
	assert_int_equal(hd_expr_at(&expr, 1e-9).integer, 0);
	assert_int_equal(hd_expr_at(&expr, 1 - 1e-9).integer, 12);
}

static void quniform_has_the_probabilities_of_rounding(void **state)
{
	struct hd_expr expr = hd_expr_quniform(0, 2, 1);
	int counts[3] = { 0 };

	for (int i = 0; i < DRAWS; i++)
		counts[hd_expr_draw(&expr, *state).integer]++;
	/* Half-wide cells at the ends: 1/4, 1/2, 1/4. */
	assert_close(counts[0], DRAWS / 4.0, 5 * sqrt(DRAWS * 3 / 16.0));
	assert_close(counts[1], DRAWS / 2.0, 5 * sqrt(DRAWS / 4.0));
	assert_close(counts[2], DRAWS / 4.0, 5 * sqrt(DRAWS * 3 / 16.0));
}

static void hd_025_qloguniform_rounds_the_exponential(void **state)
{
	struct hd_expr expr = hd_expr_qloguniform(2.385, 6.5, 8);
	struct hd_rng *rng = *state;

	for (int i = 0; i < 1000; i++) {
		double u = hd_rng_uniform(rng);
		double x = exp(2.385 + u * (6.5 - 2.385));

		assert_close(hd_expr_at(&expr, u).number, rint(x / 8) * 8, 0);
	}
}

static void hd_026_sigma_is_a_standard_deviation(void **state)
{
	struct hd_expr expr = hd_expr_normal(2.385, 0.75);
	double sum = 0, squares = 0;

	for (int i = 0; i < DRAWS; i++) {
		double x = hd_expr_draw(&expr, *state).number - 2.385;

		sum += x;
		squares += x * x;
	}
	assert_close(sum / DRAWS, 0, 5 * 0.75 / sqrt(DRAWS));
	/* The variance of a squared normal is 2 sigma^4. */
	assert_close(squares / DRAWS, 0.75 * 0.75,
		     5 * sqrt(2.0 / DRAWS) * 0.75 * 0.75);
	/* One sigma up is the quantile 0.841344746068543. */
	assert_close(hd_expr_at(&expr, 0.841344746068543).number, 3.135, 1e-12);
}

static void hd_026_sigma_zero_is_constant(void **state)
{
	struct hd_expr expr = hd_expr_normal(2.385, 0);

	for (int i = 0; i < 100; i++)
		assert_close(hd_expr_draw(&expr, *state).number, 2.385, 0);
}

static void hd_027_lognormal_is_positive(void **state)
{
	struct hd_expr expr = hd_expr_lognormal(-2.385, 1.5);
	double sum = 0;

	for (int i = 0; i < DRAWS; i++) {
		double x = hd_expr_draw(&expr, *state).number;

		assert_true(x > 0);
		sum += log(x);
	}
	assert_close(sum / DRAWS, -2.385, 5 * 1.5 / sqrt(DRAWS));
}

static void hd_027_qnormal_and_qlognormal_are_multiples_of_q(void **state)
{
	struct hd_expr log_expr = hd_expr_qlognormal(2.385, 1, 3);
	struct hd_expr expr = hd_expr_qnormal(2.385, 20, 7);

	for (int i = 0; i < 1000; i++) {
		struct hd_value value = hd_expr_draw(&log_expr, *state);

		assert_true(value.integer >= 0);
		assert_int_equal(value.integer % 3, 0);
		value = hd_expr_draw(&expr, *state);
		assert_int_equal(value.integer % 7, 0);
	}
}

static void a_huge_sigma_stays_finite_and_positive(void **state)
{
	struct hd_expr logs = hd_expr_lognormal(0, 1e300);
	struct hd_expr steps = hd_expr_qlognormal(0, 1e300, 0.25);
	struct hd_expr plain = hd_expr_normal(0, DBL_MAX);

	for (int i = 0; i < 200; i++) {
		double x = hd_expr_draw(&logs, *state).number;

		assert_true(x > 0 && isfinite(x));
		x = hd_expr_draw(&steps, *state).number;
		assert_true(x >= 0 && isfinite(x));
		assert_true(isfinite(hd_expr_draw(&plain, *state).number));
	}
}

static void hd_029_halves_round_to_even(void **state)
{
	static const struct {
		double half;
		int64_t even;
	} rows[] = {
		{ 0.5, 0 },
		{ 1.5, 2 },
		{ 2.5, 2 },
		{ 3.5, 4 },
		{ -0.5, 0 },
		{ -1.5, -2 },
	};

	(void)state;
	/* With sigma 0 every draw is mu, here half a step. */
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_expr expr = hd_expr_qnormal(rows[i].half * 4, 0, 4);
		struct hd_value value = hd_expr_at(&expr, 0.2385);

		assert_int_equal(value.integer, rows[i].even * 4);
		assert_true(value.integer != 0 || !signbit(value.number));
	}
}

/* --- text ---------------------------------------------------------------- */

static void hd_030_integral_q_prints_without_a_point(void **state)
{
	struct hd_expr expr = hd_expr_quniform(16, 128, 16.0);

	(void)state;
	assert_string_equal(printed(hd_expr_at(&expr, 0.5)), "64");
	expr = hd_expr_quniform(-0.4, 0.4, 1);
	assert_string_equal(printed(hd_expr_at(&expr, 0.1)), "0");
	expr = hd_expr_qnormal(2e17, 0, 1);
	assert_string_equal(printed(hd_expr_at(&expr, 0.1)),
			    "200000000000000000");
}

static void a_fractional_q_prints_as_it_was_meant(void **state)
{
	static const struct {
		double q;
		uint64_t step;
		const char *text;
	} rows[] = {
		{ 0.1, 3, "0.3" },
		{ 0.1, 7, "0.7" },
		{ 0.1, 10, "1" },
		{ 0.25, 3, "0.75" },
		{ 0.05, 13, "0.65" },
		{ 0.003, 111, "0.333" },
		{ 1e-5, 3, "3e-5" },
		{ 2.5, 3, "7.5" },
		{ 1e-15, 3, "3e-15" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_expr expr = hd_expr_quniform(0, 100, rows[i].q);

		if (hd_expr_count(&expr) == 0)
			expr.b = 1e-3;
		assert_string_equal(printed(hd_expr_nth(&expr, rows[i].step)),
				    rows[i].text);
	}
}

static void every_kind_of_value_prints_as_python_reads_it(void **state)
{
	struct hd_value json = { .kind = HD_VALUE_JSON,
				 .text = "[1,\"a\"]",
				 .length = 7 };
	struct hd_value value = { .kind = HD_VALUE_NULL };

	(void)state;
	assert_string_equal(printed(value), "None");
	value.kind = HD_VALUE_BOOL;
	assert_string_equal(printed(value), "False");
	value.integer = 1;
	assert_string_equal(printed(value), "True");
	value = (struct hd_value){ .kind = HD_VALUE_REAL, .number = 1e-5 };
	assert_string_equal(printed(value), "1e-5");
	assert_string_equal(printed(json), "[1,\"a\"]");
	assert_string_equal(printed(text_value("it's \"so\"")), "it's \"so\"");
	value.kind = HD_VALUE_ABSENT;
	assert_string_equal(printed(value), "");
}

static void format_tells_the_length_it_needed(void **state)
{
	struct hd_value value = text_value("rmsprop");
	char text[4] = "zzz";

	(void)state;
	assert_int_equal(hd_value_format(&value, NULL, 0), 7);
	assert_int_equal(hd_value_format(&value, text, sizeof text), 7);
	assert_string_equal(text, "rms");
	assert_int_equal(hd_value_format(&value, text, 1), 7);
	assert_string_equal(text, "");
}

static void values_are_equal_when_the_script_sees_the_same(void **state)
{
	struct hd_value whole = { .kind = HD_VALUE_INTEGER,
				  .integer = 1,
				  .number = 1 };
	struct hd_value real = { .kind = HD_VALUE_REAL, .number = 1 };
	struct hd_value text = text_value("1"), other = text_value("12");
	struct hd_value nan = { .kind = HD_VALUE_REAL, .number = NAN };

	(void)state;
	assert_true(hd_value_equal(&whole, &real));
	assert_true(hd_value_equal(&nan, &nan));
	assert_false(hd_value_equal(&nan, &real));
	assert_false(hd_value_equal(&text, &whole));
	assert_false(hd_value_equal(&text, &other));
	assert_true(hd_value_equal(&text, &text));
	real.number = 1.5;
	assert_false(hd_value_equal(&whole, &real));
}

/* --- finite lists -------------------------------------------------------- */

static void count_and_nth_list_the_steps(void **state)
{
	static const struct {
		struct hd_expr expr;
		uint64_t count;
		const char *first, *last;
	} rows[] = {
		{ { .kind = HD_EXPR_RANDINT, .b = 10 }, 10, "0", "9" },
		{ { .kind = HD_EXPR_QUNIFORM, .a = 16, .b = 128, .q = 16 },
		  8,
		  "16",
		  "128" },
		{ { .kind = HD_EXPR_QUNIFORM, .a = 0, .b = 1, .q = 0.1 },
		  11,
		  "0",
		  "1" },
		{ { .kind = HD_EXPR_QUNIFORM, .a = -1.3, .b = 2.9, .q = 0.25 },
		  18,
		  "-1.25",
		  "3" },
		/* exp(0)/16 rounds to 0, exp(6)/16 = 25.2. */
		{ { .kind = HD_EXPR_QLOGUNIFORM, .a = 0, .b = 6, .q = 16 },
		  26,
		  "0",
		  "400" },
		/* All of it rounds to one value. */
		{ { .kind = HD_EXPR_QLOGUNIFORM, .a = -6, .b = -1, .q = 1 },
		  1,
		  "0",
		  "0" },
		{ { .kind = HD_EXPR_QUNIFORM, .a = 0, .b = 1e12, .q = 1 },
		  1000000000001,
		  "0",
		  "1000000000000" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint64_t count = hd_expr_count(&rows[i].expr);

		assert_int_equal(count, rows[i].count);
		assert_string_equal(printed(hd_expr_nth(&rows[i].expr, 0)),
				    rows[i].first);
		assert_string_equal(printed(hd_expr_nth(&rows[i].expr,
							count - 1)),
				    rows[i].last);
		assert_int_equal(hd_expr_nth(&rows[i].expr, count).kind,
				 HD_VALUE_ABSENT);
	}
}

static void nth_ascends_without_repeats(void **state)
{
	struct hd_expr expr = hd_expr_quniform(-3, 3, 0.1);
	double last = -INFINITY;

	(void)state;
	for (uint64_t i = 0; i < hd_expr_count(&expr); i++) {
		double x = hd_expr_nth(&expr, i).number;

		assert_true(x > last);
		last = x;
	}
}

static void every_draw_of_a_finite_expression_is_in_its_list(void **state)
{
	struct hd_expr exprs[] = { hd_expr_quniform(-1.3, 2.9, 0.25),
				   hd_expr_quniform(0, 1, 0.1),
				   hd_expr_qloguniform(0, 4, 3),
				   hd_expr_randint(17) };

	for (size_t i = 0; i < ROWS(exprs); i++) {
		uint64_t count = hd_expr_count(&exprs[i]);

		for (int j = 0; j < 500; j++) {
			struct hd_value value = hd_expr_draw(&exprs[i], *state);
			bool found = false;

			for (uint64_t k = 0; k < count; k++) {
				struct hd_value nth = hd_expr_nth(&exprs[i], k);

				found |= hd_value_equal(&value, &nth);
			}
			assert_true(found);
		}
	}
}

static void continuous_expressions_have_no_count(void **state)
{
	struct hd_expr exprs[] = { hd_expr_uniform(0, 1),
				   hd_expr_loguniform(0, 1),
				   hd_expr_normal(0, 1),
				   hd_expr_qnormal(0, 1, 1),
				   hd_expr_lognormal(0, 1),
				   hd_expr_qlognormal(0, 1, 1),
				   /* Steps that doubles cannot tell apart. */
				   hd_expr_quniform(0, 1e300, 1e-300) };

	(void)state;
	for (size_t i = 0; i < ROWS(exprs); i++)
		assert_int_equal(hd_expr_count(&exprs[i]), 0);
}

/* What a sampler of somebody else's may pass: the ends, beyond them, NaN. */
static void any_quantile_gives_a_legal_value(void **state)
{
	static const double quantiles[] = { 0, 1, -1, 2, NAN, INFINITY,
					    5e-324 };
	struct hd_value options[] = { text_value("a"), text_value("b") };
	struct hd_expr exprs[] = { hd_expr_choice(options, 2),
				   hd_expr_randint(3),
				   hd_expr_uniform(-1, 1),
				   hd_expr_normal(0, 1),
				   hd_expr_lognormal(0, 1) };

	(void)state;
	for (size_t i = 0; i < ROWS(exprs); i++)
		for (size_t j = 0; j < ROWS(quantiles); j++) {
			struct hd_value value = hd_expr_at(&exprs[i],
							   quantiles[j]);

			assert_true(value.kind != HD_VALUE_ABSENT);
			assert_true(isfinite(value.number));
		}
}

#define DRAWN(test) \
	cmocka_unit_test_setup_teardown(test, rng_setup, rng_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_016_there_are_ten_expressions),
		cmocka_unit_test(hd_018_choice_without_options_is_refused),
		cmocka_unit_test(hd_019_randint_upper_must_be_whole_and_positive),
		cmocka_unit_test(hd_020_uniform_needs_min_below_max),
		cmocka_unit_test(hd_022_loguniform_may_be_one_point),
		cmocka_unit_test(hd_024_q_must_be_positive),
		cmocka_unit_test(hd_026_sigma_below_zero_is_refused),
		cmocka_unit_test(hd_028_each_expression_names_its_arguments),
		DRAWN(hd_018_choice_picks_every_option_alike),
		DRAWN(hd_019_randint_reaches_zero_to_nine_alike),
		DRAWN(randint_takes_the_largest_upper_end),
		DRAWN(hd_020_uniform_draws_stay_inside),
		DRAWN(uniform_over_all_doubles_does_not_overflow),
		DRAWN(hd_021_loguniform_bounds_are_logarithms),
		DRAWN(hd_023_quniform_draws_multiples_of_q),
		cmocka_unit_test(quniform_is_not_clamped_to_its_bounds),
		DRAWN(quniform_has_the_probabilities_of_rounding),
		DRAWN(hd_025_qloguniform_rounds_the_exponential),
		DRAWN(hd_026_sigma_is_a_standard_deviation),
		DRAWN(hd_026_sigma_zero_is_constant),
		DRAWN(hd_027_lognormal_is_positive),
		DRAWN(hd_027_qnormal_and_qlognormal_are_multiples_of_q),
		DRAWN(a_huge_sigma_stays_finite_and_positive),
		cmocka_unit_test(hd_029_halves_round_to_even),
		cmocka_unit_test(hd_030_integral_q_prints_without_a_point),
		cmocka_unit_test(a_fractional_q_prints_as_it_was_meant),
		cmocka_unit_test(every_kind_of_value_prints_as_python_reads_it),
		cmocka_unit_test(format_tells_the_length_it_needed),
		cmocka_unit_test(values_are_equal_when_the_script_sees_the_same),
		cmocka_unit_test(count_and_nth_list_the_steps),
		cmocka_unit_test(nth_ascends_without_repeats),
		DRAWN(every_draw_of_a_finite_expression_is_in_its_list),
		cmocka_unit_test(continuous_expressions_have_no_count),
		cmocka_unit_test(any_quantile_gives_a_legal_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
