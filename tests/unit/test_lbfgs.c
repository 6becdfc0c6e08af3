/* L-BFGS in a box. */
#include "check.h"

#include "lbfgs.h"

struct call {
	size_t count;
	double shift;
};

/* sum_i (i + 1) (x_i - shift)^2 */
static double bowl(const double *x, double *gradient, void *context)
{
	struct call *call = context;
	double sum = 0;

	call->count++;
	for (size_t i = 0; i < 4; i++) {
		double far = x[i] - call->shift;

		sum += (double)(i + 1) * far * far;
		gradient[i] = 2 * (double)(i + 1) * far;
	}
	return sum;
}

static double valley(const double *x, double *gradient, void *context)
{
	double a = x[1] - x[0] * x[0], b = 1 - x[0];

	((struct call *)context)->count++;
	gradient[0] = -400 * a * x[0] - 2 * b;
	gradient[1] = 200 * a;
	return 100 * a * a + b * b;
}

static double nowhere(const double *x, double *gradient, void *context)
{
	(void)x;
	((struct call *)context)->count++;
	gradient[0] = NAN;
	return NAN;
}

static const double low[] = { -2, -2, -2, -2 }, high[] = { 2, 2, 2, 2 };

static struct hd_lbfgs problem_of(hd_objective *objective, size_t n,
				  struct call *call)
{
	return (struct hd_lbfgs){ .n = n,
				  .low = low,
				  .high = high,
				  .objective = objective,
				  .context = call,
				  .evaluations = 200,
				  .gradient_limit = 1e-9,
				  .decrease_limit = 1e-16 };
}

static void it_finds_the_lowest_point_inside(void **state)
{
	double x[] = { -2, 1.5, 0, 2 };
	struct hd_scratch scratch = { 0 };
	struct call call = { .shift = 0.3 };
	struct hd_lbfgs problem = problem_of(bowl, 4, &call);

	(void)state;
	assert_close(hd_lbfgs_minimize(&problem, x, &scratch), 0, 1e-12);
	for (size_t i = 0; i < 4; i++)
		assert_close(x[i], 0.3, 1e-6);
	hd_scratch_release(&scratch);
}

static void it_stops_at_the_bounds(void **state)
{
	double x[] = { 0, 0, 0, 0 };
	struct hd_scratch scratch = { 0 };
	struct call call = { .shift = 5 };
	struct hd_lbfgs problem = problem_of(bowl, 4, &call);

	(void)state;
	assert_close(hd_lbfgs_minimize(&problem, x, &scratch), 90, 1e-12);
	for (size_t i = 0; i < 4; i++)
		assert_true(x[i] == 2);
	hd_scratch_release(&scratch);
}

static void it_follows_a_curved_valley(void **state)
{
	double x[] = { -1.2, 1 };
	struct hd_scratch scratch = { 0 };
	struct call call = { 0 };
	struct hd_lbfgs problem = problem_of(valley, 2, &call);

	(void)state;
	assert_close(hd_lbfgs_minimize(&problem, x, &scratch), 0, 1e-10);
	assert_true(call.count < 80);
	hd_scratch_release(&scratch);
}

static void it_never_calls_more_often_than_told(void **state)
{
	struct hd_scratch scratch = { 0 };

	(void)state;
	for (size_t most = 1; most < 30; most++) {
		double x[] = { -1.2, 1 }, g[2], last = HUGE_VAL, value;
		struct call call = { 0 };
		struct hd_lbfgs problem = problem_of(valley, 2, &call);

		problem.evaluations = most;
		value = hd_lbfgs_minimize(&problem, x, &scratch);
		assert_true(call.count <= most && value <= last);
		assert_close(valley(x, g, &call), value, 1e-12);
		last = value;
	}
	hd_scratch_release(&scratch);
}

static void a_start_outside_is_moved_in(void **state)
{
	double x[] = { -9, 9, 9, -9 };
	struct hd_scratch scratch = { 0 };
	struct call call = { 0 };
	struct hd_lbfgs problem = problem_of(bowl, 4, &call);

	(void)state;
	assert_close(hd_lbfgs_minimize(&problem, x, &scratch), 0, 1e-12);
	hd_scratch_release(&scratch);
}

static void a_function_without_values_ends_at_once(void **state)
{
	double x[] = { 0.5 };
	struct hd_scratch scratch = { 0 };
	struct call call = { 0 };
	struct hd_lbfgs problem = problem_of(nowhere, 1, &call);

	(void)state;
	assert_true(hd_lbfgs_minimize(&problem, x, &scratch) == HUGE_VAL);
	assert_int_equal(call.count, 1);
	assert_true(x[0] == 0.5);
	hd_scratch_release(&scratch);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_finds_the_lowest_point_inside),
		cmocka_unit_test(it_stops_at_the_bounds),
		cmocka_unit_test(it_follows_a_curved_valley),
		cmocka_unit_test(it_never_calls_more_often_than_told),
		cmocka_unit_test(a_start_outside_is_moved_in),
		cmocka_unit_test(a_function_without_values_ends_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
