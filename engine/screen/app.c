#include "screen/app.h"

#include "base/time.h"
#include "screen/draw.h"
#include "screen/text.h"
#include "screen/tty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SAID_SECONDS 6

/* --- the list of sweeps --------------------------------------------------- */

static int take_sweep(void *user, const struct hd_sweep_row *row)
{
	struct app *app = user;

	if (app->sweep_count < APP_SWEEPS)
		model_take_sweep(&app->sweeps[app->sweep_count++], row);
	return 0;
}

static int sweeps_read(struct app *app, struct hd_error *err)
{
	app->sweep_count = 0;
	return hd_store_sweeps(app->model.store, APP_SWEEPS, NULL, take_sweep, app, err);
}

int app_show_sweeps(struct app *app, struct hd_error *err)
{
	int rc = app->list ? 0 : hd_live_list_open(&app->list, app->model.store, err);

	if (rc == 0)
		rc = sweeps_read(app, err);
	if (rc < 0)
		return rc;
	app->list_seq = hd_live_list_seq(app->list);
	app->view = APP_SWEEPS_VIEW;
	for (size_t i = 0; i < app->sweep_count; i++)
		if (app->sweeps[i].key == app->model.sweep.key)
			app->sweep_at = i;
	return 0;
}

static bool sweeps_look(struct app *app)
{
	int64_t key = app->sweep_at < app->sweep_count ? app->sweeps[app->sweep_at].key : 0;

	if (hd_live_list_look(app->list, NULL) < 0 ||
	    hd_live_list_seq(app->list) == app->list_seq || sweeps_read(app, NULL) < 0)
		return false;
	app->list_seq = hd_live_list_seq(app->list);
	for (size_t i = 0; i < app->sweep_count; i++)
		if (app->sweeps[i].key == key)
			app->sweep_at = i;
	if (app->sweep_at >= app->sweep_count)
		app->sweep_at = app->sweep_count ? app->sweep_count - 1 : 0;
	return true;
}

/* --- life ----------------------------------------------------------------- */

int app_show_sweep(struct app *app, int64_t sweep, struct hd_error *err)
{
	int rc = model_choose(&app->model, sweep, err);

	if (rc < 0)
		return rc;
	app->view = APP_SWEEP_VIEW;
	app->chosen = APP_NONE;
	app->place = app->top = app->running_top = 0;
	app->in_running = false;
	app->wanted = 0;
	app->search[0] = '\0';
	app->filter = SCREEN_FILTER_ALL;
	app_order(app);
	return 0;
}

/* Without a word: the latest, unless several run and somebody is to choose. */
static int app_begin_anywhere(struct app *app, struct hd_error *err)
{
	size_t running = 0;
	int rc = sweeps_read(app, err);

	for (size_t i = 0; rc == 0 && i < app->sweep_count; i++)
		running += !app->sweeps[i].over && app->sweeps[i].alive &&
			   app->sweeps[i].engine_pid > 0;
	if (rc < 0)
		return rc;
	if (running > 1)
		return app_show_sweeps(app, err);
	if (app->sweep_count == 0)
		return hd_error_set(err, HD_ENOENT, "the store has no sweep yet");
	return app_show_sweep(app, app->sweeps[0].key, err);
}

int app_open(struct app *app, const char *path, const char *word, struct hd_error *err)
{
	int64_t sweep;
	int rc;

	*app = (struct app){ .chosen = APP_NONE, .sort = SCREEN_SORT_VALUE };
	app->act.fds[0] = app->act.fds[1] = -1;
	app->sweeps = calloc(APP_SWEEPS, sizeof *app->sweeps);
	if (!app->sweeps || !act_open(&app->act, path))
		return hd_error_nomem(err);
	rc = model_open(&app->model, path, err);
	if (rc < 0)
		return rc;
	if (!*word)
		return app_begin_anywhere(app, err);
	rc = hd_store_find_sweep(app->model.store, word, &sweep, err);
	return rc < 0 ? rc : app_show_sweep(app, sweep, err);
}

void app_close(struct app *app)
{
	trial_release(&app->trial);
	hd_live_list_close(app->list);
	model_close(&app->model);
	act_close(&app->act);
	free(app->sweeps);
	free(app->found);
}

/* --- order ---------------------------------------------------------------- */

static const struct hd_live_trial *trial_at(const void *trials, size_t index)
{
	return model_at(trials, index);
}

static bool holds(const char *text, const char *part)
{
	size_t length = strlen(part);

	for (; *text; text++)
		if (!strncasecmp(text, part, length))
			return true;
	return false;
}

/* By its number, its state, its parameters or why it ended. */
static bool app_match(void *user, const struct hd_live_trial *trial)
{
	struct app *app = user;
	const struct model_detail *detail;
	const char *word = app->search + (*app->search == '#');
	char number[16];

	snprintf(number, sizeof number, "%u", (unsigned)trial->number);
	if (*app->search == '#')
		return !strcmp(number, word);
	if (!strcmp(number, word) || holds(draw_state_name(trial), word))
		return true;
	detail = model_detail(&app->model, trial);
	return detail && (holds(detail->args, word) || holds(detail->end, word) ||
			  holds(detail->said, word));
}

void app_order(struct app *app)
{
	size_t count = model_count(&app->model);
	struct screen_order order = { .sort = app->sort,
				      .filter = app->filter,
				      .reverse = app->reverse,
				      .goal = app->model.sweep.goal,
				      .now = hd_time_wall() };

	if (count > app->found_room) {
		size_t room = count + count / 4 + 64;
		size_t *found = realloc(app->found, room * sizeof *found);

		if (!found)
			return;
		app->found = found;
		app->found_room = room;
	}
	if (*app->search) {
		order.match = app_match;
		order.user = app;
		model_details(&app->model);
	}
	if (!screen_order(&order, &app->model, count, trial_at, app->found, &app->found_count))
		app->found_count = 0;
}

size_t app_find(const struct app *app, size_t number)
{
	for (size_t i = 0; number != APP_NONE && i < app->found_count; i++)
		if (model_at(&app->model, app->found[i])->number == number)
			return i;
	return APP_NONE;
}

size_t app_running(const struct app *app, const struct hd_live_trial **trials, size_t most)
{
	size_t count = 0, all = model_count(&app->model);

	for (size_t i = 0; i < all; i++) {
		const struct hd_live_trial *trial = model_at(&app->model, i);

		if (!screen_is_running(trial))
			continue;
		if (count < most)
			trials[count] = trial;
		count++;
	}
	return count;
}

/* --- time ----------------------------------------------------------------- */

bool app_look(struct app *app)
{
	bool news = app->said[0] && hd_time_steady() > app->said_until;

	if (news)
		app->said[0] = '\0';
	if (app->view == APP_SWEEPS_VIEW)
		return sweeps_look(app) || news;
	if (model_look(&app->model)) {
		app_order(app);
		news = true;
	}
	if (app->wanted == app->model.sweep.max_concurrent)
		app->wanted = 0;
	if (app->view == APP_TRIAL_VIEW)
		news |= trial_look(&app->trial, &app->model, app->trial.number);
	return news;
}

bool app_ticks(const struct app *app)
{
	bool runs = false;

	if (app->view != APP_SWEEPS_VIEW)
		return !app->model.sweep.over && app->model.trouble != MODEL_STORE_GONE;
	for (size_t i = 0; i < app->sweep_count && !runs; i++)
		runs = !app->sweeps[i].over;
	return runs;
}

/* --- actions -------------------------------------------------------------- */

void app_say(struct app *app, bool well, const char *text)
{
	snprintf(app->said, sizeof app->said, "%s", text);
	app->said_well = well;
	app->said_until = hd_time_steady() + SAID_SECONDS * INT64_C(1000000);
}

bool app_begin(struct app *app, enum act_kind kind, size_t number)
{
	struct act_order order = { .kind = kind,
				   .sweep = app->model.sweep.key,
				   .number = number };

	snprintf(order.name, sizeof order.name, "%s", app->model.sweep.name);
	if (act_begin(&app->act, &order))
		return true;
	app_say(app, false, "the engine has not answered what was asked before");
	return false;
}

void app_done(struct app *app)
{
	act_end(&app->act);
	if (app->act.busy)
		return;
	app_say(app, app->act.well, app->act.said);
	if (app->act.order.kind == ACT_CONCURRENT) {
		/* Keys that were pressed meanwhile. */
		if (app->act.well && app->wanted && app->wanted != app->act.order.number)
			app_begin(app, ACT_CONCURRENT, app->wanted);
		else if (!app->act.well)
			app->wanted = 0;
	}
}

/* --- the picture ---------------------------------------------------------- */

void app_foot(const struct app *app, size_t y, size_t columns, const char *hints)
{
	size_t used;

	switch (app->prompt) {
	case APP_ASK:
		draw_printf(y, 0, columns, DRAW_STRONG, "%s  y/n ", app->question);
		return;
	case APP_SEARCHES:
		used = draw_printf(y, 0, columns - 1, DRAW_STRONG, "/%s", app->search);
		draw_cursor(y, used, true);
		return;
	case APP_NO_PROMPT:
		break;
	}
	if (app->said[0])
		draw_text(y, 0, columns, app->said_well ? DRAW_STRONG : DRAW_BAD, app->said);
	else
		draw_text(y, 0, columns, DRAW_DIM, hints);
}

static void draw_too_small(void)
{
	char text[80];
	size_t columns = tty_columns(), used;

	snprintf(text, sizeof text, "terminal too small: %zux%zu", columns, tty_lines());
	used = strlen(text) < columns ? strlen(text) : columns;
	draw_text(tty_lines() / 2, (columns - used) / 2, columns, DRAW_STRONG, text);
	snprintf(text, sizeof text, "%dx%d are needed", SCREEN_COLUMNS_LEAST,
		 SCREEN_LINES_LEAST);
	used = strlen(text) < columns ? strlen(text) : columns;
	if (tty_lines() > 1)
		draw_text(tty_lines() / 2 + 1 < tty_lines() ? tty_lines() / 2 + 1 : 0,
			  (columns - used) / 2, columns, DRAW_PLAIN, text);
}

void app_draw(struct app *app)
{
	draw_begin();
	if (tty_lines() < SCREEN_LINES_LEAST || tty_columns() < SCREEN_COLUMNS_LEAST)
		draw_too_small();
	else if (app->help)
		view_help_draw();
	else if (app->view == APP_SWEEPS_VIEW)
		view_sweeps_draw(app);
	else if (app->view == APP_SWEEP_VIEW)
		view_sweep_draw(app);
	else
		view_trial_draw(app);
	draw_end();
}
