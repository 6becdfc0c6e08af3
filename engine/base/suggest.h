/* "did you mean": the known word that is nearest to a mistyped one. */
#ifndef HD_BASE_SUGGEST_H
#define HD_BASE_SUGGEST_H

#include <stddef.h>

/*
 * The one of COUNT WORDS that is so near to WORD that it was probably meant:
 * at most one slip (a letter wrong, missing, too many, or two swapped) for
 * every three letters, case and dashes for underscores aside. The first of
 * equals; NULL when none is near. The result is one of WORDS.
 */
const char *hd_suggest(const char *word, const char *const *words,
		       size_t count);

/* How many such slips lie between A and B; SIZE_MAX for overlong words. */
size_t hd_suggest_distance(const char *a, const char *b);

#endif
