/*
 * The calls that tell something: each becomes lines of the trial's metrics
 * file, which the engine reads as it does azureml's and hdrive log's.
 *
 * Invariant: a call is judged whole before its first line is written, and all
 * its lines are one write.
 */
#include "mlflow/call.h"

#include "metrics/rules.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of one log-batch, as MLflow has them. */
#define BATCH_METRICS 1000

/* --- what is written ------------------------------------------------------ */

/* Not empty, not endless, without what no terminal or file should hold. */
static bool key_is_good(struct hd_ml_call *call, const char *what,
			const char *key)
{
	size_t length = strlen(key);
	bool good = length > 0 && length <= HD_ML_KEY_MOST;

	for (size_t i = 0; i < length; i++)
		good = good && (unsigned char)key[i] >= ' ' && key[i] != 0x7f;
	if (!good)
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "Invalid %s name '%.80s': expected 1 to %d bytes "
			    "without control characters",
			    what, key, HD_ML_KEY_MOST);
	return good;
}

static bool line_fits(struct hd_ml_call *call, const char *key, bool fits)
{
	if (!fits)
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "the value of '%.80s' is too long, expected at "
			    "most 50000 bytes",
			    key);
	return fits;
}

static void line_value(struct hd_buf *out, double value)
{
	hd_buf_puts(out, "\"value\":");
	if (isnan(value))
		hd_buf_puts(out, "NaN");
	else if (isinf(value))
		hd_buf_puts(out, value > 0 ? "Infinity" : "-Infinity");
	else
		hd_buf_number(out, value);
	hd_buf_putc(out, ',');
}

struct same_value {
	struct hd_ml_value value;
	bool found;
};

static int value_compare(void *user, const struct hd_ml_value *value)
{
	struct same_value *same = user;

	same->found = value->step == same->value.step &&
		      value->time == same->value.time &&
		      (value->value == same->value.value ||
		       (isnan(value->value) && isnan(same->value.value)));
	return same->found;
}

/*
 * MLflow 3 sends values of the run once more, with the id of a model that they
 * are to be linked with: they are no new ones.
 */
static bool metric_is_link(const struct hd_ml_call *call, const char *run,
			   const struct hd_json *node, const char *key,
			   const struct hd_ml_value *value)
{
	const struct hd_json *model = hd_json_get(node, "model_id");
	struct same_value same = { *value, false };

	if (!model || hd_json_kind(model) != HD_JSON_STRING)
		return false;
	call->ml->source->history(call->ml->self, run, key, value_compare,
				  &same, NULL);
	return same.found;
}

/* A node with key, value, timestamp, step: one value. */
static bool metric_line(struct hd_ml_call *call, const char *run,
			const struct hd_json *node, struct hd_buf *out)
{
	const struct hd_json *name = hd_json_get(node, "key");
	size_t length = 0, start = out->length;
	const char *key = name ? hd_json_string(name, &length) : NULL;
	struct hd_ml_value value = { .time = hd_ml_now() };

	if (!key || strlen(key) != length ||
	    !hd_metric_name_is_good(key, length)) {
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "Invalid value '%.80s' for parameter 'key': expected "
			    "a metric's name, 1 to %d bytes without control "
			    "characters",
			    key ? key : "", HD_METRIC_NAME);
		return false;
	}
	if (!hd_ml_number(hd_json_get(node, "value"), &value.value)) {
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "Invalid value for parameter 'value' of metric "
			    "'%.80s': expected a number",
			    key);
		return false;
	}
	if (hd_json_get(node, "step") &&
	    hd_json_kind(hd_json_get(node, "step")) != HD_JSON_NULL &&
	    !hd_ml_integer(hd_json_get(node, "step"), &value.step)) {
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "Invalid value for parameter 'step' of metric "
			    "'%.80s': expected a whole number",
			    key);
		return false;
	}
	hd_ml_integer(hd_json_get(node, "timestamp"), &value.time);
	if (metric_is_link(call, run, node, key, &value))
		return true;
	hd_ml_line_open(call, run, out);
	hd_ml_line_text(out, "name", key);
	line_value(out, value.value);
	hd_buf_printf(out, "\"step\":%" PRId64 ",", value.step);
	return line_fits(call, key, hd_ml_line_close(out, start, value.time));
}

bool hd_ml_line_pair(struct hd_ml_call *call, const char *run,
		     const char *kind, const char *key, const char *value,
		     struct hd_buf *out)
{
	size_t start = out->length;

	if (!key_is_good(call, kind, key))
		return false;
	hd_ml_line_open(call, run, out);
	hd_ml_line_text(out, "mark", kind);
	hd_buf_puts(out, "\"detail\":{");
	hd_buf_json(out, key, strlen(key));
	hd_buf_putc(out, ':');
	hd_buf_json(out, value, strlen(value));
	hd_buf_puts(out, "},");
	return line_fits(call, key, hd_ml_line_close(out, start, hd_ml_now()));
}

/* A parameter is written once: the same value again is no news, another is the
 * script's mistake. */
static bool param_is_new(struct hd_ml_call *call, struct hd_ml_run *run,
			 const char *key, const char *value, bool *is_new)
{
	const char *before = hd_ml_pairs_get(&run->params, key);
	struct hd_error err = { 0 };

	*is_new = !before;
	if (before && strcmp(before, value) != 0) {
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "Changing param values is not allowed. Param with "
			    "key='%.80s' was already logged with value='%.80s' "
			    "for run ID='%.80s'. Attempted logging new value "
			    "'%.80s'.",
			    key, before, run->id, value);
		return false;
	}
	/* For the next one in the same batch. */
	if (!before && hd_ml_pairs_set(&run->params, key, value) < 0) {
		hd_error_nomem(&err);
		hd_ml_fail(call, &err);
		return false;
	}
	return true;
}

static bool param_line(struct hd_ml_call *call, struct hd_ml_run *run,
		       const char *key, const char *value, struct hd_buf *out)
{
	bool is_new;

	return param_is_new(call, run, key, value, &is_new) &&
	       (!is_new || hd_ml_line_pair(call, run->id, "param", key, value, out));
}

/* --- calls on a run ------------------------------------------------------- */

static void log_metric(struct hd_ml_call *call)
{
	struct hd_buf id = HD_BUF_INIT, lines = HD_BUF_INIT;
	const char *name = hd_ml_need_run(call, &id);
	struct hd_ml_run *run = NULL;

	/* The trial's own is known without a look into the file. */
	if (name && strcmp(name, call->ml->source->trial(call->ml->self)) != 0) {
		run = hd_ml_run_find(call, name);
		name = run ? run->id : NULL;
	}
	if (name && metric_line(call, name, call->body, &lines))
		hd_ml_append(call, &lines);
	hd_ml_run_free(run);
	hd_buf_release(&lines);
	hd_buf_release(&id);
}

bool hd_ml_list(struct hd_ml_call *call, struct hd_ml_run *run,
		const char *name, size_t most, hd_ml_item_fn fn,
		struct hd_buf *out)
{
	const struct hd_json *list = hd_json_get(call->body, name);
	size_t count = list ? hd_json_count(list) : 0;

	if (list && hd_json_kind(list) == HD_JSON_NULL)
		return true;
	if (list && hd_json_kind(list) != HD_JSON_ARRAY) {
		/* jsonlite writes an empty data frame as an object. */
		if (hd_json_kind(list) == HD_JSON_OBJECT && count == 0)
			return true;
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "'%s' must be a list", name);
		return false;
	}
	if (count > most) {
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "A batch logging request can contain at most %zu "
			    "%s. Got %zu %s. Please split up %s across "
			    "multiple requests and try again.",
			    most, name, count, name, name);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		const struct hd_json *item = hd_json_at(list, i);

		if (hd_json_kind(item) != HD_JSON_OBJECT) {
			hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
				    "'%s' must be a list of objects", name);
			return false;
		}
		if (!fn(call, run, item, out))
			return false;
	}
	return true;
}

static bool item_metric(struct hd_ml_call *call, struct hd_ml_run *run,
			const struct hd_json *item, struct hd_buf *out)
{
	return metric_line(call, run->id, item, out);
}

/* Key and value of an item; each a text. */
static bool item_pair(struct hd_ml_call *call, const struct hd_json *item,
		      struct hd_buf *key, struct hd_buf *value)
{
	struct hd_ml_call part = *call;

	part.body = item;
	if (!hd_ml_need(&part, "key", key))
		return false;
	/* A value may be empty. */
	if (!hd_ml_text(&part, "value", value))
		hd_buf_clear(value);
	return true;
}

bool hd_ml_item_tag(struct hd_ml_call *call, struct hd_ml_run *run,
		    const struct hd_json *item, struct hd_buf *out)
{
	struct hd_buf key = HD_BUF_INIT, value = HD_BUF_INIT;
	bool good = item_pair(call, item, &key, &value) &&
		    hd_ml_line_pair(call, run->id, "tag", hd_buf_text(&key),
				    hd_buf_text(&value), out);

	hd_buf_release(&key);
	hd_buf_release(&value);
	return good;
}

static bool item_param(struct hd_ml_call *call, struct hd_ml_run *run,
		       const struct hd_json *item, struct hd_buf *out)
{
	struct hd_buf key = HD_BUF_INIT, value = HD_BUF_INIT;
	bool good = item_pair(call, item, &key, &value) &&
		    param_line(call, run, hd_buf_text(&key),
			       hd_buf_text(&value), out);

	hd_buf_release(&key);
	hd_buf_release(&value);
	return good;
}

struct hd_ml_run *hd_ml_call_run(struct hd_ml_call *call)
{
	struct hd_buf id = HD_BUF_INIT;
	const char *name = hd_ml_need_run(call, &id);
	struct hd_ml_run *run = name ? hd_ml_run_find(call, name) : NULL;

	hd_buf_release(&id);
	return run;
}

static void log_batch(struct hd_ml_call *call)
{
	struct hd_ml_run *run = hd_ml_call_run(call);
	struct hd_buf lines = HD_BUF_INIT;

	if (run &&
	    hd_ml_list(call, run, "metrics", BATCH_METRICS, item_metric, &lines) &&
	    hd_ml_list(call, run, "params", HD_ML_LIST_MOST, item_param, &lines) &&
	    hd_ml_list(call, run, "tags", HD_ML_LIST_MOST, hd_ml_item_tag, &lines))
		hd_ml_append(call, &lines);
	hd_buf_release(&lines);
	hd_ml_run_free(run);
}

static void log_pair(struct hd_ml_call *call, hd_ml_item_fn fn)
{
	struct hd_ml_run *run = hd_ml_call_run(call);
	struct hd_buf lines = HD_BUF_INIT;

	if (run && fn(call, run, call->body, &lines))
		hd_ml_append(call, &lines);
	hd_buf_release(&lines);
	hd_ml_run_free(run);
}

static void log_parameter(struct hd_ml_call *call)
{
	log_pair(call, item_param);
}

static void set_tag(struct hd_ml_call *call)
{
	log_pair(call, hd_ml_item_tag);
}

static bool item_untag(struct hd_ml_call *call, struct hd_ml_run *run,
		       const struct hd_json *item, struct hd_buf *out)
{
	struct hd_buf key = HD_BUF_INIT;
	const char *name = hd_ml_need(call, "key", &key);
	bool found = name && hd_ml_pairs_get(&run->tags, name);

	(void)item;
	if (found) {
		size_t start = out->length;

		hd_ml_line_open(call, run->id, out);
		hd_ml_line_text(out, "mark", "untag");
		hd_ml_line_text(out, "detail", name);
		hd_ml_line_close(out, start, hd_ml_now());
	} else if (name) {
		hd_web_fail(call->reply, "RESOURCE_DOES_NOT_EXIST",
			    "No tag with name: %.80s in run with id %.80s",
			    name, run->id);
	}
	hd_buf_release(&key);
	return found;
}

static void delete_tag(struct hd_ml_call *call)
{
	log_pair(call, item_untag);
}

/* A JSON document as the detail of a mark. */
static bool item_document(struct hd_ml_call *call, struct hd_ml_run *run,
			  const struct hd_json *item, struct hd_buf *out)
{
	char *text = hd_json_dump(item);
	size_t start = out->length;

	if (!text) {
		hd_web_fail(call->reply, "INTERNAL_ERROR", "out of memory");
		return false;
	}
	hd_ml_line_open(call, run->id, out);
	hd_ml_line_text(out, "mark", "input");
	hd_buf_printf(out, "\"detail\":%s,", text);
	free(text);
	/* A long profile of a data set is no reason to end a training run. */
	if (!hd_ml_line_close(out, start, hd_ml_now())) {
		out->length = start;
		if (out->text)
			out->text[start] = '\0';
	}
	return true;
}

static bool item_inputs(struct hd_ml_call *call, struct hd_ml_run *run,
			const struct hd_json *item, struct hd_buf *out)
{
	(void)item;
	return hd_ml_list(call, run, "datasets", HD_ML_LIST_MOST, item_document,
			  out);
}

static void log_inputs(struct hd_ml_call *call)
{
	log_pair(call, item_inputs);
}

/* One model more in the tag that clients look for models in. */
static bool item_model(struct hd_ml_call *call, struct hd_ml_run *run,
		       const struct hd_json *item, struct hd_buf *out)
{
	static const char tag[] = "mlflow.log-model.history";
	const char *before = hd_ml_pairs_get(&run->tags, tag);
	size_t length = before ? strlen(before) : 0, start = out->length;
	struct hd_buf model = HD_BUF_INIT, history = HD_BUF_INIT;
	const char *text = hd_ml_need(call, "model_json", &model);
	struct hd_json *document = NULL;
	bool good = text && hd_json_parse(&document, text, strlen(text), NULL) == 0;

	(void)item;
	hd_json_free(document);
	if (text && !good)
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "'model_json' must be a JSON document");
	if (good) {
		hd_buf_putc(&history, '[');
		if (length > 2) {
			hd_buf_add(&history, before + 1, length - 2);
			hd_buf_putc(&history, ',');
		}
		hd_buf_printf(&history, "%s]", text);
		hd_ml_line_open(call, run->id, out);
		hd_buf_printf(out, "\"mark\":\"tag\",\"detail\":{\"%s\":", tag);
		hd_buf_json(out, hd_buf_text(&history), history.length);
		hd_buf_puts(out, "},");
		/* As with data sets. */
		if (!hd_ml_line_close(out, start, hd_ml_now())) {
			out->length = start;
			out->text[start] = '\0';
		}
	}
	hd_buf_release(&history);
	hd_buf_release(&model);
	return good;
}

static void log_model(struct hd_ml_call *call)
{
	log_pair(call, item_model);
}

/* Of models as outputs: they name their run themselves. */
static void log_outputs(struct hd_ml_call *call)
{
	struct hd_ml_run *run = hd_ml_call_run(call);

	if (run)
		hd_buf_puts(&call->reply->body, "{}");
	hd_ml_run_free(run);
}

const struct hd_ml_route hd_ml_write_routes[] = {
	{ "POST", "runs/log-metric", log_metric, true },
	{ "POST", "runs/log-batch", log_batch, true },
	{ "POST", "runs/log-parameter", log_parameter, true },
	{ "POST", "runs/set-tag", set_tag, true },
	{ "POST", "runs/delete-tag", delete_tag, true },
	{ "POST", "runs/log-inputs", log_inputs, true },
	{ "POST", "runs/log-model", log_model, true },
	{ "POST", "runs/outputs", log_outputs, true },
	{ NULL, NULL, NULL, false },
};
