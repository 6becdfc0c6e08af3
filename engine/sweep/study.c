/* A study: a history and a sampler's state, without a store or a process. */
#include <hdrive/study.h>

#include <stdlib.h>
#include <string.h>

#include "sweep/history.h"
#include "sweep/trial.h"

struct hd_study {
	const struct hd_sampler_type *type;
	struct hd_history *history;
	void *state;
	bool started; /* init came back well, so release is due */
	uint64_t seed;
	struct hd_value *values; /* scratch: one per parameter */
};

static int study_init(struct hd_study *study,
		      const struct hd_study_options *options,
		      struct hd_error *err)
{
	size_t size = options->sampler->state_size;
	size_t width = hd_space_count(options->space);
	int rc = 0;

	study->type = options->sampler;
	study->seed = options->seed;
	study->history = hd_history_new(options->goal, width);
	/* One more than needed: calloc(0) may give NULL. */
	study->values = calloc(width + 1, sizeof *study->values);
	study->state = calloc(1, size + 1);
	if (!study->history || !study->values || !study->state)
		return hd_error_nomem(err);
	hd_history_plan(study->history, options->max_total,
			options->concurrency);
	if (size && options->sampler_options)
		memcpy(study->state, options->sampler_options, size);
	else
		hd_option_defaults(study->type->options, study->state);
	if (study->type->init)
		rc = study->type->init(study->state, options->space, err);
	study->started = rc == 0;
	return rc;
}

int hd_study_new(struct hd_study **out, const struct hd_study_options *options,
		 struct hd_error *err)
{
	struct hd_study *study = calloc(1, sizeof *study);
	int rc;

	*out = NULL;
	if (!study)
		return hd_error_nomem(err);
	rc = study_init(study, options, err);
	if (rc < 0)
		goto out;
	*out = study;
	study = NULL; /* the caller's now */
out:
	hd_study_free(study);
	return rc;
}

void hd_study_free(struct hd_study *study)
{
	if (!study)
		return;
	if (study->started && study->type->release)
		study->type->release(study->state);
	free(study->state);
	free(study->values);
	hd_history_free(study->history);
	free(study);
}

int hd_study_ask(struct hd_study *study, size_t *number,
		 const struct hd_value **values, struct hd_error *err)
{
	size_t next = hd_history_next(study->history);
	struct hd_trial *trial;
	struct hd_rng rng;
	int rc;

	hd_rng_init(&rng, study->seed, next);
	rc = study->type->suggest(study->state, study->history, &rng,
				  study->values, err);
	if (rc != 0)
		return rc;
	trial = hd_history_add(study->history, study->values);
	if (!trial)
		return hd_error_nomem(err);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	*number = next;
	*values = hd_trial_values(trial);
	return 0;
}

int hd_study_tell(struct hd_study *study, size_t number, double value,
		  struct hd_error *err)
{
	struct hd_trial *trial;

	if (number >= hd_history_count(study->history))
		return hd_error_set(err, HD_ENOENT,
				    "there is no trial %zu, %zu were asked for",
				    number, hd_history_count(study->history));
	trial = hd_history_trial_mutable(study->history, number);
	if (hd_trial_state_is_terminal(hd_trial_state(trial)))
		return hd_error_set(err, HD_ESTATE,
				    "trial %zu has been told already", number);
	if (value == value && hd_trial_log(trial, value) < 0)
		return hd_error_nomem(err);
	hd_trial_move(trial, value == value ? HD_TRIAL_EVENT_DONE
					    : HD_TRIAL_EVENT_FAIL);
	return 0;
}

const struct hd_history *hd_study_history(const struct hd_study *study)
{
	return study->history;
}

const char *hd_study_note(const struct hd_study *study)
{
	return study->type->note ? study->type->note(study->state) : NULL;
}
