#include "serve/http.h"

#include "mlflow/api.h"

#include <microhttpd.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define CONNECTIONS_MOST 256
#define IDLE_SECONDS 30
/* A request's head, and the answers that are not files. */
#define CONNECTION_BYTES ((size_t)32 << 10)

struct hd_http {
	struct hd_http_setup setup;
	struct MHD_Daemon *daemon;
	size_t busy;
};

/* One request, from its first line to its answer. */
struct exchange {
	struct hd_http *http;
	char *target;
	bool begun;   /* its head has come */
	bool open;    /* the guard has seen it */
	bool uploads; /* its body goes to a file */
	bool broken;  /* the answer is known, the rest of the body is not */
	struct hd_web_request request;
	struct hd_web_reply reply;
	struct hd_mlflow_upload upload;
	struct hd_buf body;
};

static void *on_target(void *user, const char *uri,
		       struct MHD_Connection *connection)
{
	struct exchange *exchange = calloc(1, sizeof *exchange);

	(void)connection;
	if (!exchange)
		return NULL;
	exchange->http = user;
	exchange->target = strdup(uri);
	hd_web_reply_init(&exchange->reply);
	hd_buf_init(&exchange->body);
	exchange->http->busy++;
	return exchange;
}

static void on_completed(void *user, struct MHD_Connection *connection,
			 void **held, enum MHD_RequestTerminationCode why)
{
	struct exchange *exchange = *held;

	(void)user;
	(void)connection;
	(void)why;
	*held = NULL;
	if (!exchange)
		return;
	/* The client has gone before all was here. */
	if (exchange->uploads)
		hd_mlflow_upload_end(&exchange->upload,
				     exchange->http->setup.ml, false,
				     &exchange->reply);
	if (exchange->open)
		hd_web_close(&exchange->request);
	hd_web_reply_release(&exchange->reply);
	hd_buf_release(&exchange->body);
	exchange->http->busy--;
	free(exchange->target);
	free(exchange);
}

/* --- answers -------------------------------------------------------------- */

static struct MHD_Response *response_make(struct hd_web_reply *reply)
{
	struct MHD_Response *response;
	size_t length = reply->body.length;
	char *text;

	if (reply->file >= 0) {
		response = MHD_create_response_from_fd64(reply->file_size,
							 reply->file);
		if (response)
			reply->file = -1; /* closed with it */
		return response;
	}
	text = hd_buf_take(&reply->body);
	if (!text)
		return MHD_create_response_from_buffer(0, NULL,
						       MHD_RESPMEM_PERSISTENT);
	response = MHD_create_response_from_buffer(length, text,
						   MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(text);
	return response;
}

static enum MHD_Result reply_send(struct MHD_Connection *connection,
				  struct hd_web_reply *reply)
{
	struct MHD_Response *response = response_make(reply);
	enum MHD_Result rc;

	if (!response)
		return MHD_NO;
	MHD_add_response_header(response, "Content-Type", reply->type);
	MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
	MHD_add_response_header(response, "Cache-Control", "no-store");
	MHD_add_response_header(response, "Content-Security-Policy",
				"default-src 'none'; style-src 'unsafe-inline'");
	if (reply->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate",
					"Basic realm=\"hdrive\"");
	rc = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return rc;
}

/* --- requests ------------------------------------------------------------- */

static enum MHD_Result count_host(void *user, enum MHD_ValueKind kind,
				  const char *name, const char *value)
{
	int *count = user;

	(void)kind;
	(void)value;
	*count += !strcasecmp(name, "Host");
	return MHD_YES;
}

/* NULL, too, when there are two: which one was meant? */
static const char *host_of(struct MHD_Connection *connection)
{
	int count = 0;

	MHD_get_connection_values(connection, MHD_HEADER_KIND, count_host,
				  &count);
	return count == 1 ? MHD_lookup_connection_value(
				    connection, MHD_HEADER_KIND, "Host")
			  : NULL;
}

/* Whether the length that a request claims is more than it may have. */
static bool length_is_too_much(struct MHD_Connection *connection)
{
	const char *text = MHD_lookup_connection_value(
		connection, MHD_HEADER_KIND, "Content-Length");

	return text && strtoull(text, NULL, 10) > HD_WEB_BODY_MOST;
}

static void refuse_length(struct exchange *exchange)
{
	hd_web_fail(&exchange->reply, "REQUEST_TOO_LARGE",
		    "the request's body has more than %zu bytes",
		    HD_WEB_BODY_MOST);
	exchange->broken = true;
}

/* Judge the head; false when the answer is known by it. */
static bool exchange_begin(struct exchange *exchange,
			   struct MHD_Connection *connection,
			   const char *method)
{
	struct hd_web_request *request = &exchange->request;
	const struct hd_http_setup *setup = &exchange->http->setup;

	exchange->begun = true;
	*request = (struct hd_web_request){
		/* Where it is left out, so is its body by the library. */
		.method = strcmp(method, "HEAD") ? method : "GET",
		.target = exchange->target ? exchange->target : "",
		.host = host_of(connection),
		.authorization = MHD_lookup_connection_value(
			connection, MHD_HEADER_KIND, "Authorization"),
		.agent = MHD_lookup_connection_value(
			connection, MHD_HEADER_KIND, "User-Agent"),
		.body = "",
	};
	exchange->open = true;
	if (!hd_web_open(request, setup->guard, &exchange->reply))
		return false;
	exchange->uploads = hd_mlflow_upload(&exchange->upload, setup->ml,
					     request, &exchange->reply);
	if (exchange->uploads) {
		exchange->broken = exchange->upload.draft.folder < 0;
		return !exchange->broken;
	}
	if (length_is_too_much(connection))
		refuse_length(exchange);
	return !exchange->broken;
}

static void exchange_take(struct exchange *exchange, const char *bytes,
			  size_t length)
{
	struct hd_error err = { 0 };

	if (exchange->broken)
		return;
	if (exchange->uploads) {
		if (hd_files_draft_write(&exchange->upload.draft, bytes, length,
					 &err) == 0)
			return;
		hd_web_fail(&exchange->reply, "INTERNAL_ERROR", "%s", err.text);
		exchange->broken = true;
		return;
	}
	if (length > HD_WEB_BODY_MOST - exchange->body.length) {
		refuse_length(exchange);
		return;
	}
	hd_buf_add(&exchange->body, bytes, length);
	if (hd_buf_failed(&exchange->body)) {
		hd_web_fail(&exchange->reply, "INTERNAL_ERROR",
			    "out of memory");
		exchange->broken = true;
	}
}

static void exchange_answer(struct exchange *exchange)
{
	const struct hd_http_setup *setup = &exchange->http->setup;
	struct hd_web_request *request = &exchange->request;

	if (exchange->uploads) {
		hd_mlflow_upload_end(&exchange->upload, setup->ml,
				     !exchange->broken, &exchange->reply);
		exchange->uploads = false;
		return;
	}
	if (exchange->broken)
		return;
	request->body = hd_buf_text(&exchange->body);
	request->body_length = exchange->body.length;
	if (hd_mlflow_answer(setup->ml, request, &exchange->reply))
		return;
	if (setup->page)
		setup->page(setup->user, request, &exchange->reply);
	else
		hd_web_fail(&exchange->reply, "ENDPOINT_NOT_FOUND",
			    "no page '%.200s'", hd_buf_text(&request->path));
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *length, void **held)
{
	struct exchange *exchange = *held;

	(void)user;
	(void)url;
	(void)version;
	if (!exchange)
		return MHD_NO;
	if (!exchange->begun) {
		if (exchange_begin(exchange, connection, method))
			return MHD_YES;
		return reply_send(connection, &exchange->reply);
	}
	if (*length) {
		exchange_take(exchange, data, *length);
		*length = 0;
		return MHD_YES;
	}
	exchange_answer(exchange);
	return reply_send(connection, &exchange->reply);
}

/* Escapes are web.c's to undo, once. */
static size_t leave_escapes(void *user, struct MHD_Connection *connection,
			    char *text)
{
	(void)user;
	(void)connection;
	return strlen(text);
}

/* --- the daemon ----------------------------------------------------------- */

int hd_http_open(struct hd_http **out, const struct hd_http_setup *setup,
		 struct hd_error *err)
{
	struct hd_http *http = calloc(1, sizeof *http);

	*out = NULL;
	if (!http)
		return hd_error_nomem(err);
	http->setup = *setup;
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, on_request, http,
		MHD_OPTION_LISTEN_SOCKET, setup->listener,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, http,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, http,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MOST,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_BYTES,
		MHD_OPTION_END);
	if (!http->daemon) {
		free(http);
		return hd_error_set(err, HD_EIO, "cannot serve HTTP");
	}
	*out = http;
	return 0;
}

void hd_http_close(struct hd_http *http)
{
	if (!http)
		return;
	MHD_stop_daemon(http->daemon);
	free(http);
}

int hd_http_fd(const struct hd_http *http)
{
	return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		->epoll_fd;
}

int hd_http_timeout(const struct hd_http *http)
{
	MHD_UNSIGNED_LONG_LONG timeout;

	if (MHD_get_timeout(http->daemon, &timeout) != MHD_YES)
		return -1;
	return timeout > 60000 ? 60000 : (int)timeout;
}

void hd_http_run(struct hd_http *http)
{
	MHD_run(http->daemon);
}

void hd_http_quiesce(struct hd_http *http)
{
	int listener = MHD_quiesce_daemon(http->daemon);

	if (listener >= 0)
		close(listener);
}

size_t hd_http_busy(const struct hd_http *http)
{
	return http->busy;
}
