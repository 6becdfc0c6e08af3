/* Tables of the results, by groups of tasks. */
#include "bench.h"
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The columns of a table: shares, printed in per cent, but for the time. */
enum column {
	COLUMN_SAVED,
	COLUMN_TIME,
	COLUMN_REGRET,
	COLUMN_KEPT,
	COLUMN_FULL,
	COLUMN_AT_BUDGET,
	COLUMN_TRIALS,
};

static double cell(const struct result *result, enum column column)
{
	switch (column) {
	case COLUMN_SAVED:
		return 100 * result->saved;
	case COLUMN_TIME:
		return result->time;
	case COLUMN_REGRET:
		return 100 * result->regret;
	case COLUMN_KEPT:
		return 100 * result->kept;
	case COLUMN_FULL:
		return 100 * result->full;
	case COLUMN_AT_BUDGET:
		return 100 * result->at_budget;
	case COLUMN_TRIALS:
		return result->trials;
	}
	return NAN;
}

/* What is asked of a group of tasks, for one sampler and policy. */
struct question {
	const struct bench *bench;
	const char *group; /* of tasks; "recorded" and "made" have several */
	size_t sampler, setting;
	enum column column;
	bool median; /* of the tasks, else their mean */
};

static bool in_group(const struct task *task, const char *group)
{
	return !strcmp(task->group, group) ||
	       !strcmp(task->is_made ? "made" : "recorded", group);
}

static size_t group_size(const struct bench *bench, const char *group)
{
	size_t count = 0;

	for (size_t t = 0; t < bench->tasks.count; t++)
		count += in_group(&bench->tasks.item[t], group);
	return count;
}

static double task_mean(const struct question *q, size_t task,
			const size_t *seeds)
{
	const struct bench *bench = q->bench;
	double sum = 0;

	for (size_t s = 0; s < bench->seeds; s++)
		sum += cell(bench_result(bench, task, q->sampler, q->setting,
					 seeds ? seeds[s] : s),
			    q->column);
	return sum / (double)bench->seeds;
}

/* The mean or the median over tasks of the mean over SEEDS; NULL: of all. */
static double answer(const void *user, const size_t *seeds)
{
	const struct question *q = user;
	const struct bench *bench = q->bench;
	double *means = must(calloc(bench->tasks.count + 1, sizeof *means));
	double found;
	size_t count = 0;

	for (size_t t = 0; t < bench->tasks.count; t++)
		if (in_group(&bench->tasks.item[t], q->group))
			means[count++] = task_mean(q, t, seeds);
	found = q->median ? stats_median(means, count) : stats_mean(means, count);
	free(means);
	return found;
}

static double ask(const struct question *q, enum column column, bool median)
{
	struct question one = *q;

	one.column = column;
	one.median = median;
	return answer(&one, NULL);
}

static void put_interval(const struct question *q, bool median)
{
	struct question one = *q;
	double low, high;

	one.column = COLUMN_AT_BUDGET;
	one.median = median;
	stats_interval(answer, &one, q->bench->seeds, &low, &high);
	printf(" %6.2f", answer(&one, NULL));
	if (isnan(low))
		printf(" %14s", "");
	else
		printf(" [%5.1f, %5.1f]", low, high);
}

/* The index of GROUP among those that have figures, whole and as measured
 * there; FIGURE_GROUPS for none. */
static size_t figure_group(const struct bench *bench, const char *group)
{
	for (size_t i = 0; i < FIGURE_GROUPS; i++)
		if (!strcmp(figure_groups[i], group) && bench->trials == 200 &&
		    bench->workers == 4 &&
		    group_size(bench, group) == figure_tasks[i])
			return i;
	return FIGURE_GROUPS;
}

/*
 * How far COLUMN's mean is from WANTED, in standard errors of the difference of
 * two such measurements: the other one had as many seeds as usual.
 */
static double errors_from(const struct question *q, enum column column,
			  double wanted)
{
	double values[STATS_SEEDS_MOST], sum = 0, mean = ask(q, column, false);
	struct question one = *q;
	size_t seeds = q->bench->seeds;

	one.column = column;
	for (size_t s = 0; s < seeds; s++) {
		size_t same[STATS_SEEDS_MOST];

		for (size_t i = 0; i < seeds; i++)
			same[i] = s;
		values[s] = answer(&one, same);
		sum += (values[s] - mean) * (values[s] - mean);
	}
	sum /= (double)seeds - 1;
	return fabs(mean - wanted) /
	       sqrt(sum / (double)seeds + sum / FIGURE_SEEDS);
}

static void put_figure(const struct question *q)
{
	const char *text = q->bench->settings.item[q->setting].text;
	const struct figure *figure = figure_of(text);
	size_t group = figure_group(q->bench, q->group);
	double saved, regret;

	if (!figure || !figure->has_numbers || group == FIGURE_GROUPS)
		return;
	saved = figure->group[group].saved;
	regret = figure->group[group].regret;
	printf("  %5.1f %6.2f %6.2f", saved, regret,
	       figure->group[group].at_budget);
	if (fabs(ask(q, COLUMN_SAVED, false) - saved) > FIGURE_SAVED)
		printf("  saved is off, %.1f s.e.",
		       errors_from(q, COLUMN_SAVED, saved));
	else if (ask(q, COLUMN_REGRET, false) > regret + FIGURE_REGRET)
		printf("  regret is off, %.1f s.e.",
		       errors_from(q, COLUMN_REGRET, regret));
	else
		printf("  within");
}

static void put_row(const struct question *q)
{
	printf("%-32.32s", q->bench->settings.item[q->setting].label);
	printf(" %5.1f %5.2f", ask(q, COLUMN_SAVED, false),
	       ask(q, COLUMN_TIME, false));
	printf(" %6.2f %6.2f", ask(q, COLUMN_REGRET, true),
	       ask(q, COLUMN_REGRET, false));
	printf(" %5.0f %5.0f", ask(q, COLUMN_KEPT, false),
	       ask(q, COLUMN_FULL, false));
	put_interval(q, true);
	put_interval(q, false);
	printf(" %6.0f", ask(q, COLUMN_TRIALS, false));
	put_figure(q);
	printf("\n");
}

static void put_group(const struct bench *bench, const char *group)
{
	bool figures_there = figure_group(bench, group) < FIGURE_GROUPS;

	printf("\n%s, %zu tasks\n", group, group_size(bench, group));
	printf("%-32s %5s %5s %13s %5s %5s  %-43s %s\n", "", "saved", "time",
	       "regret", "best", "in", "regret at 25 full runs",
	       figures_there ? "           the yardstick" : "");
	printf("%-32s %5s %5s %6s %6s %5s %5s %6s %14s %6s %14s %6s%s\n", "policy",
	       "%", "", "median", "mean", "kept", "full", "median", "", "mean", "",
	       "trials", figures_there ? "  saved regret  at 25" : "");
	for (size_t p = 0; p < bench->settings.count; p++)
		put_row(&(struct question){ .bench = bench,
					    .group = group,
					    .setting = p });
}

/* Whether TASK is the first of its group, or of those made or recorded. */
static bool is_first(const struct bench *bench, size_t task, const char *group)
{
	for (size_t t = 0; t < task; t++)
		if (in_group(&bench->tasks.item[t], group))
			return false;
	return true;
}

void bench_report(const struct bench *bench)
{
	printf("%zu seeds from %zu, %zu workers, %zu trials a task (half of it "
	       "from small pools).\nRegret in %%: 0 is the best there is, 100 a "
	       "median trial. Medians and means are over tasks;\nintervals: "
	       "95 %%, bootstrap over seeds.\n",
	       bench->seeds, bench->first_seed, bench->workers, bench->trials);
	for (size_t t = 0; t < bench->tasks.count; t++) {
		const struct task *task = &bench->tasks.item[t];
		const char *kind = task->is_made ? "made" : "recorded";

		if (is_first(bench, t, kind))
			put_group(bench, kind);
	}
	for (size_t t = 0; t < bench->tasks.count; t++)
		if (is_first(bench, t, bench->tasks.item[t].group))
			put_group(bench, bench->tasks.item[t].group);
}
