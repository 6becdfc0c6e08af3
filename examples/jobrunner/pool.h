/*
 * A job runner as a program might have one already: jobs wait in a queue, so
 * many run at a time, each a process group of its own. It knows nothing of
 * hdrive: runner.c joins the two.
 */
#ifndef POOL_H
#define POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct job;

/* STATUS is waitpid's; -1 for a job that was dropped before it began. */
typedef void (*job_fn)(struct job *job, int status);

struct job {
	/* Set by whoever submits it; the texts are borrowed until it ended. */
	const char *const *argv;
	const char *const *environment; /* NULL: the pool's own */
	const char *folder;             /* where it runs; NULL: here */
	const char *output, *errors;    /* files to append to; NULL: the pool's */
	int priority;                   /* the higher go first */
	void (*started)(struct job *job);
	job_fn ended; /* may free the job */
	void *user;

	/* The pool's. */
	struct job *next;
	pid_t pid;
	double kill_at; /* 0: not asked to end */
	bool dropped;
};

struct pool {
	size_t workers, busy;
	struct job *queued, *running;
};

void pool_submit(struct pool *pool, struct job *job);
/* Ask JOB to end: TERM now, KILL when it lives on after GRACE seconds. */
void pool_stop(struct pool *pool, struct job *job, double grace);

/* Start what there are workers for, reap what has ended, KILL who is late. */
void pool_turn(struct pool *pool);
/* Milliseconds until a turn is due though no child ends; -1 for never. */
int pool_timeout(const struct pool *pool);
bool pool_is_idle(const struct pool *pool);

#endif
