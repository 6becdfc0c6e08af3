/* Each trial's value in the order of their numbers, and the best so far. */
#include "plot/picture.h"

#include <inttypes.h>
#include <math.h>

static void history_title(const struct hd_picture *picture, struct hd_buf *buf)
{
	hd_buf_printf(buf, "history of %s", picture->data.metric_label);
}

/* The trials of one state as marks of one kind; FAR those past an end. */
static void draw_state(struct hd_picture *picture, const struct hd_frame *frame,
		       enum hd_plot_state state)
{
	struct hd_points near = { 0 }, up = { 0 }, down = { 0 };
	const struct hd_plot_data *data = &picture->data;
	struct hd_canvas *canvas = picture->canvas;
	struct hd_paint paint = hd_picture_paint(state);
	double radius = canvas->mark;

	/* Many small ones show more than many that hide each other. */
	if (data->trial_count > 400)
		radius *= 0.7;
	for (size_t i = 0; i < data->trial_count; i++) {
		const struct hd_plot_trial *trial = &data->trials[i];
		double x = hd_scale_at(&frame->x, (double)trial->number), y;
		enum hd_shape shape;

		if (trial->state != state)
			continue;
		if (hd_picture_edge(frame, trial->value, &y, &shape))
			hd_points_add(shape == HD_SHAPE_UP ? &up : &down, canvas, x, y);
		else if (trial->rank != SIZE_MAX)
			hd_points_add(&near, canvas, x, hd_scale_at(&frame->y, trial->value));
		else if (state == HD_PLOT_FAILED)
			hd_points_add(&near, canvas, x, frame->y.from);
	}
	paint.alpha = state == HD_PLOT_COMPLETED ? 0.7 : 1;
	hd_canvas_marks(canvas, hd_picture_shape(state), near.items, near.count, radius, paint);
	hd_canvas_marks(canvas, HD_SHAPE_UP, up.items, up.count, canvas->mark, paint);
	hd_canvas_marks(canvas, HD_SHAPE_DOWN, down.items, down.count, canvas->mark, paint);
	hd_points_release(&near);
	hd_points_release(&up);
	hd_points_release(&down);
}

/* Whether trial AT is better than all before it, whose best is *BEST. */
static bool leads(const struct hd_plot_data *data, size_t at, double *best)
{
	double value = data->trials[at].value;

	if (!isfinite(value) ||
	    (!isnan(*best) && !(data->maximize ? value > *best : value < *best)))
		return false;
	*best = value;
	return true;
}

static void draw_best(struct hd_picture *picture, const struct hd_frame *frame)
{
	const struct hd_plot_data *data = &picture->data;
	const struct hd_stroke stroke = hd_stroke(HD_PAINT_TEXT, 1.8);
	struct hd_points line = { 0 };
	double best = NAN, y = NAN;

	for (size_t i = 0; i < data->trial_count; i++) {
		double x = hd_scale_at(&frame->x, (double)data->trials[i].number);

		if (!leads(data, i, &best))
			continue;
		if (line.count > 0)
			hd_points_add(&line, picture->canvas, x, y);
		y = hd_scale_at(&frame->y, best);
		hd_points_add(&line, picture->canvas, x, y);
	}
	if (line.count > 0)
		hd_points_add(&line, picture->canvas, frame->x.to, y);
	hd_canvas_polyline(picture->canvas, line.items, line.count, &stroke);
	hd_points_release(&line);
}

/* What the marks at an edge are, where there are any; 1 or 0. */
static size_t beyond_legend(const struct hd_plot_data *data, const struct hd_frame *frame,
			    struct hd_legend *legend)
{
	for (size_t i = data->ranked_count; i-- > 0;) {
		enum hd_shape shape;
		double y;

		if (!hd_picture_edge(frame, data->trials[data->ranked[i]].value, &y, &shape))
			continue;
		*legend = (struct hd_legend){ .shape = shape,
					      .paint = hd_paint(HD_PAINT_MUTED),
					      .text = "beyond the scale" };
		return 1;
	}
	return 0;
}

static void history_draw(struct hd_picture *picture, struct hd_box box)
{
	const struct hd_plot_data *data = &picture->data;
	struct hd_canvas *canvas = picture->canvas;
	struct hd_legend legend[HD_PLOT_STATES + 2];
	struct hd_frame frame = { .x_label = "trial", .y_label = data->metric_label };
	size_t last = data->trial_count ? data->trials[data->trial_count - 1].number : 1;
	size_t count = hd_picture_states(picture, false, legend);

	legend[count++] = (struct hd_legend){ .is_line = true,
					      .paint = hd_paint(HD_PAINT_TEXT),
					      .text = "best so far" };
	frame.x = hd_scale_linear(0, last ? (double)last : 1);
	frame.x.whole = true;
	frame.y = hd_picture_metric_scale(picture);
	count += beyond_legend(data, &frame, &legend[count]);
	hd_scale_widen(&frame.x, canvas->coarse ? 0 : 0.015);
	hd_scale_widen(&frame.y, 0.04);
	box = hd_frame_legend(canvas, box, legend, count);
	hd_frame_axes(canvas, box, &frame);
	for (int i = 0; i < HD_PLOT_STATES; i++)
		draw_state(picture, &frame, (enum hd_plot_state)i);
	draw_best(picture, &frame);
}

static void history_json(const struct hd_picture *picture, struct hd_buf *buf)
{
	const struct hd_plot_data *data = &picture->data;
	double best = NAN;
	bool any = false;

	hd_buf_puts(buf, ",\"trials\":[");
	for (size_t i = 0; i < data->trial_count; i++) {
		const struct hd_plot_trial *trial = &data->trials[i];

		hd_buf_printf(buf, "%s{\"number\":%zu,\"state\":\"%s\",\"value\":", i ? "," : "",
			      trial->number, hd_plot_state_name(trial->state));
		hd_buf_json_number(buf, isfinite(trial->value) ? trial->value : NAN);
		hd_buf_putc(buf, '}');
	}
	hd_buf_puts(buf, "],\"best\":[");
	for (size_t i = 0; i < data->trial_count; i++) {
		if (!leads(data, i, &best))
			continue;
		hd_buf_printf(buf, "%s[%zu,", any ? "," : "", data->trials[i].number);
		hd_buf_json_number(buf, best);
		hd_buf_putc(buf, ']');
		any = true;
	}
	hd_buf_putc(buf, ']');
}

const struct hd_picture_kind hd_picture_history = {
	.name = "history",
	.summary = "each trial's value, and the best so far",
	.takes = HD_PICTURE_LOG,
	.needs_value = true,
	.title = history_title,
	.draw = history_draw,
	.json = history_json,
};
