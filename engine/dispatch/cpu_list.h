/*
 * Lists of CPUs as Linux writes them, "0-1,4". The C library alone: the
 * launcher is built from this file too.
 */
#ifndef HD_DISPATCH_CPU_LIST_H
#define HD_DISPATCH_CPU_LIST_H

#include <stdbool.h>
#include <stddef.h>

/* CPUs are numbered below this: four times what Linux can be built for. */
#define HD_CPU_LIST_MOST 32768

/*
 * Call FN for every CPU of TEXT, in its order. False when TEXT is not such a
 * list; FN may have been called for what stands before the fault.
 */
bool hd_cpu_list_read(const char *text, void (*fn)(void *user, size_t cpu),
		      void *user);

#endif
