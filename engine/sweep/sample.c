/*
 * What a sweep would draw: the sampler asked for one trial after another over
 * a history of trials that wait and have logged nothing.
 */
#include <hdrive/config.h>

#include <stdlib.h>
#include <string.h>

#include "sweep/history.h"

struct sample {
	const struct hd_sampler_type *type;
	const struct hd_space *space;
	struct hd_history *history;
	struct hd_value *values;
	void *state;
	bool started; /* init came back well, so release is due */
};

static int sample_init(struct sample *sample, const struct hd_config *config,
		       struct hd_error *err)
{
	size_t size = config->sampler->state_size;
	size_t width = hd_space_count(config->space);
	int rc = 0;

	sample->type = config->sampler;
	sample->space = config->space;
	sample->history = hd_history_new(config->goal, width);
	/* One more than needed: calloc(0) may give NULL. */
	sample->values = calloc(width + 1, sizeof *sample->values);
	sample->state = calloc(1, size + 1);
	if (!sample->history || !sample->values || !sample->state)
		return hd_error_nomem(err);
	hd_history_plan(sample->history, config->max_total,
			config->max_concurrent);
	if (size && config->sampler_options)
		memcpy(sample->state, config->sampler_options, size);
	if (sample->type->init)
		rc = sample->type->init(sample->state, sample->space, err);
	sample->started = rc == 0;
	return rc;
}

static void sample_release(struct sample *sample)
{
	if (sample->started && sample->type->release)
		sample->type->release(sample->state);
	free(sample->state);
	free(sample->values);
	hd_history_free(sample->history);
}

static int sample_one(struct sample *sample, uint64_t seed, size_t number,
		      struct hd_error *err)
{
	struct hd_rng rng;
	int rc;

	hd_rng_init(&rng, seed, number);
	rc = sample->type->suggest(sample->state, sample->history, &rng,
				   sample->values, err);
	if (rc == 0 && !hd_history_add(sample->history, sample->values))
		rc = hd_error_nomem(err);
	return rc;
}

int hd_config_sample(const struct hd_config *config, uint64_t seed,
		     size_t count, hd_sample_fn fn, void *user,
		     struct hd_error *err)
{
	struct sample sample = { 0 };
	int rc = sample_init(&sample, config, err);

	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = sample_one(&sample, seed, i, err);
		if (rc == HD_EXHAUSTED) {
			rc = 0;
			break;
		}
		if (rc == 0)
			rc = fn(user, i, sample.values);
	}
	sample_release(&sample);
	return rc;
}
