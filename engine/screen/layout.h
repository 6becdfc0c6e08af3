/*
 * Where the parts of a sweep's screen stand, by the size of the terminal and
 * by what there is to show. Pure.
 *
 * The list always has two rows at least; what there is no room for is left
 * out: first the picture becomes a line, then failures go, then the running.
 */
#ifndef SCREEN_LAYOUT_H
#define SCREEN_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#define SCREEN_LINES_LEAST 10
#define SCREEN_COLUMNS_LEAST 40

/* A part of the screen; without rows it is not shown. */
struct screen_box {
	size_t y, x, rows, columns;
};

struct screen_content {
	size_t running;  /* trials */
	size_t failures; /* to be told */
	bool waits;      /* there is a line to say why */
};

struct screen_layout {
	bool too_small;
	struct screen_box title, bar, best, waits;
	struct screen_box history;  /* of one row: a line, of more: a picture */
	struct screen_box running;  /* with its heading */
	struct screen_box failures; /* with its heading */
	struct screen_box list;     /* with its heading */
	struct screen_box foot;
};

void screen_lay(struct screen_layout *layout, size_t lines, size_t columns,
		const struct screen_content *content);

#endif
