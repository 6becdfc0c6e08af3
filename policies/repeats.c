/* Repeats: see repeats.h. */
#include "repeats.h"

#include <math.h>

/* Places that are looked at, from the best on, for pairs that agree. */
#define REPEATS_LOOKED 256
/* Equals on either side of a trial among whom another of its kind is sought. */
#define REPEATS_NEAR 64
/* The least of values that are compared. */
#define REPEATS_LEAST 2
/* The chance to part under which a pair is one, and the weight of a guess that
 * half of them do. */
#define REPEATS_CHANCE 0.1
#define REPEATS_GUESS 0.5

const char *const hd_repeats_words[3] = { "stop", "keep", NULL };

struct repeats {
	const struct repeats_rule *rule;
	const void *policy;
	const struct hd_trial *trial;
	const struct hd_history *history;
	size_t depth;                  /* values compared: all that TRIAL has */
	const struct hd_standing *all; /* who came as far, the best first */
	size_t count;
};

/* Who agrees with a trial so far. */
struct twins {
	const struct hd_trial *longest; /* NULL: nobody does */
	const struct hd_trial *telling; /* the longest of those that count */
	bool parted;                    /* from one another, later */
};

/* Pairs that agreed as far as DEPTH, and what came of them. */
struct pairs {
	size_t alike, parted;
};

/* --- curves ------------------------------------------------------------------ */

/* A few of the intervals: 2, 3, 4, 6, 9 and so on, each half as far again. */
static bool is_depth(size_t interval)
{
	size_t depth = REPEATS_LEAST;

	while (depth < interval && depth < SIZE_MAX / 2)
		depth += depth / 2;
	return depth == interval;
}

/* Those that diverge alike are alike: their means are NaN from there on. */
static bool same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

/* As far as sums can tell, the first COUNT values of both are the same. */
static bool seem_alike(const struct hd_trial *a, const struct hd_trial *b,
		       size_t count)
{
	return same(hd_trial_mean(a, count), hd_trial_mean(b, count)) &&
	       same(hd_trial_best(a, count), hd_trial_best(b, count)) &&
	       same(hd_trial_value(a, count), hd_trial_value(b, count)) &&
	       same(hd_trial_value(a, 1), hd_trial_value(b, 1));
}

static bool are_alike(const struct hd_trial *a, const struct hd_trial *b,
		      size_t count)
{
	if (!seem_alike(a, b, count))
		return false;
	for (size_t i = 2; i < count; i++)
		if (hd_trial_value(a, i) != hd_trial_value(b, i))
			return false;
	return true;
}

/* Finite, and not all the same: a mean of what never moved is that value. */
static bool says_something(const struct hd_trial *trial, size_t count)
{
	double first = hd_trial_value(trial, 1);

	return isfinite(hd_trial_mean(trial, count)) &&
	       (hd_trial_mean(trial, count) != first ||
		hd_trial_best(trial, count) != first ||
		hd_trial_value(trial, count) != first);
}

static size_t common(const struct hd_trial *a, const struct hd_trial *b)
{
	size_t count = hd_trial_intervals(a), other = hd_trial_intervals(b);

	return other < count ? other : count;
}

/* --- who agrees ---------------------------------------------------------------- */

static const struct hd_trial *standing_trial(const struct repeats *repeats,
					     size_t place)
{
	int64_t number = repeats->all[place].number;

	/* Of an earlier sweep there are no curves to be had here. */
	return number < 0 ? NULL
			  : hd_history_trial(repeats->history, (size_t)number);
}

/* Whether OTHER knows, or will know, what becomes of the trial. */
static bool is_telling(const struct repeats *repeats, const struct hd_trial *other)
{
	bool ends = false;

	switch (hd_trial_state(other)) {
	case HD_TRIAL_COMPLETED:
		return true;
	case HD_TRIAL_FAILED:
		return false;
	case HD_TRIAL_QUEUED:
	case HD_TRIAL_STARTING:
	case HD_TRIAL_RUNNING:
		break;
	case HD_TRIAL_STOPPING:
	case HD_TRIAL_CANCELED:
		ends = true;
		break;
	}
	if (ends && hd_trial_end(other) != HD_END_POLICY &&
	    hd_trial_end(other) != HD_END_PAUSED)
		return false;
	/* Of those that pause alike the first goes on. */
	if (ends && hd_trial_end(repeats->trial) == HD_END_PAUSED &&
	    hd_trial_intervals(other) == repeats->depth &&
	    hd_trial_number(other) > hd_trial_number(repeats->trial))
		return false;
	return repeats->rule->tells(repeats->policy, repeats->trial, other,
				    repeats->history);
}

static void twins_add(struct twins *twins, const struct repeats *repeats,
		      const struct hd_trial *other)
{
	if (twins->longest) {
		size_t both = common(twins->longest, other);

		if (!seem_alike(twins->longest, other, both))
			twins->parted = true;
	}
	if (!twins->longest ||
	    hd_trial_intervals(other) > hd_trial_intervals(twins->longest))
		twins->longest = other;
	if ((!twins->telling ||
	     hd_trial_intervals(other) > hd_trial_intervals(twins->telling)) &&
	    is_telling(repeats, other))
		twins->telling = other;
}

/* The first place of those whose best is no better than the trial's. */
static size_t repeats_place(const struct repeats *repeats, double best)
{
	enum hd_goal goal = hd_history_goal(repeats->history);
	size_t low = 0, high = repeats->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hd_goal_better(goal, repeats->all[middle].best, best))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/*
 * The equals that logged the same, the first REPEATS_NEAR of them: those who
 * came first are the longest. False when most of all are equals.
 */
static bool twins_find(struct twins *twins, const struct repeats *repeats)
{
	double best = hd_trial_best(repeats->trial, repeats->depth);
	size_t first = repeats_place(repeats, best), place = first, last;

	/* Half of all behind it there is another, unless most are equals. */
	last = first + repeats->count / 2;
	if (last < repeats->count && repeats->all[last].best == best &&
	    repeats->count > 2)
		return false;
	for (; place < repeats->count && repeats->all[place].best == best &&
	       place < first + REPEATS_NEAR;
	     place++) {
		const struct hd_trial *other = standing_trial(repeats, place);

		if (other && other != repeats->trial &&
		    are_alike(repeats->trial, other, repeats->depth))
			twins_add(twins, repeats, other);
	}
	return twins->telling && !twins->parted;
}

/* --- what came of such ----------------------------------------------------------- */

/*
 * Ties stand together: each against the longest before it in its row of them.
 * FAR: values that both must have.
 */
static struct pairs pairs_count(const struct repeats *repeats, size_t far)
{
	struct pairs pairs = { 0, 0 };
	const struct hd_trial *longest = NULL;
	size_t most = repeats->count < REPEATS_LOOKED ? repeats->count
						      : REPEATS_LOOKED;

	for (size_t i = 0; i < most; i++) {
		bool ties = (i > 0 && repeats->all[i].best == repeats->all[i - 1].best) ||
			    (i + 1 < most &&
			     repeats->all[i].best == repeats->all[i + 1].best);
		const struct hd_trial *trial = ties ? standing_trial(repeats, i) : NULL;
		size_t both;

		if (!trial || !longest ||
		    !seem_alike(longest, trial, repeats->depth)) {
			longest = trial && says_something(trial, repeats->depth)
					  ? trial
					  : NULL;
			continue;
		}
		both = common(longest, trial);
		if (!seem_alike(longest, trial, both))
			pairs.parted++;
		else if (both >= far)
			pairs.alike++;
		if (hd_trial_intervals(trial) > both)
			longest = trial;
	}
	return pairs;
}

static double pairs_chance(const struct pairs *pairs)
{
	return ((double)pairs->parted + REPEATS_GUESS / 2) /
	       ((double)(pairs->alike + pairs->parted) + REPEATS_GUESS);
}

/* Whether the trial is one, and then of whom; WHY may be NULL. */
static bool repeats_is(struct repeats *repeats, struct hd_reason *why)
{
	struct twins twins = { NULL, NULL, false };
	struct pairs pairs;
	size_t far = 2 * repeats->depth, other;

	if (!says_something(repeats->trial, repeats->depth))
		return false;
	repeats->all = hd_history_standings(repeats->history, repeats->depth,
					    &repeats->count);
	if (!repeats->all || !twins_find(&twins, repeats))
		return false;
	other = (size_t)ceil(repeats->rule->share *
			     (double)hd_trial_intervals(twins.telling));
	if (far < other)
		far = other;
	pairs = pairs_count(repeats, far);
	if (!(pairs_chance(&pairs) <= REPEATS_CHANCE))
		return false;
	if (!why)
		return true;
	why->mine = pairs_chance(&pairs);
	why->limit = REPEATS_CHANCE;
	why->compared = pairs.alike + pairs.parted;
	hd_reason_set(why,
		      "the first %zu values are those of trial %zu; of %zu "
		      "pairs that agreed so far %zu went on alike",
		      repeats->depth, hd_trial_number(twins.telling),
		      why->compared, pairs.alike);
	return true;
}

bool hd_repeats_should_stop(const struct repeats_rule *rule, const void *policy,
			    const struct hd_trial *trial,
			    const struct hd_history *history,
			    struct hd_reason *why)
{
	struct repeats repeats = { .rule = rule,
				   .policy = policy,
				   .trial = trial,
				   .history = history,
				   .depth = hd_trial_interval(trial) };
	const struct hd_trial *leader;

	if (!is_depth(repeats.depth) ||
	    repeats.depth == hd_history_horizon(history))
		return false;
	hd_history_best(history, repeats.depth, &leader);
	return leader != trial && repeats_is(&repeats, why);
}

bool hd_repeats_should_stay(const struct repeats_rule *rule, const void *policy,
			    const struct hd_trial *trial,
			    const struct hd_history *history)
{
	struct repeats repeats = { .rule = rule,
				   .policy = policy,
				   .trial = trial,
				   .history = history,
				   .depth = hd_trial_intervals(trial) };

	return repeats.depth >= REPEATS_LEAST && repeats_is(&repeats, NULL);
}
