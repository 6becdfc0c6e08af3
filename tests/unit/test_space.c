/* Tests of engine/space/space.c. */
#include "check.h"

#include <hdrive/space.h>

static int space_setup(void **state)
{
	*state = hd_space_new();
	return *state ? 0 : -1;
}

static int space_teardown(void **state)
{
	hd_space_free(*state);
	return 0;
}

static int add(struct hd_space *space, const char *name, struct hd_expr expr)
{
	return hd_space_add(space, name, &expr, NULL, NULL);
}

static void parameters_keep_their_order_and_their_names(void **state)
{
	static const char *const names[] = { "--lr", "units", "-m", "a b" };
	struct hd_space *space = *state;

	for (size_t i = 0; i < ROWS(names); i++)
		assert_int_equal(add(space, names[i], hd_expr_uniform(0, 1)),
				 0);
	assert_int_equal(hd_space_count(space), ROWS(names));
	for (size_t i = 0; i < ROWS(names); i++)
		assert_string_equal(hd_space_param(space, i)->name, names[i]);
	assert_null(hd_space_param(space, ROWS(names)));
}

static void everything_given_is_copied(void **state)
{
	struct hd_space *space = *state;
	char name[] = "--opt", text[] = "adam", file[] = "sweep.yaml";
	struct hd_value options[2] = {
		{ .kind = HD_VALUE_TEXT, .text = text, .length = 4 },
		{ .kind = HD_VALUE_INTEGER, .integer = 7, .number = 7 },
	};
	struct hd_expr expr = hd_expr_choice(options, 2);
	struct hd_mark mark = { file, 8, 11 };
	const struct hd_param *param;

	assert_int_equal(hd_space_add(space, name, &expr, &mark, NULL), 0);
	memset(name, 'x', 5);
	memset(text, 'x', 4);
	memset(file, 'x', 10);
	memset(options, 0, sizeof options);
	param = hd_space_param(space, 0);
	assert_string_equal(param->name, "--opt");
	assert_string_equal(param->expr.options[0].text, "adam");
	assert_int_equal(param->expr.options[1].integer, 7);
	assert_int_equal(param->expr.options[1].option, 1);
	assert_string_equal(param->mark.file, "sweep.yaml");
	assert_int_equal(param->mark.line, 8);
}

static void hd_015_a_name_stands_once_whatever_its_dashes(void **state)
{
	struct hd_space *space = *state;
	struct hd_expr expr = hd_expr_uniform(0, 1);
	struct hd_error err = { 0 };

	assert_int_equal(add(space, "--lr", expr), 0);
	assert_int_equal(hd_space_add(space, "lr", &expr, NULL, &err),
			 HD_EEXIST);
	assert_non_null(strstr(err.text, "'lr'"));
	assert_int_equal(add(space, "--LR", expr), 0);
	assert_int_equal(add(space, "lr2", expr), 0);
	assert_int_equal(hd_space_count(space), 3);
}

static void a_name_is_one_line_with_something_in_it(void **state)
{
	static const char *const names[] = { "", "-", "--", "a\nb", "a\tb",
					     "\x7f" };
	struct hd_space *space = *state;

	for (size_t i = 0; i < ROWS(names); i++)
		assert_int_equal(add(space, names[i], hd_expr_uniform(0, 1)),
				 HD_EINVAL);
	assert_int_equal(hd_space_count(space), 0);
}

static void an_illegal_expression_is_not_added(void **state)
{
	struct hd_space *space = *state;

	assert_int_equal(add(space, "lr", hd_expr_uniform(1, 0)), HD_EINVAL);
	assert_int_equal(hd_space_count(space), 0);
	assert_int_equal(add(space, "lr", hd_expr_uniform(0, 1)), 0);
}

static void expressions_are_gathered(void **state)
{
	struct hd_space *space = *state;

	assert_int_equal(hd_space_expressions(space), 0);
	add(space, "a", hd_expr_uniform(0, 1));
	add(space, "b", hd_expr_randint(3));
	add(space, "c", hd_expr_randint(4));
	assert_int_equal(hd_space_expressions(space),
			 HD_EXPR_UNIFORM | HD_EXPR_RANDINT);
}

static void points_multiply_and_saturate(void **state)
{
	struct hd_space *space = *state;
	char name[16];

	assert_int_equal(hd_space_points(space), 1);
	add(space, "a", hd_expr_randint(3));
	assert_int_equal(hd_space_points(space), 3);
	add(space, "b", hd_expr_quniform(16, 128, 16));
	assert_int_equal(hd_space_points(space), 24);
	for (int i = 0; i < 20; i++) {
		snprintf(name, sizeof name, "p%d", i);
		add(space, name, hd_expr_randint(1000));
	}
	assert_true(hd_space_points(space) == UINT64_MAX);
	add(space, "c", hd_expr_normal(0, 1));
	assert_int_equal(hd_space_points(space), 0);
}

static void thousands_of_parameters_are_held(void **state)
{
	struct hd_space *space = *state;
	char name[16];

	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "p%d", i);
		assert_int_equal(add(space, name, hd_expr_randint(2)), 0);
	}
	assert_int_equal(add(space, "--p4999", hd_expr_randint(2)), HD_EEXIST);
	assert_string_equal(hd_space_param(space, 2385)->name, "p2385");
}

static void freeing_nothing_is_allowed(void **state)
{
	(void)state;
	hd_space_free(NULL);
}

#define WITH_SPACE(test) \
	cmocka_unit_test_setup_teardown(test, space_setup, space_teardown)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		WITH_SPACE(parameters_keep_their_order_and_their_names),
		WITH_SPACE(everything_given_is_copied),
		WITH_SPACE(hd_015_a_name_stands_once_whatever_its_dashes),
		WITH_SPACE(a_name_is_one_line_with_something_in_it),
		WITH_SPACE(an_illegal_expression_is_not_added),
		WITH_SPACE(expressions_are_gathered),
		WITH_SPACE(points_multiply_and_saturate),
		WITH_SPACE(thousands_of_parameters_are_held),
		cmocka_unit_test(freeing_nothing_is_allowed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
