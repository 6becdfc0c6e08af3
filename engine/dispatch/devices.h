/*
 * GPUs and CPUs given out to trials.
 *
 * What there is is cut into places once, when it is opened: a place is what
 * one trial gets. So whatever order trials end in, a free place is whole, and
 * the same slot always means the same devices. A pure table: it reads nothing,
 * the machine and the environment are handed in.
 *
 * Invariants: places that are taken at once share no CPU, and no GPU beyond
 * its share; a place is taken from acquire to release.
 */
#ifndef HD_DISPATCH_DEVICES_H
#define HD_DISPATCH_DEVICES_H

#include <stddef.h>

#include <hdrive/error.h>

#include "dispatch/machine.h"

struct hd_devices;

/* All borrowed for the call. */
struct hd_devices_setup {
	const char *gpus;      /* see gpu_list.h; NULL is "none", or "auto" when
				  GPUs for each trial are asked for */
	size_t gpus_per_trial; /* 0 is 1 */
	size_t cpus_per_trial; /* 0: CPUs are not given out */
	size_t most;           /* trials that there can be at once: no more places */
	const struct hd_machine *machine;
	const char *const *environment; /* that trials inherit; NULL for none */
};

/*
 * *OUT is NULL, and 0 returned, when nothing is to be given out. HD_EINVAL
 * when the machine has not what is asked for.
 */
int hd_devices_open(struct hd_devices **out,
		    const struct hd_devices_setup *setup, struct hd_error *err);
void hd_devices_close(struct hd_devices *devices);

/* How many places there are: at least one. */
size_t hd_devices_places(const struct hd_devices *devices);
/* Why not more: "2 GPUs, 1 for each trial"; borrowed. */
const char *hd_devices_why(const struct hd_devices *devices);

/*
 * Take the free one of the first SLOTS places whose GPUs have the fewest
 * trials, the first of equals; SIZE_MAX when none is free.
 */
size_t hd_devices_acquire(struct hd_devices *devices, size_t slots);
/*
 * For a trial that runs already, of an engine that is gone: take the free
 * place that is TEXT; SIZE_MAX when there is none, as devices may be given out
 * in another way now.
 */
size_t hd_devices_claim(struct hd_devices *devices, const char *text);
void hd_devices_release(struct hd_devices *devices, size_t place);

/* These take NULL, which has nothing. What they return is borrowed. */

/* What a place has, for people: "GPU 0,2; CPU 4-7". */
const char *hd_devices_text(const struct hd_devices *devices, size_t place);
/* "A=b"... for the trial in PLACE, ends in NULL; NULL for none. */
const char *const *hd_devices_environment(const struct hd_devices *devices,
					  size_t place);
/* The names of all of those, ends in NULL: a trial inherits none of them. */
const char *const *hd_devices_names(const struct hd_devices *devices);

#endif
