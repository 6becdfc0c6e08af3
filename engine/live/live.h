/*
 * What changes in a sweep while one looks: its trials' rows as they are known,
 * each with the number of the look in which it changed last, and the primary
 * metric's newest values.
 *
 * The engine of a sweep writes nothing for those who watch. A look asks the
 * store whether anything was committed and, if so, reads the trials' rows and
 * compares. All who watch one sweep share one hd_live; none of them holds a
 * transaction between two looks.
 *
 * Invariants: sequence numbers only grow, and mean something in one epoch
 * alone. Whoever has what was there at number N and takes what changed since N
 * has what is there now. About 160 bytes a trial are kept, and at most
 * HD_LIVE_POINTS values.
 */
#ifndef HD_LIVE_LIVE_H
#define HD_LIVE_LIVE_H

#include <hdrive/store.h>

struct hd_live; /* opaque */

/* So many of the newest values are kept; 32 bytes each. */
#define HD_LIVE_POINTS 32768

struct hd_live_trial {
	uint64_t seq;                    /* of its last change */
	int64_t key;                     /* of the store */
	double value;                    /* what it is ranked by; NaN for none */
	double last;                     /* NaN for none */
	int64_t created, started, ended; /* 0: not yet */
	uint32_t number;
	uint32_t intervals;
	uint32_t attempt;
	int32_t slot;  /* -1 for none */
	uint32_t read; /* of its values, up to this sequence */
	uint8_t state; /* enum hd_trial_state */
	uint8_t end;   /* enum hd_end */
};

/* A new value of the primary metric. */
struct hd_live_point {
	uint64_t seq;
	uint32_t trial; /* number */
	double x;       /* its step, or else its interval */
	double y;       /* NaN too */
};

/*
 * SWEEP is a key. STORE is borrowed until the close; the first look is taken
 * here, and its values are not among the points. HD_ENOENT for no such sweep.
 */
int hd_live_open(struct hd_live **out, struct hd_store *store, int64_t sweep,
		 struct hd_error *err);
void hd_live_close(struct hd_live *live);

/*
 * Take in what was committed since the last look. Cheap when nothing was; 10 ms
 * for 10,000 trials otherwise. HD_ENOENT when the sweep is gone; after a
 * failure everything is as it was before.
 */
int hd_live_look(struct hd_live *live, struct hd_error *err);

/* A look that found something has a new number; the first look's is 1. */
uint64_t hd_live_seq(const struct hd_live *live);
/* Of the store at the last look: nothing was committed while it stays. */
int64_t hd_live_version(const struct hd_live *live);
/* Random, not 0; another one when numbers of before mean nothing any more. */
uint64_t hd_live_epoch(const struct hd_live *live);
/* Begin a new epoch: who watches is to read everything anew. */
void hd_live_renew(struct hd_live *live);
/*
 * Whether what changed since SEQ of EPOCH can be told: else a watcher reads
 * everything anew.
 */
bool hd_live_knows(const struct hd_live *live, uint64_t epoch, uint64_t seq);

/* The sweep itself as "hdrive status --json" shows it; borrowed until the next
 * look. And when that changed last. */
const char *hd_live_status(const struct hd_live *live);
uint64_t hd_live_status_seq(const struct hd_live *live);

/* The trials, by number; borrowed until the next look. */
size_t hd_live_count(const struct hd_live *live);
const struct hd_live_trial *hd_live_trials(const struct hd_live *live);
const struct hd_live_trial *hd_live_at(const struct hd_live *live, size_t index);
/* By its number; NULL when there is none. */
const struct hd_live_trial *hd_live_find(const struct hd_live *live, size_t number);
/* As people read it: "Paused" for what a policy set aside. */
const char *hd_live_state(const struct hd_live_trial *trial);

/* Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_live_trial_fn)(void *user, const struct hd_live_trial *trial);
typedef int (*hd_live_point_fn)(void *user, const struct hd_live_point *point);
/* Trials that are new or changed since SEQ, by number. */
int hd_live_trials_since(const struct hd_live *live, uint64_t seq,
			 hd_live_trial_fn fn, void *user);
/*
 * New values since SEQ, look by look, within it trial by trial in the order
 * they were logged. Of a trial whose attempt is another one all values come
 * again: what was known of them is void.
 */
int hd_live_points_since(const struct hd_live *live, uint64_t seq,
			 hd_live_point_fn fn, void *user);

#endif
