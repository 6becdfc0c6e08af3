/*
 * What core.c, draw.c, collect.c, finish.c and tell.c share: a sweep's live
 * trials.
 */
#ifndef HD_SWEEP_CORE_PRIVATE_H
#define HD_SWEEP_CORE_PRIVATE_H

#include "sweep/core.h"

#include "base/buf.h"
#include "metrics/tail.h"
#include "store/store.h"
#include "sweep/history.h"
#include "sweep/trial.h"

/* What a script said of its own end, through the metrics file. */
enum run_mark {
	RUN_MARK_NONE,
	RUN_MARK_COMPLETE,
	RUN_MARK_FAIL,
	RUN_MARK_CANCEL,
};

#define RUN_NAMES_MOST 12

/* A live trial: from its row until its end is stored. */
struct run {
	struct hd_core *core;
	size_t number;
	struct hd_trial *trial; /* the history's */
	int64_t key;            /* of its row */
	char *folder;
	char **argv;      /* until the launch */
	char *parameters; /* until the launch */
	struct hd_tail *tail;
	int64_t started; /* microseconds since 1970, 0 before the launch */

	/* Marks left between turns. */
	bool fresh;       /* its row is new, the launch comes after commit */
	bool spawned;     /* pid and start are news for the store */
	bool has_output;  /* its files may have grown */
	bool ended;       /* exit says how */
	bool stop_wanted; /* the stop comes after commit */
	bool stop_now;    /* ... as a KILL */
	bool drained;     /* everything it wrote has been read */
	bool changed;     /* its row's figures are news for the store */
	int64_t pid;
	uint64_t start;
	struct hd_exit exit;
	char *exit_error; /* exit.error's own copy */

	enum run_mark mark;
	char *mark_detail;
	size_t notes;            /* given about what its script said */
	struct hd_reason reason; /* of the policy's stop */

	size_t sequence; /* metrics stored */
	int64_t best_time;
	char *names[RUN_NAMES_MOST]; /* metric names seen, for the note */
	size_t name_count;
};

/* An event that waits for the commit; texts are its own. */
struct pending_event {
	struct hd_event event;
	char *text;
	char *folder;
	char *tail;
};

struct hd_core {
	struct hd_core_setup setup;
	struct hd_dispatch *dispatch;
	struct hd_metric_rules *rules;
	struct hd_history *history;
	void *sampler;
	const char *sampler_note; /* the last one told; borrowed from it */
	void *policy;
	struct hd_value *values;      /* scratch: one per parameter */
	struct hd_proposal *proposal; /* of a sampler that learns, else NULL */

	struct run **live; /* setup.slots of them, NULL when free */
	size_t live_count;
	size_t counts[HD_TRIAL_STATES]; /* ended trials by state */
	size_t results;                 /* ended trials: what a suggestion can know */
	double spent;                   /* seconds that they ran, summed */
	size_t policy_scored;           /* cancelled by policy, with a metric */

	bool forgets;   /* ended trials: nobody will ask about them */
	bool exhausted; /* the sampler has no point left */
	bool stopping;
	bool stop_now;
	enum hd_end end;
	bool wants_turn;
	bool wants_soon; /* only news that can wait a few milliseconds */
	bool in_transaction;
	bool unsynced; /* commits that must outlive a power loss do not yet */
	bool metric_seen;
	bool metric_missed; /* the note was given */
	bool parent_noted;  /* ... that the sweep got the primary metric */

	bool has_best;
	size_t best_trial;
	double best;

	int64_t wall; /* of this turn */
	struct pending_event *events;
	size_t event_count;
	size_t event_size;
};

/* Open the turn's transaction unless it is. */
int hd_core_begin(struct hd_core *core, struct hd_error *err);
/* Queue an event; its texts are copied. Never fails: news are dropped when
 * there is no memory, the store has them. */
void hd_core_queue(struct hd_core *core, const struct hd_event *event);
/* tell.c: hand the queued events to the observer, or drop them. */
void hd_core_tell_queued(struct hd_core *core);
void hd_core_drop_queued(struct hd_core *core);
/* propose.c: see there. */
int hd_proposal_new(struct hd_core *core, struct hd_error *err);
void hd_proposal_free(struct hd_core *core);
bool hd_proposal_is_working(const struct hd_core *core);
int hd_proposal_take(struct hd_core *core, size_t *known,
		     struct hd_error *err);
int hd_proposal_ahead(struct hd_core *core, struct hd_error *err);
/* draw.c: draw trials into the free slots. */
int hd_core_fill(struct hd_core *core, struct hd_error *err);
/* Ask for RUN's end after the commit. */
int hd_core_stop_run(struct hd_core *core, struct run *run, enum hd_end why,
		     bool now, const char *text, struct hd_error *err);
/* A strictly better result: the sweep's row, its history, an event. */
int hd_core_offer_best(struct hd_core *core, struct run *run, double value,
		       struct hd_error *err);
void hd_run_free(struct run *run);

/* collect.c: read RUN's files, store and judge. 1 when more is there. */
int hd_run_collect(struct run *run, bool final, struct hd_error *err);
/* collect.c: whether METRIC is a number of the primary metric's name. */
bool hd_core_is_primary(const struct hd_core *core,
			const struct hd_metric *metric);
/* collect.c: what a person should know of RUN. */
void hd_run_note(struct run *run, const char *detail);
/* said.c: what RUN's script said of itself, of the sweep, of a run below. */
int hd_run_said(struct run *run, const char *kind, const char *detail,
		struct hd_error *err);
/* finish.c: store how RUN ended; it is not live any more. */
int hd_run_finish(struct run *run, struct hd_error *err);
/* finish.c: the sweep's own end state (SPEC 5.2). */
const char *hd_core_end_state(const struct hd_core *core);

#endif
