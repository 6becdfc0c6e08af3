/* Questions about the results of a group of tasks. */
#ifndef BENCH_POLICIES_ANSWER_H
#define BENCH_POLICIES_ANSWER_H

#include "bench.h"

/* The columns of a table: shares, in per cent, but for the time. */
enum column {
	COLUMN_SAVED,
	COLUMN_TIME,
	COLUMN_REGRET,
	COLUMN_KEPT,
	COLUMN_FULL,
	COLUMN_AT_BUDGET,
	COLUMN_TRIALS,
};

/* What becomes of the means of tasks. */
enum over {
	OVER_MEAN,
	OVER_MEDIAN,
	OVER_WORST, /* the highest */
};

struct question {
	const struct bench *bench;
	const char *group; /* of tasks; "recorded" and "made" have several */
	size_t sampler, setting;
	/* How much more it is than that of another pair, seed by seed. */
	bool is_difference;
	size_t other_sampler, other_setting;
};

bool in_group(const struct task *task, const char *group);
size_t group_size(const struct bench *bench, const char *group);
/* FN with "recorded" and "made", then each group; where there are tasks. */
void groups_each(const struct bench *bench,
		 void (*fn)(const struct bench *bench, const char *group));

double ask(const struct question *question, enum column column, enum over over);
/* Of resampled seeds; NaN for less than three of them. */
void ask_interval(const struct question *question, enum column column,
		  enum over over, double *low, double *high);
/* The standard error of the mean that ask gives; NaN for one seed. */
double ask_error(const struct question *question, enum column column);

#endif
