/*
 * A control group for the program, where the engine found one that it may use:
 * the kernel then knows all that descends from the program, and ends it in one
 * call. The C library alone.
 */
#ifndef HD_DISPATCH_LAUNCH_CGROUP_H
#define HD_DISPATCH_LAUNCH_CGROUP_H

#include <sys/types.h>

/* The folder of the group; -1 when there is none. */
int hd_launch_cgroup_open(const char *path);

/* Whether the child shares our memory, as after vfork, or has a copy. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__)
#define HD_LAUNCH_CGROUP_SHARES 1
#else
#define HD_LAUNCH_CGROUP_SHARES 0
#endif

/*
 * Have BECOME(argument), which never returns, run in a child that is born in
 * the group; we sleep until it has become its program or ended. Its pid, or -1
 * when the kernel cannot.
 */
pid_t hd_launch_cgroup_fork(int cgroup, void (*become)(void *argument),
			    void *argument);

/* KILL to all that is in it. */
void hd_launch_cgroup_kill(int cgroup);

#endif
