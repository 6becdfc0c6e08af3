/* getrandom(). */
#define _GNU_SOURCE

#include "live/list.h"

#include "base/process.h"
#include "base/time.h"
#include "store/exchange.h"
#include "store/look.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct item {
	struct hd_look_sweep row;
	size_t counts[HD_TRIAL_STATES];
	uint64_t seq; /* of its last change */
	bool lives;   /* its engine did at the last look */
};

struct items {
	struct item *list; /* newest first */
	size_t count, room;
};

struct hd_live_list {
	struct hd_store *store;
	int64_t version; /* of the store, at the last look */
	uint64_t epoch, seq;
	struct items now;
	struct items next; /* of the look that is taken; else spare memory */
};

static void list_new_epoch(struct hd_live_list *list)
{
	uint64_t old = list->epoch;

	while (list->epoch == old || list->epoch == 0)
		if (getrandom(&list->epoch, sizeof list->epoch, GRND_NONBLOCK) !=
		    sizeof list->epoch)
			list->epoch = old + (uint64_t)hd_time_wall();
}

static bool engine_lives(const struct hd_look_sweep *row)
{
	return !row->is_over && row->engine_pid > 0 &&
	       hd_process_is_alive(row->engine_pid, (uint64_t)row->engine_start, NULL);
}

static int look_sweep(void *user, const struct hd_look_sweep *row)
{
	struct items *next = user;
	struct item *items;

	if (next->count == next->room) {
		size_t room = next->room ? 2 * next->room : 16;

		items = realloc(next->list, room * sizeof *items);
		if (!items)
			return HD_ENOMEM;
		next->list = items;
		next->room = room;
	}
	next->list[next->count++] = (struct item){ .row = *row, .lives = engine_lives(row) };
	return 0;
}

static bool row_is_same(const struct hd_look_sweep *a, const struct hd_look_sweep *b)
{
	return a->is_over == b->is_over && a->ended == b->ended &&
	       a->max_total == b->max_total && a->max_concurrent == b->max_concurrent &&
	       a->best_trial == b->best_trial &&
	       (a->best == b->best || (isnan(a->best) && isnan(b->best))) &&
	       a->engine_pid == b->engine_pid && a->engine_start == b->engine_start;
}

static int look_counts(void *user, const struct hd_sweep_row *row)
{
	struct item *item = user;

	memcpy(item->counts, row->counts, sizeof item->counts);
	return 0;
}

/* ITEM as it is now beside OLD, NULL for a new one. */
static int look_compare(struct hd_live_list *list, struct item *item,
			const struct item *old, struct hd_error *err)
{
	bool same = old && row_is_same(&old->row, &item->row);
	int rc = 0;

	/* Trials of one that is over stay as they are. */
	if (same && item->row.is_over)
		memcpy(item->counts, old->counts, sizeof item->counts);
	else
		rc = hd_store_sweep(list->store, item->row.key, look_counts, item, err);
	same = same && item->lives == old->lives &&
	       !memcmp(item->counts, old->counts, sizeof item->counts);
	item->seq = same ? old->seq : list->seq + 1;
	return rc < 0 ? rc : !same;
}

/* *LOST: a sweep is gone. Both lists are by key, newest first. */
static int look_items(struct hd_live_list *list, bool *changed, bool *lost,
		      struct hd_error *err)
{
	const struct item *old = list->now.list;
	/* Nothing is added to NULL, not even nothing. */
	const struct item *end = list->now.count ? old + list->now.count : old;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < list->next.count; i++) {
		struct item *item = &list->next.list[i];
		bool known;

		for (; old < end && old->row.key > item->row.key; old++)
			*lost = true;
		known = old < end && old->row.key == item->row.key;
		rc = look_compare(list, item, known ? old : NULL, err);
		*changed |= rc > 0;
		if (known)
			old++;
	}
	*lost |= old < end;
	return rc < 0 ? rc : 0;
}

static int look_all(struct hd_live_list *list, struct hd_error *err)
{
	struct items old = list->now;
	bool changed = false, lost = false;
	int rc = hd_store_reading_begin(list->store, err);

	if (rc < 0)
		return rc;
	list->next.count = 0;
	rc = hd_store_look_sweeps(list->store, look_sweep, &list->next, err);
	if (rc == 0)
		rc = look_items(list, &changed, &lost, err);
	hd_store_reading_end(list->store);
	if (rc < 0)
		return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
	list->now = list->next;
	list->next = old;
	list->seq += changed || lost;
	if (lost)
		list_new_epoch(list);
	return 0;
}

/* Engines that died have committed nothing. */
static void look_alone(struct hd_live_list *list)
{
	bool changed = false;

	for (size_t i = 0; i < list->now.count; i++) {
		struct item *item = &list->now.list[i];

		if (!item->lives || engine_lives(&item->row))
			continue;
		item->lives = false;
		item->seq = list->seq + 1;
		changed = true;
	}
	list->seq += changed;
}

int hd_live_list_look(struct hd_live_list *list, struct hd_error *err)
{
	int64_t version;
	int rc = hd_store_look_version(list->store, &version, err);

	if (rc == 0 && version == list->version) {
		look_alone(list);
		return 0;
	}
	if (rc == 0)
		rc = look_all(list, err);
	if (rc == 0)
		list->version = version;
	return rc;
}

int hd_live_list_open(struct hd_live_list **out, struct hd_store *store,
		      struct hd_error *err)
{
	struct hd_live_list *list = calloc(1, sizeof *list);
	int rc;

	*out = NULL;
	if (!list)
		return hd_error_nomem(err);
	list->store = store;
	list_new_epoch(list);
	rc = hd_store_look_version(store, &list->version, err);
	if (rc == 0)
		rc = look_all(list, err);
	if (rc < 0) {
		hd_live_list_close(list);
		return rc;
	}
	/* Of an empty store too. */
	if (list->seq == 0)
		list->seq = 1;
	*out = list;
	return 0;
}

void hd_live_list_close(struct hd_live_list *list)
{
	if (!list)
		return;
	free(list->now.list);
	free(list->next.list);
	free(list);
}

uint64_t hd_live_list_seq(const struct hd_live_list *list)
{
	return list->seq;
}

uint64_t hd_live_list_epoch(const struct hd_live_list *list)
{
	return list->epoch;
}

bool hd_live_list_knows(const struct hd_live_list *list, uint64_t epoch, uint64_t seq)
{
	return epoch == list->epoch && seq <= list->seq;
}

int hd_live_list_since(const struct hd_live_list *list, uint64_t seq,
		       hd_live_sweep_fn fn, void *user)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < list->now.count; i++)
		if (list->now.list[i].seq > seq)
			rc = fn(user, list->now.list[i].row.key);
	return rc;
}
