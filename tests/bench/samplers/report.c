/* Scores as tables: by problem, by group with intervals, paired. */
#include "bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double bench_score(const struct bench *bench, size_t sampler, size_t problem,
		   size_t seed, size_t trials)
{
	double mine = bench_curve(bench, sampler, problem, seed)[trials - 1];
	double random = bench->reference[problem * bench->trials + trials - 1];
	double best = bench->problems.item[problem].best;
	double span = random - best;
	double score;

	/* Nothing but failures; and where random search finds the best, all
	 * that is not worse is perfect. */
	if (isnan(mine))
		return -100;
	if (!(span > 1e-12))
		return mine <= random ? 100 : -100;
	score = 100 * (1 - (mine - best) / span);
	return fmax(score, -100);
}

static bool runs(const struct bench *bench, size_t sampler, size_t problem)
{
	return bench->seconds[sampler * bench->problems.count + problem] >= 0;
}

struct question {
	const struct bench *bench;
	const char *group;
	size_t sampler;
	size_t other; /* SIZE_MAX for none */
	size_t trials;
	bool regret; /* of tables: % from best to median */
};

static double one(const struct question *q, size_t sampler, size_t problem,
		  size_t seed)
{
	const struct problem *p = &q->bench->problems.item[problem];
	double mine;

	if (!q->regret)
		return bench_score(q->bench, sampler, problem, seed, q->trials);
	mine = bench_curve(q->bench, sampler, problem, seed)[q->trials - 1];
	if (isnan(mine))
		mine = p->median;
	return 100 * (mine - p->best) / (p->median - p->best);
}

static bool is_asked(const struct question *q, size_t p)
{
	return !strcmp(q->bench->problems.item[p].group, q->group) &&
	       runs(q->bench, q->sampler, p) &&
	       (q->other == SIZE_MAX || runs(q->bench, q->other, p));
}

/* How many problems asked for share P's family, what stands before a slash. */
static size_t family(const struct question *q, size_t p)
{
	const struct problems *problems = &q->bench->problems;
	const char *name = problems->item[p].name, *slash = strchr(name, '/');
	size_t length = slash ? (size_t)(slash - name) + 1 : 0, count = 0;

	for (size_t i = 0; i < problems->count && slash; i++)
		count += is_asked(q, i) &&
			 !strncmp(problems->item[i].name, name, length);
	return slash ? count : 1;
}

/* The mean over families of the mean over problems and SEEDS. */
static double answer(const void *user, const size_t *seeds)
{
	const struct question *q = user;
	const struct bench *bench = q->bench;
	double sum = 0, count = 0;

	for (size_t p = 0; p < bench->problems.count; p++) {
		double weight = 1 / fmax(1, (double)family(q, p));

		for (size_t s = 0; s < bench->seeds && is_asked(q, p); s++) {
			sum += weight * one(q, q->sampler, p, seeds[s]);
			if (q->other != SIZE_MAX)
				sum -= weight * one(q, q->other, p, seeds[s]);
			count += weight;
		}
	}
	return count > 0 ? sum / count : NAN;
}

static void put_answer(const struct question *q)
{
	size_t seeds[256];
	double low, high;

	for (size_t s = 0; s < q->bench->seeds; s++)
		seeds[s] = s;
	stats_interval(answer, q, q->bench->seeds, &low, &high);
	if (isnan(low))
		printf("  %7.2f %16s", answer(q, seeds), "(< 3 seeds)");
	else
		printf("  %7.2f [%6.1f, %6.1f]", answer(q, seeds), low, high);
}

static void put_problems(const struct bench *bench)
{
	printf("%-36s", "median score");
	for (size_t k = 0; k < bench->samplers; k++)
		printf(" %9.9s", bench->sampler[k]->name);
	printf("\n");
	for (size_t p = 0; p < bench->problems.count; p++) {
		printf("%-36.36s", bench->problems.item[p].name);
		for (size_t k = 0; k < bench->samplers; k++) {
			double scores[256];

			for (size_t s = 0; s < bench->seeds; s++)
				scores[s] = bench_score(bench, k, p, s,
							bench->trials);
			if (runs(bench, k, p))
				printf(" %9.1f",
				       stats_median(scores, bench->seeds));
			else
				printf(" %9s", "-");
		}
		printf("\n");
	}
}

/* Wins, ties and losses of the sampler's pairs against the other's. */
static void put_pairs(const struct question *q)
{
	const struct bench *bench = q->bench;
	size_t wins = 0, ties = 0, losses = 0;

	for (size_t p = 0; p < bench->problems.count; p++) {
		if (strcmp(bench->problems.item[p].group, q->group) != 0 ||
		    !runs(bench, q->sampler, p) || !runs(bench, q->other, p))
			continue;
		for (size_t s = 0; s < bench->seeds; s++) {
			double gap = one(q, q->sampler, p, s) -
				     one(q, q->other, p, s);

			wins += gap > 1e-9;
			losses += gap < -1e-9;
			ties += fabs(gap) <= 1e-9;
		}
	}
	printf("   W%zu T%zu L%zu", wins, ties, losses);
}

static double mean_milliseconds(const struct bench *bench, size_t sampler,
				const char *group)
{
	double sum = 0, count = 0;

	for (size_t p = 0; p < bench->problems.count; p++) {
		if (strcmp(bench->problems.item[p].group, group) != 0 ||
		    !runs(bench, sampler, p))
			continue;
		sum += bench->seconds[sampler * bench->problems.count + p];
		count += (double)(bench->seeds * bench->trials);
	}
	return count > 0 ? 1000 * sum / count : NAN;
}

static void put_group(const struct bench *bench, const char *group)
{
	size_t early = bench->trials > 25 ? 25 : bench->trials;
	bool table = strcmp(group, "made") != 0;

	printf("\n%-12s  %-24s  %-24s%s  ms/ask  against %s\n", group,
	       "  score, early", "  score, end",
	       table ? "    regret, %               " : "",
	       bench->sampler[bench->against]->name);
	for (size_t k = 0; k < bench->samplers; k++) {
		struct question q = { bench, group, k, SIZE_MAX, early, false };

		printf("%-12s", bench->sampler[k]->name);
		put_answer(&q);
		q.trials = bench->trials;
		put_answer(&q);
		q.regret = table;
		if (table)
			put_answer(&q);
		q.regret = false;
		printf("  %6.2f", mean_milliseconds(bench, k, group));
		q.other = bench->against;
		if (k != bench->against) {
			put_answer(&q);
			put_pairs(&q);
		}
		printf("\n");
	}
}

void report(const struct bench *bench)
{
	static const char *const groups[] = { "made", "lookup", "recorded" };

	printf("%zu trials, %zu seeds from %zu, %zu at a time. Score: 100 is the"
	       " best known, 0 the median of\nrandom search; early is after 25"
	       " trials. Intervals: 95 %%, bootstrap over seeds.\n\n",
	       bench->trials, bench->seeds, bench->first_seed,
	       bench->concurrency);
	put_problems(bench);
	for (size_t g = 0; g < sizeof groups / sizeof groups[0]; g++)
		for (size_t p = 0; p < bench->problems.count; p++)
			if (!strcmp(bench->problems.item[p].group, groups[g])) {
				put_group(bench, groups[g]);
				break;
			}
}
