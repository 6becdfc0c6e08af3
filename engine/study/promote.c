/*
 * Trials that were paused and go on. Which, and when, is the policy's word; a
 * study only does so where who asks can go on with a trial ("promotes").
 *
 * A paused trial is an ended one in every respect. That its end is taken back
 * counts as one more result, as what a suggestion knew is so no more.
 */
#include "study/private.h"

#include <math.h>

enum hd_end hd_study_stop_end(const struct hd_study *study,
			      const struct hd_reason *why)
{
	const struct terms *terms = &study->terms;

	return why->pauses && terms->promotes && terms->policy->promote
		       ? HD_END_PAUSED
		       : HD_END_POLICY;
}

int hd_study_find_promoted(const struct hd_study *study,
			   const struct hd_trial **out, struct hd_reason *why,
			   struct hd_error *err)
{
	const struct hd_policy_type *policy = study->terms.policy;

	*out = NULL;
	if (!study->terms.promotes || !policy || !policy->promote)
		return 0;
	*why = (struct hd_reason){ .mine = NAN, .limit = NAN };
	*out = policy->promote(study->policy, study->history, why);
	return *out ? hd_trial_check_promoted(*out, policy->name, err) : 0;
}

static int promote(struct hd_study *study, size_t number, const char *client,
		   const struct hd_reason *why, struct hd_trial **out,
		   struct hd_error *err)
{
	struct hd_trial *trial = hd_history_trial_mutable(study->history, number);
	int rc = client ? hd_study_claim(study, number, client, err) : 0;

	if (rc < 0) {
		hd_study_unclaim(study, number);
		return rc;
	}
	hd_trial_move(trial, HD_TRIAL_EVENT_AGAIN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	study->open++;
	study->results++;
	hd_ends_drop(&study->ends, number);
	hd_study_check(study);
	*out = trial;
	return hd_keep_promoted(study, trial, why, client, err);
}

int hd_study_promote(struct hd_study *study, const char *client,
		     struct hd_trial **out, struct hd_error *err)
{
	const struct hd_trial *chosen;
	struct hd_reason why;
	int rc = hd_study_find_promoted(study, &chosen, &why, err);

	if (rc < 0 || !chosen)
		return rc < 0 ? rc : 1;
	return promote(study, hd_trial_number(chosen), client, &why, out, err);
}

size_t hd_study_intervals(const struct hd_study *study, size_t number)
{
	return study && number < hd_history_count(study->history)
		       ? hd_trial_intervals(hd_history_trial(study->history, number))
		       : 0;
}
