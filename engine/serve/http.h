/*
 * HTTP over a listening socket, in one thread that the caller's loop drives.
 * All that is known of libmicrohttpd is in http.c and http_send.c.
 *
 * A client may be slow, stuck or hostile: what it can hold is bounded in
 * number, size and time, and nothing of a request is kept in memory before
 * web.h's guard has let it pass.
 */
#ifndef HD_SERVE_HTTP_H
#define HD_SERVE_HTTP_H

#include <hdrive/error.h>

#include "mlflow/source.h"
#include "serve/web.h"

/* Borrowed while it is open. */
struct hd_http_setup {
	int listener; /* is its own from then on */
	const struct hd_web_guard *guard;
	const struct hd_ml *ml;
	/* What is none of the API's; NULL: there is nothing else. */
	void (*page)(void *user, const struct hd_web_request *request,
		     struct hd_web_reply *reply);
	void *user;
	unsigned connections; /* at most so many at once; 0: 256 */
	double patience;      /* what times of slow clients are multiplied by; 0: 1 */
};

struct hd_http; /* opaque */

int hd_http_open(struct hd_http **out, const struct hd_http_setup *setup,
		 struct hd_error *err);
void hd_http_close(struct hd_http *http);
/* To poll for reading; hd_http_run when there is something. */
int hd_http_fd(const struct hd_http *http);
/* Milliseconds after which hd_http_run is due anyway; -1 for never. */
int hd_http_timeout(const struct hd_http *http);
void hd_http_run(struct hd_http *http);
/* Streams that had nothing, and answers that were not known, are asked for
 * again, by the next hd_http_run. */
void hd_http_wake(struct hd_http *http);
/* Take no more connections. */
void hd_http_quiesce(struct hd_http *http);
/* Requests that have begun and are not answered. */
size_t hd_http_busy(const struct hd_http *http);

#endif
