/*
 * The house keeps its own rules: each check of tests/support/lint.sh is a
 * test. What a check finds is printed; what it skips for want of a tool, too.
 */
#include "check.h"

static void check_house(const char *check)
{
	char command[1024], line[512];
	FILE *pipe;
	int status;

	assert_true(snprintf(command, sizeof command,
			     "'%s/tests/support/lint.sh' '%s' %s 2>&1",
			     TEST_ROOT, TEST_BUILD,
			     check) < (int)sizeof command);
	pipe = popen(command, "r");
	assert_non_null(pipe);
	while (fgets(line, sizeof line, pipe))
		print_message("%s", line);
	status = pclose(pipe);
	assert_int_equal(status, 0);
}

static void the_top_level_is_the_agreed_one(void **state)
{
	(void)state;
	check_house("top");
}

static void includes_follow_the_table_of_places(void **state)
{
	(void)state;
	check_house("includes");
}

static void every_header_compiles_alone(void **state)
{
	(void)state;
	check_house("headers");
}

static void the_library_defines_hd_names_and_does_not_print(void **state)
{
	(void)state;
	check_house("symbols");
}

static void the_cli_has_no_private_door(void **state)
{
	(void)state;
	check_house("door");
}

static void the_binary_interface_is_the_recorded_one(void **state)
{
	(void)state;
	check_house("abi");
}

static void every_public_function_is_called_in_tests(void **state)
{
	(void)state;
	check_house("calls");
}

static void lines_fit_and_files_end(void **state)
{
	(void)state;
	check_house("lines newlines");
}

static void sources_scripts_and_pages_are_linted(void **state)
{
	(void)state;
	check_house("format shell man");
}

static void the_conformance_table_is_true(void **state)
{
	(void)state;
	check_house("conformance");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_top_level_is_the_agreed_one),
		cmocka_unit_test(includes_follow_the_table_of_places),
		cmocka_unit_test(every_header_compiles_alone),
		cmocka_unit_test(the_library_defines_hd_names_and_does_not_print),
		cmocka_unit_test(the_cli_has_no_private_door),
		cmocka_unit_test(the_binary_interface_is_the_recorded_one),
		cmocka_unit_test(every_public_function_is_called_in_tests),
		cmocka_unit_test(lines_fit_and_files_end),
		cmocka_unit_test(sources_scripts_and_pages_are_linted),
		cmocka_unit_test(the_conformance_table_is_true),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
