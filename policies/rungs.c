/*
 * Rungs: see rungs.h. Trials of an earlier sweep have no bracket: at a rung
 * they stand among the trials of every one.
 */
#include "rungs.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* Where a trial stands at a rung, and how many of COUNT go on. */
struct rungs_standing {
	size_t rung, bracket;
	size_t place, count, most;
	double best;
};

/* --- brackets -------------------------------------------------------------- */

/*
 * Bracket s begins at factor^s times the first rung, so it costs as much more
 * a trial. Hyperband (Li et al., JMLR 2018, algorithm 1) therefore gives the
 * one that has B - 1 - s brackets behind it factor^(B - 1 - s)/(B - s) trials.
 */
void hd_rungs_share(struct rungs *rungs)
{
	size_t count = rungs->brackets;
	double sum = 0;

	for (size_t s = 0; s < count; s++) {
		sum += pow((double)rungs->reduction_factor,
			   (double)(count - 1 - s)) /
		       (double)(count - s);
		rungs->edges[s] = sum;
	}
	for (size_t s = 0; s < count; s++)
		rungs->edges[s] /= sum;
	rungs->shared = true;
}

/*
 * Fibonacci hashing (Knuth, The Art of Computer Programming 3, 6.4): the
 * fraction of NUMBER times the golden ratio. Any few numbers in a row spread
 * evenly over 0..1, so even a small sweep has its shares, and a grid's strides
 * do not fall into one bracket.
 */
static double rungs_hash(size_t number)
{
	return (double)((uint64_t)number * UINT64_C(0x9e3779b97f4a7c15) >> 11) *
	       0x1p-53;
}

size_t hd_rungs_bracket(const struct rungs *rungs, size_t number)
{
	double hash;
	size_t s = 0;

	if (rungs->brackets == 1)
		return 0;
	if (!rungs->shared)
		return number % rungs->brackets;
	hash = rungs_hash(number);
	while (s + 1 < rungs->brackets && hash >= rungs->edges[s])
		s++;
	return s;
}

/* Where the bracket begins; SIZE_MAX, which nobody reaches, past all numbers. */
static size_t rungs_first(const struct rungs *rungs, size_t bracket)
{
	size_t rung = rungs->first_rung;

	for (size_t s = 0; s < bracket; s++) {
		if (rung > SIZE_MAX / rungs->reduction_factor)
			return SIZE_MAX;
		rung *= rungs->reduction_factor;
	}
	return rung;
}

static bool rungs_is_rung(const struct rungs *rungs, size_t bracket,
			  size_t interval)
{
	size_t rung = rungs_first(rungs, bracket);

	while (rung < interval && rung <= interval / rungs->reduction_factor)
		rung *= rungs->reduction_factor;
	return rung == interval;
}

/* --- judging --------------------------------------------------------------- */

/* The place of TRIAL at its interval among those of its bracket. */
static void rungs_stand(const struct rungs *rungs, const struct hd_trial *trial,
			const struct hd_history *history,
			struct rungs_standing *standing)
{
	const struct hd_standing *all;
	int64_t number = (int64_t)hd_trial_number(trial);
	size_t count;

	standing->place = standing->count = 0;
	if (rungs->brackets == 1) {
		standing->place = hd_history_place(history, trial,
						   standing->rung, false,
						   &standing->count);
		return;
	}
	all = hd_history_standings(history, standing->rung, &count);
	for (size_t i = 0; i < count; i++) {
		if (all[i].number >= 0 &&
		    hd_rungs_bracket(rungs, (size_t)all[i].number) != standing->bracket)
			continue;
		standing->count++;
		if (all[i].number == number)
			standing->place = standing->count;
	}
}

static void rungs_explain(const struct rungs *rungs,
			  const struct rungs_standing *standing,
			  struct hd_reason *why)
{
	char best[HD_REASON_NUMBER], bracket[48] = "";

	if (rungs->brackets > 1)
		snprintf(bracket, sizeof bracket, " of bracket %zu of %zu",
			 standing->bracket + 1, rungs->brackets);
	why->mine = (double)standing->place;
	why->limit = (double)standing->most;
	why->compared = standing->count;
	hd_reason_set(why,
		      "place %zu of %zu at rung %zu%s, best so far %s; the "
		      "best %zu (1/%zu) go%s on",
		      standing->place, standing->count, standing->rung, bracket,
		      hd_reason_number(standing->best, best), standing->most,
		      rungs->reduction_factor, standing->most == 1 ? "es" : "");
}

bool hd_rungs_should_stop(const void *vstate, const struct hd_trial *trial,
			  const struct hd_history *history, struct hd_reason *why)
{
	const struct rungs *rungs = vstate;
	const struct hd_trial *leader;
	struct rungs_standing standing = {
		.rung = hd_trial_interval(trial),
		.bracket = hd_rungs_bracket(rungs, hd_trial_number(trial)),
	};

	if (!rungs_is_rung(rungs, standing.bracket, standing.rung))
		return false;
	/* Where others completed it is about to: let it write what it found. */
	if (standing.rung == hd_history_horizon(history))
		return false;
	rungs_stand(rungs, trial, history, &standing);
	standing.most = standing.count / rungs->reduction_factor;
	if (standing.most == 0)
		standing.most = 1;
	if (standing.place <= standing.most)
		return false;
	hd_history_best(history, standing.rung, &leader);
	if (leader == trial)
		return false;
	standing.best = hd_trial_best(trial, standing.rung);
	rungs_explain(rungs, &standing, why);
	why->pauses = rungs->promote;
	return true;
}

/* --- promotion ------------------------------------------------------------- */

/*
 * It pauses, this rung is the highest it came to (it may have logged more than
 * it was asked for before it stopped), and it has a value to go by.
 */
static bool rungs_waits(const struct rungs *rungs, const struct hd_trial *trial,
			size_t rung)
{
	return hd_trial_state(trial) == HD_TRIAL_CANCELED &&
	       hd_trial_end(trial) == HD_END_PAUSED &&
	       hd_trial_intervals(trial) / rungs->reduction_factor < rung &&
	       !isnan(hd_trial_best(trial, rung));
}

/* How many of the COUNT trials of ALL are of each bracket. */
static void rungs_count(const struct rungs *rungs,
			const struct hd_standing *all, size_t count,
			size_t *counts)
{
	size_t inherited = 0;

	for (size_t s = 0; s < rungs->brackets; s++)
		counts[s] = 0;
	if (rungs->brackets == 1) {
		counts[0] = count;
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (all[i].number < 0)
			inherited++;
		else
			counts[hd_rungs_bracket(rungs, (size_t)all[i].number)]++;
	for (size_t s = 0; s < rungs->brackets; s++)
		counts[s] += inherited;
}

/* The best that waits at RUNG for its turn; NULL for none. */
static const struct hd_trial *rungs_next(const struct rungs *rungs,
					 const struct hd_history *history,
					 size_t rung,
					 struct rungs_standing *standing)
{
	size_t counts[RUNGS_BRACKETS_MOST], places[RUNGS_BRACKETS_MOST] = { 0 };
	size_t count, inherited = 0;
	const struct hd_standing *all = hd_history_standings(history, rung,
							     &count);

	rungs_count(rungs, all, count, counts);
	for (size_t i = 0; i < count; i++) {
		const struct hd_trial *trial;
		size_t s, place, most;

		if (all[i].number < 0) {
			inherited++;
			continue;
		}
		s = hd_rungs_bracket(rungs, (size_t)all[i].number);
		place = inherited + ++places[s];
		most = counts[s] / rungs->reduction_factor;
		/* With one bracket there is nobody behind this one either. */
		if (place > most && rungs->brackets == 1)
			return NULL;
		if (place > most || rung < rungs_first(rungs, s))
			continue;
		trial = hd_history_trial(history, (size_t)all[i].number);
		if (!rungs_waits(rungs, trial, rung))
			continue;
		*standing = (struct rungs_standing){
			.rung = rung,
			.bracket = s,
			.place = place,
			.count = counts[s],
			.most = most,
			.best = all[i].best,
		};
		return trial;
	}
	return NULL;
}

/* The highest rung that any trial came to; the first when there is none. */
static size_t rungs_highest(const struct rungs *rungs,
			    const struct hd_history *history)
{
	size_t rung = rungs->first_rung, count;

	while (rung <= SIZE_MAX / rungs->reduction_factor &&
	       hd_history_standings(history, rung * rungs->reduction_factor,
				    &count))
		rung *= rungs->reduction_factor;
	return rung;
}

const struct hd_trial *hd_rungs_promote(const void *vstate,
					const struct hd_history *history,
					struct hd_reason *why)
{
	const struct rungs *rungs = vstate;
	struct rungs_standing standing;

	if (!rungs->promote)
		return NULL;
	assert(rungs->brackets <= RUNGS_BRACKETS_MOST);
	for (size_t rung = rungs_highest(rungs, history);
	     rung >= rungs->first_rung; rung /= rungs->reduction_factor) {
		const struct hd_trial *trial = rungs_next(rungs, history, rung,
							  &standing);

		if (!trial)
			continue;
		rungs_explain(rungs, &standing, why);
		return trial;
	}
	return NULL;
}
