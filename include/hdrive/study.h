/*
 * A study: ask for the next trial, run it yourself, tell what came of it.
 *
 * A study lives in memory, without a file or a process, or is kept in a store
 * as a sweep whose trials others run: then it outlives this process, several
 * processes may share it, and everything that reads sweeps shows it.
 *
 * Trials are numbered from 0. What is asked depends on the seed and on what
 * was told before, nothing else: the same calls give the same values, in
 * another process too. Trials that were asked for and not yet told of are
 * pending to the sampler, which does not put its next trials beside them.
 *
 * A study is used from one thread at a time; different studies have nothing
 * in common, so each may have its thread. After fork() only one of the two
 * processes goes on with a study; the other may only free it. Two studies kept
 * in one store need a connection (hdrive/store.h) each when threads use them.
 *
 * A study, a space or a pointer for a result that is NULL where it must not be
 * is HD_EINVAL, in every function here that returns a code.
 */
#ifndef HDRIVE_STUDY_H
#define HDRIVE_STUDY_H

#include <stdbool.h>
#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/config.h>
#include <hdrive/error.h>
#include <hdrive/policy.h>
#include <hdrive/sampler.h>
#include <hdrive/space.h>
#include <hdrive/store.h>
#include <hdrive/trial.h>

HD_BEGIN_DECLS

struct hd_study; /* opaque */

struct hd_study_options {
	size_t size;                  /* sizeof this struct, for later growth */
	const struct hd_space *space; /* borrowed until hd_study_free */
	const struct hd_sampler_type *sampler;
	/* sampler->state_size bytes with the options set, copied; NULL for
	 * every option's default. */
	const void *sampler_options;
	enum hd_goal goal;
	/* 0: the config's; when that has none 0 too, or of a study that is
	 * kept one that the system draws and the store records. */
	uint64_t seed;
	size_t max_total;   /* trials meant to be run, 0 for not known: a plan, no limit */
	size_t concurrency; /* the same for trials at once */

	/*
	 * A loaded file, borrowed until hd_study_free, in place of all but the
	 * seed and "endless": space, sampler, policy, goal and "reduce"; its max_total_runs
	 * and max_failures are limits, and its end_when ends the study but for
	 * patience_minutes; limits of time, and of how many trials run at
	 * once, are the caller's to keep. What it says of a program and
	 * of metrics in its output means nothing here.
	 */
	const struct hd_config *config;
	/* Early termination, for hd_study_report; NULL for none. Options as
	 * the sampler's. */
	const struct hd_policy_type *policy;
	const void *policy_options;
	size_t evaluation_interval; /* 0 is 1, which a policy with rungs wants */
	size_t delay_evaluation;

	/* Of a config in memory: its max_total_runs is no limit, nor a plan. */
	bool endless;
	/*
	 * Who asks can go on with a trial that the policy wanted paused, where
	 * it was: hd_study_ask may give it again. 0: a pause is a stop. (As wide
	 * as "size", so that it does not lie in an older header's padding.)
	 */
	size_t promotes;
};

/*
 * In memory. HD_EINVAL with the sampler's message when the space does not fit
 * it, and for a config with a warm start, which needs a store.
 */
HD_API int hd_study_new(struct hd_study **out,
			const struct hd_study_options *options,
			struct hd_error *err);
/*
 * Kept in STORE, borrowed until hd_study_free, as a sweep called NAME, or when
 * that is NULL by a name that is made up. OPTIONS must have a config.
 * HD_EEXIST when the name is taken.
 */
HD_API int hd_study_create(struct hd_study **out, struct hd_store *store,
			   const char *name,
			   const struct hd_study_options *options,
			   struct hd_error *err);
/*
 * Go on with the study that sweep KEY of STORE is, whoever made it. HD_ENOENT
 * when there is no such sweep, or hdrive runs its trials itself.
 */
HD_API int hd_study_open(struct hd_study **out, struct hd_store *store,
			 int64_t key, struct hd_error *err);
/* Let go of it; what is kept stays. NULL is nothing. */
HD_API void hd_study_free(struct hd_study *study);

/*
 * The next trial: its number, and its values, one per parameter of the space,
 * borrowed until the next call with this study. Any number of trials may be
 * open. With "promotes" it may be one that was paused, under its number: it
 * goes on behind its hd_study_intervals values.
 *
 * CLIENT is who asks, any text, or NULL for nobody in particular. A client
 * that has an open trial gets that one again: after a crash it goes on where
 * it was, and asking twice is asking once.
 *
 * Returns 0; HD_EXHAUSTED when no point is left, the config's max_total_runs
 * are there, or its end_when says that it is enough (with "promotes", and with
 * patience, an open trial may yet let another go on); HD_ESTATE when the study
 * was ended; HD_EBUSY when another process is in the middle of a call for too
 * long; or another negative code. Then nothing was asked.
 */
HD_API int hd_study_ask(struct hd_study *study, const char *client,
			size_t *number, const struct hd_value **values,
			struct hd_error *err);
/* How many values trial NUMBER has so far: 0 of one that begins. */
HD_API size_t hd_study_intervals(const struct hd_study *study, size_t number);
/*
 * One more value of the primary metric of trial NUMBER, which goes on: its
 * next interval. Returns 0 to go on, or HD_STOP when the policy wants it to
 * end, or the study has reached its target; WHY, unless NULL, then has the
 * reason (its numbers only the first time). With "promotes" and why.pauses the trial is to keep
 * what it needs to go on, and to be told of or ended as after every stop: it is paused then.
 * HD_ENDED when it has ended: nothing was changed. A NaN is an interval too,
 * the worst there is.
 *
 * CLIENT, here and below, unless NULL must be who asked for the trial where
 * that was somebody: else HD_ESTATE. HD_ENOENT when it was never asked for.
 */
HD_API int hd_study_report(struct hd_study *study, size_t number,
			   const char *client, double value,
			   struct hd_reason *why, struct hd_error *err);
/*
 * The last value of trial NUMBER, which ends it: COMPLETED, or CANCELED when a
 * policy had stopped it. NaN stands for a trial that FAILED. Its result is the
 * best of all its values, unless the config's "reduce" says otherwise. One that
 * was to be paused and fails is stopped for good.
 * Returns 0, or HD_ENDED when it has ended before: nothing was changed, so
 * telling twice, or late, is harmless.
 */
HD_API int hd_study_tell(struct hd_study *study, size_t number,
			 const char *client, double value,
			 struct hd_error *err);
/*
 * The end of trial NUMBER without one more value: STATE is COMPLETED, FAILED
 * or CANCELED, else HD_EINVAL; DETAIL says why, a sentence, or NULL. Returns
 * as hd_study_tell.
 */
HD_API int hd_study_end(struct hd_study *study, size_t number,
			const char *client, enum hd_trial_state state,
			const char *detail, struct hd_error *err);

/*
 * Have a point asked for before what the sampler gives: PARAMETERS is a JSON
 * object with every parameter, HD_EINVAL when the space does not have it.
 */
HD_API int hd_study_enqueue(struct hd_study *study, const char *parameters,
			    struct hd_error *err);
/*
 * A trial that has ended elsewhere, with its COUNT values in order (none for
 * one without any): STATE and DETAIL as of hd_study_end. *NUMBER, unless NULL,
 * is the one it gets.
 */
HD_API int hd_study_add(struct hd_study *study, const char *parameters,
			const double *curve, size_t count,
			enum hd_trial_state state, const char *detail,
			size_t *number, struct hd_error *err);
/*
 * End the study: open trials are CANCELED, and no more can be asked for,
 * reported or told of. Of one that is kept the sweep is then Canceled, or
 * Completed when no trial was open. Ended before: HD_ENDED.
 */
HD_API int hd_study_stop(struct hd_study *study, struct hd_error *err);

/* The best trial so far and what it is ranked by; HD_ENOENT for none. */
HD_API int hd_study_best(struct hd_study *study, size_t *number, double *value,
			 struct hd_error *err);
/*
 * What was asked and told; borrowed until the next call. Of a study that is
 * kept it is as of the last call; hd_study_refresh takes in what other
 * processes did since.
 */
HD_API const struct hd_history *hd_study_history(const struct hd_study *study);
HD_API int hd_study_refresh(struct hd_study *study, struct hd_error *err);
/*
 * What trial NUMBER of the history is ranked by, of one that runs so far; NaN
 * when it has no value, or there is no such trial.
 */
HD_API double hd_study_value(const struct hd_study *study, size_t number);
/* What the sampler decided by itself, a sentence; NULL for nothing to say. */
HD_API const char *hd_study_note(const struct hd_study *study);
/* Borrowed until hd_study_free. */
HD_API const struct hd_space *hd_study_space(const struct hd_study *study);
HD_API uint64_t hd_study_seed(const struct hd_study *study);
/* Of one that is kept: the sweep's name, and its key; NULL and 0 for others. */
HD_API const char *hd_study_name(const struct hd_study *study);
HD_API int64_t hd_study_key(const struct hd_study *study);

HD_END_DECLS

#endif
