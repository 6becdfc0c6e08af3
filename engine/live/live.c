/* getrandom(). */
#define _GNU_SOURCE

#include "live/live.h"

#include "base/buf.h"
#include "base/process.h"
#include "base/time.h"
#include "store/exchange.h"
#include "store/look.h"

#include <hdrive/report.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* Trials, by number. */
struct rows {
	struct hd_live_trial *items;
	size_t count, room;
};

struct points {
	struct hd_live_point *items;
	size_t count, room;
};

struct hd_live {
	struct hd_store *store;
	int64_t sweep;
	int64_t version; /* of the store, at the last look */
	uint64_t epoch, seq;
	struct rows rows;
	struct rows next; /* of the look that is taken; else spare memory */
	struct points points;
	struct points fresh; /* of the look that is taken */
	uint64_t floor;      /* points up to this look may be gone */
	struct hd_buf status;
	uint64_t status_seq;
	int64_t pid, start; /* of an engine that lived at the last look */
};

static void live_new_epoch(struct hd_live *live)
{
	uint64_t old = live->epoch;

	while (live->epoch == old || live->epoch == 0)
		if (getrandom(&live->epoch, sizeof live->epoch, GRND_NONBLOCK) !=
		    sizeof live->epoch)
			live->epoch = old + (uint64_t)hd_time_wall();
	live->floor = live->seq;
	live->points.count = 0;
}

/* --- rows ----------------------------------------------------------------- */

static struct hd_live_trial *rows_add(struct rows *rows)
{
	if (rows->count == rows->room) {
		size_t room = rows->room ? rows->room + rows->room / 2 : 64;
		struct hd_live_trial *items = realloc(rows->items, room * sizeof *items);

		if (!items)
			return NULL;
		rows->items = items;
		rows->room = room;
	}
	return &rows->items[rows->count++];
}

static int look_trial(void *user, const struct hd_look_row *row)
{
	struct hd_live *live = user;
	struct hd_live_trial *trial;

	if (row->number > UINT32_MAX || row->intervals > UINT32_MAX || row->slot > INT32_MAX)
		return HD_ELIMIT;
	trial = rows_add(&live->next);
	if (!trial)
		return HD_ENOMEM;
	*trial = (struct hd_live_trial){
		.key = row->key,
		.value = row->value,
		.last = row->last,
		.created = row->created,
		.started = row->started,
		.ended = row->ended,
		.number = (uint32_t)row->number,
		.intervals = (uint32_t)row->intervals,
		.attempt = row->attempt,
		.slot = (int32_t)row->slot,
		.state = (uint8_t)row->state,
		.end = (uint8_t)row->end,
	};
	return 0;
}

static bool same_number(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

static bool trial_is_same(const struct hd_live_trial *a,
			  const struct hd_live_trial *b)
{
	return a->state == b->state && a->end == b->end &&
	       a->intervals == b->intervals && a->attempt == b->attempt &&
	       same_number(a->value, b->value) && same_number(a->last, b->last) &&
	       a->created == b->created && a->started == b->started &&
	       a->ended == b->ended && a->slot == b->slot;
}

/* --- values --------------------------------------------------------------- */

struct reading {
	struct hd_live *live;
	struct hd_live_trial *trial;
	size_t known; /* its intervals that are */
};

static int points_add(struct points *points, const struct hd_live_point *point)
{
	if (points->count == points->room) {
		size_t room = points->room ? 2 * points->room : 64;
		struct hd_live_point *items = realloc(points->items, room * sizeof *items);

		if (!items)
			return HD_ENOMEM;
		points->items = items;
		points->room = room;
	}
	points->items[points->count++] = *point;
	return 0;
}

static int look_point(void *user, const struct hd_point_row *row)
{
	struct reading *reading = user;
	struct hd_live_trial *trial = reading->trial;
	const struct hd_live_point point = {
		.trial = trial->number,
		.x = row->has_step ? (double)row->step : (double)row->interval,
		.y = row->value,
	};

	if (row->sequence > UINT32_MAX)
		return HD_ELIMIT;
	trial->read = (uint32_t)row->sequence;
	if (row->interval <= reading->known || row->interval > trial->intervals)
		return 0;
	/* More than are kept: whoever is behind reads everything anew. */
	if (reading->live->fresh.count > HD_LIVE_POINTS)
		return 0;
	return points_add(&reading->live->fresh, &point);
}

/* Forget the points of trials whose attempt is another one. */
static void points_forget(struct points *points, uint32_t trial)
{
	size_t kept = 0;

	for (size_t i = 0; i < points->count; i++)
		if (points->items[i].trial != trial)
			points->items[kept++] = points->items[i];
	points->count = kept;
}

/* Make room for those of this look by dropping those of old ones. */
static void points_trim(struct hd_live *live)
{
	struct points *points = &live->points;
	size_t drop = points->count + live->fresh.count;

	drop = drop > HD_LIVE_POINTS ? drop - HD_LIVE_POINTS : 0;
	if (drop > points->count)
		drop = points->count;
	/* All of a look or none of it. */
	while (drop > 0 && drop < points->count &&
	       points->items[drop].seq == points->items[drop - 1].seq)
		drop++;
	if (drop == 0)
		return;
	live->floor = points->items[drop - 1].seq;
	memmove(points->items, points->items + drop,
		(points->count - drop) * sizeof *points->items);
	points->count -= drop;
}

/* The memory that points_keep needs, before anything is changed. */
static bool points_reserve(struct hd_live *live)
{
	struct points *points = &live->points;
	size_t room = points->count + live->fresh.count;
	struct hd_live_point *items;

	if (room <= points->room)
		return true;
	items = realloc(points->items, room * sizeof *items);
	if (!items)
		return false;
	points->items = items;
	points->room = room;
	return true;
}

/* Those of this look are the newest. */
static void points_keep(struct hd_live *live)
{
	struct points *points = &live->points;

	points_trim(live);
	if (live->fresh.count > HD_LIVE_POINTS) {
		live->floor = live->seq;
		return;
	}
	for (size_t i = 0; i < live->fresh.count; i++) {
		live->fresh.items[i].seq = live->seq;
		points->items[points->count++] = live->fresh.items[i];
	}
}

/* --- a look --------------------------------------------------------------- */

static int look_engine(void *user, const struct hd_sweep_row *row)
{
	struct hd_live *live = user;
	bool lives = row->engine_pid > 0 && hd_report_engine_is_alive(row);

	live->pid = lives ? row->engine_pid : 0;
	live->start = row->engine_start;
	return 0;
}

static int buf_write(void *user, const char *text, size_t length)
{
	hd_buf_add(user, text, length);
	return 0;
}

static int look_status(struct hd_live *live, struct hd_buf *status,
		       struct hd_error *err)
{
	const struct hd_out out = { .write = buf_write, .user = status };
	int rc = hd_store_sweep(live->store, live->sweep, look_engine, live, err);

	if (rc == 0)
		rc = hd_report_status(live->store, live->sweep, HD_FORMAT_JSON, &out, err);
	if (rc == 0 && hd_buf_failed(status))
		return hd_error_nomem(err);
	/* Without the newline. */
	if (rc == 0 && status->length > 0)
		hd_buf_cut(status, status->length - 1);
	return rc;
}

static int look_failed(int rc, struct hd_error *err)
{
	if (rc == HD_ENOMEM)
		return hd_error_nomem(err);
	if (rc == HD_ELIMIT)
		return hd_error_set(err, HD_ELIMIT, "a trial's number is too large to be watched");
	return rc;
}

/*
 * What TRIAL, as it is now, has of OLD, as it was, NULL for one that is new;
 * its new values are gathered. 1 when it has changed.
 */
static int look_compare(struct hd_live *live, struct hd_live_trial *trial,
			const struct hd_live_trial *old, struct hd_error *err)
{
	struct reading reading = { live, trial, old ? old->intervals : 0 };
	int rc;

	if (old && trial_is_same(old, trial)) {
		trial->seq = old->seq;
		trial->read = old->read;
		return 0;
	}
	trial->seq = live->seq + 1;
	trial->read = old ? old->read : 0;
	if (old && (trial->attempt != old->attempt || trial->intervals < old->intervals)) {
		trial->read = 0;
		reading.known = 0;
	}
	/* A value's sequence is never below its interval. */
	if (trial->read < reading.known)
		trial->read = (uint32_t)reading.known;
	/* What was there at the first look is no news. */
	if (live->seq == 0)
		trial->read = trial->intervals;
	if (live->seq == 0 || trial->intervals == reading.known)
		return 1;
	rc = hd_store_points(live->store, trial->key, trial->read, look_point, &reading, err);
	return rc < 0 ? look_failed(rc, err) : 1;
}

/* NULL of a list that has none, which nothing is added to. */
static const struct hd_live_trial *rows_end(const struct rows *rows)
{
	return rows->count ? rows->items + rows->count : rows->items;
}

struct compared {
	bool changed;
	bool lost; /* a trial is gone, or another one has its number */
};

/* Both lists are by number. */
static int look_rows(struct hd_live *live, struct compared *compared,
		     struct hd_error *err)
{
	const struct hd_live_trial *old = live->rows.items;
	const struct hd_live_trial *end = rows_end(&live->rows);
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < live->next.count; i++) {
		struct hd_live_trial *trial = &live->next.items[i];
		bool known;

		for (; old < end && old->number < trial->number; old++)
			compared->lost = true;
		known = old < end && old->number == trial->number;
		if (known && old->key != trial->key)
			compared->lost = true;
		rc = look_compare(live, trial, known ? old : NULL, err);
		compared->changed |= rc > 0;
		if (known)
			old++;
	}
	compared->lost |= old < end;
	return rc < 0 ? rc : 0;
}

/* Points of attempts that are over, of which all come again. */
static void look_forget(struct hd_live *live)
{
	const struct hd_live_trial *old = live->rows.items;
	const struct hd_live_trial *end = rows_end(&live->rows);

	for (size_t i = 0; i < live->next.count && old < end; i++) {
		const struct hd_live_trial *trial = &live->next.items[i];

		while (old < end && old->number < trial->number)
			old++;
		if (old == end || old->number != trial->number)
			continue;
		if (trial->attempt != old->attempt || trial->intervals < old->intervals)
			points_forget(&live->points, trial->number);
		/* By the attempt a client that is behind would know. */
		if (trial->attempt == old->attempt && trial->intervals < old->intervals)
			live->floor = live->seq;
	}
}

/* What was read takes its place: nothing fails from here on. */
static void look_take(struct hd_live *live, const struct compared *compared)
{
	struct rows old = live->rows;

	if (compared->changed) {
		look_forget(live);
		live->seq++;
		points_keep(live);
	}
	live->rows = live->next;
	live->next = old;
	if (compared->lost) {
		live->seq++;
		live_new_epoch(live);
	}
}

static void look_take_status(struct hd_live *live, struct hd_buf *status, bool counted)
{
	bool same = !strcmp(hd_buf_text(status), hd_buf_text(&live->status));

	if (same)
		return;
	if (!counted)
		live->seq++;
	live->status_seq = live->seq;
	hd_buf_release(&live->status);
	live->status = *status;
	hd_buf_init(status);
}

/* All rows of one moment. */
static int look_read(struct hd_live *live, struct hd_buf *status,
		     struct compared *compared, struct hd_error *err)
{
	int rc = hd_store_reading_begin(live->store, err);

	if (rc < 0)
		return rc;
	rc = look_status(live, status, err);
	if (rc == 0)
		rc = look_failed(hd_store_look_trials(live->store, live->sweep, look_trial,
						      live, err),
				 err);
	if (rc == 0)
		rc = look_rows(live, compared, err);
	hd_store_reading_end(live->store);
	if (rc == 0 && !points_reserve(live))
		rc = hd_error_nomem(err);
	return rc;
}

static int look_all(struct hd_live *live, int64_t version, struct hd_error *err)
{
	struct hd_buf status = HD_BUF_INIT;
	struct compared compared = { false, false };
	uint64_t before = live->seq;
	int rc;

	live->next.count = 0;
	live->fresh.count = 0;
	rc = look_read(live, &status, &compared, err);
	if (rc == 0) {
		look_take(live, &compared);
		look_take_status(live, &status, live->seq > before);
		live->version = version;
	}
	hd_buf_release(&status);
	return rc;
}

/* An engine that died has committed nothing. */
static int look_alone(struct hd_live *live, struct hd_error *err)
{
	struct hd_buf status = HD_BUF_INIT;
	int rc;

	if (live->pid == 0 || hd_process_is_alive(live->pid, (uint64_t)live->start, NULL))
		return 0;
	rc = look_status(live, &status, err);
	if (rc == 0)
		look_take_status(live, &status, false);
	hd_buf_release(&status);
	return rc;
}

int hd_live_look(struct hd_live *live, struct hd_error *err)
{
	int64_t version;
	int rc = hd_store_look_version(live->store, &version, err);

	if (rc < 0)
		return rc;
	return version == live->version ? look_alone(live, err)
					: look_all(live, version, err);
}

int hd_live_open(struct hd_live **out, struct hd_store *store, int64_t sweep,
		 struct hd_error *err)
{
	struct hd_live *live = calloc(1, sizeof *live);
	int64_t version = 0;
	int rc;

	*out = NULL;
	if (!live)
		return hd_error_nomem(err);
	live->store = store;
	live->sweep = sweep;
	hd_buf_init(&live->status);
	live_new_epoch(live);
	rc = hd_store_look_version(store, &version, err);
	if (rc == 0)
		rc = look_all(live, version, err);
	if (rc < 0) {
		hd_live_close(live);
		return rc;
	}
	live->floor = live->seq;
	*out = live;
	return 0;
}

void hd_live_close(struct hd_live *live)
{
	if (!live)
		return;
	free(live->rows.items);
	free(live->next.items);
	free(live->points.items);
	free(live->fresh.items);
	hd_buf_release(&live->status);
	free(live);
}

/* --- what is known -------------------------------------------------------- */

uint64_t hd_live_seq(const struct hd_live *live)
{
	return live->seq;
}

int64_t hd_live_version(const struct hd_live *live)
{
	return live->version;
}

uint64_t hd_live_epoch(const struct hd_live *live)
{
	return live->epoch;
}

void hd_live_renew(struct hd_live *live)
{
	live->seq++;
	live_new_epoch(live);
}

bool hd_live_knows(const struct hd_live *live, uint64_t epoch, uint64_t seq)
{
	return epoch == live->epoch && seq <= live->seq && seq >= live->floor;
}

const char *hd_live_status(const struct hd_live *live)
{
	return hd_buf_text(&live->status);
}

uint64_t hd_live_status_seq(const struct hd_live *live)
{
	return live->status_seq;
}

size_t hd_live_count(const struct hd_live *live)
{
	return live->rows.count;
}

const struct hd_live_trial *hd_live_trials(const struct hd_live *live)
{
	return live->rows.items;
}

const struct hd_live_trial *hd_live_at(const struct hd_live *live, size_t index)
{
	return &live->rows.items[index];
}

static int by_number(const void *number, const void *trial)
{
	uint32_t a = *(const uint32_t *)number;
	uint32_t b = ((const struct hd_live_trial *)trial)->number;

	return (a > b) - (a < b);
}

const struct hd_live_trial *hd_live_find(const struct hd_live *live, size_t number)
{
	uint32_t wanted = (uint32_t)number;

	if (number > UINT32_MAX || live->rows.count == 0)
		return NULL;
	return bsearch(&wanted, live->rows.items, live->rows.count,
		       sizeof *live->rows.items, by_number);
}

const char *hd_live_state(const struct hd_live_trial *trial)
{
	return trial->state == HD_TRIAL_CANCELED && trial->end == HD_END_PAUSED
		       ? "Paused"
		       : hd_trial_state_name((enum hd_trial_state)trial->state);
}

int hd_live_trials_since(const struct hd_live *live, uint64_t seq,
			 hd_live_trial_fn fn, void *user)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < live->rows.count; i++)
		if (live->rows.items[i].seq > seq)
			rc = fn(user, &live->rows.items[i]);
	return rc;
}

int hd_live_points_since(const struct hd_live *live, uint64_t seq,
			 hd_live_point_fn fn, void *user)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < live->points.count; i++)
		if (live->points.items[i].seq > seq)
			rc = fn(user, &live->points.items[i]);
	return rc;
}
