#include "mlflow/api.h"

#include "mlflow/call.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The browser's page of MLflow says ajax-api for the same. */
static const char *const prefixes[] = { "/api/2.0/", "/ajax-api/2.0/" };

/* What is behind a prefix; NULL when the path is none of the API's. */
static const char *path_of(const struct hd_web_request *request)
{
	const char *path = hd_buf_text(&request->path);

	for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
		if (!strncmp(path, prefixes[i], strlen(prefixes[i])))
			return path + strlen(prefixes[i]);
	return NULL;
}

/* The rest of TEXT behind HEAD; NULL when it does not begin so. */
static const char *behind(const char *text, const char *head)
{
	size_t length = strlen(head);

	return strncmp(text, head, length) ? NULL : text + length;
}

/* --- artifacts ------------------------------------------------------------ */

/* "ID/path" of an artifact: its run's or model's folder, its name in it. */
static int artifact_place(const struct hd_ml *ml, const char *text,
			  struct hd_buf *id, struct hd_buf *base,
			  struct hd_buf *below, struct hd_error *err)
{
	size_t length = strcspn(text, "/");
	int rc;

	hd_buf_add(id, text, length);
	rc = ml->source->folder(ml->self, hd_buf_text(id), base, below, err);
	if (rc < 0)
		return rc;
	if (text[length] && below->length)
		hd_buf_putc(below, '/');
	if (text[length])
		hd_buf_puts(below, text + length + 1);
	return hd_buf_failed(id) || hd_buf_failed(below) ? hd_error_nomem(err)
							 : 0;
}

struct place {
	struct hd_buf id;
	struct hd_buf base;
	struct hd_buf below;
};

static void place_release(struct place *place)
{
	hd_buf_release(&place->id);
	hd_buf_release(&place->base);
	hd_buf_release(&place->below);
}

struct names {
	struct hd_buf *out;
	size_t count;
};

static int names_entry(void *user, const struct hd_files_entry *entry)
{
	struct names *names = user;

	hd_buf_puts(names->out, names->count++ ? ",{\"path\":" : "{\"path\":");
	hd_buf_json(names->out, entry->name, strlen(entry->name));
	hd_buf_puts(names->out, entry->is_folder ? ",\"is_dir\":true}"
						 : ",\"is_dir\":false");
	if (!entry->is_folder)
		hd_buf_printf(names->out, ",\"file_size\":%" PRIu64 "}",
			      entry->size);
	return 0;
}

/* Of a folder's entries the names alone, as clients add the rest. */
static void artifact_list(struct hd_ml_call *call)
{
	struct place place = { HD_BUF_INIT, HD_BUF_INIT, HD_BUF_INIT };
	struct names names = { &call->reply->body, 0 };
	const char *path = hd_web_argument(call->request, "path");
	struct hd_error err = { 0 };
	int rc = artifact_place(call->ml, path ? path : "", &place.id,
				&place.base, &place.below, &err);

	/* A slash at its end means the same. */
	while (place.below.length &&
	       place.below.text[place.below.length - 1] == '/')
		place.below.text[--place.below.length] = '\0';
	hd_buf_puts(names.out, "{\"files\":[");
	if (rc == 0)
		rc = hd_files_list(hd_buf_text(&place.base),
				   hd_buf_text(&place.below), names_entry,
				   &names, &err);
	if (rc < 0)
		hd_ml_fail(call, &err);
	else
		hd_buf_puts(names.out, "]}");
	place_release(&place);
}

static void artifact_get(struct hd_ml_call *call)
{
	struct place place = { HD_BUF_INIT, HD_BUF_INIT, HD_BUF_INIT };
	struct hd_web_reply *reply = call->reply;
	struct hd_error err = { 0 };
	int rc = artifact_place(call->ml, call->part, &place.id, &place.base,
				&place.below, &err);

	if (rc == 0)
		rc = hd_files_open(&reply->file, &reply->file_size,
				   hd_buf_text(&place.base),
				   hd_buf_text(&place.below), &err);
	if (rc < 0)
		hd_ml_fail(call, &err);
	else
		reply->type = "application/octet-stream";
	place_release(&place);
}

static void artifact_refuse(struct hd_ml_call *call)
{
	hd_web_fail(call->reply, "NOT_IMPLEMENTED",
		    "artifacts are kept: hdrive removes none by this interface");
}

/* Clients then send the file in one piece. */
static void parts_refuse(struct hd_ml_call *call)
{
	hd_web_fail(call->reply, "NOT_IMPLEMENTED",
		    "Multipart upload is not supported for the current artifact "
		    "repository");
}

static const struct hd_ml_route artifact_routes[] = {
	{ "GET", "artifacts", artifact_list, false },
	{ "GET", "artifacts/", artifact_get, false },
	{ "DELETE", "artifacts/", artifact_refuse, true },
	{ "POST", "mpu/", parts_refuse, true },
	{ NULL, NULL, NULL, false },
};

bool hd_mlflow_upload(struct hd_mlflow_upload *upload, const struct hd_ml *ml,
		      const struct hd_web_request *request,
		      struct hd_web_reply *reply)
{
	struct place place = { HD_BUF_INIT, HD_BUF_INIT, HD_BUF_INIT };
	struct hd_ml_call call = { .ml = ml, .request = request, .reply = reply };
	const char *path = path_of(request);
	struct hd_error err = { 0 };
	int rc;

	*upload = (struct hd_mlflow_upload){ .draft = { .folder = -1 } };
	path = path ? behind(path, "mlflow-artifacts/artifacts/") : NULL;
	if (!path || !hd_web_is(request, "PUT"))
		return false;
	if (!ml->source->append) {
		hd_web_fail(reply, "PERMISSION_DENIED",
			    "nothing can be logged here: the sweep is shown "
			    "as it is stored");
		return true;
	}
	rc = artifact_place(ml, path, &place.id, &place.base, &place.below,
			    &err);
	if (rc == 0)
		rc = hd_files_draft_open(&upload->draft,
					 hd_buf_text(&place.base),
					 hd_buf_text(&place.below), &err);
	if (rc < 0)
		hd_ml_fail(&call, &err);
	hd_buf_puts(&upload->run, hd_buf_text(&place.id));
	hd_buf_printf(&upload->name, "outputs/%s", hd_buf_text(&place.below));
	place_release(&place);
	return true;
}

/* Files lie with the trial whichever run they are for. */
static void upload_record(const struct hd_mlflow_upload *upload,
			  struct hd_ml_call *call)
{
	struct hd_buf line = HD_BUF_INIT;

	hd_buf_putc(&line, '{');
	hd_ml_line_text(&line, "mark", "file");
	hd_ml_line_text(&line, "detail", hd_buf_text(&upload->name));
	hd_ml_line_close(&line, 0, hd_ml_now());
	hd_ml_append(call, &line);
	hd_buf_release(&line);
}

void hd_mlflow_upload_end(struct hd_mlflow_upload *upload,
			  const struct hd_ml *ml, bool is_whole,
			  struct hd_web_reply *reply)
{
	struct hd_ml_call call = { .ml = ml, .reply = reply };
	struct hd_error err = { 0 };

	if (is_whole && upload->draft.folder >= 0) {
		if (hd_files_draft_keep(&upload->draft, &err) < 0)
			hd_ml_fail(&call, &err);
		else
			upload_record(upload, &call);
	}
	hd_files_draft_close(&upload->draft);
	hd_buf_release(&upload->run);
	hd_buf_release(&upload->name);
}

/* --- routes --------------------------------------------------------------- */

static bool route_fits(const struct hd_ml_route *route, const char *path,
		       const char **part)
{
	size_t length = strlen(route->path);
	bool open = route->path[length - 1] == '/';

	*part = path + length;
	return open ? !strncmp(route->path, path, length) && path[length]
		    : !strcmp(route->path, path);
}

/* The body of a POST or PATCH, which is an object or nothing. */
static bool call_parse(struct hd_ml_call *call, struct hd_json **document)
{
	const struct hd_web_request *request = call->request;
	struct hd_error err = { 0 };
	const char *text = request->body_length ? request->body : "{}";
	size_t length = request->body_length ? request->body_length : 2;

	*document = NULL;
	if (hd_web_is(request, "GET"))
		return true;
	if (hd_json_parse(document, text, length, &err) < 0) {
		hd_web_fail(call->reply, "MALFORMED_REQUEST", "%s", err.text);
		return false;
	}
	if (hd_json_kind(*document) != HD_JSON_OBJECT) {
		hd_web_fail(call->reply, "MALFORMED_REQUEST",
			    "the body must be a JSON object");
		return false;
	}
	call->body = *document;
	return true;
}

static void route_take(const struct hd_ml_route *route, struct hd_ml_call *call)
{
	struct hd_json *document = NULL;

	if (route->writes && !call->ml->source->append)
		hd_web_fail(call->reply, "PERMISSION_DENIED",
			    "nothing can be logged here: the sweep is shown as "
			    "it is stored");
	else if (call_parse(call, &document))
		route->fn(call);
	hd_json_free(document);
	if (hd_buf_failed(&call->reply->body))
		hd_web_fail(call->reply, "INTERNAL_ERROR", "out of memory");
}

/* Whether one of ROUTES is the path's; *METHOD whether with its method. */
static bool routes_take(const struct hd_ml_route *routes,
			struct hd_ml_call *call, const char *path, bool *known)
{
	for (; routes->path; routes++) {
		if (!route_fits(routes, path, &call->part))
			continue;
		*known = true;
		if (!hd_web_is(call->request, routes->method))
			continue;
		route_take(routes, call);
		return true;
	}
	return false;
}

bool hd_mlflow_answer(const struct hd_ml *ml,
		      const struct hd_web_request *request,
		      struct hd_web_reply *reply)
{
	static const struct hd_ml_route *const tables[] = {
		hd_ml_write_routes,
		hd_ml_run_routes,
		hd_ml_read_routes,
		hd_ml_model_routes,
	};
	struct hd_ml_call call = { .ml = ml, .request = request, .reply = reply };
	const char *path = path_of(request), *rest;
	bool known = false;

	if (!path)
		return false;
	rest = behind(path, "mlflow-artifacts/");
	if (rest && routes_take(artifact_routes, &call, rest, &known))
		return true;
	rest = behind(path, "mlflow/");
	for (size_t i = 0; rest && i < sizeof tables / sizeof tables[0]; i++)
		if (routes_take(tables[i], &call, rest, &known))
			return true;
	if (known)
		hd_web_fail(reply, "METHOD_NOT_ALLOWED",
			    "'%.16s' is not for '%.200s'", request->method,
			    hd_buf_text(&request->path));
	else
		hd_web_fail(reply, "ENDPOINT_NOT_FOUND",
			    "no endpoint '%.200s'", hd_buf_text(&request->path));
	return true;
}
