/*
 * The shape of a trial of several processes, and what each is told of it
 * (BACKENDS 5).
 */
#define _GNU_SOURCE /* interfaces */

#include "dispatch/launch_modes.h"
#include "dispatch/launch_ranks.h"
#include "dispatch/launch_text.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* --- the shape --------------------------------------------------------------- */

static bool kind_read(enum hd_launch_kind *kind, const char *word)
{
	static const char *const names[] = {
		[HD_LAUNCH_MPI] = "mpi",
		[HD_LAUNCH_PYTORCH] = "pytorch",
		[HD_LAUNCH_TENSORFLOW] = "tensorflow",
	};

	for (size_t i = 0; word && i < sizeof names / sizeof names[0]; i++) {
		if (strcmp(names[i], word) != 0)
			continue;
		*kind = (enum hd_launch_kind)i;
		return true;
	}
	return false;
}

/* As evenly as can be; what is left over goes to the first ones. */
static void spread(struct hd_launch_shape *shape)
{
	int all = shape->workers + shape->servers;
	int each = all / shape->nodes, over = all % shape->nodes;

	for (int node = 0; node <= shape->nodes; node++)
		shape->first[node] = node * each + (node < over ? node : over);
}

bool hd_launch_shape_read(struct hd_launch_shape *shape, char **words)
{
	if (!kind_read(&shape->kind, words[0]))
		return false;
	for (int i = 1; i < 5; i++)
		if (!words[i])
			return false;
	shape->nodes = hd_launch_number(words[1]);
	shape->workers = hd_launch_number(words[2]);
	shape->servers = hd_launch_number(words[3]);
	shape->words = words;
	shape->program = words + 4;
	if (shape->nodes < 1 || shape->nodes > HD_LAUNCH_NODES_MOST ||
	    shape->workers < 1 || shape->servers < 0 ||
	    shape->workers + shape->servers < shape->nodes)
		return false;
	spread(shape);
	return true;
}

struct hd_launch_seat hd_launch_seat_of(const struct hd_launch_shape *shape,
					int rank)
{
	struct hd_launch_seat seat = { .rank = rank };

	while (seat.node < shape->nodes - 1 &&
	       shape->first[seat.node + 1] <= rank)
		seat.node++;
	seat.local = rank - shape->first[seat.node];
	seat.local_size = shape->first[seat.node + 1] - shape->first[seat.node];
	return seat;
}

/* --- ports ------------------------------------------------------------------- */

int hd_launch_ports_needed(const struct hd_launch_shape *shape, int count)
{
	return shape->kind == HD_LAUNCH_TENSORFLOW ? count : 1;
}

bool hd_launch_ports_find(int *ports, int count)
{
	static int sockets[HD_LAUNCH_RANKS_MOST];
	int open = 0;

	for (; open < count; open++) {
		struct sockaddr_in at = { .sin_family = AF_INET };
		socklen_t size = sizeof at;

		at.sin_addr.s_addr = htonl(INADDR_ANY);
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

/* --- what a rank is told -------------------------------------------------------- */

/* Gloo looks for its own address by the host's name, which may be none, or that
 * of a network that the others are not in: name the interface of ADDRESS. */
static void tell_interface(const char *address)
{
	struct in_addr wanted;
	struct ifaddrs *all, *one;

	if (!address || inet_pton(AF_INET, address, &wanted) != 1 ||
	    getifaddrs(&all) < 0)
		return;
	for (one = all; one; one = one->ifa_next) {
		const struct sockaddr_in *at = (const void *)one->ifa_addr;

		if (!at || at->sin_family != AF_INET ||
		    at->sin_addr.s_addr != wanted.s_addr)
			continue;
		setenv("GLOO_SOCKET_IFNAME", one->ifa_name, 0);
		break;
	}
	freeifaddrs(all);
}

static void tell_host_and_port(const char *name, const char *host, int port)
{
	char value[300];
	struct hd_launch_text text = { value, value + sizeof value - 1 };

	hd_launch_text_add(&text, host);
	hd_launch_text_add(&text, ":");
	hd_launch_text_number(&text, port);
	if (!getenv(name))
		hd_launch_set(name, value);
}

/* What torch wants to know, MPI or not. */
static void tell_torch(const struct hd_launch_shape *shape,
		       const struct hd_launch_seat *seat,
		       const struct hd_launch_meeting *meeting)
{
	hd_launch_set_number("RANK", seat->rank);
	hd_launch_set_number("WORLD_SIZE", shape->workers);
	hd_launch_set_number("LOCAL_RANK", seat->local);
	hd_launch_set_number("LOCAL_WORLD_SIZE", seat->local_size);
	hd_launch_set_number("NODE_RANK", seat->node);
	tell_interface(meeting->address);
	setenv("MASTER_ADDR", meeting->hosts[0], 0);
	if (!getenv("MASTER_PORT"))
		hd_launch_set_number("MASTER_PORT", meeting->ports[0]);
}

/* "NAME":["host:port",...] of COUNT ranks from FIRST on. */
static void add_hosts(struct hd_launch_text *text, const char *name,
		      const struct hd_launch_shape *shape,
		      const struct hd_launch_meeting *meeting, int first,
		      int count)
{
	hd_launch_text_add(text, "\"");
	hd_launch_text_add(text, name);
	hd_launch_text_add(text, "\":[");
	for (int i = 0; i < count; i++) {
		int node = hd_launch_seat_of(shape, first + i).node;

		hd_launch_text_add(text, i ? ",\"" : "\"");
		hd_launch_text_add(text, meeting->hosts[node]);
		hd_launch_text_add(text, ":");
		hd_launch_text_number(text, meeting->ports[first + i]);
		hd_launch_text_add(text, "\"");
	}
	hd_launch_text_add(text, "]");
}

static void tell_tensorflow(const struct hd_launch_shape *shape,
			    const struct hd_launch_seat *seat,
			    const struct hd_launch_meeting *meeting)
{
	/* No variable may be longer. */
	static char config[131072 - sizeof "TF_CONFIG="];
	struct hd_launch_text text = { config, config + sizeof config - 1 };
	bool serves = seat->rank >= shape->workers;

	hd_launch_text_add(&text, "{\"cluster\":{");
	add_hosts(&text, "worker", shape, meeting, 0, shape->workers);
	if (shape->servers) {
		hd_launch_text_add(&text, ",");
		add_hosts(&text, "ps", shape, meeting, shape->workers,
			  shape->servers);
	}
	hd_launch_text_add(&text, "},\"task\":{\"type\":\"");
	hd_launch_text_add(&text, serves ? "ps" : "worker");
	hd_launch_text_add(&text, "\",\"index\":");
	hd_launch_text_number(&text, serves ? seat->rank - shape->workers
					    : seat->rank);
	hd_launch_text_add(&text, "}}");
	hd_launch_set("TF_CONFIG", config);
}

void hd_launch_tell(const struct hd_launch_shape *shape,
		    const struct hd_launch_seat *seat,
		    const struct hd_launch_meeting *meeting)
{
	unsetenv(HD_LAUNCH_MEANS);
	if (shape->kind == HD_LAUNCH_TENSORFLOW)
		tell_tensorflow(shape, seat, meeting);
	else
		tell_torch(shape, seat, meeting);
	/* Azure's names for the same. */
	hd_launch_set_number("AZUREML_CR_NODE_RANK", seat->node);
	setenv("AZ_BATCHAI_MPI_MASTER_NODE", meeting->hosts[0], 0);
	tell_host_and_port("AZ_BATCH_MASTER_NODE", meeting->hosts[0],
			   meeting->ports[0]);
	if (seat->rank != 0)
		hd_launch_mute(seat->rank);
}
