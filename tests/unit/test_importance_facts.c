/*
 * Tests of engine/importance against what is known without it: functions whose
 * best trials lie where geometry or the law of sums says, and what may change
 * without a difference.
 *
 * Of the best share g of all trials, a parameter with density 1 on its range
 * and p among the best has the divergence E[p^2] - 1; importances are those
 * divided by their sum. A Parzen estimator rounds the corners of p: what is
 * expected is met to some hundredths.
 */
#include "importances.h"

#include <math.h>

#define G HD_IMPORTANCE_QUANTILE

/* --- what is expected ------------------------------------------------------------- */

static double below(double z)
{
	return erfc(-z / sqrt(2)) / 2;
}

/* The z that a share of a normal distribution lies below. */
static double quantile(double share)
{
	double low = -10, high = 10;

	for (int i = 0; i < 80; i++) {
		double middle = (low + high) / 2;

		if (below(middle) < share)
			low = middle;
		else
			high = middle;
	}
	return low;
}

/*
 * The divergence of a normal term that has PART of the variance of a normal sum:
 * where the term is x, in units of its deviation, the sum is among the least
 * share G with the chance below((quantile(G) - sqrt(PART) x) / sqrt(1 - PART)).
 */
static double divergence_of_part(double part)
{
	const double step = 0.001, cut = quantile(G);
	double sum = 0;

	for (double x = -9; x < 9; x += step) {
		double p = below((cut - sqrt(part) * x) / sqrt(1 - part)) / G;

		sum += p * p * exp(-x * x / 2) / sqrt(2 * acos(-1)) * step;
	}
	return sum - 1;
}

/* --- sweeps --------------------------------------------------------------------- */

/* A result of numbers that fill [0, 1)^4 evenly. */
typedef double (*result_fn)(const double *u);

static const size_t bases[] = { 2, 3, 5, 7 };

#define UNIFORM(name) "  - {name: " name ", expression: uniform, values: [0, 1]}\n"
#define NORMAL(name) "  - {name: " name ", expression: normal, values: [0, 1]}\n"

/* COUNT trials of a to be minimized RESULT of parameters a, b, c, d, each MAP of its own. */
static void fill(struct apibox *a, const char *file, size_t count, double (*map)(double),
		 result_fn result)
{
	api_sweep(a, "a", file);
	box_begin(&a->box);
	for (size_t i = 0; i < count; i++) {
		double u[ROWS(bases)];
		char text[200];

		for (size_t k = 0; k < ROWS(bases); k++)
			u[k] = map ? map(even(i, bases[k])) : even(i, bases[k]);
		snprintf(text, sizeof text,
			 "{\"--a\":%.17g,\"--b\":%.17g,\"--c\":%.17g,\"--d\":%.17g}", u[0], u[1],
			 u[2], u[3]);
		ended(a, i, text, HD_TRIAL_COMPLETED, -result(u));
	}
	box_commit(&a->box);
}

static const char cube[] = API_FILE(UNIFORM("--a") UNIFORM("--b") UNIFORM("--c") UNIFORM("--d"));

/* --- facts ----------------------------------------------------------------------- */

static double sum_with_twice_b(const double *u)
{
	return u[0] + 2 * u[1];
}

/*
 * The best of a + 2 b lie in a corner, a triangle with legs t and t / 2 and the
 * area G. In it p = 2 / l (1 - x / l) along a leg l, so E[p^2] = 4 / (3 l).
 */
static void a_corner_has_the_importances_of_its_legs(void **state)
{
	const double t = sqrt(4 * G), a_part = 4 / (3 * t) - 1, b_part = 8 / (3 * t) - 1;
	struct apibox *a = *state;
	struct hd_importance *it;

	fill(a, cube, 3000, NULL, sum_with_twice_b);
	it = importance(a);
	assert_close(importance_of(it, "--a"), a_part / (a_part + b_part), 0.02);
	assert_close(importance_of(it, "--b"), b_part / (a_part + b_part), 0.02);
	assert_true(importance_of(it, "--c") < 0.01);
	assert_true(importance_of(it, "--d") < 0.01);
	hd_importance_close(it);
}

/* Variances 6, 3 and 1 of ten; --d has none. */
static double weighted_sum(const double *z)
{
	return sqrt(0.6) * z[0] + sqrt(0.3) * z[1] + sqrt(0.1) * z[2];
}

static void terms_of_a_normal_sum_matter_by_their_variances(void **state)
{
	static const char file[] =
		API_FILE(NORMAL("--a") NORMAL("--b") NORMAL("--c") NORMAL("--d"));
	const double parts[] = { divergence_of_part(0.6), divergence_of_part(0.3),
				 divergence_of_part(0.1) };
	const double sum = parts[0] + parts[1] + parts[2];
	struct apibox *a = *state;
	struct hd_importance *it;

	fill(a, file, 3000, quantile, weighted_sum);
	it = importance(a);
	assert_close(importance_of(it, "--a"), parts[0] / sum, 0.03);
	assert_close(importance_of(it, "--b"), parts[1] / sum, 0.03);
	assert_close(importance_of(it, "--c"), parts[2] / sum, 0.03);
	assert_true(importance_of(it, "--d") < 0.01);
	assert_string_equal(hd_importance_at(it, 0)->name, "--a");
	assert_string_equal(hd_importance_at(it, 3)->name, "--d");
	hd_importance_close(it);
}

/* Each point is there with its mirror image: none of the two can matter more. */
static void a_symmetric_pair_matters_alike(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;
	char text[100];

	api_sweep(a, "a", API_FILE(UNIFORM("--a") UNIFORM("--b")));
	box_begin(&a->box);
	for (size_t i = 0; i < 600; i++) {
		double x = even(i / 2, i % 2 ? 3 : 2), y = even(i / 2, i % 2 ? 2 : 3);

		snprintf(text, sizeof text, "{\"--a\":%.17g,\"--b\":%.17g}", x, y);
		ended(a, i, text, HD_TRIAL_COMPLETED, -(x * x + y * y + x * y));
	}
	box_commit(&a->box);
	it = importance(a);
	assert_close(importance_of(it, "--a"), 0.5, 1e-12);
	hd_importance_close(it);
}

/* --- what makes no difference --------------------------------------------------- */

static double bowl(const double *u)
{
	return 4 * (u[0] - 0.3) * (u[0] - 0.3) + u[1] + u[2] / 8;
}

static double bowl_risen(const double *u)
{
	return expm1(5 * bowl(u)) - 1e6;
}

static double bowl_pressed(const double *u)
{
	return atan(bowl(u)) / 1e9;
}

static void expect_same(const struct hd_importance *it, const struct hd_importance *other,
			double tolerance)
{
	assert_int_equal(hd_importance_count(it), hd_importance_count(other));
	for (size_t i = 0; i < hd_importance_count(it); i++) {
		const struct hd_importance_row *row = hd_importance_at(it, i);

		assert_close(importance_of(other, row->name), row->importance, tolerance);
	}
}

/* The order of results alone counts, so not a bit of it changes. */
static void a_monotone_change_of_the_metric_changes_nothing(void **state)
{
	static const result_fn changed[] = { bowl_risen, bowl_pressed };
	struct apibox *a = *state;
	struct hd_importance *it, *other;

	fill(a, cube, 500, NULL, bowl);
	it = importance(a);
	assert_true(importance_of(it, "--a") > 0.2 && importance_of(it, "--b") > 0.2);
	for (size_t i = 0; i < ROWS(changed); i++) {
		close_api(state);
		open_api(state);
		a = *state;
		fill(a, cube, 500, NULL, changed[i]);
		other = importance(a);
		expect_same(it, other, 0);
		hd_importance_close(other);
	}
	hd_importance_close(it);
}

/* --k by LABELS, of which the second is good and the fourth a little. */
static struct hd_importance *judge_labels(struct apibox *a, const char *file,
					  const char *const *labels)
{
	char text[200];

	api_sweep(a, "a", file);
	box_begin(&a->box);
	for (size_t i = 0; i < 500; i++) {
		size_t k = (size_t)(4 * even(i, 3));
		double u = even(i, 2);

		snprintf(text, sizeof text, "{\"--k\":%s,\"--u\":%.17g}", labels[k], u);
		ended(a, i, text, HD_TRIAL_COMPLETED, (k == 1 ? 1 : k == 3 ? 0.5
									   : 0) -
							      u);
	}
	box_commit(&a->box);
	return importance(a);
}

static void other_labels_in_another_order_change_nothing(void **state)
{
	static const char *const words[] = { "\"a\"", "\"b\"", "\"c\"", "\"d\"" };
	static const char *const mixture[] = { "3", "\"zero\"", "null", "\"<b>\"" };
	struct apibox *a = *state;
	struct hd_importance *it, *other;

	it = judge_labels(
		a,
		API_FILE("  - {name: --k, expression: choice, values: [a, b, c, d]}\n" UNIFORM(
			"--u")),
		words);
	assert_true(importance_of(it, "--k") > 0.1 && importance_of(it, "--u") > 0.1);
	close_api(state);
	open_api(state);
	a = *state;
	other = judge_labels(a,
			     API_FILE("  - {name: --k, expression: choice, values: "
				      "[<b>, zero, 3, null]}\n" UNIFORM("--u")),
			     mixture);
	expect_same(it, other, 1e-12);
	hd_importance_close(it);
	hd_importance_close(other);
}

/* 1e-6 to 1 */
static double spread(double u)
{
	return exp((u - 1) * 6 * log(10));
}

static double bowl_of_logarithms(const double *x)
{
	double u[3];

	for (size_t k = 0; k < 3; k++)
		u[k] = 1 + log10(x[k]) / 6;
	return bowl(u);
}

static void a_logarithmic_parameter_is_judged_by_its_logarithm(void **state)
{
#define SPREAD(name) \
	"  - {name: " name ", expression: loguniform, values: [-13.815510557964274, 0]}\n"
	struct apibox *a = *state;
	struct hd_importance *it, *other;

	fill(a, cube, 500, NULL, bowl);
	it = importance(a);
	close_api(state);
	open_api(state);
	a = *state;
	fill(a, API_FILE(SPREAD("--a") SPREAD("--b") SPREAD("--c") SPREAD("--d")), 500, spread,
	     bowl_of_logarithms);
	other = importance(a);
	expect_same(it, other, 1e-9);
	hd_importance_close(it);
	hd_importance_close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(a_corner_has_the_importances_of_its_legs),
		api_test(terms_of_a_normal_sum_matter_by_their_variances),
		api_test(a_symmetric_pair_matters_alike),
		api_test(a_monotone_change_of_the_metric_changes_nothing),
		api_test(other_labels_in_another_order_change_nothing),
		api_test(a_logarithmic_parameter_is_judged_by_its_logarithm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
