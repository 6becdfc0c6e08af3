/* Answers over libmicrohttpd: texts, compressed or not, files and streams. */
#include "serve/http_private.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

/* Below that a packet more is not saved. */
#define GZIP_LEAST 1024
/* From there on to compress takes longer than to compare. */
#define KEPT_LEAST ((size_t)64 << 10)
#define KEPT_MOST ((size_t)32 << 20)
#define STREAM_BLOCK ((size_t)8 << 10)
#define STREAM_SECONDS 60

/* --- streams -------------------------------------------------------------- */

static ssize_t stream_read(void *user, uint64_t position, char *out, size_t most)
{
	struct hd_http_stream *stream = user;
	size_t length;

	(void)position;
	if (!stream->length) {
		if (!stream->type->next(stream->self, &stream->bytes,
					&stream->length))
			return MHD_CONTENT_READER_END_OF_STREAM;
		/* Who does not take it in that time is not waited for. */
		hd_http_until(stream->connection,
			      stream->length ? STREAM_SECONDS : 0);
	}
	if (!stream->length) {
		stream->waits = true;
		MHD_suspend_connection(stream->connection);
		return 0;
	}
	length = stream->length < most ? stream->length : most;
	memcpy(out, stream->bytes, length);
	stream->bytes += length;
	stream->length -= length;
	return (ssize_t)length;
}

static void stream_free(void *user)
{
	struct hd_http_stream *stream = user;

	if (stream->previous)
		stream->previous->next = stream->next;
	else
		stream->http->streams = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	stream->type->close(stream->self);
	free(stream);
}

static struct MHD_Response *stream_make(struct hd_http *http,
					struct MHD_Connection *connection,
					struct hd_web_reply *reply)
{
	struct hd_http_stream *stream = calloc(1, sizeof *stream);
	struct MHD_Response *response;

	if (!stream)
		return NULL;
	stream->http = http;
	stream->connection = connection;
	stream->type = reply->stream;
	stream->self = reply->self;
	response = MHD_create_response_from_callback(
		MHD_SIZE_UNKNOWN, STREAM_BLOCK, stream_read, stream, stream_free);
	if (!response) {
		free(stream);
		return NULL;
	}
	reply->stream = NULL; /* closed with it */
	stream->next = http->streams;
	if (stream->next)
		stream->next->previous = stream;
	http->streams = stream;
	return response;
}

void hd_http_wake_streams(struct hd_http *http)
{
	for (struct hd_http_stream *stream = http->streams; stream;
	     stream = stream->next) {
		if (!stream->waits)
			continue;
		stream->waits = false;
		MHD_resume_connection(stream->connection);
	}
}

/* --- texts ---------------------------------------------------------------- */

/* A client on this machine waits for us, not for the wire: the fastest level. */
static bool gzip(struct hd_buf *out, const char *text, size_t length)
{
	z_stream z = { 0 };
	char part[16384];
	int rc = Z_OK;

	if (length > UINT32_MAX ||
	    deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8,
			 Z_DEFAULT_STRATEGY) != Z_OK)
		return false;
	z.next_in = (Bytef *)(uintptr_t)text;
	z.avail_in = (uInt)length;
	while (rc == Z_OK) {
		z.next_out = (Bytef *)part;
		z.avail_out = sizeof part;
		rc = deflate(&z, Z_FINISH);
		hd_buf_add(out, part, sizeof part - z.avail_out);
	}
	deflateEnd(&z);
	return rc == Z_STREAM_END && !hd_buf_failed(out);
}

/* As gzip(), but what is as large as the last one, and the same, is not anew. */
static bool gzip_kept(struct hd_http_kept *kept, struct hd_buf *out, const struct hd_buf *body)
{
	bool is_done;

	if (body->length < KEPT_LEAST || body->length > KEPT_MOST)
		return gzip(out, hd_buf_text(body), body->length);
	if (body->length == kept->plain.length &&
	    !memcmp(body->text, kept->plain.text, body->length)) {
		hd_buf_add(out, kept->gzip.text, kept->gzip.length);
		return !hd_buf_failed(out);
	}
	is_done = gzip(out, body->text, body->length);
	hd_buf_release(&kept->plain);
	hd_buf_release(&kept->gzip);
	if (!is_done)
		return false;
	hd_buf_add(&kept->plain, body->text, body->length);
	hd_buf_add(&kept->gzip, out->text, out->length);
	if (hd_buf_failed(&kept->plain) || hd_buf_failed(&kept->gzip)) {
		hd_buf_release(&kept->plain);
		hd_buf_release(&kept->gzip);
	}
	return true;
}

static void text_gzip(struct hd_http *http, const struct hd_web_request *request,
		      struct hd_web_reply *reply)
{
	struct hd_buf small = HD_BUF_INIT;

	if (reply->whole || reply->file >= 0 || reply->fixed || reply->stream ||
	    reply->body.length < GZIP_LEAST)
		return;
	hd_web_header(reply, "Vary", "Accept-Encoding");
	if (!hd_web_takes_gzip(request))
		return;
	if (gzip_kept(&http->kept, &small, &reply->body)) {
		struct hd_buf large = reply->body;

		reply->body = small;
		small = large;
		hd_web_header(reply, "Content-Encoding", "gzip");
	}
	hd_buf_release(&small);
}

static struct MHD_Response *text_make(struct hd_web_reply *reply)
{
	struct MHD_Response *response;
	size_t length = reply->body.length;
	char *text = hd_buf_take(&reply->body);

	if (!text)
		return MHD_create_response_from_buffer(0, NULL,
						       MHD_RESPMEM_PERSISTENT);
	response = MHD_create_response_from_buffer(length, text,
						   MHD_RESPMEM_MUST_FREE);
	if (!response)
		free(text);
	return response;
}

static struct MHD_Response *response_make(struct hd_http *http,
					  struct MHD_Connection *connection,
					  struct hd_web_reply *reply)
{
	struct MHD_Response *response;

	if (reply->stream)
		return stream_make(http, connection, reply);
	if (reply->fixed)
		return MHD_create_response_from_buffer(
			reply->fixed_size, (void *)(uintptr_t)reply->fixed,
			MHD_RESPMEM_PERSISTENT);
	if (reply->file < 0)
		return text_make(reply);
	response = MHD_create_response_from_fd64(reply->file_size, reply->file);
	if (response)
		reply->file = -1; /* closed with it */
	return response;
}

/* --- headers -------------------------------------------------------------- */

/* With every answer that has none of the name of its own. */
static const struct {
	const char *name, *value;
} usual[] = {
	{ "Cache-Control", "no-store" },
	{ "Content-Security-Policy",
	  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
	  "form-action 'none'" },
	{ "X-Content-Type-Options", "nosniff" },
	{ "Referrer-Policy", "no-referrer" },
	{ "Cross-Origin-Opener-Policy", "same-origin" },
	{ "Cross-Origin-Resource-Policy", "same-origin" },
};

static void headers_add(struct MHD_Response *response,
			const struct hd_web_reply *reply)
{
	const char *at = hd_buf_text(&reply->headers);
	const char *end = at + reply->headers.length;

	while (at < end) {
		const char *value = at + strlen(at) + 1;

		MHD_add_response_header(response, at, value);
		at = value + strlen(value) + 1;
	}
	for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++)
		if (!MHD_get_response_header(response, usual[i].name))
			MHD_add_response_header(response, usual[i].name,
						usual[i].value);
	if (reply->status != 304)
		MHD_add_response_header(response, "Content-Type", reply->type);
	/* A browser that reads "Basic" asks its user for a password. */
	if (reply->status == 401)
		MHD_add_response_header(response, "WWW-Authenticate",
					reply->mlflow
						? "Basic realm=\"hdrive\""
						: "Bearer realm=\"hdrive\"");
}

enum MHD_Result hd_http_send(struct hd_http *http,
			     struct MHD_Connection *connection,
			     const struct hd_web_request *request,
			     struct hd_web_reply *reply)
{
	struct MHD_Response *response;
	enum MHD_Result rc;

	text_gzip(http, request, reply);
	if (hd_buf_failed(&reply->body) || hd_buf_failed(&reply->headers))
		hd_web_fail(reply, "INTERNAL_ERROR", "out of memory");
	response = response_make(http, connection, reply);
	if (!response)
		return MHD_NO;
	headers_add(response, reply);
	rc = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return rc;
}
