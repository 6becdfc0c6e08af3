/* Histories as rows, and results of trials that were stopped early. */
#include "observe.h"

#include "transform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Trials that went on further, whose results one is imputed from: so many of
 * those that came next, and of them the nearest. */
#define OBSERVE_PEERS 300
#define OBSERVE_NEAREST 9
/* Among how many of those one is sought that logged the same: at least as many
 * as above, and more where all that are sought for are few. */
#define OBSERVE_SOUGHT 1000000
/* With fewer of them the best so far has to do. */
#define OBSERVE_LEAST 4

static double trial_result(const struct hd_trial *trial)
{
	return hd_trial_best(trial, hd_trial_intervals(trial));
}

/* Results beyond 1e300 would overflow in differences. */
static bool is_usable(double result)
{
	return isfinite(result) && fabs(result) < 1e300;
}

static enum hd_outcome outcome_of(const struct hd_trial *trial)
{
	bool usable = is_usable(trial_result(trial));

	switch (hd_trial_state(trial)) {
	case HD_TRIAL_QUEUED:
	case HD_TRIAL_STARTING:
	case HD_TRIAL_RUNNING:
	case HD_TRIAL_STOPPING:
		return HD_OUTCOME_PENDING;
	case HD_TRIAL_COMPLETED:
		return usable ? HD_OUTCOME_RESULT : HD_OUTCOME_FAILED;
	case HD_TRIAL_FAILED:
		return HD_OUTCOME_FAILED;
	case HD_TRIAL_CANCELED:
		break;
	}
	/*
	 * By a policy, and one that was paused may go on: then it is pending
	 * again. Or as one had reached the target: it went on till then.
	 */
	if (usable && (hd_trial_end(trial) == HD_END_POLICY ||
		       hd_trial_end(trial) == HD_END_PAUSED ||
		       hd_trial_end(trial) == HD_END_TARGET))
		return HD_OUTCOME_STOPPED;
	return HD_OUTCOME_NOTHING;
}

/* Those that diverge alike are alike: their means are NaN from there on. */
static bool is_same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

bool hd_observe_alike(const struct hd_trial *a, const struct hd_trial *b)
{
	size_t count = hd_trial_intervals(a), other = hd_trial_intervals(b);

	if (other < count)
		count = other;
	return is_same(hd_trial_value(a, 1), hd_trial_value(b, 1)) &&
	       is_same(hd_trial_value(a, count), hd_trial_value(b, count)) &&
	       is_same(hd_trial_mean(a, count), hd_trial_mean(b, count)) &&
	       is_same(hd_trial_best(a, count), hd_trial_best(b, count));
}

/* --- stopped trials ------------------------------------------------------- */

/* A trial with a result, its own or an imputed one. */
struct peer {
	const struct hd_trial *trial;
	size_t row, intervals;
	bool stopped;
};

/* Who finished first, then by intervals, the most first. */
static int peer_compare(const void *va, const void *vb)
{
	const struct peer *a = va, *b = vb;

	if (a->stopped != b->stopped)
		return a->stopped ? 1 : -1;
	if (a->intervals != b->intervals)
		return a->intervals > b->intervals ? -1 : 1;
	return (a->row > b->row) - (a->row < b->row);
}

/* Those that stood nearest to a trial at an interval, the nearest first. */
struct nearest {
	size_t count;
	double distance[OBSERVE_NEAREST];
	double gain[OBSERVE_NEAREST];   /* from there to its result */
	double spread[OBSERVE_NEAREST]; /* of its result, when that is imputed */
};

/* Of equals the one that came first stays first. */
static void nearest_offer(struct nearest *nearest, double distance, double gain,
			  double spread)
{
	size_t at = nearest->count;

	if (at == OBSERVE_NEAREST && !(distance < nearest->distance[at - 1]))
		return;
	if (at < OBSERVE_NEAREST)
		nearest->count++;
	else
		at--;
	for (; at > 0 && distance < nearest->distance[at - 1]; at--) {
		nearest->distance[at] = nearest->distance[at - 1];
		nearest->gain[at] = nearest->gain[at - 1];
		nearest->spread[at] = nearest->spread[at - 1];
	}
	nearest->distance[at] = distance;
	nearest->gain[at] = gain;
	nearest->spread[at] = spread;
}

/* Among the last OBSERVE_PEERS of COUNT peers, who logged more than INTERVAL. */
static void nearest_find(struct nearest *nearest,
			 const struct hd_observations *rows,
			 const struct peer *peers, size_t count, double sign,
			 size_t interval, double at)
{
	nearest->count = 0;
	for (size_t i = count > OBSERVE_PEERS ? count - OBSERVE_PEERS : 0;
	     i < count; i++) {
		const struct peer *peer = &peers[i];
		double there;

		if (peer->intervals <= interval)
			continue;
		there = sign * hd_trial_best(peer->trial, interval);
		if (is_usable(there))
			nearest_offer(nearest, fabs(there - at),
				      rows->results[peer->row] - there,
				      rows->spread[peer->row]);
	}
}

/* Its values are finite and differ, so that to log the same says something. */
static bool is_distinct(const struct hd_trial *trial)
{
	size_t count = hd_trial_intervals(trial);
	double first = hd_trial_value(trial, 1);

	return isfinite(hd_trial_mean(trial, count)) &&
	       (hd_trial_mean(trial, count) != first ||
		hd_trial_value(trial, count) != first);
}

/*
 * Who logged the same as PEER and went on, of those who completed or went on
 * the longest; NULL when nobody did, or when such parted later.
 */
static const struct peer *twin_find(const struct hd_observations *rows,
				    const struct peer *peers, size_t count,
				    const struct peer *peer)
{
	size_t most = OBSERVE_SOUGHT / rows->count;
	const struct peer *twin = NULL;

	if (!is_distinct(peer->trial))
		return NULL;
	if (most < OBSERVE_PEERS)
		most = OBSERVE_PEERS;
	for (size_t i = count > most ? count - most : 0; i < count; i++) {
		if (peers[i].intervals < peer->intervals ||
		    !hd_observe_alike(peers[i].trial, peer->trial))
			continue;
		if (!twin)
			twin = &peers[i];
		else if (!hd_observe_alike(peers[i].trial, twin->trial))
			return NULL;
	}
	return twin;
}

static double median_of(const double *values, size_t count)
{
	double sorted[OBSERVE_NEAREST];

	memcpy(sorted, values, count * sizeof sorted[0]);
	return hd_transform_median(sorted, count);
}

/*
 * The result that PEER would have had: what it has, and what the nearest gained
 * from its last interval on. Its variance is theirs, from the median absolute
 * deviation. No better than LEADER: it was stopped in favour of others.
 */
static void impute(struct hd_observations *rows, const struct peer *peers,
		   size_t count, double sign, double leader,
		   const struct peer *peer)
{
	double *result = &rows->results[peer->row];
	double apart[OBSERVE_NEAREST], gain, deviation;
	const struct peer *twin = twin_find(rows, peers, count, peer);
	struct nearest nearest;

	if (twin) {
		*result = rows->results[twin->row];
		rows->spread[peer->row] = rows->spread[twin->row];
		return;
	}
	nearest_find(&nearest, rows, peers, count, sign, peer->intervals,
		     *result);
	rows->spread[peer->row] = INFINITY; /* none known: the model's own scale */
	if (nearest.count < OBSERVE_LEAST)
		return;
	gain = median_of(nearest.gain, nearest.count);
	for (size_t i = 0; i < nearest.count; i++)
		apart[i] = fabs(nearest.gain[i] - gain);
	deviation = 1.4826 * median_of(apart, nearest.count);
	rows->spread[peer->row] = deviation * deviation +
				  median_of(nearest.spread, nearest.count);
	*result = fmax(*result + gain, leader);
}

/* Who has a result or is to get one, into PEERS in their order; how many. */
static size_t peers_gather(struct peer *peers, const struct hd_observations *rows)
{
	size_t count = 0;

	for (size_t i = 0; i < rows->count; i++) {
		if (rows->outcomes[i] > HD_OUTCOME_STOPPED)
			continue;
		peers[count++] = (struct peer){
			.trial = rows->trials[i],
			.row = i,
			.intervals = hd_trial_intervals(rows->trials[i]),
			.stopped = rows->outcomes[i] == HD_OUTCOME_STOPPED,
		};
	}
	qsort(peers, count, sizeof peers[0], peer_compare);
	return count;
}

/*
 * Results for those that were stopped, from those that went on: the longest
 * first, so that each is a peer of those that were stopped before it. While
 * few have completed, all that is known of a later interval is there.
 */
static int impute_all(struct hd_observations *rows, double sign,
		      struct hd_scratch *scratch)
{
	struct peer *peers = hd_scratch_bytes(scratch, rows->count + 1,
					      sizeof peers[0]);
	size_t count, longer = 0;
	double leader = INFINITY;

	if (!peers)
		return HD_ENOMEM;
	count = peers_gather(peers, rows);
	for (size_t i = 0; i < count; i++) {
		if (!peers[i].stopped) {
			leader = fmin(leader, rows->results[peers[i].row]);
			continue;
		}
		if (i == 0 || !peers[i - 1].stopped ||
		    peers[i].intervals != peers[i - 1].intervals)
			longer = i;
		impute(rows, peers, longer, sign,
		       isinf(leader) ? -INFINITY : leader, &peers[i]);
	}
	return 0;
}

/* --- rows ----------------------------------------------------------------- */

static bool observe_room(struct hd_observations *rows, size_t count,
			 size_t columns, struct hd_scratch *scratch)
{
	rows->count = 0;
	rows->columns = columns;
	rows->results_count = rows->failed = rows->pending = 0;
	rows->points = hd_scratch_doubles(scratch, count * columns);
	rows->results = hd_scratch_doubles(scratch, count);
	rows->spread = hd_scratch_doubles(scratch, count);
	rows->outcomes = hd_scratch_bytes(scratch, count,
					  sizeof rows->outcomes[0]);
	rows->trials = hd_scratch_bytes(scratch, count, sizeof rows->trials[0]);
	return rows->points && rows->results && rows->spread && rows->outcomes &&
	       rows->trials;
}

static void observe_count(struct hd_observations *rows, enum hd_outcome outcome)
{
	rows->results_count += outcome == HD_OUTCOME_RESULT ||
			       outcome == HD_OUTCOME_STOPPED;
	rows->failed += outcome == HD_OUTCOME_FAILED;
	rows->pending += outcome == HD_OUTCOME_PENDING;
}

int hd_observe(const struct hd_encoding *encoding,
	       const struct hd_history *history, struct hd_observations *rows,
	       struct hd_scratch *scratch)
{
	size_t count = hd_history_known(history);
	double sign = hd_history_goal(history) == HD_MAXIMIZE ? -1 : 1;

	if (!observe_room(rows, count, encoding->count, scratch))
		return HD_ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const struct hd_trial *trial = hd_history_known_trial(history, i);
		size_t row = rows->count;

		if (!hd_encoding_encode(encoding, hd_trial_values(trial),
					rows->points + row * rows->columns))
			continue;
		rows->outcomes[row] = outcome_of(trial);
		if (rows->outcomes[row] <= HD_OUTCOME_STOPPED)
			rows->results[row] = sign * trial_result(trial);
		observe_count(rows, rows->outcomes[row]);
		rows->trials[row] = trial;
		rows->count++;
	}
	return impute_all(rows, sign, scratch);
}
