/* Reading a sweep to derive it again. */
#include "store/replay.h"

#include "store/private.h"

#include <inttypes.h>
#include <string.h>

#define REPLAY_SCHEMA 3

int hd_store_snapshot(struct hd_store *store, struct hd_error *err)
{
	return hd_query_simple(store, HD_STMT_SNAPSHOT, err);
}

int hd_store_snapshot_end(struct hd_store *store, struct hd_error *err)
{
	return hd_query_simple(store, HD_STMT_SNAPSHOT_END, err);
}

int hd_store_replay_check(struct hd_store *store, struct hd_error *err)
{
	int64_t version;
	int rc = hd_store_integer(store, "PRAGMA user_version", &version, err);

	if (rc < 0 || version >= REPLAY_SCHEMA)
		return rc;
	return hd_error_set(err, HD_EVERSION,
			    "store '%s' has schema version %" PRId64
			    ", a replay needs %d: its hdrive did not store "
			    "enough",
			    store->path, version, REPLAY_SCHEMA);
}

/* What a walk over rows hands them to. */
struct replay_walk {
	union {
		hd_replay_trial_fn trial;
		hd_replay_attempt_fn attempt;
		hd_replay_value_fn value;
		hd_replay_edition_fn edition;
	} fn;
	void *user;
};

static int read_words(struct hd_query *query, struct hd_replay_attempt *row,
		      struct hd_error *err)
{
	const char *state = hd_query_get_text(query);
	const char *end = hd_query_get_text(query);

	if (hd_trial_state_find(state, &row->state) &&
	    hd_end_find(end, &row->end))
		return 0;
	return hd_error_set(err, HD_ECORRUPT,
			    "store '%s' has an unknown state or end reason:"
			    " '%s', '%s'",
			    query->store->path, state, end);
}

/* Slot up to intervals: the columns that both tables have. */
static void read_turns(struct hd_query *query, struct hd_replay_attempt *row)
{
	row->slot = hd_query_get_size(query);
	row->running = hd_query_get_integer(query);
	row->stop_asked = hd_query_get_integer(query);
	row->gone = hd_query_get_integer(query);
	row->closed = hd_query_get_integer(query);
	row->settled = hd_query_get_size(query);
	row->intervals = hd_query_get_size(query);
}

static int read_trial(struct hd_query *query, struct hd_replay_trial *row,
		      struct hd_error *err)
{
	int rc;

	row->key = hd_query_get_integer(query);
	row->number = hd_query_get_size(query);
	rc = read_words(query, &row->last, err);
	row->enqueued = strcmp(hd_query_get_text(query), "sampler") != 0;
	row->known = hd_query_get_size(query);
	row->created = hd_query_get_integer(query);
	row->parameters = hd_query_get_text(query);
	row->last.number = (unsigned)hd_query_get_size(query);
	read_turns(query, &row->last);
	return rc < 0 ? rc : hd_query_check(query, err);
}

static int trial_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct replay_walk *walk = vwalk;
	struct hd_replay_trial row = { 0 };
	int rc = read_trial(query, &row, err);

	return rc < 0 ? rc : walk->fn.trial(walk->user, &row);
}

int hd_store_replay_trials(struct hd_store *store, int64_t sweep,
			   hd_replay_trial_fn fn, void *user,
			   struct hd_error *err)
{
	struct replay_walk walk = { .fn.trial = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_REPLAY_TRIALS, sweep, trial_row,
				&walk, err);
}

static int attempt_row(struct hd_query *query, void *vwalk,
		       struct hd_error *err)
{
	const struct replay_walk *walk = vwalk;
	struct hd_replay_attempt row = { 0 };
	size_t trial = hd_query_get_size(query);
	int rc;

	row.number = (unsigned)hd_query_get_size(query);
	rc = read_words(query, &row, err);
	read_turns(query, &row);
	row.anew = hd_query_get_integer(query) != 0;
	row.queued = hd_query_get_integer(query);
	row.reopened = hd_query_get_size(query);
	if (rc == 0)
		rc = hd_query_check(query, err);
	return rc < 0 ? rc : walk->fn.attempt(walk->user, trial, &row);
}

int hd_store_replay_attempts(struct hd_store *store, int64_t sweep,
			     hd_replay_attempt_fn fn, void *user,
			     struct hd_error *err)
{
	struct replay_walk walk = { .fn.attempt = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_REPLAY_ATTEMPTS, sweep,
				attempt_row, &walk, err);
}

static int value_row(struct hd_query *query, void *vwalk, struct hd_error *err)
{
	const struct replay_walk *walk = vwalk;
	struct hd_replay_value row = { 0 };
	int rc;

	row.trial = hd_query_get_size(query);
	row.attempt = (unsigned)hd_query_get_size(query);
	row.sequence = hd_query_get_size(query);
	row.interval = hd_query_get_size(query);
	row.value = hd_query_get_real(query);
	row.time = hd_query_get_integer(query);
	rc = hd_query_check(query, err);
	return rc < 0 ? rc : walk->fn.value(walk->user, &row);
}

int hd_store_replay_values(struct hd_store *store, int64_t sweep,
			   hd_replay_value_fn fn, void *user,
			   struct hd_error *err)
{
	struct replay_walk walk = { .fn.value = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_REPLAY_VALUES, sweep, value_row,
				&walk, err);
}

static int edition_row(struct hd_query *query, void *vwalk,
		       struct hd_error *err)
{
	const struct replay_walk *walk = vwalk;
	struct hd_replay_edition row = { 0 };

	(void)err;
	row.until = hd_query_get_integer(query);
	row.settings = hd_query_get_size(query);
	row.path = hd_query_get_text(query);
	row.text = hd_query_get_text(query);
	return walk->fn.edition(walk->user, &row);
}

int hd_store_replay_editions(struct hd_store *store, int64_t sweep,
			     hd_replay_edition_fn fn, void *user,
			     struct hd_error *err)
{
	struct replay_walk walk = { .fn.edition = fn, .user = user };

	return hd_query_each_of(store, HD_STMT_REPLAY_EDITIONS, sweep,
				edition_row, &walk, err);
}
