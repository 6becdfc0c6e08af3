/* Tests of engine/api's columns: parameters of every kind, from every hand. */
#include "apibox.h"

static void trials_of(struct apibox *a, const char *const *parameters, size_t count)
{
	box_begin(&a->box);
	for (size_t i = 0; i < count; i++)
		api_trial(a, i, parameters[i]);
	box_commit(&a->box);
}

static const struct hd_json *parameter(struct apibox *a, const char *path, size_t index)
{
	return hd_json_at(hd_json_get(api_get(a, path), "parameters"), index);
}

/* Member NAME of parameter INDEX is near to VALUE. */
static void expect_near(const struct hd_json *parameters, size_t index, const char *name,
			double value)
{
	const struct hd_json *node = hd_json_get(hd_json_at(parameters, index), name);

	assert_non_null(node);
	assert_close(hd_json_number(node), value, 1e-9 * fabs(value));
}

static void every_expression_says_where_its_values_lie(void **state)
{
	static const struct {
		double low, high;
		const char *is_log, *is_whole;
	} expected[] = {
		{ -1, 2, "false", "false" },
		{ 8, 64, "false", "true" },
		{ 0, 0.5, "false", "false" },
		{ 0.1353352832366127, 7.38905609893065, "true", "false" },
		{ 1, 20.085536923187668, "true", "true" },
		{ 0, 4, "false", "true" },
		{ -1, 5, "false", "false" },
		{ 0.049787068367863944, 20.085536923187668, "true", "false" },
	};
	struct apibox *a = *state;
	const struct hd_json *list;

	api_sweep(a, "a",
		  API_FILE("  - {name: a, expression: uniform, values: [-1, 2]}\n"
			   "  - {name: b, expression: quniform, values: [8, 64, 8]}\n"
			   "  - {name: c, expression: quniform, values: [0, 0.5, 0.125]}\n"
			   "  - {name: d, expression: loguniform, values: [-2, 2]}\n"
			   "  - {name: e, expression: qloguniform, values: [0, 3, 1]}\n"
			   "  - {name: f, expression: randint, values: [5]}\n"
			   "  - {name: g, expression: normal, values: [2, 1]}\n"
			   "  - {name: h, expression: lognormal, values: [0, 1]}\n"));
	list = hd_json_get(api_get(a, "sweeps/a/columns"), "parameters");
	assert_int_equal(hd_json_count(list), ROWS(expected));
	for (size_t i = 0; i < ROWS(expected); i++) {
		expect_json(hd_json_at(list, i), "kind", "\"number\"");
		expect_json(hd_json_at(list, i), "log", expected[i].is_log);
		expect_json(hd_json_at(list, i), "integer", expected[i].is_whole);
		expect_near(list, i, "low", expected[i].low);
		expect_near(list, i, "high", expected[i].high);
	}
	/* No trial: columns without rows. */
	expect_json(a->json, "values", "[[],[],[],[],[],[],[],[]]");
	expect_json(a->json, "number", "[]");
}

static void a_branchs_parameters_say_where_they_belong(void **state)
{
	static const char *const parameters[] = {
		"{\"--model\":\"svm\",\"C\":0.5,\"kernel\":\"poly\",\"degree\":3}",
		"{\"--model\":\"net/3\",\"kind\":\"net\",\"C\":2.25}",
		"{\"--model\":\"bayes\"}",
	};
	struct apibox *a = *state;
	const struct hd_json *it;

	api_sweep(a, "a",
		  API_FILE("  - name: --model\n"
			   "    expression: choice\n"
			   "    values:\n"
			   "    - bayes\n"
			   "    - svm:\n"
			   "        C: {expression: loguniform, values: [-3, 3]}\n"
			   "        kernel:\n"
			   "          type: Choice\n"
			   "          values:\n"
			   "          - rbf\n"
			   "          - poly: {degree: {type: randint, upper: 4}}\n"
			   "    - kind: net\n"
			   "      size: 3\n"
			   "      C: {type: normal, mu: 2.385, sigma: 1}\n"));
	trials_of(a, parameters, ROWS(parameters));
	it = api_get(a, "sweeps/a/columns");
	/* --model, C, kernel, degree, kind, size, C */
	expect_json(it, "values",
		    "[[1,2,0],[0.5,null,null],[1,null,null],[3,null,null],[null,0,null],"
		    "[null,null,null],[null,2.25,null]]");
	it = hd_json_get(it, "parameters");
	expect_json(hd_json_at(it, 0), "values", "[\"bayes\",\"svm\",\"net/3\"]");
	assert_null(hd_json_get(hd_json_at(it, 0), "within"));
	expect_json(hd_json_at(it, 1), "within", "\"--model/svm\"");
	expect_json(hd_json_at(it, 3), "within", "\"kernel/poly\"");
	expect_json(hd_json_at(it, 6), "within", "\"--model/net/3\"");
}

static void without_a_file_trials_tell_what_there_is(void **state)
{
	static const char *const parameters[] = {
		"{\"x\":0.5,\"k\":\"a\"}",
		"{\"x\":-2,\"k\":\"b\",\"late\":[1,{\"y\":\"}\"}]}",
		"{\"k\":true}",
		"{}",
	};
	struct apibox *a = *state;
	const struct hd_json *it;

	box_sweep_insert(&a->box, "HD_1", "a", HD_MAXIMIZE);
	trials_of(a, parameters, ROWS(parameters));
	it = api_get(a, "sweeps/a/columns");
	expect_json(it, "parameters",
		    "[{\"name\":\"x\",\"expression\":\"\",\"kind\":\"number\",\"log\":false,"
		    "\"integer\":false,\"low\":-2,\"high\":0.5},"
		    "{\"name\":\"k\",\"expression\":\"\",\"kind\":\"choice\","
		    "\"values\":[\"a\",\"b\",true]},"
		    "{\"name\":\"late\",\"expression\":\"\",\"kind\":\"choice\","
		    "\"values\":[[1,{\"y\":\"}\"}]]}]");
	expect_json(it, "values", "[[0.5,-2,null,null],[0,1,2,null],[null,0,null,null]]");
}

static void a_word_makes_a_choice_of_numbers(void **state)
{
	static const char *const parameters[] = { "{\"x\":1}", "{\"x\":2}", "{\"x\":\"auto\"}",
						  "{\"x\":1}" };
	struct apibox *a = *state;
	const struct hd_json *it;

	box_sweep_insert(&a->box, "HD_1", "a", HD_MAXIMIZE);
	trials_of(a, parameters, ROWS(parameters));
	it = api_get(a, "sweeps/a/columns");
	expect_json(hd_json_at(hd_json_get(it, "parameters"), 0), "values", "[\"auto\",1,2]");
	expect_json(it, "values", "[[1,2,0,1]]");
	/* And again, now that it is known. */
	expect_json(api_get(a, "sweeps/a/columns"), "values", "[[1,2,0,1]]");
}

static void what_another_hand_wrote_is_read(void **state)
{
	static const char *const parameters[] = {
		" { \"--lr\" : 5.0e-1 , \"\\u002d-opt\" : \"sg\\u0064\" } ",
		"{\"--lr\":null,\"--opt\":\"adam\"}",
		"{\"--lr\":\"0.5\",\"--opt\":\"<script>alert(1)</script>\"}",
		"{\"<img src=x>\":1,\"\\u2028\":2}",
	};
	struct apibox *a = *state;
	const struct hd_json *it;

	api_sweep(a, "a", api_two);
	trials_of(a, parameters, ROWS(parameters));
	it = api_get(a, "sweeps/a/columns");
	expect_json(it, "values",
		    "[[0.5,null,null,null],[0,1,3,null],[null,null,null,1],[null,null,null,2]]");
	expect_json(hd_json_at(hd_json_get(it, "parameters"), 1), "values",
		    "[\"sgd\",\"adam\",3,\"<script>alert(1)</script>\"]");
	expect_json(hd_json_at(hd_json_get(it, "parameters"), 2), "name", "\"<img src=x>\"");
}

static void what_is_no_json_is_said_to_be_damaged(void **state)
{
	static const char *const wrong[] = {
		"",
		"x",
		"[]",
		"1",
		"{",
		"{\"--lr\"",
		"{\"--lr\":",
		"{\"--lr\":1",
		"{\"--lr\":1,",
		"{\"--opt\":{a}}",
		"{\"--opt\":\"\\q\"}",
		"{\"--opt\":\"\x01\"}",
		"{\"--lr\":1}]",
		"{\"--opt\":]}",
		"{\"--opt\":\"",
		"{\"--opt\":[\"}",
	};
	struct apibox *a = *state;

	api_sweep(a, "a", api_two);
	trials_of(a, (const char *const[]){ "{}" }, 1);
	for (size_t i = 0; i < ROWS(wrong); i++) {
		box_begin(&a->box);
		ok(&a->box, hd_store_exec(a->box.store, "DELETE FROM trial", &a->box.err));
		api_trial(a, 0, wrong[i]);
		box_commit(&a->box);
		/* "{"--lr":1}]" is read up to where the object ends. */
		if (api_ask(a, "sweeps/a/columns") == 0)
			expect_json(a->json, "values", "[[1],[null]]");
		else
			assert_int_equal(a->err.code, HD_ECORRUPT);
	}
}

static void numbers_that_json_has_none_for_are_null(void **state)
{
	static const char *const parameters[] = { "{\"--lr\":1e999}", "{\"--lr\":-0}" };
	struct apibox *a = *state;
	int64_t key;

	api_sweep(a, "a", api_two);
	trials_of(a, parameters, ROWS(parameters));
	box_begin(&a->box);
	key = api_trial(a, 2, "{}");
	ok(&a->box, hd_store_trial_metric(a->box.store, key, 1, INFINITY, -INFINITY, INFINITY, 1,
					  &a->box.err));
	box_commit(&a->box);
	api_get(a, "sweeps/a/columns");
	expect_json(a->json, "value", "[null,null,null]");
	expect_json(a->json, "last", "[null,null,null]");
}

static void numbers_read_back_as_they_were(void **state)
{
	static const double values[] = { 0, 1, -1, 0.1, 0.30000000000000004, 1e-7,
					 5e-324, 1e22, 1.7976931348623157e308, 1.0 / 3,
					 9007199254740993.0, 123456.789, -2.5e-9, 1e15, 100 };
	struct apibox *a = *state;
	const struct hd_json *list;

	api_sweep(a, "a", api_two);
	box_begin(&a->box);
	for (size_t i = 0; i < ROWS(values); i++)
		ok(&a->box, hd_store_trial_metric(a->box.store, api_trial(a, i, "{}"), 1, values[i],
						  values[i], values[i], 1, &a->box.err));
	box_commit(&a->box);
	list = hd_json_get(api_get(a, "sweeps/a/columns"), "value");
	for (size_t i = 0; i < ROWS(values); i++)
		assert_true(hd_json_number(hd_json_at(list, i)) == values[i]);
	/* The shortest of them, as people write it. */
	assert_non_null(strstr(hd_buf_text(&a->text), "[0,1,-1,0.1,0.30000000000000004,0.0000001"));
}

static void a_file_that_a_resume_changed_has_other_columns(void **state)
{
	struct apibox *a = *state;
	char before[40], *epoch;

	api_sweep(a, "a", api_two);
	trials_of(a, (const char *const[]){ "{\"--lr\":0.5}" }, 1);
	epoch = hd_json_dump(hd_json_get(api_get(a, "sweeps/a/columns"), "epoch"));
	snprintf(before, sizeof before, "%s", epoch);
	free(epoch);
	box_begin(&a->box);
	ok(&a->box, hd_store_sweep_text(a->box.store, a->box.sweep, "s.yml",
					API_FILE("  - {name: --lr, expression: uniform,"
						 " values: [0, 4]}\n"),
					&a->box.err));
	/* A resume changes the row too. */
	ok(&a->box, hd_store_sweep_limits(a->box.store, a->box.sweep, 99, 2, 1, &a->box.err));
	box_commit(&a->box);
	expect_json(parameter(a, "sweeps/a/columns", 0), "expression", "\"uniform\"");
	assert_null(hd_json_at(hd_json_get(a->json, "parameters"), 1));
	epoch = hd_json_dump(hd_json_get(a->json, "epoch"));
	assert_string_not_equal(epoch, before);
	free(epoch);
}

static void paused_trials_are_called_so(void **state)
{
	struct apibox *a = *state;

	three_trials(a);
	box_begin(&a->box);
	ok(&a->box, hd_store_exec(a->box.store,
				  "UPDATE trial SET state = 'Canceled', end_reason = 'paused'"
				  " WHERE number = 1",
				  &a->box.err));
	box_commit(&a->box);
	expect_json(api_get(a, "sweeps/a/columns"), "state",
		    "[\"Completed\",\"Paused\",\"Queued\"]");
}

static void names_of_metrics_have_the_primary_one_first(void **state)
{
	struct apibox *a = *state;
	int64_t key;

	api_sweep(a, "a", api_two);
	expect_json(api_get(a, "sweeps/a/columns"), "names", "[\"acc\"]");
	box_begin(&a->box);
	key = api_trial(a, 0, "{}");
	box_log(&a->box, key, 1, "<b>", 1, 0);
	box_log(&a->box, key, 2, "acc", 1, 1);
	key = api_trial(a, 1, "{}");
	box_log(&a->box, key, 1, "aa", 1, 0);
	box_commit(&a->box);
	expect_json(api_get(a, "sweeps/a/columns"), "names", "[\"acc\",\"<b>\",\"aa\"]");
}

/* --- stores of before, and damaged ones --------------------------------------------- */

static const char *const every_path[] = {
	"version",
	"sweeps",
	"sweeps/@",
	"sweeps/@/config",
	"sweeps/@/trials",
	"sweeps/@/columns",
	"sweeps/@/curves",
	"sweeps/@/importance",
	"sweeps/@/attempts",
	"sweeps/@/decisions",
	"sweeps/@/trials/0",
	"sweeps/@/trials/0/metrics",
	"sweeps/@/trials/0/why",
	"sweeps/@/trials/0/log",
	"sweeps/@/trials/0/files",
	"sweeps/brave-otter-3/columns",
	"sweeps/brave-otter-3/trials/0",
	"sweeps/brave-otter-3/curves",
	"sweeps/brave-otter-3/trials/0/metrics",
};

/* The store of schema VERSION as the one that is read, in the box's folder. */
static void take_sample(struct apibox *a, int version, char *path, size_t size)
{
	char command[900];

	api_end(a);
	snprintf(path, size, "%s/sample.db", a->box.folder);
	snprintf(command, sizeof command, "cp '%s/tests/data/store/v%d.db' '%s'", TEST_ROOT,
		 version, path);
	assert_int_equal(system(command), 0);
	chmod(path, 0644);
}

static bool begin_at(struct apibox *a, const char *path)
{
	struct hd_api_setup setup = { .store = NULL };

	if (hd_store_open(&a->reading, path, HD_STORE_READ, &a->box.err) < 0)
		return false;
	setup.store = a->reading;
	ok(&a->box, hd_api_open(&a->api, &setup, &a->box.err));
	return true;
}

static void stores_of_every_schema_are_read(void **state)
{
	struct apibox *a = *state;
	char path[400];

	for (int version = 1; version <= 6; version++) {
		take_sample(a, version, path, sizeof path);
		assert_true(begin_at(a, path));
		for (size_t i = 0; i < ROWS(every_path); i++) {
			int rc = api_ask(a, every_path[i]);

			if (rc != 0 && (rc != HD_ENOENT || !strstr(every_path[i], "trials/0")))
				fail_msg("schema %d, %s: %s", version, every_path[i], a->err.text);
		}
		expect_json(api_get(a, "sweeps/brave-otter-3/columns"), "attempt", "[1,1,1]");
	}
}

/* Bytes here and there are others: what can be read is JSON, what cannot is said. */
static void damaged_stores_are_said_to_be_so(void **state)
{
	struct apibox *a = *state;
	struct hd_rng rng;
	char path[400];
	size_t refused = 0;

	hd_rng_init(&rng, 7, 0);
	for (int round = 0; round < 60; round++) {
		FILE *file;
		long size;

		take_sample(a, 6, path, sizeof path);
		file = fopen(path, "r+e");
		assert_non_null(file);
		fseek(file, 0, SEEK_END);
		size = ftell(file);
		for (int i = 0; i < 40; i++) {
			fseek(file, 100 + (long)(hd_rng_uniform(&rng) * (double)(size - 100)),
			      SEEK_SET);
			fputc((int)(hd_rng_uniform(&rng) * 256), file);
		}
		fclose(file);
		if (!begin_at(a, path)) {
			refused++;
			continue;
		}
		for (size_t i = 0; i < ROWS(every_path); i++)
			if (api_ask(a, every_path[i]) < 0) {
				refused++;
				assert_string_not_equal(a->err.text, "");
			}
	}
	assert_true(refused > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(every_expression_says_where_its_values_lie),
		api_test(a_branchs_parameters_say_where_they_belong),
		api_test(without_a_file_trials_tell_what_there_is),
		api_test(a_word_makes_a_choice_of_numbers),
		api_test(what_another_hand_wrote_is_read),
		api_test(what_is_no_json_is_said_to_be_damaged),
		api_test(numbers_that_json_has_none_for_are_null),
		api_test(numbers_read_back_as_they_were),
		api_test(a_file_that_a_resume_changed_has_other_columns),
		api_test(paused_trials_are_called_so),
		api_test(names_of_metrics_have_the_primary_one_first),
		api_test(stores_of_every_schema_are_read),
		api_test(damaged_stores_are_said_to_be_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
