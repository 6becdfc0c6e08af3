/* Acquisition search on mixed spaces. */
#include "search.h"

#include "lbfgs.h"

#include <hdrive/error.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SEARCH_STARTS_MOST 16
/* Starts lie farther apart than this in some coordinate. */
#define SEARCH_APART 0.05
/* An ordered list of more levels is walked by steps instead of all tried. */
#define SEARCH_ALL_LEVELS 16
#define SEARCH_SWEEPS 4
/* So many coordinates change at a time in many dimensions (TuRBO's mask). */
#define SEARCH_MASK 4.0
/* Points that are drawn in each branch when a climb looks at all of them. */
#define SEARCH_FILLS 8
/* Elementary steps that scoring candidates and climbing may take. */
#define SCORE_WORK 6e7
#define CLIMB_WORK 4e7

struct candidate {
	double value;
	size_t index;
};

struct pool {
	const struct hd_search *search;
	size_t columns, count;
	double *points;
	struct candidate *order; /* best first */
	struct hd_rng *fill;     /* for parameters that begin to exist */
};

static int compare_candidates(const void *a, const void *b)
{
	const struct candidate *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? 1 : -1;
	return (x->index > y->index) - (x->index < y->index);
}

/* --- candidates ----------------------------------------------------------- */

/* Anywhere in the box, on a level where there are levels. */
static double draw_anywhere(const struct hd_search *search, size_t c, double u)
{
	const struct hd_column *column = &search->encoding->columns[c];
	double e;

	if (column->nominal)
		return (double)(size_t)fmin(u * (double)column->levels,
					    (double)(column->levels - 1));
	e = search->low[c] + u * (search->high[c] - search->low[c]);
	return column->levels ? hd_column_snap(column, e) : e;
}

/* Box-Muller, two uniforms a number: no state between calls. */
static double draw_normal(struct hd_rng *rng)
{
	double u = hd_rng_uniform(rng), v = hd_rng_uniform(rng);

	return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

static double draw_near(const struct hd_search *search, size_t c, double from,
			double step, struct hd_rng *rng)
{
	const struct hd_column *column = &search->encoding->columns[c];
	double e;

	if (column->nominal || isnan(from))
		return draw_anywhere(search, c, hd_rng_uniform(rng));
	e = from + step * fmin(search->lengths[c], 1) * draw_normal(rng);
	e = fmin(fmax(e, search->low[c]), search->high[c]);
	return column->levels ? hd_column_snap(column, e) : e;
}

static void pool_spread(struct pool *pool)
{
	struct hd_rng rng = hd_rng_stream(pool->search->rng, 0x5ea1);

	for (size_t i = 0; i < pool->search->spread; i++) {
		double *point = pool->points + pool->count++ * pool->columns;

		for (size_t c = 0; c < pool->columns; c++)
			point[c] = draw_anywhere(pool->search, c,
						 hd_rng_uniform(&rng));
		hd_encoding_prune(pool->search->encoding, point);
	}
}

/* The share of coordinates that a perturbation changes. */
static double pool_mask(const struct pool *pool)
{
	return fmin(0.5, SEARCH_MASK / (double)pool->columns);
}

static void pool_near(struct pool *pool)
{
	static const double steps[] = { 0.5, 0.1, 0.02 };
	const struct hd_search *search = pool->search;
	struct hd_rng rng = hd_rng_stream(search->rng, 0x5ea2);
	double mask = pool_mask(pool);

	for (size_t k = 0; k < search->incumbents_count; k++) {
		const double *from = search->incumbents + k * pool->columns;

		for (size_t i = 0; i < search->near; i++) {
			double *point = pool->points +
					pool->count++ * pool->columns;
			size_t always = hd_rng_below(&rng, pool->columns);

			for (size_t c = 0; c < pool->columns; c++) {
				bool moves = hd_rng_uniform(&rng) < mask;

				point[c] = moves || c == always || isnan(from[c])
						   ? draw_near(search, c,
							       from[c],
							       steps[i % 3],
							       &rng)
						   : from[c];
			}
			hd_encoding_prune(search->encoding, point);
		}
	}
}

static int pool_rank(struct pool *pool)
{
	struct hd_scratch *scratch = pool->search->scratch;
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	double *values = hd_scratch_doubles(scratch, pool->count);
	int rc;

	if (!values)
		return HD_ENOMEM;
	rc = hd_promise_values(pool->search->promise, pool->points, pool->count,
			       values);
	for (size_t i = 0; i < pool->count; i++)
		pool->order[i] = (struct candidate){ values[i], i };
	qsort(pool->order, pool->count, sizeof pool->order[0],
	      compare_candidates);
	hd_scratch_reset(scratch, mark);
	return rc;
}

/* --- improving one point -------------------------------------------------- */

struct climb {
	const struct pool *pool;
	size_t continuous; /* columns without levels that exist */
	size_t *free;      /* their indices */
	double *point;     /* all columns */
	double *gradient;  /* of all columns */
	double *unit;      /* length of a step in each free column */
};

static double climb_objective(const double *x, double *gradient, void *context)
{
	struct climb *climb = context;
	const struct pool *pool = climb->pool;
	double value;

	for (size_t i = 0; i < climb->continuous; i++)
		climb->point[climb->free[i]] = x[i] * climb->unit[i];
	value = hd_promise_slope(pool->search->promise, climb->point,
				 climb->gradient);
	for (size_t i = 0; i < climb->continuous; i++)
		gradient[i] = -climb->gradient[climb->free[i]] * climb->unit[i];
	return isfinite(value) ? -value : HUGE_VAL;
}

static void climb_free(struct climb *climb, const double *point)
{
	const struct hd_encoding *encoding = climb->pool->search->encoding;

	for (size_t c = 0; c < encoding->count; c++)
		if (encoding->columns[c].levels == 0 && !isnan(point[c]))
			climb->free[climb->continuous++] = c;
}

/*
 * L-BFGS over the continuous columns of POINT that exist, in units of the
 * lengths; no value when there are none.
 */
static double climb_continuous(const struct pool *pool, double *point,
			       size_t evaluations)
{
	const struct hd_search *search = pool->search;
	struct hd_scratch_mark mark = hd_scratch_mark(search->scratch);
	size_t n = pool->columns;
	double *room = hd_scratch_doubles(search->scratch,
					  6 * pool->columns);
	struct climb climb = { .pool = pool };
	double *x = room, *low = room + n, *high = room + 2 * n, value = HUGE_VAL;
	struct hd_lbfgs problem = { .low = low,
				    .high = high,
				    .objective = climb_objective,
				    .context = &climb,
				    .evaluations = evaluations,
				    .gradient_limit = 1e-4,
				    .decrease_limit = 1e-8 };

	climb.free = hd_scratch_sizes(search->scratch, pool->columns);
	if (!room || !climb.free)
		return -HUGE_VAL;
	climb_free(&climb, point);
	if (climb.continuous == 0)
		goto out;
	climb.unit = room + 3 * n;
	climb.gradient = room + 4 * n;
	climb.point = climb.gradient + pool->columns;
	memcpy(climb.point, point, pool->columns * sizeof point[0]);
	n = problem.n = climb.continuous;
	for (size_t i = 0; i < n; i++) {
		size_t c = climb.free[i];

		climb.unit[i] = fmin(fmax(search->lengths[c], 0.02), 1);
		x[i] = point[c] / climb.unit[i];
		low[i] = search->low[c] / climb.unit[i];
		high[i] = search->high[c] / climb.unit[i];
	}
	value = hd_lbfgs_minimize(&problem, x, search->scratch);
	for (size_t i = 0; i < n && value < HUGE_VAL; i++)
		point[climb.free[i]] = fmin(fmax(x[i] * climb.unit[i],
						 search->low[climb.free[i]]),
					    search->high[climb.free[i]]);
out:
	hd_scratch_reset(search->scratch, mark);
	return -value;
}

/* Levels to try for a column that stands at level AT; returns how many. */
static size_t climb_levels(const struct hd_search *search, size_t c, size_t at,
			   size_t *levels)
{
	static const int steps[] = { -1, 1, -2, 2, -5, 5,
				     -15, 15, -50, 50, -150, 150 };
	const struct hd_column *column = &search->encoding->columns[c];
	size_t count = 0;

	if (column->nominal || column->levels <= SEARCH_ALL_LEVELS) {
		for (size_t i = 0; i < column->levels && count < 64; i++)
			if (i != at)
				levels[count++] = i;
		return count;
	}
	for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
		long level = (long)at + steps[i];

		if (level >= 0 && (size_t)level < column->levels)
			levels[count++] = (size_t)level;
	}
	return count;
}

/* ROW has a new branch: what begins to exist is drawn, what ends is pruned. */
static void climb_fill(const struct pool *pool, size_t c, double *row)
{
	const struct hd_encoding *encoding = pool->search->encoding;

	for (c++; c < pool->columns; c++) {
		if (!hd_encoding_is_active(encoding, c, row))
			row[c] = NAN;
		else if (isnan(row[c]))
			row[c] = draw_anywhere(pool->search, c,
					       hd_rng_uniform(pool->fill));
	}
}

static bool is_in_box(const struct hd_search *search, size_t c, double e)
{
	if (search->encoding->columns[c].nominal)
		return e >= 0;
	return e >= search->low[c] && e <= search->high[c];
}

/*
 * The best level of one column, the others as they are, but for those that
 * exist in its branches; true if it moved.
 */
static bool climb_column(const struct pool *pool, size_t c, double *point,
			 double *value)
{
	const struct hd_search *search = pool->search;
	const struct hd_column *column = &search->encoding->columns[c];
	struct hd_scratch_mark mark = hd_scratch_mark(search->scratch);
	size_t levels[64], count, best = 0;
	size_t fills = column->branches ? SEARCH_FILLS : 1;
	double values[64 * SEARCH_FILLS], *points, *found;

	count = fills * climb_levels(search, c,
				     hd_column_level(column, point[c]), levels);
	points = hd_scratch_doubles(search->scratch, count * pool->columns);
	if (!points || count == 0)
		return false;
	for (size_t i = 0; i < count; i++) {
		double *row = points + i * pool->columns;

		memcpy(row, point, pool->columns * sizeof row[0]);
		row[c] = column->coordinate[levels[i / fills]];
		if (column->branches)
			climb_fill(pool, c, row);
	}
	if (hd_promise_values(search->promise, points, count, values) < 0)
		count = 0;
	for (size_t i = 1; i < count; i++)
		if (values[i] > values[best])
			best = i;
	found = points + best * pool->columns;
	if (count > 0 && values[best] > *value + 1e-9 &&
	    is_in_box(search, c, found[c])) {
		memcpy(point, found, pool->columns * sizeof point[0]);
		*value = values[best];
	} else {
		count = 0;
	}
	hd_scratch_reset(search->scratch, mark);
	return count > 0;
}

static double climb(const struct pool *pool, double *point, double value)
{
	const struct hd_search *search = pool->search;

	for (int sweep = 0; sweep < SEARCH_SWEEPS; sweep++) {
		bool moved = false;
		double better = climb_continuous(
			pool, point,
			sweep ? search->evaluations / 3 + 1
			      : search->evaluations);

		value = fmax(value, better);
		for (size_t c = 0; c < pool->columns; c++)
			if (search->encoding->columns[c].levels > 0 &&
			    !isnan(point[c]))
				moved |= climb_column(pool, c, point, &value);
		if (!moved)
			break;
	}
	return value;
}

/* --- choosing ------------------------------------------------------------- */

static double farthest(const struct hd_encoding *encoding, const double *a,
		       const double *b)
{
	double most = 0;

	for (size_t c = 0; c < encoding->count; c++)
		most = fmax(most,
			    fabs(hd_column_far(&encoding->columns[c], a[c],
					       b[c])));
	return most;
}

/* Climb from the best candidates that lie apart; returns how many. */
static size_t pool_climb(const struct pool *pool, double *points,
			 struct candidate *ends)
{
	size_t columns = pool->columns, count = 0, wanted = pool->search->starts;
	const double *from[SEARCH_STARTS_MOST];

	if (wanted > SEARCH_STARTS_MOST)
		wanted = SEARCH_STARTS_MOST;
	for (size_t i = 0; i < pool->count && count < wanted; i++) {
		const double *start = pool->points +
				      pool->order[i].index * columns;
		bool apart = true;

		for (size_t k = 0; k < count; k++)
			apart &= farthest(pool->search->encoding, from[k],
					  start) > SEARCH_APART;
		if (!apart)
			continue;
		from[count] = start;
		memcpy(points + count * columns, start,
		       columns * sizeof start[0]);
		ends[count].index = count;
		ends[count].value = climb(pool, points + count * columns,
					  pool->order[i].value);
		count++;
	}
	qsort(ends, count, sizeof ends[0], compare_candidates);
	return count;
}

/* The first of ORDER that is allowed, snapped into POINT. */
static bool take(const struct hd_search *search, const double *points,
		 const struct candidate *order, size_t count, bool soft,
		 double *point)
{
	size_t columns = search->encoding->count;

	for (size_t i = 0; i < count; i++) {
		memcpy(point, points + order[i].index * columns,
		       columns * sizeof point[0]);
		hd_encoding_snap(search->encoding, point);
		if (!search->veto(search->context, point, soft))
			return true;
	}
	return false;
}

static bool pool_room(struct pool *pool, size_t count)
{
	struct hd_scratch *scratch = pool->search->scratch;

	pool->points = hd_scratch_doubles(scratch, count * pool->columns);
	pool->order = hd_scratch_bytes(scratch, count, sizeof pool->order[0]);
	return pool->points && pool->order;
}

/* One candidate costs n (10 f + n) steps. */
void hd_search_effort(struct hd_search *search, size_t rows)
{
	double n = (double)rows;
	double one = n * (10 * (double)search->encoding->kernel.count + n) + 1;

	search->spread = (size_t)fmin(512, fmax(96, SCORE_WORK / one));
	search->near = (size_t)fmin(64, fmax(24, SCORE_WORK / one / 8));
	search->starts = (size_t)fmin(6, fmax(2, CLIMB_WORK / one / 60));
	search->evaluations = (size_t)fmin(60, fmax(12, CLIMB_WORK / one / 4));
}

int hd_search(const struct hd_search *search, double *point)
{
	struct pool pool = { .search = search,
			     .columns = search->encoding->count };
	struct candidate ends[SEARCH_STARTS_MOST];
	struct hd_rng fill = hd_rng_stream(search->rng, 0x5ea3);
	double *points = hd_scratch_doubles(search->scratch,
					    SEARCH_STARTS_MOST * pool.columns);
	size_t count;
	int rc;

	if (!points ||
	    !pool_room(&pool, search->spread +
				      search->near * search->incumbents_count))
		return HD_ENOMEM;
	pool.fill = &fill;
	pool_spread(&pool);
	pool_near(&pool);
	rc = pool_rank(&pool);
	if (rc < 0)
		return rc;
	count = pool_climb(&pool, points, ends);
	if (take(search, points, ends, count, true, point) ||
	    take(search, pool.points, pool.order, pool.count, true, point) ||
	    take(search, points, ends, count, false, point) ||
	    take(search, pool.points, pool.order, pool.count, false, point))
		return 0;
	return HD_EXHAUSTED;
}

int hd_search_among(const struct hd_search *search, const double *points,
		    size_t count, double *point)
{
	struct pool pool = { .search = search,
			     .columns = search->encoding->count,
			     .count = count };
	int rc;

	if (!pool_room(&pool, count))
		return HD_ENOMEM;
	if (count > 0)
		memcpy(pool.points, points,
		       count * pool.columns * sizeof points[0]);
	rc = pool_rank(&pool);
	if (rc < 0)
		return rc;
	if (take(search, pool.points, pool.order, count, true, point) ||
	    take(search, pool.points, pool.order, count, false, point))
		return 0;
	return HD_EXHAUSTED;
}
