/* Two columns against each other; the colour is how good a trial was. */
#include "plot/picture.h"

#include <math.h>
#include <string.h>

static void scatter_title(const struct hd_picture *picture, struct hd_buf *buf)
{
	hd_buf_printf(buf, "%s by %s and %s", picture->data.metric_label, picture->x->label,
		      picture->y->label);
}

/* The two that matter most, else the first two that were declared. */
static int choose_axes(struct hd_picture *picture, struct hd_error *err)
{
	const char *none[] = { NULL };
	struct hd_plot_data *data = &picture->data;
	struct hd_json *answer = NULL;
	/* Without an answer there still is an order. */
	int rc = picture->ask(picture->user, &answer, "importance", none, NULL);

	if (rc == 0)
		rc = hd_plot_importances_read(data, answer, &picture->importances, err);
	else
		rc = rc == HD_ENOMEM ? hd_error_nomem(err) : 0;
	hd_json_free(answer);
	for (size_t i = 0; rc == 0 && i < picture->importances.count; i++) {
		const struct hd_plot_param *param =
			hd_plot_data_param(data, picture->importances.items[i].name);

		if (!picture->x)
			picture->x = param;
		else if (!picture->y && param != picture->x)
			picture->y = param;
	}
	for (size_t i = 0; i < data->param_count; i++) {
		if (!picture->x && picture->y != &data->params[i])
			picture->x = &data->params[i];
		else if (!picture->y && picture->x != &data->params[i])
			picture->y = &data->params[i];
	}
	return rc;
}

static int scatter_load(struct hd_picture *picture, struct hd_error *err)
{
	int rc = 0;

	if (picture->plot->x) {
		picture->x = hd_picture_column(picture, picture->plot->x, err);
		if (!picture->x)
			return HD_EINVAL;
	}
	if (picture->plot->y) {
		picture->y = hd_picture_column(picture, picture->plot->y, err);
		if (!picture->y)
			return HD_EINVAL;
	}
	if (!picture->x || !picture->y)
		rc = choose_axes(picture, err);
	/* With one parameter, or none, against the trials' order. */
	if (rc == 0 && !picture->y)
		picture->y = hd_picture_column(picture, picture->data.metric, err);
	if (rc == 0 && !picture->x)
		picture->x = hd_picture_column(picture, "trial", err);
	return rc == 0 && (!picture->x || !picture->y) ? HD_ENOMEM : rc;
}

static void scatter_draw(struct hd_picture *picture, struct hd_box box)
{
	struct hd_canvas *canvas = picture->canvas;
	struct hd_scale merit = hd_picture_merit_scale(picture);
	struct hd_frame frame = { .x = hd_picture_param_scale(picture, picture->x),
				  .y = hd_picture_param_scale(picture, picture->y),
				  .x_label = picture->x->label,
				  .y_label = picture->y->label,
				  .x_grid = true };
	const struct hd_plot_data *data = &picture->data;
	struct hd_points points = { 0 };

	hd_scale_widen(&frame.x, canvas->coarse ? 0.01 : 0.03);
	hd_scale_widen(&frame.y, canvas->coarse ? 0.01 : 0.03);
	box = hd_picture_ramp(picture, box, &merit);
	hd_frame_axes(canvas, box, &frame);
	/* The best last, on top. */
	for (size_t i = data->ranked_count; i-- > 0;) {
		size_t at = data->ranked[i];
		double part = hd_picture_merit(picture, &merit, data->trials[at].value);

		if (hd_picture_shows(picture, at))
			hd_points_add_step(&points, canvas,
					   hd_scale_at(&frame.x,
						       hd_picture_spread(picture, picture->x, at)),
					   hd_scale_at(&frame.y,
						       hd_picture_spread(picture, picture->y, at)),
					   hd_paint_ramp(part).index);
	}
	hd_points_ramp(&points, canvas, canvas->mark * (points.count > 400 ? 0.8 : 1.15), 0.85);
	hd_points_release(&points);
}

static void scatter_json(const struct hd_picture *picture, struct hd_buf *buf)
{
	const struct hd_plot_data *data = &picture->data;
	bool any = false;

	hd_picture_key(buf, "x");
	hd_picture_param_json(buf, picture->x);
	hd_picture_key(buf, "y");
	hd_picture_param_json(buf, picture->y);
	hd_buf_puts(buf, ",\"points\":[");
	for (size_t i = 0; i < data->trial_count; i++) {
		if (data->trials[i].rank == SIZE_MAX || !hd_picture_shows(picture, i))
			continue;
		hd_buf_printf(buf, "%s{\"trial\":%zu,\"x\":", any ? "," : "",
			      data->trials[i].number);
		hd_picture_value_json(buf, picture->x, picture->x->values[i]);
		hd_picture_key(buf, "y");
		hd_picture_value_json(buf, picture->y, picture->y->values[i]);
		hd_picture_key(buf, "value");
		hd_buf_json_number(buf, data->trials[i].value);
		hd_buf_putc(buf, '}');
		any = true;
	}
	hd_buf_putc(buf, ']');
}

const struct hd_picture_kind hd_picture_scatter = {
	.name = "scatter",
	.summary = "trials by two parameters, coloured by their value",
	.takes = HD_PICTURE_X | HD_PICTURE_Y | HD_PICTURE_BEST | HD_PICTURE_LOG,
	.needs_value = true,
	.load = scatter_load,
	.title = scatter_title,
	.draw = scatter_draw,
	.json = scatter_json,
};
