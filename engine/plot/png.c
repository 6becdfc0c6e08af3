#include "plot/png.h"

#include <cairo.h>
#include <fontconfig/fontconfig.h>

#include <math.h>
#include <stdlib.h>

#define FONT "DejaVu Sans"
#define FONT_SIZE 12.0
#define TITLE_SIZE 15.0
#define TURN 6.283185307179586

struct png {
	struct hd_canvas canvas;
	cairo_surface_t *surface;
	cairo_t *cairo;
	bool clipped;
};

static struct png *png_of(struct hd_canvas *canvas)
{
	return (struct png *)canvas;
}

static void set_paint(struct png *png, const struct hd_paint *paint)
{
	uint32_t rgb = hd_paint_rgb(paint, png->canvas.dark);
	double alpha = paint->alpha > 0 ? paint->alpha : 1;

	cairo_set_source_rgba(png->cairo, (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0,
			      (rgb & 0xff) / 255.0, alpha);
}

/* --- lines, boxes, marks -------------------------------------------------- */

static void png_polyline(struct hd_canvas *canvas, const struct hd_point *points, size_t count,
			 const struct hd_stroke *stroke)
{
	static const double dashes[] = { 4, 3 };
	cairo_t *cairo = png_of(canvas)->cairo;
	/* Thin straight lines are sharp in the middle of a pixel. */
	bool sharp = stroke->paint.role == HD_PAINT_AXIS || stroke->paint.role == HD_PAINT_GRID ||
		     stroke->paint.role == HD_PAINT_TICK;

	set_paint(png_of(canvas), &stroke->paint);
	cairo_set_line_width(cairo, stroke->width);
	cairo_set_dash(cairo, dashes, stroke->dashed ? 2 : 0, 0);
	for (size_t i = 0; i < count; i++)
		cairo_line_to(cairo, sharp ? floor(points[i].x) + 0.5 : points[i].x,
			      sharp ? floor(points[i].y) + 0.5 : points[i].y);
	cairo_stroke(cairo);
}

static void png_box(struct hd_canvas *canvas, const struct hd_box *box,
		    const struct hd_paint *paint)
{
	cairo_t *cairo = png_of(canvas)->cairo;

	set_paint(png_of(canvas), paint);
	cairo_rectangle(cairo, box->x, box->y, box->width, box->height);
	cairo_fill(cairo);
}

/* Corners from the mark's middle. */
static void corners(cairo_t *cairo, struct hd_point at, const struct hd_point *points,
		    size_t count, double radius)
{
	for (size_t i = 0; i < count; i++)
		cairo_line_to(cairo, at.x + points[i].x * radius, at.y + points[i].y * radius);
	cairo_close_path(cairo);
}

#define CORNERS(...)                                                 \
	corners(cairo, at, (const struct hd_point[]){ __VA_ARGS__ }, \
		sizeof((const struct hd_point[]){ __VA_ARGS__ }) /   \
			sizeof(struct hd_point),                     \
		radius)

static void add_mark(cairo_t *cairo, enum hd_shape shape, struct hd_point at, double radius)
{
	double arm = radius * 0.85;

	cairo_new_sub_path(cairo);
	switch (shape) {
	case HD_SHAPE_DOT:
	case HD_SHAPE_RING:
		cairo_arc(cairo, at.x, at.y, radius, 0, TURN);
		break;
	case HD_SHAPE_CROSS:
		cairo_move_to(cairo, at.x - arm, at.y - arm);
		cairo_line_to(cairo, at.x + arm, at.y + arm);
		cairo_move_to(cairo, at.x + arm, at.y - arm);
		cairo_line_to(cairo, at.x - arm, at.y + arm);
		break;
	case HD_SHAPE_TRIANGLE:
	case HD_SHAPE_UP:
		CORNERS({ 0, -1.15 }, { 1.1, 0.85 }, { -1.1, 0.85 });
		break;
	case HD_SHAPE_SQUARE:
		CORNERS({ -0.9, -0.9 }, { 0.9, -0.9 }, { 0.9, 0.9 }, { -0.9, 0.9 });
		break;
	case HD_SHAPE_DIAMOND:
		CORNERS({ 0, -1.3 }, { 1.3, 0 }, { 0, 1.3 }, { -1.3, 0 });
		break;
	case HD_SHAPE_DOWN:
		CORNERS({ 0, 1.15 }, { -1.1, -0.85 }, { 1.1, -0.85 });
		break;
	}
}

static void png_marks(struct hd_canvas *canvas, enum hd_shape shape,
		      const struct hd_point *points, size_t count, double radius,
		      const struct hd_paint *paint)
{
	cairo_t *cairo = png_of(canvas)->cairo;
	bool stroked = shape == HD_SHAPE_RING || shape == HD_SHAPE_CROSS;

	set_paint(png_of(canvas), paint);
	cairo_set_dash(cairo, NULL, 0, 0);
	cairo_set_line_width(cairo, 1.6);
	/* One by one: a path of ten thousand takes seconds to be cut to pieces. */
	for (size_t i = 0; i < count; i++) {
		add_mark(cairo, shape, points[i], radius);
		if (stroked)
			cairo_stroke(cairo);
		else
			cairo_fill(cairo);
	}
}

/* --- words ---------------------------------------------------------------- */

static void set_font(cairo_t *cairo, bool bold)
{
	cairo_select_font_face(cairo, FONT, CAIRO_FONT_SLANT_NORMAL,
			       bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cairo, bold ? TITLE_SIZE : FONT_SIZE);
}

/* cairo draws nothing more once it has met what is no UTF-8. */
static void put_clean(struct hd_buf *buf, const char *text)
{
	size_t step;

	for (; *text; text += step)
		if (hd_canvas_char(text, &step) == 0xfffd || (unsigned char)*text < 0x20)
			hd_buf_puts(buf, "\xef\xbf\xbd");
		else
			hd_buf_add(buf, text, step);
}

static double clean_width(struct png *png, const char *text, bool bold)
{
	cairo_text_extents_t extents;

	set_font(png->cairo, bold);
	cairo_text_extents(png->cairo, text, &extents);
	return extents.x_advance;
}

static double png_width(struct hd_canvas *canvas, const char *text, bool bold)
{
	struct hd_buf buf = HD_BUF_INIT;
	double width;

	put_clean(&buf, text);
	width = clean_width(png_of(canvas), hd_buf_text(&buf), bold);
	canvas->failed |= hd_buf_failed(&buf);
	hd_buf_release(&buf);
	return width;
}

static void draw_clean(struct png *png, double x, double y, const char *text,
		       const struct hd_words *words)
{
	const struct hd_paint ground = hd_paint(HD_PAINT_GROUND);
	cairo_t *cairo = png->cairo;

	cairo_move_to(cairo, x, y + (words->bold ? TITLE_SIZE : FONT_SIZE) * 0.35);
	if (words->halo) {
		cairo_text_path(cairo, text);
		set_paint(png, &ground);
		cairo_set_dash(cairo, NULL, 0, 0);
		cairo_set_line_width(cairo, 3);
		cairo_stroke_preserve(cairo);
		set_paint(png, &words->paint);
		cairo_fill(cairo);
		return;
	}
	set_paint(png, &words->paint);
	cairo_show_text(cairo, text);
	cairo_new_path(cairo);
}

static void png_words(struct hd_canvas *canvas, double x, double y, const char *text,
		      const struct hd_words *words)
{
	static const double parts[] = {
		[HD_ANCHOR_START] = 0,
		[HD_ANCHOR_MIDDLE] = 0.5,
		[HD_ANCHOR_END] = 1,
	};
	struct hd_buf buf = HD_BUF_INIT;

	put_clean(&buf, text);
	x -= parts[words->anchor] * clean_width(png_of(canvas), hd_buf_text(&buf), words->bold);
	draw_clean(png_of(canvas), x, y, hd_buf_text(&buf), words);
	canvas->failed |= hd_buf_failed(&buf);
	hd_buf_release(&buf);
}

/* --- the whole ------------------------------------------------------------ */

static void png_clip(struct hd_canvas *canvas, const struct hd_box *box)
{
	struct png *png = png_of(canvas);

	if (png->clipped)
		cairo_restore(png->cairo);
	png->clipped = box != NULL;
	if (!box)
		return;
	cairo_save(png->cairo);
	cairo_rectangle(png->cairo, box->x, box->y, box->width, box->height);
	cairo_clip(png->cairo);
}

static cairo_status_t png_bytes(void *user, const unsigned char *bytes, unsigned length)
{
	hd_buf_add(user, (const char *)bytes, length);
	return hd_buf_failed(user) ? CAIRO_STATUS_NO_MEMORY : CAIRO_STATUS_SUCCESS;
}

static void png_finish(struct hd_canvas *canvas, struct hd_buf *out)
{
	struct png *png = png_of(canvas);

	png_clip(canvas, NULL);
	if (cairo_status(png->cairo) != CAIRO_STATUS_SUCCESS ||
	    cairo_surface_write_to_png_stream(png->surface, png_bytes, out) != CAIRO_STATUS_SUCCESS)
		canvas->failed = true;
}

static void png_release(struct hd_canvas *canvas)
{
	cairo_destroy(png_of(canvas)->cairo);
	cairo_surface_destroy(png_of(canvas)->surface);
	free(canvas);
}

static const struct hd_canvas_type png_type = {
	.polyline = png_polyline,
	.box = png_box,
	.marks = png_marks,
	.words = png_words,
	.width = png_width,
	.clip = png_clip,
	.finish = png_finish,
	.release = png_release,
};

struct hd_canvas *hd_png_new(const struct hd_plot_page *page)
{
	const struct hd_box all = { 0, 0, page->width, page->height };
	const struct hd_paint ground = hd_paint(HD_PAINT_GROUND);
	struct png *png = calloc(1, sizeof *png);

	if (!png)
		return NULL;
	png->canvas = (struct hd_canvas){
		.type = &png_type,
		.width = page->width,
		.height = page->height,
		.line = 18,
		.pad = 8,
		.tick = 4,
		.mark = 3.2,
		.cell = { 1, 1 },
		.dark = page->dark,
		.color = true,
	};
	png->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)page->width,
						  (int)page->height);
	png->cairo = cairo_create(png->surface);
	cairo_set_line_join(png->cairo, CAIRO_LINE_JOIN_ROUND);
	cairo_set_line_cap(png->cairo, CAIRO_LINE_CAP_ROUND);
	png_box(&png->canvas, &all, &ground);
	return &png->canvas;
}

/* Fonts that cairo keeps are of fontconfig: first they go, then it. */
void hd_png_end(void)
{
	cairo_debug_reset_static_data();
	FcFini();
}
