/* The list of sweeps, to choose from. */
#include "screen/app.h"

#include <hdrive/report.h>

#include "base/time.h"
#include "screen/draw.h"
#include "screen/text.h"
#include "screen/tty.h"

#include <stdio.h>
#include <string.h>

#define NUMBER 32
#define BAR 12

enum { AT_NAME = 2,
       AT_STATE = 28,
       AT_BAR = 41,
       AT_DONE = 54,
       AT_BEST = 66,
       AT_METRIC = 78 };

static const char *state_of(const struct model_sweep *sweep, enum draw_style *style)
{
	if (!sweep->over) {
		*style = sweep->alive ? DRAW_LIVE : DRAW_BAD;
		return sweep->alive ? sweep->state : "engine gone";
	}
	*style = !strcmp(sweep->state, "Completed") ? DRAW_GOOD
		 : !strcmp(sweep->state, "Failed")  ? DRAW_BAD
						    : DRAW_STOP;
	return sweep->state;
}

static void sweep_row(const struct app *app, size_t y, size_t columns, size_t index)
{
	const struct model_sweep *sweep = &app->sweeps[index];
	size_t total = sweep->max_total ? sweep->max_total : 1, ended = model_ended(sweep);
	char text[NUMBER], age[NUMBER + 8];
	enum draw_style style;
	const char *state = state_of(sweep, &style);

	draw_chosen(index == app->sweep_at);
	draw_blank(y, 0, columns);
	draw_text(y, AT_NAME, AT_STATE - AT_NAME - 1, DRAW_STRONG, sweep->name);
	draw_text(y, AT_STATE, 12, style, state);
	if (columns > AT_DONE) {
		size_t bar = ended < total ? ended * BAR / total : BAR;

		draw_sign(y, AT_BAR, BAR, DRAW_DIM, draw_sign_of(DRAW_SIGN_LEFT));
		draw_sign(y, AT_BAR, bar, DRAW_GOOD, draw_sign_of(DRAW_SIGN_DONE));
	}
	if (columns > AT_BEST) {
		snprintf(text, sizeof text, "%zu/%zu", ended, sweep->max_total);
		draw_right(y, AT_DONE, 11, DRAW_PLAIN, text);
	}
	if (columns > AT_METRIC)
		draw_right(y, AT_BEST, 11, DRAW_PLAIN,
			   screen_value(sweep->best, text, sizeof text));
	if (columns > AT_METRIC + 24) {
		hd_duration_text((double)(hd_time_wall() - sweep->started) / 1e6, text,
				 sizeof text);
		snprintf(age, sizeof age, "%s ago", text);
		draw_text(y, AT_METRIC, columns - AT_METRIC - 14, DRAW_DIM, sweep->metric);
		draw_right(y, columns - 14, 13, DRAW_DIM, age);
	}
	draw_chosen(false);
}

static void sweep_names(size_t y, size_t columns)
{
	draw_text(y, AT_NAME, columns, DRAW_DIM, "sweep");
	draw_text(y, AT_STATE, columns, DRAW_DIM, "state");
	if (columns > AT_BEST)
		draw_right(y, AT_DONE, 11, DRAW_DIM, "ended");
	if (columns > AT_METRIC)
		draw_right(y, AT_BEST, 11, DRAW_DIM, "best");
	if (columns > AT_METRIC + 24) {
		draw_text(y, AT_METRIC, columns - AT_METRIC, DRAW_DIM, "metric");
		draw_right(y, columns - 14, 13, DRAW_DIM, "began");
	}
}

void view_sweeps_draw(struct app *app)
{
	size_t columns = tty_columns(), lines = tty_lines(), rows = lines - 3;
	size_t running = 0;

	for (size_t i = 0; i < app->sweep_count; i++)
		running += !app->sweeps[i].over && app->sweeps[i].alive;
	app->list_rows = rows;
	if (app->sweep_at < app->sweep_top)
		app->sweep_top = app->sweep_at;
	if (app->sweep_at >= app->sweep_top + rows)
		app->sweep_top = app->sweep_at - rows + 1;
	draw_sign(0, 0, columns, DRAW_TITLE, " ");
	draw_printf(0, 1, columns - 1, DRAW_TITLE, "sweeps %zu, running %zu", app->sweep_count,
		    running);
	sweep_names(1, columns);
	for (size_t i = 0; i < rows && app->sweep_top + i < app->sweep_count; i++)
		sweep_row(app, 2 + i, columns, app->sweep_top + i);
	if (app->sweep_count == 0)
		draw_text(2, AT_NAME, columns - AT_NAME, DRAW_DIM, "the store has no sweep yet");
	app_foot(app, lines - 1, columns, " q quit  ? help  Enter watch it");
}
