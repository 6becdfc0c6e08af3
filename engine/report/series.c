#include "report/series.h"

#include "base/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void hd_series_init(struct hd_series *series)
{
	*series = (struct hd_series){ 0 };
}

void hd_series_release(struct hd_series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		free(series->items[i].name);
		hd_buf_release(&series->items[i].values);
	}
	free(series->items);
	hd_series_init(series);
}

/* Rows and tables are logged as JSON text; a plain string is not JSON. */
static bool text_is_structure(const char *text)
{
	struct hd_json *document = NULL;
	bool is;

	if (text[0] != '{' && text[0] != '[')
		return false;
	is = hd_json_parse(&document, text, strlen(text), NULL) == 0;
	hd_json_free(document);
	return is;
}

void hd_series_value(struct hd_buf *buf, const struct hd_metric_row *row)
{
	if (!row->text)
		hd_buf_json_number(buf, row->value);
	else if (text_is_structure(row->text))
		hd_buf_puts(buf, row->text);
	else
		hd_buf_json(buf, row->text, strlen(row->text));
}

static struct hd_series_item *series_add(struct hd_series *series,
					 const char *name)
{
	struct hd_series_item *item;
	char *copy;

	if (series->count == series->size) {
		size_t size = series->size ? series->size * 2 : 8;
		struct hd_series_item *items =
			realloc(series->items, size * sizeof *items);

		if (!items)
			return NULL;
		series->items = items;
		series->size = size;
	}
	copy = strdup(name);
	if (!copy)
		return NULL;
	item = &series->items[series->count++];
	*item = (struct hd_series_item){
		.name = copy, .first = NAN, .last = NAN, .least = NAN, .most = NAN
	};
	return item;
}

/* Scripts log the same names in the same order: the one behind the last hit
 * is nearly always the one that is looked for. */
static struct hd_series_item *series_find(struct hd_series *series,
					  const char *name)
{
	for (size_t i = 0; i < series->count; i++) {
		size_t at = (series->guess + i) % series->count;

		if (!strcmp(series->items[at].name, name)) {
			series->guess = at + 1;
			return &series->items[at];
		}
	}
	return series_add(series, name);
}

int hd_series_add(struct hd_series *series, const struct hd_metric_row *row)
{
	struct hd_series_item *item = series_find(series, row->name);

	if (!item)
		return HD_ENOMEM;
	if (item->count++)
		hd_buf_putc(&item->values, ',');
	hd_series_value(&item->values, row);
	if (hd_buf_failed(&item->values))
		return HD_ENOMEM;
	if (row->text)
		return 0;
	if (item->numbers++ == 0)
		item->first = row->value;
	item->last = row->value;
	item->least = fmin(item->least, row->value);
	item->most = fmax(item->most, row->value);
	return 0;
}

static int series_row(void *user, const struct hd_metric_row *row)
{
	return hd_series_add(user, row);
}

int hd_series_load(struct hd_series *series, struct hd_store *store,
		   int64_t sweep, size_t number, struct hd_error *err)
{
	return hd_store_metrics(store, sweep, (int64_t)number, NULL,
				series_row, series, err);
}

void hd_series_json(const struct hd_series *series, struct hd_pen *pen)
{
	hd_pen_puts(pen, "{");
	for (size_t i = 0; i < series->count; i++) {
		hd_pen_key(pen, series->items[i].name, i == 0);
		hd_pen_puts(pen, "[");
		hd_pen_puts(pen, hd_buf_text(&series->items[i].values));
		hd_pen_puts(pen, "]");
	}
	hd_pen_puts(pen, "}");
}
