/*
 * Rungs: see rungs.h. Trials of an earlier sweep have no bracket: at a rung
 * they stand among the trials of every one.
 */
#include "rungs.h"

#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>

/* The last interval that can be a rung: rounding is exact below it. */
#define RUNGS_LAST (SIZE_MAX < UINT64_C(1) << 48 ? SIZE_MAX / 2 : (size_t)1 << 48)

/* The K-th rung, from 0 on, and the one behind it. */
struct rungs_rung {
	size_t k, interval, next;
};

/* Where a trial stands at a rung, and how many of COUNT go on. */
struct rungs_standing {
	size_t rung, bracket;
	size_t place, count, most;
	double best;
};

/* --- the sequence ---------------------------------------------------------- */

/*
 * A spacing of 1.7 is a little less in binary: five times that is to be 8.5 all
 * the same, and to round up. The next larger number rounds nothing else up, as a
 * rung is no more than RUNGS_LAST.
 */
int hd_rungs_init(void *vstate, struct hd_error *err)
{
	struct rungs *rungs = vstate;
	double spacing = rungs->spacing;
	char text[HD_REASON_NUMBER];

	if (isnan(spacing))
		spacing = (double)rungs->reduction_factor;
	if (!(spacing > 1))
		return hd_error_set(err, HD_EINVAL,
				    "'spacing' must be greater than 1, got %s",
				    hd_reason_number(spacing, text));
	rungs->gain = nextafter(spacing, INFINITY) - 1;
	return 0;
}

/* How far the next rung is: never less for a higher RUNG. */
static double rungs_step(const struct rungs *rungs, size_t rung)
{
	double step = floor((double)rung * rungs->gain + 0.5);

	return step < 1 ? 1 : step;
}

/* The rung behind RUNG; SIZE_MAX, which nobody reaches, past the last. */
static size_t rungs_after(const struct rungs *rungs, size_t rung)
{
	double step;

	if (rung >= RUNGS_LAST)
		return SIZE_MAX;
	step = rungs_step(rungs, rung);
	return step > (double)(RUNGS_LAST - rung) ? SIZE_MAX : rung + (size_t)step;
}

/* Where the bracket begins; SIZE_MAX past the last rung. */
static size_t rungs_first(const struct rungs *rungs, size_t bracket)
{
	size_t rung = rungs->first_rung;

	while (bracket--)
		rung = rungs_after(rungs, rung);
	return rung;
}

/*
 * How many rungs on from RUNG are as far apart as it and its NEXT, those and at
 * least one: up to (step + 1/2) / gain, less a little for rounding.
 */
static size_t rungs_alike(const struct rungs *rungs, size_t rung, size_t next)
{
	double step = (double)(next - rung);
	double last = (step + 0.5) / rungs->gain * (1 - 1e-9);

	if (last >= (double)RUNGS_LAST)
		last = (double)RUNGS_LAST;
	return last > (double)rung ? 1 + (size_t)((last - (double)rung) / step) : 1;
}

/*
 * The last rung up to INTERVAL; 0 before the first. Every value that is logged
 * asks this. Rungs equally far apart are passed in one leap, so that even where
 * each interval is one it takes but a few.
 */
static size_t rungs_last(const struct rungs *rungs, size_t bracket,
			 size_t interval)
{
	size_t rung = rungs_first(rungs, bracket);

	while (rung < interval) {
		size_t next = rungs_after(rungs, rung), leap, most;

		if (next > interval)
			return rung;
		leap = rungs_alike(rungs, rung, next);
		most = (interval - rung) / (next - rung);
		rung += (leap < most ? leap : most) * (next - rung);
	}
	return rung > interval ? 0 : rung;
}

/* --- brackets -------------------------------------------------------------- */

/*
 * A trial that begins at rung b costs r_b, one in FACTOR of them goes on to the
 * next, and so to the last bracket's first rung:
 *
 *	cost(b) = r_b + cost(b + 1) / factor.
 *
 * Hyperband (Li et al., JMLR 2018, algorithm 1) gives each bracket the same to
 * spend, so that its share of the trials is one over its cost. With a spacing of
 * FACTOR cost(b) is r_0 factor^b (brackets - b), and the shares are the paper's.
 */
void hd_rungs_share(struct rungs *rungs)
{
	double rung[RUNGS_BRACKETS_MOST], cost = 0, sum = 0;
	size_t at = rungs->first_rung;

	for (size_t s = 0; s < rungs->brackets; s++) {
		rung[s] = (double)at;
		at = rungs_after(rungs, at);
	}
	for (size_t s = rungs->brackets; s-- > 0;) {
		cost = rung[s] + cost / (double)rungs->reduction_factor;
		rungs->edges[s] = 1 / cost;
	}
	for (size_t s = 0; s < rungs->brackets; s++) {
		sum += rungs->edges[s];
		rungs->edges[s] = sum;
	}
	for (size_t s = 0; s < rungs->brackets; s++)
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

/* Whether TRIAL is not among those of the bracket who go on from the rung. */
static bool rungs_fails(const struct rungs *rungs, const struct hd_trial *trial,
			const struct hd_history *history,
			struct rungs_standing *standing)
{
	rungs_stand(rungs, trial, history, standing);
	standing->most = standing->count / rungs->reduction_factor;
	if (standing->most == 0)
		standing->most = 1;
	return standing->place > standing->most;
}

/* A repeats_rule's: brackets that begin later are the more patient. */
static bool rungs_tells(const void *vstate, const struct hd_trial *trial,
			const struct hd_trial *other,
			const struct hd_history *history)
{
	const struct rungs *rungs = vstate;
	size_t mine = hd_rungs_bracket(rungs, hd_trial_number(trial));
	size_t bracket = hd_rungs_bracket(rungs, hd_trial_number(other));
	struct rungs_standing standing = {
		.rung = rungs_last(rungs, mine, hd_trial_intervals(other)),
		.bracket = mine,
	};

	if (hd_trial_end(other) != HD_END_POLICY)
		return bracket >= mine;
	return bracket == mine && standing.rung &&
	       rungs_fails(rungs, other, history, &standing);
}

/* Rungs trust early values: half of the way is enough. */
static const struct repeats_rule rungs_repeats = { 0.5, rungs_tells };

bool hd_rungs_should_stop(const void *vstate, const struct hd_trial *trial,
			  const struct hd_history *history, struct hd_reason *why)
{
	const struct rungs *rungs = vstate;
	const struct hd_trial *leader;
	struct rungs_standing standing = {
		.rung = hd_trial_interval(trial),
		.bracket = hd_rungs_bracket(rungs, hd_trial_number(trial)),
	};

	if (rungs->repeats == REPEATS_STOP &&
	    hd_repeats_should_stop(&rungs_repeats, rungs, trial, history, why))
		return true;
	if (rungs_last(rungs, standing.bracket, standing.rung) != standing.rung)
		return false;
	/* Where others completed it is about to: let it write what it found. */
	if (standing.rung == hd_history_horizon(history))
		return false;
	if (!rungs_fails(rungs, trial, history, &standing))
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
static bool rungs_waits(const struct hd_trial *trial,
			const struct rungs_rung *rung)
{
	return hd_trial_state(trial) == HD_TRIAL_CANCELED &&
	       hd_trial_end(trial) == HD_END_PAUSED &&
	       hd_trial_intervals(trial) < rung->next &&
	       !isnan(hd_trial_best(trial, rung->interval));
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
					 const struct rungs_rung *rung,
					 struct rungs_standing *standing)
{
	size_t counts[RUNGS_BRACKETS_MOST], places[RUNGS_BRACKETS_MOST] = { 0 };
	size_t count, inherited = 0;
	const struct hd_standing *all =
		hd_history_standings(history, rung->interval, &count);

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
		if (place > most || rung->k < s)
			continue;
		trial = hd_history_trial(history, (size_t)all[i].number);
		if (!rungs_waits(trial, rung) ||
		    (rungs->repeats == REPEATS_STOP &&
		     hd_repeats_should_stay(&rungs_repeats, rungs, trial, history)))
			continue;
		*standing = (struct rungs_standing){
			.rung = rung->interval,
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

/*
 * The highest rung comes first. The sequence goes up alone and may be long, so
 * it is gone through once, and who was found last is taken.
 */
const struct hd_trial *hd_rungs_promote(const void *vstate,
					const struct hd_history *history,
					struct hd_reason *why)
{
	const struct rungs *rungs = vstate;
	const struct hd_trial *found = NULL;
	struct rungs_rung rung = { .interval = rungs->first_rung };
	struct rungs_standing standing;
	size_t count;

	if (!rungs->promote)
		return NULL;
	assert(rungs->brackets <= RUNGS_BRACKETS_MOST);
	for (; hd_history_standings(history, rung.interval, &count); rung.k++) {
		const struct hd_trial *trial;

		rung.next = rungs_after(rungs, rung.interval);
		trial = rungs_next(rungs, history, &rung, &standing);
		if (trial)
			found = trial;
		rung.interval = rung.next;
	}
	if (found)
		rungs_explain(rungs, &standing, why);
	return found;
}
