/*
 * What the machine has for trials: the CPUs that this process may use, and
 * GPUs by maker. Read from /dev, /proc and /sys, no maker's tool or library is
 * needed for it.
 */
#ifndef HD_DISPATCH_MACHINE_H
#define HD_DISPATCH_MACHINE_H

#include <stddef.h>

#include <hdrive/error.h>

#include "dispatch/vendor.h"

struct hd_machine {
	size_t *cpus; /* ascending; of the process that reads */
	size_t cpu_count;
	size_t gpus[HD_VENDORS]; /* how many of each maker */
};

/*
 * ROOT is "" but in tests, which put folders of their own before the paths.
 * Release it in both cases.
 */
int hd_machine_read(struct hd_machine *machine, const char *root,
		    struct hd_error *err);
void hd_machine_release(struct hd_machine *machine);

#endif
