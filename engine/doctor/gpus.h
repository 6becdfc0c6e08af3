/* What GPUs the kernel shows, below folders that tests may choose. */
#ifndef HD_DOCTOR_GPUS_H
#define HD_DOCTOR_GPUS_H

#include <stddef.h>

struct hd_gpus_kind {
	size_t count;
	size_t usable; /* may be opened by this user */
};

struct hd_gpus {
	struct hd_gpus_kind nvidia;  /* /dev/nvidia0 and on */
	struct hd_gpus_kind compute; /* /dev/kfd: AMD's */
	struct hd_gpus_kind render;  /* /dev/dri/renderD128 and on: anyone's */
	size_t driven;               /* that NVIDIA's driver has */
	char model[128];             /* of one of them, "" when unknown */
};

void hd_gpus_find(struct hd_gpus *gpus, const char *dev, const char *proc);

#endif
