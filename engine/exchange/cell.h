/*
 * A value as a cell of CSV, and back: a cell that reads as JSON is that, any
 * other is text as it stands. A text that would read as JSON, or is empty, is
 * written as a JSON string, so that all values come back with their kinds.
 */
#ifndef HD_EXCHANGE_CELL_H
#define HD_EXCHANGE_CELL_H

#include <hdrive/space.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

/* The option of a text that was a JSON string: nothing else is meant by it. */
#define HD_CELL_QUOTED 1

/*
 * LENGTH bytes of a cell; an empty one is HD_VALUE_ABSENT. Texts live in ARENA
 * or are TEXT itself. 0 or HD_ENOMEM.
 */
int hd_cell_read(const char *text, size_t length, struct hd_arena *arena,
		 struct hd_value *value);
/* The same of a node of JSON; its text is copied. */
int hd_cell_of_json(const struct hd_json *node, struct hd_arena *arena,
		    struct hd_value *value);
/* Append VALUE as the whole of a cell, in quotes of CSV where it needs them. */
void hd_cell_write(struct hd_buf *buf, const struct hd_value *value);
/*
 * A metric's number as JSON, which has no infinity: "inf" and "-inf" stand for
 * the two, null for NaN.
 */
void hd_cell_json_number(struct hd_buf *buf, double number);
/* A string that stands for an infinity is one. */
void hd_cell_infinity(struct hd_value *value);
/* LENGTH bytes of text as a cell, in quotes where it needs them. */
void hd_cell_text(struct hd_buf *buf, const char *text, size_t length);
/*
 * A metric: a number, or a text that reads as none. False for what is neither.
 * nan, inf and -inf are numbers, and null is NaN.
 */
bool hd_cell_metric(const struct hd_value *value, double *number);

#endif
