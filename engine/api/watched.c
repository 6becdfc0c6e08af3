/* The sweeps that are kept in mind, each with its trials and its columns. */
#include "api/private.h"

#include "base/time.h"

#include <stdlib.h>
#include <string.h>

/* Microseconds after which a sweep nobody asks for is let go of. */
#define WATCHED_IDLE ((int64_t)60 * 1000000)
/* So many are kept at most, whoever asks. */
#define WATCHED_MOST 256

static void watched_close(struct hd_api_sweep *watched)
{
	hd_live_close(watched->live);
	hd_table_close(watched->table);
	hd_buf_release(&watched->events.text);
	hd_buf_release(&watched->importance.text);
	hd_buf_release(&watched->columns.text);
	free(watched);
}

void hd_api_unwatch(struct hd_api *api)
{
	while (api->sweeps) {
		struct hd_api_sweep *next = api->sweeps->next;

		watched_close(api->sweeps);
		api->sweeps = next;
	}
}

/* --- what is kept ------------------------------------------------------------------ */

uint64_t hd_api_mark(uint64_t mark, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	for (size_t i = 0; i < length; i++)
		mark = (mark ^ at[i]) * UINT64_C(0x100000001b3);
	return mark;
}

bool hd_api_kept_write(const struct hd_api_kept *kept, uint64_t mark, struct hd_buf *out)
{
	if (!kept->text.length || kept->mark != mark)
		return false;
	hd_buf_add(out, kept->text.text, kept->text.length);
	return true;
}

void hd_api_keep(struct hd_api_kept *kept, uint64_t mark, const struct hd_buf *out, size_t from)
{
	hd_buf_release(&kept->text);
	if (hd_buf_failed(out))
		return;
	kept->mark = mark;
	hd_buf_add(&kept->text, out->text + from, out->length - from);
	if (hd_buf_failed(&kept->text))
		hd_buf_release(&kept->text);
}

/* --- which are watched -------------------------------------------------------------- */

static void watched_drop(struct hd_api *api, struct hd_api_sweep *watched)
{
	struct hd_api_sweep **at = &api->sweeps;

	while (*at != watched)
		at = &(*at)->next;
	*at = watched->next;
	watched_close(watched);
}

static struct hd_api_sweep *watched_find(struct hd_api *api, int64_t sweep)
{
	struct hd_api_sweep *watched = api->sweeps;

	while (watched && watched->key != sweep)
		watched = watched->next;
	return watched;
}

/* Room for one more: those that nobody watches any more go. */
static void watched_trim(struct hd_api *api, int64_t now)
{
	struct hd_api_sweep *next, *oldest = NULL;
	size_t count = 0;

	for (struct hd_api_sweep *at = api->sweeps; at; at = next) {
		next = at->next;
		if (now - at->used >= WATCHED_IDLE) {
			watched_drop(api, at);
			continue;
		}
		count++;
		if (!oldest || at->used < oldest->used)
			oldest = at;
	}
	if (count >= WATCHED_MOST)
		watched_drop(api, oldest);
}

static int watch_open(struct hd_api *api, int64_t sweep, struct hd_api_sweep **out,
		      struct hd_error *err)
{
	struct hd_api_sweep *watched = calloc(1, sizeof *watched);
	int rc;

	if (!watched)
		return hd_error_nomem(err);
	watched->key = sweep;
	rc = hd_table_open(&watched->table, api->setup.store, sweep, err);
	if (rc == 0)
		rc = hd_live_open(&watched->live, api->setup.store, sweep, err);
	if (rc < 0) {
		watched_close(watched);
		return rc;
	}
	watched->next = api->sweeps;
	api->sweeps = watched;
	*out = watched;
	return 0;
}

/* A file that a resume changed has other columns: all is to be read anew. */
static int watch_table(struct hd_api *api, struct hd_api_sweep *watched,
		       struct hd_error *err)
{
	struct hd_table *table;
	bool is_old;
	int rc = hd_table_is_old(watched->table, api->setup.store, watched->key, &is_old, err);

	if (rc < 0 || !is_old)
		return rc;
	rc = hd_table_open(&table, api->setup.store, watched->key, err);
	if (rc < 0)
		return rc;
	hd_table_close(watched->table);
	watched->table = table;
	hd_live_renew(watched->live);
	return 0;
}

static int watch_look(struct hd_api *api, struct hd_api_sweep *watched, int64_t pause,
		      int64_t now, struct hd_error *err)
{
	uint64_t before = hd_live_status_seq(watched->live);
	int rc;

	if (now - watched->looked < pause)
		return 0;
	rc = hd_live_look(watched->live, err);
	if (rc == 0 && hd_live_status_seq(watched->live) != before)
		rc = watch_table(api, watched, err);
	if (rc == 0)
		watched->looked = now;
	return rc;
}

int hd_api_watch(struct hd_api *api, int64_t sweep, int64_t pause,
		 struct hd_api_sweep **out, struct hd_error *err)
{
	struct hd_api_sweep *watched = watched_find(api, sweep);
	int64_t now = hd_time_steady();
	int rc;

	if (watched) {
		rc = watch_look(api, watched, pause, now, err);
		/* It may be gone: what is held of it would stay for ever. */
		if (rc == HD_ENOENT)
			watched_drop(api, watched);
	} else {
		watched_trim(api, now);
		rc = watch_open(api, sweep, &watched, err);
		if (rc == 0)
			watched->looked = now;
	}
	if (rc < 0)
		return rc;
	watched->used = now;
	*out = watched;
	return 0;
}
