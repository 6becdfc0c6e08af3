/*
 * JSON as a tree that queries pick from and that is shown in several shapes.
 *
 * Nodes lie in an arena and never change, so that a query's result shares
 * them with what it was asked of.
 */
#ifndef HD_REPORT_VIEW_H
#define HD_REPORT_VIEW_H

#include "base/arena.h"
#include "report/out.h"

enum hd_view_kind {
	HD_VIEW_NULL,
	HD_VIEW_FALSE,
	HD_VIEW_TRUE,
	HD_VIEW_NUMBER,
	HD_VIEW_TEXT,
	HD_VIEW_LIST,
	HD_VIEW_MAP,
};

struct hd_view {
	enum hd_view_kind kind;
	double number;
	const char *text; /* of a text, and a number as JSON has it */
	size_t length;
	const struct hd_view **items; /* of a list or map */
	const char **names;           /* of a map, one an item */
	size_t count;
};

extern const struct hd_view hd_view_null, hd_view_true, hd_view_false;

/* JSON of LENGTH bytes; HD_EINVAL for what is none. */
int hd_view_read(const struct hd_view **out, struct hd_arena *arena,
		 const char *text, size_t length, struct hd_error *err);
/* Its member; NULL when it is no map or has none. */
const struct hd_view *hd_view_get(const struct hd_view *map, const char *name);
bool hd_view_equal(const struct hd_view *a, const struct hd_view *b);
/* What a condition takes for no: null, false, "", [] and {}. */
bool hd_view_is_empty(const struct hd_view *view);
/* One of KIND with room for COUNT items, which it has once they are set. */
struct hd_view *hd_view_new(struct hd_arena *arena, enum hd_view_kind kind,
			    size_t count);

#endif
