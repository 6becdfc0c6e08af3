/*
 * How many processes the kernel has killed for want of memory, as far as it
 * tells: those of our control group where that is counted, else all of the
 * machine's. A count that grew while a program ran, together with a SIGKILL
 * that nobody here sent, is why it ended. The C library alone: the launcher is
 * built from this file too.
 */
#ifndef HD_DISPATCH_OOMCOUNT_H
#define HD_DISPATCH_OOMCOUNT_H

#include <stdbool.h>
#include <stdint.h>

struct hd_oomcount {
	char path[512]; /* of the file that has the count; "" for none */
	int64_t count;
};

/* Count now. ROOT is before every path: "", or a test's folder. */
void hd_oomcount_start(struct hd_oomcount *oom, const char *root);
/* Whether there are more by now; false as well when it was not started. */
bool hd_oomcount_has_grown(const struct hd_oomcount *oom);

#endif
