/*
 * Starting hdrive-launch for an attempt: posix_spawn, whose cost does not grow
 * with the engine's memory.
 */
#ifndef HD_DISPATCH_SPAWN_H
#define HD_DISPATCH_SPAWN_H

#include <sys/types.h>

#include <hdrive/backend.h>

/* CGROUP: path of the program's control group, or NULL. NULL_FD: /dev/null,
 * open, for the standard streams. 0 or an errno. */
int hd_spawn_launcher(pid_t *pid, const char *launcher, const char *cgroup,
		      int null_fd, const struct hd_launch *launch);

#endif
