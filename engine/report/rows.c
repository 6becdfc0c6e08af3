#include "report/rows.h"

#include "base/json.h"
#include "base/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool hd_rows_sweep_is_over(const struct hd_sweep_row *row)
{
	enum hd_trial_state state;

	/* Sweeps end in the same three words as trials. */
	return hd_trial_state_find(row->state, &state) &&
	       hd_trial_state_is_terminal(state);
}

const char *hd_rows_sweep_state(const struct hd_sweep_row *row)
{
	if (hd_rows_sweep_is_over(row) || hd_report_engine_is_alive(row))
		return row->state;
	return strcmp(row->state, "Running") ? "engine gone" : "Running (engine gone)";
}

int64_t hd_rows_started(const struct hd_sweep_row *row)
{
	return row->started ? row->started : row->created;
}

size_t hd_rows_ended(const size_t counts[HD_TRIAL_STATES])
{
	return counts[HD_TRIAL_COMPLETED] + counts[HD_TRIAL_FAILED] +
	       counts[HD_TRIAL_CANCELED];
}

size_t hd_rows_running(const size_t counts[HD_TRIAL_STATES])
{
	return counts[HD_TRIAL_STARTING] + counts[HD_TRIAL_RUNNING] +
	       counts[HD_TRIAL_STOPPING];
}

void hd_rows_label(struct hd_pen *pen, const char *label)
{
	hd_pen_column(pen, label, 12);
}

/* A parameter's value as its script got it (see hd_value_format). */
static void args_value(struct hd_buf *buf, const struct hd_json *value)
{
	size_t length;
	const char *text;
	char *dump;

	switch (hd_json_kind(value)) {
	case HD_JSON_NULL:
		hd_buf_puts(buf, "None");
		break;
	case HD_JSON_TRUE:
		hd_buf_puts(buf, "True");
		break;
	case HD_JSON_FALSE:
		hd_buf_puts(buf, "False");
		break;
	case HD_JSON_INTEGER:
		hd_buf_printf(buf, "%" PRId64, hd_json_integer(value));
		break;
	case HD_JSON_REAL:
		hd_buf_number(buf, hd_json_number(value));
		break;
	case HD_JSON_STRING:
		text = hd_json_string(value, &length);
		hd_buf_add(buf, text, length);
		break;
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		dump = hd_json_dump(value);
		if (dump)
			hd_buf_puts(buf, dump);
		else
			buf->failed = true;
		free(dump);
		break;
	}
}

struct args_walk {
	struct hd_pen *pen;
	bool quote;
	bool any;
};

static void args_word(struct args_walk *walk, const char *word)
{
	if (walk->any)
		hd_pen_puts(walk->pen, " ");
	walk->any = true;
	if (walk->quote)
		hd_buf_shell(&walk->pen->buf, word);
	else
		hd_pen_plain(walk->pen, word);
}

static int args_member(void *user, const char *name, size_t length,
		       const struct hd_json *value)
{
	struct args_walk *walk = user;
	struct hd_buf buf = HD_BUF_INIT;

	hd_buf_puts(&buf, name[0] == '-' ? "" : "--");
	hd_buf_add(&buf, name, length);
	args_word(walk, hd_buf_text(&buf));
	hd_buf_clear(&buf);
	args_value(&buf, value);
	args_word(walk, hd_buf_text(&buf));
	if (hd_buf_failed(&buf))
		walk->pen->buf.failed = true;
	hd_buf_release(&buf);
	return 0;
}

void hd_rows_args(struct hd_pen *pen, const char *parameters, bool quote)
{
	struct args_walk walk = { .pen = pen, .quote = quote };
	struct hd_json *object = NULL;

	if (hd_json_parse(&object, parameters, strlen(parameters), NULL) < 0)
		hd_pen_plain(pen, parameters);
	else
		hd_json_each(object, args_member, &walk);
	hd_json_free(object);
}

static void rows_count(struct hd_pen *pen, const char *name, uint64_t count)
{
	hd_pen_key(pen, name, false);
	hd_pen_printf(pen, "%" PRIu64, count);
}

static void rows_text(struct hd_pen *pen, const char *name, const char *text)
{
	hd_pen_key(pen, name, false);
	hd_pen_json(pen, text);
}

static void rows_number(struct hd_pen *pen, const char *name, double value)
{
	hd_pen_key(pen, name, false);
	hd_pen_json_number(pen, value);
}

static void rows_time(struct hd_pen *pen, const char *name, int64_t time)
{
	hd_pen_key(pen, name, false);
	hd_pen_json_time(pen, time);
}

static void rows_counts(struct hd_pen *pen, const size_t counts[HD_TRIAL_STATES])
{
	hd_pen_key(pen, "counts", false);
	hd_pen_puts(pen, "{");
	for (int i = 0; i < HD_TRIAL_STATES; i++) {
		hd_pen_key(pen, hd_trial_state_name((enum hd_trial_state)i), i == 0);
		hd_pen_printf(pen, "%zu", counts[i]);
	}
	hd_pen_puts(pen, "}");
}

void hd_rows_sweep_json(struct hd_pen *pen, const struct hd_sweep_row *row)
{
	hd_pen_key(pen, "name", true);
	hd_pen_json(pen, row->name);
	rows_text(pen, "id", row->id);
	rows_text(pen, "state", row->state);
	hd_pen_key(pen, "engine_alive", false);
	hd_pen_puts(pen, !hd_rows_sweep_is_over(row) && row->engine_pid > 0 &&
					 hd_report_engine_is_alive(row)
				 ? "true"
				 : "false");
	rows_text(pen, "end_reason", hd_end_name(row->end));
	rows_text(pen, "end_detail", row->end_detail);
	rows_text(pen, "primary_metric", row->metric);
	rows_text(pen, "goal", hd_goal_name(row->goal));
	rows_text(pen, "sampler", row->sampler);
	rows_text(pen, "policy", row->policy);
	rows_text(pen, "backend", row->backend);
	hd_pen_key(pen, "command", false);
	hd_pen_json_raw(pen, row->command);
	rows_text(pen, "config_path", row->config_path);
	rows_text(pen, "folder", row->folder);
	rows_count(pen, "seed", row->seed);
	rows_count(pen, "max_total", row->max_total);
	rows_count(pen, "max_concurrent", row->max_concurrent);
	rows_number(pen, "max_duration", isfinite(row->max_duration) ? row->max_duration : NAN);
	rows_time(pen, "created", row->created);
	rows_time(pen, "started", hd_rows_started(row));
	rows_time(pen, "ended", row->ended);
	rows_count(pen, "trials", row->trials);
	rows_counts(pen, row->counts);
	hd_pen_key(pen, "best_trial", false);
	if (row->best_trial < 0)
		hd_pen_puts(pen, "null");
	else
		hd_pen_printf(pen, "%" PRId64, row->best_trial);
	rows_number(pen, "best", row->best_trial < 0 ? NAN : row->best);
}

const char *hd_rows_trial_state(const struct hd_trial_row *row)
{
	return row->state == HD_TRIAL_CANCELED && row->end == HD_END_PAUSED
		       ? "Paused"
		       : hd_trial_state_name(row->state);
}

void hd_rows_trial_json(struct hd_pen *pen, const struct hd_trial_row *row)
{
	hd_pen_key(pen, "number", true);
	hd_pen_printf(pen, "%zu", row->number);
	rows_text(pen, "id", row->id);
	rows_text(pen, "state", hd_trial_state_name(row->state));
	rows_text(pen, "end_reason", hd_end_name(row->end));
	rows_text(pen, "end_detail", row->end_detail);
	hd_pen_key(pen, "parameters", false);
	hd_pen_json_raw(pen, row->parameters);
	hd_pen_key(pen, "arguments", false);
	hd_pen_json_raw(pen, row->arguments);
	rows_text(pen, "folder", row->folder);
	hd_pen_key(pen, "exit_code", false);
	if (row->exit_code < 0)
		hd_pen_puts(pen, "null");
	else
		hd_pen_printf(pen, "%d", row->exit_code);
	hd_pen_key(pen, "exit_signal", false);
	if (row->exit_signal == 0)
		hd_pen_puts(pen, "null");
	else
		hd_pen_printf(pen, "%d", row->exit_signal);
	rows_count(pen, "attempt", row->attempt);
	rows_time(pen, "created", row->created);
	rows_time(pen, "started", row->started);
	rows_time(pen, "ended", row->ended);
	rows_number(pen, "cpu_seconds", row->cpu_seconds);
	hd_pen_key(pen, "max_rss", false);
	hd_pen_printf(pen, "%" PRId64, row->max_rss);
	rows_count(pen, "intervals", row->intervals);
	rows_number(pen, "best", row->has_metric ? row->best : NAN);
	rows_number(pen, "last", row->has_metric ? row->last : NAN);
	rows_number(pen, "value", row->has_metric ? row->value : NAN);
	rows_count(pen, "known", row->known);
}
