/* Tests of engine/store/read.c: what a walk gives, in which order, how. */
#include "storebox.h"

static int list_names(void *user, const struct hd_sweep_row *row)
{
	char *list = user;

	snprintf(list + strlen(list), 200 - strlen(list), "%s ", row->name);
	return 0;
}

static void sweeps_come_newest_first_by_state_and_limit(void **state)
{
	struct storebox *box = *state;
	char list[200] = "";

	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	sweep_state(box, "Completed", HD_END_NONE, BOX_TIME);
	box_sweep_insert(box, "HD_2", "b", HD_MINIMIZE);
	box_sweep_insert(box, "HD_3", "c", HD_MINIMIZE);
	sweep_state(box, "Completed", HD_END_NONE, BOX_TIME);

	ok(box, hd_store_sweeps(box->store, 0, NULL, list_names, list,
				&box->err));
	assert_string_equal(list, "c b a ");
	*list = '\0';
	ok(box, hd_store_sweeps(box->store, 2, NULL, list_names, list,
				&box->err));
	assert_string_equal(list, "c b ");
	*list = '\0';
	ok(box, hd_store_sweeps(box->store, 0, "Completed", list_names, list,
				&box->err));
	assert_string_equal(list, "c a ");
}

static void what_is_not_there_is_said_so(void **state)
{
	struct storebox *box = *state;
	struct hd_trial_row row;

	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	assert_int_equal(hd_store_trial(box->store, box->sweep, 3, take_trial,
					&row, &box->err),
			 HD_ENOENT);
	assert_string_equal(box->err.text, "no trial 3 in sweep 'a'");
	assert_int_equal(hd_store_trials(box->store, 99, NULL, take_trial,
					 &row, &box->err),
			 HD_ENOENT);
	assert_int_equal(hd_store_metrics(box->store, 99, -1, NULL, NULL, NULL,
					  &box->err),
			 HD_ENOENT);
	box_begin(box);
	assert_int_equal(hd_store_trial_state(box->store, 99, HD_TRIAL_RUNNING,
					      BOX_TIME, &box->err),
			 HD_ENOENT);
	hd_store_rollback(box->store);
}

static int answer_sweep(void *answer, const struct hd_sweep_row *row)
{
	(void)row;
	return *(int *)answer;
}

static int answer_trial(void *answer, const struct hd_trial_row *row)
{
	(void)row;
	return *(int *)answer;
}

/* What a callback answers is what its caller gets: "enough" as well as an error. */
static void a_callbacks_answer_is_handed_on(void **state)
{
	static int answers[] = { 0, 1, 7, HD_ELIMIT };
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	box_begin(box);
	box_trial(box, 0);
	box_commit(box);
	for (size_t i = 0; i < ROWS(answers); i++) {
		int *answer = &answers[i];

		assert_int_equal(hd_store_sweep(box->store, box->sweep, answer_sweep, answer,
						&box->err),
				 *answer);
		assert_int_equal(hd_store_sweeps(box->store, 0, NULL, answer_sweep, answer,
						 &box->err),
				 *answer);
		assert_int_equal(hd_store_trial(box->store, box->sweep, 0, answer_trial, answer,
						&box->err),
				 *answer);
		assert_int_equal(hd_store_trials(box->store, box->sweep, NULL, answer_trial,
						 answer, &box->err),
				 *answer);
	}
}

static void trials_are_counted_by_state(void **state)
{
	struct storebox *box = *state;
	struct hd_sweep_row row;

	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	box_begin(box);
	box_ranked(box, 0, HD_TRIAL_RUNNING, NAN, 0);
	box_ranked(box, 1, HD_TRIAL_COMPLETED, 1, 0);
	box_ranked(box, 2, HD_TRIAL_COMPLETED, 1, 0);
	box_trial(box, 3);
	box_commit(box);
	row = sweep_row(box);
	assert_int_equal(row.trials, 4);
	assert_int_equal(row.counts[HD_TRIAL_RUNNING], 1);
	assert_int_equal(row.counts[HD_TRIAL_COMPLETED], 2);
	assert_int_equal(row.counts[HD_TRIAL_QUEUED], 1);
	assert_int_equal(row.counts[HD_TRIAL_FAILED], 0);
}

static void hd_114_sorted_children_best_first_for_both_goals(void **state)
{
	struct storebox *box = *state;

	six_trials(box, HD_MAXIMIZE);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST },
		     "4 2 0 3 1 5 ");
	expect_order(box, (struct hd_trial_query){ 0 }, "0 1 2 3 4 5 ");
	hd_store_close(box->store);
	box_remove(box->folder);
	box_open(box);
	six_trials(box, HD_MINIMIZE);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST },
		     "3 0 4 2 1 5 ");
}

static void hd_114_reverse_flips_only_those_with_a_metric(void **state)
{
	struct storebox *box = *state;

	six_trials(box, HD_MAXIMIZE);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .reverse = true },
		     "3 0 2 4 1 5 ");
	expect_order(box,
		     (struct hd_trial_query){
			     .order = HD_ORDER_BEST, .reverse = true, .discard_no_metric = true },
		     "3 0 2 4 ");
}

static void hd_114_top_and_discard_no_metric(void **state)
{
	struct storebox *box = *state;

	six_trials(box, HD_MAXIMIZE);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .limit = 1 },
		     "4 ");
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .limit = 5 },
		     "4 2 0 3 1 ");
	expect_order(box,
		     (struct hd_trial_query){ .order = HD_ORDER_BEST, .discard_no_metric = true },
		     "4 2 0 3 ");
	expect_order(box, (struct hd_trial_query){ .discard_no_metric = true, .limit = 3 },
		     "0 2 3 ");
}

static void hd_111_failed_and_canceled_count_unless_excluded(void **state)
{
	struct storebox *box = *state;

	six_trials(box, HD_MAXIMIZE);
	expect_order(box,
		     (struct hd_trial_query){ .order = HD_ORDER_BEST, .exclude_canceled = true },
		     "2 0 3 1 5 ");
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .exclude_failed = true },
		     "4 0 3 1 ");
	expect_order(box,
		     (struct hd_trial_query){ .order = HD_ORDER_BEST,
					      .exclude_failed = true,
					      .exclude_canceled = true,
					      .limit = 1 },
		     "0 ");
	expect_order(box, (struct hd_trial_query){ .exclude_failed = true },
		     "0 1 3 4 ");
}

static void hd_113_a_tie_goes_to_the_earliest_then_to_the_lowest_number(void **state)
{
	static const enum hd_goal goals[] = { HD_MINIMIZE, HD_MAXIMIZE };
	struct storebox *box = *state;

	for (size_t i = 0; i < ROWS(goals); i++) {
		box_sweep_insert(box, i ? "HD_2" : "HD_1", i ? "b" : "a",
				 goals[i]);
		box_begin(box);
		box_ranked(box, 0, HD_TRIAL_COMPLETED, 0.25, 9);
		box_ranked(box, 1, HD_TRIAL_COMPLETED, 0.25, 3);
		box_ranked(box, 2, HD_TRIAL_COMPLETED, 0.25, 3);
		box_commit(box);
		expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST },
			     "1 2 0 ");
	}
}

static void hd_112_no_metric_anywhere_gives_no_best(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	box_trial(box, 0);
	box_commit(box);
	expect_order(box,
		     (struct hd_trial_query){ .order = HD_ORDER_BEST, .discard_no_metric = true },
		     "");
	assert_int_equal(sweep_row(box).best_trial, -1);
}

static void hd_110_the_best_of_all_logs_is_what_ranks(void **state)
{
	struct storebox *box = *state;
	struct hd_trial_row row;
	int64_t key;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	key = box_trial(box, 0);
	box_log(box, key, 1, "accuracy", 0.9, 1);
	box_log(box, key, 2, "accuracy", 0.1, 2);
	ok(box, hd_store_trial_metric(box->store, key, 2, 0.9, 0.1, 0.9,
				      BOX_TIME, &box->err));
	box_ranked(box, 1, HD_TRIAL_COMPLETED, 0.5, 0);
	box_commit(box);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST },
		     "0 1 ");
	ok(box, hd_store_trial(box->store, box->sweep, 0, take_trial, &row,
			       &box->err));
	assert_true(row.best == 0.9 && row.last == 0.1 && row.value == 0.9);
}

static void a_trial_with_nothing_but_nan_has_intervals_and_no_metric(void **state)
{
	struct storebox *box = *state;
	struct hd_trial_row row;
	int64_t key;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	key = box_trial(box, 0);
	ok(box, hd_store_trial_metric(box->store, key, 2, NAN, NAN, NAN,
				      BOX_TIME, &box->err));
	box_ranked(box, 1, HD_TRIAL_COMPLETED, -INFINITY, 0);
	box_commit(box);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST },
		     "1 0 ");
	ok(box, hd_store_trial(box->store, box->sweep, 0, take_trial, &row,
			       &box->err));
	assert_int_equal(row.intervals, 2);
	assert_false(row.has_metric);
}

static int list_best(void *user, const struct hd_best_row *row)
{
	char *list = user;

	snprintf(list + strlen(list), 200 - strlen(list), "%zu:%g%s ",
		 row->trial, row->value, row->final ? "!" : "");
	return 0;
}

static void hd_117_the_history_of_the_best_ends_with_the_final_row(void **state)
{
	struct storebox *box = *state;
	char list[200] = "";

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	ok(box, hd_store_best_insert(box->store, box->sweep, 3, 0.5, false,
				     BOX_TIME, &box->err));
	ok(box, hd_store_best_insert(box->store, box->sweep, 1, 0.75, false,
				     BOX_TIME + 1, &box->err));
	ok(box, hd_store_best_insert(box->store, box->sweep, 1, 0.75, true,
				     BOX_TIME + 2, &box->err));
	box_commit(box);
	ok(box, hd_store_best_history(box->store, box->sweep, list_best, list,
				      &box->err));
	assert_string_equal(list, "3:0.5 1:0.75 1:0.75! ");
	assert_int_equal(sweep_row(box).best_trial, 1);
	assert_true(sweep_row(box).best == 0.75);
}

static void plan(struct storebox *box, enum hd_stmt id, char *text, size_t size)
{
	char sql[2000];
	sqlite3_stmt *stmt;

	snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", hd_stmt_sql(id));
	*text = '\0';
	assert_int_equal(sqlite3_prepare_v2(box->store->db, sql, -1, &stmt,
					    NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		snprintf(text + strlen(text), size - strlen(text), "%s; ",
			 (const char *)sqlite3_column_text(stmt, 3));
	sqlite3_finalize(stmt);
}

static void fill_trials(struct storebox *box, size_t count)
{
	box_begin(box);
	for (size_t i = 0; i < count; i++)
		box_ranked(box, i, HD_TRIAL_COMPLETED, (double)(i * 7919 % count), 0);
	box_commit(box);
}

static void the_best_of_100000_trials_comes_from_the_index(void **state)
{
	static const enum hd_stmt ids[] = { HD_STMT_TRIAL_RANKED, HD_STMT_TRIAL_RANKED_REVERSE,
					    HD_STMT_TRIAL_UNRANKED };
	struct storebox *box = *state;
	char text[1000];

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	fill_trials(box, 100000);
	for (size_t i = 0; i < ROWS(ids); i++) {
		plan(box, ids[i], text, sizeof text);
		assert_non_null(strstr(text, "USING INDEX trial_rank"));
		assert_null(strstr(text, "TEMP B-TREE"));
	}
	plan(box, HD_STMT_SWEEP_COUNTS, text, sizeof text);
	assert_non_null(strstr(text, "USING COVERING INDEX trial_state"));
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .limit = 1 },
		     "82321 ");
}

static void walks_read_rows_in_the_order_they_lie(void **state)
{
	static const enum hd_stmt ids[] = { HD_STMT_METRIC_ALL, HD_STMT_METRIC_NAMED,
					    HD_STMT_TRIAL_NUMBERED, HD_STMT_SWEEP_PREFIX,
					    HD_STMT_DECISION_ALL };
	struct storebox *box = *state;
	char text[1000];

	for (size_t i = 0; i < ROWS(ids); i++) {
		plan(box, ids[i], text, sizeof text);
		assert_null(strstr(text, "SCAN"));
	}
	plan(box, HD_STMT_METRIC_ALL, text, sizeof text);
	assert_null(strstr(text, "TEMP B-TREE"));
}

static void metrics_come_trial_by_trial_in_the_order_of_logging(void **state)
{
	struct storebox *box = *state;
	struct seen all = { 0 }, one = { 0 }, named = { 0 };
	int64_t first, second;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	second = box_trial(box, 1);
	first = box_trial(box, 0);
	box_log(box, second, 1, "loss", 1, 0);
	box_log(box, first, 1, "loss", 2, 0);
	box_log(box, second, 2, "accuracy", 3, 1);
	box_log(box, first, 2, "accuracy", 4, 1);
	box_commit(box);
	ok(box, hd_store_metrics(box->store, box->sweep, -1, NULL, see_metric,
				 &all, &box->err));
	assert_string_equal(all.text, "0.1 loss - stdout name=value; "
				      "0.2 accuracy - stdout name=value; "
				      "1.1 loss - stdout name=value; "
				      "1.2 accuracy - stdout name=value; ");
	ok(box, hd_store_metrics(box->store, box->sweep, 1, NULL, see_metric,
				 &one, &box->err));
	assert_int_equal(one.count, 2);
	ok(box, hd_store_metrics(box->store, box->sweep, -1, "accuracy",
				 see_metric, &named, &box->err));
	assert_int_equal(named.count, 2);
	assert_true(named.rows[0].value == 4 && named.rows[1].value == 3);
	ok(box, hd_store_metrics(box->store, box->sweep, -1, "none", see_metric,
				 &named, &box->err));
	assert_int_equal(named.count, 2);
}

struct nested {
	struct storebox *box;
	int depth;
	size_t rows;
};

static int nested_trials(void *user, const struct hd_trial_row *row)
{
	struct nested *nested = user;
	struct hd_trial_query query = { .order = HD_ORDER_BEST };

	(void)row;
	nested->rows++;
	if (nested->depth == 2)
		return 0;
	nested->depth++;
	ok(nested->box, hd_store_trials(nested->box->store, nested->box->sweep,
					&query, nested_trials, nested,
					&nested->box->err));
	nested->depth--;
	return 0;
}

static void a_walks_callback_may_walk_the_same_rows(void **state)
{
	struct storebox *box = *state;
	struct nested nested = { .box = box };
	struct hd_trial_query query = { .order = HD_ORDER_BEST };

	six_trials(box, HD_MAXIMIZE);
	ok(box, hd_store_trials(box->store, box->sweep, &query, nested_trials,
				&nested, &box->err));
	assert_int_equal(nested.rows, 6 + 6 * 6 + 6 * 6 * 6);
}

static int stop_at_once(void *user, const struct hd_trial_row *row)
{
	(void)row;
	++*(int *)user;
	return 42;
}

static void what_a_callback_returns_ends_the_walk(void **state)
{
	struct storebox *box = *state;
	struct hd_trial_query query = { .order = HD_ORDER_BEST };
	int calls = 0;

	six_trials(box, HD_MAXIMIZE);
	assert_int_equal(hd_store_trials(box->store, box->sweep, &query,
					 stop_at_once, &calls, &box->err),
			 42);
	assert_int_equal(hd_store_trials(box->store, box->sweep, NULL,
					 stop_at_once, &calls, &box->err),
			 42);
	assert_int_equal(calls, 2);
	/* No read transaction is left behind: a write goes through. */
	box_begin(box);
	box_trial(box, 6);
	box_commit(box);
}

#define WITH_BOX(test) cmocka_unit_test_setup_teardown(test, open_box, close_box)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOX(sweeps_come_newest_first_by_state_and_limit),
		WITH_BOX(what_is_not_there_is_said_so),
		WITH_BOX(a_callbacks_answer_is_handed_on),
		WITH_BOX(trials_are_counted_by_state),
		WITH_BOX(hd_114_sorted_children_best_first_for_both_goals),
		WITH_BOX(hd_114_reverse_flips_only_those_with_a_metric),
		WITH_BOX(hd_114_top_and_discard_no_metric),
		WITH_BOX(hd_111_failed_and_canceled_count_unless_excluded),
		WITH_BOX(hd_113_a_tie_goes_to_the_earliest_then_to_the_lowest_number),
		WITH_BOX(hd_112_no_metric_anywhere_gives_no_best),
		WITH_BOX(hd_110_the_best_of_all_logs_is_what_ranks),
		WITH_BOX(a_trial_with_nothing_but_nan_has_intervals_and_no_metric),
		WITH_BOX(hd_117_the_history_of_the_best_ends_with_the_final_row),
		WITH_BOX(the_best_of_100000_trials_comes_from_the_index),
		WITH_BOX(walks_read_rows_in_the_order_they_lie),
		WITH_BOX(metrics_come_trial_by_trial_in_the_order_of_logging),
		WITH_BOX(a_walks_callback_may_walk_the_same_rows),
		WITH_BOX(what_a_callback_returns_ends_the_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
