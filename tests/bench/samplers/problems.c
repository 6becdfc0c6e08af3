/*
 * Functions of our own, for every expression and every trouble that tuning
 * has: ill-conditioned, noisy, full of ties, failing, conditional, wide.
 * Optima lie off the centre and off the grid.
 */
#include "problem.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH_MOST 32
#define PI 3.14159265358979323846

struct problem *problems_add(struct problems *problems)
{
	struct problem *items = problems->item;

	if (problems->count == problems->size) {
		problems->size = problems->size ? 2 * problems->size : 32;
		items = realloc(items, problems->size * sizeof *items);
		if (!items) {
			fprintf(stderr, "out of memory\n");
			exit(1);
		}
		problems->item = items;
	}
	items += problems->count++;
	memset(items, 0, sizeof *items);
	return items;
}

void problems_free(struct problems *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		hd_space_free(problems->item[i].space);
	free(problems->item);
}

/* --- the functions --------------------------------------------------------- */

/* x[i] is the number, of a choice the option's place. */
typedef double (*made_fn)(const double *x, size_t d);

/* Where optimum I lies between 0 and 1: spread out, never in the middle. */
static double off(size_t i)
{
	double at = fmod(0.2385 + 0.6180339887 * (double)i, 1);

	return 0.12 + 0.76 * at;
}

static double bowl(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++)
		sum += pow(fabs(x[i] - (-3 + 8 * off(i))), 1.7) / (1 + (double)(i % 3));
	return sum;
}

/* Reflections leave no axis alone; axes of lengths up to 1 : 100. */
static double ridge(const double *x, size_t d)
{
	double y[WIDTH_MOST], dot = 0, norm = 0, sum = 0;

	for (size_t i = 0; i < d; i++) {
		double v = 1 + sin(1.7 * (double)(i + 1));

		y[i] = x[i] - (off(i) * 3 - 1.5);
		dot += v * y[i];
		norm += v * v;
	}
	for (size_t i = 0; i < d; i++) {
		y[i] -= 2 * dot / norm * (1 + sin(1.7 * (double)(i + 1)));
		sum += pow(10, 4 * (double)i / (double)(d - 1)) * y[i] * y[i];
	}
	return sum;
}

static double ripple(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++) {
		double z = x[i] - (-4 + 8 * off(i));

		sum += z * z / 4 + 1 - cos(3 * z);
	}
	return sum;
}

static double trench(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++)
		sum -= sin(x[i]) * pow(sin((double)(i + 1) * x[i] * x[i] / PI), 10);
	return sum;
}

static double valley(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i + 1 < d; i++) {
		double bend = x[i + 1] - pow(fabs(x[i]), 1.5) + 0.3;

		sum += 40 * bend * bend + (x[i] - 0.8) * (x[i] - 0.8);
	}
	return sum;
}

static double stairs(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++)
		sum += pow(floor(3 * fabs(x[i] - (-2 + 4 * off(i)))), 2);
	return sum;
}

/* The best lies at the edge of what fails. */
static double cliff(const double *x, size_t d)
{
	double edge = x[0] + x[1];
	double sum = (1.2 - edge) * (1.2 - edge) + 0.5 * pow(x[0] - 0.8, 2);

	if (edge > 1.2)
		return NAN;
	for (size_t i = 2; i < d; i++)
		sum += pow(x[i] - off(i), 2);
	return sum;
}

static double logs(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++)
		sum += pow((log(x[i]) + 9 * off(i)) / 3, 2);
	return sqrt(sum) + 0.2 * fabs(log(x[0] * x[1]) + 9 * (off(0) + off(1)));
}

/* lr, momentum, batch, layers, units, dropout, activation, optimizer, decay */
static double net(const double *x, size_t d)
{
	static const double batches[] = { 16, 32, 64, 128, 256 };
	static const double gains[] = { 0, 0.04, 0.1 };
	double batch = batches[(size_t)x[2]];
	double adaptive = x[7] == 0 ? log(10) : 0;
	double step = log(x[0]) - log(1 - x[1]) / 2 + log(64 / batch) / 2 + adaptive;
	double size = x[3] * log(x[4]);
	double fit = exp(-0.25 * size) + 0.3 * gains[(size_t)x[6]];
	double over = 0.004 * size * (1 - x[5]) / (1 + 0.3 * log1p(1e4 * x[8]));

	(void)d;
	if (step > -0.5)
		return NAN;
	return 0.1 + fit + over + 0.02 * pow(step + 3.2, 2) +
	       0.1 * pow(x[5] - 0.25, 2) + 0.002 * pow(log(x[8]) + 8, 2) +
	       (x[7] == 2 && x[1] < 0.5 ? 0.05 : 0);
}

/* rate, trees, depth, rows, columns, leaf, kind */
static double boost(const double *x, size_t d)
{
	double work = log(x[0] * x[1]), deep = x[2] + 1;
	double loss = 0.2 + 0.015 * pow(work - 2.6, 2) + 0.03 * x[0];

	(void)d;
	loss += 0.004 * pow(deep - 6 + 0.8 * work / (1 + x[0]), 2);
	loss += 0.08 * pow(x[3] - 0.72, 2) + 0.05 * pow(x[4] - 0.61, 2);
	loss += 0.003 * pow(log(x[5]) - 2.9, 2) * deep / 6;
	return loss + (x[6] == 1 ? 0.012 * (x[0] > 0.1) : x[6] == 2 ? 0.03
								    : 0.005);
}

/* Which two of six matter is the first one's choice. */
static double branch(const double *x, size_t d)
{
	static const double floors[] = { 0.12, 0.3, 0, 0.2 };
	size_t pick = (size_t)x[0];
	const double *own = x + 1 + 2 * (pick < 3 ? pick : 0);
	double a = own[0] - off(2 * pick), b = log(own[1]) / -7 - off(2 * pick + 1);

	(void)d;
	return floors[pick] + 2 * a * a + 1.5 * b * b + fabs(a * b);
}

/* The same, each branch with its own two and the last with none. */
static double nested(const double *x, size_t d)
{
	return x[0] == 3 ? 0.2 : branch(x, d);
}

/*
 * The error of five families of models, as a search over models sees it: one is
 * good anywhere, the best one only where two of its own agree.
 *
 * scale; family; forest: trees, features, leaf; svm: c, gamma, kernel,
 * degree of the third; linear: c, penalty; boost: trees, rate, depth, rows;
 * bayes has none.
 */
static double models(const double *x, size_t d)
{
	static const double scales[] = { 0.02, 0, 0.01 };
	const double *forest = x + 2, *svm = x + 5, *linear = x + 9;
	const double *boost = x + 11;
	double work, scale = scales[(size_t)x[0]];

	(void)d;
	switch ((size_t)x[1]) {
	case 0:
		return 0.09 + 0.02 / log(forest[0]) +
		       0.12 * pow(forest[1] - 0.31, 2) +
		       0.004 * pow(log(forest[2]) - 0.4, 2);
	case 1:
		if (svm[2] == 2) /* poly */
			return 0.11 + scale + 0.02 * pow(svm[3] - 1, 2) +
			       0.006 * pow(log(svm[0]) + 1, 2);
		work = log(svm[0]) + log(svm[1]);
		return 0.05 + 3 * scale + (svm[2] == 1 ? 0.06 : 0) +
		       0.018 * pow(work + 1.7, 2) +
		       0.008 * pow(log(svm[1]) + 3.9, 2);
	case 2:
		return 0.14 + scale + 0.003 * pow(log(linear[0]) - 1.1, 2) +
		       (linear[1] == 0 ? 0.012 : 0);
	case 3:
		work = log(boost[0] * boost[1]);
		return 0.065 + 0.012 * pow(work - 2.9, 2) + 0.03 * boost[1] +
		       0.004 * pow(boost[2] - 4, 2) +
		       0.05 * pow(boost[3] - 0.7, 2);
	default:
		return 0.21 + scale;
	}
}

static double unit_hash(uint32_t word)
{
	word = (word ^ word >> 16) * 0x7feb352du;
	word = (word ^ word >> 15) * 0x846ca68bu;
	return (double)(word ^ word >> 16) * 0x1p-32;
}

/* Main effects and weaker ones of pairs, drawn once and for all. */
static double cats(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++) {
		uint32_t a = (uint32_t)(16 * i) + (uint32_t)x[i];

		sum += unit_hash(a + 2385);
		for (size_t j = 0; j < i; j++)
			sum += 0.3 * unit_hash((a << 10) + (uint32_t)(16 * j) +
					       (uint32_t)x[j]);
	}
	return sum;
}

/* Neighbours have little to do with each other in the second. */
static double ints(const double *x, size_t d)
{
	double sum = pow((x[0] - 31) / 12, 2) + fmod(7 * x[1], 11) / 5;

	for (size_t i = 2; i < d; i++)
		sum += fabs(x[i] - floor(17 * off(i))) / 6;
	return sum + 0.3 * fabs(x[0] - 2 * x[2]) / 12;
}

/* The best lies out in the tails. */
static double tails(const double *x, size_t d)
{
	(void)d;
	return pow((x[0] - 2.9) / 2, 2) + pow((x[1] + 14) / 10, 2) +
	       pow((log(x[2]) + 5.1) / 2, 2) +
	       pow((log(x[3] + 1) - 3.4) / 2, 2) + fabs(x[4] - 0.3) * 0.5 +
	       0.1 * fabs(x[0] - 2.9 + x[4] - 0.3);
}

/* choice, randint, uniform, quniform, loguniform, qloguniform, normal,
 * qnormal, lognormal, qlognormal */
static double ten(const double *x, size_t d)
{
	static const double options[] = { 0.4, 0, 0.7, 0.9 };
	double sum = options[(size_t)x[0]] + pow((x[1] - 11) / 8, 2) +
		     2 * pow(x[2] - 0.31, 2) + pow((x[3] - 80) / 60, 2);

	(void)d;
	sum += pow((log(x[4]) + 5.5) / 2.5, 2) + pow(log(x[5] / 40), 2) / 2;
	sum += pow(x[6] - 0.7, 2) / 2 + pow((x[7] + 6) / 12, 2);
	sum += pow(log(x[8]) - 0.8, 2) / 2 + pow(log((x[9] + 1) / 9), 2) / 3;
	return sum + (x[0] == 1 ? 0.5 * fabs(x[2] - 0.31 - 0.1 * (log(x[4]) + 5.5))
				: 0);
}

static double sparse(const double *x, size_t d)
{
	double a = x[3] - 0.71, b = x[d / 2] - 0.22, c = x[d - 2] - 0.4;

	return 4 * a * a + 3 * b * b + 2 * c * c + 3 * a * b + 0.3 * (1 - cos(12 * c));
}

static double needle(const double *x, size_t d)
{
	double near = 0, far = 0;

	for (size_t i = 0; i < d; i++) {
		near += pow((x[i] - off(i)) / 0.09, 2);
		far += pow(x[i] - off(i + 5), 2);
	}
	return 1 - exp(-near / 2) + 0.15 * far;
}

/* An accuracy on 200 examples that most settings near the best reach. */
static double ceiling(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++)
		sum += pow((i % 2 ? log(x[i]) / -9 : x[i]) - off(i), 2);
	return rint(200 * (0.5 - 0.47 * exp(-2.2 * sum))) / 200;
}

static double additive(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++) {
		double z = x[i] - off(i);

		sum += 3 * z * z + 0.15 * (1 - cos(15 * z)) * (double)(i % 2);
	}
	return sum;
}

/* Only products count: valleys across two or three parameters. */
static double products(const double *x, size_t d)
{
	double a = log(x[0] * x[1]) + 7, b = log(x[1] / x[2]) - 1.5;
	double c = log(x[2] * x[3] * x[3]) + 9;

	(void)d;
	return a * a / 8 + b * b / 5 + c * c / 20 + 0.02 * pow(log(x[4]) + 3, 2);
}

/* Lists of numbers, most of them powers. */
static double lists(const double *x, size_t d)
{
	double sum = 0;

	for (size_t i = 0; i < d; i++)
		sum += pow((x[i] - floor(7 * off(i))) / 3, 2);
	return sum + 0.25 * fabs(x[0] - x[1]) + (x[d - 1] == 0 ? 0.4 : 0);
}

/* --- the list -------------------------------------------------------------- */

#define MODELS                                                            \
	"scale choice none standard range;"                               \
	"family choice forest svm linear boost bayes;"                    \
	"@1.0 trees qloguniform 2.3 6.2 10; @1.0 features uniform 0.1 1;" \
	"@1.0 leaf qloguniform 0 3 1;"                                    \
	"@1.1 c loguniform -5 5; @1.1 gamma loguniform -9 2;"             \
	"@1.1 kernel choice rbf sigmoid poly; @7.2 degree randint 5;"     \
	"@1.2 c loguniform -5 5; @1.2 penalty choice l1 l2;"              \
	"@1.3 trees qloguniform 2.3 6.2 10; @1.3 rate loguniform -6 0;"   \
	"@1.3 depth randint 10; @1.3 rows uniform 0.4 1"

static const struct made {
	const char *name;
	made_fn fn;
	double noise;
	double best;
	/* "*8" in front: this parameter so many times; "@0.2": it hangs on the
	 * third option of the first parameter. */
	const char *space;
} made[] = {
	{ "bowl8", bowl, 0, 0, "*8 x uniform -3 5" },
	{ "ridge6", ridge, 0, 0, "*6 x uniform -2 2" },
	{ "ripple5", ripple, 0, 0, "*5 x uniform -4 4" },
	{ "trench5", trench, 0, -4.69346845, "*5 x uniform 0 3.14159265" },
	{ "valley4", valley, 0, 0.17603633, "*4 x uniform -2 2" },
	{ "stairs6", stairs, 0, 0, "*6 x uniform -2 2" },
	{ "cliff4", cliff, 0, 0, "*4 x uniform 0 1" },
	{ "noisy_bowl5", bowl, 1, 0, "*5 x uniform -3 5" },
	{ "noisy_logs4", logs, 0.2, 0, "*4 x loguniform -9 0" },
	{ "logs6", logs, 0, 0, "*6 x loguniform -9 0" },
	{ "net9", net, 0, 0.138258385, "lr loguniform -11 0; momentum uniform 0 0.99;"
				       "batch choice 16 32 64 128 256; layers quniform 1 6 1;"
				       "units qloguniform 3 7 8; dropout uniform 0 0.7;"
				       "activation choice relu gelu tanh;"
				       "optimizer choice adam sgd nesterov;"
				       "decay loguniform -14 -3" },
	{ "noisy_net9", net, 0.02, 0.138258385,
	  "lr loguniform -11 0; momentum uniform 0 0.99;"
	  "batch choice 16 32 64 128 256; layers quniform 1 6 1;"
	  "units qloguniform 3 7 8; dropout uniform 0 0.7;"
	  "activation choice relu gelu tanh;"
	  "optimizer choice adam sgd nesterov; decay loguniform -14 -3" },
	{ "boost7", boost, 0, 0.200372358, "rate loguniform -6 0; trees qloguniform 3 7 10;"
					   "depth randint 12; rows uniform 0.3 1;"
					   "columns uniform 0.2 1; leaf qloguniform 0 6 1;"
					   "kind choice a b c" },
	{ "branch7", branch, 0, 0, "kind choice a b c d; a0 uniform 0 1;"
				   "a1 loguniform -7 0; b0 uniform 0 1; b1 loguniform -7 0;"
				   "c0 uniform 0 1; c1 loguniform -7 0" },
	{ "nested7", nested, 0, 0, "kind choice a b c d; @0.0 a0 uniform 0 1;"
				   "@0.0 a1 loguniform -7 0; @0.1 b0 uniform 0 1;"
				   "@0.1 b1 loguniform -7 0; @0.2 c0 uniform 0 1;"
				   "@0.2 c1 loguniform -7 0" },
	{ "models15", models, 0, 0.05, MODELS },
	/* As it had to be written without branches. */
	{ "flat_models15", models, 0, 0.05,
	  "scale choice none standard range;"
	  "family choice forest svm linear boost bayes;"
	  "a qloguniform 2.3 6.2 10; b uniform 0.1 1; c qloguniform 0 3 1;"
	  "d loguniform -5 5; e loguniform -9 2; f choice rbf sigmoid poly;"
	  "g randint 5; h loguniform -5 5; i choice l1 l2;"
	  "j qloguniform 2.3 6.2 10; k loguniform -6 0; l randint 10;"
	  "m uniform 0.4 1" },
	{ "noisy_models15", models, 0.02, 0.05, MODELS },
	{ "cats7", cats, 0, 3.70118514, "*7 x choice a b c d e" },
	{ "ints4", ints, 0, 0.352777778, "a randint 50; b randint 30; c randint 17;"
					 "d randint 17" },
	{ "tails5", tails, 0, 3.59e-7, "a normal 0 2; b qnormal 0 10 2;"
				       "c lognormal -1 2; d qlognormal 1 1.5 1; e normal 0 1" },
	{ "ten10", ten, 0, 0, "a choice p q r s; b randint 30; c uniform 0 1;"
			      "d quniform 16 256 16; e loguniform -10 0;"
			      "f qloguniform 2 6 4; g normal 0 1; h qnormal 0 10 3;"
			      "i lognormal 0 1; j qlognormal 2 1 1" },
	{ "sparse20", sparse, 0, 0, "*20 x uniform 0 1" },
	{ "needle3", needle, 0, 0.00210818751, "*3 x uniform 0 1" },
	{ "ceiling6", ceiling, 0, 0.03, "a uniform 0 1; b loguniform -9 0;"
					"c uniform 0 1; d loguniform -9 0; e uniform 0 1;"
					"f loguniform -9 0" },
	{ "additive12", additive, 0, 0, "*12 x uniform 0 1" },
	{ "products5", products, 0, 0, "*5 x loguniform -8 0" },
	{ "lists6", lists, 0, 0.472222222, "*6 x choice 1 2 4 8 16 32 64 128" },
};

static double made_value(const struct problem *problem,
			 const struct hd_value *values)
{
	const struct made *row = problem->data;
	size_t d = hd_space_count(problem->space);
	double x[WIDTH_MOST];

	for (size_t i = 0; i < d; i++)
		x[i] = values[i].kind == HD_VALUE_ABSENT ? NAN
		       : hd_space_param(problem->space, i)->expr.kind == HD_EXPR_CHOICE
			       ? (double)values[i].option
			       : values[i].number;
	return row->fn(x, d);
}

void problems_made(struct problems *problems)
{
	for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
		struct problem *problem = problems_add(problems);

		problem->name = made[i].name;
		problem->group = "made";
		problem->space = problem_space(made[i].space);
		problem->value = made_value;
		problem->noise = made[i].noise;
		problem->best = made[i].best;
		problem->median = NAN;
		problem->data = (void *)&made[i];
	}
}

/* --- a space from text ----------------------------------------------------- */

static void space_fail(const char *text)
{
	fprintf(stderr, "bad space '%s'\n", text);
	exit(1);
}

static void space_expr(struct hd_expr *expr, struct hd_value *options,
		       const char *kind, char **rest)
{
	const struct hd_expr_type *type = hd_expr_type_find(kind);
	double number[3] = { 0 };
	size_t count = 0;
	char *end;

	if (!type)
		space_fail(kind);
	for (char *word; (word = strtok_r(NULL, " ", rest));) {
		if (count == WIDTH_MOST)
			space_fail(kind);
		options[count] = (struct hd_value){ .kind = HD_VALUE_TEXT,
						    .text = word,
						    .length = strlen(word) };
		options[count].number = strtod(word, &end);
		if (count < 3)
			number[count] = options[count].number;
		if (!*end)
			options[count].kind = HD_VALUE_REAL;
		count++;
	}
	*expr = (struct hd_expr){ .kind = type->kind,
				  .a = number[0],
				  .b = number[1],
				  .q = number[2] };
	if (type->kind == HD_EXPR_CHOICE)
		*expr = hd_expr_choice(options, count);
	if (type->kind == HD_EXPR_RANDINT)
		*expr = hd_expr_randint(number[0]);
}

static void space_add(struct hd_space *space, char *text)
{
	struct hd_value options[WIDTH_MOST];
	struct hd_error err = { 0 };
	struct hd_expr expr;
	char numbered[64], *rest = NULL;
	char *name = strtok_r(text, " ", &rest);
	size_t times = 0, parent = HD_SPACE_TOP, branch = 0;

	if (name && *name == '@') {
		parent = strtoul(name + 1, &name, 10);
		branch = strtoul(name + 1, NULL, 10);
		name = strtok_r(NULL, " ", &rest);
	}
	if (name && *name == '*') {
		times = strtoul(name + 1, NULL, 10);
		name = strtok_r(NULL, " ", &rest);
	}
	if (!name)
		space_fail(text);
	space_expr(&expr, options, strtok_r(NULL, " ", &rest), &rest);
	for (size_t i = 0; i < times || i == 0; i++) {
		snprintf(numbered, sizeof numbered, times ? "%s%zu" : "%s", name,
			 i);
		if (hd_space_add_in(space, parent, branch, numbered, &expr,
				    NULL, &err) < 0)
			space_fail(err.text);
	}
}

struct hd_space *problem_space(const char *text)
{
	struct hd_space *space = hd_space_new();
	char *copy = strdup(text), *rest = NULL;

	if (!space || !copy)
		space_fail(text);
	for (char *part = strtok_r(copy, ";", &rest); part;
	     part = strtok_r(NULL, ";", &rest))
		space_add(space, part);
	free(copy);
	return space;
}
