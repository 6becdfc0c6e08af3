/* What fuzzers share: claims that a fuzzer sees fail, and input read in bytes. */
#ifndef TESTS_FUZZ_BYTES_H
#define TESTS_FUZZ_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* An abort is what a fuzzer sees; assert would go away with NDEBUG. */
static inline void demand(bool held)
{
	if (!held)
		abort();
}

struct bytes {
	const uint8_t *data;
	size_t size;
};

/* The next byte, 0 when there is none left. */
static inline unsigned byte_take(struct bytes *bytes)
{
	if (!bytes->size)
		return 0;
	bytes->size--;
	return *bytes->data++;
}

#endif
