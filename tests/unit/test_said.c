/* Tests of engine/store/said.c: tags, properties, files, other runs' metrics. */
#include "storebox.h"

#include <inttypes.h>

static int setup(void **state)
{
	struct storebox *box = calloc(1, sizeof *box);

	assert_non_null(box);
	box_open(box);
	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	*state = box;
	return 0;
}

static int teardown(void **state)
{
	box_close(*state);
	free(*state);
	return 0;
}

static int say(struct storebox *box, int64_t trial, const char *child,
	       enum hd_said_kind kind, const char *name, const char *value)
{
	struct hd_said_row row = { trial, child, kind, name, value, BOX_TIME };
	int rc;

	box_begin(box);
	rc = hd_store_say(box->store, box->sweep, &row, &box->err);
	ok(box, rc);
	box_commit(box);
	return rc;
}

static int list_said(void *user, const struct hd_said_row *row)
{
	char *list = user;

	snprintf(list + strlen(list), 400 - strlen(list), "%s%s%d %s=%s; ",
		 row->child, *row->child ? ":" : "", row->kind, row->name,
		 row->value ? row->value : "-");
	return 0;
}

static void expect_said(struct storebox *box, int64_t trial, const char *wanted)
{
	char list[400] = "";

	ok(box, hd_store_said(box->store, box->sweep, trial, list_said, list,
			      &box->err));
	assert_string_equal(list, wanted);
}

static void the_last_value_of_a_tag_wins(void **state)
{
	struct storebox *box = *state;

	assert_int_equal(say(box, 3, "", HD_SAID_TAG, "k", "a"), 0);
	assert_int_equal(say(box, 3, "", HD_SAID_TAG, "k", "b"), 0);
	expect_said(box, 3, "0 k=b; ");
	assert_int_equal(say(box, 3, "", HD_SAID_TAG, "k", NULL), 0);
	expect_said(box, 3, "0 k=-; ");
}

static void the_first_value_of_a_property_stays(void **state)
{
	struct storebox *box = *state;

	assert_int_equal(say(box, 3, "", HD_SAID_PROPERTY, "k", "a"), 0);
	assert_int_equal(say(box, 3, "", HD_SAID_PROPERTY, "k", "a"), 0);
	assert_int_equal(say(box, 3, "", HD_SAID_PROPERTY, "k", "b"),
			 HD_SAID_KEPT);
	assert_int_equal(say(box, 3, "", HD_SAID_PROPERTY, "k", NULL),
			 HD_SAID_KEPT);
	expect_said(box, 3, "1 k=a; ");
}

static void runs_and_kinds_are_kept_apart(void **state)
{
	struct storebox *box = *state;

	say(box, 3, "", HD_SAID_TAG, "k", "trial");
	say(box, 4, "", HD_SAID_TAG, "k", "other");
	say(box, 3, "part", HD_SAID_TAG, "k", "child");
	say(box, HD_SAID_OF_SWEEP, "", HD_SAID_TAG, "k", "sweep");
	say(box, 3, "", HD_SAID_PROPERTY, "k", "p");
	say(box, 3, "", HD_SAID_FILE, "k", NULL);
	expect_said(box, 3, "2 k=-; 1 k=p; 0 k=trial; part:0 k=child; ");
	expect_said(box, 4, "0 k=other; ");
	expect_said(box, HD_SAID_OF_SWEEP, "0 k=sweep; ");
	expect_said(box, 5, "");
}

static int list_run_metric(void *user, const struct hd_run_metric_row *row)
{
	char *list = user;

	snprintf(list + strlen(list), 400 - strlen(list), "%zu:%s %s=%g%s%s; ",
		 row->metric.trial, row->child ? row->child : "sweep",
		 row->metric.name, row->metric.value,
		 row->metric.text ? " " : "",
		 row->metric.text ? row->metric.text : "");
	return 0;
}

static int count_metric(void *user, const struct hd_metric_row *row)
{
	(void)row;
	++*(size_t *)user;
	return 0;
}

static void metrics_of_other_runs_are_no_trials_metrics(void **state)
{
	struct storebox *box = *state;
	struct hd_metric metric = { .name = "accuracy", .name_length = 8, .value = 99 };
	char list[400] = "", own[400] = "";
	size_t count = 0;

	box_begin(box);
	box_trial(box, 0);
	ok(box, hd_store_run_metric_insert(box->store, box->sweep, 0, NULL,
					   &metric, BOX_TIME, &box->err));
	metric.text = "x";
	metric.text_length = 1;
	ok(box, hd_store_run_metric_insert(box->store, box->sweep, 0, "part",
					   &metric, BOX_TIME, &box->err));
	ok(box, hd_store_run_metric_insert(box->store, box->sweep, 7, NULL,
					   &metric, BOX_TIME, &box->err));
	box_commit(box);
	ok(box, hd_store_run_metrics(box->store, box->sweep, -1,
				     list_run_metric, list, &box->err));
	assert_string_equal(list, "0:sweep accuracy=99; 0:part accuracy=nan x; "
				  "7:sweep accuracy=nan x; ");
	ok(box, hd_store_run_metrics(box->store, box->sweep, 7,
				     list_run_metric, own, &box->err));
	assert_string_equal(own, "7:sweep accuracy=nan x; ");
	ok(box, hd_store_metrics(box->store, box->sweep, -1, NULL, count_metric,
				 &count, &box->err));
	assert_int_equal(count, 0);
}

static void saying_needs_a_transaction(void **state)
{
	struct storebox *box = *state;
	struct hd_said_row row = { 0, "", HD_SAID_TAG, "k", "v", BOX_TIME };

	assert_int_equal(hd_store_say(box->store, box->sweep, &row, &box->err),
			 HD_ESTATE);
}

static void an_unknown_kind_is_corruption(void **state)
{
	struct storebox *box = *state;
	char list[400] = "";

	say(box, 0, "", HD_SAID_TAG, "k", "v");
	ok(box, hd_store_exec(box->store, "UPDATE said SET kind = 'wish'",
			      &box->err));
	assert_int_equal(hd_store_said(box->store, box->sweep, 0, list_said,
				       list, &box->err),
			 HD_ECORRUPT);
	assert_non_null(strstr(box->err.text, "unknown kind of mark: 'wish'"));
}

static int list_setting(void *user, const char *text)
{
	char *list = user;

	snprintf(list + strlen(list), 400 - strlen(list), "%s; ", text);
	return 0;
}

static void what_changed_the_file_is_kept_in_order(void **state)
{
	struct storebox *box = *state;
	char list[400] = "";

	ok(box, hd_store_settings(box->store, box->sweep, list_setting, list,
				  &box->err));
	assert_string_equal(list, "max_total_runs=8; a=b; ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
		TEST(the_last_value_of_a_tag_wins),
		TEST(the_first_value_of_a_property_stays),
		TEST(runs_and_kinds_are_kept_apart),
		TEST(metrics_of_other_runs_are_no_trials_metrics),
		TEST(saying_needs_a_transaction),
		TEST(an_unknown_kind_is_corruption),
		TEST(what_changed_the_file_is_kept_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
