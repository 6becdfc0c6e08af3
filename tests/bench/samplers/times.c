/*
 * Time per suggestion against the number of results n and of parameters d: the
 * median and the slowest of a few, each after one more result (the slowest is
 * the one that counts where a sampler takes turns between a cheap and a dear
 * model), beside a Cholesky factorisation of an n by n matrix, below which no
 * Gaussian process can go.
 */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <gsl/gsl_linalg.h>

#include "sweep/history.h"

#define ROUNDS 5

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double result_of(const struct hd_value *values, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++)
		sum += pow(values[i].number - 0.3 - 0.04 * (double)(i % 10), 2);
	return sum;
}

static void add(struct hd_history *history, const struct hd_value *values,
		size_t d)
{
	struct hd_trial *trial = hd_history_add(history, values);

	if (!trial || hd_trial_log(trial, result_of(values, d)) < 0)
		exit(1);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
}

/* Prints median and slowest in milliseconds; NaN when the sampler refuses. */
static void time_one(const struct hd_sampler_type *type, size_t n, size_t d)
{
	struct hd_space *space = hd_space_new();
	struct hd_history *history = hd_history_new(HD_MINIMIZE, d);
	void *state = calloc(1, type->state_size + 1);
	struct hd_expr unit = hd_expr_uniform(0, 1);
	struct hd_value *values = calloc(d, sizeof *values);
	double took[ROUNDS] = { NAN }, slowest = NAN;
	struct hd_rng rng;
	char name[32];
	bool started;

	for (size_t i = 0; i < d; i++) {
		snprintf(name, sizeof name, "x%zu", i);
		hd_space_add(space, name, &unit, NULL, NULL);
	}
	hd_option_defaults(type->options, state);
	started = !type->init || type->init(state, space, NULL) == 0;
	hd_rng_init(&rng, 2385, 1);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < d; j++)
			values[j] = hd_expr_draw(&unit, &rng);
		add(history, values, d);
	}
	for (size_t round = 0; started && round < ROUNDS; round++) {
		double start = now();

		hd_rng_init(&rng, 2385, hd_history_next(history));
		if (type->suggest(state, history, &rng, values, NULL) != 0)
			break;
		took[round] = 1000 * (now() - start);
		slowest = fmax(slowest, took[round]);
		add(history, values, d);
	}
	if (started && type->release)
		type->release(state);
	free(state);
	free(values);
	hd_history_free(history);
	hd_space_free(space);
	printf(" %10.3f %10.3f", stats_median(took, ROUNDS), slowest);
}

static double time_cholesky(size_t n)
{
	gsl_matrix *a = gsl_matrix_alloc(n, n);
	double took[ROUNDS];

	for (size_t round = 0; round < ROUNDS; round++) {
		double start;

		for (size_t i = 0; i < n; i++)
			for (size_t j = 0; j < n; j++)
				gsl_matrix_set(a, i, j,
					       exp(-0.1 * fabs((double)i - (double)j)) +
						       (i == j));
		start = now();
		gsl_linalg_cholesky_decomp1(a);
		took[round] = 1000 * (now() - start);
	}
	gsl_matrix_free(a);
	return stats_median(took, ROUNDS);
}

void times(const struct bench *bench, size_t most)
{
	static const size_t ns[] = { 10, 50, 100, 300, 1000, 10000, 100000 };
	static const size_t ds[] = { 2, 8, 20 };

	printf("\nmilliseconds of processor time for a suggestion\n%7s %3s %10s",
	       "n", "d", "cholesky");
	for (size_t k = 0; k < bench->samplers; k++)
		printf(" %10.10s %10s", bench->sampler[k]->name, "slowest");
	printf("\n");
	for (size_t i = 0; i < sizeof ns / sizeof *ns && ns[i] <= most; i++)
		for (size_t j = 0; j < sizeof ds / sizeof *ds; j++) {
			printf("%7zu %3zu", ns[i], ds[j]);
			if (ns[i] <= 1000)
				printf(" %10.3f", time_cholesky(ns[i]));
			else
				printf(" %10s", "-");
			for (size_t k = 0; k < bench->samplers; k++)
				time_one(bench->sampler[k], ns[i], ds[j]);
			printf("\n");
			fflush(stdout);
		}
}
