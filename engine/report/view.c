#include "report/view.h"

#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct hd_view hd_view_null = { .kind = HD_VIEW_NULL };
const struct hd_view hd_view_true = { .kind = HD_VIEW_TRUE };
const struct hd_view hd_view_false = { .kind = HD_VIEW_FALSE };

struct hd_view *hd_view_new(struct hd_arena *arena, enum hd_view_kind kind,
			    size_t count)
{
	struct hd_view *view = hd_arena_alloc(arena, sizeof *view);

	if (!view)
		return NULL;
	view->kind = kind;
	view->count = count;
	if (kind == HD_VIEW_LIST || kind == HD_VIEW_MAP)
		view->items = hd_arena_array(arena, count + 1, sizeof *view->items);
	if (kind == HD_VIEW_MAP)
		view->names = hd_arena_array(arena, count + 1, sizeof *view->names);
	if ((kind >= HD_VIEW_LIST && !view->items) ||
	    (kind == HD_VIEW_MAP && !view->names))
		return NULL;
	return view;
}

static const struct hd_view *view_of(struct hd_arena *arena,
				     const struct hd_json *node);

static const struct hd_view *view_text(struct hd_arena *arena,
				       enum hd_view_kind kind, const char *text,
				       size_t length)
{
	struct hd_view *view = hd_view_new(arena, kind, 0);

	if (!view)
		return NULL;
	view->text = hd_arena_copy(arena, text, length);
	view->length = length;
	return view->text ? view : NULL;
}

static const struct hd_view *view_number(struct hd_arena *arena,
					 const struct hd_json *node)
{
	bool whole = hd_json_kind(node) == HD_JSON_INTEGER;
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_view *view = NULL;

	if (whole)
		hd_buf_printf(&buf, "%" PRId64, hd_json_integer(node));
	else
		hd_buf_json_number(&buf, hd_json_number(node));
	if (!hd_buf_failed(&buf))
		view = (struct hd_view *)view_text(arena, HD_VIEW_NUMBER, hd_buf_text(&buf),
						   buf.length);
	if (view)
		view->number = whole ? (double)hd_json_integer(node) : hd_json_number(node);
	hd_buf_release(&buf);
	return view;
}

static const struct hd_view *view_list(struct hd_arena *arena,
				       const struct hd_json *node)
{
	struct hd_view *view = hd_view_new(arena, HD_VIEW_LIST, hd_json_count(node));

	for (size_t i = 0; view && i < view->count; i++) {
		view->items[i] = view_of(arena, hd_json_at(node, i));
		if (!view->items[i])
			view = NULL;
	}
	return view;
}

struct view_fill {
	struct hd_arena *arena;
	struct hd_view *view;
	size_t count;
};

static int view_member(void *user, const char *name, size_t length,
		       const struct hd_json *value)
{
	struct view_fill *fill = user;
	size_t at = fill->count++;

	fill->view->names[at] = hd_arena_copy(fill->arena, name, length);
	fill->view->items[at] = view_of(fill->arena, value);
	return fill->view->names[at] && fill->view->items[at] ? 0 : HD_ENOMEM;
}

static const struct hd_view *view_map(struct hd_arena *arena,
				      const struct hd_json *node)
{
	struct view_fill fill = { .arena = arena };

	fill.view = hd_view_new(arena, HD_VIEW_MAP, hd_json_count(node));
	if (!fill.view || hd_json_each(node, view_member, &fill) < 0)
		return NULL;
	return fill.view;
}

/* NULL for no memory; as deep as the parser lets a text be. */
static const struct hd_view *view_of(struct hd_arena *arena,
				     const struct hd_json *node)
{
	const char *text;
	size_t length;

	switch (hd_json_kind(node)) {
	case HD_JSON_NULL:
		return &hd_view_null;
	case HD_JSON_FALSE:
		return &hd_view_false;
	case HD_JSON_TRUE:
		return &hd_view_true;
	case HD_JSON_INTEGER:
	case HD_JSON_REAL:
		return view_number(arena, node);
	case HD_JSON_STRING:
		text = hd_json_string(node, &length);
		return view_text(arena, HD_VIEW_TEXT, text, length);
	case HD_JSON_ARRAY:
		return view_list(arena, node);
	case HD_JSON_OBJECT:
		return view_map(arena, node);
	}
	return NULL;
}

int hd_view_read(const struct hd_view **out, struct hd_arena *arena,
		 const char *text, size_t length, struct hd_error *err)
{
	struct hd_json *json = NULL;
	int rc = hd_json_parse(&json, text, length, err);

	if (rc < 0)
		return rc;
	*out = view_of(arena, json);
	hd_json_free(json);
	return *out ? 0 : hd_error_nomem(err);
}

const struct hd_view *hd_view_get(const struct hd_view *map, const char *name)
{
	if (map->kind != HD_VIEW_MAP)
		return NULL;
	for (size_t i = 0; i < map->count; i++)
		if (!strcmp(map->names[i], name))
			return map->items[i];
	return NULL;
}

static bool view_equal_items(const struct hd_view *a, const struct hd_view *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct hd_view *other = a->kind == HD_VIEW_MAP
						      ? hd_view_get(b, a->names[i])
						      : b->items[i];

		if (!other || !hd_view_equal(a->items[i], other))
			return false;
	}
	return true;
}

bool hd_view_equal(const struct hd_view *a, const struct hd_view *b)
{
	if (a->kind != b->kind || a->count != b->count)
		return false;
	switch (a->kind) {
	case HD_VIEW_NULL:
	case HD_VIEW_FALSE:
	case HD_VIEW_TRUE:
		return true;
	case HD_VIEW_NUMBER:
		return a->number == b->number;
	case HD_VIEW_TEXT:
		return a->length == b->length && !memcmp(a->text, b->text, a->length);
	case HD_VIEW_LIST:
	case HD_VIEW_MAP:
		return view_equal_items(a, b);
	}
	return false;
}

bool hd_view_is_empty(const struct hd_view *view)
{
	switch (view->kind) {
	case HD_VIEW_NULL:
	case HD_VIEW_FALSE:
		return true;
	case HD_VIEW_TEXT:
		return view->length == 0;
	case HD_VIEW_LIST:
	case HD_VIEW_MAP:
		return view->count == 0;
	case HD_VIEW_TRUE:
	case HD_VIEW_NUMBER:
		break;
	}
	return false;
}
