/* Tests of engine/space/args.c: SPEC 1.6. */
#include "check.h"

#include "space/args.h"

#define WORDS_MOST 16

/* A space of continuous parameters called NAMES; their values come apart. */
static struct hd_space *space_of(const char *const *names, size_t count)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr expr = hd_expr_uniform(0, 1);

	assert_non_null(space);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(hd_space_add(space, names[i], &expr, NULL,
					      NULL),
				 0);
	return space;
}

static struct hd_value real(double number)
{
	return (struct hd_value){ .kind = HD_VALUE_REAL, .number = number };
}

static struct hd_value words(const char *text)
{
	return (struct hd_value){ .kind = HD_VALUE_TEXT,
				  .text = text,
				  .length = strlen(text) };
}

static size_t word_count(const char *const *list)
{
	size_t count = 0;

	while (count < WORDS_MOST && list[count])
		count++;
	return count;
}

/*
 * COMMAND with the parameters NAMES (each list ends in NULL) and VALUES gives
 * EXPECTED, and WARNINGS of them.
 */
static void check_args(const char *const *names, const struct hd_value *values,
		       const char *const *command, const char *const *expected,
		       size_t warnings)
{
	struct hd_space *space = space_of(names, word_count(names));
	struct hd_findings *findings = hd_findings_new();
	struct hd_error err = { 0 };
	char **argv = NULL;
	size_t count = word_count(expected);

	if (hd_args_build(&argv, space, values, command, word_count(command),
			  findings, &err) != 0)
		fail_msg("%s", err.text);
	for (size_t i = 0; i < count; i++) {
		assert_non_null(argv[i]);
		assert_string_equal(argv[i], expected[i]);
	}
	assert_null(argv[count]);
	assert_int_equal(hd_findings_count(findings, HD_FINDING_WARNING),
			 warnings);
	free(argv);
	hd_findings_free(findings);
	hd_space_free(space);
}

#define LIST(...)                           \
	(const char *const[WORDS_MOST + 1]) \
	{                                   \
		__VA_ARGS__, NULL           \
	}
#define VALUES(...)               \
	(const struct hd_value[]) \
	{                         \
		__VA_ARGS__       \
	}

static void hd_050_pairs_follow_the_command_in_declared_order(void **state)
{
	(void)state;
	check_args(LIST("--lr", "--batch", "--opt"),
		   VALUES(real(0.002385), real(64), words("adam")),
		   LIST("python", "train.py", "--data", "d"),
		   LIST("python", "train.py", "--data", "d", "--lr",
			"0.002385", "--batch", "64", "--opt", "adam"),
		   0);
}

static void hd_051_a_bare_name_gets_two_dashes(void **state)
{
	(void)state;
	check_args(LIST("learning_rate", "--lr", "-m"),
		   VALUES(real(1e-5), real(0.1), real(3)), LIST("train"),
		   LIST("train", "--learning_rate", "1e-5", "--lr", "0.1",
			"-m", "3"),
		   0);
}

static void hd_052_the_commands_own_value_is_dropped(void **state)
{
	(void)state;
	check_args(LIST("lr", "--units"), VALUES(real(0.1), real(64)),
		   LIST("t", "--lr", "0.5", "--x", "1", "--units=8"),
		   LIST("t", "--x", "1", "--lr", "0.1", "--units", "64"), 2);
}

static void hd_052_a_negative_number_is_a_value(void **state)
{
	(void)state;
	check_args(LIST("shift"), VALUES(real(0.1)),
		   LIST("t", "--shift", "-2.5", "in"),
		   LIST("t", "in", "--shift", "0.1"), 1);
	check_args(LIST("shift"), VALUES(real(0.1)),
		   LIST("t", "--shift", "-v"),
		   LIST("t", "-v", "--shift", "0.1"), 1);
	check_args(LIST("shift"), VALUES(real(0.1)), LIST("t", "--shift"),
		   LIST("t", "--shift", "0.1"), 1);
}

/* "python -m module" is no parameter 'm', and the program is never one. */
static void hd_052_other_words_stay(void **state)
{
	(void)state;
	check_args(LIST("m", "lr"), VALUES(real(3), real(0.1)),
		   LIST("python", "-m", "train", "--lrs", "1", "lr", "--"),
		   LIST("python", "-m", "train", "--lrs", "1", "lr", "--",
			"--m", "3", "--lr", "0.1"),
		   0);
	check_args(LIST("-m"), VALUES(real(3)), LIST("t", "-m", "2"),
		   LIST("t", "-m", "3"), 1);
	check_args(LIST("--lr"), VALUES(real(3)), LIST("--lr"),
		   LIST("--lr", "--lr", "3"), 0);
}

static void hd_053_strings_reach_argv_unchanged(void **state)
{
	const char *odd = "it's a \"quoted\" $HOME `x` \\ \n\xff {lr}";

	(void)state;
	check_args(LIST("--text"), VALUES(words(odd)), LIST("t"),
		   LIST("t", "--text", odd), 0);
	check_args(LIST("--text"), VALUES(words("")), LIST("t", ""),
		   LIST("t", "", "--text", ""), 0);
}

static void placeholders_take_the_value_and_the_pair_goes(void **state)
{
	(void)state;
	check_args(LIST("--lr", "bs", "x"),
		   VALUES(real(0.25), real(32), real(1)),
		   LIST("t", "--rate", "{lr}", "out-{lr}-{bs}", "{--bs}"),
		   LIST("t", "--rate", "0.25", "out-0.25-32", "32", "--x", "1"),
		   0);
	/* Placed by hand under its own name: no double, no warning. */
	check_args(LIST("--lr"), VALUES(real(0.25)),
		   LIST("t", "--lr", "{lr}"), LIST("t", "--lr", "0.25"), 0);
}

static void other_braces_stay(void **state)
{
	const char *json = "{\"lr\": {lr}, \"n\": {}, \"k\": {\"a\": 1}}";
	const char *filled = "{\"lr\": 0.25, \"n\": {}, \"k\": {\"a\": 1}}";

	(void)state;
	check_args(LIST("lr"), VALUES(real(0.25)),
		   LIST("t", json, "${lr}", "{lrs}", "{ lr }", "{lr", "}{"),
		   LIST("t", filled, "${lr}", "{lrs}", "{ lr }", "{lr", "}{"),
		   0);
}

/* A value that looks like a placeholder is not looked into again. */
static void a_doubled_placeholder_stays_one(void **state)
{
	(void)state;
	check_args(LIST("lr", "n"), VALUES(real(0.5), real(2)),
		   LIST("t", "{{lr}}", "a{{lr}}{lr}", "{{{lr}}}", "{\"a\":{\"n\":{n}}}", "{{x}}"),
		   LIST("t", "{lr}", "a{lr}0.5", "{{lr}}", "{\"a\":{\"n\":2}}", "{{x}}"), 0);
	check_args(LIST("lr"), VALUES(real(0.5)), LIST("t", "{{lr}}"),
		   LIST("t", "{lr}", "--lr", "0.5"), 0);
}

static void values_are_not_expanded(void **state)
{
	(void)state;
	check_args(LIST("a", "b"), VALUES(words("{b}"), real(1)),
		   LIST("t", "{a}"), LIST("t", "{b}", "--b", "1"), 0);
}

static void hd_076_absent_parameters_are_left_out(void **state)
{
	struct hd_value absent = { .kind = HD_VALUE_ABSENT };

	(void)state;
	check_args(LIST("a", "b"), VALUES(absent, real(1)),
		   LIST("t", "{a}", "x{a}"), LIST("t", "x", "--b", "1"), 0);
	check_args(LIST("a", "b"), VALUES(absent, real(1)), LIST("t"),
		   LIST("t", "--b", "1"), 0);
}

static void a_nul_in_a_string_is_refused(void **state)
{
	struct hd_space *space = space_of(LIST("--text"), 1);
	struct hd_value value = { .kind = HD_VALUE_TEXT,
				  .text = "a\0b",
				  .length = 3 };
	struct hd_error err = { 0 };
	char **argv = (char **)&err;

	(void)state;
	assert_int_equal(hd_args_build(&argv, space, &value, LIST("t"), 1,
				       NULL, &err),
			 HD_EINVAL);
	assert_null(argv);
	assert_string_equal(err.text, "a value of '--text' holds a NUL byte,"
				      " which no argument can carry");
	hd_space_free(space);
}

static void no_command_and_no_parameters_give_an_empty_argv(void **state)
{
	struct hd_space *space = hd_space_new();
	char **argv = NULL;

	(void)state;
	assert_int_equal(hd_args_build(&argv, space, NULL, NULL, 0, NULL,
				       NULL),
			 0);
	assert_null(argv[0]);
	free(argv);
	hd_space_free(space);
}

static void a_warning_names_the_parameter_and_its_place(void **state)
{
	struct hd_space *space = hd_space_new();
	struct hd_findings *findings = hd_findings_new();
	struct hd_expr expr = hd_expr_uniform(0, 1);
	struct hd_mark mark = { "sweep.yaml", 4, 5 };
	struct hd_value value = real(0.1);
	const struct hd_finding *finding;
	char **argv = NULL;

	(void)state;
	hd_space_add(space, "--lr", &expr, &mark, NULL);
	assert_int_equal(hd_args_build(&argv, space, &value,
				       LIST("t", "--lr", "1"), 3, findings,
				       NULL),
			 0);
	finding = hd_findings_at(findings, 0);
	assert_int_equal(finding->mark.line, 4);
	assert_string_equal(finding->text,
			    "'--lr' is a parameter and stands in the command"
			    " too, the command's is dropped");
	free(argv);
	hd_findings_free(findings);
	hd_space_free(space);
}

static void hd_115_json_holds_each_value_in_its_own_type(void **state)
{
	struct hd_space *space = space_of(
		LIST("--lr", "units", "opt", "list", "no", "yes", "gone"), 7);
	struct hd_buf buf = HD_BUF_INIT;
	struct hd_value values[] = {
		real(0.1),
		{ .kind = HD_VALUE_INTEGER, .integer = 64, .number = 64 },
		words("a \"b\""),
		{ .kind = HD_VALUE_JSON, .text = "[1,{}]", .length = 6 },
		{ .kind = HD_VALUE_NULL },
		{ .kind = HD_VALUE_BOOL, .integer = 1 },
		{ .kind = HD_VALUE_ABSENT },
	};

	(void)state;
	hd_args_json(&buf, space, values);
	assert_string_equal(hd_buf_text(&buf),
			    "{\"--lr\":0.1,\"units\":64,\"opt\":\"a \\\"b\\\"\","
			    "\"list\":[1,{}],\"no\":null,\"yes\":true}");
	hd_buf_clear(&buf);
	hd_args_json_words(&buf, LIST("t", "--lr", "a\nb"), 3);
	assert_string_equal(hd_buf_text(&buf), "[\"t\",\"--lr\",\"a\\nb\"]");
	hd_buf_release(&buf);
	hd_space_free(space);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(hd_050_pairs_follow_the_command_in_declared_order),
		cmocka_unit_test(hd_051_a_bare_name_gets_two_dashes),
		cmocka_unit_test(hd_052_the_commands_own_value_is_dropped),
		cmocka_unit_test(hd_052_a_negative_number_is_a_value),
		cmocka_unit_test(hd_052_other_words_stay),
		cmocka_unit_test(hd_053_strings_reach_argv_unchanged),
		cmocka_unit_test(placeholders_take_the_value_and_the_pair_goes),
		cmocka_unit_test(other_braces_stay),
		cmocka_unit_test(a_doubled_placeholder_stays_one),
		cmocka_unit_test(values_are_not_expanded),
		cmocka_unit_test(hd_076_absent_parameters_are_left_out),
		cmocka_unit_test(a_nul_in_a_string_is_refused),
		cmocka_unit_test(no_command_and_no_parameters_give_an_empty_argv),
		cmocka_unit_test(a_warning_names_the_parameter_and_its_place),
		cmocka_unit_test(hd_115_json_holds_each_value_in_its_own_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
