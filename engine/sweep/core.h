/*
 * The parent run, turn by turn: draws trials, starts them, reads what they
 * log, asks the policy, ends them. No loop and no clock of its own: sweep.c
 * turns it on the event loop, the tests turn it by hand.
 *
 * Between turns the backend's callbacks only leave marks. A turn
 *   1. reads what running trials wrote and decides what to stop,
 *   2. ends the trials that are gone, and draws new ones into free slots,
 *   3. commits all of it in one transaction (DESIGN 3),
 *   4. only then acts on it: starts and stops processes, tells the observer.
 */
#ifndef HD_SWEEP_CORE_H
#define HD_SWEEP_CORE_H

#include <stdint.h>

#include <hdrive/sweep.h>

#include "base/buf.h"
#include "dispatch/devices.h"
#include "dispatch/dispatch.h"

struct hd_core;

/* What may change while a sweep runs; at first the config's. */
struct hd_limits {
	size_t max_total;
	size_t max_concurrent;
	double max_duration;  /* seconds; INFINITY for none */
	double trial_timeout; /* seconds of an attempt; INFINITY for none */
	struct hd_end_when end_when;
};

/* All borrowed until hd_core_free. */
struct hd_core_setup {
	struct hd_store *store;
	const struct hd_config *config;
	int64_t sweep; /* key of its row */
	uint64_t seed;
	size_t slots;
	const struct hd_devices *devices; /* what bounds slots; NULL for none */
	const struct hd_program *program;
	const char *folder; /* of the sweep */
	int64_t started;    /* microseconds since 1970 */
	hd_event_fn event;  /* may be NULL */
	void *user;
	/*
	 * Start hd_core_work on another thread, then hd_core_on_work_done on
	 * this one. NULL: samplers that learn are asked on this thread.
	 */
	void (*work)(void *work_user);
	void *work_user;
	/*
	 * What may have made a trial fail that ended so, from the last lines it
	 * said: a sentence into TEXT, or nothing. May be NULL.
	 */
	void (*hint)(void *hint_user, const char *tail, struct hd_buf *text);
	void *hint_user;
};

int hd_core_new(struct hd_core **out, const struct hd_core_setup *setup,
		struct hd_error *err);
void hd_core_free(struct hd_core *core);
/*
 * Go on with what an earlier engine left in the store; before the first turn.
 * *LEFT_OUT: trials whose values the parameter space does not have, which
 * therefore teach nothing.
 */
int hd_core_restore(struct hd_core *core, size_t *left_out,
		    struct hd_error *err);
/* Configurations that wait in the store; a part of hd_core_restore. */
int hd_core_restore_enqueued(struct hd_core *core, struct hd_error *err);
/* How many trials hold a slot, and how many may at a time. */
size_t hd_core_live(const struct hd_core *core);
/*
 * Take over the processes of the trials that were restored as running. HD_EBUSY
 * when one may be alive on another machine: nothing is held then.
 */
int hd_core_adopt(struct hd_core *core, struct hd_error *err);
/* Where trials run; before the first turn. Borrowed. */
void hd_core_set_dispatch(struct hd_core *core, struct hd_dispatch *dispatch);

/* What dispatch tells: for struct hd_dispatch_setup, USER is the core. */
void hd_core_on_started(void *core, size_t trial, int64_t pid, uint64_t start);
void hd_core_on_output(void *core, size_t trial);
void hd_core_on_ended(void *core, size_t trial, const struct hd_exit *exit);
void hd_core_on_note(void *core, size_t trial, const char *text);
void hd_core_on_placed(void *core, size_t trial, const char *where);

/* The two halves of what setup.work starts. */
void hd_core_work(struct hd_core *core);
void hd_core_on_work_done(struct hd_core *core);

/* The limits in force; new ones count from the next turn on. */
void hd_core_limits(const struct hd_core *core, struct hd_limits *limits);
int hd_core_set_limits(struct hd_core *core, const struct hd_limits *limits,
		       struct hd_error *err);
/*
 * Hold the sweep: nothing is started, no trial and no next attempt of one, until
 * it is let go on; what runs is not stopped. Stored, so that a resume holds it
 * too; a part of hd_core_restore. Not within a turn.
 */
int hd_core_hold(struct hd_core *core, bool held, struct hd_error *err);
bool hd_core_is_held(const struct hd_core *core);
int hd_core_restore_hold(struct hd_core *core, struct hd_error *err);
/* Say that it is held, if it is. */
void hd_core_tell_hold(struct hd_core *core, int64_t wall);
/*
 * Cancel trial NUMBER, which runs, waits or is paused, on behalf of a person:
 * it does not come back. Returns 1, or 0 when it does none of these. Not within
 * a turn.
 */
int hd_core_cancel(struct hd_core *core, size_t number, bool now,
		   struct hd_error *err);
/*
 * KILL trial NUMBER, or all for SIZE_MAX, SECONDS after now should it live
 * then: a shorter grace than the sweep's. NAN: not.
 */
void hd_core_hurry(struct hd_core *core, size_t number, double seconds);
/* Trials that ended get a new attempt; *COUNT: how many. Not within a turn. */
struct hd_retry;
int hd_core_retry(struct hd_core *core, const struct hd_retry *retry,
		  int64_t wall, size_t *count, struct hd_error *err);
/*
 * Try the configuration PARAMETERS (a JSON object with every parameter) before
 * anything the sampler gives. HD_EINVAL when the space does not have it.
 */
int hd_core_enqueue(struct hd_core *core, const char *parameters, int64_t wall,
		    struct hd_error *err);

/*
 * Start nothing, and be done when no trial that was cancelled is left, after
 * SECONDS at the earliest if any is live; then hd_core_let_go leaves the others
 * running, to be adopted again.
 */
void hd_core_only_cancel(struct hd_core *core, double seconds);
void hd_core_let_go(struct hd_core *core);

/* No new trials, and stop the running ones; the first reason stays. */
void hd_core_stop(struct hd_core *core, enum hd_end why, bool now);

/*
 * One turn at WALL microseconds since 1970. Returns 0; 1 when another turn is
 * wanted at once; or an error, after which the transaction is undone and the
 * core can only be stopped.
 */
int hd_core_turn(struct hd_core *core, int64_t wall, struct hd_error *err);
/* Whether marks wait for a turn. */
bool hd_core_wants_turn(const struct hd_core *core);
/* Whether only news wait that may share the next turn's transaction. */
bool hd_core_wants_soon(const struct hd_core *core);
/*
 * Whether ends of trials were committed that a power loss could still undo,
 * and the fsync that ends it: once for all of them (group commit, DESIGN 3).
 */
bool hd_core_wants_sync(const struct hd_core *core);
int hd_core_sync(struct hd_core *core, struct hd_error *err);
/* The same by whoever syncs the descriptor that it returns, the caller's to
 * close; -1: there is none, hd_core_sync has to do. */
int hd_core_sync_later(struct hd_core *core);
/* When the next attempt that waits may begin; 0 when none waits for time. */
int64_t hd_core_due(const struct hd_core *core);
/*
 * After a turn that failed: stop what runs without the store, then let go of
 * trials as they end. Their files keep what they wrote.
 */
void hd_core_abandon(struct hd_core *core);
void hd_core_drain(struct hd_core *core);
/* No trial is live and none will come. */
bool hd_core_is_done(const struct hd_core *core);
/* Store the sweep's end state and tell the observer. */
int hd_core_finish(struct hd_core *core, int64_t wall, struct hd_error *err);

void hd_core_summary(const struct hd_core *core, int64_t wall,
		     struct hd_sweep_summary *summary);
/* Tell the observer of something outside a trial: a note, a tick. */
void hd_core_tell(struct hd_core *core, enum hd_event_kind kind, int64_t wall,
		  const char *text);

#endif
