/*
 * An arena: many small allocations with one lifetime, freed together.
 *
 * Nothing in it is freed alone. Pointers stay valid until hd_arena_free.
 */
#ifndef HD_BASE_ARENA_H
#define HD_BASE_ARENA_H

#include <stddef.h>

struct hd_arena;

/* NULL when there is no memory, as every function here. */
struct hd_arena *hd_arena_new(void);
void hd_arena_free(struct hd_arena *arena);

/* SIZE bytes of zeros, aligned for any object. */
void *hd_arena_alloc(struct hd_arena *arena, size_t size);
/* COUNT objects of SIZE bytes; NULL also when the product overflows. */
void *hd_arena_array(struct hd_arena *arena, size_t count, size_t size);
/* A copy of LENGTH bytes with a terminator behind them. */
char *hd_arena_copy(struct hd_arena *arena, const char *text, size_t length);
char *hd_arena_string(struct hd_arena *arena, const char *text);

#endif
