/* "hdrive show S N", and why a trial ended: "--why". */
#include "report/rows.h"
#include "report/said.h"
#include "report/series.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct trial_walk {
	struct hd_store *store;
	int64_t sweep;
	struct hd_pen pen;
	enum hd_format format;
	struct hd_error *err;
	size_t count;
	bool is_study;
	bool bare;             /* its metrics are somebody else's to show */
	enum hd_decision last; /* of the trial's decisions */
};

static void trial_fact(struct hd_pen *pen, const char *label, const char *text)
{
	hd_rows_label(pen, label);
	hd_pen_plain(pen, text);
	hd_pen_puts(pen, "\n");
}

static void trial_end(struct hd_pen *pen, const struct hd_trial_row *row)
{
	hd_rows_label(pen, "state");
	hd_pen_puts(pen, hd_rows_trial_state(row));
	if (row->exit_code > 0)
		hd_pen_printf(pen, ", exit %d", row->exit_code);
	if (row->exit_signal > 0)
		hd_pen_printf(pen, ", signal %d", row->exit_signal);
	if (row->pid > 0 && !hd_trial_state_is_terminal(row->state))
		hd_pen_printf(pen, ", process %" PRId64, row->pid);
	hd_pen_puts(pen, "\n");
	if (*row->end_detail)
		trial_fact(pen, "end", row->end_detail);
}

static void trial_facts(struct hd_pen *pen, const struct hd_trial_row *row,
			bool is_study)
{
	hd_rows_label(pen, "trial");
	hd_pen_printf(pen, "%zu, attempt %u\n", row->number, row->attempt);
	trial_fact(pen, "id", row->id);
	trial_end(pen, row);
	hd_rows_label(pen, "parameters");
	hd_rows_args(pen, row->parameters, false);
	hd_pen_puts(pen, "\n");
	hd_rows_label(pen, "time");
	hd_pen_duration(pen, hd_pen_seconds(pen, row->started, row->ended));
	hd_pen_puts(pen, ", started ");
	hd_pen_age(pen, row->started);
	if (!isnan(row->cpu_seconds)) {
		hd_pen_puts(pen, ", cpu ");
		hd_pen_duration(pen, row->cpu_seconds);
	}
	if (row->max_rss > 0)
		hd_pen_printf(pen, ", memory %" PRId64 " MiB", row->max_rss >> 20);
	hd_pen_puts(pen, "\n");
	trial_fact(pen, "argv", row->arguments);
	/* Who runs a study's trials has them where he likes. */
	if (!is_study)
		trial_fact(pen, "folder", row->folder);
	if (row->has_metric) {
		hd_rows_label(pen, "best");
		hd_pen_number(pen, row->value);
		hd_pen_printf(pen, " after %zu intervals\n", row->intervals);
	}
}

static int attempt_text(void *user, const struct hd_attempt_row *row)
{
	struct trial_walk *walk = user;
	struct hd_pen *pen = &walk->pen;

	hd_rows_label(pen, walk->count++ ? "" : "before");
	hd_pen_printf(pen, "attempt %u: ", row->number);
	hd_pen_plain(pen, *row->end_detail ? row->end_detail : hd_end_name(row->end));
	hd_pen_puts(pen, " after ");
	hd_pen_duration(pen, hd_pen_seconds(pen, row->started, row->ended));
	hd_pen_printf(pen, ", %zu values%s\n", row->intervals,
		      row->anew ? " put aside" : "");
	return pen->rc;
}

static int attempt_json(void *user, const struct hd_attempt_row *row)
{
	struct trial_walk *walk = user;
	struct hd_pen *pen = &walk->pen;

	hd_pen_printf(pen, "%s{\"attempt\":%u", walk->count++ ? "," : "", row->number);
	hd_pen_key(pen, "end_reason", false);
	hd_pen_json(pen, hd_end_name(row->end));
	hd_pen_key(pen, "end_detail", false);
	hd_pen_json(pen, row->end_detail);
	hd_pen_printf(pen, ",\"exit_code\":%d,\"exit_signal\":%d,\"intervals\":%zu,\"anew\":%s",
		      row->exit_code, row->exit_signal, row->intervals,
		      row->anew ? "true" : "false");
	hd_pen_key(pen, "started", false);
	hd_pen_json_time(pen, row->started);
	hd_pen_key(pen, "ended", false);
	hd_pen_json_time(pen, row->ended);
	hd_pen_puts(pen, "}");
	return pen->rc;
}

/* Where it ran, and how the attempts before its last went. */
static int trial_attempts(struct trial_walk *walk, size_t number)
{
	bool json = walk->format == HD_FORMAT_JSON;
	struct hd_pen *pen = &walk->pen;
	char *devices;
	int rc = hd_store_devices(walk->store, walk->sweep, number, &devices,
				  walk->err);

	if (rc < 0)
		return rc;
	if (json) {
		hd_pen_key(pen, "devices", false);
		hd_pen_json(pen, devices);
		hd_pen_puts(pen, ",\"attempts\":[");
	} else if (*devices) {
		trial_fact(pen, "ran on", devices);
	}
	free(devices);
	walk->count = 0;
	rc = hd_store_attempts(walk->store, walk->sweep, number,
			       json ? attempt_json : attempt_text, walk,
			       walk->err);
	hd_pen_puts(pen, json ? "]" : "");
	return rc;
}

static void trial_figures(struct hd_pen *pen, const struct hd_series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		const struct hd_series_item *item = &series->items[i];

		hd_rows_label(pen, i ? "" : "metrics");
		hd_pen_plain(pen, item->name);
		hd_pen_printf(pen, ": %zu values", item->count);
		if (item->numbers) {
			hd_pen_puts(pen, ", last ");
			hd_pen_number(pen, item->last);
			hd_pen_puts(pen, ", from ");
			hd_pen_number(pen, item->least);
			hd_pen_puts(pen, " to ");
			hd_pen_number(pen, item->most);
		}
		hd_pen_puts(pen, "\n");
	}
}

static int trial_row(void *user, const struct hd_trial_row *row)
{
	struct trial_walk *walk = user;
	struct hd_series series;
	struct hd_said said;
	int rc;

	hd_series_init(&series);
	hd_said_init(&said);
	rc = walk->bare ? 0
			: hd_series_load(&series, walk->store, walk->sweep, row->number,
					 walk->err);
	if (rc == 0 && walk->format == HD_FORMAT_JSON)
		rc = hd_said_load(&said, walk->store, walk->sweep,
				  (int64_t)row->number, walk->err);
	if (rc < 0)
		goto out;
	if (walk->format == HD_FORMAT_JSON) {
		hd_pen_puts(&walk->pen, "{");
		hd_rows_trial_json(&walk->pen, row);
		rc = trial_attempts(walk, row->number);
		if (!walk->bare) {
			hd_pen_key(&walk->pen, "metrics", false);
			hd_series_json(&series, &walk->pen);
		}
		hd_said_trial_json(&said, &walk->pen);
		hd_pen_puts(&walk->pen, "}\n");
	} else {
		trial_facts(&walk->pen, row, walk->is_study);
		rc = trial_attempts(walk, row->number);
		trial_figures(&walk->pen, &series);
		if (rc == 0)
			rc = hd_said_text(&walk->pen, walk->store, walk->sweep,
					  (int64_t)row->number, walk->err);
	}
out:
	hd_said_release(&said);
	hd_series_release(&series);
	return rc;
}

static int trial_report(struct trial_walk *walk, size_t number,
			hd_trial_fn fn, const struct hd_out *out)
{
	int rc;
	int written;

	hd_pen_init(&walk->pen, out);
	rc = hd_store_is_study(walk->store, walk->sweep, &walk->is_study,
			       walk->err);
	if (rc == 0)
		rc = hd_store_trial(walk->store, walk->sweep, number, fn, walk,
				    walk->err);
	written = hd_pen_end(&walk->pen, rc < 0 ? NULL : walk->err);
	return rc < 0 ? rc : written;
}

int hd_report_trial(struct hd_store *store, int64_t sweep, size_t number,
		    enum hd_format format, const struct hd_out *out,
		    struct hd_error *err)
{
	struct trial_walk walk = { .store = store, .sweep = sweep, .format = format, .err = err };

	return trial_report(&walk, number, trial_row, out);
}

int hd_rows_trial_report(struct hd_store *store, int64_t sweep, size_t number,
			 const struct hd_out *out, struct hd_error *err)
{
	struct trial_walk walk = { .store = store,
				   .sweep = sweep,
				   .format = HD_FORMAT_JSON,
				   .err = err,
				   .bare = true };

	return trial_report(&walk, number, trial_row, out);
}

static int why_decision_text(void *user, const struct hd_decision_row *row)
{
	struct trial_walk *walk = user;
	struct hd_pen *pen = &walk->pen;

	walk->last = row->kind;
	hd_pen_puts(pen, row->kind == HD_DECISION_STOP    ? "stopped by "
			 : row->kind == HD_DECISION_PAUSE ? "paused by "
							  : "promoted by ");
	hd_pen_plain(pen, row->policy);
	hd_pen_printf(pen, " at interval %zu: ", row->interval);
	hd_pen_plain(pen, row->reason);
	hd_pen_puts(pen, "\n  ");
	if (!isnan(row->mine)) {
		hd_pen_puts(pen, "own value ");
		hd_pen_number(pen, row->mine);
		if (!isnan(row->limit)) {
			hd_pen_puts(pen, ", limit ");
			hd_pen_number(pen, row->limit);
		}
		hd_pen_puts(pen, ", ");
	}
	hd_pen_printf(pen, "%zu trials compared\n", row->compared);
	return pen->rc;
}

void hd_rows_decision_json(struct hd_pen *pen, const struct hd_decision_row *row)
{
	hd_pen_key(pen, "policy", true);
	hd_pen_json(pen, row->policy);
	hd_pen_key(pen, "kind", false);
	hd_pen_json(pen, hd_decision_name(row->kind));
	hd_pen_printf(pen, ",\"interval\":%zu", row->interval);
	hd_pen_key(pen, "own", false);
	hd_pen_json_number(pen, row->mine);
	hd_pen_key(pen, "limit", false);
	hd_pen_json_number(pen, row->limit);
	hd_pen_printf(pen, ",\"compared\":%zu", row->compared);
	hd_pen_key(pen, "reason", false);
	hd_pen_json(pen, row->reason);
	hd_pen_key(pen, "time", false);
	hd_pen_json_time(pen, row->time);
}

static int why_decision_json(void *user, const struct hd_decision_row *row)
{
	struct trial_walk *walk = user;

	hd_pen_puts(&walk->pen, walk->count++ ? ",{" : "{");
	hd_rows_decision_json(&walk->pen, row);
	hd_pen_puts(&walk->pen, "}");
	return walk->pen.rc;
}

static void why_text(struct trial_walk *walk, const struct hd_trial_row *row)
{
	struct hd_pen *pen = &walk->pen;
	char text[40];

	hd_pen_printf(pen, "trial %zu: %s", row->number,
		      hd_rows_trial_state(row));
	if (row->exit_code > 0)
		hd_pen_printf(pen, ", exit %d", row->exit_code);
	if (row->exit_signal > 0)
		hd_pen_printf(pen, ", signal %d", row->exit_signal);
	if (row->ended)
		hd_pen_printf(pen, " after %s",
			      hd_duration_text(hd_pen_seconds(pen, row->started, row->ended), text,
					       sizeof text));
	/* An exit status stands there already. */
	if (*row->end_detail && row->end != HD_END_EXIT &&
	    row->end != HD_END_SIGNAL) {
		hd_pen_puts(pen, ": ");
		hd_pen_plain(pen, row->end_detail);
	}
	hd_pen_puts(pen, "\n");
	if (row->state == HD_TRIAL_FAILED && !walk->is_study) {
		hd_pen_puts(pen, "  see ");
		hd_pen_plain(pen, row->folder);
		hd_pen_puts(pen, "/stderr\n");
	}
}

/* How it ended, and the policy's whole story. */
static int why_story(struct trial_walk *walk, const struct hd_trial_row *row)
{
	int rc;

	/* A policy's stop says more than the row's one sentence. */
	if (row->end != HD_END_POLICY && row->end != HD_END_PAUSED)
		why_text(walk, row);
	rc = hd_store_decisions(walk->store, walk->sweep, (int64_t)row->number,
				why_decision_text, walk, walk->err);
	if (rc == 0 && row->end == HD_END_POLICY && walk->last == HD_DECISION_PAUSE)
		hd_pen_puts(&walk->pen, "it left no checkpoint to go on from: it is "
					"stopped for good\n");
	return rc;
}

static int why_row(void *user, const struct hd_trial_row *row)
{
	struct trial_walk *walk = user;
	struct hd_pen *pen = &walk->pen;
	int rc;

	if (walk->format != HD_FORMAT_JSON)
		return why_story(walk, row);
	hd_pen_puts(pen, "{");
	hd_rows_trial_json(pen, row);
	hd_pen_puts(pen, ",\"decisions\":[");
	rc = hd_store_decisions(walk->store, walk->sweep, (int64_t)row->number,
				why_decision_json, walk, walk->err);
	hd_pen_puts(pen, "]}\n");
	return rc;
}

int hd_report_why(struct hd_store *store, int64_t sweep, size_t number,
		  enum hd_format format, const struct hd_out *out,
		  struct hd_error *err)
{
	struct trial_walk walk = { .store = store, .sweep = sweep, .format = format, .err = err };

	return trial_report(&walk, number, why_row, out);
}
