/*
 * Several processes of one trial, in the launcher: how many there are and
 * where, what each is told to find the others by, and those of this machine.
 *
 * Ranks count from 0 over all machines, TensorFlow's parameter servers behind
 * its workers. Rank 0 is on the first machine and speaks for the trial.
 */
#ifndef HD_DISPATCH_LAUNCH_RANKS_H
#define HD_DISPATCH_LAUNCH_RANKS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How ranks are started elsewhere, as the backend says: "srun" (launch_srun.c),
 * or "nodes ..." (launch_nodes.c). Not set: they all run here. */
#define HD_LAUNCH_MEANS "HDRIVE_RANKS"
#define HD_LAUNCH_SRUN "srun"
#define HD_LAUNCH_NODES "nodes"

#define HD_LAUNCH_HERE "127.0.0.1"
#define HD_LAUNCH_NODES_MOST 1024 /* HD_NODES_MOST */
/* Of one machine: workers and servers, HD_PROCESSES_MOST each. */
#define HD_LAUNCH_RANKS_MOST 2048

enum hd_launch_kind {
	HD_LAUNCH_MPI,
	HD_LAUNCH_PYTORCH,
	HD_LAUNCH_TENSORFLOW
};

struct hd_launch_shape {
	enum hd_launch_kind kind;
	int nodes;
	int workers;
	int servers; /* of TensorFlow, behind the workers */
	/* Of each machine, and behind the last how many there are in all. */
	int first[HD_LAUNCH_NODES_MOST + 1];
	char **words; /* KIND NODES WORKERS SERVERS PROGRAM..., to hand on */
	char **program;
};

/* WORDS as engine/program/ranks.c writes them; false for others. */
bool hd_launch_shape_read(struct hd_launch_shape *shape, char **words);

/* One rank's place. */
struct hd_launch_seat {
	int rank;
	int node;
	int local;      /* rank among those of its machine */
	int local_size; /* how many those are */
};

struct hd_launch_seat hd_launch_seat_of(const struct hd_launch_shape *shape,
					int rank);

/* Where they meet. */
struct hd_launch_meeting {
	const char *const *hosts; /* one a node */
	/* One a rank for TensorFlow, for the others the one of rank 0. */
	const int *ports;
	const char *address; /* of this machine towards the others; may be NULL */
};

/* Set the variables of the rank in SEAT (BACKENDS 5). */
void hd_launch_tell(const struct hd_launch_shape *shape,
		    const struct hd_launch_seat *seat,
		    const struct hd_launch_meeting *meeting);
/* COUNT ports that nobody uses, all different; false when there are none. */
bool hd_launch_ports_find(int *ports, int count);
/* How many ports a machine with COUNT ranks needs for them. */
int hd_launch_ports_needed(const struct hd_launch_shape *shape, int count);

/* --- the ranks of this machine (launch_crew.c) ------------------------------ */

struct hd_launch_crew {
	const struct hd_launch_shape *shape;
	int first, count; /* its ranks */
	pid_t *pids;      /* 0: it has ended */
	int living;       /* of them */
	int working;      /* those that are no servers */
	int failed;       /* the rank that failed first, -1 for none */
	int status;       /* exit status of that one */
	bool stopped;     /* told from outside to end: no end is a failure */
	bool ending;      /* they have had TERM of us */
	int64_t deadline; /* for their KILL, in seconds of the steady clock */
};

/* Start those of NODE; false when one could not be, which is said. */
bool hd_launch_crew_start(struct hd_launch_crew *crew,
			  const struct hd_launch_shape *shape, int first,
			  int count, const struct hd_launch_meeting *meeting);
/* Note those that have ended; true when one failed just now, first of all. */
bool hd_launch_crew_reap(struct hd_launch_crew *crew);
void hd_launch_crew_signal(const struct hd_launch_crew *crew, int signal);
/* TERM, and KILL some seconds later, which crew_turn sees to. */
void hd_launch_crew_end(struct hd_launch_crew *crew);
void hd_launch_crew_turn(struct hd_launch_crew *crew);
/* "rank R [on HOST] ended with status S, its output is in rank-R.log". */
void hd_launch_failure_say(int rank, const char *host, int status);
int64_t hd_launch_seconds(void);
/* The exit status that STATUS, of waitpid, is in a shell. */
int hd_launch_status(int status);
/* Block TERM, CHLD and what else is waited for, into SIGNALS. */
void hd_launch_signals(sigset_t *signals);

/* --- other means ------------------------------------------------------------- */

/* launch_srun.c: the exit status of the whole trial. */
int hd_launch_srun(const struct hd_launch_shape *shape);
/* launch_srun.c: one of srun's tasks, which has become rank SEAT. */
int hd_launch_srun_rank(const struct hd_launch_shape *shape);

/* launch_mpi.c: become mpirun; MORE, which ends in NULL, goes before the ranks. */
int hd_launch_mpirun(const struct hd_launch_shape *shape,
		     const char *const *more);

#endif
