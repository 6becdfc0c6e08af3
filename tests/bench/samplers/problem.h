/*
 * Problems to compare samplers on: a parameter space and what a trial with
 * given values would score. Less is better everywhere.
 */
#ifndef BENCH_SAMPLERS_PROBLEM_H
#define BENCH_SAMPLERS_PROBLEM_H

#include <hdrive.h>

struct problem {
	const char *name;
	const char *group;      /* "made", "lookup" or "recorded" */
	struct hd_space *space; /* owned by the list */
	/* The result without noise; NaN for a trial that fails. */
	double (*value)(const struct problem *problem,
			const struct hd_value *values);
	double noise;  /* standard deviation of what is added to it */
	double best;   /* the least there is, or the least ever found */
	double median; /* of all in a table; NaN for others */
	void *data;    /* the value function's */
};

struct problems {
	struct problem *item;
	size_t count, size;
};

/* Ends the program, with a word, when there is no memory. */
struct problem *problems_add(struct problems *problems);
void problems_free(struct problems *problems);

/* problems.c: made up, in C. */
void problems_made(struct problems *problems);
/* lookups.c: made-up tables, looked up as recorded ones are. */
void problems_lookups(struct problems *problems);
/* tables.c: the recorded runs below FOLDERS, paths with ':' between them. */
void problems_recorded(struct problems *problems, const char *folders);
/* "lr loguniform -9 0; opt choice adam sgd" into a space. */
struct hd_space *problem_space(const char *text);

#endif
