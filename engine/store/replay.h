/*
 * What a replay reads of a sweep: how its trials and their attempts went, turn
 * by turn, and what they logged. Needs a store of schema 3 or later.
 *
 * Strings in rows are borrowed until the callback returns; stamps are those of
 * the engine's turns, 0 for what has not happened.
 */
#ifndef HD_STORE_REPLAY_H
#define HD_STORE_REPLAY_H

#include "store/store.h"

/* One attempt: a past one, or that which the trial's row tells of. */
struct hd_replay_attempt {
	unsigned number;
	enum hd_trial_state state;
	enum hd_end end;
	size_t slot;
	int64_t running;    /* it ran */
	int64_t stop_asked; /* it was asked to end */
	int64_t gone;       /* it was known to have ended */
	int64_t closed;     /* its end was stored */
	int64_t queued;     /* the next attempt was put to wait, of a past one */
	size_t settled;     /* how many ends of trials there were with its own */
	size_t reopened;    /* ... and when that was taken back */
	size_t intervals;   /* logged, by those before it that it went on from too */
	bool anew;          /* the next one began from nothing */
};

struct hd_replay_trial {
	int64_t key;
	size_t number;
	bool enqueued; /* nobody's suggestion */
	size_t known;
	int64_t created;
	const char *parameters;        /* JSON */
	struct hd_replay_attempt last; /* the present or the only one */
};

struct hd_replay_value {
	size_t trial;
	unsigned attempt; /* that logged it, or a later one that went on from it */
	size_t sequence;
	size_t interval;
	double value;
	int64_t time;
};

/* A file and settings that were in force up to a stamp. */
struct hd_replay_edition {
	int64_t until;
	size_t settings; /* the first so many of the sweep's */
	const char *path;
	const char *text;
};

typedef int (*hd_replay_trial_fn)(void *user,
				  const struct hd_replay_trial *row);
typedef int (*hd_replay_attempt_fn)(void *user, size_t trial,
				    const struct hd_replay_attempt *row);
typedef int (*hd_replay_value_fn)(void *user,
				  const struct hd_replay_value *row);
typedef int (*hd_replay_edition_fn)(void *user,
				    const struct hd_replay_edition *row);

/* One snapshot for all walks between the two. */
int hd_store_snapshot(struct hd_store *store, struct hd_error *err);
int hd_store_snapshot_end(struct hd_store *store, struct hd_error *err);
/* HD_EVERSION when the store is of an older schema. */
int hd_store_replay_check(struct hd_store *store, struct hd_error *err);
/* By number. */
int hd_store_replay_trials(struct hd_store *store, int64_t sweep,
			   hd_replay_trial_fn fn, void *user,
			   struct hd_error *err);
/* Past attempts, by trial and number. */
int hd_store_replay_attempts(struct hd_store *store, int64_t sweep,
			     hd_replay_attempt_fn fn, void *user,
			     struct hd_error *err);
/* Of the primary metric, by trial, attempt and sequence. */
int hd_store_replay_values(struct hd_store *store, int64_t sweep,
			   hd_replay_value_fn fn, void *user,
			   struct hd_error *err);
/* Those that are no longer in force, the first first. */
int hd_store_replay_editions(struct hd_store *store, int64_t sweep,
			     hd_replay_edition_fn fn, void *user,
			     struct hd_error *err);

#endif
