/*
 * samplers [option...]: every sampler over every problem.
 *
 *   --seeds N  --first-seed N  --trials N  --concurrency N
 *   --samplers A,B  --problems A,B ("made", "lookup", "recorded", or names)
 *   --against A     whom the others are compared with (the last one)
 *   --data FOLDER   recorded runs
 *   --svg FILE      the plot
 *   --times N       time per suggestion too, up to N results; 0: not
 */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define OPEN_MOST 64
#define REFERENCE_SEEDS 41
#define REFERENCE_FIRST 1000000

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double normal(struct hd_rng *rng)
{
	double radius = sqrt(-2 * log(hd_rng_uniform(rng)));

	return radius * cos(6.283185307179586 * hd_rng_uniform(rng));
}

static double observe(const struct problem *problem, double truth,
		      struct hd_rng *rng)
{
	return problem->noise > 0 ? truth + problem->noise * normal(rng) : truth;
}

struct open_trial {
	size_t number;
	const struct hd_value *values;
};

/* The incumbent is picked by what was observed and judged by the truth. */
struct incumbent {
	double seen, truth;
};

static void finish(const struct problem *problem, struct hd_study *study,
		   const struct open_trial *trial, struct hd_rng *rng,
		   struct incumbent *best)
{
	double truth = problem->value(problem, trial->values);
	double seen = observe(problem, truth, rng);

	if (!isnan(seen) && !(best->seen <= seen))
		*best = (struct incumbent){ seen, truth };
	if (hd_study_tell(study, trial->number, NULL, seen, NULL) < 0)
		exit(1);
}

/*
 * One study into CURVE; false when the sampler refuses the space. A space that
 * is exhausted leaves the incumbent where it was.
 */
static bool run(const struct bench *bench, const struct hd_sampler_type *type,
		const struct problem *problem, uint64_t seed, double *curve,
		double *seconds)
{
	struct hd_study_options options = { .size = sizeof options,
					    .space = problem->space,
					    .sampler = type,
					    .seed = seed,
					    .max_total = bench->trials,
					    .concurrency = bench->concurrency };
	struct open_trial trials[OPEN_MOST];
	struct incumbent best = { NAN, NAN };
	struct hd_study *study = NULL;
	size_t open = 0, asked = 0;
	struct hd_rng rng;

	if (hd_study_new(&study, &options, NULL) < 0)
		return false;
	hd_rng_init(&rng, seed + 77, 0);
	for (size_t told = 0; told < bench->trials; told++) {
		double start = now();
		size_t pick;

		while (open < bench->concurrency && asked < bench->trials &&
		       hd_study_ask(study, NULL, &trials[open].number,
				    &trials[open].values, NULL) == 0) {
			open++;
			asked++;
		}
		*seconds += now() - start;
		if (open > 0) {
			pick = (size_t)hd_rng_below(&rng, open);
			finish(problem, study, &trials[pick], &rng, &best);
			trials[pick] = trials[--open];
		}
		curve[told] = best.truth;
	}
	hd_study_free(study);
	return true;
}

/* --- what random search would find ----------------------------------------- */

static void reference(struct bench *bench, size_t problem)
{
	const struct hd_sampler_type *type = hd_sampler_type_find("random");
	double *curves = calloc(REFERENCE_SEEDS * bench->trials, sizeof(double));
	double column[REFERENCE_SEEDS], seconds = 0;

	for (size_t s = 0; curves && s < REFERENCE_SEEDS; s++)
		run(bench, type, &bench->problems.item[problem],
		    REFERENCE_FIRST + s, curves + s * bench->trials, &seconds);
	for (size_t n = 0; curves && n < bench->trials; n++) {
		for (size_t s = 0; s < REFERENCE_SEEDS; s++) {
			double y = curves[s * bench->trials + n];

			column[s] = isnan(y) ? 1e300 : y;
		}
		bench->reference[problem * bench->trials + n] =
			stats_median(column, REFERENCE_SEEDS);
	}
	free(curves);
}

/* The best known may have been found just now. */
static void lower_best(struct bench *bench, size_t p)
{
	struct problem *problem = &bench->problems.item[p];
	double found = bench->reference[(p + 1) * bench->trials - 1];

	for (size_t k = 0; k < bench->samplers; k++)
		for (size_t s = 0; s < bench->seeds; s++)
			found = fmin(found, bench_curve(bench, k, p,
							s)[bench->trials - 1]);
	if (found < problem->best - 1e-9 * (1 + fabs(problem->best)))
		fprintf(stderr, "%s: %.9g is better than the best known, %.9g\n",
			problem->name, found, problem->best);
	problem->best = fmin(problem->best, found);
}

static bool run_all(struct bench *bench)
{
	size_t count = bench->problems.count;

	bench->curve = calloc(bench->samplers * count * bench->seeds *
				      bench->trials,
			      sizeof(double));
	bench->reference = calloc(count * bench->trials + 1, sizeof(double));
	bench->seconds = calloc(bench->samplers * count + 1, sizeof(double));
	if (!bench->curve || !bench->reference || !bench->seconds)
		return false;
	for (size_t p = 0; p < count; p++) {
		reference(bench, p);
		for (size_t k = 0; k < bench->samplers; k++) {
			double *seconds = &bench->seconds[k * count + p];

			for (size_t s = 0; s < bench->seeds && *seconds >= 0; s++)
				if (!run(bench, bench->sampler[k],
					 &bench->problems.item[p],
					 bench->first_seed + s,
					 bench_curve(bench, k, p, s), seconds))
					*seconds = -1;
		}
		if (isatty(2))
			fprintf(stderr, "%zu of %zu problems%c", p + 1, count,
				p + 1 < count ? '\r' : '\n');
	}
	for (size_t p = 0; p < count; p++)
		lower_best(bench, p);
	return true;
}

/* --- options --------------------------------------------------------------- */

struct options {
	const char *samplers, *problems, *against, *data;
	size_t times;
};

/* Whether NAME is among the words of LIST, cut at commas; NULL has all. */
static bool listed(const char *list, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = list; at; at = strchr(at, ',')) {
		at += *at == ',';
		if (!strncmp(at, name, length) &&
		    (at[length] == ',' || !at[length]))
			return true;
	}
	return !list;
}

static bool read_option(struct bench *bench, struct options *options,
			const char *name, const char *value)
{
	struct {
		const char *name;
		size_t *size;
		const char **text;
	} rows[] = {
		{ "--seeds", &bench->seeds, NULL },
		{ "--first-seed", &bench->first_seed, NULL },
		{ "--trials", &bench->trials, NULL },
		{ "--concurrency", &bench->concurrency, NULL },
		{ "--times", &options->times, NULL },
		{ "--samplers", NULL, &options->samplers },
		{ "--problems", NULL, &options->problems },
		{ "--against", NULL, &options->against },
		{ "--data", NULL, &options->data },
		{ "--svg", NULL, &bench->svg },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		if (strcmp(rows[i].name, name) != 0)
			continue;
		if (rows[i].size)
			*rows[i].size = strtoul(value, NULL, 10);
		else
			*rows[i].text = *value ? value : NULL;
		return true;
	}
	return false;
}

static bool choose(struct bench *bench, const struct options *options)
{
	struct problems all = bench->problems;

	for (size_t i = 0; i < hd_sampler_types() &&
			   bench->samplers < SAMPLERS_MOST;
	     i++) {
		const struct hd_sampler_type *type = hd_sampler_type_at(i);

		if (!listed(options->samplers, type->name) ||
		    (!options->samplers && !strcmp(type->name, "grid")))
			continue;
		bench->against = bench->samplers;
		bench->sampler[bench->samplers++] = type;
	}
	for (size_t i = 0; i < bench->samplers; i++)
		if (options->against &&
		    !strcmp(options->against, bench->sampler[i]->name))
			bench->against = i;
	problems_made(&all);
	problems_lookups(&all);
	problems_recorded(&all, options->data);
	for (size_t i = 0; i < all.count; i++) {
		struct problem problem = all.item[i];

		if (listed(options->problems, problem.name) ||
		    listed(options->problems, problem.group))
			all.item[bench->problems.count++] = problem;
		else
			hd_space_free(problem.space);
	}
	bench->problems.item = all.item;
	return bench->samplers > 0;
}

int main(int argc, char **argv)
{
	struct bench bench = { .seeds = 5, .trials = 60, .concurrency = 1 };
	struct options options = { .data = "../shared/data", .times = 300 };
	bool bad = false;

	for (int i = 1; i < argc && !bad; i += 2)
		bad = i + 1 >= argc ||
		      !read_option(&bench, &options, argv[i], argv[i + 1]);
	if (bad || bench.seeds < 1 || bench.seeds > 256 || bench.trials < 1 ||
	    bench.concurrency < 1 || bench.concurrency > OPEN_MOST) {
		fprintf(stderr, "unknown or wrong option; see main.c's head\n");
		return 2;
	}
	if (!choose(&bench, &options) || !run_all(&bench))
		return 1;
	report(&bench);
	plot(&bench);
	if (options.times > 0)
		times(&bench, options.times);
	problems_free(&bench.problems);
	free(bench.curve);
	free(bench.reference);
	free(bench.seconds);
	return 0;
}
