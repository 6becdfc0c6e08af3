/*
 * The CPUs of a trial, taken by its launcher for itself and thereby for all
 * that it starts. libc alone.
 */
#ifndef HD_DISPATCH_LAUNCH_CPUS_H
#define HD_DISPATCH_LAUNCH_CPUS_H

/* Names the trial's CPUs to the launcher and to the trial: "0-1,4". */
#define HD_CPUS_VARIABLE "HDRIVE_CPUS"

/*
 * Run on the CPUs of LIST alone; NULL is all. Where that cannot be, one has
 * gone off line or a container has been cut, the trial runs as it would
 * without: its threads are fewer all the same.
 */
void hd_launch_cpus(const char *list);

#endif
