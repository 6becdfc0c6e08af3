/* Scratch memory: blocks that grow, given back together. */
#include "scratch.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define SCRATCH_BLOCK ((size_t)1 << 16)
#define SCRATCH_ALIGN 64 /* a cache line, so that rows do not share one */

struct hd_scratch_block {
	struct hd_scratch_block *next;
	size_t used, room;
	unsigned char *bytes; /* aligned, within the same allocation */
};

static struct hd_scratch_block *scratch_block(size_t room)
{
	struct hd_scratch_block *block = malloc(sizeof *block + room +
						SCRATCH_ALIGN);
	uintptr_t first;

	if (!block)
		return NULL;
	first = (uintptr_t)(block + 1);
	block->bytes = (unsigned char *)(block + 1) +
		       (SCRATCH_ALIGN - first % SCRATCH_ALIGN) % SCRATCH_ALIGN;
	block->used = 0;
	block->room = room;
	return block;
}

/* A block with WANTED bytes left; NULL when there is no memory. */
static struct hd_scratch_block *scratch_with(struct hd_scratch *scratch,
					     size_t wanted)
{
	struct hd_scratch_block *block = scratch->blocks;
	size_t room = block ? block->room * 2 : SCRATCH_BLOCK;

	if (block && block->room - block->used >= wanted)
		return block;
	if (room > SCRATCH_BLOCK * 64)
		room = SCRATCH_BLOCK * 64;
	block = scratch_block(wanted > room ? wanted : room);
	if (!block)
		return NULL;
	block->next = scratch->blocks;
	scratch->blocks = block;
	return block;
}

void *hd_scratch_bytes(struct hd_scratch *scratch, size_t count, size_t size)
{
	struct hd_scratch_block *block = NULL;
	size_t wanted = 0;
	void *bytes;

	if (!size || count <= SIZE_MAX / 4 / size) {
		wanted = count * size + 1;
		wanted = (wanted + SCRATCH_ALIGN - 1) / SCRATCH_ALIGN *
			 SCRATCH_ALIGN;
		block = scratch_with(scratch, wanted);
	}
	if (!block) {
		scratch->failed = true;
		return NULL;
	}
	bytes = block->bytes + block->used;
	block->used += wanted;
	memset(bytes, 0, wanted);
	return bytes;
}

double *hd_scratch_doubles(struct hd_scratch *scratch, size_t count)
{
	return hd_scratch_bytes(scratch, count, sizeof(double));
}

size_t *hd_scratch_sizes(struct hd_scratch *scratch, size_t count)
{
	return hd_scratch_bytes(scratch, count, sizeof(size_t));
}

struct hd_scratch_mark hd_scratch_mark(const struct hd_scratch *scratch)
{
	return (struct hd_scratch_mark){
		.block = scratch->blocks,
		.used = scratch->blocks ? scratch->blocks->used : 0,
	};
}

void hd_scratch_reset(struct hd_scratch *scratch, struct hd_scratch_mark mark)
{
	while (scratch->blocks != mark.block) {
		struct hd_scratch_block *block = scratch->blocks;

		scratch->blocks = block->next;
		free(block);
	}
	if (scratch->blocks)
		scratch->blocks->used = mark.used;
}

void hd_scratch_release(struct hd_scratch *scratch)
{
	hd_scratch_reset(scratch, (struct hd_scratch_mark){ 0 });
}
