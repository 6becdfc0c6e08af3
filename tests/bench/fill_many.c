/*
 * fill_many STORE TRIALS VALUES: the latest sweep of STORE, which has one trial,
 * gets the rest of TRIALS, ended, with VALUES metrics each, as an engine would
 * have written them.
 */
#include "base/time.h"
#include "storebox.h"

static struct hd_error error;

static void must(int rc)
{
	if (rc == 0)
		return;
	fprintf(stderr, "fill_many: %s\n", error.text);
	exit(1);
}

/* The curve of trial NUMBER: rising, all of them different. */
static double value_at(size_t number, size_t interval)
{
	return (double)(number * 7919 % 100003) / 1e5 + (double)interval / 1e3;
}

static void fill_curve(struct hd_store *store, int64_t sweep, int64_t key,
		       size_t number, size_t values, int64_t time)
{
	static double *leaders;
	double last = 0;

	if (!leaders)
		leaders = calloc(values + 1, sizeof *leaders);
	for (size_t i = 1; i <= values; i++) {
		struct hd_metric metric = box_metric("loss", value_at(number, i));

		last = metric.value;
		must(hd_store_metric_insert(store, key, i, &metric, i,
					    HD_TAIL_STDOUT, time + (int64_t)i,
					    &error));
		if (leaders[i] > 0 && leaders[i] <= last)
			continue;
		leaders[i] = last;
		must(hd_store_leader_set(store, sweep, i, number, last, &error));
	}
	must(hd_store_trial_metric(store, key, values, value_at(number, 1), last,
				   value_at(number, 1), time + 1, &error));
}

static void fill_trial(struct hd_store *store, int64_t sweep, size_t number,
		       size_t values, int64_t time)
{
	const struct hd_trial_record record = {
		.sweep = sweep,
		.number = number,
		.state = HD_TRIAL_STARTING,
		.parameters = "{\"--x\":0.5}",
		.arguments = "[\"./train\",\"--x\",\"0.5\"]",
		.origin = "sampler",
		.time = time,
	};
	const struct hd_trial_end_record end = {
		.state = HD_TRIAL_COMPLETED,
		.end = HD_END_EXIT,
		.detail = "",
		.started = time,
		.ended = time + 1000,
		.gone = time + 1000,
		.settled = number + 1,
	};
	int64_t key;

	must(hd_store_trial_insert(store, &record, &key, &error));
	fill_curve(store, sweep, key, number, values, time);
	must(hd_store_trial_end(store, key, &end, &error));
}

int main(int argc, char **argv)
{
	struct hd_store *store;
	int64_t sweep, start;
	size_t trials, values;

	if (argc != 4)
		return 2;
	trials = strtoul(argv[2], NULL, 10);
	values = strtoul(argv[3], NULL, 10);
	must(hd_store_open(&store, argv[1], HD_STORE_WRITE, &error));
	must(hd_store_find_sweep(store, "@", &sweep, &error));
	start = hd_time_wall();
	for (size_t number = 1; number < trials; number++) {
		if (number % 500 == 1)
			must(hd_store_begin(store, &error));
		/* All of it in the past: what comes next is later. */
		fill_trial(store, sweep, number, values,
			   start - (int64_t)(2000 * (trials - number)));
		if (number % 500 == 0 || number + 1 == trials)
			must(hd_store_commit(store, false, &error));
	}
	hd_store_close(store);
	return 0;
}
