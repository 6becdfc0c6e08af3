/*
 * Tests of what the API, those who watch and importances do without memory: the
 * n-th allocation fails for n = 1, 2, ... until the call needs no more of them.
 */
#include "apibox.h"

#include "alloc.h"

#include <hdrive/importance.h>

#include "live/list.h"
#include "live/live.h"

#include <stddef.h>

#if HAS_ALLOC

static struct apibox *box;
static const char *path;

static int hear(void *user, const char *name, const char *data, size_t length)
{
	(void)user;
	(void)name;
	(void)data;
	(void)length;
	return 0;
}

typedef int (*call_fn)(struct hd_store *store, struct hd_api *api);

/*
 * A store and an API of their own each time: nothing is kept in mind. From the
 * store's opening on the N-th allocation fails. *FAILED: it was come to.
 */
static int fresh(call_fn call, size_t n, bool *failed)
{
	struct hd_api_setup setup = { .store = NULL };
	struct hd_api *api = NULL;
	int rc;

	ok(&box->box, hd_store_open(&setup.store, box->box.path, HD_STORE_READ, &box->box.err));
	alloc_fail(n);
	rc = hd_api_open(&api, &setup, NULL);
	if (rc == 0)
		rc = call(setup.store, api);
	*failed = n > 0 && alloc_count >= alloc_fails;
	alloc_fail(0);
	hd_api_close(api);
	hd_store_close(setup.store);
	return rc;
}

static int ask(struct hd_store *store, struct hd_api *api)
{
	struct hd_buf text = HD_BUF_INIT;
	struct hd_api_answer answer = { .json = &text };
	int rc = hd_api_get(api, path, NULL, NULL, &answer, NULL);

	(void)store;
	hd_buf_release(&text);
	return rc;
}

static int listen(struct hd_store *store, struct hd_api *api)
{
	char id[HD_API_ID], next[HD_API_ID];
	int rc = hd_api_changes(api, box->box.sweep, NULL, id, hear, NULL, NULL);

	(void)store;
	if (rc == 0)
		rc = hd_api_changes(api, box->box.sweep, id, next, hear, NULL, NULL);
	return rc;
}

static int listen_list(struct hd_store *store, struct hd_api *api)
{
	char id[HD_API_ID];

	(void)store;
	return hd_api_changes(api, 0, NULL, id, hear, NULL, NULL);
}

static int judge(struct hd_store *store, struct hd_api *api)
{
	struct hd_importance *importance;
	int rc = hd_importance_open(&importance, store, box->box.sweep, NULL, NULL);

	(void)api;
	assert_int_equal(rc == 0, importance != NULL);
	hd_importance_close(importance);
	return rc;
}

static void check(call_fn call)
{
	bool failed = true;
	size_t before;
	ptrdiff_t none;

	/* What the C library allocates by itself is only seen when it is freed. */
	assert_int_equal(fresh(call, 0, &failed), 0);
	before = alloc_live;
	assert_int_equal(fresh(call, 0, &failed), 0);
	none = (ptrdiff_t)(alloc_live - before);
	failed = true;
	for (size_t n = 1; failed; n++) {
		int rc;

		before = alloc_live;
		rc = fresh(call, n, &failed);
		if ((ptrdiff_t)(alloc_live - before) != none)
			fail_msg("%s: %td blocks are left at allocation %zu", path,
				 (ptrdiff_t)(alloc_live - before) - none, n);
		if (rc != 0 && rc != HD_ENOMEM)
			fail_msg("%s: %s at allocation %zu", path, hd_code_name(rc), n);
	}
}

/* Trials with words no file knows, written by another hand. */
static void fill(struct apibox *a)
{
	char text[100];

	three_trials(a);
	box_begin(&a->box);
	for (size_t i = 3; i < 16; i++) {
		int64_t key;

		snprintf(text, sizeof text, "{\"--lr\": 0.%zu, \"--opt\":\"w%zu\",\"--new\":%zu}",
			 i, i % 3, i);
		key = api_trial(a, i, text);
		ok(&a->box, hd_store_trial_state(a->box.store, key, HD_TRIAL_COMPLETED, BOX_TIME,
						 &a->box.err));
		api_log(a, key, 1, 3, (double)i);
	}
	box_commit(&a->box);
}

static void routes_fail_whole_without_memory(void **state)
{
	static const char *const paths[] = {
		"sweeps",
		"sweeps/a",
		"sweeps/a/config",
		"sweeps/a/trials",
		"sweeps/a/columns",
		"sweeps/a/curves",
		"sweeps/a/trials/4",
		"sweeps/a/trials/4/metrics",
		"sweeps/a/trials/4/log",
		"sweeps/a/importance",
	};

	box = *state;
	fill(box);
	for (size_t i = 0; i < ROWS(paths); i++) {
		path = paths[i];
		check(ask);
	}
	box->arguments[0] = "best";
	box->arguments[1] = "9";
	path = "sweeps/a/columns";
	check(ask);
}

static void watchers_fail_whole_without_memory(void **state)
{
	box = *state;
	fill(box);
	path = "changes";
	check(listen);
	path = "the list's changes";
	check(listen_list);
}

static void importances_fail_whole_without_memory(void **state)
{
	box = *state;
	fill(box);
	path = "importance";
	check(judge);
}

/* A look that fails leaves what is held, and the next one finds all. */
static void a_look_without_memory_is_as_if_it_was_not_taken(void **state)
{
	struct hd_live *live;
	size_t failures = 0;

	box = *state;
	fill(box);
	ok(&box->box, hd_live_open(&live, box->reading, box->box.sweep, &box->box.err));
	for (size_t n = 1; n < 60; n++) {
		uint64_t before = hd_live_seq(live);
		size_t count = hd_live_count(live);
		int rc;

		box_begin(&box->box);
		for (size_t i = 0; i < 20; i++)
			api_trial(box, 100 + n * 20 + i, "{}");
		box_commit(&box->box);
		alloc_fail(n);
		rc = hd_live_look(live, NULL);
		alloc_fail(0);
		if (rc < 0) {
			failures++;
			assert_int_equal(rc, HD_ENOMEM);
			assert_int_equal(hd_live_seq(live), before);
			assert_int_equal(hd_live_count(live), count);
			ok(&box->box, hd_live_look(live, &box->box.err));
		}
		assert_int_equal(hd_live_count(live), count + 20);
	}
	assert_true(failures > 0);
	hd_live_close(live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		api_test(routes_fail_whole_without_memory),
		api_test(watchers_fail_whole_without_memory),
		api_test(importances_fail_whole_without_memory),
		api_test(a_look_without_memory_is_as_if_it_was_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
