/*
 * Tests of what the doctor, mending and gc do without memory: the n-th
 * allocation, SQLite's own included, fails. Each time it is HD_ENOMEM or does
 * not matter; nothing is leaked, and the store is there afterwards.
 */
#include "storebox.h"

#include <hdrive/doctor.h>
#include <hdrive/gc.h>

#include "store/integrity.h"

/* Visible, so that SQLite and the C library use them too. */
#pragma GCC visibility push(default)
#include "alloc.h"
#pragma GCC visibility pop

#if HAS_ALLOC

static int see_check(void *user, const struct hd_check *check)
{
	(void)user;
	(void)check;
	return 0;
}

static int see_row(void *user, const struct hd_gc_row *row)
{
	(void)user;
	(void)row;
	return 0;
}

static void see_text(void *user, const char *text)
{
	(void)user;
	(void)text;
}

static int visit(const struct storebox *box)
{
	const struct hd_doctor_options options = { .store = box->path };

	return hd_doctor(&options, see_check, NULL, NULL);
}

static int mend(const struct storebox *box)
{
	struct hd_error err = { 0 };
	int rc = hd_store_mend(box->path, see_text, NULL, &err);

	if (rc != 0 && rc != HD_ENOMEM)
		print_error("%s\n", err.text);
	return rc;
}

static int clean(const struct storebox *box)
{
	const struct hd_gc_rule rule = { .parts = { true, true, true, true }, .keep_best = 2 };
	struct hd_store *store;
	int rc = hd_store_open(&store, box->path, HD_STORE_READ, NULL);

	if (rc == 0)
		rc = hd_gc(store, &rule, NULL, 0, see_row, NULL, NULL);
	hd_store_close(store);
	return rc;
}

/* A row that belongs to none: making the indices anew is not enough then. */
static void damage(struct storebox *box)
{
	box_reopen(box, HD_STORE_WRITE);
	ok(box,
	   hd_store_exec(box->store,
			 "PRAGMA foreign_keys = OFF;"
			 "INSERT INTO decision(trial, interval, policy, compared, reason, time)"
			 " VALUES(999, 1, 'bandit', 1, '', 1)",
			 &box->err));
	hd_store_close(box->store);
	box->store = NULL;
}

/* Fails the first, and then ever more sparsely: a mending has thousands. */
static void each_allocation(struct storebox *box, bool damaged,
			    int (*call)(const struct storebox *))
{
	size_t reached = 0, last = 0;

	call(box); /* what SQLite and the C library keep for good */
	for (size_t n = 1; reached == last; n += 1 + n / 8) {
		size_t live;
		int rc;

		if (damaged)
			damage(box);
		live = alloc_live;
		alloc_fail(n);
		rc = call(box);
		reached = alloc_count >= alloc_fails ? n : reached;
		last = n;
		alloc_fail(0);
		if (rc != 0 && rc != HD_ENOMEM)
			print_error("allocation %zu: %s\n", n, hd_code_name(rc));
		assert_true(rc == 0 || rc == HD_ENOMEM);
		assert_int_equal(alloc_live, live);
	}
	assert_true(last > 20);
}

static int open_ended(void **state)
{
	char path[500];
	struct storebox *box;

	open_box(state);
	box = *state;
	six_trials(box, HD_MAXIMIZE);
	sweep_state(box, "Completed", HD_END_EXIT, BOX_TIME);
	snprintf(path, sizeof path, "%s/.hdrive/a", box->folder);
	assert_int_equal(mkdir(path, 0755), 0);
	strcat(path, "/000001");
	assert_int_equal(mkdir(path, 0755), 0);
	strcat(path, "/checkpoints");
	assert_int_equal(mkdir(path, 0755), 0);
	strcat(path, "/folder");
	assert_int_equal(mkdir(path, 0755), 0);
	hd_store_close(box->store);
	box->store = NULL;
	return 0;
}

static void a_visit_survives_any_failed_allocation(void **state)
{
	each_allocation(*state, false, visit);
}

static void cleaning_survives_any_failed_allocation(void **state)
{
	each_allocation(*state, false, clean);
}

/* Each run copies the store, whose first copy gets the plain name. */
static void mending_survives_any_failed_allocation(void **state)
{
	struct storebox *box = *state;

	each_allocation(box, true, mend);
	box_reopen(box, HD_STORE_READ);
	expect_order(box, (struct hd_trial_query){ .order = HD_ORDER_BEST }, "4 2 0 3 1 5 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_visit_survives_any_failed_allocation, open_ended,
						close_box),
		cmocka_unit_test_setup_teardown(cleaning_survives_any_failed_allocation, open_ended,
						close_box),
		cmocka_unit_test_setup_teardown(mending_survives_any_failed_allocation, open_ended,
						close_box),
	};

	return cmocka_run_group_tests_name("doctor without memory", tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
