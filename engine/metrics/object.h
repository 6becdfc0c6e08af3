/*
 * One line's JSON object, walked in place: no tree, no allocation.
 *
 * Not base/json.h, because a metric line is what Python prints rather than
 * JSON: NaN and Infinity, 1e999, whole numbers past 64 bits, bytes that are
 * not UTF-8, and the repr of a dict ({'loss': 0.3, 'best': None}).
 */
#ifndef HD_METRICS_OBJECT_H
#define HD_METRICS_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

enum hd_object_kind {
	HD_OBJECT_NUMBER,
	HD_OBJECT_STRING,
	HD_OBJECT_ARRAY,
	HD_OBJECT_OBJECT,
	HD_OBJECT_BOOL,
	HD_OBJECT_NULL,
};

/* Spans are borrowed from the line; those of strings lack their quotes. */
struct hd_object_value {
	enum hd_object_kind kind;
	const char *text;
	size_t length;
	bool is_true; /* of a bool */
};

struct hd_object_member {
	const char *name; /* still with its escapes */
	size_t name_length;
	struct hd_object_value value;
};

/* Nonzero ends the walk and is what the walk returns. */
typedef int (*hd_object_fn)(void *user, const struct hd_object_member *member);

/* Whether TEXT is one whole object, nested at most 32 deep. */
bool hd_object_valid(const char *text, size_t length);
/* Walk the members of a valid object. */
int hd_object_each(const char *text, size_t length, hd_object_fn fn,
		   void *user);
/* The same for a valid array: members have no name. */
bool hd_array_valid(const char *text, size_t length);
int hd_array_each(const char *text, size_t length, hd_object_fn fn,
		  void *user);
/* A number's value; read here and not in the walk, as most are never asked. */
double hd_object_number(const struct hd_object_value *value);
/* False for what is not written as a whole number of 64 bits. */
bool hd_object_integer(const struct hd_object_value *value, int64_t *integer);
/* Append a string's bytes with its escapes resolved. */
void hd_object_unescape(struct hd_buf *buf, const char *text, size_t length);

#endif
