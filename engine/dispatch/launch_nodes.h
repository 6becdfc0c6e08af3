/*
 * Ranks on machines where nothing starts them but hdrive: a launcher on each,
 * started by the engine, all of one trial and attempt. That of the first
 * machine leads: the others connect to it, and all start their ranks when the
 * last has come, so that ports which are told are free ones. It hears of every
 * end and has the others end theirs. The engine is not needed for any of this,
 * nor is any trust between the machines, but that they reach one another.
 *
 * HDRIVE_RANKS is "nodes K PORT TOKEN ADDRESS,..." there: which machine this
 * is, where the first one listens (or on the next free port), what all of one
 * attempt know and nobody else, and the addresses, IPv4, in the nodes' order.
 *
 * On the connection are lines. From a follower "node K TOKEN PORTS", "failed
 * RANK STATUS", "worked" (its workers have all ended well), "done" (all have
 * ended), "ran N STATUS"; from the leader "hello", "go PORTS", "run N COMMAND",
 * "stop" (TERM to all), "end" (and KILL soon). Both say "." now and then.
 */
#ifndef HD_DISPATCH_LAUNCH_NODES_H
#define HD_DISPATCH_LAUNCH_NODES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "dispatch/launch_ranks.h"

/* Of one trial here; an srun may have more. */
#define HD_NODES_GROUP_MOST 256
/* Ports after the one that is told, for when that is another's. */
#define HD_NODES_PORTS 16
/* For all machines to come together, in seconds. */
#define HD_NODES_COME 120
/* Who says nothing for so long is gone; "." is said each HD_NODES_BEAT. */
#define HD_NODES_SILENCE 60
#define HD_NODES_BEAT 5
/* The longest line: a command of mpirun's, or the ports of all ranks. */
#define HD_NODES_LINE 32768

struct hd_nodes {
	int self;
	int port;
	char token[65];
	int count;
	const char *hosts[HD_NODES_GROUP_MOST];
	char text[HD_NODES_GROUP_MOST * 16 + 160]; /* of the hosts */
};

/* What HDRIVE_RANKS says; false when it is not as it should be. */
bool hd_nodes_read(struct hd_nodes *nodes, const char *means);
/* Set it again, with the port that was free. */
void hd_nodes_tell(const struct hd_nodes *nodes);

/* --- a connection --------------------------------------------------------------- */

struct hd_link {
	int fd;        /* -1 for none */
	int64_t heard; /* seconds of the steady clock */
	int64_t said;
	size_t used;
	char in[HD_NODES_LINE];
};

/* Take over FD. */
void hd_link_init(struct hd_link *link, int fd);
void hd_link_close(struct hd_link *link);
/* Connect to HOST; false when that is not to be had within some seconds. */
bool hd_link_connect(struct hd_link *link, const char *host, int port);
/* Say a line: TEXT and a newline. What cannot be said the reader finds out. */
void hd_link_say(struct hd_link *link, const char *text);
/* "WORD N", "WORD N M" where M >= 0, "WORD N TEXT" where TEXT is not NULL. */
void hd_link_tell(struct hd_link *link, const char *word, int n, int m,
		  const char *text);
/* Read what has come; false at the end, which is an error's end too. */
bool hd_link_read(struct hd_link *link);
/* The next whole line without its newline, valid until the next call; NULL. */
char *hd_link_line(struct hd_link *link);
/* Say "." when it is time; false when nothing was heard for too long. */
bool hd_link_beat(struct hd_link *link);
/* A number and what separates it from the next word; -1 when there is none. */
int hd_link_number(char **at);

/* COUNT numbers, a comma between them, behind TEXT, which has SIZE bytes. */
void hd_nodes_ports_add(char *text, size_t size, const int *ports, int count);
/* Read them; how many there are, COUNT at most. */
int hd_nodes_ports_read(int *ports, char *text, int count);

/* A shell with COMMAND; it is killed when we end. Its pid, or -1. */
pid_t hd_nodes_run(const char *command);
/* launch_agent.c: start mpirun over all NODES, rank 0 to meet at PORT. */
pid_t hd_nodes_mpirun(const struct hd_launch_shape *shape,
		      const struct hd_nodes *nodes, int port);
/* A descriptor that can be read when one of SIGNALS, blocked, has come. */
int hd_nodes_signals(void);
/* The next of them, 0 for none. */
int hd_nodes_signal(int fd);

/* --- the roles --------------------------------------------------------------------- */

/* The exit status of the trial. */
int hd_nodes_lead(const struct hd_launch_shape *shape, struct hd_nodes *nodes);
int hd_nodes_follow(const struct hd_launch_shape *shape, struct hd_nodes *nodes);

#endif
