/*
 * What core.c, draw.c, collect.c, finish.c and tell.c share: a sweep's live
 * trials.
 */
#ifndef HD_SWEEP_CORE_PRIVATE_H
#define HD_SWEEP_CORE_PRIVATE_H

#include "sweep/core.h"

#include "base/buf.h"
#include "metrics/tail.h"
#include "store/resume.h"
#include "store/store.h"
#include "sweep/ends.h"
#include "sweep/history.h"
#include "sweep/trial.h"
#include "tensorboard/follow.h"

/* What a script said of its own end, through the metrics file. */
enum run_mark {
	RUN_MARK_NONE,
	RUN_MARK_COMPLETE,
	RUN_MARK_FAIL,
	RUN_MARK_CANCEL,
};

#define RUN_NAMES_MOST 12

/* Microseconds between two looks at the event files of one that runs. */
#define RUN_LOGS_PAUSE INT64_C(1000000)

/*
 * Whose values of the primary metric are a trial's intervals: the script's words
 * and records, or its event files. Who comes first has them, as a script that
 * prints what it also writes to TensorBoard would count twice.
 */
enum run_owner {
	RUN_OWNER_NONE,
	RUN_OWNER_TAIL,
	RUN_OWNER_LOGS,
};

/* A configuration that somebody wants tried. */
struct enqueued {
	struct enqueued *next;
	int64_t key;       /* of its row */
	char *resume_from; /* outputs that it goes on from, or NULL */
	struct hd_value values[];
};

/* How an attempt ended, in our words. */
struct verdict {
	enum hd_trial_event event;
	enum hd_end end;
	struct hd_buf detail;
};

/* The first trial runs alone, and the first failures are compared. */
struct smoke {
	bool open;      /* still alone */
	size_t failed;  /* of the first trials, all so far */
	bool same;      /* ... in the same way */
	uint64_t way;   /* a hash of it */
	int64_t opened; /* when its present trial was started */
};

/* When the sweep has found enough, though trials are left. */
struct goal {
	struct hd_ends ends;
	enum hd_end end;         /* NONE, or why nothing more is drawn */
	enum hd_end told;        /* ... that the observer knows of */
	char text[HD_ENDS_TEXT]; /* ... in a sentence */
	int64_t begun;           /* when its first engine began */
};

/* A live trial: from its row until its end is stored. */
struct run {
	struct hd_core *core;
	struct run *next; /* of those that wait for a slot */
	size_t number;
	unsigned attempt;
	size_t restarts;        /* attempts that failed and were followed by another */
	size_t lost;            /* ... and that went without a word, in this engine */
	size_t unlaunched;      /* starts that failed for want of something */
	size_t slot;            /* its place in core->live */
	int64_t due;            /* not to be started before; of those that wait */
	struct hd_trial *trial; /* the history's */
	int64_t key;            /* of its row */
	char *folder;
	char **argv;       /* until the launch */
	char *parameters;  /* until the launch */
	char **variables;  /* until the launch */
	char *resume_from; /* an earlier trial's outputs to go on from, or NULL */
	struct hd_tail *tail;
	/* The tail's, as stored. */
	struct hd_tail_place places[HD_TAIL_SOURCES];
	struct hd_follow *logs; /* event files, of all attempts */
	int64_t logs_due;       /* when they are to be looked at again */
	enum run_owner owner;
	int64_t started; /* microseconds since 1970, 0 before the launch */
	int64_t active;  /* when its files last grew, or it started */
	int64_t seen;    /* bytes of its files looked at */
	int64_t gone;    /* when we learned of its end, 0 before */
	int64_t kill_at; /* not to live longer, once it is asked to end; 0: no matter */

	/* Marks left between turns. */
	bool adopt;         /* an earlier engine started it: take it over */
	bool adopted;       /* ... and that is done */
	bool fresh;         /* its row is new, the launch comes after commit */
	bool spawned;       /* pid and start are news for the store */
	bool placed;        /* ... so is where it runs */
	bool has_output;    /* its files may have grown */
	bool ended;         /* exit says how */
	bool unstarted;     /* ... namely that no process of it ever was */
	bool is_mute;       /* the same: files in its folder are another attempt's */
	bool cancel_wanted; /* a person asked for its end */
	bool stop_wanted;   /* the stop comes after commit */
	bool stop_now;      /* ... as a KILL */
	bool drained;       /* everything it wrote has been read */
	bool changed;       /* its row's figures are news for the store */
	int64_t pid;
	uint64_t start;
	char *where; /* the place elsewhere; NULL: here, or not known */
	struct hd_exit exit;
	char *exit_error; /* exit.error's own copy */

	enum run_mark mark;
	char *mark_detail;
	size_t notes;            /* given about what its script said */
	struct hd_reason reason; /* of the policy's stop, or the time limit's */
	bool limit_cancels;      /* the time limit: a cancel in Azure's words */

	size_t sequence; /* metrics stored */
	/* Highest steps of the primary metric, INT64_MIN for none: of the attempts
	 * that this one went on from, and of all. */
	int64_t step_before, step_seen;
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
	struct hd_limits limits;
	struct hd_dispatch *dispatch;
	struct hd_metric_rules *rules;
	struct hd_history *history;
	void *sampler;
	const char *sampler_note; /* the last one told; borrowed from it */
	void *policy;
	struct hd_value *values;      /* scratch: one per parameter */
	struct hd_proposal *proposal; /* of a sampler that learns, else NULL */

	struct run **live; /* live_room of them, NULL when free */
	size_t live_room;
	size_t live_count;
	struct run *waiting; /* for a slot, the first due first */
	struct enqueued *enqueued, **enqueued_end;
	size_t counts[HD_TRIAL_STATES]; /* ended trials by state */
	size_t results;                 /* ends of trials, and ends taken back: what a
					   suggestion can know */
	double spent;                   /* seconds that they ran, summed */
	size_t policy_scored;           /* cancelled by policy, with a metric */

	bool forgets;       /* ended trials: nobody will ask about them */
	bool only_cancels;  /* trials that were named, and is done then */
	int64_t settled_at; /* ... and not before */
	bool exhausted;     /* the sampler has no point left */
	bool held;          /* nothing is started until somebody says so */
	bool stopping;
	bool stop_now;
	enum hd_end end;
	char end_text[HD_ENDS_TEXT]; /* why, when the end alone does not say it */
	bool wants_turn;
	bool brief;      /* the last trial that ended had run for less than BRIEF */
	bool wants_soon; /* only news that can wait a few milliseconds */
	bool in_transaction;
	bool unsynced; /* commits that must outlive a power loss do not yet */
	bool metric_seen;
	bool metric_missed; /* the note was given */
	bool hinted;        /* ... and that of hint */
	bool pause_missed;  /* ... that a trial could not be paused */
	bool parent_noted;  /* ... that the sweep got the primary metric */

	struct smoke smoke;
	struct goal goal;
	double ran;    /* seconds, by engines before this one */
	int64_t since; /* when this one began */

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
int hd_proposal_take(struct hd_core *core, size_t *known, double *expected,
		     struct hd_error *err);
int hd_proposal_ahead(struct hd_core *core, struct hd_error *err);
/* draw.c: trials into the free slots: those that wait, then new ones. */
int hd_core_fill(struct hd_core *core, struct hd_error *err);
/* enqueue.c: those that people want tried, the first into core->values. */
bool hd_core_has_enqueued(const struct hd_core *core);
int hd_core_take_enqueued(struct hd_core *core, char **resume_from,
			  struct hd_error *err);
void hd_core_drop_enqueued(struct hd_core *core);
/* hold.c: whether a sweep at its end may have more to do once it goes on. */
bool hd_core_hold_keeps(const struct hd_core *core);
/* adjust.c: stop what hd_core_cancel named. */
int hd_core_cancel_asked(struct hd_core *core, struct hd_error *err);
/*
 * promote.c: the trial that the policy wants to go on, among those that wait.
 * Returns 0, or 1 when there is none.
 */
int hd_core_promote(struct hd_core *core, struct hd_error *err);
/*
 * restore.c: the ended trial that ROW was before it was made Queued, as one
 * that waits for its next attempt.
 */
int hd_core_revive(struct hd_core *core, const struct hd_resume_trial *row,
		   struct hd_error *err);
/* core.c: the trial in this slot is no longer live. */
void hd_core_release(struct hd_core *core, struct run **slot);
/* core.c: stop what still runs, after hd_core_stop or the time limit. */
int hd_core_stop_live(struct hd_core *core, struct hd_error *err);
/* draw.c: command line and parameters for a launch of RUN with VALUES. */
int hd_run_prepare(struct run *run, const struct hd_value *values,
		   struct hd_buf *arguments, struct hd_error *err);
/* draw.c: folder and tail of a run whose number is set. */
int hd_run_open(struct run *run, const struct hd_tail_place *places,
		struct hd_error *err);

/* again.c: whether the attempt that ended so is followed by another. */
bool hd_run_goes_on(const struct run *run, const struct verdict *verdict);
/* again.c: whether RUN, whose start failed with CODE, is to be started later. */
bool hd_run_may_launch_later(struct run *run, int code);
/* again.c: store that, and RUN, whose slot is free now, among those waiting. */
int hd_run_again(struct run *run, const struct verdict *verdict,
		 struct hd_error *err);
/* again.c: keep RUN, in its right place, until a slot is free for it. */
void hd_run_wait(struct run *run);
/* again.c: one that is due, taken off the list; NULL when there is none. */
struct run *hd_core_take_due(struct hd_core *core);
/* again.c: trials that wait will not be started any more. */
int hd_core_cancel_waiting(struct hd_core *core, struct hd_error *err);

/* goal.c: what the store has of results, and of the time that passed. */
int hd_core_restore_goal(struct hd_core *core, struct hd_error *err);
/* The limits have another end_when: what was counted is counted by it. */
int hd_core_renew_goal(struct hd_core *core, struct hd_error *err);
/* RUN's trial has ended as END says; HD_ENOMEM with its message, or 0. */
int hd_core_goal_ended(struct hd_core *core, const struct run *run,
		       enum hd_end end, struct hd_error *err);
/* Once a turn: has it found enough? Stops what runs when the target is reached. */
void hd_core_check_goal(struct hd_core *core);
/* Whether the trial that was suggested is not worth its run: EXPECTED. */
bool hd_core_has_converged(struct hd_core *core, double expected);
/*
 * What the sampler expects after the suggestion for HISTORY, as far as it may
 * be less than BOUND; NAN for none, 0.
 */
double hd_core_expected(const struct hd_core *core,
			const struct hd_history *history,
			const struct hd_rng *rng, double bound);
/* Whether no point comes from the sampler any more. */
bool hd_core_draws_no_more(const struct hd_core *core);
/* Why the sweep ends, and the sentence. */
enum hd_end hd_core_end(const struct hd_core *core);
const char *hd_core_end_sentence(const struct hd_core *core);

/* bounds.c: stop what ran or was silent for too long; too many failures. */
int hd_core_check_bounds(struct hd_core *core, struct hd_error *err);
/* TAIL: the last lines of RUN's stderr. */
void hd_core_count_failure(struct hd_core *core, const struct run *run,
			   const struct verdict *verdict, const char *tail);
/* bounds.c: whether the first trial is alone still. */
bool hd_core_is_smoking(const struct hd_core *core);
void hd_core_smoke_works(struct hd_core *core, const struct run *run);
/* Ask for RUN's end after the commit. */
int hd_core_stop_run(struct hd_core *core, struct run *run, enum hd_end why,
		     bool now, const char *text, struct hd_error *err);
/* Why trials end when their sweep is stopped. */
enum hd_end hd_core_trial_end(const struct hd_core *core);
/* A strictly better result: the sweep's row, its history, an event. */
int hd_core_offer_best(struct hd_core *core, struct run *run, double value,
		       struct hd_error *err);
void hd_run_free(struct run *run);

/* collect.c: read RUN's files, store and judge. 1 when more is there. */
int hd_run_collect(struct run *run, bool final, struct hd_error *err);
/* collect.c: nobody tells when event files grow; it is time for a look. */
bool hd_run_logs_are_due(const struct run *run);
/* collect.c: whether METRIC is a number of the primary metric's name. */
bool hd_core_is_primary(const struct hd_core *core,
			const struct hd_metric *metric);
/* collect.c: what a person should know of RUN. */
void hd_run_note(struct run *run, const char *detail);
/* said.c: its script said "complete", "fail" or "cancel"; HD_ENOMEM or 0. */
int hd_run_take_mark(struct run *run, const char *kind, const char *detail);
/* said.c: what RUN's script said of itself, of the sweep, of a run below. */
int hd_run_said(struct run *run, const char *kind, const char *detail,
		struct hd_error *err);
/*
 * finish.c: store how RUN ended; it is not live any more. Returns 0, or
 * HD_RUN_WAITS when another attempt follows, for which it is kept.
 */
#define HD_RUN_WAITS 1
int hd_run_finish(struct run *run, struct hd_error *err);
/* judge.c: how RUN ended; the detail is the caller's to release. */
void hd_run_judge(const struct run *run, struct verdict *verdict);
double hd_run_seconds(const struct run *run);
/* finish.c: the sweep's own end state (SPEC 5.2). */
const char *hd_core_end_state(const struct hd_core *core);

#endif
