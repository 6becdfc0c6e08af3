/*
 * The name of a job, by which it is known, and the file in the trial's folder
 * that says which is whose before there is a job: an intent.
 *
 * "hd.TAG.TRIAL.ATTEMPT", or for an array, whose tasks have one name,
 * "hd.TAG.aNONCE" and the number of the task. TAG is the sweep's.
 */
#ifndef HD_SLURM_JOB_H
#define HD_SLURM_JOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HD_SLURM_TAG 16  /* bytes */
#define HD_SLURM_NAME 64 /* likewise */
/* In a trial's folder, moved to the earlier attempts with all of them. */
#define HD_SLURM_INTENT "job"
#define HD_SLURM_LOG "slurm.log"

struct hd_slurm_job {
	char name[HD_SLURM_NAME];
	long task;         /* -1: not of an array */
	int64_t submitted; /* microseconds since 1970 */
};

/* The tag of the sweep with that id, "HD_<guid>": its first 12 digits. */
void hd_slurm_tag(char tag[HD_SLURM_TAG], const char *id);
void hd_slurm_job_single(struct hd_slurm_job *job, const char *tag, size_t trial,
			 unsigned attempt);
void hd_slurm_job_task(struct hd_slurm_job *job, const char *tag, uint32_t nonce,
		       size_t task);
/* The tag in the NAME of a job; "" when there is none. */
void hd_slurm_job_tag(char tag[HD_SLURM_TAG], const char *name);
/* Whether NAME is one of the sweep's. */
bool hd_slurm_job_is_of(const char *name, const char *tag);

/* Write the intent; 0 or an errno. */
int hd_slurm_intent_write(const char *folder, unsigned attempt,
			  const struct hd_slurm_job *job);
/* Read that of ATTEMPT; false when there is none. */
bool hd_slurm_intent_read(struct hd_slurm_job *job, const char *folder,
			  unsigned attempt);

#endif
