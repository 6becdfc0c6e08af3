/*
 * What pictures have around what they show: a title, a legend, axes. Room is
 * handed down: a function draws along the top of a box and gives back the rest.
 */
#ifndef HD_PLOT_FRAME_H
#define HD_PLOT_FRAME_H

#include "plot/canvas.h"
#include "plot/scale.h"

/* One of a legend. */
struct hd_legend {
	enum hd_shape shape;
	bool is_line; /* a piece of a line instead */
	bool is_box;  /* a piece of a bar */
	struct hd_paint paint;
	const char *text;
};

/* TITLE in bold, ABOUT beneath it; what is left below them. */
struct hd_box hd_frame_head(struct hd_canvas *canvas, const char *title, const char *about);
/* As many lines as they need, but never more than two. */
struct hd_box hd_frame_legend(struct hd_canvas *canvas, struct hd_box box,
			      const struct hd_legend *items, size_t count);
/*
 * What the ramp means, from FIRST, near the ground, to LAST, which stands out.
 * A canvas without colours has no ramp.
 */
struct hd_box hd_frame_ramp(struct hd_canvas *canvas, struct hd_box box, const char *what,
			    const char *first, const char *last);

struct hd_frame {
	struct hd_scale x, y;          /* their places are set here */
	const char *x_label, *y_label; /* "" for none */
	bool x_grid;
	struct hd_box area; /* within the axes: set here */
};

/* Axes into BOX: they, the ticks and the labels fill it, the area is the rest. */
void hd_frame_axes(struct hd_canvas *canvas, struct hd_box box, struct hd_frame *frame);

/* A tick's words: of a category its whole name, borrowed from TICK or SCALE. */
const char *hd_frame_tick_text(const struct hd_scale *scale, const struct hd_tick *tick);
/* The widest of a scale's ticks, at most MOST of them. */
double hd_frame_ticks_width(struct hd_canvas *canvas, const struct hd_scale *scale,
			    size_t most);
/* How many ticks of SCALE there is room for along LENGTH from top to bottom. */
size_t hd_frame_ticks_most(const struct hd_canvas *canvas, const struct hd_scale *scale,
			   double length);
/* "in words" on one line, at BOX's middle: instead of a picture. */
void hd_frame_nothing(struct hd_canvas *canvas, struct hd_box box, const char *words);

/* The lines that frames are made of. */
struct hd_stroke hd_stroke(enum hd_paint_role role, double width);

#endif
