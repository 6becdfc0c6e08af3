/*
 * Tests of engine/store/integrity.c, salvage.c and mend.c: damage of every
 * kind is found, and what can still be read is kept.
 */
#include "storebox.h"

#include "store/integrity.h"

#include <inttypes.h>
#include <signal.h>
#include <sys/wait.h>

#define TRIALS 300
#define METRICS 20

struct told {
	size_t count;
	char text[4000];
};

static void tell(void *user, const char *text)
{
	struct told *told = user;
	size_t length = strlen(told->text);

	told->count++;
	snprintf(told->text + length, sizeof told->text - length, "%s\n", text);
}

/* A sweep of TRIALS with METRICS each, in several pages of every table. */
static void fill(struct storebox *box)
{
	box_sweep_insert(box, "HD_1", "brave-otter-1", HD_MAXIMIZE);
	box_begin(box);
	for (size_t i = 0; i < TRIALS; i++) {
		int64_t key = box_ranked(box, i, HD_TRIAL_COMPLETED, (double)i, (int64_t)i);
		const struct hd_tail_place places[HD_TAIL_SOURCES] = { { 10, 1 },
								       { 0, 0 },
								       { 3, 1 } };
		struct hd_tail_place stored[HD_TAIL_SOURCES] = { { 0, 0 } };
		const struct hd_reason why = { 0.5, 0.75, 3, "worse than the others", false };

		for (size_t j = 1; j <= METRICS; j++)
			box_log(box, key, j, "accuracy", (double)j, j);
		ok(box, hd_store_trial_places(box->store, key, places, stored, &box->err));
		ok(box, hd_store_decision_insert(box->store, key, 3, "bandit", &why,
						 HD_DECISION_STOP, BOX_TIME, &box->err));
		ok(box, hd_store_best_insert(box->store, box->sweep, i, (double)i, false,
					     BOX_TIME, &box->err));
	}
	box_commit(box);
	ok(box, hd_store_exec(box->store, "PRAGMA wal_checkpoint(TRUNCATE)", &box->err));
}

static int open_filled(void **state)
{
	open_box(state);
	fill(*state);
	return 0;
}

static int64_t count(struct storebox *box, const char *sql)
{
	int64_t value;

	ok(box, hd_store_integer(box->store, sql, &value, &box->err));
	return value;
}

static void close_store(struct storebox *box)
{
	hd_store_close(box->store);
	box->store = NULL;
}

/* Write SIZE bytes of noise at OFFSET of the store's file. */
static void spoil(struct storebox *box, off_t offset, size_t size, unsigned seed)
{
	int fd = open(box->path, O_WRONLY);

	assert_true(fd >= 0);
	for (size_t i = 0; i < size; i++) {
		unsigned char byte;

		seed = seed * 1103515245 + 12345;
		byte = (unsigned char)(seed >> 16);
		assert_int_equal(pwrite(fd, &byte, 1, offset + (off_t)i), 1);
	}
	close(fd);
}

/* Pages of the tree called NAME, all but its root. */
static size_t pages_of(struct storebox *box, const char *name, int64_t pages[64])
{
	sqlite3_stmt *stmt;
	size_t found = 0;

	assert_int_equal(sqlite3_prepare_v2(box->store->db,
					    "SELECT pageno FROM dbstat WHERE name = ?1"
					    " AND pagetype = 'leaf' ORDER BY path",
					    -1, &stmt, NULL),
			 SQLITE_OK);
	sqlite3_bind_text(stmt, 1, name, -1, SQLITE_STATIC);
	while (sqlite3_step(stmt) == SQLITE_ROW && found < 64)
		pages[found++] = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	return found;
}

static size_t faults(struct storebox *box)
{
	struct told told = { 0 };
	size_t found;

	ok(box, hd_store_check_file(box->store, false, &found, tell, &told, &box->err));
	assert_int_equal(found, told.count);
	return found;
}

static void mend(struct storebox *box, struct told *told)
{
	close_store(box);
	ok(box, hd_store_mend(box->path, tell, told, &box->err));
	box_reopen(box, HD_STORE_WRITE);
	assert_int_equal(faults(box), 0);
}

static bool has_file(const struct storebox *box, const char *part)
{
	char path[500];
	DIR *folder;
	struct dirent *entry;
	bool has = false;

	snprintf(path, sizeof path, "%s/.hdrive", box->folder);
	folder = opendir(path);
	assert_non_null(folder);
	while ((entry = readdir(folder)))
		has = has || strstr(entry->d_name, part);
	closedir(folder);
	return has;
}

static void a_sound_store_has_no_faults(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };
	size_t found;
	int64_t value, newest;

	assert_int_equal(faults(box), 0);
	ok(box, hd_store_check_keys(box->store, &found, tell, &told, &box->err));
	assert_int_equal(found, 0);
	ok(box, hd_store_version(box->store, &value, &newest, &box->err));
	assert_int_equal(value, hd_schema_version());
	assert_int_equal(newest, hd_schema_version());
	ok(box, hd_store_latest(box->store, &value, &box->err));
	assert_true(value == BOX_TIME + TRIALS - 1);
}

static void rows_of_nobody_are_found(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };
	size_t found;

	ok(box, hd_store_exec(box->store,
			      "PRAGMA foreign_keys = OFF; DELETE FROM trial WHERE number = 7;"
			      "PRAGMA foreign_keys = ON",
			      &box->err));
	ok(box, hd_store_check_keys(box->store, &found, tell, &told, &box->err));
	assert_int_equal(found, 3);
	assert_non_null(strstr(told.text, "20 of 'metric' belong to no row of 'trial'\n"));
}

/* Damage a middle leaf of each table; all other pages' rows survive. */
static void one_damaged_page_loses_only_its_own_rows(void **state)
{
	static const struct {
		const char *table;
		int64_t rows;
		int64_t least; /* left when one page is gone */
	} rows[] = {
		{ "trial", TRIALS, TRIALS - 60 },
		{ "metric", TRIALS * METRICS, TRIALS * METRICS - 400 },
		{ "decision", TRIALS, TRIALS - 120 },
		{ "best_child", TRIALS, TRIALS - 300 },
		{ "place", TRIALS * 3, TRIALS * 3 - 700 },
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct storebox *box;
		struct told told = { 0 };
		int64_t pages[64];
		char sql[80];
		size_t found;

		open_filled(state);
		box = *state;
		found = pages_of(box, rows[i].table, pages);
		assert_true(found > 1);
		close_store(box);
		spoil(box, (off_t)(pages[found / 2] - 1) * 4096, 4096, (unsigned)i + 1);
		ok(box, hd_store_open(&box->store, box->path, HD_STORE_READ, &box->err));
		assert_true(faults(box) > 0);
		mend(box, &told);
		snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", rows[i].table);
		assert_in_range(count(box, sql), rows[i].least, rows[i].rows - 1);
		snprintf(sql, sizeof sql, "table '%s': ", rows[i].table);
		assert_non_null(strstr(told.text, sql));
		assert_non_null(strstr(told.text, "moved the new store into place\n"));
		assert_true(has_file(box, "hdrive.db.damaged-20"));
		assert_false(has_file(box, ".tmp"));
		close_box(state);
	}
}

static void a_table_with_an_index_tells_how_many_rows_were_lost(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };
	int64_t pages[64], left;
	char text[80];
	size_t found = pages_of(box, "trial", pages);

	assert_true(found > 2);
	close_store(box);
	spoil(box, (off_t)(pages[1] - 1) * 4096, 4096, 5);
	mend(box, &told);
	left = count(box, "SELECT count(*) FROM trial");
	snprintf(text, sizeof text, "table 'trial': %" PRId64 " rows read, %" PRId64 " lost\n",
		 left, TRIALS - left);
	assert_non_null(strstr(told.text, text));
	assert_non_null(strstr(told.text, "rows left out, the row they belong to is lost\n"));
	assert_int_equal(count(box, "SELECT count(*) FROM metric"), left * METRICS);
}

static void metrics_tell_by_their_holes_how_many_were_lost(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };
	int64_t pages[64], left;
	char text[80];
	size_t found = pages_of(box, "metric", pages);

	assert_true(found > 4);
	close_store(box);
	/* A page that ends within a trial: its later rows tell of the earlier. */
	spoil(box, (off_t)(pages[found / 2 + 1] - 1) * 4096, 4096, 7);
	mend(box, &told);
	left = count(box, "SELECT count(*) FROM metric");
	assert_in_range(left, TRIALS * METRICS - 400, TRIALS * METRICS - 1);
	snprintf(text, sizeof text, "table 'metric': %" PRId64 " rows read, at least ", left);
	assert_non_null(strstr(told.text, text));
}

static void trials_of_a_lost_sweep_keep_a_sweep(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };

	ok(box, hd_store_exec(box->store,
			      "PRAGMA foreign_keys = OFF; DELETE FROM sweep; DELETE FROM name",
			      &box->err));
	mend(box, &told);
	assert_int_equal(count(box, "SELECT count(*) FROM sweep WHERE name = 'lost-1'"), 1);
	assert_int_equal(count(box, "SELECT count(*) FROM trial"), TRIALS);
	assert_int_equal(count(box, "SELECT count(*) FROM logged"), TRIALS * METRICS);
}

static void damaged_indices_are_made_anew_in_place(void **state)
{
	static const char *const indices[] = { "trial_number", "trial_rank", "trial_state",
					       "decision_trial" };

	for (size_t i = 0; i < ROWS(indices); i++) {
		struct storebox *box;
		struct told told = { 0 };
		int64_t pages[64];
		size_t found;

		open_filled(state);
		box = *state;
		found = pages_of(box, indices[i], pages);
		assert_true(found > 0);
		close_store(box);
		/* The end of an entry: the tree stays one, its order does not. */
		spoil(box, (off_t)(pages[0] - 1) * 4096 + 4094, 2, (unsigned)i + 1);
		ok(box, hd_store_open(&box->store, box->path, HD_STORE_READ, &box->err));
		assert_true(faults(box) > 0);
		mend(box, &told);
		assert_non_null(strstr(told.text, "made the indices anew: no row was lost\n"));
		assert_true(has_file(box, "hdrive.db.damaged-20"));
		assert_int_equal(count(box, "SELECT count(*) FROM trial"), TRIALS);
		close_box(state);
	}
}

static void a_damaged_tree_of_an_index_loses_no_row(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };
	int64_t pages[64];

	assert_true(pages_of(box, "trial_rank", pages) > 1);
	close_store(box);
	spoil(box, (off_t)(pages[1] - 1) * 4096, 4096, 9);
	ok(box, hd_store_open(&box->store, box->path, HD_STORE_READ, &box->err));
	assert_true(faults(box) > 0);
	mend(box, &told);
	assert_null(strstr(told.text, "lost\n"));
	assert_int_equal(count(box, "SELECT count(*) FROM trial"), TRIALS);
	assert_int_equal(count(box, "SELECT count(*) FROM metric"), TRIALS * METRICS);
}

static void a_file_cut_short_gives_what_is_left_of_it(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };
	int64_t pages = count(box, "PRAGMA page_count");

	close_store(box);
	assert_int_equal(truncate(box->path, (off_t)(pages * 3 / 4) * 4096 - 1000), 0);
	assert_true(hd_store_open(&box->store, box->path, HD_STORE_READ, &box->err) < 0);
	ok(box, hd_store_mend(box->path, tell, &told, &box->err));
	box_reopen(box, HD_STORE_READ);
	assert_int_equal(faults(box), 0);
	assert_true(count(box, "SELECT count(*) FROM trial") > TRIALS / 2);
	assert_int_equal(count(box, "SELECT count(*) FROM sweep"), 1);
}

static void commits_in_the_wal_are_mended_too(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };
	int64_t pages[64];
	char wal[500], copy[520];
	size_t found = pages_of(box, "best_child", pages);

	/* A copy of both files, made while the store is open, keeps the -wal. */
	box_begin(box);
	box_ranked(box, TRIALS, HD_TRIAL_COMPLETED, 1000, 1);
	box_commit(box);
	snprintf(wal, sizeof wal, "%s-wal", box->path);
	snprintf(copy, sizeof copy, "%s.kept", wal);
	assert_int_equal(link(wal, copy), 0);
	close_store(box);
	assert_int_equal(rename(copy, wal), 0);
	assert_true(found > 1);
	spoil(box, (off_t)(pages[1] - 1) * 4096, 4096, 3);
	ok(box, hd_store_mend(box->path, tell, &told, &box->err));
	box_reopen(box, HD_STORE_READ);
	assert_int_equal(faults(box), 0);
	assert_int_equal(count(box, "SELECT count(*) FROM trial"), TRIALS + 1);
}

/* The first page gone, from its first byte or behind the file's head. */
static void a_lost_first_page_is_made_anew(void **state)
{
	static const off_t offsets[] = { 0, 100 };

	for (size_t i = 0; i < ROWS(offsets); i++) {
		struct storebox *box;
		struct told told = { 0 };
		enum hd_file_kind kind;

		open_filled(state);
		box = *state;
		close_store(box);
		spoil(box, offsets[i], 4096 - (size_t)offsets[i], 6);
		assert_true(hd_store_open(&box->store, box->path, HD_STORE_READ, &box->err) < 0);
		ok(box, hd_store_file_kind(box->path, &kind, &box->err));
		assert_int_equal(kind, HD_FILE_OURS);
		mend(box, &told);
		assert_non_null(strstr(told.text, "the first page is damaged: "));
		assert_null(strstr(told.text, "lost"));
		assert_int_equal(count(box, "SELECT count(*) FROM trial"), TRIALS);
		assert_int_equal(count(box, "SELECT count(*) FROM metric"), TRIALS * METRICS);
		assert_int_equal(count(box, "SELECT count(*) FROM setting"), 2);
		assert_false(has_file(box, ".tmp"));
		close_box(state);
	}
}

/* Its newer tables lie behind the rows that were there before. */
static void a_migrated_store_without_its_first_page_tells_which_tables_are_lost(void **state)
{
	struct storebox *box;
	struct told told = { 0 };

	open_filled(state);
	box = *state;
	ok(box,
	   hd_store_exec(box->store,
			 "DROP TABLE study; VACUUM;"
			 "CREATE TABLE study(sweep INTEGER PRIMARY KEY REFERENCES sweep"
			 " ON DELETE CASCADE, revision INTEGER NOT NULL DEFAULT 0) STRICT;"
			 "PRAGMA wal_checkpoint(TRUNCATE)",
			 &box->err));
	close_store(box);
	spoil(box, 0, 4096, 8);
	mend(box, &told);
	assert_non_null(strstr(told.text, "table 'study' is not where a new store has it"));
	assert_int_equal(count(box, "SELECT count(*) FROM trial"), TRIALS);
	close_box(state);
}

static void an_open_store_is_not_mended(void **state)
{
	struct storebox *box = *state;
	struct told told = { 0 };
	int status, ready[2];
	char byte;
	pid_t pid;

	close_store(box);
	assert_int_equal(pipe(ready), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		struct hd_store *store;
		int64_t value;

		if (hd_store_open(&store, box->path, HD_STORE_READ, NULL) < 0 ||
		    hd_store_latest(store, &value, NULL) < 0)
			_exit(1);
		(void)!write(ready[1], "x", 1);
		pause();
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	assert_int_equal(hd_store_mend(box->path, tell, &told, &box->err), HD_EBUSY);
	assert_non_null(strstr(box->err.text, "is in use"));
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	assert_int_equal(told.count, 0);
	assert_false(has_file(box, "damaged"));
	close(ready[0]);
	close(ready[1]);
}

static void kinds_of_files_are_told_by_their_head(void **state)
{
	struct storebox *box = *state;
	enum hd_file_kind kind;
	sqlite3 *other;
	char path[500];

	ok(box, hd_store_file_kind(box->path, &kind, &box->err));
	assert_int_equal(kind, HD_FILE_OURS);
	snprintf(path, sizeof path, "%s/.hdrive/other.db", box->folder);
	assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
	assert_int_equal(sqlite3_exec(other, "CREATE TABLE t(a)", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(other);
	ok(box, hd_store_file_kind(path, &kind, &box->err));
	assert_int_equal(kind, HD_FILE_FOREIGN);
	assert_int_equal(truncate(path, 0), 0);
	ok(box, hd_store_file_kind(path, &kind, &box->err));
	assert_int_equal(kind, HD_FILE_EMPTY);
	assert_int_equal(truncate(path, 8192), 0);
	ok(box, hd_store_file_kind(path, &kind, &box->err));
	assert_int_equal(kind, HD_FILE_UNKNOWN);
	assert_int_equal(hd_store_file_kind("/no/such/file", &kind, &box->err), HD_ENOENT);
}

/* Whatever a few bytes do, the outcome is a sound store or a refusal. */
static void random_damage_ends_in_a_sound_store_or_an_error(void **state)
{
	struct storebox *box = *state;
	char keep[500], command[2400];
	int64_t size = count(box, "PRAGMA page_count") * 4096;
	unsigned seed = 77;
	size_t mended = 0;

	close_store(box);
	snprintf(keep, sizeof keep, "%s.keep", box->path);
	assert_int_equal(rename(box->path, keep), 0);
	for (unsigned i = 0; i < 60; i++) {
		struct told told = { 0 };

		snprintf(command, sizeof command, "cp '%s' '%s' && rm -f '%s'-* '%s'.d*", keep,
			 box->path, box->path, box->path);
		assert_int_equal(system(command), 0);
		for (unsigned j = 0; j <= i % 8; j++) {
			seed = seed * 1103515245 + 12345;
			spoil(box, (off_t)(seed / 7 % (unsigned)(size - 64)), 1 + i % 5 * 10, seed);
		}
		if (hd_store_mend(box->path, tell, &told, &box->err) < 0)
			continue;
		box_reopen(box, HD_STORE_READ);
		assert_int_equal(faults(box), 0);
		close_store(box);
		mended++;
	}
	assert_true(mended > 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_sound_store_has_no_faults, open_filled,
						close_box),
		cmocka_unit_test_setup_teardown(rows_of_nobody_are_found, open_filled, close_box),
		cmocka_unit_test(one_damaged_page_loses_only_its_own_rows),
		cmocka_unit_test_setup_teardown(a_table_with_an_index_tells_how_many_rows_were_lost,
						open_filled, close_box),
		cmocka_unit_test_setup_teardown(metrics_tell_by_their_holes_how_many_were_lost,
						open_filled, close_box),
		cmocka_unit_test_setup_teardown(trials_of_a_lost_sweep_keep_a_sweep, open_filled,
						close_box),
		cmocka_unit_test(damaged_indices_are_made_anew_in_place),
		cmocka_unit_test_setup_teardown(a_damaged_tree_of_an_index_loses_no_row,
						open_filled, close_box),
		cmocka_unit_test_setup_teardown(a_file_cut_short_gives_what_is_left_of_it,
						open_filled, close_box),
		cmocka_unit_test_setup_teardown(commits_in_the_wal_are_mended_too, open_filled,
						close_box),
		cmocka_unit_test(a_lost_first_page_is_made_anew),
		cmocka_unit_test(
			a_migrated_store_without_its_first_page_tells_which_tables_are_lost),
		cmocka_unit_test_setup_teardown(an_open_store_is_not_mended, open_filled,
						close_box),
		cmocka_unit_test_setup_teardown(kinds_of_files_are_told_by_their_head, open_filled,
						close_box),
		cmocka_unit_test_setup_teardown(random_damage_ends_in_a_sound_store_or_an_error,
						open_filled, close_box),
	};

	return cmocka_run_group_tests_name("mend", tests, NULL, NULL);
}
