/*
 * A program that the engine starts on this machine to reach another one: ssh,
 * sbatch. Its three streams are ours, and so is its end, by a pidfd: nothing
 * here installs a signal handler or waits.
 */
#ifndef HD_REMOTE_CHILD_H
#define HD_REMOTE_CHILD_H

#include <stddef.h>
#include <sys/types.h>

struct hd_child {
	pid_t pid;
	int pidfd; /* readable once it has ended; -1 when it is not open */
	/* Our ends of its streams: not blocking, closed on exec; -1 likewise. */
	int in, out, err;
};

/*
 * Start ARGV with ENVIRONMENT ("A=b"..., both end in NULL), in whose PATH a
 * first word without a slash is looked for. It leads a session of its own, so
 * that a terminal's Ctrl-C is not for it, and has every signal as by default. 0,
 * and what is in CHILD is the caller's; or an errno, and nothing is.
 */
int hd_child_start(struct hd_child *child, const char *const *argv,
		   const char *const *environment);
/*
 * How it ended, as waitpid tells it, into *STATUS: 1, and it is collected; 0
 * while it runs; -1 when somebody else has collected it.
 */
int hd_child_reap(const struct hd_child *child, int *status);
/* write to its stdin, as write does: EPIPE once it reads no more, and no SIGPIPE
 * for the process, which may be another program's. */
ssize_t hd_child_write(const struct hd_child *child, const char *bytes,
		       size_t length);
/* SIGNAL to its whole session's first group; nothing once it is collected. */
void hd_child_signal(const struct hd_child *child, int signal);
/* Kill and collect it where it runs, and close what is open. */
void hd_child_end(struct hd_child *child);

#endif
