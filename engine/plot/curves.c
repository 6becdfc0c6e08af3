/* A metric over its steps, a line a trial; the best of them stand out. */
#include "plot/picture.h"

#include "base/number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* So many are told apart by a colour of their own and a name in the legend. */
#define NAMED_MOST HD_PAINT_COLORS
#define BEST_USUAL 50

static const char *curves_metric(const struct hd_picture *picture)
{
	return picture->plot->metric ? picture->plot->metric : picture->data.metric;
}

static void curves_title(const struct hd_picture *picture, struct hd_buf *buf)
{
	char label[200];

	hd_buf_printf(buf, "curves of %s",
		      hd_plain_text(curves_metric(picture), label, sizeof label));
}

/* --- what is asked for ---------------------------------------------------- */

/* "3,7,12": numbers of trials that are there. */
static int check_trials(const struct hd_picture *picture, struct hd_error *err)
{
	const char *list = picture->plot->trials;
	size_t length;

	if (!list || !strcmp(list, "running"))
		return 0;
	for (const char *at = list;; at += length + 1) {
		int64_t number;

		length = strcspn(at, ",");
		if (!hd_number_read_integer(at, length, &number) || number < 0)
			return hd_error_set(err, HD_EINVAL,
					    "'%.*s' is no trial's number: trials are '3,7,12' or "
					    "'running'",
					    (int)(length < 40 ? length : 40), at);
		if (hd_plot_data_find(&picture->data, (size_t)number) == SIZE_MAX)
			return hd_error_set(err, HD_EINVAL, "there is no trial %lld",
					    (long long)number);
		if (!at[length])
			return 0;
	}
}

static int ask_curves(struct hd_picture *picture, struct hd_error *err)
{
	const struct hd_plot *plot = picture->plot;
	char best[40];
	const char *arguments[] = { "metric", curves_metric(picture), "trials", best,
				    "points", "300", NULL };
	struct hd_json *answer = NULL;
	int rc;

	snprintf(best, sizeof best, "best:%zu", plot->best ? plot->best : BEST_USUAL);
	if (plot->trials)
		arguments[3] = plot->trials;
	rc = picture->ask(picture->user, &answer, "curves", arguments, err);
	if (rc == 0)
		rc = hd_plot_curves_read(&picture->data, answer, &picture->curves,
					 &picture->curve_count, err);
	hd_json_free(answer);
	return rc;
}

static int no_points(const struct hd_picture *picture, struct hd_error *err)
{
	const struct hd_plot_data *data = &picture->data;
	const char *metric = curves_metric(picture);
	const char *near = NULL;

	if (picture->plot->metric)
		near = hd_suggest(metric, data->metrics, data->metric_count);
	if (near && strcmp(near, metric) != 0)
		return hd_error_set(err, HD_EINVAL,
				    "no trial logged a metric '%s', did you mean '%s'?", metric,
				    near);
	return hd_error_set(err, HD_ESTATE, "none of these trials has logged '%s'", metric);
}

static int curves_load(struct hd_picture *picture, struct hd_error *err)
{
	size_t points = 0;
	int rc = check_trials(picture, err);

	if (rc == 0)
		rc = ask_curves(picture, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < picture->curve_count; i++)
		for (size_t j = 0; j < picture->curves[i].count; j++)
			points += isfinite(picture->curves[i].y[j]);
	return points ? 0 : no_points(picture, err);
}

/* --- drawing -------------------------------------------------------------- */

static void set_scales(const struct hd_picture *picture, struct hd_frame *frame)
{
	double left = NAN, right = NAN, low = NAN, high = NAN;

	for (size_t i = 0; i < picture->curve_count; i++)
		for (size_t j = 0; j < picture->curves[i].count; j++) {
			double y = picture->curves[i].y[j];

			if (!isfinite(y) || (picture->plot->log_scale && y <= 0))
				continue;
			left = fmin(left, picture->curves[i].x[j]);
			right = fmax(right, picture->curves[i].x[j]);
			low = fmin(low, y);
			high = fmax(high, y);
		}
	frame->x = hd_scale_linear(left, right);
	frame->x.whole = frame->x.high - frame->x.low >= 2;
	frame->y = picture->plot->log_scale ? hd_scale_log(low, high) : hd_scale_linear(low, high);
	hd_scale_widen(&frame->y, 0.03);
}

static void draw_curve(struct hd_picture *picture, const struct hd_frame *frame,
		       const struct hd_plot_curve *curve, const struct hd_stroke *stroke)
{
	struct hd_canvas *canvas = picture->canvas;
	struct hd_points line = { 0 };
	size_t places = 0;

	for (size_t i = 0; i < curve->count; i++) {
		double y = hd_scale_at(&frame->y, isfinite(curve->y[i]) ? curve->y[i] : NAN);

		places += isfinite(y);
		hd_points_add(&line, canvas, hd_scale_at(&frame->x, curve->x[i]), y);
	}
	hd_canvas_polyline(canvas, line.items, line.count, stroke);
	/* One value makes no line. */
	for (size_t i = 0; places == 1 && i < line.count; i++)
		hd_canvas_mark(canvas, HD_SHAPE_DOT, line.items[i].x, line.items[i].y,
			       stroke->paint);
	hd_points_release(&line);
}

static struct hd_stroke curve_stroke(const struct hd_picture *picture,
				     const struct hd_scale *merit, size_t at)
{
	size_t place = hd_plot_data_find(&picture->data, picture->curves[at].trial);
	double value = place == SIZE_MAX ? NAN : picture->data.trials[place].value;
	struct hd_stroke stroke = hd_stroke(HD_PAINT_RAMP, 1.3);

	if (picture->curve_count <= NAMED_MOST) {
		stroke.paint = hd_paint_series((unsigned)at);
		stroke.width = 1.8;
		return stroke;
	}
	if (isnan(value))
		stroke.paint = hd_paint_series(HD_PAINT_GREY);
	else
		stroke.paint = hd_paint_ramp(hd_picture_merit(picture, merit, value));
	if (place != SIZE_MAX && picture->data.trials[place].rank == 0)
		stroke.width = 2.6;
	return stroke;
}

static struct hd_box draw_legend(struct hd_picture *picture, struct hd_box box,
				 const struct hd_scale *merit)
{
	struct hd_legend legend[NAMED_MOST];
	char names[NAMED_MOST][32];

	if (picture->curve_count > NAMED_MOST)
		return hd_picture_ramp(picture, box, merit);
	for (size_t i = 0; i < picture->curve_count; i++) {
		snprintf(names[i], sizeof names[i], "trial %zu", picture->curves[i].trial);
		legend[i] = (struct hd_legend){ .is_line = true,
						.paint = hd_paint_series((unsigned)i),
						.text = names[i] };
	}
	return hd_frame_legend(picture->canvas, box, legend, picture->curve_count);
}

/* The worst first, so that the best lies on top. */
static void draw_all(struct hd_picture *picture, const struct hd_frame *frame,
		     const struct hd_scale *merit)
{
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = picture->curve_count; i-- > 0;) {
			size_t place = hd_plot_data_find(&picture->data, picture->curves[i].trial);
			bool leads = place != SIZE_MAX && picture->data.trials[place].rank == 0;
			struct hd_stroke stroke = curve_stroke(picture, merit, i);

			if (leads == (pass == 1))
				draw_curve(picture, frame, &picture->curves[i], &stroke);
		}
}

static void curves_draw(struct hd_picture *picture, struct hd_box box)
{
	struct hd_scale merit = hd_picture_merit_scale(picture);
	char label[200];
	struct hd_frame frame = { .x_label = "step",
				  .y_label = hd_plain_text(curves_metric(picture), label,
							   sizeof label) };

	set_scales(picture, &frame);
	box = draw_legend(picture, box, &merit);
	hd_frame_axes(picture->canvas, box, &frame);
	hd_canvas_clip(picture->canvas, &frame.area);
	draw_all(picture, &frame, &merit);
	hd_canvas_clip(picture->canvas, NULL);
}

static void put_numbers(struct hd_buf *buf, const char *name, const double *values, size_t count)
{
	hd_picture_key(buf, name);
	hd_buf_putc(buf, '[');
	for (size_t i = 0; i < count; i++) {
		hd_buf_puts(buf, i ? "," : "");
		hd_buf_json_number(buf, isfinite(values[i]) ? values[i] : NAN);
	}
	hd_buf_putc(buf, ']');
}

static void curves_json(const struct hd_picture *picture, struct hd_buf *buf)
{
	const char *metric = curves_metric(picture);

	hd_picture_key(buf, "drawn");
	hd_buf_json(buf, metric, strlen(metric));
	hd_buf_puts(buf, ",\"curves\":[");
	for (size_t i = 0; i < picture->curve_count; i++) {
		const struct hd_plot_curve *curve = &picture->curves[i];

		hd_buf_printf(buf, "%s{\"trial\":%zu", i ? "," : "", curve->trial);
		put_numbers(buf, "x", curve->x, curve->count);
		put_numbers(buf, "y", curve->y, curve->count);
		hd_buf_putc(buf, '}');
	}
	hd_buf_putc(buf, ']');
}

const struct hd_picture_kind hd_picture_curves = {
	.name = "curves",
	.summary = "a metric over its steps, a line a trial",
	.takes = HD_PICTURE_METRIC | HD_PICTURE_TRIALS | HD_PICTURE_BEST | HD_PICTURE_LOG,
	.load = curves_load,
	.title = curves_title,
	.draw = curves_draw,
	.json = curves_json,
};
