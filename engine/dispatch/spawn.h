/*
 * Starting hdrive-launch for an attempt, at a cost that does not grow with the
 * engine's memory: the new process shares it until it has become its program.
 */
#ifndef HD_DISPATCH_SPAWN_H
#define HD_DISPATCH_SPAWN_H

#include <signal.h>
#include <stdbool.h>
#include <sys/types.h>

#include <hdrive/backend.h>

struct hd_spawn {
	const char *launcher; /* its path */
	const char *boot;     /* the kernel's boot id; NULL: it finds out */
	int null;             /* /dev/null, open, for the standard streams */
	sigset_t ignored;     /* what this process ignores: hd_spawn_init */
};

/* Fills it but for the path and the boot id. */
void hd_spawn_init(struct hd_spawn *spawn, int null);
/*
 * CGROUP: path of the program's control group, or NULL. CHANNEL: the launcher's
 * end of it (launch_next.h), -1 for none. *PIDFD is the caller's to close; where
 * there can be none no process is started. 0 or an errno.
 */
int hd_spawn_launcher(pid_t *pid, int *pidfd, const struct hd_spawn *spawn,
		      int channel, const char *cgroup,
		      const struct hd_launch *launch);
/* Give the attempt to the launcher that waits at the other end of CHANNEL; false
 * when it cannot be: it is gone, or there is too much to say. */
bool hd_spawn_again(int channel, const struct hd_spawn *spawn,
		    const char *cgroup, const struct hd_launch *launch);

#endif
