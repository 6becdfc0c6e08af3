/* What a study is made of, from its options or from a config. */
#include "study/private.h"

#include <stdlib.h>
#include <string.h>

#include "base/sized.h"

void hd_terms_of_config(struct terms *terms, const struct hd_config *config)
{
	*terms = (struct terms){
		.space = config->space,
		.sampler = config->sampler,
		.sampler_options = config->sampler_options,
		.policy = config->policy,
		.policy_options = config->policy_options,
		.evaluation_interval = config->evaluation_interval,
		.delay_evaluation = config->delay_evaluation,
		.goal = config->goal,
		.reduce = config->reduce,
		.reduce_count = config->reduce_count,
		.metric = config->metric,
		.limit = config->max_total,
		.max_failures = config->max_failures,
		.end_when = config->end_when,
		.plan_total = config->max_total,
		.plan_slots = config->max_concurrent,
		.seed = config->has_seed ? config->seed : 0,
	};
}

/* A copy of SIZE bytes into *OWN, or NULL where none are GIVEN. */
static int copy_options(void **own, const void *given, size_t size,
			struct hd_error *err)
{
	if (!given || !size)
		return 0;
	*own = malloc(size);
	if (!*own)
		return hd_error_nomem(err);
	memcpy(*own, given, size);
	return 0;
}

static int terms_of_options(struct hd_study *study,
			    const struct hd_study_options *options,
			    struct hd_error *err)
{
	int rc;

	if (!options->space || !options->sampler)
		return hd_error_set(err, HD_EINVAL,
				    "a study needs a space and a sampler, or a "
				    "config");
	rc = copy_options(&study->sampler_options, options->sampler_options,
			  options->sampler->state_size, err);
	if (options->policy && options->policy->has_rungs &&
	    options->evaluation_interval > 1)
		return hd_error_set(err, HD_EINVAL,
				    "'evaluation_interval' is not for %s, which "
				    "has rungs in place of it",
				    options->policy->name);
	if (rc == 0 && options->policy)
		rc = copy_options(&study->policy_options, options->policy_options,
				  options->policy->state_size, err);
	study->terms = (struct terms){
		.space = options->space,
		.sampler = options->sampler,
		.sampler_options = study->sampler_options,
		.policy = options->policy,
		.policy_options = study->policy_options,
		.evaluation_interval = options->evaluation_interval
					       ? options->evaluation_interval
					       : 1,
		.delay_evaluation = options->delay_evaluation,
		.goal = options->goal,
		.metric = "",
		.limit = SIZE_MAX,
		.max_failures = SIZE_MAX,
		.end_when = HD_END_WHEN_NEVER,
		.plan_total = options->max_total,
		.plan_slots = options->concurrency,
	};
	return rc;
}

int hd_study_alloc(struct hd_study **out,
		   const struct hd_study_options *given, struct hd_error *err)
{
	struct hd_study_options options;
	struct hd_study *study;
	int rc = 0;

	*out = NULL;
	if (!hd_sized_copy(&options, sizeof options, given,
			   offsetof(struct hd_study_options, config)))
		return hd_error_set(err, HD_EINVAL,
				    "a study needs options, with their size");
	study = calloc(1, sizeof *study);
	if (!study)
		return hd_error_nomem(err);
	if (options.config)
		hd_terms_of_config(&study->terms, options.config);
	else
		rc = terms_of_options(study, &options, err);
	if (options.seed)
		study->terms.seed = options.seed;
	study->terms.promotes = options.promotes != 0;
	if (options.config && options.endless) {
		study->terms.limit = SIZE_MAX;
		study->terms.plan_total = 0;
	}
	*out = study;
	if (rc < 0) {
		hd_study_free(study);
		*out = NULL;
	}
	return rc;
}
