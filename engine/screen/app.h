/*
 * The screen as a whole: what is shown, what is chosen, what is being asked.
 * Keys change it (keys.c), views draw it, watch.c turns it.
 */
#ifndef SCREEN_APP_H
#define SCREEN_APP_H

#include "screen/act.h"
#include "screen/layout.h"
#include "screen/model.h"
#include "screen/order.h"
#include "screen/trial.h"

/* Of sweeps, in the list of them. */
#define APP_SWEEPS 200
#define APP_SEARCH 64
#define APP_NONE SIZE_MAX

enum app_view {
	APP_SWEEPS_VIEW,
	APP_SWEEP_VIEW,
	APP_TRIAL_VIEW,
};

enum app_prompt {
	APP_NO_PROMPT,
	APP_ASK,      /* y or n, about order */
	APP_SEARCHES, /* text is typed */
};

struct app {
	struct model model;
	struct act act;
	struct trial trial; /* of APP_TRIAL_VIEW */
	enum app_view view;
	bool help;
	bool over; /* to be left */

	/* The list of sweeps. */
	struct hd_live_list *list; /* NULL until it is shown */
	uint64_t list_seq;
	struct model_sweep *sweeps; /* APP_SWEEPS of them */
	size_t sweep_count, sweep_at, sweep_top;

	/* The trials of a sweep: indices as model_at has them, in order. */
	enum screen_sort sort;
	enum screen_filter filter;
	bool reverse;
	char search[APP_SEARCH];
	size_t *found;
	size_t found_count, found_room;
	size_t top;
	size_t chosen;   /* number of a trial, APP_NONE before any */
	size_t place;    /* where it stood in the list, should it go from there */
	bool in_running; /* it is chosen among the running ones */
	size_t running_top;

	enum app_prompt prompt;
	struct act_order order;
	char question[320];
	size_t wanted; /* at a time, 0: as it is */

	char said[HD_ERROR_TEXT + 512]; /* what became of an action */
	bool said_well;
	int64_t said_until; /* on the steady clock */

	/* What the last picture had room for, for keys that turn pages. */
	size_t list_rows, running_rows;
};

/* WORD names a sweep; "" is the latest, or a list when several run. */
int app_open(struct app *app, const char *path, const char *word, struct hd_error *err);
void app_close(struct app *app);
/* Take in what changed; whether there is anything to draw. */
bool app_look(struct app *app);
void app_draw(struct app *app);
/* A key as tty_key gives it. */
void app_key(struct app *app, unsigned key);
/* An action is done. */
void app_done(struct app *app);
/* Something changes while nothing does: elapsed times, a message that fades. */
bool app_ticks(const struct app *app);

/* --- for the files of the screen ------------------------------------------ */

void app_say(struct app *app, bool well, const char *text);
bool app_begin(struct app *app, enum act_kind kind, size_t number);
/* The list anew: another order, or other trials. */
void app_order(struct app *app);
/* Trials that run, by number, at most MOST; how many there are at all. */
size_t app_running(const struct app *app, const struct hd_live_trial **trials, size_t most);
int app_show_sweep(struct app *app, int64_t sweep, struct hd_error *err);
int app_show_sweeps(struct app *app, struct hd_error *err);
/* Where TRIAL stands in the list, APP_NONE when it does not. */
size_t app_find(const struct app *app, size_t number);
/* What the last line says: a question, what was said, else HINTS. */
void app_foot(const struct app *app, size_t y, size_t columns, const char *hints);
void view_sweeps_draw(struct app *app);
void view_sweep_draw(struct app *app);
void view_trial_draw(struct app *app);
void view_help_draw(void);

#endif
