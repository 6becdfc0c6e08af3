#include "check.h"

#include "axis.h"
#include "parzen.h"
#include "table.h"

#include <hdrive/study.h>

static struct hd_space *space_of(const struct hd_expr *exprs, size_t count)
{
	struct hd_space *space = hd_space_new();
	char name[] = "a";

	assert_non_null(space);
	for (size_t i = 0; i < count; i++, name[0]++)
		assert_int_equal(hd_space_add(space, name, &exprs[i], NULL,
					      NULL),
				 0);
	return space;
}

static struct hd_value number(double x)
{
	return (struct hd_value){ .kind = HD_VALUE_REAL, .number = x };
}

/* --- axes ------------------------------------------------------------------ */

static void values_come_back_from_their_coordinates(void **state)
{
	const struct hd_value options[] = { number(64), number(16), number(32),
					    number(512) };
	const struct hd_expr exprs[] = {
		hd_expr_choice(options, 4),
		hd_expr_choice(options, 2),
		hd_expr_randint(17),
		hd_expr_uniform(-1.3, 2.385),
		hd_expr_quniform(-1, 3, 0.25),
		hd_expr_loguniform(-9, 1),
		hd_expr_qloguniform(0, 7, 4),
		hd_expr_normal(2.385, 7),
		hd_expr_qnormal(2.385, 7, 2),
		hd_expr_lognormal(1, 2),
		hd_expr_qlognormal(2, 1, 3),
	};
	struct hd_space *space = space_of(exprs, ROWS(exprs));
	struct hd_axis *axes;
	struct hd_rng rng;
	size_t count;

	(void)state;
	hd_rng_init(&rng, 2385, 0);
	assert_int_equal(hd_axes_new(&axes, &count, space, NULL), 0);
	assert_int_equal(count, ROWS(exprs));
	for (size_t a = 0; a < count; a++)
		for (int i = 0; i < 200; i++) {
			struct hd_value value = hd_expr_draw(&exprs[a], &rng);
			double e = hd_axis_encode(&axes[a], &value);
			struct hd_value back = hd_axis_decode(&axes[a], e);

			assert_true(axes[a].is_category ||
				    (e >= axes[a].low && e <= axes[a].high));
			assert_close(back.number, value.number,
				     1e-9 * fabs(value.number));
		}
	hd_axes_free(axes, count);
	hd_space_free(space);
}

static void numbers_in_a_choice_are_ranked_and_words_are_not(void **state)
{
	const struct hd_value numbers[] = { number(64), number(16), number(32) };
	const struct hd_value words[] = {
		{ .kind = HD_VALUE_TEXT, .text = "b", .length = 1 },
		{ .kind = HD_VALUE_TEXT, .text = "a", .length = 1 },
		{ .kind = HD_VALUE_TEXT, .text = "c", .length = 1 },
	};
	const struct hd_expr exprs[] = { hd_expr_choice(numbers, 3),
					 hd_expr_choice(words, 3),
					 hd_expr_choice(numbers, 2) };
	struct hd_space *space = space_of(exprs, 3);
	static const double ranks[] = { 2.5 / 3, 0.5 / 3, 1.5 / 3 };
	struct hd_axis *axes;
	size_t count;

	(void)state;
	assert_int_equal(hd_axes_new(&axes, &count, space, NULL), 0);
	assert_false(axes[0].is_category);
	assert_true(axes[1].is_category);
	assert_true(axes[2].is_category);
	for (size_t i = 0; i < 3; i++) {
		struct hd_value value = hd_expr_nth(&exprs[0], i);

		assert_close(hd_axis_encode(&axes[0], &value), ranks[i], 1e-15);
		value = hd_expr_nth(&exprs[1], i);
		assert_close(hd_axis_encode(&axes[1], &value), (double)i, 0);
	}
	hd_axes_free(axes, count);
	hd_space_free(space);
}

static void parameters_of_one_value_have_no_axis(void **state)
{
	const struct hd_value one = number(7);
	const struct hd_expr exprs[] = { hd_expr_choice(&one, 1),
					 hd_expr_randint(1),
					 hd_expr_loguniform(2, 2),
					 hd_expr_normal(1, 0),
					 hd_expr_quniform(0, 1, 9),
					 hd_expr_uniform(0, 1) };
	struct hd_space *space = space_of(exprs, ROWS(exprs));
	struct hd_axis *axes;
	size_t count;

	(void)state;
	assert_int_equal(hd_axes_new(&axes, &count, space, NULL), 0);
	assert_int_equal(count, 1);
	assert_int_equal(axes[0].parameter, 5);
	hd_axes_free(axes, count);
	hd_space_free(space);
}

/* --- mixtures -------------------------------------------------------------- */

#define POINTS 5

struct mixture {
	struct hd_space *space;
	struct hd_axis *axes;
	size_t count;
	struct hd_parzen parzen;
	double room[256], work[16];
};

static void mixture_init(struct mixture *m, const struct hd_expr *exprs,
			 size_t count, const double *points)
{
	m->space = space_of(exprs, count);
	assert_int_equal(hd_axes_new(&m->axes, &m->count, m->space, NULL), 0);
	assert_true(hd_parzen_room(count, POINTS) <= ROWS(m->room));
	assert_true(hd_parzen_work(POINTS) <= ROWS(m->work));
	hd_parzen_init(&m->parzen, m->axes, m->count, points, POINTS, m->room);
}

static void mixture_release(struct mixture *m)
{
	hd_axes_free(m->axes, m->count);
	hd_space_free(m->space);
}

static double mixture_density(struct mixture *m, double x, double y)
{
	const double point[] = { x, y };

	return exp(hd_parzen_log(&m->parzen, point, m->work));
}

static void a_density_over_numbers_integrates_to_one(void **state)
{
	static const double points[POINTS * 2] = { 0.01, 0.4, 0.2, 0.99, 0.25,
						   0.1, 0.8, NAN, 0.9, 0.5 };
	const struct hd_expr exprs[] = { hd_expr_uniform(0, 1),
					 hd_expr_loguniform(-9, 0) };
	struct mixture m;
	double sum = 0;

	(void)state;
	mixture_init(&m, exprs, 2, points);
	for (int i = 0; i < 400; i++)
		for (int j = 0; j < 400; j++)
			sum += mixture_density(&m, (i + 0.5) / 400,
					       (j + 0.5) / 400);
	assert_close(sum / 160000, 1, 1e-4);
	mixture_release(&m);
}

static void a_density_over_categories_sums_to_one(void **state)
{
	static const double points[POINTS * 2] = { 0, 0.3, 1, 0.3, 1, 0.6,
						   2, 0.1, NAN, 0.7 };
	struct hd_value words[4];
	struct mixture m;
	double sum = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		words[i] = (struct hd_value){ .kind = HD_VALUE_TEXT,
					      .text = "abcd" + i,
					      .length = 1 };
	mixture_init(&m,
		     (const struct hd_expr[]){ hd_expr_choice(words, 4),
					       hd_expr_uniform(0, 1) },
		     2, points);
	for (int i = 0; i < 4; i++)
		for (int j = 0; j < 1000; j++)
			sum += mixture_density(&m, i, (j + 0.5) / 1000);
	assert_close(sum / 1000, 1, 1e-4);
	assert_true(mixture_density(&m, 1, 0.5) > mixture_density(&m, 3, 0.5));
	mixture_release(&m);
}

/* Draws fall into cells as often as the density there says. */
static void draws_follow_the_density(void **state)
{
	static const double points[POINTS * 2] = { 0.01, 0, 0.2, 1, 0.25,
						   1, 0.8, 2, 0.9, 2 };
	struct hd_value words[3];
	size_t cells[10][3] = { { 0 } };
	struct hd_rng rng;
	struct mixture m;

	(void)state;
	for (size_t i = 0; i < 3; i++)
		words[i] = (struct hd_value){ .kind = HD_VALUE_TEXT,
					      .text = "abc" + i,
					      .length = 1 };
	mixture_init(&m,
		     (const struct hd_expr[]){ hd_expr_uniform(0, 1),
					       hd_expr_choice(words, 3) },
		     2, points);
	hd_rng_init(&rng, 2385, 0);
	for (int i = 0; i < 40000; i++) {
		double point[2];

		hd_parzen_draw(&m.parzen, &rng, point);
		assert_true(point[0] >= 0 && point[0] <= 1);
		cells[(int)fmin(point[0] * 10, 9)][(int)point[1]]++;
	}
	for (int x = 0; x < 10; x++)
		for (int y = 0; y < 3; y++) {
			double share = 0;

			for (int i = 0; i < 100; i++)
				share += mixture_density(&m, (x + (i + 0.5) / 100) / 10,
							 y) /
					 1000;
			assert_close((double)cells[x][y] / 40000, share,
				     5 * sqrt(share / 40000));
		}
	mixture_release(&m);
}

/* --- the sampler ----------------------------------------------------------- */

struct study {
	struct hd_space *space;
	struct hd_study *study;
	const struct hd_value *values;
	size_t number;
};

static void study_init(struct study *s, const struct hd_expr *exprs,
		       size_t count, uint64_t seed)
{
	struct hd_study_options options = { .size = sizeof options,
					    .sampler = &hd_sampler_tpe,
					    .seed = seed };

	s->space = space_of(exprs, count);
	options.space = s->space;
	assert_int_equal(hd_study_new(&s->study, &options, NULL), 0);
}

static void study_ask(struct study *s)
{
	assert_int_equal(hd_study_ask(s->study, NULL, &s->number, &s->values, NULL),
			 0);
}

static void study_tell(struct study *s, size_t trial, double value)
{
	assert_int_equal(hd_study_tell(s->study, trial, NULL, value, NULL), 0);
}

static void study_release(struct study *s)
{
	hd_study_free(s->study);
	hd_space_free(s->space);
}

static const struct hd_expr bowl[] = {
	{ .kind = HD_EXPR_UNIFORM, .a = -5, .b = 5 },
	{ .kind = HD_EXPR_LOGUNIFORM, .a = -9, .b = 0 },
	{ .kind = HD_EXPR_QUNIFORM, .a = 16, .b = 512, .q = 16 },
	{ .kind = HD_EXPR_NORMAL, .a = 0, .b = 2 },
};

static double bowl_value(const struct hd_value *values)
{
	return pow(values[0].number - 2.385, 2) / 25 +
	       pow(log(values[1].number) + 6, 2) / 20 +
	       pow(values[2].number / 512 - 0.7, 2) +
	       pow(values[3].number + 2.5, 2) / 16;
}

static double best_of(const struct hd_sampler_type *type, uint64_t seed)
{
	struct study s;
	double best = INFINITY;

	study_init(&s, bowl, ROWS(bowl), seed);
	if (type != &hd_sampler_tpe) {
		struct hd_study_options options = { .size = sizeof options,
						    .space = s.space,
						    .sampler = type,
						    .seed = seed };

		hd_study_free(s.study);
		assert_int_equal(hd_study_new(&s.study, &options, NULL), 0);
	}
	for (size_t i = 0; i < 80; i++) {
		study_ask(&s);
		best = fmin(best, bowl_value(s.values));
		study_tell(&s, i, bowl_value(s.values));
	}
	study_release(&s);
	return best;
}

static void it_finds_a_bowl_far_better_than_random_draws_do(void **state)
{
	double tpe = 0, random = 0;

	(void)state;
	for (uint64_t seed = 0; seed < 10; seed++) {
		tpe += best_of(&hd_sampler_tpe, seed);
		random += best_of(&hd_sampler_random, seed);
	}
	assert_true(tpe < random / 3);
}

/* Where all trials so far failed at one side, the next ones keep away. */
static void it_keeps_away_from_failures(void **state)
{
	struct study s;
	size_t failed = 0;

	(void)state;
	study_init(&s, bowl, 1, 2385);
	for (size_t i = 0; i < 60; i++) {
		bool fails;

		study_ask(&s);
		fails = s.values[0].number > 0;
		study_tell(&s, i, fails ? NAN : fabs(s.values[0].number + 1.5));
		failed += fails && i >= 20;
	}
	assert_true(failed < 8);
	study_release(&s);
}

/* Trials that wait push the next ones apart: sixteen asked for at once spread
 * wider than one kernel. */
static void waiting_trials_keep_the_next_ones_away(void **state)
{
	double low = INFINITY, high = -INFINITY;
	struct study s;

	(void)state;
	study_init(&s, bowl, 1, 2385);
	for (size_t i = 0; i < 30; i++) {
		study_ask(&s);
		study_tell(&s, i, pow(s.values[0].number - 1, 2));
	}
	for (size_t i = 0; i < 16; i++) {
		study_ask(&s);
		low = fmin(low, s.values[0].number);
		high = fmax(high, s.values[0].number);
	}
	assert_true(high - low > 1);
	study_release(&s);
}

static void a_finite_space_is_exhausted_while_it_learns(void **state)
{
	const struct hd_expr exprs[] = { hd_expr_randint(6), hd_expr_randint(7) };
	bool seen[42] = { false };
	struct study s;

	(void)state;
	study_init(&s, exprs, 2, 2385);
	for (size_t i = 0; i < 42; i++) {
		size_t cell;

		study_ask(&s);
		cell = (size_t)(s.values[0].integer * 7 + s.values[1].integer);
		assert_false(seen[cell]);
		seen[cell] = true;
		study_tell(&s, i, (double)cell);
	}
	assert_int_equal(hd_study_ask(s.study, NULL, &s.number, &s.values, NULL),
			 HD_EXHAUSTED);
	study_release(&s);
}

static void a_space_without_any_freedom_is_drawn(void **state)
{
	const struct hd_expr exprs[] = { hd_expr_normal(2.385, 0) };
	struct study s;

	(void)state;
	study_init(&s, exprs, 1, 2385);
	for (size_t i = 0; i < 20; i++) {
		study_ask(&s);
		assert_close(s.values[0].number, 2.385, 0);
		study_tell(&s, i, 1);
	}
	study_release(&s);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values_come_back_from_their_coordinates),
		cmocka_unit_test(numbers_in_a_choice_are_ranked_and_words_are_not),
		cmocka_unit_test(parameters_of_one_value_have_no_axis),
		cmocka_unit_test(a_density_over_numbers_integrates_to_one),
		cmocka_unit_test(a_density_over_categories_sums_to_one),
		cmocka_unit_test(draws_follow_the_density),
		cmocka_unit_test(it_finds_a_bowl_far_better_than_random_draws_do),
		cmocka_unit_test(it_keeps_away_from_failures),
		cmocka_unit_test(waiting_trials_keep_the_next_ones_away),
		cmocka_unit_test(a_finite_space_is_exhausted_while_it_learns),
		cmocka_unit_test(a_space_without_any_freedom_is_drawn),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
