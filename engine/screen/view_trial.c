/* The screen of one trial: what it was given, what it logged, what it says. */
#include "screen/app.h"

#include <hdrive/report.h>

#include "base/time.h"
#include "screen/draw.h"
#include "screen/text.h"
#include "screen/tty.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define NUMBER 32
#define WIDE 100

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static void draw_title(const struct app *app, const struct hd_live_trial *live, size_t columns)
{
	const struct model_sweep *sweep = &app->model.sweep;
	char right[160], time[NUMBER];
	double seconds = screen_seconds(live, hd_time_wall());
	size_t x = 1;

	hd_duration_text(seconds, time, sizeof time);
	snprintf(right, sizeof right, "attempt %u  %s ", (unsigned)live->attempt,
		 isnan(seconds) ? "" : time);
	draw_sign(0, 0, columns, DRAW_TITLE, " ");
	x += draw_printf(0, x, columns - x, DRAW_TITLE, "trial %zu of %s  ", app->trial.number,
			 sweep->name);
	x += draw_printf(0, x, columns - x, DRAW_TITLE, "%s%s  ", draw_state_name(live),
			 sweep->best_trial == (int64_t)app->trial.number ? ", the best" : "");
	if (x < columns)
		draw_right(0, x, columns - x, DRAW_TITLE, right);
}

/* Value, slot, processor, memory: what there is of it. */
static void draw_facts(const struct app *app, const struct hd_live_trial *live, size_t y,
		       size_t columns)
{
	const struct trial *trial = &app->trial;
	char text[NUMBER];
	size_t x = 1;

	x += draw_printf(y, x, columns - x, DRAW_PLAIN, "%s ", app->model.sweep.metric);
	x += draw_printf(y, x, columns - x, DRAW_BEST, "%s",
			 screen_value(live->value, text, sizeof text));
	x += draw_printf(y, x, columns - x, DRAW_DIM, "  last %s at %u",
			 screen_value(live->last, text, sizeof text), (unsigned)live->intervals);
	if (live->slot >= 0)
		x += draw_printf(y, x, columns - x, DRAW_DIM, "  slot %d%s%s", (int)live->slot,
				 trial->devices && *trial->devices ? " " : "",
				 trial->devices ? trial->devices : "");
	if (trial->cpu_seconds > 0)
		x += draw_printf(y, x, columns - x, DRAW_DIM, "  cpu %s",
				 hd_duration_text(trial->cpu_seconds, text, sizeof text));
	if (trial->max_rss > 0)
		draw_printf(y, x, columns - x, DRAW_DIM, "  memory %s",
			    hd_bytes_text((uint64_t)trial->max_rss, text, sizeof text));
}

/* Why it ended, and what the policy said of it; returns the next free line. */
static size_t draw_why(const struct trial *trial, const struct hd_live_trial *live, size_t y,
		       size_t columns)
{
	if (trial->end && *trial->end && live->state != HD_TRIAL_COMPLETED)
		draw_text(y++, 1, columns - 1, draw_state_style(live), trial->end);
	if (trial->decision && *trial->decision &&
	    (!trial->end || !strstr(trial->decision, trial->end)))
		draw_text(y++, 1, columns - 1, DRAW_DIM, trial->decision);
	return y;
}

/* --- the two tables ------------------------------------------------------- */

static void draw_parameters(const struct app *app, size_t y, size_t x, size_t rows,
			    size_t columns)
{
	const struct trial *trial = &app->trial;
	bool is_best = app->model.sweep.best_trial == (int64_t)trial->number;
	size_t name = 4, value = 0;
	char hint[48] = "";

	if (!is_best && app->model.sweep.best_trial >= 0)
		snprintf(hint, sizeof hint, "the best, #%lld",
			 (long long)app->model.sweep.best_trial);
	draw_heading(y, x, columns, "parameters", hint);
	for (size_t i = 0; i < trial->parameter_count; i++) {
		size_t is = screen_columns(trial->parameters[i].name, false);

		name = is > name ? is : name;
	}
	name = least(name, columns / 3);
	value = columns > name + 4 ? (columns - name - 4) / (*hint ? 2 : 1) : 0;
	for (size_t i = 0; i < trial->parameter_count && i + 1 < rows; i++) {
		const struct trial_parameter *parameter = &trial->parameters[i];
		bool same = parameter->best && !strcmp(parameter->best, parameter->value);

		if (i + 2 == rows && i + 1 < trial->parameter_count) {
			draw_printf(y + 1 + i, x + 1, columns - 1, DRAW_DIM, "%zu more",
				    trial->parameter_count - i);
			return;
		}
		draw_text(y + 1 + i, x + 1, name, DRAW_DIM, parameter->name);
		draw_text(y + 1 + i, x + name + 2, value, DRAW_PLAIN, parameter->value);
		if (!is_best && *hint)
			draw_text(y + 1 + i, x + name + 3 + value, value,
				  same ? DRAW_DIM : DRAW_BEST,
				  same              ? "the same"
				  : parameter->best ? parameter->best
						    : "-");
	}
}

static void metric_row(const struct trial_metric *metric, size_t y, size_t x, size_t columns,
		       bool primary)
{
	size_t name = least(16, columns / 3), width = columns > name + 30 ? columns - name - 30 : 0;
	double low = NAN, high = NAN;
	char text[NUMBER], range[2 * NUMBER + 8] = "";

	if (screen_range(metric->values, metric->count, &low, &high))
		screen_value(low, range, NUMBER), strcat(range, " .. "),
			screen_value(high, range + strlen(range), NUMBER);
	draw_text(y, x + 1, name - 1, primary ? DRAW_STRONG : DRAW_PLAIN, metric->name);
	draw_right(y, x + name, 10, primary ? DRAW_BEST : DRAW_PLAIN,
		   screen_value(metric->values[metric->count - 1], text, sizeof text));
	if (width > 60)
		width = 60;
	draw_spark(y, x + name + 11, width, DRAW_CURVE, metric->values, metric->count);
	draw_text(y, x + name + 12 + width, columns - name - 12 - width, DRAW_DIM, range);
}

static void draw_metrics(const struct app *app, size_t y, size_t x, size_t rows, size_t columns)
{
	const struct trial *trial = &app->trial;

	draw_heading(y, x, columns, "metrics", "last, curve, range");
	for (size_t i = 0; i < trial->metric_count && i + 1 < rows; i++)
		if (i + 2 == rows && i + 1 < trial->metric_count)
			draw_printf(y + 1 + i, x + 1, columns - 1, DRAW_DIM, "%zu more",
				    trial->metric_count - i);
		else if (trial->metrics[i].count)
			metric_row(&trial->metrics[i], y + 1 + i, x, columns,
				   !strcmp(trial->metrics[i].name, app->model.sweep.metric));
	if (trial->metric_count == 0 && rows > 1)
		draw_text(y + 1, x + 1, columns - 1, DRAW_DIM, "none was logged yet");
}

/* --- attempts and logs ---------------------------------------------------- */

static void draw_attempts(const struct trial *trial, size_t y, size_t rows, size_t columns)
{
	size_t from = trial->attempt_count > rows - 1 ? trial->attempt_count - (rows - 1) : 0;

	draw_heading(y, 0, columns, "attempts before this one", "");
	for (size_t i = from; i < trial->attempt_count; i++) {
		const struct trial_attempt *attempt = &trial->attempts[i];
		double seconds = attempt->started && attempt->ended > attempt->started
					 ? (double)(attempt->ended - attempt->started) / 1e6
					 : 0;
		char time[NUMBER];

		draw_printf(y + 1 + i - from, 1, columns - 1, DRAW_PLAIN,
			    "%u  %s  up to interval %zu  %s", attempt->number,
			    hd_duration_text(seconds, time, sizeof time), attempt->intervals,
			    attempt->end);
	}
}

static void draw_log(const struct tail *tail, const char *name, size_t y, size_t x, size_t rows,
		     size_t columns)
{
	size_t room = rows > 0 ? rows - 1 : 0;
	size_t from = tail->count > room ? tail->count - room : 0;
	char size[NUMBER] = "";

	if (tail->text && tail->size > 0)
		hd_bytes_text((uint64_t)tail->size, size, sizeof size);
	draw_heading(y, x, columns, name, size);
	for (size_t i = from; i < tail->count; i++)
		draw_text(y + 1 + i - from, x + 1, columns - 1, DRAW_PLAIN, tail->lines[i]);
	if (tail->count == 0 && room > 0)
		draw_text(y + 1, x + 1, columns - 1, DRAW_DIM, "nothing so far");
}

/* Rows for stderr of ROOM: what it needs, half at most, unless there is more. */
static size_t err_rows(const struct trial *trial, size_t room)
{
	size_t wants = 1 + (trial->err.count ? trial->err.count : 1);
	size_t others = 1 + (trial->out.count ? trial->out.count : 1);

	if (others + wants <= room)
		return wants;
	if (others < room / 2)
		return room - others;
	return least(wants, room / 2);
}

static void draw_logs(const struct trial *trial, size_t y, size_t rows, size_t columns)
{
	size_t half = columns / 2, err;

	if (rows < 2)
		return;
	if (columns >= WIDE) {
		draw_log(&trial->out, "stdout", y, 0, rows, half - 1);
		draw_log(&trial->err, "stderr", y, half + 1, rows, columns - half - 1);
		return;
	}
	err = rows >= 4 ? err_rows(trial, rows) : 0;
	draw_log(&trial->out, "stdout", y, 0, rows - err, columns);
	if (err)
		draw_log(&trial->err, "stderr", y + rows - err, 0, err, columns);
}

void view_trial_draw(struct app *app)
{
	const struct hd_live_trial *live = model_find(&app->model, app->trial.number);
	const struct trial *trial = &app->trial;
	size_t columns = tty_columns(), lines = tty_lines(), y = 2, rows, tables;
	bool wide = columns >= WIDE;

	if (!live) {
		app_foot(app, lines - 1, columns, " the trial is there no more  Esc back");
		return;
	}
	draw_title(app, live, columns);
	draw_facts(app, live, 1, columns);
	y = draw_why(trial, live, y, columns);
	rows = lines - 1 - y;
	tables = 1 + (wide ? (trial->parameter_count > trial->metric_count ? trial->parameter_count
									   : trial->metric_count)
			   : trial->parameter_count);
	tables = least(tables > 2 ? tables : 2, wide ? rows / 2 : rows / 3);
	draw_parameters(app, y, 0, tables, wide ? columns / 2 - 1 : columns);
	if (wide)
		draw_metrics(app, y, columns / 2 + 1, tables, columns - columns / 2 - 1);
	y += tables;
	rows -= tables;
	if (!wide) {
		tables = least(trial->metric_count ? trial->metric_count + 1 : 2, rows / 3);
		draw_metrics(app, y, 0, tables, columns);
		y += tables;
		rows -= tables;
	}
	if (trial->attempt_count && rows > 6) {
		tables = least(trial->attempt_count + 1, rows / 3);
		draw_attempts(trial, y, tables, columns);
		y += tables;
		rows -= tables;
	}
	draw_logs(trial, y, rows, columns);
	app_foot(app, lines - 1, columns,
		 columns >= 76
			 ? " Esc back  ? help  Down next  Up the one before  c cancel  R retry"
			 : " Esc back  ? help  Up Down others");
}
