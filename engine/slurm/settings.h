/* What a target of the type "slurm" says, by the rows of backend_slurm.c. */
#ifndef HD_SLURM_SETTINGS_H
#define HD_SLURM_SETTINGS_H

#include <stddef.h>

#include <hdrive/error.h>
#include <hdrive/option.h>

struct hd_slurm_settings {
	const char *partition, *account, *qos, *time, *memory, *gres, *constraint;
	size_t cpus;
	size_t array;
	size_t max_jobs;
	double submit_rate; /* a second */
	const char *folder;
	const char *const *extra;
	const char *const *setup;
	const char *interpreter;
	const char *mpi;
	double requeue_delay; /* seconds */
	double poll;          /* seconds */
};

extern const struct hd_option hd_slurm_options[];

/* Whether they make sense: HD_EINVAL. SETTINGS is a struct hd_slurm_settings. */
int hd_slurm_settings_check(const void *settings, struct hd_error *err);

#endif
