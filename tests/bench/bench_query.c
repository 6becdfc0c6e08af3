/*
 * What reports ask of a large store: 100,000 trials and a million metric rows
 * (ten million only make the file larger: no question below reads them all).
 * Each on a connection of its own, opening included, as a command does it.
 *
 * DESIGN holds 50 ms. Figures to read, never a test.
 */
#include "storebox.h"

#include "base/time.h"

enum { TRIALS = 100000,
       METRICS = 10 };

static void fill(struct storebox *box)
{
	box_open(box);
	box_sweep_insert(box, "HD_1", "bench", HD_MAXIMIZE);
	for (size_t i = 0; i < TRIALS; i++) {
		int64_t key;

		if (i % 1000 == 0)
			box_begin(box);
		key = box_ranked(box, i, i % 7 ? HD_TRIAL_COMPLETED : HD_TRIAL_FAILED,
				 (double)(i * 7919 % TRIALS), (int64_t)i);
		for (size_t j = 1; j <= METRICS; j++)
			box_log(box, key, j, "accuracy", (double)j, j);
		if (i % 1000 == 999)
			box_commit(box);
	}
}

static int sum_trial(void *user, const struct hd_trial_row *row)
{
	*(size_t *)user += row->number;
	return 0;
}

static int sum_metric(void *user, const struct hd_metric_row *row)
{
	*(size_t *)user += row->sequence;
	return 0;
}

static int sum_sweep(void *user, const struct hd_sweep_row *row)
{
	*(size_t *)user += row->trials;
	return 0;
}

static int ask_open(struct storebox *box, size_t *sum)
{
	(void)box;
	(void)sum;
	return 0;
}

static int ask_best(struct storebox *box, size_t *sum)
{
	struct hd_trial_query query = { .order = HD_ORDER_BEST, .limit = 5 };

	return hd_store_trials(box->store, box->sweep, &query, sum_trial, sum,
			       &box->err);
}

static int ask_worst(struct storebox *box, size_t *sum)
{
	struct hd_trial_query query = { .order = HD_ORDER_BEST, .reverse = true, .limit = 5 };

	return hd_store_trials(box->store, box->sweep, &query, sum_trial, sum,
			       &box->err);
}

static int ask_sweeps(struct storebox *box, size_t *sum)
{
	return hd_store_sweeps(box->store, 20, NULL, sum_sweep, sum, &box->err);
}

static int ask_curve(struct storebox *box, size_t *sum)
{
	return hd_store_metrics(box->store, box->sweep, TRIALS / 2, "accuracy",
				sum_metric, sum, &box->err);
}

int main(void)
{
	static const struct {
		const char *name;
		int (*ask)(struct storebox *box, size_t *sum);
	} rows[] = {
		{ "open alone", ask_open },
		{ "best five", ask_best },
		{ "worst five", ask_worst },
		{ "sweeps with counts by state", ask_sweeps },
		{ "one trial's curve", ask_curve },
	};
	struct storebox box;

	fill(&box);
	printf("questions to a store of %d trials, %d metric rows\n", TRIALS,
	       TRIALS * METRICS);
	for (size_t i = 0; i < ROWS(rows); i++) {
		int64_t start;
		double seconds;
		size_t sum = 0;

		hd_store_close(box.store);
		start = hd_time_steady();
		ok(&box, hd_store_open(&box.store, box.path, HD_STORE_READ,
				       &box.err));
		ok(&box, rows[i].ask(&box, &sum));
		seconds = (double)(hd_time_steady() - start) / 1e6;
		printf("%-26s %7.2f ms\n", rows[i].name, seconds * 1e3);
		if (rows[i].ask != ask_open && sum == 0)
			printf("%-26s found nothing\n", "");
	}
	printf("%-26s %10s\n", "  hold", "<= 50 ms");
	box_close(&box);
	return 0;
}
