/*
 * Tests of policies/rungs.c, asha.c and hyperband.c: over random histories,
 * against the same rules counted anew.
 */
#include "rungsbox.h"

static uint32_t noise_state;

static uint32_t noise(uint32_t below)
{
	noise_state = noise_state * 1664525u + 1013904223u;
	return (noise_state >> 8) % below;
}

static double noise_value(void)
{
	static const double odd[] = { NAN, INFINITY, -INFINITY };
	uint32_t pick = noise(50);

	return pick < ROWS(odd) ? odd[pick] : (double)noise(40) / 8 - 2;
}

static size_t plain_first(const struct rungs *rungs, size_t bracket)
{
	size_t rung = rungs->first_rung;

	while (bracket--)
		rung = plain_next(rungs, rung);
	return rung;
}

static bool plain_is_rung(const struct rungs *rungs, size_t bracket, size_t at)
{
	for (size_t rung = plain_first(rungs, bracket); rung <= at;
	     rung = plain_next(rungs, rung))
		if (rung == at)
			return true;
	return false;
}

/* Place of trial INDEX at RUNG among the COUNT of its bracket, one by one. */
static size_t plain_place(const struct rungs *rungs,
			  const struct hd_history *history, size_t index,
			  size_t rung, size_t *count)
{
	size_t bracket = hd_rungs_bracket(rungs, index), before = 0;
	double mine = hd_trial_best(hd_history_trial(history, index), rung);

	*count = 0;
	for (size_t i = 0; i < hd_history_known(history); i++) {
		const struct hd_trial *other = hd_history_known_trial(history, i);
		double theirs = hd_trial_best(other, rung);
		bool old = hd_trial_is_inherited(other);
		enum hd_goal goal = hd_history_goal(history);

		if (hd_trial_intervals(other) < rung ||
		    (!old && hd_rungs_bracket(rungs, hd_trial_number(other)) != bracket))
			continue;
		++*count;
		if (hd_goal_better(goal, theirs, mine))
			before++;
		else if (!hd_goal_worse(goal, theirs, mine) &&
			 (old || hd_trial_number(other) < index))
			before++;
	}
	return before + 1;
}

static bool plain_stops(const struct rungs *rungs,
			const struct hd_history *history, size_t index)
{
	const struct hd_trial *trial = hd_history_trial(history, index), *leader;
	size_t interval = hd_trial_interval(trial), count, place;

	if (!plain_is_rung(rungs, hd_rungs_bracket(rungs, index), interval) ||
	    interval == hd_history_horizon(history))
		return false;
	place = plain_place(rungs, history, index, interval, &count);
	hd_history_best(history, interval, &leader);
	count /= rungs->reduction_factor;
	return place > (count ? count : 1) && leader != trial;
}

/* The rung that trial INDEX waits at for its turn; 0 when it may not go on. */
static size_t plain_waits(const struct rungs *rungs,
			  const struct hd_history *history, size_t index)
{
	const struct hd_trial *trial = hd_history_trial(history, index);
	size_t intervals = hd_trial_intervals(trial), rung = 0, count, place;

	if (hd_trial_end(trial) != HD_END_PAUSED ||
	    hd_trial_state(trial) != HD_TRIAL_CANCELED)
		return 0;
	for (size_t at = 1; at <= intervals; at++)
		if (plain_is_rung(rungs, hd_rungs_bracket(rungs, index), at))
			rung = at;
	if (rung == 0 || isnan(hd_trial_best(trial, rung)))
		return 0;
	place = plain_place(rungs, history, index, rung, &count);
	return place <= count / rungs->reduction_factor ? rung : 0;
}

static const struct hd_trial *plain_promotes(const struct rungs *rungs,
					     const struct hd_history *history)
{
	const struct hd_trial *found = NULL;
	size_t highest = 0;

	for (size_t i = 0; i < hd_history_count(history); i++) {
		const struct hd_trial *trial = hd_history_trial(history, i);
		size_t rung = plain_waits(rungs, history, i);

		if (rung < highest || rung == 0)
			continue;
		if (rung > highest ||
		    hd_goal_better(hd_history_goal(history),
				   hd_trial_best(trial, rung),
				   hd_trial_best(found, rung)))
			found = trial;
		highest = rung;
	}
	return found;
}

/* Forty trials, some of which run: one logs, is judged, and may be paused. */
static void random_history(struct asked *asked, uint32_t seed, size_t *stopped,
			   size_t *promoted)
{
	struct hd_history *history =
		curves_new(seed % 2 ? HD_MAXIMIZE : HD_MINIMIZE);

	noise_state = seed;
	for (size_t i = 0; i < seed % 4; i++) {
		struct hd_trial *old = hd_history_inherit(history, NULL);

		assert_non_null(old);
		for (uint32_t left = noise(20); left > 0; left--)
			assert_int_equal(hd_trial_log(old, noise_value()), 0);
	}
	for (size_t step = 0; step < 600; step++) {
		const struct hd_trial *next = promotes(asked, history);
		struct hd_trial *trial;
		size_t index;

		assert_ptr_equal(next, plain_promotes(asked->state, history));
		if (next && noise(3) == 0) {
			curves_again(hd_history_trial_mutable(
				history, hd_trial_number(next)));
			++*promoted;
		} else if (hd_history_count(history) < 40 && noise(10) == 0) {
			curves_start(history);
		}
		if (hd_history_count(history) == 0)
			continue;
		index = noise((uint32_t)hd_history_count(history));
		trial = hd_history_trial_mutable(history, index);
		if (hd_trial_state(trial) != HD_TRIAL_RUNNING)
			continue;
		assert_int_equal(hd_trial_log(trial, noise_value()), 0);
		if (!stops(asked, index, history)) {
			assert_false(plain_stops(asked->state, history, index));
			if (noise(80) == 0)
				hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
			continue;
		}
		assert_true(plain_stops(asked->state, history, index));
		/* One value more, now and then, before it hears of it. */
		for (uint32_t more = noise(4); more > 2; more--)
			assert_int_equal(hd_trial_log(trial, noise_value()), 0);
		curves_end(trial, noise(6) ? HD_END_PAUSED : HD_END_POLICY);
		++*stopped;
	}
	hd_history_free(history);
}

static void the_rules_hold_over_random_histories(void **state)
{
	static const struct {
		const char *policy;
		double factor, spacing, first, brackets;
	} rows[] = {
		{ "asha", 3, NAN, 3, 1 },
		{ "asha", 2, NAN, 1, 1 },
		{ "asha", 2, NAN, 1, 3 },
		{ "asha", 2, 1.34, 2, 1 },
		{ "asha", 2, 1.01, 1, 2 },
		{ "asha", 2, 4.5, 1, 1 },
		{ "hyperband", 3, NAN, 1, 3 },
		{ "hyperband", 2, NAN, 2, 4 },
		{ "hyperband", 2, 1.5, 1, 3 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t stopped = 0, promoted = 0;
		struct asked asked;

		ASKED(&asked, rows[i].policy,
		      { "reduction_factor", rows[i].factor },
		      { "spacing", rows[i].spacing },
		      { "first_rung", rows[i].first },
		      { "brackets", rows[i].brackets });
		for (uint32_t seed = 0; seed < 30; seed++)
			random_history(&asked, seed, &stopped, &promoted);
		assert_true(stopped > 100);
		assert_true(promoted > 20);
		free(asked.state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rules_hold_over_random_histories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
