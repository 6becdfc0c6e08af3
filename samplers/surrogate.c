/* Models of the results: active set, theta, believers. */
#include "surrogate.h"

#include <hdrive/error.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

int hd_anchors_init(struct hd_anchors *anchors, const struct hd_kernel *kernel)
{
	memset(anchors, 0, sizeof *anchors);
	for (size_t i = 0; i < HD_TRANSFORMS; i++) {
		anchors->of[i].theta = calloc(hd_kernel_size(kernel),
					      sizeof(double));
		if (!anchors->of[i].theta)
			return HD_ENOMEM;
	}
	return 0;
}

void hd_anchors_release(struct hd_anchors *anchors)
{
	for (size_t i = 0; i < HD_TRANSFORMS; i++)
		free(anchors->of[i].theta);
	memset(anchors, 0, sizeof *anchors);
}

/* Steps that the fit of an anchor, and the short fit after it, may take. */
#define FIT_WORK 2e8
#define REFIT_WORK 2e7

/* --- the active set ------------------------------------------------------- */

struct ranked {
	double result;
	size_t row;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->result != y->result)
		return x->result < y->result ? -1 : 1;
	return (x->row > y->row) - (x->row < y->row);
}

static int compare_sizes(const void *a, const void *b)
{
	size_t x = *(const size_t *)a, y = *(const size_t *)b;

	return (x > y) - (x < y);
}

static bool is_modelled(enum hd_outcome outcome)
{
	return outcome <= HD_OUTCOME_FAILED;
}

/* Squared distance of two rows; names count as far. */
static double row_distance(const struct hd_surrogate *s, const double *a,
			   const double *b)
{
	double sum = 0;

	for (size_t c = 0; c < s->rows->columns; c++) {
		double far = hd_column_far(&s->encoding->columns[c], a[c],
					   b[c]);

		sum += far * far;
	}
	return sum;
}

/*
 * Of COUNT ranked rows the quarter that is best, then half by nearness to the
 * three best, then the rest evenly over what remains; into CHOSEN, in order.
 */
static void thin(const struct hd_surrogate *s, struct ranked *ranked,
		 size_t count, size_t *chosen, size_t wanted)
{
	size_t best = wanted / 4, near = wanted / 2, taken = best, left;
	const double *points = s->rows->points;
	size_t columns = s->rows->columns;

	for (size_t i = 0; i < best; i++)
		chosen[i] = ranked[i].row;
	for (size_t i = best; i < count; i++) {
		const double *row = points + ranked[i].row * columns;
		double least = HUGE_VAL;

		for (size_t k = 0; k < 3; k++)
			least = fmin(least,
				     row_distance(s, row, points + chosen[k] * columns));
		ranked[i].result = least;
	}
	qsort(ranked + best, count - best, sizeof ranked[0], compare_ranked);
	for (; taken < best + near; taken++)
		chosen[taken] = ranked[taken].row;
	left = wanted - taken;
	for (size_t i = 0; i < left; i++)
		chosen[taken + i] =
			ranked[taken + i * (count - taken) / left].row;
	qsort(chosen, wanted, sizeof chosen[0], compare_sizes);
}

static int surrogate_choose(struct hd_surrogate *s)
{
	size_t total = s->rows->results_count + s->rows->failed, count = 0;
	struct ranked *ranked = hd_scratch_bytes(s->scratch, total,
						 sizeof ranked[0]);
	size_t room = (total < HD_SURROGATE_ROWS ? total : HD_SURROGATE_ROWS) +
		      s->rows->pending;

	s->chosen = hd_scratch_sizes(s->scratch, room);
	if (!ranked || !s->chosen)
		return HD_ENOMEM;
	for (size_t i = 0; i < s->rows->count; i++)
		if (is_modelled(s->rows->outcomes[i])) {
			bool failed = s->rows->outcomes[i] == HD_OUTCOME_FAILED;

			ranked[count].row = i;
			ranked[count++].result = failed ? HUGE_VAL
							: s->rows->results[i];
		}
	s->count = count;
	for (size_t i = 0; i < count && count <= HD_SURROGATE_ROWS; i++)
		s->chosen[i] = ranked[i].row;
	if (count > HD_SURROGATE_ROWS) {
		qsort(ranked, count, sizeof ranked[0], compare_ranked);
		thin(s, ranked, count, s->chosen, HD_SURROGATE_ROWS);
		s->count = HD_SURROGATE_ROWS;
	}
	return 0;
}

static void surrogate_results(struct hd_surrogate *s)
{
	double worst = -HUGE_VAL;

	for (size_t i = 0; i < s->count; i++)
		if (s->rows->outcomes[s->chosen[i]] != HD_OUTCOME_FAILED)
			worst = fmax(worst, s->rows->results[s->chosen[i]]);
	for (size_t i = 0; i < s->count; i++)
		s->results[i] = s->rows->outcomes[s->chosen[i]] == HD_OUTCOME_FAILED
					? worst
					: s->rows->results[s->chosen[i]];
}

int hd_surrogate_init(struct hd_surrogate *s,
		      const struct hd_encoding *encoding,
		      const struct hd_observations *rows,
		      struct hd_scratch *scratch)
{
	*s = (struct hd_surrogate){ .encoding = encoding,
				    .rows = rows,
				    .scratch = scratch };
	if (surrogate_choose(s) < 0)
		return HD_ENOMEM;
	for (size_t i = 0; i < rows->count; i++)
		if (rows->outcomes[i] == HD_OUTCOME_PENDING)
			s->chosen[s->count + s->pending++] = i;
	s->stride = s->count + s->pending;
	s->x = hd_scratch_doubles(scratch, s->stride * rows->columns);
	s->results = hd_scratch_doubles(scratch, s->count);
	if (!s->x || !s->results)
		return HD_ENOMEM;
	for (size_t i = 0; i < s->stride; i++)
		for (size_t c = 0; c < rows->columns; c++)
			s->x[c * s->stride + i] =
				rows->points[s->chosen[i] * rows->columns + c];
	surrogate_results(s);
	return 0;
}

/* --- theta ---------------------------------------------------------------- */

/* How many of N results the anchor is fitted to. */
static size_t anchor_size(size_t n)
{
	size_t size = 4;

	while (size < n) {
		size_t next = size + (size < 40 ? 4 : size / 6);

		if (next > n)
			break;
		size = next;
	}
	return size < n ? size : n;
}

static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* Variance beside the noise: imputed and failed results are not measured. */
static void surrogate_extra(const struct hd_surrogate *s, double scale,
			    double *extra)
{
	for (size_t i = 0; i < s->count; i++) {
		enum hd_outcome outcome = s->rows->outcomes[s->chosen[i]];
		double spread = s->rows->spread[s->chosen[i]];

		extra[i] = 0;
		if (outcome == HD_OUTCOME_FAILED)
			extra[i] = 0.3;
		else if (outcome == HD_OUTCOME_STOPPED)
			extra[i] = fmin(spread / (scale * scale), 1);
	}
}

/* Rows of the fit: all, or the best third and an even share of the others. */
static size_t fit_rows(const struct hd_surrogate *s, size_t count,
		       size_t *fitted)
{
	struct hd_scratch_mark mark = hd_scratch_mark(s->scratch);
	size_t wanted = HD_SURROGATE_FIT_ROWS, best = wanted / 3;
	struct ranked *ranked;

	for (size_t i = 0; i < count && count <= wanted; i++)
		fitted[i] = i;
	if (count <= wanted)
		return count;
	ranked = hd_scratch_bytes(s->scratch, count, sizeof ranked[0]);
	if (!ranked)
		return 0;
	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ s->results[i], i };
	qsort(ranked, count, sizeof ranked[0], compare_ranked);
	for (size_t i = 0; i < wanted; i++)
		fitted[i] = i < best ? ranked[i].row
				     : ranked[best + (i - best) * (count - best) /
							     (wanted - best)]
					       .row;
	qsort(fitted, wanted, sizeof fitted[0], compare_sizes);
	hd_scratch_reset(s->scratch, mark);
	return wanted;
}

/* The data of the first COUNT results, thinned and transformed for a fit. */
static int fit_data(const struct hd_surrogate *s, enum hd_transform transform,
		    size_t count, struct hd_gp_data *data)
{
	size_t columns = s->rows->columns, n;
	size_t *fitted = hd_scratch_sizes(s->scratch, count + 1);
	double *x = hd_scratch_doubles(s->scratch, columns * count);
	double *y = hd_scratch_doubles(s->scratch, count);
	double *z = hd_scratch_doubles(s->scratch, count);
	double *all = hd_scratch_doubles(s->scratch, s->count);
	double *extra = hd_scratch_doubles(s->scratch, count), scale;
	int rc;

	if (!fitted || !x || !y || !z || !all || !extra)
		return HD_ENOMEM;
	n = fit_rows(s, count, fitted);
	for (size_t i = 0; i < n; i++)
		y[i] = s->results[fitted[i]];
	rc = hd_transform(transform, y, n, z, &scale, s->scratch);
	surrogate_extra(s, scale, all);
	for (size_t i = 0; i < n; i++) {
		extra[i] = all[fitted[i]];
		for (size_t c = 0; c < columns; c++)
			x[c * count + i] = s->x[c * s->stride + fitted[i]];
	}
	*data = (struct hd_gp_data){ .kernel = &s->encoding->kernel,
				     .points = { x, count },
				     .n = n,
				     .y = z,
				     .extra = extra };
	return rc;
}

static uint64_t data_hash(const struct hd_gp_data *data, size_t columns)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	hash = hash_bytes(hash, data->y, data->n * sizeof data->y[0]);
	hash = hash_bytes(hash, data->extra, data->n * sizeof data->extra[0]);
	for (size_t c = 0; c < columns; c++)
		hash = hash_bytes(hash, data->points.x + c * data->points.stride,
				  data->n * sizeof data->y[0]);
	return hash | 1;
}

/*
 * Evaluations of a fit to N results that cost about WORK elementary steps: a
 * bound on time that does not ask the clock.
 */
static size_t fit_effort(const struct hd_surrogate *s, size_t n, double work,
			 double most)
{
	double rows = (double)n;
	double features = (double)s->encoding->kernel.count;

	return (size_t)fmin(most,
			    work / (rows * rows * (6 * features + rows) + 1));
}

/* From both cold starts, the better end; kept by the hash of its data. */
static int anchor_theta(const struct hd_surrogate *s,
			enum hd_transform transform, struct hd_anchor *anchor)
{
	size_t size = hd_kernel_size(&s->encoding->kernel);
	double *theta = hd_scratch_doubles(s->scratch, size), best = HUGE_VAL;
	size_t effort;
	int colds;
	struct hd_gp_data data;
	uint64_t key;
	int rc = theta ? fit_data(s, transform, anchor_size(s->count), &data)
		       : HD_ENOMEM;

	if (rc < 0)
		return rc;
	key = data_hash(&data, s->rows->columns);
	/* By what is fitted, not by all results: those go on to grow. */
	colds = data.n < 2 * s->rows->columns + 8 ? 2 : 1;
	effort = 10 + fit_effort(s, data.n, FIT_WORK, 50);
	if (key == anchor->key)
		return 0;
	for (int cold = 0; cold < colds; cold++) {
		double loss;

		hd_gp_start(&s->encoding->kernel, cold, theta);
		loss = hd_gp_fit(&data, theta, effort, s->scratch);
		if (loss < best || cold == 0) {
			best = loss;
			memcpy(anchor->theta, theta, size * sizeof theta[0]);
		}
	}
	/* Theta of a fit that ran out of memory must not be kept. */
	anchor->key = s->scratch->failed ? 0 : key;
	return s->scratch->failed ? HD_ENOMEM : 0;
}

static int surrogate_theta(const struct hd_surrogate *s,
			   enum hd_transform transform,
			   struct hd_anchor *anchor, double *theta)
{
	struct hd_scratch_mark mark = hd_scratch_mark(s->scratch);
	size_t size = hd_kernel_size(&s->encoding->kernel);
	size_t evaluations = fit_effort(s, s->count, REFIT_WORK, 12);
	struct hd_gp_data data;
	int rc = anchor_theta(s, transform, anchor);

	if (rc < 0)
		goto out;
	memcpy(theta, anchor->theta, size * sizeof theta[0]);
	if (evaluations > 2 && anchor_size(s->count) < s->count) {
		rc = fit_data(s, transform, s->count, &data);
		if (rc == 0)
			hd_gp_fit(&data, theta, evaluations, s->scratch);
	}
out:
	hd_scratch_reset(s->scratch, mark);
	return rc;
}

/* --- models --------------------------------------------------------------- */

/*
 * Posterior means at the rows: K (K + D)^-1 (y - m) + m = y - D alpha, D the
 * variances on the diagonal, so no prediction is needed.
 */
static int model_means(const struct hd_surrogate *s, struct hd_model *model)
{
	const struct hd_gp *gp = &model->gp;

	model->best = HUGE_VAL;
	for (size_t i = 0; i < s->count; i++) {
		double variance = gp->weights.noise + model->extra[i];

		model->mean[i] = model->y[i] - variance * gp->alpha[i];
		model->best = fmin(model->best, model->mean[i]);
	}
	return isfinite(model->best) ? 0 : HD_EINVAL;
}

int hd_surrogate_model(const struct hd_surrogate *s,
		       enum hd_transform transform, struct hd_anchors *anchors,
		       struct hd_model *model)
{
	size_t size = hd_kernel_size(&s->encoding->kernel);
	double *theta = hd_scratch_doubles(s->scratch, size);
	struct hd_gp_data data;
	int rc;

	/* Room for the pending ones too. */
	model->y = hd_scratch_doubles(s->scratch, s->stride);
	model->extra = hd_scratch_doubles(s->scratch, s->stride);
	model->mean = hd_scratch_doubles(s->scratch, s->stride);
	model->transform = transform;
	if (!theta || !model->y || !model->extra || !model->mean)
		return HD_ENOMEM;
	rc = hd_transform(transform, s->results, s->count, model->y,
			  &model->scale, s->scratch);
	if (rc == 0)
		rc = surrogate_theta(s, transform, &anchors->of[transform],
				     theta);
	if (rc < 0)
		return rc;
	surrogate_extra(s, model->scale, model->extra);
	for (size_t f = 0; f < s->encoding->kernel.count; f++)
		theta[f] += s->stretch;
	data = (struct hd_gp_data){ .kernel = &s->encoding->kernel,
				    .points = { s->x, s->stride },
				    .n = s->count,
				    .y = model->y,
				    .extra = model->extra };
	rc = hd_gp_condition(&model->gp, &data, theta, NULL, s->scratch);
	return rc == 0 ? model_means(s, model) : rc;
}

int hd_surrogate_believe(const struct hd_surrogate *s, struct hd_model *model)
{
	struct hd_gp_data data = model->gp.data;
	double variance, mean = model->gp.mean;
	double *point = hd_scratch_doubles(s->scratch, s->rows->columns);
	struct hd_gp before = model->gp;
	int rc = point ? 0 : HD_ENOMEM;

	if (s->pending == 0)
		return 0;
	for (size_t i = s->count; i < s->stride && rc == 0; i++) {
		for (size_t c = 0; c < s->rows->columns; c++)
			point[c] = s->x[c * s->stride + i];
		rc = hd_gp_predict(&before, point, 1, &model->y[i], &variance,
				   s->scratch);
		model->extra[i] = 0;
		/* An improvement that is under way need not be made again. */
		model->best = fmin(model->best, model->y[i]);
	}
	data.n = s->stride;
	if (rc == 0)
		rc = hd_gp_condition(&model->gp, &data, before.theta, &mean,
				     s->scratch);
	return rc;
}
