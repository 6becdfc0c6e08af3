/*
 * Small pictures in text: a curve as one line of blocks, or as dots on a
 * canvas of braille cells, each two dots wide and four high. Without UTF-8 both
 * are made of ASCII.
 */
#ifndef SCREEN_SPARK_H
#define SCREEN_SPARK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * COUNT values in at most WIDTH cells: each is the mean of its stretch, higher
 * is higher, what is not finite leaves a gap. Values that are all the same lie in
 * the middle. OUT has 3 * WIDTH + 1 bytes. Returns the cells.
 */
size_t screen_spark(char *out, const double *values, size_t count, size_t width,
		    bool utf8);

/* What a dot stands for; the greatest of a cell gives it its colour. */
enum screen_ink {
	SCREEN_INK_NONE,
	SCREEN_INK_POINT,
	SCREEN_INK_BAD,
	SCREEN_INK_LINE,
};

struct screen_canvas {
	size_t columns, rows;      /* cells */
	unsigned char *dots, *ink; /* one a cell */
};

/* False when there is no memory; then all others do nothing. */
bool screen_canvas_open(struct screen_canvas *canvas, size_t columns, size_t rows);
void screen_canvas_close(struct screen_canvas *canvas);
/* At X and Y from 0 to 1, from the left and from below; else nothing. */
void screen_canvas_dot(struct screen_canvas *canvas, double x, double y,
		       enum screen_ink ink);
/* From one such point to another, as a step: along, then up or down. */
void screen_canvas_step(struct screen_canvas *canvas, double x, double y,
			double to_x, double to_y, enum screen_ink ink);
/* The cell as text, at most three bytes and a NUL. */
void screen_canvas_cell(const struct screen_canvas *canvas, size_t column,
			size_t row, bool utf8, char text[4]);

/* Least and greatest of the finite ones; false when there is none. */
bool screen_range(const double *values, size_t count, double *low, double *high);

#endif
