/*
 * The store: one SQLite file with every sweep, trial, parameter, metric and
 * decision. This header is for reading; only the engine of a sweep writes its
 * rows (DESIGN 3), through engine/store/store.h.
 *
 * Beside the file stand the folders of its sweeps: STORE/../NAME/000007/.
 * Strings in rows are borrowed until the callback returns. Times are
 * microseconds since 1970 in UTC, 0 when it has not happened yet.
 */
#ifndef HDRIVE_STORE_H
#define HDRIVE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/trial.h>

HD_BEGIN_DECLS

struct hd_store; /* opaque; one connection, one thread */

enum hd_store_mode {
	HD_STORE_READ,   /* must exist; nothing is written */
	HD_STORE_WRITE,  /* must exist */
	HD_STORE_CREATE, /* made, with its folder, when absent */
};

/*
 * Open the file at PATH and bring its schema up to date (not in READ mode: an
 * older schema is then read as it is where possible). HD_EVERSION for a file
 * of a newer hdrive, both versions named; HD_ECORRUPT for a file that is not
 * ours. *OUT is the caller's.
 */
HD_API int hd_store_open(struct hd_store **out, const char *path,
			 enum hd_store_mode mode, struct hd_error *err);
HD_API void hd_store_close(struct hd_store *store);
/*
 * What files of this store's sweeps may name besides the library's own, for all
 * that is gone on with through this connection; borrowed until it is closed.
 * NULL for none. Without it such a sweep cannot be resumed, nor such a study
 * opened: HD_EINVAL.
 */
struct hd_plugins; /* hdrive/config.h */
HD_API void hd_store_set_plugins(struct hd_store *store,
				 const struct hd_plugins *plugins);
/* The folder that holds the file and the sweeps' folders, absolute. */
HD_API const char *hd_store_folder(const struct hd_store *store);
/*
 * Where a store is looked for: OVERRIDE when not NULL; else ".hdrive/hdrive.db"
 * in FOLDER or the nearest folder above that has one; else FOLDER's own, which
 * may not exist yet. *OUT is the caller's, free() it.
 */
HD_API int hd_store_locate(char **out, const char *folder, const char *override,
			   struct hd_error *err);

struct hd_sweep_row {
	int64_t key;       /* of the store */
	const char *id;    /* "HD_<guid>" */
	const char *name;  /* "brave-otter-3" */
	const char *state; /* Azure's word: Running, Completed, ... */
	enum hd_end end;
	const char *end_detail; /* a sentence, "" for none */
	const char *metric;
	enum hd_goal goal;
	const char *sampler;
	const char *policy;
	const char *command; /* JSON array: the words before the parameters */
	const char *config_path;
	const char *config_text;
	const char *folder; /* of the sweep, absolute */
	uint64_t seed;
	size_t max_total;
	size_t max_concurrent;
	double max_duration; /* seconds, INFINITY for none */
	int64_t created;
	int64_t started;
	int64_t ended;
	size_t counts[HD_TRIAL_STATES]; /* trials by state */
	size_t trials;
	int64_t best_trial; /* number, -1 for none */
	double best;
	int64_t engine_pid;   /* of the engine that runs it, 0 for none */
	int64_t engine_start; /* that process's start time (proc stat field 22) */
	const char *backend;  /* what runs its trials: "local", the name of a
				 program's own runner, or a target's behind what it
				 is, "slurm:gpu" */
};

struct hd_trial_row {
	int64_t key;
	size_t number;
	const char *id; /* "HD_<guid>_7" */
	enum hd_trial_state state;
	enum hd_end end;
	const char *end_detail; /* why, in a sentence: the policy's reason, an
				   exit status, a launch error; "" for none */
	const char *parameters; /* JSON object, in declared order */
	const char *arguments;  /* JSON array: the whole argv */
	const char *folder;     /* absolute */
	int exit_code;          /* -1 when it has none */
	int exit_signal;        /* 0 when none */
	unsigned attempt;
	int64_t pid;
	int64_t created;
	int64_t started;
	int64_t ended;
	double cpu_seconds; /* user and system, its whole tree; NaN unknown */
	int64_t max_rss;    /* bytes; 0 unknown */
	size_t intervals;
	bool has_metric; /* it has a value that can be ranked: not NaN */
	double best;     /* over all it logged; NaN for none, or only NaN */
	double last;
	double value; /* what it is ranked by: best, or by "reduce" */
	size_t known; /* results that were known when it was suggested */
};

struct hd_metric_row {
	size_t trial;    /* number */
	size_t sequence; /* from 1 within the trial */
	const char *name;
	double value;     /* NaN when text is set, or NaN itself */
	const char *text; /* NULL for a number */
	bool has_step;
	int64_t step;
	size_t interval;    /* of the primary metric, 0 for others */
	const char *source; /* "stdout", "stderr", "metrics", "tensorboard" */
	const char *rule;
	int64_t time;
};

/* An attempt of a trial that another one followed. */
struct hd_attempt_row {
	unsigned number;
	enum hd_end end;
	const char *end_detail;
	int exit_code; /* -1 when it has none */
	int exit_signal;
	int64_t started;
	int64_t ended;
	double cpu_seconds;
	int64_t max_rss;
	size_t intervals; /* logged up to its end */
	bool anew;        /* the next one began from nothing */
};

/* What a policy decided: to stop a trial, to pause it, to let it go on. */
struct hd_decision_row {
	size_t trial;
	size_t interval;
	const char *policy;
	double mine;
	double limit;
	size_t compared;
	const char *reason;
	int64_t time;
	enum hd_decision kind;
};

/* A row of best_child_by_primary_metric (SPEC 5.1). */
struct hd_best_row {
	size_t trial;
	double value;
	int64_t time;
	bool final; /* the last row, said again at the sweep's end */
};

/*
 * What a script said of a run besides metrics (SPEC 5.6): of its trial, of
 * the sweep through run.parent, or of a run below the trial (child_run).
 */
enum hd_said_kind {
	HD_SAID_TAG,      /* the last value wins */
	HD_SAID_PROPERTY, /* the first stays */
	HD_SAID_FILE,     /* name is its path from the trial's or, of the
			     sweep's files, the sweep's folder */
	HD_SAID_STATUS,   /* of a run below: "status" and "error" */
	HD_SAID_PARAM,    /* what the script says it ran with; the last wins */
};
#define HD_SAID_KINDS (HD_SAID_PARAM + 1)
#define HD_SAID_OF_SWEEP (-1)
/* hdrive's own tag of a sweep: why its devices let no more trials run at a
 * time. */
#define HD_TAG_SLOTS "hdrive_slots"
/* And another: no new trials start, until it is let go on. */
#define HD_TAG_HELD "hdrive_held"

/* What Azure's own tags of a sweep begin with. */
#define HD_TAG_AZURES "_aml_system_"

struct hd_said_row {
	int64_t trial;     /* number, or HD_SAID_OF_SWEEP */
	const char *child; /* id of the run below the trial, "" for itself */
	enum hd_said_kind kind;
	const char *name;
	const char *value; /* NULL for a file, and a tag without one */
	int64_t time;
};

/* What was logged to a run that is no trial: ranked and counted nowhere. */
struct hd_run_metric_row {
	const char *child;           /* id; NULL for the sweep itself */
	struct hd_metric_row metric; /* trial: that logged it */
};

/* Return 0 to go on; anything else ends the walk and is returned. */
typedef int (*hd_sweep_fn)(void *user, const struct hd_sweep_row *row);
typedef int (*hd_trial_fn)(void *user, const struct hd_trial_row *row);
typedef int (*hd_metric_row_fn)(void *user, const struct hd_metric_row *row);
typedef int (*hd_attempt_fn)(void *user, const struct hd_attempt_row *row);
typedef int (*hd_decision_fn)(void *user, const struct hd_decision_row *row);
typedef int (*hd_best_fn)(void *user, const struct hd_best_row *row);
typedef int (*hd_said_fn)(void *user, const struct hd_said_row *row);
typedef int (*hd_run_metric_fn)(void *user,
				const struct hd_run_metric_row *row);
typedef int (*hd_setting_fn)(void *user, const char *text);

/*
 * The sweep WORD names: a name, an id, a unique prefix of either, or "@" for
 * the latest; NULL is "@". *KEY is its key. HD_ENOENT when there is none,
 * HD_EINVAL when a prefix fits several, which the message lists.
 */
HD_API int hd_store_find_sweep(struct hd_store *store, const char *word,
			       int64_t *key, struct hd_error *err);
/* One sweep; HD_ENOENT when there is no such key. */
HD_API int hd_store_sweep(struct hd_store *store, int64_t key, hd_sweep_fn fn,
			  void *user, struct hd_error *err);
/* Sweeps, newest first; LIMIT 0 is all; STATE, unless NULL, keeps only those. */
HD_API int hd_store_sweeps(struct hd_store *store, size_t limit,
			   const char *state, hd_sweep_fn fn, void *user,
			   struct hd_error *err);

/*
 * Whether the sweep is a study (hdrive/study.h): its trials are asked for and
 * told of from outside, and no engine runs it.
 */
HD_API int hd_store_is_study(struct hd_store *store, int64_t sweep,
			     bool *is_study, struct hd_error *err);
/* How many of its trials are paused: Canceled, and the policy may want them. */
HD_API int hd_store_paused(struct hd_store *store, int64_t sweep,
			   size_t *count, struct hd_error *err);

enum hd_trial_order {
	HD_ORDER_NUMBER,
	HD_ORDER_BEST, /* best first for the goal; those without last */
};

/* SPEC 5.3: what takes part; zeroed is all, by number. */
struct hd_trial_query {
	enum hd_trial_order order;
	bool reverse; /* of HD_ORDER_BEST, and of those with a metric only */
	bool discard_no_metric;
	bool exclude_failed;
	bool exclude_canceled;
	size_t limit; /* 0 is all */
};

HD_API int hd_store_trials(struct hd_store *store, int64_t sweep,
			   const struct hd_trial_query *query, hd_trial_fn fn,
			   void *user, struct hd_error *err);
/* One trial; HD_ENOENT when there is no such number. */
HD_API int hd_store_trial(struct hd_store *store, int64_t sweep, size_t number,
			  hd_trial_fn fn, void *user, struct hd_error *err);
/*
 * Metrics in the order they were logged, trial by trial; TRIAL of -1 is all,
 * NAME of NULL is all.
 */
HD_API int hd_store_metrics(struct hd_store *store, int64_t sweep,
			    int64_t trial, const char *name,
			    hd_metric_row_fn fn, void *user,
			    struct hd_error *err);
/*
 * The attempts of trial NUMBER before its last, and the devices that the last
 * one holds or held ("GPU 2; CPU 1", "" for none; the caller's to free()). A
 * store of an older schema has neither.
 */
HD_API int hd_store_attempts(struct hd_store *store, int64_t sweep,
			     size_t number, hd_attempt_fn fn, void *user,
			     struct hd_error *err);
HD_API int hd_store_devices(struct hd_store *store, int64_t sweep,
			    size_t number, char **devices,
			    struct hd_error *err);
HD_API int hd_store_decisions(struct hd_store *store, int64_t sweep,
			      int64_t trial, hd_decision_fn fn, void *user,
			      struct hd_error *err);
HD_API int hd_store_best_history(struct hd_store *store, int64_t sweep,
				 hd_best_fn fn, void *user,
				 struct hd_error *err);
/*
 * What was said of TRIAL and the runs below it, or of the sweep itself when
 * TRIAL is HD_SAID_OF_SWEEP: by run, kind and name. These three find nothing
 * in a store of schema 1.
 */
HD_API int hd_store_said(struct hd_store *store, int64_t sweep, int64_t trial,
			 hd_said_fn fn, void *user, struct hd_error *err);
/* Which SWEEP's trial NUMBER the run CHILD is below; HD_ENOENT for none. */
HD_API int hd_store_child(struct hd_store *store, const char *child,
			  int64_t *sweep, int64_t *number,
			  struct hd_error *err);
/* In the order they were logged, trial by trial; TRIAL of -1 is all. */
HD_API int hd_store_run_metrics(struct hd_store *store, int64_t sweep,
				int64_t trial, hd_run_metric_fn fn, void *user,
				struct hd_error *err);
/*
 * What the trials of a sweep run besides the words of its command, as a JSON
 * object: "shell", "wrapper", "environment", "configuration", ... as far as the
 * program has them. "" when an older hdrive made it; FN is called once, with
 * text that is borrowed for the call.
 */
typedef int (*hd_program_text_fn)(void *user, const char *program);
HD_API int hd_store_program(struct hd_store *store, int64_t sweep,
			    hd_program_text_fn fn, void *user,
			    struct hd_error *err);
/* The "max_total_runs=8" that changed config_text, in order. */
HD_API int hd_store_settings(struct hd_store *store, int64_t sweep,
			     hd_setting_fn fn, void *user,
			     struct hd_error *err);
/*
 * The names of the parameters of a trial whose values are labels of branches
 * (HD_VALUE_BRANCH), by FN as above; TRIAL is the row's key.
 */
HD_API int hd_store_labels(struct hd_store *store, int64_t trial,
			   hd_setting_fn fn, void *user, struct hd_error *err);

/*
 * Set the tag NAME of TRIAL, or of the sweep itself when that is
 * HD_SAID_OF_SWEEP, whether an engine runs it or not. HD_EINVAL for a name of
 * Azure's own.
 */
HD_API int hd_store_tag(struct hd_store *store, int64_t sweep, int64_t trial,
			const char *name, const char *value,
			struct hd_error *err);

/* --- experiments: names that sweeps share --------------------------------- */

/* The one of SWEEP; *OUT is the caller's to free(). */
HD_API int hd_store_experiment(char **out, struct hd_store *store,
			       int64_t sweep, struct hd_error *err);
/* Whether NAME may be one: 0 or HD_EINVAL. */
HD_API int hd_store_experiment_check(const char *name, struct hd_error *err);
/* Make one that has no sweep yet; that it is there already is no error. */
HD_API int hd_store_experiment_create(struct hd_store *store, const char *name,
				      struct hd_error *err);
typedef int (*hd_experiment_fn)(void *user, const char *name, int64_t created);
/* Those that were made so, by name. */
HD_API int hd_store_experiments(struct hd_store *store, hd_experiment_fn fn,
				void *user, struct hd_error *err);

HD_END_DECLS

#endif
