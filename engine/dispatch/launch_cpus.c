/* Affinity is Linux's. */
#define _GNU_SOURCE

#include "dispatch/launch_cpus.h"

#include "dispatch/cpu_list.h"

#include <sched.h>
#include <stdbool.h>
#include <string.h>

/* A set of the C library's holds 1024 CPUs; the kernel takes longer ones. */
#define SETS (HD_CPU_LIST_MOST / CPU_SETSIZE)

static void set_add(void *user, size_t cpu)
{
	CPU_SET_S(cpu, SETS * sizeof(cpu_set_t), (cpu_set_t *)user);
}

void hd_launch_cpus(const char *list)
{
	static cpu_set_t before[SETS];
	static bool is_kept;
	cpu_set_t sets[SETS];

	if (list)
		memset(sets, 0, sizeof sets);
	if (list && hd_cpu_list_read(list, set_add, sets)) {
		if (!is_kept)
			is_kept = sched_getaffinity(0, sizeof before, before) == 0;
		(void)sched_setaffinity(0, sizeof sets, sets);
	} else if (is_kept) {
		(void)sched_setaffinity(0, sizeof before, before);
	}
}
