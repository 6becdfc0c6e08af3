/*
 * L-BFGS in a box: Nocedal & Wright, "Numerical Optimization", algorithm 7.4
 * (two-loop recursion) on the variables that are not held by a bound
 * (Bertsekas, SIAM J. Control Optim. 20, 1982, eq. 32), steps projected onto
 * the box, Armijo's rule with quadratic interpolation.
 */
#include "lbfgs.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#define LBFGS_PAIRS 8
#define LBFGS_ARMIJO 1e-4
#define LBFGS_BACKTRACKS 20
/* First steps and later ones are at most so long: units are logs or cubes. */
#define LBFGS_FIRST 0.25
#define LBFGS_LONGEST 3.0

struct lbfgs {
	const struct hd_lbfgs *problem;
	size_t n, pairs; /* pairs ever stored; the last LBFGS_PAIRS count */
	size_t calls;
	double *steps, *changes; /* LBFGS_PAIRS x n: of x and of the gradient */
	double rho[LBFGS_PAIRS];
	double *x, *gradient, *direction;
	double *next, *next_gradient;
	bool *held;
};

static double dot(const double *a, const double *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += a[i] * b[i];
	return sum;
}

static double clamp(const struct lbfgs *s, size_t i, double x)
{
	return fmin(fmax(x, s->problem->low[i]), s->problem->high[i]);
}

static bool lbfgs_room(struct lbfgs *s, struct hd_scratch *scratch)
{
	double *room = hd_scratch_doubles(scratch,
					  s->n * (2 * LBFGS_PAIRS + 4));

	s->held = hd_scratch_bytes(scratch, s->n, sizeof s->held[0]);
	if (!room || !s->held)
		return false;
	s->steps = room;
	s->changes = s->steps + LBFGS_PAIRS * s->n;
	s->gradient = s->changes + LBFGS_PAIRS * s->n;
	s->direction = s->gradient + s->n;
	s->next = s->direction + s->n;
	s->next_gradient = s->next + s->n;
	return true;
}

/* How far the projected gradient step would move any variable. */
static double lbfgs_slope(const struct lbfgs *s)
{
	double most = 0;

	for (size_t i = 0; i < s->n; i++)
		most = fmax(most, fabs(clamp(s, i, s->x[i] - s->gradient[i]) -
				       s->x[i]));
	return most;
}

/* A bound holds a variable that the gradient pushes against it. */
static void lbfgs_hold(struct lbfgs *s)
{
	for (size_t i = 0; i < s->n; i++) {
		double g = s->gradient[i];

		s->held[i] = (s->x[i] <= s->problem->low[i] && g > 0) ||
			     (s->x[i] >= s->problem->high[i] && g < 0);
	}
}

static void lbfgs_free_part(const struct lbfgs *s, double *vector)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->held[i])
			vector[i] = 0;
}

static void lbfgs_downhill(struct lbfgs *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->direction[i] = s->held[i] ? 0 : -s->gradient[i];
}

/* The two loops, newest pair first and then back. */
static void lbfgs_direction(struct lbfgs *s)
{
	size_t m = s->pairs < LBFGS_PAIRS ? s->pairs : LBFGS_PAIRS;
	double share[LBFGS_PAIRS];

	lbfgs_downhill(s);
	for (size_t k = 1; k <= m; k++) {
		size_t p = (s->pairs - k) % LBFGS_PAIRS;

		share[p] = s->rho[p] *
			   dot(s->steps + p * s->n, s->direction, s->n);
		for (size_t i = 0; i < s->n; i++)
			s->direction[i] -= share[p] * s->changes[p * s->n + i];
		lbfgs_free_part(s, s->direction);
	}
	if (m > 0) {
		size_t p = (s->pairs - 1) % LBFGS_PAIRS;
		const double *y = s->changes + p * s->n;
		double scale = 1 / (s->rho[p] * dot(y, y, s->n));

		for (size_t i = 0; i < s->n; i++)
			s->direction[i] *= scale;
	}
	for (size_t k = m; k >= 1; k--) {
		size_t p = (s->pairs - k) % LBFGS_PAIRS;
		double back = s->rho[p] * dot(s->changes + p * s->n,
					      s->direction, s->n);

		for (size_t i = 0; i < s->n; i++)
			s->direction[i] += (share[p] - back) *
					   s->steps[p * s->n + i];
	}
	lbfgs_free_part(s, s->direction);
}

/* A point along the direction, and what the gradient promises there. */
static double lbfgs_reach(struct lbfgs *s, double t)
{
	double promised = 0;

	for (size_t i = 0; i < s->n; i++) {
		s->next[i] = clamp(s, i, s->x[i] + t * s->direction[i]);
		promised += s->gradient[i] * (s->next[i] - s->x[i]);
	}
	return promised;
}

/* The value at NEXT, or HUGE_VAL when no step was found. */
static double lbfgs_search(struct lbfgs *s, double value, double slope)
{
	double length = sqrt(dot(s->direction, s->direction, s->n));
	double longest = s->pairs ? LBFGS_LONGEST : LBFGS_FIRST;
	double t = length > longest ? longest / length : 1;

	for (int i = 0; i < LBFGS_BACKTRACKS; i++) {
		double promised = lbfgs_reach(s, t), next, curve, best;

		if (s->calls >= s->problem->evaluations)
			break;
		s->calls++;
		next = s->problem->objective(s->next, s->next_gradient,
					     s->problem->context);
		if (next <= value + LBFGS_ARMIJO * promised)
			return next;
		curve = 2 * (next - value - t * slope);
		best = curve > 0 && isfinite(next) ? -slope * t * t / curve
						   : 0.25 * t;
		t = fmin(fmax(best, 0.1 * t), 0.5 * t);
	}
	return HUGE_VAL;
}

/* Remember the step if the function curves upwards along it. */
static void lbfgs_store(struct lbfgs *s)
{
	size_t p = s->pairs % LBFGS_PAIRS;
	double *step = s->steps + p * s->n, *change = s->changes + p * s->n;
	double sy;

	for (size_t i = 0; i < s->n; i++) {
		step[i] = s->next[i] - s->x[i];
		change[i] = s->next_gradient[i] - s->gradient[i];
	}
	sy = dot(step, change, s->n);
	if (sy > 1e-10 * dot(change, change, s->n)) {
		s->rho[p] = 1 / sy;
		s->pairs++;
	}
	memcpy(s->x, s->next, s->n * sizeof s->x[0]);
	memcpy(s->gradient, s->next_gradient, s->n * sizeof s->x[0]);
}

/* One step; false when there is nothing more to gain. */
static bool lbfgs_step(struct lbfgs *s, double *value)
{
	double slope, next, gain;

	if (lbfgs_slope(s) < s->problem->gradient_limit)
		return false;
	lbfgs_hold(s);
	lbfgs_direction(s);
	slope = dot(s->direction, s->gradient, s->n);
	if (!(slope < 0)) {
		s->pairs = 0;
		lbfgs_downhill(s);
		slope = dot(s->direction, s->gradient, s->n);
		if (!(slope < 0))
			return false;
	}
	next = lbfgs_search(s, *value, slope);
	if (!(next < HUGE_VAL)) {
		bool again = s->pairs > 0;

		s->pairs = 0; /* once more, straight downhill */
		return again;
	}
	gain = *value - next;
	*value = next;
	lbfgs_store(s);
	return gain >= s->problem->decrease_limit * (1 + fabs(next)) ||
	       s->pairs == 0;
}

double hd_lbfgs_minimize(const struct hd_lbfgs *problem, double *x,
			 struct hd_scratch *scratch)
{
	struct hd_scratch_mark mark = hd_scratch_mark(scratch);
	struct lbfgs s = { .problem = problem, .n = problem->n, .x = x };
	double value = HUGE_VAL;

	if (!lbfgs_room(&s, scratch))
		goto out;
	for (size_t i = 0; i < s.n; i++)
		x[i] = clamp(&s, i, x[i]);
	s.calls = 1;
	value = problem->objective(x, s.gradient, problem->context);
	if (!(value < HUGE_VAL))
		goto out;
	while (s.calls < problem->evaluations)
		if (!lbfgs_step(&s, &value))
			break;
out:
	hd_scratch_reset(scratch, mark);
	return value < HUGE_VAL ? value : HUGE_VAL;
}
