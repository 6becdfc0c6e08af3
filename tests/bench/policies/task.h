/*
 * Tasks to compare policies on: a parameter space, the learning curve that a
 * trial with given values has, and a pool of trials drawn beforehand.
 */
#ifndef BENCH_POLICIES_TASK_H
#define BENCH_POLICIES_TASK_H

#include <hdrive.h>

/* A learning curve: LENGTH values of the metric, NaN for one not finite. */
struct curve {
	const double *value;
	size_t length;
};

struct task {
	const char *group;  /* the data set, or the kind of made-up curves */
	char *name;         /* "GROUP/NAME" */
	uint64_t key;       /* of the name, mixed into every seed: see tasks.c */
	const char *family; /* "recorded", "made" or "tied" */
	enum hd_goal goal;
	struct hd_space *space;
	size_t rows, epochs;           /* of the pool, and the most that a curve has */
	double *curve;                 /* rows by epochs */
	size_t *length;                /* of each row's */
	double *best;                  /* of each row's whole curve; NaN for none */
	double pool_best, pool_median; /* of all rows */
	/* The curve of a trial with VALUES, in ROOM[epochs] or kept. */
	struct curve (*draw)(const struct task *task,
			     const struct hd_value *values, double *room);
	void *data; /* the draw function's */
};

struct tasks {
	struct task *item;
	size_t count, size;
};

static inline struct curve task_curve(const struct task *task, size_t row)
{
	return (struct curve){ task->curve + row * task->epochs,
			       task->length[row] };
}

/* End the program, with a word, when there is no memory. */
void *must(void *memory);
/*
 * A copy of TASK, whose pool stands, with what is computed from it: the best
 * of each row and of all. A task without two different results is left out.
 */
void tasks_add(struct tasks *tasks, const struct task *task);
/* What tasks_add and tasks_made took; not for recorded ones. */
void tasks_release(struct tasks *tasks);
/*
 * The median of COUNT results, NaN being the worst; of an even number the mean
 * of the two in the middle.
 */
double tasks_median(enum hd_goal goal, const double *results, size_t count);
/* recordings.c: those below FOLDERS, paths with ':' between them. */
void tasks_recorded(struct tasks *tasks, const char *folders);
/* made.c: curves that nobody recorded. */
void tasks_made(struct tasks *tasks);
/* tied.c: such of them as repeat each other, or seem to. */
void tasks_tied(struct tasks *tasks);

#endif
