#include "mlflow/run.h"

#include <hdrive/error.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const status_names[HD_ML_STATUSES] = {
	[HD_ML_RUNNING] = "RUNNING",
	[HD_ML_SCHEDULED] = "SCHEDULED",
	[HD_ML_FINISHED] = "FINISHED",
	[HD_ML_FAILED] = "FAILED",
	[HD_ML_KILLED] = "KILLED",
};

const char *hd_ml_status_name(enum hd_ml_status status)
{
	return status_names[status];
}

bool hd_ml_status_find(const char *name, enum hd_ml_status *status)
{
	for (int i = 0; i < HD_ML_STATUSES; i++)
		if (!strcmp(name, status_names[i])) {
			*status = (enum hd_ml_status)i;
			return true;
		}
	return false;
}

/* --- sorted lists --------------------------------------------------------- */

/*
 * Where KEY is or would be among COUNT items of SIZE bytes that begin with
 * their key; *FOUND says which.
 */
static size_t list_find(const void *items, size_t count, size_t size,
			const char *key, bool *found)
{
	size_t low = 0, high = count;

	*found = false;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *item = (const char *)items + middle * size;
		int order = strcmp(*(char *const *)(const void *)item, key);

		if (order == 0) {
			*found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* A zeroed item at INDEX; NULL for no memory. */
static void *list_open(void **items, size_t *count, size_t *room, size_t size,
		       size_t index)
{
	char *at;

	if (*count == *room) {
		size_t more = *room ? *room * 2 : 8;
		void *grown = realloc(*items, more * size);

		if (!grown)
			return NULL;
		*items = grown;
		*room = more;
	}
	at = (char *)*items + index * size;
	memmove(at + size, at, (*count - index) * size);
	memset(at, 0, size);
	++*count;
	return at;
}

const char *hd_ml_pairs_get(const struct hd_ml_pairs *pairs, const char *key)
{
	bool found;
	size_t index = list_find(pairs->at, pairs->count, sizeof *pairs->at,
				 key, &found);

	return found ? pairs->at[index].value : NULL;
}

static void pairs_drop(struct hd_ml_pairs *pairs, size_t index)
{
	free(pairs->at[index].key);
	free(pairs->at[index].value);
	pairs->count--;
	memmove(pairs->at + index, pairs->at + index + 1,
		(pairs->count - index) * sizeof *pairs->at);
}

int hd_ml_pairs_set(struct hd_ml_pairs *pairs, const char *key,
		    const char *value)
{
	struct hd_ml_pair *pair;
	bool found;
	size_t index = list_find(pairs->at, pairs->count, sizeof *pairs->at,
				 key, &found);
	char *name = NULL, *text;
	void *items = pairs->at;

	if (!value) {
		if (found)
			pairs_drop(pairs, index);
		return 0;
	}
	text = strdup(value);
	if (text && found) {
		free(pairs->at[index].value);
		pairs->at[index].value = text;
		return 0;
	}
	name = text ? strdup(key) : NULL;
	pair = name ? list_open(&items, &pairs->count, &pairs->size,
				sizeof *pairs->at, index)
		    : NULL;
	pairs->at = items;
	if (!pair) {
		free(name);
		free(text);
		return HD_ENOMEM;
	}
	pair->key = name;
	pair->value = text;
	return 0;
}

void hd_ml_pairs_release(struct hd_ml_pairs *pairs)
{
	while (pairs->count > 0)
		pairs_drop(pairs, pairs->count - 1);
	free(pairs->at);
	*pairs = (struct hd_ml_pairs){ 0 };
}

void hd_ml_pairs_json(const struct hd_ml_pairs *pairs, struct hd_buf *out)
{
	hd_buf_putc(out, '[');
	for (size_t i = 0; i < pairs->count; i++) {
		const struct hd_ml_pair *pair = &pairs->at[i];

		hd_buf_puts(out, i ? ",{\"key\":" : "{\"key\":");
		hd_buf_json(out, pair->key, strlen(pair->key));
		hd_buf_puts(out, ",\"value\":");
		hd_buf_json(out, pair->value, strlen(pair->value));
		hd_buf_putc(out, '}');
	}
	hd_buf_putc(out, ']');
}

/* --- metrics -------------------------------------------------------------- */

void hd_ml_value_json(const char *key, const struct hd_ml_value *value,
		      struct hd_buf *out)
{
	hd_buf_puts(out, "{\"key\":");
	hd_buf_json(out, key, strlen(key));
	hd_buf_puts(out, ",\"value\":");
	if (isnan(value->value))
		hd_buf_puts(out, "\"NaN\"");
	else if (isinf(value->value))
		hd_buf_puts(out, value->value > 0 ? "\"Infinity\""
						  : "\"-Infinity\"");
	else
		hd_buf_number(out, value->value);
	hd_buf_printf(out, ",\"timestamp\":%" PRId64 ",\"step\":%" PRId64 "}",
		      value->time, value->step);
}

const struct hd_ml_value *hd_ml_metrics_get(const struct hd_ml_metrics *metrics,
					    const char *key)
{
	bool found;
	size_t index = list_find(metrics->at, metrics->count,
				 sizeof *metrics->at, key, &found);

	return found ? &metrics->at[index].latest : NULL;
}

int64_t hd_ml_metrics_values(const struct hd_ml_metrics *metrics,
			     const char *key)
{
	bool found;
	size_t index = list_find(metrics->at, metrics->count,
				 sizeof *metrics->at, key, &found);

	return found ? metrics->at[index].values : 0;
}

static bool value_is_later(const struct hd_ml_value *a,
			   const struct hd_ml_value *b)
{
	if (a->step != b->step)
		return a->step > b->step;
	if (a->time != b->time)
		return a->time > b->time;
	return isnan(b->value) || a->value >= b->value;
}

int hd_ml_metrics_add(struct hd_ml_metrics *metrics, const char *key,
		      const struct hd_ml_value *value)
{
	struct hd_ml_metric *metric;
	bool found;
	size_t index = list_find(metrics->at, metrics->count,
				 sizeof *metrics->at, key, &found);
	void *items = metrics->at;
	char *name;

	if (found) {
		metric = &metrics->at[index];
		metric->values++;
		if (value_is_later(value, &metric->latest))
			metric->latest = *value;
		return 0;
	}
	name = strdup(key);
	metric = name ? list_open(&items, &metrics->count, &metrics->size,
				  sizeof *metrics->at, index)
		      : NULL;
	metrics->at = items;
	if (!metric) {
		free(name);
		return HD_ENOMEM;
	}
	metric->key = name;
	metric->latest = *value;
	metric->values = 1;
	return 0;
}

/* --- runs ----------------------------------------------------------------- */

struct hd_ml_run *hd_ml_run_new(const char *id, const char *experiment,
				const char *name)
{
	struct hd_ml_run *run = calloc(1, sizeof *run);

	if (!run)
		return NULL;
	run->id = strdup(id);
	run->experiment = strdup(experiment);
	run->user = strdup("");
	hd_buf_init(&run->inputs);
	if (run->id && run->experiment && run->user &&
	    hd_ml_run_rename(run, name ? name : "") == 0)
		return run;
	hd_ml_run_free(run);
	return NULL;
}

void hd_ml_run_free(struct hd_ml_run *run)
{
	if (!run)
		return;
	free(run->id);
	free(run->experiment);
	free(run->name);
	free(run->user);
	hd_ml_pairs_release(&run->params);
	hd_ml_pairs_release(&run->tags);
	for (size_t i = 0; i < run->metrics.count; i++)
		free(run->metrics.at[i].key);
	free(run->metrics.at);
	hd_buf_release(&run->inputs);
	free(run);
}

int hd_ml_run_rename(struct hd_ml_run *run, const char *name)
{
	char *copy = strdup(name);

	if (!copy)
		return HD_ENOMEM;
	free(run->name);
	run->name = copy;
	return *name ? hd_ml_pairs_set(&run->tags, "mlflow.runName", name) : 0;
}

static bool pairs_copy(struct hd_ml_pairs *to, const struct hd_ml_pairs *from)
{
	for (size_t i = 0; i < from->count; i++)
		if (hd_ml_pairs_set(to, from->at[i].key, from->at[i].value) < 0)
			return false;
	return true;
}

static bool metrics_copy(struct hd_ml_metrics *to,
			 const struct hd_ml_metrics *from)
{
	for (size_t i = 0; i < from->count; i++)
		if (hd_ml_metrics_add(to, from->at[i].key,
				      &from->at[i].latest) < 0)
			return false;
	return true;
}

struct hd_ml_run *hd_ml_run_copy(const struct hd_ml_run *run)
{
	struct hd_ml_run *copy = hd_ml_run_new(run->id, run->experiment,
					       run->name);
	char *user = copy ? strdup(run->user) : NULL;

	if (!user || !pairs_copy(&copy->params, &run->params) ||
	    !pairs_copy(&copy->tags, &run->tags) ||
	    !metrics_copy(&copy->metrics, &run->metrics))
		goto out;
	hd_buf_puts(&copy->inputs, hd_buf_text(&run->inputs));
	if (hd_buf_failed(&copy->inputs))
		goto out;
	free(copy->user);
	copy->user = user;
	copy->status = run->status;
	copy->is_deleted = run->is_deleted;
	copy->start = run->start;
	copy->end = run->end;
	return copy;
out:
	free(user);
	hd_ml_run_free(copy);
	return NULL;
}

static void json_member(struct hd_buf *out, const char *name, const char *text)
{
	hd_buf_printf(out, ",\"%s\":", name);
	hd_buf_json(out, text, strlen(text));
}

void hd_ml_run_info_json(const struct hd_ml_run *run, const char *uri,
			 struct hd_buf *out)
{
	hd_buf_puts(out, "{\"run_id\":");
	hd_buf_json(out, run->id, strlen(run->id));
	json_member(out, "run_uuid", run->id);
	json_member(out, "run_name", run->name);
	json_member(out, "experiment_id", run->experiment);
	json_member(out, "user_id", run->user);
	json_member(out, "status", hd_ml_status_name(run->status));
	hd_buf_printf(out, ",\"start_time\":%" PRId64, run->start);
	if (run->end)
		hd_buf_printf(out, ",\"end_time\":%" PRId64, run->end);
	json_member(out, "artifact_uri", uri);
	json_member(out, "lifecycle_stage",
		    run->is_deleted ? "deleted" : "active");
	hd_buf_putc(out, '}');
}

void hd_ml_run_json(const struct hd_ml_run *run, const char *uri,
		    struct hd_buf *out)
{
	hd_buf_puts(out, "{\"info\":");
	hd_ml_run_info_json(run, uri, out);
	hd_buf_puts(out, ",\"data\":{\"metrics\":[");
	for (size_t i = 0; i < run->metrics.count; i++) {
		if (i)
			hd_buf_putc(out, ',');
		hd_ml_value_json(run->metrics.at[i].key,
				 &run->metrics.at[i].latest, out);
	}
	hd_buf_puts(out, "],\"params\":");
	hd_ml_pairs_json(&run->params, out);
	hd_buf_puts(out, ",\"tags\":");
	hd_ml_pairs_json(&run->tags, out);
	hd_buf_printf(out, "},\"inputs\":{\"dataset_inputs\":[%s]}}",
		      hd_buf_text(&run->inputs));
}
