#include "serve/events.h"

#include "base/time.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A comment keeps a connection through idle times, and finds those that are
 * gone; whether one is due is asked each third part of that. */
#define BEAT ((int64_t)15000000)
#define BEAT_ASKED (BEAT / 3)

/* Text of the events between two moments, for any number of clients. */
struct batch {
	size_t references;
	char from[HD_API_ID];
	char to[HD_API_ID];
	struct hd_buf text;
};

/* All who watch one sweep, or the list. */
struct channel {
	struct channel *next;
	int64_t sweep; /* key; 0: the list */
	size_t clients;
	char at[HD_API_ID]; /* the moment of the last look; "": none yet */
	struct batch *latest;
	bool is_over; /* the sweep is gone */
};

struct client {
	struct hd_events *events;
	struct channel *channel;
	char at[HD_API_ID];
	bool begun;
	int64_t sent;       /* when it was given something */
	struct batch *held; /* that it is being sent */
};

struct hd_events {
	struct hd_api *api;
	size_t most;
	size_t clients;
	struct channel *channels;
	int64_t looked;
	int64_t beaten;
};

int hd_events_open(struct hd_events **out, struct hd_api *api, size_t most,
		   struct hd_error *err)
{
	struct hd_events *events = calloc(1, sizeof *events);

	*out = events;
	if (!events)
		return hd_error_nomem(err);
	events->api = api;
	events->most = most;
	events->beaten = hd_time_steady();
	return 0;
}

/* --- batches ---------------------------------------------------------------- */

static void batch_leave(struct batch *batch)
{
	if (!batch || --batch->references)
		return;
	hd_buf_release(&batch->text);
	free(batch);
}

/* The last event stays open: what is sent with it is known when all are there. */
static int batch_event(void *user, const char *name, const char *data,
		       size_t length)
{
	struct hd_buf *text = user;
	const char *end = data + length;

	if (text->length)
		hd_buf_putc(text, '\n');
	hd_buf_printf(text, "event: %s\n", name);
	do {
		const char *line = memchr(data, '\n', (size_t)(end - data));
		const char *stop = line ? line : end;

		hd_buf_puts(text, "data: ");
		hd_buf_add(text, data, (size_t)(stop - data));
		hd_buf_putc(text, '\n');
		data = line ? line + 1 : end;
	} while (data < end);
	return 0;
}

/*
 * What happened since FROM, which is then the moment of now; *OUT is NULL when
 * nothing did, else the caller's.
 */
static int batch_make(struct hd_events *events, int64_t sweep,
		      char from[HD_API_ID], struct batch **out,
		      struct hd_error *err)
{
	struct batch *batch = calloc(1, sizeof *batch);
	int rc;

	*out = NULL;
	if (!batch)
		return hd_error_nomem(err);
	batch->references = 1;
	memcpy(batch->from, from, HD_API_ID);
	rc = hd_api_changes(events->api, sweep, from, batch->to, batch_event,
			    &batch->text, err);
	if (rc == 0 && batch->text.length)
		hd_buf_printf(&batch->text, "id: %s\n\n", batch->to);
	if (rc == 0 && hd_buf_failed(&batch->text))
		rc = hd_error_nomem(err);
	if (rc == 0)
		memcpy(from, batch->to, HD_API_ID);
	if (rc == 0 && batch->text.length) {
		*out = batch;
		return 0;
	}
	batch_leave(batch);
	return rc;
}

/* --- channels --------------------------------------------------------------- */

static struct channel *channel_of(struct hd_events *events, int64_t sweep)
{
	struct channel *channel = events->channels;

	while (channel && channel->sweep != sweep)
		channel = channel->next;
	if (channel)
		return channel;
	channel = calloc(1, sizeof *channel);
	if (!channel)
		return NULL;
	channel->sweep = sweep;
	channel->next = events->channels;
	events->channels = channel;
	return channel;
}

static void channels_forget(struct hd_events *events)
{
	struct channel **at = &events->channels;

	while (*at) {
		struct channel *channel = *at;

		if (channel->clients) {
			at = &channel->next;
			continue;
		}
		*at = channel->next;
		batch_leave(channel->latest);
		free(channel);
	}
}

/* Whether there is something for those who are where the channel was. */
static bool channel_look(struct hd_events *events, struct channel *channel)
{
	struct batch *batch;
	struct hd_error err = { 0 };
	int rc;

	if (!*channel->at || channel->is_over)
		return channel->is_over;
	rc = batch_make(events, channel->sweep, channel->at, &batch, &err);
	/* What is busy now is not the next time. */
	channel->is_over = rc < 0 && rc != HD_EBUSY;
	if (rc < 0 || !batch)
		return channel->is_over;
	batch_leave(channel->latest);
	channel->latest = batch;
	return true;
}

void hd_events_close(struct hd_events *events)
{
	if (!events)
		return;
	channels_forget(events);
	free(events);
}

size_t hd_events_clients(const struct hd_events *events)
{
	return events->clients;
}

bool hd_events_tick(struct hd_events *events, int64_t now)
{
	bool is_due = now - events->beaten >= BEAT_ASKED, is_news = is_due;

	if (now - events->looked < HD_EVENTS_PAUSE)
		return false;
	channels_forget(events);
	for (struct channel *channel = events->channels; channel;
	     channel = channel->next)
		is_news |= channel_look(events, channel);
	if (is_due)
		events->beaten = now;
	/* By the clock as it is now: looking takes time too. */
	events->looked = hd_time_steady();
	return is_news;
}

int hd_events_timeout(const struct hd_events *events, int64_t now)
{
	int64_t left = events->looked + HD_EVENTS_PAUSE - now;

	if (!events->channels)
		return -1;
	return left <= 0 ? 0 : (int)(left / 1000) + 1;
}

/* --- clients ---------------------------------------------------------------- */

static bool client_hold(struct client *client, struct batch *batch)
{
	client->held = batch;
	return true;
}

/* Whether it goes on; what it is then sent is held. */
static bool client_take(struct client *client)
{
	struct channel *channel = client->channel;
	struct hd_error err = { 0 };
	struct batch *batch = NULL;
	int rc;

	if (channel->latest && !strcmp(channel->latest->from, client->at)) {
		channel->latest->references++;
		memcpy(client->at, channel->latest->to, HD_API_ID);
		return client_hold(client, channel->latest);
	}
	if (client->begun && !strcmp(client->at, channel->at))
		return !channel->is_over;
	client->begun = true;
	rc = batch_make(client->events, channel->sweep, client->at, &batch, &err);
	if (rc == 0 && !*channel->at)
		memcpy(channel->at, client->at, HD_API_ID);
	client_hold(client, batch);
	return rc == 0 || rc == HD_EBUSY;
}

static bool client_next(void *self, const char **bytes, size_t *length)
{
	struct client *client = self;
	int64_t now = hd_time_steady();
	bool goes_on;

	batch_leave(client->held);
	client->held = NULL;
	goes_on = client_take(client);
	*bytes = "";
	*length = 0;
	if (client->held) {
		*bytes = hd_buf_text(&client->held->text);
		*length = client->held->text.length;
	} else if (now - client->sent >= BEAT) {
		/* A comment; at first so that the client knows it is heard. */
		*bytes = ":\n\n";
		*length = 3;
	}
	if (*length)
		client->sent = now;
	return goes_on;
}

static void client_close(void *self)
{
	struct client *client = self;

	batch_leave(client->held);
	client->channel->clients--;
	client->events->clients--;
	free(client);
}

static const struct hd_web_stream client_stream = { client_next, client_close };

static int client_open(struct hd_events *events,
		       const struct hd_web_request *request,
		       struct hd_web_reply *reply, struct hd_error *err)
{
	const char *since = request->last ? request->last
					  : hd_web_argument(request, "since");
	struct client *client;
	struct channel *channel;
	int64_t sweep;
	int rc = hd_api_watched(events->api, hd_web_argument(request, "sweep"),
				&sweep, err);

	if (rc < 0)
		return rc;
	client = calloc(1, sizeof *client);
	channel = client ? channel_of(events, sweep) : NULL;
	if (!channel) {
		free(client);
		return hd_error_nomem(err);
	}
	client->events = events;
	client->channel = channel;
	client->sent = -BEAT;
	/* One that is too long is not known, as any other one of not ours. */
	snprintf(client->at, sizeof client->at, "%s", since ? since : "");
	channel->clients++;
	events->clients++;
	reply->stream = &client_stream;
	reply->self = client;
	reply->type = "text/event-stream";
	return 0;
}

void hd_events_answer(struct hd_events *events,
		      const struct hd_web_request *request,
		      struct hd_web_reply *reply)
{
	struct hd_error err = { 0 };

	if (events->clients >= events->most)
		hd_web_fail(reply, "TEMPORARILY_UNAVAILABLE",
			    "%zu others watch, which are as many as may",
			    events->clients);
	else if (client_open(events, request, reply, &err) < 0)
		hd_web_fail_error(reply, &err);
}
