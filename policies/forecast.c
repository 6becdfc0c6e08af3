/*
 * forecast - stop a trial whose chance to end as the best is under a share of
 * a new trial's.
 *
 * The model is one of places, not of values: curves of any scale, with
 * plateaus, jumps and infinities, are ranked alike. A trial at place p of n
 * has the normal score z = Q^-1((p - 1/2) / n), Q the upper tail. From one rung
 * to the next (intervals 1, 2, 3, 4, 6, 9, ...: each half as far again) scores
 * move as a stationary normal process does,
 *
 *	z' = (z + e) / sqrt(1 + q),	e ~ N(0, q),
 *
 * so that 1 / sqrt(1 + q) is the correlation of the two. Over several rungs
 * means shrink and variances add up accordingly. The chance to beat the leader,
 * who is first at the last rung that anybody reached, is a tail of Student's t
 * with three degrees of freedom instead of a normal one: q is estimated from
 * few trials, and curves do jump. A new trial has score 0 and variance 1: where
 * places tell nothing, nobody has less of a chance than that, and nobody is
 * stopped. This share, and not the chance itself, is compared, since among n
 * trials a chance of 1/n is all that one may expect.
 *
 * q of a step is learned from the trials that took it, the best FORECAST_PEERS
 * of them. They are the better ones, which narrows the range of their scores;
 * with r the correlation of their places among themselves and s the standard
 * deviation of their scores among all, that of all follows from
 *
 *	rho / sqrt(1 - rho^2) = 1 / sqrt(q) = r / sqrt(1 - r^2) / s
 *
 * (Thorndike, Personnel Selection, 1949, case 2). r is averaged as Fisher's
 * atanh r with that of a first guess, q = FORECAST_NOISE (1/g - 1/g'), which
 * counts as much as FORECAST_GUESS trials: curves settle, the more of one has
 * been seen the less there is to come. The length of completed trials is the
 * last rung; before one has completed that guess stands for all that may follow.
 *
 * Chosen on made-up curves (make bench-policies has them) and in view of the
 * recorded ones; what it gives is flat around these constants.
 */
#include "forecast.h"
#include "table.h"

#include <math.h>
#include <stdlib.h>

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>

#define FORECAST_NOISE 2.0
#define FORECAST_GUESS 10.0
#define FORECAST_PEERS 48
/* Places that are looked at for them: peers who went on are among the first. */
#define FORECAST_LOOKED 256
/* Trials at a rung, before one of them is judged there. */
#define FORECAST_LEAST 5
/* Who is taken up again has this many times the chance of who is stopped: a
 * start costs something, and chances waver. */
#define FORECAST_AGAIN 2.0
#define FORECAST_RUNGS 64

/*
 * The rungs that somebody came to, with the length of completed trials as the
 * last, and what is known of the way between.
 */
struct course {
	size_t count;
	size_t rung[FORECAST_RUNGS];
	const struct hd_standing *all[FORECAST_RUNGS]; /* at it, the best first */
	size_t reached[FORECAST_RUNGS];                /* how many are in all */
	double noise[FORECAST_RUNGS];                  /* q to the next, or to the end */
	size_t started;                                /* trials known to be no further behind */
	enum hd_goal goal;
};

/* A normal score, as far as it is known. */
struct outlook {
	double mean, variance;
};

/* --- rungs ------------------------------------------------------------------ */

static size_t rung_after(size_t rung)
{
	return rung < 3 ? rung + 1 : rung + rung / 2;
}

static bool is_rung(size_t interval)
{
	size_t rung = 1;

	while (rung < interval && rung < SIZE_MAX / 2)
		rung = rung_after(rung);
	return rung == interval;
}

static double score(double place, double count)
{
	return gsl_cdf_ugaussian_Qinv((place - 0.5) / count);
}

/*
 * Among how many trials somebody at RUNG has a place: those who came as far,
 * and those who were stopped before. Who runs may yet come, and does not count.
 */
static double course_among(const struct course *course, size_t rung)
{
	size_t reached = course->reached[rung];

	return (double)(reached > course->started ? reached : course->started);
}

/* --- steps ------------------------------------------------------------------- */

struct peer {
	double next; /* its best at the next rung: less is better, NaN is infinity */
	double among_all;
	size_t place; /* from 0 on among the peers, at this rung */
};

static int peer_compare(const void *va, const void *vb)
{
	const struct peer *a = va, *b = vb;

	if (a->next != b->next)
		return a->next < b->next ? -1 : 1;
	return a->place < b->place ? -1 : 1;
}

static double as_loss(enum hd_goal goal, double value)
{
	if (isnan(value))
		return INFINITY;
	return goal == HD_MAXIMIZE ? -value : value;
}

/* Those at rung K who came to the next, the best first. Returns how many. */
static size_t step_peers(const struct course *course,
			 const struct hd_history *history, size_t k,
			 struct peer *peers)
{
	size_t looked = course->reached[k], count = 0;

	if (looked > FORECAST_LOOKED)
		looked = FORECAST_LOOKED;
	for (size_t i = 0; i < looked && count < FORECAST_PEERS; i++) {
		const struct hd_standing *at = &course->all[k][i];
		const struct hd_trial *trial;

		if (at->number < 0) /* of an earlier sweep */
			continue;
		trial = hd_history_trial(history, (size_t)at->number);
		if (hd_trial_intervals(trial) < course->rung[k + 1])
			continue;
		peers[count] = (struct peer){
			.next = as_loss(course->goal,
					hd_trial_best(trial, course->rung[k + 1])),
			.among_all = score((double)i + 1, course_among(course, k)),
			.place = count,
		};
		count++;
	}
	return count;
}

/* The correlation of the places of COUNT peers, whom it puts into a new order. */
static double peers_correlation(struct peer *peers, size_t count)
{
	double scores[FORECAST_PEERS], square = 0, apart = 0;

	for (size_t i = 0; i < count; i++) {
		scores[i] = score((double)i + 1, (double)count);
		square += scores[i] * scores[i];
	}
	qsort(peers, count, sizeof *peers, peer_compare);
	for (size_t i = 0; i < count; i++) {
		double moved = scores[i] - scores[peers[i].place];

		apart += moved * moved;
	}
	return 1 - apart / square / 2;
}

/* How far apart the peers stand among all trials, as a standard deviation. */
static double peers_spread(const struct peer *peers, size_t count)
{
	double mean = 0, square = 0;

	for (size_t i = 0; i < count; i++)
		mean += peers[i].among_all / (double)count;
	for (size_t i = 0; i < count; i++)
		square += (peers[i].among_all - mean) * (peers[i].among_all - mean);
	return fmax(sqrt(square / (double)count), 1e-3);
}

static double guessed_noise(double rung, double next)
{
	return FORECAST_NOISE * fmax(0, 1 / rung - 1 / next);
}

/* q of the step from rung K to the next. */
static double step_noise(const struct course *course,
			 const struct hd_history *history, size_t k)
{
	struct peer peers[FORECAST_PEERS];
	size_t count = step_peers(course, history, k, peers);
	double noise = guessed_noise((double)course->rung[k],
				     (double)course->rung[k + 1]);
	double spread, correlation, weight, fisher, ratio;

	if (count < 2)
		return noise;
	spread = peers_spread(peers, count);
	correlation = peers_correlation(peers, count);
	/* 1/(n - 3) is the variance of atanh r; two peers tell a little too. */
	weight = (double)count - 1.5;
	fisher = weight * atanh(fmax(-0.999, fmin(correlation, 0.999)));
	/* atanh(x / sqrt(1 + x^2)) is asinh x; sinh is the way back. */
	fisher += FORECAST_GUESS * asinh(spread / sqrt(noise));
	ratio = sinh(fmax(fisher / (weight + FORECAST_GUESS), 1e-3)) / spread;
	return 1 / (ratio * ratio);
}

/* Whether anybody came to RUNG, which is then the next of the course. */
static bool course_add(struct course *course, const struct hd_history *history,
		       size_t rung)
{
	size_t k = course->count;

	if (k == FORECAST_RUNGS)
		return false;
	course->all[k] = hd_history_standings(history, rung, &course->reached[k]);
	if (!course->all[k])
		return false;
	course->rung[k] = rung;
	course->count++;
	return true;
}

/* The rungs, and the end that completed trials had as a last one. */
static void course_find(struct course *course, const struct hd_history *history)
{
	size_t measured = hd_history_measured(history);
	size_t slots = hd_history_slots(history);
	size_t horizon = hd_history_horizon(history), rung = 1;

	course->count = 0;
	course->goal = hd_history_goal(history);
	course->started = measured > slots ? measured - slots : 0;
	while (course_add(course, history, rung))
		rung = rung_after(rung);
	if (course->count && horizon > course->rung[course->count - 1])
		course_add(course, history, horizon);
}

/* The noise of every step from rung FROM on. */
static void course_learn(struct course *course, const struct hd_history *history,
			 size_t from)
{
	size_t last = course->count - 1, horizon = hd_history_horizon(history);

	for (size_t k = from; k < last; k++)
		course->noise[k] = step_noise(course, history, k);
	course->noise[last] = guessed_noise((double)course->rung[last],
					    horizon ? (double)horizon : INFINITY);
}

/* --- chances ------------------------------------------------------------------ */

/* The score at the end of who is at PLACE at rung K. */
static struct outlook course_outlook(const struct course *course, size_t k,
				     size_t place)
{
	struct outlook outlook = { score((double)place, course_among(course, k)), 0 };

	for (; k < course->count; k++) {
		double q = course->noise[k];

		outlook.mean /= sqrt(1 + q);
		outlook.variance = (outlook.variance + q) / (1 + q);
	}
	return outlook;
}

/* The lower tail of Student's t with three degrees of freedom. */
static double student_tail(double t)
{
	double u = fabs(t) / sqrt(3);
	double tail = (atan(1 / u) - u / (1 + u * u)) / M_PI;

	return t < 0 ? tail : 1 - tail;
}

static double chance_to_pass(const struct outlook *outlook,
			     const struct outlook *leader)
{
	double variance = outlook->variance + leader->variance;

	if (variance <= 0)
		return outlook->mean >= leader->mean;
	return student_tail((outlook->mean - leader->mean) / sqrt(variance));
}

/* The chance of who is at PLACE at rung K, as a share of a new trial's. */
static double course_share(const struct course *course, size_t k, size_t place)
{
	const struct outlook fresh = { 0, 1 };
	struct outlook mine = course_outlook(course, k, place);
	struct outlook leader = course_outlook(course, course->count - 1, 1);

	return chance_to_pass(&mine, &leader) / chance_to_pass(&fresh, &leader);
}

/* From 1 on: one more than are better than VALUE at rung K. Equals share it. */
static size_t course_place(const struct course *course, size_t k, double value)
{
	size_t low = 0, high = course->reached[k];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (hd_goal_better(course->goal, course->all[k][middle].best, value))
			low = middle + 1;
		else
			high = middle;
	}
	return low + 1;
}

static void explain(const struct course *course, size_t k, size_t place,
		    double best, double share, double bound, bool stops,
		    struct hd_reason *why)
{
	char number[HD_REASON_NUMBER], part[HD_REASON_NUMBER];
	char limit[HD_REASON_NUMBER];

	why->mine = share;
	why->limit = bound;
	why->compared = course->reached[k];
	hd_reason_set(why,
		      "place %zu of %zu at interval %zu, best so far %s; its "
		      "chance to end as the best is %s of a new trial's, %s %s",
		      place, course->reached[k], course->rung[k],
		      hd_reason_number(best, number),
		      hd_reason_limit(share, bound, part),
		      stops ? "under" : "no longer under",
		      hd_reason_number(bound, limit));
}

/* A trial as it stands at rung K. */
struct forecast_stand {
	size_t k, place;
	double best, share;
};

/* Whether TRIAL, as it was at INTERVAL, has too little of a chance. */
static bool forecast_fails(const struct forecast *forecast,
			   const struct hd_trial *trial,
			   const struct hd_history *history, size_t interval,
			   struct course *course, struct forecast_stand *stand)
{
	size_t k = 0;

	course_find(course, history);
	while (k < course->count && course->rung[k] < interval)
		k++;
	if (k == course->count || course->reached[k] < FORECAST_LEAST)
		return false;
	stand->k = k;
	stand->best = hd_trial_best(trial, interval);
	stand->place = course_place(course, k, stand->best);
	if (stand->place == 1)
		return false;
	course_learn(course, history, k);
	stand->share = course_share(course, k, stand->place);
	return stand->share < forecast->chance;
}

/* A repeats_rule's: who was stopped for good would be today. */
static bool forecast_tells(const void *vstate, const struct hd_trial *trial,
			   const struct hd_trial *other,
			   const struct hd_history *history)
{
	size_t intervals = hd_trial_intervals(other), rung = 1;
	struct forecast_stand stand;
	struct course course;

	(void)trial;
	if (hd_trial_end(other) != HD_END_POLICY)
		return true;
	while (rung_after(rung) <= intervals)
		rung = rung_after(rung);
	return forecast_fails(vstate, other, history, rung, &course, &stand);
}

static const struct repeats_rule forecast_repeats = { 1, forecast_tells };

bool hd_forecast_should_stop(const void *vstate, const struct hd_trial *trial,
			     const struct hd_history *history,
			     struct hd_reason *why)
{
	const struct forecast *forecast = vstate;
	size_t interval = hd_trial_interval(trial);
	struct forecast_stand stand;
	struct course course;

	if (forecast->repeats == REPEATS_STOP &&
	    hd_repeats_should_stop(&forecast_repeats, forecast, trial, history, why))
		return true;
	if (!is_rung(interval) ||
	    !forecast_fails(forecast, trial, history, interval, &course, &stand))
		return false;
	explain(&course, stand.k, stand.place, stand.best, stand.share,
		forecast->chance, true, why);
	why->pauses = forecast->promote;
	return true;
}

/* --- promotion ------------------------------------------------------------------ */

/* The best at rung K that pauses and came no further; SIZE_MAX for none. */
static size_t course_waiting(const struct course *course,
			     const struct forecast *forecast,
			     const struct hd_history *history, size_t k)
{
	size_t looked = course->reached[k];

	if (looked > FORECAST_LOOKED)
		looked = FORECAST_LOOKED;
	for (size_t i = 0; i < looked; i++) {
		const struct hd_standing *at = &course->all[k][i];
		const struct hd_trial *trial;

		if (at->number < 0 || isnan(at->best))
			continue;
		trial = hd_history_trial(history, (size_t)at->number);
		if (hd_trial_state(trial) == HD_TRIAL_CANCELED &&
		    hd_trial_end(trial) == HD_END_PAUSED &&
		    (k + 1 == course->count ||
		     hd_trial_intervals(trial) < course->rung[k + 1]) &&
		    !(forecast->repeats == REPEATS_STOP &&
		      hd_repeats_should_stay(&forecast_repeats, forecast, trial, history)))
			return i;
	}
	return SIZE_MAX;
}

const struct hd_trial *hd_forecast_promote(const void *vstate,
					   const struct hd_history *history,
					   struct hd_reason *why)
{
	const struct forecast *forecast = vstate;
	const struct hd_standing *chosen = NULL;
	struct course course;
	double most = forecast->chance * FORECAST_AGAIN;
	size_t at = 0, place = 0;

	if (!forecast->promote)
		return NULL;
	course_find(&course, history);
	if (course.count == 0)
		return NULL;
	course_learn(&course, history, 0);
	for (size_t k = course.count; k-- > 0;) {
		size_t i = course_waiting(&course, forecast, history, k), mine;
		double share;

		if (i == SIZE_MAX)
			continue;
		mine = course_place(&course, k, course.all[k][i].best);
		share = course_share(&course, k, mine);
		if (!(share >= most))
			continue;
		most = share;
		chosen = &course.all[k][i];
		at = k;
		place = mine;
	}
	if (!chosen)
		return NULL;
	explain(&course, at, place, chosen->best, most, forecast->chance, false, why);
	return hd_history_trial(history, (size_t)chosen->number);
}

static const struct hd_option forecast_options[] = {
	HD_OPTION_DOUBLE_OR(struct forecast, chance, 0, 1, 0.05,
			    "the share of a new trial's chance to end as the "
			    "best, under which a trial is stopped"),
	HD_OPTION_BOOL(struct forecast, promote, true,
		       "take a trial up again whose chance is good again"),
	REPEATS_OPTION(struct forecast),
	HD_OPTION_END
};

const struct hd_policy_type hd_policy_forecast = {
	.name = "forecast",
	.summary = "stops a trial that has little chance to end as the best",
	.options = forecast_options,
	.state_size = sizeof(struct forecast),
	.compares = true,
	.has_rungs = true,
	.should_stop = hd_forecast_should_stop,
	.promote = hd_forecast_promote,
};
