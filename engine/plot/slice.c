/* The value by each parameter, a panel a parameter; later trials stand out. */
#include "plot/picture.h"

#include <math.h>
#include <stdio.h>

#define PANELS_MOST 60

struct panels {
	const struct hd_plot_param *params[PANELS_MOST];
	size_t count;
	size_t left_out;
	size_t columns, rows;
};

static void slice_title(const struct hd_picture *picture, struct hd_buf *buf)
{
	hd_buf_printf(buf, "%s by %s", picture->data.metric_label,
		      picture->x ? picture->x->label : "each parameter");
}

static int slice_load(struct hd_picture *picture, struct hd_error *err)
{
	if (picture->plot->x) {
		picture->x = hd_picture_column(picture, picture->plot->x, err);
		return picture->x ? 0 : err ? err->code
					    : HD_EINVAL;
	}
	if (picture->data.param_count == 0)
		return hd_error_set(err, HD_ESTATE, "the sweep has no parameters");
	return 0;
}

static bool has_value(const struct hd_picture *picture, const struct hd_plot_param *param)
{
	for (size_t i = 0; i < picture->data.ranked_count; i++)
		if (!isnan(param->values[picture->data.ranked[i]]))
			return true;
	return false;
}

static struct panels panels_of(const struct hd_picture *picture)
{
	struct panels panels = { .count = 0 };

	if (picture->x) {
		panels.params[panels.count++] = picture->x;
		return panels;
	}
	for (size_t i = 0; i < picture->data.param_count; i++) {
		const struct hd_plot_param *param = &picture->data.params[i];

		if (!has_value(picture, param))
			continue;
		if (panels.count < PANELS_MOST)
			panels.params[panels.count++] = param;
		else
			panels.left_out++;
	}
	return panels;
}

static void panels_columns(struct panels *panels, bool coarse, double width)
{
	size_t most = (size_t)fmax(1, floor(width / (coarse ? 36 : 230)));

	if (most > 4)
		most = 4;
	if (most > panels->count)
		most = panels->count ? panels->count : 1;
	/* Rows that are as full as each other. */
	panels->rows = (panels->count + most - 1) / most;
	panels->columns = panels->rows ? (panels->count + panels->rows - 1) / panels->rows : 1;
}

static void slice_size(const struct hd_picture *picture, bool coarse, double columns,
		       double *width, double *height)
{
	struct panels panels = panels_of(picture);

	if (panels.count <= 1)
		return;
	if (!coarse && panels.count > 2)
		*width = 960;
	panels_columns(&panels, coarse, coarse ? columns : panels.count > 2 ? 960
									    : 800);
	*height = (double)panels.rows * (coarse ? 11 : 210) + (coarse ? 3 : 90);
}

static void draw_panel(struct hd_picture *picture, struct hd_box box,
		       const struct hd_plot_param *param, bool named)
{
	struct hd_canvas *canvas = picture->canvas;
	const struct hd_plot_data *data = &picture->data;
	struct hd_frame frame = { .x = hd_picture_param_scale(picture, param),
				  .y = hd_picture_metric_scale(picture),
				  .x_label = param->label,
				  .y_label = named ? data->metric_label : " " };
	struct hd_points points = { 0 };

	hd_scale_widen(&frame.x, canvas->coarse ? 0.01 : 0.03);
	hd_scale_widen(&frame.y, 0.04);
	hd_frame_axes(canvas, box, &frame);
	for (size_t i = 0; i < data->trial_count; i++) {
		double x = hd_scale_at(&frame.x, hd_picture_spread(picture, param, i));
		double y = hd_scale_at(&frame.y, data->trials[i].value);
		double part =
			(double)i / (double)(data->trial_count > 1 ? data->trial_count - 1 : 1);
		enum hd_shape shape;

		if (data->trials[i].rank == SIZE_MAX || !hd_picture_shows(picture, i))
			continue;
		(void)hd_picture_edge(&frame, data->trials[i].value, &y, &shape);
		hd_points_add_step(&points, canvas, x, y, hd_paint_ramp(part).index);
	}
	hd_points_ramp(&points, canvas, canvas->mark * (points.count > 400 ? 0.6 : 0.9), 0.85);
	hd_points_release(&points);
}

static struct hd_box draw_key(struct hd_picture *picture, struct hd_box box)
{
	const struct hd_plot_data *data = &picture->data;
	char first[32] = "0", last[32] = "0";

	if (data->trial_count) {
		snprintf(first, sizeof first, "%zu", data->trials[0].number);
		snprintf(last, sizeof last, "%zu", data->trials[data->trial_count - 1].number);
	}
	return hd_frame_ramp(picture->canvas, box, "trial", first, last);
}

static void slice_draw(struct hd_picture *picture, struct hd_box box)
{
	struct hd_canvas *canvas = picture->canvas;
	struct panels panels = panels_of(picture);
	double least = canvas->coarse ? 7 * canvas->line : 110;
	double width, height, gap = canvas->coarse ? 4 : 16;

	panels_columns(&panels, canvas->coarse, canvas->coarse ? canvas->width / 2 : canvas->width);
	box = draw_key(picture, box);
	while (panels.rows > 1 && box.height / (double)panels.rows < least) {
		panels.rows--;
		if (panels.count > panels.rows * panels.columns) {
			panels.left_out += panels.count - panels.rows * panels.columns;
			panels.count = panels.rows * panels.columns;
		}
	}
	if (panels.left_out > 0) {
		char words[80];

		snprintf(words, sizeof words, "%zu parameters more than there is room for",
			 panels.left_out);
		hd_canvas_fit(canvas, box.x, box.y + canvas->line / 2, box.width, words,
			      HD_ANCHOR_START, HD_PAINT_MUTED);
		box.y += canvas->line;
		box.height -= canvas->line;
	}
	width = (box.width + gap) / (double)panels.columns;
	height = box.height / (double)(panels.rows ? panels.rows : 1);
	for (size_t i = 0; i < panels.count; i++) {
		double column = (double)(i % panels.columns), row = (double)(i / panels.columns);
		struct hd_box panel = { box.x + column * width, box.y + row * height, width - gap,
					height - (canvas->coarse ? 0 : 10) };

		draw_panel(picture, hd_canvas_snap(canvas, panel), panels.params[i],
			   i % panels.columns == 0);
	}
}

static void slice_json(const struct hd_picture *picture, struct hd_buf *buf)
{
	const struct hd_plot_data *data = &picture->data;
	struct panels panels = panels_of(picture);

	hd_buf_puts(buf, ",\"panels\":[");
	for (size_t i = 0; i < panels.count; i++) {
		bool any = false;

		hd_buf_printf(buf, "%s{\"x\":", i ? "," : "");
		hd_picture_param_json(buf, panels.params[i]);
		hd_buf_puts(buf, ",\"points\":[");
		for (size_t j = 0; j < data->trial_count; j++) {
			if (data->trials[j].rank == SIZE_MAX || !hd_picture_shows(picture, j) ||
			    isnan(panels.params[i]->values[j]))
				continue;
			hd_buf_printf(buf, "%s[%zu,", any ? "," : "", data->trials[j].number);
			hd_picture_value_json(buf, panels.params[i], panels.params[i]->values[j]);
			hd_buf_putc(buf, ',');
			hd_buf_json_number(buf, data->trials[j].value);
			hd_buf_putc(buf, ']');
			any = true;
		}
		hd_buf_puts(buf, "]}");
	}
	hd_buf_putc(buf, ']');
}

const struct hd_picture_kind hd_picture_slice = {
	.name = "slice",
	.summary = "the value by each parameter, a panel a parameter",
	.takes = HD_PICTURE_X | HD_PICTURE_BEST | HD_PICTURE_LOG,
	.needs_value = true,
	.load = slice_load,
	.size = slice_size,
	.title = slice_title,
	.draw = slice_draw,
	.json = slice_json,
};
