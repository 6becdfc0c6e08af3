/*
 * What ends a study before its trials are used up: end_when of its config. Time
 * is its callers' to keep, so patience counts trials alone.
 */
#include "study/private.h"

#include <math.h>
#include <string.h>

int hd_study_count(struct hd_study *study, const struct hd_trial *trial,
		   struct hd_error *err)
{
	size_t number = hd_trial_number(trial);
	const struct hd_ended ended = {
		.number = number,
		.value = hd_study_value(study, number),
		.counts = hd_ends_counts(hd_trial_end(trial)),
	};

	if (hd_ends_add(&study->ends, &ended) < 0)
		return hd_error_nomem(err);
	/* What is known now may make another trial worth while. */
	if (study->enough == HD_END_CONVERGED)
		study->enough = HD_END_NONE;
	hd_study_check(study);
	return 0;
}

/* Of the best trial, when it is open. */
static struct hd_leading study_leading(const struct hd_study *study)
{
	const struct hd_trial *trial =
		study->has_best
			? hd_history_trial(study->history, study->best_trial)
			: NULL;

	return (struct hd_leading){
		.exists = trial && !hd_trial_state_is_terminal(hd_trial_state(trial)),
		.value = study->best,
	};
}

void hd_study_check(struct hd_study *study)
{
	struct hd_leading leading = study_leading(study);
	char text[HD_ENDS_TEXT] = "";
	enum hd_end end = hd_ends_check(&study->ends, &leading, 0, text);

	if (end == HD_END_NONE && study->enough == HD_END_CONVERGED)
		return;
	study->enough = end;
	strcpy(study->why_enough, text);
}

bool hd_study_has_converged(struct hd_study *study, const struct hd_rng *rng)
{
	const struct terms *terms = &study->terms;
	double expected;

	if (!(terms->end_when.improvement > 0))
		return false;
	expected = terms->sampler->expected_improvement(
		study->sampler, study->history, rng, terms->end_when.improvement);
	if (!(expected < terms->end_when.improvement))
		return false;
	study->enough = HD_END_CONVERGED;
	hd_ends_converged(&study->ends, expected, study->why_enough);
	return true;
}
