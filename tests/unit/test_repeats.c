/*
 * Tests of policies/repeats.c: what is a repeat, what only looks like one, and
 * that every policy with the option heeds it.
 */
#include "check.h"
#include "curves.h"

#include "repeats.h"

#include <math.h>

/* The J-th value, from 1 on, of the curve called ID: no two are alike. */
static double curve(size_t id, size_t j)
{
	return 1 - 1 / (1 + (double)j) - 0.0137 * (double)(id + 1) +
	       0.003 * sin((double)(7 * id + j));
}

static struct hd_trial *add(struct hd_history *history, size_t id, size_t count)
{
	struct hd_trial *trial = curves_start(history);

	for (size_t j = 1; j <= count; j++)
		assert_int_equal(hd_trial_log(trial, curve(id, j)), 0);
	return trial;
}

static struct hd_trial *add_done(struct hd_history *history, size_t id, size_t count)
{
	struct hd_trial *trial = add(history, id, count);

	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	return trial;
}

/*
 * Six trials of 10 values, 0 to 5, and the first two of them once more, as 6
 * and 7: two pairs that went on alike to their end.
 */
static struct hd_history *with_pairs(void)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);

	for (size_t id = 0; id < 6; id++)
		add_done(history, id, 10);
	add_done(history, 0, 10);
	add_done(history, 1, 10);
	return history;
}

/* asha, whose own rungs are out of reach: what it stops are repeats. */
static bool stops(const struct hd_trial *trial, const struct hd_history *history,
		  struct hd_reason *why)
{
	struct hd_reason unused = { 0 };

	return curves_stops("asha", "first_rung", 1e6, trial, history,
			    why ? why : &unused);
}

/* The interval at which a trial with the values of ID stops, up to COUNT. */
static size_t stops_at(struct hd_history *history, size_t id, size_t count)
{
	struct hd_trial *trial = curves_start(history);

	for (size_t j = 1; j <= count; j++) {
		assert_int_equal(hd_trial_log(trial, curve(id, j)), 0);
		if (stops(trial, history, NULL))
			return j;
	}
	return 0;
}

/* --- what is one -------------------------------------------------------------- */

static void a_repeat_stops_for_good_with_its_reason(void **state)
{
	struct hd_history *history = with_pairs();
	struct hd_reason why = { 0 };

	(void)state;
	assert_true(stops(add(history, 3, 2), history, &why));
	assert_string_equal(why.text,
			    "the first 2 values are those of trial 3; of 2 pairs "
			    "that agreed so far 2 went on alike");
	assert_false(why.pauses);
	assert_int_equal(why.compared, 2);
	assert_close(why.mine, 0.1, 1e-12);
	assert_close(why.limit, 0.1, 0);
	assert_int_equal(stops_at(history, 4, 9), 2);
	assert_int_equal(stops_at(history, 40, 9), 0);
	hd_history_free(history);
}

static void one_pair_is_chance(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);

	(void)state;
	for (size_t id = 0; id < 6; id++)
		add_done(history, id, 10);
	add_done(history, 0, 10);
	assert_int_equal(stops_at(history, 3, 9), 0);
	/* Which was the second pair, for as far as it went. */
	assert_int_equal(stops_at(history, 4, 9), 2);
	hd_history_free(history);
}

static void a_pair_that_parted_wants_eleven_that_did_not(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_trial *trial;

	(void)state;
	for (size_t id = 0; id < 20; id++)
		add_done(history, id, 10);
	/* As trial 19, and then not. */
	trial = add(history, 19, 5);
	assert_int_equal(hd_trial_log(trial, 0.3), 0);
	for (size_t id = 0; id < 10; id++)
		add_done(history, id, 10);
	assert_false(stops(add(history, 15, 2), history, NULL));
	add_done(history, 10, 10);
	assert_true(stops(add(history, 15, 2), history, NULL));
	/* One that agrees with both that parted is none for all that. */
	assert_false(stops(add(history, 19, 2), history, NULL));
	hd_history_free(history);
}

/* Whether a third row of the table is stopped by POLICY, whose other has 40. */
static bool stops_beside(const char *policy, size_t pairs)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);
	struct hd_reason why = { 0 };
	bool stop;

	for (size_t id = 0; id < 4; id++)
		add_done(history, id, 40);
	add(history, 0, pairs);
	add(history, 1, pairs);
	stop = curves_stops(policy, NULL, 0, add(history, 2, 2), history, &why) &&
	       strstr(why.text, "values are those of trial 2");
	hd_history_free(history);
	return stop;
}

static void pairs_have_to_go_a_share_of_the_others_way(void **state)
{
	(void)state;
	assert_false(stops_beside("asha", 19));
	assert_true(stops_beside("asha", 20));
	assert_false(stops_beside("hyperband", 19));
	assert_true(stops_beside("hyperband", 20));
	assert_false(stops_beside("forecast", 39));
	assert_true(stops_beside("forecast", 40));
	assert_false(stops_beside("auto", 39));
	assert_true(stops_beside("auto", 40));
}

static void who_agrees_is_asked_at_a_few_intervals(void **state)
{
	static const size_t asked[] = { 2, 3, 4, 6, 9 };
	struct hd_history *history = with_pairs();
	struct hd_trial *trial = curves_start(history);
	size_t next = 0;

	(void)state;
	add_done(history, 9, 30);
	for (size_t j = 1; j < 10; j++) {
		bool due = next < ROWS(asked) && asked[next] == j;

		assert_int_equal(hd_trial_log(trial, curve(3, j)), 0);
		/* Pairs of 10 values can be no twice 6. */
		assert_int_equal(stops(trial, history, NULL), due && j < 6);
		next += due;
	}
	hd_history_free(history);
}

/* Both pairs diverge at their fifth value, after which each mean is NaN. */
static void pairs_that_diverge_alike_went_on_alike(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);

	(void)state;
	for (size_t i = 0; i < 8; i++) {
		struct hd_trial *trial = add(history, i % 6, 4);

		curves_log(trial, (const double[]){ NAN, 0.1, NAN, 0.2, 0.3, NAN }, 6);
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	assert_true(stops(add(history, 3, 2), history, NULL));
	hd_history_free(history);
}

/* --- what looks like one --------------------------------------------------------- */

/* Of COUNT trials with the VALUES, eight others beside, none is stopped. */
static void check_kept(const double *values, size_t count)
{
	struct hd_history *history = with_pairs();

	for (size_t i = 0; i < 6; i++) {
		struct hd_trial *trial = curves_start(history);

		for (size_t j = 0; j < count; j++) {
			assert_int_equal(hd_trial_log(trial, values[j]), 0);
			assert_false(stops(trial, history, NULL));
		}
	}
	hd_history_free(history);
}

static void what_does_not_move_proves_nothing(void **state)
{
	static const double level[] = { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 };
	static const double zero[] = { 0, -0.0, 0, 0, 0, 0 };
	static const double nan[] = { NAN, NAN, NAN, NAN, NAN, NAN };
	static const double inf[] = { INFINITY, 0.3, 0.4, INFINITY, 0.2, 0.1 };
	static const double mixed[] = { 0.2, NAN, 0.3, 0.4, 0.2, 0.1 };

	(void)state;
	check_kept(level, ROWS(level));
	check_kept(zero, ROWS(zero));
	check_kept(nan, ROWS(nan));
	check_kept(inf, ROWS(inf));
	check_kept(mixed, ROWS(mixed));
}

static void a_counter_is_no_repeat(void **state)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);

	(void)state;
	for (size_t i = 0; i < 30; i++) {
		struct hd_trial *trial = curves_start(history);

		for (size_t j = 1; j <= 12; j++) {
			assert_int_equal(hd_trial_log(trial, (double)j), 0);
			assert_false(stops(trial, history, NULL));
		}
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	hd_history_free(history);
}

/* Accuracies in fiftieths agree by chance all the time; at 0.1 they begin. */
static void coarse_values_that_agree_by_chance_are_kept(void **state)
{
	(void)state;
	for (uint64_t seed = 0; seed < 5; seed++) {
		struct hd_history *history = curves_new(HD_MAXIMIZE);
		struct hd_rng rng;
		size_t shared = 0;

		hd_rng_init(&rng, seed, 7);
		for (size_t i = 0; i < 300; i++) {
			struct hd_trial *trial = curves_start(history);
			double level = 0.1, speed = 0.15 * hd_rng_uniform(&rng);
			size_t count;

			for (size_t j = 1; j <= 12; j++) {
				level += speed * hd_rng_uniform(&rng) * (1 - level);
				assert_int_equal(hd_trial_log(trial, round(50 * level) / 50),
						 0);
				assert_false(stops(trial, history, NULL));
			}
			hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
			shared += hd_history_place(history, trial, 2, false, &count) > 0 &&
				  hd_history_ranked(history, 2, 1, NULL) != trial;
		}
		assert_true(shared > 100);
		hd_history_free(history);
	}
}

/*
 * A schedule that has an effect from interval LATE of 20 on: as soon as two have
 * come there nobody stops, and none did before.
 */
static void check_late(const char *policy, const char *option, double value,
		       size_t late)
{
	struct hd_history *history = curves_new(HD_MAXIMIZE);

	for (size_t i = 0; i < 60; i++) {
		struct hd_trial *trial = curves_start(history);
		struct hd_reason why = { 0 };

		for (size_t j = 1; j <= 20; j++) {
			double part = j < late ? 0 : 0.001 * (double)(i / 12);

			assert_int_equal(hd_trial_log(trial, curve(i % 12, j) + part), 0);
			if (curves_stops(policy, option, value, trial, history, &why))
				assert_null(strstr(why.text, "values are those of"));
		}
		hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	}
	hd_history_free(history);
}

static void what_parts_late_is_learned(void **state)
{
	(void)state;
	check_late("asha", "first_rung", 1e6, 11);
	check_late("forecast", NULL, 0, 11);
	check_late("auto", NULL, 0, 19);
}

/* --- who tells ------------------------------------------------------------------- */

static void who_failed_or_was_canceled_tells_nothing(void **state)
{
	struct hd_history *history = with_pairs();
	struct hd_trial *failed, *canceled, *paused, *running;

	(void)state;
	failed = add(history, 20, 8);
	hd_trial_move(failed, HD_TRIAL_EVENT_FAIL);
	canceled = add(history, 21, 8);
	curves_end(canceled, HD_END_USER);
	paused = add(history, 22, 8);
	curves_end(paused, HD_END_PAUSED);
	running = add(history, 23, 8);
	assert_int_equal(stops_at(history, 20, 9), 0);
	assert_int_equal(stops_at(history, 21, 9), 0);
	assert_int_equal(stops_at(history, 22, 9), 2);
	assert_int_equal(stops_at(history, 23, 9), 2);
	assert_int_equal(hd_trial_state(running), HD_TRIAL_RUNNING);
	hd_history_free(history);
}

/* Who is stopped for good at a rung would be today, or it would not. */
static void who_would_pass_today_is_tried_again(void **state)
{
	struct hd_history *history = with_pairs();
	struct hd_reason why = { 0 };
	struct hd_trial *repeat;

	(void)state;
	/* Place 5 of 12 at rung 4, where 4 go on; place 1. */
	curves_end(add(history, 4, 4), HD_END_POLICY);
	for (size_t id = 30; id < 33; id++)
		add(history, id, 4);
	assert_true(curves_stops("asha", "first_rung", 4, add(history, 4, 2), history,
				 &why));
	curves_end(add(history, 60, 4), HD_END_POLICY);
	assert_true(curves_stops("asha", "first_rung", 4, add(history, 60, 2), history,
				 &why));
	hd_history_free(history);

	history = with_pairs();
	for (size_t id = 30; id < 33; id++)
		add(history, id, 4);
	/* Better than all but the two pairs; then many come that are worse. */
	curves_end(add(history, 29, 4), HD_END_POLICY);
	repeat = add(history, 29, 2);
	assert_true(curves_stops("asha", "first_rung", 4, repeat, history, &why));
	curves_end(repeat, HD_END_POLICY);
	for (size_t id = 33; id < 60; id++)
		add(history, id, 4);
	assert_false(curves_stops("asha", "first_rung", 4, add(history, 29, 2), history,
				  &why));
	hd_history_free(history);
}

static void the_leader_is_no_repeat(void **state)
{
	struct hd_history *history = with_pairs();
	struct hd_trial *first = curves_start(history);
	struct hd_trial *second = curves_start(history);

	(void)state;
	/* The best there is, by two that take turns: the second passes. */
	curves_log(first, (const double[]){ 2, 1.5 }, 2);
	curves_log(second, (const double[]){ 2, 1.5, 1.25 }, 3);
	assert_int_equal(hd_trial_log(first, 1.25), 0);
	assert_false(stops(first, history, NULL));
	assert_true(stops(second, history, NULL));
	hd_history_free(history);
}

static void a_repeat_that_pauses_stays(void **state)
{
	struct hd_history *history = with_pairs();
	const struct hd_policy_type *asha = hd_policy_type_find("asha");
	void *options = curves_state(asha);
	struct hd_reason why = { 0 };
	struct hd_trial *first, *again;

	(void)state;
	curves_option(asha, options, "first_rung", 2);
	assert_int_equal(asha->init(options, NULL), 0);
	/* Both would go on, by place; the first does, and tells for both. */
	first = curves_add(history, 3, 3.5);
	again = curves_add(history, 3, 3.5);
	curves_end(first, HD_END_PAUSED);
	curves_end(again, HD_END_PAUSED);
	assert_ptr_equal(asha->promote(options, history, &why), first);
	curves_again(first);
	assert_null(asha->promote(options, history, &why));
	/* Without its other it goes on. */
	hd_trial_move(first, HD_TRIAL_EVENT_FAIL);
	assert_ptr_equal(asha->promote(options, history, &why), again);
	free(options);
	hd_history_free(history);
}

static void a_bracket_that_stops_sooner_does_not_tell(void **state)
{
	struct hd_history *history = with_pairs();
	const struct hd_policy_type *asha = hd_policy_type_find("asha");
	void *options = curves_state(asha);
	struct hd_reason why = { 0 };

	(void)state;
	curves_option(asha, options, "first_rung", 20);
	curves_option(asha, options, "brackets", 2);
	assert_int_equal(asha->init(options, NULL), 0);
	/* Trials are dealt in turn: 8 is of the first bracket, 9 of the other. */
	add(history, 20, 8);
	assert_false(asha->should_stop(options, add(history, 20, 2), history, &why));
	assert_true(asha->should_stop(options, add(history, 20, 2), history, &why));
	free(options);
	hd_history_free(history);
}

/* --- policies ------------------------------------------------------------------- */

/* By STATE's option; SETTING NULL: as it stands. */
static bool policy_stops(const struct hd_policy_type *type, const char *word)
{
	const struct hd_option *option = hd_option_find(type->options, "repeats");
	struct hd_history *history = with_pairs();
	void *state = curves_state(type);
	struct hd_reason why = { 0 };
	bool stop;

	if (word)
		hd_option_store(option, state, hd_option_word(option, word));
	if (type->init)
		assert_int_equal(type->init(state, NULL), 0);
	/* Better than what is not known yet would be to stop it for its place. */
	curves_add(history, 0.9, 0.95, 0.96);
	stop = type->should_stop(state, curves_add(history, 0.9, 0.95), history, &why) &&
	       strstr(why.text, "values are those of trial 8");
	free(state);
	hd_history_free(history);
	return stop;
}

static void every_policy_of_ours_heeds_the_option(void **state)
{
	size_t with = 0;

	(void)state;
	for (size_t i = 0; i < hd_policy_types(); i++) {
		const struct hd_policy_type *type = hd_policy_type_at(i);
		bool has = hd_option_find(type->options, "repeats") != NULL;

		with += has;
		if (!has)
			continue;
		assert_true(policy_stops(type, NULL));
		assert_true(policy_stops(type, "stop"));
		assert_false(policy_stops(type, "keep"));
	}
	assert_int_equal(with, 3);
	assert_true(policy_stops(hd_policy_type_find("auto"), NULL));
	assert_false(policy_stops(hd_policy_type_find("median_stopping"), NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_repeat_stops_for_good_with_its_reason),
		cmocka_unit_test(one_pair_is_chance),
		cmocka_unit_test(a_pair_that_parted_wants_eleven_that_did_not),
		cmocka_unit_test(pairs_have_to_go_a_share_of_the_others_way),
		cmocka_unit_test(who_agrees_is_asked_at_a_few_intervals),
		cmocka_unit_test(pairs_that_diverge_alike_went_on_alike),
		cmocka_unit_test(what_does_not_move_proves_nothing),
		cmocka_unit_test(a_counter_is_no_repeat),
		cmocka_unit_test(coarse_values_that_agree_by_chance_are_kept),
		cmocka_unit_test(what_parts_late_is_learned),
		cmocka_unit_test(who_failed_or_was_canceled_tells_nothing),
		cmocka_unit_test(who_would_pass_today_is_tried_again),
		cmocka_unit_test(the_leader_is_no_repeat),
		cmocka_unit_test(a_repeat_that_pauses_stays),
		cmocka_unit_test(a_bracket_that_stops_sooner_does_not_tell),
		cmocka_unit_test(every_policy_of_ours_heeds_the_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
