#include "plot/data.h"

#include "report/out.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[HD_PLOT_STATES] = {
	[HD_PLOT_COMPLETED] = "completed",
	[HD_PLOT_RUNNING] = "running",
	[HD_PLOT_STOPPED] = "stopped",
	[HD_PLOT_PAUSED] = "paused",
	[HD_PLOT_CANCELED] = "canceled",
	[HD_PLOT_FAILED] = "failed",
	[HD_PLOT_QUEUED] = "queued",
};

const char *hd_plot_state_name(enum hd_plot_state state)
{
	return state_names[state];
}

/* --- pieces of JSON ------------------------------------------------------- */

static const char *json_text(const struct hd_json *object, const char *name)
{
	const struct hd_json *node = hd_json_get(object, name);
	const char *text = node ? hd_json_string(node, NULL) : NULL;

	return text ? text : "";
}

/* NaN for null, for what is no number and for what is not there. */
static double json_number(const struct hd_json *node)
{
	if (!node || (hd_json_kind(node) != HD_JSON_INTEGER && hd_json_kind(node) != HD_JSON_REAL))
		return NAN;
	return hd_json_number(node);
}

static size_t json_size(const struct hd_json *node)
{
	double number = json_number(node);

	return number >= 0 && number < 9e15 ? (size_t)number : 0;
}

static long json_slot(const struct hd_json *node)
{
	double number = json_number(node);

	return number >= 0 && number < 1e9 ? (long)number : -1;
}

/* Of milliseconds since 1970. */
static double json_seconds(const struct hd_json *node)
{
	return json_number(node) / 1000;
}

static double *json_numbers(struct hd_arena *arena, const struct hd_json *list, size_t count)
{
	double *numbers = hd_arena_array(arena, count ? count : 1, sizeof *numbers);
	size_t given = list ? hd_json_count(list) : 0;

	for (size_t i = 0; numbers && i < count; i++)
		numbers[i] = i < given ? json_number(hd_json_at(list, i)) : NAN;
	return numbers;
}

const char *hd_plot_data_label(struct hd_plot_data *data, const char *text)
{
	struct hd_buf buf = HD_BUF_INIT;
	const char *label = NULL;

	hd_buf_plain(&buf, text, strlen(text), false);
	if (!hd_buf_failed(&buf))
		label = hd_arena_string(data->arena, hd_buf_text(&buf));
	hd_buf_release(&buf);
	return label;
}

/* --- parameters ----------------------------------------------------------- */

/* A choice's value as its script gets it. */
static const char *option_label(struct hd_plot_data *data, const struct hd_json *value)
{
	const char *label;
	char *text;

	switch (hd_json_kind(value)) {
	case HD_JSON_NULL:
		return "None";
	case HD_JSON_TRUE:
		return "True";
	case HD_JSON_FALSE:
		return "False";
	case HD_JSON_STRING:
		return hd_plot_data_label(data, hd_json_string(value, NULL));
	case HD_JSON_INTEGER:
	case HD_JSON_REAL:
	case HD_JSON_ARRAY:
	case HD_JSON_OBJECT:
		break;
	}
	text = hd_json_dump(value);
	label = text ? hd_plot_data_label(data, text) : NULL;
	free(text);
	return label;
}

static bool read_names(struct hd_plot_data *data, struct hd_plot_param *param,
		       const struct hd_json *values)
{
	size_t count = values ? hd_json_count(values) : 0;
	const char **names = hd_arena_array(data->arena, count ? count : 1, sizeof *names);

	if (!names)
		return false;
	for (size_t i = 0; i < count; i++) {
		names[i] = option_label(data, hd_json_at(values, i));
		if (!names[i])
			return false;
	}
	param->names = names;
	param->name_count = count;
	return true;
}

static bool is_whole(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!isnan(values[i]) && values[i] != floor(values[i]))
			return false;
	return true;
}

/* What is outside of a choice's names is none of them. */
static void limit_to_names(double *values, size_t count, size_t names)
{
	for (size_t i = 0; i < count; i++)
		if (!(values[i] >= 0 && values[i] < (double)names))
			values[i] = NAN;
}

static bool read_param(struct hd_plot_data *data, struct hd_plot_param *param,
		       const struct hd_json *from, const struct hd_json *values)
{
	const struct hd_json *log_scale = hd_json_get(from, "log");
	double *numbers = json_numbers(data->arena, values, data->trial_count);

	param->name = hd_arena_string(data->arena, json_text(from, "name"));
	param->choice = !strcmp(json_text(from, "kind"), "choice");
	param->log = log_scale && hd_json_kind(log_scale) == HD_JSON_TRUE;
	param->low = json_number(hd_json_get(from, "low"));
	param->high = json_number(hd_json_get(from, "high"));
	if (!param->name || !numbers)
		return false;
	param->label = hd_plot_data_label(data, param->name + strspn(param->name, "-"));
	if (param->choice && !read_names(data, param, hd_json_get(from, "values")))
		return false;
	if (param->choice)
		limit_to_names(numbers, data->trial_count, param->name_count);
	param->whole = param->choice || is_whole(numbers, data->trial_count);
	param->values = numbers;
	return param->label != NULL;
}

static bool read_params(struct hd_plot_data *data, const struct hd_json *columns)
{
	const struct hd_json *from = hd_json_get(columns, "parameters");
	const struct hd_json *values = hd_json_get(columns, "values");
	size_t count = from ? hd_json_count(from) : 0;

	data->params = hd_arena_array(data->arena, count ? count : 1, sizeof *data->params);
	if (!data->params)
		return false;
	for (size_t i = 0; i < count; i++)
		if (!read_param(data, &data->params[i], hd_json_at(from, i),
				values && i < hd_json_count(values) ? hd_json_at(values, i) : NULL))
			return false;
	data->param_count = count;
	return true;
}

/* --- trials --------------------------------------------------------------- */

static enum hd_plot_state read_state(const char *state, const char *end)
{
	if (!strcmp(state, "Completed"))
		return HD_PLOT_COMPLETED;
	if (!strcmp(state, "Failed"))
		return HD_PLOT_FAILED;
	if (!strcmp(state, "Paused"))
		return HD_PLOT_PAUSED;
	if (!strcmp(state, "Queued"))
		return HD_PLOT_QUEUED;
	if (!strcmp(state, "Canceled"))
		return strcmp(end, "policy") ? HD_PLOT_CANCELED : HD_PLOT_STOPPED;
	return HD_PLOT_RUNNING; /* it starts, runs or is about to end */
}

static const struct hd_json *item(const struct hd_json *columns, const char *name, size_t at)
{
	const struct hd_json *list = hd_json_get(columns, name);

	return list && at < hd_json_count(list) ? hd_json_at(list, at) : NULL;
}

static const char *item_text(const struct hd_json *columns, const char *name, size_t at)
{
	const struct hd_json *node = item(columns, name, at);
	const char *text = node ? hd_json_string(node, NULL) : NULL;

	return text ? text : "";
}

static void read_trials(struct hd_plot_data *data, const struct hd_json *columns)
{
	for (size_t i = 0; i < data->trial_count; i++) {
		struct hd_plot_trial *trial = &data->trials[i];

		*trial = (struct hd_plot_trial){
			.number = json_size(item(columns, "number", i)),
			.state = read_state(item_text(columns, "state", i),
					    item_text(columns, "end", i)),
			.value = json_number(item(columns, "value", i)),
			.started = json_seconds(item(columns, "started", i)),
			.ended = json_seconds(item(columns, "ended", i)),
			.slot = json_slot(item(columns, "slot", i)),
			.rank = SIZE_MAX,
		};
		data->counts[trial->state]++;
	}
}

struct ranking {
	double value; /* smaller is better */
	size_t at;
};

static int ranking_compare(const void *va, const void *vb)
{
	const struct ranking *a = va, *b = vb;

	if (a->value != b->value)
		return a->value < b->value ? -1 : 1;
	return a->at < b->at ? -1 : 1;
}

static bool rank_trials(struct hd_plot_data *data)
{
	struct ranking *order = malloc((data->trial_count + 1) * sizeof *order);
	size_t *ranked = hd_arena_array(data->arena, data->trial_count + 1, sizeof *ranked);
	size_t count = 0;

	for (size_t i = 0; order && ranked && i < data->trial_count; i++)
		if (isfinite(data->trials[i].value))
			order[count++] = (struct ranking){
				data->maximize ? -data->trials[i].value : data->trials[i].value, i
			};
	if (order && ranked)
		qsort(order, count, sizeof *order, ranking_compare);
	for (size_t i = 0; i < count; i++) {
		ranked[i] = order[i].at;
		data->trials[order[i].at].rank = i;
	}
	data->ranked = ranked;
	data->ranked_count = count;
	free(order);
	return order && ranked;
}

static bool read_metrics(struct hd_plot_data *data, const struct hd_json *columns)
{
	const struct hd_json *list = hd_json_get(columns, "names");
	size_t count = list ? hd_json_count(list) : 0;
	const char **names = hd_arena_array(data->arena, count ? count : 1, sizeof *names);

	if (!names)
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *text = hd_json_string(hd_json_at(list, i), NULL);

		names[i] = hd_arena_string(data->arena, text ? text : "");
		if (!names[i])
			return false;
	}
	data->metrics = names;
	data->metric_count = count;
	return true;
}

/* --- the whole ------------------------------------------------------------ */

static bool read_all(struct hd_plot_data *data, const struct hd_json *columns,
		     const char *sweep)
{
	const struct hd_json *numbers = hd_json_get(columns, "number");

	data->trial_count = numbers ? hd_json_count(numbers) : 0;
	data->sweep = hd_plot_data_label(data, sweep);
	data->metric = hd_arena_string(data->arena, json_text(columns, "metric"));
	data->maximize = !strcmp(json_text(columns, "goal"), "maximize");
	data->trials = hd_arena_array(data->arena, data->trial_count + 1, sizeof *data->trials);
	if (!data->sweep || !data->metric || !data->trials)
		return false;
	data->metric_label = hd_plot_data_label(data, data->metric);
	read_trials(data, columns);
	return data->metric_label && read_params(data, columns) &&
	       read_metrics(data, columns) && rank_trials(data);
}

int hd_plot_data_read(struct hd_plot_data *data, const struct hd_json *columns,
		      const char *sweep, struct hd_error *err)
{
	*data = (struct hd_plot_data){ .arena = hd_arena_new() };
	if (data->arena && read_all(data, columns, sweep))
		return 0;
	hd_plot_data_release(data);
	return hd_error_nomem(err);
}

void hd_plot_data_release(struct hd_plot_data *data)
{
	hd_arena_free(data->arena);
	*data = (struct hd_plot_data){ .arena = NULL };
}

const struct hd_plot_param *hd_plot_data_param(const struct hd_plot_data *data,
					       const char *name)
{
	const char *bare = name + strspn(name, "-");

	for (size_t i = 0; i < data->param_count; i++) {
		const char *own = data->params[i].name;

		if (!strcmp(own + strspn(own, "-"), bare))
			return &data->params[i];
	}
	return NULL;
}

size_t hd_plot_data_find(const struct hd_plot_data *data, size_t number)
{
	size_t low = 0, high = data->trial_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (data->trials[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < data->trial_count && data->trials[low].number == number ? low : SIZE_MAX;
}

/* --- other answers -------------------------------------------------------- */

int hd_plot_curves_read(struct hd_plot_data *data, const struct hd_json *answer,
			struct hd_plot_curve **curves, size_t *count, struct hd_error *err)
{
	const struct hd_json *list = hd_json_get(answer, "curves");
	size_t number = list ? hd_json_count(list) : 0;
	struct hd_plot_curve *made = hd_arena_array(data->arena, number + 1, sizeof *made);

	if (!made)
		return hd_error_nomem(err);
	for (size_t i = 0; i < number; i++) {
		const struct hd_json *from = hd_json_at(list, i);
		const struct hd_json *x = hd_json_get(from, "x"), *y = hd_json_get(from, "y");
		size_t points = x && y ? hd_json_count(x) : 0;

		made[i] = (struct hd_plot_curve){
			.trial = json_size(hd_json_get(from, "trial")),
			.count = points,
			.x = json_numbers(data->arena, x, points),
			.y = json_numbers(data->arena, y, points),
		};
		if (!made[i].x || !made[i].y)
			return hd_error_nomem(err);
	}
	*curves = made;
	*count = number;
	return 0;
}

int hd_plot_importances_read(struct hd_plot_data *data, const struct hd_json *answer,
			     struct hd_plot_importances *importances, struct hd_error *err)
{
	const struct hd_json *list = hd_json_get(answer, "parameters");
	size_t count = list ? hd_json_count(list) : 0;

	importances->trials = json_size(hd_json_get(answer, "trials"));
	importances->note = hd_plot_data_label(data, json_text(answer, "note"));
	importances->items = hd_arena_array(data->arena, count + 1, sizeof *importances->items);
	if (!importances->note || !importances->items)
		return hd_error_nomem(err);
	for (size_t i = 0; i < count; i++) {
		const struct hd_json *from = hd_json_at(list, i);
		const char *name = json_text(from, "name");
		double part = json_number(hd_json_get(from, "importance"));

		importances->items[i].label = hd_plot_data_label(data, name + strspn(name, "-"));
		importances->items[i].name = hd_arena_string(data->arena, name);
		importances->items[i].part = part > 0 ? part : 0;
		if (!importances->items[i].name || !importances->items[i].label)
			return hd_error_nomem(err);
	}
	importances->count = count;
	return 0;
}

int hd_plot_attempts_read(struct hd_plot_data *data, const struct hd_json *answer,
			  struct hd_plot_attempt **attempts, size_t *count,
			  struct hd_error *err)
{
	const struct hd_json *list = hd_json_get(answer, "attempts");
	size_t number = list ? hd_json_count(list) : 0;
	struct hd_plot_attempt *made = hd_arena_array(data->arena, number + 1, sizeof *made);

	if (!made)
		return hd_error_nomem(err);
	for (size_t i = 0; i < number; i++) {
		/* [trial, attempt, slot, started, ended, end_reason] */
		const struct hd_json *from = hd_json_at(list, i);

		made[i] = (struct hd_plot_attempt){
			.trial = json_size(hd_json_at(from, 0)),
			.slot = json_slot(hd_json_at(from, 2)),
			.started = json_seconds(hd_json_at(from, 3)),
			.ended = json_seconds(hd_json_at(from, 4)),
		};
	}
	*attempts = made;
	*count = number;
	return 0;
}
