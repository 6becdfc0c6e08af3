/* The screen of a sweep: how it stands, its history, what runs, all trials. */
#include "screen/app.h"

#include <hdrive/report.h>

#include "base/buf.h"
#include "base/time.h"
#include "screen/draw.h"
#include "screen/spark.h"
#include "screen/text.h"
#include "screen/tty.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define RUNNING_MOST 512
#define NUMBER 32
/* Columns of a running trial besides its curve and its slot, and of a long curve. */
#define RUNNING_FACTS 34
#define RUNNING_CURVE 64

/* --- the head ------------------------------------------------------------- */

/* The state as people want it: who runs it, and whether anything new starts. */
static const char *state_text(const struct model *model, enum draw_style *style)
{
	const struct model_sweep *sweep = &model->sweep;

	*style = DRAW_TITLE;
	if (model->trouble == MODEL_STORE_GONE || model->trouble == MODEL_SWEEP_GONE)
		return "removed";
	if (sweep->over)
		return sweep->state;
	if (!sweep->alive)
		return "engine gone";
	if (model->is_study)
		return "study";
	return model->held ? "held" : sweep->state;
}

static void draw_title(const struct app *app, const struct screen_box *box)
{
	const struct model *model = &app->model;
	const struct model_sweep *sweep = &model->sweep;
	char right[256], time[NUMBER], eta[NUMBER];
	double left = model_left(model);
	enum draw_style style;
	size_t used;

	hd_duration_text(model_seconds(sweep), time, sizeof time);
	snprintf(right, sizeof right, "%s%s%s  %s%s%s ", sweep->sampler,
		 strcmp(sweep->policy, "none") != 0 ? ", " : "",
		 strcmp(sweep->policy, "none") != 0 ? sweep->policy : "", time,
		 isnan(left) ? "" : "  eta ",
		 isnan(left) ? "" : hd_duration_text(left, eta, sizeof eta));
	draw_sign(box->y, 0, box->columns, DRAW_TITLE, " ");
	used = 1 + draw_text(box->y, 1, box->columns - 1, DRAW_TITLE, sweep->name);
	used += draw_printf(box->y, used, box->columns - used, DRAW_TITLE, "  %s  ",
			    state_text(model, &style));
	if (used < box->columns)
		draw_right(box->y, used, box->columns - used, DRAW_TITLE, right);
}

struct part {
	size_t count;
	enum draw_sign sign;
	enum draw_style style;
	const char *word;
};

/* Columns for COUNT of TOTAL, of which BEFORE are drawn: sums stay whole. */
static size_t share(size_t before, size_t count, size_t total, size_t columns)
{
	return (before + count) * columns / total - before * columns / total;
}

static void draw_bar(const struct app *app, const struct screen_box *box)
{
	const struct model_sweep *sweep = &app->model.sweep;
	size_t paused = app->model.paused < sweep->counts[HD_TRIAL_CANCELED]
				? app->model.paused
				: sweep->counts[HD_TRIAL_CANCELED];
	const struct part parts[] = {
		{ sweep->counts[HD_TRIAL_COMPLETED], DRAW_SIGN_DONE, DRAW_GOOD, "completed" },
		{ sweep->counts[HD_TRIAL_CANCELED] - paused, DRAW_SIGN_STOPPED, DRAW_STOP,
		  "stopped" },
		{ paused, DRAW_SIGN_STOPPED, DRAW_PAUSE, "paused" },
		{ sweep->counts[HD_TRIAL_FAILED], DRAW_SIGN_FAILED, DRAW_BAD, "failed" },
		{ model_running(sweep), DRAW_SIGN_RUNNING, DRAW_LIVE, "running" },
		{ sweep->counts[HD_TRIAL_QUEUED], DRAW_SIGN_LEFT, DRAW_DIM, "queued" },
	};
	size_t total = sweep->max_total > sweep->trials ? sweep->max_total : sweep->trials;
	size_t bar = box->columns / 3, at = 0, x, before = 0;

	total = total ? total : 1;
	draw_sign(box->y, 1, bar, DRAW_DIM, draw_sign_of(DRAW_SIGN_LEFT));
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		size_t columns = share(before, parts[i].count, total, bar);

		draw_sign(box->y, 1 + at, columns, parts[i].style, draw_sign_of(parts[i].sign));
		at += columns;
		before += parts[i].count;
	}
	x = bar + 2;
	x += draw_printf(box->y, x, box->columns - x, DRAW_STRONG, "%zu/%zu",
			 model_ended(sweep), sweep->max_total);
	for (size_t i = 0; i < sizeof parts / sizeof parts[0] && x + 3 < box->columns; i++)
		if (parts[i].count)
			x += draw_printf(box->y, x, box->columns - x, parts[i].style, "  %zu %s",
					 parts[i].count, parts[i].word);
}

static void draw_best(struct app *app, const struct screen_box *box)
{
	const struct model_sweep *sweep = &app->model.sweep;
	const struct hd_live_trial *trial;
	const struct model_detail *detail;
	char value[NUMBER];
	size_t x = 1;

	x += draw_text(box->y, x, box->columns, DRAW_DIM, "best ");
	if (!*sweep->metric)
		return;
	if (sweep->best_trial < 0) {
		draw_printf(box->y, x, box->columns - x, DRAW_DIM,
			    "none: no trial has reported %s yet", sweep->metric);
		return;
	}
	x += draw_printf(box->y, x, box->columns - x, DRAW_PLAIN, "%s ", sweep->metric);
	x += draw_printf(box->y, x, box->columns - x, DRAW_BEST, "%s",
			 screen_value(sweep->best, value, sizeof value));
	x += draw_printf(box->y, x, box->columns - x, DRAW_DIM, " (#%lld)  ",
			 (long long)sweep->best_trial);
	trial = model_find(&app->model, (size_t)sweep->best_trial);
	detail = trial ? model_detail(&app->model, trial) : NULL;
	if (detail && x < box->columns)
		draw_text(box->y, x, box->columns - x, DRAW_PLAIN, detail->args);
}

/* Why nothing happens, if so; "" else. */
static void waits_text(const struct app *app, char *text, size_t size, enum draw_style *style)
{
	const struct model *model = &app->model;
	const struct model_sweep *sweep = &model->sweep;

	text[0] = '\0';
	*style = DRAW_BAD;
	if (model->trouble == MODEL_STORE_GONE)
		snprintf(text, size, "the store was removed: this is how it stood last");
	else if (model->trouble == MODEL_SWEEP_GONE)
		snprintf(text, size, "the sweep was removed: this is how it stood last");
	else if (model->trouble == MODEL_UNREADABLE)
		snprintf(text, size, "cannot be read now: %s", model->trouble_text);
	else if (sweep->over)
		*style = DRAW_DIM, snprintf(text, size, "%s%s", *sweep->end ? "ended: " : "",
					    sweep->end);
	else if (!sweep->alive)
		snprintf(text, size,
			 "engine gone: process %lld is no more; go on with: hdrive resume %s",
			 (long long)sweep->engine_pid, sweep->name);
	else if (model->held)
		*style = DRAW_PAUSE,
		snprintf(text, size, "held: no new trials start; p lets it go on");
	else if (model->is_study)
		*style = DRAW_DIM, snprintf(text, size, "others run its trials: hdrive ask %s",
					    sweep->name);
	else if (model->slots_why[0] && sweep->trials < sweep->max_total &&
		 model_running(sweep) >= sweep->max_concurrent)
		*style = DRAW_LIVE,
		snprintf(text, size, "waiting for a slot: %s", model->slots_why);
}

/* --- the history ---------------------------------------------------------- */

static void history_spark(const struct app *app, const struct screen_box *box, size_t y)
{
	const struct model *model = &app->model;
	char first[NUMBER], last[NUMBER];
	size_t from = 0, used, x = box->x + 1;

	while (from < model->history_count && !isfinite(model->bests[from]))
		from++;
	if (from == model->history_count) {
		draw_text(y, x, box->columns - 1, DRAW_DIM, "no value yet");
		return;
	}
	screen_value(model->bests[from], first, sizeof first);
	screen_value(model->bests[model->history_count - 1], last, sizeof last);
	used = 16 + strlen(first) + strlen(last);
	if (used + 10 > box->columns)
		return;
	x += draw_text(y, x, box->columns, DRAW_DIM, "best so far ");
	x += draw_printf(y, x, box->columns, DRAW_DIM, "%s ", first);
	used = box->columns - used;
	used = used < model->history_count - from ? used : model->history_count - from;
	draw_spark(y, x, used, DRAW_BEST, model->bests + from, model->history_count - from);
	draw_printf(y, x + used, box->x + box->columns - x - used, DRAW_BEST, " %s", last);
}

static double history_y(const struct model *model, double value)
{
	double span = model->high / 2 - model->low / 2;

	if (!isfinite(value))
		return NAN;
	/* The best is not to lie on the edge. */
	return span > 0 ? 0.04 + 0.92 * (value / 2 - model->low / 2) / span : 0.5;
}

static void history_fill(const struct model *model, struct screen_canvas *canvas)
{
	double last_x = 0, last_y = NAN;
	double most = model->history_count > 1 ? (double)(model->history_count - 1) : 1;
	/* More than two in a column of dots are a wall, not a picture. */
	size_t every = model->history_count / (4 * canvas->columns) + 1;

	for (size_t i = 0; i < model->history_count; i++) {
		double x = (double)i / most, y = history_y(model, model->bests[i]);

		if (i % every == 0)
			screen_canvas_dot(canvas, x, history_y(model, model->values[i]),
					  SCREEN_INK_POINT);
		if (hd_live_at(model->live, i)->state == HD_TRIAL_FAILED)
			screen_canvas_dot(canvas, x, 0, SCREEN_INK_BAD);
		y = isnan(y) ? y : fmin(fmax(y, 0), 1);
		if (!isnan(last_y))
			screen_canvas_step(canvas, last_x, last_y, x, y, SCREEN_INK_LINE);
		last_x = x;
		last_y = y;
	}
}

static void history_picture(const struct app *app, const struct screen_box *box)
{
	const struct model *model = &app->model;
	char low[NUMBER], high[NUMBER], title[MODEL_TEXT + 64];
	struct screen_canvas canvas;
	size_t labels = 11;

	snprintf(title, sizeof title, "%s by trial, and the best so far", model->sweep.metric);
	draw_heading(box->y, box->x, box->columns, title, hd_goal_name(model->sweep.goal));
	if (!isfinite(model->low) || box->rows < 3 || box->columns < 2 * labels) {
		history_spark(app, box, box->y + 1);
		return;
	}
	draw_right(box->y + 1, box->x, labels - 1, DRAW_DIM,
		   screen_value(model->high, high, sizeof high));
	if (model->low < model->high)
		draw_right(box->y + box->rows - 1, box->x, labels - 1, DRAW_DIM,
			   screen_value(model->low, low, sizeof low));
	if (!screen_canvas_open(&canvas, box->columns - labels - 1, box->rows - 1))
		return;
	history_fill(model, &canvas);
	draw_canvas(box->y + 1, box->x + labels, &canvas);
	screen_canvas_close(&canvas);
}

/* --- what runs ------------------------------------------------------------ */

static void running_row(struct app *app, size_t y, const struct screen_box *box,
			const struct hd_live_trial *trial)
{
	const struct model_curve *curve = model_curve(&app->model, trial);
	const struct model_detail *detail = model_detail(&app->model, trial);
	size_t x = box->x + 1, end = box->x + box->columns;
	size_t place = box->columns >= 56 ? 9 : 0;
	size_t width = box->columns > RUNNING_FACTS + place ? box->columns - RUNNING_FACTS - place
							    : 0;
	char value[NUMBER], time[NUMBER];

	width = width < RUNNING_CURVE ? width : RUNNING_CURVE;
	draw_chosen(app->in_running && app->chosen == trial->number);
	draw_blank(y, box->x, box->columns);
	draw_printf(y, x, 6, DRAW_STRONG, "#%u", (unsigned)trial->number);
	x += 7;
	if (trial->state != HD_TRIAL_RUNNING)
		draw_text(y, x, width, DRAW_DIM, draw_state_name(trial));
	else if (curve && curve->count && width)
		draw_spark(y, x, width, DRAW_CURVE, curve->values, curve->count);
	else
		draw_text(y, x, width, DRAW_DIM, "no value yet");
	x += width;
	draw_right(y, x, 10, DRAW_PLAIN, screen_value(trial->last, value, sizeof value));
	draw_printf(y, x + 11, 7, DRAW_DIM, "at %u", (unsigned)trial->intervals);
	hd_duration_text(screen_seconds(trial, hd_time_wall()), time, sizeof time);
	draw_right(y, x + 18, 7, DRAW_PLAIN, time);
	x += 27;
	if (place) {
		const char *devices = detail && detail->devices ? detail->devices : "";

		draw_printf(y, x, end - x, DRAW_DIM, "slot %d%s%s", (int)trial->slot,
			    *devices ? " " : "", devices);
	}
	draw_chosen(false);
}

static void draw_running(struct app *app, const struct screen_box *box)
{
	const struct hd_live_trial *trials[RUNNING_MOST];
	size_t count = app_running(app, trials, RUNNING_MOST), rows = box->rows - 1;
	size_t shown = count < RUNNING_MOST ? count : RUNNING_MOST, at = 0;
	char title[96], more[64] = "";

	app->running_rows = rows;
	while (at < shown && trials[at]->number != app->chosen)
		at++;
	if (app->in_running && at < shown) {
		if (at < app->running_top)
			app->running_top = at;
		if (at >= app->running_top + rows)
			app->running_top = at - rows + 1;
	}
	if (app->running_top + rows > shown)
		app->running_top = shown > rows ? shown - rows : 0;
	snprintf(title, sizeof title, "running %zu of %zu at a time", count,
		 app->model.sweep.max_concurrent);
	if (count > rows)
		snprintf(more, sizeof more, "%zu more", count - rows);
	draw_heading(box->y, box->x, box->columns, title, more);
	for (size_t i = 0; i < rows && app->running_top + i < shown; i++)
		running_row(app, box->y + 1 + i, box, trials[app->running_top + i]);
}

/* --- what failed ---------------------------------------------------------- */

static void draw_failures(struct app *app, const struct screen_box *box)
{
	size_t rows = box->rows - 1, row = 0, all = model_count(&app->model);
	char title[64];

	snprintf(title, sizeof title, "failed %zu", app->model.sweep.counts[HD_TRIAL_FAILED]);
	draw_heading(box->y, box->x, box->columns, title, "the latest");
	for (size_t i = all; i > 0 && row < rows; i--) {
		const struct hd_live_trial *trial = model_at(&app->model, i - 1);
		const struct model_detail *detail;
		size_t y = box->y + 1 + row, x = box->x + 1;

		if (trial->state != HD_TRIAL_FAILED)
			continue;
		row++;
		draw_printf(y, x, 7, DRAW_BAD, "#%u", (unsigned)trial->number);
		detail = model_detail(&app->model, trial);
		if (!detail)
			continue;
		x += 7;
		x += draw_printf(y, x, box->columns - 8, DRAW_PLAIN, "%s%s", detail->end,
				 *detail->said ? ": " : "");
		if (x < box->columns)
			draw_text(y, x, box->columns - x, DRAW_DIM, detail->said);
	}
}

/* --- the list ------------------------------------------------------------- */

/* Where columns stand: number, state, value, last, interval, time, the rest. */
enum { AT_NUMBER = 1,
       AT_STATE = 9,
       AT_VALUE = 19,
       AT_LAST = 31,
       AT_INTERVAL = 43,
       AT_TIME = 50,
       AT_REST = 61 };
/* Of a narrow terminal, which has no room for all. */
enum { NARROW = 66,
       NARROW_TIME = 31,
       NARROW_REST = 41 };

static void list_names(const struct app *app, size_t y, size_t columns)
{
	bool narrow = columns < NARROW;
	size_t rest = narrow ? NARROW_REST : AT_REST;

	(void)app;
	draw_text(y, AT_NUMBER + 2, 6, DRAW_DIM, "trial");
	draw_text(y, AT_STATE, 9, DRAW_DIM, "state");
	draw_right(y, AT_VALUE, 11, DRAW_DIM, "value");
	if (!narrow) {
		draw_right(y, AT_LAST, 11, DRAW_DIM, "last");
		draw_right(y, AT_INTERVAL, 6, DRAW_DIM, "at");
	}
	draw_right(y, narrow ? NARROW_TIME : AT_TIME, 9, DRAW_DIM, "time");
	if (rest < columns)
		draw_text(y, rest, columns - rest, DRAW_DIM, "parameters, or why it failed");
}

static void list_row(struct app *app, size_t y, size_t columns,
		     const struct hd_live_trial *trial)
{
	const struct model_detail *detail = model_detail(&app->model, trial);
	bool narrow = columns < NARROW, failed = trial->state == HD_TRIAL_FAILED;
	bool best = app->model.sweep.best_trial == (int64_t)trial->number;
	size_t rest = narrow ? NARROW_REST : AT_REST;
	double seconds = screen_seconds(trial, hd_time_wall());
	char text[NUMBER];

	draw_chosen(!app->in_running && app->chosen == trial->number);
	draw_blank(y, 0, columns);
	if (best)
		draw_sign(y, AT_NUMBER, 1, DRAW_BEST, draw_sign_of(DRAW_SIGN_BEST));
	draw_printf(y, AT_NUMBER + 1, 7, best ? DRAW_BEST : DRAW_STRONG, "#%u",
		    (unsigned)trial->number);
	draw_text(y, AT_STATE, 9, draw_state_style(trial), draw_state_name(trial));
	draw_right(y, AT_VALUE, 11, best ? DRAW_BEST : DRAW_PLAIN,
		   screen_value(trial->value, text, sizeof text));
	if (!narrow) {
		draw_right(y, AT_LAST, 11, DRAW_PLAIN,
			   screen_value(trial->last, text, sizeof text));
		snprintf(text, sizeof text, "%u", (unsigned)trial->intervals);
		draw_right(y, AT_INTERVAL, 6, DRAW_PLAIN, text);
	}
	draw_right(y, narrow ? NARROW_TIME : AT_TIME, 9, DRAW_PLAIN,
		   isnan(seconds) ? "-" : hd_duration_text(seconds, text, sizeof text));
	if (detail && rest < columns) {
		if (failed)
			rest += draw_printf(y, rest, columns - rest, DRAW_BAD, "%s  ", detail->end);
		if (rest < columns)
			draw_text(y, rest, columns - rest, failed ? DRAW_DIM : DRAW_PLAIN,
				  failed && *detail->said ? detail->said : detail->args);
	}
	draw_chosen(false);
}

/* The chosen one stays in sight, and where it stood is chosen when it is gone. */
static void list_scroll(struct app *app, size_t rows)
{
	size_t at;

	if (app->chosen == APP_NONE && app->found_count)
		app->chosen = model_at(&app->model, app->found[0])->number;
	at = app_find(app, app->chosen);
	if (at == APP_NONE && !app->in_running && app->found_count) {
		at = app->place < app->found_count ? app->place : app->found_count - 1;
		app->chosen = model_at(&app->model, app->found[at])->number;
	}
	if (at != APP_NONE && !app->in_running) {
		app->place = at;
		if (at < app->top)
			app->top = at;
		if (at >= app->top + rows)
			app->top = at - rows + 1;
	}
	if (app->top + rows > app->found_count)
		app->top = app->found_count > rows ? app->found_count - rows : 0;
}

static void draw_list(struct app *app, const struct screen_box *box)
{
	size_t rows = box->rows - 2;
	char title[160], hint[APP_SEARCH + 48];

	app->list_rows = rows;
	list_scroll(app, rows);
	snprintf(title, sizeof title, "trials %zu  by %s %s", app->found_count,
		 screen_sort_name(app->sort),
		 draw_sign_of(app->reverse ? DRAW_SIGN_UP : DRAW_SIGN_DOWN));
	snprintf(hint, sizeof hint, "%s%s%s%s", screen_filter_name(app->filter),
		 app->filter == SCREEN_FILTER_ALL ? "" : " only", *app->search ? "  /" : "",
		 app->search);
	draw_heading(box->y, 0, box->columns, title, hint);
	list_names(app, box->y + 1, box->columns);
	for (size_t i = 0; i < rows && app->top + i < app->found_count; i++)
		list_row(app, box->y + 2 + i, box->columns,
			 model_at(&app->model, app->found[app->top + i]));
	if (app->found_count == 0)
		draw_text(box->y + 2, 2, box->columns - 2, DRAW_DIM,
			  model_count(&app->model) ? "none of the trials fits"
						   : "no trial has begun yet");
}

/* --- all ------------------------------------------------------------------ */

static const char *hints(size_t columns)
{
	if (columns >= 110)
		return " q quit  ? help  Enter open  s sort  r reverse  f filter  / search  c "
		       "cancel  "
		       "p hold  +/- at a time  R retry  l sweeps";
	if (columns >= 76)
		return " q quit  ? help  Enter open  s sort  f filter  / search  c cancel  p hold";
	return " q quit  ? help  Enter open  s sort";
}

void view_sweep_draw(struct app *app)
{
	struct screen_layout layout;
	enum draw_style style;
	char waits[MODEL_TEXT * 2 + HD_ERROR_TEXT];
	struct screen_content content = {
		.running = app_running(app, NULL, 0),
		.failures = app->model.sweep.counts[HD_TRIAL_FAILED],
	};

	waits_text(app, waits, sizeof waits, &style);
	content.waits = waits[0] != '\0';
	screen_lay(&layout, tty_lines(), tty_columns(), &content);
	draw_title(app, &layout.title);
	draw_bar(app, &layout.bar);
	draw_best(app, &layout.best);
	if (layout.waits.rows)
		draw_text(layout.waits.y, 1, layout.waits.columns - 1, style, waits);
	if (layout.history.rows == 1)
		history_spark(app, &layout.history, layout.history.y);
	else if (layout.history.rows > 1)
		history_picture(app, &layout.history);
	app->running_rows = 0;
	if (layout.running.rows > 1)
		draw_running(app, &layout.running);
	if (layout.failures.rows > 1)
		draw_failures(app, &layout.failures);
	draw_list(app, &layout.list);
	app_foot(app, layout.foot.y, layout.foot.columns, hints(layout.foot.columns));
}
