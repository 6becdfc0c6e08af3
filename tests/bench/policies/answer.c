/* Means of seeds, and over tasks; and how sure they are. */
#include "answer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A question with all that the bootstrap has to know. */
struct whole {
	const struct question *question;
	enum column column;
	enum over over;
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

bool in_group(const struct task *task, const char *group)
{
	return !strcmp(task->group, group) ||
	       !strcmp(task->family, group);
}

size_t group_size(const struct bench *bench, const char *group)
{
	size_t count = 0;

	for (size_t t = 0; t < bench->tasks.count; t++)
		count += in_group(&bench->tasks.item[t], group);
	return count;
}

/* Whether TASK is the first in GROUP. */
static bool is_first(const struct bench *bench, size_t task, const char *group)
{
	for (size_t t = 0; t < task; t++)
		if (in_group(&bench->tasks.item[t], group))
			return false;
	return true;
}

void groups_each(const struct bench *bench,
		 void (*fn)(const struct bench *bench, const char *group))
{
	if (group_size(bench, "recorded"))
		fn(bench, "recorded");
	if (group_size(bench, "made"))
		fn(bench, "made");
	if (group_size(bench, "tied"))
		fn(bench, "tied");
	for (size_t t = 0; t < bench->tasks.count; t++)
		if (is_first(bench, t, bench->tasks.item[t].group))
			fn(bench, bench->tasks.item[t].group);
}

static double task_mean(const struct whole *whole, size_t task,
			const size_t *seeds)
{
	const struct question *q = whole->question;
	double sum = 0;

	for (size_t i = 0; i < q->bench->seeds; i++) {
		size_t s = seeds ? seeds[i] : i;

		sum += cell(bench_result(q->bench, task, q->sampler, q->setting, s),
			    whole->column);
		if (q->is_difference)
			sum -= cell(bench_result(q->bench, task, q->other_sampler,
						 q->other_setting, s),
				    whole->column);
	}
	return sum / (double)q->bench->seeds;
}

static double over_tasks(enum over over, const double *means, size_t count)
{
	double worst = -INFINITY;

	switch (over) {
	case OVER_MEAN:
		return stats_mean(means, count);
	case OVER_MEDIAN:
		return stats_median(means, count);
	case OVER_WORST:
		for (size_t i = 0; i < count; i++)
			worst = fmax(worst, means[i]);
		return worst;
	}
	return NAN;
}

/* Over tasks, of the mean over SEEDS; NULL: of all. */
static double answer(const void *user, const size_t *seeds)
{
	const struct whole *whole = user;
	const struct bench *bench = whole->question->bench;
	double *means = must(calloc(bench->tasks.count + 1, sizeof *means));
	double found;
	size_t count = 0;

	for (size_t t = 0; t < bench->tasks.count; t++)
		if (in_group(&bench->tasks.item[t], whole->question->group))
			means[count++] = task_mean(whole, t, seeds);
	found = over_tasks(whole->over, means, count);
	free(means);
	return found;
}

double ask(const struct question *question, enum column column, enum over over)
{
	const struct whole whole = { question, column, over };

	return answer(&whole, NULL);
}

void ask_interval(const struct question *question, enum column column,
		  enum over over, double *low, double *high)
{
	const struct whole whole = { question, column, over };

	stats_interval(answer, &whole, question->bench->seeds, low, high);
}

double ask_error(const struct question *question, enum column column)
{
	const struct whole whole = { question, column, OVER_MEAN };
	double mean = answer(&whole, NULL), sum = 0;
	size_t seeds = question->bench->seeds;

	for (size_t s = 0; s < seeds; s++) {
		size_t same[STATS_SEEDS_MOST];
		double off;

		for (size_t i = 0; i < seeds; i++)
			same[i] = s;
		off = answer(&whole, same) - mean;
		sum += off * off;
	}
	return seeds > 1 ? sqrt(sum / (double)(seeds - 1) / (double)seeds) : NAN;
}
