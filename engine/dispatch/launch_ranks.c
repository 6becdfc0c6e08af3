/*
 * --ranks: start a trial's processes by whatever means there are, and be their
 * end as one. --rank: one of those that mpirun or srun start.
 */
#include "dispatch/launch_ranks.h"

#include "dispatch/launch_modes.h"
#include "dispatch/launch_nodes.h"
#include "dispatch/proctree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* --- one of mpirun's ------------------------------------------------------------ */

/* The first of NAMES that is set to a number; OTHERWISE when none is. */
static int number_of(const char *const *names, int otherwise)
{
	for (; *names; names++) {
		int number = hd_launch_number(getenv(*names));

		if (number >= 0)
			return number;
	}
	return otherwise;
}

/* What is said by who started us is truer than what we would have done. */
static struct hd_launch_seat seat_of_mpi(const struct hd_launch_shape *shape)
{
	static const char *const ranks[] = { "OMPI_COMM_WORLD_RANK",
					     "PMIX_RANK", "PMI_RANK", NULL };
	static const char *const locals[] = { "OMPI_COMM_WORLD_LOCAL_RANK",
					      "MPI_LOCALRANKID", NULL };
	static const char *const sizes[] = { "OMPI_COMM_WORLD_LOCAL_SIZE",
					     "MPI_LOCALNRANKS", NULL };
	struct hd_launch_seat seat =
		hd_launch_seat_of(shape, number_of(ranks, 0));

	seat.local = number_of(locals, seat.local);
	seat.local_size = number_of(sizes, seat.local_size);
	return seat;
}

static int rank_of_mpi(const struct hd_launch_shape *shape)
{
	struct hd_launch_seat seat = seat_of_mpi(shape);
	const char *host = getenv("MASTER_ADDR");
	const int port = hd_launch_number(getenv("MASTER_PORT"));
	const char *const hosts[] = { host ? host : HD_LAUNCH_HERE };
	const struct hd_launch_meeting meeting = {
		.hosts = hosts,
		.ports = &port,
		.address = shape->nodes == 1 ? HD_LAUNCH_HERE : NULL,
	};

	hd_launch_tell(shape, &seat, &meeting);
	return hd_launch_become(shape->program);
}

int hd_launch_rank(char **argv)
{
	static struct hd_launch_shape shape;
	const char *means = getenv(HD_LAUNCH_MEANS);

	if (!hd_launch_shape_read(&shape, argv + 1))
		return HD_LAUNCH_USAGE;
	if (means && strcmp(means, HD_LAUNCH_SRUN) == 0 && getenv("SLURM_PROCID"))
		return hd_launch_srun_rank(&shape);
	return rank_of_mpi(&shape);
}

/* --- all on this machine ---------------------------------------------------------- */

static void crew_failed(struct hd_launch_crew *crew)
{
	hd_launch_failure_say(crew->failed, NULL, crew->status);
	hd_launch_crew_end(crew);
}

/* The supervisor leaves it to us: also what ranks have started hears it. */
static void crew_stop(struct hd_launch_crew *crew)
{
	crew->stopped = true;
	hd_proctree_signal(getpid(), 0, SIGTERM);
}

static void crew_wait(struct hd_launch_crew *crew, const sigset_t *signals)
{
	const struct timespec second = { .tv_sec = 1 };

	for (;;) {
		int signal;

		if (hd_launch_crew_reap(crew))
			crew_failed(crew);
		if (crew->living == 0)
			return;
		/* Servers serve for ever: without workers they are done. */
		if (crew->working == 0 && !crew->stopped)
			hd_launch_crew_end(crew);
		hd_launch_crew_turn(crew);
		signal = crew->ending ? sigtimedwait(signals, NULL, &second)
				      : sigwaitinfo(signals, NULL);
		if (signal == SIGTERM)
			crew_stop(crew);
	}
}

static int ranks_here(const struct hd_launch_shape *shape)
{
	static int ports[HD_LAUNCH_RANKS_MOST];
	static const char *hosts[HD_LAUNCH_NODES_MOST];
	const struct hd_launch_meeting meeting = { hosts, ports, HD_LAUNCH_HERE };
	struct hd_launch_crew crew;
	int count = shape->workers + shape->servers;
	sigset_t signals;

	if (count > HD_LAUNCH_RANKS_MOST)
		return HD_LAUNCH_USAGE;
	for (int i = 0; i < shape->nodes; i++)
		hosts[i] = HD_LAUNCH_HERE;
	if (!hd_launch_ports_find(ports, hd_launch_ports_needed(shape, count))) {
		hd_launch_say("cannot find ports for", shape->program[0],
			      strerror(errno));
		return 126;
	}
	if (shape->kind == HD_LAUNCH_MPI) {
		setenv("MASTER_ADDR", HD_LAUNCH_HERE, 0);
		if (!getenv("MASTER_PORT"))
			hd_launch_set_number("MASTER_PORT", ports[0]);
		return hd_launch_mpirun(shape, NULL);
	}
	hd_launch_signals(&signals);
	hd_launch_crew_start(&crew, shape, 0, count, &meeting);
	crew_wait(&crew, &signals);
	free(crew.pids);
	if (crew.failed >= 0)
		return crew.status;
	return crew.stopped ? 128 + SIGTERM : 0;
}

int hd_launch_ranks(char **argv)
{
	static struct hd_launch_shape shape;
	static struct hd_nodes nodes;
	const char *means = getenv(HD_LAUNCH_MEANS);

	if (!hd_launch_shape_read(&shape, argv + 1))
		return HD_LAUNCH_USAGE;
	if (means && strcmp(means, HD_LAUNCH_SRUN) == 0)
		return hd_launch_srun(&shape);
	if (!means || !*means)
		return ranks_here(&shape);
	if (!hd_nodes_read(&nodes, means) || nodes.count != shape.nodes)
		return HD_LAUNCH_USAGE;
	return nodes.self == 0 ? hd_nodes_lead(&shape, &nodes)
			       : hd_nodes_follow(&shape, &nodes);
}
