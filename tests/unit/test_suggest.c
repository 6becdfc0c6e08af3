/* Tests of engine/base/suggest.c. */
#include "check.h"

#include "base/suggest.h"

static const char *const words[] = { "choice", "uniform", "quniform",
				     "loguniform", "max_total_runs" };

static const char *suggest(const char *word)
{
	return hd_suggest(word, words, ROWS(words));
}

static void slips_are_counted(void **state)
{
	(void)state;
	assert_int_equal(hd_suggest_distance("", ""), 0);
	assert_int_equal(hd_suggest_distance("abc", ""), 3);
	assert_int_equal(hd_suggest_distance("abc", "abd"), 1);
	assert_int_equal(hd_suggest_distance("abc", "acb"), 1);
	assert_int_equal(hd_suggest_distance("abc", "ab"), 1);
	assert_int_equal(hd_suggest_distance("abc", "xabc"), 1);
	assert_int_equal(hd_suggest_distance("max-runs", "Max_Runs"), 0);
}

static void the_nearest_word_is_suggested(void **state)
{
	(void)state;
	assert_string_equal(suggest("logunifrom"), "loguniform");
	assert_string_equal(suggest("Choice"), "choice");
	assert_string_equal(suggest("qunifrom"), "quniform");
	assert_string_equal(suggest("max_totl_run"), "max_total_runs");
}

static void nothing_near_is_nothing(void **state)
{
	char word[200];

	(void)state;
	memset(word, 'a', sizeof word - 1);
	word[sizeof word - 1] = '\0';
	assert_null(suggest("bayes"));
	assert_null(suggest(""));
	assert_null(suggest("x"));
	assert_null(suggest(word));
	assert_null(hd_suggest("choice", NULL, 0));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(slips_are_counted),
		cmocka_unit_test(the_nearest_word_is_suggested),
		cmocka_unit_test(nothing_near_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
