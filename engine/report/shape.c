#include <hdrive/shape.h>

#include "report/path.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool hd_shape_find(const char *name, enum hd_shape *shape)
{
	static const struct {
		const char *name;
		enum hd_shape shape;
	} rows[] = {
		{ "json", HD_SHAPE_JSON },
		{ "jsonc", HD_SHAPE_JSON },
		{ "table", HD_SHAPE_TABLE },
		{ "tsv", HD_SHAPE_TSV },
		{ "yaml", HD_SHAPE_YAML },
		{ "yamlc", HD_SHAPE_YAML },
		{ "none", HD_SHAPE_NONE },
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (!strcmp(rows[i].name, name)) {
			*shape = rows[i].shape;
			return true;
		}
	return false;
}

static void indent(struct hd_pen *pen, unsigned depth)
{
	for (unsigned i = 0; i < depth; i++)
		hd_pen_puts(pen, "  ");
}

static bool is_nested(const struct hd_view *view)
{
	return view->kind == HD_VIEW_LIST || view->kind == HD_VIEW_MAP;
}

/* A value with nothing in it, as JSON and YAML both have it. */
static void put_scalar(struct hd_pen *pen, const struct hd_view *view)
{
	switch (view->kind) {
	case HD_VIEW_NULL:
		hd_pen_puts(pen, "null");
		break;
	case HD_VIEW_FALSE:
		hd_pen_puts(pen, "false");
		break;
	case HD_VIEW_TRUE:
		hd_pen_puts(pen, "true");
		break;
	case HD_VIEW_NUMBER:
		hd_pen_puts(pen, view->text);
		break;
	case HD_VIEW_TEXT:
		hd_buf_json(&pen->buf, view->text, view->length);
		break;
	case HD_VIEW_LIST:
		hd_pen_puts(pen, "[]");
		break;
	case HD_VIEW_MAP:
		hd_pen_puts(pen, "{}");
		break;
	}
}

static void put_json(struct hd_pen *pen, const struct hd_view *view,
		     unsigned depth)
{
	bool map = view->kind == HD_VIEW_MAP;

	if (!is_nested(view) || view->count == 0) {
		put_scalar(pen, view);
		return;
	}
	hd_pen_puts(pen, map ? "{\n" : "[\n");
	for (size_t i = 0; i < view->count; i++) {
		indent(pen, depth + 1);
		if (map) {
			hd_pen_json(pen, view->names[i]);
			hd_pen_puts(pen, ": ");
		}
		put_json(pen, view->items[i], depth + 1);
		hd_pen_puts(pen, i + 1 < view->count ? ",\n" : "\n");
	}
	indent(pen, depth);
	hd_pen_puts(pen, map ? "}" : "]");
}

/* A name that needs no quotes: none that YAML reads as a truth value. */
static bool is_plain(const char *name)
{
	static const char *const words[] = { "y", "n", "yes", "no", "on", "off", "true",
					     "false", "null" };

	for (size_t i = 0; name[i]; i++)
		if (!isalpha((unsigned char)name[i]) && name[i] != '_' &&
		    (i == 0 || !isdigit((unsigned char)name[i])))
			return false;
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (!strcasecmp(name, words[i]))
			return false;
	return *name != '\0';
}

/* A JSON string is one of YAML. */
static void put_yaml(struct hd_pen *pen, const struct hd_view *view,
		     unsigned depth, bool begun)
{
	bool map = view->kind == HD_VIEW_MAP;

	if (!is_nested(view) || view->count == 0) {
		put_scalar(pen, view);
		hd_pen_puts(pen, "\n");
		return;
	}
	for (size_t i = 0; i < view->count; i++) {
		const struct hd_view *item = view->items[i];
		bool below = is_nested(item) && item->count > 0;

		/* The first stands where a "- " of the list above began. */
		if (i > 0 || !begun)
			indent(pen, depth);
		if (map) {
			if (is_plain(view->names[i]))
				hd_pen_puts(pen, view->names[i]);
			else
				hd_pen_json(pen, view->names[i]);
			hd_pen_puts(pen, below ? ":\n" : ": ");
			put_yaml(pen, item, depth + 1, false);
		} else {
			hd_pen_puts(pen, "- ");
			put_yaml(pen, item, depth + 1, true);
		}
	}
}

/* --- rows ----------------------------------------------------------------- */

/* A value in a table or a line. */
static void put_cell(struct hd_pen *pen, const struct hd_view *view,
		     bool table, size_t width)
{
	struct hd_buf buf = HD_BUF_INIT;

	if (view->kind == HD_VIEW_TEXT || view->kind == HD_VIEW_NUMBER)
		hd_buf_add(&buf, view->text, view->length);
	else if (view->kind == HD_VIEW_LIST)
		hd_buf_printf(&buf, "%zu", view->count);
	else if (view->kind == HD_VIEW_TRUE)
		hd_buf_puts(&buf, table ? "True" : "true");
	else if (view->kind == HD_VIEW_FALSE)
		hd_buf_puts(&buf, table ? "False" : "false");
	else if (view->kind == HD_VIEW_NULL && !table)
		hd_buf_puts(&buf, "None");
	if (hd_buf_failed(&buf))
		pen->buf.failed = true;
	hd_pen_column(pen, hd_buf_text(&buf), width);
	hd_buf_release(&buf);
}

static void put_line(struct hd_pen *pen, const struct hd_view *view)
{
	if (!is_nested(view))
		put_cell(pen, view, false, 0);
	for (size_t i = 0; is_nested(view) && i < view->count; i++) {
		hd_pen_puts(pen, i ? "\t" : "");
		put_cell(pen, view->items[i], false, 0);
	}
	hd_pen_puts(pen, "\n");
}

static void put_tsv(struct hd_pen *pen, const struct hd_view *view)
{
	if (view->kind == HD_VIEW_NULL)
		return;
	if (view->kind != HD_VIEW_LIST)
		put_line(pen, view);
	for (size_t i = 0; view->kind == HD_VIEW_LIST && i < view->count; i++)
		put_line(pen, view->items[i]);
}

/* The columns of a table: names in the order that rows first have them. */
struct columns {
	const char *names[64];
	size_t widths[64];
	size_t count;
};
#define COLUMNS (sizeof((struct columns *)NULL)->names / sizeof(char *))

/* What ROW has in column NAME: "Result" of a row that is a value. */
static const struct hd_view *cell(const struct hd_view *row, const char *name)
{
	const struct hd_view *found;

	if (row->kind == HD_VIEW_LIST) {
		/* "Column3": the third. */
		size_t at = strtoul(name + strlen("Column"), NULL, 10);

		return at >= 1 && at <= row->count ? row->items[at - 1] : &hd_view_null;
	}
	if (row->kind != HD_VIEW_MAP)
		return row;
	found = hd_view_get(row, name);
	return found ? found : &hd_view_null;
}

static size_t cell_width(const struct hd_view *view)
{
	struct hd_buf buf = HD_BUF_INIT;
	size_t width = 0;

	if (view->kind == HD_VIEW_TEXT || view->kind == HD_VIEW_NUMBER)
		hd_buf_plain(&buf, view->text, view->length, false);
	else if (view->kind == HD_VIEW_TRUE || view->kind == HD_VIEW_FALSE)
		hd_buf_puts(&buf, view->kind == HD_VIEW_TRUE ? "True" : "False");
	for (size_t i = 0; i < buf.length; i++)
		width += ((unsigned char)hd_buf_text(&buf)[i] & 0xc0) != 0x80;
	hd_buf_release(&buf);
	return width;
}

static void column_add(struct columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->count; i++)
		if (!strcmp(columns->names[i], name))
			return;
	if (columns->count < COLUMNS) {
		columns->widths[columns->count] = strlen(name);
		columns->names[columns->count++] = name;
	}
}

static int columns_of(struct columns *columns, struct hd_arena *arena,
		      const struct hd_view *row)
{
	for (size_t i = 0; is_nested(row) && i < row->count; i++) {
		struct hd_buf buf = HD_BUF_INIT;
		const char *name = row->kind == HD_VIEW_MAP ? row->names[i] : NULL;

		if (is_nested(row->items[i]))
			continue;
		if (!name) {
			hd_buf_printf(&buf, "Column%zu", i + 1);
			name = hd_arena_string(arena, hd_buf_text(&buf));
			hd_buf_release(&buf);
		}
		if (!name)
			return HD_ENOMEM;
		column_add(columns, name);
	}
	if (!is_nested(row))
		column_add(columns, "Result");
	return 0;
}

static void put_head(struct hd_pen *pen, const struct columns *columns)
{
	for (size_t i = 0; i < columns->count; i++) {
		struct hd_buf buf = HD_BUF_INIT;
		const char *name = columns->names[i];

		hd_buf_putc(&buf, (char)toupper((unsigned char)*name));
		hd_buf_puts(&buf, *name ? name + 1 : "");
		hd_pen_puts(pen, i ? "  " : "");
		hd_pen_column(pen, hd_buf_text(&buf),
			      i + 1 < columns->count ? columns->widths[i] : 0);
		hd_buf_release(&buf);
	}
	hd_pen_puts(pen, "\n");
	for (size_t i = 0; i < columns->count; i++) {
		hd_pen_puts(pen, i ? "  " : "");
		for (size_t j = 0; j < columns->widths[i]; j++)
			hd_pen_puts(pen, "-");
	}
	hd_pen_puts(pen, "\n");
}

static int put_table(struct hd_pen *pen, struct hd_arena *arena,
		     const struct hd_view *view)
{
	bool list = view->kind == HD_VIEW_LIST;
	size_t count = list ? view->count : 1;
	struct columns columns = { .count = 0 };

	if (view->kind == HD_VIEW_NULL || count == 0)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (columns_of(&columns, arena, list ? view->items[i] : view) < 0)
			return HD_ENOMEM;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < columns.count; j++) {
			size_t width = cell_width(
				cell(list ? view->items[i] : view, columns.names[j]));

			if (width > columns.widths[j])
				columns.widths[j] = width;
		}
	put_head(pen, &columns);
	for (size_t i = 0; i < count; i++) {
		for (size_t j = 0; j < columns.count; j++) {
			hd_pen_puts(pen, j ? "  " : "");
			put_cell(pen, cell(list ? view->items[i] : view, columns.names[j]), true,
				 j + 1 < columns.count ? columns.widths[j] : 0);
		}
		hd_pen_puts(pen, "\n");
	}
	return 0;
}

/* --- the whole ------------------------------------------------------------ */

static int put_shape(struct hd_pen *pen, struct hd_arena *arena,
		     const struct hd_view *view, enum hd_shape shape)
{
	switch (shape) {
	case HD_SHAPE_JSON:
		put_json(pen, view, 0);
		hd_pen_puts(pen, "\n");
		break;
	case HD_SHAPE_TABLE:
		return put_table(pen, arena, view);
	case HD_SHAPE_TSV:
		put_tsv(pen, view);
		break;
	case HD_SHAPE_YAML:
		put_yaml(pen, view, 0, false);
		break;
	case HD_SHAPE_NONE:
		break;
	}
	return 0;
}

int hd_shape_check(const char *query, struct hd_error *err)
{
	struct hd_arena *arena = hd_arena_new();
	const struct hd_path *path;
	int rc = arena ? hd_path_read(&path, arena, query, err) : hd_error_nomem(err);

	hd_arena_free(arena);
	return rc;
}

int hd_shape_json(const char *text, size_t length, const char *query,
		  enum hd_shape shape, const struct hd_out *out,
		  struct hd_error *err)
{
	struct hd_arena *arena = hd_arena_new();
	const struct hd_path *path = NULL;
	const struct hd_view *view;
	struct hd_pen pen;
	int written, rc;

	rc = arena ? hd_view_read(&view, arena, text, length, err) : hd_error_nomem(err);
	if (rc == 0 && query)
		rc = hd_path_read(&path, arena, query, err);
	if (rc == 0 && path) {
		view = hd_path_pick(path, arena, view);
		rc = view ? 0 : hd_error_nomem(err);
	}
	if (rc == 0) {
		hd_pen_init(&pen, out);
		rc = put_shape(&pen, arena, view, shape);
		if (rc < 0)
			hd_error_nomem(err);
		written = hd_pen_end(&pen, rc < 0 ? NULL : err);
		rc = rc < 0 ? rc : written;
	}
	hd_arena_free(arena);
	return rc;
}
