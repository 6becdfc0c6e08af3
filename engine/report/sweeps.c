/* "hdrive ls": one line a sweep. */
#include "report/rows.h"

#include <stdio.h>
#include <string.h>

struct sweeps_walk {
	struct hd_pen pen;
	enum hd_format format;
	size_t count;
};

static void sweeps_text(struct sweeps_walk *walk,
			const struct hd_sweep_row *row)
{
	struct hd_pen *pen = &walk->pen;
	char done[64];

	if (walk->count == 0)
		hd_pen_puts(pen, "NAME                  STATE         TRIALS"
				 "       SAMPLER   BEST\n");
	snprintf(done, sizeof done, "%zu/%zu", hd_rows_ended(row->counts),
		 row->max_total);
	/* A long name shifts its line: cut, it could not be pasted. */
	hd_pen_column(pen, row->name, strlen(row->name) > 20 ? 0 : 20);
	hd_pen_puts(pen, "  ");
	hd_pen_column(pen, hd_rows_sweep_state(row),
		      hd_rows_sweep_state(row) == row->state ? 12 : 0);
	hd_pen_puts(pen, "  ");
	hd_pen_column(pen, done, 11);
	hd_pen_puts(pen, "  ");
	hd_pen_column(pen, row->sampler, 8);
	hd_pen_puts(pen, "  ");
	if (row->best_trial < 0) {
		hd_pen_puts(pen, "-");
	} else {
		hd_pen_plain(pen, row->metric);
		hd_pen_puts(pen, " ");
		hd_pen_number(pen, row->best);
		hd_pen_printf(pen, " (#%lld)", (long long)row->best_trial);
	}
	hd_pen_puts(pen, "  ");
	hd_pen_age(pen, row->created);
	hd_pen_puts(pen, "\n");
}

static void sweeps_csv(struct sweeps_walk *walk,
		       const struct hd_sweep_row *row)
{
	struct hd_pen *pen = &walk->pen;

	if (walk->count == 0)
		hd_pen_puts(pen, "name,id,state,ended,total,metric,best,best_trial\n");
	hd_pen_csv(pen, row->name);
	hd_pen_puts(pen, ",");
	hd_pen_csv(pen, row->id);
	hd_pen_puts(pen, ",");
	hd_pen_csv(pen, row->state);
	hd_pen_printf(pen, ",%zu,%zu,", hd_rows_ended(row->counts),
		      row->max_total);
	hd_pen_csv(pen, row->metric);
	hd_pen_puts(pen, ",");
	if (row->best_trial >= 0) {
		hd_pen_number(pen, row->best);
		hd_pen_printf(pen, ",%lld", (long long)row->best_trial);
	} else {
		hd_pen_puts(pen, ",");
	}
	hd_pen_puts(pen, "\n");
}

static int sweeps_row(void *user, const struct hd_sweep_row *row)
{
	struct sweeps_walk *walk = user;

	if (walk->format == HD_FORMAT_JSON) {
		hd_pen_puts(&walk->pen, walk->count ? ",\n{" : "{");
		hd_rows_sweep_json(&walk->pen, row);
		hd_pen_puts(&walk->pen, "}");
	} else if (walk->format == HD_FORMAT_CSV) {
		sweeps_csv(walk, row);
	} else {
		sweeps_text(walk, row);
	}
	walk->count++;
	return walk->pen.rc;
}

int hd_report_sweeps(struct hd_store *store, size_t limit, const char *state,
		     enum hd_format format, const struct hd_out *out,
		     struct hd_error *err)
{
	struct sweeps_walk walk = { .format = format };
	int rc;
	int written;

	hd_pen_init(&walk.pen, out);
	if (format == HD_FORMAT_JSON)
		hd_pen_puts(&walk.pen, "[");
	rc = hd_store_sweeps(store, limit, state, sweeps_row, &walk, err);
	if (format == HD_FORMAT_JSON)
		hd_pen_puts(&walk.pen, "]\n");
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : err);
	return rc < 0 ? rc : written;
}
