/*
 * Tests of engine/config/sweepjob_command.c: the placeholders of a command.
 */
#include "job.h"

/* --- the command ------------------------------------------------------------- */

/* A file whose command is COMMAND, with inputs and outputs. */
static const char *with_command(const char *command)
{
	static char text[2048];

	snprintf(text, sizeof text,
		 "type: sweep\n" OBJECTIVE SPACE LIMITS
		 "inputs: {a: 0.5, b: true, n: , t: \"it's\"}\n"
		 "outputs: {o: , p: {mode: upload}}\n"
		 "trial:\n  command: >-\n    %s\n",
		 command);
	return text;
}

static void assert_line(const char *command, const char *expected)
{
	struct loading loading;
	char *line;

	load_good(&loading, with_command(command));
	line = line_of(loading.config);
	assert_string_equal(line, expected);
	free(line);
	load_end(&loading);
}

static void hd_064_placeholders_are_replaced(void **state)
{
	(void)state;
	assert_line("t ${{inputs.a}} ${{ inputs.t }} ${{outputs.o}}/x"
		    " # ${{search_space.x}}"
		    "\n",
		    "t 0.5 'it'\\''s' /t/named-outputs/o/x"
		    " # ${{search_space.x}}");
}

static void hd_064_text_around_them_stays(void **state)
{
	(void)state;
	assert_line("t {a} ${HOME} \"$(u)\" && v ${{outputs.p}}",
		    "t {a} ${HOME} \"$(u)\" && v /t/named-outputs/p");
}

static void hd_065_an_unknown_input_is_an_error_with_its_place(void **state)
{
	struct loading loading;
	const struct hd_finding *found;

	(void)state;
	load_with(&loading, with_command("t --x ${{search_space.x}}\n"
					 "    --a ${{inputs.a}} --c ${{inputs.c}}"),
		  NULL);
	found = finding_of(&loading, HD_FINDING_ERROR);
	assert_non_null(found);
	assert_string_equal(found->text, "'inputs' has no 'c'");
	assert_int_equal(found->mark.line, 11);
	assert_int_equal(found->mark.column, 27);
	load_end(&loading);
	assert_error(with_command("t ${{search_space.x}} ${{outputs.q}}"),
		     "'outputs' has no 'q'");
	assert_error(with_command("t ${{search_space.x}} ${{inputs.n}}"),
		     "input 'n' has no value");
}

static void hd_065_a_group_without_its_input_vanishes(void **state)
{
	(void)state;
	assert_line("t $[[--c ${{inputs.c}}]] $[[--n ${{inputs.n}}]]"
		    " $[[--a ${{inputs.a}}]]",
		    "t   --a 0.5");
}

static void hd_066_the_older_form_works_with_a_warning(void **state)
{
	(void)state;
	assert_findings(with_command("t {search_space.x} {inputs.a}"), NULL,
			"'{search_space.x}' is the preview's, read as"
			" '${{search_space.x}}'",
			NULL);
}

static void hd_067_names_of_the_space_are_checked(void **state)
{
	(void)state;
	assert_error(with_command("t ${{search_space.xx}}"),
		     "'search_space' has no 'xx'");
	assert_findings(with_command("t"), NULL,
			"the command does not name '${{search_space.x}}'", NULL);
	assert_good(with_command("t ${{search_space.x}}"));
	/* A sampled value is the input of that name. */
	assert_good(with_command("t ${{inputs.x}}"));
}

static void commands_that_cannot_be_quoted_are_refused(void **state)
{
	(void)state;
	assert_error(with_command("t `u ${{search_space.x}}`"), "backquotes");
	assert_error(with_command("t ${{search_space.x"), "is not closed");
	assert_error(with_command("t ${{secrets.x}}"), "unknown placeholder");
	assert_error(with_command("t $[[--x ${{search_space.x}}"),
		     "'$[[' is not closed");
	assert_error("type: sweep\n" OBJECTIVE SPACE LIMITS "trial: {code: .}\n",
		     "'command' is missing");
	assert_error("type: sweep\n" OBJECTIVE SPACE LIMITS, "'trial' is missing");
}

/* A kernel takes no longer argument; the shell would not even start. */
static void a_command_too_long_for_a_shell_is_refused(void **state)
{
	static const char head[] = "type: sweep\n" OBJECTIVE SPACE LIMITS
				   "trial: {command: '";
	char *text = calloc(1, 140000);
	size_t length = sizeof head - 1;

	(void)state;
	assert_non_null(text);
	memcpy(text, head, length);
	memset(text + length, 'a', 131072);
	memcpy(text + length + 131072, "'}\n", 4);
	assert_error(text, "the command has 131072 bytes");
	free(text);
}

static void hd_075_literals_are_as_python_writes_them(void **state)
{
	static const struct {
		const char *literal, *text;
	} rows[] = {
		{ "true", "True" },
		{ "False", "False" },
		{ "3", "3" },
		{ "0.5", "0.5" },
		{ "1.0", "1.0" },
		{ "1e-3", "0.001" },
		{ "-1", "-1" },
		{ "'true'", "true" },
		{ "ovr", "ovr" },
		{ "{value: 42}", "42" },
		{ "{type: boolean, default: true}", "True" },
	};
	struct loading loading;
	char text[1024];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(text, sizeof text,
			 JOB LIMITS "inputs:\n  v: %s\n", rows[i].literal);
		load_good(&loading, text);
		assert_int_equal(loading.config->program->binding_count, 1);
		assert_string_equal(loading.config->program->bindings[0].value,
				    rows[i].text);
		load_end(&loading);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_064_placeholders_are_replaced),
		cmocka_unit_test(hd_064_text_around_them_stays),
		cmocka_unit_test(hd_065_an_unknown_input_is_an_error_with_its_place),
		cmocka_unit_test(hd_065_a_group_without_its_input_vanishes),
		cmocka_unit_test(hd_066_the_older_form_works_with_a_warning),
		cmocka_unit_test(hd_067_names_of_the_space_are_checked),
		cmocka_unit_test(commands_that_cannot_be_quoted_are_refused),
		cmocka_unit_test(a_command_too_long_for_a_shell_is_refused),
		cmocka_unit_test(hd_075_literals_are_as_python_writes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
