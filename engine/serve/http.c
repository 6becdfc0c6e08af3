#include "serve/http_private.h"

#include "base/time.h"
#include "mlflow/api.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_USUAL 256U
#define IDLE_SECONDS 30
/* All of a head, from the end of what was before; of a body that is kept. */
#define HEAD_SECONDS 30
#define BODY_SECONDS 60
/* To read an answer that is no file and no stream. */
#define ANSWER_SECONDS 120
#define SECOND ((int64_t)1000000)
/* A request's head, and what is sent at once. */
#define CONNECTION_BYTES ((size_t)32 << 10)

/* One request, from its first line to its answer. */
struct hd_http_exchange {
	struct hd_http *http;
	char *target;
	bool begun;   /* its head has come */
	bool open;    /* the guard has seen it */
	bool uploads; /* its body goes to a file */
	bool broken;  /* the answer is known, the rest of the body is not */
	bool waits;   /* suspended: the answer is not known yet */
	struct MHD_Connection *connection;
	struct hd_http_exchange *previous, *next; /* of those that wait */
	struct hd_web_request request;
	struct hd_web_reply reply;
	struct hd_mlflow_upload upload;
	struct hd_buf body;
};

/* --- connections ---------------------------------------------------------- */

static int64_t due_in(const struct hd_http *http, int seconds)
{
	return hd_time_steady() +
	       (int64_t)(http->setup.patience * (double)(seconds * SECOND));
}

void hd_http_until(struct MHD_Connection *connection, int seconds)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct hd_http_link *link = info ? info->socket_context : NULL;

	if (link)
		link->due = seconds ? due_in(link->http, seconds) : 0;
}

static struct hd_http_link *link_new(struct hd_http *http,
				     struct MHD_Connection *connection)
{
	struct hd_http_link *link = calloc(1, sizeof *link);

	if (!link)
		return NULL;
	link->http = http;
	link->fd = MHD_get_connection_info(connection,
					   MHD_CONNECTION_INFO_CONNECTION_FD)
			   ->connect_fd;
	link->due = due_in(http, HEAD_SECONDS);
	link->next = http->links;
	if (link->next)
		link->next->previous = link;
	http->links = link;
	return link;
}

static void link_free(struct hd_http_link *link)
{
	if (!link)
		return;
	if (link->previous)
		link->previous->next = link->next;
	else
		link->http->links = link->next;
	if (link->next)
		link->next->previous = link->previous;
	free(link);
}

static void on_connection(void *user, struct MHD_Connection *connection,
			  void **held, enum MHD_ConnectionNotificationCode what)
{
	if (what == MHD_CONNECTION_NOTIFY_STARTED) {
		*held = link_new(user, connection);
		return;
	}
	link_free(*held);
	*held = NULL;
}

/*
 * The library counts the seconds since the last byte: who sends one now and
 * then would stay for ever.
 */
static void links_look(struct hd_http *http)
{
	int64_t now = hd_time_steady();

	if (now - http->looked < SECOND)
		return;
	http->looked = now;
	for (struct hd_http_link *link = http->links; link; link = link->next)
		if (link->due && link->due < now)
			shutdown(link->fd, SHUT_RDWR);
}

/* --- requests ------------------------------------------------------------- */

static void *on_target(void *user, const char *uri,
		       struct MHD_Connection *connection)
{
	struct hd_http_exchange *exchange = calloc(1, sizeof *exchange);

	if (!exchange)
		return NULL;
	exchange->http = user;
	exchange->connection = connection;
	exchange->target = strdup(uri);
	hd_web_reply_init(&exchange->reply);
	hd_buf_init(&exchange->body);
	exchange->http->busy++;
	return exchange;
}

/* --- answers that are not known yet ---------------------------------------- */

static void exchange_wait(struct hd_http_exchange *exchange)
{
	struct hd_http *http = exchange->http;

	exchange->waits = true;
	exchange->previous = NULL;
	exchange->next = http->waiting;
	if (exchange->next)
		exchange->next->previous = exchange;
	http->waiting = exchange;
	hd_http_until(exchange->connection, 0);
	MHD_suspend_connection(exchange->connection);
}

static void exchange_go_on(struct hd_http_exchange *exchange)
{
	if (!exchange->waits)
		return;
	exchange->waits = false;
	if (exchange->previous)
		exchange->previous->next = exchange->next;
	else
		exchange->http->waiting = exchange->next;
	if (exchange->next)
		exchange->next->previous = exchange->previous;
}

/* Whether the reply is all there. */
static bool exchange_is_ready(struct hd_http_exchange *exchange)
{
	struct hd_web_reply *reply = &exchange->reply;
	const struct hd_web_later *later = reply->later;
	void *self = reply->self;

	if (!later)
		return true;
	/* It may begin the reply anew, which must not close it. */
	reply->later = NULL;
	if (later->ready(self, reply)) {
		later->close(self);
		return true;
	}
	reply->later = later;
	return false;
}

void hd_http_wake(struct hd_http *http)
{
	while (http->waiting) {
		struct hd_http_exchange *exchange = http->waiting;

		exchange_go_on(exchange);
		MHD_resume_connection(exchange->connection);
	}
	hd_http_wake_streams(http);
}

static void on_completed(void *user, struct MHD_Connection *connection,
			 void **held, enum MHD_RequestTerminationCode why)
{
	struct hd_http_exchange *exchange = *held;

	(void)user;
	(void)why;
	*held = NULL;
	hd_http_until(connection, HEAD_SECONDS);
	if (!exchange)
		return;
	exchange_go_on(exchange);
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

static enum MHD_Result count_host(void *user, enum MHD_ValueKind kind,
				  const char *name, const char *value)
{
	int *count = user;

	(void)kind;
	(void)value;
	*count += !strcasecmp(name, "Host");
	return MHD_YES;
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
	return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

/* NULL, too, when there are two: which one was meant? */
static const char *host_of(struct MHD_Connection *connection)
{
	int count = 0;

	MHD_get_connection_values(connection, MHD_HEADER_KIND, count_host,
				  &count);
	return count == 1 ? header(connection, "Host") : NULL;
}

/* Whether the length that a request claims is more than it may have. */
static bool length_is_too_much(struct MHD_Connection *connection)
{
	const char *text = header(connection, "Content-Length");

	return text && strtoull(text, NULL, 10) > HD_WEB_BODY_MOST;
}

static void refuse_length(struct hd_http_exchange *exchange)
{
	hd_web_fail(&exchange->reply, "REQUEST_TOO_LARGE",
		    "the request's body has more than %zu bytes",
		    HD_WEB_BODY_MOST);
	exchange->broken = true;
}

/* Judge the head; false when the answer is known by it. */
static bool exchange_begin(struct hd_http_exchange *exchange,
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
		.authorization = header(connection, "Authorization"),
		.agent = header(connection, "User-Agent"),
		.cookie = header(connection, "Cookie"),
		.origin = header(connection, "Origin"),
		.site = header(connection, "Sec-Fetch-Site"),
		.kind = header(connection, "Content-Type"),
		.encodings = header(connection, "Accept-Encoding"),
		.match = header(connection, "If-None-Match"),
		.last = header(connection, "Last-Event-ID"),
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

static void exchange_take(struct hd_http_exchange *exchange, const char *bytes,
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

static void exchange_answer(struct hd_http_exchange *exchange)
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

static enum MHD_Result exchange_send(struct hd_http_exchange *exchange,
				     struct MHD_Connection *connection)
{
	const struct hd_web_reply *reply = &exchange->reply;

	hd_http_until(connection,
		      reply->stream || reply->file >= 0 ? 0 : ANSWER_SECONDS);
	return hd_http_send(exchange->http, connection, &exchange->request,
			    &exchange->reply);
}

static enum MHD_Result on_request(void *user, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *length, void **held)
{
	struct hd_http_exchange *exchange = *held;

	(void)user;
	(void)url;
	(void)version;
	if (!exchange)
		return MHD_NO;
	if (!exchange->begun) {
		bool is_open = exchange_begin(exchange, connection, method);

		hd_http_until(connection, exchange->uploads ? 0 : BODY_SECONDS);
		return is_open ? MHD_YES : exchange_send(exchange, connection);
	}
	if (*length) {
		exchange_take(exchange, data, *length);
		*length = 0;
		return MHD_YES;
	}
	if (!exchange->reply.later)
		exchange_answer(exchange);
	if (exchange_is_ready(exchange))
		return exchange_send(exchange, connection);
	exchange_wait(exchange);
	return MHD_YES;
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
	if (!(http->setup.patience > 0))
		http->setup.patience = 1;
	http->daemon = MHD_start_daemon(
		MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, http,
		MHD_OPTION_LISTEN_SOCKET, setup->listener,
		MHD_OPTION_URI_LOG_CALLBACK, on_target, http,
		MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
		MHD_OPTION_NOTIFY_CONNECTION, on_connection, http,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_escapes, http,
		MHD_OPTION_CONNECTION_LIMIT,
		setup->connections ? setup->connections : CONNECTIONS_USUAL,
		MHD_OPTION_CONNECTION_TIMEOUT,
		1 + (unsigned)(http->setup.patience * IDLE_SECONDS),
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
	hd_http_wake(http); /* none may be suspended */
	MHD_stop_daemon(http->daemon);
	hd_buf_release(&http->kept.plain);
	hd_buf_release(&http->kept.gzip);
	free(http);
}

int hd_http_fd(const struct hd_http *http)
{
	return MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD)
		->epoll_fd;
}

int hd_http_timeout(const struct hd_http *http)
{
	int most = http->links ? 1000 : 60000;
	MHD_UNSIGNED_LONG_LONG timeout;

	if (MHD_get_timeout(http->daemon, &timeout) != MHD_YES)
		return http->links ? most : -1;
	return timeout > (unsigned)most ? most : (int)timeout;
}

void hd_http_run(struct hd_http *http)
{
	links_look(http);
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
