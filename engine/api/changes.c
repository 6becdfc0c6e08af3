/*
 * What those who watch are told: the events behind a moment.
 *
 * An id is EPOCH-SEQ, the epoch in 16 hexadecimal digits. Clients mostly are at
 * the same moment: what was made for one is kept for the others.
 */
#include "api/private.h"

#include "base/number.h"
#include "base/time.h"
#include "store/look.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LIST_FIRST 50 /* sweeps that a new watcher of the list is told of */

/* --- ids ------------------------------------------------------------------------ */

static void id_write(char *id, uint64_t epoch, uint64_t seq)
{
	snprintf(id, HD_API_ID, "%016" PRIx64 "-%" PRIu64, epoch, seq);
}

/* False for what no id of ours is. */
static bool id_read(const char *id, uint64_t *epoch, uint64_t *seq)
{
	static const char digits[] = "0123456789abcdef";
	int64_t number;

	*epoch = 0;
	for (int i = 0; i < 16; i++, id++) {
		const char *found = *id ? strchr(digits, *id) : NULL;

		if (!found)
			return false;
		*epoch = *epoch << 4 | (uint64_t)(found - digits);
	}
	if (*id++ != '-' || !hd_number_read_integer(id, strlen(id), &number) || number < 0)
		return false;
	*seq = (uint64_t)number;
	return true;
}

/* --- texts ------------------------------------------------------------------------ */

/* An event's name; its data is appended behind it, then events_end. */
static void events_begin(struct hd_buf *text, const char *name)
{
	hd_buf_puts(text, name);
	hd_buf_putc(text, '\0');
}

static void events_end(struct hd_buf *text)
{
	hd_buf_putc(text, '\0');
}

static int events_send(const struct hd_buf *text, hd_api_event_fn fn, void *user)
{
	const char *at = hd_buf_text(text);
	const char *end = at + text->length;
	int rc = 0;

	while (rc == 0 && at < end) {
		const char *data = at + strlen(at) + 1;
		size_t length = strlen(data);

		rc = fn(user, at, data, length);
		at = data + length + 1;
	}
	return rc;
}

static void events_forget(struct hd_api_events *events)
{
	events->from = events->to = 0;
	hd_buf_clear(&events->text);
}

/* --- a sweep's ---------------------------------------------------------------------- */

struct rows {
	struct hd_api *api;
	struct hd_api_sweep *watched;
	struct hd_buf *text;
	size_t count;
	struct hd_error *err;
};

static int rows_values(void *user, size_t number, const char *parameters)
{
	struct rows *rows = user;
	struct hd_table *table = rows->watched->table;
	int rc = hd_table_take(table, parameters, rows->err);

	(void)number;
	for (size_t i = 0; rc == 0 && i < hd_table_count(table); i++) {
		hd_buf_puts(rows->text, i ? "," : "");
		hd_table_cell(table, i, rows->text);
	}
	return rc;
}

static int rows_trial(void *user, const struct hd_live_trial *trial)
{
	struct rows *rows = user;
	int rc;

	if (rows->count++ == 0) {
		events_begin(rows->text, "trials");
		hd_buf_printf(rows->text, "{\"seq\":%" PRIu64 ",\"rows\":[",
			      hd_live_seq(rows->watched->live));
	} else {
		hd_buf_putc(rows->text, ',');
	}
	hd_buf_putc(rows->text, '{');
	hd_api_row_json(rows->text, trial);
	hd_buf_puts(rows->text, ",\"values\":[");
	rc = hd_store_look_parameters(rows->api->setup.store, rows->watched->key, trial->number,
				      trial->number, rows_values, rows, rows->err);
	hd_buf_puts(rows->text, "]}");
	return rc;
}

static int points_point(void *user, const struct hd_live_point *point)
{
	struct rows *rows = user;
	const char *metric = hd_table_metric(rows->watched->table);

	if (rows->count++ == 0) {
		events_begin(rows->text, "points");
		hd_buf_printf(rows->text, "{\"seq\":%" PRIu64 ",\"metric\":",
			      hd_live_seq(rows->watched->live));
		hd_buf_json(rows->text, metric, strlen(metric));
		hd_buf_puts(rows->text, ",\"points\":[");
	} else {
		hd_buf_putc(rows->text, ',');
	}
	hd_buf_printf(rows->text, "[%" PRIu32 ",", point->trial);
	hd_api_put_number(rows->text, point->x);
	hd_buf_putc(rows->text, ',');
	hd_api_put_number(rows->text, point->y);
	hd_buf_putc(rows->text, ']');
	return 0;
}

static void sweep_event(const struct hd_live *live, struct hd_buf *text)
{
	events_begin(text, "sweep");
	hd_buf_puts(text, hd_live_status(live));
	events_end(text);
}

/* All that changed since FROM into the events' text. */
static int sweep_make(struct hd_api *api, struct hd_api_sweep *watched, uint64_t from,
		      struct hd_error *err)
{
	struct rows rows = { api, watched, &watched->events.text, 0, err };
	const struct hd_live *live = watched->live;
	int rc;

	events_forget(&watched->events);
	if (hd_live_status_seq(live) > from)
		sweep_event(live, rows.text);
	rc = hd_live_trials_since(live, from, rows_trial, &rows);
	if (rows.count > 0) {
		hd_buf_puts(rows.text, "]}");
		events_end(rows.text);
	}
	if (rc < 0)
		return rc;
	rows.count = 0;
	hd_live_points_since(live, from, points_point, &rows);
	if (rows.count > 0) {
		hd_buf_puts(rows.text, "]}");
		events_end(rows.text);
	}
	if (hd_buf_failed(rows.text))
		return hd_error_nomem(err);
	watched->events.from = from;
	watched->events.to = hd_live_seq(live);
	return 0;
}

static size_t table_state(const struct hd_table *table)
{
	return hd_table_changes(table) + hd_table_turns(table);
}

/* *RESET: what is new does not fit the columns that clients have. */
static int sweep_update(struct hd_api *api, struct hd_api_sweep *watched, uint64_t from,
			bool *reset, struct hd_error *err)
{
	const struct hd_api_events *events = &watched->events;
	size_t before = table_state(watched->table);
	int rc = 0;

	*reset = false;
	if (events->from == from && events->to == hd_live_seq(watched->live))
		return 0;
	rc = sweep_make(api, watched, from, err);
	if (rc == 0 && table_state(watched->table) != before) {
		hd_live_renew(watched->live);
		*reset = true;
	}
	if (rc < 0 || *reset)
		events_forget(&watched->events);
	return rc;
}

static int sweep_changes(struct hd_api *api, int64_t sweep, const char *since, char *id,
			 hd_api_event_fn fn, void *user, struct hd_error *err)
{
	struct hd_api_sweep *watched;
	uint64_t epoch, seq;
	bool known, reset = false;
	int rc = hd_api_watch(api, sweep, api->setup.pause, &watched, err);

	if (rc < 0)
		return rc;
	known = since && id_read(since, &epoch, &seq) && hd_live_knows(watched->live, epoch, seq);
	if (known && seq < hd_live_seq(watched->live))
		rc = sweep_update(api, watched, seq, &reset, err);
	if (rc < 0)
		return rc;
	id_write(id, hd_live_epoch(watched->live), hd_live_seq(watched->live));
	if (!since || !*since)
		return fn(user, "sweep", hd_live_status(watched->live),
			  strlen(hd_live_status(watched->live)));
	if (!known || reset)
		return fn(user, "reset", "{}", 2);
	return seq < hd_live_seq(watched->live) ? events_send(&watched->events.text, fn, user) : 0;
}

/* --- the list's ---------------------------------------------------------------------- */

struct list_walk {
	struct hd_api *api;
	struct hd_pen pen;
	size_t count, most;
	struct hd_error *err;
};

static int list_row(void *user, const struct hd_sweep_row *row)
{
	struct list_walk *walk = user;

	return hd_api_put_sweep(&walk->pen, walk->api->setup.store, row, walk->count++ == 0,
				walk->err);
}

static int list_sweep(void *user, int64_t key)
{
	struct list_walk *walk = user;
	int64_t only = walk->api->setup.only;

	if ((only && only != key) || walk->count == walk->most)
		return 0;
	return hd_store_sweep(walk->api->setup.store, key, list_row, walk, walk->err);
}

/* Sweeps that changed since FROM, at most MOST, as one event. */
static int list_make(struct hd_api *api, uint64_t from, size_t most, struct hd_error *err)
{
	struct hd_buf *text = &api->list_events.text;
	const struct hd_out out = hd_api_out(text);
	struct list_walk walk = { .api = api, .most = most, .err = err };
	int written, rc;

	events_forget(&api->list_events);
	events_begin(text, "sweeps");
	hd_pen_init(&walk.pen, &out);
	hd_pen_puts(&walk.pen, "{\"sweeps\":[");
	rc = hd_live_list_since(api->list, from, list_sweep, &walk);
	hd_pen_puts(&walk.pen, "]}");
	written = hd_pen_end(&walk.pen, rc < 0 ? NULL : err);
	events_end(text);
	if (rc == 0 && written == 0 && hd_buf_failed(text))
		rc = hd_error_nomem(err);
	if (rc < 0 || written < 0) {
		events_forget(&api->list_events);
		return rc < 0 ? rc : written;
	}
	api->list_events.from = from;
	api->list_events.to = hd_live_list_seq(api->list);
	return 0;
}

static int list_look(struct hd_api *api, struct hd_error *err)
{
	int64_t now = hd_time_steady();
	int rc;

	if (!api->list)
		rc = hd_live_list_open(&api->list, api->setup.store, err);
	else if (now - api->list_looked < api->setup.pause)
		return 0;
	else
		rc = hd_live_list_look(api->list, err);
	if (rc == 0)
		api->list_looked = now;
	return rc;
}

static int list_changes(struct hd_api *api, const char *since, char *id,
			hd_api_event_fn fn, void *user, struct hd_error *err)
{
	bool fresh = !since || !*since;
	uint64_t epoch, seq = 0, now;
	int rc = list_look(api, err);

	if (rc < 0)
		return rc;
	now = hd_live_list_seq(api->list);
	id_write(id, hd_live_list_epoch(api->list), now);
	if (!fresh && !(id_read(since, &epoch, &seq) && hd_live_list_knows(api->list, epoch, seq)))
		return fn(user, "reset", "{}", 2);
	if (!fresh && seq == now)
		return 0;
	/* What a new watcher gets is less than what all have that came back. */
	if (fresh || api->list_events.from != seq || api->list_events.to != now)
		rc = list_make(api, seq, fresh ? LIST_FIRST : SIZE_MAX, err);
	if (rc == 0)
		rc = events_send(&api->list_events.text, fn, user);
	if (fresh)
		events_forget(&api->list_events);
	return rc;
}

/* --- both ------------------------------------------------------------------------------ */

int hd_api_watched(struct hd_api *api, const char *word, int64_t *sweep,
		   struct hd_error *err)
{
	*sweep = 0;
	return word ? hd_api_find(api, word, sweep, err) : 0;
}

int hd_api_changes(struct hd_api *api, int64_t sweep, const char *since,
		   char *id, hd_api_event_fn fn, void *user,
		   struct hd_error *err)
{
	return sweep ? sweep_changes(api, sweep, since, id, fn, user, err)
		     : list_changes(api, since, id, fn, user, err);
}
