/*
 * What those who watch ask of the store: whether anything was committed, what
 * of a trial changes while it runs, and its values without their texts.
 *
 * Nothing here keeps a transaction open longer than its call.
 */
#ifndef HD_STORE_LOOK_H
#define HD_STORE_LOOK_H

#include <hdrive/store.h>

/*
 * A number that differs from the last call's when another connection has
 * committed something meanwhile; it means nothing else.
 */
int hd_store_look_version(struct hd_store *store, int64_t *version,
			  struct hd_error *err);

/* The schema's version that this hdrive writes. */
int64_t hd_store_schema(void);

/* What of a trial changes; no strings. */
struct hd_look_row {
	int64_t key;
	size_t number;
	enum hd_trial_state state;
	enum hd_end end;
	double value; /* what it is ranked by; NaN for none */
	double last;
	size_t intervals;
	unsigned attempt;
	int64_t slot; /* -1 for none */
	int64_t created;
	int64_t started;
	int64_t ended;
};
/* Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_look_fn)(void *user, const struct hd_look_row *row);
/* By number. A sweep that is not there has none. */
int hd_store_look_trials(struct hd_store *store, int64_t sweep, hd_look_fn fn,
			 void *user, struct hd_error *err);

/* What of a sweep changes, without its trials. */
struct hd_look_sweep {
	int64_t key;
	bool is_over;
	int64_t ended;
	int64_t max_total, max_concurrent;
	int64_t best_trial; /* 0 for none too: with BEST it is one */
	double best;
	int64_t engine_pid, engine_start;
};
typedef int (*hd_look_sweep_fn)(void *user, const struct hd_look_sweep *row);
/* Newest first. */
int hd_store_look_sweeps(struct hd_store *store, hd_look_sweep_fn fn, void *user,
			 struct hd_error *err);

/* JSON, borrowed for the call; numbers from FIRST to LAST. */
typedef int (*hd_look_parameters_fn)(void *user, size_t number,
				     const char *parameters);
int hd_store_look_parameters(struct hd_store *store, int64_t sweep,
			     size_t first, size_t last,
			     hd_look_parameters_fn fn, void *user,
			     struct hd_error *err);

/* One value of a metric. */
struct hd_point_row {
	size_t sequence; /* from 1 within the trial */
	size_t interval; /* of the primary metric, 0 for others */
	bool has_step;
	int64_t step;
	double value; /* NaN too */
};
typedef int (*hd_point_fn)(void *user, const struct hd_point_row *row);
/* Those of the primary metric behind SEQUENCE; TRIAL is a row's key. */
int hd_store_points(struct hd_store *store, int64_t trial, size_t sequence,
		    hd_point_fn fn, void *user, struct hd_error *err);
/* All numbers that the trial logged as NAME. */
int hd_store_curve(struct hd_store *store, int64_t trial, const char *name,
		   hd_point_fn fn, void *user, struct hd_error *err);
/* The names among the MOST first values of a trial, by name. */
int hd_store_names_of(struct hd_store *store, int64_t trial, size_t most,
		      hd_setting_fn fn, void *user, struct hd_error *err);

/* Attempts of all trials that another one followed; a store of an older schema
 * has none. */
struct hd_look_attempt {
	size_t trial;
	unsigned number;
	int64_t slot; /* -1 for none */
	int64_t started;
	int64_t ended;
	enum hd_end end;
};
typedef int (*hd_look_attempt_fn)(void *user, const struct hd_look_attempt *row);
int hd_store_look_attempts(struct hd_store *store, int64_t sweep,
			   hd_look_attempt_fn fn, void *user,
			   struct hd_error *err);

/* read.c: as hd_store_sweeps, those older than KEY; INT64_MAX for all. */
int hd_store_sweeps_before(struct hd_store *store, int64_t key, size_t limit,
			   const char *state, hd_sweep_fn fn, void *user,
			   struct hd_error *err);
/* read.c: by number, those behind NUMBER; -1 for all. LIMIT 0 is all. */
int hd_store_trials_after(struct hd_store *store, int64_t sweep, int64_t number,
			  size_t limit, hd_trial_fn fn, void *user,
			  struct hd_error *err);

#endif
