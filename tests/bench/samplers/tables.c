/*
 * Recorded tuning runs as problems: a trial's result is the best value that the
 * nearest recorded configuration ever had.
 */
#include "../common/recorded.h"
#include "problem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct table {
	struct recorded recorded;
	double *result; /* of each row, less is better; NaN where there is none */
};

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return memory;
}

static double table_value(const struct problem *problem,
			  const struct hd_value *values)
{
	const struct table *table = problem->data;

	return table->result[recorded_nearest(&table->recorded, values)];
}

static double row_result(const struct recorded *task, size_t row)
{
	double sign = task->goal == HD_MAXIMIZE ? -1 : 1, best = NAN;

	for (size_t i = 0; i < task->length[row]; i++)
		best = fmin(best, sign * task->curve[row * task->epochs + i]);
	return best;
}

static int by_number(const void *va, const void *vb)
{
	double a = *(const double *)va, b = *(const double *)vb;

	return (a > b) - (a < b);
}

static void table_extremes(struct problem *problem, const struct table *table)
{
	size_t rows = table->recorded.rows, count = 0;
	double *sorted = must(calloc(rows, sizeof(double)));

	for (size_t i = 0; i < rows; i++)
		if (isfinite(table->result[i]))
			sorted[count++] = table->result[i];
	qsort(sorted, count, sizeof *sorted, by_number);
	problem->best = count ? sorted[0] : 0;
	problem->median = count ? sorted[count / 2] : 1;
	free(sorted);
}

static void add_task(void *user, const struct recorded *task)
{
	struct table *table = must(calloc(1, sizeof *table));
	struct problem *problem = problems_add(user);
	char name[4096];

	table->recorded = *task;
	table->result = must(calloc(task->rows, sizeof(double)));
	for (size_t row = 0; row < task->rows; row++)
		table->result[row] = row_result(task, row);
	snprintf(name, sizeof name, "%s/%s", task->group, task->name);
	*problem = (struct problem){ .name = must(strdup(name)),
				     .group = "recorded",
				     .space = task->space,
				     .value = table_value,
				     .data = table };
	table_extremes(problem, table);
}

void problems_recorded(struct problems *problems, const char *folders)
{
	recorded_read(folders, 1, add_task, problems);
}
