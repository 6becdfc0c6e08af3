/* Tests of engine/api's columns of the best trials alone, which are shown first. */
#include "apibox.h"

static const struct hd_json *best_of(struct apibox *a, const char *count)
{
	a->arguments[0] = "best";
	a->arguments[1] = count;
	return api_get(a, "sweeps/a/columns");
}

/* What is left of the whole: another order and no values are not. */
static const struct hd_json *whole(struct apibox *a)
{
	a->arguments[0] = NULL;
	return api_get(a, "sweeps/a/columns");
}

/* VALUES of the primary metric, NaN for none, with their parameters. */
static void trials_with(struct apibox *a, const char *const *parameters, const double *values,
			size_t count)
{
	box_begin(&a->box);
	for (size_t i = 0; i < count; i++) {
		int64_t key = api_trial(a, i, parameters[i]);

		if (!isnan(values[i]))
			api_log(a, key, 1, 1, values[i]);
	}
	box_commit(&a->box);
}

static void the_best_are_told_by_number(void **state)
{
	static const char *const parameters[] = {
		"{\"--lr\":0.125,\"--opt\":\"sgd\"}",
		"{\"--lr\":0.25,\"--opt\":\"adam\"}",
		"{\"--lr\":0.5}",
		"{\"--lr\":0.75,\"--opt\":3}",
	};
	static const double values[] = { 5, 9, NAN, 7 };
	struct apibox *a = *state;
	const struct hd_json *it;

	api_sweep(a, "a", api_two);
	trials_with(a, parameters, values, ROWS(values));
	it = best_of(a, "2");
	expect_json(it, "metric", "\"acc\"");
	expect_json(it, "goal", "\"maximize\"");
	expect_json(it, "number", "[1,3]");
	expect_json(it, "value", "[10,8]");
	expect_json(it, "intervals", "[1,1]");
	expect_json(it, "state", "[\"Queued\",\"Queued\"]");
	expect_json(it, "values", "[[0.25,0.75],[1,2]]");
	/* Those without a value come last, and all there are are enough. */
	it = best_of(a, "1000");
	expect_json(it, "number", "[0,1,2,3]");
	expect_json(it, "value", "[6,10,null,8]");
	expect_json(it, "values", "[[0.125,0.25,0.5,0.75],[0,1,null,2]]");
}

/* No stream goes on from there, and where it ran nobody has asked. */
static void what_the_best_alone_cannot_tell_is_not_there(void **state)
{
	static const char *const absent[] = { "seq", "epoch", "names", "slot" };
	struct apibox *a = *state;
	const struct hd_json *it;

	three_trials(a);
	it = best_of(a, "1");
	for (size_t i = 0; i < ROWS(absent); i++)
		assert_null(hd_json_get(it, absent[i]));
	/* All else is as the whole has it. */
	it = hd_json_get(it, "parameters");
	assert_int_equal(hd_json_count(it), 2);
	expect_json(hd_json_at(it, 1), "values", "[\"sgd\",\"adam\",3]");
}

static void a_sweep_without_trials_has_empty_columns(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;

	api_sweep(a, "a", api_two);
	it = best_of(a, "64");
	expect_json(it, "number", "[]");
	expect_json(it, "values", "[[],[]]");
}

/* To have asked for some changes nothing of the order in which all are told. */
static void what_was_met_first_is_the_wholes_own(void **state)
{
	static const char *const parameters[] = { "{\"x\":1,\"k\":\"a\"}", "{\"y\":2,\"k\":\"b\"}",
						  "{\"z\":3,\"x\":\"auto\"}" };
	static const double values[] = { 1, 2, 3 };
	struct apibox *a = *state;
	const struct hd_json *it;

	box_sweep_insert(&a->box, "HD_1", "a", HD_MAXIMIZE);
	trials_with(a, parameters, values, ROWS(values));
	it = best_of(a, "1");
	expect_json(it, "values", "[[3],[0]]");
	expect_json(hd_json_at(hd_json_get(it, "parameters"), 0), "name", "\"z\"");
	/* A word makes a choice of the number before it. */
	it = best_of(a, "3");
	expect_json(hd_json_at(hd_json_get(it, "parameters"), 0), "values", "[\"auto\",1]");
	expect_json(it, "values", "[[1,null,0],[0,1,null],[null,2,null],[null,null,3]]");
	expect_json(whole(a), "values",
		    "[[1,null,0],[0,1,null],[null,2,null],[null,null,3]]");
}

static void what_is_no_number_of_trials_is_refused(void **state)
{
	static const char *const wrong[] = { "0", "-1", "1001", "x", "", "1.5" };
	struct apibox *a = *state;

	three_trials(a);
	a->arguments[0] = "best";
	for (size_t i = 0; i < ROWS(wrong); i++) {
		a->arguments[1] = wrong[i];
		api_refuses(a, "sweeps/a/columns", HD_EINVAL,
			    "'best' must be a whole number from 1 to 1000");
	}
	a->arguments[1] = "1";
	api_refuses(a, "sweeps/b/columns", HD_ENOENT, NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(the_best_are_told_by_number),
		api_test(what_the_best_alone_cannot_tell_is_not_there),
		api_test(a_sweep_without_trials_has_empty_columns),
		api_test(what_was_met_first_is_the_wholes_own),
		api_test(what_is_no_number_of_trials_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
