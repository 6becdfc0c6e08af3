/* "hdrive status": where a sweep stands, in a few lines. */
#include "report/rows.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* In the place of slots_why: nothing else matters then. */
#define HELD_WHY "held: no new trials start"

struct status_walk {
	struct hd_store *store;
	struct hd_pen pen;
	enum hd_format format;
	struct hd_error *err;
	bool is_study;
	size_t paused;           /* of the trials that are Canceled */
	struct hd_buf slots_why; /* "" when devices are not the limit */
	bool held;
};

static int status_best_args(void *user, const struct hd_trial_row *row)
{
	hd_rows_args(user, row->parameters, false);
	return 0;
}

static void status_counts(struct hd_pen *pen, const struct hd_sweep_row *row,
			  size_t paused)
{
	static const struct {
		enum hd_trial_state state;
		const char *word;
	} words[] = {
		{ HD_TRIAL_COMPLETED, "completed" },
		{ HD_TRIAL_FAILED, "failed" },
		{ HD_TRIAL_CANCELED, "stopped" },
		{ HD_TRIAL_QUEUED, "queued" },
	};
	size_t counts[HD_TRIAL_STATES];
	size_t running = hd_rows_running(row->counts);

	memcpy(counts, row->counts, sizeof counts);
	counts[HD_TRIAL_CANCELED] -= paused;
	hd_rows_label(pen, "trials");
	hd_pen_printf(pen, "%zu of %zu ended", hd_rows_ended(row->counts),
		      row->max_total);
	if (running)
		hd_pen_printf(pen, ", %zu running", running);
	if (paused)
		hd_pen_printf(pen, ", %zu paused", paused);
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (counts[words[i].state])
			hd_pen_printf(pen, ", %zu %s", counts[words[i].state],
				      words[i].word);
	hd_pen_puts(pen, "\n");
}

static int status_best(struct status_walk *walk,
		       const struct hd_sweep_row *row)
{
	struct hd_pen *pen = &walk->pen;
	int rc = 0;

	if (!*row->metric)
		return 0;
	hd_rows_label(pen, "best");
	if (row->best_trial < 0) {
		hd_pen_puts(pen, "none: no trial has reported ");
		hd_pen_plain(pen, row->metric);
		hd_pen_puts(pen, " yet\n");
		return 0;
	}
	hd_pen_plain(pen, row->metric);
	hd_pen_puts(pen, " ");
	hd_pen_number(pen, row->best);
	hd_pen_printf(pen, " (#%lld)  ", (long long)row->best_trial);
	rc = hd_store_trial(walk->store, row->key, (size_t)row->best_trial,
			    status_best_args, pen, walk->err);
	hd_pen_puts(pen, "\n");
	return rc;
}

/* Trials a minute so far, and when it will be over at that rate. */
static void status_rate(struct status_walk *walk, const struct hd_sweep_row *row)
{
	struct hd_pen *pen = &walk->pen;
	double seconds = hd_pen_seconds(pen, hd_rows_started(row), row->ended);
	size_t ended = hd_rows_ended(row->counts);
	double left;

	if (walk->is_study) {
		hd_rows_label(pen, "study");
		hd_pen_printf(pen, "others run its trials: hdrive ask %s\n", row->name);
	} else {
		hd_rows_label(pen, "slots");
		hd_pen_printf(pen, "%zu of %zu in use\n",
			      hd_rows_running(row->counts), row->max_concurrent);
	}
	hd_rows_label(pen, "rate");
	if (ended == 0 || seconds <= 0) {
		hd_pen_puts(pen, "no trial has ended yet\n");
		return;
	}
	left = (double)(row->max_total > ended ? row->max_total - ended : 0) *
	       seconds / (double)ended;
	left = fmin(left, fmax(row->max_duration - seconds, 0));
	hd_pen_printf(pen, "%.1f/min, eta ", (double)ended / seconds * 60);
	hd_pen_duration(pen, left);
	hd_pen_puts(pen, "\n");
}

static int status_tag(void *user, const struct hd_said_row *row)
{
	struct status_walk *walk = user;

	if (row->kind != HD_SAID_TAG || *row->child)
		return 0;
	walk->held |= !strcmp(row->name, HD_TAG_HELD);
	if (row->value && !strcmp(row->name, HD_TAG_SLOTS))
		hd_buf_puts(&walk->slots_why, row->value);
	return 0;
}

/* Trials wait for devices alone when every slot is in use and more will come. */
static void status_waiting(struct status_walk *walk,
			   const struct hd_sweep_row *row)
{
	if (walk->held) {
		hd_rows_label(&walk->pen, "waiting");
		hd_pen_printf(&walk->pen,
			      "held: no new trials start; go on with: "
			      "hdrive update %s --go-on\n",
			      row->name);
		return;
	}
	if (walk->slots_why.length == 0 || row->trials >= row->max_total ||
	    hd_rows_running(row->counts) < row->max_concurrent)
		return;
	hd_rows_label(&walk->pen, "waiting");
	hd_pen_puts(&walk->pen, "for a slot: ");
	hd_pen_plain(&walk->pen, hd_buf_text(&walk->slots_why));
	hd_pen_puts(&walk->pen, "\n");
}

static int status_text(struct status_walk *walk,
		       const struct hd_sweep_row *row)
{
	struct hd_pen *pen = &walk->pen;
	bool over = hd_rows_sweep_is_over(row);
	int rc;

	hd_rows_label(pen, "sweep");
	hd_pen_plain(pen, row->name);
	hd_pen_printf(pen, "  %s, %s, policy %s\n", hd_rows_sweep_state(row),
		      row->sampler, row->policy);
	if (strcmp(row->backend, "local") != 0) {
		hd_rows_label(pen, "backend");
		hd_pen_plain(pen, row->backend);
		hd_pen_puts(pen, "\n");
	}
	hd_rows_label(pen, "time");
	hd_pen_duration(pen, hd_pen_seconds(pen, hd_rows_started(row), row->ended));
	hd_pen_puts(pen, ", started ");
	hd_pen_age(pen, hd_rows_started(row));
	hd_pen_puts(pen, "\n");
	status_counts(pen, row, walk->paused);
	rc = status_best(walk, row);
	if (rc < 0)
		return rc;
	if (!over && !hd_report_engine_is_alive(row)) {
		hd_rows_label(pen, "engine");
		hd_pen_printf(pen,
			      "gone: process %lld is no more; go on with: hdrive resume %s\n",
			      (long long)row->engine_pid, row->name);
	} else if (!over) {
		status_rate(walk, row);
		status_waiting(walk, row);
	}
	if (*row->end_detail || row->end != HD_END_NONE) {
		hd_rows_label(pen, "end");
		hd_pen_plain(pen, *row->end_detail ? row->end_detail : hd_end_name(row->end));
		hd_pen_puts(pen, "\n");
	}
	hd_rows_label(pen, "folder");
	hd_pen_plain(pen, row->folder);
	hd_pen_puts(pen, "\n");
	return 0;
}

static int status_row(void *user, const struct hd_sweep_row *row)
{
	struct status_walk *walk = user;
	int rc = hd_store_said(walk->store, row->key, HD_SAID_OF_SWEEP,
			       status_tag, walk, walk->err);

	if (rc == 0)
		rc = hd_store_is_study(walk->store, row->key, &walk->is_study,
				       walk->err);
	if (rc == 0)
		rc = hd_store_paused(walk->store, row->key, &walk->paused,
				     walk->err);
	if (rc < 0)
		return rc;
	/* The two were counted one after the other. */
	if (walk->paused > row->counts[HD_TRIAL_CANCELED])
		walk->paused = row->counts[HD_TRIAL_CANCELED];
	if (walk->format != HD_FORMAT_JSON)
		return status_text(walk, row);
	hd_pen_puts(&walk->pen, "{");
	hd_rows_sweep_json(&walk->pen, row);
	hd_pen_key(&walk->pen, "study", false);
	hd_pen_puts(&walk->pen, walk->is_study ? "true" : "false");
	hd_pen_printf(&walk->pen, ",\"paused\":%zu", walk->paused);
	hd_pen_key(&walk->pen, "held", false);
	hd_pen_puts(&walk->pen, walk->held ? "true" : "false");
	hd_pen_key(&walk->pen, "slots_why", false);
	if (walk->held)
		hd_pen_json(&walk->pen, HELD_WHY);
	else if (walk->slots_why.length)
		hd_pen_json(&walk->pen, hd_buf_text(&walk->slots_why));
	else
		hd_pen_puts(&walk->pen, "null");
	hd_pen_puts(&walk->pen, "}\n");
	return 0;
}

int hd_report_status(struct hd_store *store, int64_t sweep,
		     enum hd_format format, const struct hd_out *out,
		     struct hd_error *err)
{
	struct status_walk walk = { .store = store, .format = format, .err = err };
	int rc;
	int written;

	hd_pen_init(&walk.pen, out);
	rc = hd_store_sweep(store, sweep, status_row, &walk, err);
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : err);
	if (rc == 0 && hd_buf_failed(&walk.slots_why))
		rc = hd_error_nomem(err);
	hd_buf_release(&walk.slots_why);
	return rc < 0 ? rc : written;
}
