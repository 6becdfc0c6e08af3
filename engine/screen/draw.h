/*
 * Drawing: text in a style at a place, cut to its room. Text from outside is
 * made harmless on the way (text.h), so that nothing else has to think of it.
 */
#ifndef SCREEN_DRAW_H
#define SCREEN_DRAW_H

#include <hdrive/api.h>

#include <stdbool.h>
#include <stddef.h>

#include "live/live.h"
#include "screen/spark.h"

/* What a piece means; how that looks is decided in draw.c. */
enum draw_style {
	DRAW_PLAIN,
	DRAW_DIM,
	DRAW_STRONG,
	DRAW_TITLE,
	DRAW_HEAD,
	DRAW_GOOD,  /* completed */
	DRAW_LIVE,  /* running */
	DRAW_BAD,   /* failed */
	DRAW_STOP,  /* stopped early */
	DRAW_PAUSE, /* paused, held */
	DRAW_BEST,
	DRAW_CURVE,
};
#define DRAW_STYLES 12

/* Signs that differ by what the terminal knows. */
enum draw_sign {
	DRAW_SIGN_DONE, /* of the bar, by what became of them */
	DRAW_SIGN_FAILED,
	DRAW_SIGN_STOPPED,
	DRAW_SIGN_RUNNING,
	DRAW_SIGN_LEFT,
	DRAW_SIGN_RULE,
	DRAW_SIGN_DOT, /* between facts */
	DRAW_SIGN_UP,
	DRAW_SIGN_DOWN,
	DRAW_SIGN_BEST,
};
#define DRAW_SIGNS 10

void draw_open(void);
/* Empty the picture, and show what was drawn since. */
void draw_begin(void);
void draw_end(void);
/* What is drawn from now on stands on the row that is chosen. */
void draw_chosen(bool chosen);

/* TEXT from outside in at most COLUMNS columns; returns how many it took. */
size_t draw_text(size_t y, size_t x, size_t columns, enum draw_style style, const char *text);
/* The same, ending at the column X + COLUMNS. */
void draw_right(size_t y, size_t x, size_t columns, enum draw_style style, const char *text);
size_t draw_printf(size_t y, size_t x, size_t columns, enum draw_style style,
		   const char *fmt, ...) HD_PRINTF(5, 6);
/* Our own, which may hold blocks and braille: COUNT times TEXT, of one column. */
void draw_sign(size_t y, size_t x, size_t count, enum draw_style style, const char *text);
const char *draw_sign_of(enum draw_sign sign);
/* COLUMNS blanks, which a chosen row shows. */
void draw_blank(size_t y, size_t x, size_t columns);
/* "-- Running 4 ------------ hint --" */
void draw_heading(size_t y, size_t x, size_t columns, const char *title, const char *hint);
void draw_spark(size_t y, size_t x, size_t columns, enum draw_style style,
		const double *values, size_t count);
void draw_canvas(size_t y, size_t x, const struct screen_canvas *canvas);
/* Where the cursor stands, to be typed at. */
void draw_cursor(size_t y, size_t x, bool seen);

/* How a trial's state is called and coloured: "paused" for what was set aside. */
const char *draw_state_name(const struct hd_live_trial *trial);
enum draw_style draw_state_style(const struct hd_live_trial *trial);

#endif
