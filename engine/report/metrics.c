/*
 * "hdrive metrics S": the metrics file of a HyperDrive step (SPEC 5.5),
 * {trial id: {metric: [values]}}, always lists; a table; or long CSV.
 */
#include "report/series.h"

#include <inttypes.h>
#include <stdio.h>

struct metrics_walk {
	struct hd_store *store;
	int64_t sweep;
	struct hd_pen pen;
	enum hd_format format;
	struct hd_error *err;
	size_t count;
};

static void metrics_text(struct metrics_walk *walk,
			 const struct hd_trial_row *row,
			 const struct hd_series *series)
{
	struct hd_pen *pen = &walk->pen;

	for (size_t i = 0; i < series->count; i++) {
		const struct hd_series_item *item = &series->items[i];
		const double figures[] = { item->first, item->last, item->least, item->most };
		char text[32];

		if (walk->count == 0 && i == 0)
			hd_pen_puts(pen, "TRIAL  METRIC                COUNT  "
					 "FIRST       LAST        LEAST       MOST\n");
		hd_pen_printf(pen, "%5zu  ", row->number);
		hd_pen_column(pen, item->name, 20);
		hd_pen_printf(pen, "  %5zu", item->count);
		for (size_t j = 0; j < sizeof figures / sizeof figures[0]; j++) {
			hd_pen_puts(pen, "  ");
			hd_pen_column(pen,
				      item->numbers ? hd_number_text(figures[j], text, sizeof text)
						    : "-",
				      10);
		}
		hd_pen_puts(pen, "\n");
	}
	walk->count += series->count > 0;
}

static int metrics_trial(void *user, const struct hd_trial_row *row)
{
	struct metrics_walk *walk = user;
	struct hd_series series;
	int rc;

	hd_series_init(&series);
	rc = hd_series_load(&series, walk->store, walk->sweep, row->number,
			    walk->err);
	if (rc < 0)
		goto out;
	if (walk->format == HD_FORMAT_JSON) {
		hd_pen_puts(&walk->pen, walk->count++ ? ",\n" : "\n");
		hd_pen_json(&walk->pen, row->id);
		hd_pen_puts(&walk->pen, ":");
		hd_series_json(&series, &walk->pen);
	} else {
		metrics_text(walk, row, &series);
	}
	rc = walk->pen.rc;
out:
	hd_series_release(&series);
	return rc;
}

static int metrics_csv(void *user, const struct hd_metric_row *row)
{
	struct metrics_walk *walk = user;
	struct hd_pen *pen = &walk->pen;

	hd_pen_printf(pen, "%zu,%zu,", row->trial, row->sequence);
	hd_pen_csv(pen, row->name);
	hd_pen_puts(pen, ",");
	if (row->text)
		hd_pen_csv(pen, row->text);
	else
		hd_pen_number(pen, row->value);
	hd_pen_puts(pen, ",");
	if (row->has_step)
		hd_pen_printf(pen, "%" PRId64, row->step);
	hd_pen_puts(pen, ",");
	hd_pen_csv(pen, row->source);
	hd_pen_puts(pen, "\n");
	return pen->rc;
}

static int metrics_walk(struct metrics_walk *walk)
{
	const struct hd_trial_query all = { .order = HD_ORDER_NUMBER };

	if (walk->format == HD_FORMAT_CSV) {
		hd_pen_puts(&walk->pen, "trial,sequence,metric,value,step,source\n");
		return hd_store_metrics(walk->store, walk->sweep, -1, NULL,
					metrics_csv, walk, walk->err);
	}
	return hd_store_trials(walk->store, walk->sweep, &all, metrics_trial,
			       walk, walk->err);
}

int hd_report_metrics(struct hd_store *store, int64_t sweep,
		      enum hd_format format, const struct hd_out *out,
		      struct hd_error *err)
{
	struct metrics_walk walk = { .store = store, .sweep = sweep, .format = format, .err = err };
	int rc;
	int written;

	hd_pen_init(&walk.pen, out);
	if (format == HD_FORMAT_JSON)
		hd_pen_puts(&walk.pen, "{");
	rc = metrics_walk(&walk);
	if (format == HD_FORMAT_JSON)
		hd_pen_puts(&walk.pen, walk.count ? "\n}\n" : "}\n");
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : err);
	return rc < 0 ? rc : written;
}
