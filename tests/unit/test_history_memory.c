/*
 * The history without memory: the n-th allocation fails, for n = 1, 2, ...
 * until none is left to fail. What fails says so, changes nothing, and works
 * when it is tried again.
 *
 * The sources are included, so that their allocations can be taken over; the
 * library's own copies of them are then not linked.
 */
#include "check.h"

#include <stdbool.h>
#include <stdlib.h>

static size_t memory_until; /* allocations until the one that fails; 0: none */
static bool memory_failed;

static bool memory_fails(void)
{
	if (memory_until == 0 || --memory_until > 0)
		return false;
	memory_failed = true;
	return true;
}

static void *memory_calloc(size_t count, size_t size)
{
	return memory_fails() ? NULL : calloc(count, size);
}

static void *memory_realloc(void *old, size_t size)
{
	return memory_fails() ? NULL : realloc(old, size);
}

#define calloc memory_calloc
#define realloc memory_realloc
#include "sweep/history.c"
#include "sweep/order.c"
#include "sweep/trial.c"
#undef calloc
#undef realloc

#define TRIALS 12
#define VALUES 20

static struct hd_history *memory_new(void)
{
	struct hd_history *history = hd_history_new(HD_MAXIMIZE, 0);

	if (!history) {
		assert_true(memory_failed);
		history = hd_history_new(HD_MAXIMIZE, 0);
	}
	assert_non_null(history);
	return history;
}

static struct hd_trial *memory_try(struct hd_history *history, bool inherit)
{
	if (inherit)
		return hd_history_inherit(history, NULL);
	return hd_history_add(history, NULL);
}

static struct hd_trial *memory_add(struct hd_history *history, bool inherit)
{
	struct hd_trial *trial = memory_try(history, inherit);

	if (!trial) {
		assert_true(memory_failed);
		trial = memory_try(history, inherit);
	}
	assert_non_null(trial);
	return trial;
}

static void memory_log(struct hd_history *history, struct hd_trial *trial,
		       double value)
{
	size_t before = hd_trial_intervals(trial);
	double best = hd_history_best(history, VALUES, NULL);

	if (hd_trial_log(trial, value) < 0) {
		double now = hd_history_best(history, VALUES, NULL);

		assert_true(memory_failed);
		assert_int_equal(hd_trial_intervals(trial), before);
		assert_true(now == best || (isnan(now) && isnan(best)));
		assert_int_equal(hd_trial_log(trial, value), 0);
	}
	assert_int_equal(hd_trial_intervals(trial), before + 1);
}

/* Ask both questions; unanswered ones make the next log fail. */
static void memory_ask(const struct hd_history *history,
		       const struct hd_trial *trial)
{
	size_t interval = hd_trial_intervals(trial), count, place;

	hd_history_median(history, interval, &count);
	if (count == 0) {
		assert_true(memory_failed);
		hd_history_median(history, interval, &count);
	}
	assert_true(count > 0);
	place = hd_history_place(history, trial, interval, false, &count);
	if (count == 0) {
		assert_int_equal(place, 0);
		assert_true(memory_failed);
		place = hd_history_place(history, trial, interval, false,
					 &count);
	}
	assert_true(place >= 1 && place <= count);
	if (interval > 1 && !hd_history_climbs(history, interval, interval - 1, &count)) {
		assert_int_equal(count, 0);
		assert_true(memory_failed);
		assert_non_null(hd_history_climbs(history, interval, interval - 1,
						  &count));
	}
	assert_true(count >= place);
}

static void memory_run(void)
{
	struct hd_history *history = memory_new();
	struct hd_trial *trials[TRIALS];
	size_t count;

	for (size_t i = 0; i < TRIALS; i++)
		trials[i] = memory_add(history, i == 0);
	for (size_t n = 1; n <= VALUES; n++)
		for (size_t i = 0; i < TRIALS; i++) {
			memory_log(history, trials[i], (double)i);
			/* Some orders are built late, over many trials. */
			if (n % 3 != 0 || i > TRIALS / 2)
				memory_ask(history, trials[i]);
		}
	for (size_t n = 1; n <= VALUES; n++) {
		double median = hd_history_median(history, n, &count);

		if (count == 0)
			median = hd_history_median(history, n, &count);
		assert_int_equal(count, TRIALS);
		assert_true(median == (TRIALS - 1) / 2.0);
	}
	assert_true(hd_history_best(history, VALUES, NULL) == TRIALS - 1);
	hd_history_free(history);
}

static void every_allocation_may_fail_once(void **state)
{
	size_t failures = 0;

	(void)state;
	do {
		memory_failed = false;
		memory_until = ++failures;
		memory_run();
	} while (memory_failed);
	assert_true(failures > 50);
	memory_until = 0;
}

/* A policy asked without memory must not pass unnoticed. */
static void an_unanswered_question_fails_the_next_log(void **state)
{
	struct hd_history *history = memory_new();
	struct hd_trial *trial = memory_add(history, false);
	size_t count;

	(void)state;
	memory_log(history, trial, 1);
	memory_until = 1;
	assert_true(isnan(hd_history_median(history, 1, &count)));
	assert_int_equal(count, 0);
	assert_int_equal(hd_trial_log(trial, 2), HD_ENOMEM);
	assert_int_equal(hd_trial_intervals(trial), 1);
	assert_int_equal(hd_trial_log(trial, 2), 0);
	assert_true(hd_history_median(history, 1, &count) == 1);
	hd_history_free(history);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_allocation_may_fail_once),
		cmocka_unit_test(an_unanswered_question_fails_the_next_log),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
