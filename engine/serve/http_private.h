/*
 * What http.c and http_send.c share: the daemon and the answers that go on.
 */
#ifndef HD_SERVE_HTTP_PRIVATE_H
#define HD_SERVE_HTTP_PRIVATE_H

#include "serve/http.h"

#include <microhttpd.h>

/* A connection, from its first byte to its last. */
struct hd_http_link {
	struct hd_http *http;
	struct hd_http_link *previous, *next;
	int fd;
	int64_t due; /* by hd_time_steady: it is over then; 0: not by time */
};

/* An answer that goes on, at a connection. */
struct hd_http_stream {
	struct hd_http *http;
	struct hd_http_stream *previous, *next;
	struct MHD_Connection *connection;
	const struct hd_web_stream *type;
	void *self;
	const char *bytes; /* the type's, until it is asked again */
	size_t length;
	bool waits; /* suspended: there was nothing */
};

struct hd_http_exchange;

/* The last large answer, and what it was compressed to: many ask for the same. */
struct hd_http_kept {
	struct hd_buf plain, gzip;
};

struct hd_http {
	struct hd_http_setup setup;
	struct hd_http_kept kept;
	struct MHD_Daemon *daemon;
	struct hd_http_link *links;
	struct hd_http_stream *streams;
	struct hd_http_exchange *waiting; /* whose answers are not known yet */
	size_t busy;
	int64_t looked; /* at the links' times */
};

/* Send REPLY, whose parts are taken out of it. */
enum MHD_Result hd_http_send(struct hd_http *http,
			     struct MHD_Connection *connection,
			     const struct hd_web_request *request,
			     struct hd_web_reply *reply);

/* The connection ends when it has been at this for SECONDS; 0: not by time. */
void hd_http_until(struct MHD_Connection *connection, int seconds);
/* Streams that had nothing are asked again. */
void hd_http_wake_streams(struct hd_http *http);

#endif
