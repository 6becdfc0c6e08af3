/*
 * Scratch memory of one suggestion: doubles and bytes that live until it is
 * given.
 *
 * A suggestion needs a few dozen arrays whose sizes depend on the history.
 * They are taken here and given back together, so that every way out of the
 * sampler is the same one line. A mark gives back what was taken after it,
 * which keeps loops from growing.
 */
#ifndef HD_SAMPLERS_SCRATCH_H
#define HD_SAMPLERS_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

struct hd_scratch_block;

struct hd_scratch {
	struct hd_scratch_block *blocks; /* the newest first */
	bool failed;                     /* a request was refused: what came of it is no answer */
};

struct hd_scratch_mark {
	struct hd_scratch_block *block;
	size_t used;
};

/* Zeroed, aligned for any type; NULL when there is no memory. */
void *hd_scratch_bytes(struct hd_scratch *scratch, size_t count, size_t size);
double *hd_scratch_doubles(struct hd_scratch *scratch, size_t count);
size_t *hd_scratch_sizes(struct hd_scratch *scratch, size_t count);

struct hd_scratch_mark hd_scratch_mark(const struct hd_scratch *scratch);
/* Give back all that was taken since MARK. */
void hd_scratch_reset(struct hd_scratch *scratch, struct hd_scratch_mark mark);
/* Give back everything; the struct can be used again. */
void hd_scratch_release(struct hd_scratch *scratch);

#endif
