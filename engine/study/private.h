/*
 * What the files of a study share: study.c has its life in memory, ask.c and
 * tell.c what goes out and comes back, promote.c goes on with paused trials;
 * keep.c writes the same to the store where the study is kept, create.c makes
 * and opens those, restore.c reads them.
 *
 * Invariant: what a call changed in memory and could not write is read anew
 * before the next call (keep.c, "stale").
 */
#ifndef HD_STUDY_PRIVATE_H
#define HD_STUDY_PRIVATE_H

#include <hdrive/study.h>

#include "sweep/ends.h"
#include "sweep/history.h"
#include "sweep/trial.h"

/* What trials are asked and judged by: of the options or of a config. */
struct terms {
	const struct hd_space *space;
	const struct hd_sampler_type *sampler;
	const void *sampler_options;         /* NULL for defaults */
	const struct hd_policy_type *policy; /* NULL for none */
	const void *policy_options;
	size_t evaluation_interval, delay_evaluation;
	enum hd_goal goal;
	enum hd_reduce reduce;
	size_t reduce_count;
	const char *metric;  /* its name; "" where nobody gave one */
	size_t limit;        /* trials; SIZE_MAX for none */
	size_t max_failures; /* SIZE_MAX for none */
	struct hd_end_when end_when;
	size_t plan_total, plan_slots;
	uint64_t seed;
	bool promotes; /* who asks goes on with paused trials */
};

/* What an open trial has besides what the history knows; only where it has. */
struct record {
	struct record *next;
	size_t number;
	char *client;      /* NULL for nobody */
	char *reason;      /* why a policy stopped it, or NULL */
	int64_t key;       /* of its row */
	int64_t best_time; /* 0 for none */
	size_t sequence;   /* values in its row's curve */
};

/* A point that somebody wants tried. */
struct waiting {
	struct waiting *next;
	int64_t key; /* of its row */
	struct hd_value values[];
};

struct keep;

struct hd_study {
	struct terms terms;
	void *sampler_options, *policy_options; /* owned copies, or NULL */
	struct hd_config *own_config;           /* of one that was opened */

	struct hd_history *history;
	void *sampler, *policy; /* their states */
	bool sampler_started;   /* init came back well, so release is due */
	bool policy_started;
	struct hd_value *values; /* scratch: one per parameter */
	struct record *records;
	struct waiting *waiting, **waiting_end;
	size_t open;    /* trials asked for and not ended */
	size_t results; /* ends of trials */
	size_t failures;
	struct hd_ends ends;
	enum hd_end enough;            /* why no more can be asked for; NONE */
	char why_enough[HD_ENDS_TEXT]; /* ... in a sentence */
	bool exhausted;                /* the sampler has no point left */
	bool ended;                    /* no more can be asked for, or told */
	bool has_best;
	size_t best_trial;
	double best;

	struct keep *keep; /* NULL: in memory */
};

/* --- terms.c --------------------------------------------------------------- */

/* An empty study by OPTIONS, not begun. */
int hd_study_alloc(struct hd_study **out,
		   const struct hd_study_options *options,
		   struct hd_error *err);
void hd_terms_of_config(struct terms *terms, const struct hd_config *config);

/* --- study.c --------------------------------------------------------------- */

/* Where a study's history begins: empty, sampler and policy as new. */
int hd_study_begin(struct hd_study *study, struct hd_error *err);
/* The opposite; what the study is made of stays. */
void hd_study_clear(struct hd_study *study);
/* The record of trial NUMBER; NULL when there is none. */
struct record *hd_study_find(const struct hd_study *study, size_t number);
/* The same, made when there is none; NULL for no memory. */
struct record *hd_study_record(struct hd_study *study, size_t number);
void hd_study_unclaim(struct hd_study *study, size_t number);
/* Begin a call, which hd_keep_leave ends; STUDY may be NULL, which is an error. */
int hd_study_enter(struct hd_study *study, struct hd_error *err);
/* HD_ESTATE for one that has been ended. */
int hd_study_check_going(const struct hd_study *study, struct hd_error *err);
/* More trials failed than may. */
bool hd_study_has_failed(const struct hd_study *study);
/* After an end: that of the whole, when nothing more can come. */
int hd_study_settle(struct hd_study *study, struct hd_error *err);
/* VALUE of trial NUMBER, if it is the best; returns whether. */
bool hd_study_offer(struct hd_study *study, size_t number, double value);

/* --- ask.c ------------------------------------------------------------------ */

/* A point as JSON into VALUES. */
int hd_study_read_point(const struct hd_study *study, const char *parameters,
			struct hd_value *values, struct hd_error *err);
void hd_study_wait(struct hd_study *study, struct waiting *waiting);
/* Trial NUMBER, which is to come, will be CLIENT's. */
int hd_study_claim(struct hd_study *study, size_t number, const char *client,
		   struct hd_error *err);
/* The trial with study->values, running, into *OUT. CLIENT: NULL for nobody. */
int hd_study_add_trial(struct hd_study *study, bool foreign, const char *origin,
		       const char *client, struct hd_trial **out,
		       struct hd_error *err);

/* --- tell.c ----------------------------------------------------------------- */

/* TRIAL ends as EVENT says, or as cancelled when it was asked to. */
int hd_study_end_trial(struct hd_study *study, struct hd_trial *trial,
		       enum hd_trial_event event, const char *detail,
		       struct hd_error *err);

/* --- promote.c ---------------------------------------------------------------- */

/* How a trial that the policy stops so is to end. */
enum hd_end hd_study_stop_end(const struct hd_study *study,
			      const struct hd_reason *why);
/* The paused trial that the policy wants to go on, NULL for none, into *OUT. */
int hd_study_find_promoted(const struct hd_study *study,
			   const struct hd_trial **out, struct hd_reason *why,
			   struct hd_error *err);
/* That trial, running again as CLIENT's. Returns 0, or 1 when there is none. */
int hd_study_promote(struct hd_study *study, const char *client,
		     struct hd_trial **out, struct hd_error *err);

/* --- enough.c: what ends it before its trials are used up -------------------- */

/* TRIAL has ended, or the store says so: RESULT is what it is ranked by. */
int hd_study_count(struct hd_study *study, const struct hd_trial *trial,
		   struct hd_error *err);
/* Look again, after a result or an end. */
void hd_study_check(struct hd_study *study);
/* Whether too little is to be gained by the point that was just suggested. */
bool hd_study_has_converged(struct hd_study *study, const struct hd_rng *rng);

/* --- keep.c: nothing happens where the study is in memory ------------------- */

/*
 * Hold the study against other processes and know what they did; then
 * hd_keep_leave, whatever comes of the call.
 */
int hd_keep_enter(struct hd_study *study, struct hd_error *err);
/* Commit what the call wrote, or take it back when RC is negative. Gives RC, or
 * what went wrong. */
int hd_keep_leave(struct hd_study *study, int rc, struct hd_error *err);

/* What is written, each of it before the call is known to have succeeded. */
int hd_keep_trial(struct hd_study *study, const struct hd_trial *trial,
		  size_t known, const char *origin, const char *client,
		  struct hd_error *err);
/* The trial that the call is about has ended: what it logs now is not judged. */
void hd_keep_gone(struct hd_study *study);
/* TRIAL is asked to end with the study; TEXT says why. */
int hd_keep_enough(struct hd_study *study, const struct hd_trial *trial,
		   const char *text, struct hd_error *err);
/* The value just logged; BETTER than its others. */
int hd_keep_value(struct hd_study *study, const struct hd_trial *trial,
		  double value, bool better, const char *rule,
		  struct hd_error *err);
int hd_keep_stop(struct hd_study *study, const struct hd_trial *trial,
		 const struct hd_reason *why, struct hd_error *err);
/* One that was paused runs again, as CLIENT's or, for NULL, nobody's. */
int hd_keep_promoted(struct hd_study *study, const struct hd_trial *trial,
		     const struct hd_reason *why, const char *client,
		     struct hd_error *err);
int hd_keep_end(struct hd_study *study, const struct hd_trial *trial,
		const char *detail, struct hd_error *err);
/* The best is now what the study says; FINAL: once more, at the end. */
int hd_keep_best(struct hd_study *study, bool final, struct hd_error *err);
int hd_keep_waiting(struct hd_study *study, struct waiting *waiting,
		    const char *parameters, struct hd_error *err);
int hd_keep_taken(struct hd_study *study, const struct waiting *waiting,
		  struct hd_error *err);
/* The sweep's last word. */
int hd_keep_state(struct hd_study *study, const char *state, enum hd_end end,
		  const char *detail, struct hd_error *err);
void hd_keep_free(struct hd_study *study);

/* --- restore.c --------------------------------------------------------------- */

/* All that the store has of the study into one that has just begun. */
int hd_study_restore(struct hd_study *study, struct hd_store *store,
		     int64_t sweep, int64_t *stamp, struct hd_error *err);

/* --- keep.c, for create.c ------------------------------------------------------ */

/* Takes over FOLDER, and LOCK, which it lets go of for the next call. */
int hd_keep_new(struct hd_study *study, struct hd_store *store, int64_t key,
		const char *name, char *folder, int lock, struct hd_error *err);

#endif
