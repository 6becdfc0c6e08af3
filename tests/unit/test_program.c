/* Tests of engine/program/: SPEC 2.3, and how a program is kept. */
#include "check.h"

#include "program/program.h"
#include "program/shell.h"

#define FOLDER "/trials/000003"

static struct hd_value text_value(const char *text, size_t length)
{
	return (struct hd_value){ .kind = HD_VALUE_TEXT,
				  .text = text,
				  .length = length };
}

static struct hd_space *space_of_two(void)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr expr = hd_expr_uniform(0, 1);

	assert_non_null(space);
	assert_int_equal(hd_space_add(space, "x", &expr, NULL, NULL), 0);
	assert_int_equal(hd_space_add(space, "--y", &expr, NULL, NULL), 0);
	return space;
}

static const struct hd_binding bindings[] = {
	{ HD_BINDING_INPUT, "data", "/my data" },
	{ HD_BINDING_OUTPUT, "model", NULL },
};

/* The third word of what LINE gives with x = X and y = 0.5. */
static int build(const char *line, struct hd_value x, char ***argv,
		 struct hd_error *err)
{
	const char *const words[] = { line };
	const struct hd_program program = { .shell = true,
					    .words = words,
					    .word_count = 1,
					    .bindings = bindings,
					    .binding_count = ROWS(bindings) };
	struct hd_value values[] = {
		x, { .kind = HD_VALUE_REAL, .number = 0.5 }
	};
	struct hd_space *space = space_of_two();
	int rc = hd_program_argv(argv, &program, space, values, FOLDER, NULL,
				 err);

	hd_space_free(space);
	return rc;
}

static void assert_line(const char *line, const char *x, const char *expected)
{
	struct hd_error err = { 0 };
	char **argv = NULL;

	if (build(line, text_value(x, strlen(x)), &argv, &err) < 0)
		fail_msg("%s: %s", line, err.text);
	assert_string_equal(argv[0], "/bin/sh");
	assert_string_equal(argv[1], "-c");
	assert_string_equal(argv[2], expected);
	assert_null(argv[3]);
	free(argv);
}

static void assert_refused(const char *line, const char *message)
{
	struct hd_error err = { 0 };
	char **argv = NULL;

	assert_int_equal(build(line, text_value("v", 1), &argv, &err), HD_EINVAL);
	assert_null(argv);
	assert_string_equal(err.text, message);
}

/* HD-064, HD-066 */
static void placeholders_are_replaced_in_every_spelling(void **state)
{
	(void)state;
	assert_line("t --x ${{search_space.x}} --y ${{ search_space.y }}", "a",
		    "t --x a --y 0.5");
	assert_line("t {search_space.x} {inputs.data}", "a", "t a '/my data'");
	assert_line("t ${{inputs.data}} ${{outputs.model}}", "a",
		    "t '/my data' " FOLDER "/named-outputs/model");
	assert_line("t {x} ${x} {a,b} $((1 + 2))", "a",
		    "t {x} ${x} {a,b} $((1 + 2))");
	/* A sampled value is a component's input of that name. */
	assert_line("t ${{inputs.x}}", "a", "t a");
}

static void a_value_is_quoted_as_its_place_demands(void **state)
{
	(void)state;
	assert_line("t ${{search_space.x}}", "'; rm -rf ~; '",
		    "t ''\\''; rm -rf ~; '\\'''");
	assert_line("t --x=${{search_space.x}}/b", "a b", "t --x='a b'/b");
	assert_line("t \"<${{search_space.x}}>\"", "a\"$(b)`c`\\",
		    "t \"<a\\\"\\$(b)\\`c\\`\\\\>\"");
	assert_line("t '<${{search_space.x}}>'", "it's", "t '<it'\\''s>'");
	assert_line("t ${{search_space.x}}", "", "t ''");
	assert_line("t \"$(u ${{search_space.x}})\"", "a;b", "t \"$(u 'a;b')\"");
	assert_line("# it's\nt ${{search_space.x}}", "a b", "# it's\nt 'a b'");
	assert_line("t $((${{search_space.x}} * 2))", "7", "t $((7 * 2))");
	assert_line("t $(( (1 + ${{search_space.x}}) * 2 )) ${{search_space.x}}",
		    "-7", "t $(( (1 + -7) * 2 )) -7");
	assert_line("A=1 t \\' ${{search_space.x}}", "a b", "A=1 t \\' 'a b'");
	/* A word "a=b" in front would be an assignment. */
	assert_line("${{search_space.x}} t", "a=b", "'a=b' t");
}

/* HD-065 */
static void a_group_vanishes_with_what_it_names(void **state)
{
	(void)state;
	assert_line("t $[[--a ${{inputs.a}}]] $[[--d ${{inputs.data}}]] z", "v",
		    "t  --d '/my data' z");
	assert_line("t $[[--x ${{search_space.x}}]]", "v", "t --x v");
}

static void a_place_that_cannot_be_quoted_is_refused(void **state)
{
	(void)state;
	assert_refused("t `u ${{search_space.x}}`",
		       "'x' cannot be put inside backquotes; write $(...)");
	assert_refused("t ${A:-${{search_space.x}}}",
		       "'x' cannot be put inside ${...}; set a variable before"
		       " it");
	assert_refused("t <<E\n${{search_space.x}}\nE\n",
		       "'x' cannot be put at or behind a here-document; set a"
		       " variable before it");
	assert_refused("t \"$(case a in a) u ${{search_space.x}};; esac)\"",
		       "'x' cannot be put at or behind a 'case' inside $(...);"
		       " set a variable before it");
	assert_refused("t $((${{search_space.x}}))",
		       "'x' stands in arithmetic, which takes numbers, got 'v'");
	assert_refused("t $[[ \"a ]] \"", "a quote or parenthesis is opened or"
					  " closed inside '$[[' alone");
	assert_refused("t $[[ a", "'$[[' is not closed by ']]'");
	assert_refused("t ${{search_space.x}", "'${{search_space.x}' is not"
					       " closed by '}}'");
	assert_refused("t ${{secrets.x}}",
		       "unknown placeholder '${{secrets.x}}': there are"
		       " ${{search_space.NAME}}, ${{inputs.NAME}} and"
		       " ${{outputs.NAME}}");
}

static void a_nul_byte_is_refused(void **state)
{
	struct hd_error err = { 0 };
	char **argv = NULL;

	(void)state;
	assert_int_equal(build("t ${{search_space.x}}", text_value("a\0b", 3),
			       &argv, &err),
			 HD_EINVAL);
	assert_string_equal(err.text, "a value of 'x' holds a NUL byte, which"
				      " no argument can carry");
}

static void a_program_comes_back_from_the_store(void **state)
{
	static const char *const line[] = { "t ${{inputs.data}}" };
	static const char *const wrapper[] = { "mpirun", "-n", "2" };
	static const char *const variables[] = { "A=b c", "LINE=1\n2" };
	const struct hd_program program = { .shell = true,
					    .words = line,
					    .word_count = 1,
					    .wrapper = wrapper,
					    .wrapper_count = 3,
					    .bindings = bindings,
					    .binding_count = ROWS(bindings),
					    .environment = variables,
					    .environment_count = 2,
					    .experiment = "spring" };
	struct hd_program *back = NULL;
	struct hd_buf text = HD_BUF_INIT;
	struct hd_error err = { 0 };

	(void)state;
	hd_program_json(&text, &program);
	assert_string_equal(hd_buf_text(&text),
			    "{\"shell\":true,\"wrapper\":[\"mpirun\",\"-n\","
			    "\"2\"],\"inputs\":{\"data\":\"/my data\"},"
			    "\"outputs\":{\"model\":null},\"environment\":"
			    "[\"A=b c\",\"LINE=1\\n2\"],\"experiment\":"
			    "\"spring\"}");
	if (hd_program_read(&back, "[\"t ${{inputs.data}}\"]",
			    hd_buf_text(&text), &err) < 0)
		fail_msg("%s", err.text);
	assert_true(back->shell);
	assert_int_equal(back->word_count, 1);
	assert_string_equal(back->words[0], line[0]);
	assert_int_equal(back->wrapper_count, 3);
	assert_string_equal(back->wrapper[2], "2");
	assert_int_equal(back->binding_count, 2);
	assert_string_equal(back->bindings[0].value, "/my data");
	assert_null(back->bindings[1].value);
	assert_int_equal(back->environment_count, 2);
	assert_string_equal(back->environment[1], variables[1]);
	assert_string_equal(back->experiment, "spring");
	hd_program_free(back);
	hd_buf_release(&text);
}

static void nodes_and_ranks_come_back_from_the_store(void **state)
{
	struct hd_program program = { 0 }, *back = NULL;
	struct hd_buf text = HD_BUF_INIT;
	struct hd_error err = { 0 };

	(void)state;
	assert_int_equal(hd_program_spread(&program, HD_DISTRIBUTION_TENSORFLOW,
					   3, 4, 1, &err),
			 0);
	program.nodes_place = "a.yml:1:2";
	hd_program_json(&text, &program);
	assert_string_equal(hd_buf_text(&text),
			    "{\"distribution\":\"tensorflow\",\"processes\":4,"
			    "\"servers\":1,\"nodes\":3}");
	assert_int_equal(hd_program_read(&back, "[\"t\"]", hd_buf_text(&text),
					 &err),
			 0);
	assert_int_equal(hd_program_nodes(back), 3);
	assert_int_equal(hd_program_node_processes(back), 2);
	assert_int_equal(back->servers, 1);
	hd_program_free(back);
	hd_buf_release(&text);
	assert_int_equal(hd_program_check_machines(&program, 3, &err), 0);
	assert_int_equal(hd_program_check_machines(&program, 2, &err), HD_EINVAL);
	assert_string_equal(err.text, "a.yml:1:2: a trial wants 3 nodes, the"
				      " target has 2");
	assert_int_equal(hd_program_check_machines(&program, 1, &err), HD_EINVAL);
	assert_string_equal(err.text, "a.yml:1:2: a trial wants 3 nodes and this"
				      " machine is one: name a target that has"
				      " more with --backend, or ask for 1");
	assert_int_equal(hd_program_check_machines(NULL, 1, &err), 0);
}

static void a_store_of_words_alone_is_a_program(void **state)
{
	struct hd_program *back = NULL;

	(void)state;
	assert_int_equal(hd_program_read(&back, "[\"python\",\"t.py\"]", "", NULL),
			 0);
	assert_false(back->shell);
	assert_int_equal(back->word_count, 2);
	hd_program_free(back);
	assert_int_equal(hd_program_read(&back, "[1]", "", NULL), HD_ECORRUPT);
	assert_null(back);
}

static void a_wrapper_stands_before_the_program(void **state)
{
	static const char *const words[] = { "t" };
	static const char *const wrapper[] = { "mpirun", "-n", "2" };
	const struct hd_program program = { .words = words,
					    .word_count = 1,
					    .wrapper = wrapper,
					    .wrapper_count = 3 };
	struct hd_space *space = hd_space_new();
	char **argv = NULL;

	(void)state;
	assert_int_equal(hd_program_argv(&argv, &program, space, NULL, NULL,
					 NULL, NULL),
			 0);
	assert_string_equal(argv[0], "mpirun");
	assert_string_equal(argv[3], "t");
	assert_null(argv[4]);
	free(argv);
	hd_space_free(space);
}

static void an_option_goes_behind_words_and_into_a_line(void **state)
{
	static const char *const line[] = { "a && t\n" };
	const struct hd_program shell = { .shell = true,
					  .words = line,
					  .word_count = 1 };
	const struct hd_program words = { .words = line, .word_count = 1 };
	struct hd_space *space = hd_space_new();
	char **argv = NULL;

	(void)state;
	assert_int_equal(hd_program_argv(&argv, &shell, space, NULL, NULL, NULL,
					 NULL),
			 0);
	assert_int_equal(hd_program_add_option(&argv, &shell, "--from", "/a b",
					       NULL),
			 0);
	assert_string_equal(argv[2], "a && t --from '/a b'");
	assert_null(argv[3]);
	free(argv);
	assert_int_equal(hd_program_argv(&argv, &words, space, NULL, NULL, NULL,
					 NULL),
			 0);
	assert_int_equal(hd_program_add_option(&argv, &words, "--from", "/a b",
					       NULL),
			 0);
	assert_string_equal(argv[1], "--from");
	assert_string_equal(argv[2], "/a b");
	free(argv);
	hd_space_free(space);
}

static void parameters_become_variables(void **state)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr expr = hd_expr_uniform(0, 1);
	struct hd_value values[] = {
		{ .kind = HD_VALUE_REAL, .number = 0.1 },
		{ .kind = HD_VALUE_ABSENT },
		text_value("a b", 3),
	};
	char **variables = NULL;

	(void)state;
	hd_space_add(space, "--learning-rate", &expr, NULL, NULL);
	hd_space_add(space, "gone", &expr, NULL, NULL);
	hd_space_add(space, "opt", &expr, NULL, NULL);
	assert_int_equal(hd_program_variables(&variables, space, values, NULL),
			 0);
	assert_string_equal(variables[0], "AZUREML_SWEEP_learning_rate=0.1");
	assert_string_equal(variables[1], "AZUREML_SWEEP_opt=a b");
	assert_null(variables[2]);
	free(variables);
	hd_space_free(space);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(placeholders_are_replaced_in_every_spelling),
		cmocka_unit_test(a_value_is_quoted_as_its_place_demands),
		cmocka_unit_test(a_group_vanishes_with_what_it_names),
		cmocka_unit_test(a_place_that_cannot_be_quoted_is_refused),
		cmocka_unit_test(a_nul_byte_is_refused),
		cmocka_unit_test(a_program_comes_back_from_the_store),
		cmocka_unit_test(nodes_and_ranks_come_back_from_the_store),
		cmocka_unit_test(a_store_of_words_alone_is_a_program),
		cmocka_unit_test(a_wrapper_stands_before_the_program),
		cmocka_unit_test(an_option_goes_behind_words_and_into_a_line),
		cmocka_unit_test(parameters_become_variables),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
