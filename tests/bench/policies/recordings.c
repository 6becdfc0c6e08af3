/* Recorded tuning runs as tasks: a table's rows are the pool. */
#include "../common/recorded.h"
#include "task.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct curve draw_nearest(const struct task *task,
				 const struct hd_value *values, double *room)
{
	(void)room; /* it lies in the pool */
	return task_curve(task, recorded_nearest(task->data, values));
}

static void add_recorded(void *user, const struct recorded *recorded)
{
	struct recorded *copy = must(malloc(sizeof *copy));
	char name[1024];

	*copy = *recorded;
	snprintf(name, sizeof name, "%s/%s", recorded->group, recorded->name);
	tasks_add(user, &(struct task){ .group = recorded->group,
					.family = "recorded",
					.name = must(strdup(name)),
					.goal = recorded->goal,
					.space = recorded->space,
					.rows = recorded->rows,
					.epochs = recorded->epochs,
					.curve = recorded->curve,
					.length = recorded->length,
					.draw = draw_nearest,
					.data = copy });
}

void tasks_recorded(struct tasks *tasks, const char *folders)
{
	/* One value a trial is no curve. */
	recorded_read(folders, 2, add_recorded, tasks);
}
