/* Tests of engine/store/store.c: transactions, waiting, full disks. */
#include "storebox.h"

#include <sys/wait.h>

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

/* A writer that cannot go on says why: its parent only sees the status. */
static void write_failed(const struct hd_error *err, int status)
{
	fprintf(stderr, "writer: %s\n", err->text);
	_exit(status);
}

static void write_by(const char *path, int writer, int commits)
{
	struct storebox box = { 0 };
	char name[16];

	snprintf(box.path, sizeof box.path, "%s", path);
	if (hd_store_open(&box.store, box.path, HD_STORE_CREATE, &box.err) < 0)
		write_failed(&box.err, 1);
	snprintf(name, sizeof name, "w%d", writer);
	box_sweep_insert(&box, name, name, HD_MINIMIZE);
	for (int i = 0; i < commits; i++) {
		int64_t key;

		if (hd_store_begin(box.store, &box.err) < 0)
			write_failed(&box.err, 2);
		key = box_trial(&box, (size_t)i);
		box_log(&box, key, 1, name, i, 1);
		if (hd_store_commit(box.store, i % 8 == 0, &box.err) < 0)
			write_failed(&box.err, 3);
	}
	hd_store_close(box.store);
	_exit(0);
}

/* They also make the store: nobody has opened it before. */
static void many_processes_make_and_write_one_store(void **state)
{
	enum { WRITERS = 32,
	       COMMITS = 20 };
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

/* The log's own methods, with a count of its syncs and a failure on request. */
static struct {
	sqlite3_io_methods methods;
	const sqlite3_io_methods *real;
	sqlite3_file *log;
	int syncs;
	int answer;
} spy;

static int spy_sync(sqlite3_file *log, int flags)
{
	int rc = spy.real->xSync(log, flags);

	spy.syncs++;
	return spy.answer == SQLITE_OK ? rc : spy.answer;
}

static void spy_begin(struct storebox *box)
{
	memset(&spy, 0, sizeof spy);
	assert_int_equal(sqlite3_file_control(box->store->db, "main",
					      SQLITE_FCNTL_JOURNAL_POINTER,
					      &spy.log),
			 SQLITE_OK);
	assert_non_null(spy.log);
	spy.real = spy.log->pMethods;
	assert_non_null(spy.real);
	spy.methods = *spy.real;
	spy.methods.xSync = spy_sync;
	spy.log->pMethods = &spy.methods;
}

static void only_a_durable_commit_syncs_the_log(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	spy_begin(box);
	box_begin(box);
	box_trial(box, 0);
	box_commit(box);
	assert_int_equal(spy.syncs, 0);
	box_begin(box);
	box_trial(box, 1);
	ok(box, hd_store_commit(box->store, true, &box->err));
	assert_int_equal(spy.syncs, 1);
	box_sweep_insert(box, "HD_2", "b", HD_MAXIMIZE);
	assert_int_equal(spy.syncs, 2);
	spy.log->pMethods = spy.real;
}

static void a_sync_that_fails_is_told(void **state)
{
	struct storebox *box = *state;

	box_sweep_insert(box, "HD_1", "a", HD_MAXIMIZE);
	spy_begin(box);
	spy.answer = SQLITE_IOERR_FSYNC;
	box_begin(box);
	box_trial(box, 0);
	assert_int_equal(hd_store_commit(box->store, true, &box->err), HD_EIO);
	assert_non_null(strstr(box->err.text, "disk I/O error"));
	hd_store_rollback(box->store);
	spy.log->pMethods = spy.real;
	/* The next turn can go on. */
	box_begin(box);
	box_trial(box, 1);
	ok(box, hd_store_commit(box->store, true, &box->err));
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
		WITH_BOX(writes_outside_of_a_transaction_are_refused),
		WITH_BOX(a_rollback_leaves_nothing),
		WITH_BOX(readers_see_commits_and_never_wait),
		WITH_BOX(a_second_writer_waits_and_then_says_busy),
		cmocka_unit_test(many_processes_make_and_write_one_store),
		WITH_BOX(a_full_disk_is_an_error_and_loses_only_its_transaction),
		WITH_BOX(only_a_durable_commit_syncs_the_log),
		WITH_BOX(a_sync_that_fails_is_told),
		WITH_BOX(closing_leaves_one_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
