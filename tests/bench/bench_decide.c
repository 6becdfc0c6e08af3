/*
 * What a policy's question costs: microseconds per value that is logged and
 * judged, for every row of the table, with 100, 1000 and 10,000 trials of
 * twenty intervals, beside what the logging alone costs (policy none, in the
 * same run) and the ratio of the two. A trial that is stopped logs no more, as
 * in a sweep; one that pauses may be promoted, which is asked at each free slot.
 *
 * At most 50 us at 10,000 trials are to be held. Figures to read, never a test.
 */
#include "check.h"
#include "curves.h"

#include <math.h>
#include <time.h>

enum { INTERVALS = 20,
       AT_ONCE = 64,
       VALUES_LEAST = 20000 };

/* An option that the row wants, and one that sets it to what is in use. */
static const struct {
	const char *policy, *option;
	double value;
} given[] = {
	{ "bandit", "slack_factor", 0.1 },
	{ "truncation_selection", "truncation_percentage", 20 },
	{ "percentile", "percentile", 25 },
	{ "patient", "patience", 5 },
};

struct figure {
	double microseconds; /* of CPU time, a value */
	size_t values, stops, again;
};

static uint32_t noise_state;
/* Values are multiples of it, so that many are equal; 0: of nothing. */
static double unit;

static double noise(void)
{
	noise_state = noise_state * 1664525u + 1013904223u;
	return (double)(noise_state >> 8) / 0x1p24;
}

static void *state_of(const struct hd_policy_type *type)
{
	void *state = curves_state(type);

	for (size_t i = 0; i < ROWS(given); i++)
		if (!strcmp(given[i].policy, type->name))
			curves_option(type, state, given[i].option,
				      given[i].value);
	/* Of a policy that is not known here: what it demands, half way. */
	for (const struct hd_option *row = type->options; row && row->name; row++)
		if (row->required && isnan(hd_option_load(row, state)))
			hd_option_store(row, state, (row->min + row->max) / 2);
	if (type->init)
		assert_int_equal(type->init(state, NULL), 0);
	return state;
}

/* The trial logs the next value of its curve, which falls to its own floor. */
static bool judge(const struct hd_policy_type *type, const void *state,
		  const struct hd_history *history, struct hd_trial *trial,
		  double floor)
{
	double interval = (double)hd_trial_intervals(trial) + 1;
	double value = floor + (1 - floor) / interval + 0.01 * noise();
	struct hd_reason why;

	if (unit > 0)
		value = round(value / unit) * unit;
	assert_int_equal(hd_trial_log(trial, value), 0);
	return type->should_stop(state, trial, history, &why);
}

struct bench {
	const struct hd_policy_type *type;
	void *state;
	struct hd_history *history;
	double *floors; /* by trial */
	size_t trials;
};

/* Who takes a free slot: one that is promoted, else a new one. */
static struct hd_trial *fill(struct bench *bench, struct figure *figure)
{
	const struct hd_trial *next = NULL;
	struct hd_trial *trial;
	struct hd_reason why;

	if (bench->type->promote)
		next = bench->type->promote(bench->state, bench->history, &why);
	if (next) {
		trial = hd_history_trial_mutable(bench->history,
						 hd_trial_number(next));
		curves_again(trial);
		figure->again++;
		return trial;
	}
	if (hd_history_count(bench->history) == bench->trials)
		return NULL;
	trial = curves_start(bench->history);
	bench->floors[hd_trial_number(trial)] = noise();
	return trial;
}

/* Log a value of TRIAL; NULL when that was its last for now. */
static struct hd_trial *step(struct bench *bench, struct hd_trial *trial,
			     struct figure *figure)
{
	figure->values++;
	if (judge(bench->type, bench->state, bench->history, trial,
		  bench->floors[hd_trial_number(trial)])) {
		figure->stops++;
		curves_end(trial, bench->type->promote ? HD_END_PAUSED
						       : HD_END_POLICY);
		return NULL;
	}
	if (hd_trial_intervals(trial) < INTERVALS)
		return trial;
	hd_trial_move(trial, HD_TRIAL_EVENT_DONE);
	return NULL;
}

static void sweep(const struct hd_policy_type *type, size_t trials,
		  struct figure *figure)
{
	struct hd_trial *running[AT_ONCE] = { NULL };
	struct bench bench = {
		.type = type,
		.state = state_of(type),
		.history = curves_new(HD_MINIMIZE),
		.floors = calloc(trials, sizeof(double)),
		.trials = trials,
	};
	size_t live = 1;

	assert_non_null(bench.floors);
	noise_state = 2385;
	while (live) {
		live = 0;
		for (size_t i = 0; i < AT_ONCE; i++) {
			if (!running[i])
				running[i] = fill(&bench, figure);
			if (!running[i])
				continue;
			live++;
			running[i] = step(&bench, running[i], figure);
		}
	}
	if (type->release)
		type->release(bench.state);
	free(bench.state);
	free(bench.floors);
	hd_history_free(bench.history);
}

/* CPU time: whoever else runs on the machine takes none of it. */
static void measure(const struct hd_policy_type *type, size_t trials,
		    struct figure *figure)
{
	clock_t begin = clock();

	*figure = (struct figure){ .values = 0 };
	do
		sweep(type, trials, figure);
	while (figure->values < VALUES_LEAST);
	figure->microseconds = (double)(clock() - begin) / CLOCKS_PER_SEC * 1e6 /
			       (double)figure->values;
}

static const size_t sizes[] = { 100, 1000, 10000 };

static void put_policy(const struct hd_policy_type *type,
		       const struct figure *floor)
{
	struct figure figure = { .values = 0 };

	printf("%-22s", type->name);
	for (size_t j = 0; j < ROWS(sizes); j++) {
		measure(type, sizes[j], &figure);
		printf("%9.3f %6.1f", figure.microseconds,
		       figure.microseconds / floor[j].microseconds);
	}
	printf("%9zu %9zu\n", figure.stops, figure.again);
}

int main(void)
{
	struct figure floor[ROWS(sizes)];

	printf("microseconds per value logged and judged; x: times policy none\n"
	       "%-22s",
	       "trials");
	for (size_t i = 0; i < ROWS(sizes); i++) {
		measure(hd_policy_type_find("none"), sizes[i], &floor[i]);
		printf("%9zu %6s", sizes[i], "x");
	}
	printf("%9s %9s\n", "stops", "promoted");
	for (size_t i = 0; i < hd_policy_types(); i++)
		put_policy(hd_policy_type_at(i), floor);
	unit = 0.02;
	printf("  in steps of 0.02\n");
	for (size_t i = 0; i < hd_policy_types(); i++)
		if (hd_policy_type_at(i)->has_rungs)
			put_policy(hd_policy_type_at(i), floor);
	printf("%-22s%*s\n", "  hold", 2 * 16 + 9, "<= 50");
	return 0;
}
