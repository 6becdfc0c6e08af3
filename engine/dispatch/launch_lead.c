/*
 * The first machine of a trial: it waits for the others, starts rank 0 and its
 * neighbours, hears of every end, and is the trial's.
 */
#define _GNU_SOURCE /* accept4 */

#include "dispatch/launch_nodes.h"

#include "dispatch/launch_modes.h"
#include "dispatch/launch_text.h"
#include "dispatch/proctree.h"
#include "dispatch/record_format.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Followers, those of mpirun that wait for a command's end, and strangers. */
#define GUESTS_MOST (2 * HD_NODES_GROUP_MOST + 16)
/* Behind the KILL of the others' ranks. */
#define LEAVE_SECONDS 10

struct guest {
	struct hd_link link;
	int node;   /* of a follower; -1 for others */
	int number; /* of a command, whose end it waits for; -1 for others */
	bool is_done;
	bool has_worked;
};

struct leader {
	const struct hd_launch_shape *shape;
	struct hd_nodes *nodes;
	int signals, listener;
	struct guest *guests[GUESTS_MOST];
	int came;   /* followers that are, or were, here */
	int *ports; /* of all ranks */
	struct hd_launch_crew crew;
	pid_t mpirun;
	int commands; /* numbers given out */
	bool has_started;
	bool stopped; /* from outside */
	bool is_ending;
	int64_t started, leave; /* seconds; when to leave without who is left */
	int status;             /* of the first that failed; 0 for none */
};

/* --- the others ----------------------------------------------------------------- */

static void say_to_all(struct leader *leader, const char *line)
{
	for (int i = 0; i < GUESTS_MOST; i++)
		if (leader->guests[i] && leader->guests[i]->node >= 0)
			hd_link_say(&leader->guests[i]->link, line);
}

static void end_all(struct leader *leader)
{
	if (leader->is_ending)
		return;
	leader->is_ending = true;
	leader->leave = hd_launch_seconds() + LEAVE_SECONDS;
	say_to_all(leader, "end");
	hd_launch_crew_end(&leader->crew);
	if (leader->mpirun > 0)
		kill(leader->mpirun, SIGTERM);
}

/* RANK failed with STATUS on NODE; what comes after that follows from it. */
static void rank_failed(struct leader *leader, int rank, int status, int node)
{
	if (leader->status || leader->stopped || leader->is_ending)
		return;
	leader->status = status;
	hd_launch_failure_say(rank, node ? leader->nodes->hosts[node] : NULL,
			      status);
	end_all(leader);
}

static void node_lost(struct leader *leader, int node)
{
	if (leader->status || leader->stopped || leader->is_ending)
		return;
	leader->status = HD_RECORD_RANKS_LOST;
	hd_launch_say("lost the machine", leader->nodes->hosts[node],
		      "it is not heard of any more");
	end_all(leader);
}

static struct guest *follower_of(struct leader *leader, int node)
{
	for (int i = 0; i < GUESTS_MOST; i++)
		if (leader->guests[i] && leader->guests[i]->node == node)
			return leader->guests[i];
	return NULL;
}

static bool workers_are_done(const struct leader *leader)
{
	if (leader->crew.working)
		return false;
	for (int i = 0; i < GUESTS_MOST; i++)
		if (leader->guests[i] && leader->guests[i]->node >= 0 &&
		    !leader->guests[i]->has_worked &&
		    !leader->guests[i]->is_done)
			return false;
	return true;
}

/* --- coming ----------------------------------------------------------------------- */

static void start(struct leader *leader)
{
	const struct hd_launch_shape *shape = leader->shape;
	static char line[HD_NODES_LINE];
	const struct hd_launch_meeting meeting = {
		.hosts = leader->nodes->hosts,
		.ports = leader->ports,
		.address = leader->nodes->hosts[0],
	};
	int all = hd_launch_ports_needed(shape, shape->workers + shape->servers);

	leader->has_started = true;
	strcpy(line, "go ");
	hd_nodes_ports_add(line, sizeof line, leader->ports, all);
	say_to_all(leader, line);
	if (shape->kind == HD_LAUNCH_MPI) {
		leader->mpirun = hd_nodes_mpirun(shape, leader->nodes,
						 leader->ports[0]);
		if (leader->mpirun < 0)
			rank_failed(leader, 0, 126, 0);
	} else if (!hd_launch_crew_start(&leader->crew, shape, 0,
					 shape->first[1], &meeting)) {
		rank_failed(leader, leader->crew.failed, leader->crew.status, 0);
	}
}

/* "node K TOKEN PORTS": whether it is one of ours. */
static bool follower_came(struct leader *leader, struct guest *guest, char *at)
{
	const struct hd_launch_shape *shape = leader->shape;
	int node = hd_link_number(&at), first, count;
	char *ports = strchr(at, ' ');

	if (ports)
		*ports++ = '\0';
	if (!ports || strcmp(at, leader->nodes->token) != 0 || node < 1 ||
	    node >= shape->nodes || follower_of(leader, node) ||
	    leader->has_started)
		return false;
	first = shape->first[node];
	count = shape->first[node + 1] - first;
	if (shape->kind == HD_LAUNCH_TENSORFLOW &&
	    hd_nodes_ports_read(leader->ports + first, ports, count) != count)
		return false;
	guest->node = node;
	leader->came++;
	hd_link_say(&guest->link, "hello");
	if (leader->came == shape->nodes - 1)
		start(leader);
	return true;
}

/* "agent TOKEN HOST COMMAND": mpirun wants its daemon on another machine. */
static bool agent_came(struct leader *leader, struct guest *guest, char *at)
{
	char *host = strchr(at, ' '), *command = NULL;
	struct guest *follower = NULL;

	if (host)
		*host++ = '\0';
	command = host ? strchr(host, ' ') : NULL;
	if (command)
		*command++ = '\0';
	if (!command || strcmp(at, leader->nodes->token) != 0)
		return false;
	for (int i = 1; i < leader->nodes->count && !follower; i++)
		if (strcmp(leader->nodes->hosts[i], host) == 0)
			follower = follower_of(leader, i);
	if (!follower)
		return false;
	guest->number = leader->commands++;
	hd_link_tell(&follower->link, "run", guest->number, -1, command);
	return true;
}

static void command_ended(struct leader *leader, int number, int status)
{
	for (int i = 0; i < GUESTS_MOST; i++)
		if (leader->guests[i] && leader->guests[i]->number == number)
			hd_link_tell(&leader->guests[i]->link, "ended", status,
				     -1, NULL);
}

/* --- what they say -------------------------------------------------------------------- */

static void follower_says(struct leader *leader, struct guest *guest,
			  const char *word, char *at)
{
	int a = at ? hd_link_number(&at) : -1;
	int b = a >= 0 ? hd_link_number(&at) : -1;

	if (!strcmp(word, "failed") && b > 0)
		rank_failed(leader, a, b, guest->node);
	else if (!strcmp(word, "ran") && b >= 0)
		command_ended(leader, a, b);
	else if (!strcmp(word, "worked"))
		guest->has_worked = true;
	else if (!strcmp(word, "done"))
		guest->is_done = guest->has_worked = true;
}

/* Whether to hear it out. */
static bool guest_says(struct leader *leader, struct guest *guest, char *line)
{
	char *at = strchr(line, ' ');

	if (at)
		*at++ = '\0';
	if (guest->node >= 0) {
		follower_says(leader, guest, line, at);
		return true;
	}
	if (guest->number >= 0)
		return true;
	if (!strcmp(line, "node") && at)
		return follower_came(leader, guest, at);
	return !strcmp(line, "agent") && at && agent_came(leader, guest, at);
}

static void guest_leave(struct leader *leader, int index)
{
	struct guest *guest = leader->guests[index];

	if (guest->node >= 0 && !guest->is_done)
		node_lost(leader, guest->node);
	/* That of a follower stays, as one that is done. */
	hd_link_close(&guest->link);
	if (guest->node >= 0) {
		guest->is_done = true;
		return;
	}
	free(guest);
	leader->guests[index] = NULL;
}

static void guest_turn(struct leader *leader, int index)
{
	struct guest *guest = leader->guests[index];
	bool is_here = hd_link_read(&guest->link);
	char *line;

	while ((line = hd_link_line(&guest->link)))
		if (!guest_says(leader, guest, line))
			is_here = false;
	/* Only followers speak by themselves. */
	if (guest->node >= 0 && !hd_link_beat(&guest->link))
		is_here = false;
	if (!is_here)
		guest_leave(leader, index);
}

static void guest_accept(struct leader *leader)
{
	int fd = accept4(leader->listener, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct guest *guest;
	int at = 0;

	if (fd < 0)
		return;
	while (at < GUESTS_MOST && leader->guests[at])
		at++;
	guest = at < GUESTS_MOST ? malloc(sizeof *guest) : NULL;
	if (!guest) {
		close(fd);
		return;
	}
	hd_link_init(&guest->link, fd);
	guest->node = guest->number = -1;
	guest->is_done = guest->has_worked = false;
	leader->guests[at] = guest;
}

/* --- the loop ----------------------------------------------------------------------------- */

static void stop_all(struct leader *leader)
{
	leader->stopped = leader->crew.stopped = true;
	say_to_all(leader, "stop");
	if (leader->mpirun > 0)
		kill(leader->mpirun, SIGTERM);
	else if (leader->has_started)
		hd_proctree_signal(getpid(), 0, SIGTERM);
	else
		end_all(leader);
}

static void mpirun_reap(struct leader *leader)
{
	int status;

	if (waitpid(leader->mpirun, &status, WNOHANG) != leader->mpirun)
		return;
	leader->mpirun = 0;
	/* It says itself which rank it was. */
	if (!leader->status && !leader->stopped)
		leader->status = hd_launch_status(status);
	end_all(leader);
}

static void reap(struct leader *leader)
{
	if (leader->mpirun > 0) {
		mpirun_reap(leader);
		return;
	}
	if (hd_launch_crew_reap(&leader->crew))
		rank_failed(leader, leader->crew.failed, leader->crew.status, 0);
	/* Servers serve for ever: without workers they are done. */
	if (leader->has_started && leader->shape->kind != HD_LAUNCH_MPI &&
	    workers_are_done(leader) && !leader->stopped)
		end_all(leader);
}

static void check_time(struct leader *leader)
{
	const struct hd_nodes *nodes = leader->nodes;

	hd_launch_crew_turn(&leader->crew);
	if (leader->is_ending && leader->mpirun > 0 &&
	    hd_launch_seconds() >= leader->leave)
		kill(leader->mpirun, SIGKILL);
	if (leader->has_started || leader->is_ending ||
	    hd_launch_seconds() < leader->started + HD_NODES_COME)
		return;
	for (int i = 1; i < nodes->count; i++)
		if (!follower_of(leader, i)) {
			node_lost(leader, i);
			return;
		}
}

static bool is_over(const struct leader *leader)
{
	if (leader->crew.living || leader->mpirun > 0)
		return false;
	if (!leader->has_started)
		return leader->is_ending;
	if (leader->is_ending && hd_launch_seconds() >= leader->leave)
		return true;
	for (int i = 0; i < GUESTS_MOST; i++)
		if (leader->guests[i] && leader->guests[i]->node >= 0 &&
		    !leader->guests[i]->is_done)
			return false;
	return true;
}

static void turn(struct leader *leader)
{
	static struct pollfd waits[GUESTS_MOST + 2];

	waits[0] = (struct pollfd){ leader->signals, POLLIN, 0 };
	waits[1] = (struct pollfd){ leader->listener, POLLIN, 0 };
	for (int i = 0; i < GUESTS_MOST; i++)
		waits[2 + i] = (struct pollfd){
			leader->guests[i] ? leader->guests[i]->link.fd : -1,
			POLLIN, 0
		};
	poll(waits, GUESTS_MOST + 2, 1000);
	for (int signal; (signal = hd_nodes_signal(leader->signals));)
		if (signal == SIGTERM)
			stop_all(leader);
	reap(leader);
	if (waits[1].revents)
		guest_accept(leader);
	for (int i = 0; i < GUESTS_MOST; i++)
		if (leader->guests[i] && leader->guests[i]->link.fd >= 0)
			guest_turn(leader, i);
	check_time(leader);
}

/* On the port that all were told, or the next one that is free. */
static bool leader_listen(struct leader *leader)
{
	int yes = 1;

	leader->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
				  0);
	if (leader->listener < 0)
		return false;
	setsockopt(leader->listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	for (int i = 0; i < HD_NODES_PORTS; i++) {
		const struct sockaddr_in at = {
			.sin_family = AF_INET,
			.sin_port = htons((uint16_t)(leader->nodes->port + i)),
			.sin_addr.s_addr = htonl(INADDR_ANY),
		};

		if (bind(leader->listener, (const struct sockaddr *)&at,
			 sizeof at) < 0)
			continue;
		leader->nodes->port += i;
		return listen(leader->listener, SOMAXCONN) == 0;
	}
	return false;
}

int hd_nodes_lead(const struct hd_launch_shape *shape, struct hd_nodes *nodes)
{
	static struct leader leader;
	int own = hd_launch_ports_needed(shape, shape->first[1]);

	leader.shape = shape;
	leader.nodes = nodes;
	leader.crew = (struct hd_launch_crew){ .shape = shape, .failed = -1 };
	leader.started = hd_launch_seconds();
	leader.signals = hd_nodes_signals();
	leader.ports = calloc((size_t)(shape->workers + shape->servers),
			      sizeof *leader.ports);
	if (leader.signals < 0 || !leader.ports || !leader_listen(&leader) ||
	    !hd_launch_ports_find(leader.ports, own)) {
		hd_launch_say("cannot find ports for", shape->program[0],
			      strerror(errno));
		return 126;
	}
	hd_nodes_tell(nodes);
	while (!is_over(&leader))
		turn(&leader);
	if (leader.status)
		return leader.status;
	return leader.stopped ? 128 + SIGTERM : 0;
}
