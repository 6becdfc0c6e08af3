/*
 * Learning curves that nobody recorded: what kinds there are, and what each
 * makes of a trial. A curve's mean is a smooth function of the trial's values,
 * so that a sampler's model can learn it; its noise is fixed by them.
 */
#ifndef BENCH_POLICIES_MADE_H
#define BENCH_POLICIES_MADE_H

#include "task.h"

#define MADE_KINDS 8
#define MADE_PER_KIND 2
#define MADE_PARAMS 6

/* What a curve depends on; all but QUALITY, LUCK and EPOCHS in 0..1. */
struct traits {
	double rate;   /* the learning rate, in its logarithm */
	double decay;  /* of the weights, in its logarithm */
	double warmup; /* how much of it */
	double width;  /* of the network */
	double adam;   /* 1: its optimizer adapts */
	/* 0 where each value is at its best; 1 or so for random ones. */
	double quality;
	double luck; /* normal, of the whole trial */
	size_t epochs;
};

struct made_kind {
	const char *name; /* the group of its tasks */
	double noise;     /* of each value, a standard deviation */
	double best_rate; /* where QUALITY has its best learning rate */
	/* The error after epoch AT of TRAITS->epochs, from 1; NaN once it has
	 * diverged. A perfect trial has 0, one that learns nothing about 1. */
	double (*error)(const struct traits *traits, double at);
};

extern const struct made_kind made_kinds[MADE_KINDS];

/* The INDEX-th task of a kind, without its pool. */
struct task made_task(size_t kind, size_t index);
/* VALUES in the ranges of the task's parameters, 0..1; the last is a choice. */
void made_scale(const struct task *task, const struct hd_value *values, double *at);
/* How far in the metric the errors 0 and 1 are apart. */
double made_unit(const struct task *task);
/* The curve there, in ROOM[epochs], of a task that made_task gave. */
struct curve made_curve(const struct task *task, const double *at, double *room);

#endif
