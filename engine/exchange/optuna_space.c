/*
 * A sweep's parameters as Optuna's distributions: what the space says, widened
 * to what trials have, as a space may have been changed on the way, and what
 * trials have alone where it says nothing.
 */
#include "exchange/optuna.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "exchange/cell.h"
#include "space/args.h"

/* Of a normal distribution, which has no ends, so much on each side. */
#define SIGMAS 8
/* Doubles count up to it. */
#define WHOLE_MOST 9007199254740992.0

static bool is_whole(double number)
{
	return number == rint(number) && fabs(number) < WHOLE_MOST;
}

/* LOW to HIGH in steps of Q, whole ones where all three are. */
static void dist_steps(struct hd_dist *dist, double low, double high, double q)
{
	dist->low = rint(low / q) * q;
	dist->high = rint(high / q) * q;
	dist->step = q;
	dist->kind = is_whole(q) && is_whole(dist->low) && is_whole(dist->high) ? HD_DIST_INT
										: HD_DIST_FLOAT;
}

static void dist_between(struct hd_dist *dist, double low, double high, bool log_scale)
{
	*dist = (struct hd_dist){
		.kind = HD_DIST_FLOAT, .low = low, .high = high, .log = log_scale
	};
	if (log_scale)
		dist->low = fmax(low, DBL_MIN);
	dist->high = fmin(high, DBL_MAX);
	dist->low = fmax(dist->low, -DBL_MAX);
}

static int dist_choice(struct hd_dist *dist, const struct hd_expr *expr,
		       struct hd_arena *arena)
{
	dist->kind = HD_DIST_CATEGORICAL;
	dist->choice_count = dist->choice_room = expr->option_count;
	dist->choices = hd_arena_array(arena, expr->option_count + 1, sizeof *dist->choices);
	if (!dist->choices)
		return HD_ENOMEM;
	memcpy(dist->choices, expr->options, expr->option_count * sizeof *dist->choices);
	return 0;
}

int hd_dist_of_expr(struct hd_dist *dist, const struct hd_expr *expr,
		    struct hd_arena *arena)
{
	double low = expr->a - SIGMAS * expr->b, high = expr->a + SIGMAS * expr->b;

	*dist = (struct hd_dist){ .kind = HD_DIST_FLOAT };
	switch (expr->kind) {
	case HD_EXPR_CHOICE:
		return dist_choice(dist, expr, arena);
	case HD_EXPR_RANDINT:
		dist_steps(dist, 0, expr->b - 1, 1);
		break;
	case HD_EXPR_UNIFORM:
		dist_between(dist, expr->a, expr->b, false);
		break;
	case HD_EXPR_LOGUNIFORM:
		dist_between(dist, exp(expr->a), exp(expr->b), true);
		break;
	case HD_EXPR_NORMAL:
		dist_between(dist, low, high, false);
		break;
	case HD_EXPR_LOGNORMAL:
		dist_between(dist, exp(low), exp(high), true);
		break;
	case HD_EXPR_QUNIFORM:
		dist_steps(dist, expr->a, expr->b, expr->q);
		break;
	case HD_EXPR_QNORMAL:
		dist_steps(dist, low, high, expr->q);
		break;
	case HD_EXPR_QLOGUNIFORM:
		dist_steps(dist, exp(expr->a), exp(expr->b), expr->q);
		dist->log = dist->kind == HD_DIST_INT && dist->step == 1 && dist->low >= 1;
		break;
	case HD_EXPR_QLOGNORMAL:
		dist_steps(dist, 0, fmin(exp(high), WHOLE_MOST / 2), expr->q);
		break;
	}
	return 0;
}

/* --- what trials have ----------------------------------------------------- */

static bool same_choice(const struct hd_value *a, const struct hd_value *b)
{
	/* A branch is its label, a text. */
	if (a->kind == HD_VALUE_BRANCH || b->kind == HD_VALUE_BRANCH)
		return a->text && b->text && a->length == b->length &&
		       !memcmp(a->text, b->text, a->length);
	/* What came through JSON may have lost its point: 1.0 is 1. */
	if ((a->kind == HD_VALUE_REAL || a->kind == HD_VALUE_INTEGER) &&
	    (b->kind == HD_VALUE_REAL || b->kind == HD_VALUE_INTEGER))
		return a->number == b->number;
	return hd_value_equal(a, b);
}

static int choice_add(struct hd_dist *dist, const struct hd_value *value,
		      struct hd_arena *arena)
{
	struct hd_value *choices;
	size_t room;

	for (size_t i = 0; i < dist->choice_count; i++)
		if (same_choice(&dist->choices[i], value))
			return 0;
	if (dist->choice_count >= dist->choice_room) {
		room = 2 * dist->choice_room + 8;
		choices = hd_arena_array(arena, room, sizeof *choices);
		if (!choices)
			return HD_ENOMEM;
		if (dist->choice_count)
			memcpy(choices, dist->choices, dist->choice_count * sizeof *choices);
		dist->choices = choices;
		dist->choice_room = room;
	}
	dist->choices[dist->choice_count] = *value;
	if (value->text) {
		dist->choices[dist->choice_count].text =
			hd_arena_copy(arena, value->text, value->length);
		if (!dist->choices[dist->choice_count].text)
			return HD_ENOMEM;
	}
	dist->choice_count++;
	return 0;
}

/* A number that steps do not meet makes the range one without steps. */
static void range_widen(struct hd_dist *dist, double number)
{
	double steps = dist->step > 0 ? (number - dist->low) / dist->step : 0;

	if (dist->step > 0 && fabs(steps - rint(steps)) > 1e-8) {
		dist->kind = HD_DIST_FLOAT;
		dist->step = 0;
	}
	if (dist->log && number <= 0)
		dist->log = false;
	dist->low = fmin(dist->low, number);
	dist->high = fmax(dist->high, number);
}

int hd_dist_widen(struct hd_dist *dist, bool *known, const struct hd_value *value,
		  struct hd_arena *arena)
{
	bool number = value->kind == HD_VALUE_INTEGER || value->kind == HD_VALUE_REAL;

	if (!*known) {
		*dist = (struct hd_dist){ .kind = HD_DIST_CATEGORICAL };
		if (number)
			*dist = (struct hd_dist){ .kind = value->kind == HD_VALUE_INTEGER
								  ? HD_DIST_INT
								  : HD_DIST_FLOAT,
						  .low = value->number,
						  .high = value->number,
						  .step = value->kind == HD_VALUE_INTEGER };
		*known = true;
	}
	if (dist->kind == HD_DIST_CATEGORICAL)
		return choice_add(dist, value, arena);
	if (number)
		range_widen(dist, value->number);
	return number ? 0 : HD_EINVAL;
}

double hd_dist_number(const struct hd_dist *dist, const struct hd_value *value)
{
	if (dist->kind != HD_DIST_CATEGORICAL)
		return value->number;
	for (size_t i = 0; i < dist->choice_count; i++)
		if (same_choice(&dist->choices[i], value))
			return (double)i;
	return NAN;
}

void hd_dist_json(const struct hd_dist *dist, struct hd_buf *text)
{
	if (dist->kind == HD_DIST_CATEGORICAL) {
		hd_buf_puts(text, "{\"name\": \"CategoricalDistribution\", \"attributes\": "
				  "{\"choices\": [");
		for (size_t i = 0; i < dist->choice_count; i++) {
			hd_buf_puts(text, i ? ", " : "");
			hd_args_json_value(text, &dist->choices[i]);
		}
		hd_buf_puts(text, "]}}");
		return;
	}
	hd_buf_printf(text, "{\"name\": \"%s\", \"attributes\": {\"log\": %s, \"step\": ",
		      dist->kind == HD_DIST_INT ? "IntDistribution" : "FloatDistribution",
		      dist->log ? "true" : "false");
	if (dist->step > 0)
		hd_buf_number(text, dist->step);
	else
		hd_buf_puts(text, "null");
	hd_buf_puts(text, ", \"low\": ");
	hd_buf_number(text, dist->low);
	hd_buf_puts(text, ", \"high\": ");
	hd_buf_number(text, dist->high);
	hd_buf_puts(text, "}}");
}
