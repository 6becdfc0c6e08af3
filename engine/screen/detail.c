/* What is read of single trials, when they stand on the screen. */
#include "screen/model.h"

#include "base/buf.h"
#include "base/json.h"
#include "screen/tail.h"
#include "screen/trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void detail_free(struct model_detail *detail)
{
	if (!detail)
		return;
	free(detail->args);
	free(detail->end);
	free(detail->devices);
	free(detail->said);
	free(detail->folder);
	free(detail);
}

static void curve_free(struct model_curve *curve)
{
	if (curve)
		free(curve->values);
	free(curve);
}

void model_forget(struct model *model)
{
	for (size_t i = 0; i < model->detail_room; i++) {
		detail_free(model->details[i]);
		curve_free(model->curves[i]);
	}
	free(model->details);
	free(model->curves);
	model->details = NULL;
	model->curves = NULL;
	model->detail_room = 0;
}

/* Places for trials up to NUMBER. */
static bool detail_reach(struct model *model, size_t number)
{
	size_t room = number + number / 2 + 64;
	struct model_detail **details;
	struct model_curve **curves;

	if (number < model->detail_room)
		return true;
	details = realloc(model->details, room * sizeof *details);
	if (details)
		model->details = details;
	curves = realloc(model->curves, room * sizeof *curves);
	if (curves)
		model->curves = curves;
	if (!details || !curves)
		return false;
	for (size_t i = model->detail_room; i < room; i++) {
		details[i] = NULL;
		curves[i] = NULL;
	}
	model->detail_room = room;
	return true;
}

/* --- rows ----------------------------------------------------------------- */

/* In a row there is no room for all the digits of a number. */
static int args_add(void *user, const char *name, size_t length, const struct hd_json *value)
{
	struct hd_buf *buf = user;
	char *text = screen_parameter(value, true);

	hd_buf_puts(buf, buf->length ? " " : "");
	hd_buf_add(buf, name, length);
	hd_buf_putc(buf, ' ');
	hd_buf_puts(buf, text ? text : "");
	free(text);
	return 0;
}

static char *detail_args(const char *parameters)
{
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_json *json = NULL;
	char *text;

	if (hd_json_parse(&json, parameters, strlen(parameters), NULL) == 0)
		(void)hd_json_each(json, args_add, &buf);
	hd_json_free(json);
	text = strdup(hd_buf_text(&buf));
	hd_buf_release(&buf);
	return text;
}

/* What its stderr ended with says more than a number. */
static char *detail_said(const struct hd_trial_row *row)
{
	struct tail tail = { 0 };
	const char *line = "";
	char *copy;

	if (row->state == HD_TRIAL_FAILED && tail_read(&tail, row->folder, "stderr", 4096))
		for (size_t i = tail.count; i > 0 && !*line; i--)
			line = tail.lines[i - 1];
	copy = strdup(line);
	tail_release(&tail);
	return copy;
}

static int take_detail(void *user, const struct hd_trial_row *row)
{
	struct model *model = user;
	const struct hd_live_trial *trial = model_find(model, row->number);
	struct model_detail *detail;

	if (!trial || !detail_reach(model, row->number))
		return 0;
	detail = calloc(1, sizeof *detail);
	if (!detail)
		return HD_ENOMEM;
	detail->seq = trial->seq;
	detail->args = detail_args(row->parameters);
	detail->end = strdup(*row->end_detail ? row->end_detail : hd_end_name(row->end));
	detail->said = detail_said(row);
	detail->folder = strdup(row->folder);
	if (!detail->args || !detail->end || !detail->said || !detail->folder) {
		detail_free(detail);
		return HD_ENOMEM;
	}
	detail_free(model->details[row->number]);
	model->details[row->number] = detail;
	return 0;
}

/* Which GPUs it has: of those that run, a query each. */
static void detail_devices(const struct model *model, const struct hd_live_trial *trial)
{
	struct model_detail *detail = model->details[trial->number];

	if (trial->state != HD_TRIAL_RUNNING ||
	    hd_store_devices(model->store, model->sweep.key, trial->number, &detail->devices,
			     NULL) < 0)
		detail->devices = NULL;
}

const struct model_detail *model_detail(struct model *model,
					const struct hd_live_trial *trial)
{
	const struct model_detail *old = trial->number < model->detail_room
						 ? model->details[trial->number]
						 : NULL;

	if (old && old->seq == trial->seq)
		return old;
	if (model->trouble == MODEL_STORE_GONE)
		return old;
	if (hd_store_trial(model->store, model->sweep.key, trial->number, take_detail, model,
			   NULL) < 0 ||
	    trial->number >= model->detail_room || !model->details[trial->number])
		return NULL;
	detail_devices(model, trial);
	return model->details[trial->number];
}

static int take_if_new(void *user, const struct hd_trial_row *row)
{
	struct model *model = user;

	if (row->number < model->detail_room && model->details[row->number])
		return 0;
	return take_detail(model, row);
}

void model_details(struct model *model)
{
	size_t count = model_count(model), known = 0;

	for (size_t i = 0; i < count; i++) {
		size_t number = model_at(model, i)->number;

		known += number < model->detail_room && model->details[number];
	}
	/* Few are read one by one as they are asked for. */
	if (count - known > 64)
		(void)hd_store_trials(model->store, model->sweep.key, NULL, take_if_new, model,
				      NULL);
}

/* --- curves --------------------------------------------------------------- */

static bool curve_add(struct model_curve *curve, double value)
{
	if (curve->count == curve->room) {
		size_t room = curve->room ? 2 * curve->room : 64;
		double *values = realloc(curve->values, room * sizeof *values);

		if (!values)
			return false;
		curve->values = values;
		curve->room = room;
	}
	curve->values[curve->count++] = value;
	return true;
}

static int take_value(void *user, const struct hd_metric_row *row)
{
	if (row->interval == 0)
		return 0;
	return curve_add(user, row->value) ? 0 : HD_ENOMEM;
}

static struct model_curve *curve_load(struct model *model,
				      const struct hd_live_trial *trial)
{
	struct model_curve *curve = calloc(1, sizeof *curve);

	if (!curve)
		return NULL;
	curve->attempt = trial->attempt;
	if (hd_store_metrics(model->store, model->sweep.key, trial->number, model->sweep.metric,
			     take_value, curve, NULL) < 0) {
		curve_free(curve);
		return NULL;
	}
	return curve;
}

const struct model_curve *model_curve(struct model *model,
				      const struct hd_live_trial *trial)
{
	struct model_curve *curve;

	if (!detail_reach(model, trial->number))
		return NULL;
	curve = model->curves[trial->number];
	/* One that began anew, or that was not held while it grew. */
	if (curve && (curve->attempt != trial->attempt || curve->count < trial->intervals)) {
		curve_free(curve);
		curve = model->curves[trial->number] = NULL;
	}
	if (!curve)
		curve = model->curves[trial->number] = curve_load(model, trial);
	return curve;
}

/* A look's values of one trial after another. */
struct following {
	struct model *model;
	size_t trial; /* whose values are gathered; SIZE_MAX for none */
	struct model_curve gathered;
};

/* The last of them are new: the curve may have been read after the look. */
static void following_end(struct following *following)
{
	const struct hd_live_trial *trial = model_find(following->model, following->trial);
	struct model_curve *gathered = &following->gathered, *curve;
	size_t missing;

	if (!trial || trial->number >= following->model->detail_room)
		return;
	curve = following->model->curves[trial->number];
	if (!curve || curve->attempt != trial->attempt || curve->count >= trial->intervals)
		return;
	missing = trial->intervals - curve->count;
	for (size_t i = gathered->count - missing; missing <= gathered->count &&
						   i < gathered->count;
	     i++)
		if (!curve_add(curve, gathered->values[i]))
			return;
}

static int take_point(void *user, const struct hd_live_point *point)
{
	struct following *following = user;

	if (point->trial != following->trial) {
		if (following->trial != SIZE_MAX)
			following_end(following);
		following->trial = point->trial;
		following->gathered.count = 0;
	}
	return curve_add(&following->gathered, point->y) ? 0 : HD_ENOMEM;
}

void model_curves_follow(struct model *model, uint64_t seq)
{
	struct following following = { .model = model, .trial = SIZE_MAX };

	(void)hd_live_points_since(model->live, seq, take_point, &following);
	if (following.trial != SIZE_MAX)
		following_end(&following);
	free(following.gathered.values);
	/* Of what does not run nobody asks again soon. */
	for (size_t i = 0; i < model->detail_room; i++) {
		const struct hd_live_trial *trial =
			model->curves[i] ? model_find(model, i) : NULL;

		if (trial && trial->ended) {
			curve_free(model->curves[i]);
			model->curves[i] = NULL;
		}
	}
}
