/* Incumbents, lengths and the box of the search. */
#include "region.h"

#include <hdrive/error.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Parameters from which on the box may shrink. */
#define REGION_MANY 20
#define REGION_SIDE 0.8
/* Below this side the search starts anew in the whole space. */
#define REGION_SIDE_LEAST (1.0 / 128)
/* A result counts as better by this share of the spread of all. */
#define REGION_GAIN 1e-3
/* How near to an end, and how far past it, in shares of six sigma. */
#define REGION_NEAR 0.05
#define REGION_PAST 0.25
#define REGION_FARTHEST 0.5

struct ranked_mean {
	double mean;
	size_t row;
};

static int compare_means(const void *a, const void *b)
{
	const struct ranked_mean *x = a, *y = b;

	if (x->mean != y->mean)
		return x->mean < y->mean ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static int region_incumbents(struct hd_region *region,
			     const struct hd_surrogate *s,
			     const struct hd_model *model)
{
	size_t n = s->count, columns = s->rows->columns;
	struct ranked_mean *order = hd_scratch_bytes(s->scratch, n,
						     sizeof order[0]);

	if (!order)
		return HD_ENOMEM;
	for (size_t i = 0; i < n; i++)
		order[i] = (struct ranked_mean){ model->mean[i],
						 s->chosen[i] };
	qsort(order, n, sizeof order[0], compare_means);
	region->incumbents_count = n < HD_REGION_INCUMBENTS
					   ? n
					   : HD_REGION_INCUMBENTS;
	for (size_t i = 0; i < region->incumbents_count; i++)
		memcpy(region->incumbents + i * columns,
		       s->rows->points + order[i].row * columns,
		       columns * sizeof region->incumbents[0]);
	return 0;
}

static void region_lengths(struct hd_region *region,
			   const struct hd_surrogate *s,
			   const struct hd_model *model)
{
	for (size_t f = 0; f < s->encoding->kernel.count; f++) {
		const struct hd_feature *feature = &s->encoding->features[f];

		if (!feature->twin)
			region->lengths[feature->column] =
				exp(model->gp.theta[f]);
	}
}

static void region_whole(struct hd_region *region, const struct hd_surrogate *s)
{
	for (size_t c = 0; c < s->rows->columns; c++) {
		double best = region->incumbents[c];

		region->low[c] = 0;
		region->high[c] = 1;
		if (!s->encoding->columns[c].normal)
			continue;
		if (best < REGION_NEAR)
			region->low[c] = fmax(-REGION_FARTHEST,
					      fmin(0, best) - REGION_PAST);
		if (best > 1 - REGION_NEAR)
			region->high[c] = fmin(1 + REGION_FARTHEST,
					       fmax(1, best) + REGION_PAST);
	}
}

/* How many results came since one was better than all before it. */
static size_t region_failures(const struct hd_surrogate *s)
{
	double best = HUGE_VAL, low = HUGE_VAL, high = -HUGE_VAL;
	size_t failures = 0;

	for (size_t i = 0; i < s->count; i++) {
		low = fmin(low, s->results[i]);
		high = fmax(high, s->results[i]);
	}
	for (size_t i = 0; i < s->count; i++) {
		bool gains = s->results[i] < best - REGION_GAIN * (high - low);

		failures = gains ? 0 : failures + 1;
		best = gains ? s->results[i] : best;
	}
	return failures;
}

/* Half the side after every 2 d failures, along the lengths. */
static void region_shrink(struct hd_region *region,
			  const struct hd_surrogate *s)
{
	size_t d = s->rows->columns, times = region_failures(s) / (2 * d);
	double side = REGION_SIDE, mean = 0;

	if (d <= REGION_MANY || times == 0)
		return;
	/* From the whole space to the least side, and round again. */
	for (times %= 8; times > 1; times--)
		side /= 2;
	if (times == 0 || side < REGION_SIDE_LEAST)
		return;
	for (size_t c = 0; c < d; c++)
		mean += log(region->lengths[c]) / (double)d;
	for (size_t c = 0; c < d; c++) {
		double half = side / 2 * region->lengths[c] / exp(mean);
		double at = region->incumbents[c];

		region->low[c] = fmin(fmax(region->low[c], at - half), at);
		region->high[c] = fmax(fmin(region->high[c], at + half), at);
	}
}

int hd_region_init(struct hd_region *region, const struct hd_surrogate *s,
		   const struct hd_model *model)
{
	size_t columns = s->rows->columns;

	region->incumbents = hd_scratch_doubles(s->scratch,
						HD_REGION_INCUMBENTS * columns);
	region->lengths = hd_scratch_doubles(s->scratch, columns);
	region->low = hd_scratch_doubles(s->scratch, columns);
	region->high = hd_scratch_doubles(s->scratch, columns);
	if (!region->incumbents || !region->lengths || !region->low ||
	    !region->high)
		return HD_ENOMEM;
	region_lengths(region, s, model);
	if (region_incumbents(region, s, model) < 0)
		return HD_ENOMEM;
	region_whole(region, s);
	region_shrink(region, s);
	return 0;
}
