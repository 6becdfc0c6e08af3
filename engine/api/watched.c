/* The sweeps that are kept in mind, each with its trials and its columns. */
#include "api/private.h"

#include "base/time.h"

#include <string.h>

void hd_api_unwatch(struct hd_api_sweep *watched)
{
	hd_live_close(watched->live);
	hd_table_close(watched->table);
	hd_buf_release(&watched->events.text);
	*watched = (struct hd_api_sweep){ .key = 0 };
}

/* A free place, or that of the sweep nobody asked for the longest. */
static struct hd_api_sweep *place_find(struct hd_api *api, int64_t sweep)
{
	struct hd_api_sweep *oldest = &api->sweeps[0];

	for (size_t i = 0; i < HD_API_SWEEPS; i++) {
		struct hd_api_sweep *place = &api->sweeps[i];

		if (place->key == sweep)
			return place;
		if (place->used < oldest->used)
			oldest = place;
	}
	return oldest;
}

static int watch_open(struct hd_api *api, struct hd_api_sweep *place, int64_t sweep,
		      struct hd_error *err)
{
	int rc;

	hd_api_unwatch(place);
	rc = hd_table_open(&place->table, api->setup.store, sweep, err);
	if (rc == 0)
		rc = hd_live_open(&place->live, api->setup.store, sweep, err);
	if (rc < 0)
		hd_api_unwatch(place);
	else
		place->key = sweep;
	return rc;
}

/* A file that a resume changed has other columns: all is to be read anew. */
static int watch_table(struct hd_api *api, struct hd_api_sweep *place,
		       struct hd_error *err)
{
	struct hd_table *table;
	bool is_old;
	int rc = hd_table_is_old(place->table, api->setup.store, place->key, &is_old, err);

	if (rc < 0 || !is_old)
		return rc;
	rc = hd_table_open(&table, api->setup.store, place->key, err);
	if (rc < 0)
		return rc;
	hd_table_close(place->table);
	place->table = table;
	hd_live_renew(place->live);
	return 0;
}

static int watch_look(struct hd_api *api, struct hd_api_sweep *place,
		      int64_t pause, struct hd_error *err)
{
	int64_t now = hd_time_steady();
	uint64_t before = hd_live_status_seq(place->live);
	int rc;

	if (now - place->looked < pause)
		return 0;
	rc = hd_live_look(place->live, err);
	if (rc == 0 && hd_live_status_seq(place->live) != before)
		rc = watch_table(api, place, err);
	if (rc == 0)
		place->looked = now;
	return rc;
}

int hd_api_watch(struct hd_api *api, int64_t sweep, int64_t pause,
		 struct hd_api_sweep **out, struct hd_error *err)
{
	struct hd_api_sweep *place = place_find(api, sweep);
	int rc;

	if (place->key == sweep) {
		rc = watch_look(api, place, pause, err);
		/* It may be gone: what is held of it would stay for ever. */
		if (rc == HD_ENOENT)
			hd_api_unwatch(place);
	} else {
		rc = watch_open(api, place, sweep, err);
		place->looked = hd_time_steady();
	}
	place->used = ++api->clock;
	*out = place;
	return rc;
}
