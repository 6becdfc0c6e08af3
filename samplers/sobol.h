/*
 * The Sobol sequence: points that fill the unit cube evenly, any of them at
 * random access.
 *
 * A coordinate is a pure function of (seed, index, dimension). Dimensions past
 * HD_SOBOL_DIMENSIONS have no direction numbers and are Philox draws. The first
 * 2^m points put the same number of points into each of 2^m equal intervals of
 * every dimension, scrambled or not.
 */
#ifndef HD_SAMPLERS_SOBOL_H
#define HD_SAMPLERS_SOBOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <hdrive/error.h>
#include <hdrive/space.h>

#define HD_SOBOL_DIMENSIONS 256
#define HD_SOBOL_BITS 32

/* The scrambled coordinate, strictly between 0 and 1. */
double hd_sobol_point(uint64_t seed, uint64_t index, size_t dimension);

/*
 * For loops over many points: the direction numbers of DIMENSION, which is
 * below HD_SOBOL_DIMENSIONS, once, then hd_sobol_at with them. It gives the
 * same as hd_sobol_point.
 */
void hd_sobol_directions(size_t dimension, uint32_t v[HD_SOBOL_BITS]);
double hd_sobol_at(const uint32_t v[HD_SOBOL_BITS], uint64_t seed,
		   uint64_t index, size_t dimension);
/* The coordinate times 2^32 before scrambling, in Gray code order. */
uint32_t hd_sobol_plain(const uint32_t v[HD_SOBOL_BITS], uint32_t index);

/* --- over a parameter space ------------------------------------------------ */

/*
 * Trial t gets point t; each parameter has a dimension, those that do not exist
 * in a trial too. A space made only of choice and randint, of up to
 * HD_SOBOL_WALK points, is walked without repetition: points come in the order
 * in which the sequence reaches them first, and what it reaches late in a
 * random order. Larger ones may repeat a point.
 */
#define HD_SOBOL_WALK ((uint64_t)1 << 20)

struct hd_sobol_walk {
	const struct hd_space *space; /* borrowed */
	bool plain;                   /* draws instead, set before init: random's */
	uint64_t points;              /* of a space that is walked, else 0 */
	struct hd_value *values;      /* owned, scratch: one per parameter */
	/* The walk so far, for one seed; made anew when another is asked. */
	uint64_t seed;
	uint64_t next;   /* index in the sequence, or in the random rest */
	bool in_rest;    /* the sequence was left */
	uint32_t *order; /* owned, points long: the first COUNT are known */
	uint64_t count;
	unsigned char *seen; /* owned: a bit a point */
};

/* Set up WALK, zeroed but for plain, for SPACE. HD_ENOMEM. */
int hd_sobol_walk_init(struct hd_sobol_walk *walk,
		       const struct hd_space *space, struct hd_error *err);
/* The values of trial TRIAL: 0 or HD_EXHAUSTED. */
int hd_sobol_walk_values(struct hd_sobol_walk *walk, uint64_t seed,
			 uint64_t trial, struct hd_value *values);
void hd_sobol_walk_release(struct hd_sobol_walk *walk);

#endif
