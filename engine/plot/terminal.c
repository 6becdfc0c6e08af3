/*
 * Characters: lines and dots of braille, 2 x 4 to a character; axes of box
 * drawing; bars of blocks in eighths; or of ASCII alone. Each character has one
 * colour, that of what was drawn there last.
 *
 * Words stand above all, then axes, then marks that are characters of their own,
 * then braille, then blocks: a number is never crossed by a curve.
 */
#include "plot/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DOTS_X 2
#define DOTS_Y 4
#define PLAIN (-1) /* the terminal's own colour */

enum { AXIS_LEFT = 1,
       AXIS_RIGHT = 2,
       AXIS_UP = 4,
       AXIS_DOWN = 8 };

struct cell {
	uint32_t word;  /* a character of words; 0: none */
	uint32_t above; /* what combines with it; 0: none */
	uint32_t mark;
	unsigned char dots;  /* braille's own bits */
	unsigned char axis;  /* AXIS_* */
	unsigned char block; /* eighths from the left */
	unsigned char shade; /* of blocks where there is no colour: enum hd_paint_color */
	bool taken;          /* the right half of a wide character */
	bool bold;
	short word_color, axis_color, dot_color, block_color;
};

struct terminal {
	struct hd_canvas canvas;
	size_t columns, rows;
	struct cell *cells;
	struct hd_box clip;
};

static struct terminal *terminal_of(struct hd_canvas *canvas)
{
	return (struct terminal *)canvas;
}

/* The one with the dot at X and Y, or NULL outside of all. */
static struct cell *cell_at(struct terminal *terminal, double x, double y)
{
	/* A hair below a whole number is rounding. */
	double column = floor((x + 1e-6) / DOTS_X), row = floor((y + 1e-6) / DOTS_Y);

	if (!(column >= 0 && row >= 0 && column < (double)terminal->columns &&
	      row < (double)terminal->rows))
		return NULL;
	return &terminal->cells[(size_t)row * terminal->columns + (size_t)column];
}

static bool is_clipped(const struct terminal *terminal, double x, double y)
{
	const struct hd_box *clip = &terminal->clip;

	return x < clip->x || y < clip->y || x >= clip->x + clip->width ||
	       y >= clip->y + clip->height;
}

static short color_of(const struct hd_paint *paint)
{
	return (short)hd_paint_xterm(paint);
}

/* --- lines ---------------------------------------------------------------- */

static void dot(struct terminal *terminal, double x, double y, short color)
{
	/* U+2800 counts its dots down the left side, then the right, then below. */
	static const unsigned char bits[DOTS_Y][DOTS_X] = {
		{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 }
	};
	struct cell *cell;

	x = floor(x + 1e-6);
	y = floor(y + 1e-6);
	cell = cell_at(terminal, x, y);
	if (!cell || is_clipped(terminal, x, y))
		return;
	cell->dots |= bits[(size_t)y % DOTS_Y][(size_t)x % DOTS_X];
	cell->dot_color = color;
}

static void dots_between(struct terminal *terminal, struct hd_point from, struct hd_point to,
			 bool dashed, short color)
{
	double steps = ceil(fmax(fabs(to.x - from.x), fabs(to.y - from.y)));

	/* What leaves the picture by far is not walked. */
	if (!(steps < 100000))
		return;
	for (double i = 0; i <= steps; i++) {
		double part = steps > 0 ? i / steps : 0;

		if (!dashed || fmod(i, 4) < 2)
			dot(terminal, from.x + (to.x - from.x) * part,
			    from.y + (to.y - from.y) * part, color);
	}
}

static void axis_add(struct terminal *terminal, double x, double y, unsigned char bits,
		     short color)
{
	struct cell *cell = cell_at(terminal, x, y);

	if (!cell)
		return;
	cell->axis |= bits;
	cell->axis_color = color;
}

/* Level or upright, from the middle of one character to that of another. */
static void axis_between(struct terminal *terminal, struct hd_point from, struct hd_point to,
			 short color)
{
	bool level = fabs(to.x - from.x) > fabs(to.y - from.y);
	double least = level ? fmin(from.x, to.x) : fmin(from.y, to.y);
	double most = level ? fmax(from.x, to.x) : fmax(from.y, to.y);
	double step = level ? DOTS_X : DOTS_Y;

	least = floor((least + 1e-6) / step);
	most = floor((most + 1e-6) / step);
	/* An axis begins at a corner, which the other one makes, and ends anyhow. */
	for (double at = least; at <= most; at++)
		if (level)
			axis_add(terminal, at * step, from.y,
				 (unsigned char)((at == least ? 0 : AXIS_LEFT) | AXIS_RIGHT),
				 color);
		else
			axis_add(terminal, from.x, at * step,
				 (unsigned char)((at == most ? 0 : AXIS_DOWN) | AXIS_UP), color);
}

/* Of a tick only where it leaves its axis is seen. */
static void tick(struct terminal *terminal, struct hd_point from, struct hd_point to,
		 short color)
{
	unsigned char bit = to.x < from.x   ? AXIS_LEFT
			    : to.x > from.x ? AXIS_RIGHT
			    : to.y < from.y ? AXIS_UP
					    : AXIS_DOWN;

	axis_add(terminal, from.x, from.y, bit, color);
}

static void terminal_polyline(struct hd_canvas *canvas, const struct hd_point *points,
			      size_t count, const struct hd_stroke *stroke)
{
	struct terminal *terminal = terminal_of(canvas);
	short color = color_of(&stroke->paint);

	if (stroke->paint.role == HD_PAINT_GRID)
		return;
	for (size_t i = 1; i < count; i++) {
		if (stroke->paint.role == HD_PAINT_AXIS)
			axis_between(terminal, points[i - 1], points[i], color);
		else if (stroke->paint.role == HD_PAINT_TICK)
			tick(terminal, points[i - 1], points[i], color);
		else
			dots_between(terminal, points[i - 1], points[i], stroke->dashed, color);
	}
}

/* --- bars and marks ------------------------------------------------------- */

static void terminal_box(struct hd_canvas *canvas, const struct hd_box *box,
			 const struct hd_paint *paint)
{
	struct terminal *terminal = terminal_of(canvas);
	/* Whatever has a height has a row, whatever has a width an eighth. */
	double top = floor(box->y / DOTS_Y);
	double bottom = fmax(round((box->y + box->height) / DOTS_Y), top + 1);
	double left = round(box->x / DOTS_X * 8) / 8;
	double right = fmax(round((box->x + box->width) / DOTS_X * 8) / 8, left + 0.125);

	if (paint->role == HD_PAINT_GROUND)
		return;
	for (double row = top; row < bottom; row++)
		for (double column = floor(left); column < right; column++) {
			struct cell *cell = cell_at(terminal, column * DOTS_X, row * DOTS_Y);
			double part = fmin(right - column, 1);

			if (!cell || is_clipped(terminal, column * DOTS_X, row * DOTS_Y))
				continue;
			/* A bar that begins within a character fills it. */
			if (part * 8 > cell->block)
				cell->block = (unsigned char)(part * 8);
			cell->block_color = color_of(paint);
			cell->shade = paint->role == HD_PAINT_SERIES ? (unsigned char)paint->index
								     : HD_PAINT_BLUE;
		}
}

static uint32_t mark_of(const struct terminal *terminal, enum hd_shape shape)
{
	/* None of them is wide where East Asian characters are. */
	static const uint32_t marks[HD_SHAPES] = {
		[HD_SHAPE_DOT] = 0,
		[HD_SHAPE_RING] = 0x25e6,
		[HD_SHAPE_CROSS] = 0x2717,
		[HD_SHAPE_TRIANGLE] = 0x25b5,
		[HD_SHAPE_SQUARE] = 0x25ab,
		[HD_SHAPE_DIAMOND] = 0x2b2a,
		[HD_SHAPE_UP] = 0x25b4,
		[HD_SHAPE_DOWN] = 0x25be,
	};
	static const char plain[HD_SHAPES] = {
		[HD_SHAPE_DOT] = 'o',
		[HD_SHAPE_RING] = '+',
		[HD_SHAPE_CROSS] = 'x',
		[HD_SHAPE_TRIANGLE] = '^',
		[HD_SHAPE_SQUARE] = '#',
		[HD_SHAPE_DIAMOND] = '*',
		[HD_SHAPE_UP] = 'A',
		[HD_SHAPE_DOWN] = 'V',
	};

	return terminal->canvas.ascii ? (uint32_t)(unsigned char)plain[shape] : marks[shape];
}

static void terminal_marks(struct hd_canvas *canvas, enum hd_shape shape,
			   const struct hd_point *points, size_t count, double radius,
			   const struct hd_paint *paint)
{
	struct terminal *terminal = terminal_of(canvas);
	uint32_t mark = mark_of(terminal, shape);
	short color = color_of(paint);

	for (size_t i = 0; i < count; i++) {
		struct cell *cell = cell_at(terminal, points[i].x, points[i].y);

		if (!cell || is_clipped(terminal, points[i].x, points[i].y))
			continue;
		if (mark) {
			cell->mark = mark;
			cell->dot_color = color;
			continue;
		}
		dot(terminal, points[i].x, points[i].y, color);
		/* One dot alone is hard to see; among many it says more. */
		if (radius > 1)
			dot(terminal, points[i].x, points[i].y + 1, color);
	}
}

/* --- words ---------------------------------------------------------------- */

static double terminal_width(struct hd_canvas *canvas, const char *text, bool bold)
{
	unsigned columns = 0;
	size_t step;

	(void)canvas;
	(void)bold;
	for (; *text; text += step)
		columns += hd_canvas_columns(hd_canvas_char(text, &step));
	return columns * (double)DOTS_X;
}

/* What a terminal would obey, or what ASCII does not have, is another sign. */
static uint32_t harmless(const struct terminal *terminal, uint32_t point)
{
	if (terminal->canvas.ascii)
		return point < 0x20 || point > 0x7e ? '?' : point;
	if (point < 0x20 || (point >= 0x7f && point < 0xa0) ||
	    (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069) ||
	    (point >= 0x200b && point <= 0x200f))
		return 0xfffd;
	return point;
}

static void put_word(struct terminal *terminal, double *column, double row, uint32_t point,
		     const struct hd_words *words)
{
	unsigned columns = terminal->canvas.ascii ? 1 : hd_canvas_columns(point);
	struct cell *cell = cell_at(terminal, *column * DOTS_X, row * DOTS_Y);
	struct cell *next = columns == 2 ? cell_at(terminal, (*column + 1) * DOTS_X, row * DOTS_Y)
					 : cell;

	if (columns == 0 && *column > 0) {
		cell = cell_at(terminal, (*column - 1) * DOTS_X, row * DOTS_Y);
		if (cell && cell->word)
			cell->above = point;
		return;
	}
	if (cell && next) {
		cell->word = point;
		cell->above = 0;
		cell->bold = words->bold;
		cell->word_color = color_of(&words->paint);
		if (next != cell)
			next->taken = true;
	}
	*column += columns;
}

static void terminal_words(struct hd_canvas *canvas, double x, double y, const char *text,
			   const struct hd_words *words)
{
	struct terminal *terminal = terminal_of(canvas);
	double width = terminal_width(canvas, text, false);
	double start = words->anchor == HD_ANCHOR_START    ? x
		       : words->anchor == HD_ANCHOR_MIDDLE ? x - width / 2
							   : x - width;
	double column = round(start / DOTS_X);
	size_t step;

	/* What is in the middle of something at an end stays in sight. */
	if (words->anchor == HD_ANCHOR_MIDDLE) {
		column = fmin(column, (double)terminal->columns - width / DOTS_X);
		column = fmax(column, 0);
	}
	for (; *text; text += step) {
		uint32_t point = harmless(terminal, hd_canvas_char(text, &step));

		put_word(terminal, &column, floor(y / DOTS_Y), point, words);
	}
}

/* --- the whole ------------------------------------------------------------ */

static void terminal_clip(struct hd_canvas *canvas, const struct hd_box *box)
{
	struct terminal *terminal = terminal_of(canvas);

	terminal->clip = box ? *box : (struct hd_box){ 0, 0, canvas->width, canvas->height };
}

static uint32_t axis_char(const struct terminal *terminal, unsigned char bits)
{
	static const uint32_t boxes[16] = {
		[AXIS_LEFT] = 0x2500,
		[AXIS_RIGHT] = 0x2500,
		[AXIS_LEFT |
			AXIS_RIGHT] = 0x2500,
		[AXIS_UP] = 0x2502,
		[AXIS_DOWN] = 0x2502,
		[AXIS_UP |
			AXIS_DOWN] = 0x2502,
		[AXIS_LEFT |
			AXIS_UP] = 0x2518,
		[AXIS_LEFT |
			AXIS_DOWN] = 0x2510,
		[AXIS_RIGHT |
			AXIS_UP] = 0x2514,
		[AXIS_RIGHT |
			AXIS_DOWN] = 0x250c,
		[AXIS_LEFT | AXIS_UP |
			AXIS_DOWN] = 0x2524,
		[AXIS_RIGHT | AXIS_UP |
			AXIS_DOWN] = 0x251c,
		[AXIS_LEFT | AXIS_RIGHT |
			AXIS_DOWN] = 0x252c,
		[AXIS_LEFT | AXIS_RIGHT |
			AXIS_UP] = 0x2534,
		[15] = 0x253c,
	};

	if (!terminal->canvas.ascii)
		return boxes[bits];
	if (!(bits & (AXIS_UP | AXIS_DOWN)))
		return '-';
	return bits & (AXIS_LEFT | AXIS_RIGHT) ? '+' : '|';
}

/* A line's dots as the sign of ASCII that lies most like them. */
static uint32_t dots_ascii(unsigned char dots)
{
	bool top = dots & 0x09, upper = dots & 0x12, lower = dots & 0x24, bottom = dots & 0xc0;
	unsigned rows = (unsigned)top + upper + lower + bottom;

	if (rows >= 3)
		return '|';
	if (rows == 1)
		return bottom ? '_' : top ? '\''
					  : '-';
	if (top && upper)
		return '\'';
	return lower && bottom ? '.' : ':';
}

static uint32_t block_char(const struct terminal *terminal, const struct cell *cell)
{
	/* What tells bars apart where colours do not. */
	static const char plain[HD_PAINT_COLORS] = {
		[HD_PAINT_BLUE] = '#',
		[HD_PAINT_ORANGE] = '-',
		[HD_PAINT_GREEN] = '=',
		[HD_PAINT_PURPLE] = '~',
		[HD_PAINT_SKY] = '%',
		[HD_PAINT_VERMILLION] = 'x',
		[HD_PAINT_VIOLET] = '+',
		[HD_PAINT_GREY] = '.',
	};
	static const uint32_t shades[HD_PAINT_COLORS] = {
		[HD_PAINT_ORANGE] = 0x2592,
		[HD_PAINT_GREEN] = 0x2593,
		[HD_PAINT_PURPLE] = 0x259a,
		[HD_PAINT_VERMILLION] = 0x2591,
		[HD_PAINT_GREY] = 0x2591,
	};

	if (terminal->canvas.ascii)
		return (uint32_t)(unsigned char)plain[cell->shade];
	if (!terminal->canvas.color && shades[cell->shade])
		return shades[cell->shade];
	/* U+2588 is all of it, and one less of an eighth with each that follows. */
	return 0x2588 + (8u - cell->block);
}

static uint32_t cell_char(const struct terminal *terminal, const struct cell *cell, short *color)
{
	if (cell->word) {
		*color = cell->word_color;
		return cell->word;
	}
	if (cell->mark) {
		*color = cell->dot_color;
		return cell->mark;
	}
	if (cell->axis) {
		*color = cell->axis_color;
		return axis_char(terminal, cell->axis);
	}
	if (cell->dots) {
		*color = cell->dot_color;
		return terminal->canvas.ascii ? dots_ascii(cell->dots) : 0x2800u + cell->dots;
	}
	if (cell->block) {
		*color = cell->block_color;
		return block_char(terminal, cell);
	}
	*color = PLAIN;
	return ' ';
}

static void put_utf8(struct hd_buf *out, uint32_t point)
{
	if (point < 0x80) {
		hd_buf_putc(out, (char)point);
		return;
	}
	if (point < 0x800) {
		hd_buf_putc(out, (char)(0xc0 | point >> 6));
	} else if (point < 0x10000) {
		hd_buf_putc(out, (char)(0xe0 | point >> 12));
		hd_buf_putc(out, (char)(0x80 | (point >> 6 & 0x3f)));
	} else {
		hd_buf_putc(out, (char)(0xf0 | point >> 18));
		hd_buf_putc(out, (char)(0x80 | (point >> 12 & 0x3f)));
		hd_buf_putc(out, (char)(0x80 | (point >> 6 & 0x3f)));
	}
	hd_buf_putc(out, (char)(0x80 | (point & 0x3f)));
}

/* The colour is set where it changes and given back at the end of the row. */
static void put_style(const struct terminal *terminal, struct hd_buf *out, short color, bool bold,
		      short *was_color, bool *was_bold)
{
	if (!terminal->canvas.color || (color == *was_color && bold == *was_bold))
		return;
	hd_buf_puts(out, "\033[0");
	if (bold)
		hd_buf_puts(out, ";1");
	if (color != PLAIN)
		hd_buf_printf(out, ";38;5;%d", color);
	hd_buf_putc(out, 'm');
	*was_color = color;
	*was_bold = bold;
}

static void put_row(const struct terminal *terminal, const struct cell *cells,
		    struct hd_buf *out)
{
	size_t count = terminal->columns;
	short was_color = PLAIN, color;
	bool was_bold = false;

	while (count > 0 && !cells[count - 1].taken &&
	       cell_char(terminal, &cells[count - 1], &color) == ' ')
		count--;
	for (size_t i = 0; i < count; i++) {
		const struct cell *cell = &cells[i];
		uint32_t point = cell_char(terminal, cell, &color);

		if (cell->taken && !cell->word)
			continue;
		if (point != ' ')
			put_style(terminal, out, color, cell->word && cell->bold, &was_color,
				  &was_bold);
		put_utf8(out, point);
		if (cell->word && cell->above)
			put_utf8(out, cell->above);
	}
	put_style(terminal, out, PLAIN, false, &was_color, &was_bold);
	hd_buf_putc(out, '\n');
}

static void terminal_finish(struct hd_canvas *canvas, struct hd_buf *out)
{
	struct terminal *terminal = terminal_of(canvas);

	for (size_t i = 0; i < terminal->rows; i++)
		put_row(terminal, &terminal->cells[i * terminal->columns], out);
}

static void terminal_release(struct hd_canvas *canvas)
{
	free(terminal_of(canvas)->cells);
	free(canvas);
}

static const struct hd_canvas_type terminal_type = {
	.polyline = terminal_polyline,
	.box = terminal_box,
	.marks = terminal_marks,
	.words = terminal_words,
	.width = terminal_width,
	.clip = terminal_clip,
	.finish = terminal_finish,
	.release = terminal_release,
};

struct hd_canvas *hd_terminal_new(size_t columns, size_t rows, bool color, bool ascii)
{
	struct terminal *terminal = calloc(1, sizeof *terminal);

	if (!terminal)
		return NULL;
	terminal->columns = columns;
	terminal->rows = rows;
	terminal->cells = calloc(columns * rows, sizeof *terminal->cells);
	terminal->canvas = (struct hd_canvas){
		.type = &terminal_type,
		.width = (double)columns * DOTS_X,
		.height = (double)rows * DOTS_Y,
		.line = DOTS_Y,
		.pad = DOTS_X,
		.tick = DOTS_X,
		.mark = 1.5,
		.cell = { DOTS_X, DOTS_Y },
		.coarse = true,
		.color = color,
		.ascii = ascii,
	};
	if (!terminal->cells) {
		free(terminal);
		return NULL;
	}
	terminal_clip(&terminal->canvas, NULL);
	return &terminal->canvas;
}
