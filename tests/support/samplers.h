/*
 * A sampler asked in a test: a space, a history and a state, without a sweep.
 */
#ifndef TESTS_SUPPORT_SAMPLERS_H
#define TESTS_SUPPORT_SAMPLERS_H

#include "check.h"

#include <float.h>

#include "sweep/history.h"

#define WIDTH_MOST 256

/* --- one sweep without trials that run ------------------------------------ */

struct run {
	const struct hd_sampler_type *type;
	struct hd_space *space;
	struct hd_history *history;
	void *state;
	uint64_t seed;
	struct hd_value values[WIDTH_MOST];
};

static inline void run_add(struct run *run, struct hd_expr expr)
{
	char name[32];

	snprintf(name, sizeof name, "--p%zu", hd_space_count(run->space));
	assert_int_equal(hd_space_add(run->space, name, &expr, NULL, NULL), 0);
}

/* The same, on option BRANCH of parameter PARENT. */
static inline void run_add_in(struct run *run, size_t parent, size_t branch,
			      struct hd_expr expr)
{
	char name[32];

	snprintf(name, sizeof name, "--p%zu", hd_space_count(run->space));
	assert_int_equal(hd_space_add_in(run->space, parent, branch, name, &expr,
					 NULL, NULL),
			 0);
}

static inline void run_open(struct run *run, size_t row, uint64_t seed)
{
	memset(run, 0, sizeof *run);
	run->type = hd_sampler_type_at(row);
	run->seed = seed;
	run->space = hd_space_new();
	assert_non_null(run->space);
}

/* The space is complete: from here on the sampler may be asked. */
static inline void run_start(struct run *run)
{
	struct hd_error err = { 0 };

	assert_true(hd_space_count(run->space) <= WIDTH_MOST);
	run->history = hd_history_new(HD_MINIMIZE, hd_space_count(run->space));
	run->state = calloc(1, run->type->state_size + 1);
	assert_non_null(run->history);
	assert_non_null(run->state);
	hd_option_defaults(run->type->options, run->state);
	if (run->type->init &&
	    run->type->init(run->state, run->space, &err) != 0)
		fail_msg("%s: %s", run->type->name, err.text);
}

static inline int run_suggest(struct run *run)
{
	struct hd_rng rng;

	hd_rng_init(&rng, run->seed, hd_history_next(run->history));
	return run->type->suggest(run->state, run->history, &rng, run->values,
				  NULL);
}

/* Suggest and let the trial wait in the history; false when exhausted. */
static inline bool run_next(struct run *run)
{
	int rc = run_suggest(run);

	assert_true(rc == 0 || rc == HD_EXHAUSTED);
	if (rc == 0)
		assert_non_null(hd_history_add(run->history, run->values));
	return rc == 0;
}

static inline void run_close(struct run *run)
{
	if (run->type->release)
		run->type->release(run->state);
	free(run->state);
	hd_history_free(run->history);
	hd_space_free(run->space);
}

/* Whether trials A and B of the runs have the same values. */
static inline bool run_same(const struct run *x, size_t a, const struct run *y,
			    size_t b)
{
	const struct hd_value *v = hd_trial_values(
		hd_history_trial(x->history, a));
	const struct hd_value *w = hd_trial_values(
		hd_history_trial(y->history, b));

	for (size_t i = 0; i < hd_space_count(x->space); i++)
		if (!hd_value_equal(&v[i], &w[i]))
			return false;
	return true;
}

/* Trial INDEX ends as END says, having logged VALUE if LOGS. */
static inline void run_finish(struct run *run, size_t index, bool logs, double value,
			      enum hd_trial_event end)
{
	struct hd_trial *trial = hd_history_trial_mutable(run->history, index);

	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWN);
	hd_trial_move(trial, HD_TRIAL_EVENT_SPAWNED);
	if (logs)
		assert_int_equal(hd_trial_log(trial, value), 0);
	if (end == HD_TRIAL_EVENT_CANCEL)
		hd_trial_move(trial, HD_TRIAL_EVENT_STOP);
	hd_trial_move(trial, end);
}

/* --- what may come out ---------------------------------------------------- */

static const struct hd_value choice_options[] = {
	{ .kind = HD_VALUE_TEXT, .text = "adam", .length = 4 },
	{ .kind = HD_VALUE_TEXT, .text = "sgd", .length = 3 },
	{ .kind = HD_VALUE_TEXT, .text = "lamb", .length = 4 },
};

/* A usual and an odd expression of each kind. */
static const struct hd_expr expressions[] = {
	{ .kind = HD_EXPR_CHOICE,
	  .option_count = 3,
	  .options = choice_options },
	{ .kind = HD_EXPR_CHOICE,
	  .option_count = 1,
	  .options = choice_options },
	{ .kind = HD_EXPR_RANDINT, .b = 1000 },
	{ .kind = HD_EXPR_RANDINT, .b = 0x1p53 },
	{ .kind = HD_EXPR_UNIFORM, .a = -1.3, .b = 2.385 },
	{ .kind = HD_EXPR_UNIFORM, .a = -DBL_MAX, .b = DBL_MAX },
	{ .kind = HD_EXPR_QUNIFORM, .a = 16, .b = 128, .q = 16 },
	{ .kind = HD_EXPR_QUNIFORM, .a = -0.7, .b = 1e6, .q = 0.1 },
	{ .kind = HD_EXPR_LOGUNIFORM, .a = -6, .b = -1 },
	{ .kind = HD_EXPR_LOGUNIFORM, .a = -700, .b = 700 },
	{ .kind = HD_EXPR_QLOGUNIFORM, .a = 2.385, .b = 6.5, .q = 8 },
	{ .kind = HD_EXPR_QLOGUNIFORM, .a = -6, .b = 12, .q = 0.25 },
	{ .kind = HD_EXPR_NORMAL, .a = 2.385, .b = 0.75 },
	{ .kind = HD_EXPR_NORMAL, .a = 2.385, .b = 0 },
	{ .kind = HD_EXPR_QNORMAL, .a = 2.385, .b = 20, .q = 7 },
	{ .kind = HD_EXPR_LOGNORMAL, .a = -2.385, .b = 1.5 },
	{ .kind = HD_EXPR_LOGNORMAL, .a = 0, .b = 1e300 },
	{ .kind = HD_EXPR_QLOGNORMAL, .a = 2.385, .b = 1, .q = 3 },
};

static inline bool is_multiple(double x, double q)
{
	return fabs(remainder(x, q)) <= 1e-9 * fmax(q, fabs(x));
}

/* Inside the bounds that rounding to q leaves, ends included. */
static inline bool is_inside(double x, double min, double max, double q)
{
	return x >= min - q / 2 - 1e-9 * q && x <= max + q / 2 + 1e-9 * q &&
	       (q == 0 || is_multiple(x, q));
}

static inline bool is_legal(const struct hd_expr *expr, const struct hd_value *value)
{
	double x = value->number;

	if (expr->kind == HD_EXPR_CHOICE)
		return value->option < expr->option_count &&
		       hd_value_equal(value, &expr->options[value->option]);
	if ((value->kind != HD_VALUE_INTEGER && value->kind != HD_VALUE_REAL) ||
	    !isfinite(x) || (x == 0 && signbit(x)))
		return false;
	switch (expr->kind) {
	case HD_EXPR_RANDINT:
		return value->kind == HD_VALUE_INTEGER && x >= 0 && x < expr->b;
	case HD_EXPR_UNIFORM:
	case HD_EXPR_QUNIFORM:
		return is_inside(x, expr->a, expr->b, expr->q);
	case HD_EXPR_LOGUNIFORM:
	case HD_EXPR_QLOGUNIFORM:
		return is_inside(x, exp(expr->a), exp(expr->b), expr->q);
	case HD_EXPR_QNORMAL:
		return is_multiple(x, expr->q);
	case HD_EXPR_LOGNORMAL:
		return x > 0;
	case HD_EXPR_QLOGNORMAL:
		return x >= 0 && is_multiple(x, expr->q);
	case HD_EXPR_NORMAL:
	case HD_EXPR_CHOICE:
		break;
	}
	return true;
}

static inline void assert_legal(const struct run *run)
{
	for (size_t i = 0; i < hd_space_count(run->space); i++) {
		const struct hd_expr *expr = &hd_space_param(run->space, i)->expr;

		if (!hd_space_is_active(run->space, i, run->values)) {
			assert_int_equal(run->values[i].kind, HD_VALUE_ABSENT);
			continue;
		}
		if (!is_legal(expr, &run->values[i]))
			fail_msg("%s: %.17g is not legal for %s(%g, %g, %g)",
				 run->type->name, run->values[i].number,
				 hd_expr_name(expr->kind), expr->a, expr->b,
				 expr->q);
	}
}

/* Every expression that the sampler takes, in one space. */
static inline void run_add_all(struct run *run)
{
	for (size_t i = 0; i < ROWS(expressions); i++)
		if (run->type->expressions & (unsigned)expressions[i].kind)
			run_add(run, expressions[i]);
}

/* The order of a grid is the file's, whatever the seed. */
static inline bool is_seeded(const struct hd_sampler_type *type)
{
	return strcmp(type->name, "grid") != 0;
}

#define EACH_ROW(row) \
	for (size_t row = 0; row < hd_sampler_types(); row++)

/* A few parameters of every sort that TYPE takes. */
static inline void run_add_some(struct run *run)
{
	static const struct hd_expr some[] = {
		{ .kind = HD_EXPR_CHOICE,
		  .option_count = 3,
		  .options = choice_options },
		{ .kind = HD_EXPR_RANDINT, .b = 50 },
		{ .kind = HD_EXPR_UNIFORM, .a = -1.3, .b = 2.385 },
		{ .kind = HD_EXPR_QUNIFORM, .a = 16, .b = 512, .q = 16 },
		{ .kind = HD_EXPR_LOGUNIFORM, .a = -6, .b = -1 },
		{ .kind = HD_EXPR_QLOGUNIFORM, .a = 2.385, .b = 8, .q = 4 },
		{ .kind = HD_EXPR_NORMAL, .a = 2.385, .b = 0.75 },
		{ .kind = HD_EXPR_QLOGNORMAL, .a = 2.385, .b = 1, .q = 3 },
	};

	for (size_t i = 0; i < ROWS(some); i++)
		if (run->type->expressions & (unsigned)some[i].kind)
			run_add(run, some[i]);
}

/* Something of the values that a model can learn. */
static inline double run_result(const struct run *run)
{
	double sum = 0;

	for (size_t i = 0; i < hd_space_count(run->space); i++)
		sum += sin(run->values[i].number +
			   (double)run->values[i].option);
	return sum;
}

static inline void run_begin(struct run *run, size_t row)
{
	run_open(run, row, 2385);
	run_add_some(run);
	run_start(run);
}

static inline void run_draws_on(struct run *run, size_t count)
{
	for (size_t n = 0; n < count; n++) {
		assert_int_equal(run_suggest(run), 0);
		assert_legal(run);
		assert_true(run_next(run));
	}
}

#endif
