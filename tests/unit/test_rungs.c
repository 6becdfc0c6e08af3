/*
 * Tests of policies/rungs.c, asha.c and hyperband.c: the rules by hand. Over
 * random histories: test_rungs_random.c.
 */
#include "rungsbox.h"

#include <float.h>

/* --- asha, stopping -------------------------------------------------------- */

static void asha_judges_at_its_rungs_alone(void **state)
{
	static const size_t defaults[] = { 3, 9, 27, 81 };
	static const size_t others[] = { 2, 8, 32 };
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	size_t next = 0, other = 0;
	struct asked asked, second;
	struct hd_trial *trial;

	(void)state;
	asked_init(&asked, "asha", NULL);
	ASKED(&second, "asha", { "first_rung", 2 }, { "reduction_factor", 4 });
	curves_flat(history, 0.9, 100);
	trial = curves_start(history);
	for (size_t interval = 1; interval <= 100; interval++) {
		bool due = next < ROWS(defaults) && defaults[next] == interval;
		bool too = other < ROWS(others) && others[other] == interval;

		assert_int_equal(hd_trial_log(trial, 0.1), 0);
		assert_int_equal(stops(&asked, 1, history), due);
		assert_int_equal(stops(&second, 1, history), too);
		next += due;
		other += too;
	}
	assert_int_equal(next, ROWS(defaults));
	assert_int_equal(other, ROWS(others));
	free(asked.state);
	free(second.state);
	hd_history_free(history);
}

/* Judged, over so many INTERVALS, at rungs by the definition and no other. */
static void check_rungs(struct asked *asked, const size_t *rungs, size_t count,
			size_t intervals)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	size_t rung = asked->state->first_rung, met = 0;
	struct hd_trial *trial;

	curves_flat(history, 0.9, intervals);
	trial = curves_start(history);
	for (size_t interval = 1; interval <= intervals; interval++) {
		assert_int_equal(hd_trial_log(trial, 0.1), 0);
		assert_int_equal(stops(asked, 1, history), interval == rung);
		if (interval != rung)
			continue;
		if (met < count)
			assert_int_equal(rung, rungs[met]);
		met++;
		rung = plain_next(asked->state, rung);
	}
	assert_true(met >= count);
	hd_history_free(history);
}

static void the_next_rung_is_spacing_times_as_far(void **state)
{
	static const struct {
		double factor, spacing, first;
		size_t rungs[12];
	} rows[] = {
		{ 2, 1.34, 2, { 2, 3, 4, 5, 7, 9, 12, 16, 21, 28, 38, 51 } },
		{ 3, 1.6, 2, { 2, 3, 5, 8, 13, 21, 34, 54, 86, 138, 221, 354 } },
		{ 4, 2, 2, { 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096 } },
		/* A half rounds up, where binary has a little less of it too. */
		{ 3, 1.7, 5, { 5, 9, 15, 26, 44, 75, 128, 218, 371, 631, 1073, 1824 } },
		{ 3, 1.003, 499, { 499, 500, 502, 504, 506 } },
		{ 3, 2.5, 1, { 1, 3, 8, 20, 50, 125, 313, 783, 1958 } },
		{ 3, 1.01, 145, { 145, 146, 147, 148, 149, 150, 152, 154, 156, 158, 160, 162 } },
		{ 2, 1000, 3, { 3, 3000 } },
		{ 2, NAN, 3, { 3, 6, 12, 24, 48, 96, 192, 384, 768, 1536, 3072 } },
		{ 7, NAN, 1, { 1, 7, 49, 343, 2401 } },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct asked asked;
		size_t count = 0;

		while (count < ROWS(rows[i].rungs) && rows[i].rungs[count])
			count++;
		ASKED(&asked, "asha", { "reduction_factor", rows[i].factor },
		      { "spacing", rows[i].spacing },
		      { "first_rung", rows[i].first });
		check_rungs(&asked, rows[i].rungs, count, 5000);
		free(asked.state);
	}
}

/* Every interval, then every other one...: passed in leaps, and none missed. */
static void close_rungs_are_all_met(void **state)
{
	static const double spacings[] = { 1 + DBL_EPSILON, 1.0000001, 1.0001,
					   1.0005, 1.003, 1.05 };

	(void)state;
	for (size_t i = 0; i < ROWS(spacings); i++) {
		struct asked asked;

		ASKED(&asked, "asha", { "spacing", spacings[i] },
		      { "first_rung", 1 });
		check_rungs(&asked, NULL, 0, 20000);
		free(asked.state);
	}
}

static void a_spacing_of_1_is_refused(void **state)
{
	static const char *const policies[] = { "asha", "hyperband" };

	(void)state;
	for (size_t i = 0; i < ROWS(policies); i++) {
		const struct hd_policy_type *type = hd_policy_type_find(policies[i]);
		void *rungs = curves_state(type);
		struct hd_error err = { 0 };

		curves_option(type, rungs, "spacing", 1);
		assert_int_equal(type->init(rungs, &err), HD_EINVAL);
		assert_string_equal(err.text, "'spacing' must be greater than 1, got 1");
		free(rungs);
	}
}

static void the_best_third_at_a_rung_goes_on(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct asked asked;

	(void)state;
	asked_init(&asked, "asha", NULL);
	for (size_t i = 0; i < 11; i++)
		curves_flat(history, 0.9 - 0.1 * (double)i, 3);
	for (size_t i = 0; i < 11; i++)
		assert_int_equal(stops(&asked, i, history), i >= 3);
	assert_true(stops(&asked, 4, history));
	assert_string_equal(asked.why.text,
			    "place 5 of 11 at rung 3, best so far 0.5; the best "
			    "3 (1/3) go on");
	assert_true(asked.why.mine == 5 && asked.why.limit == 3);
	assert_int_equal(asked.why.compared, 11);
	free(asked.state);
	hd_history_free(history);
}

static void of_the_first_at_a_rung_the_best_goes_on(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct asked asked;

	(void)state;
	asked_init(&asked, "asha", NULL);
	curves_flat(history, 5, 3);
	assert_false(stops(&asked, 0, history));
	curves_flat(history, 6, 3);
	assert_true(stops(&asked, 1, history));
	assert_string_equal(asked.why.text,
			    "place 2 of 2 at rung 3, best so far 6; the best 1 "
			    "(1/3) goes on");
	curves_flat(history, 4, 3);
	assert_false(stops(&asked, 2, history));
	free(asked.state);
	hd_history_free(history);
}

static void what_counts_is_the_best_up_to_the_rung(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct asked asked;

	(void)state;
	asked_init(&asked, "asha", NULL);
	/* Better later, and better before. */
	curves_add(history, 0.1, 0.1, 0.1, 0.99);
	curves_add(history, 0.8, 0.2, 0.2);
	curves_flat(history, 0.5, 3);
	assert_false(stops(&asked, 1, history));
	assert_true(stops(&asked, 2, history));
	free(asked.state);
	hd_history_free(history);
}

static void ended_and_inherited_trials_are_compared_with(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *old;
	struct asked asked;

	(void)state;
	asked_init(&asked, "asha", NULL);
	old = hd_history_inherit(history, NULL);
	assert_non_null(old);
	curves_log(old, (const double[]){ 0.9, 0.9, 0.9 }, 3);
	curves_end(curves_flat(history, 0.8, 3), HD_END_PAUSED);
	hd_trial_move(curves_flat(history, 0.7, 4), HD_TRIAL_EVENT_DONE);
	hd_trial_move(curves_flat(history, 0.99, 2), HD_TRIAL_EVENT_FAIL);
	curves_flat(history, 0.6, 3);
	assert_true(stops(&asked, 3, history));
	assert_string_equal(asked.why.text,
			    "place 4 of 4 at rung 3, best so far 0.6; the best 1 "
			    "(1/3) goes on");
	free(asked.state);
	hd_history_free(history);
}

static void the_leader_goes_on_behind_an_equal(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *first = curves_start(history);
	struct asked asked;

	(void)state;
	asked_init(&asked, "asha", NULL);
	/* Of equals the lower number stands first, the other came first. */
	curves_flat(history, 0.5, 3);
	curves_log(first, (const double[]){ 0.5, 0.5, 0.5 }, 3);
	assert_false(stops(&asked, 0, history));
	assert_false(stops(&asked, 1, history));
	free(asked.state);
	hd_history_free(history);
}

static void a_rung_at_the_end_of_the_trials_stops_nobody(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct asked asked;

	(void)state;
	asked_init(&asked, "asha", NULL);
	curves_flat(history, 0.9, 9);
	curves_flat(history, 0.1, 9);
	assert_true(stops(&asked, 1, history));
	hd_trial_move(hd_history_trial_mutable(history, 0), HD_TRIAL_EVENT_DONE);
	assert_false(stops(&asked, 1, history));
	/* One that completed after 10 says that 9 is not the end. */
	hd_trial_move(curves_flat(history, 0.5, 10), HD_TRIAL_EVENT_DONE);
	assert_true(stops(&asked, 1, history));
	free(asked.state);
	hd_history_free(history);
}

static void a_stop_pauses_where_one_may_be_promoted(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct asked pausing, stopping;

	(void)state;
	asked_init(&pausing, "asha", NULL);
	ASKED(&stopping, "asha", { "promote", 0 });
	curves_flat(history, 2, 3);
	curves_flat(history, 1, 3);
	assert_true(stops(&pausing, 1, history));
	assert_true(pausing.why.pauses);
	assert_true(stops(&stopping, 1, history));
	assert_false(stopping.why.pauses);
	/* Three places, of which one goes on: it would be the first. */
	curves_end(curves_flat(history, 3, 3), HD_END_PAUSED);
	assert_non_null(promotes(&pausing, history));
	assert_null(promotes(&stopping, history));
	free(pausing.state);
	free(stopping.state);
	hd_history_free(history);
}

/* --- asha, promotion ------------------------------------------------------- */

#define HALVES                        \
	{ "first_rung", 1 },          \
	{                             \
		"reduction_factor", 2 \
	}

static void the_best_that_waits_is_promoted(void **state)
{
	static const double values[] = { 0.7, 0.9, 0.6, 0.8 };
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", HALVES);
	assert_null(promotes(&asked, history));
	for (size_t i = 0; i < ROWS(values); i++) {
		curves_end(curves_flat(history, values[i], 1), HD_END_PAUSED);
		/* Alone nobody is among the best half. */
		assert_int_equal(promotes(&asked, history) == NULL, i < 1);
	}
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 1));
	assert_string_equal(asked.why.text,
			    "place 1 of 4 at rung 1, best so far 0.9; the best 2 "
			    "(1/2) go on");
	curves_again(hd_history_trial_mutable(history, 1));
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 3));
	assert_true(asked.why.mine == 2 && asked.why.limit == 2);
	curves_again(hd_history_trial_mutable(history, 3));
	assert_null(promotes(&asked, history));
	/* Two more come: now three of the six go on. */
	curves_end(curves_flat(history, 0.1, 1), HD_END_PAUSED);
	assert_null(promotes(&asked, history));
	curves_end(curves_flat(history, 0.2, 1), HD_END_PAUSED);
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 0));
	free(asked.state);
	hd_history_free(history);
}

static void the_highest_rung_is_promoted_from_first(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", HALVES);
	for (size_t i = 0; i < 4; i++)
		curves_end(curves_flat(history, 1 + (double)i, 1), HD_END_PAUSED);
	curves_end(curves_flat(history, 8, 2), HD_END_PAUSED);
	/* One alone at rung 2 does not go on; the best of rung 1 does. */
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 0));
	curves_end(curves_flat(history, 9, 2), HD_END_PAUSED);
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 4));
	assert_string_equal(asked.why.text,
			    "place 1 of 2 at rung 2, best so far 8; the best 1 "
			    "(1/2) goes on");
	free(asked.state);
	hd_history_free(history);
}

/* It logged more than its rung before it heard of the stop. */
static void a_trial_belongs_to_the_highest_rung_it_came_to(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", HALVES);
	curves_end(curves_flat(history, 1, 5), HD_END_PAUSED);
	curves_end(curves_flat(history, 2, 7), HD_END_PAUSED);
	curves_end(curves_flat(history, 3, 1), HD_END_PAUSED);
	curves_end(curves_flat(history, 4, 1), HD_END_PAUSED);
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 0));
	assert_non_null(strstr(asked.why.text, "place 1 of 2 at rung 4"));
	/* Both of rung 1's best are of rung 4; nobody else of it may. */
	curves_again(hd_history_trial_mutable(history, 0));
	assert_null(promotes(&asked, history));
	free(asked.state);
	hd_history_free(history);
}

static void only_what_pauses_is_promoted(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct hd_trial *old = hd_history_inherit(history, NULL);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", HALVES);
	assert_non_null(old);
	assert_int_equal(hd_trial_log(old, 0), 0);
	curves_end(curves_flat(history, 1, 1), HD_END_POLICY);
	curves_end(curves_flat(history, 2, 1), HD_END_USER);
	hd_trial_move(curves_flat(history, 3, 1), HD_TRIAL_EVENT_DONE);
	hd_trial_move(curves_flat(history, 4, 1), HD_TRIAL_EVENT_FAIL);
	curves_flat(history, 5, 1);
	/* It is asked to stop and has not: its end is set before. */
	hd_trial_set_end(hd_history_trial_mutable(history, 4), HD_END_PAUSED);
	hd_trial_move(hd_history_trial_mutable(history, 4), HD_TRIAL_EVENT_STOP);
	for (size_t i = 0; i < 6; i++)
		curves_flat(history, 10, 1);
	assert_null(promotes(&asked, history));
	hd_trial_move(hd_history_trial_mutable(history, 4), HD_TRIAL_EVENT_CANCEL);
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 4));
	free(asked.state);
	hd_history_free(history);
}

static void a_trial_without_a_value_is_not_promoted(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", HALVES);
	for (size_t i = 0; i < 6; i++)
		curves_end(curves_flat(history, NAN, 1), HD_END_PAUSED);
	assert_null(promotes(&asked, history));
	curves_end(curves_flat(history, -1e300, 1), HD_END_PAUSED);
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 6));
	free(asked.state);
	hd_history_free(history);
}

/* Rungs 2, 3, 5, 8, 12: who logged 4 or 7 is of 3 or 5. */
static void between_close_rungs_the_lower_counts(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", { "first_rung", 2 }, { "reduction_factor", 2 },
	      { "spacing", 1.5 });
	curves_end(curves_flat(history, 5, 4), HD_END_PAUSED);
	curves_end(curves_flat(history, 4, 3), HD_END_PAUSED);
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 1));
	assert_string_equal(asked.why.text,
			    "place 1 of 2 at rung 3, best so far 4; the best 1 "
			    "(1/2) goes on");
	curves_end(curves_flat(history, 7, 7), HD_END_PAUSED);
	curves_end(curves_flat(history, 8, 5), HD_END_PAUSED);
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 2));
	assert_non_null(strstr(asked.why.text, "place 1 of 2 at rung 5"));
	curves_again(hd_history_trial_mutable(history, 2));
	/* Of rung 3's four the best two: one waits there, both at 5 do not. */
	assert_ptr_equal(promotes(&asked, history), hd_history_trial(history, 1));
	assert_non_null(strstr(asked.why.text, "place 1 of 4 at rung 3"));
	free(asked.state);
	hd_history_free(history);
}

/* --- brackets -------------------------------------------------------------- */

static void a_place_climbed_counts_as_many_as_climb_says(void **state)
{
	struct hd_history *history = curves_new(HD_MINIMIZE);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", { "climb", 0.5 });
	/* Half of 3 is 2. There the last was last, and now it is third. */
	curves_add(history, 1, 1, 1);
	curves_add(history, 2, 2, 2);
	curves_add(history, 4, 4, 4);
	curves_add(history, 5, 5, 5);
	curves_add(history, 6, 6, 6);
	curves_add(history, 9, 8, 3);
	/* 3 - 3/2 is before 2, and 4 + 1/2 behind it. */
	assert_false(stops(&asked, 5, history));
	assert_true(stops(&asked, 1, history));
	assert_string_equal(asked.why.text,
			    "place 3 of 6 at rung 3, best so far 2; the best 2 "
			    "(1/3) go on");
	assert_true(stops(&asked, 2, history));
	assert_string_equal(asked.why.text,
			    "place 4 of 6 at rung 3, best so far 4, 1 place lost "
			    "since 2; the best 2 (1/3) go on");
	free(asked.state);
	ASKED(&asked, "asha", { "climb", 0 });
	assert_true(stops(&asked, 5, history));
	assert_false(stops(&asked, 1, history));
	free(asked.state);
	hd_history_free(history);
}

static void who_climbed_is_promoted_first(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	const struct hd_trial *found;
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", { "climb", 1 });
	for (size_t i = 0; i < 5; i++)
		curves_flat(history, (double)i, 3);
	curves_add(history, -2, -1, 3.5); /* from the last place to the second */
	for (size_t i = 0; i < 6; i++)
		curves_end(hd_history_trial_mutable(history, i), HD_END_PAUSED);
	found = promotes(&asked, history);
	assert_non_null(found);
	assert_int_equal(hd_trial_number(found), 5);
	assert_string_equal(asked.why.text,
			    "place 1 of 6 at rung 3, best so far 3.5, 4 places "
			    "climbed since 2; the best 2 (1/3) go on");
	free(asked.state);
	hd_history_free(history);
}

static void a_later_bracket_begins_a_rung_later_and_compares_alone(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", { "brackets", 2 });
	/* Even numbers are of the first bracket. */
	for (size_t i = 0; i < 8; i++)
		curves_flat(history, 0.9 - 0.1 * (double)i, 3);
	assert_false(stops(&asked, 0, history));
	assert_true(stops(&asked, 2, history));
	assert_string_equal(asked.why.text,
			    "place 2 of 4 at rung 3 of bracket 1 of 2, best so "
			    "far 0.7; the best 1 (1/3) goes on");
	for (size_t i = 1; i < 8; i += 2)
		assert_false(stops(&asked, i, history));
	for (size_t i = 0; i < 8; i++)
		curves_log(hd_history_trial_mutable(history, i),
			   (const double[]){ 0, 0, 0, 0, 0, 0 }, 6);
	assert_false(stops(&asked, 1, history));
	assert_true(stops(&asked, 3, history));
	assert_string_equal(asked.why.text,
			    "place 2 of 4 at rung 9 of bracket 2 of 2, best so "
			    "far 0.6; the best 1 (1/3) goes on");
	free(asked.state);
	hd_history_free(history);
}

static void a_bracket_begins_a_rung_of_the_sequence_later(void **state)
{
	static const size_t firsts[] = { 2, 3, 4, 5, 7 };
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct asked asked;

	(void)state;
	ASKED(&asked, "asha", { "reduction_factor", 2 }, { "spacing", 1.34 },
	      { "first_rung", 2 }, { "brackets", ROWS(firsts) });
	for (size_t i = 0; i < ROWS(firsts); i++)
		curves_flat(history, 1, 10);
	for (size_t i = 0; i < ROWS(firsts); i++) {
		struct hd_trial *trial = curves_start(history);
		size_t interval = 0;

		do {
			assert_int_equal(hd_trial_log(trial, 0), 0);
			interval++;
		} while (!stops(&asked, ROWS(firsts) + i, history));
		assert_int_equal(interval, firsts[i]);
	}
	free(asked.state);
	hd_history_free(history);
}

/*
 * Rungs 2, 3 and 5, a third going on: 2 + (3 + 5/3)/3 = 32/9, 3 + 5/3 = 14/3 and 5
 * intervals a trial, so that each bracket may have one over that.
 */
static void with_close_rungs_hyperbands_brackets_are_more_alike(void **state)
{
	static const double shares[] = { 9.0 / 32, 3.0 / 14, 1.0 / 5 };
	double sum = shares[0] + shares[1] + shares[2];
	struct asked asked;

	(void)state;
	ASKED(&asked, "hyperband", { "spacing", 1.6 });
	assert_close(asked.state->edges[0], shares[0] / sum, 1e-12);
	assert_close(asked.state->edges[1], (shares[0] + shares[1]) / sum, 1e-12);
	assert_close(asked.state->edges[2], 1, 1e-12);
	free(asked.state);
	ASKED(&asked, "hyperband", { "spacing", 3 });
	assert_close(asked.state->edges[0], 6.0 / 11, 1e-12);
	assert_close(asked.state->edges[1], 9.0 / 11, 1e-12);
	free(asked.state);
}

static void hyperband_gives_most_trials_to_the_first_bracket(void **state)
{
	/* 9/3, 3/2 and 1: of 11 trials 6, 3 and 2. */
	static const double shares[] = { 6.0 / 11, 3.0 / 11, 2.0 / 11 };
	size_t counts[3] = { 0 };
	struct asked asked;

	(void)state;
	asked_init(&asked, "hyperband", NULL);
	for (size_t number = 0; number < 100000; number++) {
		size_t bracket = hd_rungs_bracket(asked.state, number);

		assert_true(bracket < 3);
		counts[bracket]++;
		/* Evenly, so that a sweep of twenty has its shares too. */
		for (size_t s = 0; s < 3; s++)
			assert_true(fabs((double)counts[s] -
					 (double)(number + 1) * shares[s]) < 4);
	}
	free(asked.state);
}

static void a_grids_stride_meets_every_bracket(void **state)
{
	struct asked asked;

	(void)state;
	asked_init(&asked, "hyperband", NULL);
	for (size_t stride = 1; stride <= 64; stride++) {
		size_t counts[3] = { 0 };

		for (size_t i = 0; i < 200; i++)
			counts[hd_rungs_bracket(asked.state, i * stride)]++;
		for (size_t s = 0; s < 3; s++)
			assert_true(counts[s] > 15);
	}
	free(asked.state);
}

/* What is past counting is a rung that nobody comes to. */
static void rungs_past_all_numbers_are_none(void **state)
{
	static const struct {
		const char *policy;
		double factor, spacing, first;
	} rows[] = {
		{ "asha", RUNGS_FACTOR_MOST, NAN, RUNGS_FIRST_MOST },
		{ "asha", 2, RUNGS_SPACING_MOST, RUNGS_FIRST_MOST },
		{ "hyperband", RUNGS_FACTOR_MOST, NAN, 1 },
		{ "hyperband", 2, RUNGS_SPACING_MOST, RUNGS_FIRST_MOST },
		{ "hyperband", RUNGS_FACTOR_MOST, 1 + DBL_EPSILON, RUNGS_FIRST_MOST },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct hd_history *history = curves_new(HD_MAXIMIZE);
		struct asked asked;

		ASKED(&asked, rows[i].policy,
		      { "reduction_factor", rows[i].factor },
		      { "spacing", rows[i].spacing },
		      { "first_rung", rows[i].first },
		      { "brackets", RUNGS_BRACKETS_MOST });
		for (size_t s = 0; s < RUNGS_BRACKETS_MOST; s++) {
			curves_flat(history, (double)s, 4);
			if (!asked.state->shared)
				continue;
			assert_true(asked.state->edges[s] > 0);
			assert_true(asked.state->edges[s] <= 1);
		}
		for (size_t s = 0; s < RUNGS_BRACKETS_MOST; s++)
			assert_false(stops(&asked, s, history));
		assert_null(promotes(&asked, history));
		free(asked.state);
		hd_history_free(history);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asha_judges_at_its_rungs_alone),
		cmocka_unit_test(the_next_rung_is_spacing_times_as_far),
		cmocka_unit_test(close_rungs_are_all_met),
		cmocka_unit_test(a_spacing_of_1_is_refused),
		cmocka_unit_test(the_best_third_at_a_rung_goes_on),
		cmocka_unit_test(of_the_first_at_a_rung_the_best_goes_on),
		cmocka_unit_test(what_counts_is_the_best_up_to_the_rung),
		cmocka_unit_test(ended_and_inherited_trials_are_compared_with),
		cmocka_unit_test(the_leader_goes_on_behind_an_equal),
		cmocka_unit_test(a_rung_at_the_end_of_the_trials_stops_nobody),
		cmocka_unit_test(a_stop_pauses_where_one_may_be_promoted),
		cmocka_unit_test(the_best_that_waits_is_promoted),
		cmocka_unit_test(the_highest_rung_is_promoted_from_first),
		cmocka_unit_test(a_trial_belongs_to_the_highest_rung_it_came_to),
		cmocka_unit_test(only_what_pauses_is_promoted),
		cmocka_unit_test(a_trial_without_a_value_is_not_promoted),
		cmocka_unit_test(between_close_rungs_the_lower_counts),
		cmocka_unit_test(a_place_climbed_counts_as_many_as_climb_says),
		cmocka_unit_test(who_climbed_is_promoted_first),
		cmocka_unit_test(a_later_bracket_begins_a_rung_later_and_compares_alone),
		cmocka_unit_test(a_bracket_begins_a_rung_of_the_sequence_later),
		cmocka_unit_test(with_close_rungs_hyperbands_brackets_are_more_alike),
		cmocka_unit_test(hyperband_gives_most_trials_to_the_first_bracket),
		cmocka_unit_test(a_grids_stride_meets_every_bracket),
		cmocka_unit_test(rungs_past_all_numbers_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
