/*
 * Tests of policies/rungs.c, asha.c and hyperband.c: over random histories,
 * against the same rules counted anew.
 */
#include "noise.h"
#include "rungsbox.h"

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

/*
 * Who came to a rung, by index among all known: their best there and half of the
 * way before, their places by value and with what they climbed.
 */
struct plain {
	size_t rung, count;
	enum hd_goal goal;
	bool came[64], ours[64];
	double now[64], half[64];
	double place[64], score[64];
};

/*
 * The K-th's place by VALUES, from 1 on, among those of this sweep alone when
 * OURS. Of equals the earlier is the better, or MIDDLE: all have the same.
 */
static double plain_by_value(const struct plain *plain, const double *values,
			     size_t k, bool ours, bool middle)
{
	size_t better = 0, older = 0, equals = 0;

	for (size_t i = 0; i < plain->count; i++) {
		if (!plain->came[i] || (ours && !plain->ours[i]))
			continue;
		if (hd_goal_better(plain->goal, values[i], values[k])) {
			better++;
		} else if (!hd_goal_worse(plain->goal, values[i], values[k])) {
			equals++;
			older += i < k;
		}
	}
	return (double)better + (middle ? (double)(equals + 1) / 2 : (double)older + 1);
}

static void plain_look(struct plain *plain, const struct rungs *rungs,
		       const struct hd_history *history, size_t rung)
{
	plain->rung = rung;
	plain->count = hd_history_known(history);
	plain->goal = hd_history_goal(history);
	assert_true(plain->count <= ROWS(plain->came));
	for (size_t k = 0; k < plain->count; k++) {
		const struct hd_trial *trial = hd_history_known_trial(history, k);

		plain->came[k] = hd_trial_intervals(trial) >= rung;
		plain->ours[k] = !hd_trial_is_inherited(trial);
		plain->now[k] = hd_trial_best(trial, rung);
		plain->half[k] = hd_trial_best(trial, (rung + 1) / 2);
	}
	for (size_t k = 0; k < plain->count; k++) {
		if (!plain->came[k])
			continue;
		plain->place[k] = plain_by_value(plain, plain->now, k, false, false);
		plain->score[k] = plain->place[k];
		if (rungs->climb > 0 && plain->ours[k] && rung > 1)
			plain->score[k] -=
				rungs->climb *
				(plain_by_value(plain, plain->half, k, true, true) -
				 plain_by_value(plain, plain->now, k, true, false));
	}
}

static bool plain_before(const struct plain *plain, size_t a, size_t b)
{
	if (plain->score[a] != plain->score[b])
		return plain->score[a] < plain->score[b];
	return plain->place[a] < plain->place[b];
}

/* Place of the K-th known at the rung among the COUNT of its bracket. */
static size_t plain_place(const struct plain *plain, const struct rungs *rungs,
			  const struct hd_history *history, size_t k, size_t *count)
{
	const struct hd_trial *trial = hd_history_known_trial(history, k);
	size_t bracket = hd_rungs_bracket(rungs, hd_trial_number(trial)), before = 0;

	*count = 0;
	for (size_t i = 0; i < hd_history_known(history); i++) {
		const struct hd_trial *other = hd_history_known_trial(history, i);

		if (hd_trial_intervals(other) < plain->rung ||
		    (!hd_trial_is_inherited(other) &&
		     hd_rungs_bracket(rungs, hd_trial_number(other)) != bracket))
			continue;
		++*count;
		before += plain_before(plain, i, k);
	}
	return before + 1;
}

/* Trial INDEX's index among all known. */
static size_t plain_known(const struct hd_history *history, size_t index)
{
	return hd_history_known(history) - hd_history_count(history) + index;
}

static bool plain_stops(const struct rungs *rungs,
			const struct hd_history *history, size_t index)
{
	const struct hd_trial *trial = hd_history_trial(history, index), *leader;
	size_t interval = hd_trial_interval(trial), count, place;
	struct plain plain;

	if (!plain_is_rung(rungs, hd_rungs_bracket(rungs, index), interval) ||
	    interval == hd_history_horizon(history))
		return false;
	plain_look(&plain, rungs, history, interval);
	place = plain_place(&plain, rungs, history, plain_known(history, index), &count);
	hd_history_best(history, interval, &leader);
	count /= rungs->reduction_factor;
	return place > (count ? count : 1) && leader != trial;
}

/* The rung that trial INDEX waits at for its turn; 0 when it waits at none. */
static size_t plain_waits(const struct rungs *rungs,
			  const struct hd_history *history, size_t index)
{
	const struct hd_trial *trial = hd_history_trial(history, index);
	size_t intervals = hd_trial_intervals(trial), rung = 0;

	if (hd_trial_end(trial) != HD_END_PAUSED ||
	    hd_trial_state(trial) != HD_TRIAL_CANCELED)
		return 0;
	for (size_t at = 1; at <= intervals; at++)
		if (plain_is_rung(rungs, hd_rungs_bracket(rungs, index), at))
			rung = at;
	return rung && !isnan(hd_trial_best(trial, rung)) ? rung : 0;
}

/* Of those that wait at RUNG, by WAITS, the best that may go on; NULL for none. */
static const struct hd_trial *plain_promotes_at(const struct rungs *rungs,
						const struct hd_history *history,
						const size_t *waits, size_t rung)
{
	const struct hd_trial *found = NULL;
	struct plain plain;
	size_t count, best = 0;

	plain_look(&plain, rungs, history, rung);
	for (size_t i = 0; i < hd_history_count(history); i++) {
		size_t k = plain_known(history, i), place;

		if (waits[i] != rung || (found && !plain_before(&plain, k, best)))
			continue;
		place = plain_place(&plain, rungs, history, k, &count);
		if (place > count / rungs->reduction_factor)
			continue;
		found = hd_history_trial(history, i);
		best = k;
	}
	return found;
}

static const struct hd_trial *plain_promotes(const struct rungs *rungs,
					     const struct hd_history *history)
{
	const struct hd_trial *found = NULL;
	size_t waits[64], highest;

	for (size_t i = 0; i < hd_history_count(history); i++) {
		assert_true(i < ROWS(waits));
		waits[i] = plain_waits(rungs, history, i);
	}
	for (size_t below = SIZE_MAX; !found; below = highest) {
		highest = 0;
		for (size_t i = 0; i < hd_history_count(history); i++)
			if (waits[i] < below && waits[i] > highest)
				highest = waits[i];
		if (highest == 0)
			return NULL;
		found = plain_promotes_at(rungs, history, waits, highest);
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
		double factor, spacing, first, brackets, climb;
	} rows[] = {
		{ "asha", 3, NAN, 3, 1, 0 },
		{ "asha", 2, NAN, 1, 1, 0 },
		{ "asha", 2, NAN, 1, 3, 0 },
		{ "asha", 2, 1.34, 2, 1, 0 },
		{ "asha", 2, 1.01, 1, 2, 0 },
		{ "asha", 2, 4.5, 1, 1, 0 },
		{ "asha", 2, 1.6, 2, 1, 0.3 },
		{ "asha", 3, NAN, 1, 2, 1 },
		{ "hyperband", 3, NAN, 1, 3, 0 },
		{ "hyperband", 2, NAN, 2, 4, 0 },
		{ "hyperband", 2, 1.5, 1, 3, 0 },
		{ "hyperband", 2, 1.5, 1, 3, 4 },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t stopped = 0, promoted = 0;
		struct asked asked;

		ASKED(&asked, rows[i].policy,
		      { "reduction_factor", rows[i].factor },
		      { "spacing", rows[i].spacing },
		      { "first_rung", rows[i].first },
		      { "brackets", rows[i].brackets },
		      { "climb", rows[i].climb });
		for (uint32_t seed = 0; seed < 20; seed++)
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
