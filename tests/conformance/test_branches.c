/*
 * What every sampler must hold over a space with branches: each trial has the
 * parameters of one branch of every choice, and no others.
 */
#include "samplers.h"
#include "alloc.h"

static const struct hd_value branch_options[] = {
	{ .kind = HD_VALUE_TEXT, .text = "bayes", .length = 5 },
	{ .kind = HD_VALUE_TEXT, .text = "svm", .length = 3 },
	{ .kind = HD_VALUE_BRANCH, .text = "net/3", .length = 5 },
};

static const struct hd_value one_option[] = {
	{ .kind = HD_VALUE_TEXT, .text = "net", .length = 3 },
};

/* What TYPE takes of a continuous parameter, or else a list. */
static struct hd_expr number_of(const struct hd_sampler_type *type, double max)
{
	return type->expressions & HD_EXPR_UNIFORM ? hd_expr_uniform(0, max)
						   : hd_expr_quniform(0, max, max / 64);
}

/*
 * 0 number; 1 choice: bayes; svm {2 number, 3 choice: adam; sgd {4 number};
 * lamb {5 number, 6 randint}}; net/3 {7 one option, 8 number}; 9 randint.
 */
static void run_add_branches(struct run *run)
{
	const struct hd_sampler_type *type = run->type;

	run_add(run, number_of(type, 2));
	run_add(run, hd_expr_choice(branch_options, 3));
	run_add_in(run, 1, 1, number_of(type, 3));
	run_add_in(run, 1, 1, hd_expr_choice(choice_options, 3));
	run_add_in(run, 3, 1, number_of(type, 4));
	run_add_in(run, 3, 2, number_of(type, 5));
	run_add_in(run, 3, 2, hd_expr_randint(7));
	run_add_in(run, 1, 2, hd_expr_choice(one_option, 1));
	run_add_in(run, 1, 2, number_of(type, 6));
	run_add(run, hd_expr_randint(4));
}

static void run_begin_branches(struct run *run, size_t row, uint64_t seed)
{
	run_open(run, row, seed);
	run_add_branches(run);
	run_start(run);
}

/* The best lies in the second branch of the second choice. */
static double branch_result(const struct hd_value *values)
{
	double sum = pow(values[0].number - 0.6, 2) +
		     0.1 * fabs(values[9].number - 2);

	if (values[1].option == 0)
		return 3 + sum;
	if (values[1].option == 2)
		return 1.5 + sum + 0.1 * pow(values[8].number - 2, 2);
	sum += 0.3 * pow(values[2].number - 2, 2);
	if (values[3].option == 0)
		return 1 + sum;
	if (values[3].option == 2)
		return 0.5 + sum + 0.2 * pow(values[5].number - 1, 2);
	return sum + 0.4 * pow(values[4].number - 3, 2);
}

static void only_the_drawn_branch_has_values(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		size_t seen[3] = { 0 }, deep[3] = { 0 };

		run_begin_branches(&run, row, 2385);
		for (size_t n = 0; n < 40; n++) {
			assert_true(run_next(&run));
			assert_legal(&run);
			seen[run.values[1].option]++;
			if (run.values[3].kind != HD_VALUE_ABSENT)
				deep[run.values[3].option]++;
			run_finish(&run, n, true, branch_result(run.values),
				   HD_TRIAL_EVENT_DONE);
		}
		for (size_t i = 0; i < 3 && is_seeded(run.type); i++)
			assert_true(seen[i] > 0 && deep[i] > 0);
		run_close(&run);
	}
}

static void whatever_happened_in_a_branch_is_survived(void **state)
{
	static const double results[] = { NAN, INFINITY, 1e300, 0.2385,
					  -1e30, 0 };
	static const enum hd_trial_event ends[] = {
		HD_TRIAL_EVENT_DONE,
		HD_TRIAL_EVENT_FAIL,
		HD_TRIAL_EVENT_CANCEL,
	};
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_begin_branches(&run, row, 7);
		for (size_t n = 0; n < 45; n++) {
			assert_true(run_next(&run));
			assert_legal(&run);
			/* Every seventh goes on. */
			if (n % 7 != 6)
				run_finish(&run, n, n % 4 != 3,
					   results[n % ROWS(results)],
					   ends[n % ROWS(ends)]);
		}
		run_close(&run);
	}
}

static void a_new_state_gives_what_the_old_one_gives(void **state)
{
	struct run a, b;

	(void)state;
	EACH_ROW(row)
	{
		run_begin_branches(&a, row, 3);
		for (size_t n = 0; n < 24; n++) {
			assert_true(run_next(&a));
			run_finish(&a, n, true, branch_result(a.values),
				   HD_TRIAL_EVENT_DONE);
			/* A second sweep goes the same way. */
			if (n != 20)
				continue;
			run_begin_branches(&b, row, 3);
			for (size_t m = 0; m <= n; m++) {
				hd_history_add(b.history,
					       hd_trial_values(hd_history_trial(a.history, m)));
				run_finish(&b, m, true,
					   branch_result(
						   hd_trial_values(hd_history_trial(a.history, m))),
					   HD_TRIAL_EVENT_DONE);
			}
		}
		for (size_t n = 21; n < 24; n++) {
			assert_true(run_next(&b));
			assert_true(run_same(&a, n, &b, n));
			run_finish(&b, n, true, branch_result(b.values),
				   HD_TRIAL_EVENT_DONE);
		}
		run_close(&a);
		run_close(&b);
	}
}

/* bayes; svm {3 of which one has 2 more, times 2}; net/3 {1 times 4}. */
static void run_add_finite(struct run *run)
{
	run_add(run, hd_expr_choice(branch_options, 3));
	run_add_in(run, 0, 1, hd_expr_choice(choice_options, 3));
	run_add_in(run, 1, 2, hd_expr_randint(3));
	run_add_in(run, 0, 1, hd_expr_randint(2));
	run_add_in(run, 0, 2, hd_expr_choice(one_option, 1));
	run_add_in(run, 0, 2, hd_expr_randint(4));
	run_add(run, hd_expr_randint(2));
}

#define FINITE ((1 + (2 + 3) * 2 + 4) * 2)

static void hd_036_each_point_of_each_branch_comes_once(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		run_add_finite(&run);
		run_start(&run);
		assert_true(hd_space_points(run.space) == FINITE);
		for (size_t n = 0; run_next(&run); n++) {
			assert_legal(&run);
			for (size_t i = 0; i < n; i++)
				assert_false(run_same(&run, i, &run, n));
			run_finish(&run, n, true, (double)(n % 5),
				   HD_TRIAL_EVENT_DONE);
		}
		assert_int_equal(hd_history_count(run.history), FINITE);
		assert_true(!run.type->points ||
			    run.type->points(run.state) == FINITE);
		run_close(&run);
	}
}

static void a_shuffled_grid_visits_every_branch_once(void **state)
{
	const struct hd_sampler_type *grid = hd_sampler_type_find("grid");
	bool seen[FINITE] = { false };
	struct run run;
	size_t row = 0;

	(void)state;
	while (hd_sampler_type_at(row) != grid)
		row++;
	run_open(&run, row, 2385);
	run_add_finite(&run);
	run_start(&run);
	hd_option_store(hd_option_find(grid->options, "shuffle"), run.state, true);
	assert_int_equal(grid->init(run.state, run.space, NULL), 0);
	while (run_next(&run)) {
		uint64_t point = hd_space_point_index(run.space, run.values);

		assert_true(point < FINITE && !seen[point]);
		seen[point] = true;
	}
	assert_int_equal(hd_history_count(run.history), FINITE);
	run_close(&run);
}

/* A large branch does not keep the others from their turn. */
static void random_draws_each_option_alike(void **state)
{
	static const char *const names[] = { "random", "sobol" };
	struct run run;

	(void)state;
	EACH_ROW(row)
	for (size_t k = 0; k < ROWS(names); k++) {
		size_t seen[3] = { 0 };

		if (strcmp(hd_sampler_type_at(row)->name, names[k]))
			continue;
		run_open(&run, row, 2385);
		run_add(&run, hd_expr_choice(branch_options, 3));
		run_add_in(&run, 0, 1, hd_expr_randint(500));
		run_add_in(&run, 0, 2, hd_expr_randint(100000));
		run_start(&run);
		for (int n = 0; n < 400; n++) {
			assert_true(run_next(&run));
			seen[run.values[0].option]++;
		}
		/* bayes has one point; of 400 draws half go to each other,
		 * 5 sigma are 50. */
		assert_int_equal(seen[0], 1);
		assert_in_range(seen[1], 120, 250);
		run_close(&run);
	}
}

static void what_learns_ends_in_the_best_branch(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		size_t there = 0;
		double best = HUGE_VAL;

		if (!hd_sampler_type_at(row)->learns)
			continue;
		run_begin_branches(&run, row, 5);
		hd_history_plan(run.history, 70, 1);
		for (size_t n = 0; n < 70; n++) {
			double result;

			assert_true(run_next(&run));
			result = branch_result(run.values);
			best = fmin(best, result);
			there += n >= 40 && run.values[1].option == 1 &&
				 run.values[3].option == 1;
			run_finish(&run, n, true, result, HD_TRIAL_EVENT_DONE);
		}
		/* Of thirty a random search has three or four there. */
		if (there < 15 || best > 0.4)
			fail_msg("%s: %zu there, best %g", run.type->name,
				 there, best);
		run_close(&run);
	}
}

#if HAS_ALLOC
static void without_a_model_suggest_allocates_nothing(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	for (int finite = 0; finite < 2; finite++) {
		size_t before;

		if (hd_sampler_type_at(row)->learns)
			continue;
		run_open(&run, row, 2385);
		if (finite)
			run_add_finite(&run);
		else
			run_add_branches(&run);
		run_start(&run);
		before = alloc_count;
		for (int n = 0; n < 10; n++)
			assert_int_equal(run_suggest(&run), 0);
		assert_int_equal(alloc_count, before);
		run_close(&run);
	}
}

static int init_of(const struct run *run, void *state)
{
	hd_option_defaults(run->type->options, state);
	return run->type->init ? run->type->init(state, run->space, NULL) : 0;
}

static void init_survives_any_failed_allocation(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		int rc = HD_ENOMEM;
		void *other;

		run_begin_branches(&run, row, 2385);
		other = calloc(1, run.type->state_size + 1);
		assert_non_null(other);
		for (size_t n = 1; rc != 0; n++) {
			size_t live = alloc_live;

			memset(other, 0, run.type->state_size);
			alloc_fail(n);
			rc = init_of(&run, other);
			alloc_fail(0);
			assert_true(rc == 0 || rc == HD_ENOMEM);
			assert_true(rc == 0 || alloc_live == live);
		}
		if (run.type->release)
			run.type->release(other);
		free(other);
		run_close(&run);
	}
}
#endif

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_drawn_branch_has_values),
		cmocka_unit_test(whatever_happened_in_a_branch_is_survived),
		cmocka_unit_test(a_new_state_gives_what_the_old_one_gives),
		cmocka_unit_test(hd_036_each_point_of_each_branch_comes_once),
		cmocka_unit_test(a_shuffled_grid_visits_every_branch_once),
		cmocka_unit_test(random_draws_each_option_alike),
		cmocka_unit_test(what_learns_ends_in_the_best_branch),
#if HAS_ALLOC
		cmocka_unit_test(without_a_model_suggest_allocates_nothing),
		cmocka_unit_test(init_survives_any_failed_allocation),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
