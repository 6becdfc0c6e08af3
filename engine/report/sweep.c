/* "hdrive show S": a sweep and all of its trials. */
#include "report/rows.h"
#include "report/said.h"

#include "snapshot/snapshot.h"
#include "store/origin.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a person is shown; a program asks for JSON and gets all. */
#define TRIALS_SHOWN 1000

struct sweep_walk {
	struct hd_store *store;
	struct hd_pen pen;
	enum hd_format format;
	struct hd_error *err;
	size_t count;
	bool is_study;
};

static void sweep_fact(struct hd_pen *pen, const char *label, const char *text)
{
	hd_rows_label(pen, label);
	hd_pen_plain(pen, text ? text : "-");
	hd_pen_puts(pen, "\n");
}

/* Where it ran: its snapshot, or the source itself. */
static int sweep_origin(struct sweep_walk *walk, const struct hd_sweep_row *row)
{
	bool json = walk->format == HD_FORMAT_JSON;
	struct hd_origin origin;
	char *folder = NULL;
	int rc = hd_store_origin(walk->store, row->key, &origin, walk->err);

	if (rc == 0 && hd_snapshot_is_id(origin.snapshot)) {
		folder = hd_snapshot_folder(hd_store_folder(walk->store), origin.snapshot);
		rc = folder ? 0 : hd_error_nomem(walk->err);
	}
	if (rc == 0 && json) {
		hd_pen_key(&walk->pen, "source", false);
		hd_pen_json(&walk->pen, origin.source);
		hd_pen_key(&walk->pen, "snapshot", false);
		if (folder)
			hd_pen_json(&walk->pen, folder);
		else
			hd_pen_puts(&walk->pen, "null");
	} else if (rc == 0) {
		if (*origin.source)
			sweep_fact(&walk->pen, "source", origin.source);
		if (folder)
			sweep_fact(&walk->pen, "snapshot", folder);
	}
	hd_origin_release(&origin);
	free(folder);
	return rc;
}

static void sweep_facts(struct sweep_walk *walk, const struct hd_sweep_row *row)
{
	struct hd_pen *pen = &walk->pen;

	sweep_fact(pen, "sweep", row->name);
	sweep_fact(pen, "id", row->id);
	sweep_fact(pen, "state", hd_rows_sweep_state(row));
	if (*row->end_detail)
		sweep_fact(pen, "end", row->end_detail);
	if (*row->metric) {
		hd_rows_label(pen, "metric");
		hd_pen_plain(pen, row->metric);
		hd_pen_printf(pen, ", %s\n", hd_goal_name(row->goal));
	}
	sweep_fact(pen, "sampler", row->sampler);
	sweep_fact(pen, "policy", row->policy);
	hd_rows_label(pen, "seed");
	hd_pen_printf(pen, "%" PRIu64 "\n", row->seed);
	hd_rows_label(pen, "limits");
	hd_pen_printf(pen, "%zu trials, %zu at a time, ", row->max_total,
		      row->max_concurrent);
	hd_pen_duration(pen, row->max_duration);
	hd_pen_puts(pen, "\n");
	if (walk->is_study)
		sweep_fact(pen, "study", "others run its trials");
	else
		sweep_fact(pen, "command", row->command);
	if (strcmp(row->backend, "local") != 0)
		sweep_fact(pen, "backend", row->backend);
	sweep_fact(pen, "file", row->config_path);
	sweep_fact(pen, "folder", row->folder);
	hd_rows_label(pen, "time");
	hd_pen_duration(pen, hd_pen_seconds(pen, hd_rows_started(row), row->ended));
	hd_pen_puts(pen, ", started ");
	hd_pen_age(pen, hd_rows_started(row));
	hd_pen_puts(pen, "\n");
}

static void sweep_trial_line(struct hd_pen *pen, const struct hd_trial_row *row,
			     size_t count)
{
	char text[40];

	if (count == 0)
		hd_pen_puts(pen, "TRIAL  STATE            BEST          "
				 "TIME      PARAMETERS\n");
	snprintf(text, sizeof text, "%5zu  ", row->number);
	hd_pen_puts(pen, text);
	hd_pen_column(pen, hd_rows_trial_state(row), 15);
	hd_pen_puts(pen, "  ");
	hd_pen_column(pen, row->has_metric ? hd_number_text(row->value, text, sizeof text) : "-",
		      12);
	hd_pen_puts(pen, "  ");
	hd_duration_text(hd_pen_seconds(pen, row->started, row->ended), text,
			 sizeof text);
	hd_pen_column(pen, text, 8);
	hd_pen_puts(pen, "  ");
	hd_rows_args(pen, row->parameters, false);
	hd_pen_puts(pen, "\n");
}

static int sweep_trial(void *user, const struct hd_trial_row *row)
{
	struct sweep_walk *walk = user;

	if (walk->format == HD_FORMAT_JSON) {
		hd_pen_puts(&walk->pen, walk->count ? ",\n{" : "\n{");
		hd_rows_trial_json(&walk->pen, row);
		hd_pen_puts(&walk->pen, "}");
	} else {
		sweep_trial_line(&walk->pen, row, walk->count);
	}
	walk->count++;
	return walk->pen.rc;
}

/* What Azure says of a sweep, and what its trials said of it. */
static int sweep_said(struct sweep_walk *walk, const struct hd_sweep_row *row)
{
	struct hd_said said;
	int rc = hd_azure_json(&walk->pen, walk->store, row, walk->err);

	hd_said_init(&said);
	if (rc == 0)
		rc = hd_said_load(&said, walk->store, row->key,
				  HD_SAID_OF_SWEEP, walk->err);
	if (rc == 0)
		hd_said_sweep_json(&said, &walk->pen);
	hd_said_release(&said);
	return rc;
}

static int sweep_text(struct sweep_walk *walk, const struct hd_sweep_row *row)
{
	const struct hd_trial_query first = { .order = HD_ORDER_NUMBER,
					      .limit = TRIALS_SHOWN };
	int rc;

	sweep_facts(walk, row);
	rc = sweep_origin(walk, row);
	if (rc == 0)
		rc = hd_said_text(&walk->pen, walk->store, row->key, HD_SAID_OF_SWEEP,
				  walk->err);
	hd_pen_puts(&walk->pen, "\n");
	if (rc == 0)
		rc = hd_store_trials(walk->store, row->key, &first, sweep_trial,
				     walk, walk->err);
	if (rc || walk->count == row->trials)
		return rc;
	hd_pen_printf(&walk->pen, "and %zu more; all of them: hdrive show ",
		      row->trials - walk->count);
	hd_pen_plain(&walk->pen, row->name);
	hd_pen_puts(&walk->pen, " --json\n");
	return walk->pen.rc;
}

static int sweep_program(void *user, const char *program)
{
	struct sweep_walk *walk = user;

	hd_pen_json_raw(&walk->pen, program);
	return walk->pen.rc;
}

static int sweep_row(void *user, const struct hd_sweep_row *row)
{
	struct sweep_walk *walk = user;
	const struct hd_trial_query all = { .order = HD_ORDER_NUMBER };
	int rc = hd_store_is_study(walk->store, row->key, &walk->is_study,
				   walk->err);

	if (rc < 0)
		return rc;
	if (walk->format != HD_FORMAT_JSON)
		return sweep_text(walk, row);
	hd_pen_puts(&walk->pen, "{");
	hd_rows_sweep_json(&walk->pen, row);
	hd_pen_key(&walk->pen, "study", false);
	hd_pen_puts(&walk->pen, walk->is_study ? "true" : "false");
	hd_pen_key(&walk->pen, "config", false);
	hd_pen_json(&walk->pen, row->config_text);
	hd_pen_key(&walk->pen, "program", false);
	rc = hd_store_program(walk->store, row->key, sweep_program, walk,
			      walk->err);
	if (rc == 0)
		rc = sweep_origin(walk, row);
	if (rc == 0)
		rc = sweep_said(walk, row);
	if (rc)
		return rc;
	hd_pen_puts(&walk->pen, ",\"children\":[");
	rc = hd_store_trials(walk->store, row->key, &all, sweep_trial, walk,
			     walk->err);
	hd_pen_puts(&walk->pen, "]}\n");
	return rc;
}

int hd_report_sweep(struct hd_store *store, int64_t sweep,
		    enum hd_format format, const struct hd_out *out,
		    struct hd_error *err)
{
	struct sweep_walk walk = { .store = store, .format = format, .err = err };
	int rc;
	int written;

	hd_pen_init(&walk.pen, out);
	rc = hd_store_sweep(store, sweep, sweep_row, &walk, err);
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : err);
	return rc < 0 ? rc : written;
}
