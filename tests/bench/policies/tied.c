/*
 * Tasks whose trials repeat each other, made of the made-up ones:
 *
 *   table   the nearest of so many points in the space: repeats to the end
 *   coarse  a metric in steps of one fiftieth: ties by chance, and no repeats
 *   late    few values of each parameter, one of which has an effect in the last
 *           two fifths of the training alone: repeats that part
 */
#include "made.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 300
#define STEPS 50
/* What part of the training the late parameter has no effect in. */
#define LATE 0.6
#define LATE_PARAM 3

enum tie {
	TIE_TABLE,
	TIE_COARSE,
	TIE_LATE,
};

struct tied {
	struct task inner;
	enum tie tie;
	double (*rows)[MADE_PARAMS]; /* of the pool, scaled */
};

static const struct {
	const char *group;
	enum tie tie;
	size_t kind; /* of the curves */
} ties[] = {
	{ "table", TIE_TABLE, 0 },
	{ "table", TIE_TABLE, 4 },
	{ "table", TIE_TABLE, 6 },
	{ "coarse", TIE_COARSE, 0 },
	{ "coarse", TIE_COARSE, 2 },
	{ "coarse", TIE_COARSE, 4 },
	{ "late", TIE_LATE, 0 },
	{ "late", TIE_LATE, 5 },
	{ "late", TIE_LATE, 7 },
};

static size_t nearest_row(const struct tied *tied, const double *at)
{
	double least = INFINITY;
	size_t best = 0;

	for (size_t row = 0; row < ROWS; row++) {
		double sum = 0;

		for (size_t i = 0; i < MADE_PARAMS; i++)
			sum += (tied->rows[row][i] - at[i]) * (tied->rows[row][i] - at[i]);
		if (sum < least) {
			least = sum;
			best = row;
		}
	}
	return best;
}

static void curve_round(double *values, size_t count, double unit)
{
	for (size_t i = 0; i < count; i++)
		values[i] = round(values[i] / unit) * unit;
}

/* Four learning rates, three of the late parameter, two of all others. */
static void round_late(double *at)
{
	for (size_t i = 0; i < MADE_PARAMS; i++) {
		double most = i == 0 ? 3 : i == LATE_PARAM ? 2
							   : 1;

		at[i] = round(at[i] * most) / most;
	}
}

static void curve_late(const struct tied *tied, const double *at, double *room)
{
	size_t before = (size_t)(LATE * (double)tied->inner.epochs);
	double *whole = must(malloc(tied->inner.epochs * sizeof *whole));
	double without[MADE_PARAMS];

	memcpy(without, at, sizeof without);
	without[LATE_PARAM] = 0;
	made_curve(&tied->inner, at, whole);
	made_curve(&tied->inner, without, room);
	memcpy(room + before, whole + before,
	       (tied->inner.epochs - before) * sizeof *room);
	free(whole);
}

static struct curve curve_at(const struct tied *tied, double *at, double *room)
{
	switch (tied->tie) {
	case TIE_TABLE:
		break;
	case TIE_COARSE:
		made_curve(&tied->inner, at, room);
		/* Errors go from 0 to 1, in units of the metric. */
		curve_round(room, tied->inner.epochs, made_unit(&tied->inner) / STEPS);
		return (struct curve){ room, tied->inner.epochs };
	case TIE_LATE:
		round_late(at);
		curve_late(tied, at, room);
		return (struct curve){ room, tied->inner.epochs };
	}
	return made_curve(&tied->inner, at, room);
}

static struct curve draw_tied(const struct task *task,
			      const struct hd_value *values, double *room)
{
	const struct tied *tied = task->data;
	double at[MADE_PARAMS];

	made_scale(task, values, at);
	if (tied->tie == TIE_TABLE)
		return task_curve(task, nearest_row(tied, at));
	return curve_at(tied, at, room);
}

static void draw_rows(struct task *task, struct tied *tied, uint64_t seed)
{
	task->rows = ROWS;
	task->curve = must(malloc(ROWS * task->epochs * sizeof *task->curve));
	task->length = must(malloc(ROWS * sizeof *task->length));
	tied->rows = must(malloc(ROWS * sizeof *tied->rows));
	for (size_t row = 0; row < ROWS; row++) {
		struct hd_rng rng;

		hd_rng_init(&rng, seed, row);
		for (size_t i = 0; i < MADE_PARAMS; i++)
			tied->rows[row][i] = hd_rng_uniform(&rng);
		tied->rows[row][MADE_PARAMS - 1] = round(tied->rows[row][MADE_PARAMS - 1]);
		task->length[row] = curve_at(tied, tied->rows[row],
					     task->curve + row * task->epochs)
					    .length;
	}
}

void tasks_tied(struct tasks *tasks)
{
	for (size_t i = 0; i < sizeof ties / sizeof *ties; i++) {
		struct tied *tied = must(calloc(1, sizeof *tied));
		struct task task = made_task(ties[i].kind, 0);
		char name[64];

		snprintf(name, sizeof name, "%s/%s", ties[i].group, task.group);
		tied->inner = task;
		tied->tie = ties[i].tie;
		task.group = ties[i].group;
		task.family = "tied";
		task.name = must(strdup(name));
		task.draw = draw_tied;
		task.data = tied;
		draw_rows(&task, tied, 0x71ed + i);
		tasks_add(tasks, &task);
	}
}
