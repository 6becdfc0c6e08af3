/*
 * Suggestions of a sampler that learns: made by a worker on a copied history, one at
 * a time, and asked for ahead of the free slot (DESIGN 7).
 *
 * A suggestion knows the results there were when it was asked for; that number
 * is stored with its trial, so that it can be derived again. One that misses a
 * result is stale. A slot rather waits for a fresh one, as a fit is short
 * beside a training run; only when the wait would cost more than STALE_SHARE
 * of a trial, and other trials run meanwhile, the stale one is taken. With one
 * slot nothing is ever stale, and the same sweep twice is the same sweep.
 *
 * Invariant: while a worker has the job, only the job's own fields are touched
 * by it, and nobody else touches them.
 */
#include "sweep/core_private.h"

#include <hdrive/sampler.h>

#include "base/time.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STALE_SHARE 0.05

/* What proposal_take answers when the worker is not done. */
#define PROPOSAL_LATER 2

enum proposal_state {
	PROPOSAL_NONE,
	PROPOSAL_WORKING,
	PROPOSAL_READY,
};

struct hd_proposal {
	enum proposal_state state;
	size_t number; /* its index, for the random numbers */
	size_t trial;  /* the number that its trial would get */
	size_t known;  /* core->results when it was asked for */
	struct hd_history *history;
	struct hd_value *values;
	double bound;    /* to what is expected; 0 for none */
	double expected; /* what the best point would gain; NAN if nobody asks */
	int rc;
	struct hd_error err;
	double seconds; /* that the last one took */
};

int hd_proposal_new(struct hd_core *core, struct hd_error *err)
{
	size_t width = hd_space_count(core->setup.config->space);

	if (!core->setup.config->sampler->learns || !core->setup.work)
		return 0;
	core->proposal = calloc(1, sizeof *core->proposal);
	if (!core->proposal)
		return hd_error_nomem(err);
	core->proposal->values =
		calloc(width ? width : 1, sizeof *core->proposal->values);
	return core->proposal->values ? 0 : hd_error_nomem(err);
}

void hd_proposal_free(struct hd_core *core)
{
	if (!core->proposal)
		return;
	assert(core->proposal->state != PROPOSAL_WORKING);
	hd_history_free(core->proposal->history);
	free(core->proposal->values);
	free(core->proposal);
}

bool hd_proposal_is_working(const struct hd_core *core)
{
	return core->proposal && core->proposal->state == PROPOSAL_WORKING;
}

/* On the worker: the job's own fields, the sampler and the config alone. */
void hd_core_work(struct hd_core *core)
{
	struct hd_proposal *job = core->proposal;
	int64_t start = hd_time_steady();
	struct hd_rng rng;

	hd_rng_init(&rng, core->setup.seed, job->number);
	job->rc = core->setup.config->sampler->suggest(
		core->sampler, job->history, &rng, job->values, &job->err);
	job->expected = job->rc == 0 ? hd_core_expected(core, job->history, &rng,
							job->bound)
				     : NAN;
	job->seconds = (double)(hd_time_steady() - start) / 1e6;
}

void hd_core_on_work_done(struct hd_core *core)
{
	struct hd_proposal *job = core->proposal;

	hd_history_free(job->history);
	job->history = NULL;
	job->state = PROPOSAL_READY;
	core->wants_turn = true;
}

static int proposal_start(struct hd_core *core, struct hd_error *err)
{
	struct hd_proposal *job = core->proposal;

	job->history = hd_history_copy(core->history);
	if (!job->history)
		return hd_error_nomem(err);
	job->number = hd_history_next(core->history);
	job->trial = hd_history_count(core->history);
	job->known = core->results;
	job->bound = core->limits.end_when.improvement;
	job->state = PROPOSAL_WORKING;
	core->setup.work(core->setup.work_user);
	return 0;
}

/*
 * Whether a free slot waits for a fresh suggestion rather than take a stale
 * one: it costs less than STALE_SHARE of a trial, or nothing else runs.
 */
static bool proposal_waits(const struct hd_core *core)
{
	double mean = core->results ? core->spent / (double)core->results : INFINITY;

	return core->live_count == 0 || core->proposal->seconds <= STALE_SHARE * mean;
}

/*
 * The next trial's values into core->values, what they know into *KNOWN and
 * what is expected of them into *EXPECTED. Returns as suggest does, or
 * PROPOSAL_LATER: a turn comes when it is there.
 */
int hd_proposal_take(struct hd_core *core, size_t *known, double *expected,
		     struct hd_error *err)
{
	struct hd_proposal *job = core->proposal;
	size_t width = hd_space_count(core->setup.config->space);

	/* Somebody's own trial came between: this one would not know of it. */
	if (job->state == PROPOSAL_READY &&
	    (job->trial != hd_history_count(core->history) ||
	     (job->known != core->results && proposal_waits(core))))
		job->state = PROPOSAL_NONE;
	if (job->state == PROPOSAL_NONE) {
		int rc = proposal_start(core, err);

		return rc < 0 ? rc : PROPOSAL_LATER;
	}
	if (job->state == PROPOSAL_WORKING)
		return PROPOSAL_LATER;
	job->state = PROPOSAL_NONE;
	*known = job->known;
	*expected = job->expected;
	memcpy(core->values, job->values, width * sizeof *core->values);
	if (job->rc < 0 && err)
		*err = job->err;
	return job->rc;
}

/*
 * After the slots are filled: begin the one that the next free slot takes,
 * unless it would be thrown away as stale.
 */
int hd_proposal_ahead(struct hd_core *core, struct hd_error *err)
{
	if (!core->proposal || core->proposal->state != PROPOSAL_NONE ||
	    proposal_waits(core) || core->stopping || core->held ||
	    hd_core_draws_no_more(core) ||
	    hd_history_count(core->history) >= core->limits.max_total)
		return 0;
	return proposal_start(core, err);
}
