/* Tests of what engine/api keeps of its answers: never longer than they hold. */
#include "importances.h"

/* A result for each of COUNT trials from FIRST on: --lr decides. */
static void end_trials(struct apibox *a, size_t first, size_t count)
{
	char text[100];

	box_begin(&a->box);
	for (size_t i = first; i < first + count; i++) {
		snprintf(text, sizeof text, "{\"--lr\":%.6f,\"--opt\":\"%s\"}",
			 0.01 + 0.9 * even(i, 2), even(i, 3) < 0.5 ? "sgd" : "adam");
		ended(a, i, text, HD_TRIAL_COMPLETED, even(i, 2));
	}
	box_commit(&a->box);
}

static void write_by(struct apibox *a, const char *sql)
{
	box_begin(&a->box);
	ok(&a->box, hd_store_exec(a->box.store, sql, &a->box.err));
	box_commit(&a->box);
}

/* What PATH answers, the caller's to free(). */
static char *answer(struct apibox *a, const char *path)
{
	api_get(a, path);
	return strdup(hd_buf_text(&a->text));
}

static void expect_same(struct apibox *a, const char *path, char *before, bool is_same)
{
	api_get(a, path);
	if (!strcmp(hd_buf_text(&a->text), before) != is_same)
		fail_msg("%s: %s, before %s", path, hd_buf_text(&a->text), before);
	free(before);
}

/* Another hand's change of what has ended already shows that it was not read again. */
static void an_importance_is_computed_once_of_the_same_results(void **state)
{
	static const char path[] = "sweeps/a/importance";
	struct apibox *a = *state;
	char *before;

	api_sweep(a, "a", api_two);
	end_trials(a, 0, 40);
	before = answer(a, path);
	write_by(a, "UPDATE trial SET parameters = '{\"--lr\":0.5}' WHERE number < 20");
	expect_same(a, path, before, true);
	/* One that runs has no say yet. */
	box_begin(&a->box);
	ok(&a->box, hd_store_trial_running(a->box.store, api_trial(a, 40, "{\"--lr\":0.5}"), 77, 1,
					   BOX_TIME, &a->box.err));
	box_commit(&a->box);
	expect_same(a, path, answer(a, path), true);
	before = answer(a, path);
	end_trials(a, 41, 1);
	expect_same(a, path, before, false);
	expect_json(a->json, "trials", "41");
}

static void a_result_that_changed_is_a_new_importance(void **state)
{
	static const char path[] = "sweeps/a/importance";
	struct apibox *a = *state;
	char *before;

	api_sweep(a, "a", api_two);
	end_trials(a, 0, 40);
	before = answer(a, path);
	write_by(a, "UPDATE trial SET value = number % 7, rank = -(number % 7)");
	expect_same(a, path, before, false);
	before = answer(a, path);
	write_by(a, "UPDATE trial SET state = 'Failed' WHERE number = 3");
	expect_same(a, path, before, false);
}

static void columns_are_as_of_the_last_commit(void **state)
{
	static const char path[] = "sweeps/a/columns";
	struct apibox *a = *state;
	int64_t key;
	char *before;

	three_trials(a);
	expect_same(a, path, answer(a, path), true);
	before = answer(a, path);
	box_begin(&a->box);
	key = api_trial(a, 3, "{\"--lr\":0.5}");
	box_commit(&a->box);
	expect_same(a, path, before, false);
	expect_json(a->json, "number", "[0,1,2,3]");
	/* A name that is logged changes nothing of a trial's row. */
	before = answer(a, path);
	box_begin(&a->box);
	box_log(&a->box, key, 1, "other", 1, 0);
	box_commit(&a->box);
	expect_same(a, path, before, false);
	expect_json(a->json, "names", "[\"acc\",\"loss\",\"other\"]");
}

/* What is kept of one sweep is none of another's. */
static void sweeps_are_not_taken_for_each_other(void **state)
{
	struct apibox *a = *state;
	char *first, *second;

	three_trials(a);
	first = answer(a, "sweeps/a/columns");
	api_sweep(a, "b", api_two);
	box_begin(&a->box);
	api_trial(a, 7, "{}");
	box_commit(&a->box);
	second = answer(a, "sweeps/b/columns");
	expect_json(a->json, "number", "[7]");
	expect_same(a, "sweeps/a/columns", first, true);
	expect_same(a, "sweeps/b/columns", second, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(an_importance_is_computed_once_of_the_same_results),
		api_test(a_result_that_changed_is_a_new_importance),
		api_test(columns_are_as_of_the_last_commit),
		api_test(sweeps_are_not_taken_for_each_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
