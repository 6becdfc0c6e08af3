/*
 * Paused trials that go on. A policy sets a trial aside by should_stop and
 * takes it up again by promote, which is asked whenever a slot is free and
 * nobody waits for it.
 *
 * A paused trial is an ended one in every respect: its slot is free, its result
 * counts, and at the sweep's end it stays as it is. To go on, its end is taken
 * back as a retry does, in the transaction of the turn in which it starts.
 */
#include "sweep/core_private.h"

#include "sweep/retry.h"

#include <hdrive/policy.h>

#include <math.h>

static void tell_promoted(struct hd_core *core, const struct hd_resume_trial *row,
			  const struct hd_reason *why)
{
	hd_core_queue(core, &(struct hd_event){
				    .kind = HD_EVENT_TRIAL_PROMOTED,
				    .trial = row->number,
				    .state = HD_TRIAL_QUEUED,
				    .text = why->text,
				    .interval = row->intervals,
				    .attempt = row->attempt + 1 });
}

/* Why, that it is Queued, and the trial among those that wait. */
static int promote(struct hd_core *core, size_t number,
		   const struct hd_reason *why, struct hd_error *err)
{
	const struct hd_core_setup *setup = &core->setup;
	struct hd_again_record again = {
		.due = core->wall,
		.queued = core->wall,
		.reopened = core->results,
		.detail = "",
	};
	struct hd_resume_trial row;
	int rc = hd_core_begin(core, err);

	if (rc == 0)
		rc = hd_store_resume_trial(setup->store, setup->sweep, number,
					   &row, err);
	if (rc == 0)
		rc = hd_store_decision_insert(setup->store, row.key, row.intervals,
					      setup->config->policy->name, why,
					      HD_DECISION_PROMOTE, core->wall,
					      err);
	if (rc == 0)
		rc = hd_retry_requeue(&row, setup->store, setup->folder, &again,
				      err);
	if (rc == 0)
		rc = hd_core_revive(core, &row, err);
	if (rc < 0)
		return rc;
	core->results = again.reopened;
	tell_promoted(core, &row, why);
	return 0;
}

int hd_core_promote(struct hd_core *core, struct hd_error *err)
{
	const struct hd_policy_type *policy = core->setup.config->policy;
	struct hd_reason why = { .mine = NAN, .limit = NAN };
	const struct hd_trial *trial;
	int rc;

	if (!policy->promote)
		return 1;
	trial = policy->promote(core->policy, core->history, &why);
	if (!trial)
		return 1;
	rc = hd_trial_check_promoted(trial, policy->name, err);
	return rc < 0 ? rc : promote(core, hd_trial_number(trial), &why, err);
}
