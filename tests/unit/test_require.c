/* Tests of engine/report/require.c. */
#include "check.h"

#include <hdrive/require.h>

static bool holds(const char *text, const struct hd_sweep_row *row)
{
	struct hd_require require;

	assert_int_equal(hd_require_read(&require, text, NULL), 0);
	return hd_require_holds(&require, row, NULL);
}

static void a_best_is_compared_in_all_six_ways(void **state)
{
	const struct hd_sweep_row row = { .best_trial = 3, .best = 0.5 };

	(void)state;
	assert_true(holds("best>=0.5", &row));
	assert_false(holds("best>0.5", &row));
	assert_true(holds("best > 0.49", &row));
	assert_true(holds("best<=0.5", &row));
	assert_false(holds("best<0.5", &row));
	assert_false(holds("best<5e-1\t", &row));
	assert_true(holds(" best == 0.5 ", &row));
	assert_false(holds("best!=0.5", &row));
	assert_true(holds("best!=-0.5", &row));
}

static void trials_are_counted_by_state(void **state)
{
	const struct hd_sweep_row row = {
		.trials = 7,
		.counts = { [HD_TRIAL_COMPLETED] = 4,
			    [HD_TRIAL_FAILED] = 1,
			    [HD_TRIAL_CANCELED] = 2 },
		.best_trial = -1,
	};

	(void)state;
	assert_true(holds("trials==7", &row));
	assert_true(holds("completed>=4", &row));
	assert_false(holds("failed==0", &row));
	assert_true(holds("canceled<3", &row));
}

static void nothing_is_true_of_a_best_that_is_not_there(void **state)
{
	static const char *const texts[] = { "best>=0", "best<=0", "best==0", "best!=0" };
	const struct hd_sweep_row row = { .best_trial = -1, .best = 0 };
	struct hd_require require;
	double found = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(texts); i++)
		assert_false(holds(texts[i], &row));
	assert_int_equal(hd_require_read(&require, "best>1", NULL), 0);
	assert_false(hd_require_holds(&require, &row, &found));
	assert_true(found != found);
}

static void what_is_wrong_is_said(void **state)
{
	static const struct {
		const char *text;
		const char *error;
	} rows[] = {
		{ "", "'' does not begin with best, trials, completed, failed or canceled" },
		{ "bst>=1",
		  "'bst>=1' does not begin with best, trials, completed, failed or canceled" },
		{ "bestest>1",
		  "'bestest>1' does not begin with best, trials, completed, failed or canceled" },
		{ "best", "'' is no comparison behind 'best': >= > <= < == !=" },
		{ "best=1", "'=1' is no comparison behind 'best': >= > <= < == !=" },
		{ "failed=<1", "'=<1' is no comparison behind 'failed': >= > <= < == !=" },
		{ "best>=", "'' is no number to compare 'best' with" },
		{ "best>=high", "'high' is no number to compare 'best' with" },
		{ "best>=nan", "'nan' is no number to compare 'best' with" },
		{ "best>=1 2", "'1 2' is no number to compare 'best' with" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_require require;
		struct hd_error err = { 0 };

		assert_int_equal(hd_require_read(&require, rows[i].text, &err), HD_EINVAL);
		assert_string_equal(err.text, rows[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_best_is_compared_in_all_six_ways),
		cmocka_unit_test(trials_are_counted_by_state),
		cmocka_unit_test(nothing_is_true_of_a_best_that_is_not_there),
		cmocka_unit_test(what_is_wrong_is_said),
	};

	return cmocka_run_group_tests_name("require", tests, NULL, NULL);
}
