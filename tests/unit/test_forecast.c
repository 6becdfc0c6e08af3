/*
 * Tests of policies/forecast.c and auto.c: small sweeps of made-up curves, one
 * trial after another.
 */
#include "check.h"
#include "curves.h"

#define TRIALS 40
#define LENGTH 40

/* What trial NUMBER, the better the smaller WORTH (0..1) is, logs. */
typedef double (*curve_fn)(size_t number, double worth, size_t interval);

struct played {
	bool stopped[TRIALS];
	size_t at[TRIALS]; /* its last interval */
	size_t stops;
	struct hd_reason why; /* of the last stop */
	struct hd_history *history;
};

/* A fixed permutation: worth of the trials in the order of their numbers. */
static double worth_of(size_t number)
{
	return (double)(number * 17 % TRIALS) / (TRIALS - 1);
}

/* A number in 0..1 that depends on both and on nothing else. */
static double dice(size_t a, size_t b)
{
	uint32_t hash = (uint32_t)(a * 2654435761u + b * 40503u + 12345u);

	hash ^= hash >> 15;
	hash *= 2246822519u;
	hash ^= hash >> 13;
	return (double)(hash % 10007) / 10006;
}

static void play(struct played *played, enum hd_goal goal, const char *name,
		 const char *option, double value, curve_fn curve)
{
	const struct hd_policy_type *policy = hd_policy_type_find(name);
	void *state = curves_state(policy);

	if (option)
		curves_option(policy, state, option, value);
	if (policy->init)
		assert_int_equal(policy->init(state, NULL), 0);
	*played = (struct played){ .history = curves_new(goal) };
	for (size_t i = 0; i < TRIALS; i++) {
		struct hd_trial *trial = curves_start(played->history);

		while (!played->stopped[i] && played->at[i] < LENGTH) {
			double next = curve(i, worth_of(i), ++played->at[i]);

			assert_int_equal(hd_trial_log(trial, next), 0);
			played->stopped[i] = policy->should_stop(
				state, trial, played->history, &played->why);
		}
		played->stops += played->stopped[i];
		if (played->stopped[i])
			curves_end(trial, HD_END_POLICY);
		else
			hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	free(state);
}

static double orderly(size_t number, double worth, size_t interval)
{
	(void)number;
	return worth + 2 / (double)interval;
}

static double orderly_up(size_t number, double worth, size_t interval)
{
	return -orderly(number, worth, interval);
}

/* The same order on a scale that no mean or variance survives. */
static double orderly_wide(size_t number, double worth, size_t interval)
{
	return exp(20 * orderly(number, worth, interval)) - 1e9;
}

/* At each interval another order. */
static double shuffled(size_t number, double worth, size_t interval)
{
	(void)worth;
	return 10 / (double)interval + dice(number, interval) / (double)interval;
}

/* Who will be the best begins as the worst. */
static double crossing(size_t number, double worth, size_t interval)
{
	(void)number;
	return worth + (3 - 2 * worth) * exp(-0.05 * (1 + 3 * worth) * (double)interval);
}

static double flat(size_t number, double worth, size_t interval)
{
	(void)number;
	(void)worth;
	(void)interval;
	return 0.1;
}

static double diverging(size_t number, double worth, size_t interval)
{
	if (number % 3 == 1)
		return interval % 2 ? NAN : 1e18;
	return orderly(number, worth, interval);
}

static size_t worst_of(const struct played *played, double worse_than)
{
	size_t early = 0;

	for (size_t i = 5; i < TRIALS; i++)
		early += worth_of(i) > worse_than && played->stopped[i];
	return early;
}

static void the_hopeless_are_stopped_early(void **state)
{
	struct played played;

	(void)state;
	play(&played, HD_MINIMIZE, "forecast", NULL, 0, orderly);
	/* 18 of those after the fifth are in the worse half. */
	assert_true(worst_of(&played, 0.5) >= 15);
	for (size_t i = 0; i < TRIALS; i++)
		if (worth_of(i) == 0)
			assert_false(played.stopped[i]);
	assert_non_null(strstr(played.why.text, "of a new trial's, under 0.05"));
	assert_true(played.why.mine < played.why.limit);
	assert_true(played.why.limit == 0.05);
	hd_history_free(played.history);
}

static void nobody_is_stopped_before_there_are_five(void **state)
{
	struct played played;

	(void)state;
	play(&played, HD_MINIMIZE, "forecast", "chance", 1, orderly);
	for (size_t i = 0; i < 4; i++)
		assert_false(played.stopped[i]);
	assert_true(played.stops > TRIALS / 2);
	hd_history_free(played.history);
}

/* Places alone count: no scale, no offset, no goal makes a difference. */
static void every_scale_gives_the_same_stops(void **state)
{
	struct played plain, other;

	(void)state;
	play(&plain, HD_MINIMIZE, "forecast", NULL, 0, orderly);
	play(&other, HD_MINIMIZE, "forecast", NULL, 0, orderly_wide);
	assert_memory_equal(plain.stopped, other.stopped, sizeof plain.stopped);
	assert_memory_equal(plain.at, other.at, sizeof plain.at);
	hd_history_free(other.history);
	play(&other, HD_MAXIMIZE, "forecast", NULL, 0, orderly_up);
	assert_memory_equal(plain.stopped, other.stopped, sizeof plain.stopped);
	assert_memory_equal(plain.at, other.at, sizeof plain.at);
	hd_history_free(other.history);
	hd_history_free(plain.history);
}

static void where_places_tell_nothing_few_are_stopped(void **state)
{
	struct played clear, blurred;

	(void)state;
	play(&clear, HD_MINIMIZE, "forecast", NULL, 0, orderly);
	play(&blurred, HD_MINIMIZE, "auto", NULL, 0, shuffled);
	assert_true(clear.stops >= 20);
	assert_true(blurred.stops <= 10);
	hd_history_free(clear.history);
	hd_history_free(blurred.history);
}

static void a_late_starter_is_not_stopped_where_curves_cross(void **state)
{
	struct played played;

	(void)state;
	play(&played, HD_MINIMIZE, "auto", NULL, 0, crossing);
	for (size_t i = 0; i < TRIALS; i++)
		if (worth_of(i) < 0.05)
			assert_false(played.stopped[i]);
	hd_history_free(played.history);
}

static void equals_are_not_stopped(void **state)
{
	struct played played;

	(void)state;
	play(&played, HD_MAXIMIZE, "forecast", "chance", 1, flat);
	assert_int_equal(played.stops, 0);
	hd_history_free(played.history);
}

static void what_diverges_is_stopped_and_the_best_is_not(void **state)
{
	struct played played;

	(void)state;
	play(&played, HD_MINIMIZE, "auto", NULL, 0, diverging);
	for (size_t i = 7; i < TRIALS; i += 3)
		assert_true(played.stopped[i]);
	for (size_t i = 0; i < TRIALS; i++)
		if (worth_of(i) == 0)
			assert_false(played.stopped[i]);
	hd_history_free(played.history);
}

static void a_smaller_bound_stops_fewer(void **state)
{
	struct played strict, safe, automatic, never;

	(void)state;
	play(&strict, HD_MINIMIZE, "forecast", "chance", 0.3, orderly);
	play(&safe, HD_MINIMIZE, "forecast", "chance", 0.025, orderly);
	play(&automatic, HD_MINIMIZE, "auto", NULL, 0, orderly);
	play(&never, HD_MINIMIZE, "forecast", "chance", 0, orderly);
	assert_true(strict.stops > safe.stops);
	assert_memory_equal(automatic.stopped, safe.stopped, sizeof safe.stopped);
	assert_memory_equal(automatic.at, safe.at, sizeof safe.at);
	assert_int_equal(never.stops, 0);
	hd_history_free(strict.history);
	hd_history_free(safe.history);
	hd_history_free(automatic.history);
	hd_history_free(never.history);
}

/* A trial that pauses as the sixth of six, and is among the best of forty. */
static void who_is_among_the_best_again_is_taken_up(void **state)
{
	const struct hd_policy_type *policy = hd_policy_type_find("forecast");
	struct hd_history *history = curves_new(HD_MINIMIZE);
	void *options = curves_state(policy);
	struct hd_trial *paused;
	struct hd_reason why = { 0 };

	(void)state;
	assert_null(policy->promote(options, history, &why));
	for (size_t i = 0; i < 5; i++) {
		struct hd_trial *trial = curves_start(history);

		for (size_t j = 1; j <= LENGTH; j++)
			hd_trial_log(trial, orderly(i, 0.1 * (double)i, j) +
						    0.2 * dice(i, j / 4));
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	paused = curves_start(history);
	for (size_t j = 1; j <= 9; j++)
		hd_trial_log(paused, orderly(5, 0.7, j));
	assert_true(policy->should_stop(options, paused, history, &why));
	assert_true(why.pauses);
	curves_end(paused, HD_END_PAUSED);
	assert_null(policy->promote(options, history, &why));
	/* All others are far worse at that interval. */
	for (size_t i = 0; i < 34; i++) {
		struct hd_trial *trial = curves_start(history);

		for (size_t j = 1; j <= 9; j++)
			hd_trial_log(trial, orderly(i, 1 + (double)i, j));
		curves_end(trial, HD_END_PAUSED);
	}
	assert_ptr_equal(policy->promote(options, history, &why), paused);
	assert_non_null(strstr(why.text, "place 6 of 40 at interval 9"));
	assert_true(why.mine >= 0.1);
	curves_option(policy, options, "promote", 0);
	assert_null(policy->promote(options, history, &why));
	free(options);
	hd_history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_hopeless_are_stopped_early),
		cmocka_unit_test(nobody_is_stopped_before_there_are_five),
		cmocka_unit_test(every_scale_gives_the_same_stops),
		cmocka_unit_test(where_places_tell_nothing_few_are_stopped),
		cmocka_unit_test(a_late_starter_is_not_stopped_where_curves_cross),
		cmocka_unit_test(equals_are_not_stopped),
		cmocka_unit_test(what_diverges_is_stopped_and_the_best_is_not),
		cmocka_unit_test(a_smaller_bound_stops_fewer),
		cmocka_unit_test(who_is_among_the_best_again_is_taken_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
