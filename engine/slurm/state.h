/*
 * What the scheduler prints of jobs, as text to values: the words for their
 * states, and the lines of squeue and sacct. An unknown word is a job that goes
 * on: Slurm has got more of them with time.
 */
#ifndef HD_SLURM_STATE_H
#define HD_SLURM_STATE_H

#include <stdbool.h>

enum hd_slurm_state {
	HD_SLURM_UNSEEN,
	HD_SLURM_PENDING,
	HD_SLURM_RUNNING,
	HD_SLURM_COMPLETING, /* it has ended, its processes are being ended */
	/* From here on it is over. */
	HD_SLURM_COMPLETED,
	HD_SLURM_FAILED,
	HD_SLURM_CANCELLED,
	HD_SLURM_TIMEOUT,
	HD_SLURM_PREEMPTED,
	HD_SLURM_NODE_FAIL,
	HD_SLURM_MEMORY,
};

/* squeue -o; a name comes last, as it may hold anything. */
#define HD_SLURM_QUEUE_FORMAT "%i|%T|%r|%N|%l|%j"
/* sacct -o */
#define HD_SLURM_ACCOUNT_FORMAT "JobID,State,NodeList,Timelimit,JobName"

/* A line; borrowed from its text. */
struct hd_slurm_line {
	const char *id; /* "12", "12_3" */
	long task;      /* its number in an array, -1 for none */
	enum hd_slurm_state state;
	const char *reason; /* "" in sacct's */
	const char *node;   /* or nodes, "" for none */
	double limit;       /* seconds, 0 for no end */
	const char *name;
};

/* By the word before the first blank: sacct has "CANCELLED by 1000". */
enum hd_slurm_state hd_slurm_state_read(const char *word);
bool hd_slurm_state_is_over(enum hd_slurm_state state);
/* "2-01:30:00" in seconds, 0 for UNLIMITED and what is none. */
double hd_slurm_time_read(const char *text);

/* Take TEXT, one line without its end, apart; it is changed. False when it is
 * none: a site may print more. */
bool hd_slurm_queue_line(struct hd_slurm_line *line, char *text);
bool hd_slurm_account_line(struct hd_slurm_line *line, char *text);

#endif
