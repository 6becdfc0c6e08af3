/* "hdrive best": the best trials, ready to paste in five forms. */
#include "report/rows.h"

#include "base/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct best_walk {
	struct hd_store *store;
	struct hd_pen pen;
	enum hd_format format;
	struct hd_error *err;
	bool is_study;
	const struct hd_trial_query *which;
	size_t count;
	const struct hd_sweep_row *sweep; /* while its callback runs */
};

static void best_line(struct best_walk *walk, const struct hd_trial_row *row)
{
	struct hd_pen *pen = &walk->pen;
	char text[40];

	if (walk->which->limit == 1) {
		hd_pen_plain(pen, walk->sweep->metric);
		hd_pen_puts(pen, " ");
		hd_pen_number(pen, row->value);
		hd_pen_printf(pen, "  trial %zu of ", row->number);
		hd_pen_plain(pen, walk->sweep->name);
		hd_pen_printf(pen, " (%s)\n", hd_rows_trial_state(row));
		hd_rows_args(pen, row->parameters, false);
		hd_pen_puts(pen, "\n");
		if (walk->is_study)
			return;
		hd_pen_plain(pen, row->folder);
		hd_pen_puts(pen, "\n");
		return;
	}
	if (walk->count == 0) {
		hd_pen_puts(pen, "TRIAL  ");
		hd_pen_column(pen, walk->sweep->metric, 12);
		hd_pen_puts(pen, "  STATE            PARAMETERS\n");
	}
	hd_pen_printf(pen, "%5zu  ", row->number);
	hd_pen_column(pen, hd_number_text(row->value, text, sizeof text), 12);
	hd_pen_puts(pen, "  ");
	hd_pen_column(pen, hd_rows_trial_state(row), 15);
	hd_pen_puts(pen, "  ");
	hd_rows_args(pen, row->parameters, false);
	hd_pen_puts(pen, "\n");
}

static int yaml_member(void *user, const char *name, size_t length,
		       const struct hd_json *value)
{
	struct best_walk *walk = user;
	char *text = hd_json_dump(value);

	/* JSON is YAML, names and strings included; numbers stay short. */
	hd_buf_json(&walk->pen.buf, name, length);
	hd_pen_puts(&walk->pen, ": ");
	if (hd_json_kind(value) == HD_JSON_REAL)
		hd_pen_number(&walk->pen, hd_json_number(value));
	else
		hd_pen_puts(&walk->pen, text ? text : "null");
	hd_pen_puts(&walk->pen, "\n");
	free(text);
	return text ? 0 : HD_ENOMEM;
}

static int best_members(struct best_walk *walk, const struct hd_trial_row *row)
{
	struct hd_json *object = NULL;
	int rc = hd_json_parse(&object, row->parameters,
			       strlen(row->parameters), walk->err);

	if (rc < 0)
		return rc;
	if (walk->count > 0 && walk->format == HD_FORMAT_YAML)
		hd_pen_puts(&walk->pen, "---\n");
	hd_pen_printf(&walk->pen, "# trial %zu, ", row->number);
	hd_pen_plain(&walk->pen, walk->sweep->metric);
	hd_pen_puts(&walk->pen, " ");
	hd_pen_number(&walk->pen, row->value);
	hd_pen_puts(&walk->pen, "\n");
	rc = walk->format == HD_FORMAT_YAML
		     ? hd_json_each(object, yaml_member, walk)
		     : hd_rows_env(&walk->pen, object);
	hd_json_free(object);
	return rc;
}

static void best_csv(struct best_walk *walk, const struct hd_trial_row *row)
{
	struct hd_pen *pen = &walk->pen;

	if (walk->count == 0)
		hd_pen_puts(pen, "trial,value,state,parameters\n");
	hd_pen_printf(pen, "%zu,", row->number);
	hd_pen_number(pen, row->value);
	hd_pen_printf(pen, ",%s,", hd_trial_state_name(row->state));
	hd_pen_csv(pen, row->parameters);
	hd_pen_puts(pen, "\n");
}

static int args_label(void *user, const char *name)
{
	return hd_json_remove(user, name);
}

/* What the script was given: not the labels of branches. */
static int best_args(struct best_walk *walk, const struct hd_trial_row *row)
{
	struct hd_json *object = NULL;
	char *text = NULL;
	int rc = hd_json_parse(&object, row->parameters,
			       strlen(row->parameters), walk->err);

	if (rc == 0)
		rc = hd_store_labels(walk->store, row->key, args_label, object,
				     walk->err);
	if (rc == 0 && !(text = hd_json_dump(object)))
		rc = HD_ENOMEM;
	if (rc == 0) {
		hd_rows_args(&walk->pen, text, true);
		hd_pen_puts(&walk->pen, "\n");
	}
	free(text);
	hd_json_free(object);
	return rc == HD_ENOMEM ? hd_error_nomem(walk->err) : rc;
}

static int best_row(void *user, const struct hd_trial_row *row)
{
	struct best_walk *walk = user;
	int rc = 0;

	switch (walk->format) {
	case HD_FORMAT_TEXT:
		best_line(walk, row);
		break;
	case HD_FORMAT_JSON:
		hd_pen_puts(&walk->pen, walk->which->limit == 1 ? "{" : walk->count ? ",\n{"
										    : "[{");
		hd_rows_trial_json(&walk->pen, row);
		hd_pen_puts(&walk->pen, "}");
		break;
	case HD_FORMAT_CSV:
		best_csv(walk, row);
		break;
	case HD_FORMAT_ARGS:
		rc = best_args(walk, row);
		break;
	case HD_FORMAT_YAML:
	case HD_FORMAT_ENV:
		rc = best_members(walk, row);
		break;
	}
	walk->count++;
	return rc ? rc : walk->pen.rc;
}

static int best_sweep(void *user, const struct hd_sweep_row *row)
{
	struct best_walk *walk = user;
	struct hd_trial_query query = *walk->which;
	int rc;

	query.order = HD_ORDER_BEST;
	query.discard_no_metric = true;
	walk->sweep = row;
	rc = hd_store_trials(walk->store, row->key, &query, best_row, walk,
			     walk->err);
	if (rc == 0 && walk->count == 0)
		return hd_error_set(walk->err, HD_ENOENT,
				    "no %strial of '%s' has reported '%s'",
				    query.exclude_failed || query.exclude_canceled
					    ? "other "
					    : "",
				    row->name, row->metric);
	if (walk->format == HD_FORMAT_JSON)
		hd_pen_puts(&walk->pen, walk->which->limit == 1 ? "\n" : "]\n");
	return rc;
}

int hd_report_best(struct hd_store *store, int64_t sweep,
		   const struct hd_trial_query *which,
		   enum hd_format format, const struct hd_out *out,
		   struct hd_error *err)
{
	struct best_walk walk = { .store = store, .format = format, .err = err, .which = which };
	int rc;
	int written;

	hd_pen_init(&walk.pen, out);
	rc = hd_store_is_study(store, sweep, &walk.is_study, err);
	if (rc == 0)
		rc = hd_store_sweep(store, sweep, best_sweep, &walk, err);
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : err);
	return rc < 0 ? rc : written;
}
