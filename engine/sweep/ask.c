/* Requests to the engine of a sweep, as text (ask.h). */
#include "sweep/ask.h"

#include <hdrive/sweep.h>

#include "base/buf.h"
#include "base/json.h"

#include <stdlib.h>
#include <string.h>

/* Send REQUEST, which is released. */
static int ask_send(struct hd_store *store, int64_t sweep, struct hd_buf *request,
		    char **reply, struct hd_error *err)
{
	int rc = hd_buf_failed(request)
			 ? hd_error_nomem(err)
			 : hd_sweep_request(store, sweep, hd_buf_text(request),
					    HD_ASK_SECONDS, reply, err);

	hd_buf_release(request);
	return rc;
}

/* "count" of the answer, 0 when it has none. */
static int ask_count(const char *reply, size_t *count, struct hd_error *err)
{
	struct hd_json *json = NULL;
	const struct hd_json *node;
	int rc = hd_json_parse(&json, reply, strlen(reply), err);

	if (rc < 0)
		return rc;
	node = hd_json_get(json, "count");
	*count = node ? (size_t)hd_json_number(node) : 0;
	hd_json_free(json);
	return 0;
}

static int ask_trials(struct hd_store *store, int64_t sweep, const char *op,
		      const size_t *numbers, size_t count, bool now,
		      size_t *done, struct hd_error *err)
{
	struct hd_buf request = HD_BUF_INIT;
	char *reply = NULL;
	int rc;

	*done = 0;
	hd_buf_printf(&request, "{\"op\":\"%s\",\"now\":%s,\"trials\":[", op,
		      now ? "true" : "false");
	for (size_t i = 0; i < count; i++)
		hd_buf_printf(&request, "%s%zu", i ? "," : "", numbers[i]);
	hd_buf_puts(&request, "]}");
	rc = ask_send(store, sweep, &request, &reply, err);
	if (rc == 0)
		rc = ask_count(reply, done, err);
	free(reply);
	return rc;
}

int hd_ask_cancel(struct hd_store *store, int64_t sweep, const size_t *numbers,
		  size_t count, bool now, size_t *done, struct hd_error *err)
{
	return ask_trials(store, sweep, "cancel", numbers, count, now, done, err);
}

int hd_ask_retry(struct hd_store *store, int64_t sweep, const size_t *numbers,
		 size_t count, size_t *done, struct hd_error *err)
{
	return ask_trials(store, sweep, "retry", numbers, count, false, done, err);
}

int hd_ask_enqueue(struct hd_store *store, int64_t sweep, const char *parameters,
		   struct hd_error *err)
{
	struct hd_json *json = NULL;
	struct hd_buf request = HD_BUF_INIT;
	/* It goes between ours: it must be one value and no more. */
	int rc = hd_json_parse(&json, parameters, strlen(parameters), err);
	char *line = rc < 0 ? NULL : hd_json_dump(json);

	hd_json_free(json);
	if (rc < 0)
		return rc;
	if (!line)
		return hd_error_nomem(err);
	hd_buf_printf(&request, "{\"op\":\"enqueue\",\"parameters\":%s}", line);
	free(line);
	return ask_send(store, sweep, &request, NULL, err);
}

int hd_ask_limits(struct hd_store *store, int64_t sweep,
		  const struct hd_ask_limits *limits, char **reply,
		  struct hd_error *err)
{
	struct hd_buf request = HD_BUF_INIT;

	hd_buf_puts(&request, "{\"op\":\"update\"");
	if (limits->max_total)
		hd_buf_printf(&request, ",\"max_total\":%zu", limits->max_total);
	if (limits->max_concurrent)
		hd_buf_printf(&request, ",\"max_concurrent\":%zu",
			      limits->max_concurrent);
	if (limits->max_duration > 0) {
		hd_buf_puts(&request, ",\"max_duration\":");
		hd_buf_number(&request, limits->max_duration);
	}
	hd_buf_puts(&request, "}");
	return ask_send(store, sweep, &request, reply, err);
}

int hd_ask_hold(struct hd_store *store, int64_t sweep, bool held,
		struct hd_error *err)
{
	struct hd_buf request = HD_BUF_INIT;

	hd_buf_printf(&request, "{\"op\":\"update\",\"held\":%s}",
		      held ? "true" : "false");
	return ask_send(store, sweep, &request, NULL, err);
}
