/*
 * Counter-based random numbers.
 *
 * A number is a pure function of (seed, trial, parameter, position), computed
 * by Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011). There is no state but the position, so trial 17
 * is the same whatever the concurrency, the order of ends, a crash or a
 * resume.
 */
#ifndef HDRIVE_RNG_H
#define HDRIVE_RNG_H

#include <stdint.h>

#include <hdrive/api.h>

HD_BEGIN_DECLS

/* Held by value; set up by hd_rng_init only. */
struct hd_rng {
	uint64_t seed;
	uint64_t trial;
	uint32_t stream;   /* parameter's index, or a sampler's own number */
	uint32_t position; /* block of four words that comes next */
	uint32_t block[4];
	unsigned left; /* words of block[] not yet given out */
};

/* The numbers of trial TRIAL of a sweep with seed SEED, stream 0. */
HD_API void hd_rng_init(struct hd_rng *rng, uint64_t seed, uint64_t trial);
/* Another stream of the same seed and trial, from its beginning. */
HD_API struct hd_rng hd_rng_stream(const struct hd_rng *rng, uint32_t stream);

HD_API uint32_t hd_rng_word(struct hd_rng *rng);
/* 53 random bits, strictly between 0 and 1. */
HD_API double hd_rng_uniform(struct hd_rng *rng);
/* 0 .. bound-1, every one equally likely; bound must not be 0. */
HD_API uint64_t hd_rng_below(struct hd_rng *rng, uint64_t bound);
/*
 * The image of INDEX under a random permutation of 0 .. size-1 that is fixed
 * by the seed alone: how a finite space is drawn without repetition and
 * without remembering what was drawn.
 */
HD_API uint64_t hd_rng_permute(uint64_t seed, uint64_t index, uint64_t size);

HD_END_DECLS

#endif
