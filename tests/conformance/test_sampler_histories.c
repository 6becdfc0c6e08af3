/*
 * What every sampler must hold whatever its history holds: results of any
 * kind, many trials, many at once, and a state that forgot all of it.
 */
#include "check.h"

#include <hdrive/sampler.h>

#include "sweep/history.h"

#define WIDTH 5

static const struct hd_value options[] = {
	{ .kind = HD_VALUE_TEXT, .text = "adam", .length = 4 },
	{ .kind = HD_VALUE_TEXT, .text = "sgd", .length = 3 },
	{ .kind = HD_VALUE_TEXT, .text = "lamb", .length = 4 },
};

static const struct hd_expr expressions[WIDTH] = {
	{ .kind = HD_EXPR_CHOICE, .option_count = 3, .options = options },
	{ .kind = HD_EXPR_QUNIFORM, .a = 16, .b = 128, .q = 16 },
	{ .kind = HD_EXPR_LOGUNIFORM, .a = -6, .b = -1 },
	{ .kind = HD_EXPR_UNIFORM, .a = -1.3, .b = 2.385 },
	{ .kind = HD_EXPR_NORMAL, .a = 2.385, .b = 0.75 },
};

struct run {
	const struct hd_sampler_type *type;
	struct hd_space *space;
	struct hd_history *history;
	void *state;
	struct hd_value values[WIDTH];
};

static bool fits(const struct hd_sampler_type *type)
{
	for (size_t i = 0; i < WIDTH; i++)
		if (!(type->expressions & (unsigned)expressions[i].kind))
			return false;
	return true;
}

static void *state_new(const struct run *run)
{
	struct hd_error err = { 0 };
	void *state = calloc(1, run->type->state_size + 1);

	assert_non_null(state);
	hd_option_defaults(run->type->options, state);
	if (run->type->init && run->type->init(state, run->space, &err) != 0)
		fail_msg("%s: %s", run->type->name, err.text);
	return state;
}

static void state_free(const struct run *run, void *state)
{
	if (run->type->release)
		run->type->release(state);
	free(state);
}

static void run_open(struct run *run, const struct hd_sampler_type *type,
		     enum hd_goal goal)
{
	char name[] = "--p0";

	memset(run, 0, sizeof *run);
	run->type = type;
	run->space = hd_space_new();
	run->history = hd_history_new(goal, WIDTH);
	assert_true(run->space && run->history);
	for (size_t i = 0; i < WIDTH; i++, name[3]++)
		assert_int_equal(hd_space_add(run->space, name, &expressions[i],
					      NULL, NULL),
				 0);
	hd_history_plan(run->history, 1000, 4);
	run->state = state_new(run);
}

static void run_close(struct run *run)
{
	state_free(run, run->state);
	hd_history_free(run->history);
	hd_space_free(run->space);
}

static void suggest(struct run *run, void *state, struct hd_value *values)
{
	struct hd_rng rng;

	hd_rng_init(&rng, 2385, hd_history_next(run->history));
	assert_int_equal(run->type->suggest(state, run->history, &rng, values,
					    NULL),
			 0);
	for (size_t i = 0; i < WIDTH; i++) {
		assert_int_not_equal(values[i].kind, HD_VALUE_ABSENT);
		assert_true(isfinite(values[i].number));
	}
}

static struct hd_trial *add(struct run *run, const struct hd_value *values)
{
	struct hd_trial *trial = hd_history_add(run->history, values);

	assert_non_null(trial);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	return trial;
}

static void end(struct hd_trial *trial, double result)
{
	assert_int_equal(hd_trial_log(trial, result), 0);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
}

static bool is_same(const struct hd_value *a, const struct hd_value *b)
{
	for (size_t i = 0; i < WIDTH; i++)
		if (!hd_value_equal(&a[i], &b[i]))
			return false;
	return true;
}

/* Something with an optimum inside, for samplers that look. */
static double result_of(const struct hd_value *values)
{
	return pow(values[3].number - 0.4, 2) +
	       pow(log(values[2].number) + 3, 2) +
	       0.3 * (double)values[0].option +
	       1e-3 * fabs(values[1].number - 64) +
	       0.1 * pow(values[4].number - 2, 2);
}

#define EACH_ROW(type)                                           \
	for (size_t row_ = 0; row_ < hd_sampler_types(); row_++) \
		if (fits(type = hd_sampler_type_at(row_)))

/* --- results of any kind --------------------------------------------------- */

static double constant(size_t n)
{
	(void)n;
	return 0.693;
}

static double two_values(size_t n)
{
	return n % 2 ? 1 : 0;
}

static double outliers(size_t n)
{
	return n % 5 == 4 ? (n % 2 ? 1e30 : -1e30) : 0.1 * (double)(n % 7);
}

static double extremes(size_t n)
{
	static const double values[] = { 1.7e308, -1.7e308, 5e-324, 0, NAN,
					 INFINITY, -INFINITY, 1 };

	return values[n % ROWS(values)];
}

static double falling(size_t n)
{
	return -(double)n;
}

static void any_results_give_legal_values(void **state)
{
	static double (*const results[])(size_t) = { constant, two_values,
						     outliers, extremes,
						     falling };
	const struct hd_sampler_type *type;
	struct run run;

	(void)state;
	EACH_ROW(type)
	for (size_t k = 0; k < ROWS(results); k++) {
		run_open(&run, type, k % 2 ? HD_MAXIMIZE : HD_MINIMIZE);
		for (size_t n = 0; n < 30; n++) {
			suggest(&run, run.state, run.values);
			end(add(&run, run.values), results[k](n));
		}
		run_close(&run);
	}
}

static void equal_points_with_other_results_are_survived(void **state)
{
	const struct hd_sampler_type *type;
	struct run run;

	(void)state;
	EACH_ROW(type)
	{
		run_open(&run, type, HD_MINIMIZE);
		suggest(&run, run.state, run.values);
		for (size_t n = 0; n < 25; n++)
			end(add(&run, run.values), (double)(n * 7 % 11));
		suggest(&run, run.state, run.values);
		run_close(&run);
	}
}

/* --- many ------------------------------------------------------------------ */

static void sixty_four_at_once_differ(void **state)
{
	const struct hd_sampler_type *type;
	struct run run;

	(void)state;
	EACH_ROW(type)
	{
		run_open(&run, type, HD_MINIMIZE);
		for (size_t n = 0; n < 20; n++) {
			suggest(&run, run.state, run.values);
			end(add(&run, run.values), result_of(run.values));
		}
		for (size_t n = 20; n < 84; n++) {
			suggest(&run, run.state, run.values);
			for (size_t i = 0; i < n; i++)
				assert_false(is_same(
					hd_trial_values(hd_history_trial(
						run.history, i)),
					run.values));
			add(&run, run.values);
		}
		run_close(&run);
	}
}

static void ten_thousand_trials_are_enough_to_go_on(void **state)
{
	const struct hd_sampler_type *type;
	struct run run;
	struct hd_rng rng;

	(void)state;
	EACH_ROW(type)
	{
		run_open(&run, type, HD_MINIMIZE);
		hd_rng_init(&rng, 3, 0);
		for (size_t n = 0; n < 10000; n++) {
			for (size_t i = 0; i < WIDTH; i++)
				run.values[i] = hd_expr_draw(&expressions[i],
							     &rng);
			end(add(&run, run.values), result_of(run.values));
		}
		for (size_t n = 0; n < 4; n++) {
			suggest(&run, run.state, run.values);
			end(add(&run, run.values), result_of(run.values));
		}
		run_close(&run);
	}
}

/* --- a function of the history --------------------------------------------- */

static void a_new_state_gives_what_the_old_one_gives(void **state)
{
	const struct hd_sampler_type *type;
	struct hd_value again[WIDTH];
	struct run run;

	(void)state;
	EACH_ROW(type)
	{
		run_open(&run, type, HD_MINIMIZE);
		for (size_t n = 0; n < 40; n++) {
			void *fresh = state_new(&run);

			suggest(&run, run.state, run.values);
			suggest(&run, fresh, again);
			assert_true(is_same(run.values, again));
			state_free(&run, fresh);
			end(add(&run, run.values), result_of(run.values));
		}
		run_close(&run);
	}
}

/* A copy goes up where the original goes down: the same trials are drawn. */
static void maximizing_is_minimizing_the_negative(void **state)
{
	const struct hd_sampler_type *type;
	struct run up, down;

	(void)state;
	EACH_ROW(type)
	{
		run_open(&down, type, HD_MINIMIZE);
		run_open(&up, type, HD_MAXIMIZE);
		for (size_t n = 0; n < 25; n++) {
			double result;

			suggest(&down, down.state, down.values);
			suggest(&up, up.state, up.values);
			assert_true(is_same(down.values, up.values));
			result = result_of(down.values);
			end(add(&down, down.values), result);
			end(add(&up, up.values), -result);
		}
		run_close(&down);
		run_close(&up);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_results_give_legal_values),
		cmocka_unit_test(equal_points_with_other_results_are_survived),
		cmocka_unit_test(sixty_four_at_once_differ),
		cmocka_unit_test(ten_thousand_trials_are_enough_to_go_on),
		cmocka_unit_test(a_new_state_gives_what_the_old_one_gives),
		cmocka_unit_test(maximizing_is_minimizing_the_negative),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
