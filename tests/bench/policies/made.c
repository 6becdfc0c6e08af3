/*
 * Tasks of made-up curves: one space, and for each kind of curves some tasks
 * that differ in where the best values are, in length, and in the metric.
 */
#include "made.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>

#define ROWS 1000
#define PARAMS MADE_PARAMS
#define POOL_KEY 0xcafeULL /* of the pool's own draws */

/* A metric: SCALE times the error, from OFFSET on. */
struct metric {
	enum hd_goal goal;
	double offset, scale;
};

static const struct metric metrics[] = {
	{ HD_MINIMIZE, 0, 2.3 },    /* a loss */
	{ HD_MAXIMIZE, 100, -100 }, /* an accuracy, in per cent */
	{ HD_MAXIMIZE, 1, -1 },     /* the same as a share */
	{ HD_MINIMIZE, -3, 1 },     /* a likelihood, below zero */
};

static const size_t lengths[] = { 50, 81, 30, 100, 60, 200, 40 };

struct made {
	const struct made_kind *kind;
	const struct metric *metric;
	double best[PARAMS], weight[PARAMS];
	uint64_t seed;
};

static double normal(struct hd_rng *rng)
{
	double radius = sqrt(-2 * log(hd_rng_uniform(rng)));

	return radius * cos(6.283185307179586 * hd_rng_uniform(rng));
}

static struct hd_space *made_space(void)
{
	static const struct hd_value optimizers[] = {
		{ .kind = HD_VALUE_TEXT, .text = "sgd", .length = 3 },
		{ .kind = HD_VALUE_TEXT, .text = "adam", .length = 4 },
	};
	const struct {
		const char *name;
		struct hd_expr expr;
	} params[PARAMS] = {
		{ "learning_rate", hd_expr_loguniform(log(1e-4), log(1)) },
		{ "weight_decay", hd_expr_loguniform(log(1e-6), log(1e-1)) },
		{ "momentum", hd_expr_uniform(0, 0.99) },
		{ "warmup", hd_expr_uniform(0, 0.3) },
		{ "width", hd_expr_quniform(16, 256, 16) },
		{ "optimizer", hd_expr_choice(optimizers, 2) },
	};
	struct hd_space *space = must(hd_space_new());

	for (size_t i = 0; i < PARAMS; i++)
		if (hd_space_add(space, params[i].name, &params[i].expr, NULL,
				 NULL) < 0)
			must(NULL);
	return space;
}

/* Where in its range VALUE is, 0..1; of a choice its option. */
static double scaled(const struct hd_expr *expr, const struct hd_value *value)
{
	double x = value->number;

	if (expr->kind == HD_EXPR_CHOICE)
		return (double)value->option;
	if (expr->kind == HD_EXPR_LOGUNIFORM)
		x = log(x);
	return (x - expr->a) / (expr->b - expr->a);
}

/* The noise of a trial is fixed by its values. */
static struct hd_rng noise_of(const struct made *made, const double *at)
{
	uint64_t key = made->seed;
	struct hd_rng rng;

	for (size_t i = 0; i < PARAMS; i++) {
		uint64_t bits;

		memcpy(&bits, &at[i], sizeof bits);
		key = (key ^ bits) * 0x9e3779b97f4a7c15ULL;
		key ^= key >> 29;
	}
	hd_rng_init(&rng, key, 0);
	return rng;
}

static double quality(const struct made *made, const double *at)
{
	/* Adam's learning rate is lower. */
	double best_rate = made->best[0] - 0.12 * at[5], sum = 0;

	for (size_t i = 0; i < PARAMS - 1; i++) {
		double off = at[i] - (i ? made->best[i] : best_rate);

		sum += made->weight[i] * off * off;
	}
	/* Decay and momentum are worth what the other one is. */
	sum += 0.3 * fabs(made->weight[1]) * (at[1] - made->best[1]) *
	       (at[2] - made->best[2]);
	return sum + 0.1 * fabs(at[5] - made->best[5]);
}

void made_scale(const struct task *task, const struct hd_value *values, double *at)
{
	for (size_t i = 0; i < PARAMS; i++)
		at[i] = scaled(&hd_space_param(task->space, i)->expr, &values[i]);
}

double made_unit(const struct task *task)
{
	const struct made *made = task->data;

	return fabs(made->metric->scale);
}

struct curve made_curve(const struct task *task, const double *at, double *room)
{
	const struct made *made = task->data;
	const struct metric *metric = made->metric;
	struct hd_rng rng = noise_of(made, at);
	struct traits traits = { .rate = at[0],
				 .decay = at[1],
				 .warmup = at[3],
				 .width = at[4],
				 .adam = at[5],
				 .quality = quality(made, at),
				 .epochs = task->epochs };

	traits.luck = normal(&rng);
	for (size_t i = 0; i < task->epochs; i++) {
		double error = made->kind->error(&traits, (double)(i + 1)) +
			       made->kind->noise * (normal(&rng) + traits.luck);

		/* One that is NaN stays so. */
		room[i] = metric->offset + metric->scale * (error < 0 ? 0 : error);
	}
	return (struct curve){ room, task->epochs };
}

static struct curve draw_made(const struct task *task,
			      const struct hd_value *values, double *room)
{
	double at[PARAMS];

	made_scale(task, values, at);
	return made_curve(task, at, room);
}

static void choose_best(struct made *made)
{
	struct hd_rng rng;

	hd_rng_init(&rng, made->seed, 0);
	for (size_t i = 0; i < PARAMS; i++) {
		made->best[i] = 0.2 + 0.6 * hd_rng_uniform(&rng);
		made->weight[i] = 0.3 + 1.2 * hd_rng_uniform(&rng);
	}
	made->best[0] = made->kind->best_rate + 0.1 * hd_rng_uniform(&rng) - 0.05;
	made->weight[0] = 4;
	made->best[5] = made->best[5] > 0.5;
}

static void draw_pool(struct task *task, uint64_t seed)
{
	struct hd_value values[PARAMS];
	struct hd_rng rng;

	task->curve = must(malloc(task->rows * task->epochs * sizeof(double)));
	task->length = must(malloc(task->rows * sizeof *task->length));
	for (size_t row = 0; row < task->rows; row++) {
		hd_rng_init(&rng, seed ^ POOL_KEY, row);
		for (size_t i = 0; i < PARAMS; i++)
			values[i] = hd_expr_draw(&hd_space_param(task->space, i)->expr,
						 &rng);
		task->length[row] = draw_made(task, values,
					      task->curve + row * task->epochs)
					    .length;
	}
}

struct task made_task(size_t kind, size_t index)
{
	size_t n = kind * MADE_PER_KIND + index;
	struct made *made = must(calloc(1, sizeof *made));
	char name[64];
	struct task task = { .group = made_kinds[kind].name,
			     .family = "made",
			     .rows = ROWS,
			     .epochs = lengths[n % (sizeof lengths / sizeof *lengths)],
			     .draw = draw_made,
			     .data = made };

	snprintf(name, sizeof name, "%s/%zu", task.group, index + 1);
	task.name = must(strdup(name));
	made->kind = &made_kinds[kind];
	made->metric = &metrics[(n + kind) % (sizeof metrics / sizeof *metrics)];
	made->seed = n + 1;
	choose_best(made);
	task.goal = made->metric->goal;
	task.space = made_space();
	return task;
}

void tasks_made(struct tasks *tasks)
{
	for (size_t kind = 0; kind < MADE_KINDS; kind++)
		for (size_t i = 0; i < MADE_PER_KIND; i++) {
			struct task task = made_task(kind, i);

			draw_pool(&task, kind * MADE_PER_KIND + i + 1);
			tasks_add(tasks, &task);
		}
}
