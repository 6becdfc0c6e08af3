/*
 * When a sweep has found enough (end_when): where what ends.c decides meets
 * the engine.
 *
 * A target that was reached stops what runs. Without patience, or while too
 * little is expected, nothing more is drawn from the sampler, and what runs
 * goes to its end: it has been paid for. Should it bring a better best, or
 * teach the sampler to expect more, the sweep goes on.
 *
 * Nothing of it is stored but the end: an engine that goes on derives the
 * counts from the trials' rows and asks the sampler again, so that it does what
 * the one before it would have done.
 */
#include "sweep/core_private.h"

#include <hdrive/sampler.h>

#include "store/resume.h"

#include <math.h>
#include <stdio.h>

#define MICRO 1e6

bool hd_core_draws_no_more(const struct hd_core *core)
{
	return core->exhausted || core->goal.end != HD_END_NONE;
}

/* --- results -------------------------------------------------------------- */

int hd_core_goal_ended(struct hd_core *core, const struct run *run,
		       enum hd_end end, struct hd_error *err)
{
	const struct hd_config *config = core->setup.config;
	bool has = hd_trial_intervals(run->trial) > 0;
	struct hd_ended ended = {
		.number = run->number,
		.value = has ? hd_trial_rank(run->trial, config->reduce,
					     config->reduce_count)
			     : NAN,
		.time = config->reduce == HD_REDUCE_BEST ? run->best_time
							 : core->wall,
		.counts = hd_ends_counts(end),
	};

	/* What is known now may make another trial worth while. */
	if (core->goal.end == HD_END_CONVERGED)
		core->goal.end = HD_END_NONE;
	return hd_ends_add(&core->goal.ends, &ended) < 0 ? hd_error_nomem(err) : 0;
}

static int restore_result(void *user, const struct hd_resume_result *row)
{
	struct hd_core *core = user;
	bool best = core->setup.config->reduce == HD_REDUCE_BEST;

	return hd_ends_add(&core->goal.ends,
			   &(struct hd_ended){
				   .number = row->number,
				   .value = row->value,
				   .time = best ? row->best_time : row->closed,
				   .counts = hd_ends_counts(row->end) });
}

static int restore_begun(void *user, const struct hd_sweep_row *row)
{
	struct hd_core *core = user;

	core->goal.begun = row->started ? row->started : row->created;
	return 0;
}

int hd_core_restore_goal(struct hd_core *core, struct hd_error *err)
{
	struct hd_store *store = core->setup.store;
	int rc = hd_store_sweep(store, core->setup.sweep, restore_begun, core, err);

	if (rc == 0)
		rc = hd_store_resume_results(store, core->setup.sweep,
					     restore_result, core, err);
	/* Of one that runs. */
	if (rc == 0 && core->has_best)
		hd_ends_value(&core->goal.ends, core->best_trial, core->best);
	return rc == HD_ENOMEM ? hd_error_nomem(err) : rc;
}

int hd_core_renew_goal(struct hd_core *core, struct hd_error *err)
{
	hd_ends_clear(&core->goal.ends);
	core->goal.end = core->goal.told = HD_END_NONE;
	return hd_core_restore_goal(core, err);
}

/* --- the end -------------------------------------------------------------- */

/* Of the best trial, when it has not ended. */
static struct hd_leading core_leading(const struct hd_core *core)
{
	const struct run *run = NULL;

	if (!core->has_best)
		return (struct hd_leading){ 0 };
	for (size_t i = 0; i < core->live_room && !run; i++)
		if (core->live[i] && core->live[i]->number == core->best_trial)
			run = core->live[i];
	return (struct hd_leading){ .exists = run != NULL,
				    .value = core->best,
				    .time = run ? run->best_time : 0 };
}

/*
 * Seconds since TIME in which engines ran. Of those before this one only the
 * sum is known: what they ran before TIME is at most all that passed until
 * then, so that a sweep that stood still earlier has more patience, never less.
 */
static double core_quiet(const struct hd_core *core, int64_t time)
{
	double before;

	if (time >= core->since)
		return (double)(core->wall - time) / MICRO;
	before = core->ran - (double)(time - core->goal.begun) / MICRO;
	return fmax(before, 0) + (double)(core->wall - core->since) / MICRO;
}

/* Draw no more for now; told once, until it goes on. */
static void core_close(struct hd_core *core, enum hd_end end)
{
	core->wants_turn |= core->goal.end != end;
	core->goal.end = end;
	if (core->goal.told == end)
		return;
	core->goal.told = end;
	hd_core_queue(core, &(struct hd_event){ .kind = HD_EVENT_SWEEP_STOPPING,
						.end = end,
						.text = core->goal.text });
}

/* A trial that ran on brought a better best. */
static void core_reopen(struct hd_core *core)
{
	core->goal.end = HD_END_NONE;
	core->goal.told = HD_END_NONE;
	hd_core_queue(core, &(struct hd_event){
				    .kind = HD_EVENT_NOTE,
				    .trial = core->best_trial,
				    .text = "there is a better best: the sweep goes on" });
}

void hd_core_check_goal(struct hd_core *core)
{
	struct hd_leading leading = core_leading(core);
	int64_t time = hd_ends_best_time(&core->goal.ends, &leading);
	char text[HD_ENDS_TEXT];
	enum hd_end end;

	if (core->stopping || core->only_cancels)
		return;
	end = hd_ends_check(&core->goal.ends, &leading,
			    time ? core_quiet(core, time) : 0, text);
	if (end == HD_END_TARGET) {
		snprintf(core->end_text, sizeof core->end_text, "%s", text);
		hd_core_stop(core, end, false);
	} else if (end == HD_END_PATIENCE) {
		snprintf(core->goal.text, sizeof core->goal.text, "%s", text);
		core_close(core, end);
	} else if (core->goal.end == HD_END_PATIENCE) {
		core_reopen(core);
	}
}

/* --- what is expected ------------------------------------------------------ */

double hd_core_expected(const struct hd_core *core,
			const struct hd_history *history,
			const struct hd_rng *rng, double bound)
{
	const struct hd_sampler_type *type = core->setup.config->sampler;

	return bound > 0 ? type->expected_improvement(core->sampler, history,
						      rng, bound)
			 : NAN;
}

bool hd_core_has_converged(struct hd_core *core, double expected)
{
	if (!(expected < core->limits.end_when.improvement)) {
		core->goal.told = HD_END_NONE;
		return false;
	}
	hd_ends_converged(&core->goal.ends, expected, core->goal.text);
	core_close(core, HD_END_CONVERGED);
	return true;
}
