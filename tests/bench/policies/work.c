/* The results, one task and seed at a time on each of some threads. */
#include "bench.h"
#include "replay.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct work {
	struct bench *bench;
	pthread_mutex_t lock;
	size_t next, count; /* of pairs of task and seed */
};

static double regret(double found, double best, double median)
{
	/* Nothing found is no better than a median trial. */
	if (isnan(found) || isnan(median) || !(fabs(best - median) > 0))
		return isnan(found);
	return (best - found) / (best - median) + 0.0; /* never -0 */
}

/* The first trials of the pool, which a policy shortens. */
struct draw {
	size_t trials;
	double epochs, best, median;
};

static struct draw draw_of(const struct task *task, uint64_t seed, size_t trials)
{
	struct draw draw = { .trials = trials, .best = NAN };
	double *results = must(malloc((trials + 1) * sizeof *results));

	for (size_t i = 0; i < trials; i++) {
		size_t row = replay_row(task, seed, i);

		results[i] = task->best[row];
		draw.epochs += (double)task->length[row];
		if (hd_goal_better(task->goal, results[i], draw.best))
			draw.best = results[i];
	}
	draw.median = tasks_median(task->goal, results, trials);
	free(results);
	return draw;
}

static void measure_pool(struct result *result, const struct replay *replay,
			 const struct draw *draw, double none)
{
	struct outcome outcome = replay_run(replay);

	result->saved = 1 - (double)outcome.epochs / draw->epochs;
	result->time = outcome.time / none;
	result->regret = regret(outcome.best, draw->best, draw->median);
	result->kept = outcome.best == draw->best;
	result->full = (double)outcome.full / (double)draw->trials;
}

static void measure_budget(struct result *result, const struct replay *given)
{
	const struct task *task = given->task;
	struct replay replay = *given;
	struct outcome outcome;

	replay.trials = SIZE_MAX;
	replay.epochs = BUDGET_RUNS * task->epochs;
	outcome = replay_run(&replay);
	result->at_budget = regret(outcome.best, task->pool_best,
				   task->pool_median);
	result->undrawn = regret(outcome.drawn, task->pool_best, task->pool_median);
	result->trials = (double)outcome.trials;
	result->distinct = (double)outcome.distinct / (double)outcome.trials;
	result->repeated = (double)outcome.repeated / (double)outcome.epochs;
}

/* At most N, and of a small pool not the whole of it. */
static size_t trials_of(const struct bench *bench, const struct task *task)
{
	size_t most = task->rows < 2 * bench->trials ? bench->trials / 2
						     : bench->trials;

	return most < task->rows ? most : task->rows;
}

static void measure(const struct bench *bench, size_t t, size_t s)
{
	const struct task *task = &bench->tasks.item[t];
	struct replay replay = { .task = task,
				 .seed = task->key ^ (bench->first_seed + s),
				 .workers = bench->workers,
				 .epochs = SIZE_MAX };
	struct draw draw = draw_of(task, replay.seed, trials_of(bench, task));
	double none = NAN; /* how long it takes without a policy */

	replay.trials = draw.trials;
	if (!bench->sampler[0])
		none = replay_run(&replay).time;
	for (size_t k = 0; k < bench->samplers; k++)
		for (size_t p = 0; p < bench->settings.count; p++) {
			struct result *result = bench_result(bench, t, k, p, s);

			*result = (struct result){ .saved = NAN };
			replay.sampler = bench->sampler[k];
			replay.policy = bench->settings.item[p].config;
			if (!replay.sampler)
				measure_pool(result, &replay, &draw, none);
			measure_budget(result, &replay);
		}
}

static void *worker(void *user)
{
	struct work *work = user;

	for (;;) {
		size_t item;

		pthread_mutex_lock(&work->lock);
		item = work->next++;
		if (item < work->count && isatty(2))
			fprintf(stderr, "%zu of %zu%c", item + 1, work->count,
				item + 1 < work->count ? '\r' : '\n');
		pthread_mutex_unlock(&work->lock);
		if (item >= work->count)
			return NULL;
		measure(work->bench, item / work->bench->seeds,
			item % work->bench->seeds);
	}
}

void bench_work(struct bench *bench)
{
	struct work work = { .bench = bench,
			     .count = bench->tasks.count * bench->seeds };
	pthread_t *threads = must(calloc(bench->jobs + 1, sizeof *threads));
	size_t results = work.count * bench->samplers * bench->settings.count;
	size_t started = 0;

	bench->result = must(calloc(results + 1, sizeof *bench->result));
	pthread_mutex_init(&work.lock, NULL);
	while (started + 1 < bench->jobs &&
	       pthread_create(&threads[started], NULL, worker, &work) == 0)
		started++;
	worker(&work); /* one more, and the only one where none can be had */
	while (started)
		pthread_join(threads[--started], NULL);
	pthread_mutex_destroy(&work.lock);
	free(threads);
}
