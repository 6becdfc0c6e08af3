#include "plot/frame.h"

#include <math.h>
#include <string.h>

struct hd_stroke hd_stroke(enum hd_paint_role role, double width)
{
	return (struct hd_stroke){ hd_paint(role), width, false };
}

/* --- above the picture ---------------------------------------------------- */

static struct hd_box below(struct hd_box box, double height)
{
	box.y += height;
	box.height -= height;
	return box;
}

struct hd_box hd_frame_head(struct hd_canvas *canvas, const char *title, const char *about)
{
	double margin = canvas->coarse ? 0 : 16;
	struct hd_box box = { margin, margin * 0.7, canvas->width - 2 * margin,
			      canvas->height - 1.4 * margin };
	double line = canvas->line * (canvas->coarse ? 1 : 1.2);

	hd_canvas_bold(canvas, box.x, box.y + line / 2, box.width, title);
	box = below(box, line);
	hd_canvas_fit(canvas, box.x, box.y + canvas->line / 2, box.width, about, HD_ANCHOR_START,
		      HD_PAINT_MUTED);
	return below(box, canvas->line * (canvas->coarse ? 1 : 1.2));
}

static double legend_key(const struct hd_canvas *canvas, const struct hd_legend *legend)
{
	if (canvas->coarse)
		return legend->is_line ? 8 : legend->is_box ? 6
							    : 4;
	return legend->is_line ? 26 : 14;
}

static void legend_draw(struct hd_canvas *canvas, double x, double y,
			const struct hd_legend *legend)
{
	double key = legend_key(canvas, legend);

	if (legend->is_line) {
		const struct hd_stroke stroke = { legend->paint, 2, false };

		hd_canvas_line(canvas, x, y, x + key - (canvas->coarse ? 3 : canvas->pad), y,
			       &stroke);
	} else if (legend->is_box) {
		double height = canvas->coarse ? canvas->line : 10;
		const struct hd_box box = { x, y - height / 2, canvas->coarse ? 4 : 10, height };

		hd_canvas_box(canvas, box, legend->paint);
	} else {
		hd_canvas_mark(canvas, legend->shape, x + canvas->mark / 2, y, legend->paint);
	}
	hd_canvas_words(canvas, x + key, y, legend->text, HD_ANCHOR_START, HD_PAINT_TEXT);
}

struct hd_box hd_frame_legend(struct hd_canvas *canvas, struct hd_box box,
			      const struct hd_legend *items, size_t count)
{
	double x = box.x + (canvas->coarse ? 0 : canvas->mark / 2);
	double right = box.x + box.width;
	size_t lines = count > 0;

	for (size_t i = 0; i < count; i++) {
		double width = legend_key(canvas, &items[i]) +
			       hd_canvas_text_width(canvas, items[i].text);

		if (x + width > right && x > box.x + canvas->pad) {
			if (lines == 2)
				break;
			lines++;
			box = below(box, canvas->line);
			x = box.x + (canvas->coarse ? 0 : canvas->mark / 2);
		}
		legend_draw(canvas, x, box.y + canvas->line / 2, &items[i]);
		x += width + 2 * canvas->pad;
	}
	return lines ? below(box, canvas->line * (canvas->coarse ? 1 : 1.2)) : box;
}

struct hd_box hd_frame_ramp(struct hd_canvas *canvas, struct hd_box box, const char *what,
			    const char *first, const char *last)
{
	double y = box.y + canvas->line / 2;
	double length = canvas->coarse ? 32 : 140;
	double height = canvas->coarse ? 4 : 9;
	double x = box.x;

	if (!canvas->color)
		return box;
	hd_canvas_words(canvas, x, y, what, HD_ANCHOR_START, HD_PAINT_TEXT);
	x += hd_canvas_text_width(canvas, what) + canvas->pad;
	hd_canvas_words(canvas, x, y, first, HD_ANCHOR_START, HD_PAINT_MUTED);
	x += hd_canvas_text_width(canvas, first) + canvas->pad;
	if (canvas->coarse)
		x = ceil(x / canvas->cell.x) * canvas->cell.x;
	for (unsigned i = 0; i < HD_PAINT_STEPS; i++) {
		double step = length / HD_PAINT_STEPS;
		struct hd_box piece = { x + i * step, y - height / 2, step + 0.4, height };

		hd_canvas_box(canvas, piece, (struct hd_paint){ HD_PAINT_RAMP, i, 1 });
	}
	hd_canvas_words(canvas, x + length + canvas->pad, y, last, HD_ANCHOR_START,
			HD_PAINT_MUTED);
	return below(box, canvas->line * (canvas->coarse ? 1 : 1.3));
}

void hd_frame_nothing(struct hd_canvas *canvas, struct hd_box box, const char *words)
{
	hd_canvas_fit(canvas, box.x + box.width / 2, box.y + box.height / 2, box.width, words,
		      HD_ANCHOR_MIDDLE, HD_PAINT_MUTED);
}

/* --- axes ----------------------------------------------------------------- */

const char *hd_frame_tick_text(const struct hd_scale *scale, const struct hd_tick *tick)
{
	if (scale->kind == HD_SCALE_CATEGORY && tick->value >= 0 &&
	    tick->value < (double)scale->count)
		return scale->names[(size_t)tick->value];
	return tick->text;
}

double hd_frame_ticks_width(struct hd_canvas *canvas, const struct hd_scale *scale,
			    size_t most)
{
	struct hd_tick ticks[HD_SCALE_TICKS];
	size_t count = hd_scale_ticks(scale, most, ticks);
	double width = 0;

	for (size_t i = 0; i < count; i++)
		width = fmax(width, hd_canvas_text_width(canvas,
							 hd_frame_tick_text(scale, &ticks[i])));
	return width;
}

size_t hd_frame_ticks_most(const struct hd_canvas *canvas, const struct hd_scale *scale,
			   double length)
{
	/* Of names each is wanted, of numbers enough to read others by them. */
	bool names = scale->kind == HD_SCALE_CATEGORY;
	double room = canvas->coarse ? (names ? 1 : 2) : (names ? 0.9 : 2.4);
	double most = floor(length / (canvas->line * room)) + (names ? 0 : 1);
	double least = !names && length >= 4 * canvas->line ? 4 : 2;
	double end = names ? HD_SCALE_TICKS : 12;

	return (size_t)fmin(fmax(most, least), end);
}

/* The most ticks whose words stand beside each other. */
static size_t ticks_fitting(struct hd_canvas *canvas, const struct hd_scale *scale)
{
	double length = fabs(scale->to - scale->from);
	size_t most = 12;

	for (; most > 1; most--) {
		struct hd_tick ticks[HD_SCALE_TICKS];
		size_t count = hd_scale_ticks(scale, most, ticks);
		double width = hd_frame_ticks_width(canvas, scale, most);

		if (scale->kind == HD_SCALE_CATEGORY && most >= scale->count)
			/* Names are cut where need be, down to a few letters. */
			width = fmin(width, hd_canvas_text_width(canvas, "wwww"));
		if ((width + 1.5 * canvas->pad) * (double)count <= length)
			break;
	}
	return most;
}

static void axis_left(struct hd_canvas *canvas, const struct hd_frame *frame, double room)
{
	const struct hd_stroke grid = hd_stroke(HD_PAINT_GRID, 1);
	const struct hd_stroke mark = hd_stroke(HD_PAINT_TICK, 1);
	const struct hd_box *area = &frame->area;
	double at = area->x - (canvas->coarse ? 1 : 0);
	struct hd_tick ticks[HD_SCALE_TICKS];
	size_t count = hd_scale_ticks(&frame->y,
				      hd_frame_ticks_most(canvas, &frame->y, area->height), ticks);

	for (size_t i = 0; i < count; i++) {
		double y = hd_scale_at(&frame->y, ticks[i].value);

		if (frame->y.kind != HD_SCALE_CATEGORY)
			hd_canvas_line(canvas, area->x, y, area->x + area->width, y, &grid);
		hd_canvas_line(canvas, at, y, at - canvas->tick, y, &mark);
		hd_canvas_fit(canvas, at - canvas->tick - (canvas->coarse ? 1 : 3), y, room,
			      hd_frame_tick_text(&frame->y, &ticks[i]), HD_ANCHOR_END,
			      HD_PAINT_MUTED);
	}
}

/* Words under a tick near an end stay within the picture. */
static double inwards(struct hd_canvas *canvas, double x, const char *text)
{
	double half = hd_canvas_text_width(canvas, text) / 2;

	x = fmin(x, canvas->width - half - (canvas->coarse ? 0 : 2));
	return fmax(x, half);
}

static void axis_bottom(struct hd_canvas *canvas, const struct hd_frame *frame)
{
	const struct hd_stroke grid = hd_stroke(HD_PAINT_GRID, 1);
	const struct hd_stroke mark = hd_stroke(HD_PAINT_TICK, 1);
	const struct hd_box *area = &frame->area;
	double at = area->y + area->height;
	double words = at + (canvas->coarse ? canvas->line : canvas->tick) + canvas->line / 2;
	struct hd_tick ticks[HD_SCALE_TICKS];
	size_t most = ticks_fitting(canvas, &frame->x);
	size_t count = hd_scale_ticks(&frame->x, most, ticks);
	double band = area->width / (double)(count ? count : 1) - canvas->pad;

	for (size_t i = 0; i < count; i++) {
		double x = hd_scale_at(&frame->x, ticks[i].value);
		const char *text = hd_frame_tick_text(&frame->x, &ticks[i]);

		if (frame->x_grid && frame->x.kind != HD_SCALE_CATEGORY)
			hd_canvas_line(canvas, x, area->y, x, at, &grid);
		hd_canvas_line(canvas, x, at, x, at + canvas->tick, &mark);
		if (frame->x.kind == HD_SCALE_CATEGORY)
			hd_canvas_fit(canvas, x, words, band, text, HD_ANCHOR_MIDDLE,
				      HD_PAINT_MUTED);
		else
			hd_canvas_words(canvas, inwards(canvas, x, text), words, text,
					HD_ANCHOR_MIDDLE, HD_PAINT_MUTED);
	}
	hd_canvas_fit(canvas, area->x + area->width / 2, words + canvas->line, area->width,
		      frame->x_label, HD_ANCHOR_MIDDLE, HD_PAINT_TEXT);
}

/* The scales get their places: the first dot within the area to the last. */
static void place_scales(const struct hd_canvas *canvas, struct hd_frame *frame)
{
	const struct hd_box *area = &frame->area;
	double last = canvas->coarse ? 1 : 0;

	frame->x.from = area->x;
	frame->x.to = area->x + area->width - last;
	frame->y.from = area->y + area->height - last;
	frame->y.to = area->y;
}

void hd_frame_axes(struct hd_canvas *canvas, struct hd_box box, struct hd_frame *frame)
{
	const struct hd_stroke axis = hd_stroke(HD_PAINT_AXIS, 1);
	double bottom = canvas->line * (canvas->coarse ? 2 : 1.1) +
			(canvas->coarse ? 0 : canvas->tick) + (*frame->x_label ? canvas->line : 0);
	double room, left, x, y;

	if (*frame->y_label) {
		hd_canvas_fit(canvas, box.x, box.y + canvas->line / 2, box.width, frame->y_label,
			      HD_ANCHOR_START, HD_PAINT_TEXT);
		box = below(box, canvas->line * (canvas->coarse ? 1 : 1.2));
	}
	box.height = fmax(box.height - bottom, 2 * canvas->cell.y);
	/* Names take what they need, up to a third. */
	room = fmin(hd_frame_ticks_width(canvas, &frame->y,
					 hd_frame_ticks_most(canvas, &frame->y, box.height)),
		    box.width / 3);
	left = room + canvas->tick + (canvas->coarse ? 2 : 3);
	box.x += left;
	box.width = fmax(box.width - left - (canvas->coarse ? 0 : 6), 2 * canvas->cell.x);
	frame->area = hd_canvas_snap(canvas, box);
	place_scales(canvas, frame);
	axis_left(canvas, frame, room);
	axis_bottom(canvas, frame);
	x = frame->area.x - (canvas->coarse ? 1 : 0);
	y = frame->area.y + frame->area.height;
	hd_canvas_line(canvas, x, frame->area.y, x, y, &axis);
	hd_canvas_line(canvas, x, y, frame->area.x + frame->area.width - canvas->cell.x / 2, y,
		       &axis);
}
