/*
 * A machine of a trial that is not its first: it starts its ranks when the
 * leader says so, tells of their ends, and ends them when the leader does or
 * is gone. Its own exit status counts for nothing.
 */
#include "dispatch/launch_nodes.h"

#include "dispatch/launch_modes.h"
#include "dispatch/proctree.h"
#include "dispatch/record_format.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define COMMANDS_MOST 16

struct follower {
	const struct hd_launch_shape *shape;
	struct hd_nodes *nodes;
	struct hd_link link;
	int signals;
	int first, count; /* its ranks */
	int *own_ports;
	int *ports; /* of all ranks */
	struct hd_launch_crew crew;
	bool has_started;
	bool has_worked;
	bool is_over; /* the leader has said the end, or is gone */
	struct {
		int number;
		pid_t pid;         /* 0: free */
	} commands[COMMANDS_MOST]; /* of mpirun's: its daemon on this machine */
};

/* --- coming ---------------------------------------------------------------------- */

static bool say_hello(struct follower *follower)
{
	static char line[HD_NODES_LINE];
	int needed = hd_launch_ports_needed(follower->shape, follower->count);

	line[0] = '\0';
	strcat(strcat(line, follower->nodes->token), " ");
	hd_nodes_ports_add(line, sizeof line, follower->own_ports, needed);
	/* "node K TOKEN PORTS" */
	hd_link_tell(&follower->link, "node", follower->nodes->self, -1, line);
	for (int i = 0; i < 30; i++) {
		struct pollfd wait = { follower->link.fd, POLLIN, 0 };
		const char *answer;

		poll(&wait, 1, 100);
		if (!hd_link_read(&follower->link))
			return false;
		answer = hd_link_line(&follower->link);
		if (answer)
			return strcmp(answer, "hello") == 0;
	}
	return false;
}

static bool was_told(struct follower *follower)
{
	int signal;

	while ((signal = hd_nodes_signal(follower->signals)))
		if (signal == SIGTERM)
			return true;
	return false;
}

/* Find the leader, which may come later than we do, on the port or after it. */
static bool come(struct follower *follower)
{
	const struct timespec pause = { .tv_nsec = 200000000 };
	int64_t end = hd_launch_seconds() + HD_NODES_COME;

	while (hd_launch_seconds() < end && !was_told(follower)) {
		for (int i = 0; i < HD_NODES_PORTS; i++) {
			if (!hd_link_connect(&follower->link,
					     follower->nodes->hosts[0],
					     follower->nodes->port + i))
				continue;
			if (say_hello(follower))
				return true;
			hd_link_close(&follower->link);
		}
		nanosleep(&pause, NULL);
	}
	return false;
}

/* --- what the leader says ---------------------------------------------------------- */

static void start(struct follower *follower, char *ports)
{
	const struct hd_launch_shape *shape = follower->shape;
	int all = shape->workers + shape->servers;
	const struct hd_launch_meeting meeting = {
		.hosts = follower->nodes->hosts,
		.ports = follower->ports,
		.address = follower->nodes->hosts[follower->nodes->self],
	};

	hd_nodes_ports_read(follower->ports, ports, all);
	if (shape->kind == HD_LAUNCH_MPI)
		return;
	follower->has_started = true;
	if (!hd_launch_crew_start(&follower->crew, shape, follower->first,
				  follower->count, &meeting))
		hd_link_tell(&follower->link, "failed", follower->crew.failed,
			     follower->crew.status, NULL);
}

static void run(struct follower *follower, int number, const char *command)
{
	for (int i = 0; i < COMMANDS_MOST; i++) {
		if (follower->commands[i].pid)
			continue;
		follower->commands[i].pid = hd_nodes_run(command);
		follower->commands[i].number = number;
		if (follower->commands[i].pid > 0)
			return;
		follower->commands[i].pid = 0;
		break;
	}
	hd_link_tell(&follower->link, "ran", number, 126, NULL);
}

static void commands_signal(const struct follower *follower, int signal)
{
	for (int i = 0; i < COMMANDS_MOST; i++)
		if (follower->commands[i].pid)
			kill(follower->commands[i].pid, signal);
}

/* TERM to all that has been started here, and no end after it. */
static void stop(struct follower *follower)
{
	follower->crew.stopped = true;
	if (follower->has_started)
		hd_proctree_signal(getpid(), 0, SIGTERM);
}

static void finish(struct follower *follower)
{
	follower->is_over = true;
	hd_launch_crew_end(&follower->crew);
	commands_signal(follower, SIGTERM);
}

static void obey(struct follower *follower, char *line)
{
	char *at = strchr(line, ' ');
	int number;

	if (at)
		*at++ = '\0';
	if (!strcmp(line, "go") && at) {
		start(follower, at);
	} else if (!strcmp(line, "run") && at) {
		number = hd_link_number(&at);
		run(follower, number, at);
	} else if (!strcmp(line, "stop")) {
		stop(follower);
	} else if (!strcmp(line, "end")) {
		finish(follower);
	}
}

/* --- what ends here -------------------------------------------------------------------- */

static void command_ended(struct follower *follower, pid_t pid, int status)
{
	for (int i = 0; i < COMMANDS_MOST; i++) {
		if (follower->commands[i].pid != pid)
			continue;
		follower->commands[i].pid = 0;
		hd_link_tell(&follower->link, "ran",
			     follower->commands[i].number,
			     hd_launch_status(status), NULL);
	}
}

static void reap(struct follower *follower)
{
	pid_t pid;
	int status;

	if (!follower->has_started) {
		while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
			command_ended(follower, pid, status);
		return;
	}
	if (hd_launch_crew_reap(&follower->crew))
		hd_link_tell(&follower->link, "failed", follower->crew.failed,
			     follower->crew.status, NULL);
	if (follower->crew.working == 0 && !follower->has_worked) {
		follower->has_worked = true;
		hd_link_say(&follower->link, "worked");
	}
}

static bool is_idle(const struct follower *follower)
{
	for (int i = 0; i < COMMANDS_MOST; i++)
		if (follower->commands[i].pid)
			return false;
	return !follower->has_started || follower->crew.living == 0;
}

/* The leader is gone: nothing here is of use to anybody. */
static void leader_lost(struct follower *follower)
{
	hd_link_close(&follower->link);
	if (follower->crew.stopped) {
		hd_launch_crew_signal(&follower->crew, SIGKILL);
		commands_signal(follower, SIGKILL);
	}
	finish(follower);
}

static void obey_all(struct follower *follower)
{
	char *line;

	while ((line = hd_link_line(&follower->link)))
		obey(follower, line);
}

static void turn(struct follower *follower)
{
	struct pollfd waits[2] = { { follower->signals, POLLIN, 0 },
				   { follower->link.fd, POLLIN, 0 } };

	poll(waits, 2, 1000);
	for (int signal; (signal = hd_nodes_signal(follower->signals));)
		if (signal == SIGTERM)
			stop(follower);
	reap(follower);
	hd_launch_crew_turn(&follower->crew);
	if (follower->link.fd < 0)
		return;
	if (!hd_link_read(&follower->link) || !hd_link_beat(&follower->link)) {
		obey_all(follower);
		leader_lost(follower);
		return;
	}
	obey_all(follower);
}

int hd_nodes_follow(const struct hd_launch_shape *shape, struct hd_nodes *nodes)
{
	static struct follower follower;
	int needed;

	follower.shape = shape;
	follower.nodes = nodes;
	follower.link.fd = -1;
	follower.first = shape->first[nodes->self];
	follower.count = shape->first[nodes->self + 1] - follower.first;
	follower.crew = (struct hd_launch_crew){ .shape = shape, .failed = -1 };
	follower.signals = hd_nodes_signals();
	needed = hd_launch_ports_needed(shape, follower.count);
	follower.own_ports = calloc((size_t)needed, sizeof(int));
	follower.ports = calloc((size_t)(shape->workers + shape->servers),
				sizeof(int));
	if (follower.signals < 0 || !follower.own_ports || !follower.ports ||
	    !hd_launch_ports_find(follower.own_ports, needed)) {
		hd_launch_say("cannot find ports for", shape->program[0],
			      strerror(errno));
		return 126;
	}
	if (!come(&follower)) {
		hd_launch_say("cannot reach the first machine at",
			      nodes->hosts[0], "it does not answer");
		return HD_RECORD_RANKS_LOST;
	}
	obey_all(&follower); /* what came with the hello */
	while (!(follower.is_over || (follower.has_started &&
				      follower.crew.living == 0)) ||
	       !is_idle(&follower))
		turn(&follower);
	hd_link_say(&follower.link, "done");
	hd_link_close(&follower.link);
	return 0;
}
