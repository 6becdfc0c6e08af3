/* A history's copy, for a sampler that is asked on another thread. */
#include "sweep/history_private.h"

#include <stdlib.h>
#include <string.h>

static struct hd_trial *history_copy_trial(struct hd_history *copy,
					   const struct hd_trial *trial)
{
	struct hd_trial *twin = hd_history_trial_new(copy, trial->values);
	size_t bytes = trial->intervals * sizeof trial->curve[0];

	if (!twin)
		return NULL;
	twin->number = trial->number;
	twin->is_inherited = trial->is_inherited;
	twin->state = trial->state;
	twin->end = trial->end;
	twin->best_interval = trial->best_interval;
	if (trial->intervals == 0)
		return twin;
	twin->curve = malloc(bytes);
	if (!twin->curve) {
		free(twin);
		return NULL;
	}
	memcpy(twin->curve, trial->curve, bytes);
	twin->intervals = twin->room = trial->intervals;
	return twin;
}

/* COUNT trials into *OUT, counted in *COPIED as they come. */
static int history_copy_trials(struct hd_history *copy, struct hd_trial ***out,
			       size_t *copied, struct hd_trial *const *trials,
			       size_t count)
{
	*out = calloc(count + 1, sizeof **out);
	if (!*out)
		return HD_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		(*out)[i] = history_copy_trial(copy, trials[i]);
		if (!(*out)[i])
			return HD_ENOMEM;
		++*copied;
		if (trials[i]->state == HD_TRIAL_RUNNING)
			hd_history_run(copy, (*out)[i], true);
	}
	return 0;
}

static int history_copy_best(struct hd_history *copy,
			     const struct hd_history *history)
{
	copy->best = calloc(history->best_count + 1, sizeof *copy->best);
	if (!copy->best)
		return HD_ENOMEM;
	copy->best_count = copy->best_room = history->best_count;
	copy->longest = history->longest;
	for (size_t i = 0; i < history->best_count; i++) {
		const struct hd_trial *leader = history->best[i].leader;

		copy->best[i] = history->best[i];
		if (leader)
			copy->best[i].leader =
				leader->is_inherited ? copy->inherited[leader->number]
						     : copy->trials[leader->number];
	}
	return 0;
}

struct hd_history *hd_history_copy(const struct hd_history *history)
{
	struct hd_history *copy = hd_history_new(history->goal, history->width);

	if (!copy)
		return NULL;
	hd_history_plan(copy, history->total, history->slots);
	copy->measured = history->measured;
	copy->horizon = history->horizon;
	copy->foreign = history->foreign;
	if (history_copy_trials(copy, &copy->trials, &copy->count,
				history->trials, history->count) < 0 ||
	    history_copy_trials(copy, &copy->inherited, &copy->inherited_count,
				history->inherited,
				history->inherited_count) < 0 ||
	    history_copy_best(copy, history) < 0) {
		hd_history_free(copy);
		return NULL;
	}
	copy->room = copy->count;
	copy->inherited_room = copy->inherited_count;
	return copy;
}
