/* Tests of engine/store: every write is read back; waiting, failing, order. */
#include "storebox.h"

#include <sys/wait.h>

static int open_box(void **state)
{
	struct storebox *box = malloc(sizeof *box);

	assert_non_null(box);
	box_open(box);
	*state = box;
	return 0;
}

static int close_box(void **state)
{
	box_close(*state);
	free(*state);
	return 0;
}

/* --- sweeps --------------------------------------------------------------- */

static int check_sweep_as_inserted(void *user, const struct hd_sweep_row *row)
{
	struct storebox *box = user;
	char folder[400];

	snprintf(folder, sizeof folder, "%s/brave-otter-3",
		 hd_store_folder(box->store));
	assert_int_equal(row->key, box->sweep);
	assert_string_equal(row->id, "HD_1234");
	assert_string_equal(row->name, "brave-otter-3");
	assert_string_equal(row->state, "Running");
	assert_int_equal(row->end, HD_END_NONE);
	assert_string_equal(row->end_detail, "");
	assert_string_equal(row->metric, "accuracy");
	assert_int_equal(row->goal, HD_MAXIMIZE);
	assert_string_equal(row->sampler, "random");
	assert_string_equal(row->policy, "bandit");
	assert_string_equal(row->command, "[\"python\",\"train.py\"]");
	assert_string_equal(row->config_path, "hdconfig.yml");
	assert_string_equal(row->config_text, "sampling:\n  type: random\n");
	assert_string_equal(row->folder, folder);
	assert_true(row->seed == UINT64_C(0xfedcba9876543210));
	assert_int_equal(row->max_total, 8);
	assert_int_equal(row->max_concurrent, 2);
	assert_true(row->max_duration == 6000);
	assert_true(row->created == BOX_TIME);
	assert_true(row->started == BOX_TIME);
	assert_int_equal(row->ended, 0);
	assert_int_equal(row->trials, 0);
	assert_int_equal(row->best_trial, -1);
	assert_true(isnan(row->best));
	assert_int_equal(row->engine_pid, 4242);
	assert_int_equal(row->engine_start, 99);
	return 0;
}

static void a_sweep_is_read_back_as_it_was_inserted(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_1234", "brave-otter-3", HD_MAXIMIZE);
	ok(box, hd_store_sweep(box->store, box->sweep, check_sweep_as_inserted,
			       box, &box->err));
	box_reopen(box, HD_STORE_READ);
	ok(box, hd_store_sweep(box->store, box->sweep, check_sweep_as_inserted,
			       box, &box->err));
}

static int take_sweep(void *user, const struct hd_sweep_row *row)
{
	*(struct hd_sweep_row *)user = *row;
	return 0;
}

static struct hd_sweep_row sweep_row(struct storebox *box)
{
	struct hd_sweep_row row = { 0 };

	ok(box, hd_store_sweep(box->store, box->sweep, take_sweep, &row,
			       &box->err));
	return row; /* its numbers; the strings are gone */
}

static void sweep_state(struct storebox *box, const char *word, enum hd_end end,
			int64_t time)
{
	box_begin(box);
	ok(box, hd_store_sweep_state(box->store, box->sweep, word, end,
				     "a detail", time, &box->err));
	box_commit(box);
}

static void a_sweeps_states_set_its_times_and_clear_its_engine(void **state)
{
	struct storebox *box = *state;
	struct hd_sweep_row row;

	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	sweep_state(box, "CancelRequested", HD_END_USER, BOX_TIME + 2);
	row = sweep_row(box);
	assert_true(row.started == BOX_TIME);
	assert_int_equal(row.ended, 0);
	assert_int_equal(row.engine_pid, 4242);

	sweep_state(box, "Canceled", HD_END_USER, BOX_TIME + 3);
	row = sweep_row(box);
	assert_true(row.started == BOX_TIME);
	assert_true(row.ended == BOX_TIME + 3);
	assert_int_equal(row.end, HD_END_USER);
	assert_int_equal(row.engine_pid, 0);
	assert_int_equal(row.engine_start, 0);
}

static void a_taken_name_is_refused_and_a_bad_one_too(void **state)
{
	static const char *const bad[] = { "", "@", "a/b", "../x", ".hidden" };
	struct storebox *box = *state;
	struct hd_sweep_record record = { .id = "HD_2", .name = "a" };
	struct hd_config config = { .metric = "m" };
	struct hd_sampler_type sampler = { .name = "grid" };
	struct hd_policy_type policy = { .name = "none" };
	int64_t key;

	config.sampler = &sampler;
	config.policy = &policy;
	record.config = &config;
	record.command = "[]";
	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	assert_int_equal(hd_store_sweep_insert(box->store, &record, &key,
					       &box->err),
			 HD_EEXIST);
	assert_string_equal(box->err.text,
			    "a sweep named 'a' is there already");
	for (size_t i = 0; i < ROWS(bad); i++) {
		record.name = bad[i];
		assert_int_equal(hd_store_sweep_insert(box->store, &record,
						       &key, &box->err),
				 HD_EINVAL);
	}
	/* The refusals left no transaction open. */
	record.name = "b";
	ok(box, hd_store_sweep_insert(box->store, &record, &key, &box->err));
}

static void an_endless_sweep_has_no_duration_in_the_file(void **state)
{
	struct storebox *box = *state;
	struct hd_sampler_type sampler = { .name = "grid" };
	struct hd_policy_type policy = { .name = "none" };
	struct hd_config config = { .metric = "m", .sampler = &sampler, .policy = &policy, .max_duration = INFINITY };
	struct hd_sweep_record record = { .id = "HD_2", .name = "a", .config = &config, .command = "[]" };
	int64_t found;

	ok(box, hd_store_sweep_insert(box->store, &record, &box->sweep,
				      &box->err));
	assert_true(isinf(sweep_row(box).max_duration));
	ok(box, hd_store_integer(box->store,
				 "SELECT max_duration IS NULL FROM sweep",
				 &found, &box->err));
	assert_int_equal(found, 1);
}

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

static void find(struct storebox *box, const char *word, int64_t expected)
{
	int64_t key;

	ok(box, hd_store_find_sweep(box->store, word, &key, &box->err));
	assert_true(key == expected);
}

static void a_sweep_is_found_by_name_id_prefix_and_at(void **state)
{
	struct storebox *box = *state;
	int64_t key, otter, heron;

	assert_int_equal(hd_store_find_sweep(box->store, "@", &key, &box->err),
			 HD_ENOENT);
	box_sweep_insert(box, "HD_aaaa", "brave-otter", HD_MINIMIZE);
	otter = box->sweep;
	box_sweep_insert(box, "HD_aabb", "brave-otter-3", HD_MINIMIZE);
	box_sweep_insert(box, "HD_bbbb", "calm-heron", HD_MINIMIZE);
	heron = box->sweep;

	find(box, "brave-otter", otter); /* exact goes before prefix */
	find(box, "HD_bbbb", heron);
	find(box, "c", heron);
	find(box, "HD_b", heron);
	find(box, "HD_aaa", otter);
	find(box, "@", heron);
	find(box, NULL, heron);
	assert_int_equal(hd_store_find_sweep(box->store, "HD_aa", &key,
					     &box->err),
			 HD_EINVAL);
	assert_string_equal(box->err.text, "'HD_aa' fits several sweeps: "
					   "brave-otter-3, brave-otter");
	assert_int_equal(hd_store_find_sweep(box->store, "zebra", &key,
					     &box->err),
			 HD_ENOENT);
	assert_int_equal(hd_store_find_sweep(box->store, "", &key, &box->err),
			 HD_EINVAL);
}

static void wildcards_in_a_word_stand_for_themselves(void **state)
{
	static const char *const words[] = { "%", "_", "br%", "b_ave", "brave*", "BRAVE" };
	struct storebox *box = *state;
	int64_t key;

	box_sweep_insert(box, "HD_1", "brave", HD_MINIMIZE);
	for (size_t i = 0; i < ROWS(words); i++)
		assert_int_equal(hd_store_find_sweep(box->store, words[i],
						     &key, &box->err),
				 HD_ENOENT);
	box_sweep_insert(box, "HD_2", "a_b%c", HD_MINIMIZE);
	find(box, "a_b%", box->sweep);
}

static void an_ambiguous_prefix_lists_five(void **state)
{
	struct storebox *box = *state;
	char id[16], name[16];
	int64_t key;

	for (int i = 0; i < 8; i++) {
		snprintf(id, sizeof id, "x%d", i);
		snprintf(name, sizeof name, "xx%d", i);
		box_sweep_insert(box, id, name, HD_MINIMIZE);
	}
	assert_int_equal(hd_store_find_sweep(box->store, "x", &key, &box->err),
			 HD_EINVAL);
	assert_string_equal(box->err.text, "'x' fits several sweeps: "
					   "xx7, xx6, xx5, xx4, xx3, ...");
}

static void a_prefix_that_fits_name_and_id_of_one_sweep_is_unique(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "same-1", "same-2", HD_MINIMIZE);
	find(box, "same", box->sweep);
}

/* --- trials --------------------------------------------------------------- */

static int check_trial_as_written(void *user, const struct hd_trial_row *row)
{
	struct storebox *box = user;
	char folder[400];

	snprintf(folder, sizeof folder, "%s/a/000007",
		 hd_store_folder(box->store));
	assert_int_equal(row->number, 7);
	assert_string_equal(row->id, "HD_1_7");
	assert_int_equal(row->state, HD_TRIAL_FAILED);
	assert_int_equal(row->end, HD_END_SIGNAL);
	assert_string_equal(row->end_detail, "killed by SIGSEGV");
	assert_string_equal(row->parameters, "{\"--lr\":0.1,\"opt\":\"sgd\"}");
	assert_string_equal(row->arguments, "[\"a\",\"--lr\",\"0.1\"]");
	assert_string_equal(row->folder, folder);
	assert_int_equal(row->exit_code, -1);
	assert_int_equal(row->exit_signal, 11);
	assert_int_equal(row->attempt, 1);
	assert_int_equal(row->pid, 777);
	assert_true(row->created == BOX_TIME);
	assert_true(row->started == BOX_TIME + 5);
	assert_true(row->ended == BOX_TIME + 9);
	assert_true(row->cpu_seconds == 1.25);
	assert_int_equal(row->max_rss, 1 << 20);
	assert_int_equal(row->intervals, 3);
	assert_true(row->has_metric);
	assert_true(row->best == 0.75);
	assert_true(row->last == 0.5);
	assert_true(row->value == 0.625);
	assert_int_equal(row->known, 4);
	return 0;
}

static struct hd_space *two_parameters(void)
{
	struct hd_value options[] = {
		{ .kind = HD_VALUE_TEXT, .text = "adam", .length = 4 },
		{ .kind = HD_VALUE_TEXT, .text = "sgd", .length = 3 },
	};
	struct hd_expr lr = hd_expr_uniform(0, 1);
	struct hd_expr opt = hd_expr_choice(options, 2);
	struct hd_space *space = hd_space_new();
	struct hd_error err;

	assert_non_null(space);
	assert_int_equal(hd_space_add(space, "--lr", &lr, NULL, &err), 0);
	assert_int_equal(hd_space_add(space, "opt", &opt, NULL, &err), 0);
	return space;
}

static int64_t whole_trial(struct storebox *box, const struct hd_value *values)
{
	struct hd_space *space = two_parameters();
	struct hd_trial_record record = {
		.sweep = box->sweep,
		.number = 7,
		.state = HD_TRIAL_QUEUED,
		.parameters = "{\"--lr\":0.1,\"opt\":\"sgd\"}",
		.arguments = "[\"a\",\"--lr\",\"0.1\"]",
		.space = space,
		.values = values,
		.known = 4,
		.time = BOX_TIME,
	};
	int64_t key;

	ok(box, hd_store_trial_insert(box->store, &record, &key, &box->err));
	hd_space_free(space);
	return key;
}

static void hd_115_a_trials_parameters_are_stored_as_json_and_as_rows(void **state)
{
	struct hd_value values[] = {
		{ .kind = HD_VALUE_REAL, .number = 0.1 },
		{ .kind = HD_VALUE_TEXT, .text = "sgd", .length = 3 },
	};
	struct hd_trial_end_record end = { HD_TRIAL_FAILED, HD_END_SIGNAL, "killed by SIGSEGV", -1, 11, 1.25, 1 << 20, 0, BOX_TIME + 9 };
	struct storebox *box = *state;
	int64_t key, found;

	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	box_begin(box);
	key = whole_trial(box, values);
	ok(box, hd_store_trial_state(box->store, key, HD_TRIAL_RUNNING,
				     BOX_TIME + 5, &box->err));
	ok(box, hd_store_trial_process(box->store, key, 777, 12345, &box->err));
	ok(box, hd_store_trial_metric(box->store, key, 3, 0.75, 0.5, 0.625,
				      BOX_TIME + 7, &box->err));
	ok(box, hd_store_trial_end(box->store, key, &end, &box->err));
	ok(box, hd_store_commit(box->store, true, &box->err));
	ok(box, hd_store_trial(box->store, box->sweep, 7,
			       check_trial_as_written, box, &box->err));
	ok(box, hd_store_integer(
			box->store,
			"SELECT count(*) FROM parameter WHERE (position, name,"
			" kind, value) IN (VALUES(0, '--lr', 'real', 0.1),"
			" (1, 'opt', 'text', 'sgd'))",
			&found, &box->err));
	assert_int_equal(found, 2);
}

static void every_kind_of_value_is_stored_as_what_it_is(void **state)
{
	static const struct {
		struct hd_value value;
		const char *expected; /* kind:type:value, NULL for no row */
	} rows[] = {
		{ { .kind = HD_VALUE_ABSENT }, NULL },
		{ { .kind = HD_VALUE_NULL }, "null:null:-" },
		{ { .kind = HD_VALUE_BOOL, .integer = 1, .number = 1 }, "bool:integer:1" },
		{ { .kind = HD_VALUE_INTEGER, .integer = INT64_MAX, .number = 9e18 }, "integer:integer:9223372036854775807" },
		{ { .kind = HD_VALUE_REAL, .number = 2 }, "real:real:2.0" },
		{ { .kind = HD_VALUE_JSON, .text = "[1]", .length = 3 }, "json:text:[1]" },
	};
	struct storebox *box = *state;
	struct hd_value values[2] = { 0 };

	for (size_t i = 0; i < ROWS(rows); i++) {
		char name[16], sql[400];
		int64_t found;

		snprintf(name, sizeof name, "s%zu", i);
		box_sweep_insert(box, name, name, HD_MINIMIZE);
		values[0] = rows[i].value;
		box_begin(box);
		whole_trial(box, values);
		box_commit(box);
		snprintf(sql, sizeof sql,
			 "SELECT count(*) FROM parameter WHERE trial ="
			 " (SELECT max(key) FROM trial) AND kind || ':' ||"
			 " typeof(value) || ':' || coalesce(value, '-') = '%s'",
			 rows[i].expected ? rows[i].expected : "");
		ok(box, hd_store_integer(box->store, sql, &found, &box->err));
		assert_int_equal(found, rows[i].expected != NULL);
	}
}

static int take_trial(void *user, const struct hd_trial_row *row)
{
	*(struct hd_trial_row *)user = *row;
	return 0;
}

static void a_new_trial_has_none_of_what_comes_later(void **state)
{
	struct storebox *box = *state;
	struct hd_trial_row row;

	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	box_begin(box);
	box_trial(box, 0);
	box_commit(box);
	ok(box, hd_store_trial(box->store, box->sweep, 0, take_trial, &row,
			       &box->err));
	assert_int_equal(row.state, HD_TRIAL_QUEUED);
	assert_int_equal(row.end, HD_END_NONE);
	assert_int_equal(row.exit_code, -1);
	assert_int_equal(row.exit_signal, 0);
	assert_int_equal(row.pid, 0);
	assert_int_equal(row.started, 0);
	assert_int_equal(row.ended, 0);
	assert_true(isnan(row.cpu_seconds));
	assert_int_equal(row.max_rss, 0);
	assert_int_equal(row.intervals, 0);
	assert_false(row.has_metric);
	assert_true(isnan(row.best) && isnan(row.last) && isnan(row.value));
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

/* --- best ----------------------------------------------------------------- */

static int list_numbers(void *user, const struct hd_trial_row *row)
{
	char *list = user;

	snprintf(list + strlen(list), 200 - strlen(list), "%zu ", row->number);
	return 0;
}

static void expect_order(struct storebox *box, struct hd_trial_query query,
			 const char *expected)
{
	char list[200] = "";

	ok(box, hd_store_trials(box->store, box->sweep, &query, list_numbers,
				list, &box->err));
	assert_string_equal(list, expected);
}

/* Values 0.5, none, 0.9, 0, 0.9 (later), NaN; two failed, one canceled. */
static void six_trials(struct storebox *box, enum hd_goal goal)
{
	box_sweep_insert(box, "HD_1", "a", goal);
	box_begin(box);
	box_ranked(box, 0, HD_TRIAL_COMPLETED, 0.5, 1);
	box_ranked(box, 1, HD_TRIAL_COMPLETED, NAN, 0);
	box_ranked(box, 2, HD_TRIAL_FAILED, 0.9, 5);
	box_ranked(box, 3, HD_TRIAL_COMPLETED, 0, 2);
	box_ranked(box, 4, HD_TRIAL_CANCELED, 0.9, 4);
	box_ranked(box, 5, HD_TRIAL_FAILED, NAN, 0);
	box_commit(box);
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
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .reverse = true, .discard_no_metric = true },
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
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .discard_no_metric = true },
		     "4 2 0 3 ");
	expect_order(box, (struct hd_trial_query){ .discard_no_metric = true, .limit = 3 },
		     "0 2 3 ");
}

static void hd_111_failed_and_canceled_count_unless_excluded(void **state)
{
	struct storebox *box = *state;

	six_trials(box, HD_MAXIMIZE);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .exclude_canceled = true },
		     "2 0 3 1 5 ");
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .exclude_failed = true },
		     "4 0 3 1 ");
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .exclude_failed = true, .exclude_canceled = true, .limit = 1 },
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
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST, .discard_no_metric = true },
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
	static const enum hd_stmt ids[] = { HD_STMT_TRIAL_RANKED, HD_STMT_TRIAL_RANKED_REVERSE, HD_STMT_TRIAL_UNRANKED };
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
	static const enum hd_stmt ids[] = { HD_STMT_METRIC_ALL, HD_STMT_METRIC_NAMED, HD_STMT_TRIAL_NUMBERED, HD_STMT_SWEEP_PREFIX, HD_STMT_DECISION_ALL };
	struct storebox *box = *state;
	char text[1000];

	for (size_t i = 0; i < ROWS(ids); i++) {
		plan(box, ids[i], text, sizeof text);
		assert_null(strstr(text, "SCAN"));
	}
	plan(box, HD_STMT_METRIC_ALL, text, sizeof text);
	assert_null(strstr(text, "TEMP B-TREE"));
}

/* --- metrics -------------------------------------------------------------- */

struct seen {
	size_t count;
	struct hd_metric_row rows[16]; /* numbers only */
	char text[400];
};

static int see_metric(void *user, const struct hd_metric_row *row)
{
	struct seen *seen = user;
	size_t length = strlen(seen->text);

	assert_true(seen->count < ROWS(seen->rows));
	seen->rows[seen->count++] = *row;
	snprintf(seen->text + length, sizeof seen->text - length,
		 "%zu.%zu %s %s %s %s; ", row->trial, row->sequence, row->name,
		 row->text ? row->text : "-", row->source, row->rule);
	return 0;
}

static void numbers_survive_a_round_trip(void **state)
{
	static const double values[] = { 0.1, 5e-324, 1e308, -1e308, INFINITY, -INFINITY, 0, 1, -3, 9007199254740993.0 };
	struct storebox *box = *state;
	struct seen seen = { 0 };
	int64_t key;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	key = box_trial(box, 0);
	for (size_t i = 0; i < ROWS(values); i++)
		box_log(box, key, i + 1, "m", values[i], i + 1);
	box_log(box, key, ROWS(values) + 1, "m", NAN, ROWS(values) + 1);
	box_log(box, key, ROWS(values) + 2, "m", -0.0, ROWS(values) + 2);
	box_commit(box);
	ok(box, hd_store_metrics(box->store, box->sweep, -1, NULL, see_metric,
				 &seen, &box->err));
	assert_int_equal(seen.count, ROWS(values) + 2);
	for (size_t i = 0; i < ROWS(values); i++) {
		assert_true(seen.rows[i].value == values[i]);
		assert_int_equal(seen.rows[i].interval, i + 1);
		assert_int_equal(seen.rows[i].sequence, i + 1);
	}
	assert_true(isnan(seen.rows[ROWS(values)].value));
	assert_null(seen.rows[ROWS(values)].text);
	assert_true(seen.rows[ROWS(values) + 1].value == 0);
	assert_true(signbit(seen.rows[ROWS(values) + 1].value));
}

static void a_metrics_text_step_source_and_rule_are_kept(void **state)
{
	struct storebox *box = *state;
	struct hd_metric metric = { .name = "val/loss [x] y", .name_length = 8, .value = NAN, .text = "{\"a\":1}zzz", .text_length = 7, .has_step = true, .step = -12, .rule = "json" };
	struct seen seen = { 0 };
	int64_t key;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	key = box_trial(box, 4);
	ok(box, hd_store_metric_insert(box->store, key, 1, &metric, 0,
				       HD_TAIL_METRICS, BOX_TIME + 3,
				       &box->err));
	metric.has_step = false;
	metric.name_length = 14;
	metric.rule = NULL;
	ok(box, hd_store_metric_insert(box->store, key, 2, &metric, 0,
				       HD_TAIL_STDERR, BOX_TIME, &box->err));
	box_commit(box);
	ok(box, hd_store_metrics(box->store, box->sweep, 4, NULL, see_metric,
				 &seen, &box->err));
	assert_string_equal(seen.text,
			    "4.1 val/loss {\"a\":1} metrics json; "
			    "4.2 val/loss [x] y {\"a\":1} stderr ; ");
	assert_true(isnan(seen.rows[0].value));
	assert_true(seen.rows[0].has_step);
	assert_int_equal(seen.rows[0].step, -12);
	assert_true(seen.rows[0].time == BOX_TIME + 3);
	assert_false(seen.rows[1].has_step);
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

/* More names than the cache has places, and the same ones after a rollback. */
static void any_number_of_names_and_a_rollback_keep_names_right(void **state)
{
	struct storebox *box = *state;
	char name[32];
	int64_t key, wrong;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	key = box_trial(box, 0);
	for (size_t i = 0; i < 50; i++) {
		snprintf(name, sizeof name, "lost%zu", i);
		box_log(box, key, i + 1, name, (double)i, 0);
	}
	hd_store_rollback(box->store);

	box_begin(box);
	key = box_trial(box, 0);
	for (size_t i = 0; i < 2000; i++) {
		snprintf(name, sizeof name, "m%zu", i % 1000);
		box_log(box, key, i + 1, name, (double)(i % 1000), 0);
	}
	box_commit(box);
	ok(box, hd_store_integer(box->store,
				 "SELECT count(*) FROM logged WHERE"
				 " name <> 'm' || CAST(value AS INTEGER)",
				 &wrong, &box->err));
	assert_int_equal(wrong, 0);
	ok(box, hd_store_integer(box->store, "SELECT count(*) FROM name",
				 &wrong, &box->err));
	assert_int_equal(wrong, 1001); /* and "name=value" */
}

static void places_are_written_over(void **state)
{
	struct hd_tail_place places[HD_TAIL_SOURCES] = { { 10, 1 }, { 0, 0 }, { 7, 2 } };
	struct storebox *box = *state;
	int64_t key, found;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	key = box_trial(box, 0);
	ok(box, hd_store_trial_places(box->store, key, places, &box->err));
	places[0] = (struct hd_tail_place){ 25, 3 };
	ok(box, hd_store_trial_places(box->store, key, places, &box->err));
	box_commit(box);
	ok(box, hd_store_integer(box->store,
				 "SELECT count(*) FROM place WHERE (source,"
				 " offset, line) IN (VALUES(0, 25, 3),"
				 " (1, 0, 0), (2, 7, 2))",
				 &found, &box->err));
	assert_int_equal(found, 3);
}

static int check_decision(void *user, const struct hd_decision_row *row)
{
	++*(int *)user;
	assert_int_equal(row->trial, 2);
	assert_int_equal(row->interval, 10);
	assert_string_equal(row->policy, "bandit");
	assert_true(row->mine == 0.65);
	assert_true(isnan(row->limit));
	assert_int_equal(row->compared, 8);
	assert_string_equal(row->reason, "best so far 0.65 is worse");
	assert_true(row->time == BOX_TIME);
	return 0;
}

static void a_decision_is_read_back(void **state)
{
	struct hd_reason why = { 0.65, NAN, 8, "best so far 0.65 is worse" };
	struct storebox *box = *state;
	int64_t key;
	int count = 0;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	box_trial(box, 1);
	key = box_trial(box, 2);
	ok(box, hd_store_decision_insert(box->store, key, 10, "bandit", &why,
					 BOX_TIME, &box->err));
	box_commit(box);
	ok(box, hd_store_decisions(box->store, box->sweep, -1, check_decision,
				   &count, &box->err));
	ok(box, hd_store_decisions(box->store, box->sweep, 2, check_decision,
				   &count, &box->err));
	ok(box, hd_store_decisions(box->store, box->sweep, 1, check_decision,
				   &count, &box->err));
	assert_int_equal(count, 2);
}

/* --- walks ---------------------------------------------------------------- */

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

/* --- transactions --------------------------------------------------------- */

static void writes_outside_of_a_transaction_are_refused(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	assert_int_equal(hd_store_sweep_state(box->store, box->sweep, "Running",
					      HD_END_NONE, "", BOX_TIME,
					      &box->err),
			 HD_ESTATE);
	assert_int_equal(hd_store_commit(box->store, false, &box->err),
			 HD_ESTATE);
	box_begin(box);
	assert_int_equal(hd_store_begin(box->store, &box->err), HD_ESTATE);
	box_commit(box);
}

static void a_rollback_leaves_nothing(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	box_trial(box, 0);
	hd_store_rollback(box->store);
	expect_order(box, (struct hd_trial_query){ 0 }, "");
}

static void readers_see_commits_and_never_wait(void **state)
{
	struct storebox *box = *state;
	struct storebox reader = *box;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	reader.sweep = box->sweep;
	ok(&reader, hd_store_open(&reader.store, box->path, HD_STORE_READ,
				  &reader.err));
	reader.store->wait = 0; /* any waiting at all would be an error */
	box_begin(box);
	box_trial(box, 0);
	expect_order(&reader, (struct hd_trial_query){ 0 }, "");
	box_commit(box);
	expect_order(&reader, (struct hd_trial_query){ 0 }, "0 ");
	hd_store_close(reader.store);
}

static void a_second_writer_waits_and_then_says_busy(void **state)
{
	struct storebox *box = *state;
	struct hd_store *other;

	ok(box, hd_store_open(&other, box->path, HD_STORE_WRITE, &box->err));
	box_begin(box);
	other->wait = 3000;
	assert_int_equal(hd_store_begin(other, &box->err), HD_EBUSY);
	assert_non_null(strstr(box->err.text, "is held by another process"));
	box_commit(box);
	ok(box, hd_store_begin(other, &box->err));
	ok(box, hd_store_commit(other, true, &box->err));
	hd_store_close(other);
}

static void write_by(const char *path, int writer, int commits)
{
	struct storebox box = { 0 };
	char name[16];

	snprintf(box.path, sizeof box.path, "%s", path);
	if (hd_store_open(&box.store, box.path, HD_STORE_CREATE, &box.err) < 0)
		_exit(1);
	snprintf(name, sizeof name, "w%d", writer);
	box_sweep_insert(&box, name, name, HD_MINIMIZE);
	for (int i = 0; i < commits; i++) {
		int64_t key;

		if (hd_store_begin(box.store, &box.err) < 0)
			_exit(2);
		key = box_trial(&box, (size_t)i);
		box_log(&box, key, 1, name, i, 1);
		if (hd_store_commit(box.store, i % 8 == 0, &box.err) < 0)
			_exit(3);
	}
	hd_store_close(box.store);
	_exit(0);
}

/* They also make the store: nobody has opened it before. */
static void many_processes_make_and_write_one_store(void **state)
{
	enum { WRITERS = 8,
	       COMMITS = 40 };
	pid_t pids[WRITERS];
	struct storebox box;
	int64_t found;

	(void)state;
	box_folder(&box);
	for (int i = 0; i < WRITERS; i++) {
		pids[i] = fork();
		assert_true(pids[i] >= 0);
		if (pids[i] == 0)
			write_by(box.path, i, COMMITS);
	}
	for (int i = 0; i < WRITERS; i++) {
		int status;

		assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
		assert_int_equal(status, 0);
	}
	ok(&box, hd_store_open(&box.store, box.path, HD_STORE_READ, &box.err));
	ok(&box, hd_store_integer(box.store,
				  "SELECT count(*) FROM logged WHERE name = sweep",
				  &found, &box.err));
	assert_int_equal(found, WRITERS * COMMITS);
	box_close(&box);
}

static void a_full_disk_is_an_error_and_loses_only_its_transaction(void **state)
{
	struct storebox *box = *state;
	struct hd_metric metric = box_metric("m", 1);
	int64_t key, pages, found;
	char pragma[64];
	int rc = 0;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	key = box_trial(box, 0);
	box_log(box, key, 1, "m", 1, 0);
	box_commit(box);
	ok(box, hd_store_integer(box->store, "PRAGMA page_count", &pages,
				 &box->err));
	snprintf(pragma, sizeof pragma, "PRAGMA max_page_count = %d",
		 (int)pages + 2);
	ok(box, hd_store_exec(box->store, pragma, &box->err));

	box_begin(box);
	for (size_t i = 2; rc == 0 && i < 10000; i++)
		rc = hd_store_metric_insert(box->store, key, i, &metric, 0,
					    HD_TAIL_STDOUT, BOX_TIME,
					    &box->err);
	assert_int_equal(rc, HD_EIO);
	assert_non_null(strstr(box->err.text, "database or disk is full"));
	assert_non_null(strstr(box->err.text, box->store->path));
	hd_store_rollback(box->store);

	ok(box, hd_store_exec(box->store, "PRAGMA max_page_count = 1000000",
			      &box->err));
	box_begin(box);
	box_log(box, key, 2, "m", 2, 0);
	ok(box, hd_store_commit(box->store, true, &box->err));
	ok(box, hd_store_integer(box->store, "SELECT count(*) FROM metric",
				 &found, &box->err));
	assert_int_equal(found, 2);
}

/* The wal file is what SQLite syncs: its own object must be there. */
static void a_durable_commit_syncs_the_write_ahead_log(void **state)
{
	struct storebox *box = *state;
	sqlite3_file *log = NULL;
	char name[420];
	struct stat info;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	snprintf(name, sizeof name, "%s-wal", box->path);
	assert_int_equal(stat(name, &info), 0);
	assert_true(info.st_size > 0);
	assert_int_equal(sqlite3_file_control(box->store->db, "main",
					      SQLITE_FCNTL_JOURNAL_POINTER,
					      &log),
			 SQLITE_OK);
	assert_non_null(log);
	assert_non_null(log->pMethods);
}

static void closing_leaves_one_file(void **state)
{
	struct storebox *box = *state;
	struct stat info;
	char name[420];

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	hd_store_close(box->store);
	box->store = NULL;
	snprintf(name, sizeof name, "%s-wal", box->path);
	assert_int_not_equal(stat(name, &info), 0);
	snprintf(name, sizeof name, "%s-shm", box->path);
	assert_int_not_equal(stat(name, &info), 0);
}

#define WITH_BOX(test) cmocka_unit_test_setup_teardown(test, open_box, close_box)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOX(a_sweep_is_read_back_as_it_was_inserted),
		WITH_BOX(a_sweeps_states_set_its_times_and_clear_its_engine),
		WITH_BOX(a_taken_name_is_refused_and_a_bad_one_too),
		WITH_BOX(an_endless_sweep_has_no_duration_in_the_file),
		WITH_BOX(sweeps_come_newest_first_by_state_and_limit),
		WITH_BOX(a_sweep_is_found_by_name_id_prefix_and_at),
		WITH_BOX(wildcards_in_a_word_stand_for_themselves),
		WITH_BOX(an_ambiguous_prefix_lists_five),
		WITH_BOX(a_prefix_that_fits_name_and_id_of_one_sweep_is_unique),
		WITH_BOX(hd_115_a_trials_parameters_are_stored_as_json_and_as_rows),
		WITH_BOX(every_kind_of_value_is_stored_as_what_it_is),
		WITH_BOX(a_new_trial_has_none_of_what_comes_later),
		WITH_BOX(what_is_not_there_is_said_so),
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
		WITH_BOX(numbers_survive_a_round_trip),
		WITH_BOX(a_metrics_text_step_source_and_rule_are_kept),
		WITH_BOX(metrics_come_trial_by_trial_in_the_order_of_logging),
		WITH_BOX(any_number_of_names_and_a_rollback_keep_names_right),
		WITH_BOX(places_are_written_over),
		WITH_BOX(a_decision_is_read_back),
		WITH_BOX(a_walks_callback_may_walk_the_same_rows),
		WITH_BOX(what_a_callback_returns_ends_the_walk),
		WITH_BOX(writes_outside_of_a_transaction_are_refused),
		WITH_BOX(a_rollback_leaves_nothing),
		WITH_BOX(readers_see_commits_and_never_wait),
		WITH_BOX(a_second_writer_waits_and_then_says_busy),
		cmocka_unit_test(many_processes_make_and_write_one_store),
		WITH_BOX(a_full_disk_is_an_error_and_loses_only_its_transaction),
		WITH_BOX(a_durable_commit_syncs_the_write_ahead_log),
		WITH_BOX(closing_leaves_one_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
