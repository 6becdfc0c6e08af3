/*
 * From the launcher to the trial's program: a new process in a group of its
 * own, with the signals and limits that it would have had without us. Why it
 * cannot be run is told in the words that a user needs.
 */
#ifndef HD_DISPATCH_LAUNCH_PROGRAM_H
#define HD_DISPATCH_LAUNCH_PROGRAM_H

#include <sys/types.h>

#include "dispatch/launch_record.h"

struct hd_launch_program {
	int folder;              /* the trial's, open */
	int cgroup;              /* that it is born in, open; -1 for none */
	const char *cgroup_path; /* "" for none */
	const char *boot;        /* the kernel's boot id; NULL: to be read */
	uint64_t start;          /* when the launcher started */
	const char *attempt;
	const char *workdir;
	char **argv;
	char **shell; /* argv behind "/bin/sh" */
};

/* Returns its pid, or 0 with the reason in END. A control group that cannot be
 * used is taken out of PROGRAM. */
pid_t hd_launch_program_start(struct hd_launch_program *program,
			      struct hd_launch_end *end);

/* Say in END that it could not be started, and with which exit status. */
void hd_launch_program_fail(struct hd_launch_end *end, const char *what,
			    const char *subject, const char *why, int code);

#endif
