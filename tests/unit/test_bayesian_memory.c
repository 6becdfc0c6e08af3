/*
 * The Bayesian sampler without memory: the n-th allocation fails for n = 1, 2,
 * ... until the call needs no more of them. Each failure is HD_ENOMEM with
 * nothing leaked, and the next suggestion is what it would have been.
 */
#include "check.h"
#include "alloc.h"

#include "table.h"

#include "sweep/history.h"

#if HAS_ALLOC

static const struct hd_sampler_type *const type = &hd_sampler_bayesian;

static struct hd_space *space_of_two(void)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr unit = hd_expr_uniform(0, 1);
	struct hd_expr whole = hd_expr_randint(50);

	assert_non_null(space);
	assert_int_equal(hd_space_add(space, "x", &unit, NULL, NULL), 0);
	assert_int_equal(hd_space_add(space, "n", &whole, NULL, NULL), 0);
	return space;
}

static int suggest(void *state, const struct hd_history *history,
		   struct hd_value *values)
{
	struct hd_error err = { 0 };
	struct hd_rng rng;

	hd_rng_init(&rng, 5, hd_history_next(history));
	return type->suggest(state, history, &rng, values, &err);
}

static void init_survives_any_failed_allocation(void **state)
{
	struct hd_space *space = space_of_two();
	void *sampler = calloc(1, type->state_size);
	struct hd_error err = { 0 };

	(void)state;
	assert_non_null(sampler);
	for (size_t n = 1;; n++) {
		size_t live = alloc_live;
		int rc;

		memset(sampler, 0, type->state_size);
		hd_option_defaults(type->options, sampler);
		alloc_fails = alloc_count + n;
		rc = type->init(sampler, space, &err);
		alloc_fails = 0;
		if (rc == 0)
			break;
		assert_int_equal(rc, HD_ENOMEM);
		assert_int_equal(alloc_live, live);
	}
	type->release(sampler);
	free(sampler);
	hd_space_free(space);
}

static void add_results(struct hd_history *history, size_t count)
{
	struct hd_value values[2] = { { .kind = HD_VALUE_REAL },
				      { .kind = HD_VALUE_INTEGER } };

	for (size_t i = 0; i < count; i++) {
		struct hd_trial *trial;

		values[0].number = (double)(i * 5 % 17) / 17;
		values[1].integer = (int64_t)(i * 7 % 50);
		values[1].number = (double)values[1].integer;
		trial = hd_history_add(history, values);
		assert_non_null(trial);
		hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
		hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
		if (i % 5 != 4)
			assert_int_equal(hd_trial_log(trial,
						      values[0].number),
					 0);
		if (i % 7 != 6)
			hd_trial_move(trial, i % 5 == 4
						     ? HD_TRIAL_EVENT_FAIL
						     : HD_TRIAL_EVENT_DONE);
	}
}

static void a_suggestion_survives_any_failed_allocation(void **state)
{
	struct hd_space *space = space_of_two();
	struct hd_history *history = hd_history_new(HD_MINIMIZE, 2);
	void *sampler = calloc(1, type->state_size);
	struct hd_value wanted[2], values[2];
	struct hd_error err = { 0 };

	(void)state;
	assert_true(history && sampler);
	add_results(history, 20);
	hd_option_defaults(type->options, sampler);
	assert_int_equal(type->init(sampler, space, &err), 0);
	assert_int_equal(suggest(sampler, history, wanted), 0);
	for (size_t n = 1;; n++) {
		size_t live = alloc_live;
		int rc;

		alloc_fails = alloc_count + n;
		rc = suggest(sampler, history, values);
		alloc_fails = 0;
		assert_int_equal(alloc_live, live);
		if (rc == 0)
			break;
		assert_int_equal(rc, HD_ENOMEM);
	}
	assert_true(hd_value_equal(&wanted[0], &values[0]));
	assert_true(hd_value_equal(&wanted[1], &values[1]));
	type->release(sampler);
	free(sampler);
	hd_history_free(history);
	hd_space_free(space);
}

/* What is left to be gained is then not known, and the answer after it is. */
static void a_gain_survives_any_failed_allocation(void **state)
{
	struct hd_space *space = space_of_two();
	struct hd_history *history = hd_history_new(HD_MINIMIZE, 2);
	void *sampler = calloc(1, type->state_size);
	struct hd_error err = { 0 };
	double wanted, got;
	struct hd_rng rng;

	(void)state;
	assert_true(history && sampler);
	add_results(history, 24);
	hd_rng_init(&rng, 5, 24);
	hd_option_defaults(type->options, sampler);
	assert_int_equal(type->init(sampler, space, &err), 0);
	wanted = type->expected_improvement(sampler, history, &rng, 1e9);
	assert_true(wanted > 0);
	for (size_t n = 1;; n++) {
		size_t live = alloc_live;

		alloc_fails = alloc_count + n;
		got = type->expected_improvement(sampler, history, &rng, 1e9);
		alloc_fails = 0;
		assert_int_equal(alloc_live, live);
		if (!isnan(got))
			break;
	}
	assert_true(got == wanted);
	type->release(sampler);
	free(sampler);
	hd_history_free(history);
	hd_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(init_survives_any_failed_allocation),
		cmocka_unit_test(a_suggestion_survives_any_failed_allocation),
		cmocka_unit_test(a_gain_survives_any_failed_allocation),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
	return alloc_skip();
}

#endif
