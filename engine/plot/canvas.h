/*
 * What pictures are drawn on: lines, boxes, marks and words, with one vtable for
 * each place where they end up (svg.c, terminal.c, png.c).
 *
 * x grows to the right and y downwards, from 0 to the width and height; what the
 * unit is, the canvas knows: a pixel, or in a terminal one of the 2 x 4 dots of
 * a character. A picture asks for the sizes below and so fits both.
 *
 * Drawing cannot fail: a lack of memory is remembered, hd_canvas_finish tells.
 * Strings are borrowed for the call and may hold anything.
 */
#ifndef HD_PLOT_CANVAS_H
#define HD_PLOT_CANVAS_H

#include <hdrive/error.h>

#include "base/buf.h"
#include "plot/paint.h"

struct hd_point {
	double x, y;
};

struct hd_box {
	double x, y, width, height;
};

enum hd_anchor {
	HD_ANCHOR_START, /* the words begin at x */
	HD_ANCHOR_MIDDLE,
	HD_ANCHOR_END,
};

/* One a state of trials; the shape tells them apart where there is no colour. */
enum hd_shape {
	HD_SHAPE_DOT,
	HD_SHAPE_RING,
	HD_SHAPE_CROSS,
	HD_SHAPE_TRIANGLE,
	HD_SHAPE_SQUARE,
	HD_SHAPE_DIAMOND,
	HD_SHAPE_UP, /* lies further up than the picture goes */
	HD_SHAPE_DOWN,
};
#define HD_SHAPES 8

struct hd_stroke {
	struct hd_paint paint;
	double width; /* in units of the canvas's own thin line */
	bool dashed;
};

struct hd_words {
	enum hd_anchor anchor;
	struct hd_paint paint;
	bool bold;
	bool halo; /* what is behind them is held off */
};

struct hd_canvas;

struct hd_canvas_type {
	void (*polyline)(struct hd_canvas *canvas, const struct hd_point *points, size_t count,
			 const struct hd_stroke *stroke);
	void (*box)(struct hd_canvas *canvas, const struct hd_box *box,
		    const struct hd_paint *paint);
	/* Marks of one shape and paint around their points. */
	void (*marks)(struct hd_canvas *canvas, enum hd_shape shape,
		      const struct hd_point *points, size_t count, double radius,
		      const struct hd_paint *paint);
	/* Y is the middle of the line. */
	void (*words)(struct hd_canvas *canvas, double x, double y, const char *text,
		      const struct hd_words *words);
	double (*width)(struct hd_canvas *canvas, const char *text, bool bold);
	/* Until the next call nothing is drawn outside BOX; NULL: everywhere. */
	void (*clip)(struct hd_canvas *canvas, const struct hd_box *box);
	/* The picture's bytes, behind what is in OUT. */
	void (*finish)(struct hd_canvas *canvas, struct hd_buf *out);
	void (*release)(struct hd_canvas *canvas);
};

struct hd_canvas {
	const struct hd_canvas_type *type;
	double width, height;
	double line;          /* height of a line of words */
	double pad;           /* between things that do not belong together */
	double tick;          /* length of a tick */
	double mark;          /* radius of a usual mark */
	struct hd_point cell; /* sizes that boxes are multiples of */
	bool coarse;          /* made of characters */
	bool dark;
	bool color;
	bool ascii;
	bool failed; /* no memory */
};

/* Both NULL when there is no memory. TITLE and ABOUT are read to who cannot see. */
struct hd_canvas *hd_svg_new(double width, double height, bool dark, const char *title,
			     const char *about);
/* COLUMNS and ROWS of characters. */
struct hd_canvas *hd_terminal_new(size_t columns, size_t rows, bool color, bool ascii);
void hd_canvas_free(struct hd_canvas *canvas);

/* The picture behind what is in OUT; HD_ENOMEM or 0. */
int hd_canvas_finish(struct hd_canvas *canvas, struct hd_buf *out, struct hd_error *err);

void hd_canvas_line(struct hd_canvas *canvas, double x1, double y1, double x2, double y2,
		    const struct hd_stroke *stroke);
/* Pieces between points that are NaN are lines of their own. */
void hd_canvas_polyline(struct hd_canvas *canvas, const struct hd_point *points,
			size_t count, const struct hd_stroke *stroke);
void hd_canvas_box(struct hd_canvas *canvas, struct hd_box box, struct hd_paint paint);
void hd_canvas_mark(struct hd_canvas *canvas, enum hd_shape shape, double x, double y,
		    struct hd_paint paint);
/*
 * Marks of one kind. Of those that lie so near to each other that nobody could
 * tell them apart one is drawn, so that a picture's size has an end.
 */
void hd_canvas_marks(struct hd_canvas *canvas, enum hd_shape shape,
		     const struct hd_point *points, size_t count, double radius,
		     struct hd_paint paint);
/* What that leaves out, before they are drawn in several goes: its x is NaN. */
void hd_canvas_thin(struct hd_canvas *canvas, struct hd_point *points, size_t count,
		    double radius);
void hd_canvas_words(struct hd_canvas *canvas, double x, double y, const char *text,
		     enum hd_anchor anchor, enum hd_paint_role role);
/* A title, cut to ROOM as below. */
void hd_canvas_bold(struct hd_canvas *canvas, double x, double y, double room,
		    const char *text);
/* Upon what is drawn already. */
void hd_canvas_halo(struct hd_canvas *canvas, double x, double y, double room, const char *text,
		    enum hd_anchor anchor, enum hd_paint_role role);
/* The same, cut to ROOM with "..." at its end; what is drawn is no wider. */
void hd_canvas_fit(struct hd_canvas *canvas, double x, double y, double room,
		   const char *text, enum hd_anchor anchor, enum hd_paint_role role);
double hd_canvas_text_width(struct hd_canvas *canvas, const char *text);
void hd_canvas_clip(struct hd_canvas *canvas, const struct hd_box *box);

/* BOX with its corners on the canvas's cells. */
struct hd_box hd_canvas_snap(const struct hd_canvas *canvas, struct hd_box box);

/* The character at TEXT, U+FFFD for what is none; *STEP its bytes, at least 1. */
uint32_t hd_canvas_char(const char *text, size_t *step);
/* Columns a character takes in a terminal: 0, 1 or 2. */
unsigned hd_canvas_columns(uint32_t character);
/*
 * Whether LETTER is written from right to left and the next thing in TEXT behind it
 * is a number, which who draws lines of Unicode would put on the letter's left.
 */
bool hd_canvas_draws_number(uint32_t letter, const char *text);

#endif
