/* Coordinates of the ten expressions, there and back. */
#include "check.h"

#include "encode.h"

static const struct hd_value names[] = {
	{ .kind = HD_VALUE_TEXT, .text = "adam", .length = 4 },
	{ .kind = HD_VALUE_TEXT, .text = "sgd", .length = 3 },
	{ .kind = HD_VALUE_TEXT, .text = "lamb", .length = 4 },
};

#define NUMBER(x)                                                       \
	{                                                               \
		.kind = HD_VALUE_INTEGER, .integer = (x), .number = (x) \
	}
static const struct hd_value sizes[] = {
	NUMBER(128), NUMBER(16), NUMBER(64), NUMBER(1024), NUMBER(256)
};
static const struct hd_value close_by[] = { NUMBER(3), NUMBER(1), NUMBER(2) };

static const struct hd_expr expressions[] = {
	{ .kind = HD_EXPR_CHOICE, .option_count = 3, .options = names },
	{ .kind = HD_EXPR_CHOICE, .option_count = 5, .options = sizes },
	{ .kind = HD_EXPR_RANDINT, .b = 7 },
	{ .kind = HD_EXPR_RANDINT, .b = 0x1p53 },
	{ .kind = HD_EXPR_UNIFORM, .a = -1.3, .b = 2.385 },
	{ .kind = HD_EXPR_QUNIFORM, .a = 16, .b = 128, .q = 16 },
	{ .kind = HD_EXPR_QUNIFORM, .a = -0.7, .b = 1e6, .q = 0.1 },
	{ .kind = HD_EXPR_LOGUNIFORM, .a = -6, .b = -1 },
	{ .kind = HD_EXPR_QLOGUNIFORM, .a = 2.385, .b = 6.5, .q = 8 },
	{ .kind = HD_EXPR_QLOGUNIFORM, .a = -6, .b = 3, .q = 0.25 },
	{ .kind = HD_EXPR_NORMAL, .a = 2.385, .b = 0.75 },
	{ .kind = HD_EXPR_QNORMAL, .a = 2.385, .b = 20, .q = 7 },
	{ .kind = HD_EXPR_LOGNORMAL, .a = -2.385, .b = 1.5 },
	{ .kind = HD_EXPR_QLOGNORMAL, .a = 2.385, .b = 1, .q = 3 },
};

static struct hd_space *space_of(const struct hd_expr *exprs, size_t count)
{
	struct hd_space *space = hd_space_new();

	assert_non_null(space);
	for (size_t i = 0; i < count; i++) {
		char name[16];

		snprintf(name, sizeof name, "p%zu", i);
		assert_int_equal(hd_space_add(space, name, &exprs[i], NULL,
					      NULL),
				 0);
	}
	return space;
}

/* The index in EXPRESSIONS whose value did not come back, or none. */
static void a_value_comes_back_from_its_coordinate(void **state)
{
	struct hd_space *space = space_of(expressions, ROWS(expressions));
	struct hd_value sent[ROWS(expressions)], back[ROWS(expressions)];
	double point[ROWS(expressions)];
	struct hd_encoding encoding;
	struct hd_rng rng;

	(void)state;
	hd_rng_init(&rng, 11, 0);
	assert_int_equal(hd_encoding_init(&encoding, space), 0);
	assert_int_equal(encoding.count, ROWS(expressions));
	for (int n = 0; n < 300; n++) {
		for (size_t i = 0; i < ROWS(expressions); i++)
			sent[i] = hd_expr_draw(&expressions[i], &rng);
		assert_true(hd_encoding_encode(&encoding, sent, point));
		hd_encoding_decode(&encoding, point, back);
		for (size_t i = 0; i < ROWS(expressions); i++)
			if (encoding.columns[i].levels > 0)
				assert_true(hd_value_equal(&sent[i], &back[i]));
			else
				assert_close(back[i].number / sent[i].number, 1,
					     1e-6);
	}
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

static void a_snapped_point_stays_where_it_is(void **state)
{
	struct hd_space *space = space_of(expressions, ROWS(expressions));
	double point[ROWS(expressions)], again[ROWS(expressions)];
	struct hd_encoding encoding;
	struct hd_rng rng;

	(void)state;
	hd_rng_init(&rng, 12, 0);
	hd_encoding_init(&encoding, space);
	for (int n = 0; n < 300; n++) {
		for (size_t i = 0; i < ROWS(expressions); i++)
			point[i] = hd_rng_uniform(&rng);
		hd_encoding_snap(&encoding, point);
		memcpy(again, point, sizeof again);
		hd_encoding_snap(&encoding, again);
		for (size_t i = 0; i < ROWS(expressions); i++)
			assert_close(again[i], point[i], 1e-9);
	}
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

static void levels_ascend_inside_the_box(void **state)
{
	struct hd_space *space = space_of(expressions, ROWS(expressions));
	struct hd_encoding encoding;

	(void)state;
	hd_encoding_init(&encoding, space);
	for (size_t c = 0; c < encoding.count; c++) {
		const struct hd_column *column = &encoding.columns[c];

		for (size_t i = 0; i < column->levels; i++) {
			if (i > 0)
				assert_true(column->coordinate[i] >
					    column->coordinate[i - 1]);
			if (!column->nominal && !column->normal)
				assert_true(column->coordinate[i] > 0 &&
					    column->coordinate[i] < 1);
			assert_int_equal(hd_column_level(column,
							 column->coordinate[i]),
					 i);
		}
	}
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

static void a_choice_of_numbers_is_ordered_with_a_twin(void **state)
{
	const struct hd_expr exprs[] = { hd_expr_choice(names, 3),
					 hd_expr_choice(sizes, 5),
					 hd_expr_choice(close_by, 3) };
	struct hd_space *space = space_of(exprs, ROWS(exprs));
	struct hd_encoding encoding;

	(void)state;
	hd_encoding_init(&encoding, space);
	assert_true(encoding.columns[0].nominal);
	assert_false(encoding.columns[1].nominal);
	assert_int_equal(encoding.columns[1].option[0], 1); /* 16 */
	assert_int_equal(encoding.columns[1].option[4], 3); /* 1024 */
	/* By logarithm: 128 lies halfway between 16 and 1024. */
	assert_close(encoding.columns[1].coordinate[2], 0.5, 1e-12);
	assert_close(encoding.columns[2].coordinate[1], 0.5, 1e-12);
	assert_int_equal(encoding.kernel.count, 5);
	assert_int_equal(encoding.kernel.nominals, 1);
	assert_true(encoding.features[2].twin && encoding.features[4].twin);
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

static void what_has_one_value_has_no_column(void **state)
{
	const struct hd_expr exprs[] = {
		hd_expr_choice(names, 1),
		hd_expr_randint(1),
		hd_expr_normal(2.385, 0),
		hd_expr_loguniform(1, 1),
		hd_expr_uniform(0, 1),
	};
	struct hd_space *space = space_of(exprs, ROWS(exprs));
	struct hd_value values[ROWS(exprs)];
	struct hd_encoding encoding;
	double point = 0.25;

	(void)state;
	hd_encoding_init(&encoding, space);
	assert_int_equal(encoding.count, 1);
	hd_encoding_decode(&encoding, &point, values);
	assert_close(values[2].number, 2.385, 0);
	assert_close(values[4].number, 0.25, 1e-15);
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

static void an_absent_value_has_no_point(void **state)
{
	const struct hd_expr expr = hd_expr_uniform(0, 1);
	struct hd_space *space = space_of(&expr, 1);
	struct hd_value value = { .kind = HD_VALUE_ABSENT };
	struct hd_encoding encoding;
	double point;

	(void)state;
	hd_encoding_init(&encoding, space);
	assert_false(hd_encoding_encode(&encoding, &value, &point));
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

/* --- branches ----------------------------------------------------------------- */

static const struct hd_value numbered[] = { NUMBER(1), NUMBER(2), NUMBER(4) };

/*
 * a: 1, 2 {b: one {c: x, y, z {d: 0..1}}; e: sizes}, 4. What b hangs on is a's
 * affair, as b has one option.
 */
static struct hd_space *branches(void)
{
	const struct hd_expr exprs[] = {
		hd_expr_choice(numbered, 3),
		hd_expr_choice(names, 1),
		hd_expr_choice(names, 3),
		hd_expr_uniform(0, 1),
		hd_expr_choice(sizes, 5),
	};
	static const size_t parents[] = { HD_SPACE_TOP, 0, 1, 2, 0 };
	static const size_t options[] = { 0, 1, 0, 2, 1 };
	struct hd_space *space = hd_space_new();
	char name[] = "a";

	assert_non_null(space);
	for (size_t i = 0; i < ROWS(exprs); i++, name[0]++)
		assert_int_equal(hd_space_add_in(space, parents[i], options[i],
						 name, &exprs[i], NULL, NULL),
				 0);
	return space;
}

static void what_does_not_exist_is_no_number(void **state)
{
	struct hd_space *space = branches();
	struct hd_encoding encoding;
	struct hd_value values[5], back[5];
	double point[4];

	(void)state;
	hd_encoding_init(&encoding, space);
	assert_true(encoding.conditional);
	assert_int_equal(encoding.count, 4);
	/* Numbers, but what hangs on them makes names of them. */
	assert_true(encoding.columns[0].nominal);
	assert_true(encoding.columns[0].parent == HD_COLUMN_TOP);
	assert_true(encoding.columns[1].parent == 0);
	assert_close(encoding.columns[1].branch, 1, 0);
	assert_true(encoding.columns[2].parent == 1);
	assert_close(encoding.columns[2].branch, 2, 0);
	/* a; c and its presence; d and its; e, its twin and its presence. */
	assert_int_equal(encoding.kernel.count, 1 + 2 + 2 + 3);
	assert_int_equal(encoding.kernel.nominals, 2);
	for (size_t option = 0; option < 3; option++)
		for (size_t name = 0; name < 3; name++) {
			for (size_t p = 0; p < 5; p++)
				values[p] = hd_expr_at(
					&hd_space_param(space, p)->expr, 0.3);
			values[0] = hd_expr_nth(&hd_space_param(space, 0)->expr, option);
			values[2] = hd_expr_nth(&hd_space_param(space, 2)->expr, name);
			hd_space_prune(space, values);
			assert_true(hd_encoding_encode(&encoding, values, point));
			assert_close(point[0], (double)option, 0);
			assert_int_equal(isnan(point[1]), option != 1);
			assert_int_equal(isnan(point[2]), option != 1 || name != 2);
			hd_encoding_snap(&encoding, point);
			hd_encoding_decode(&encoding, point, back);
			for (size_t p = 0; p < 5; p++)
				assert_true(hd_value_equal(&values[p], &back[p]));
		}
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

static void a_row_without_what_exists_has_no_point(void **state)
{
	struct hd_space *space = branches();
	struct hd_encoding encoding;
	struct hd_value values[5];
	double point[4];

	(void)state;
	hd_encoding_init(&encoding, space);
	for (size_t p = 0; p < 5; p++)
		values[p] = hd_expr_at(&hd_space_param(space, p)->expr, 0.5);
	assert_true(hd_encoding_encode(&encoding, values, point));
	values[4] = (struct hd_value){ 0 };
	assert_false(hd_encoding_encode(&encoding, values, point));
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

static void distances_count_existence(void **state)
{
	struct hd_space *space = branches();
	struct hd_encoding encoding;
	const struct hd_column *number, *name;

	(void)state;
	hd_encoding_init(&encoding, space);
	name = &encoding.columns[1];
	number = &encoding.columns[2];
	assert_close(hd_column_far(number, 0.7, 0.4), 0.3, 1e-15);
	assert_close(hd_column_far(number, NAN, NAN), 0, 0);
	assert_close(hd_column_far(number, NAN, 0.4), 1, 0);
	assert_close(hd_column_far(name, 2, 0), 1, 0);
	assert_close(hd_column_far(name, NAN, NAN), 0, 0);
	assert_close(hd_column_far(name, 2, NAN), 1, 0);
	hd_encoding_release(&encoding);
	hd_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_value_comes_back_from_its_coordinate),
		cmocka_unit_test(a_snapped_point_stays_where_it_is),
		cmocka_unit_test(levels_ascend_inside_the_box),
		cmocka_unit_test(a_choice_of_numbers_is_ordered_with_a_twin),
		cmocka_unit_test(what_has_one_value_has_no_column),
		cmocka_unit_test(an_absent_value_has_no_point),
		cmocka_unit_test(what_does_not_exist_is_no_number),
		cmocka_unit_test(a_row_without_what_exists_has_no_point),
		cmocka_unit_test(distances_count_existence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
