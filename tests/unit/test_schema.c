/*
 * Tests of engine/store/schema.c: stores of every schema that was released
 * open, migrate and say the same.
 *
 * tests/data/store/vN.db was made by the hdrive of schema N, and never again:
 *	build/release/tests/unit/test_schema tests/data/store/v1.db
 * writes what sample_fill below writes, in small pages and without a -wal
 * file. Beside it vN.txt has what is read back from it, whatever the schema
 * it has been migrated to since.
 */
#include "storebox.h"

#include <inttypes.h>

#include "base/buf.h"

static void sample_trials(struct storebox *box)
{
	struct hd_value option = { .kind = HD_VALUE_TEXT, .text = "a b", .length = 3 };
	struct hd_expr choice = hd_expr_choice(&option, 1);
	struct hd_space *space = hd_space_new();
	struct hd_trial_record record = { .sweep = box->sweep,
					  .space = space,
					  .values = &option,
					  .parameters = "{\"opt\":\"a b\"}",
					  .arguments = "[\"train\",\"--opt\",\"a b\"]",
					  .known = 1,
					  .time = BOX_TIME };
	struct hd_trial_end_record end = { HD_TRIAL_COMPLETED, HD_END_EXIT, "", 0, 0, 1.5, 4096,
					   BOX_TIME + 10, BOX_TIME + 20, BOX_TIME + 21, 1,
					   BOX_TIME + 22 };
	struct hd_metric table = { .name = "table",
				   .name_length = 5,
				   .text = "[1,2]",
				   .text_length = 5,
				   .has_step = true,
				   .step = 3,
				   .rule = "json" };
	struct hd_tail_place places[HD_TAIL_SOURCES] = { { 100, 5 }, { 0, 0 }, { 30, 1 } };
	struct hd_tail_place stored[HD_TAIL_SOURCES] = { { 0, 0 } };
	struct hd_reason why = { 0.25, 0.5, 2, "best 0.25 is worse than 0.5", false };
	int64_t key;

	assert_non_null(space);
	ok(box, hd_space_add(space, "opt", &choice, NULL, &box->err));
	box_begin(box);
	ok(box, hd_store_trial_insert(box->store, &record, &key, &box->err));
	ok(box, hd_store_trial_process(box->store, key, 55, 66, &box->err));
	box_log(box, key, 1, "accuracy", 0.75, 1);
	box_log(box, key, 2, "accuracy", NAN, 2);
	ok(box, hd_store_metric_insert(box->store, key, 3, &table, 0,
				       HD_TAIL_METRICS, BOX_TIME, &box->err));
	ok(box, hd_store_trial_metric(box->store, key, 2, 0.75, NAN, 0.75,
				      BOX_TIME + 1, &box->err));
	ok(box, hd_store_trial_places(box->store, key, places, stored, &box->err));
	ok(box, hd_store_trial_end(box->store, key, &end, &box->err));
	ok(box, hd_store_best_insert(box->store, box->sweep, 0, 0.75, false,
				     BOX_TIME + 1, &box->err));
	key = box_ranked(box, 1, HD_TRIAL_STOPPING, 0.25, 2);
	end = (struct hd_trial_end_record){
		HD_TRIAL_CANCELED, HD_END_POLICY, why.text, -1, 15, NAN, 0, 0, BOX_TIME + 30,
		BOX_TIME + 31, 2, BOX_TIME + 32
	};
	ok(box, hd_store_decision_insert(box->store, key, 1, "bandit", &why, HD_DECISION_STOP,
					 BOX_TIME + 25, &box->err));
	ok(box, hd_store_decision_insert(box->store, key, 1, "asha", &why,
					 HD_DECISION_PAUSE, BOX_TIME + 26,
					 &box->err));
	ok(box, hd_store_decision_insert(box->store, key, 1, "asha", &why,
					 HD_DECISION_PROMOTE, BOX_TIME + 27,
					 &box->err));
	ok(box, hd_store_trial_end(box->store, key, &end, &box->err));
	box_trial(box, 2);
	ok(box, hd_store_best_insert(box->store, box->sweep, 0, 0.75, true,
				     BOX_TIME + 40, &box->err));
	box_commit(box);
	hd_space_free(space);
}

/* What scripts said: a row of each kind, and a metric of another run each. */
static void sample_said(struct storebox *box)
{
	static const struct hd_said_row rows[] = {
		{ 0, "", HD_SAID_TAG, "stage", "last", BOX_TIME + 2 },
		{ 0, "", HD_SAID_TAG, "bare", NULL, BOX_TIME + 2 },
		{ 0, "", HD_SAID_PROPERTY, "data", "v1", BOX_TIME + 3 },
		{ 0, "", HD_SAID_FILE, "outputs/a", NULL, BOX_TIME + 4 },
		{ 0, "part", HD_SAID_STATUS, "status", "Failed", BOX_TIME + 5 },
		{ HD_SAID_OF_SWEEP, "", HD_SAID_TAG, "seen", "0", BOX_TIME + 6 },
	};
	struct hd_metric metric = {
		.name = "folds", .name_length = 5, .value = 3, .has_step = true, .step = 9
	};

	box_begin(box);
	for (size_t i = 0; i < ROWS(rows); i++)
		ok(box, hd_store_say(box->store, box->sweep, &rows[i],
				     &box->err));
	ok(box, hd_store_run_metric_insert(box->store, box->sweep, 1, NULL,
					   &metric, BOX_TIME + 7, &box->err));
	metric = (struct hd_metric){
		.name = "note", .name_length = 4, .text = "x", .text_length = 1
	};
	ok(box, hd_store_run_metric_insert(box->store, box->sweep, 0, "part",
					   &metric, BOX_TIME + 8, &box->err));
	box_commit(box);
}

/* One ended sweep with three trials, one that has just been made. */
static void sample_fill(struct storebox *box)
{
	box_sweep_insert(box, "HD_00000000-0000-4000-8000-000000000001",
			 "brave-otter-3", HD_MAXIMIZE);
	sample_trials(box);
	sample_said(box);
	box_begin(box);
	ok(box, hd_store_sweep_state(box->store, box->sweep, "Canceled",
				     HD_END_LIMIT, "max_duration of 6000 s passed",
				     BOX_TIME + 50, &box->err));
	box_commit(box);
	box_sweep_insert(box, "HD_00000000-0000-4000-8000-000000000002",
			 "calm-heron", HD_MINIMIZE);
}

/* --- all that a store says, as a text ------------------------------------- */

struct dump {
	struct storebox *box;
	struct hd_buf text;
	int64_t sweep;
};

/* The store's own folder differs from run to run. */
static const char *dump_folder(struct dump *dump, const char *folder)
{
	return folder + strlen(hd_store_folder(dump->box->store));
}

static int dump_trial(void *user, const struct hd_trial_row *row)
{
	struct dump *dump = user;

	hd_buf_printf(&dump->text,
		      " trial %zu %s %s '%s' '%s' %s %s %s exit %d signal %d"
		      " attempt %u pid %" PRId64 " times %" PRId64 " %" PRId64
		      " %" PRId64 " cpu %g rss %" PRId64
		      " metric %d %zu %g %g %g known %zu\n",
		      row->number, row->id, hd_trial_state_name(row->state),
		      hd_end_name(row->end), row->end_detail, row->parameters,
		      row->arguments, dump_folder(dump, row->folder),
		      row->exit_code, row->exit_signal, row->attempt, row->pid,
		      row->created, row->started, row->ended, row->cpu_seconds,
		      row->max_rss, row->has_metric, row->intervals, row->best,
		      row->last, row->value, row->known);
	return 0;
}

static int dump_metric(void *user, const struct hd_metric_row *row)
{
	struct dump *dump = user;

	hd_buf_printf(&dump->text,
		      " metric %zu.%zu %s %g '%s' step %d %" PRId64
		      " interval %zu %s %s %" PRId64 "\n",
		      row->trial, row->sequence, row->name, row->value,
		      row->text ? row->text : "-", row->has_step, row->step,
		      row->interval, row->source, row->rule, row->time);
	return 0;
}

static int dump_decision(void *user, const struct hd_decision_row *row)
{
	struct dump *dump = user;

	hd_buf_printf(&dump->text,
		      " decision %zu %zu %s %g %g %zu '%s' %" PRId64 "%s%s\n",
		      row->trial, row->interval, row->policy, row->mine,
		      row->limit, row->compared, row->reason, row->time,
		      row->kind == HD_DECISION_STOP ? "" : " ",
		      row->kind == HD_DECISION_STOP ? "" : hd_decision_name(row->kind));
	return 0;
}

static int dump_best(void *user, const struct hd_best_row *row)
{
	struct dump *dump = user;

	hd_buf_printf(&dump->text, " best %zu %g %" PRId64 " %d\n", row->trial,
		      row->value, row->time, row->final);
	return 0;
}

static int dump_said(void *user, const struct hd_said_row *row)
{
	struct dump *dump = user;

	hd_buf_printf(&dump->text,
		      " said %" PRId64 " '%s' %d %s '%s' %" PRId64 "\n",
		      row->trial, row->child, row->kind, row->name,
		      row->value ? row->value : "-", row->time);
	return 0;
}

static int dump_run_metric(void *user, const struct hd_run_metric_row *row)
{
	struct dump *dump = user;

	hd_buf_printf(&dump->text, " of '%s'", row->child ? row->child : "-");
	return dump_metric(dump, &row->metric);
}

static int dump_setting(void *user, const char *text)
{
	struct dump *dump = user;

	hd_buf_printf(&dump->text, " set %s\n", text);
	return 0;
}

static int dump_sweep(void *user, const struct hd_sweep_row *row)
{
	struct dump *dump = user;
	struct storebox *box = dump->box;

	hd_buf_printf(&dump->text,
		      "sweep %s %s %s %s '%s' %s %s %s %s %s %s '%s' %s\n"
		      " seed %" PRIu64 " limits %zu %zu %g times %" PRId64
		      " %" PRId64 " %" PRId64 " best %" PRId64
		      " %g engine %" PRId64 " %" PRId64 " trials %zu\n",
		      row->id, row->name, row->state, hd_end_name(row->end),
		      row->end_detail, row->metric, hd_goal_name(row->goal),
		      row->sampler, row->policy, row->command, row->config_path,
		      row->config_text, dump_folder(dump, row->folder),
		      row->seed, row->max_total, row->max_concurrent,
		      row->max_duration, row->created, row->started, row->ended,
		      row->best_trial, row->best, row->engine_pid,
		      row->engine_start, row->trials);
	ok(box, hd_store_trials(box->store, row->key, NULL, dump_trial, dump,
				&box->err));
	ok(box, hd_store_metrics(box->store, row->key, -1, NULL, dump_metric,
				 dump, &box->err));
	ok(box, hd_store_decisions(box->store, row->key, -1, dump_decision,
				   dump, &box->err));
	ok(box, hd_store_best_history(box->store, row->key, dump_best, dump,
				      &box->err));
	ok(box, hd_store_settings(box->store, row->key, dump_setting, dump,
				  &box->err));
	for (int64_t trial = HD_SAID_OF_SWEEP; trial < 2; trial++)
		ok(box, hd_store_said(box->store, row->key, trial, dump_said,
				      dump, &box->err));
	ok(box, hd_store_run_metrics(box->store, row->key, -1, dump_run_metric,
				     dump, &box->err));
	return 0;
}

/* free() it. */
static char *dump_store(struct storebox *box)
{
	struct dump dump = { .box = box, .text = HD_BUF_INIT };
	char *text;

	ok(box, hd_store_sweeps(box->store, 0, NULL, dump_sweep, &dump,
				&box->err));
	text = hd_buf_take(&dump.text);
	assert_non_null(text);
	return text;
}

/* --- tests ---------------------------------------------------------------- */

static char *read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *bytes = malloc(1 << 20);

	assert_non_null(file);
	assert_non_null(bytes);
	*length = fread(bytes, 1, (1 << 20) - 1, file);
	bytes[*length] = '\0';
	fclose(file);
	return bytes;
}

/* A copy of vVERSION.db as a store of BOX, opened as MODE. */
static void open_sample(struct storebox *box, int version,
			enum hd_store_mode mode)
{
	char name[1024];
	size_t length;
	char *bytes;
	FILE *file;

	box_folder(box);
	snprintf(name, sizeof name, "%s/tests/data/store/v%d.db", TEST_ROOT,
		 version);
	bytes = read_file(name, &length);
	snprintf(box->path, sizeof box->path, "%s/copy.db", box->folder);
	file = fopen(box->path, "wb");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	fclose(file);
	free(bytes);
	ok(box, hd_store_open(&box->store, box->path, mode, &box->err));
}

static void compare_sample(struct storebox *box, int version)
{
	char name[1024];
	char *said = dump_store(box), *expected;
	size_t length;

	snprintf(name, sizeof name, "%s/tests/data/store/v%d.txt", TEST_ROOT,
		 version);
	expected = read_file(name, &length);
	assert_string_equal(said, expected);
	free(expected);
	free(said);
}

static void every_schema_migrates_and_says_the_same(void **state)
{
	(void)state;
	for (int version = 1; version <= hd_schema_version(); version++) {
		struct storebox box;
		int64_t now;

		open_sample(&box, version, HD_STORE_WRITE);
		ok(&box, hd_store_integer(box.store, "PRAGMA user_version",
					  &now, &box.err));
		assert_true(now == hd_schema_version());
		compare_sample(&box, version);
		box_reopen(&box, HD_STORE_READ);
		compare_sample(&box, version);
		box_close(&box);
	}
}

static void every_schema_is_read_without_a_change(void **state)
{
	(void)state;
	for (int version = 1; version <= hd_schema_version(); version++) {
		struct storebox box;
		int64_t now;

		open_sample(&box, version, HD_STORE_READ);
		compare_sample(&box, version);
		ok(&box, hd_store_integer(box.store, "PRAGMA user_version",
					  &now, &box.err));
		assert_int_equal(now, version);
		box_close(&box);
	}
}

static void the_present_schema_says_what_its_sample_says(void **state)
{
	struct storebox box;

	(void)state;
	box_open(&box);
	sample_fill(&box);
	compare_sample(&box, (int)hd_schema_version());
	box_close(&box);
}

/* What a migrated file has and what a new one has must not drift apart. */
static char *schema_text(struct storebox *box)
{
	struct hd_buf text = HD_BUF_INIT;
	sqlite3_stmt *stmt;

	assert_int_equal(sqlite3_prepare_v2(box->store->db,
					    "SELECT type, name, sql FROM"
					    " sqlite_schema ORDER BY 1, 2",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	while (sqlite3_step(stmt) == SQLITE_ROW)
		for (int i = 0; i < 3; i++) {
			const void *column = sqlite3_column_text(stmt, i);

			hd_buf_printf(&text, "%s\n",
				      column ? (const char *)column : "-");
		}
	sqlite3_finalize(stmt);
	return hd_buf_take(&text);
}

static void a_migrated_store_has_a_new_ones_schema(void **state)
{
	struct storebox fresh, old;
	char *expected;

	(void)state;
	box_open(&fresh);
	expected = schema_text(&fresh);
	for (int version = 1; version <= hd_schema_version(); version++) {
		char *found;

		open_sample(&old, version, HD_STORE_WRITE);
		found = schema_text(&old);
		assert_string_equal(found, expected);
		free(found);
		box_close(&old);
	}
	free(expected);
	box_close(&fresh);
}

static void every_table_is_strict(void **state)
{
	struct storebox box;
	int64_t loose;

	(void)state;
	box_open(&box);
	ok(&box, hd_store_integer(box.store,
				  "SELECT count(*) FROM sqlite_schema"
				  " WHERE type = 'table' AND sql NOT LIKE"
				  " '%STRICT%' AND name NOT LIKE 'sqlite_%'",
				  &loose, &box.err));
	assert_int_equal(loose, 0);
	box_close(&box);
}

static void a_store_is_known_by_its_application_id(void **state)
{
	struct storebox box;
	int64_t id;

	(void)state;
	box_open(&box);
	ok(&box, hd_store_integer(box.store, "PRAGMA application_id", &id,
				  &box.err));
	assert_int_equal(id, HD_STORE_APPLICATION);
	box_close(&box);
}

static void deleting_a_sweep_takes_its_rows_along(void **state)
{
	struct storebox box;
	int64_t left;

	(void)state;
	box_open(&box);
	sample_fill(&box);
	ok(&box, hd_store_exec(box.store, "DELETE FROM sweep", &box.err));
	ok(&box, hd_store_integer(box.store,
				  "SELECT (SELECT count(*) FROM trial) +"
				  " (SELECT count(*) FROM parameter) +"
				  " (SELECT count(*) FROM metric) +"
				  " (SELECT count(*) FROM place) +"
				  " (SELECT count(*) FROM decision) +"
				  " (SELECT count(*) FROM best_child) +"
				  " (SELECT count(*) FROM said) +"
				  " (SELECT count(*) FROM run_metric) +"
				  " (SELECT count(*) FROM setting)",
				  &left, &box.err));
	assert_int_equal(left, 0);
	box_close(&box);
}

/* See the head of this file. */
static int make_sample(const char *path)
{
	struct storebox box = { 0 };
	struct hd_buf name = HD_BUF_INIT;
	char *text;
	FILE *file;

	unlink(path);
	snprintf(box.path, sizeof box.path, "%s", path);
	ok(&box, hd_store_open(&box.store, path, HD_STORE_CREATE, &box.err));
	sample_fill(&box);
	text = dump_store(&box);
	ok(&box, hd_store_exec(box.store,
			       "PRAGMA journal_mode = DELETE;"
			       "PRAGMA page_size = 512; VACUUM",
			       &box.err));
	hd_store_close(box.store);
	hd_buf_add(&name, path, strlen(path) - strlen(".db"));
	hd_buf_puts(&name, ".txt");
	file = fopen(hd_buf_text(&name), "wb");
	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		return 1;
	free(text);
	hd_buf_release(&name);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_schema_migrates_and_says_the_same),
		cmocka_unit_test(every_schema_is_read_without_a_change),
		cmocka_unit_test(the_present_schema_says_what_its_sample_says),
		cmocka_unit_test(a_migrated_store_has_a_new_ones_schema),
		cmocka_unit_test(every_table_is_strict),
		cmocka_unit_test(a_store_is_known_by_its_application_id),
		cmocka_unit_test(deleting_a_sweep_takes_its_rows_along),
	};

	if (argc == 2)
		return make_sample(argv[1]);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
