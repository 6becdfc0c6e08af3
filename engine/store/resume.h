/*
 * What an engine reads of a sweep that it goes on with: more than reports
 * show, in the fewest walks. Needs a store opened for writing.
 *
 * Strings in rows are borrowed until the callback returns.
 */
#ifndef HD_STORE_RESUME_H
#define HD_STORE_RESUME_H

#include "store/store.h"

/* Besides what hd_sweep_row has. */
struct hd_resume_sweep {
	const char *source;   /* "" when an older hdrive made it */
	const char *snapshot; /* id, "" for none */
	const char *program;  /* JSON object, "" when an older hdrive made it */
	const char *backend;  /* what runs its trials */
	double grace;
	double ran;                    /* seconds that engines before this one ran */
	int64_t resumed;               /* since when the last one runs, 0: it said goodbye */
	const char *boot, *host;       /* of the last engine */
	size_t plan_total, plan_slots; /* as it was submitted */
};

typedef int (*hd_resume_sweep_fn)(void *user,
				  const struct hd_resume_sweep *row);
int hd_store_resume_sweep(struct hd_store *store, int64_t sweep,
			  hd_resume_sweep_fn fn, void *user,
			  struct hd_error *err);

struct hd_resume_totals {
	size_t trials;        /* the next trial's number */
	size_t settled;       /* ends of trials so far */
	double spent;         /* seconds that ended trials ran, summed */
	size_t policy_scored; /* cancelled by policy, with a metric */
	size_t measured;      /* ended trials with a value */
	size_t foreign;       /* trials that no sampler suggested */
	int64_t stamp;        /* the latest time in its rows */
};

int hd_store_resume_totals(struct hd_store *store, int64_t sweep,
			   struct hd_resume_totals *totals,
			   struct hd_error *err);

struct hd_resume_trial {
	int64_t key;
	size_t number;
	enum hd_trial_state state;
	enum hd_end end;
	unsigned attempt;
	size_t restarts;
	size_t intervals;
	int64_t best_time;
	int64_t started;
	int64_t stop_asked;
	int64_t gone;
	size_t settled;
	size_t slot;
	int64_t due;
	size_t known;
	int64_t created;
	int64_t ended;
	const char *detail;
	const char *mark;        /* what its script said of its end, "" nothing */
	const char *mark_detail; /* NULL for none */
};

typedef int (*hd_resume_trial_fn)(void *user,
				  const struct hd_resume_trial *row);
enum hd_resume_which {
	HD_RESUME_ALL,
	HD_RESUME_OPEN,  /* that have not ended */
	HD_RESUME_ENDED, /* Failed and Canceled */
};
/* By number. */
int hd_store_resume_trials(struct hd_store *store, int64_t sweep,
			   enum hd_resume_which which, hd_resume_trial_fn fn,
			   void *user, struct hd_error *err);

/* Trial NUMBER alone, without its texts; HD_ENOENT when there is none. */
int hd_store_resume_trial(struct hd_store *store, int64_t sweep, size_t number,
			  struct hd_resume_trial *row, struct hd_error *err);

/* What an ended trial came to. */
struct hd_resume_result {
	size_t number;
	enum hd_end end;
	double value;      /* NAN for none */
	int64_t best_time; /* of the best that it logged, 0 for none */
	int64_t closed;    /* when its end was stored */
};

typedef int (*hd_resume_result_fn)(void *user,
				   const struct hd_resume_result *row);
/* In the order of their ends. */
int hd_store_resume_results(struct hd_store *store, int64_t sweep,
			    hd_resume_result_fn fn, void *user,
			    struct hd_error *err);

/*
 * The values of one trial as SPACE has them: texts are the space's. Returns 0,
 * or HD_EINVAL when the space cannot give them: another space, that is.
 */
int hd_store_resume_values(struct hd_store *store, int64_t trial,
			   const struct hd_space *space,
			   struct hd_value *values, struct hd_error *err);

/* The primary metric's values, in order; FN's answer other than 0 ends it. */
typedef int (*hd_resume_value_fn)(void *user, double value);
int hd_store_resume_curve(struct hd_store *store, int64_t trial,
			  hd_resume_value_fn fn, void *user,
			  struct hd_error *err);
typedef int (*hd_resume_leader_fn)(void *user, size_t interval, size_t number,
				   double value);
int hd_store_resume_leaders(struct hd_store *store, int64_t sweep,
			    hd_resume_leader_fn fn, void *user,
			    struct hd_error *err);
/* How far its files were read, and how many metrics it has. */
int hd_store_resume_places(struct hd_store *store, int64_t trial,
			   struct hd_tail_place places[HD_TAIL_SOURCES],
			   size_t *sequence, struct hd_error *err);

/* The same of its event files, by the numbers that stand for their paths. */
typedef int (*hd_resume_place_fn)(void *user, int64_t key,
				  const struct hd_tail_place *place);
int hd_store_resume_logs(struct hd_store *store, int64_t trial,
			 hd_resume_place_fn fn, void *user, struct hd_error *err);
/* Whether its first interval was found by RULE: 1 or 0, -1: it has none. */
int hd_store_resume_rule(struct hd_store *store, int64_t trial, const char *rule,
			 int *found, struct hd_error *err);

/*
 * The highest steps of metric NAME, INT64_MIN for none:
 * *BEFORE of the attempts before the present one, *SEEN of all.
 */
int hd_store_resume_steps(struct hd_store *store, int64_t trial,
			  const char *name, int64_t *before, int64_t *seen,
			  struct hd_error *err);

/* The patterns given beside the file, in order. */
int hd_store_resume_patterns(struct hd_store *store, int64_t sweep,
			     hd_setting_fn fn, void *user,
			     struct hd_error *err);

typedef int (*hd_resume_queue_fn)(void *user, int64_t key,
				  const struct hd_waiting_row *row);
int hd_store_resume_queue(struct hd_store *store, int64_t sweep,
			  hd_resume_queue_fn fn, void *user,
			  struct hd_error *err);

/* Trials that a warm start took over, in order. */
typedef int (*hd_inherited_fn)(void *user, const struct hd_inherited_row *row);
int hd_store_inherited(struct hd_store *store, int64_t sweep,
		       hd_inherited_fn fn, void *user, struct hd_error *err);
/* The outputs that a trial goes on from, the caller's to free(); or NULL. */
int hd_store_resume_from(struct hd_store *store, int64_t trial, char **folder,
			 struct hd_error *err);

/*
 * This engine runs the sweep from TIME on. STAMP, of the totals, is up to
 * when the one before ran. In the caller's transaction.
 */
int hd_store_engine_set(struct hd_store *store, int64_t sweep,
			const struct hd_process *engine, int64_t time,
			int64_t stamp, struct hd_error *err);

#endif
