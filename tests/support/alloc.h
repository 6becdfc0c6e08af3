/*
 * A test program that includes this has its own malloc and kin: glibc's by
 * their other names, counted, and failing once when told to. The sanitizers
 * bring their own, so there HAS_ALLOC is 0 and nothing is replaced.
 */
#ifndef TESTS_SUPPORT_ALLOC_H
#define TESTS_SUPPORT_ALLOC_H

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__)
#define HAS_ALLOC 1

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);
extern void __libc_free(void *old);

/* How many allocations were asked for since the program began. */
static volatile size_t alloc_count;
/* How many blocks are held: a call that leaks leaves it higher. */
static volatile size_t alloc_live;
/* The one of them that fails, counted alike; 0 for none. */
static volatile size_t alloc_fails;

static inline int alloc_is_refused(void)
{
	if (++alloc_count != alloc_fails)
		return 0;
	errno = ENOMEM;
	return 1;
}

static inline void *alloc_held(void *block)
{
	if (block)
		alloc_live++;
	return block;
}

void *malloc(size_t size)
{
	return alloc_is_refused() ? NULL : alloc_held(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return alloc_is_refused() ? NULL
				  : alloc_held(__libc_calloc(count, size));
}

void *realloc(void *old, size_t size)
{
	if (alloc_is_refused())
		return NULL;
	return old ? __libc_realloc(old, size)
		   : alloc_held(__libc_malloc(size));
}

void free(void *old)
{
	if (old)
		alloc_live--;
	__libc_free(old);
}

/* The C library's own would count as freed alone. */
char *strndup(const char *text, size_t most)
{
	size_t length = strnlen(text, most);
	char *copy = malloc(length + 1);

	if (copy) {
		memcpy(copy, text, length);
		copy[length] = '\0';
	}
	return copy;
}

char *strdup(const char *text)
{
	return strndup(text, strlen(text));
}

/* The N-th allocation from here, counted from 1, fails; 0: none does. */
static inline void alloc_fail(size_t n)
{
	alloc_fails = n ? alloc_count + n : 0;
}

#else
#define HAS_ALLOC 0

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static inline void the_sanitizers_own_malloc_is_left_alone(void **state)
{
	(void)state;
	skip();
}

/* The main of a program that has no tests then: skipped, and counted as that. */
static inline int alloc_skip(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sanitizers_own_malloc_is_left_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif

#endif
