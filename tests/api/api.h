/*
 * What the programs of tests/api share. Each is compiled twice, as C17 and as
 * C++17, without a warning, against libhdrive.so and the public headers alone:
 * so it is written in what the two languages have in common. Every public
 * function is called in one of them; lint says which is not.
 */
#ifndef TESTS_API_API_H
#define TESTS_API_API_H

#include <hdrive.h>

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif
#include <cmocka.h>
#ifdef __cplusplus
}
#define API_ZERO \
	{        \
	}
#else
#define API_ZERO  \
	{         \
		0 \
	}
#endif

/* A report's text, cut at its end. */
struct api_text {
	char text[16384];
	size_t length;
};

static inline int api_write(void *user, const char *text, size_t length)
{
	struct api_text *to = (struct api_text *)user;
	size_t room = sizeof to->text - 1 - to->length;

	if (length > room)
		length = room;
	memcpy(to->text + to->length, text, length);
	to->length += length;
	to->text[to->length] = '\0';
	return 0;
}

static inline struct hd_out api_out(struct api_text *text)
{
	struct hd_out out = API_ZERO;

	text->length = 0;
	text->text[0] = '\0';
	out.write = api_write;
	out.user = text;
	return out;
}

/* WORDS stand in TEXT. */
#define assert_has(where, words) api_has((where), (words), __FILE__, __LINE__)

static inline void api_has(const char *where, const char *words,
			   const char *file, int line)
{
	if (!where || !strstr(where, words)) {
		print_error("no '%s' in '%s'\n", words, where ? where : "(null)");
		_fail(file, line);
	}
}

/* Two doubles that are to be the same to the last bit. */
#define assert_same(a, b) assert_true((a) == (b))

#endif
