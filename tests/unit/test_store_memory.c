/*
 * Tests of what the store does without memory: the n-th allocation, SQLite's
 * own included, fails for n = 1, 2, ... until a whole session needs no more of
 * them. Each failure is HD_ENOMEM, or one that SQLite can do without; nothing
 * is leaked, and the store is whole afterwards.
 */
#include "storebox.h"

#include "store/resume.h"

/* Visible, so that SQLite and the C library use them too. */
#pragma GCC visibility push(default)
#include "alloc.h"
#pragma GCC visibility pop

#if HAS_ALLOC

static int see_sweep(void *user, const struct hd_sweep_row *row)
{
	(void)user;
	(void)row;
	return 0;
}

static int see_trial(void *user, const struct hd_trial_row *row)
{
	(void)user;
	(void)row;
	return 0;
}

static int see_number(void *user, const struct hd_metric_row *row)
{
	(void)user;
	(void)row;
	return 0;
}

static int see_said(void *user, const struct hd_said_row *row)
{
	(void)user;
	(void)row;
	return 0;
}

static int see_run_metric(void *user, const struct hd_run_metric_row *row)
{
	(void)user;
	(void)row;
	return 0;
}

static int see_result(void *user, const struct hd_resume_result *row)
{
	(void)user;
	(void)row;
	return 0;
}

static int see_setting(void *user, const char *text)
{
	(void)user;
	(void)text;
	return 0;
}

/* What a script says of a run, a property twice. */
static int say_rows(struct hd_store *store, int64_t sweep)
{
	struct hd_said_row said = { 9, "", HD_SAID_TAG, "k", "v", BOX_TIME };
	struct hd_metric metric = box_metric("elsewhere", 0.5);
	int rc = hd_store_say(store, sweep, &said, NULL);

	said.kind = HD_SAID_PROPERTY;
	for (int i = 0; rc == 0 && i < 2; i++)
		rc = hd_store_say(store, sweep, &said, NULL);
	if (rc == 0)
		rc = hd_store_run_metric_insert(store, sweep, 9, "part",
						&metric, BOX_TIME, NULL);
	return rc;
}

static int hear_rows(struct hd_store *store, int64_t sweep)
{
	int rc = hd_store_said(store, sweep, 0, see_said, NULL, NULL);

	if (rc == 0)
		rc = hd_store_run_metrics(store, sweep, -1, see_run_metric,
					  NULL, NULL);
	if (rc == 0)
		rc = hd_store_settings(store, sweep, see_setting, NULL, NULL);
	return rc;
}

static int write_rows(struct hd_store *store, int64_t sweep)
{
	struct hd_trial_record record = { .sweep = sweep,
					  .number = 9,
					  .state = HD_TRIAL_QUEUED,
					  .parameters = "{}",
					  .arguments = "[]",
					  .time = BOX_TIME };
	struct hd_metric metric = box_metric("accuracy", 0.5);
	struct hd_reason why = { 1, 2, 3, "worse", false };
	int64_t key;
	int rc = hd_store_begin(store, NULL);

	if (rc == 0)
		rc = hd_store_trial_insert(store, &record, &key, NULL);
	if (rc == 0)
		rc = hd_store_metric_insert(store, key, 1, &metric, 1,
					    HD_TAIL_STDOUT, BOX_TIME, NULL);
	if (rc == 0)
		rc = hd_store_trial_metric(store, key, 1, 0.5, 0.5, 0.5,
					   BOX_TIME, NULL);
	if (rc == 0)
		rc = hd_store_decision_insert(store, key, 1, "bandit", &why, HD_DECISION_STOP,
					      BOX_TIME, NULL);
	if (rc == 0)
		rc = hd_store_best_insert(store, sweep, 9, 0.5, true, BOX_TIME,
					  NULL);
	if (rc == 0)
		rc = say_rows(store, sweep);
	hd_store_rollback(store);
	return rc;
}

static int read_rows(struct hd_store *store)
{
	struct hd_trial_query query = { .order = HD_ORDER_BEST };
	int64_t key;
	int rc = hd_store_find_sweep(store, "bra", &key, NULL);

	if (rc == 0)
		rc = hd_store_sweep(store, key, see_sweep, NULL, NULL);
	if (rc == 0)
		rc = hd_store_trials(store, key, &query, see_trial, NULL, NULL);
	if (rc == 0)
		rc = hd_store_metrics(store, key, -1, "accuracy", see_number,
				      NULL, NULL);
	if (rc == 0)
		rc = hd_store_resume_results(store, key, see_result, NULL, NULL);
	return rc == 0 ? hear_rows(store, key) : rc;
}

/* Everything from opening to closing, with one failure on the way. */
static int session(const struct storebox *box, enum hd_store_mode mode)
{
	struct hd_store *store;
	int rc = hd_store_open(&store, box->path, mode, NULL);

	if (rc == 0 && mode != HD_STORE_READ)
		rc = write_rows(store, box->sweep);
	if (rc == 0)
		rc = read_rows(store);
	hd_store_close(store);
	return rc;
}

static void sessions(struct storebox *box, enum hd_store_mode mode)
{
	size_t n, reached = 0;

	assert_int_equal(session(box, mode), 0); /* what SQLite keeps for good */
	for (n = 1; reached == n - 1; n++) {
		size_t live = alloc_live;
		int rc;

		alloc_fail(n);
		rc = session(box, mode);
		reached = alloc_count >= alloc_fails ? n : reached;
		alloc_fail(0);
		if (rc != 0 && rc != HD_ENOMEM)
			print_error("allocation %zu: %s\n", n, hd_code_name(rc));
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_int_equal(alloc_live, live);
	}
	assert_true(n > 50);
}

static void a_session_survives_any_failed_allocation(void **state)
{
	struct hd_said_row said = { 0, "", HD_SAID_FILE, "outputs/a", NULL, BOX_TIME };
	struct storebox box;
	int64_t rows;

	(void)state;
	box_open(&box);
	six_trials(&box, HD_MAXIMIZE);
	box_sweep_insert(&box, "HD_2", "brave-otter", HD_MAXIMIZE);
	box_begin(&box);
	ok(&box, hd_store_say(box.store, box.sweep, &said, &box.err));
	ok(&box, say_rows(box.store, box.sweep));
	box_commit(&box);
	hd_store_close(box.store);
	sessions(&box, HD_STORE_WRITE);
	sessions(&box, HD_STORE_READ);
	ok(&box, hd_store_open(&box.store, box.path, HD_STORE_READ, &box.err));
	ok(&box, hd_store_integer(box.store, "SELECT count(*) FROM trial",
				  &rows, &box.err));
	assert_int_equal(rows, 6);
	box_close(&box);
}

static void locating_survives_any_failed_allocation(void **state)
{
	char *found = NULL;
	int rc = HD_ENOMEM;

	(void)state;
	for (size_t n = 1; rc != 0; n++) {
		size_t live = alloc_live;

		alloc_fail(n);
		rc = hd_store_locate(&found, "/tmp", NULL, NULL);
		alloc_fail(0);
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_true(rc == 0 || alloc_live == live);
	}
	free(found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_session_survives_any_failed_allocation),
		cmocka_unit_test(locating_survives_any_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
