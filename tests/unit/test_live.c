/* Tests of engine/live: what changed since a number. */
#include "storebox.h"

#include "live/list.h"
#include "live/live.h"

/* Who watches has a connection of its own, as another process would. */
struct watching {
	struct storebox box;
	struct hd_store *reading;
	struct hd_live *live;
	struct hd_live_list *list;
	int64_t keys[8]; /* of trials */
};

static int open_watching(void **state)
{
	struct watching *w = calloc(1, sizeof *w);

	assert_non_null(w);
	box_open(&w->box);
	box_sweep_insert(&w->box, "HD_1", "a", HD_MAXIMIZE);
	box_begin(&w->box);
	for (size_t i = 0; i < 3; i++)
		w->keys[i] = box_trial(&w->box, i);
	box_log(&w->box, w->keys[0], 1, "accuracy", 0.5, 1);
	ok(&w->box, hd_store_trial_metric(w->box.store, w->keys[0], 1, 0.5, 0.5, 0.5, BOX_TIME,
					  &w->box.err));
	box_commit(&w->box);
	ok(&w->box, hd_store_open(&w->reading, w->box.path, HD_STORE_READ, &w->box.err));
	ok(&w->box, hd_live_open(&w->live, w->reading, w->box.sweep, &w->box.err));
	*state = w;
	return 0;
}

static int close_watching(void **state)
{
	struct watching *w = *state;

	hd_live_close(w->live);
	hd_live_list_close(w->list);
	hd_store_close(w->reading);
	box_close(&w->box);
	free(w);
	return 0;
}

static int list_trial(void *user, const struct hd_live_trial *trial)
{
	char *text = user;

	snprintf(text + strlen(text), 200 - strlen(text), "%u:%s:%u ", trial->number,
		 hd_live_state(trial), trial->intervals);
	return 0;
}

static int list_point(void *user, const struct hd_live_point *point)
{
	char *text = user;

	snprintf(text + strlen(text), 200 - strlen(text), "%u(%g)=%g ", point->trial, point->x,
		 point->y);
	return 0;
}

static void expect_trials(struct watching *w, uint64_t since, const char *text)
{
	char found[200] = "";

	assert_int_equal(hd_live_trials_since(w->live, since, list_trial, found), 0);
	assert_string_equal(found, text);
}

static void expect_points(struct watching *w, uint64_t since, const char *text)
{
	char found[200] = "";

	assert_int_equal(hd_live_points_since(w->live, since, list_point, found), 0);
	assert_string_equal(found, text);
}

static void look(struct watching *w)
{
	ok(&w->box, hd_live_look(w->live, &w->box.err));
}

/* Trial NUMBER's next value; SEQUENCE counts those of other metrics too. */
static void log_value(struct watching *w, size_t number, size_t sequence, size_t interval,
		      double value)
{
	box_begin(&w->box);
	box_log(&w->box, w->keys[number], sequence, "accuracy", value, interval);
	ok(&w->box, hd_store_trial_metric(w->box.store, w->keys[number], interval, value, value,
					  value, BOX_TIME, &w->box.err));
	box_commit(&w->box);
}

/* The trial begins its next attempt, from nothing when ANEW. */
static void again(struct watching *w, size_t number, unsigned attempt, bool anew)
{
	const struct hd_again_record record = { .attempt = attempt,
						.anew = anew,
						.queued = BOX_TIME,
						.due = BOX_TIME,
						.detail = "" };

	box_begin(&w->box);
	ok(&w->box, hd_store_trial_queue(w->box.store, w->keys[number], &record, &w->box.err));
	box_commit(&w->box);
}

static void the_first_look_is_number_one(void **state)
{
	struct watching *w = *state;

	assert_int_equal(hd_live_seq(w->live), 1);
	assert_true(hd_live_epoch(w->live) != 0);
	assert_int_equal(hd_live_count(w->live), 3);
	expect_trials(w, 0, "0:Queued:1 1:Queued:0 2:Queued:0 ");
	expect_trials(w, 1, "");
	expect_points(w, 0, "");
	assert_non_null(strstr(hd_live_status(w->live), "\"name\":\"a\""));
	assert_int_equal(hd_live_find(w->live, 2)->key, w->keys[2]);
	assert_null(hd_live_find(w->live, 3));
	assert_null(hd_live_find(w->live, SIZE_MAX));
}

static void nothing_committed_is_no_change(void **state)
{
	struct watching *w = *state;

	look(w);
	look(w);
	assert_int_equal(hd_live_seq(w->live), 1);
	/* Nor is what changes nothing that is shown. */
	box_begin(&w->box);
	ok(&w->box, hd_store_trial_devices(w->box.store, w->keys[0], "GPU 1", &w->box.err));
	box_commit(&w->box);
	look(w);
	assert_int_equal(hd_live_seq(w->live), 1);
}

static void a_change_is_told_once(void **state)
{
	struct watching *w = *state;

	box_begin(&w->box);
	ok(&w->box, hd_store_trial_state(w->box.store, w->keys[1], HD_TRIAL_RUNNING,
					 BOX_TIME + 1, &w->box.err));
	w->keys[3] = box_trial(&w->box, 3);
	box_commit(&w->box);
	look(w);
	assert_int_equal(hd_live_seq(w->live), 2);
	expect_trials(w, 1, "1:Running:0 3:Queued:0 ");
	expect_trials(w, 2, "");
	assert_int_equal(hd_live_status_seq(w->live), 2);
	log_value(w, 1, 1, 1, 0.25);
	look(w);
	expect_trials(w, 2, "1:Running:1 ");
	expect_trials(w, 1, "1:Running:1 3:Queued:0 ");
}

static void new_values_come_with_their_trial(void **state)
{
	struct watching *w = *state;

	/* Behind one that was there before, and a metric beside it. */
	box_begin(&w->box);
	box_log(&w->box, w->keys[0], 2, "loss", 9, 0);
	box_commit(&w->box);
	log_value(w, 0, 3, 2, 0.75);
	log_value(w, 2, 1, 1, NAN);
	look(w);
	expect_points(w, 1, "0(2)=0.75 2(1)=nan ");
	log_value(w, 0, 4, 3, 0.5);
	look(w);
	expect_points(w, 2, "0(3)=0.5 ");
	expect_points(w, 1, "0(2)=0.75 2(1)=nan 0(3)=0.5 ");
}

static void values_of_an_attempt_that_is_void_are_forgotten(void **state)
{
	struct watching *w = *state;

	log_value(w, 1, 1, 1, 5);
	log_value(w, 0, 2, 2, 0.75);
	look(w);
	again(w, 0, 1, true);
	log_value(w, 0, 1, 1, 0.1);
	look(w);
	expect_trials(w, 2, "0:Queued:1 ");
	assert_int_equal(hd_live_find(w->live, 0)->attempt, 2);
	expect_points(w, 2, "0(1)=0.1 ");
	/* Who is behind learns nothing of what is void. */
	expect_points(w, 1, "1(1)=5 0(1)=0.1 ");
	assert_true(hd_live_knows(w->live, hd_live_epoch(w->live), 1));
}

static void an_attempt_that_goes_on_sends_all_again(void **state)
{
	struct watching *w = *state;

	again(w, 0, 1, false);
	log_value(w, 0, 2, 2, 0.75);
	look(w);
	expect_points(w, 1, "0(1)=0.5 0(2)=0.75 ");
}

static void numbers_of_another_epoch_mean_nothing(void **state)
{
	struct watching *w = *state;
	uint64_t epoch = hd_live_epoch(w->live);

	assert_true(hd_live_knows(w->live, epoch, 1));
	assert_false(hd_live_knows(w->live, epoch, 2));
	assert_false(hd_live_knows(w->live, epoch + 1, 1));
	assert_false(hd_live_knows(w->live, 0, 0));
	hd_live_renew(w->live);
	assert_true(hd_live_epoch(w->live) != epoch);
	assert_false(hd_live_knows(w->live, epoch, 1));
	assert_true(hd_live_knows(w->live, hd_live_epoch(w->live), hd_live_seq(w->live)));
}

static void more_values_than_are_kept_begin_anew(void **state)
{
	struct watching *w = *state;
	uint64_t epoch = hd_live_epoch(w->live);

	for (size_t round = 0; round < 3; round++) {
		box_begin(&w->box);
		for (size_t i = 1; i <= HD_LIVE_POINTS / 2; i++) {
			size_t at = round * (HD_LIVE_POINTS / 2) + i;

			box_log(&w->box, w->keys[1], at, "accuracy", 1, at);
		}
		ok(&w->box, hd_store_trial_metric(w->box.store, w->keys[1],
						  (round + 1) * (HD_LIVE_POINTS / 2), 1, 1, 1,
						  BOX_TIME, &w->box.err));
		box_commit(&w->box);
		look(w);
		assert_true(hd_live_knows(w->live, epoch, round + 1));
	}
	/* The first of three looks had to go. */
	assert_false(hd_live_knows(w->live, epoch, 1));
	assert_true(hd_live_knows(w->live, epoch, 2));
	box_begin(&w->box);
	for (size_t i = 1; i <= HD_LIVE_POINTS + 1; i++)
		box_log(&w->box, w->keys[2], i, "accuracy", 1, i);
	ok(&w->box, hd_store_trial_metric(w->box.store, w->keys[2], HD_LIVE_POINTS + 1, 1, 1, 1,
					  BOX_TIME, &w->box.err));
	box_commit(&w->box);
	look(w);
	assert_false(hd_live_knows(w->live, epoch, 4));
	assert_true(hd_live_knows(w->live, epoch, 5));
}

static void a_trial_that_is_gone_begins_a_new_epoch(void **state)
{
	struct watching *w = *state;
	uint64_t epoch = hd_live_epoch(w->live);

	box_begin(&w->box);
	ok(&w->box, hd_store_exec(w->box.store, "DELETE FROM trial WHERE number = 1", &w->box.err));
	box_commit(&w->box);
	look(w);
	assert_true(hd_live_epoch(w->live) != epoch);
	assert_int_equal(hd_live_count(w->live), 2);
	/* One of the same number is another trial. */
	epoch = hd_live_epoch(w->live);
	box_begin(&w->box);
	ok(&w->box, hd_store_exec(w->box.store, "UPDATE trial SET key = 999 WHERE number = 2",
				  &w->box.err));
	box_commit(&w->box);
	look(w);
	assert_true(hd_live_epoch(w->live) != epoch);
}

static void a_sweep_that_is_gone_is_said_to_be(void **state)
{
	struct watching *w = *state;

	box_begin(&w->box);
	ok(&w->box, hd_store_exec(w->box.store, "DELETE FROM sweep", &w->box.err));
	box_commit(&w->box);
	assert_int_equal(hd_live_look(w->live, &w->box.err), HD_ENOENT);
	/* What is held stays as it was. */
	assert_int_equal(hd_live_count(w->live), 3);
}

static void a_damaged_row_is_told_and_changes_nothing(void **state)
{
	struct watching *w = *state;

	box_begin(&w->box);
	ok(&w->box, hd_store_exec(w->box.store, "UPDATE trial SET state = '<b>' WHERE number = 2",
				  &w->box.err));
	box_commit(&w->box);
	assert_int_equal(hd_live_look(w->live, &w->box.err), HD_ECORRUPT);
	expect_trials(w, 0, "0:Queued:1 1:Queued:0 2:Queued:0 ");
	box_begin(&w->box);
	ok(&w->box, hd_store_exec(w->box.store,
				  "UPDATE trial SET state = 'Canceled', end_reason = 'paused'"
				  " WHERE number = 2",
				  &w->box.err));
	box_commit(&w->box);
	look(w);
	expect_trials(w, 1, "2:Paused:0 ");
}

static void between_looks_the_log_can_be_emptied(void **state)
{
	struct watching *w = *state;
	int log = -1, done = -1;

	log_value(w, 0, 2, 2, 1);
	look(w);
	log_value(w, 0, 3, 3, 1);
	assert_int_equal(sqlite3_wal_checkpoint_v2(w->box.store->db, NULL,
						   SQLITE_CHECKPOINT_TRUNCATE, &log, &done),
			 SQLITE_OK);
	assert_int_equal(log, 0);
	look(w);
	expect_points(w, 2, "0(3)=1 ");
}

/* --- the list of sweeps --------------------------------------------------------- */

static int list_key(void *user, int64_t key)
{
	char *text = user;

	snprintf(text + strlen(text), 100 - strlen(text), "%lld ", (long long)key);
	return 0;
}

static void expect_sweeps(struct watching *w, uint64_t since, const char *text)
{
	char found[100] = "";

	ok(&w->box, hd_live_list_look(w->list, &w->box.err));
	assert_int_equal(hd_live_list_since(w->list, since, list_key, found), 0);
	assert_string_equal(found, text);
}

static void the_list_tells_of_new_and_changed_sweeps(void **state)
{
	struct watching *w = *state;
	uint64_t epoch;

	ok(&w->box, hd_live_list_open(&w->list, w->reading, &w->box.err));
	epoch = hd_live_list_epoch(w->list);
	expect_sweeps(w, 0, "1 ");
	expect_sweeps(w, 1, "");
	box_sweep_insert(&w->box, "HD_2", "b", HD_MINIMIZE);
	expect_sweeps(w, 1, "2 ");
	/* A trial more of the second. */
	box_begin(&w->box);
	box_trial(&w->box, 0);
	box_commit(&w->box);
	expect_sweeps(w, 2, "2 ");
	sweep_state(&w->box, "Canceled", HD_END_USER, BOX_TIME + 9);
	expect_sweeps(w, 3, "2 ");
	assert_int_equal(hd_live_list_seq(w->list), 4);
	assert_true(hd_live_list_knows(w->list, epoch, 4));
	assert_false(hd_live_list_knows(w->list, epoch, 5));
	assert_false(hd_live_list_knows(w->list, epoch ^ 1, 4));
	box_begin(&w->box);
	ok(&w->box, hd_store_exec(w->box.store, "DELETE FROM sweep WHERE key = 1", &w->box.err));
	box_commit(&w->box);
	ok(&w->box, hd_live_list_look(w->list, &w->box.err));
	assert_true(hd_live_list_epoch(w->list) != epoch);
}

#define live_test(name) cmocka_unit_test_setup_teardown(name, open_watching, close_watching)

int main(void)
{
	const struct CMUnitTest tests[] = {
		live_test(the_first_look_is_number_one),
		live_test(nothing_committed_is_no_change),
		live_test(a_change_is_told_once),
		live_test(new_values_come_with_their_trial),
		live_test(values_of_an_attempt_that_is_void_are_forgotten),
		live_test(an_attempt_that_goes_on_sends_all_again),
		live_test(numbers_of_another_epoch_mean_nothing),
		live_test(more_values_than_are_kept_begin_anew),
		live_test(a_trial_that_is_gone_begins_a_new_epoch),
		live_test(a_sweep_that_is_gone_is_said_to_be),
		live_test(a_damaged_row_is_told_and_changes_nothing),
		live_test(between_looks_the_log_can_be_emptied),
		live_test(the_list_tells_of_new_and_changed_sweeps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
