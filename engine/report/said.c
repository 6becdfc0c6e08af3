#include "report/said.h"
#include "report/rows.h"

#include <stdlib.h>
#include <string.h>

void hd_said_init(struct hd_said *said)
{
	*said = (struct hd_said){ 0 };
}

void hd_said_release(struct hd_said *said)
{
	for (size_t i = 0; i < said->count; i++) {
		free(said->runs[i].id);
		for (int kind = 0; kind < HD_SAID_KINDS; kind++)
			hd_buf_release(&said->runs[i].kinds[kind]);
		hd_series_release(&said->runs[i].metrics);
	}
	free(said->runs);
	hd_said_init(said);
}

static struct hd_said_run *said_add(struct hd_said *said, const char *id)
{
	struct hd_said_run *run;

	if (said->count == said->size) {
		size_t size = said->size ? said->size * 2 : 4;
		struct hd_said_run *runs =
			realloc(said->runs, size * sizeof *runs);

		if (!runs)
			return NULL;
		said->runs = runs;
		said->size = size;
	}
	run = &said->runs[said->count];
	memset(run, 0, sizeof *run);
	hd_series_init(&run->metrics);
	run->id = strdup(id);
	if (!run->id)
		return NULL;
	said->count++;
	return run;
}

/* Rows come run by run: the one before is nearly always the one. */
static struct hd_said_run *said_run(struct hd_said *said, const char *id)
{
	for (size_t i = said->count; i-- > 0;)
		if (!strcmp(said->runs[i].id, id))
			return &said->runs[i];
	return said_add(said, id);
}

static int said_row(void *user, const struct hd_said_row *row)
{
	struct hd_said_run *run = said_run(user, row->child);
	struct hd_buf *buf = run ? &run->kinds[row->kind] : NULL;
	bool file = row->kind == HD_SAID_FILE;

	if (!run)
		return HD_ENOMEM;
	if (buf->length)
		hd_buf_putc(buf, ',');
	hd_buf_json(buf, row->name, strlen(row->name));
	if (!file) {
		hd_buf_putc(buf, ':');
		if (row->value)
			hd_buf_json(buf, row->value, strlen(row->value));
		else
			hd_buf_puts(buf, "null");
	}
	return hd_buf_failed(buf) ? HD_ENOMEM : 0;
}

static int said_metric(void *user, const struct hd_run_metric_row *row)
{
	struct hd_said_run *run = row->child ? said_run(user, row->child) : NULL;

	/* Those of the sweep are its own report's. */
	if (!row->child)
		return 0;
	return run ? hd_series_add(&run->metrics, &row->metric) : HD_ENOMEM;
}

static int said_parent_metric(void *user, const struct hd_run_metric_row *row)
{
	struct hd_said *said = user;

	return row->child ? 0
			  : hd_series_add(&said->runs[0].metrics, &row->metric);
}

int hd_said_load(struct hd_said *said, struct hd_store *store, int64_t sweep,
		 int64_t trial, struct hd_error *err)
{
	bool own = trial == HD_SAID_OF_SWEEP;
	int rc;

	if (!said_add(said, ""))
		return hd_error_nomem(err);
	rc = hd_store_said(store, sweep, trial, said_row, said, err);
	if (rc == 0)
		rc = hd_store_run_metrics(store, sweep, own ? -1 : trial,
					  own ? said_parent_metric : said_metric,
					  said, err);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

static void said_object(struct hd_pen *pen, const char *name, bool first,
			const struct hd_buf *members)
{
	hd_pen_key(pen, name, first);
	hd_pen_puts(pen, "{");
	hd_pen_puts(pen, hd_buf_text(members));
	hd_pen_puts(pen, "}");
}

static void said_files(struct hd_pen *pen, const struct hd_said_run *run)
{
	hd_pen_key(pen, "files", false);
	hd_pen_puts(pen, "[");
	hd_pen_puts(pen, hd_buf_text(&run->kinds[HD_SAID_FILE]));
	hd_pen_puts(pen, "]");
}

static void said_three(struct hd_pen *pen, const struct hd_said_run *run)
{
	said_object(pen, "tags", false, &run->kinds[HD_SAID_TAG]);
	said_object(pen, "properties", false, &run->kinds[HD_SAID_PROPERTY]);
	said_object(pen, "params", false, &run->kinds[HD_SAID_PARAM]);
	said_files(pen, run);
}

void hd_said_trial_json(const struct hd_said *said, struct hd_pen *pen)
{
	said_three(pen, &said->runs[0]);
	hd_pen_key(pen, "child_runs", false);
	hd_pen_puts(pen, "{");
	for (size_t i = 1; i < said->count; i++) {
		const struct hd_said_run *run = &said->runs[i];

		hd_pen_key(pen, run->id, i == 1);
		hd_pen_puts(pen, "{");
		hd_pen_key(pen, "metrics", true);
		hd_series_json(&run->metrics, pen);
		said_three(pen, run);
		said_object(pen, "status", false,
			    &run->kinds[HD_SAID_STATUS]);
		hd_pen_puts(pen, "}");
	}
	hd_pen_puts(pen, "}");
}

void hd_said_sweep_json(const struct hd_said *said, struct hd_pen *pen)
{
	said_files(pen, &said->runs[0]);
	hd_pen_key(pen, "parent_metrics", false);
	hd_series_json(&said->runs[0].metrics, pen);
}

/* --- text ----------------------------------------------------------------- */

struct text_walk {
	struct hd_pen *pen;
	bool parent; /* metrics of the sweep itself, else of runs below */
};

static int text_row(void *user, const struct hd_said_row *row)
{
	static const char *const labels[HD_SAID_KINDS] = {
		[HD_SAID_TAG] = "tag",
		[HD_SAID_PROPERTY] = "property",
		[HD_SAID_FILE] = "uploaded",
		[HD_SAID_STATUS] = "child run",
		[HD_SAID_PARAM] = "param",
	};
	struct hd_pen *pen = ((struct text_walk *)user)->pen;

	hd_rows_label(pen, labels[row->kind]);
	if (*row->child) {
		hd_pen_plain(pen, row->child);
		hd_pen_puts(pen, ": ");
	}
	hd_pen_plain(pen, row->name);
	if (row->value) {
		hd_pen_puts(pen, " = ");
		hd_pen_plain(pen, row->value);
	}
	hd_pen_puts(pen, "\n");
	return pen->rc;
}

static int text_metric(void *user, const struct hd_run_metric_row *row)
{
	const struct text_walk *walk = user;
	struct hd_pen *pen = walk->pen;

	if (walk->parent != !row->child)
		return 0;
	hd_rows_label(pen, walk->parent ? "logged" : "child run");
	if (walk->parent) {
		hd_pen_printf(pen, "by trial %zu: ", row->metric.trial);
	} else {
		hd_pen_plain(pen, row->child);
		hd_pen_puts(pen, ": ");
	}
	hd_pen_plain(pen, row->metric.name);
	hd_pen_puts(pen, " = ");
	if (row->metric.text)
		hd_pen_plain(pen, row->metric.text);
	else
		hd_pen_number(pen, row->metric.value);
	hd_pen_puts(pen, "\n");
	return pen->rc;
}

int hd_said_text(struct hd_pen *pen, struct hd_store *store, int64_t sweep,
		 int64_t trial, struct hd_error *err)
{
	struct text_walk walk = { pen, trial == HD_SAID_OF_SWEEP };
	int rc = hd_store_said(store, sweep, trial, text_row, &walk, err);

	return rc ? rc
		  : hd_store_run_metrics(store, sweep, walk.parent ? -1 : trial,
					 text_metric, &walk, err);
}
