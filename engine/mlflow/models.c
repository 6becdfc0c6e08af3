/*
 * Logged models, of MLflow 3's clients: a name, a place for files and a state.
 * All that is kept of them is in the trial's metrics file and its outputs.
 */
#include "mlflow/call.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define MODEL_BYTES 16
#define NAME_MOST 1000

static bool model_id_make(char *id)
{
	unsigned char bytes[MODEL_BYTES];

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
		return false;
	*id++ = 'm';
	*id++ = '-';
	for (size_t i = 0; i < sizeof bytes; i++) {
		*id++ = "0123456789abcdef"[bytes[i] >> 4];
		*id++ = "0123456789abcdef"[bytes[i] & 15];
	}
	*id = '\0';
	return true;
}

static void put_member(struct hd_buf *out, const char *name, const char *text)
{
	hd_buf_printf(out, ",\"%s\":", name);
	hd_buf_json(out, text, strlen(text));
}

struct model_find {
	struct hd_ml_call *call;
	const char *id; /* NULL for all */
	size_t count;
};

static void put_model(struct hd_ml_call *call, const struct hd_ml_model *model)
{
	struct hd_buf *out = &call->reply->body;
	struct hd_buf uri = HD_BUF_INIT;

	hd_ml_uri(call, model->id, &uri);
	hd_buf_puts(out, "{\"info\":{\"model_id\":");
	hd_buf_json(out, model->id, strlen(model->id));
	put_member(out, "name", model->name);
	put_member(out, "model_type", model->kind);
	put_member(out, "source_run_id", model->run);
	put_member(out, "status", model->status);
	put_member(out, "artifact_uri", hd_buf_text(&uri));
	hd_buf_release(&uri);
}

static int model_experiment(void *user, const struct hd_ml_experiment *found)
{
	struct hd_buf *out = user;

	put_member(out, "experiment_id", found->id);
	return 1;
}

static int model_see(void *user, const struct hd_ml_model *model)
{
	struct model_find *find = user;
	struct hd_ml_call *call = find->call;
	struct hd_buf *out = &call->reply->body;

	if (find->id && strcmp(find->id, model->id) != 0)
		return 0;
	hd_buf_puts(out, find->id      ? "{\"model\":"
			 : find->count ? ","
				       : "");
	put_model(call, model);
	call->ml->source->experiments(call->ml->self, model_experiment, out,
				      NULL);
	hd_buf_printf(out,
		      ",\"creation_timestamp_ms\":%" PRId64
		      ",\"last_updated_timestamp_ms\":%" PRId64 ",\"tags\":",
		      model->created, model->updated);
	hd_ml_pairs_json(&model->tags, out);
	hd_buf_puts(out, "},\"data\":{\"params\":");
	hd_ml_pairs_json(&model->params, out);
	hd_buf_puts(out, ",\"metrics\":[]}}");
	find->count++;
	return find->id != NULL;
}

/* Answer with the model ID; what the reply held before is gone. */
static bool reply_model(struct hd_ml_call *call, const char *id)
{
	struct model_find find = { call, id, 0 };
	struct hd_error err = { 0 };
	int rc = 0;

	hd_buf_clear(&call->reply->body);
	if (call->ml->source->models)
		rc = call->ml->source->models(call->ml->self, model_see, &find,
					      &err);
	if (rc < 0) {
		hd_ml_fail(call, &err);
		return false;
	}
	if (find.count) {
		hd_buf_puts(&call->reply->body, "}");
		return true;
	}
	hd_web_fail(call->reply, "RESOURCE_DOES_NOT_EXIST",
		    "Logged model with ID '%.80s' not found", id);
	return false;
}

/* --- lines ---------------------------------------------------------------- */

static void model_open(const struct hd_ml_call *call, const char *id,
		       struct hd_buf *out)
{
	hd_ml_line_open(call, call->ml->source->trial(call->ml->self), out);
	hd_ml_line_text(out, "mark", "model");
	hd_buf_puts(out, "\"detail\":{");
	hd_ml_line_text(out, "id", id);
}

/* ,"NAME":{"key":"value",...}, from the body's list of keys and values. */
static void model_pairs(const struct hd_ml_call *call, const char *name,
			struct hd_buf *out)
{
	const struct hd_json *list = hd_json_get(call->body, name);
	struct hd_buf key = HD_BUF_INIT, value = HD_BUF_INIT;
	size_t count = list ? hd_json_count(list) : 0, given = 0;

	hd_buf_printf(out, "\"%s\":{", name);
	for (size_t i = 0; i < count; i++) {
		struct hd_ml_call item = *call;
		const char *k, *v;

		item.body = hd_json_at(list, i);
		if (!item.body || hd_json_kind(item.body) != HD_JSON_OBJECT)
			continue;
		k = hd_ml_text(&item, "key", &key);
		v = hd_ml_text(&item, "value", &value);
		if (!k || !*k)
			continue;
		if (given++)
			hd_buf_putc(out, ',');
		hd_buf_json(out, k, strlen(k));
		hd_buf_putc(out, ':');
		hd_buf_json(out, v ? v : "", v ? strlen(v) : 0);
	}
	hd_buf_puts(out, "},");
	hd_buf_release(&key);
	hd_buf_release(&value);
}

/* Write the line and answer with the model as it is then. */
static void model_close(struct hd_ml_call *call, const char *id,
			struct hd_buf *out)
{
	hd_buf_printf(out, "\"updated\":%" PRId64 "},", hd_ml_now());
	if (!hd_ml_line_close(out, 0, hd_ml_now()))
		hd_web_fail(call->reply, "INVALID_PARAMETER_VALUE",
			    "too much is said of the model at once");
	else if (hd_ml_append(call, out))
		reply_model(call, id);
}

static void model_member(const struct hd_ml_call *call, const char *argument,
			 const char *name, struct hd_buf *out)
{
	struct hd_buf text = HD_BUF_INIT;
	const char *value = hd_ml_text(call, argument, &text);

	if (value && strlen(value) <= NAME_MOST)
		hd_ml_line_text(out, name, value);
	hd_buf_release(&text);
}

/* --- calls ---------------------------------------------------------------- */

static void models_create(struct hd_ml_call *call)
{
	struct hd_buf line = HD_BUF_INIT;
	char id[2 + 2 * MODEL_BYTES + 1];

	if (!model_id_make(id)) {
		hd_web_fail(call->reply, "INTERNAL_ERROR", "no random bytes");
		return;
	}
	model_open(call, id, &line);
	model_member(call, "name", "name", &line);
	model_member(call, "model_type", "kind", &line);
	model_member(call, "source_run_id", "run", &line);
	model_pairs(call, "params", &line);
	model_pairs(call, "tags", &line);
	hd_buf_printf(&line, "\"created\":%" PRId64 ",", hd_ml_now());
	model_close(call, id, &line);
	hd_buf_release(&line);
}

/* "ID" or "ID/WHAT", of a model that is there. */
static bool model_part(struct hd_ml_call *call, struct hd_buf *id,
		       const char **what)
{
	size_t length = strcspn(call->part, "/");

	hd_buf_add(id, call->part, length);
	*what = call->part[length] ? call->part + length + 1 : "";
	return reply_model(call, hd_buf_text(id));
}

static void models_get(struct hd_ml_call *call)
{
	struct hd_buf id = HD_BUF_INIT;
	const char *what;

	if (model_part(call, &id, &what) && *what)
		hd_web_fail(call->reply, "ENDPOINT_NOT_FOUND",
			    "a logged model has no '%.80s' here", what);
	hd_buf_release(&id);
}

static const char *status_word(const char *text)
{
	static const char *const words[] = { "LOGGED_MODEL_PENDING",
					     "LOGGED_MODEL_READY",
					     "LOGGED_MODEL_UPLOAD_FAILED" };

	if (text && *text >= '1' && *text <= '3' && !text[1])
		return words[*text - '1'];
	for (size_t i = 0; text && i < sizeof words / sizeof words[0]; i++)
		if (!strcmp(text, words[i]))
			return words[i];
	return NULL;
}

/* Its end, or tags of it. */
static void models_change(struct hd_ml_call *call)
{
	struct hd_buf id = HD_BUF_INIT, line = HD_BUF_INIT, text = HD_BUF_INIT;
	const char *what;

	if (model_part(call, &id, &what)) {
		const char *status =
			status_word(hd_ml_text(call, "status", &text));

		model_open(call, hd_buf_text(&id), &line);
		if (!*what && status)
			hd_ml_line_text(&line, "status", status);
		if (!strcmp(what, "tags"))
			model_pairs(call, "tags", &line);
		if (!strcmp(what, "params"))
			model_pairs(call, "params", &line);
		model_close(call, hd_buf_text(&id), &line);
	}
	hd_buf_release(&text);
	hd_buf_release(&line);
	hd_buf_release(&id);
}

static void models_search(struct hd_ml_call *call)
{
	struct model_find find = { call, NULL, 0 };
	struct hd_error err = { 0 };
	int rc = 0;

	hd_buf_puts(&call->reply->body, "{\"models\":[");
	if (call->ml->source->models)
		rc = call->ml->source->models(call->ml->self, model_see, &find,
					      &err);
	if (rc < 0)
		hd_ml_fail(call, &err);
	else
		hd_buf_puts(&call->reply->body, "]}");
}

const struct hd_ml_route hd_ml_model_routes[] = {
	{ "POST", "logged-models", models_create, true },
	{ "POST", "logged-models/search", models_search, false },
	{ "GET", "logged-models/", models_get, false },
	{ "PATCH", "logged-models/", models_change, true },
	{ "POST", "logged-models/", models_change, true },
	{ NULL, NULL, NULL, false },
};
