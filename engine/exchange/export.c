/*
 * A sweep's trials as CSV or JSON lines.
 *
 * One row of the store is read, written and forgotten at a time; all of them
 * are of one moment. What the columns are, and that they stay, is in
 * docs/reference/export.md.
 */
#include <hdrive/exchange.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/time.h"
#include "exchange/cell.h"
#include "exchange/columns.h"
#include "store/exchange.h"
#include "space/args.h"

struct export
{
	struct hd_store *store;
	int64_t sweep;
	bool csv, long_metrics;
	const struct hd_out *out;
	struct hd_error *err;
	struct hd_columns columns;
	struct hd_buf objective; /* "min:loss", as a cell or a JSON string */
	struct hd_buf head;      /* of a row: what all rows of its trial begin with */
	struct hd_buf row;
	struct hd_buf *last; /* by metric: what it logged last, as a cell */
	size_t rows;         /* of the present trial */
};

/* --- writing -------------------------------------------------------------- */

static int export_flush(struct export *export, struct hd_buf *buf)
{
	int rc;

	if (hd_buf_failed(buf))
		return hd_error_nomem(export->err);
	rc = export->out->write(export->out->user, hd_buf_text(buf), buf->length);
	hd_buf_clear(buf);
	return rc < 0 ? hd_error_set(export->err, rc, "cannot write the export") : 0;
}

static void put_time(struct hd_buf *buf, int64_t time, bool csv)
{
	char text[40];

	if (time)
		hd_buf_printf(buf, csv ? "%s" : "\"%s\"",
			      hd_time_text(time, text, sizeof text));
	else if (!csv)
		hd_buf_puts(buf, "null");
}

static void put_number(struct hd_buf *buf, double number, bool csv)
{
	if (csv)
		hd_buf_number(buf, number);
	else
		hd_cell_json_number(buf, number);
}

static void put_text(struct hd_buf *buf, const char *text, bool csv)
{
	if (csv)
		hd_cell_text(buf, text, strlen(text));
	else
		hd_buf_json(buf, text, strlen(text));
}

static void put_logged(struct hd_buf *buf, const struct hd_metric_row *row, bool csv)
{
	const struct hd_value text = { .kind = HD_VALUE_TEXT,
				       .text = row->text,
				       .length = row->text ? strlen(row->text) : 0 };

	if (!row->text)
		put_number(buf, row->value, csv);
	else if (csv)
		hd_cell_write(buf, &text);
	else
		hd_buf_json(buf, text.text, text.length);
}

/* --- the header of CSV ---------------------------------------------------- */

static int put_header(struct export *export)
{
	struct hd_buf *row = &export->row;
	struct hd_buf name = HD_BUF_INIT;

	hd_buf_puts(row, "trial,state,end,detail,started,ended,objective,value");
	for (size_t i = 0; i < export->columns.params.count + export->columns.metrics.count; i++) {
		size_t param = export->columns.params.count;

		hd_buf_clear(&name);
		if (i < param)
			hd_buf_printf(&name, "params.%s", export->columns.params.items[i]);
		else
			hd_buf_printf(&name, "metrics.%s",
				      export->columns.metrics.items[i - param]);
		hd_buf_putc(row, ',');
		put_text(row, hd_buf_text(&name), true);
	}
	row->failed |= hd_buf_failed(&name);
	hd_buf_release(&name);
	if (export->long_metrics)
		hd_buf_puts(row, ",metric,logged,step,time");
	hd_buf_putc(row, '\n');
	return export_flush(export, row);
}

/* --- a trial's head ------------------------------------------------------- */

static void head_csv(struct export *export, const struct hd_trial_row *row)
{
	struct hd_buf *head = &export->head;

	hd_buf_printf(head, "%zu,%s,%s,", row->number, hd_trial_state_name(row->state),
		      hd_end_name(row->end));
	put_text(head, row->end_detail, true);
	hd_buf_putc(head, ',');
	put_time(head, row->started, true);
	hd_buf_putc(head, ',');
	put_time(head, row->ended, true);
	hd_buf_printf(head, ",%s,", hd_buf_text(&export->objective));
	if (row->has_metric)
		hd_buf_number(head, row->value);
}

static void head_json(struct export *export, const struct hd_trial_row *row)
{
	struct hd_buf *head = &export->head;

	hd_buf_printf(head, "{\"trial\":%zu,\"state\":\"%s\",\"end\":\"%s\",\"detail\":",
		      row->number, hd_trial_state_name(row->state), hd_end_name(row->end));
	put_text(head, row->end_detail, false);
	hd_buf_puts(head, ",\"started\":");
	put_time(head, row->started, false);
	hd_buf_puts(head, ",\"ended\":");
	put_time(head, row->ended, false);
	hd_buf_printf(head, ",\"objective\":%s,\"value\":", hd_buf_text(&export->objective));
	if (row->has_metric)
		put_number(head, row->value, false);
	else
		hd_buf_puts(head, "null");
}

struct params {
	struct export *export;
	const struct hd_json **nodes; /* by column */
};

static int param_place(void *user, const char *name, size_t length,
		       const struct hd_json *value)
{
	struct params *params = user;
	size_t at = hd_names_find(&params->export->columns.params, name + strspn(name, "-"));

	(void)length;
	if (at != SIZE_MAX)
		params->nodes[at] = value;
	return 0;
}

static int put_param(struct export *export, size_t column, const struct hd_json *node,
		     size_t *count)
{
	struct hd_arena *arena = hd_arena_new();
	struct hd_buf *head = &export->head;
	struct hd_value value = { .kind = HD_VALUE_ABSENT };
	int rc = arena ? 0 : HD_ENOMEM;

	if (rc == 0 && node)
		rc = hd_cell_of_json(node, arena, &value);
	if (export->csv) {
		hd_buf_putc(head, ',');
		hd_cell_write(head, &value);
	} else if (node) {
		hd_buf_puts(head, (*count)++ ? "," : "");
		put_text(head, export->columns.params.items[column], false);
		hd_buf_putc(head, ':');
		hd_args_json_value(head, &value);
	}
	hd_arena_free(arena);
	return rc < 0 ? hd_error_nomem(export->err) : 0;
}

static int put_params(struct export *export, const struct hd_trial_row *row)
{
	size_t count = export->columns.params.count, written = 0;
	struct params params = { export, calloc(count + 1, sizeof *params.nodes) };
	struct hd_json *object = NULL;
	int rc = params.nodes ? hd_json_parse(&object, row->parameters, strlen(row->parameters),
					      export->err)
			      : hd_error_nomem(export->err);

	if (rc == 0)
		(void)hd_json_each(object, param_place, &params);
	if (!export->csv)
		hd_buf_puts(&export->head, ",\"params\":{");
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = put_param(export, i, params.nodes[i], &written);
	if (!export->csv)
		hd_buf_putc(&export->head, '}');
	hd_json_free(object);
	free(params.nodes);
	return rc;
}

/* --- its metrics ---------------------------------------------------------- */

/* Wide: the last of each name. */
static int metric_last(void *user, const struct hd_metric_row *row)
{
	struct export *export = user;
	size_t at = hd_names_find(&export->columns.metrics, row->name);

	if (at == SIZE_MAX)
		return 0;
	hd_buf_clear(&export->last[at]);
	put_logged(&export->last[at], row, export->csv);
	return hd_buf_failed(&export->last[at]) ? hd_error_nomem(export->err) : 0;
}

/* Long: a row of CSV each, or an item of a list. */
static int metric_each(void *user, const struct hd_metric_row *row)
{
	struct export *export = user;
	struct hd_buf *buf = &export->row;
	bool csv = export->csv;

	if (csv)
		hd_buf_puts(buf, hd_buf_text(&export->head));
	hd_buf_puts(buf, csv ? "," : export->rows ? ",{\"metric\":"
						  : "{\"metric\":");
	put_text(buf, row->name, csv);
	hd_buf_puts(buf, csv ? "," : ",\"value\":");
	put_logged(buf, row, csv);
	if (csv)
		hd_buf_putc(buf, ',');
	if (row->has_step)
		hd_buf_printf(buf, csv ? "%" PRId64 : ",\"step\":%" PRId64, row->step);
	hd_buf_puts(buf, csv ? "," : ",\"time\":");
	put_time(buf, row->time, csv);
	hd_buf_puts(buf, csv ? "\n" : "}");
	export->rows++;
	return export_flush(export, buf);
}

static int put_metrics_wide(struct export *export, size_t number)
{
	struct hd_buf *row = &export->row;
	size_t written = 0;
	int rc;

	for (size_t i = 0; i < export->columns.metrics.count; i++)
		hd_buf_clear(&export->last[i]);
	rc = hd_store_metrics(export->store, export->sweep, (int64_t)number, NULL, metric_last,
			      export, export->err);
	hd_buf_puts(row, hd_buf_text(&export->head));
	hd_buf_puts(row, export->csv ? "" : ",\"metrics\":{");
	for (size_t i = 0; rc == 0 && i < export->columns.metrics.count; i++) {
		if (export->csv)
			hd_buf_putc(row, ',');
		else if (export->last[i].length == 0)
			continue;
		else {
			hd_buf_puts(row, written++ ? "," : "");
			put_text(row, export->columns.metrics.items[i], false);
			hd_buf_putc(row, ':');
		}
		hd_buf_puts(row, hd_buf_text(&export->last[i]));
	}
	hd_buf_puts(row, export->csv ? "\n" : "}}\n");
	return rc < 0 ? rc : export_flush(export, row);
}

static int put_metrics_long(struct export *export, size_t number)
{
	struct hd_buf *row = &export->row;
	int rc = 0;

	export->rows = 0;
	if (!export->csv) {
		hd_buf_puts(row, hd_buf_text(&export->head));
		hd_buf_puts(row, ",\"logged\":[");
		rc = export_flush(export, row);
	}
	if (rc == 0)
		rc = hd_store_metrics(export->store, export->sweep, (int64_t)number, NULL,
				      metric_each, export, export->err);
	if (rc < 0)
		return rc;
	if (!export->csv)
		hd_buf_puts(row, "]}\n");
	else if (export->rows == 0)
		hd_buf_printf(row, "%s,,,,\n", hd_buf_text(&export->head));
	return export_flush(export, row);
}

static int export_trial(void *user, const struct hd_trial_row *row)
{
	struct export *export = user;
	int rc;

	hd_buf_clear(&export->head);
	if (export->csv)
		head_csv(export, row);
	else
		head_json(export, row);
	rc = put_params(export, row);
	if (rc == 0 && hd_buf_failed(&export->head))
		rc = hd_error_nomem(export->err);
	if (rc < 0)
		return rc;
	return export->long_metrics ? put_metrics_long(export, row->number)
				    : put_metrics_wide(export, row->number);
}

/* --- the whole ------------------------------------------------------------ */

static int export_begin(struct export *export)
{
	struct hd_buf text = HD_BUF_INIT;
	int rc = hd_columns_load(&export->columns, export->store, export->sweep,
				 export->long_metrics, export->err);

	if (rc < 0)
		return rc;
	export->last = calloc(export->columns.metrics.count + 1, sizeof *export->last);
	if (*export->columns.metric)
		hd_buf_printf(&text, "%s:%s", export->columns.goal == HD_MAXIMIZE ? "max" : "min",
			      export->columns.metric);
	put_text(&export->objective, hd_buf_text(&text), export->csv);
	if (!export->last || hd_buf_failed(&text) || hd_buf_failed(&export->objective))
		rc = hd_error_nomem(export->err);
	hd_buf_release(&text);
	if (rc == 0 && export->csv)
		rc = put_header(export);
	return rc;
}

static void export_release(struct export *export)
{
	for (size_t i = 0; export->last && i < export->columns.metrics.count; i++)
		hd_buf_release(&export->last[i]);
	free(export->last);
	hd_columns_release(&export->columns);
	hd_buf_release(&export->objective);
	hd_buf_release(&export->head);
	hd_buf_release(&export->row);
}

int hd_export(struct hd_store *store, int64_t sweep,
	      enum hd_exchange_format format, bool long_metrics,
	      const struct hd_out *out, struct hd_error *err)
{
	struct export export = {
		.store = store,
		.sweep = sweep,
		.csv = format == HD_EXCHANGE_CSV,
		.long_metrics = long_metrics,
		.out = out,
		.err = err,
	};
	int rc;

	if (format != HD_EXCHANGE_CSV && format != HD_EXCHANGE_JSONL)
		return hd_error_set(err, HD_EINVAL, "an export is CSV or JSON lines");
	rc = hd_store_reading_begin(store, err);
	if (rc < 0)
		return rc;
	rc = export_begin(&export);
	if (rc == 0)
		rc = hd_store_trials(store, sweep, NULL, export_trial, &export, err);
	hd_store_reading_end(store);
	export_release(&export);
	return rc;
}

int hd_export_store(struct hd_store *store, int64_t sweep, const char *path,
		    struct hd_error *err)
{
	return hd_store_copy(store, sweep, path, err);
}
