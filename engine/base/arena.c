/*
 * The arena: a list of blocks, each filled from its front. Large requests get
 * a block of their own, so a block's rest is never wasted on them.
 */
#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES 8192

struct block {
	struct block *next;
	size_t used;
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

struct hd_arena {
	struct block *blocks; /* the first one is being filled */
};

static struct block *block_new(size_t size)
{
	struct block *block;

	if (size > SIZE_MAX - sizeof *block)
		return NULL;
	block = calloc(1, sizeof *block + size);
	if (block)
		block->size = size;
	return block;
}

struct hd_arena *hd_arena_new(void)
{
	return calloc(1, sizeof(struct hd_arena));
}

void hd_arena_free(struct hd_arena *arena)
{
	if (!arena)
		return;
	while (arena->blocks) {
		struct block *next = arena->blocks->next;

		free(arena->blocks);
		arena->blocks = next;
	}
	free(arena);
}

void *hd_arena_alloc(struct hd_arena *arena, size_t size)
{
	const size_t align = alignof(max_align_t);
	struct block *block = arena->blocks;
	void *at;

	if (size > SIZE_MAX - align)
		return NULL;
	size = (size + align - 1) / align * align;
	if (!block || size > block->size - block->used) {
		block = block_new(size > BLOCK_BYTES / 4 ? size : BLOCK_BYTES);
		if (!block)
			return NULL;
		if (arena->blocks && size > BLOCK_BYTES / 4) {
			/* A block of its own goes behind the one in use. */
			block->next = arena->blocks->next;
			arena->blocks->next = block;
		} else {
			block->next = arena->blocks;
			arena->blocks = block;
		}
	}
	at = block->bytes + block->used;
	block->used += size;
	return at;
}

void *hd_arena_array(struct hd_arena *arena, size_t count, size_t size)
{
	if (size && count > SIZE_MAX / size)
		return NULL;
	return hd_arena_alloc(arena, count * size);
}

char *hd_arena_copy(struct hd_arena *arena, const char *text, size_t length)
{
	char *copy;

	if (length == SIZE_MAX)
		return NULL;
	copy = hd_arena_alloc(arena, length + 1);
	if (copy && length)
		memcpy(copy, text, length);
	return copy;
}

char *hd_arena_string(struct hd_arena *arena, const char *text)
{
	return hd_arena_copy(arena, text, strlen(text));
}
