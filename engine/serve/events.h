/*
 * Server-sent events of /api/v1/stream, over what the API knows of changes: all
 * who watch one sweep are a channel, for which the store is looked at once and
 * a text made once.
 *
 * Nothing is queued for a client that is slow: it holds the text that it is
 * sent, and gets what changed since when it has taken that. Nobody looks while
 * nobody watches.
 */
#ifndef HD_SERVE_EVENTS_H
#define HD_SERVE_EVENTS_H

#include "api/api.h"
#include "serve/web.h"

/* Between two looks, in microseconds. */
#define HD_EVENTS_PAUSE 250000

struct hd_events; /* opaque */

/* API is borrowed; at most MOST clients at once. */
int hd_events_open(struct hd_events **out, struct hd_api *api, size_t most,
		   struct hd_error *err);
/* When its streams are closed. */
void hd_events_close(struct hd_events *events);
/* Answer with a stream, or with what is wrong. */
void hd_events_answer(struct hd_events *events,
		      const struct hd_web_request *request,
		      struct hd_web_reply *reply);
size_t hd_events_clients(const struct hd_events *events);
/*
 * Look, if it is time to at NOW (hd_time_steady). Whether there is something
 * for streams that wait.
 */
bool hd_events_tick(struct hd_events *events, int64_t now);
/* Milliseconds from NOW to the next look; -1: nobody watches. */
int hd_events_timeout(const struct hd_events *events, int64_t now);

#endif
