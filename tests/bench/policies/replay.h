/*
 * One study through the engine's own core on a clock of ours: no process runs,
 * an epoch takes as long as its trial is slow.
 */
#ifndef BENCH_POLICIES_REPLAY_H
#define BENCH_POLICIES_REPLAY_H

#include "task.h"

#define WORKERS_MOST 64

struct replay {
	const struct task *task;
	const struct hd_config *policy; /* has it and its intervals; NULL: none */
	/* NULL: the rows of the pool in an order that the seed shuffles. */
	const struct hd_sampler_type *sampler;
	uint64_t seed; /* of trials and speeds, the same for all policies */
	size_t workers;
	size_t trials; /* of the pool, at most; SIZE_MAX for all there are */
	size_t epochs; /* all ends when so many were trained; SIZE_MAX: never */
	/* Unless NULL: how many epochs each trial has had; room for "trials". */
	size_t *trained;
};

struct outcome {
	size_t trials, full; /* started, and trained to the end of their curves */
	size_t epochs;       /* trained */
	double time;         /* when the last ended */
	double best;         /* of all values seen; NaN for none */
	double drawn;        /* as it were, had each trial been trained in full */
	size_t distinct;     /* curves, of those trials */
	size_t repeated;     /* epochs that another trial's had told already */
};

/* Ends the program with the engine's message when the engine fails. */
struct outcome replay_run(const struct replay *replay);
/* How long an epoch of trial NUMBER takes; 1 is usual. */
double replay_speed(uint64_t seed, size_t number);
/* The row that the pool gives as its INDEX-th trial. */
size_t replay_row(const struct task *task, uint64_t seed, size_t index);

#endif
