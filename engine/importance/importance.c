#include <hdrive/importance.h>

#include "importance/gather.h"
#include "importance/parzen.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hd_importance {
	struct hd_importance_row *rows;
	size_t count;
	size_t trials, best;
	double quantile;
	char note[200];
};

/* --- a parameter's places -------------------------------------------------------- */

/* Where the values of a parameter lie, as places of a grid. */
struct grid {
	double low, step;
	size_t steps; /* fewer than 2: it has but one value */
	bool is_log, is_choice;
};

static double grid_scale(const struct grid *grid, double value)
{
	return grid->is_log ? log(value) : value;
}

/* The ends of what trials have, where no file says them. */
static void grid_observe(const double *values, size_t count, double *low, double *high)
{
	*low = *high = NAN;
	for (size_t i = 0; i < count; i++) {
		*low = fmin(*low, values[i]);
		*high = fmax(*high, values[i]);
	}
}

static struct grid grid_make(const struct hd_table_param *param, const double *values,
			     size_t count)
{
	struct grid grid = { .is_log = param->is_log, .is_choice = param->is_choice };
	double low = param->low, high = param->high, whole;

	if (param->is_choice) {
		grid.steps = param->option_count;
		grid.step = 1;
		return grid;
	}
	if (!param->has_ends)
		grid_observe(values, count, &low, &high);
	low = grid_scale(&grid, low);
	high = grid_scale(&grid, high);
	if (!(isfinite(low) && isfinite(high) && high > low)) {
		grid.steps = isnan(low) ? 0 : 1;
		return grid;
	}
	grid.steps = HD_PARZEN_STEPS;
	/* Values that are not dense have a place each, if there is room. */
	whole = param->step > 0 && !param->is_log ? round((high - low) / param->step) + 1
						  : INFINITY;
	if (whole < HD_PARZEN_STEPS)
		grid.steps = (size_t)whole;
	grid.low = low;
	grid.step = grid.steps > 1 ? (high - low) / (double)(grid.steps - 1) : 0;
	return grid;
}

/* Enqueued values may lie outside: they count at the end. */
static size_t grid_place(const struct grid *grid, double value)
{
	double place = grid->is_choice ? value
				       : ceil((grid_scale(grid, value) - grid->low) / grid->step -
					      0.5 - 1e-9);

	if (!(place > 0))
		return 0;
	return place < (double)grid->steps ? (size_t)place : grid->steps - 1;
}

/* --- how far apart ----------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/*
 * The worst result that is among the best: the QUANTILE of COUNT of them, as the
 * inverse of their distribution; with at least two below it. SORTED is scratch.
 */
static double cut_off(double *sorted, size_t count, double quantile)
{
	size_t index = (size_t)ceil(quantile * (double)count);

	qsort(sorted, count, sizeof *sorted, by_value);
	if (index < 2)
		index = 2;
	return sorted[(index < count ? index : count) - 1];
}

struct counted {
	double *all, *top; /* by place */
	size_t with;       /* trials that have it */
};

static void count_places(const struct hd_gathered *gathered, const double *values,
			 const struct grid *grid, double cut, struct counted *counted)
{
	for (size_t i = 0; i < gathered->count; i++) {
		size_t place;

		if (isnan(values[i]))
			continue;
		place = grid_place(grid, values[i]);
		counted->all[place]++;
		if (gathered->results[i] <= cut)
			counted->top[place]++;
	}
}

static double divergence(const struct counted *counted, const struct grid *grid,
			 double *scratch)
{
	double *all = scratch, *top = scratch + grid->steps;

	if (grid->is_choice) {
		hd_parzen_choice(counted->all, grid->steps, all);
		hd_parzen_choice(counted->top, grid->steps, top);
	} else {
		hd_parzen_ordered(counted->all, grid->steps, all);
		hd_parzen_ordered(counted->top, grid->steps, top);
	}
	return hd_parzen_divergence(top, all, grid->steps);
}

/* How many trials have it, and their results into SORTED. */
static size_t results_with(const struct hd_gathered *gathered, const double *values,
			   double *sorted)
{
	size_t with = 0;

	for (size_t i = 0; i < gathered->count; i++)
		if (!isnan(values[i]))
			sorted[with++] = gathered->results[i];
	return with;
}

/* *VALUE: how much the parameter INDEX matters, before it is divided by the sum. */
static int column_value(const struct hd_gathered *gathered, size_t index, double quantile,
			double *sorted, double *value, size_t *with)
{
	const struct hd_table_param *param = hd_table_param(gathered->table, index);
	const double *values = gathered->columns[index].values;
	struct grid grid = grid_make(param, values, gathered->count);
	struct counted counted;
	double *places;

	*value = 0;
	*with = results_with(gathered, values, sorted);
	if (*with < HD_IMPORTANCE_LEAST || grid.steps < 2)
		return 0;
	places = calloc(4 * grid.steps, sizeof *places);
	if (!places)
		return HD_ENOMEM;
	counted = (struct counted){ .all = places, .top = places + grid.steps };
	count_places(gathered, values, &grid, cut_off(sorted, *with, quantile), &counted);
	*value = divergence(&counted, &grid, places + 2 * grid.steps) * (double)*with /
		 (double)gathered->count;
	free(places);
	return 0;
}

/* --- the rows ------------------------------------------------------------------------ */

static int row_set(struct hd_importance_row *row, const struct hd_table_param *param)
{
	row->name = strdup(param->name);
	row->within = strdup(param->within);
	return row->name && row->within ? 0 : HD_ENOMEM;
}

static int rows_fill(struct hd_importance *importance, const struct hd_gathered *gathered)
{
	double *sorted = malloc((gathered->count + 1) * sizeof *sorted);
	double sum = 0;
	int rc = sorted ? 0 : HD_ENOMEM;

	importance->rows = calloc(gathered->column_count + 1, sizeof *importance->rows);
	if (!importance->rows)
		rc = HD_ENOMEM;
	for (size_t i = 0; rc == 0 && i < gathered->column_count; i++) {
		struct hd_importance_row *row = &importance->rows[importance->count++];

		rc = row_set(row, hd_table_param(gathered->table, i));
		if (rc == 0)
			rc = column_value(gathered, i, importance->quantile, sorted,
					  &row->importance, &row->trials);
		sum += row->importance;
	}
	for (size_t i = 0; rc == 0 && i < importance->count && sum > 0; i++)
		importance->rows[i].importance /= sum;
	if (rc == 0 && !(sum > 0))
		snprintf(importance->note, sizeof importance->note,
			 "no parameter has other values in the best trials than in all");
	free(sorted);
	return rc;
}

/* How many are among the best of all. */
static int count_best(struct hd_importance *importance, const struct hd_gathered *gathered)
{
	double *sorted = malloc((gathered->count + 1) * sizeof *sorted);
	double cut;

	if (!sorted)
		return HD_ENOMEM;
	memcpy(sorted, gathered->results, gathered->count * sizeof *sorted);
	cut = cut_off(sorted, gathered->count, importance->quantile);
	for (size_t i = 0; i < gathered->count; i++)
		importance->best += gathered->results[i] <= cut;
	free(sorted);
	return 0;
}

/* Stable: equals stay in declared order. Few enough for the plain way. */
static void rows_sort(struct hd_importance *importance)
{
	for (size_t i = 1; i < importance->count; i++) {
		struct hd_importance_row row = importance->rows[i];
		size_t at = i;

		for (; at > 0 && importance->rows[at - 1].importance < row.importance; at--)
			importance->rows[at] = importance->rows[at - 1];
		importance->rows[at] = row;
	}
}

static void rows_release(struct hd_importance *importance)
{
	for (size_t i = 0; i < importance->count; i++) {
		free((char *)importance->rows[i].name);
		free((char *)importance->rows[i].within);
	}
	free(importance->rows);
	importance->rows = NULL;
	importance->count = 0;
}

static int importance_fill(struct hd_importance *importance,
			   const struct hd_gathered *gathered)
{
	int rc;

	importance->trials = gathered->count;
	if (gathered->count < HD_IMPORTANCE_LEAST) {
		snprintf(importance->note, sizeof importance->note,
			 "%d trials that ended with a result are needed, there are %zu",
			 HD_IMPORTANCE_LEAST, gathered->count);
		return 0;
	}
	rc = count_best(importance, gathered);
	if (rc == 0)
		rc = rows_fill(importance, gathered);
	if (rc == 0 && *importance->note)
		rows_release(importance);
	rows_sort(importance);
	return rc;
}

static int check_options(const struct hd_importance_options *options, double *quantile,
			 struct hd_error *err)
{
	*quantile = options ? options->quantile : HD_IMPORTANCE_QUANTILE;
	if (*quantile > 0 && *quantile < 1)
		return 0;
	return hd_error_set(err, HD_EINVAL,
			    "the quantile of the best trials must be between 0 and 1, got %g",
			    *quantile);
}

int hd_importance_open(struct hd_importance **out, struct hd_store *store, int64_t sweep,
		       const struct hd_importance_options *options, struct hd_error *err)
{
	struct hd_importance *importance;
	struct hd_gathered gathered;
	double quantile;
	int rc = check_options(options, &quantile, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	importance = calloc(1, sizeof *importance);
	if (!importance)
		return hd_error_nomem(err);
	importance->quantile = quantile;
	rc = hd_gather(&gathered, store, sweep, err);
	if (rc == 0 && importance_fill(importance, &gathered) < 0)
		rc = hd_error_nomem(err);
	hd_gathered_release(&gathered);
	if (rc < 0)
		hd_importance_close(importance);
	else
		*out = importance;
	return rc;
}

void hd_importance_close(struct hd_importance *importance)
{
	if (!importance)
		return;
	rows_release(importance);
	free(importance);
}

size_t hd_importance_count(const struct hd_importance *importance)
{
	return importance->count;
}

const struct hd_importance_row *hd_importance_at(const struct hd_importance *importance,
						 size_t index)
{
	return &importance->rows[index];
}

size_t hd_importance_trials(const struct hd_importance *importance)
{
	return importance->trials;
}

size_t hd_importance_best(const struct hd_importance *importance)
{
	return importance->best;
}

double hd_importance_quantile(const struct hd_importance *importance)
{
	return importance->quantile;
}

const char *hd_importance_note(const struct hd_importance *importance)
{
	return importance->note;
}
