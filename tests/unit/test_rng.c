/* Tests of engine/base/rng.c. */
#include "check.h"

#include <hdrive/rng.h>

#include <stdbool.h>

/*
 * The vectors published with Philox4x32-10 (Random123's known answers), set
 * through the counter's four parts: position, stream, trial low and high.
 */
static void philox_gives_the_published_answers(void **state)
{
	static const struct {
		uint64_t key;
		uint32_t counter[4];
		uint32_t answer[4];
	} rows[] = {
		{ 0,
		  { 0, 0, 0, 0 },
		  { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
		{ UINT64_MAX,
		  { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX },
		  { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
		{ 0x299f31d0a4093822,
		  { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
		  { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const uint32_t *counter = rows[i].counter;
		struct hd_rng rng;

		hd_rng_init(&rng, rows[i].key,
			    (uint64_t)counter[3] << 32 | counter[2]);
		rng.stream = counter[1];
		rng.position = counter[0];
		for (int j = 0; j < 4; j++)
			assert_int_equal(hd_rng_word(&rng), rows[i].answer[j]);
	}
}

static void same_key_same_numbers_other_key_others(void **state)
{
	struct hd_rng a, b, trial, seed, stream;
	int same_trial = 0, same_seed = 0, same_stream = 0;

	(void)state;
	hd_rng_init(&a, 2385, 17);
	hd_rng_init(&b, 2385, 17);
	hd_rng_init(&trial, 2385, 18);
	hd_rng_init(&seed, 2386, 17);
	stream = hd_rng_stream(&a, 1);
	for (int i = 0; i < 1000; i++) {
		uint32_t word = hd_rng_word(&a);

		assert_int_equal(word, hd_rng_word(&b));
		same_trial += word == hd_rng_word(&trial);
		same_seed += word == hd_rng_word(&seed);
		same_stream += word == hd_rng_word(&stream);
	}
	/* One coincidence in 1000 words of 32 bits has a chance of 2e-7. */
	assert_int_equal(same_trial + same_seed + same_stream, 0);
}

static void a_stream_begins_at_its_beginning(void **state)
{
	struct hd_rng rng, fresh;

	(void)state;
	hd_rng_init(&rng, 7, 3);
	fresh = hd_rng_stream(&rng, 5);
	hd_rng_word(&rng);
	hd_rng_word(&rng);
	rng = hd_rng_stream(&rng, 5);
	for (int i = 0; i < 10; i++)
		assert_int_equal(hd_rng_word(&rng), hd_rng_word(&fresh));
}

static void uniform_stays_inside_and_has_its_moments(void **state)
{
	enum { N = 100000 };
	double sum = 0, squares = 0;
	struct hd_rng rng;

	(void)state;
	hd_rng_init(&rng, 2385, 0);
	for (int i = 0; i < N; i++) {
		double u = hd_rng_uniform(&rng);

		assert_true(u > 0 && u < 1);
		sum += u;
		squares += u * u;
	}
	/* Variance of u is 1/12, of u^2 is 4/45; five sigma of their means. */
	assert_close(sum / N, 0.5, 5 * sqrt(1 / 12.0 / N));
	assert_close(squares / N, 1 / 3.0, 5 * sqrt(4 / 45.0 / N));
}

static void below_is_even_for_a_bound_that_divides_nothing(void **state)
{
	enum { N = 70000,
	       BOUND = 7 };
	int counts[BOUND] = { 0 };
	struct hd_rng rng;

	(void)state;
	hd_rng_init(&rng, 2385, 1);
	for (int i = 0; i < N; i++)
		counts[hd_rng_below(&rng, BOUND)]++;
	/* Each count is binomial with p = 1/7: sigma^2 = N p (1 - p). */
	for (int i = 0; i < BOUND; i++)
		assert_close(counts[i], N / 7.0,
			     5 * sqrt(N * (1 / 7.0) * (6 / 7.0)));
}

static void below_takes_the_smallest_and_the_largest_bound(void **state)
{
	struct hd_rng rng;
	uint64_t high = 0;

	(void)state;
	hd_rng_init(&rng, 1, 1);
	for (int i = 0; i < 100; i++) {
		assert_int_equal(hd_rng_below(&rng, 1), 0);
		high |= hd_rng_below(&rng, UINT64_MAX);
	}
	assert_true(high >> 63);
}

static void permute_is_a_bijection_for_every_small_size(void **state)
{
	(void)state;
	for (uint64_t size = 1; size <= 300; size++) {
		bool seen[300] = { false };

		for (uint64_t i = 0; i < size; i++) {
			uint64_t image = hd_rng_permute(2385 + size, i, size);

			assert_true(image < size);
			assert_false(seen[image]);
			seen[image] = true;
		}
	}
}

/* Too large to list: no two of many images meet, and all are in range. */
static void permute_holds_at_the_largest_sizes(void **state)
{
	static const uint64_t sizes[] = { (uint64_t)1 << 32,
					  ((uint64_t)1 << 32) + 1,
					  1000000000000,
					  (uint64_t)1 << 62,
					  ((uint64_t)1 << 62) + 1,
					  (uint64_t)1 << 63,
					  UINT64_MAX };
	enum { N = 200 };

	(void)state;
	for (size_t s = 0; s < ROWS(sizes); s++) {
		uint64_t images[N];

		for (int i = 0; i < N; i++) {
			uint64_t index = i % 2 ? sizes[s] - 1 - (uint64_t)i
					       : (uint64_t)i;

			images[i] = hd_rng_permute(2385, index, sizes[s]);
			assert_true(images[i] < sizes[s]);
			for (int j = 0; j < i; j++)
				assert_true(images[i] != images[j]);
		}
	}
}

/* Over many seeds each of the six orders of three things is as likely. */
static void permute_takes_every_order_alike(void **state)
{
	enum { N = 30000 };
	int counts[27] = { 0 }, orders = 0;

	(void)state;
	for (uint64_t seed = 0; seed < N; seed++)
		counts[hd_rng_permute(seed, 0, 3) * 9 +
		       hd_rng_permute(seed, 1, 3) * 3 +
		       hd_rng_permute(seed, 2, 3)]++;
	for (int i = 0; i < 27; i++) {
		if (counts[i] == 0)
			continue;
		orders++;
		/* Binomial with p = 1/6: sigma^2 = N p (1 - p). */
		assert_close(counts[i], N / 6.0,
			     5 * sqrt(N * (1 / 6.0) * (5 / 6.0)));
	}
	assert_int_equal(orders, 6);
}

static void permute_scatters_the_first_points(void **state)
{
	enum { SIZE = 1000,
	       N = 20000 };
	double sum = 0;

	(void)state;
	for (uint64_t seed = 0; seed < N; seed++)
		sum += (double)hd_rng_permute(seed, 0, SIZE);
	/* Uniform on 0..999: mean 499.5, variance (1000^2 - 1) / 12. */
	assert_close(sum / N, (SIZE - 1) / 2.0,
		     5 * sqrt((SIZE * (double)SIZE - 1) / 12 / N));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(philox_gives_the_published_answers),
		cmocka_unit_test(same_key_same_numbers_other_key_others),
		cmocka_unit_test(a_stream_begins_at_its_beginning),
		cmocka_unit_test(uniform_stays_inside_and_has_its_moments),
		cmocka_unit_test(below_is_even_for_a_bound_that_divides_nothing),
		cmocka_unit_test(below_takes_the_smallest_and_the_largest_bound),
		cmocka_unit_test(permute_is_a_bijection_for_every_small_size),
		cmocka_unit_test(permute_holds_at_the_largest_sizes),
		cmocka_unit_test(permute_takes_every_order_alike),
		cmocka_unit_test(permute_scatters_the_first_points),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
