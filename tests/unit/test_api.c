/* Tests of engine/api: routes, sweeps, trials. */
#include "apibox.h"

static void columns_hold_every_trial(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;

	three_trials(a);
	it = api_get(a, "sweeps/a/columns");
	expect_json(it, "metric", "\"acc\"");
	expect_json(it, "goal", "\"maximize\"");
	expect_json(it, "seq", "1");
	expect_json(it, "names", "[\"acc\",\"loss\"]");
	expect_json(it, "number", "[0,1,2]");
	expect_json(it, "state", "[\"Completed\",\"Running\",\"Queued\"]");
	expect_json(it, "end", "[\"exit\",\"\",\"\"]");
	expect_json(it, "value", "[3.5,null,null]");
	expect_json(it, "last", "[3.5,null,null]");
	expect_json(it, "intervals", "[3,0,0]");
	expect_json(it, "attempt", "[1,1,1]");
	expect_json(it, "slot", "[0,1,2]");
	expect_json(it, "created", "[1700000000000,1700000000001,1700000000002]");
	expect_json(it, "started", "[1700000000005,1700000000006,null]");
	expect_json(it, "ended", "[1700000009000,null,null]");
	expect_json(it, "values", "[[0.01,0.25,0.01],[0,1,2]]");
	expect_json(it, "parameters",
		    "[{\"name\":\"--lr\",\"expression\":\"loguniform\",\"kind\":\"number\","
		    "\"log\":true,\"integer\":false,\"low\":0.0024787521766663585,\"high\":1},"
		    "{\"name\":\"--opt\",\"expression\":\"choice\",\"kind\":\"choice\","
		    "\"values\":[\"sgd\",\"adam\",3]}]");
}

static void a_page_of_sweeps_says_where_the_next_begins(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;
	char next[24];

	api_sweep(a, "a", api_two);
	api_sweep(a, "b", api_two);
	api_sweep(a, "c", api_two);
	a->arguments[0] = "limit";
	a->arguments[1] = "2";
	it = api_get(a, "sweeps");
	assert_int_equal(hd_json_count(hd_json_get(it, "sweeps")), 2);
	expect_json(hd_json_at(hd_json_get(it, "sweeps"), 0), "name", "\"c\"");
	snprintf(next, sizeof next, "%lld", (long long)hd_json_integer(hd_json_get(it, "next")));
	a->arguments[2] = "after";
	a->arguments[3] = next;
	it = api_get(a, "sweeps");
	assert_int_equal(hd_json_count(hd_json_get(it, "sweeps")), 1);
	expect_json(hd_json_at(hd_json_get(it, "sweeps"), 0), "name", "\"a\"");
	expect_json(it, "next", "null");
}

static void a_page_of_trials_goes_on_behind_the_last(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;

	three_trials(a);
	a->arguments[0] = "limit";
	a->arguments[1] = "2";
	it = api_get(a, "sweeps/@/trials");
	assert_int_equal(hd_json_count(hd_json_get(it, "trials")), 2);
	expect_json(it, "next", "1");
	a->arguments[2] = "after";
	a->arguments[3] = "1";
	it = api_get(a, "sweeps/@/trials");
	expect_json(hd_json_at(hd_json_get(it, "trials"), 0), "number", "2");
	expect_json(it, "next", "null");
}

static void the_best_come_first_and_pages_are_counted(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;

	box_sweep_insert(&a->box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(&a->box);
	for (size_t i = 0; i < 5; i++)
		box_ranked(&a->box, i, HD_TRIAL_COMPLETED, (double)i, 1);
	box_commit(&a->box);
	a->arguments[0] = "order";
	a->arguments[1] = "best";
	a->arguments[2] = "limit";
	a->arguments[3] = "2";
	it = api_get(a, "sweeps/a/trials");
	expect_json(hd_json_at(hd_json_get(it, "trials"), 0), "number", "4");
	expect_json(it, "next", "2");
	a->arguments[4] = "after";
	a->arguments[5] = "4";
	it = api_get(a, "sweeps/a/trials");
	expect_json(hd_json_at(hd_json_get(it, "trials"), 0), "number", "0");
	expect_json(it, "next", "null");
}

static void a_sweep_and_its_parts_are_as_commands_show_them(void **state)
{
	struct apibox *a = *state;
	const struct hd_json *it;

	three_trials(a);
	it = api_get(a, "sweeps/HD_a");
	expect_json(it, "name", "\"a\"");
	expect_json(it, "study", "false");
	it = api_get(a, "sweeps/a/config");
	expect_json(it, "config_path", "\"\"");
	/* Each trial has its own: of the sweep they would be two more a trial. */
	assert_non_null(hd_json_get(hd_json_get(it, "tags"), "_aml_system_max_total_jobs"));
	assert_null(hd_json_get(hd_json_get(it, "tags"), "_aml_system_HD_a_0"));
	assert_int_equal(hd_json_kind(hd_json_get(it, "program")), HD_JSON_NULL);
	it = api_get(a, "sweeps/a/trials/0");
	expect_json(it, "number", "0");
	assert_null(hd_json_get(it, "metrics"));
	assert_non_null(hd_json_get(it, "attempts"));
	it = api_get(a, "sweeps/a/trials/0/why");
	expect_json(it, "decisions", "[]");
	expect_json(api_get(a, "sweeps/a/attempts"), NULL, "{\"attempts\":[]}");
	expect_json(api_get(a, "sweeps/a/decisions"), NULL, "{\"decisions\":[]}");
	expect_json(api_get(a, "version"), "actions", "false");
}

static void decisions_say_of_which_trial(void **state)
{
	static const struct hd_reason why = { .text = "<b>worse</b>", .mine = 1, .limit = 2 };
	struct apibox *a = *state;
	const struct hd_json *it;
	int64_t key;

	api_sweep(a, "a", api_two);
	box_begin(&a->box);
	api_trial(a, 0, "{}");
	key = api_trial(a, 1, "{}");
	ok(&a->box, hd_store_decision_insert(a->box.store, key, 4, "bandit", &why,
					     HD_DECISION_STOP, BOX_TIME, &a->box.err));
	box_commit(&a->box);
	it = hd_json_at(hd_json_get(api_get(a, "sweeps/a/decisions"), "decisions"), 0);
	expect_json(it, "trial", "1");
	expect_json(it, "interval", "4");
	expect_json(it, "reason", "\"<b>worse</b>\"");
}

static void what_is_not_there_is_said_to_be_missing(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"sweep",
		"sweeps/",
		"sweeps//columns",
		"sweeps/nobody",
		"sweeps/a/",
		"sweeps/a/columns/",
		"sweeps/a/trials/0/",
		"sweeps/a/nothing",
		"sweeps/a/trials/7",
		"sweeps/a/trials/18446744073709551615/why",
		"sweeps/..",
		"sweeps/a/../a",
		"sweeps/%2e",
	};
	struct apibox *a = *state;

	three_trials(a);
	for (size_t i = 0; i < ROWS(paths); i++) {
		int rc = api_ask(a, paths[i]);

		if (rc != HD_ENOENT && rc != HD_EINVAL)
			fail_msg("'%s' gives %s", paths[i], hd_code_name(rc));
	}
	api_refuses(a, "sweeps/nobody", HD_ENOENT, "nobody");
	api_refuses(a, "sweeps/a/trials/x", HD_EINVAL, "'x' is no number of a trial");
	api_refuses(a, "sweeps/a/trials/-1", HD_EINVAL, "'-1'");
}

static void arguments_out_of_range_are_refused(void **state)
{
	static const char *const values[] = { "0", "-1", "1001", "x", "", "1e2", "1.5",
					      "99999999999999999999" };
	struct apibox *a = *state;

	three_trials(a);
	a->arguments[0] = "limit";
	for (size_t i = 0; i < ROWS(values); i++) {
		a->arguments[1] = values[i];
		api_refuses(a, "sweeps/a/trials", HD_EINVAL, "'limit' must be a whole number");
		api_refuses(a, "sweeps", HD_EINVAL, "'limit' must be a whole number");
	}
	a->arguments[0] = "order";
	a->arguments[1] = "worst";
	api_refuses(a, "sweeps/a/trials", HD_EINVAL, "'order' must be number or best");
}

static void one_sweep_alone_may_be_shown(void **state)
{
	struct apibox *a = *state;
	struct hd_api_setup setup = { .actions = true };

	api_sweep(a, "a", api_two);
	setup.only = a->box.sweep;
	api_sweep(a, "b", api_two);
	setup.store = a->reading;
	hd_api_close(a->api);
	ok(&a->box, hd_api_open(&a->api, &setup, &a->box.err));
	assert_int_equal(hd_json_count(hd_json_get(api_get(a, "sweeps"), "sweeps")), 1);
	api_get(a, "sweeps/a/columns");
	api_refuses(a, "sweeps/b", HD_ENOENT, "no sweep 'b'");
	api_refuses(a, "sweeps/@/columns", HD_ENOENT, NULL);
	expect_json(api_get(a, "version"), "actions", "true");
}

static void errors_are_json_with_a_status(void **state)
{
	struct hd_buf buf = HD_BUF_INIT;

	(void)state;
	hd_api_error_json(&buf, HD_ENOENT, "no \"sweep\" <b>");
	assert_string_equal(hd_buf_text(&buf),
			    "{\"error\":{\"code\":\"HD_ENOENT\","
			    "\"message\":\"no \\\"sweep\\\" <b>\"}}");
	hd_buf_release(&buf);
	assert_int_equal(hd_api_status(HD_ENOENT), 404);
	assert_int_equal(hd_api_status(HD_EINVAL), 400);
	assert_int_equal(hd_api_status(HD_ELIMIT), 413);
	assert_int_equal(hd_api_status(HD_EBUSY), 409);
	assert_int_equal(hd_api_status(HD_ECORRUPT), 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(columns_hold_every_trial),
		api_test(a_page_of_sweeps_says_where_the_next_begins),
		api_test(a_page_of_trials_goes_on_behind_the_last),
		api_test(the_best_come_first_and_pages_are_counted),
		api_test(a_sweep_and_its_parts_are_as_commands_show_them),
		api_test(decisions_say_of_which_trial),
		api_test(what_is_not_there_is_said_to_be_missing),
		api_test(arguments_out_of_range_are_refused),
		api_test(one_sweep_alone_may_be_shown),
		cmocka_unit_test(errors_are_json_with_a_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
