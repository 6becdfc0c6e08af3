/*
 * What the launcher writes into the trial's folder (record_format.h): its
 * claim, who runs the trial, how it ended.
 *
 * The folder is the script's: a link or a FIFO that it put there under one of
 * these names is replaced, never written to. The C library alone.
 */
#ifndef HD_DISPATCH_LAUNCH_RECORD_H
#define HD_DISPATCH_LAUNCH_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/*
 * Make the attempt ours: its ticket becomes the owner's mark in one rename, so
 * of several launchers one wins, and none once the ticket was withdrawn. 0 or
 * an errno; ENOENT for both of these.
 */
int hd_launch_claim(int folder, const char *attempt);

/*
 * Who runs ATTEMPT of the trial: LAUNCHER, with PROGRAM as the leader of the program's
 * group, in the control group CGROUP, "" for none. START is the launcher's,
 * BOOT the kernel's boot id, NULL to be read. Called by the new process before
 * it becomes the program, so it neither allocates nor keeps anything.
 */
void hd_launch_record_state(int folder, const char *attempt, pid_t launcher,
			    uint64_t start, pid_t program, const char *cgroup,
			    const char *boot);

struct hd_launch_end {
	const char *attempt; /* its number */
	bool has_run;        /* false: it could not be started */
	int status;          /* of waitpid for the program, when it has run */
	int error_code;      /* else what a shell would have exited with */
	char error[512];     /* and why; "" when it has run */
	int64_t started;     /* microseconds since 1970, UTC */
	int64_t ended;
	bool stopped;
	bool out_of_memory;
	size_t stragglers;
	struct rusage usage; /* of all that was waited for */
};

/* One more process was waited for. Not RUSAGE_CHILDREN: those of an earlier
 * attempt are counted there as well. */
void hd_launch_record_usage(struct hd_launch_end *end,
			    const struct rusage *usage);

/* Synced when the run was worth it; false when it could not be written. */
bool hd_launch_record_end(int folder, const struct hd_launch_end *end);

#endif
