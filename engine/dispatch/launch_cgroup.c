/* clone3 is Linux's. */
#define _GNU_SOURCE

#include "dispatch/launch_cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The C library's headers may be older than the kernel: its own words. */
#define CGROUP_CLONE_VM UINT64_C(0x100)
#define CGROUP_CLONE_VFORK UINT64_C(0x4000)
#define CGROUP_CLONE_INTO UINT64_C(0x200000000)

struct cgroup_clone {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack,
		stack_size, tls, set_tid, set_tid_size, cgroup;
};

int hd_launch_cgroup_open(const char *path)
{
	return *path ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
}

#if defined(SYS_clone3) && HD_LAUNCH_CGROUP_SHARES

/* The child's: it must not write over what our stack holds. */
#define STACK_SIZE 65536
static _Alignas(16) char stack[STACK_SIZE];

/*
 * No C library has a vfork that takes a group, and a copy of our memory is a
 * tenth of what a trivial trial costs. A C function cannot return twice on two
 * stacks, so the child's first steps are written out.
 */
static pid_t clone_call(struct cgroup_clone *how,
			void (*become)(void *argument), void *argument)
{
	long result = SYS_clone3;

	how->flags |= CGROUP_CLONE_VM;
	how->stack = (uint64_t)(uintptr_t)stack;
	how->stack_size = STACK_SIZE;
	__asm__ volatile("syscall\n\t"
			 "test %%rax, %%rax\n\t"
			 "jnz 1f\n\t"
			 "mov %[argument], %%rdi\n\t"
			 "call *%[become]\n\t"
			 "hlt\n"
			 "1:"
			 : "+a"(result)
			 : "D"(how), "S"(sizeof *how),
			   [become] "r"(become), [argument] "r"(argument)
			 : "rcx", "r11", "memory", "cc");
	return result < 0 ? -1 : (pid_t)result;
}

#elif defined(SYS_clone3)

static pid_t clone_call(struct cgroup_clone *how,
			void (*become)(void *argument), void *argument)
{
	pid_t pid = (pid_t)syscall(SYS_clone3, how, sizeof *how);

	if (pid == 0)
		become(argument);
	return pid;
}

#else

static pid_t clone_call(struct cgroup_clone *how,
			void (*become)(void *argument), void *argument)
{
	(void)how;
	(void)become;
	(void)argument;
	return -1;
}

#endif

/*
 * Born in the group: to move a process into one makes the kernel hold up every
 * fork on the machine, for milliseconds on many versions of it.
 */
pid_t hd_launch_cgroup_fork(int cgroup, void (*become)(void *argument),
			    void *argument)
{
	struct cgroup_clone how = {
		.flags = CGROUP_CLONE_VFORK | CGROUP_CLONE_INTO,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup,
	};

	return clone_call(&how, become, argument);
}

void hd_launch_cgroup_kill(int cgroup)
{
	int fd = openat(cgroup, "cgroup.kill", O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	/* Where it fails, the killing of the tree goes on all the same. */
	if (write(fd, "1", 1) < 0)
		errno = 0;
	close(fd);
}
