/*
 * SVG, written here: shapes as paths of few characters, words as text. Nothing
 * that comes from outside is anything but text: it is escaped, and there is no
 * script, style or address in the file.
 *
 * Lines of one stroke that follow each other are one path, and so are marks of
 * one kind: ten thousand of them are some 10 bytes each.
 */
#include "plot/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FONT_SIZE 12.0
#define TITLE_SIZE 15.0

struct svg {
	struct hd_canvas canvas;
	struct hd_buf text;
	struct hd_stroke stroke; /* of the path that is still open */
	bool open;
	bool filled; /* it is of boxes */
	bool clipped;
	unsigned clips;
};

static struct svg *svg_of(struct hd_canvas *canvas)
{
	return (struct svg *)canvas;
}

/* --- pieces --------------------------------------------------------------- */

/* A tenth of a pixel is seen by nobody. */
static long tenth(double value)
{
	if (!(value > -1e6))
		return -10000000;
	return value < 1e6 ? lround(value * 10) : 10000000;
}

static void put_tenths(struct hd_buf *buf, long tenths)
{
	const char *sign = tenths < 0 ? "-" : "";

	tenths = labs(tenths);
	if (tenths % 10)
		hd_buf_printf(buf, "%s%ld.%ld", sign, tenths / 10, tenths % 10);
	else
		hd_buf_printf(buf, "%s%ld", sign, tenths / 10);
}

static void put_number(struct hd_buf *buf, double value)
{
	put_tenths(buf, tenth(value));
}

static void put_attribute(struct hd_buf *buf, const char *name, double value)
{
	hd_buf_printf(buf, " %s=\"", name);
	put_number(buf, value);
	hd_buf_putc(buf, '"');
}

/*
 * As XML takes it: neither markup nor a character that XML does not know. A number
 * behind a name from right to left stays behind it, by a mark that is not seen.
 */
static void put_text(struct hd_buf *buf, const char *text)
{
	uint32_t before = 0;
	size_t step;

	for (; *text; text += step) {
		uint32_t point = hd_canvas_char(text, &step);

		if (hd_canvas_draws_number(before, text))
			hd_buf_puts(buf, "&#8206;");
		before = point;

		if (point == '&')
			hd_buf_puts(buf, "&amp;");
		else if (point == '<')
			hd_buf_puts(buf, "&lt;");
		else if (point == '>')
			hd_buf_puts(buf, "&gt;");
		else if (point == '"')
			hd_buf_puts(buf, "&quot;");
		else if (point == '\'')
			hd_buf_puts(buf, "&#39;");
		else if (point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xfffd ||
			 point == 0xfffe || point == 0xffff)
			hd_buf_puts(buf, "\xef\xbf\xbd");
		else
			hd_buf_add(buf, text, step);
	}
}

static void put_paint(struct svg *svg, const char *name, const struct hd_paint *paint)
{
	hd_buf_printf(&svg->text, " %s=\"#%06x\"", name,
		      (unsigned)hd_paint_rgb(paint, svg->canvas.dark));
	if (paint->alpha > 0 && paint->alpha < 1)
		hd_buf_printf(&svg->text, " %s-opacity=\".%02d\"", name,
			      (int)lround(paint->alpha * 100) % 100);
}

/* --- lines ---------------------------------------------------------------- */

static void close_path(struct svg *svg)
{
	if (!svg->open)
		return;
	svg->open = false;
	if (svg->filled) {
		hd_buf_putc(&svg->text, '"');
		put_paint(svg, "fill", &svg->stroke.paint);
		hd_buf_puts(&svg->text, "/>\n");
		return;
	}
	hd_buf_puts(&svg->text, "\" fill=\"none\"");
	put_paint(svg, "stroke", &svg->stroke.paint);
	if (svg->stroke.width != 1)
		put_attribute(&svg->text, "stroke-width", svg->stroke.width);
	if (svg->stroke.dashed)
		hd_buf_puts(&svg->text, " stroke-dasharray=\"4 3\"");
	if (svg->stroke.paint.role != HD_PAINT_GRID)
		hd_buf_puts(&svg->text, " stroke-linejoin=\"round\"");
	hd_buf_puts(&svg->text, "/>\n");
}

static bool same_stroke(const struct hd_stroke *a, const struct hd_stroke *b)
{
	return a->paint.role == b->paint.role && a->paint.index == b->paint.index &&
	       a->paint.alpha == b->paint.alpha && a->width == b->width &&
	       a->dashed == b->dashed;
}

/* What is drawn goes into the path that is open, if it looks the same. */
static void open_path(struct svg *svg, const struct hd_stroke *stroke, bool filled)
{
	if (svg->open && svg->filled == filled && same_stroke(&svg->stroke, stroke))
		return;
	close_path(svg);
	svg->stroke = *stroke;
	svg->filled = filled;
	svg->open = true;
	hd_buf_puts(&svg->text, "<path d=\"");
}

static void put_step(struct hd_buf *buf, long x, long y)
{
	if (x == 0 && y == 0)
		return;
	if (x == 0) {
		hd_buf_putc(buf, 'v');
		put_tenths(buf, y);
	} else if (y == 0) {
		hd_buf_putc(buf, 'h');
		put_tenths(buf, x);
	} else {
		hd_buf_putc(buf, 'l');
		put_tenths(buf, x);
		if (y > 0)
			hd_buf_putc(buf, ' ');
		put_tenths(buf, y);
	}
}

static void put_move(struct hd_buf *buf, double x, double y)
{
	hd_buf_putc(buf, 'M');
	put_number(buf, x);
	hd_buf_putc(buf, ' ');
	put_number(buf, y);
}

static void svg_polyline(struct hd_canvas *canvas, const struct hd_point *points, size_t count,
			 const struct hd_stroke *stroke)
{
	struct svg *svg = svg_of(canvas);
	/* Thin straight lines are sharp in the middle of a pixel. */
	bool sharp = stroke->paint.role == HD_PAINT_AXIS || stroke->paint.role == HD_PAINT_GRID ||
		     stroke->paint.role == HD_PAINT_TICK;
	long x = 0, y = 0;

	open_path(svg, stroke, false);
	for (size_t i = 0; i < count; i++) {
		double px = sharp ? floor(points[i].x) + 0.5 : points[i].x;
		double py = sharp ? floor(points[i].y) + 0.5 : points[i].y;

		if (i == 0)
			put_move(&svg->text, px, py);
		else
			put_step(&svg->text, tenth(px) - x, tenth(py) - y);
		x = tenth(px);
		y = tenth(py);
	}
}

static void svg_box(struct hd_canvas *canvas, const struct hd_box *box,
		    const struct hd_paint *paint)
{
	struct svg *svg = svg_of(canvas);

	open_path(svg, &(struct hd_stroke){ *paint, 0, false }, true);
	put_move(&svg->text, box->x, box->y);
	hd_buf_putc(&svg->text, 'h');
	put_number(&svg->text, box->width);
	hd_buf_putc(&svg->text, 'v');
	put_number(&svg->text, box->height);
	hd_buf_putc(&svg->text, 'h');
	put_number(&svg->text, -box->width);
	hd_buf_putc(&svg->text, 'z');
}

/* --- marks ---------------------------------------------------------------- */

/* Corners from the mark's middle, in radii; NAN lifts the pen. */
struct outline {
	bool filled;
	size_t count;
	struct hd_point points[6];
};

static const struct outline outlines[HD_SHAPES] = {
	[HD_SHAPE_CROSS] = { false,
			     5,
			     { { -0.85, -0.85 },
			       { 0.85, 0.85 },
			       { NAN, NAN },
			       { 0.85, -0.85 },
			       { -0.85, 0.85 } } },
	[HD_SHAPE_TRIANGLE] = { true, 3, { { 0, -1.15 }, { 1.1, 0.85 }, { -1.1, 0.85 } } },
	[HD_SHAPE_SQUARE] = { true,
			      4,
			      { { -0.9, -0.9 }, { 0.9, -0.9 }, { 0.9, 0.9 }, { -0.9, 0.9 } } },
	[HD_SHAPE_DIAMOND] = { true, 4, { { 0, -1.3 }, { 1.3, 0 }, { 0, 1.3 }, { -1.3, 0 } } },
	[HD_SHAPE_UP] = { true, 3, { { 0, -1.2 }, { 1.1, 0.8 }, { -1.1, 0.8 } } },
	[HD_SHAPE_DOWN] = { true, 3, { { 0, 1.2 }, { -1.1, -0.8 }, { 1.1, -0.8 } } },
};

static void put_outline(struct hd_buf *buf, const struct outline *outline,
			struct hd_point at, double radius)
{
	long x = 0, y = 0;
	bool down = false;

	for (size_t i = 0; i < outline->count; i++) {
		double px = at.x + outline->points[i].x * radius;
		double py = at.y + outline->points[i].y * radius;

		if (isnan(px)) {
			down = false;
			continue;
		}
		if (down)
			put_step(buf, tenth(px) - x, tenth(py) - y);
		else
			put_move(buf, px, py);
		down = true;
		x = tenth(px);
		y = tenth(py);
	}
	if (outline->filled)
		hd_buf_putc(buf, 'z');
}

static void put_ring(struct hd_buf *buf, struct hd_point at, double radius)
{
	put_move(buf, at.x - radius, at.y);
	for (int side = 1; side >= -1; side -= 2) {
		hd_buf_putc(buf, 'a');
		put_number(buf, radius);
		hd_buf_putc(buf, ' ');
		put_number(buf, radius);
		hd_buf_puts(buf, " 0 1 0 ");
		put_number(buf, side * 2 * radius);
		hd_buf_puts(buf, " 0");
	}
}

static void put_mark(struct hd_buf *buf, enum hd_shape shape, struct hd_point at, double radius)
{
	switch (shape) {
	case HD_SHAPE_DOT:
		put_move(buf, at.x, at.y);
		hd_buf_puts(buf, "h0");
		break;
	case HD_SHAPE_RING:
		put_ring(buf, at, radius);
		break;
	case HD_SHAPE_CROSS:
	case HD_SHAPE_TRIANGLE:
	case HD_SHAPE_SQUARE:
	case HD_SHAPE_DIAMOND:
	case HD_SHAPE_UP:
	case HD_SHAPE_DOWN:
		put_outline(buf, &outlines[shape], at, radius);
		break;
	}
}

static void svg_marks(struct hd_canvas *canvas, enum hd_shape shape,
		      const struct hd_point *points, size_t count, double radius,
		      const struct hd_paint *paint)
{
	struct svg *svg = svg_of(canvas);

	close_path(svg);
	hd_buf_puts(&svg->text, "<path d=\"");
	for (size_t i = 0; i < count; i++)
		put_mark(&svg->text, shape, points[i], radius);
	hd_buf_putc(&svg->text, '"');
	if (outlines[shape].filled) {
		put_paint(svg, "fill", paint);
	} else {
		hd_buf_puts(&svg->text, " fill=\"none\" stroke-linecap=\"round\"");
		put_paint(svg, "stroke", paint);
		put_attribute(&svg->text, "stroke-width",
			      shape == HD_SHAPE_DOT ? 2 * radius : 1.6);
	}
	hd_buf_puts(&svg->text, "/>\n");
}

/* --- words ---------------------------------------------------------------- */

/* Advances of DejaVu Sans, the widest of the fonts that a viewer may take, in
 * hundredths of its size; what is not here is 62, or 100 where it is wide. */
static unsigned advance(uint32_t point)
{
	static const unsigned char widths[] = {
		/* from U+0020 */
		32, 40, 46, 84, 64, 95, 78, 28, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64,
		64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53, 100, 68, 69, 70, 77, 63,
		58, 78, 75, 30, 30, 66, 56, 86, 75, 79, 60, 79, 70, 64, 61, 73, 68, 99, 69,
		61, 69, 39, 34, 39, 84, 50, 50, 61, 64, 55, 64, 62, 35, 64, 63, 28, 28, 58,
		28, 97, 63, 61, 64, 64, 41, 52, 39, 63, 59, 82, 59, 59, 53, 64, 34, 64, 84
	};

	if (point >= 0x20 && point < 0x20 + sizeof widths)
		return widths[point - 0x20];
	switch (hd_canvas_columns(point)) {
	case 0:
		return 0;
	case 1:
		return point == 0x2026 ? 100 : 66;
	default:
		return 100;
	}
}

static double svg_width(struct hd_canvas *canvas, const char *text, bool bold)
{
	double width = 0;
	size_t step;

	(void)canvas;
	for (; *text; text += step)
		width += advance(hd_canvas_char(text, &step));
	return width / 100 * (bold ? 1.1 * TITLE_SIZE : FONT_SIZE);
}

static void svg_words(struct hd_canvas *canvas, double x, double y, const char *text,
		      const struct hd_words *words)
{
	static const char *const anchors[] = {
		[HD_ANCHOR_START] = "",
		[HD_ANCHOR_MIDDLE] = " text-anchor=\"middle\"",
		[HD_ANCHOR_END] = " text-anchor=\"end\"",
	};
	const struct hd_paint ground = hd_paint(HD_PAINT_GROUND);
	struct svg *svg = svg_of(canvas);

	close_path(svg);
	hd_buf_puts(&svg->text, "<text");
	put_attribute(&svg->text, "x", x);
	/* The middle of small letters lies about a third above their foot. */
	put_attribute(&svg->text, "y", y + (words->bold ? TITLE_SIZE : FONT_SIZE) * 0.35);
	hd_buf_puts(&svg->text, anchors[words->anchor]);
	if (words->bold)
		hd_buf_puts(&svg->text, " font-size=\"15\" font-weight=\"600\"");
	put_paint(svg, "fill", &words->paint);
	if (words->halo) {
		put_paint(svg, "stroke", &ground);
		hd_buf_puts(&svg->text, " stroke-width=\"3\" paint-order=\"stroke\""
					" stroke-linejoin=\"round\"");
	}
	hd_buf_putc(&svg->text, '>');
	put_text(&svg->text, text);
	hd_buf_puts(&svg->text, "</text>\n");
}

/* --- the whole ------------------------------------------------------------ */

static void svg_clip(struct hd_canvas *canvas, const struct hd_box *box)
{
	struct svg *svg = svg_of(canvas);

	close_path(svg);
	if (svg->clipped)
		hd_buf_puts(&svg->text, "</g>\n");
	svg->clipped = box != NULL;
	if (!box)
		return;
	hd_buf_printf(&svg->text, "<clipPath id=\"clip%u\"><rect", svg->clips);
	put_attribute(&svg->text, "x", box->x);
	put_attribute(&svg->text, "y", box->y);
	put_attribute(&svg->text, "width", box->width);
	put_attribute(&svg->text, "height", box->height);
	hd_buf_printf(&svg->text, "/></clipPath>\n<g clip-path=\"url(#clip%u)\">\n",
		      svg->clips++);
}

static void svg_finish(struct hd_canvas *canvas, struct hd_buf *out)
{
	struct svg *svg = svg_of(canvas);

	svg_clip(canvas, NULL);
	hd_buf_puts(&svg->text, "</svg>\n");
	if (hd_buf_failed(&svg->text))
		canvas->failed = true;
	hd_buf_add(out, hd_buf_text(&svg->text), svg->text.length);
}

static void svg_release(struct hd_canvas *canvas)
{
	hd_buf_release(&svg_of(canvas)->text);
	free(canvas);
}

static const struct hd_canvas_type svg_type = {
	.polyline = svg_polyline,
	.box = svg_box,
	.marks = svg_marks,
	.words = svg_words,
	.width = svg_width,
	.clip = svg_clip,
	.finish = svg_finish,
	.release = svg_release,
};

static void svg_head(struct svg *svg, const char *title, const char *about)
{
	const struct hd_canvas *canvas = &svg->canvas;
	const struct hd_paint ground = hd_paint(HD_PAINT_GROUND);

	hd_buf_puts(&svg->text, "<svg xmlns=\"http://www.w3.org/2000/svg\"");
	put_attribute(&svg->text, "width", canvas->width);
	put_attribute(&svg->text, "height", canvas->height);
	hd_buf_puts(&svg->text, " viewBox=\"0 0 ");
	put_number(&svg->text, canvas->width);
	hd_buf_putc(&svg->text, ' ');
	put_number(&svg->text, canvas->height);
	hd_buf_puts(&svg->text, "\" role=\"img\" aria-labelledby=\"title about\""
				" font-family=\"'DejaVu Sans',Verdana,'Segoe UI',Roboto,"
				"'Helvetica Neue',sans-serif\" font-size=\"12\">\n"
				"<title id=\"title\">");
	put_text(&svg->text, title);
	hd_buf_puts(&svg->text, "</title>\n<desc id=\"about\">");
	put_text(&svg->text, about);
	hd_buf_puts(&svg->text, "</desc>\n<rect width=\"100%\" height=\"100%\"");
	put_paint(svg, "fill", &ground);
	hd_buf_puts(&svg->text, "/>\n");
}

struct hd_canvas *hd_svg_new(double width, double height, bool dark, const char *title,
			     const char *about)
{
	struct svg *svg = calloc(1, sizeof *svg);

	if (!svg)
		return NULL;
	svg->canvas = (struct hd_canvas){
		.type = &svg_type,
		.width = width,
		.height = height,
		.line = 18,
		.pad = 8,
		.tick = 4,
		.mark = 3.2,
		.cell = { 1, 1 },
		.dark = dark,
		.color = true,
	};
	hd_buf_init(&svg->text);
	svg_head(svg, title, about);
	return &svg->canvas;
}
