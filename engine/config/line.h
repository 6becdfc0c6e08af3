/*
 * Words of a command line as they become the lines of a file: each line knows
 * the word that it comes from.
 */
#ifndef HD_CONFIG_LINE_H
#define HD_CONFIG_LINE_H

#include <hdrive/line.h>

#include "base/buf.h"

/* A word and what messages call it: "-p lr=1,2". */
struct hd_said {
	char text[256];
	bool settled; /* warnings of the loader's do not concern it */
};

struct hd_liner {
	struct hd_buf text;
	struct hd_said *lines; /* of each line of the text its word; "": ours */
	size_t line_count, line_room;
	struct hd_findings *findings;
	uint64_t points; /* of the space so far; 0: no end, UINT64_MAX: many */
	bool failed;     /* no memory */
};

struct hd_said hd_liner_said(const char *flag, const char *word);
/* Append a line, which holds no newline, that comes from SAID (NULL: none). */
void hd_liner_put(struct hd_liner *liner, const struct hd_said *said,
		  const char *fmt, ...) HD_PRINTF(3, 4);
void hd_liner_error(struct hd_liner *liner, const struct hd_said *said,
		    const char *fmt, ...) HD_PRINTF(3, 4);
/* WORD is none of the COUNT words KNOWN: says so, lists them, guesses. */
void hd_liner_unknown(struct hd_liner *liner, const struct hd_said *said,
		      const char *what, const char *word,
		      const char *const *known, size_t count);

/* line_param.c: NAME=EXPR into a line of parameter_space. */
void hd_liner_param(struct hd_liner *liner, const char *word);

/* line_values.c: the items of a choice, split at SEPARATOR, as a YAML list. */
bool hd_liner_choice(struct hd_liner *liner, const struct hd_said *said,
		     const char *text, char separator, struct hd_buf *list,
		     size_t *count);
/* Whether TEXT is a number as JSON writes them, and finite. */
bool hd_liner_number(const char *text, size_t length, double *value);

#endif
