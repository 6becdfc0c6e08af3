/*
 * A sweep: created from a config, run until its end on the library's own loop,
 * or step by step from the loop of the program that links it.
 *
 * The library never prints, exits, installs a signal handler or reads the
 * environment: what happens is told to the observer, on the thread that runs.
 *
 * A sweep belongs to one thread at a time; different sweeps may have a thread
 * each, when each has a store of its own (a connection: two may be open on one
 * file). After fork() a sweep is the parent's alone: the child may exec or
 * _exit. A sweep, config or store that is NULL where it must not be is
 * HD_EINVAL.
 */
#ifndef HDRIVE_SWEEP_H
#define HDRIVE_SWEEP_H

#include <hdrive/api.h>
#include <hdrive/backend.h>
#include <hdrive/config.h>
#include <hdrive/error.h>
#include <hdrive/store.h>
#include <hdrive/target.h>

HD_BEGIN_DECLS

struct hd_sweep; /* opaque */

enum hd_event_kind {
	HD_EVENT_SWEEP_STARTED,
	HD_EVENT_TRIAL_STARTED,
	HD_EVENT_TRIAL_METRIC,   /* its primary metric logged an interval */
	HD_EVENT_TRIAL_STOPPING, /* asked to end: end and text say why */
	HD_EVENT_TRIAL_AGAIN,    /* an attempt ended, ATTEMPT follows in SECONDS */
	HD_EVENT_TRIAL_ENDED,
	HD_EVENT_BEST,           /* a strictly new best */
	HD_EVENT_NOTE,           /* text: something a person should know */
	HD_EVENT_TICK,           /* about once a second while it runs */
	HD_EVENT_SWEEP_STOPPING, /* no new trials; end says why */
	HD_EVENT_SWEEP_ENDED,
	HD_EVENT_TRIAL_PROMOTED, /* one that was paused goes on: text says why */
};

struct hd_event {
	enum hd_event_kind kind;
	int64_t time;
	size_t trial; /* number, of the trial kinds and BEST */
	enum hd_trial_state state;
	enum hd_end end;
	const char *text; /* a sentence, "" for none */
	double value;     /* of METRIC and BEST */
	size_t interval;
	int exit_code; /* of ENDED; -1 none */
	int exit_signal;
	double seconds;   /* of ENDED: how long it ran */
	unsigned attempt; /* of AGAIN, STARTED and PROMOTED */
	bool has_metric;
	const char *folder; /* of the trial */
	const char *tail;   /* of a FAILED trial: its last lines of stderr,
			       at most five, control characters removed */
};

/* Called on the running thread; strings are borrowed for the call. */
typedef void (*hd_event_fn)(void *user, const struct hd_event *event);

struct hd_sweep_options {
	size_t size;      /* sizeof this struct, for later growth */
	const char *name; /* NULL: made up, "brave-otter-3" */
	bool has_seed;
	uint64_t seed;         /* else drawn from the system and recorded */
	size_t max_concurrent; /* 0: the config's */
	/*
	 * What trials run. PROGRAM, or the config's where it is NULL, whose
	 * words COMMAND replaces when there are any: the program's argv.
	 */
	const char *const *command;
	size_t command_count;
	const struct hd_program *program;
	const char *experiment;         /* in place of the program's; or NULL */
	const char *source;             /* folder the command is meant for; NULL: here */
	const char *launcher;           /* path of hdrive-launch */
	const char *python_path;        /* folder with the drop-in azureml; or NULL */
	double grace;                   /* seconds between TERM and KILL; 0: 10 */
	const char *const *environment; /* "A=b"..., what trials inherit */
	hd_event_fn event;              /* may be NULL */
	void *user;
	/* Of NULL and 0 the config's. */
	const char *gpus;      /* "auto", "none", "0,2", "0:2" */
	size_t gpus_per_trial; /* without gpus: of "auto" */
	size_t cpus_per_trial;

	/*
	 * Trials run in a snapshot of the source, taken now (unless NO_SNAPSHOT);
	 * HD_ELIMIT when it holds more than these. 0: Azure's 300 MiB and 2000
	 * files; UINT64_MAX and SIZE_MAX: any.
	 */
	bool no_snapshot;
	uint64_t snapshot_bytes;
	size_t snapshot_files;

	/* Of hd_sweep_resume alone. */
	const char *const *sets; /* "max_total_runs=200": what changes; stored */
	size_t set_count;
	const char *text;   /* of a file in place of the stored one; or NULL */
	const char *path;   /* its name */
	bool accept_space;  /* though its parameter space differs */
	bool stop;          /* only to stop what runs: start nothing again */
	const size_t *only; /* with stop: only these; others are left running */
	size_t only_count;
	bool settle;         /* start and stop nothing: only store what has ended */
	bool retry_failed;   /* new attempts of all that failed, */
	bool retry_memory;   /* ... for want of memory, */
	bool retry_timeout;  /* ... by a time limit, */
	const size_t *retry; /* and of these */
	size_t retry_count;

	/*
	 * What runs the trials, in place of this machine: the host program's
	 * own table (hdrive/backend.h), and what its "open" finds as
	 * host->runner; both borrowed until hd_sweep_free. There need be no
	 * launcher then, and no command: argv has the parameters alone. A
	 * resume wants the runner of the same name.
	 */
	const struct hd_backend_type *runner;
	void *runner_user;
	/*
	 * Where trials run; NULL: this machine. Borrowed until hd_sweep_free.
	 * A resume wants the one that the sweep's row names (row.backend), or
	 * another, "local" included, to which the sweep then moves: HD_ESTATE
	 * while a trial is under way where it was. Not with a runner.
	 */
	const struct hd_target *target;
};

/*
 * Create the sweep's row and folder. CONFIG and STORE are borrowed until
 * hd_sweep_free; options are copied. HD_EEXIST when the name is taken.
 */
HD_API int hd_sweep_new(struct hd_sweep **out, struct hd_store *store,
			const struct hd_config *config,
			const struct hd_sweep_options *options,
			struct hd_error *err);
/*
 * Go on with sweep KEY of STORE after an end, a crash or a cancel: trials that
 * run are joined, those that ended meanwhile are collected, those that are gone
 * or were cancelled with their sweep get a new attempt, and new ones are drawn
 * as they would have been. OPTIONS: launcher, environment, observer, grace,
 * max_concurrent and the fields of the resume count; the rest is the store's.
 * HD_EBUSY, with who it is, when another engine runs it; HD_ESTATE with the
 * differences when the parameter space is another one, and when another runner
 * or target has its trials; HD_EINVAL for a study (hdrive/study.h).
 */
HD_API int hd_sweep_resume(struct hd_sweep **out, struct hd_store *store,
			   int64_t key, const struct hd_sweep_options *options,
			   struct hd_error *err);
/*
 * Go on, as hd_sweep_resume does, with the sweep that CONFIG and OPTIONS would
 * make a second time: the one called OPTIONS->name, else by the config's name.
 * CONFIG's limits, policy and sampler count from now on. HD_ENOENT when there is
 * none, and hd_sweep_new may be called; HD_EEXIST when its program or its seed
 * (where OPTIONS has one) is another, HD_ESTATE when its space is.
 */
HD_API int hd_sweep_resume_named(struct hd_sweep **out, struct hd_store *store,
				 const struct hd_config *config,
				 const struct hd_sweep_options *options,
				 struct hd_error *err);
/*
 * Run until every trial has ended. Returns 0 when the sweep ran to its end,
 * whatever became of its trials (see hd_sweep_summary); an error when the
 * engine itself could not go on, after stopping what it had started.
 */
HD_API int hd_sweep_run(struct hd_sweep *sweep, struct hd_error *err);

/* --- step by step ---------------------------------------------------------- */

/*
 * What hd_sweep_run does first: the sweep runs from here on, one step at a
 * time. HD_ESTATE when it was started before.
 */
HD_API int hd_sweep_start(struct hd_sweep *sweep, struct hd_error *err);
/*
 * For the host's poll or epoll: when the descriptor can be read, or after
 * hd_sweep_timeout milliseconds (-1: never, 0: at once), hd_sweep_step is due.
 * The descriptor stays the same and is the library's; -1 before the start.
 * Ask for the timeout after each step.
 */
HD_API int hd_sweep_descriptor(const struct hd_sweep *sweep);
HD_API int hd_sweep_timeout(const struct hd_sweep *sweep);
/*
 * Do what is due and return at once: HD_RUNNING, 0 when the sweep has come to
 * its end (as hd_sweep_run returns), or its error. After that it is HD_ESTATE.
 * Calling it too often or too early is harmless; not from the observer.
 */
HD_API int hd_sweep_step(struct hd_sweep *sweep, struct hd_error *err);

/* What may be changed while a sweep runs; 0 and NaN: as it is. */
struct hd_sweep_limits {
	size_t size;           /* sizeof this struct, for later growth */
	size_t max_total;      /* trials */
	size_t max_concurrent; /* at a time, at most 4096 */
	double max_duration;   /* seconds of the sweep; INFINITY for none */
	double trial_timeout;  /* seconds of an attempt; INFINITY for none */
};

/*
 * Between steps, or from the observer: the limits of a sweep that was started,
 * in force from the next step on; a trial that is to be cancelled (HD_ENOENT
 * when it neither runs nor waits; NOW: without a grace); a point to be tried
 * before what the sampler gives (a JSON object with every parameter). HD_ESTATE
 * when the sweep does not run.
 */
HD_API int hd_sweep_get_limits(const struct hd_sweep *sweep,
			       struct hd_sweep_limits *limits,
			       struct hd_error *err);
HD_API int hd_sweep_set_limits(struct hd_sweep *sweep,
			       const struct hd_sweep_limits *limits,
			       struct hd_error *err);
HD_API int hd_sweep_cancel(struct hd_sweep *sweep, size_t trial, bool now,
			   struct hd_error *err);
HD_API int hd_sweep_try(struct hd_sweep *sweep, const char *parameters,
			struct hd_error *err);

/*
 * Ask for an end: no new trials, the running ones get TERM and, after the
 * grace, KILL; NOW means KILL at once. Safe from another thread and from a
 * signal handler.
 */
HD_API void hd_sweep_stop(struct hd_sweep *sweep, bool now);
HD_API void hd_sweep_free(struct hd_sweep *sweep);

HD_API const char *hd_sweep_name(const struct hd_sweep *sweep);
HD_API const char *hd_sweep_id(const struct hd_sweep *sweep);
HD_API int64_t hd_sweep_key(const struct hd_sweep *sweep);
/* Where its trials' folders lie, absolute. */
HD_API const char *hd_sweep_folder(const struct hd_sweep *sweep);
/* What it runs by; of a resumed sweep the sweep's own. Borrowed. */
HD_API const struct hd_config *hd_sweep_config(const struct hd_sweep *sweep);

/*
 * Have PARAMETERS, a JSON object with every parameter, tried before what the
 * sampler gives, when next an engine runs sweep KEY. HD_EBUSY when one does:
 * it is to be asked by hd_sweep_request.
 */
HD_API int hd_sweep_enqueue(struct hd_store *store, int64_t key,
			    const char *parameters, struct hd_error *err);
/*
 * Change limits ("max_total_runs=200") of sweep KEY, for when next an engine
 * runs it. HD_EBUSY when one does; HD_EINVAL when its file would not be legal
 * with them.
 */
HD_API int hd_sweep_update(struct hd_store *store, int64_t key,
			   const char *const *sets, size_t count,
			   struct hd_error *err);
/*
 * Hold sweep KEY, or let it go on, for when next an engine runs it: a held one
 * starts nothing. HD_EBUSY when one does: it is to be asked by hd_sweep_request.
 */
HD_API int hd_sweep_hold(struct hd_store *store, int64_t key, bool held,
			 struct hd_error *err);
/*
 * Speak to the engine that runs sweep KEY, whichever process that is. REQUEST
 * is a JSON object as engine/sweep/control.h has them; *REPLY, unless NULL, is
 * the answer's JSON object, the caller's to free(). Waits SECONDS at most.
 * HD_ENOENT when no engine runs it; HD_EBUSY when it does not answer; what the
 * engine refuses is its own error.
 */
HD_API int hd_sweep_request(struct hd_store *store, int64_t key,
			    const char *request, double seconds, char **reply,
			    struct hd_error *err);
/*
 * Wait until the engine of sweep KEY is done with it, SECONDS at most. 0 when
 * none runs it any more, HD_EBUSY when one still does.
 */
HD_API int hd_sweep_wait(struct hd_store *store, int64_t key, double seconds,
			 struct hd_error *err);

struct hd_sweep_summary {
	const char *state; /* Azure's word */
	enum hd_end end;
	size_t counts[HD_TRIAL_STATES];
	size_t trials;       /* created so far */
	size_t trials_total; /* max_total, or less when the space is smaller */
	bool has_best;
	size_t best_trial;
	double best;
	double seconds; /* since its start */
	size_t slots;   /* trials at a time: max_concurrent, or as many as
			   the devices allow */
};

HD_API void hd_sweep_summary(const struct hd_sweep *sweep,
			     struct hd_sweep_summary *summary);

/* --- deriving it again ---------------------------------------------------- */

enum hd_replay_kind {
	HD_REPLAY_TRIAL,      /* a trial's row is not there */
	HD_REPLAY_SUGGESTION, /* the sampler gives other values */
	HD_REPLAY_VALUE,      /* the intervals of a trial do not count from 1 */
	HD_REPLAY_DECISION,   /* the policy decides otherwise */
};

/* "trial", "suggestion", "value", "decision". */
HD_API const char *hd_replay_kind_name(enum hd_replay_kind kind);

/* Texts are borrowed for the call. */
struct hd_replay_difference {
	enum hd_replay_kind kind;
	size_t trial;
	size_t interval;     /* of a value or decision, else 0 */
	const char *stored;  /* what the store has */
	const char *derived; /* what was derived from it */
};

struct hd_replay_summary {
	size_t suggestions; /* derived again */
	size_t enqueued;    /* trials that are nobody's suggestion */
	size_t questions;   /* put to the policy again */
	size_t stops;       /* answers that stop a trial, for good or to pause */
	size_t promotions;  /* answers that let a paused trial go on */
	size_t differences;
};

typedef void (*hd_replay_fn)(void *user,
			     const struct hd_replay_difference *difference);
/*
 * Derive every suggestion and every decision of sweep KEY of STORE, which may
 * be open for reading and the sweep running, and tell FN, which may be NULL,
 * of each difference. HD_EVERSION or HD_ESTATE when an older hdrive ran it,
 * which did not store what was known.
 */
HD_API int hd_sweep_replay(struct hd_store *store, int64_t key, hd_replay_fn fn,
			   void *user, struct hd_replay_summary *summary,
			   struct hd_error *err);

HD_END_DECLS

#endif
