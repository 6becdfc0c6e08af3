/* Tests of engine/importance: which parameters matter. */
#include "importances.h"

#include "importance/parzen.h"

#include <hdrive/importance.h>

/* --- densities ------------------------------------------------------------------- */

static void a_density_adds_up_to_one(void **state)
{
	static const double counts[][6] = { { 0, 0, 0, 0, 0, 0 },
					    { 9, 0, 0, 0, 0, 0 },
					    { 1, 1, 1, 1, 1, 1 },
					    { 0, 3, 0, 500, 0, 1 } };
	double density[6];

	(void)state;
	for (size_t i = 0; i < ROWS(counts); i++) {
		double sum = 0;

		hd_parzen_ordered(counts[i], 6, density);
		for (size_t k = 0; k < 6; k++) {
			assert_true(density[k] > 0);
			sum += density[k];
		}
		assert_close(sum, 1, 1e-12);
		hd_parzen_choice(counts[i], 6, density);
		sum = 0;
		for (size_t k = 0; k < 6; k++)
			sum += density[k];
		assert_close(sum, 1, 1e-12);
	}
}

static void a_choice_is_counted_with_one_draw_more(void **state)
{
	const double counts[] = { 3, 0, 0, 1 };
	double density[4];

	(void)state;
	hd_parzen_choice(counts, 4, density);
	assert_close(density[0], 3.25 / 5, 1e-15);
	assert_close(density[1], 0.25 / 5, 1e-15);
	assert_close(density[3], 1.25 / 5, 1e-15);
}

/* 16 draws: mean 7.5, variance 340/15; quartiles at 3 and 12 (the fifth draw is
 * the first beyond 4, and so on). */
static void the_bandwidth_is_scotts(void **state)
{
	double counts[16];
	double deviation = sqrt(340.0 / 15);

	(void)state;
	for (size_t i = 0; i < 16; i++)
		counts[i] = 1;
	assert_true(9 / 1.34 > deviation);
	assert_close(hd_parzen_bandwidth(counts, 16), 1.059 * deviation * pow(16, -0.2), 1e-12);
	/* Draws of which most are the same have quartiles at one place. */
	counts[7] = 1000;
	assert_close(hd_parzen_bandwidth(counts, 16), 0.5 / 1.64, 1e-15);
	memset(counts, 0, sizeof counts);
	assert_close(hd_parzen_bandwidth(counts, 16), 0.5 / 1.64, 1e-15);
}

/* The kernel of one draw, and the wide one, by the error function. */
static void a_lone_draw_is_a_kernel_cut_off_at_the_ends(void **state)
{
	const double counts[] = { 1, 0, 0 };
	const double sigma = 0.5 / 1.64 * sqrt(2), wide = 3 * sqrt(2);
	double density[3], near_it, all, middle, whole;

	(void)state;
	hd_parzen_ordered(counts, 3, density);
	near_it = erf(0.5 / sigma);
	all = (erf(2.5 / sigma) + erf(0.5 / sigma)) / 2;
	middle = erf(0.5 / wide);
	whole = erf(1.5 / wide);
	assert_close(density[1],
		     ((erf(1.5 / sigma) - erf(0.5 / sigma)) / 2 / all + middle / whole) / 2, 1e-12);
	assert_close(density[0],
		     (near_it / all + (erf(1.5 / wide) - erf(0.5 / wide)) / 2 / whole) / 2, 1e-12);
}

static void the_divergence_is_pearsons(void **state)
{
	const double all[] = { 0.5, 0.25, 0.25 }, top[] = { 0.25, 0.25, 0.5 };

	(void)state;
	assert_close(hd_parzen_divergence(all, all, 3), 0, 1e-20);
	/* 1/2 (1/2)^2 + 0 + 1/4 1^2 */
	assert_close(hd_parzen_divergence(top, all, 3), 0.375, 1e-9);
}

/* --- sweeps ------------------------------------------------------------------------- */

#define PLANE                                                             \
	API_FILE("  - {name: --x, expression: uniform, values: [0, 1]}\n" \
		 "  - {name: --y, expression: uniform, values: [0, 1]}\n")

/* The result is x, to which y adds nothing. */
static void fill_plane(struct apibox *a, size_t count, double sign)
{
	char text[100];

	api_sweep(a, "a", PLANE);
	box_begin(&a->box);
	for (size_t i = 0; i < count; i++) {
		snprintf(text, sizeof text, "{\"--x\":%.6f,\"--y\":%.6f}", even(i, 2), even(i, 3));
		ended(a, i, text, HD_TRIAL_COMPLETED, sign * even(i, 2));
	}
	box_commit(&a->box);
}

static void the_one_that_decides_comes_first(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;

	fill_plane(a, 200, 1);
	it = importance(a);
	assert_int_equal(hd_importance_trials(it), 200);
	assert_int_equal(hd_importance_best(it), 20);
	assert_int_equal(hd_importance_count(it), 2);
	assert_string_equal(hd_importance_at(it, 0)->name, "--x");
	assert_string_equal(hd_importance_at(it, 0)->within, "");
	assert_int_equal(hd_importance_at(it, 0)->trials, 200);
	assert_true(hd_importance_at(it, 0)->importance > 0.95);
	assert_close(hd_importance_at(it, 0)->importance + hd_importance_at(it, 1)->importance, 1,
		     1e-12);
	assert_string_equal(hd_importance_note(it), "");
	hd_importance_close(it);
}

/*
 * Of a result that is x and a choice between a and b by halves, in which all of
 * the best are b: the choice's divergence is known, 1/2 (0 - 1)^2 + 1/2 (2 - 1)^2.
 */
static void a_choice_between_halves_has_a_divergence_of_one(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;
	char text[100];

	api_sweep(a, "a",
		  API_FILE("  - {name: --k, expression: choice, values: [[a, b]]}\n"
			   "  - {name: --l, expression: choice, values: [[a, b, c, d]]}\n"));
	box_begin(&a->box);
	/* The best are b, and of --l one of two: 1/4 (1 + 1 + 1 + 1) too. */
	for (size_t i = 0; i < 2000; i++) {
		size_t l = i / 2 % 4;

		snprintf(text, sizeof text, "{\"--k\":\"%s\",\"--l\":\"%c\"}", i % 2 ? "b" : "a",
			 "abcd"[l]);
		ended(a, i, text, HD_TRIAL_COMPLETED, i % 2 && l < 2 ? 1 : 0);
	}
	box_commit(&a->box);
	it = importance(a);
	/* All that are as good as the worst of the best are among them. */
	assert_int_equal(hd_importance_best(it), 500);
	assert_close(importance_of(it, "--k"), 0.5, 0.005);
	assert_close(importance_of(it, "--l"), 0.5, 0.005);
	hd_importance_close(it);
}

static void the_goal_says_which_are_best(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *up, *down;

	/* The best lie at the right end or the left one: both tell the same. */
	fill_plane(a, 128, 1);
	up = importance(a);
	box_begin(&a->box);
	ok(&a->box, hd_store_exec(a->box.store, "UPDATE sweep SET goal = 'minimize'", &a->box.err));
	box_commit(&a->box);
	down = importance(a);
	assert_true(importance_of(up, "--x") > 0.9);
	assert_true(importance_of(down, "--x") > 0.9);
	assert_true(importance_of(down, "--x") != importance_of(up, "--x"));
	hd_importance_close(up);
	hd_importance_close(down);
}

static void trials_without_a_result_and_failed_ones_are_left_out(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *before, *after;

	fill_plane(a, 100, 1);
	before = importance(a);
	box_begin(&a->box);
	for (size_t i = 100; i < 160; i++)
		ended(a, i, "{\"--x\":0.5,\"--y\":0.123}",
		      i % 3 == 0   ? HD_TRIAL_FAILED
		      : i % 3 == 1 ? HD_TRIAL_RUNNING
				   : HD_TRIAL_COMPLETED,
		      i % 3 == 2 ? NAN : 99);
	box_commit(&a->box);
	after = importance(a);
	assert_int_equal(hd_importance_trials(after), 100);
	assert_true(importance_of(after, "--x") == importance_of(before, "--x"));
	hd_importance_close(before);
	hd_importance_close(after);
}

static void stopped_trials_take_part(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;

	fill_plane(a, 20, 1);
	box_begin(&a->box);
	ended(a, 20, "{\"--x\":0.5,\"--y\":0.5}", HD_TRIAL_CANCELED, 0.5);
	box_commit(&a->box);
	it = importance(a);
	assert_int_equal(hd_importance_trials(it), 21);
	hd_importance_close(it);
}

static void too_few_trials_tell_nothing(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;

	fill_plane(a, 9, 1);
	it = importance(a);
	assert_int_equal(hd_importance_count(it), 0);
	assert_string_equal(hd_importance_note(it),
			    "10 trials that ended with a result are needed, there are 9");
	hd_importance_close(it);
}

static void results_that_are_all_the_same_tell_nothing(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;

	fill_plane(a, 50, 0);
	it = importance(a);
	assert_int_equal(hd_importance_best(it), 50);
	assert_int_equal(hd_importance_count(it), 0);
	assert_non_null(strstr(hd_importance_note(it), "no parameter has other values"));
	hd_importance_close(it);
}

static void infinite_results_have_a_place(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;
	char text[100];

	fill_plane(a, 100, 1);
	box_begin(&a->box);
	for (size_t i = 100; i < 130; i++) {
		snprintf(text, sizeof text, "{\"--x\":%.6f,\"--y\":0.5}", even(i, 2));
		ended(a, i, text, HD_TRIAL_COMPLETED, -INFINITY);
	}
	box_commit(&a->box);
	it = importance(a);
	assert_int_equal(hd_importance_trials(it), 130);
	assert_true(importance_of(it, "--x") > 0.8);
	hd_importance_close(it);
}

/*
 * --c, of a branch, decides among those that have it; --model decides nothing.
 */
static void a_branchs_parameter_is_judged_within_it(void **state)
{
	struct apibox *a = *state;
	const struct hd_importance_row *row;
	struct hd_importance *it;
	char text[100];

	api_sweep(a, "a",
		  API_FILE("  - name: --model\n"
			   "    expression: choice\n"
			   "    values:\n"
			   "    - bayes\n"
			   "    - svm:\n"
			   "        --c: {expression: uniform, values: [0, 1]}\n"
			   "        --d: {expression: uniform, values: [0, 1]}\n"));
	box_begin(&a->box);
	for (size_t i = 0; i < 200; i++) {
		if (i % 2)
			snprintf(text, sizeof text,
				 "{\"--model\":\"svm\",\"--c\":%.6f,\"--d\":%.6f}", even(i / 2, 2),
				 even(i / 2, 3));
		else
			strcpy(text, "{\"--model\":\"bayes\"}");
		ended(a, i, text, HD_TRIAL_COMPLETED, even(i / 2, 2));
	}
	box_commit(&a->box);
	it = importance(a);
	row = hd_importance_at(it, 0);
	assert_string_equal(row->name, "--c");
	assert_string_equal(row->within, "--model/svm");
	assert_int_equal(row->trials, 100);
	assert_true(row->importance > 0.9);
	assert_true(importance_of(it, "--model") < 0.05);
	hd_importance_close(it);
}

static void one_value_alone_matters_nothing(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;
	char text[100];

	api_sweep(a, "a",
		  API_FILE("  - {name: --x, expression: uniform, values: [0, 1]}\n"
			   "  - {name: --k, expression: choice, values: [[a]]}\n"
			   "  - {name: --n, expression: randint, values: [1]}\n"
			   "  - {name: --g, expression: lognormal, values: [0, 1]}\n"));
	box_begin(&a->box);
	for (size_t i = 0; i < 50; i++) {
		snprintf(text, sizeof text, "{\"--x\":%.6f,\"--k\":\"a\",\"--n\":0,\"--g\":1.5}",
			 even(i, 2));
		ended(a, i, text, HD_TRIAL_COMPLETED, even(i, 2));
	}
	box_commit(&a->box);
	it = importance(a);
	assert_true(importance_of(it, "--x") == 1);
	assert_true(importance_of(it, "--k") == 0);
	assert_true(importance_of(it, "--n") == 0);
	assert_true(importance_of(it, "--g") == 0);
	hd_importance_close(it);
}

/* The file that the store has cannot be loaded: trials alone tell of it. */
static void without_a_file_trials_tell_what_there_is(void **state)
{
	struct apibox *a = *state;
	struct hd_importance *it;
	char text[100];

	box_sweep_insert(&a->box, "HD_1", "a", HD_MINIMIZE);
	box_begin(&a->box);
	for (size_t i = 0; i < 100; i++) {
		snprintf(text, sizeof text, "{\"--x\":%.6f,\"--k\":\"%c\"}", even(i, 2),
			 "ab"[i % 2]);
		ended(a, i, text, HD_TRIAL_COMPLETED, even(i, 2));
	}
	box_commit(&a->box);
	it = importance(a);
	/* Odd ones are in the upper half: the choice tells nearly as much. */
	assert_string_equal(hd_importance_at(it, 0)->name, "--x");
	assert_true(importance_of(it, "--k") > 0);
	hd_importance_close(it);
}

static void a_wrong_quantile_is_refused(void **state)
{
	static const double wrong[] = { 0, 1, -0.1, 2, NAN, INFINITY };
	struct apibox *a = *state;
	struct hd_importance_options options = { .size = sizeof options };
	struct hd_importance *it;

	fill_plane(a, 20, 1);
	for (size_t i = 0; i < ROWS(wrong); i++) {
		options.quantile = wrong[i];
		assert_int_equal(hd_importance_open(&it, a->reading, a->box.sweep, &options,
						    &a->box.err),
				 HD_EINVAL);
		assert_null(it);
	}
	assert_int_equal(hd_importance_open(&it, a->reading, 99, NULL, &a->box.err), HD_ENOENT);
	options.quantile = 0.25;
	ok(&a->box, hd_importance_open(&it, a->reading, a->box.sweep, &options, &a->box.err));
	assert_int_equal(hd_importance_best(it), 5);
	hd_importance_close(it);
}

static void the_api_shows_it(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;

	fill_plane(a, 50, 1);
	it = api_get(a, "sweeps/a/importance");
	expect_json(it, "method", "\"PED-ANOVA\"");
	expect_json(it, "trials", "50");
	expect_json(it, "note", "\"\"");
	expect_json(hd_json_at(hd_json_get(it, "parameters"), 0), "name", "\"--x\"");
	api_sweep(a, "b", PLANE);
	it = api_get(a, "sweeps/b/importance");
	expect_json(it, "parameters", "[]");
	expect_json(it, "note",
		    "\"10 trials that ended with a result are needed, there are 0\"");
}

/* --- against tests/data/importance/reference.py ----------------------------------- */

static void fill_points(struct apibox *a)
{
	FILE *file = fopen(TEST_ROOT "/tests/data/importance/points.tsv", "re");
	char line[200], text[200], x[20], rate[20], n[20], kind[20], wide[20];
	double result;
	size_t number = 0;

	assert_non_null(file);
	assert_non_null(fgets(line, sizeof line, file));
	box_begin(&a->box);
	while (fgets(line, sizeof line, file)) {
		assert_int_equal(sscanf(line, "%lf %19s %19s %19s %19s %19s", &result, x, rate, n,
					kind, wide),
				 6);
		snprintf(text, sizeof text,
			 "{\"--x\":%s,\"--rate\":%s,\"--n\":%s,\"--kind\":\"%s\",\"--wide\":%s}", x,
			 rate, n, kind, wide);
		ended(a, number++, text, HD_TRIAL_COMPLETED, -result);
	}
	box_commit(&a->box);
	fclose(file);
	assert_int_equal(number, 120);
}

static void it_is_what_another_hand_makes_of_the_paper(void **state)
{
	FILE *file = fopen(TEST_ROOT "/tests/data/importance/expected.tsv", "re");
	struct apibox *a = *state;
	struct hd_importance *it;
	char name[40];
	double value;
	size_t count = 0;

	assert_non_null(file);
	api_sweep(a, "a",
		  API_FILE("  - {name: --x, expression: uniform, values: [-1, 1]}\n"
			   "  - {name: --rate, expression: loguniform, values: [-7, 0]}\n"
			   "  - {name: --n, expression: randint, values: [8]}\n"
			   "  - {name: --kind, expression: choice, values: [[a, b, c]]}\n"
			   "  - {name: --wide, expression: quniform, values: [0, 1000, 1]}\n"));
	fill_points(a);
	it = importance(a);
	while (fscanf(file, "%39s %lf", name, &value) == 2) {
		assert_close(importance_of(it, name), value, 1e-6);
		count++;
	}
	assert_int_equal(count, hd_importance_count(it));
	hd_importance_close(it);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_density_adds_up_to_one),
		cmocka_unit_test(a_choice_is_counted_with_one_draw_more),
		cmocka_unit_test(the_bandwidth_is_scotts),
		cmocka_unit_test(a_lone_draw_is_a_kernel_cut_off_at_the_ends),
		cmocka_unit_test(the_divergence_is_pearsons),
		api_test(the_one_that_decides_comes_first),
		api_test(a_choice_between_halves_has_a_divergence_of_one),
		api_test(the_goal_says_which_are_best),
		api_test(trials_without_a_result_and_failed_ones_are_left_out),
		api_test(stopped_trials_take_part),
		api_test(too_few_trials_tell_nothing),
		api_test(results_that_are_all_the_same_tell_nothing),
		api_test(infinite_results_have_a_place),
		api_test(a_branchs_parameter_is_judged_within_it),
		api_test(one_value_alone_matters_nothing),
		api_test(without_a_file_trials_tell_what_there_is),
		api_test(a_wrong_quantile_is_refused),
		api_test(the_api_shows_it),
		api_test(it_is_what_another_hand_makes_of_the_paper),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
