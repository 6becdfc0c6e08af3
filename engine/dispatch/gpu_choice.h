/*
 * Which GPUs may be given out: what was asked for, against what the machine
 * has and what this process was given in its environment.
 */
#ifndef HD_DISPATCH_GPU_CHOICE_H
#define HD_DISPATCH_GPU_CHOICE_H

#include <stdbool.h>

#include <hdrive/error.h>

#include "dispatch/gpu_list.h"
#include "dispatch/machine.h"

struct hd_gpu_choice {
	const struct hd_vendor_row *vendor;
	struct hd_gpu_list list; /* none when no GPU is given out */
	bool is_ordered;         /* the vendor's order is to be set */
};

/*
 * GPUS as in gpu_list.h; ENVIRONMENT is "A=b"..., ending in NULL, or NULL.
 * HD_EINVAL when it cannot be had. Release it in both cases.
 */
int hd_gpu_choice_make(struct hd_gpu_choice *choice, const char *gpus,
		       const struct hd_machine *machine,
		       const char *const *environment, struct hd_error *err);
void hd_gpu_choice_release(struct hd_gpu_choice *choice);

/* The value of NAME in the environment, the last one; NULL for none. */
const char *hd_gpu_choice_inherited(const char *const *environment,
				    const char *name);

#endif
