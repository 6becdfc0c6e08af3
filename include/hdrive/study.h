/*
 * A study: a sampler asked and told in memory, for a caller that runs the
 * trials itself.
 *
 * Trials are numbered from 0. What is asked depends on the seed and on what
 * was told before, nothing else: the same calls give the same values, in
 * another process too. A study is used from one thread at a time.
 */
#ifndef HDRIVE_STUDY_H
#define HDRIVE_STUDY_H

#include <stdint.h>

#include <hdrive/api.h>
#include <hdrive/error.h>
#include <hdrive/sampler.h>
#include <hdrive/space.h>
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
	uint64_t seed;
	size_t max_total;   /* trials meant to be run, 0 for not known: a plan, no limit */
	size_t concurrency; /* the same for trials at once */
};

/* HD_EINVAL with the sampler's message when the space does not fit it. */
HD_API int hd_study_new(struct hd_study **out,
			const struct hd_study_options *options,
			struct hd_error *err);
HD_API void hd_study_free(struct hd_study *study);

/*
 * The next trial: its number, and its values, one per parameter of the space,
 * borrowed until hd_study_free. Any number of trials may be open. Returns 0,
 * HD_EXHAUSTED when no point is left, or a negative code; then nothing was
 * asked.
 */
HD_API int hd_study_ask(struct hd_study *study, size_t *number,
			const struct hd_value **values, struct hd_error *err);
/*
 * The result of trial NUMBER, which ends it. NaN stands for a trial that
 * failed. HD_ENOENT when it was never asked, HD_ESTATE when it has ended.
 */
HD_API int hd_study_tell(struct hd_study *study, size_t number, double value,
			 struct hd_error *err);

/* What was asked and told; borrowed. */
HD_API const struct hd_history *hd_study_history(const struct hd_study *study);
/* What the sampler decided by itself, a sentence; NULL for nothing to say. */
HD_API const char *hd_study_note(const struct hd_study *study);

HD_END_DECLS

#endif
