/*
 * Processes as a later program knows them again: a process id alone is used
 * again by others, with host, boot and start time it names one (DESIGN 2).
 */
#ifndef HD_BASE_PROCESS_H
#define HD_BASE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

struct hd_process {
	int64_t pid;    /* 0: none */
	uint64_t start; /* field 22 of its stat file: clock ticks since boot */
	char boot[64];  /* the kernel's boot id; "" when it tells none */
	char host[256];
};

/* This one. */
void hd_process_self(struct hd_process *process);
/* When PID started, 0 when there is none or it has ended. */
uint64_t hd_process_start(int64_t pid);
/*
 * Whether a process that started at START still runs as PID on this machine.
 * BOOT, unless NULL or "", must be this boot's.
 */
bool hd_process_is_alive(int64_t pid, uint64_t start, const char *boot);
/* Whether HOST is another machine than this one; "" and NULL are not. */
bool hd_process_is_elsewhere(const char *host);

#endif
