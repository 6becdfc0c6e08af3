/*
 * Reading JSON: a thin front over jansson, so that one file knows it.
 * (JSON is written with hd_buf_json and its kin.)
 *
 * A node is borrowed from the document that hd_json_parse gave.
 */
#ifndef HD_BASE_JSON_H
#define HD_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/error.h>

enum hd_json_kind {
	HD_JSON_NULL,
	HD_JSON_FALSE,
	HD_JSON_TRUE,
	HD_JSON_INTEGER,
	HD_JSON_REAL,
	HD_JSON_STRING,
	HD_JSON_ARRAY,
	HD_JSON_OBJECT,
};

struct hd_json;

/*
 * Parse LENGTH bytes holding one JSON value, nested at most 100 deep. NaN,
 * Infinity and -Infinity, which Python's json writes, are not JSON: see
 * metrics. *OUT is the caller's, hd_json_free it. HD_EINVAL with the line and
 * column for what is not JSON.
 */
int hd_json_parse(struct hd_json **out, const char *text, size_t length,
		  struct hd_error *err);
void hd_json_free(struct hd_json *document);

enum hd_json_kind hd_json_kind(const struct hd_json *node);
/* A number's value, NaN for what is none; true and false are 1 and 0. */
double hd_json_number(const struct hd_json *node);
int64_t hd_json_integer(const struct hd_json *node);
/* A string's bytes, NULL for what is none. */
const char *hd_json_string(const struct hd_json *node, size_t *length);

/* Members of an array or object, in order; 0 for others. */
size_t hd_json_count(const struct hd_json *node);
const struct hd_json *hd_json_at(const struct hd_json *array, size_t index);
/* An object's member by name; NULL when absent. */
const struct hd_json *hd_json_get(const struct hd_json *object,
				  const char *name);
/* Walk an object in the order of its text: return nonzero to end the walk. */
typedef int (*hd_json_fn)(void *user, const char *name, size_t length,
			  const struct hd_json *value);
int hd_json_each(const struct hd_json *object, hd_json_fn fn, void *user);

/* Take the member NAME out of the document OBJECT, if it is there; 0. */
int hd_json_remove(struct hd_json *object, const char *name);

/* NODE as compact JSON, the caller's to free(); NULL for no memory. */
char *hd_json_dump(const struct hd_json *node);

#endif
