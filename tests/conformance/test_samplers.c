/*
 * What every sampler must hold, over each row of the table: a new one is
 * covered by standing there.
 */
#include "samplers.h"
#include "alloc.h"

/* --- the claims ----------------------------------------------------------- */

static void every_row_is_complete_and_found_in_any_case(void **state)
{
	(void)state;
	assert_true(hd_sampler_types() >= 2);
	EACH_ROW(row)
	{
		const struct hd_sampler_type *type = hd_sampler_type_at(row);
		char upper[64];
		size_t i;

		assert_non_null(type->suggest);
		assert_true(strlen(type->summary) > 0);
		assert_true(type->expressions != 0);
		assert_int_equal(type->azure_expressions & ~type->expressions,
				 0);
		for (i = 0; type->name[i] && i < sizeof upper - 1; i++)
			upper[i] = (char)(type->name[i] - 'a' + 'A');
		upper[i] = '\0';
		assert_ptr_equal(hd_sampler_type_find(type->name), type);
		assert_ptr_equal(hd_sampler_type_find(upper), type);
	}
	assert_null(hd_sampler_type_find("foo"));
	assert_null(hd_sampler_type_at(hd_sampler_types()));
}

static void hd_037_each_expression_it_takes_gives_legal_values(void **state)
{
	struct run run;

	(void)state;
	assert_int_equal(hd_sampler_type_find("random")->expressions,
			 HD_EXPR_ALL);
	EACH_ROW(row)
	for (size_t i = 0; i < ROWS(expressions); i++) {
		if (!(hd_sampler_type_at(row)->expressions &
		      (unsigned)expressions[i].kind))
			continue;
		run_open(&run, row, 2385);
		run_add(&run, expressions[i]);
		run_start(&run);
		for (int n = 0; n < 50 && run_next(&run); n++)
			assert_legal(&run);
		assert_true(hd_history_count(run.history) > 0);
		run_close(&run);
	}
}

static void all_expressions_together_give_legal_values(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		run_add_all(&run);
		run_start(&run);
		for (int n = 0; n < 50; n++) {
			assert_true(run_next(&run));
			assert_legal(&run);
		}
		run_close(&run);
	}
}

static void hd_038_same_seed_same_values(void **state)
{
	struct run a, b;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&a, row, 2385);
		run_open(&b, row, 2385);
		run_add_all(&a);
		run_add_all(&b);
		run_start(&a);
		run_start(&b);
		for (size_t n = 0; n < 30; n++) {
			assert_true(run_next(&a) && run_next(&b));
			assert_true(run_same(&a, n, &b, n));
		}
		run_close(&a);
		run_close(&b);
	}
}

static void asking_twice_gives_the_same_answer(void **state)
{
	struct hd_value first[WIDTH_MOST];
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		run_add_all(&run);
		run_start(&run);
		for (int n = 0; n < 10; n++) {
			size_t width = hd_space_count(run.space);

			assert_int_equal(run_suggest(&run), 0);
			memcpy(first, run.values, sizeof first);
			assert_true(run_next(&run));
			for (size_t i = 0; i < width; i++)
				assert_true(hd_value_equal(&first[i],
							   &run.values[i]));
		}
		run_close(&run);
	}
}

static void other_seed_other_values(void **state)
{
	struct run a, b;
	size_t same;

	(void)state;
	EACH_ROW(row)
	{
		if (!is_seeded(hd_sampler_type_at(row)))
			continue;
		run_open(&a, row, 2385);
		run_open(&b, row, 2386);
		run_add_all(&a);
		run_add_all(&b);
		run_start(&a);
		run_start(&b);
		same = 0;
		for (size_t n = 0; n < 30; n++) {
			assert_true(run_next(&a) && run_next(&b));
			same += run_same(&a, n, &b, n);
		}
		assert_int_equal(same, 0);
		run_close(&a);
		run_close(&b);
	}
}

static void a_finite_space_is_exhausted_without_repeats(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		run_add(&run, hd_expr_choice(choice_options, 3));
		run_add(&run, hd_expr_randint(5));
		run_add(&run, hd_expr_choice(choice_options, 2));
		run_start(&run);
		while (run_next(&run)) {
			size_t last = hd_history_count(run.history) - 1;

			assert_legal(&run);
			for (size_t i = 0; i < last; i++)
				assert_false(run_same(&run, i, &run, last));
		}
		assert_int_equal(hd_history_count(run.history), 30);
		assert_int_equal(run_suggest(&run), HD_EXHAUSTED);
		run_close(&run);
	}
}

static void a_space_of_one_point_is_drawn_once(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		run_add(&run, hd_expr_choice(choice_options, 1));
		run_add(&run, hd_expr_randint(1));
		run_start(&run);
		assert_true(run_next(&run));
		assert_legal(&run);
		assert_false(run_next(&run));
		run_close(&run);
	}
}

static void two_hundred_parameters_are_drawn(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		for (size_t i = 0; i < 200; i++)
			run_add(&run, hd_expr_randint((double)(2 + i)));
		run_start(&run);
		for (size_t n = 0; n < 20; n++) {
			assert_true(run_next(&run));
			assert_legal(&run);
			if (n > 0)
				assert_false(run_same(&run, n - 1, &run, n));
		}
		run_close(&run);
	}
}

static void a_choice_of_five_thousand_levels_is_drawn(void **state)
{
	static struct hd_value levels[5000];
	struct run run;

	(void)state;
	for (size_t i = 0; i < ROWS(levels); i++)
		levels[i] = (struct hd_value){ .kind = HD_VALUE_INTEGER,
					       .integer = (int64_t)(7 * i),
					       .number = (double)(7 * i) };
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		run_add(&run, hd_expr_choice(levels, ROWS(levels)));
		run_start(&run);
		for (size_t n = 0; n < 60; n++) {
			assert_true(run_next(&run));
			assert_legal(&run);
			for (size_t i = 0; i < n; i++)
				assert_false(run_same(&run, i, &run, n));
		}
		run_close(&run);
	}
}

/* Trials of every end and every odd result, then more are asked for. */
static void it_survives_whatever_happened_to_earlier_trials(void **state)
{
	static const struct {
		bool logs;
		double value;
		enum hd_trial_event end;
	} ends[] = {
		{ true, 0.2385, HD_TRIAL_EVENT_DONE },
		{ true, NAN, HD_TRIAL_EVENT_DONE },
		{ false, 0, HD_TRIAL_EVENT_DONE },
		{ true, INFINITY, HD_TRIAL_EVENT_FAIL },
		{ true, -INFINITY, HD_TRIAL_EVENT_DONE },
		{ false, 0, HD_TRIAL_EVENT_FAIL },
		{ true, 1e300, HD_TRIAL_EVENT_CANCEL },
		{ true, 0.2385, HD_TRIAL_EVENT_DONE },
		{ false, 0, HD_TRIAL_EVENT_CANCEL },
	};
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		run_add_all(&run);
		run_start(&run);
		for (size_t n = 0; n < 3 * ROWS(ends); n++) {
			size_t end = n % ROWS(ends);

			assert_true(run_next(&run));
			assert_legal(&run);
			run_finish(&run, n, ends[end].logs, ends[end].value,
				   ends[end].end);
		}
		run_close(&run);
	}
}

static void it_survives_a_history_of_failures_alone(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_open(&run, row, 2385);
		run_add_all(&run);
		run_start(&run);
		for (size_t n = 0; n < 40; n++) {
			assert_true(run_next(&run));
			assert_legal(&run);
			run_finish(&run, n, false, 0, HD_TRIAL_EVENT_FAIL);
		}
		run_close(&run);
	}
}

/*
 * In A all trials still wait; in B each ended, and was forgotten, before the
 * next was asked for.
 */
static void without_a_model_trial_n_is_the_same_at_any_concurrency(void **state)
{
	struct run a, b;

	(void)state;
	EACH_ROW(row)
	{
		if (hd_sampler_type_at(row)->learns)
			continue;
		run_open(&a, row, 2385);
		run_open(&b, row, 2385);
		run_add_all(&a);
		run_add_all(&b);
		run_start(&a);
		run_start(&b);
		for (size_t n = 0; n < 40; n++) {
			assert_true(run_next(&a) && run_next(&b));
			assert_true(run_same(&a, n, &b, n));
			run_finish(&b, n, n % 3 != 0, 0.2385 * (double)n,
				   n % 5 ? HD_TRIAL_EVENT_DONE
					 : HD_TRIAL_EVENT_FAIL);
			/* The one before: run_same looks at the last. */
			if (n > 0)
				hd_history_forget(b.history, n - 1);
		}
		run_close(&a);
		run_close(&b);
	}
}

#if HAS_ALLOC
static void without_a_model_suggest_allocates_nothing(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		size_t before;

		if (hd_sampler_type_at(row)->learns)
			continue;
		run_open(&run, row, 2385);
		run_add_all(&run);
		run_start(&run);
		before = alloc_count;
		assert_true(before > 0);
		for (int n = 0; n < 10; n++)
			assert_int_equal(run_suggest(&run), 0);
		assert_int_equal(alloc_count, before);
		run_close(&run);
	}
}
#endif

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete_and_found_in_any_case),
		cmocka_unit_test(hd_037_each_expression_it_takes_gives_legal_values),
		cmocka_unit_test(all_expressions_together_give_legal_values),
		cmocka_unit_test(hd_038_same_seed_same_values),
		cmocka_unit_test(asking_twice_gives_the_same_answer),
		cmocka_unit_test(other_seed_other_values),
		cmocka_unit_test(a_finite_space_is_exhausted_without_repeats),
		cmocka_unit_test(a_space_of_one_point_is_drawn_once),
		cmocka_unit_test(two_hundred_parameters_are_drawn),
		cmocka_unit_test(a_choice_of_five_thousand_levels_is_drawn),
		cmocka_unit_test(it_survives_whatever_happened_to_earlier_trials),
		cmocka_unit_test(it_survives_a_history_of_failures_alone),
		cmocka_unit_test(without_a_model_trial_n_is_the_same_at_any_concurrency),
#if HAS_ALLOC
		cmocka_unit_test(without_a_model_suggest_allocates_nothing),
#endif
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
