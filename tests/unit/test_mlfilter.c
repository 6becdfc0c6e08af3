/* Tests of engine/mlflow/filter.c. */
#include "check.h"

#include "mlflow/filter.h"

static struct hd_ml_run *make(const char *id, double acc, int64_t start)
{
	struct hd_ml_run *run = hd_ml_run_new(id, "HD_1", "a name");
	struct hd_ml_value value = { acc, 1, 0 };

	assert_non_null(run);
	run->start = start;
	run->status = HD_ML_FINISHED;
	assert_int_equal(hd_ml_metrics_add(&run->metrics, "acc", &value), 0);
	assert_int_equal(hd_ml_metrics_add(&run->metrics, "val loss", &value), 0);
	assert_int_equal(hd_ml_pairs_set(&run->params, "opt", "adam"), 0);
	assert_int_equal(hd_ml_pairs_set(&run->params, "--lr", "0.1"), 0);
	assert_int_equal(hd_ml_pairs_set(&run->tags, "mlflow.parentRunId", "P_1"), 0);
	return run;
}

static bool passes(const struct hd_ml_run *run, const char *text)
{
	struct hd_ml_filter *filter;
	bool good;

	assert_int_equal(hd_ml_filter_new(&filter, text, NULL), 0);
	good = hd_ml_filter_passes(filter, run);
	hd_ml_filter_free(filter);
	return good;
}

static void comparisons_are_what_they_say(void **state)
{
	static const struct {
		const char *text;
		bool passes;
	} rows[] = {
		{ "", true },
		{ "  ", true },
		{ "metrics.acc > 0.5", false },
		{ "metrics.acc >= 0.5", true },
		{ "metric.acc<0.6", true },
		{ "metrics.acc = 5e-1", true },
		{ "metrics.acc != 0.5", false },
		{ "metrics.`val loss` <= 0.5", true },
		{ "metrics.\"val loss\" < -1", false },
		{ "metrics.none < 1", false },
		{ "metrics.none != 1", false },
		{ "params.opt = 'adam'", true },
		{ "params.opt = \"adam\"", true },
		{ "parameters.opt != 'adam'", false },
		{ "param.--lr = '0.1'", true },
		{ "params.opt LIKE 'a%m'", true },
		{ "params.opt LIKE 'A%'", false },
		{ "params.opt ilike 'A%'", true },
		{ "params.opt LIKE 'ad_m'", true },
		{ "params.opt LIKE 'a_m'", false },
		{ "params.opt LIKE '%%%a%d%a%m%'", true },
		{ "params.none = ''", false },
		{ "tags.mlflow.parentRunId = 'P_1'", true },
		{ "tag.`mlflow.parentRunId` LIKE 'P%'", true },
		{ "attributes.status = 'FINISHED'", true },
		{ "status = 'FAILED'", false },
		{ "attribute.run_name = 'a name'", true },
		{ "attr.`Run Name` = 'a name'", true },
		{ "run.start_time > 6", true },
		{ "created < 7", false },
		{ "end_time > 0", false },
		{ "attributes.run_id IN ('x', 'r1')", true },
		{ "attributes.run_id NOT IN ('x','y')", true },
		{ "run_id not in ('r1')", false },
		{ "metrics.acc > 0.1 AND params.opt = 'adam'", true },
		{ "metrics.acc > 0.1 and params.opt = 'sgd'", false },
		{ "params.opt = 'adam' AND status='FINISHED' AND created > 1", true },
	};
	struct hd_ml_run *run = make("r1", 0.5, 7);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		if (passes(run, rows[i].text) != rows[i].passes)
			fail_msg("%s", rows[i].text);
	hd_ml_run_free(run);
}

static void nan_passes_no_comparison_but_unequal(void **state)
{
	struct hd_ml_run *run = make("r1", NAN, 7);

	(void)state;
	assert_false(passes(run, "metrics.acc < 1"));
	assert_false(passes(run, "metrics.acc >= 1"));
	assert_false(passes(run, "metrics.acc = 1"));
	assert_true(passes(run, "metrics.acc != 1"));
	hd_ml_run_free(run);
}

static void what_is_no_filter_says_what_was_expected(void **state)
{
	static const char *const rows[][2] = {
		{ "metrics.acc", "invalid search at 'the end', expected a "
				 "comparison such as '=' or LIKE" },
		{ "metrics.acc > 'x'", "invalid search at ''x'', expected a number" },
		{ "metrics.acc > ", "invalid search at 'the end', expected a number" },
		{ "metrics.acc > 1x", "invalid search at 'x', expected AND" },
		{ "params.a = 1", "invalid search at '1', expected a text in quotes" },
		{ "params.a = 'x", "invalid search at ''x', expected a quote that "
				   "ends it" },
		{ "params.a > 'x'",
		  "invalid search at ' 'x'', expected one of =, !=, LIKE, ILIKE, IN" },
		{ "metrics.a LIKE 'x'",
		  "invalid search at ' 'x'', expected a comparison of numbers" },
		{ "what.a = 'x'", "invalid search key 'what', expected metrics, "
				  "params, tags or attributes" },
		{ "nothing = 'x'",
		  "invalid attribute 'nothing', expected run_id, run_name, status, "
		  "start_time, end_time, user_id or artifact_uri" },
		{ "params.a = 'x' OR params.b = 'y'",
		  "invalid search at 'OR params.b = 'y'', expected AND" },
		{ "params.a = 'x' AND",
		  "invalid search at 'the end', expected a name" },
		{ "run_id IN 'x'", "invalid search at ''x'', expected a list in "
				   "brackets" },
		{ "run_id IN ('x'", "invalid search at 'the end', expected ',' or ')'" },
		{ "= 1", "invalid search at '= 1', expected a name" },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_ml_filter *filter;
		struct hd_error err = { 0 };

		assert_int_equal(hd_ml_filter_new(&filter, rows[i][0], &err),
				 HD_EINVAL);
		assert_string_equal(err.text, rows[i][1]);
		assert_null(filter);
	}
}

static void assert_order(const char *first, const char *second, int expected)
{
	struct hd_ml_run *a = make("a", 1, 5), *b = make("b", 2, 5);
	struct hd_ml_order *order;
	int sign;

	assert_int_equal(hd_ml_order_new(&order, NULL), 0);
	if (first)
		assert_int_equal(hd_ml_order_add(order, first, NULL), 0);
	if (second)
		assert_int_equal(hd_ml_order_add(order, second, NULL), 0);
	sign = hd_ml_order_compare(order, a, b);
	assert_int_equal((sign > 0) - (sign < 0), expected);
	sign = hd_ml_order_compare(order, b, a);
	assert_int_equal((sign > 0) - (sign < 0), -expected);
	hd_ml_order_free(order);
	hd_ml_run_free(a);
	hd_ml_run_free(b);
}

static void order_goes_by_its_keys_in_turn(void **state)
{
	(void)state;
	assert_order(NULL, NULL, -1); /* by id, as they began together */
	assert_order("metrics.acc", NULL, -1);
	assert_order("metrics.acc ASC", NULL, -1);
	assert_order("metrics.acc desc", NULL, 1);
	assert_order("params.opt", "metrics.acc DESC", 1);
	assert_order("metrics.none DESC", NULL, -1);
	assert_order("run_id DESC", NULL, 1);
}

static void what_is_absent_or_nan_comes_last_either_way(void **state)
{
	struct hd_ml_run *nan = make("a", NAN, 9), *one = make("b", 1, 1);

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct hd_ml_order *order;

		assert_int_equal(hd_ml_order_new(&order, NULL), 0);
		assert_int_equal(hd_ml_order_add(order, i ? "metrics.acc DESC" : "metrics.acc",
						 NULL),
				 0);
		assert_true(hd_ml_order_compare(order, nan, one) > 0);
		assert_true(hd_ml_order_compare(order, one, nan) < 0);
		hd_ml_order_free(order);
	}
	hd_ml_run_free(nan);
	hd_ml_run_free(one);
}

static void the_latest_value_has_the_highest_step(void **state)
{
	static const struct hd_ml_value values[] = {
		{ 1, 10, 2 },
		{ 5, 20, 1 },
		{ 3, 10, 2 },
		{ 2, 10, 2 },
		{ 9, 5, 2 },
	};
	struct hd_ml_metrics metrics = { 0 };

	(void)state;
	for (size_t i = 0; i < ROWS(values); i++)
		assert_int_equal(hd_ml_metrics_add(&metrics, "m", &values[i]), 0);
	assert_true(hd_ml_metrics_get(&metrics, "m")->value == 3);
	assert_int_equal(hd_ml_metrics_values(&metrics, "m"), 5);
	assert_null(hd_ml_metrics_get(&metrics, "n"));
	free(metrics.at[0].key);
	free(metrics.at);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comparisons_are_what_they_say),
		cmocka_unit_test(nan_passes_no_comparison_but_unequal),
		cmocka_unit_test(what_is_no_filter_says_what_was_expected),
		cmocka_unit_test(order_goes_by_its_keys_in_turn),
		cmocka_unit_test(what_is_absent_or_nan_comes_last_either_way),
		cmocka_unit_test(the_latest_value_has_the_highest_step),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
