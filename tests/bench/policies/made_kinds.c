/*
 * Kinds of learning curves. In most, what is seen first says little about the
 * end, each for another reason. S is the part of the training that is over.
 */
#include "made.h"

#include <math.h>

#define PI 3.141592653589793

static double part(const struct traits *traits, double at)
{
	return at / (double)traits->epochs;
}

/* From 0 to 1 around X = 0, over a few WIDTHs. */
static double rise(double x, double width)
{
	return 1 / (1 + exp(-x / width));
}

/* The error that stands in for what a high learning rate keeps a training from
 * reaching: it falls with the rate. */
static double unrest(const struct traits *traits, double rate_left)
{
	return 0.012 * exp(2.5 * traits->rate) * rate_left;
}

/* Power laws that hardly cross; too high a learning rate learns nothing. */
static double power(const struct traits *traits, double at)
{
	double least = 0.06 + 0.22 * traits->quality;
	double steep = 0.5 + 0.4 * traits->rate + 0.2 * traits->adam;
	double learns = 1 - rise(traits->rate - 0.9, 0.015);

	return 0.9 - learns * (0.9 - least) * (1 - pow(at, -steep));
}

/* Who learns slowly comes further; the curves cross half way. */
static double crossing(const struct traits *traits, double at)
{
	double slow = 0.75 * (1 - traits->rate) + 0.25 * traits->width;
	double time = 0.04 * pow(20, slow);
	double least = 0.06 + 0.3 * pow(1 - slow, 1.5) + 0.08 * traits->quality;

	return least + (0.95 - least) * exp(-part(traits, at) / time);
}

/*
 * Large runs that are well tuned already, with a cosine schedule: they end
 * within a few per cent of each other, and the order is made in the last third,
 * as the higher learning rate comes to rest.
 */
static double tuned(const struct traits *traits, double at)
{
	double rate_left = (1 + cos(PI * part(traits, at))) / 2;
	double least = 0.22 + 0.03 * traits->quality;

	return least + unrest(traits, rate_left) +
	       0.5 * pow(1 + 40 * part(traits, at), -0.9) * (1 - least);
}

/* The warm-up favours those that will be the worse, then all begin anew. */
static double warmup(const struct traits *traits, double at)
{
	double until = 0.05 + 0.15 * traits->warmup;
	double s = part(traits, at), done = fmin(1, s / until);
	double start = 0.9 + done * (0.08 * traits->rate -
				     0.3 * (1 - traits->rate));
	double least = 0.08 + 0.25 * traits->quality;

	if (s <= until)
		return start;
	return least + (start - least) * pow(1 + 25 * (s - until), -1.1);
}

/* Two plateaus in much noise; when they are left is hardly to be foreseen. */
static double plateau(const struct traits *traits, double at)
{
	double s = part(traits, at), hard = 0.5 * traits->quality;
	double first = 0.03 * exp(3 * (1 - traits->rate) * (1 - 0.4 * traits->adam)) *
		       exp(0.4 * traits->luck);
	double second = first * (2 + 2 * traits->decay);
	double middle = 0.45 + 0.3 * hard, least = 0.16 + 0.5 * hard;
	double left = rise(log(s / first), 0.08);
	double left_again = rise(log(s / second), 0.08);

	return 0.9 - left * (0.9 - middle) - left * left_again * (middle - least);
}

/*
 * The best learning rate stands at the edge of what explodes: past it the loss
 * grows without bound, the sooner the further, and is NaN in the end.
 */
static double diverging(const struct traits *traits, double at)
{
	double edge = 0.72 - 0.2 * traits->decay + 0.1 * traits->warmup;
	double past = traits->rate - edge, s = part(traits, at);
	double least = 0.06 + 0.5 * fabs(past) + 0.1 * traits->quality;
	double error = least + (0.9 - least) * pow(1 + 20 * s, -0.8);
	double grown;

	if (past <= 0)
		return error;
	grown = (s - exp(-14 * past)) * 400 * (0.1 + past);
	return grown > 40 ? NAN : grown > 0 ? error * exp(grown)
					    : error;
}

/* A schedule that drops the rate by ten, twice: each time the error drops. */
static double steps(const struct traits *traits, double at)
{
	double s = part(traits, at), first = 0.4 + 0.2 * traits->warmup;
	double second = first + 0.6 * (1 - first);
	double rate_left = s < first ? 1 : s < second ? 0.15
						      : 0.02;
	double least = 0.08 + 0.2 * traits->quality;

	return least + 2 * unrest(traits, rate_left) +
	       (0.9 - least) * pow(1 + 30 * s, -0.7 - 0.4 * traits->rate);
}

/* It falls, then rises: the best value is somewhere on the way. */
static double overfit(const struct traits *traits, double at)
{
	double s = part(traits, at);
	double time = 0.03 * exp(2.2 * (1 - traits->rate));
	double grows = 0.5 * (1 - 0.8 * traits->decay) * (0.4 + traits->width);
	double least = 0.1 + 0.2 * traits->quality;

	return least + (0.9 - least) * exp(-s / time) +
	       grows * fmax(0, s - 2 * time);
}

const struct made_kind made_kinds[MADE_KINDS] = {
	{ "power", 0.004, 0.6, power },
	{ "crossing", 0.006, 0.4, crossing },
	{ "tuned", 0.002, 0.7, tuned },
	{ "warmup", 0.006, 0.75, warmup },
	{ "plateau", 0.02, 0.65, plateau },
	{ "diverging", 0.006, 0.6, diverging },
	{ "steps", 0.006, 0.7, steps },
	{ "overfit", 0.008, 0.55, overfit },
};
