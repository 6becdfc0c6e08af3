/*
 * Numbers for random tests by a small generator of their own (Numerical Recipes'
 * constants): what a seed gives stays when hdrive's generator changes.
 */
#ifndef TESTS_SUPPORT_NOISE_H
#define TESTS_SUPPORT_NOISE_H

#include <stdint.h>

static uint32_t noise_state; /* the seed, at the start */

/* 0 .. BELOW - 1 */
static inline uint32_t noise(uint32_t below)
{
	noise_state = noise_state * 1664525u + 1013904223u;
	return (noise_state >> 8) % below;
}

#endif
