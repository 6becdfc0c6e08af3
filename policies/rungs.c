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
	double climbed; /* places since half of the rung; 0 when it does not count */
};

/* Who came to a rung, by value, and what each has climbed; NULL: not counted. */
struct rungs_order {
	const struct rungs *rungs;
	const struct hd_standing *all;
	const double *climbs;
	size_t count;
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

static size_t rungs_half(size_t rung)
{
	return rung - rung / 2;
}

/* False for nobody, and for no memory. */
static bool order_open(struct rungs_order *order, const struct rungs *rungs,
		       const struct hd_history *history, size_t rung)
{
	bool climbs = rungs->climb > 0 && rungs_half(rung) < rung;
	size_t count;

	order->rungs = rungs;
	order->climbs = climbs ? hd_history_climbs(history, rung,
						   rungs_half(rung), &count)
			       : NULL;
	if (climbs && !order->climbs)
		return false;
	order->all = hd_history_standings(history, rung, &order->count);
	return order->all;
}

/* Places less those climbed: the less the better. */
static double order_score(const struct rungs_order *order, size_t i)
{
	return (double)i - order->rungs->climb * order->climbs[i];
}

static bool order_before(const struct rungs_order *order, size_t i, size_t j)
{
	double a, b;

	if (!order->climbs)
		return i < j;
	a = order_score(order, i);
	b = order_score(order, j);
	return a < b || (a == b && i < j);
}

/* Inherited trials stand among those of every bracket. */
static bool order_is_of(const struct rungs_order *order, size_t i, size_t bracket)
{
	int64_t number = order->all[i].number;

	return number < 0 || order->rungs->brackets == 1 ||
	       hd_rungs_bracket(order->rungs, (size_t)number) == bracket;
}

/* Where the I-th stands among those of the bracket, into STANDING. */
static void order_stand(const struct rungs_order *order, size_t i,
			struct rungs_standing *standing)
{
	bool ordered = order->rungs->brackets == 1 && !order->climbs;

	standing->place = ordered ? i + 1 : 1;
	standing->count = ordered ? order->count : 0;
	for (size_t j = 0; j < order->count && !ordered; j++) {
		if (!order_is_of(order, j, standing->bracket))
			continue;
		standing->count++;
		standing->place += order_before(order, j, i);
	}
	standing->most = standing->count / order->rungs->reduction_factor;
	standing->best = order->all[i].best;
	standing->climbed = order->climbs ? order->climbs[i] : 0;
}

/* The place of TRIAL at the rung among those of its bracket; 0: no memory. */
static void rungs_stand(const struct rungs *rungs, const struct hd_trial *trial,
			const struct hd_history *history,
			struct rungs_standing *standing)
{
	struct rungs_order order;
	size_t count, place = hd_history_place(history, trial, standing->rung,
					       false, &count);

	standing->place = standing->count = standing->most = 0;
	if (place && order_open(&order, rungs, history, standing->rung))
		order_stand(&order, place - 1, standing);
}

static void rungs_explain(const struct rungs *rungs,
			  const struct rungs_standing *standing,
			  struct hd_reason *why)
{
	char best[HD_REASON_NUMBER], places[HD_REASON_NUMBER];
	char bracket[48] = "", climbed[96] = "";

	if (rungs->brackets > 1)
		snprintf(bracket, sizeof bracket, " of bracket %zu of %zu",
			 standing->bracket + 1, rungs->brackets);
	if (standing->climbed != 0)
		snprintf(climbed, sizeof climbed, ", %s place%s %s since %zu",
			 hd_reason_number(fabs(standing->climbed), places),
			 fabs(standing->climbed) == 1 ? "" : "s",
			 standing->climbed < 0 ? "lost" : "climbed",
			 rungs_half(standing->rung));
	why->mine = (double)standing->place;
	why->limit = (double)standing->most;
	why->compared = standing->count;
	hd_reason_set(why,
		      "place %zu of %zu at rung %zu%s, best so far %s%s; the "
		      "best %zu (1/%zu) go%s on",
		      standing->place, standing->count, standing->rung, bracket,
		      hd_reason_number(standing->best, best), climbed,
		      standing->most, rungs->reduction_factor,
		      standing->most == 1 ? "es" : "");
}

/* Whether TRIAL is not among those of the bracket who go on from the rung. */
static bool rungs_fails(const struct rungs *rungs, const struct hd_trial *trial,
			const struct hd_history *history,
			struct rungs_standing *standing)
{
	rungs_stand(rungs, trial, history, standing);
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

static size_t order_bracket(const struct rungs_order *order, size_t i)
{
	return hd_rungs_bracket(order->rungs, (size_t)order->all[i].number);
}

/*
 * The best that waits at RUNG for its turn, behind LAST (SIZE_MAX: of all), and
 * in a bracket that is not DONE; COUNT for none.
 */
static size_t order_next(const struct rungs_order *order,
			 const struct hd_history *history,
			 const struct rungs_rung *rung, const bool *done,
			 size_t last)
{
	size_t found = order->count, end = order->count;

	/* By value alone they stand in order, and of one bracket it is clear where
	 * those end that go on. */
	if (!order->climbs && order->rungs->brackets == 1)
		end = order->count / order->rungs->reduction_factor;
	for (size_t i = order->climbs ? 0 : last + 1; i < end; i++) {
		size_t bracket;

		if (order->all[i].number < 0 ||
		    (last != SIZE_MAX && !order_before(order, last, i)) ||
		    (found < order->count && !order_before(order, i, found)))
			continue;
		bracket = order_bracket(order, i);
		if (done[bracket] || rung->k < bracket ||
		    !rungs_waits(hd_history_trial(history,
						  (size_t)order->all[i].number),
				 rung))
			continue;
		found = i;
		if (!order->climbs)
			break;
	}
	return found;
}

/* Who is to be taken up at RUNG; NULL for none. */
static const struct hd_trial *rungs_next(const struct rungs *rungs,
					 const struct hd_history *history,
					 const struct rungs_rung *rung,
					 struct rungs_standing *standing)
{
	bool done[RUNGS_BRACKETS_MOST] = { false };
	struct rungs_order order;
	size_t i = SIZE_MAX;

	if (!order_open(&order, rungs, history, rung->interval))
		return NULL;
	standing->rung = rung->interval;
	while ((i = order_next(&order, history, rung, done, i)) < order.count) {
		const struct hd_trial *trial =
			hd_history_trial(history, (size_t)order.all[i].number);

		standing->bracket = order_bracket(&order, i);
		order_stand(&order, i, standing);
		if (standing->place > standing->most)
			done[standing->bracket] = true; /* nor who is behind it */
		else if (rungs->repeats != REPEATS_STOP ||
			 !hd_repeats_should_stay(&rungs_repeats, rungs, trial,
						 history))
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
	struct rungs_standing standing, at;
	size_t count;

	if (!rungs->promote)
		return NULL;
	assert(rungs->brackets <= RUNGS_BRACKETS_MOST);
	for (; hd_history_standings(history, rung.interval, &count); rung.k++) {
		const struct hd_trial *trial;

		rung.next = rungs_after(rungs, rung.interval);
		trial = rungs_next(rungs, history, &rung, &at);
		if (trial) {
			found = trial;
			standing = at;
		}
		rung.interval = rung.next;
	}
	if (found)
		rungs_explain(rungs, &standing, why);
	return found;
}
