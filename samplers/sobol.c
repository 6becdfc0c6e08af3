/*
 * sobol - a scrambled Sobol sequence: random search without its gaps.
 *
 * Trial t depends on the seed and t alone, as under random. The sequence is
 * Sobol's digital net with Joe and Kuo's direction numbers, in the Gray code
 * order of Antonov and Saleev, scrambled as Owen's nested uniform permutation
 * does it: a bit is flipped by a random function of the bits above it. That
 * function is a hash of the reversed number in which carries run upwards only
 * (S. Laine, T. Karras: "Stratified sampling for stochastic transparency",
 * EGSR 2011; B. Burley: "Practical hash-based Owen scrambling", JCGT 9, 2020).
 */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "sobol.h"
#include "sobol_table.h"

/*
 * So many points of the sequence in a row that were drawn already, and the
 * rest of a finite space is taken in a random order.
 */
#define SOBOL_PATIENCE 64

/* --- one coordinate -------------------------------------------------------- */

/* A bijection of 64 bits that mixes all of them (Stafford's variant 13). */
static uint64_t sobol_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9u;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

static uint32_t sobol_reverse(uint32_t x)
{
	x = x >> 16 | x << 16;
	x = (x & 0x00ff00ffu) << 8 | (x & 0xff00ff00u) >> 8;
	x = (x & 0x0f0f0f0fu) << 4 | (x & 0xf0f0f0f0u) >> 4;
	x = (x & 0x33333333u) << 2 | (x & 0xccccccccu) >> 2;
	return (x & 0x55555555u) << 1 | (x & 0xaaaaaaaau) >> 1;
}

/*
 * Every step is one in which a bit of the result depends on that bit and those
 * below it, so that the whole is a nested permutation of the reversed number.
 * Two passes with keys of their own: one leaves patterns in the first bits.
 */
static uint32_t sobol_scramble(uint32_t x, uint64_t key)
{
	uint32_t keys[2] = { (uint32_t)key, (uint32_t)(key >> 32) };

	x = sobol_reverse(x);
	for (int pass = 0; pass < 2; pass++) {
		x += keys[pass];
		x ^= x * 0x6c50b47cu;
		x ^= x * 0xb82f1e52u;
		x ^= x * 0xc7afe638u;
		x ^= x * 0x8d22f6e6u;
	}
	return sobol_reverse(x);
}

/* Bratley and Fox, ACM TOMS 659: the recurrence of the direction numbers. */
void hd_sobol_directions(size_t dimension, uint32_t v[HD_SOBOL_BITS])
{
	const struct hd_sobol_row *row;
	unsigned degree = 0;

	if (dimension == 0) {
		for (unsigned i = 0; i < HD_SOBOL_BITS; i++)
			v[i] = (uint32_t)1 << (31 - i);
		return;
	}
	row = &hd_sobol_table[dimension - 1];
	while (row->polynomial >> (degree + 1))
		degree++;
	for (unsigned i = 0; i < HD_SOBOL_BITS; i++) {
		if (i < degree) {
			v[i] = (uint32_t)row->m[i] << (31 - i);
			continue;
		}
		v[i] = v[i - degree] ^ v[i - degree] >> degree;
		for (unsigned k = 1; k < degree; k++)
			if (row->polynomial >> (degree - k) & 1)
				v[i] ^= v[i - k];
	}
}

uint32_t hd_sobol_plain(const uint32_t v[HD_SOBOL_BITS], uint32_t index)
{
	uint32_t gray = index ^ index >> 1;
	uint32_t x = 0;

	for (unsigned i = 0; gray; i++, gray >>= 1)
		if (gray & 1)
			x ^= v[i];
	return x;
}

/*
 * What lies below the 32 bits of the net is filled at random: a wide range is
 * not a lattice then, and no coordinate is 0 or 1. Past 2^32 points the net
 * begins again under another key.
 */
double hd_sobol_at(const uint32_t v[HD_SOBOL_BITS], uint64_t seed,
		   uint64_t index, size_t dimension)
{
	uint64_t key = sobol_mix(seed + 0x9e3779b97f4a7c15u * (dimension + 1)) ^
		       sobol_mix((index >> 32) + 0x736f626f6c);
	uint64_t low = sobol_mix(key + 0x9e3779b97f4a7c15u * (index + 1)) >> 44;
	uint64_t high;

	key = sobol_mix(key);
	high = sobol_scramble(hd_sobol_plain(v, (uint32_t)index), key);
	return ((double)(high << 20 | low) + 0.5) * 0x1p-52;
}

double hd_sobol_point(uint64_t seed, uint64_t index, size_t dimension)
{
	uint32_t v[HD_SOBOL_BITS];
	struct hd_rng rng, stream;

	if (dimension < HD_SOBOL_DIMENSIONS) {
		hd_sobol_directions(dimension, v);
		return hd_sobol_at(v, seed, index, dimension);
	}
	hd_rng_init(&rng, seed, index);
	stream = hd_rng_stream(&rng, (uint32_t)dimension);
	return hd_rng_uniform(&stream);
}

/* --- a walk over a finite space -------------------------------------------- */

int hd_sobol_walk_init(struct hd_sobol_walk *walk,
		       const struct hd_space *space, struct hd_error *err)
{
	uint64_t points = hd_space_points(space);

	walk->space = space;
	if (hd_space_expressions(space) &
		    ~(unsigned)(HD_EXPR_CHOICE | HD_EXPR_RANDINT) ||
	    points > HD_SOBOL_WALK)
		return 0;
	walk->points = points;
	walk->order = calloc(points + 1, sizeof *walk->order);
	walk->seen = calloc(points / 8 + 1, 1);
	walk->values = calloc(hd_space_count(space) + 1, sizeof *walk->values);
	if (walk->order && walk->seen && walk->values)
		return 0;
	hd_sobol_walk_release(walk);
	return hd_error_nomem(err);
}

void hd_sobol_walk_release(struct hd_sobol_walk *walk)
{
	free(walk->order);
	free(walk->seen);
	free(walk->values);
	walk->values = NULL;
	walk->order = NULL;
	walk->seen = NULL;
}

/* Every parameter's draw INDEX, whatever was drawn before. */
static void walk_draw(const struct hd_sobol_walk *walk, uint64_t seed,
		      uint64_t index, struct hd_value *values)
{
	struct hd_rng rng, stream;

	hd_rng_init(&rng, seed, index);
	for (size_t i = 0; i < hd_space_count(walk->space); i++) {
		const struct hd_param *param = hd_space_param(walk->space, i);

		if (!hd_space_is_active(walk->space, i, values)) {
			values[i] = (struct hd_value){ 0 };
		} else if (walk->plain) {
			stream = hd_rng_stream(&rng, (uint32_t)i);
			values[i] = hd_expr_draw(&param->expr, &stream);
		} else {
			values[i] = hd_expr_at(&param->expr,
					       hd_sobol_point(seed, index, i));
		}
	}
}

static bool walk_take(struct hd_sobol_walk *walk, uint64_t cell)
{
	unsigned char bit = (unsigned char)(1u << (cell & 7));

	if (walk->seen[cell >> 3] & bit)
		return false;
	walk->seen[cell >> 3] |= bit;
	walk->order[walk->count++] = (uint32_t)cell;
	return true;
}

/* One more point of the order, which is not complete. */
static void walk_extend(struct hd_sobol_walk *walk)
{
	for (int tries = 0; !walk->in_rest; tries++) {
		if (tries == SOBOL_PATIENCE) {
			walk->in_rest = true;
			walk->next = 0;
		} else {
			walk_draw(walk, walk->seed, walk->next++, walk->values);
			if (walk_take(walk, hd_space_point_index(walk->space,
								 walk->values)))
				return;
		}
	}
	while (!walk_take(walk, hd_rng_permute(walk->seed, walk->next++,
					       walk->points)))
		;
}

static void walk_reset(struct hd_sobol_walk *walk, uint64_t seed)
{
	memset(walk->seen, 0, (size_t)(walk->points / 8 + 1));
	walk->seed = seed;
	walk->next = 0;
	walk->count = 0;
	walk->in_rest = false;
}

int hd_sobol_walk_values(struct hd_sobol_walk *walk, uint64_t seed,
			 uint64_t trial, struct hd_value *values)
{
	if (!walk->points) {
		walk_draw(walk, seed, trial, values);
		return 0;
	}
	if (trial >= walk->points)
		return HD_EXHAUSTED;
	if (walk->seed != seed)
		walk_reset(walk, seed);
	while (walk->count <= trial)
		walk_extend(walk);
	hd_space_point(walk->space, walk->order[trial], values);
	return 0;
}

/* --- the sampler ----------------------------------------------------------- */

static int sobol_init(void *vstate, const struct hd_space *space,
		      struct hd_error *err)
{
	return hd_sobol_walk_init(vstate, space, err);
}

static int sobol_suggest(void *vstate, const struct hd_history *history,
			 struct hd_rng *rng, struct hd_value *values,
			 struct hd_error *err)
{
	(void)err;
	return hd_sobol_walk_values(vstate, rng->seed,
				    hd_history_next(history), values);
}

static uint64_t sobol_points(const void *vstate)
{
	const struct hd_sobol_walk *walk = vstate;

	return walk->points;
}

static void sobol_release(void *vstate)
{
	hd_sobol_walk_release(vstate);
}

const struct hd_sampler_type hd_sampler_sobol = {
	.name = "sobol",
	.summary = "a scrambled Sobol sequence: even cover of every parameter",
	.expressions = HD_EXPR_ALL,
	.state_size = sizeof(struct hd_sobol_walk),
	.init = sobol_init,
	.suggest = sobol_suggest,
	.points = sobol_points,
	.release = sobol_release,
};
