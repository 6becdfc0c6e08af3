/*
 * Several processes of one trial on this machine: what each is told to find
 * the others by (BACKENDS 5), and, where no mpirun does so, their start and
 * their end.
 */
#define _GNU_SOURCE /* prctl */

#include "dispatch/launch_modes.h"
#include "dispatch/launch_text.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES_MOST 2048 /* workers and servers, HD_PROCESSES_MOST each */
/* From the TERM that one rank's end brings the others to their KILL. */
#define GRACE 5
#define HERE "127.0.0.1"

/* --- a rank of mpirun's ------------------------------------------------------- */

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

/* What torch wants to know, MPI or not. */
static void tell_torch(int rank, int size)
{
	hd_launch_set_number("RANK", rank);
	hd_launch_set_number("WORLD_SIZE", size);
	hd_launch_set_number("LOCAL_RANK", rank);
	hd_launch_set_number("LOCAL_WORLD_SIZE", size);
	hd_launch_set("NODE_RANK", "0");
	/* Else gloo looks for itself by the host's name, which may be none. */
	setenv("GLOO_SOCKET_IFNAME", "lo", 0);
	setenv("MASTER_ADDR", HERE, 0);
}

int hd_launch_rank(char **argv)
{
	static const char *const ranks[] = { "OMPI_COMM_WORLD_RANK",
					     "PMIX_RANK", "PMI_RANK", NULL };
	static const char *const sizes[] = { "OMPI_COMM_WORLD_SIZE",
					     "PMI_SIZE", NULL };
	int rank = number_of(ranks, 0);

	if (!argv[1])
		return HD_LAUNCH_USAGE;
	tell_torch(rank, number_of(sizes, 1));
	/* mpirun is the parent of all ranks of a machine: the same for all. */
	if (!getenv("MASTER_PORT"))
		hd_launch_set_number("MASTER_PORT", 20000 + getppid() % 20000);
	setenv("AZ_BATCHAI_MPI_MASTER_NODE", HERE, 0);
	if (rank != 0)
		hd_launch_mute(rank);
	return hd_launch_become(argv + 1);
}

/* --- processes of our own --------------------------------------------------------- */

struct ranks {
	int workers;
	int servers; /* of TensorFlow, behind the workers */
	bool is_tensorflow;
	char **argv;
	int ports[PROCESSES_MOST];
	pid_t pids[PROCESSES_MOST]; /* 0: it has ended */
	int living, working;        /* all, and the workers of them */
	int failure;                /* exit status of the first that failed */
	bool stopped;               /* told from outside to end */
	bool ending;                /* the rest has had TERM */
	int64_t deadline;           /* for their KILL */
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec;
}

/* COUNT ports that nobody uses, all different; false when there are none. */
static bool ports_find(int *ports, int count)
{
	int sockets[PROCESSES_MOST];
	int open = 0;

	for (; open < count; open++) {
		struct sockaddr_in at = { .sin_family = AF_INET };
		socklen_t size = sizeof at;

		at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		sockets[open] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (sockets[open] < 0)
			break;
		if (bind(sockets[open], (struct sockaddr *)&at, size) < 0 ||
		    getsockname(sockets[open], (struct sockaddr *)&at, &size) < 0) {
			close(sockets[open]);
			break;
		}
		ports[open] = ntohs(at.sin_port);
	}
	for (int i = 0; i < open; i++)
		close(sockets[i]);
	return open == count;
}

static void add_hosts(struct hd_launch_text *text, const char *name,
		      const int *ports, int count)
{
	hd_launch_text_add(text, "\"");
	hd_launch_text_add(text, name);
	hd_launch_text_add(text, "\":[");
	for (int i = 0; i < count; i++) {
		hd_launch_text_add(text, i ? ",\"" HERE ":" : "\"" HERE ":");
		hd_launch_text_number(text, ports[i]);
		hd_launch_text_add(text, "\"");
	}
	hd_launch_text_add(text, "]");
}

static void tell_tensorflow(const struct ranks *ranks, int rank)
{
	static char config[65536];
	struct hd_launch_text text = { config, config + sizeof config - 1 };
	bool serves = rank >= ranks->workers;

	hd_launch_text_add(&text, "{\"cluster\":{");
	add_hosts(&text, "worker", ranks->ports, ranks->workers);
	if (ranks->servers) {
		hd_launch_text_add(&text, ",");
		add_hosts(&text, "ps", ranks->ports + ranks->workers,
			  ranks->servers);
	}
	hd_launch_text_add(&text, "},\"task\":{\"type\":\"");
	hd_launch_text_add(&text, serves ? "ps" : "worker");
	hd_launch_text_add(&text, "\",\"index\":");
	hd_launch_text_number(&text, serves ? rank - ranks->workers : rank);
	hd_launch_text_add(&text, "}}");
	hd_launch_set("TF_CONFIG", config);
}

static _Noreturn void rank_become(const struct ranks *ranks, int rank,
				  pid_t parent)
{
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (ranks->is_tensorflow) {
		tell_tensorflow(ranks, rank);
	} else {
		tell_torch(rank, ranks->workers);
		if (!getenv("MASTER_PORT"))
			hd_launch_set_number("MASTER_PORT", ranks->ports[0]);
	}
	if (rank != 0)
		hd_launch_mute(rank);
	_exit(hd_launch_become(ranks->argv));
}

static void ranks_signal(const struct ranks *ranks, int signal)
{
	for (int i = 0; i < ranks->workers + ranks->servers; i++)
		if (ranks->pids[i])
			kill(ranks->pids[i], signal);
}

static void ranks_end(struct ranks *ranks)
{
	if (ranks->ending)
		return;
	ranks->ending = true;
	ranks->deadline = now() + GRACE;
	ranks_signal(ranks, SIGTERM);
}

static void ranks_start(struct ranks *ranks)
{
	pid_t parent = getpid();

	for (int i = 0; i < ranks->workers + ranks->servers; i++) {
		pid_t pid = fork();

		if (pid == 0)
			rank_become(ranks, i, parent);
		if (pid < 0) {
			hd_launch_say("cannot start", ranks->argv[0],
				      strerror(errno));
			ranks->failure = 126;
			ranks_end(ranks);
			return;
		}
		ranks->pids[i] = pid;
		ranks->living++;
		ranks->working += i < ranks->workers;
	}
}

/* --- their ends ------------------------------------------------------------------------ */

static void failure_say(int rank, int status)
{
	char line[160];
	struct hd_launch_text text = { line, line + sizeof line - 1 };

	hd_launch_text_add(&text, "hdrive-launch: rank ");
	hd_launch_text_number(&text, rank);
	hd_launch_text_add(&text, " ended with status ");
	hd_launch_text_number(&text, status);
	if (rank != 0) {
		hd_launch_text_add(&text, ", its output is in rank-");
		hd_launch_text_number(&text, rank);
		hd_launch_text_add(&text, ".log");
	}
	hd_launch_text_add(&text, "\n");
	/* There is nobody to tell when this fails. */
	if (write(STDERR_FILENO, line, strlen(line)) < 0)
		return;
}

static void rank_ended(struct ranks *ranks, int rank, int status)
{
	int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status)
				       : WEXITSTATUS(status);

	ranks->pids[rank] = 0;
	ranks->living--;
	ranks->working -= rank < ranks->workers;
	/* What we or others ended has not failed by itself. */
	if (code && !ranks->failure && !ranks->ending) {
		ranks->failure = code;
		if (!ranks->stopped) {
			failure_say(rank, code);
			ranks_end(ranks);
		}
	}
	/* Servers serve for ever: without workers they are done. */
	if (ranks->working == 0 && ranks->living && !ranks->stopped)
		ranks_end(ranks);
}

static void ranks_reap(struct ranks *ranks)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < ranks->workers + ranks->servers; i++)
			if (ranks->pids[i] == pid)
				rank_ended(ranks, i, status);
}

static void ranks_wait(struct ranks *ranks, const sigset_t *signals)
{
	const struct timespec second = { .tv_sec = 1 };

	for (;;) {
		int signal;

		ranks_reap(ranks);
		if (ranks->living == 0)
			return;
		if (ranks->ending && now() >= ranks->deadline)
			ranks_signal(ranks, SIGKILL);
		signal = ranks->ending ? sigtimedwait(signals, NULL, &second)
				       : sigwaitinfo(signals, NULL);
		/* The ranks are of our group and have had it too. */
		if (signal == SIGTERM)
			ranks->stopped = true;
	}
}

int hd_launch_processes(char **argv)
{
	static struct ranks ranks;
	sigset_t signals;

	ranks.workers = hd_launch_number(argv[1]);
	ranks.servers = argv[1] ? hd_launch_number(argv[2]) : -1;
	if (ranks.workers < 1 || ranks.servers < 0 ||
	    ranks.workers + ranks.servers > PROCESSES_MOST || !argv[3] ||
	    !argv[4])
		return HD_LAUNCH_USAGE;
	ranks.is_tensorflow = strcmp(argv[3], "tensorflow") == 0;
	ranks.argv = argv + 4;
	if (!ports_find(ranks.ports, ranks.is_tensorflow
					     ? ranks.workers + ranks.servers
					     : 1)) {
		hd_launch_say("cannot find ports for", argv[4],
			      strerror(errno));
		return 126;
	}
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGCHLD);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	ranks_start(&ranks);
	ranks_wait(&ranks, &signals);
	if (ranks.stopped && !ranks.failure)
		return 128 + SIGTERM;
	return ranks.failure;
}
