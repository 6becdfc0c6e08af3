#include "screen/layout.h"

#include <string.h>

/* From here on the picture stands beside the running trials. */
#define WIDE 120
#define LIST_LEAST 4 /* two rows, a heading and the names of the columns */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* ROWS of the whole width at *Y. */
static struct screen_box take(size_t *y, size_t rows, size_t columns)
{
	struct screen_box box = { .y = *y, .rows = rows, .columns = columns };

	*y += rows;
	return box;
}

/* How many rows a part with a heading takes of the ROOM there is. */
static size_t with_heading(size_t wanted, size_t most, size_t room)
{
	size_t rows = wanted ? 1 + least(wanted, most) : 0;

	return room < 2 || rows < 2 ? 0 : least(rows, room);
}

/* The picture on the left, what runs on the right, in one band. */
static void lay_wide(struct screen_layout *layout, size_t *y, size_t room,
		     size_t columns, const struct screen_content *content)
{
	size_t half = columns / 2;
	size_t rows = least(room, room / 4 + 4);
	size_t failures = with_heading(content->failures, 1 + room / 12, room - rows);

	if (content->running == 0) {
		layout->history = take(y, rows, columns);
	} else {
		layout->history = take(y, rows, half - 1);
		layout->running = (struct screen_box){ .y = layout->history.y,
						       .x = half + 1,
						       .rows = rows,
						       .columns = columns - half - 1 };
	}
	layout->failures = take(y, failures, columns);
}

static void lay_narrow(struct screen_layout *layout, size_t *y, size_t room,
		       size_t columns, const struct screen_content *content)
{
	size_t running, failures, picture = 1;

	if (room == 0)
		return;
	room--;
	running = with_heading(content->running, 2 + room / 6, room);
	failures = with_heading(content->failures, 1 + room / 16, room - running);
	/* What is left to spare makes the line a picture. */
	room -= running + failures;
	if (room >= 10)
		picture += least(room / 3, 8);
	layout->history = take(y, picture, columns);
	layout->running = take(y, running, columns);
	layout->failures = take(y, failures, columns);
}

void screen_lay(struct screen_layout *layout, size_t lines, size_t columns,
		const struct screen_content *content)
{
	size_t y = 0, room;

	memset(layout, 0, sizeof *layout);
	layout->too_small = lines < SCREEN_LINES_LEAST || columns < SCREEN_COLUMNS_LEAST;
	if (layout->too_small)
		return;
	layout->title = take(&y, 1, columns);
	layout->bar = take(&y, 1, columns);
	layout->best = take(&y, 1, columns);
	if (content->waits)
		layout->waits = take(&y, 1, columns);
	/* Between those and the foot. */
	room = lines - 1 - y;
	room = room > LIST_LEAST ? room - LIST_LEAST : 0;
	if (columns >= WIDE && room >= 8)
		lay_wide(layout, &y, room, columns, content);
	else
		lay_narrow(layout, &y, room, columns, content);
	layout->list = take(&y, lines - 1 - y, columns);
	layout->foot = take(&y, 1, columns);
}
