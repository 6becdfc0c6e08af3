/*
 * What --query of Azure's commands takes: JMESPath, but for slices, "&" and
 * most functions, which are refused by name.
 *
 *	name  "a name"  a.b  a[0]  a[-1]  a[*].b  a[].b  *.b  a[?b=='x'].c
 *	[a, b]  {x: a, y: b}  a | b  a || b  a && b  !a  (a)  @  'text'  `JSON`
 *	== != < <= > >=   length() contains() starts_with() ends_with()
 */
#ifndef HD_REPORT_PATH_H
#define HD_REPORT_PATH_H

#include "report/view.h"

enum hd_path_kind {
	HD_PATH_CURRENT,
	HD_PATH_FIELD,   /* name */
	HD_PATH_INDEX,   /* index */
	HD_PATH_LITERAL, /* literal */
	HD_PATH_CHAIN,   /* left, then right of what it gives */
	HD_PATH_EACH,    /* right of each item of left's list */
	HD_PATH_EACH_OF, /* right of each value of left's map */
	HD_PATH_FILTER,  /* the same of the items for which condition holds */
	HD_PATH_FLATTEN, /* left's list with the lists in it taken apart */
	HD_PATH_LIST,    /* a list of what parts give */
	HD_PATH_MAP,     /* a map of names and what parts give */
	HD_PATH_OR,
	HD_PATH_AND,
	HD_PATH_NOT,     /* left */
	HD_PATH_COMPARE, /* left, right by operator */
	HD_PATH_CALL,    /* name of parts */
};

enum hd_path_operator {
	HD_PATH_EQUAL,
	HD_PATH_NOT_EQUAL,
	HD_PATH_LESS,
	HD_PATH_AT_MOST,
	HD_PATH_MORE,
	HD_PATH_AT_LEAST,
};

struct hd_path {
	enum hd_path_kind kind;
	enum hd_path_operator by;
	const char *name;
	long index;
	const struct hd_view *literal;
	const struct hd_path *left, *right, *condition;
	const struct hd_path **parts;
	const char **names;
	size_t count;
};

/* TEXT as a path in ARENA. HD_EINVAL with the column of what is wrong. */
int hd_path_read(const struct hd_path **out, struct hd_arena *arena,
		 const char *text, struct hd_error *err);
/* What PATH picks from VIEW; NULL for no memory. */
const struct hd_view *hd_path_pick(const struct hd_path *path,
				   struct hd_arena *arena,
				   const struct hd_view *view);

#endif
