/* The chance of a repeat, from the repeats there were. */
#include "novelty.h"

#include <hdrive/error.h>

#include <math.h>
#include <string.h>

/* Results looked at, the latest. */
#define NOVELTY_ROWS 400
/* Repeats are the objective's nature from one in so many results on. */
#define NOVELTY_RARE 20
/*
 * A metric that repeats results of places far away as often as this moves in
 * coarse steps: its ties tell of values, not of places, and the model knows
 * them already. Tables have floors below 0.11, rounded metrics above 0.22.
 */
#define NOVELTY_COARSE 0.2
/* The curves that are averaged: radii, steepnesses, floors. */
#define RADII 16
#define FALLS (RADII * 4) /* of a radius and a steepness */
#define CURVES (FALLS * 5)
/* Distances that say something span no more than this, as a logarithm. */
#define NOVELTY_SPAN 7.0
/* However near a trial, a result may be new. */
#define NOVELTY_LEAST 1e-6

static const double steepnesses[] = { 2, 4, 8, 16 };
static const double floors[] = { 0.01, 0.1, 0.3, 0.6, 0.85 };

/* What each result says: how far the nearest before it was, and whether it
 * repeats any. */
struct repeats {
	size_t count, ties;
	double *distance; /* logarithms */
	bool *tie;
	double low, high; /* of the distances */
};

static double square_distance(const struct hd_encoding *encoding,
			      const double *a, const double *b)
{
	double sum = 0;

	for (size_t c = 0; c < encoding->count; c++) {
		double far = hd_column_far(&encoding->columns[c], a[c], b[c]);

		sum += far * far;
	}
	return sum;
}

/* The nearest of COUNT points, as a squared distance. */
static double nearest(const struct hd_novelty *novelty, size_t count,
		      const double *point, size_t *which)
{
	size_t columns = novelty->encoding->count;
	double least = HUGE_VAL;

	for (size_t i = 0; i < count; i++) {
		double far = square_distance(novelty->encoding,
					     novelty->points + i * columns,
					     point);

		if (far < least) {
			least = far;
			*which = i;
		}
	}
	return least + 1e-12;
}

static bool is_repeat(const struct hd_observations *rows, const size_t *known,
		      size_t j)
{
	const enum hd_outcome *outcomes = rows->outcomes;
	size_t mine = known[j];

	for (size_t i = 0; i < j; i++) {
		size_t other = known[i];

		if (outcomes[mine] == HD_OUTCOME_RESULT &&
				    outcomes[other] == HD_OUTCOME_RESULT
			    ? rows->results[mine] == rows->results[other]
			    : hd_observe_alike(rows->trials[mine],
					       rows->trials[other]))
			return true;
	}
	return false;
}

static void repeats_read(struct repeats *repeats,
			 const struct hd_novelty *novelty,
			 const struct hd_observations *rows,
			 const size_t *known)
{
	size_t columns = novelty->encoding->count, which;

	repeats->low = HUGE_VAL;
	repeats->high = -HUGE_VAL;
	for (size_t j = 1; j < novelty->count; j++) {
		double far = nearest(novelty, j, novelty->points + j * columns,
				     &which);
		size_t k = repeats->count++;

		repeats->distance[k] = 0.5 * log(far);
		repeats->tie[k] = is_repeat(rows, known, j);
		repeats->ties += repeats->tie[k];
		repeats->low = fmin(repeats->low, repeats->distance[k]);
		repeats->high = fmax(repeats->high, repeats->distance[k]);
	}
	repeats->low = fmax(repeats->low, repeats->high - NOVELTY_SPAN);
}

/* The logistic part of curve K at distance T, both as logarithms. */
static double curve_fall(const struct repeats *repeats, size_t k, double t)
{
	double share = (double)(k % RADII) / (RADII - 1);
	double low = repeats->low - 0.5;
	double radius = low + share * (repeats->high - low);

	return 1 / (1 + exp(steepnesses[k % FALLS / RADII] * (t - radius)));
}

static double curve_floor(size_t k)
{
	return floors[k / FALLS];
}

/* Each curve's likelihood, the largest 1. */
static void curves_weigh(const struct repeats *repeats, double *weights)
{
	double most = -HUGE_VAL;

	memset(weights, 0, CURVES * sizeof weights[0]);
	for (size_t k = 0; k < FALLS; k++)
		for (size_t i = 0; i < repeats->count; i++) {
			double fall = curve_fall(repeats, k,
						 repeats->distance[i]);

			for (size_t j = k; j < CURVES; j += FALLS) {
				double p = curve_floor(j);

				p += (1 - p) * fall;
				weights[j] += log(repeats->tie[i] ? p : 1 - p);
			}
		}
	for (size_t k = 0; k < CURVES; k++)
		most = fmax(most, weights[k]);
	for (size_t k = 0; k < CURVES; k++)
		weights[k] = exp(weights[k] - most);
}

/* The mean of the floors: how often a result repeats one from far away. */
static double curves_floor(const double *weights, double sum)
{
	double mean = 0;

	for (size_t k = 0; k < CURVES; k++)
		mean += weights[k] / sum * curve_floor(k);
	return mean;
}

/* The average over the curves, a step past either end of the distances. */
static void novelty_table(struct hd_novelty *novelty,
			  const struct repeats *repeats, const double *weights,
			  double sum)
{
	novelty->low = repeats->low - 1;
	novelty->step = (repeats->high + 1 - novelty->low) / HD_NOVELTY_STEPS;
	for (size_t s = 0; s <= HD_NOVELTY_STEPS; s++) {
		double t = novelty->low + novelty->step * (double)s, chance = 0;

		for (size_t k = 0; k < CURVES; k++)
			if (weights[k] > 1e-4)
				chance += weights[k] *
					  (curve_floor(k) +
					   (1 - curve_floor(k)) *
						   curve_fall(repeats, k, t));
		novelty->table[s] = log(fmax(1 - chance / sum, NOVELTY_LEAST));
	}
}

/* False when the repeats say nothing of where the next one will be. */
static bool novelty_learn(struct hd_novelty *novelty,
			  const struct repeats *repeats)
{
	double weights[CURVES], sum = 0;

	if (repeats->ties == 0 ||
	    repeats->ties * NOVELTY_RARE < repeats->count)
		return false;
	curves_weigh(repeats, weights);
	for (size_t k = 0; k < CURVES; k++)
		sum += weights[k];
	if (curves_floor(weights, sum) > NOVELTY_COARSE)
		return false;
	novelty_table(novelty, repeats, weights, sum);
	return true;
}

/* The latest rows with results, in order, into KNOWN and as points. */
static void novelty_results(struct hd_novelty *novelty,
			    const struct hd_observations *rows, size_t *known)
{
	size_t columns = rows->columns, first = rows->count, found = 0;

	while (first > 0 && found < NOVELTY_ROWS)
		found += rows->outcomes[--first] <= HD_OUTCOME_STOPPED;
	for (size_t i = first; i < rows->count; i++) {
		if (rows->outcomes[i] > HD_OUTCOME_STOPPED)
			continue;
		memcpy(novelty->points + novelty->count * columns,
		       rows->points + i * columns, columns * sizeof(double));
		known[novelty->count++] = i;
	}
}

static void novelty_pending(struct hd_novelty *novelty,
			    const struct hd_observations *rows)
{
	size_t columns = rows->columns;

	for (size_t i = 0; i < rows->count; i++)
		if (rows->outcomes[i] == HD_OUTCOME_PENDING)
			memcpy(novelty->points + novelty->count++ * columns,
			       rows->points + i * columns,
			       columns * sizeof(double));
}

int hd_novelty_init(struct hd_novelty *novelty,
		    const struct hd_encoding *encoding,
		    const struct hd_observations *rows,
		    struct hd_scratch *scratch)
{
	size_t most = rows->results_count < NOVELTY_ROWS ? rows->results_count
							 : NOVELTY_ROWS;
	size_t *known = hd_scratch_sizes(scratch, most + 1);
	struct repeats repeats = { 0 };

	*novelty = (struct hd_novelty){ .encoding = encoding };
	novelty->points = hd_scratch_doubles(scratch, (most + rows->pending) *
							      rows->columns);
	repeats.distance = hd_scratch_doubles(scratch, most + 1);
	repeats.tie = hd_scratch_bytes(scratch, most + 1,
				       sizeof repeats.tie[0]);
	if (!known || !novelty->points || !repeats.distance || !repeats.tie)
		return HD_ENOMEM;
	novelty_results(novelty, rows, known);
	repeats_read(&repeats, novelty, rows, known);
	if (novelty_learn(novelty, &repeats))
		novelty_pending(novelty, rows);
	else
		novelty->count = 0;
	return 0;
}

double hd_novelty_value(const struct hd_novelty *novelty, const double *point,
			double weight, double *gradient)
{
	size_t columns = novelty->encoding->count, which = 0, s;
	double far, at, slope;
	const double *near;

	if (novelty->count == 0)
		return 0;
	far = nearest(novelty, novelty->count, point, &which);
	at = (0.5 * log(far) - novelty->low) / novelty->step;
	if (!(at > 0))
		return novelty->table[0];
	if (at >= HD_NOVELTY_STEPS)
		return novelty->table[HD_NOVELTY_STEPS];
	s = (size_t)at;
	slope = novelty->table[s + 1] - novelty->table[s];
	near = novelty->points + which * columns;
	for (size_t c = 0; gradient && c < columns; c++)
		if (!novelty->encoding->columns[c].nominal &&
		    !isnan(point[c]) && !isnan(near[c]))
			gradient[c] += weight * slope / novelty->step *
				       (point[c] - near[c]) / far;
	return novelty->table[s] + slope * (at - (double)s);
}

bool hd_novelty_is_repeat(const struct hd_novelty *novelty, const double *point)
{
	return hd_novelty_value(novelty, point, 0, NULL) < log(0.5);
}
