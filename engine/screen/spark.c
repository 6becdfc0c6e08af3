#include "screen/spark.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVELS 8

static const char *const spark_blocks[LEVELS] = {
	"\xe2\x96\x81", "\xe2\x96\x82", "\xe2\x96\x83", "\xe2\x96\x84",
	"\xe2\x96\x85", "\xe2\x96\x86", "\xe2\x96\x87", "\xe2\x96\x88"
};
static const char *const spark_ascii[LEVELS] = { "_", ".", ":", "-", "=", "+", "*", "#" };

bool screen_range(const double *values, size_t count, double *low, double *high)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (!isfinite(values[i]))
			continue;
		*low = any ? fmin(*low, values[i]) : values[i];
		*high = any ? fmax(*high, values[i]) : values[i];
		any = true;
	}
	return any;
}

/* The mean of the finite ones, NAN for none. */
static double spark_mean(const double *values, size_t count)
{
	double sum = 0;
	size_t finite = 0;

	for (size_t i = 0; i < count; i++) {
		if (!isfinite(values[i]))
			continue;
		sum += (values[i] - sum) / (double)++finite;
	}
	return finite ? sum : NAN;
}

static double spark_cell(const double *values, size_t count, size_t width, size_t cell)
{
	size_t from = cell * count / width, to = (cell + 1) * count / width;

	return spark_mean(values + from, to > from ? to - from : 1);
}

/* Halves, as a difference of two finite numbers may be none. */
static double spark_share(double value, double low, double high)
{
	double span = high / 2 - low / 2;

	return span > 0 ? fmin(fmax((value / 2 - low / 2) / span, 0), 1) : 0.5;
}

size_t screen_spark(char *out, const double *values, size_t count, size_t width,
		    bool utf8)
{
	const char *const *levels = utf8 ? spark_blocks : spark_ascii;
	size_t cells = count < width ? count : width;
	double low = 0, high = 0;
	bool any = false;

	out[0] = '\0';
	for (size_t i = 0; i < cells; i++) {
		double cell = spark_cell(values, count, cells, i);

		if (isnan(cell))
			continue;
		low = any ? fmin(low, cell) : cell;
		high = any ? fmax(high, cell) : cell;
		any = true;
	}
	for (size_t i = 0; i < cells; i++) {
		double cell = spark_cell(values, count, cells, i);
		const char *text = " ";

		if (!isnan(cell))
			text = levels[(size_t)(spark_share(cell, low, high) * (LEVELS - 1) + 0.5)];
		strcpy(out, text);
		out += strlen(text);
	}
	return cells;
}

/* --- dots ----------------------------------------------------------------- */

bool screen_canvas_open(struct screen_canvas *canvas, size_t columns, size_t rows)
{
	*canvas = (struct screen_canvas){ .columns = columns, .rows = rows };
	canvas->dots = calloc(columns * rows + 1, 1);
	canvas->ink = calloc(columns * rows + 1, 1);
	if (canvas->dots && canvas->ink)
		return true;
	screen_canvas_close(canvas);
	return false;
}

void screen_canvas_close(struct screen_canvas *canvas)
{
	free(canvas->dots);
	free(canvas->ink);
	*canvas = (struct screen_canvas){ 0 };
}

/* Bits of a braille cell by row and column, as Unicode has them. */
static const unsigned char braille[4][2] = {
	{ 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 }
};

/* Of dots, from above. */
static void canvas_set(struct screen_canvas *canvas, size_t x, size_t y,
		       enum screen_ink ink)
{
	size_t cell = y / 4 * canvas->columns + x / 2;

	canvas->dots[cell] |= braille[y % 4][x % 2];
	if (canvas->ink[cell] < ink)
		canvas->ink[cell] = (unsigned char)ink;
}

static bool canvas_place(const struct screen_canvas *canvas, double x, double y,
			 size_t *column, size_t *row)
{
	if (!canvas->dots || canvas->columns == 0 || canvas->rows == 0 ||
	    !(x >= 0 && x <= 1 && y >= 0 && y <= 1))
		return false;
	*column = (size_t)(x * (double)(2 * canvas->columns - 1) + 0.5);
	*row = (size_t)((1 - y) * (double)(4 * canvas->rows - 1) + 0.5);
	return true;
}

void screen_canvas_dot(struct screen_canvas *canvas, double x, double y,
		       enum screen_ink ink)
{
	size_t column, row;

	if (canvas_place(canvas, x, y, &column, &row))
		canvas_set(canvas, column, row, ink);
}

void screen_canvas_step(struct screen_canvas *canvas, double x, double y,
			double to_x, double to_y, enum screen_ink ink)
{
	size_t from[2], to[2];

	if (!canvas_place(canvas, x, y, &from[0], &from[1]) ||
	    !canvas_place(canvas, to_x, to_y, &to[0], &to[1]))
		return;
	for (size_t i = from[0]; i <= to[0]; i++)
		canvas_set(canvas, i, from[1], ink);
	for (size_t i = from[1]; i < to[1]; i++)
		canvas_set(canvas, to[0], i, ink);
	for (size_t i = from[1]; i > to[1]; i--)
		canvas_set(canvas, to[0], i, ink);
	canvas_set(canvas, to[0], to[1], ink);
}

void screen_canvas_cell(const struct screen_canvas *canvas, size_t column,
			size_t row, bool utf8, char text[4])
{
	size_t cell = row * canvas->columns + column;
	unsigned dots = canvas->dots ? canvas->dots[cell] : 0;
	/* The upper and the lower two rows of dots. */
	bool above = dots & 0x1b, below = dots & 0xe4;

	if (dots == 0) {
		strcpy(text, " ");
	} else if (!utf8) {
		strcpy(text, canvas->ink[cell] == SCREEN_INK_LINE
				     ? (above && below ? "|" : above ? "\""
								     : "_")
			     : above && below ? ":"
			     : above          ? "'"
					      : ".");
	} else {
		text[0] = (char)0xe2;
		text[1] = (char)(0xa0 | dots >> 6);
		text[2] = (char)(0x80 | (dots & 0x3f));
		text[3] = '\0';
	}
}
