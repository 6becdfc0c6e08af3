#define _XOPEN_SOURCE 700
#define _XOPEN_SOURCE_EXTENDED 1

#include "screen/draw.h"

#include "screen/order.h"
#include "screen/text.h"
#include "screen/tty.h"

#include <curses.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct {
	bool chosen;
	bool cursor;
	size_t cursor_y, cursor_x;
} draw;

/* Colours by what a terminal has: 8, or 256 of them. Never alone: words say it too. */
static const struct {
	short plain, rich; /* -1: the terminal's own */
	attr_t with, without;
} draw_looks[DRAW_STYLES] = {
	[DRAW_PLAIN] = { -1, -1, A_NORMAL, A_NORMAL },
	[DRAW_DIM] = { -1, 245, A_NORMAL, A_NORMAL },
	[DRAW_STRONG] = { -1, -1, A_BOLD, A_BOLD },
	[DRAW_TITLE] = { COLOR_WHITE, 231, A_BOLD, A_REVERSE },
	[DRAW_HEAD] = { COLOR_CYAN, 74, A_NORMAL, A_NORMAL },
	[DRAW_GOOD] = { COLOR_GREEN, 71, A_NORMAL, A_NORMAL },
	[DRAW_LIVE] = { COLOR_YELLOW, 179, A_NORMAL, A_NORMAL },
	[DRAW_BAD] = { COLOR_RED, 167, A_NORMAL, A_BOLD },
	[DRAW_STOP] = { COLOR_BLUE, 68, A_NORMAL, A_NORMAL },
	[DRAW_PAUSE] = { COLOR_MAGENTA, 139, A_NORMAL, A_NORMAL },
	[DRAW_BEST] = { COLOR_GREEN, 114, A_BOLD, A_BOLD },
	[DRAW_CURVE] = { COLOR_CYAN, 80, A_NORMAL, A_NORMAL },
};
#define TITLE_GROUND 24

static const char *const draw_signs[DRAW_SIGNS][2] = {
	[DRAW_SIGN_DONE] = { "\xe2\x96\x88", "#" },
	[DRAW_SIGN_FAILED] = { "\xe2\x95\xb3", "x" },
	[DRAW_SIGN_STOPPED] = { "\xe2\x96\x93", "-" },
	[DRAW_SIGN_RUNNING] = { "\xe2\x96\x92", ">" },
	[DRAW_SIGN_LEFT] = { "\xc2\xb7", "." },
	[DRAW_SIGN_RULE] = { "\xe2\x94\x80", "-" },
	[DRAW_SIGN_DOT] = { "\xc2\xb7", "-" },
	[DRAW_SIGN_UP] = { "\xe2\x96\xb2", "^" },
	[DRAW_SIGN_DOWN] = { "\xe2\x96\xbc", "v" },
	[DRAW_SIGN_BEST] = { "\xe2\x98\x85", "*" },
};

void draw_open(void)
{
	bool rich = tty_has_color() && COLORS >= 256;

	for (short i = 1; tty_has_color() && i < DRAW_STYLES; i++)
		init_pair(i, rich ? draw_looks[i].rich : draw_looks[i].plain,
			  (short)(i != DRAW_TITLE ? -1 : rich ? TITLE_GROUND
							      : COLOR_BLUE));
}

static void draw_set(enum draw_style style)
{
	attr_t attributes = tty_has_color() ? draw_looks[style].with : draw_looks[style].without;

	if (draw.chosen)
		attributes |= A_REVERSE;
	attr_set(attributes, tty_has_color() ? (short)style : 0, NULL);
}

void draw_begin(void)
{
	attr_set(A_NORMAL, 0, NULL);
	erase();
	draw.chosen = draw.cursor = false;
}

void draw_end(void)
{
	curs_set(draw.cursor);
	if (draw.cursor)
		move((int)draw.cursor_y, (int)draw.cursor_x);
	refresh();
}

void draw_chosen(bool chosen)
{
	draw.chosen = chosen;
}

void draw_cursor(size_t y, size_t x, bool seen)
{
	draw.cursor = seen;
	draw.cursor_y = y;
	draw.cursor_x = x;
}

size_t draw_text(size_t y, size_t x, size_t columns, enum draw_style style, const char *text)
{
	char line[SCREEN_LINE];
	size_t used = screen_fit(line, sizeof line, text, strlen(text), columns, tty_is_utf8());

	draw_set(style);
	mvaddstr((int)y, (int)x, line);
	return used;
}

void draw_right(size_t y, size_t x, size_t columns, enum draw_style style, const char *text)
{
	char line[SCREEN_LINE];
	size_t used = screen_fit(line, sizeof line, text, strlen(text), columns, tty_is_utf8());

	draw_set(style);
	mvaddstr((int)y, (int)(x + columns - used), line);
}

size_t draw_printf(size_t y, size_t x, size_t columns, enum draw_style style,
		   const char *fmt, ...)
{
	char text[SCREEN_LINE];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof text, fmt, args);
	va_end(args);
	return draw_text(y, x, columns, style, text);
}

void draw_sign(size_t y, size_t x, size_t count, enum draw_style style, const char *text)
{
	draw_set(style);
	move((int)y, (int)x);
	while (count-- > 0)
		addstr(text);
}

const char *draw_sign_of(enum draw_sign sign)
{
	return draw_signs[sign][!tty_is_utf8()];
}

void draw_blank(size_t y, size_t x, size_t columns)
{
	draw_sign(y, x, columns, DRAW_PLAIN, " ");
}

void draw_heading(size_t y, size_t x, size_t columns, const char *title, const char *hint)
{
	size_t used;

	draw_sign(y, x, columns, DRAW_DIM, draw_sign_of(DRAW_SIGN_RULE));
	if (columns < 8)
		return;
	used = draw_printf(y, x + 1, columns - 2, DRAW_HEAD, " %s ", title);
	if (*hint && used + screen_columns(hint, tty_is_utf8()) + 6 < columns) {
		char text[SCREEN_LINE];

		snprintf(text, sizeof text, " %s ", hint);
		draw_right(y, x + used + 1, columns - used - 2, DRAW_DIM, text);
	}
}

void draw_spark(size_t y, size_t x, size_t columns, enum draw_style style,
		const double *values, size_t count)
{
	char text[SCREEN_LINE];

	if (3 * columns >= sizeof text)
		columns = sizeof text / 3 - 1;
	screen_spark(text, values, count, columns, tty_is_utf8());
	draw_set(style);
	mvaddstr((int)y, (int)x, text);
}

void draw_canvas(size_t y, size_t x, const struct screen_canvas *canvas)
{
	static const enum draw_style styles[] = {
		[SCREEN_INK_NONE] = DRAW_PLAIN,
		[SCREEN_INK_POINT] = DRAW_CURVE,
		[SCREEN_INK_BAD] = DRAW_BAD,
		[SCREEN_INK_LINE] = DRAW_BEST,
	};

	for (size_t row = 0; row < canvas->rows; row++)
		for (size_t column = 0; column < canvas->columns; column++) {
			enum screen_ink ink = canvas->ink[row * canvas->columns + column];
			char text[4];

			screen_canvas_cell(canvas, column, row, tty_is_utf8(), text);
			if (*text == ' ')
				continue;
			draw_set(styles[ink]);
			mvaddstr((int)(y + row), (int)(x + column), text);
		}
}

const char *draw_state_name(const struct hd_live_trial *trial)
{
	switch ((enum hd_trial_state)trial->state) {
	case HD_TRIAL_QUEUED:
		return "queued";
	case HD_TRIAL_STARTING:
		return "starting";
	case HD_TRIAL_RUNNING:
		return "running";
	case HD_TRIAL_STOPPING:
		return "stopping";
	case HD_TRIAL_COMPLETED:
		return "completed";
	case HD_TRIAL_FAILED:
		return "failed";
	case HD_TRIAL_CANCELED:
		return screen_is_paused(trial) ? "paused" : "stopped";
	}
	return "?";
}

enum draw_style draw_state_style(const struct hd_live_trial *trial)
{
	switch ((enum hd_trial_state)trial->state) {
	case HD_TRIAL_QUEUED:
		return DRAW_DIM;
	case HD_TRIAL_STARTING:
	case HD_TRIAL_RUNNING:
	case HD_TRIAL_STOPPING:
		return DRAW_LIVE;
	case HD_TRIAL_COMPLETED:
		return DRAW_GOOD;
	case HD_TRIAL_FAILED:
		return DRAW_BAD;
	case HD_TRIAL_CANCELED:
		return screen_is_paused(trial) ? DRAW_PAUSE : DRAW_STOP;
	}
	return DRAW_PLAIN;
}
