/*
 * A sweep's file, loaded: the parameter space, sampler, policy, limits and
 * metric it names: a HyperDrive file (SPEC section 1), or a sweep job, which
 * names the training program too (SPEC section 2).
 *
 * Loading gathers findings in file order and goes on; when one of them is an
 * error there is no config. Nothing is created on disk. A config is immutable
 * and may be shared by sweeps; it owns everything it points to.
 */
#ifndef HDRIVE_CONFIG_H
#define HDRIVE_CONFIG_H

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/metrics.h>
#include <hdrive/policy.h>
#include <hdrive/program.h>
#include <hdrive/sampler.h>
#include <hdrive/space.h>
#include <hdrive/target.h>

HD_BEGIN_DECLS

/* How many values a trial's rank comes from; policies always use the best. */
enum hd_reduce {
	HD_REDUCE_BEST, /* the best of all it logged: Azure's rule */
	HD_REDUCE_LAST,
	HD_REDUCE_MEAN, /* of the last reduce_count values */
};

/* What a file says of its sweep, which changes nothing: a tag or property. */
struct hd_mark_row {
	bool is_tag;
	const char *name;
	const char *value;
};

/* What is enough: it ends a sweep whose trials are not used up (end_when). */
struct hd_end_when {
	double target;        /* a finite result as good as this; NAN for none */
	size_t patience;      /* trials that ended since the last better best;
				 SIZE_MAX: any number */
	double patience_time; /* seconds since it, that engines ran; INFINITY */
	double min_delta;     /* by more than this a result is better, for patience */
	double improvement;   /* of the next trial, as the sampler expects it, in
				 the metric's units; 0: however little */
};

struct hd_config {
	const char *path; /* as given; NULL for text */
	const char *text; /* the whole file, for the store */
	const struct hd_space *space;
	/* What the file has to run; NULL: it says nothing of it, or it is
	 * load.stored. */
	const struct hd_program *program;

	const struct hd_sampler_type *sampler;
	const void *sampler_options;         /* sampler->state_size bytes, options set */
	const struct hd_policy_type *policy; /* never NULL: "none" */
	const void *policy_options;
	size_t evaluation_interval; /* at least 1 */
	size_t delay_evaluation;

	const char *metric; /* primary_metric_name */
	enum hd_goal goal;
	enum hd_reduce reduce;
	size_t reduce_count;

	size_t max_total;
	size_t max_concurrent; /* at most max_total */
	double max_duration;   /* seconds; INFINITY for no limit */

	double trial_timeout; /* seconds of one attempt; INFINITY for none */
	bool timeout_cancels; /* who takes longer is Canceled, not Failed */
	double idle_timeout;  /* seconds without output; INFINITY for none */
	size_t max_restarts;  /* new attempts of a trial that failed */
	double restart_delay; /* seconds before the first, doubling */
	size_t max_failures;  /* failed trials end the sweep; SIZE_MAX: never */
	bool smoke;           /* the first trial runs alone until it works */

	const char *gpus;      /* "auto", "none", "0,2", "0:2"; NULL: not said */
	size_t gpus_per_trial; /* 0: not said, which is 1 where there are gpus */
	size_t cpus_per_trial; /* 0: CPUs are not given out */

	const char *const *metric_patterns; /* of the metrics: block */
	size_t metric_pattern_count;
	bool patterns_given; /* by load, in place of the text's */

	/* A warm start: sweeps whose trials are known, as words of
	 * hd_store_find_sweep; and trials that are gone on with, "SWEEP/N". */
	const char *const *resume_from;
	size_t resume_from_count;
	const char *const *resume_child_runs;
	size_t resume_child_run_count;

	const char *const *sets; /* what changed the text: load.sets */
	size_t set_count;

	/* Of a sweep job. */
	const char *name; /* as which it wants to be known; NULL: not said */
	bool has_seed;    /* the sampler is to begin with this, */
	uint64_t seed;    /* ... unless the caller has another */
	const struct hd_mark_row *marks;
	size_t mark_count;

	struct hd_end_when end_when;

	/* Of a sweep job: its compute, where that is one of load.targets; NULL:
	 * the file says nothing, or of one that is not there. */
	const char *target;
};

/*
 * Samplers and policies of the program's own, which files may then name as they
 * name the library's. Everything is borrowed until the last config that was
 * loaded with them is freed. HD_EEXIST from loading when one has the name of
 * one of the library's.
 */
struct hd_plugins {
	const struct hd_sampler_type *const *samplers;
	size_t sampler_count;
	const struct hd_policy_type *const *policies;
	size_t policy_count;
};

struct hd_config_load {
	size_t size;             /* sizeof this struct, for later growth */
	const char *const *sets; /* "max_total_runs=8", dotted paths; may be
				    NULL. Applied to the file before checks. */
	size_t set_count;
	bool strict; /* warnings are errors */
	bool azure;  /* portability notes are errors */
	/* In place of the file's metrics: patterns; COUNT 0 keeps those. */
	const char *const *metric_patterns;
	size_t metric_pattern_count;
	/*
	 * "NAME=VALUE": what inputs of a sweep job are, in place of what the
	 * file says; for those that are data a path, relative to the current
	 * folder.
	 */
	const char *const *inputs;
	size_t input_count;
	/*
	 * The text is a store's: files beside it are not looked at, and there
	 * is no program, which the store has of its own.
	 */
	bool stored;
	const struct hd_plugins *plugins; /* NULL for none */
	/* What a sweep job's compute may name besides this machine; NULL for
	 * nothing. Borrowed for the call. */
	const struct hd_targets *targets;
	bool ignore_compute; /* somebody else says where trials run */
};

/*
 * Load the file at PATH. LOAD may be NULL. FINDINGS must be given. Returns 0,
 * HD_EINVAL when a finding is an error (ERR then says how many), or another
 * code when the file cannot be read. *OUT is the caller's, NULL on failure.
 */
HD_API int hd_config_open(struct hd_config **out, const char *path,
			  const struct hd_config_load *load,
			  struct hd_findings *findings, struct hd_error *err);
/* The same for text of LENGTH bytes; NAME stands for the file in messages. */
HD_API int hd_config_parse(struct hd_config **out, const char *text,
			   size_t length, const char *name,
			   const struct hd_config_load *load,
			   struct hd_findings *findings, struct hd_error *err);
/* The text of a "sweep" of one run, which looks for nothing. */
#define HD_CONFIG_ONCE "run_type: azureml.scriptrun\n"
HD_API void hd_config_free(struct hd_config *config);

/*
 * SPEC 1.2: NAME when it is an existing file, else the one file below FOLDER
 * whose name is NAME, else the one whose name ends with it. Several candidates
 * are an error that lists them. *OUT is the caller's, free() it.
 */
HD_API int hd_config_find(char **out, const char *name, const char *folder,
			  struct hd_error *err);

/*
 * The argv of a trial: the COUNT words of COMMAND, with {name} replaced where
 * a word holds one, then "--name value" for every parameter that was not used
 * so, in declared order (SPEC 1.6). *OUT is one block ending in NULL, the
 * caller's to free(). A parameter that COMMAND gives too is dropped from
 * COMMAND, and FINDINGS, unless NULL, gets a warning (HD-052).
 */
HD_API int hd_args_build(char ***out, const struct hd_space *space,
			 const struct hd_value *values,
			 const char *const *command, size_t count,
			 struct hd_findings *findings, struct hd_error *err);

/*
 * What the sampler would give for trials FIRST .. FIRST+COUNT-1 of a new sweep
 * with SEED, one call of FN each; ends early when the space is exhausted, and
 * when FN returns something else than 0, which is then returned.
 */
typedef int (*hd_sample_fn)(void *user, size_t number,
			    const struct hd_value *values);
HD_API int hd_config_sample(const struct hd_config *config, uint64_t seed,
			    size_t count, hd_sample_fn fn, void *user,
			    struct hd_error *err);

HD_END_DECLS

#endif
