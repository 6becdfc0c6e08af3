/* Tests of engine/dispatch/ahead.c, with a worker and without. */
#include "place.h"

#include "dispatch/ahead.h"

#include <uv.h>

struct bench {
	struct place *place;
	struct hd_ahead *ahead;
	uv_loop_t loop;
	bool is_closed;
};

static void bench_open(struct bench *bench, bool has_worker)
{
	bench->is_closed = false;
	bench->ahead = hd_ahead_open(has_worker ? &bench->loop : NULL,
				     bench->place->workdir, bench->place->spare);
	assert_non_null(bench->ahead);
}

static void on_closed(void *user)
{
	struct bench *bench = user;

	bench->is_closed = true;
}

static void bench_close(struct bench *bench)
{
	hd_ahead_close(bench->ahead, on_closed, bench);
	bench->ahead = NULL;
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	assert_true(bench->is_closed);
}

static int setup(void **state)
{
	struct bench *bench = calloc(1, sizeof *bench);

	assert_non_null(bench);
	assert_int_equal(place_setup(state), 0);
	bench->place = *state;
	assert_int_equal(uv_loop_init(&bench->loop), 0);
	bench_open(bench, false);
	*state = bench;
	return 0;
}

static int teardown(void **state)
{
	struct bench *bench = *state;

	if (bench->ahead)
		bench_close(bench);
	assert_int_equal(uv_loop_close(&bench->loop), 0);
	*state = bench->place;
	place_teardown(state);
	free(bench);
	return 0;
}

/* In its place another one, whose loop has a worker. */
static void use_worker(struct bench *bench)
{
	bench_close(bench);
	bench_open(bench, true);
}

static void a_folder_made_ahead_is_the_trials(void **state)
{
	struct bench *bench = *state;

	hd_ahead_prepare(bench->ahead, 7, 2);
	assert_trial(bench->place, "000007");
	assert_true(hd_ahead_take(bench->ahead, 7));
	assert_false(hd_ahead_take(bench->ahead, 7));
	assert_true(hd_ahead_take(bench->ahead, 8));
	assert_false(hd_ahead_take(bench->ahead, 9));
	assert_false(place_has(bench->place, "000009"));
	assert_int_equal(place_inode(bench->place, "000007/work/train.py"),
			 place_inode(bench->place, "000008/work/train.py"));
}

static void no_more_are_made_ahead_than_there_is_room_for(void **state)
{
	struct bench *bench = *state;

	hd_ahead_prepare(bench->ahead, 0, 1000);
	assert_true(place_has(bench->place, "000015"));
	assert_false(place_has(bench->place, "000016"));
	hd_ahead_prepare(bench->ahead, 0, 1000);
	assert_false(place_has(bench->place, "000016"));
}

static void they_are_made_again_when_half_of_them_are_taken(void **state)
{
	struct bench *bench = *state;

	hd_ahead_prepare(bench->ahead, 0, 4);
	assert_true(hd_ahead_take(bench->ahead, 0));
	hd_ahead_prepare(bench->ahead, 1, 4);
	assert_false(place_has(bench->place, "000004"));
	assert_true(hd_ahead_take(bench->ahead, 1));
	hd_ahead_prepare(bench->ahead, 2, 4);
	assert_true(place_has(bench->place, "000005"));
}

static void those_of_trials_that_never_started_make_room(void **state)
{
	struct bench *bench = *state;

	hd_ahead_prepare(bench->ahead, 0, HD_AHEAD_MOST);
	for (size_t i = 8; i < HD_AHEAD_MOST; i++)
		assert_true(hd_ahead_take(bench->ahead, i));
	for (size_t first = 16; first < 40; first++) {
		hd_ahead_prepare(bench->ahead, first, HD_AHEAD_MOST);
		hd_ahead_take(bench->ahead, first);
	}
	assert_true(hd_ahead_take(bench->ahead, 40));
}

static void a_folder_that_was_there_is_not_ready(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(place_make(bench->place, "000001"), 1);
	assert_trial(bench->place, "000001");
	hd_ahead_prepare(bench->ahead, 0, 3);
	assert_true(hd_ahead_take(bench->ahead, 0));
	assert_false(hd_ahead_take(bench->ahead, 1));
	assert_true(hd_ahead_take(bench->ahead, 2));
	assert_folder_holds(folder_path(bench->place->sweep, "000001"), "outputs/x", "x");
}

/* A file in the way of a folder stands for a disk that is full. */
static void one_that_cannot_be_made_is_left_to_the_loop(void **state)
{
	struct bench *bench = *state;

	folder_write(bench->place->sweep, "000001", "a file", 0644);
	hd_ahead_prepare(bench->ahead, 0, 3);
	assert_false(hd_ahead_take(bench->ahead, 1));
	assert_true(place_make(bench->place, "000001") < 0);
	assert_true(hd_ahead_take(bench->ahead, 2));
	bench_close(bench);
	assert_folder_holds(bench->place->sweep, "000001", "a file");
}

static void what_no_trial_took_is_gone_at_the_end(void **state)
{
	struct bench *bench = *state;

	hd_ahead_prepare(bench->ahead, 0, 4);
	assert_true(hd_ahead_take(bench->ahead, 0));
	bench_close(bench);
	assert_trial(bench->place, "000000");
	assert_false(place_has(bench->place, "000001"));
	assert_false(place_has(bench->place, "000003"));
}

static void what_holds_a_file_is_kept(void **state)
{
	struct bench *bench = *state;

	hd_ahead_prepare(bench->ahead, 0, 4);
	folder_write(folder_path(bench->place->sweep, "000001"), "params.json", "{}", 0644);
	folder_write(folder_path(bench->place->sweep, "000002/work/outputs"), "x", "x", 0644);
	bench_close(bench);
	assert_trial(bench->place, "000001");
	assert_folder_holds(folder_path(bench->place->sweep, "000002"), "work/outputs/x", "x");
	assert_false(place_has(bench->place, "000003"));
}

static void what_links_lead_to_is_kept(void **state)
{
	struct bench *bench = *state;

	hd_ahead_prepare(bench->ahead, 0, 1);
	folder_remove(folder_path(bench->place->sweep, "000000/work"));
	assert_int_equal(symlink(bench->place->source,
				 folder_path(bench->place->sweep, "000000/work")),
			 0);
	bench_close(bench);
	assert_folder_holds(bench->place->source, "train.py", "source\n");
}

/* The half-made one, and the one that a trial was in. */
static void leave_as_a_killed_engine(struct place *place)
{
	assert_int_equal(place_make(place, "000004"), 1);
	folder_write(folder_path(place->sweep, "000004"), "params.json", "{}", 0644);
	assert_int_equal(place_make(place, "000005"), 1);
	assert_int_equal(mkdir(folder_path(place->sweep, "000006"), 0777), 0);
	assert_int_equal(mkdir(folder_path(place->sweep, "000006/work"), 0777), 0);
	hd_workdir_close(place->workdir);
	place->workdir = NULL;
}

static void what_a_killed_engine_left_is_gone_with_the_next(void **state)
{
	struct bench *bench = *state;
	struct hd_spare *killed = bench->place->spare;

	bench_close(bench);
	leave_as_a_killed_engine(bench->place);
	place_open(bench->place);
	bench_open(bench, false);
	assert_trial(bench->place, "000004");
	assert_false(place_has(bench->place, "000005"));
	assert_false(place_has(bench->place, "000006"));
	hd_spare_close(killed);
}

static void what_a_killed_engine_left_is_filled(void **state)
{
	struct bench *bench = *state;

	assert_int_equal(mkdir(folder_path(bench->place->sweep, "000000"), 0777), 0);
	assert_int_equal(mkdir(folder_path(bench->place->sweep, "000000/work"), 0777), 0);
	hd_ahead_prepare(bench->ahead, 0, 1);
	assert_false(hd_ahead_take(bench->ahead, 0));
	assert_int_equal(place_make(bench->place, "000000"), 0);
	assert_trial(bench->place, "000000");
}

static void a_worker_makes_them_while_the_loop_turns(void **state)
{
	struct bench *bench = *state;

	use_worker(bench);
	hd_ahead_prepare(bench->ahead, 0, 8);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	for (size_t i = 0; i < 8; i++)
		assert_true(hd_ahead_take(bench->ahead, i));
	assert_trial(bench->place, "000000");
	assert_trial(bench->place, "000007");
}

/* Whoever makes it, it is whole and nobody is in it any more. */
static void what_a_worker_is_at_is_waited_for(void **state)
{
	struct bench *bench = *state;
	char name[8];

	use_worker(bench);
	for (size_t i = 0; i < 64; i++) {
		hd_ahead_prepare(bench->ahead, i, 8);
		snprintf(name, sizeof name, "%06zu", i);
		if (!hd_ahead_take(bench->ahead, i))
			assert_true(place_make(bench->place, name) >= 0);
		assert_trial(bench->place, name);
		uv_run(&bench->loop, UV_RUN_NOWAIT);
	}
}

static void a_worker_is_waited_for_at_the_end(void **state)
{
	struct bench *bench = *state;

	use_worker(bench);
	hd_ahead_prepare(bench->ahead, 0, HD_AHEAD_MOST);
	bench_close(bench);
	assert_false(place_has(bench->place, "000000"));
	assert_false(place_has(bench->place, "000015"));
}

static void links_that_wore_out_are_made_anew(void **state)
{
	struct bench *bench = *state;

	use_worker(bench);
	hd_ahead_prepare(bench->ahead, 0, 1);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	assert_true(hd_ahead_take(bench->ahead, 0));
	assert_int_equal(unlink(folder_path(bench->place->sweep, ".spare/links/logs")), 0);
	hd_ahead_prepare(bench->ahead, 1, 1);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	assert_true(hd_ahead_take(bench->ahead, 1));
	hd_ahead_prepare(bench->ahead, 2, 2);
	uv_run(&bench->loop, UV_RUN_DEFAULT);
	assert_int_equal(place_inode(bench->place, "000002/logs"),
			 place_inode(bench->place, "000003/logs"));
	assert_trial(bench->place, "000001");
}

static void without_what_is_shared_there_is_none(void **state)
{
	(void)state;
	assert_null(hd_ahead_open(NULL, NULL, NULL));
	hd_ahead_prepare(NULL, 0, 8);
	assert_false(hd_ahead_take(NULL, 0));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_folder_made_ahead_is_the_trials),
		TEST(no_more_are_made_ahead_than_there_is_room_for),
		TEST(they_are_made_again_when_half_of_them_are_taken),
		TEST(those_of_trials_that_never_started_make_room),
		TEST(a_folder_that_was_there_is_not_ready),
		TEST(one_that_cannot_be_made_is_left_to_the_loop),
		TEST(what_no_trial_took_is_gone_at_the_end),
		TEST(what_holds_a_file_is_kept),
		TEST(what_links_lead_to_is_kept),
		TEST(what_a_killed_engine_left_is_gone_with_the_next),
		TEST(what_a_killed_engine_left_is_filled),
		TEST(a_worker_makes_them_while_the_loop_turns),
		TEST(what_a_worker_is_at_is_waited_for),
		TEST(a_worker_is_waited_for_at_the_end),
		TEST(links_that_wore_out_are_made_anew),
		TEST(without_what_is_shared_there_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
