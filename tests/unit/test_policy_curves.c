/*
 * HyperDrive's policies (SPEC 3.2 to 3.4) over made-up learning curves, beside
 * a simulation that shares nothing with the engine: its own clock, and rules
 * that look at every value each time. Each trial must end at the same interval.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <hdrive.h>

#include "../bench/policies/replay.h"

#define TRIALS 60
#define WORKERS 4
#define EPOCHS_MOST 200
#define SEED 7

/* --- the rules, written down once more --------------------------------------- */

enum rule {
	RULE_NONE,
	RULE_MEDIAN,
	RULE_BANDIT,
	RULE_TRUNCATION,
};

struct plan {
	enum rule rule;
	double slack;
	size_t per_cent, every, delay;
};

/* Losses: less is better whatever the goal. */
struct runs {
	double loss[TRIALS][EPOCHS_MOST]; /* INFINITY for NaN */
	size_t reported[TRIALS], started;
};

static double best_to(const struct runs *runs, size_t trial, size_t e)
{
	double best = INFINITY;

	for (size_t i = 0; i < e && i < runs->reported[trial]; i++)
		best = fmin(best, runs->loss[trial][i]);
	return best;
}

static double mean_to(const struct runs *runs, size_t trial, size_t e)
{
	double sum = 0;

	for (size_t i = 0; i < e; i++)
		sum += runs->loss[trial][i];
	return sum / (double)e;
}

/* Beyond what rounding can make of equals. */
static bool is_worse(double loss, double limit)
{
	return loss > limit && !(loss - limit <= 1e-12 * fabs(limit));
}

static int by_number(const void *va, const void *vb)
{
	double a = *(const double *)va, b = *(const double *)vb;

	return (a > b) - (a < b);
}

static bool median_stops(const struct runs *runs, size_t trial, size_t e)
{
	double means[TRIALS], median;
	size_t n = 0;

	for (size_t i = 0; i < runs->started; i++)
		if (runs->reported[i] >= e)
			means[n++] = mean_to(runs, i, e);
	qsort(means, n, sizeof *means, by_number);
	median = n % 2 ? means[n / 2] : (means[n / 2 - 1] + means[n / 2]) / 2;
	return n > 1 && is_worse(best_to(runs, trial, e), median);
}

static bool bandit_stops(const struct plan *plan, const struct runs *runs,
			 enum hd_goal goal, size_t trial, size_t e)
{
	double best = INFINITY, slack = plan->slack;

	for (size_t i = 0; i < runs->started; i++)
		best = fmin(best, best_to(runs, i, e));
	if (goal == HD_MAXIMIZE)
		slack = 1 - 1 / (1 + slack);
	return isfinite(best) &&
	       is_worse(best_to(runs, trial, e), best + fabs(best) * slack);
}

static bool truncation_stops(const struct plan *plan, const struct runs *runs,
			     size_t trial, size_t e)
{
	double mine = best_to(runs, trial, e);
	size_t n = 0, worse = 0;

	for (size_t i = 0; i < runs->started; i++) {
		double other = best_to(runs, i, e);

		if (runs->reported[i] < e)
			continue;
		n++;
		worse += other > mine || (other == mine && i > trial);
	}
	return worse < n * plan->per_cent / 100;
}

static bool stops(const struct plan *plan, const struct runs *runs,
		  enum hd_goal goal, size_t trial)
{
	size_t e = runs->reported[trial];

	if (e < plan->delay || e % plan->every)
		return false;
	switch (plan->rule) {
	case RULE_NONE:
		return false;
	case RULE_MEDIAN:
		return median_stops(runs, trial, e);
	case RULE_BANDIT:
		return bandit_stops(plan, runs, goal, trial, e);
	case RULE_TRUNCATION:
		return truncation_stops(plan, runs, trial, e);
	}
	return false;
}

/* --- the other simulation ---------------------------------------------------- */

struct worker {
	size_t trial; /* TRIALS: it found none */
	double begin; /* when its trial began */
};

static double epoch_end(const struct worker *worker, const struct runs *runs)
{
	return worker->begin + replay_speed(SEED, worker->trial) *
				       (double)(runs->reported[worker->trial] + 1);
}

static struct worker *first_to_end(struct worker *workers, const struct runs *runs)
{
	struct worker *first = NULL;

	for (size_t i = 0; i < WORKERS; i++)
		if (workers[i].trial < TRIALS &&
		    (!first || epoch_end(&workers[i], runs) < epoch_end(first, runs)))
			first = &workers[i];
	return first;
}

static void simulate(const struct task *task, const struct plan *plan,
		     struct runs *runs)
{
	double sign = task->goal == HD_MAXIMIZE ? -1 : 1;
	struct worker workers[WORKERS], *next;

	memset(runs, 0, sizeof *runs);
	for (size_t i = 0; i < WORKERS; i++)
		workers[i] = (struct worker){ runs->started++, 0 };
	while ((next = first_to_end(workers, runs))) {
		size_t trial = next->trial, e = runs->reported[trial];
		size_t row = replay_row(task, SEED, trial);
		double value = task->curve[row * task->epochs + e];
		double now = epoch_end(next, runs);

		runs->loss[trial][e] = isnan(value) ? INFINITY : sign * value;
		runs->reported[trial]++;
		if (!stops(plan, runs, task->goal, trial) && e + 1 < task->epochs)
			continue;
		next->trial = TRIALS;
		if (runs->started < TRIALS)
			*next = (struct worker){ runs->started++, now };
	}
}

/* --- both -------------------------------------------------------------------- */

static struct hd_config *load(const char *policy)
{
	static const char *const params[] = { "x=0..1" };
	const struct hd_line line = { .size = sizeof line,
				      .params = params,
				      .param_count = 1,
				      .metric = "min:loss",
				      .policy = policy };
	struct hd_findings *findings = hd_findings_new();
	struct hd_config *config = NULL;

	assert_int_equal(hd_config_line(&config, &line, NULL, findings, NULL), 0);
	hd_findings_free(findings);
	return config;
}

static void compare(const struct task *task, const char *policy,
		    const struct plan *plan)
{
	struct runs *runs = malloc(sizeof *runs);
	struct hd_config *config = load(policy);
	size_t trained[TRIALS] = { 0 }, stopped = 0;
	const struct replay replay = { .task = task,
				       .policy = config,
				       .seed = SEED,
				       .workers = WORKERS,
				       .trials = TRIALS,
				       .epochs = SIZE_MAX,
				       .trained = trained };

	assert_non_null(runs);
	simulate(task, plan, runs);
	replay_run(&replay);
	for (size_t i = 0; i < TRIALS; i++) {
		if (trained[i] != runs->reported[i])
			fail_msg("%s, %s: trial %zu ended at %zu, not at %zu",
				 task->name, policy, i, trained[i],
				 runs->reported[i]);
		stopped += trained[i] < task->epochs;
	}
	/* Where nothing is stopped nothing was compared. */
	assert_true((stopped > 0) == (plan->rule != RULE_NONE));
	free(runs);
	hd_config_free(config);
}

static void over_all(void **state, const char *policy, const struct plan *plan)
{
	const struct tasks *tasks = *state;

	for (size_t i = 0; i < tasks->count; i++)
		compare(&tasks->item[i], policy, plan);
}

static void none_stops_nothing(void **state)
{
	over_all(state, "none", &(struct plan){ RULE_NONE, 0, 0, 1, 0 });
}

static void median_stops_what_the_rule_says(void **state)
{
	over_all(state, "median_stopping", &(struct plan){ RULE_MEDIAN, 0, 0, 1, 0 });
	over_all(state, "median_stopping:delay_evaluation=5,evaluation_interval=2",
		 &(struct plan){ RULE_MEDIAN, 0, 0, 2, 5 });
}

static void bandit_stops_what_the_rule_says(void **state)
{
	over_all(state, "bandit:slack_factor=0.01",
		 &(struct plan){ RULE_BANDIT, 0.01, 0, 1, 0 });
	over_all(state, "bandit:slack_factor=0.05,delay_evaluation=5",
		 &(struct plan){ RULE_BANDIT, 0.05, 0, 1, 5 });
}

static void truncation_stops_what_the_rule_says(void **state)
{
	over_all(state, "truncation_selection:truncation_percentage=20,delay_evaluation=5",
		 &(struct plan){ RULE_TRUNCATION, 0, 20, 1, 5 });
	over_all(state, "truncation_selection:truncation_percentage=30,evaluation_interval=5",
		 &(struct plan){ RULE_TRUNCATION, 0, 30, 5, 0 });
}

/* A task that nothing can be learnt from would prove nothing. */
static void made_curves_are_of_many_kinds(void **state)
{
	const struct tasks *tasks = *state;
	size_t groups = 0, broken = 0;

	for (size_t t = 0; t < tasks->count; t++) {
		const struct task *task = &tasks->item[t];

		groups += t == 0 || strcmp(task->group, task[-1].group) != 0;
		assert_true(task->epochs <= EPOCHS_MOST);
		for (size_t row = 0; row < task->rows; row++)
			broken += isnan(task_curve(task, row).value[task->epochs - 1]);
		assert_true(hd_goal_better(task->goal, task->pool_best,
					   task->pool_median));
	}
	assert_true(groups >= 6);
	assert_true(broken > 0);
}

static int make(void **state)
{
	static struct tasks tasks;

	tasks_made(&tasks);
	*state = &tasks;
	return 0;
}

static int release(void **state)
{
	tasks_release(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(made_curves_are_of_many_kinds),
		cmocka_unit_test(none_stops_nothing),
		cmocka_unit_test(median_stops_what_the_rule_says),
		cmocka_unit_test(bandit_stops_what_the_rule_says),
		cmocka_unit_test(truncation_stops_what_the_rule_says),
	};

	return cmocka_run_group_tests(tests, make, release);
}
