/* Tests of engine/doctor/gc.c and engine/store/remove.c. */
#include "storebox.h"

#include <hdrive/gc.h>

#include "store/remove.h"

struct told {
	size_t count;
	size_t trials;
	uint64_t bytes;
	char text[1000];
};

static int tell(void *user, const struct hd_gc_row *row)
{
	struct told *told = user;
	size_t length = strlen(told->text);

	assert_int_equal(row->failed, 0);
	told->count++;
	told->trials += row->trials;
	told->bytes += row->bytes;
	snprintf(told->text + length, sizeof told->text - length, "%s%s %zu%s%s\n", row->name,
		 row->has_row ? "" : " (no row)", row->trials, row->skipped ? ": " : "",
		 row->skipped ? row->skipped : "");
	return 0;
}

static struct told gc(struct storebox *box, const struct hd_gc_rule *rule)
{
	struct told told = { 0 };

	ok(box, hd_gc(box->store, rule, NULL, 0, tell, &told, &box->err));
	return told;
}

static void make_at(const struct storebox *box, const char *name, bool folder)
{
	char path[600];

	snprintf(path, sizeof path, "%s/.hdrive/%s", box->folder, name);
	if (folder)
		assert_int_equal(mkdir(path, 0755), 0);
	else
		close(open(path, O_WRONLY | O_CREAT | O_EXCL, 0644));
}

static bool is_there(const struct storebox *box, const char *name)
{
	char path[600];

	snprintf(path, sizeof path, "%s/.hdrive/%s", box->folder, name);
	return access(path, F_OK) == 0;
}

/* A trial's folder as workdir.c makes it, with a file in each part. */
static void make_trial(const struct storebox *box, const char *sweep, int number)
{
	static const char *const folders[] = { "", "/work", "/work/outputs", "/work/logs",
					       "/checkpoints", "/attempts", "/attempts/1" };
	static const char *const files[] = { "/params.json", "/exit", "/stdout", "/stderr",
					     "/work/outputs/model", "/work/logs/log",
					     "/checkpoints/c", "/attempts/1/stdout", "/work/own" };
	char name[100];

	for (size_t i = 0; i < ROWS(folders); i++) {
		snprintf(name, sizeof name, "%s/%06d%s", sweep, number, folders[i]);
		make_at(box, name, true);
	}
	for (size_t i = 0; i < ROWS(files); i++) {
		snprintf(name, sizeof name, "%s/%06d%s", sweep, number, files[i]);
		make_at(box, name, false);
	}
}

/* The sweep "a" of six trials, ended, each with its files. */
static int open_ended(void **state)
{
	struct storebox *box;

	open_box(state);
	box = *state;
	six_trials(box, HD_MAXIMIZE);
	sweep_state(box, "Completed", HD_END_EXIT, BOX_TIME);
	make_at(box, "a", true);
	for (int i = 0; i < 6; i++)
		make_trial(box, "a", i);
	return 0;
}

#define ALL_PARTS .parts = { true, true, true, true }

static void the_best_and_the_last_are_kept(void **state)
{
	const struct hd_gc_rule rule = { ALL_PARTS,
					 .keep_best = 2,
					 .keep_last = 1,
					 .removes = true };
	struct storebox *box = *state;
	struct told told = gc(box, &rule);

	/* Best first: 4 2 0 3, and 5 is the last. */
	assert_string_equal(told.text, "a 3\n");
	assert_true(is_there(box, "a/000002/work/outputs/model"));
	assert_true(is_there(box, "a/000004/stdout"));
	assert_true(is_there(box, "a/000005/checkpoints/c"));
	for (int i = 0; i < 4; i += i == 1 ? 2 : 1) {
		char name[60];

		snprintf(name, sizeof name, "a/%06d/work/outputs/model", i);
		assert_false(is_there(box, name));
	}
	told = gc(box, &rule);
	assert_string_equal(told.text, "a 0\n");
}

static void only_the_parts_that_are_named_go(void **state)
{
	static const struct {
		enum hd_gc_part part;
		const char *gone[2];
	} rows[] = {
		{ HD_GC_OUTPUTS, { "a/000001/work/outputs/model", NULL } },
		{ HD_GC_LOGS, { "a/000001/stdout", "a/000001/work/logs/log" } },
		{ HD_GC_CHECKPOINTS, { "a/000001/checkpoints/c", NULL } },
		{ HD_GC_ATTEMPTS, { "a/000001/attempts/1", NULL } },
	};
	struct storebox *box = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_gc_rule rule = { .removes = true };

		rule.parts[rows[i].part] = true;
		for (size_t j = i; j < ROWS(rows); j++)
			assert_true(is_there(box, rows[j].gone[0]));
		assert_int_equal(gc(box, &rule).trials, 6);
		for (size_t j = 0; j < 2 && rows[i].gone[j]; j++)
			assert_false(is_there(box, rows[i].gone[j]));
	}
	assert_true(is_there(box, "a/000001/params.json"));
	assert_true(is_there(box, "a/000001/exit"));
	assert_true(is_there(box, "a/000001/work/own"));
	assert_true(is_there(box, "a/000001/work/outputs"));
}

static void counting_removes_nothing(void **state)
{
	struct storebox *box = *state;
	struct hd_gc_rule rule = { ALL_PARTS };

	assert_int_equal(gc(box, &rule).trials, 6);
	rule = (struct hd_gc_rule){ .sweeps = true, .older = 1 };
	assert_int_equal(gc(box, &rule).trials, 6);
	assert_true(is_there(box, "a/000000/stdout"));
	assert_int_equal(sweep_row(box).trials, 6);
}

static void what_has_not_ended_stays(void **state)
{
	const struct hd_gc_rule rule = { ALL_PARTS, .removes = true };
	const struct hd_gc_rule whole = { .sweeps = true, .older = 1, .removes = true };
	struct storebox *box = *state;
	struct told told;

	/* A trial of an ended sweep, a sweep whose engine is gone, one that runs. */
	ok(box, hd_store_exec(box->store, "UPDATE trial SET state = 'Queued' WHERE number = 3",
			      &box->err));
	box_sweep_insert(box, "HD_2", "left-2", HD_MINIMIZE);
	box_begin(box);
	box_ranked(box, 0, HD_TRIAL_COMPLETED, 1, 1);
	box_commit(box);
	make_at(box, "left-2", true);
	make_trial(box, "left-2", 0);
	told = gc(box, &rule);
	assert_string_equal(told.text,
			    "left-2 0: its engine is gone: 'hdrive resume left-2' or "
			    "'hdrive cancel left-2' first\na 5\n");
	assert_true(is_there(box, "a/000003/stdout"));
	assert_true(is_there(box, "left-2/000000/stdout"));
	told = gc(box, &whole);
	assert_true(is_there(box, "left-2/000000/stdout"));
	assert_int_equal(hd_store_sweep_delete(box->store, box->sweep, &box->err), HD_ESTATE);
}

static void age_counts_from_the_end(void **state)
{
	struct storebox *box = *state;
	struct hd_gc_rule rule = { ALL_PARTS, .older = INT64_C(3600000000), .removes = true };

	/* Of these trials only the first says when it ended: an hour and more ago. */
	ok(box, hd_store_exec(box->store,
			      "UPDATE trial SET ended = (unixepoch() - 3700) * 1000000"
			      " WHERE number = 0;"
			      "UPDATE trial SET ended = (unixepoch() - 3500) * 1000000"
			      " WHERE number = 1",
			      &box->err));
	assert_int_equal(gc(box, &rule).trials, 1);
	assert_false(is_there(box, "a/000000/stdout"));
	assert_true(is_there(box, "a/000001/stdout"));
}

static int64_t rows_of(struct storebox *box, const char *table)
{
	char sql[80];
	int64_t count;

	snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
	ok(box, hd_store_integer(box->store, sql, &count, &box->err));
	return count;
}

static void a_whole_sweep_goes_with_every_row_and_its_folder(void **state)
{
	static const char *const tables[] = { "sweep", "trial", "metric", "place", "setting",
					      "decision", "best_child", "parameter", "said" };
	const struct hd_gc_rule rule = { .sweeps = true, .older = 1, .removes = true };
	struct storebox *box = *state;
	int64_t gone = box->sweep;
	bool has;

	box_sweep_insert(box, "HD_2", "stays-2", HD_MINIMIZE);
	assert_string_equal(gc(box, &rule).text,
			    "stays-2 0: its engine is gone: 'hdrive resume stays-2' or "
			    "'hdrive cancel stays-2' first\na 6\n");
	assert_false(is_there(box, "a"));
	/* Of the one that stays there are its own row and its two settings. */
	for (size_t i = 0; i < ROWS(tables); i++)
		assert_int_equal(rows_of(box, tables[i]),
				 i == 0 ? 1 : !strcmp(tables[i], "setting") * 2);
	ok(box, hd_store_has_sweep(box->store, "a", &has, &box->err));
	assert_false(has);
	ok(box, hd_store_has_sweep(box->store, "stays-2", &has, &box->err));
	assert_true(has);
	assert_int_equal(hd_store_sweep_delete(box->store, gone, &box->err), HD_ENOENT);
}

static void the_newest_sweeps_are_kept(void **state)
{
	const struct hd_gc_rule rule = { .sweeps = true, .keep_last = 1, .removes = true };
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_2", "newer-2", HD_MINIMIZE);
	sweep_state(box, "Completed", HD_END_EXIT, BOX_TIME);
	assert_string_equal(gc(box, &rule).text, "a 6\n");
	assert_int_equal(rows_of(box, "sweep"), 1);
}

/* A crash behind the row's end left this one. */
static void a_folder_that_no_row_knows_goes_when_it_is_old(void **state)
{
	const struct timespec times[2] = { { .tv_sec = 1000000 }, { .tv_sec = 1000000 } };
	const struct hd_gc_rule rule = { .sweeps = true,
					 .older = INT64_C(86400000000) * 20000,
					 .removes = true };
	const struct hd_gc_rule younger = { .sweeps = true,
					    .older = INT64_C(86400000000),
					    .removes = true };
	struct storebox *box = *state;
	char path[600];

	make_at(box, "left", true);
	make_trial(box, "left", 0);
	make_at(box, "notes", true);
	make_at(box, "notes/text", false);
	assert_string_equal(gc(box, &younger).text, "a 6\n");
	snprintf(path, sizeof path, "%s/.hdrive/left", box->folder);
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
	assert_string_equal(gc(box, &rule).text, "left (no row) 0\n");
	assert_false(is_there(box, "left"));
	assert_true(is_there(box, "notes/text"));
}

static void links_in_place_of_folders_are_not_followed(void **state)
{
	const struct hd_gc_rule rule = { ALL_PARTS, .removes = true };
	struct storebox *box = *state;
	char path[600], command[2000];

	make_at(box, "precious", true);
	make_at(box, "precious/outputs", true);
	make_at(box, "precious/outputs/data", false);
	make_at(box, "precious/stdout", false);
	snprintf(path, sizeof path, "%s/.hdrive", box->folder);
	snprintf(command, sizeof command,
		 "cd '%s/a' && rm -r 000000/work && ln -s ../../precious 000000/work &&"
		 " rm -r 000001/work/outputs &&"
		 " ln -s ../../../precious/outputs 000001/work/outputs &&"
		 " rm -r 000002 && ln -s ../precious 000002 &&"
		 " rm -r 000003/checkpoints && ln -s / 000003/checkpoints",
		 path);
	assert_int_equal(system(command), 0);
	assert_int_equal(gc(box, &rule).trials, 5);
	assert_true(is_there(box, "precious/outputs/data"));
	assert_true(is_there(box, "precious/stdout"));
}

#define ENDED(test) cmocka_unit_test_setup_teardown(test, open_ended, close_box)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ENDED(the_best_and_the_last_are_kept),
		ENDED(only_the_parts_that_are_named_go),
		ENDED(counting_removes_nothing),
		ENDED(what_has_not_ended_stays),
		ENDED(age_counts_from_the_end),
		ENDED(a_whole_sweep_goes_with_every_row_and_its_folder),
		ENDED(the_newest_sweeps_are_kept),
		ENDED(a_folder_that_no_row_knows_goes_when_it_is_old),
		ENDED(links_in_place_of_folders_are_not_followed),
	};

	return cmocka_run_group_tests_name("gc", tests, NULL, NULL);
}
