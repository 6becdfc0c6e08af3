/* Tests of engine/space/values.c, words.c and difference.c. */
#include "check.h"

#include "space/args.h"
#include "space/difference.h"
#include "space/values.h"

static const struct hd_value options[] = {
	{ .kind = HD_VALUE_TEXT, .text = "a b", .length = 3 },
	{ .kind = HD_VALUE_NULL },
	{ .kind = HD_VALUE_JSON, .text = "[1,2]", .length = 5 },
};

static struct hd_space *space_with(double low)
{
	struct hd_space *space = hd_space_new();
	struct hd_expr rate = hd_expr_loguniform(low, -1);
	struct hd_expr units = hd_expr_randint(4);
	struct hd_expr opt = hd_expr_choice(options, ROWS(options));

	assert_non_null(space);
	assert_int_equal(hd_space_add(space, "--lr", &rate, NULL, NULL), 0);
	assert_int_equal(hd_space_add(space, "units", &units, NULL, NULL), 0);
	assert_int_equal(hd_space_add(space, "opt", &opt, NULL, NULL), 0);
	return space;
}

static void a_whole_point_is_read(void **state)
{
	struct hd_space *space = space_with(-6);
	struct hd_value values[3];

	(void)state;
	assert_int_equal(
		hd_space_read_values(space, "{\"units\": 3, \"lr\": 0.25,"
					    " \"--opt\": [1, 2]}",
				     values, NULL),
		0);
	assert_true(values[0].number == 0.25);
	assert_int_equal(values[1].integer, 3);
	/* The space's own option, whose text outlives the JSON. */
	assert_ptr_equal(values[2].text,
			 hd_space_param(space, 2)->expr.options[2].text);
	/* By its place a sampler knows it. */
	assert_int_equal(values[2].option, 2);
	hd_space_free(space);
}

static void a_point_of_another_space_is_taken_when_it_fits(void **state)
{
	struct hd_space *space = space_with(-6);
	struct hd_value values[3];
	struct hd_error err;

	(void)state;
	assert_int_equal(
		hd_space_project(space, "{\"--units\": 3, \"depth\": 7,"
					" \"lr\": 0.25, \"opt\": null}",
				 values, NULL),
		0);
	assert_int_equal(values[1].integer, 3);
	assert_int_equal(values[2].option, 1);
	assert_int_equal(hd_space_project(space, "{\"units\": 3, \"lr\": 0.25}",
					  values, &err),
			 HD_EINVAL);
	assert_string_equal(err.text, "'opt' is missing");
	hd_space_free(space);
}

static void what_the_space_does_not_have_is_said(void **state)
{
	static const struct {
		const char *json, *error;
	} bad[] = {
		{ "{\"lr\": 0.25, \"units\": 3}", "'opt' is missing" },
		{ "{\"lr\": 2, \"units\": 3, \"opt\": null}",
		  "'--lr' is 2, expected from 0.00247875 to 0.367879" },
		{ "{\"lr\": 0.25, \"units\": 4, \"opt\": null}",
		  "'units' is 4, expected from 0 to 3" },
		{ "{\"lr\": 0.25, \"units\": 1.5, \"opt\": null}",
		  "'units' is 1.5, expected a whole number" },
		{ "{\"lr\": \"x\", \"units\": 1, \"opt\": null}",
		  "'--lr' must be a number, as its expression is loguniform" },
		{ "{\"lr\": 0.25, \"units\": 1, \"opt\": \"c\"}",
		  "'opt' has no option 'c'" },
		{ "{\"lr\": 0.25, \"--lr\": 0.25, \"units\": 1, \"opt\": null}",
		  "'--lr' is given twice" },
		{ "{\"speed\": 1}", "there is no parameter 'speed'" },
		{ "[]", "expected an object with every parameter, as in"
			" {\"lr\": 0.1}" },
	};
	struct hd_space *space = space_with(-6);
	struct hd_value values[3];

	(void)state;
	for (size_t i = 0; i < ROWS(bad); i++) {
		struct hd_error err = { 0 };

		assert_int_equal(hd_space_read_values(space, bad[i].json, values,
						      &err),
				 HD_EINVAL);
		assert_string_equal(err.text, bad[i].error);
	}
	hd_space_free(space);
}

static void spaces_are_compared_parameter_by_parameter(void **state)
{
	struct hd_space *one = space_with(-6), *same = space_with(-6);
	struct hd_space *other = space_with(-5);
	struct hd_expr more = hd_expr_uniform(0, 1);
	struct hd_error err = { 0 };

	(void)state;
	assert_int_equal(hd_space_compare(one, same, &err), 0);
	assert_int_equal(hd_space_add(other, "depth", &more, NULL, NULL), 0);
	assert_int_equal(hd_space_compare(one, other, &err), HD_ESTATE);
	assert_string_equal(err.text,
			    "the parameter space differs: '--lr' was "
			    "loguniform(-6, -1) and is loguniform(-5, -1); "
			    "'depth' is new");
	assert_int_equal(hd_space_compare(other, one, &err), HD_ESTATE);
	assert_string_equal(err.text,
			    "the parameter space differs: '--lr' was "
			    "loguniform(-5, -1) and is loguniform(-6, -1); "
			    "'depth' was uniform(0, 1) and is gone");
	hd_space_free(one);
	hd_space_free(same);
	hd_space_free(other);
}

static void a_stored_command_is_an_argv_again(void **state)
{
	char **words;
	size_t count;
	struct hd_error err = { 0 };

	(void)state;
	assert_int_equal(hd_args_words_read("[\"python\",\"a b\",\"\"]", &words,
					    &count, &err),
			 0);
	assert_int_equal(count, 3);
	assert_string_equal(words[0], "python");
	assert_string_equal(words[1], "a b");
	assert_string_equal(words[2], "");
	assert_null(words[3]);
	free(words);
	assert_int_equal(hd_args_words_read("[1]", &words, &count, &err),
			 HD_ECORRUPT);
	assert_int_equal(hd_args_words_read("[", &words, &count, &err), HD_EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_point_is_read),
		cmocka_unit_test(a_point_of_another_space_is_taken_when_it_fits),
		cmocka_unit_test(what_the_space_does_not_have_is_said),
		cmocka_unit_test(spaces_are_compared_parameter_by_parameter),
		cmocka_unit_test(a_stored_command_is_an_argv_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
