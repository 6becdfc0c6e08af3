#include "report/path.h"

#include <string.h>

static const struct hd_view *pick(struct hd_arena *arena,
				  const struct hd_path *path,
				  const struct hd_view *view);

static const struct hd_view *truth(bool is)
{
	return is ? &hd_view_true : &hd_view_false;
}

static const struct hd_view *pick_index(const struct hd_path *path,
					const struct hd_view *view)
{
	long count = view->kind == HD_VIEW_LIST ? (long)view->count : 0;
	long at = path->index < 0 ? path->index + count : path->index;

	return at >= 0 && at < count ? view->items[at] : &hd_view_null;
}

/* Of each item of LIST for which the condition holds; null is left out. */
static const struct hd_view *pick_each(struct hd_arena *arena,
				       const struct hd_path *path,
				       const struct hd_view *list)
{
	struct hd_view *result = hd_view_new(arena, HD_VIEW_LIST, list->count);
	size_t count = 0;

	for (size_t i = 0; result && i < list->count; i++) {
		const struct hd_view *item = list->items[i];

		if (path->kind == HD_PATH_FILTER) {
			const struct hd_view *holds = pick(arena, path->condition, item);

			if (!holds)
				return NULL;
			if (hd_view_is_empty(holds))
				continue;
		}
		item = pick(arena, path->right, item);
		if (!item)
			return NULL;
		if (item->kind != HD_VIEW_NULL)
			result->items[count++] = item;
	}
	if (result)
		result->count = count;
	return result;
}

static const struct hd_view *pick_flatten(struct hd_arena *arena,
					  const struct hd_view *list)
{
	struct hd_view *result;
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->items[i]->kind == HD_VIEW_LIST ? list->items[i]->count : 1;
	result = hd_view_new(arena, HD_VIEW_LIST, count);
	count = 0;
	for (size_t i = 0; result && i < list->count; i++) {
		const struct hd_view *item = list->items[i];

		if (item->kind != HD_VIEW_LIST)
			result->items[count++] = item;
		else
			for (size_t j = 0; j < item->count; j++)
				result->items[count++] = item->items[j];
	}
	return result;
}

static const struct hd_view *pick_parts(struct hd_arena *arena,
					const struct hd_path *path,
					const struct hd_view *view)
{
	enum hd_view_kind kind = path->kind == HD_PATH_MAP ? HD_VIEW_MAP : HD_VIEW_LIST;
	struct hd_view *result = hd_view_new(arena, kind, path->count);

	for (size_t i = 0; result && i < path->count; i++) {
		result->items[i] = pick(arena, path->parts[i], view);
		if (!result->items[i])
			return NULL;
		if (kind == HD_VIEW_MAP)
			result->names[i] = path->names[i];
	}
	return result;
}

static const struct hd_view *compare(const struct hd_path *path,
				     const struct hd_view *a,
				     const struct hd_view *b)
{
	if (path->by == HD_PATH_EQUAL)
		return truth(hd_view_equal(a, b));
	if (path->by == HD_PATH_NOT_EQUAL)
		return truth(!hd_view_equal(a, b));
	/* Only numbers have an order. */
	if (a->kind != HD_VIEW_NUMBER || b->kind != HD_VIEW_NUMBER)
		return &hd_view_null;
	switch (path->by) {
	case HD_PATH_LESS:
		return truth(a->number < b->number);
	case HD_PATH_AT_MOST:
		return truth(a->number <= b->number);
	case HD_PATH_MORE:
		return truth(a->number > b->number);
	case HD_PATH_AT_LEAST:
		return truth(a->number >= b->number);
	case HD_PATH_EQUAL:
	case HD_PATH_NOT_EQUAL:
		break;
	}
	return &hd_view_null;
}

static bool text_contains(const struct hd_view *a, const struct hd_view *b)
{
	for (size_t at = 0; at + b->length <= a->length; at++)
		if (!memcmp(a->text + at, b->text, b->length))
			return true;
	return false;
}

static const struct hd_view *contains(const struct hd_view *a,
				      const struct hd_view *b)
{
	if (a->kind == HD_VIEW_TEXT && b->kind == HD_VIEW_TEXT)
		return truth(text_contains(a, b));
	for (size_t i = 0; a->kind == HD_VIEW_LIST && i < a->count; i++)
		if (hd_view_equal(a->items[i], b))
			return &hd_view_true;
	return &hd_view_false;
}

static const struct hd_view *length_of(struct hd_arena *arena,
				       const struct hd_view *view)
{
	size_t length = view->count;
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_view *number = hd_view_new(arena, HD_VIEW_NUMBER, 0);

	/* Characters, not bytes. */
	for (size_t i = 0; view->kind == HD_VIEW_TEXT && i < view->length; i++)
		length += ((unsigned char)view->text[i] & 0xc0) != 0x80;
	hd_buf_printf(&buf, "%zu", length);
	if (number) {
		number->number = (double)length;
		number->text = hd_arena_string(arena, hd_buf_text(&buf));
		number->length = buf.length;
	}
	hd_buf_release(&buf);
	return number && number->text ? number : NULL;
}

static const struct hd_view *pick_call(struct hd_arena *arena,
				       const struct hd_path *path,
				       const struct hd_view *view)
{
	const struct hd_view *a = pick(arena, path->parts[0], view);
	const struct hd_view *b = path->count > 1 ? pick(arena, path->parts[1], view)
						  : &hd_view_null;

	if (!a || !b)
		return NULL;
	if (!strcmp(path->name, "length"))
		return a->kind < HD_VIEW_TEXT ? &hd_view_null : length_of(arena, a);
	if (!strcmp(path->name, "contains"))
		return contains(a, b);
	if (a->kind != HD_VIEW_TEXT || b->kind != HD_VIEW_TEXT || b->length > a->length)
		return &hd_view_false;
	if (!strcmp(path->name, "starts_with"))
		return truth(!memcmp(a->text, b->text, b->length));
	return truth(!memcmp(a->text + a->length - b->length, b->text, b->length));
}

/* Paths with a left side, which gave VIEW. */
static const struct hd_view *pick_behind(struct hd_arena *arena,
					 const struct hd_path *path,
					 const struct hd_view *left,
					 const struct hd_view *view)
{
	const struct hd_view *right;

	switch (path->kind) {
	case HD_PATH_CHAIN:
		return pick(arena, path->right, left);
	case HD_PATH_EACH:
	case HD_PATH_FILTER:
		return left->kind == HD_VIEW_LIST ? pick_each(arena, path, left)
						  : &hd_view_null;
	case HD_PATH_EACH_OF:
		return left->kind == HD_VIEW_MAP ? pick_each(arena, path, left)
						 : &hd_view_null;
	case HD_PATH_FLATTEN:
		return left->kind == HD_VIEW_LIST ? pick_flatten(arena, left)
						  : &hd_view_null;
	case HD_PATH_OR:
		return hd_view_is_empty(left) ? pick(arena, path->right, view) : left;
	case HD_PATH_AND:
		return hd_view_is_empty(left) ? left : pick(arena, path->right, view);
	case HD_PATH_NOT:
		return truth(hd_view_is_empty(left));
	case HD_PATH_COMPARE:
		right = pick(arena, path->right, view);
		return right ? compare(path, left, right) : NULL;
	case HD_PATH_CURRENT:
	case HD_PATH_FIELD:
	case HD_PATH_INDEX:
	case HD_PATH_LITERAL:
	case HD_PATH_LIST:
	case HD_PATH_MAP:
	case HD_PATH_CALL:
		break;
	}
	return &hd_view_null;
}

static const struct hd_view *pick(struct hd_arena *arena,
				  const struct hd_path *path,
				  const struct hd_view *view)
{
	const struct hd_view *found;

	switch (path->kind) {
	case HD_PATH_CURRENT:
		return view;
	case HD_PATH_FIELD:
		found = hd_view_get(view, path->name);
		return found ? found : &hd_view_null;
	case HD_PATH_INDEX:
		return pick_index(path, view);
	case HD_PATH_LITERAL:
		return path->literal;
	case HD_PATH_LIST:
	case HD_PATH_MAP:
		return view->kind == HD_VIEW_NULL ? view : pick_parts(arena, path, view);
	case HD_PATH_CALL:
		return pick_call(arena, path, view);
	case HD_PATH_CHAIN:
	case HD_PATH_EACH:
	case HD_PATH_EACH_OF:
	case HD_PATH_FILTER:
	case HD_PATH_FLATTEN:
	case HD_PATH_OR:
	case HD_PATH_AND:
	case HD_PATH_NOT:
	case HD_PATH_COMPARE:
		break;
	}
	found = pick(arena, path->left, view);
	return found ? pick_behind(arena, path, found, view) : NULL;
}

const struct hd_view *hd_path_pick(const struct hd_path *path,
				   struct hd_arena *arena,
				   const struct hd_view *view)
{
	return pick(arena, path, view);
}
