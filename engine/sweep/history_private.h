/*
 * What history.c, history_copy.c and history_rank.c share and nobody else
 * includes: the history itself.
 */
#ifndef HD_SWEEP_HISTORY_PRIVATE_H
#define HD_SWEEP_HISTORY_PRIVATE_H

#include "sweep/history.h"
#include "sweep/order.h"
#include "sweep/private.h"

/* The best from interval FROM on, up to where the next of these begins. */
struct history_best {
	size_t from;
	double value; /* never NaN */
	const struct hd_trial *leader;
};

/* Behind a pointer of its own, as it changes under a const history. */
struct history_cache {
	struct hd_order *orders; /* [0] is interval 1 */
	size_t count;
	size_t *indices; /* hd_history_climbs': see there */
	size_t index_room;
	bool failed; /* no memory for an answer; the next log says so */
};

struct hd_history {
	enum hd_goal goal;
	size_t width;
	size_t total, slots;      /* planned; 0 for not known */
	struct hd_trial **trials; /* of this sweep, by number */
	size_t count, room;
	size_t foreign; /* of them, that no sampler suggested */
	struct hd_trial **inherited;
	size_t inherited_count, inherited_room;
	struct hd_trial *running; /* list of those in HD_TRIAL_RUNNING */
	size_t measured;          /* trials with at least one value */
	size_t horizon;           /* longest curve of a completed trial */
	size_t longest;           /* intervals of the longest curve */
	struct history_best *best;
	size_t best_count, best_room;
	struct history_cache *cache;
};

/* history.c: a trial with a copy of VALUES, in no list; NULL: no memory. */
struct hd_trial *hd_history_trial_new(struct hd_history *history,
				      const struct hd_value *values);

/* history_rank.c: empty; NULL when there is no memory. */
struct history_cache *hd_history_cache_new(void);
void hd_history_cache_free(struct history_cache *cache);
/* Room in the orders at INTERVAL for another; HD_ENOMEM or 0. */
int hd_history_rank_reserve(struct hd_history *history, size_t interval);
/* TRIAL's curve has just grown: into the orders that there are. */
void hd_history_rank(struct hd_history *history, const struct hd_trial *trial);

#endif
