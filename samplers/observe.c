/* Histories as rows, and results of trials that were stopped early. */
#include "observe.h"

#include "transform.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Peers that an imputed result is taken from: the latest so many. */
#define OBSERVE_PEERS 200
/* With fewer finished trials than this the best so far has to do. */
#define OBSERVE_PEERS_LEAST 4
/* A stopped trial is no better than this quantile of the finished ones. */
#define OBSERVE_QUANTILE 0.6

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

/* --- stopped trials ------------------------------------------------------- */

struct peers {
	size_t count;
	const struct hd_trial *trials[OBSERVE_PEERS];
	double results[OBSERVE_PEERS]; /* goal's sign */
	double sign;
};

static void peers_gather(struct peers *peers, const struct hd_history *history,
			 const struct hd_observations *rows,
			 const size_t *trials)
{
	peers->count = 0;
	for (size_t i = rows->count; i-- > 0 && peers->count < OBSERVE_PEERS;)
		if (rows->outcomes[i] == HD_OUTCOME_RESULT) {
			peers->trials[peers->count] =
				hd_history_known_trial(history, trials[i]);
			peers->results[peers->count++] = rows->results[i];
		}
}

static double peers_quantile(const struct peers *peers, double share)
{
	double sorted[OBSERVE_PEERS];

	memcpy(sorted, peers->results, peers->count * sizeof sorted[0]);
	hd_transform_median(sorted, peers->count);
	return sorted[(size_t)(share * (double)(peers->count - 1))];
}

/*
 * What peers on the same side of the median at INTERVAL gained from there to
 * their end, as a median; *SPREAD is a robust variance of it (from the median
 * absolute deviation). False with fewer than two such peers.
 */
static bool peers_gain(const struct peers *peers, size_t interval, double at,
		       double *gain, double *spread)
{
	double there[OBSERVE_PEERS], sorted[OBSERVE_PEERS];
	double gains[OBSERVE_PEERS], median;
	size_t passed = 0, same = 0;

	for (size_t i = 0; i < peers->count; i++) {
		const struct hd_trial *peer = peers->trials[i];

		there[i] = NAN;
		if (hd_trial_intervals(peer) > interval)
			there[i] = peers->sign * hd_trial_best(peer, interval);
		if (is_usable(there[i]))
			sorted[passed++] = there[i];
	}
	if (passed < 2)
		return false;
	median = hd_transform_median(sorted, passed);
	for (size_t i = 0; i < peers->count; i++)
		if (is_usable(there[i]) && (there[i] > median) == (at > median))
			gains[same++] = peers->results[i] - there[i];
	if (same < 2)
		return false;
	*gain = hd_transform_median(gains, same);
	for (size_t i = 0; i < same; i++)
		gains[i] = fabs(gains[i] - *gain);
	median = 1.4826 * hd_transform_median(gains, same);
	*spread = median * median;
	return true;
}

static void impute(const struct peers *peers, const struct hd_trial *trial,
		   double *result, double *spread)
{
	double gain = 0, floor;

	*spread = INFINITY; /* none known: the model takes its own scale */
	if (peers->count < OBSERVE_PEERS_LEAST)
		return;
	floor = peers_quantile(peers, OBSERVE_QUANTILE);
	peers_gain(peers, hd_trial_intervals(trial), *result, &gain, spread);
	*result = fmax(*result + gain, floor);
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
	return rows->points && rows->results && rows->spread && rows->outcomes;
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
	size_t *trials = hd_scratch_sizes(scratch, count);
	struct peers peers = { .sign = sign };

	if (!trials || !observe_room(rows, count, encoding->count, scratch))
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
		trials[row] = i;
		rows->count++;
	}
	peers_gather(&peers, history, rows, trials);
	for (size_t i = 0; i < rows->count; i++)
		if (rows->outcomes[i] == HD_OUTCOME_STOPPED)
			impute(&peers, hd_history_known_trial(history, trials[i]),
			       &rows->results[i], &rows->spread[i]);
	return 0;
}
