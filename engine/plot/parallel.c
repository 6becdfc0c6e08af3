/*
 * Parallel coordinates: an axis a parameter and one of the metric, a line a
 * trial, coloured by how good it was. Where a trial does not have a parameter
 * its line runs below the axis.
 */
#include "plot/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define AXES_MOST 64
/* Of many trials the best so many are drawn, and of the others every n-th. */
#define LINES_MOST 1200
#define LINES_BEST 200
#define LINES_COARSE 60

struct axes {
	struct hd_scale scales[AXES_MOST];
	const struct hd_plot_param *params[AXES_MOST]; /* NULL: the metric */
	bool absent[AXES_MOST];                        /* some trial does not have it */
	double x[AXES_MOST];
	double top, bottom, below; /* below: where those without it are */
	size_t count;
	size_t left_out;
};

static void parallel_title(const struct hd_picture *picture, struct hd_buf *buf)
{
	hd_buf_printf(buf, "parameters and %s", picture->data.metric_label);
}

static int parallel_load(struct hd_picture *picture, struct hd_error *err)
{
	if (picture->data.param_count == 0)
		return hd_error_set(err, HD_ESTATE, "the sweep has no parameters");
	return 0;
}

static double spacing_least(bool coarse)
{
	return coarse ? 20 : 76;
}

static void parallel_size(const struct hd_picture *picture, bool coarse, double columns,
			  double *width, double *height)
{
	double count = (double)picture->data.param_count + 1;

	(void)columns;
	(void)height;
	if (!coarse)
		*width = fmin(fmax(800, count * 110), 2400);
}

/* --- axes ----------------------------------------------------------------- */

static void axes_add(struct axes *axes, const struct hd_picture *picture,
		     const struct hd_plot_param *param)
{
	size_t at = axes->count++;

	axes->params[at] = param;
	axes->scales[at] = param ? hd_picture_param_scale(picture, param)
				 : hd_picture_metric_scale(picture);
	hd_scale_widen(&axes->scales[at], 0.02);
	axes->absent[at] = false;
	for (size_t i = 0; param && i < picture->data.ranked_count; i++) {
		size_t trial = picture->data.ranked[i];

		if (hd_picture_shows(picture, trial) && isnan(param->values[trial]))
			axes->absent[at] = true;
	}
}

static void axes_choose(struct axes *axes, const struct hd_picture *picture, double width)
{
	size_t room = (size_t)fmax(2, width / spacing_least(picture->canvas->coarse));

	if (room > AXES_MOST)
		room = AXES_MOST;
	for (size_t i = 0; i < picture->data.param_count; i++)
		if (axes->count + 1 < room)
			axes_add(axes, picture, &picture->data.params[i]);
		else
			axes->left_out++;
	axes_add(axes, picture, NULL);
}

/* The step from one axis to the next. Words stand to the right of an axis, so
 * behind the last one is room for its own. */
static double axes_step(const struct axes *axes, struct hd_canvas *canvas, double width)
{
	const struct hd_scale *last = &axes->scales[axes->count - 1];
	double behind = hd_frame_ticks_width(canvas, last, 8) + canvas->tick + canvas->pad;

	return fmax((width - behind) / (double)(axes->count > 1 ? axes->count - 1 : 1), 1);
}

static void axes_place(struct axes *axes, struct hd_canvas *canvas, struct hd_box box,
		       double step)
{
	double last = canvas->coarse ? 1 : 0;
	bool any = false;

	for (size_t i = 0; i < axes->count; i++)
		any |= axes->absent[i];
	axes->top = box.y;
	axes->below = box.y + box.height - (canvas->coarse ? 2 : 7);
	axes->bottom = box.y + box.height - (any ? (canvas->coarse ? canvas->line : 26) : 0);
	for (size_t i = 0; i < axes->count; i++) {
		axes->x[i] = floor(box.x + step * (double)i);
		if (canvas->coarse)
			axes->x[i] = floor(axes->x[i] / canvas->cell.x) * canvas->cell.x;
		axes->scales[i].from = axes->bottom - last;
		axes->scales[i].to = axes->top;
	}
}

static void draw_axis(struct hd_picture *picture, const struct axes *axes, size_t at,
		      double room)
{
	struct hd_canvas *canvas = picture->canvas;
	const struct hd_stroke axis = hd_stroke(HD_PAINT_AXIS, 1);
	const struct hd_scale *scale = &axes->scales[at];
	double x = axes->x[at];
	struct hd_tick ticks[HD_SCALE_TICKS];
	size_t count = hd_scale_ticks(
		scale, hd_frame_ticks_most(canvas, scale, axes->bottom - axes->top), ticks);

	hd_canvas_line(canvas, x, axes->top, x, axes->bottom - (canvas->coarse ? 1 : 0), &axis);
	for (size_t i = 0; i < count; i++) {
		const struct hd_stroke mark = hd_stroke(HD_PAINT_TICK, 1);
		double y = hd_scale_at(scale, ticks[i].value);

		hd_canvas_line(canvas, x, y, x + canvas->tick, y, &mark);
		hd_canvas_halo(canvas, x + canvas->tick + 2, y, room,
			       hd_frame_tick_text(scale, &ticks[i]), HD_ANCHOR_START,
			       HD_PAINT_MUTED);
	}
	if (axes->absent[at])
		hd_canvas_halo(canvas, x + canvas->tick + 2, axes->below, room, "none",
			       HD_ANCHOR_START, HD_PAINT_MUTED);
}

static void draw_names(struct hd_picture *picture, const struct axes *axes, double y,
		       double step)
{
	struct hd_canvas *canvas = picture->canvas;

	for (size_t i = 0; i < axes->count; i++) {
		const char *name = axes->params[i] ? axes->params[i]->label
						   : picture->data.metric_label;
		double room = step - canvas->pad;
		enum hd_anchor anchor = HD_ANCHOR_START;
		double x = axes->x[i];

		/* The last one ends where the picture does. */
		if (i + 1 == axes->count) {
			double end = canvas->width - (canvas->coarse ? 0 : 16);

			if (x + hd_canvas_text_width(canvas, name) > end) {
				anchor = HD_ANCHOR_END;
				x = end;
			}
			room = end - (i > 0 ? axes->x[i - 1] + canvas->pad : 0);
			if (i > 0)
				room = fmin(room, step);
		}
		hd_canvas_fit(canvas, x, y, room, name, anchor, HD_PAINT_TEXT);
	}
}

/* --- lines ---------------------------------------------------------------- */

/* How many places of the ranking lie between two that are drawn. */
static size_t stride(const struct hd_picture *picture, size_t rank, size_t count)
{
	size_t best = picture->canvas->coarse ? LINES_COARSE / 3 : LINES_BEST;
	size_t most = picture->canvas->coarse ? LINES_COARSE : LINES_MOST;

	if (count <= most || rank < best)
		return 1;
	return (count - best + most - best - 1) / (most - best);
}

static size_t ranked_shown(const struct hd_picture *picture)
{
	size_t count = picture->data.ranked_count, best = picture->plot->best;

	return best && best < count ? best : count;
}

static size_t lines_drawn(const struct hd_picture *picture)
{
	size_t count = ranked_shown(picture), number = 0;

	for (size_t i = 0; i < count; i++)
		number += i % stride(picture, i, count) == 0;
	return number;
}

static void draw_line(struct hd_picture *picture, const struct axes *axes, size_t at,
		      const struct hd_stroke *stroke)
{
	struct hd_point line[AXES_MOST];

	for (size_t i = 0; i < axes->count; i++) {
		const struct hd_plot_param *param = axes->params[i];
		double value = param ? hd_picture_spread(picture, param, at)
				     : picture->data.trials[at].value;
		double y = hd_scale_at(&axes->scales[i], value);

		if (isnan(y))
			y = axes->below;
		/* A value past the end of the metric's axis ends on it. */
		if (!param)
			y = fmin(fmax(y, axes->scales[i].to), axes->scales[i].from);
		line[i] = (struct hd_point){ axes->x[i], y };
	}
	hd_canvas_polyline(picture->canvas, line, axes->count, stroke);
}

static void draw_lines(struct hd_picture *picture, const struct axes *axes,
		       const struct hd_scale *merit)
{
	size_t count = ranked_shown(picture), drawn = lines_drawn(picture);
	double alpha = drawn > 400 ? 0.35 : drawn > 100 ? 0.55
							: 0.8;

	/* The best last, on top. */
	for (size_t i = count; i-- > 0;) {
		size_t at = picture->data.ranked[i];
		double value = picture->data.trials[at].value;
		struct hd_stroke stroke = { hd_paint_ramp(hd_picture_merit(picture, merit, value)),
					    i == 0 ? 2.4 : 1.2, false };

		if (i % stride(picture, i, count))
			continue;
		stroke.paint.alpha = i == 0 ? 1 : alpha;
		draw_line(picture, axes, at, &stroke);
	}
}

static struct hd_box draw_note(struct hd_picture *picture, struct hd_box box,
			       const struct axes *axes)
{
	struct hd_canvas *canvas = picture->canvas;
	size_t count = ranked_shown(picture), drawn = lines_drawn(picture);
	char words[160] = "";

	if (drawn < count)
		snprintf(words, sizeof words, "%zu of %zu trials drawn, the best among them", drawn,
			 count);
	else if (axes->left_out > 0)
		snprintf(words, sizeof words, "%zu parameters more than there is room for",
			 axes->left_out);
	if (!*words)
		return box;
	hd_canvas_fit(canvas, box.x, box.y + canvas->line / 2, box.width, words, HD_ANCHOR_START,
		      HD_PAINT_MUTED);
	box.y += canvas->line;
	box.height -= canvas->line;
	return box;
}

static void parallel_draw(struct hd_picture *picture, struct hd_box box)
{
	struct hd_canvas *canvas = picture->canvas;
	struct axes *axes = calloc(1, sizeof *axes);
	struct hd_scale merit = hd_picture_merit_scale(picture);
	double names, step, room;

	if (!axes) {
		canvas->failed = true;
		return;
	}
	axes_choose(axes, picture, box.width);
	box = hd_picture_ramp(picture, box, &merit);
	box = draw_note(picture, box, axes);
	names = box.y + canvas->line / 2;
	box.y += canvas->line * (canvas->coarse ? 1 : 1.3);
	box.height -= canvas->line * (canvas->coarse ? 1 : 1.3);
	if (canvas->coarse)
		box = hd_canvas_snap(canvas, box);
	step = axes_step(axes, canvas, box.width);
	axes_place(axes, canvas, box, step);
	room = step - canvas->tick - canvas->pad - 2;
	draw_lines(picture, axes, &merit);
	for (size_t i = 0; i < axes->count; i++)
		draw_axis(picture, axes, i, room);
	draw_names(picture, axes, names, step);
	free(axes);
}

static void parallel_json(const struct hd_picture *picture, struct hd_buf *buf)
{
	const struct hd_plot_data *data = &picture->data;
	bool any = false;

	hd_buf_puts(buf, ",\"axes\":[");
	for (size_t i = 0; i < data->param_count; i++) {
		hd_buf_puts(buf, i ? "," : "");
		hd_picture_param_json(buf, &data->params[i]);
	}
	hd_buf_puts(buf, "],\"trials\":[");
	for (size_t i = 0; i < data->trial_count; i++) {
		if (data->trials[i].rank == SIZE_MAX || !hd_picture_shows(picture, i))
			continue;
		hd_buf_printf(buf, "%s{\"number\":%zu,\"value\":", any ? "," : "",
			      data->trials[i].number);
		hd_buf_json_number(buf, data->trials[i].value);
		hd_buf_puts(buf, ",\"values\":[");
		for (size_t j = 0; j < data->param_count; j++) {
			hd_buf_puts(buf, j ? "," : "");
			hd_picture_value_json(buf, &data->params[j], data->params[j].values[i]);
		}
		hd_buf_puts(buf, "]}");
		any = true;
	}
	hd_buf_putc(buf, ']');
}

const struct hd_picture_kind hd_picture_parallel = {
	.name = "parallel",
	.summary = "an axis a parameter, a line a trial",
	.takes = HD_PICTURE_BEST | HD_PICTURE_LOG,
	.needs_value = true,
	.load = parallel_load,
	.size = parallel_size,
	.title = parallel_title,
	.draw = parallel_draw,
	.json = parallel_json,
};
