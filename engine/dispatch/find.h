/*
 * What became of an attempt that an earlier engine started, by what lies in
 * the trial's folder.
 *
 * A process is the launcher only when host, boot id, pid and start time all
 * agree; a pid alone may be another's by now.
 */
#ifndef HD_DISPATCH_FIND_H
#define HD_DISPATCH_FIND_H

#include <stdint.h>
#include <sys/types.h>

#include "dispatch/ticket.h"

enum hd_find {
	HD_FIND_UNCLAIMED, /* no launcher has begun */
	HD_FIND_ENDED,     /* there is an exit record */
	HD_FIND_ALIVE,     /* its launcher runs here */
	HD_FIND_GONE,      /* it ran here, and left no record */
	HD_FIND_UNTOLD,    /* claimed; who by is not written yet */
	HD_FIND_ELSEWHERE, /* it may run on another host */
	HD_FIND_FAILED,    /* it cannot be told, see error */
};

struct hd_found {
	int error;       /* an errno */
	const char *why; /* it is gone; static */
	/* Of the launcher, when it is alive. */
	int pidfd; /* the caller's to close; -1 when there is none */
	pid_t pid;
	uint64_t start;
	pid_t group; /* of the program */
	/* Of the program, "" for none; also when the launcher is gone, as its
	 * name is used once. */
	char cgroup[512];
	char host[HD_TICKET_HOST]; /* when it is elsewhere */
};

enum hd_find hd_find_attempt(struct hd_found *found, const char *folder,
			     unsigned attempt);

#endif
