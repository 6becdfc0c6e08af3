/*
 * What every sampler must make of odd results, over each row of the table.
 */
#include "samplers.h"

/* Forty trials whose results are those of WHICH, then some more are drawn. */
static void survives_results(double (*which)(const struct run *run, size_t n))
{
	struct run run;

	EACH_ROW(row)
	{
		run_begin(&run, row);
		for (size_t n = 0; n < 40; n++) {
			assert_true(run_next(&run));
			assert_legal(&run);
			run_finish(&run, n, true, which(&run, n),
				   HD_TRIAL_EVENT_DONE);
		}
		run_draws_on(&run, 3);
		run_close(&run);
	}
}

static double result_tiny(const struct run *run, size_t n)
{
	(void)n;
	return 1 + 1e-15 * run_result(run);
}

static void it_survives_differences_of_rounding(void **state)
{
	(void)state;
	survives_results(result_tiny);
}

/* Trials that a policy stopped at odd intervals, and half-told ones. */
static void it_survives_trials_that_were_stopped_early(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_begin(&run, row);
		for (size_t n = 0; n < 40; n++) {
			struct hd_trial *trial;
			double result;

			assert_true(run_next(&run));
			assert_legal(&run);
			result = run_result(&run);
			trial = hd_history_trial_mutable(run.history, n);
			hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
			hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
			for (size_t i = 0; i < 1 + n % 9; i++)
				assert_int_equal(hd_trial_log(trial,
							      result + 9.0 / (double)(1 + i)),
						 0);
			if (n % 5 == 4)
				continue; /* still runs */
			if (n % 9 < 8)
				hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
			hd_trial_move(trial, n % 9 < 8 ? HD_TRIAL_EVENT_CANCEL
						       : HD_TRIAL_EVENT_DONE);
		}
		run_draws_on(&run, 3);
		run_close(&run);
	}
}

static void a_sweep_of_one_trial_is_drawn(void **state)
{
	struct run run;

	(void)state;
	EACH_ROW(row)
	{
		run_begin(&run, row);
		hd_history_plan(run.history, 1, 1);
		assert_true(run_next(&run));
		assert_legal(&run);
		run_close(&run);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_survives_differences_of_rounding),
		cmocka_unit_test(it_survives_trials_that_were_stopped_early),
		cmocka_unit_test(a_sweep_of_one_trial_is_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
