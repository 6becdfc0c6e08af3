/* Tests of engine/store/write.c: every write is read back. */
#include "storebox.h"

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
	struct hd_config config = {
		.metric = "m", .sampler = &sampler, .policy = &policy, .max_duration = INFINITY
	};
	struct hd_sweep_record record = {
		.id = "HD_2", .name = "a", .config = &config, .command = "[]"
	};
	int64_t found;

	ok(box, hd_store_sweep_insert(box->store, &record, &box->sweep,
				      &box->err));
	assert_true(isinf(sweep_row(box).max_duration));
	ok(box, hd_store_integer(box->store,
				 "SELECT max_duration IS NULL FROM sweep",
				 &found, &box->err));
	assert_int_equal(found, 1);
}

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
	struct hd_trial_end_record end = {
		HD_TRIAL_FAILED, HD_END_SIGNAL, "killed by SIGSEGV", -1, 11, 1.25, 1 << 20, 0,
		BOX_TIME + 9, 0, 1, 0
	};
	struct storebox *box = *state;
	int64_t key, found;

	box_sweep_insert(box, "HD_1", "a", HD_MINIMIZE);
	box_begin(box);
	key = whole_trial(box, values);
	ok(box, hd_store_trial_running(box->store, key, 777, 12345,
				       BOX_TIME + 5, &box->err));
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
		{ { .kind = HD_VALUE_INTEGER, .integer = INT64_MAX, .number = 9e18 },
		  "integer:integer:9223372036854775807" },
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

static void numbers_survive_a_round_trip(void **state)
{
	static const double values[] = { 0.1, 5e-324, 1e308, -1e308, INFINITY,
					 -INFINITY, 0, 1, -3, 9007199254740993.0 };
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
	struct hd_metric metric = { .name = "val/loss [x] y",
				    .name_length = 8,
				    .value = NAN,
				    .text = "{\"a\":1}zzz",
				    .text_length = 7,
				    .has_step = true,
				    .step = -12,
				    .rule = "json" };
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
	struct hd_tail_place stored[HD_TAIL_SOURCES] = { { 0, 0 } };
	struct storebox *box = *state;
	int64_t key, found;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	key = box_trial(box, 0);
	ok(box, hd_store_trial_places(box->store, key, places, stored, &box->err));
	places[0] = (struct hd_tail_place){ 25, 3 };
	ok(box, hd_store_trial_places(box->store, key, places, stored, &box->err));
	assert_int_equal(stored[0].offset, 25);
	box_commit(box);
	ok(box, hd_store_integer(box->store,
				 "SELECT count(*) FROM place WHERE (source,"
				 " offset, line) IN (VALUES(0, 25, 3), (2, 7, 2))",
				 &found, &box->err));
	assert_int_equal(found, 2);
	/* Where nothing was read there is no row. */
	ok(box, hd_store_integer(box->store, "SELECT count(*) FROM place",
				 &found, &box->err));
	assert_int_equal(found, 2);
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
	struct hd_reason why = { 0.65, NAN, 8, "best so far 0.65 is worse", false };
	struct storebox *box = *state;
	int64_t key;
	int count = 0;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(box);
	box_trial(box, 1);
	key = box_trial(box, 2);
	ok(box, hd_store_decision_insert(box->store, key, 10, "bandit", &why, HD_DECISION_STOP,
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

#define WITH_BOX(test) cmocka_unit_test_setup_teardown(test, open_box, close_box)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_BOX(a_sweep_is_read_back_as_it_was_inserted),
		WITH_BOX(a_sweeps_states_set_its_times_and_clear_its_engine),
		WITH_BOX(a_taken_name_is_refused_and_a_bad_one_too),
		WITH_BOX(an_endless_sweep_has_no_duration_in_the_file),
		WITH_BOX(hd_115_a_trials_parameters_are_stored_as_json_and_as_rows),
		WITH_BOX(every_kind_of_value_is_stored_as_what_it_is),
		WITH_BOX(a_new_trial_has_none_of_what_comes_later),
		WITH_BOX(numbers_survive_a_round_trip),
		WITH_BOX(a_metrics_text_step_source_and_rule_are_kept),
		WITH_BOX(any_number_of_names_and_a_rollback_keep_names_right),
		WITH_BOX(places_are_written_over),
		WITH_BOX(a_decision_is_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
