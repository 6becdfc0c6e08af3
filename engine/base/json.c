#include "base/json.h"

#include <jansson.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* A node is jansson's own; the struct is never defined. */
static json_t *node_of(const struct hd_json *node)
{
	return (json_t *)(uintptr_t)node;
}

static json_t *load(const char *text, size_t length, json_error_t *problem)
{
	return json_loadb(text, length, JSON_DECODE_ANY | JSON_ALLOW_NUL, problem);
}

int hd_json_parse(struct hd_json **out, const char *text, size_t length,
		  struct hd_error *err)
{
	json_error_t problem;
	json_t *root = load(text, length, &problem);

	/* A string that it had no memory for is an invalid token to jansson:
	 * what is wrong is wrong twice. */
	if (!root && json_error_code(&problem) == json_error_invalid_syntax)
		root = load(text, length, &problem);
	*out = NULL;
	/* Without memory for its lexer jansson says nothing, not even where. */
	if (!root && (json_error_code(&problem) == json_error_out_of_memory ||
		      (problem.line < 0 && problem.text[0] == '\0')))
		return hd_error_nomem(err);
	if (!root)
		return hd_error_set(err, HD_EINVAL,
				    "not JSON at line %d, column %d: %s",
				    problem.line, problem.column,
				    problem.text);
	*out = (struct hd_json *)root;
	return 0;
}

void hd_json_free(struct hd_json *document)
{
	json_decref((json_t *)document);
}

enum hd_json_kind hd_json_kind(const struct hd_json *node)
{
	switch (json_typeof(node_of(node))) {
	case JSON_OBJECT:
		return HD_JSON_OBJECT;
	case JSON_ARRAY:
		return HD_JSON_ARRAY;
	case JSON_STRING:
		return HD_JSON_STRING;
	case JSON_INTEGER:
		return HD_JSON_INTEGER;
	case JSON_REAL:
		return HD_JSON_REAL;
	case JSON_TRUE:
		return HD_JSON_TRUE;
	case JSON_FALSE:
		return HD_JSON_FALSE;
	case JSON_NULL:
		break;
	}
	return HD_JSON_NULL;
}

double hd_json_number(const struct hd_json *node)
{
	const json_t *value = node_of(node);

	if (json_is_boolean(value))
		return json_is_true(value);
	return json_is_number(value) ? json_number_value(value) : NAN;
}

int64_t hd_json_integer(const struct hd_json *node)
{
	return json_integer_value(node_of(node));
}

const char *hd_json_string(const struct hd_json *node, size_t *length)
{
	if (length)
		*length = json_string_length(node_of(node));
	return json_string_value(node_of(node));
}

size_t hd_json_count(const struct hd_json *node)
{
	const json_t *value = node_of(node);

	return json_is_array(value) ? json_array_size(value) : json_object_size(value);
}

const struct hd_json *hd_json_at(const struct hd_json *array, size_t index)
{
	return (const struct hd_json *)json_array_get(node_of(array), index);
}

const struct hd_json *hd_json_get(const struct hd_json *object,
				  const char *name)
{
	return (const struct hd_json *)json_object_get(node_of(object), name);
}

int hd_json_each(const struct hd_json *object, hd_json_fn fn, void *user)
{
	json_t *root = node_of(object);

	for (void *at = json_object_iter(root); at;
	     at = json_object_iter_next(root, at)) {
		int rc = fn(user, json_object_iter_key(at),
			    strlen(json_object_iter_key(at)),
			    (const struct hd_json *)json_object_iter_value(at));

		if (rc)
			return rc;
	}
	return 0;
}

int hd_json_remove(struct hd_json *object, const char *name)
{
	json_object_del((json_t *)object, name);
	return 0;
}

static int dump_add(const char *text, size_t length, void *user)
{
	hd_buf_add(user, text, length);
	return hd_buf_failed(user) ? -1 : 0;
}

/* Into memory of our own: who frees it need not be linked as jansson is. */
char *hd_json_dump(const struct hd_json *node)
{
	struct hd_buf text = HD_BUF_INIT;

	if (json_dump_callback(node_of(node), dump_add, &text,
			       JSON_COMPACT | JSON_ENCODE_ANY) < 0) {
		hd_buf_release(&text);
		return NULL;
	}
	return hd_buf_take(&text);
}
