/* Policies alone, over the pools, as tables by groups of tasks. */
#include "answer.h"
#include "figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void put_interval(const struct question *q, enum over over)
{
	double low, high;

	ask_interval(q, COLUMN_AT_BUDGET, over, &low, &high);
	printf(" %6.2f", ask(q, COLUMN_AT_BUDGET, over));
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
 * How far the mean is from WANTED, in standard errors of the difference of two
 * such measurements, the other one with as many seeds as usual.
 */
static double errors_from(const struct question *q, enum column column,
			  double wanted)
{
	double error = ask_error(q, column);
	double other = error * sqrt((double)q->bench->seeds / FIGURE_SEEDS);

	return fabs(ask(q, column, OVER_MEAN) - wanted) /
	       sqrt(error * error + other * other);
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
	if (fabs(ask(q, COLUMN_SAVED, OVER_MEAN) - saved) > FIGURE_SAVED)
		printf("  saved is off, %.1f s.e.",
		       errors_from(q, COLUMN_SAVED, saved));
	else if (ask(q, COLUMN_REGRET, OVER_MEAN) > regret + FIGURE_REGRET)
		printf("  regret is off, %.1f s.e.",
		       errors_from(q, COLUMN_REGRET, regret));
	else
		printf("  within");
}

static void put_row(const struct question *q)
{
	printf("%-*s", settings_width(&q->bench->settings),
	       q->bench->settings.item[q->setting].label);
	printf(" %5.1f %5.2f", ask(q, COLUMN_SAVED, OVER_MEAN),
	       ask(q, COLUMN_TIME, OVER_MEAN));
	printf(" %6.2f %6.2f %6.1f", ask(q, COLUMN_REGRET, OVER_MEDIAN),
	       ask(q, COLUMN_REGRET, OVER_MEAN),
	       ask(q, COLUMN_REGRET, OVER_WORST));
	printf(" %5.0f %5.0f", ask(q, COLUMN_KEPT, OVER_MEAN),
	       ask(q, COLUMN_FULL, OVER_MEAN));
	put_interval(q, OVER_MEDIAN);
	put_interval(q, OVER_MEAN);
	printf(" %6.0f", ask(q, COLUMN_TRIALS, OVER_MEAN));
	put_figure(q);
	printf("\n");
}

static void put_group(const struct bench *bench, const char *group)
{
	int width = settings_width(&bench->settings);
	bool figures_there = figure_group(bench, group) < FIGURE_GROUPS;

	printf("\n%s, %zu tasks\n", group, group_size(bench, group));
	printf("%-*s %5s %5s %20s %5s %5s  %-43s %s\n", width, "", "saved", "time",
	       "regret       ", "best", "in", "regret at 25 full runs",
	       figures_there ? "           the yardstick" : "");
	printf("%-*s %5s %5s %6s %6s %6s %5s %5s %6s %14s %6s %14s %6s%s\n", width,
	       "policy", "%", "", "median", "mean", "worst", "kept", "full", "median", "",
	       "mean", "", "trials", figures_there ? "  saved regret  at 25" : "");
	for (size_t p = 0; p < bench->settings.count; p++)
		put_row(&(struct question){ .bench = bench,
					    .group = group,
					    .setting = p });
}

void report_policies(const struct bench *bench)
{
	printf("%zu seeds from %zu, %zu workers, %zu trials a task (half of it "
	       "from small pools).\nRegret in %%: 0 is the best there is, 100 a "
	       "median trial. Medians and means are over tasks;\nintervals: "
	       "95 %%, bootstrap over seeds.\n",
	       bench->seeds, bench->first_seed, bench->workers, bench->trials);
	groups_each(bench, put_group);
}
