/* What the parts of the benchmark share. */
#ifndef BENCH_POLICIES_BENCH_H
#define BENCH_POLICIES_BENCH_H

#include "../common/stats.h"
#include "setting.h"
#include "task.h"

#define SAMPLERS_MOST 16
#define BUDGET_RUNS 25 /* "at 25 full runs" */

/*
 * One seed of one task, shares of 1. The first five are of a number of trials
 * from the pool that is the same for all policies; regrets are 0 for the best
 * there is, and 1 for a median trial.
 */
struct result {
	double saved;  /* epochs not trained, of those of full trials */
	double time;   /* when the last trial ended, against no policy */
	double regret; /* against the best of the same trials, all in full */
	double kept;   /* 1: the very best value was found */
	double full;   /* trials trained to their end */
	/* Of as many trials as the epochs of BUDGET_RUNS full ones buy: */
	double at_budget; /* regret, against the best of the whole pool */
	double trials;    /* how many those were */
	double undrawn;   /* regret, had all of them been trained in full */
	double distinct;  /* trials with a curve of their own */
	double repeated;  /* epochs that told what was known */
};

struct bench {
	size_t seeds, first_seed, workers, trials, jobs;
	struct tasks tasks;
	struct settings settings;
	/* NULL is the pool's; of the others there is only the budget's part. */
	const struct hd_sampler_type *sampler[SAMPLERS_MOST];
	size_t samplers;
	struct result *result; /* by task, sampler, setting and seed */
};

static inline struct result *bench_result(const struct bench *bench, size_t task,
					  size_t sampler, size_t setting,
					  size_t seed)
{
	return &bench->result[((task * bench->samplers + sampler) *
				       bench->settings.count +
			       setting) *
				      bench->seeds +
			      seed];
}

/* work.c: fill the results, by as many threads as jobs. */
void bench_work(struct bench *bench);
/* report.c, pairs.c: tables on stdout, of policies alone and with samplers. */
void report_policies(const struct bench *bench);
void report_pairs(const struct bench *bench);
/* csv.c: one line a result into the file PATH; false, with a word, if not. */
bool bench_csv(const struct bench *bench, const char *path);

#endif
