/* What keys do. Those that end or start something ask first, or can be undone. */
#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1

#include "screen/app.h"

#include "screen/draw.h"
#include "screen/text.h"
#include "screen/tty.h"

#include <curses.h>
#include <stdio.h>
#include <string.h>

#define ESCAPE 27
#define BACKSPACE 127
#define ERASE 8
#define ERASE_ALL 21 /* Ctrl-U */
#define REDRAW 12    /* Ctrl-L */
#define CODE(key) (TTY_KEY + (key))

/* --- the place in a list -------------------------------------------------- */

/* From AT by a key that moves, in a list of COUNT whose page has ROWS. */
static bool key_moves(unsigned key, size_t *at, size_t count, size_t rows)
{
	size_t last = count ? count - 1 : 0, page = rows > 1 ? rows - 1 : 1;

	switch (key) {
	case CODE(KEY_UP):
	case 'k':
		*at -= *at > 0;
		return true;
	case CODE(KEY_DOWN):
	case 'j':
		*at += *at < last;
		return true;
	case CODE(KEY_PPAGE):
		*at -= *at < page ? *at : page;
		return true;
	case CODE(KEY_NPAGE):
	case ' ':
		*at += last - *at < page ? last - *at : page;
		return true;
	case CODE(KEY_HOME):
	case 'g':
		*at = 0;
		return true;
	case CODE(KEY_END):
	case 'G':
		*at = last;
		return true;
	default:
		return false;
	}
}

static void list_choose(struct app *app, size_t at)
{
	app->in_running = false;
	app->place = at;
	app->chosen = at < app->found_count
			      ? model_at(&app->model, app->found[at])->number
			      : APP_NONE;
}

/* The trials that run stand above the list, and are reached from its head. */
static bool running_moves(struct app *app, unsigned key)
{
	const struct hd_live_trial *trials[512];
	size_t count = app_running(app, trials, sizeof trials / sizeof trials[0]);
	size_t most = sizeof trials / sizeof trials[0], at = 0;

	count = count < most ? count : most;
	if (app->running_rows == 0 || count == 0) {
		app->in_running = false;
		return false;
	}
	while (at < count && trials[at]->number != app->chosen)
		at++;
	if (!app->in_running || at == count) {
		app->in_running = true;
		app->chosen = trials[count - 1]->number;
		return true;
	}
	if ((key == CODE(KEY_DOWN) || key == 'j') && at + 1 == count) {
		list_choose(app, 0);
		return true;
	}
	if (!key_moves(key, &at, count, app->running_rows))
		return false;
	app->chosen = trials[at]->number;
	return true;
}

static bool trials_move(struct app *app, unsigned key)
{
	size_t at;

	if (app->in_running && running_moves(app, key))
		return true;
	if (app->in_running)
		return false;
	at = app_find(app, app->chosen);
	if (at == APP_NONE)
		at = app->place < app->found_count ? app->place : 0;
	if ((key == CODE(KEY_UP) || key == 'k') && at == 0 && running_moves(app, key))
		return true;
	if (!key_moves(key, &at, app->found_count, app->list_rows))
		return false;
	list_choose(app, at);
	return true;
}

/* --- actions -------------------------------------------------------------- */

static void ask(struct app *app, enum act_kind kind, size_t number)
{
	app->prompt = APP_ASK;
	app->order.kind = kind;
	app->order.number = number;
	if (kind == ACT_CANCEL_SWEEP)
		snprintf(app->question, sizeof app->question,
			 "cancel the sweep %s? What runs is stopped; a resume goes on.",
			 app->model.sweep.name);
	else
		snprintf(app->question, sizeof app->question, "cancel trial %zu, for good?",
			 number);
}

/* The trial that is chosen, or open. */
static const struct hd_live_trial *subject(const struct app *app)
{
	size_t number = app->view == APP_TRIAL_VIEW ? app->trial.number : app->chosen;

	return number == APP_NONE ? NULL : model_find(&app->model, number);
}

static void key_cancel(struct app *app)
{
	const struct hd_live_trial *trial = subject(app);

	if (!trial)
		app_say(app, false, "no trial is chosen");
	else if (screen_is_running(trial) || trial->state == HD_TRIAL_QUEUED ||
		 screen_is_paused(trial))
		ask(app, ACT_CANCEL_TRIAL, trial->number);
	else
		app_say(app, false, "this trial has ended");
}

static void key_retry(struct app *app)
{
	const struct hd_live_trial *trial = subject(app);

	if (trial && (trial->state == HD_TRIAL_FAILED || trial->state == HD_TRIAL_CANCELED))
		app_begin(app, ACT_RETRY, trial->number);
	else
		app_say(app, false,
			trial ? "only what failed or was stopped is tried again"
			      : "no trial is chosen");
}

static void key_concurrent(struct app *app, bool more)
{
	size_t now = app->wanted ? app->wanted : app->model.sweep.max_concurrent;

	if (!more && now <= 1) {
		app_say(app, false, "one at a time is the least; p holds the sweep");
		return;
	}
	app->wanted = more ? now + 1 : now - 1;
	if (!app->act.busy)
		app_begin(app, ACT_CONCURRENT, app->wanted);
}

static bool key_acts(struct app *app, unsigned key)
{
	switch (key) {
	case 'c':
		key_cancel(app);
		return true;
	case 'C':
		if (app->model.sweep.over)
			app_say(app, false, "the sweep has ended");
		else
			ask(app, ACT_CANCEL_SWEEP, 0);
		return true;
	case 'p':
		app_begin(app, app->model.held ? ACT_GO_ON : ACT_HOLD, 0);
		return true;
	case '+':
	case '=':
		key_concurrent(app, true);
		return true;
	case '-':
		key_concurrent(app, false);
		return true;
	case 'R':
		key_retry(app);
		return true;
	default:
		return false;
	}
}

/* --- each view ------------------------------------------------------------ */

static void show_list(struct app *app)
{
	struct hd_error err = { 0 };

	if (app_show_sweeps(app, &err) < 0)
		app_say(app, false, err.text);
}

static void sweeps_key(struct app *app, unsigned key)
{
	struct hd_error err = { 0 };

	if (key_moves(key, &app->sweep_at, app->sweep_count, app->list_rows))
		return;
	if (key == 'q')
		app->over = true;
	if (key == ESCAPE) {
		if (app->model.live)
			app->view = APP_SWEEP_VIEW;
		else
			app->over = true;
	}
	if ((key == '\n' || key == '\r' || key == CODE(KEY_ENTER)) &&
	    app->sweep_at < app->sweep_count &&
	    app_show_sweep(app, app->sweeps[app->sweep_at].key, &err) < 0)
		app_say(app, false, err.text);
}

static void open_trial(struct app *app, size_t number)
{
	app->chosen = number;
	app->view = APP_TRIAL_VIEW;
	trial_look(&app->trial, &app->model, number);
}

/* Back by one step: what is looked for, what is filtered, the list, the end. */
static void sweep_back(struct app *app)
{
	if (*app->search || app->filter != SCREEN_FILTER_ALL) {
		app->search[0] = '\0';
		app->filter = SCREEN_FILTER_ALL;
		app_order(app);
	} else if (app->list) {
		show_list(app);
	} else {
		app->over = true;
	}
}

static void sweep_key(struct app *app, unsigned key)
{
	if (trials_move(app, key) || key_acts(app, key))
		return;
	switch (key) {
	case 'q':
		app->over = true;
		break;
	case ESCAPE:
		sweep_back(app);
		break;
	case 'l':
		show_list(app);
		break;
	case 's':
		app->sort = (enum screen_sort)((app->sort + 1) % SCREEN_SORTS);
		app_order(app);
		list_choose(app, 0);
		break;
	case 'r':
		app->reverse = !app->reverse;
		app_order(app);
		list_choose(app, 0);
		break;
	case 'f':
		app->filter = (enum screen_filter)((app->filter + 1) % SCREEN_FILTERS);
		app_order(app);
		list_choose(app, 0);
		break;
	case '/':
		app->prompt = APP_SEARCHES;
		app->search[0] = '\0';
		app_order(app);
		break;
	case '\n':
	case '\r':
	case CODE(KEY_ENTER):
		if (subject(app))
			open_trial(app, app->chosen);
		break;
	default:
		break;
	}
}

/* The next trial of the list, or the one before. */
static void trial_turn(struct app *app, bool next)
{
	size_t at = app_find(app, app->trial.number);

	if (at == APP_NONE || (next && at + 1 >= app->found_count) || (!next && at == 0))
		return;
	at = next ? at + 1 : at - 1;
	list_choose(app, at);
	open_trial(app, app->chosen);
}

static void trial_key(struct app *app, unsigned key)
{
	if (key_acts(app, key))
		return;
	switch (key) {
	case 'q':
	case ESCAPE:
	case CODE(KEY_LEFT):
	case CODE(KEY_BACKSPACE):
		app->view = APP_SWEEP_VIEW;
		break;
	case 'j':
	case CODE(KEY_DOWN):
	case CODE(KEY_NPAGE):
		trial_turn(app, true);
		break;
	case 'k':
	case CODE(KEY_UP):
	case CODE(KEY_PPAGE):
		trial_turn(app, false);
		break;
	default:
		break;
	}
}

/* --- prompts -------------------------------------------------------------- */

/* POINT behind TEXT as UTF-8; controls are no text. */
static void search_add(char *text, unsigned point)
{
	size_t length = strlen(text);
	char *to = text + length;

	if (point < 32 || point == BACKSPACE || point > 0x10ffff || length + 5 > APP_SEARCH)
		return;
	if (point < 0x80) {
		*to++ = (char)point;
	} else if (point < 0x800) {
		*to++ = (char)(0xc0 | point >> 6);
		*to++ = (char)(0x80 | (point & 0x3f));
	} else if (point < 0x10000) {
		*to++ = (char)(0xe0 | point >> 12);
		*to++ = (char)(0x80 | (point >> 6 & 0x3f));
		*to++ = (char)(0x80 | (point & 0x3f));
	} else {
		*to++ = (char)(0xf0 | point >> 18);
		*to++ = (char)(0x80 | (point >> 12 & 0x3f));
		*to++ = (char)(0x80 | (point >> 6 & 0x3f));
		*to++ = (char)(0x80 | (point & 0x3f));
	}
	*to = '\0';
}

static void search_drop(char *text)
{
	size_t length = strlen(text);

	while (length > 0 && ((unsigned char)text[length - 1] & 0xc0) == 0x80)
		length--;
	text[length ? length - 1 : 0] = '\0';
}

static void search_key(struct app *app, unsigned key)
{
	switch (key) {
	case '\n':
	case '\r':
	case CODE(KEY_ENTER):
		app->prompt = APP_NO_PROMPT;
		break;
	case ESCAPE:
		app->prompt = APP_NO_PROMPT;
		app->search[0] = '\0';
		break;
	case BACKSPACE:
	case ERASE:
	case CODE(KEY_BACKSPACE):
		search_drop(app->search);
		break;
	case ERASE_ALL:
		app->search[0] = '\0';
		break;
	default:
		if (key >= TTY_KEY && trials_move(app, key))
			return;
		if (key < TTY_KEY)
			search_add(app->search, key);
	}
	app_order(app);
	list_choose(app, 0);
}

static void ask_key(struct app *app, unsigned key)
{
	app->prompt = APP_NO_PROMPT;
	if (key == 'y' || key == 'Y')
		app_begin(app, app->order.kind, app->order.number);
	else
		app_say(app, true, "nothing was done");
}

void app_key(struct app *app, unsigned key)
{
	if (app->help) {
		app->help = false;
		return;
	}
	if (app->prompt == APP_ASK) {
		ask_key(app, key);
		return;
	}
	if (app->prompt == APP_SEARCHES) {
		search_key(app, key);
		return;
	}
	app->said[0] = '\0';
	if (key == '?') {
		app->help = true;
		return;
	}
	if (key == REDRAW) {
		clearok(curscr, TRUE);
		return;
	}
	switch (app->view) {
	case APP_SWEEPS_VIEW:
		sweeps_key(app, key);
		break;
	case APP_SWEEP_VIEW:
		sweep_key(app, key);
		break;
	case APP_TRIAL_VIEW:
		trial_key(app, key);
		break;
	}
}
