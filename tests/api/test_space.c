/* space.h, program.h, and what turns values into a command line. */
#include "api.h"

/* x uniform [0, 1], opt a choice of two; with the first y, randint 5. */
static struct hd_space *some_space(void)
{
	struct hd_value options[2] = API_ZERO;
	struct hd_space *space = hd_space_new();
	struct hd_expr expr = hd_expr_uniform(0, 1);

	assert_non_null(space);
	for (int i = 0; i < 2; i++) {
		options[i].kind = HD_VALUE_TEXT;
		options[i].text = i ? "sgd" : "adam";
		options[i].length = strlen(options[i].text);
	}
	assert_int_equal(hd_space_add(space, "--x", &expr, NULL, NULL), 0);
	expr = hd_expr_choice(options, 2);
	assert_int_equal(hd_space_add(space, "opt", &expr, NULL, NULL), 0);
	expr = hd_expr_randint(5);
	assert_int_equal(hd_space_add_in(space, 1, 0, "y", &expr, NULL, NULL), 0);
	return space;
}

static void expressions_are_named_and_checked(void **state)
{
	struct hd_expr expr = hd_expr_quniform(1, 0, 0.5);
	struct hd_error err = API_ZERO;

	(void)state;
	assert_int_equal(hd_expr_types(), 10);
	for (size_t i = 0; i < hd_expr_types(); i++) {
		const struct hd_expr_type *type = hd_expr_type_at(i);

		assert_ptr_equal(hd_expr_type_find(type->name), type);
		assert_string_equal(hd_expr_name(type->kind), type->name);
	}
	assert_null(hd_expr_type_find("logunifrom"));
	assert_int_equal(hd_expr_check(&expr, &err), HD_EINVAL);
	assert_has(err.text, "min");
}

static void draws_lie_where_their_expression_says(void **state)
{
	const struct hd_expr exprs[] = {
		hd_expr_randint(9),
		hd_expr_uniform(-2, 3),
		hd_expr_quniform(0, 10, 2.5),
		hd_expr_loguniform(-3, 0),
		hd_expr_qloguniform(0, 3, 1),
		hd_expr_normal(0, 1),
		hd_expr_qnormal(0, 9, 3),
		hd_expr_lognormal(0, 1),
		hd_expr_qlognormal(0, 1, 1),
	};
	struct hd_rng rng;

	(void)state;
	hd_rng_init(&rng, 1, 0);
	for (size_t i = 0; i < sizeof exprs / sizeof exprs[0]; i++) {
		struct hd_value drawn = hd_expr_draw(&exprs[i], &rng);
		struct hd_value low = hd_expr_at(&exprs[i], 0.01);
		struct hd_value high = hd_expr_at(&exprs[i], 0.99);

		assert_int_equal(hd_expr_check(&exprs[i], NULL), 0);
		assert_true(low.number <= high.number);
		assert_true(isfinite(drawn.number));
	}
}

static void grids_are_counted_in_order(void **state)
{
	struct hd_expr expr = hd_expr_quniform(0, 10, 2.5);
	struct hd_value third = hd_expr_nth(&expr, 2);

	(void)state;
	assert_int_equal(hd_expr_count(&expr), 5);
	assert_same(third.number, 5);
	assert_int_equal(hd_expr_index(&expr, &third), 2);
	expr = hd_expr_uniform(0, 1);
	assert_int_equal(hd_expr_count(&expr), 0);
}

static void values_are_written_and_compared(void **state)
{
	struct hd_expr expr = hd_expr_randint(9);
	struct hd_value two = hd_expr_nth(&expr, 2);
	struct hd_value three = hd_expr_nth(&expr, 3);
	char text[8];

	(void)state;
	assert_true(hd_value_equal(&two, &two));
	assert_false(hd_value_equal(&two, &three));
	assert_int_equal(hd_value_format(&two, text, sizeof text), 1);
	assert_string_equal(text, "2");
}

static void spaces_have_parameters_and_branches(void **state)
{
	struct hd_space *space = some_space();
	struct hd_expr expr = hd_expr_uniform(0, 1);
	struct hd_error err = API_ZERO;
	struct hd_value values[3] = API_ZERO;

	(void)state;
	assert_int_equal(hd_space_count(space), 3);
	assert_string_equal(hd_space_param(space, 0)->name, "--x");
	assert_int_equal(hd_space_param(space, 2)->parent, 1);
	assert_int_equal(hd_space_add(space, "x", &expr, NULL, &err), HD_EEXIST);
	expr.a = 2;
	assert_int_equal(hd_space_add(space, "z", &expr, NULL, &err), HD_EINVAL);
	assert_int_equal(hd_space_expressions(space),
			 HD_EXPR_UNIFORM | HD_EXPR_CHOICE | HD_EXPR_RANDINT);
	assert_true(hd_space_is_conditional(space));
	assert_true(hd_space_excludes(space, 2, 1, 1));
	values[1] = hd_expr_nth(&hd_space_param(space, 1)->expr, 1);
	values[2].kind = HD_VALUE_INTEGER;
	assert_false(hd_space_is_active(space, 2, values));
	hd_space_prune(space, values);
	assert_int_equal(values[2].kind, HD_VALUE_ABSENT);
	assert_int_equal(hd_space_points(space), 0);
	hd_space_free(space);
	hd_space_free(NULL);
}

static void points_of_a_space_are_numbered(void **state)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr expr = hd_expr_randint(3);
	struct hd_value values[2] = API_ZERO;

	(void)state;
	assert_int_equal(hd_space_add(space, "a", &expr, NULL, NULL), 0);
	assert_int_equal(hd_space_add(space, "b", &expr, NULL, NULL), 0);
	assert_int_equal(hd_space_points(space), 9);
	assert_int_equal(hd_space_point(space, 5, values), 0);
	assert_int_equal(values[0].integer, 1);
	assert_int_equal(values[1].integer, 2);
	assert_int_equal(hd_space_point_index(space, values), 5);
	assert_int_not_equal(hd_space_point(space, 9, values), 0);
	hd_space_free(space);
}

static void command_lines_take_values(void **state)
{
	static const char *const words[] = { "train", "--lr={x}" };
	struct hd_space *space = some_space();
	struct hd_value values[3] = API_ZERO;
	struct hd_program program = API_ZERO;
	struct hd_program *copy = NULL;
	struct hd_error err = API_ZERO;
	struct api_text text;
	struct hd_out out = api_out(&text);
	char **argv = NULL;

	(void)state;
	values[0] = hd_expr_at(&hd_space_param(space, 0)->expr, 0.25);
	values[1] = hd_expr_nth(&hd_space_param(space, 1)->expr, 1);
	assert_int_equal(hd_args_build(&argv, space, values, words, 2, NULL, &err), 0);
	assert_string_equal(argv[1], "--lr=0.25");
	assert_string_equal(argv[2], "--opt");
	assert_string_equal(argv[3], "sgd");
	assert_null(argv[4]);
	free(argv);
	assert_int_equal(hd_report_values(space, values, &out), 0);
	assert_string_equal(text.text, "{\"--x\":0.25,\"opt\":\"sgd\"}");
	out = api_out(&text);
	assert_int_equal(hd_report_parameters(space, values, HD_FORMAT_ARGS, &out, NULL), 0);
	assert_string_equal(text.text, "--x 0.25 --opt sgd\n");
	assert_int_equal(hd_report_parameters(space, values, HD_FORMAT_CSV, &out, NULL),
			 HD_EINVAL);

	program.words = words;
	program.word_count = 2;
	assert_int_equal(hd_program_copy(&copy, &program, &err), 0);
	assert_int_equal(hd_program_argv(&argv, copy, space, values, NULL, NULL, &err), 0);
	assert_string_equal(argv[0], "train");
	free(argv);
	hd_program_free(copy);
	hd_program_free(NULL);
	hd_space_free(space);
}

static void programs_of_several_processes_are_checked(void **state)
{
	static const char *const words[] = { "train" };
	struct hd_program program = API_ZERO;
	struct hd_error err = API_ZERO;

	(void)state;
	program.words = words;
	program.word_count = 1;
	assert_int_equal(hd_program_distribute(&program, HD_DISTRIBUTION_MPI,
					       HD_PROCESSES_MOST + 1, 0, &err),
			 HD_EINVAL);
	assert_int_equal(hd_program_distribute(&program, HD_DISTRIBUTION_MPI, 2, 0, &err), 0);
	assert_int_equal(program.processes, 2);
	assert_int_equal(hd_program_check(&program, "/none/here", &err), HD_ENOENT);
	assert_has(err.text, "mpirun");
	assert_int_equal(hd_program_spread(&program, HD_DISTRIBUTION_MPI, 3, 2, 0, &err),
			 HD_EINVAL);
	assert_int_equal(hd_program_spread(&program, HD_DISTRIBUTION_MPI, 2, 4, 0, &err), 0);
	assert_int_equal(program.nodes, 2);
	assert_int_equal(hd_program_check_machines(&program, 2, &err), 0);
	assert_int_equal(hd_program_check_machines(&program, 1, &err), HD_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_are_named_and_checked),
		cmocka_unit_test(draws_lie_where_their_expression_says),
		cmocka_unit_test(grids_are_counted_in_order),
		cmocka_unit_test(values_are_written_and_compared),
		cmocka_unit_test(spaces_have_parameters_and_branches),
		cmocka_unit_test(points_of_a_space_are_numbered),
		cmocka_unit_test(command_lines_take_values),
		cmocka_unit_test(programs_of_several_processes_are_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
