/*
 * The store's writing side: what the engine of a sweep calls, and nobody else
 * (DESIGN 3: one writer, group commit).
 *
 * All writes happen between hd_store_begin and hd_store_commit: one
 * transaction per turn of the loop. What must survive a power loss (a trial's
 * end, a sweep's end) asks for a durable commit, which fsyncs.
 */
#ifndef HD_STORE_STORE_H
#define HD_STORE_STORE_H

#include <hdrive/config.h>
#include <hdrive/policy.h>
#include <hdrive/store.h>

#include "base/process.h"
#include "metrics/tail.h"

/* BEGIN IMMEDIATE; waits for other writers up to 60 s, then HD_EBUSY. */
/* As hd_store_set_plugins left it. */
const struct hd_plugins *hd_store_plugins(const struct hd_store *store);
int hd_store_begin(struct hd_store *store, struct hd_error *err);
int hd_store_commit(struct hd_store *store, bool durable,
		    struct hd_error *err);
/*
 * Make what was committed so far outlive a power loss: one fsync for many
 * commits that were not durable by themselves.
 */
int hd_store_sync(struct hd_store *store, struct hd_error *err);
/*
 * The same by another thread: a descriptor of the log, the caller's to close,
 * whose fdatasync does it; -1 where only hd_store_sync can. What to say when
 * that failed with NUMBER.
 */
int hd_store_log(const struct hd_store *store);
int hd_store_unsynced(const struct hd_store *store, int number, struct hd_error *err);
void hd_store_rollback(struct hd_store *store);
/* HD_EIO when the file was removed, renamed or replaced since it was opened. */
int hd_store_check(struct hd_store *store, struct hd_error *err);

/* A trial of an earlier sweep that a warm start takes over. */
struct hd_inherited_row {
	const char *source; /* that sweep's id */
	size_t number;
	enum hd_trial_state state;
	enum hd_end end;
	const char *parameters; /* JSON object, in the new sweep's space */
	const char *curve;      /* JSON array of its values, null for NaN */
};

/* A configuration that waits to be tried. */
struct hd_waiting_row {
	const char *parameters;  /* JSON object */
	const char *resume_from; /* outputs of a trial to go on from, or NULL */
};

/* As hd_sweep_row, from the engine's side; strings are copied in. */
struct hd_sweep_record {
	const char *id;
	const char *name;
	const struct hd_config *config;
	const char *command;                  /* JSON array */
	const char *program;                  /* JSON object: what more there is to run */
	const char *snapshot;                 /* id of the source's; NULL for none */
	const struct hd_said_row *properties; /* of the sweep, besides */
	size_t property_count;
	const char *source; /* folder the command is meant for */
	double grace;       /* seconds between TERM and KILL */
	uint64_t seed;
	size_t max_concurrent;
	int64_t created;
	struct hd_process engine;
	/* Behind the config's: keys that options changed, "gpus=0,2"; ends in
	 * NULL. */
	const char *const *settings;              /* NULL for none */
	const char *slots_why;                    /* as hd_store_sweep_slots; NULL for none */
	const struct hd_inherited_row *inherited; /* in order */
	size_t inherited_count;
	const struct hd_waiting_row *waiting; /* in order */
	size_t waiting_count;
	const char *backend; /* where its trials run; NULL: "local" */
	bool is_study;       /* its trials are asked for: ENGINE and COMMAND are none's */
	bool promotes;       /* of a study: who asks goes on with paused trials */
};

/*
 * In a transaction of its own, durable. Its state is Running, started when
 * created: the engine that inserts it runs it. HD_EEXIST when the name is
 * taken, HD_EINVAL when it cannot be a folder's.
 */
int hd_store_sweep_insert(struct hd_store *store,
			  const struct hd_sweep_record *record, int64_t *key,
			  struct hd_error *err);
/* The same in the caller's transaction. */
int hd_store_sweep_put(struct hd_store *store,
		       const struct hd_sweep_record *record, int64_t *key,
		       struct hd_error *err);
/* Why no more trials run at a time: the tag HD_TAG_SLOTS. */
int hd_store_sweep_slots(struct hd_store *store, int64_t key, const char *why,
			 int64_t time, struct hd_error *err);
/* That no new trials start: the tag HD_TAG_HELD, set or taken away. */
int hd_store_sweep_hold(struct hd_store *store, int64_t key, bool held,
			int64_t time, struct hd_error *err);
/* STATE is Azure's word. A terminal one sets ended and clears the engine. */
int hd_store_sweep_state(struct hd_store *store, int64_t key,
			 const char *state, enum hd_end end,
			 const char *detail, int64_t time,
			 struct hd_error *err);

struct hd_trial_record {
	int64_t sweep;
	size_t number;
	enum hd_trial_state state;
	const char *parameters; /* JSON object, in declared order */
	const char *arguments;  /* JSON array */
	const struct hd_space *space;
	const struct hd_value *values; /* go to the parameter table too */
	size_t known;
	size_t slot;
	const char *origin;      /* "sampler", "enqueued" or "resumed" */
	const char *resume_from; /* old outputs that it goes on from, or NULL */
	int64_t time;
};

/* *KEY is the trial's key for the calls below. */
int hd_store_trial_insert(struct hd_store *store,
			  const struct hd_trial_record *record, int64_t *key,
			  struct hd_error *err);
int hd_store_trial_state(struct hd_store *store, int64_t key,
			 enum hd_trial_state state, int64_t time,
			 struct hd_error *err);
/* It is asked to end, and why: CancelRequested. */
int hd_store_trial_stop(struct hd_store *store, int64_t key, enum hd_end end,
			const char *detail, int64_t time,
			struct hd_error *err);
int hd_store_trial_process(struct hd_store *store, int64_t key, int64_t pid,
			   uint64_t start, struct hd_error *err);
/* Both in one: it is Running, as that process. */
int hd_store_trial_running(struct hd_store *store, int64_t key, int64_t pid,
			   uint64_t start, int64_t time, struct hd_error *err);

/* What it was given to run on: "GPU 2; CPU 1". */
int hd_store_trial_devices(struct hd_store *store, int64_t key,
			   const char *devices, struct hd_error *err);

struct hd_trial_end_record {
	enum hd_trial_state state;
	enum hd_end end;
	const char *detail;
	int exit_code; /* -1 for none */
	int exit_signal;
	double cpu_seconds;
	int64_t max_rss;
	int64_t started; /* 0: never */
	int64_t ended;
	int64_t gone;   /* when the engine learned of it */
	size_t settled; /* how many ends of trials there were with it; 0: it goes on */
	int64_t closed; /* the turn that stores it */
};

int hd_store_trial_end(struct hd_store *store, int64_t key,
		       const struct hd_trial_end_record *record,
		       struct hd_error *err);
/* When the engine learned of an end whose output it has yet to read. */
int hd_store_trial_gone(struct hd_store *store, int64_t key, int64_t time,
			struct hd_error *err);

/* Of an attempt that is not the last. */
struct hd_again_record {
	unsigned attempt; /* its number */
	bool anew;        /* the next one begins from nothing */
	size_t restarts;  /* how many count as failed */
	int64_t due;      /* when the next may start */
	int64_t queued;   /* the turn of this */
	size_t reopened;  /* how many ends there were with this, when one is taken
			     back; 0: the trial had not ended */
	const char *detail;
};

/*
 * After hd_store_trial_end of an attempt that is not the last: its figures go
 * to the table "attempt", the trial becomes Queued with the next attempt's
 * number. When the next begins anew, what was logged is put aside; else it
 * goes on behind it.
 */
int hd_store_trial_queue(struct hd_store *store, int64_t key,
			 const struct hd_again_record *record,
			 struct hd_error *err);
/* What the script said of its own end: "complete", "fail" or "cancel". */
int hd_store_trial_mark(struct hd_store *store, int64_t key, const char *mark,
			const char *detail, struct hd_error *err);
/* From Queued to Starting in SLOT. */
int hd_store_trial_start(struct hd_store *store, int64_t key, size_t slot,
			 struct hd_error *err);
/* The best at INTERVAL is now trial NUMBER's VALUE. */
int hd_store_leader_set(struct hd_store *store, int64_t sweep, size_t interval,
			size_t number, double value, struct hd_error *err);
/* What stands in the sweep's row for the limits in force. */
int hd_store_sweep_limits(struct hd_store *store, int64_t key,
			  size_t max_total, size_t max_concurrent,
			  double max_duration, struct hd_error *err);
/* What runs its trials from now on. */
int hd_store_sweep_backend(struct hd_store *store, int64_t key, const char *backend,
			   struct hd_error *err);
/* The file that the sweep goes on with. */
int hd_store_sweep_text(struct hd_store *store, int64_t key, const char *path,
			const char *text, struct hd_error *err);
/* Keep the file and settings in force up to STAMP, as they are to be changed. */
int hd_store_edition_add(struct hd_store *store, int64_t sweep, int64_t stamp,
			 struct hd_error *err);
/* One more "key=value" that changed the sweep's file. */
int hd_store_setting_add(struct hd_store *store, int64_t sweep,
			 const char *text, struct hd_error *err);
/* A configuration to be tried next, a JSON object. */
int hd_store_queue_insert(struct hd_store *store, int64_t sweep,
			  const struct hd_waiting_row *row, int64_t time,
			  int64_t *key, struct hd_error *err);
/* warm.c: what RECORD has of earlier sweeps, in its own transaction. */
int hd_store_warm_insert(struct hd_store *store, int64_t sweep,
			 const struct hd_sweep_record *record,
			 struct hd_error *err);
int hd_store_queue_drop(struct hd_store *store, int64_t key,
			struct hd_error *err);

/* One value; INTERVAL is 0 unless it is the primary metric. */
int hd_store_metric_insert(struct hd_store *store, int64_t trial,
			   size_t sequence, const struct hd_metric *metric,
			   size_t interval, enum hd_tail_source source,
			   int64_t time, struct hd_error *err);
/* What stands in the trial's row for ranking (DESIGN 3, last paragraph). */
int hd_store_trial_metric(struct hd_store *store, int64_t trial,
			  size_t intervals, double best, double last,
			  double value, int64_t best_time,
			  struct hd_error *err);
/*
 * Where its files were read up to: in the metrics' own transaction. Only what
 * differs from STORED, which is brought up to date: a file without a row is at
 * its start.
 */
int hd_store_trial_places(struct hd_store *store, int64_t trial,
			  const struct hd_tail_place places[HD_TAIL_SOURCES],
			  struct hd_tail_place stored[HD_TAIL_SOURCES],
			  struct hd_error *err);
/* The same of an event file, whose path the number KEY stands for. */
int hd_store_trial_place(struct hd_store *store, int64_t trial, int64_t key,
			 const struct hd_tail_place *place, struct hd_error *err);
int hd_store_decision_insert(struct hd_store *store, int64_t trial,
			     size_t interval, const char *policy,
			     const struct hd_reason *reason,
			     enum hd_decision kind, int64_t time,
			     struct hd_error *err);
/* A row of best_child_by_primary_metric; also updates the sweep's best. */
int hd_store_best_insert(struct hd_store *store, int64_t sweep, size_t number,
			 double value, bool final, int64_t time,
			 struct hd_error *err);

/*
 * What a script said of a run of SWEEP. Returns 0, or HD_SAID_KEPT for a
 * property that has another value already, which stays.
 */
#define HD_SAID_KEPT 1
int hd_store_say(struct hd_store *store, int64_t sweep,
		 const struct hd_said_row *said, struct hd_error *err);
/* Take back what stands under SAID's run, kind and name; nothing is no error. */
int hd_store_unsay(struct hd_store *store, int64_t sweep,
		   const struct hd_said_row *said, struct hd_error *err);
/*
 * A value that trial NUMBER logged to CHILD, a run below it, or to the sweep
 * when CHILD is NULL.
 */
int hd_store_run_metric_insert(struct hd_store *store, int64_t sweep,
			       size_t number, const char *child,
			       const struct hd_metric *metric, int64_t time,
			       struct hd_error *err);

#endif
