/* Tasks, and what is computed of each. */
#include "task.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return memory;
}

static int by_number(const void *va, const void *vb)
{
	double a = *(const double *)va, b = *(const double *)vb;

	return (a > b) - (a < b);
}

double tasks_median(enum hd_goal goal, const double *results, size_t count)
{
	double sign = goal == HD_MAXIMIZE ? -1 : 1, median;
	double *sorted = must(malloc((count + 1) * sizeof *sorted));

	for (size_t i = 0; i < count; i++)
		sorted[i] = isnan(results[i]) ? INFINITY : sign * results[i];
	qsort(sorted, count, sizeof *sorted, by_number);
	median = count ? (sorted[(count - 1) / 2] + sorted[count / 2]) / 2 : NAN;
	free(sorted);
	return isfinite(median) ? sign * median : NAN;
}

static double row_best(const struct task *task, size_t row)
{
	struct curve curve = task_curve(task, row);
	double best = NAN;

	for (size_t i = 0; i < curve.length; i++)
		if (hd_goal_better(task->goal, curve.value[i], best))
			best = curve.value[i];
	return best;
}

/*
 * Tasks of a data set have the same configurations: with the same order of them
 * too, its tasks would be lucky and unlucky together. FNV-1a, 64 bits.
 */
static uint64_t key_of(const char *name)
{
	uint64_t key = 0xcbf29ce484222325ULL;

	for (; *name; name++)
		key = (key ^ (unsigned char)*name) * 0x100000001b3ULL;
	return key;
}

void tasks_add(struct tasks *tasks, const struct task *given)
{
	struct task task = *given;

	task.key = key_of(task.name);
	task.best = must(calloc(task.rows, sizeof *task.best));
	task.pool_best = NAN;
	for (size_t row = 0; row < task.rows; row++) {
		/* One that never had a value fails at its first. */
		if (task.length[row] == 0)
			task.length[row] = 1;
		task.best[row] = row_best(&task, row);
		if (hd_goal_better(task.goal, task.best[row], task.pool_best))
			task.pool_best = task.best[row];
	}
	task.pool_median = tasks_median(task.goal, task.best, task.rows);
	if (!(fabs(task.pool_best - task.pool_median) > 0)) {
		fprintf(stderr, "%s: half of the trials fail, or all are the "
				"same: left out\n",
			task.name);
		return;
	}
	if (tasks->count == tasks->size) {
		tasks->size = tasks->size ? 2 * tasks->size : 32;
		tasks->item = must(realloc(tasks->item,
					   tasks->size * sizeof *tasks->item));
	}
	tasks->item[tasks->count++] = task;
}

void tasks_release(struct tasks *tasks)
{
	for (size_t i = 0; i < tasks->count; i++) {
		struct task *task = &tasks->item[i];

		free(task->name);
		hd_space_free(task->space);
		free(task->curve);
		free(task->length);
		free(task->best);
		free(task->data);
	}
	free(tasks->item);
}
