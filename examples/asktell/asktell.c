/*
 * Branin's function, which has three equal minima of 0.397887, by asking and
 * telling: the loop is this program's, hdrive says what to try next.
 */
#include <hdrive.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TRIALS 40

static double branin(double x, double y)
{
	const double pi = acos(-1);
	double a = y - 5.1 / (4 * pi * pi) * x * x + 5 / pi * x - 6;

	return a * a + 10 * (1 - 1 / (8 * pi)) * cos(x) + 10;
}

/* What went wrong ends the program: there is nothing to save. */
static void need(int code, const struct hd_error *err)
{
	if (code >= 0)
		return;
	fprintf(stderr, "asktell: %s: %s\n", hd_code_name(code), err->text);
	exit(1);
}

static struct hd_space *plane(void)
{
	struct hd_expr x = hd_expr_uniform(-5, 10), y = hd_expr_uniform(0, 15);
	struct hd_space *space = hd_space_new();
	struct hd_error err = { 0 };

	if (!space)
		need(hd_error_nomem(&err), &err);
	need(hd_space_add(space, "x", &x, NULL, &err), &err);
	need(hd_space_add(space, "y", &y, NULL, &err), &err);
	return space;
}

static void print_best(struct hd_study *study)
{
	const struct hd_trial *trial;
	struct hd_error err = { 0 };
	char point[128];
	size_t number;
	double value;

	need(hd_study_best(study, &number, &value, &err), &err);
	trial = hd_history_trial(hd_study_history(study), number);
	hd_space_json(hd_study_space(study), hd_trial_values(trial), point,
		      sizeof point);
	printf("best %.4f (#%zu): %s\n", value, number, point);
}

int main(void)
{
	struct hd_space *space = plane();
	const struct hd_study_options options = {
		.size = sizeof options,
		.space = space,
		.sampler = hd_sampler_type_find("bayesian"),
		.goal = HD_MINIMIZE,
		.seed = 1,
	};
	struct hd_study *study;
	struct hd_error err = { 0 };

	need(hd_study_new(&study, &options, &err), &err);
	for (int i = 0; i < TRIALS; i++) {
		const struct hd_value *values;
		size_t number;

		need(hd_study_ask(study, NULL, &number, &values, &err), &err);
		need(hd_study_tell(study, number, NULL,
				   branin(values[0].number, values[1].number), &err),
		     &err);
	}
	print_best(study);
	hd_study_free(study);
	hd_space_free(space);
	return 0;
}
