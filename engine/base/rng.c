/*
 * Philox4x32-10 and what is built on it.
 *
 * Key: the seed. Counter: (position, stream, trial low, trial high). Two
 * different (trial, stream, position) therefore never share a block, and
 * nothing but the position is state.
 */
#include <hdrive/rng.h>

#include <assert.h>
#include <string.h>

/* Multipliers and Weyl increments of Philox4x32: Salmon et al. 2011, sec. 4. */
#define PHILOX_M0 0xD2511F53u
#define PHILOX_M1 0xCD9E8D57u
#define PHILOX_W0 0x9E3779B9u
#define PHILOX_W1 0xBB67AE85u
#define PHILOX_ROUNDS 10

/* Tells a permutation's key from that of the draws with the same seed. */
#define PERMUTE_KEY 0x7065726d75746521u
/*
 * Luby and Rackoff need four rounds for large halves; halves of one or two
 * bits mix slowly, so more are spent than any size needs.
 */
#define PERMUTE_ROUNDS 12

/* Replace CTR by its image under the key. */
static void philox(uint32_t ctr[4], uint64_t key)
{
	uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);

	for (int round = 0; round < PHILOX_ROUNDS; round++) {
		uint64_t p0 = (uint64_t)PHILOX_M0 * ctr[0];
		uint64_t p1 = (uint64_t)PHILOX_M1 * ctr[2];

		ctr[0] = (uint32_t)(p1 >> 32) ^ ctr[1] ^ k0;
		ctr[1] = (uint32_t)p1;
		ctr[2] = (uint32_t)(p0 >> 32) ^ ctr[3] ^ k1;
		ctr[3] = (uint32_t)p0;
		k0 += PHILOX_W0;
		k1 += PHILOX_W1;
	}
}

void hd_rng_init(struct hd_rng *rng, uint64_t seed, uint64_t trial)
{
	memset(rng, 0, sizeof *rng);
	rng->seed = seed;
	rng->trial = trial;
}

struct hd_rng hd_rng_stream(const struct hd_rng *rng, uint32_t stream)
{
	struct hd_rng other;

	hd_rng_init(&other, rng->seed, rng->trial);
	other.stream = stream;
	return other;
}

uint32_t hd_rng_word(struct hd_rng *rng)
{
	if (rng->left == 0) {
		rng->block[0] = rng->position++;
		rng->block[1] = rng->stream;
		rng->block[2] = (uint32_t)rng->trial;
		rng->block[3] = (uint32_t)(rng->trial >> 32);
		philox(rng->block, rng->seed);
		rng->left = 4;
	}
	return rng->block[4 - rng->left--];
}

static uint64_t rng_long(struct hd_rng *rng)
{
	uint64_t high = hd_rng_word(rng);

	return high << 32 | hd_rng_word(rng);
}

double hd_rng_uniform(struct hd_rng *rng)
{
	uint64_t bits = rng_long(rng) >> 11;

	/* Zero alone is moved: half a step up, so that both ends stay open. */
	return bits ? (double)bits * 0x1p-53 : 0x1p-54;
}

uint64_t hd_rng_below(struct hd_rng *rng, uint64_t bound)
{
	uint64_t skip, word;

	assert(bound > 0);
	/* 2^64 mod bound: with so many words left out the rest divides evenly. */
	skip = (0 - bound) % bound;
	do
		word = rng_long(rng);
	while (word < skip);
	return word % bound;
}

/* One pass of the Feistel network over 0 .. 2^(2 * HALF) - 1. */
static uint64_t permute_once(uint64_t key, uint64_t value, unsigned half)
{
	uint64_t mask = ((uint64_t)1 << half) - 1;
	uint64_t left = value >> half, right = value & mask;

	for (uint32_t round = 0; round < PERMUTE_ROUNDS; round++) {
		uint32_t ctr[4] = { (uint32_t)right, round, half, 0 };
		uint64_t next;

		philox(ctr, key);
		next = left ^ (ctr[0] & mask);
		left = right;
		right = next;
	}
	return left << half | right;
}

/*
 * The network permutes the next power of four; an image that is not below
 * SIZE is sent through again. Following a cycle of a permutation from a start
 * below SIZE must come back below SIZE, and does so as a bijection. On average
 * that takes fewer than four passes.
 */
uint64_t hd_rng_permute(uint64_t seed, uint64_t index, uint64_t size)
{
	unsigned half = 0;

	assert(index < size);
	while (half < 32 && (size - 1) >> (2 * half))
		half++;
	if (half == 0)
		return 0;
	do
		index = permute_once(seed ^ PERMUTE_KEY, index, half);
	while (index >= size);
	return index;
}
