/*
 * Damerau-Levenshtein distance, in the form where no piece of the word is
 * edited twice (optimal string alignment): three rows of the usual table.
 */
#include "base/suggest.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Longer words are not typing slips of anything we know. */
#define WORD_MOST 63

static char letter(char c)
{
	return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t hd_suggest_distance(const char *a, const char *b)
{
	size_t rows[3][WORD_MOST + 1];
	size_t *older = rows[0], *old = rows[1], *now = rows[2];
	size_t m = strlen(a), n = strlen(b);

	if (m > WORD_MOST || n > WORD_MOST)
		return SIZE_MAX;
	for (size_t j = 0; j <= n; j++)
		old[j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t *swap = older;

		now[0] = i;
		for (size_t j = 1; j <= n; j++) {
			bool differs = letter(a[i - 1]) != letter(b[j - 1]);

			now[j] = least(old[j - 1] + differs,
				       least(old[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 &&
			    letter(a[i - 1]) == letter(b[j - 2]) &&
			    letter(a[i - 2]) == letter(b[j - 1]))
				now[j] = least(now[j], older[j - 2] + 1);
		}
		older = old;
		old = now;
		now = swap;
	}
	return old[n];
}

const char *hd_suggest(const char *word, const char *const *words,
		       size_t count)
{
	const char *nearest = NULL;
	size_t length = strlen(word);
	size_t slips = length < 3 ? 1 : (length + 2) / 3;
	size_t most = slips + 1;

	for (size_t i = 0; i < count; i++) {
		size_t distance = hd_suggest_distance(word, words[i]);

		/* A word that shares no letter is no slip of this one. */
		if (distance >= most || distance >= length)
			continue;
		nearest = words[i];
		most = distance;
	}
	return nearest;
}
