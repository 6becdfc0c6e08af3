/* Tests of engine/sweep/trial.c: states, moves, and what a result means. */
#include "check.h"
#include "curves.h"

#include "sweep/history.h"

#define EVENTS 7

/* Every move that is legal, written a second time so that a slip shows. */
static const struct {
	enum hd_trial_state from, to;
	enum hd_trial_event event;
} moves[] = {
	{ HD_TRIAL_QUEUED, HD_TRIAL_STARTING, HD_TRIAL_EVENT_SPAWN },
	{ HD_TRIAL_QUEUED, HD_TRIAL_CANCELED, HD_TRIAL_EVENT_CANCEL },
	{ HD_TRIAL_STARTING, HD_TRIAL_RUNNING, HD_TRIAL_EVENT_SPAWNED },
	{ HD_TRIAL_STARTING, HD_TRIAL_STOPPING, HD_TRIAL_EVENT_STOP },
	{ HD_TRIAL_STARTING, HD_TRIAL_COMPLETED, HD_TRIAL_EVENT_DONE },
	{ HD_TRIAL_STARTING, HD_TRIAL_FAILED, HD_TRIAL_EVENT_FAIL },
	{ HD_TRIAL_STARTING, HD_TRIAL_CANCELED, HD_TRIAL_EVENT_CANCEL },
	{ HD_TRIAL_RUNNING, HD_TRIAL_STOPPING, HD_TRIAL_EVENT_STOP },
	{ HD_TRIAL_RUNNING, HD_TRIAL_COMPLETED, HD_TRIAL_EVENT_DONE },
	{ HD_TRIAL_RUNNING, HD_TRIAL_FAILED, HD_TRIAL_EVENT_FAIL },
	{ HD_TRIAL_RUNNING, HD_TRIAL_CANCELED, HD_TRIAL_EVENT_CANCEL },
	{ HD_TRIAL_STOPPING, HD_TRIAL_COMPLETED, HD_TRIAL_EVENT_DONE },
	{ HD_TRIAL_STOPPING, HD_TRIAL_FAILED, HD_TRIAL_EVENT_FAIL },
	{ HD_TRIAL_STOPPING, HD_TRIAL_CANCELED, HD_TRIAL_EVENT_CANCEL },
	{ HD_TRIAL_STARTING, HD_TRIAL_QUEUED, HD_TRIAL_EVENT_AGAIN },
	{ HD_TRIAL_RUNNING, HD_TRIAL_QUEUED, HD_TRIAL_EVENT_AGAIN },
	{ HD_TRIAL_STOPPING, HD_TRIAL_QUEUED, HD_TRIAL_EVENT_AGAIN },
	{ HD_TRIAL_FAILED, HD_TRIAL_QUEUED, HD_TRIAL_EVENT_AGAIN },
	{ HD_TRIAL_CANCELED, HD_TRIAL_QUEUED, HD_TRIAL_EVENT_AGAIN },
};

/* A fresh trial brought to STATE by legal moves. */
static struct hd_trial *trial_in(struct hd_history *history,
				 enum hd_trial_state state)
{
	struct hd_trial *trial = hd_history_add(history, NULL);

	assert_non_null(trial);
	switch (state) {
	case HD_TRIAL_QUEUED:
		return trial;
	case HD_TRIAL_STARTING:
		hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
		return trial;
	case HD_TRIAL_RUNNING:
	case HD_TRIAL_STOPPING:
	case HD_TRIAL_COMPLETED:
	case HD_TRIAL_FAILED:
	case HD_TRIAL_CANCELED:
		hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
		hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
		break;
	}
	if (state == HD_TRIAL_STOPPING)
		hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	else if (state == HD_TRIAL_COMPLETED)
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	else if (state == HD_TRIAL_FAILED)
		hd_trial_move(trial, HD_TRIAL_EVENT_FAIL);
	else if (state == HD_TRIAL_CANCELED)
		hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	return trial;
}

/* The row of moves for this pair; ROWS(moves) for none. */
static size_t move_of(int from, int event)
{
	size_t i = 0;

	while (i < ROWS(moves) && ((int)moves[i].from != from ||
				   (int)moves[i].event != event))
		i++;
	return i;
}

static void every_pair_of_state_and_event_is_decided(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);

	(void)state;
	for (int from = 0; from < HD_TRIAL_STATES; from++)
		for (int event = 0; event < EVENTS; event++) {
			struct hd_trial *trial =
				trial_in(history, (enum hd_trial_state)from);
			size_t row = move_of(from, event);
			bool can = hd_trial_can(trial,
						(enum hd_trial_event)event);

			assert_int_equal(hd_trial_state(trial), from);
			assert_int_equal(can, row < ROWS(moves));
			if (!can)
				continue;
			hd_trial_move(trial, (enum hd_trial_event)event);
			assert_int_equal(hd_trial_state(trial), moves[row].to);
		}
	hd_history_free(history);
}

static void hd_096_queued_and_ended_trials_cannot_be_stopped(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);

	(void)state;
	for (int i = 0; i < HD_TRIAL_STATES; i++) {
		enum hd_trial_state from = (enum hd_trial_state)i;
		struct hd_trial *trial = trial_in(history, from);

		assert_int_equal(hd_trial_can(trial, HD_TRIAL_EVENT_STOP),
				 from == HD_TRIAL_STARTING ||
					 from == HD_TRIAL_RUNNING);
		if (!hd_trial_state_is_terminal(from))
			continue;
		for (int event = 0; event < EVENTS; event++)
			/* Another attempt is all that there can be. */
			assert_true(event == HD_TRIAL_EVENT_AGAIN ||
				    !hd_trial_can(trial,
						  (enum hd_trial_event)event));
	}
	hd_history_free(history);
}

static void hd_098_a_stopped_trial_ends_canceled_by_policy(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial = trial_in(history, HD_TRIAL_RUNNING);

	(void)state;
	assert_int_equal(hd_trial_end(trial), HD_END_NONE);
	hd_trial_set_end(trial, HD_END_POLICY);
	hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	/* A later reason does not hide the first one. */
	hd_trial_set_end(trial, HD_END_SIGNAL);
	hd_trial_move(trial, HD_TRIAL_EVENT_CANCEL);
	assert_int_equal(hd_trial_state(trial), HD_TRIAL_CANCELED);
	assert_int_equal(hd_trial_end(trial), HD_END_POLICY);
	hd_history_free(history);
}

static void hd_108_status_words_are_azures(void **state)
{
	static const char *const words[HD_TRIAL_STATES] = {
		"Queued", "Starting", "Running", "CancelRequested",
		"Completed", "Failed", "Canceled"
	};
	enum hd_trial_state found;

	(void)state;
	for (int i = 0; i < HD_TRIAL_STATES; i++) {
		assert_string_equal(
			hd_trial_state_name((enum hd_trial_state)i), words[i]);
		assert_true(hd_trial_state_find(words[i], &found));
		assert_int_equal(found, i);
	}
	assert_false(hd_trial_state_find("Cancelled", &found));
	assert_false(hd_trial_state_find("running", &found));
	assert_false(hd_trial_state_find("", &found));
}

static void ends_are_found_by_their_names(void **state)
{
	enum hd_end found;

	(void)state;
	for (int i = 0; i < HD_ENDS; i++) {
		assert_true(hd_end_find(hd_end_name((enum hd_end)i), &found));
		assert_int_equal(found, i);
	}
	assert_string_equal(hd_end_name(HD_END_NONE), "");
	assert_string_equal(hd_end_name(HD_END_POLICY), "policy");
	assert_false(hd_end_find("Policy", &found));
}

static void goals_compare_strictly_and_nan_is_worst(void **state)
{
	(void)state;
	assert_string_equal(hd_goal_name(HD_MAXIMIZE), "maximize");
	assert_string_equal(hd_goal_name(HD_MINIMIZE), "minimize");
	assert_true(hd_goal_better(HD_MAXIMIZE, 2, 1));
	assert_false(hd_goal_better(HD_MINIMIZE, 2, 1));
	assert_true(hd_goal_worse(HD_MINIMIZE, 2, 1));
	for (int goal = 0; goal < 2; goal++) {
		assert_false(hd_goal_better((enum hd_goal)goal, 1, 1));
		assert_false(hd_goal_worse((enum hd_goal)goal, 1, 1));
		assert_true(hd_goal_better((enum hd_goal)goal, -INFINITY, NAN));
		assert_true(hd_goal_worse((enum hd_goal)goal, NAN, INFINITY));
		assert_false(hd_goal_better((enum hd_goal)goal, NAN, NAN));
		assert_false(hd_goal_worse((enum hd_goal)goal, NAN, NAN));
	}
}

static void hd_080_an_interval_is_one_logged_value(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial = curves_start(history);

	(void)state;
	assert_int_equal(hd_trial_intervals(trial), 0);
	assert_true(isnan(hd_trial_overall(trial)));
	assert_true(isnan(hd_trial_last(trial)));
	assert_true(isnan(hd_trial_value(trial, 0)));
	assert_int_equal(hd_trial_best_interval(trial), 0);
	for (size_t i = 1; i <= 1000; i++) {
		assert_int_equal(hd_trial_log(trial, (double)(i % 7)), 0);
		assert_int_equal(hd_trial_interval(trial), i);
		assert_true(hd_trial_value(trial, i) == (double)(i % 7));
		assert_true(isnan(hd_trial_value(trial, i + 1)));
		assert_true(isnan(hd_trial_best(trial, i + 1)));
		assert_true(isnan(hd_trial_mean(trial, i + 1)));
	}
	assert_int_equal(hd_trial_best_interval(trial), 6);
	assert_true(hd_trial_mean(trial, 7) - 3 < 1e-12);
	hd_history_free(history);
}

static void hd_110_a_trials_value_is_the_best_of_all_it_logged(void **state)
{
	static const double values[] = { 0.3, 0.9, 0.9, 0.1 };
	struct hd_history *up = curves_new(HD_MAXIMIZE);
	struct hd_history *down = curves_new(HD_MINIMIZE);
	struct hd_trial *highest = curves_add_values(up, values, 4);
	struct hd_trial *lowest = curves_add_values(down, values, 4);

	(void)state;
	assert_true(hd_trial_overall(highest) == 0.9);
	assert_int_equal(hd_trial_best_interval(highest), 2);
	assert_true(hd_trial_best(highest, 1) == 0.3);
	assert_true(hd_trial_overall(lowest) == 0.1);
	assert_int_equal(hd_trial_best_interval(lowest), 4);
	assert_true(hd_trial_best(lowest, 3) == 0.3);
	assert_true(hd_trial_last(highest) == 0.1);
	hd_history_free(up);
	hd_history_free(down);
}

static void hd_097_nan_counts_as_an_interval_and_never_wins(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *trial = curves_add(history, NAN, 2, NAN, 3);

	(void)state;
	assert_int_equal(hd_trial_intervals(trial), 4);
	assert_true(isnan(hd_trial_best(trial, 1)));
	assert_true(hd_trial_best(trial, 2) == 2);
	assert_true(hd_trial_best(trial, 3) == 2);
	assert_int_equal(hd_trial_best_interval(trial), 2);
	assert_true(isnan(hd_trial_mean(trial, 2)));
	assert_true(isnan(hd_trial_mean(trial, 4)));
	hd_history_free(history);
}

static void the_mean_of_equal_values_is_that_value(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	static const double values[] = { 0.1, 1.0 / 3, 1e308, -1e308, 5e-324,
					 INFINITY, -INFINITY };

	(void)state;
	for (size_t i = 0; i < ROWS(values); i++) {
		struct hd_trial *trial = curves_flat(history, values[i], 100);

		for (size_t n = 1; n <= 100; n++)
			assert_true(hd_trial_mean(trial, n) == values[i]);
	}
	hd_history_free(history);
}

static void the_mean_is_near_the_sum_and_does_not_overflow(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *trial = curves_start(history);
	double sum = 0;

	(void)state;
	for (size_t i = 1; i <= 1000; i++) {
		double value = sin((double)i) * 100 + 1;

		sum += value;
		assert_int_equal(hd_trial_log(trial, value), 0);
		assert_close(hd_trial_mean(trial, i), sum / (double)i, 1e-11);
	}
	trial = curves_add(history, 1.7e308, 1.7e308, -1.7e308, -1.7e308);
	assert_true(isfinite(hd_trial_mean(trial, 4)));
	trial = curves_add(history, 1, INFINITY, 1);
	assert_true(hd_trial_mean(trial, 3) == INFINITY);
	trial = curves_add(history, INFINITY, -INFINITY);
	assert_true(isnan(hd_trial_mean(trial, 2)));
	hd_history_free(history);
}

static void rank_follows_reduce(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial = curves_add(history, 9, 1, 2, 6);
	struct hd_trial *empty = curves_start(history);

	(void)state;
	assert_true(hd_trial_rank(trial, HD_REDUCE_BEST, 0) == 9);
	assert_true(hd_trial_rank(trial, HD_REDUCE_LAST, 0) == 6);
	assert_close(hd_trial_rank(trial, HD_REDUCE_MEAN, 3), 3, 1e-12);
	assert_close(hd_trial_rank(trial, HD_REDUCE_MEAN, 1), 6, 1e-12);
	assert_close(hd_trial_rank(trial, HD_REDUCE_MEAN, 99), 4.5, 1e-12);
	assert_true(isnan(hd_trial_rank(empty, HD_REDUCE_BEST, 0)));
	assert_true(isnan(hd_trial_rank(empty, HD_REDUCE_LAST, 0)));
	assert_true(isnan(hd_trial_rank(empty, HD_REDUCE_MEAN, 3)));
	hd_history_free(history);
}

static void values_are_copied(void **state)
{
	struct hd_history *history = hd_history_new(HD_MAXIMIZE, 2);
	struct hd_value values[2] = {
		{ .kind = HD_VALUE_REAL, .number = 0.5 },
		{ .kind = HD_VALUE_INTEGER, .number = 3, .integer = 3 },
	};
	struct hd_trial *trial;

	(void)state;
	assert_non_null(history);
	trial = hd_history_add(history, values);
	assert_non_null(trial);
	values[0].number = 7;
	assert_true(hd_trial_values(trial)[0].number == 0.5);
	assert_true(hd_trial_values(trial)[1].integer == 3);
	assert_int_equal(hd_trial_number(trial), 0);
	assert_false(hd_trial_is_inherited(trial));
	hd_history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_pair_of_state_and_event_is_decided),
		cmocka_unit_test(hd_096_queued_and_ended_trials_cannot_be_stopped),
		cmocka_unit_test(hd_098_a_stopped_trial_ends_canceled_by_policy),
		cmocka_unit_test(hd_108_status_words_are_azures),
		cmocka_unit_test(ends_are_found_by_their_names),
		cmocka_unit_test(goals_compare_strictly_and_nan_is_worst),
		cmocka_unit_test(hd_080_an_interval_is_one_logged_value),
		cmocka_unit_test(hd_110_a_trials_value_is_the_best_of_all_it_logged),
		cmocka_unit_test(hd_097_nan_counts_as_an_interval_and_never_wins),
		cmocka_unit_test(the_mean_of_equal_values_is_that_value),
		cmocka_unit_test(the_mean_is_near_the_sum_and_does_not_overflow),
		cmocka_unit_test(rank_follows_reduce),
		cmocka_unit_test(values_are_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
