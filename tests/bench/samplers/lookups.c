/*
 * Tables of our own: functions known at random settings only, looked up by the
 * nearest of them, as recorded runs are. They have what recorded runs have:
 * levels at chance with a narrow way down, results that blow up, parameters
 * that do not matter, scatter from one setting to the next.
 */
#include "problem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define WIDTH_MOST 16
#define TABLE_SEED 2385

/* x[i] lies between 0 and 1, of a choice it is the option's place. */
typedef double (*lookup_fn)(const double *x);

/* A rate that is too low or too high learns nothing; what is left is chance. */
static double chance8(const double *x)
{
	double rate = x[0] + 0.25 * x[3] - 0.2 * x[1] - 0.62;
	double learns = exp(-pow(rate / (rate > 0 ? 0.07 : 0.16), 2));
	double decay = 1 / (1 + exp(18 * (x[6] - 0.55)));
	double pull = 1 / (1 + exp(14 * (x[4] - 0.7)));
	double depth = learns * decay * pull;

	return 0.7 - 0.35 * fmax(0, depth - 0.12) * (1 - 0.5 * pow(x[2] - 0.3, 2)) +
	       (rate > 0.2 ? 0.3 * (rate - 0.2) : 0);
}

static double chance6(const double *x)
{
	double a = pow((x[0] - 0.24) / 0.18, 2) + pow((x[1] - 0.71) / 0.3, 2);
	double b = pow((x[2] - 0.4 * x[0] - 0.45) / 0.25, 2);
	double inside = exp(-0.5 * (a + b));

	return 2.3 - 2 * fmax(0, inside - 0.2) - 0.1 * inside * x[4];
}

/* Two ways to learn, the wide one not as good. */
static double chance7(const double *x)
{
	double wide = 0, narrow = 0;

	for (size_t i = 0; i < 4; i++) {
		wide += pow((x[i] - 0.7) / 0.35, 2);
		narrow += pow((x[i] - 0.2 - 0.05 * (double)i) / 0.2, 2);
	}
	return 1 - 0.5 * fmax(0, exp(-wide / 2) - 0.25) -
	       0.9 * fmax(0, exp(-narrow / 2) - 0.15) - 0.02 * x[5];
}

/* Past the edge of stability losses grow by powers of ten. */
static double blowup5(const double *x)
{
	double edge = 9 * (x[0] + 0.3 * x[1] - 0.75);
	double loss = 0.3 + pow(x[0] - 0.6, 2) + 0.4 * pow(x[1] - 0.35, 2) +
		      0.2 * pow(x[2] - 0.8, 2) + 0.1 * fabs(x[3] - 0.4) + 0.1 * x[4];

	return edge > 0 ? loss + expm1(4 * edge) : loss;
}

static double smooth7(const double *x)
{
	double a = x[0] + 0.4 * x[1] - 0.8, b = x[2] - 0.7, c = x[3] - x[4] + 0.2;

	return a * a + 0.6 * b * b + 0.5 * c * c + 0.15 * pow(x[5] - 0.1, 2) +
	       0.3 * fabs(a * b);
}

/* an optimizer's name, an activation's, and four numbers */
static double names6(const double *x)
{
	static const double at[] = { 0.75, 0.35, 0.5 };
	static const double floors[] = { 0.05, 0, 0.1, 0.02 };
	double rate = x[2] - at[(size_t)x[0]];

	return (rate > 0 ? 6 : 2) * rate * rate + floors[(size_t)x[1]] +
	       0.4 * pow(x[3] - 0.6, 2) + 0.2 * pow(x[4] - 0.3 - 0.3 * x[5], 2) +
	       (x[0] == 2 ? 0.04 : 0);
}

/* Two of ten matter. */
static double idle10(const double *x)
{
	double a = x[3] - 0.82, b = x[7] - 0.31;

	return 1 - exp(-6 * a * a - 9 * b * b - 4 * a * b);
}

/* An optimizer and its rate, on few settings. */
static double pair2(const double *x)
{
	static const double at[] = { 0.62, 0.5, 0.36 };
	double rate = 14 * (x[1] - at[(size_t)x[0]]);

	if (rate > 2.2)
		return 0.9;
	return 0.9 - (0.8 - 0.02 * x[0]) * exp(-rate * rate / 9);
}

static double rint50(const double *x)
{
	return rint(50 * sqrt(smooth7(x))) / 50;
}

static const struct made_table {
	const char *name;
	lookup_fn fn;
	size_t rows;
	double scatter; /* of a setting, times the distance from the worst */
	const char *space;
} made_tables[] = {
	{ "chance8", chance8, 1000, 0.15, "*8 x loguniform -9 0" },
	{ "chance6", chance6, 600, 0.05, "*6 x loguniform -7 0" },
	{ "chance7", chance7, 1500, 0.2, "*7 x uniform 0 1" },
	{ "blowup5", blowup5, 800, 0.05, "*5 x loguniform -9 0" },
	{ "smooth7", smooth7, 2000, 0.02, "*7 x uniform 0 1" },
	{ "smooth7_rough", smooth7, 1000, 0.3, "*7 x uniform 0 1" },
	{ "names6", names6, 1200, 0.1,
	  "a choice p q r; b choice s t u v; *4 x loguniform -9 0" },
	{ "idle10", idle10, 1500, 0.05, "*10 x uniform 0 1" },
	{ "pair2", pair2, 108, 0.02, "a choice p q r; b loguniform -11 4" },
	{ "rint7", rint50, 1500, 0, "*7 x uniform 0 1" },
};

struct lookup {
	size_t rows, columns;
	double *at; /* rows by columns: between 0 and 1, or the option's place */
	double *result;
};

static void *must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	return memory;
}

static double place(const struct hd_expr *expr, const struct hd_value *value)
{
	if (expr->kind == HD_EXPR_CHOICE)
		return (double)value->option;
	if (expr->kind == HD_EXPR_LOGUNIFORM)
		return (log(value->number) - expr->a) / (expr->b - expr->a);
	return (value->number - expr->a) / (expr->b - expr->a);
}

static double lookup_value(const struct problem *problem,
			   const struct hd_value *values)
{
	const struct lookup *table = problem->data;
	double given[WIDTH_MOST], nearest = INFINITY;
	size_t best = 0;

	for (size_t c = 0; c < table->columns; c++)
		given[c] = place(&hd_space_param(problem->space, c)->expr,
				 &values[c]);
	for (size_t row = 0; row < table->rows; row++) {
		const double *at = table->at + row * table->columns;
		double sum = 0;

		for (size_t c = 0; c < table->columns && sum < nearest; c++)
			sum += hd_space_param(problem->space, c)->expr.kind ==
					       HD_EXPR_CHOICE
				       ? at[c] != given[c]
				       : (at[c] - given[c]) * (at[c] - given[c]);
		if (sum < nearest) {
			nearest = sum;
			best = row;
		}
	}
	return table->result[best];
}

/* Scatter only moves results up, the more the better they were. */
static void lookup_fill(struct lookup *table, const struct hd_space *space,
			const struct made_table *made)
{
	double worst = -INFINITY;
	struct hd_rng rng;

	hd_rng_init(&rng, TABLE_SEED, 0);
	for (size_t i = 0; i < made->rows; i++) {
		double *at = table->at + i * table->columns;

		for (size_t c = 0; c < table->columns; c++) {
			const struct hd_expr *expr = &hd_space_param(space, c)->expr;
			struct hd_value value = hd_expr_at(expr, hd_rng_uniform(&rng));

			at[c] = place(expr, &value);
		}
		table->result[i] = made->fn(at);
		worst = fmax(worst, fmin(table->result[i], 2.5));
	}
	for (size_t i = 0; i < made->rows; i++) {
		double gap = fmax(0, worst - table->result[i]);

		table->result[i] += made->scatter * gap * hd_rng_uniform(&rng);
	}
}

static int by_number(const void *va, const void *vb)
{
	double a = *(const double *)va, b = *(const double *)vb;

	return (a > b) - (a < b);
}

static void add_table(struct problems *problems, const struct made_table *made)
{
	struct lookup *table = must(calloc(1, sizeof *table));
	struct hd_space *space = problem_space(made->space);
	double *sorted = must(calloc(made->rows, sizeof(double)));
	struct problem *problem = problems_add(problems);

	table->rows = made->rows;
	table->columns = hd_space_count(space);
	table->at = must(calloc(table->rows * table->columns, sizeof(double)));
	table->result = must(calloc(table->rows, sizeof(double)));
	lookup_fill(table, space, made);
	for (size_t i = 0; i < table->rows; i++)
		sorted[i] = table->result[i];
	qsort(sorted, table->rows, sizeof *sorted, by_number);
	*problem = (struct problem){ .name = made->name,
				     .group = "lookup",
				     .space = space,
				     .value = lookup_value,
				     .best = sorted[0],
				     .median = sorted[table->rows / 2],
				     .data = table };
	free(sorted);
}

/* What is made is kept to the end of the program: it is a benchmark. */
void problems_lookups(struct problems *problems)
{
	for (size_t i = 0; i < sizeof made_tables / sizeof *made_tables; i++)
		add_table(problems, &made_tables[i]);
}
