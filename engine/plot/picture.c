#include "plot/picture.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- states --------------------------------------------------------------- */

enum hd_shape hd_picture_shape(enum hd_plot_state state)
{
	switch (state) {
	case HD_PLOT_COMPLETED:
		return HD_SHAPE_DOT;
	case HD_PLOT_RUNNING:
		return HD_SHAPE_TRIANGLE;
	case HD_PLOT_STOPPED:
	case HD_PLOT_CANCELED:
		return HD_SHAPE_SQUARE;
	case HD_PLOT_PAUSED:
		return HD_SHAPE_DIAMOND;
	case HD_PLOT_FAILED:
		return HD_SHAPE_CROSS;
	case HD_PLOT_QUEUED:
		return HD_SHAPE_RING;
	}
	return HD_SHAPE_DOT;
}

struct hd_paint hd_picture_paint(enum hd_plot_state state)
{
	switch (state) {
	case HD_PLOT_COMPLETED:
		return hd_paint_series(HD_PAINT_BLUE);
	case HD_PLOT_RUNNING:
		return hd_paint_series(HD_PAINT_GREEN);
	case HD_PLOT_STOPPED:
		return hd_paint_series(HD_PAINT_ORANGE);
	case HD_PLOT_PAUSED:
		return hd_paint_series(HD_PAINT_PURPLE);
	case HD_PLOT_FAILED:
		return hd_paint_series(HD_PAINT_VERMILLION);
	case HD_PLOT_CANCELED:
	case HD_PLOT_QUEUED:
		return hd_paint_series(HD_PAINT_GREY);
	}
	return hd_paint_series(HD_PAINT_BLUE);
}

size_t hd_picture_states(const struct hd_picture *picture, bool all,
			 struct hd_legend legend[HD_PLOT_STATES])
{
	size_t seen[HD_PLOT_STATES] = { 0 };
	size_t count = 0;

	for (size_t i = 0; i < picture->data.trial_count; i++)
		seen[picture->data.trials[i].state] +=
			all || picture->data.trials[i].rank != SIZE_MAX ||
			picture->data.trials[i].state == HD_PLOT_FAILED;
	for (int i = 0; i < HD_PLOT_STATES; i++) {
		enum hd_plot_state state = (enum hd_plot_state)i;

		if (seen[i] == 0)
			continue;
		legend[count++] = (struct hd_legend){
			.shape = hd_picture_shape(state),
			.paint = hd_picture_paint(state),
			.text = hd_plot_state_name(state),
		};
	}
	return count;
}

bool hd_picture_shows(const struct hd_picture *picture, size_t at)
{
	return picture->plot->best == 0 ||
	       picture->data.trials[at].rank < picture->plot->best;
}

/* --- scales --------------------------------------------------------------- */

/*
 * How far the scale goes towards the worse. Of ten or more values nine in ten
 * lie between the best and TENTH; what is worse than thrice as far from the best
 * would press these together. With a logarithmic scale there is room for all.
 */
static double worst_shown(const struct hd_picture *picture)
{
	const struct hd_plot_data *data = &picture->data;
	size_t count = data->ranked_count;
	double best, tenth, limit;

	if (count == 0)
		return NAN;
	best = data->trials[data->ranked[0]].value;
	tenth = data->trials[data->ranked[(count - 1) * 9 / 10]].value;
	limit = 3 * fabs(tenth - best);
	if (count < 10 || limit == 0 || picture->plot->log_scale)
		return data->trials[data->ranked[count - 1]].value;
	while (count > 1 && fabs(data->trials[data->ranked[count - 1]].value - best) > limit)
		count--;
	return data->trials[data->ranked[count - 1]].value;
}

struct hd_scale hd_picture_metric_scale(const struct hd_picture *picture)
{
	const struct hd_plot_data *data = &picture->data;
	double best = data->ranked_count ? data->trials[data->ranked[0]].value : NAN;
	double worst = worst_shown(picture);

	if (picture->plot->log_scale)
		return hd_scale_log(fmin(best, worst), fmax(best, worst));
	return hd_scale_linear(fmin(best, worst), fmax(best, worst));
}

struct hd_scale hd_picture_merit_scale(const struct hd_picture *picture)
{
	const struct hd_plot_data *data = &picture->data;
	size_t count = data->ranked_count;
	double best = count ? data->trials[data->ranked[0]].value : NAN;
	double worst = NAN;

	if (count > 0)
		worst = data->trials[data->ranked[count < 10 ? count - 1 : (count - 1) * 9 / 10]]
				.value;
	if (picture->plot->log_scale)
		return hd_scale_log(fmin(best, worst), fmax(best, worst));
	return hd_scale_linear(fmin(best, worst), fmax(best, worst));
}

struct hd_scale hd_picture_param_scale(const struct hd_picture *picture,
				       const struct hd_plot_param *param)
{
	double low = NAN, high = NAN;
	struct hd_scale scale;

	if (param->choice)
		return hd_scale_category(param->names, param->name_count);
	for (size_t i = 0; i < picture->data.trial_count; i++) {
		low = fmin(low, param->values[i]);
		high = fmax(high, param->values[i]);
	}
	/* A space that is much wider than what was drawn of it would hide that. */
	scale = param->log ? hd_scale_log(low, high) : hd_scale_linear(low, high);
	scale.whole = param->whole && high - low >= 1;
	return scale;
}

double hd_picture_merit(const struct hd_picture *picture, const struct hd_scale *scale,
			double value)
{
	double part = hd_scale_part(scale, value);

	return picture->data.maximize ? part : 1 - part;
}

struct hd_box hd_picture_ramp(struct hd_picture *picture, struct hd_box box,
			      const struct hd_scale *scale)
{
	const struct hd_plot_data *data = &picture->data;
	double least = data->ranked_count
			       ? data->trials[data->ranked[data->ranked_count - 1]].value
			       : NAN;
	double end = data->maximize ? scale->low : scale->high;
	char worst[40], best[40], words[60];

	hd_scale_text(end, worst, sizeof worst);
	hd_scale_text(data->maximize ? scale->high : scale->low, best, sizeof best);
	/* Some are worse than where the ramp ends. */
	snprintf(words, sizeof words, "%s%s",
		 hd_picture_merit(picture, scale, least) >= -1e-9 ? ""
		 : data->maximize                                 ? "<= "
								  : ">= ",
		 worst);
	return hd_frame_ramp(picture->canvas, box, data->metric_label, words, best);
}

bool hd_picture_edge(const struct hd_frame *frame, double value, double *y,
		     enum hd_shape *shape)
{
	double part = hd_scale_part(&frame->y, value);

	if (part >= -1e-9 && part <= 1 + 1e-9)
		return false;
	*shape = part > 1 ? HD_SHAPE_UP : HD_SHAPE_DOWN;
	*y = part > 1 ? frame->y.to : frame->y.from;
	return !isnan(part);
}

/* --- columns -------------------------------------------------------------- */

/* What is no parameter, as if it were one. */
static const struct hd_plot_param *made_column(struct hd_picture *picture, const char *name,
					       const char *label,
					       double (*value)(const struct hd_plot_trial *trial))
{
	struct hd_plot_data *data = &picture->data;
	struct hd_plot_param *column = hd_arena_alloc(data->arena, sizeof *column);
	double *values = hd_arena_array(data->arena, data->trial_count + 1, sizeof *values);

	if (!column || !values)
		return NULL;
	*column = (struct hd_plot_param){
		.name = name, .label = label, .low = NAN, .high = NAN, .values = values
	};
	column->whole = true;
	for (size_t i = 0; i < data->trial_count; i++) {
		values[i] = value(&data->trials[i]);
		column->whole &= isnan(values[i]) || values[i] == floor(values[i]);
	}
	return column;
}

static double column_number(const struct hd_plot_trial *trial)
{
	return (double)trial->number;
}

static double column_value(const struct hd_plot_trial *trial)
{
	return trial->rank == SIZE_MAX ? NAN : trial->value;
}

static double column_duration(const struct hd_plot_trial *trial)
{
	return trial->ended - trial->started;
}

static void column_unknown(const struct hd_picture *picture, const char *name,
			   struct hd_error *err)
{
	const struct hd_plot_data *data = &picture->data;
	const char *words[512];
	const char *near;
	size_t count = 0;

	for (; count < data->param_count && count < 512; count++)
		words[count] = data->params[count].label;
	near = hd_suggest(name + strspn(name, "-"), words, count);
	if (near)
		hd_error_set(err, HD_EINVAL, "no parameter '%s', did you mean '%s'?", name, near);
	else
		hd_error_set(err, HD_EINVAL,
			     "no parameter '%s': an axis is one of the sweep's parameters, "
			     "its metric, 'trial' or 'duration'",
			     name);
}

const struct hd_plot_param *hd_picture_column(struct hd_picture *picture, const char *name,
					      struct hd_error *err)
{
	const struct hd_plot_data *data = &picture->data;
	const struct hd_plot_param *column = hd_plot_data_param(data, name);

	if (column)
		return column;
	if (!strcmp(name, data->metric))
		column = made_column(picture, data->metric, data->metric_label, column_value);
	else if (!strcmp(name, "trial"))
		column = made_column(picture, "trial", "trial", column_number);
	else if (!strcmp(name, "duration"))
		column = made_column(picture, "duration", "duration in seconds", column_duration);
	else {
		column_unknown(picture, name, err);
		return NULL;
	}
	if (!column)
		hd_error_nomem(err);
	return column;
}

double hd_picture_spread(const struct hd_picture *picture, const struct hd_plot_param *column,
			 size_t at)
{
	/* Steps of the golden ratio fill a band evenly (Weyl). */
	double part = fmod((double)picture->data.trials[at].number * 0.6180339887498949, 1);

	return column->choice ? column->values[at] + (part - 0.5) * 0.5 : column->values[at];
}

/* --- points --------------------------------------------------------------- */

static bool points_grow(struct hd_points *points)
{
	size_t room = points->room ? 2 * points->room : 64;
	struct hd_point *items = realloc(points->items, room * sizeof *items);
	unsigned char *steps;

	if (!items)
		return false;
	points->items = items;
	steps = realloc(points->steps, room);
	if (!steps)
		return false;
	points->steps = steps;
	points->room = room;
	return true;
}

void hd_points_add_step(struct hd_points *points, struct hd_canvas *canvas, double x, double y,
			unsigned step)
{
	if (points->count == points->room && !points_grow(points)) {
		canvas->failed = true;
		return;
	}
	points->steps[points->count] = (unsigned char)step;
	points->items[points->count++] = (struct hd_point){ x, y };
}

void hd_points_add(struct hd_points *points, struct hd_canvas *canvas, double x, double y)
{
	hd_points_add_step(points, canvas, x, y, 0);
}

/* The points by their steps, equal ones as they were: where each step begins,
 * and behind the last. */
static struct hd_point *points_sorted(const struct hd_points *points,
				      size_t from[HD_PAINT_STEPS + 1])
{
	struct hd_point *sorted = malloc((points->count + 1) * sizeof *sorted);
	size_t next[HD_PAINT_STEPS];

	if (!sorted)
		return NULL;
	memset(from, 0, (HD_PAINT_STEPS + 1) * sizeof *from);
	for (size_t i = 0; i < points->count; i++)
		from[points->steps[i] + 1]++;
	for (size_t i = 0; i < HD_PAINT_STEPS; i++) {
		from[i + 1] += from[i];
		next[i] = from[i];
	}
	for (size_t i = 0; i < points->count; i++)
		sorted[next[points->steps[i]]++] = points->items[i];
	return sorted;
}

void hd_points_ramp(const struct hd_points *points, struct hd_canvas *canvas, double radius,
		    double alpha)
{
	size_t from[HD_PAINT_STEPS + 1];
	struct hd_point *sorted = points_sorted(points, from);

	if (!sorted) {
		canvas->failed = true;
		return;
	}
	/* What a later step hides need not be there. */
	hd_canvas_thin(canvas, sorted, points->count, radius);
	for (unsigned step = 0; step < HD_PAINT_STEPS; step++)
		hd_canvas_marks(canvas, HD_SHAPE_DOT, sorted + from[step],
				from[step + 1] - from[step], radius,
				(struct hd_paint){ HD_PAINT_RAMP, step, alpha });
	free(sorted);
}

void hd_points_release(struct hd_points *points)
{
	free(points->items);
	free(points->steps);
	*points = (struct hd_points){ 0 };
}

/* --- JSON ----------------------------------------------------------------- */

void hd_picture_key(struct hd_buf *buf, const char *name)
{
	hd_buf_printf(buf, ",\"%s\":", name);
}

void hd_picture_param_json(struct hd_buf *buf, const struct hd_plot_param *param)
{
	hd_buf_puts(buf, "{\"name\":");
	hd_buf_json(buf, param->name, strlen(param->name));
	hd_buf_printf(buf, ",\"kind\":\"%s\"", param->choice ? "choice" : "number");
	if (param->choice) {
		hd_picture_key(buf, "values");
		for (size_t i = 0; i < param->name_count; i++) {
			hd_buf_putc(buf, i ? ',' : '[');
			hd_buf_json(buf, param->names[i], strlen(param->names[i]));
		}
		hd_buf_puts(buf, param->name_count ? "]" : "[]");
	} else {
		hd_buf_printf(buf, ",\"log\":%s,\"low\":", param->log ? "true" : "false");
		hd_buf_json_number(buf, param->low);
		hd_picture_key(buf, "high");
		hd_buf_json_number(buf, param->high);
	}
	hd_buf_putc(buf, '}');
}

void hd_picture_value_json(struct hd_buf *buf, const struct hd_plot_param *param, double value)
{
	if (param->choice && value >= 0 && value < (double)param->name_count)
		hd_buf_json(buf, param->names[(size_t)value], strlen(param->names[(size_t)value]));
	else
		hd_buf_json_number(buf, value);
}
